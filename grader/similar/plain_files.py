"""The hand-ins as plain Python files, with Dolos' `info.csv`, for whoever wants to look with another tool.

takes: hand-ins, what students were given, and a folder.
gives: one `.py` file a hand-in, `handout.py`, and `info.csv`, which says whose each is.
must not know: what is similar.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.export.sheets import defused_name, whole_file
from grader.similar.hand_ins import HandIn

HANDOUT = "handout.py"


def write_plain_files(folder: Path, hand_ins: Sequence[HandIn], handout: Sequence[str]) -> None:
    """Write everything; what an earlier run left there is taken away first."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for hand_in in hand_ins:
        _write(folder / _file_of(hand_in), zip(hand_in.numbers, hand_in.cells, strict=True))
    if handout:
        _write(folder / HANDOUT, enumerate(handout, start=1))
    with whole_file(folder / "info.csv") as file:
        writer = csv.writer(file)
        writer.writerow(["filename", "full_name"])
        writer.writerows([_file_of(each), defused_name(each.name or each.student_id)] for each in hand_ins)


def _file_of(hand_in: HandIn) -> str:
    """A file's name; folders of reports are plain names of their own already, and none is called `handout`."""
    return f"{hand_in.folder}.student.py" if hand_in.folder == Path(HANDOUT).stem else f"{hand_in.folder}.py"


def _write(path: Path, cells: Iterable[tuple[int, str]]) -> None:
    parts = [f"# %% cell {number}\n{source.rstrip()}\n" for number, source in cells]
    path.write_text("\n".join(parts), encoding="utf-8", errors="replace")
