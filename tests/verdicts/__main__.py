"""Grade everything that is frozen and print what differs: `python -m tests.verdicts`; `--write` freezes it again.

It knows the grader by its command line only: whichever grader Python finds first is the one that is compared.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from . import sheets
from .hand_ins import TESTS, above, write_class

HERE = Path(__file__).resolve().parent
COLUMNS = ("hand-in", "criterion", "verdict", "points", "mistake")
GONE = ("gone", "", "")
Table = dict[tuple[str, str], tuple[str, ...]]
"""Verdict, points and mistake by hand-in and criterion."""


@dataclass(frozen=True)
class Grader:
    """The command line of the grader that is compared, run in a folder of its own."""

    folder: Path

    def run(self, *arguments: object, cwd: Path | None = None, exits: tuple[int, ...] = (0, 1)) -> None:
        """Run one command, which must end with one of these exit codes."""
        command = [sys.executable, "-m", "grader", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd or self.folder, capture_output=True, text=True)
        if done.returncode not in exits:
            raise SystemExit(f"exit {done.returncode} of: grader {' '.join(command[3:])}\n{done.stdout}{done.stderr}")

    def key(self, assignment: Path) -> Path:
        """The full key of an assignment, compiled."""
        self.run("compile", assignment, "--out", self.folder / "keys")
        return self.folder / "keys" / f"{assignment.name}.key.npz"

    def rows(self, hand_ins: Path, key: Path, kept: dict[str, tuple[str, ...]], others: str) -> Table:
        """The rows of one class. Hand-ins in `kept` have rows of these criteria; `others` is the set of all others."""
        out = self.folder / f"out-{key.stem}"
        self.run("grade", hand_ins, "--key", key, "--out", out, "--layout", "folders", "--json")
        table: Table = {}
        for line in map(json.loads, (out / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()):
            student, status = line["student_id"], line["status"]
            name = f"{student.split('-')[0] if student in kept else others}/{student}"
            if status != "graded":
                table[name, "-"] = (status, "", "")
            for part in line["criteria"] if status in ("graded", "partly graded") else ():
                if part["name"] in kept.get(student, [part["name"]]):
                    points = "" if part["points"] is None else f"{part['points']:g}"
                    table[name, part["name"]] = (part["verdict"], points, part["mistake"] or "")
        return table


def graded(grader: Grader, key: Path, assignments: Path) -> Table:
    """All rows: the great class by Exercise 5, and two small ones by their own assignments."""
    asked = [sys.executable, str(HERE / "hand_ins.py"), str(key)]
    public = json.loads(subprocess.run(asked, cwd=grader.folder, capture_output=True, text=True, check=True).stdout)
    table = grader.rows(grader.folder / "class", key, write_class(grader.folder / "class", public), "sample")
    small = {"trial": "golden/trial/hand_ins", "moving_average": "assignments/moving_average_submissions"}
    for name, hand_ins in small.items():
        table |= grader.rows(TESTS / hand_ins, grader.key(assignments / name), {}, name)
    return table


def read(name: str) -> Table:
    rows = [line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines()[1:]]
    return {(row[0], row[1]): tuple(row[2:5]) for row in rows}


def text_of(table: Table) -> str:
    return "".join("\t".join((*place, *row)) + "\n" for place, row in sorted(table.items()))


def same(now: Table, as_rows: bool) -> bool:
    """Print each row that is neither as before nor as allowed, by set of hand-ins."""
    before, allowed = read("table.tsv"), read("allowed.tsv")
    changed = [place for place in sorted({*before, *now}) if before.get(place) != now.get(place)]
    moved = [place for place in changed if allowed.get(place) != now.get(place, GONE)]
    if as_rows:
        print(text_of({place: now.get(place, GONE) for place in moved}), end="")
        return not moved
    for group, places in groupby(moved, key=lambda place: place[0].split("/")[0]):
        print(f"\n{group}")
        for place in places:
            old, new = (" ".join(filter(None, table.get(place, ("no row",)))) for table in (before, now))
            print(f"  {place[0].partition('/')[2]} {place[1]}: {old} -> {new}")
    print(f"\n{len(now)} rows: {len(moved)} differ, {len(changed) - len(moved)} moved as allowed.tsv says")
    return not moved


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.verdicts", description=__doc__)
    parser.add_argument("--write", action="store_true", help="freeze what the grader says now")
    parser.add_argument("--rows", action="store_true", help="print what differs as rows for allowed.tsv")
    parser.add_argument("--reference", type=Path, default=above("reference"), help="the folder of exercise_05")
    parser.add_argument("--assignments", type=Path, default=TESTS / "assignments", help="the folder of the small ones")
    options, began = parser.parse_args(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="verdicts-") as place:
        grader = Grader(Path(place))
        key = grader.key(options.reference.resolve() / "exercise_05")
        table = graded(grader, key, options.assignments.resolve())
        if options.write:
            assert all(row[0] != "ungraded" for row in table.values()), "our own fault is not to be frozen"
            (HERE / "table.tsv").write_text("\t".join(COLUMNS) + "\n" + text_of(table), encoding="utf-8")
        as_before = [options.write or same(table, options.rows), sheets.same(grader, key, options.write)]
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    return 0 if all(as_before) else 1


if __name__ == "__main__":
    sys.exit(main())
