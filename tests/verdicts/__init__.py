"""What must not move: every verdict of the sample class, the stories and the attacks, and each platform's sheet.

`table.tsv` has a line for each hand-in that is not right in all that is asked of it, and counts those of each set.
What a line does not name is correct.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent / "table.tsv"


def said_of(row: Mapping[str, Any], kept: Collection[str] = ()) -> str:
    """What a line of `verdicts.jsonl` says of these criteria (none: all) that are not simply correct."""
    said = [] if row["status"] == "graded" else [row["status"]]
    for one in row["criteria"] if row["status"] in ("graded", "partly graded") else ():
        if one["verdict"] != "correct" and (not kept or one["name"] in kept):
            points = "-" if one["points"] is None else f"{one['points']:g}"
            said.append(f"{one['name']}: {one['verdict']} {points}" + f" ({one['mistake']})" * bool(one["mistake"]))
    return "; ".join(said)


def read() -> dict[str, str]:
    """What is frozen of each hand-in, by set and name."""
    return dict(line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
