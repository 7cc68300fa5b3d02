"""The sheet of points that moved while a hand-in stayed as it was: whom to write to after a key was mended.

takes: moves, the latest first, each with when its run began.
gives: `moved.csv`, written whole or not at all.
must not know: the gradebook's file, why points moved.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from grader.export.sheets import defused, defused_name, plain_number, whole_file
from grader.gradebook import Move

COLUMNS = ("run", "student_id", "criterion", "points_then", "points")
TOTAL = "total"  # what stands under `criterion` where all points together moved


def write_moved(path: Path, moves: Iterable[tuple[str, Move]]) -> None:
    """Write every move; what was or is ungraded has no points there."""
    with whole_file(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for run, move in moves:
            points = ("" if number is None else number for number in (plain_number(move.then), plain_number(move.now)))
            writer.writerow([run, defused_name(move.student_id), defused(move.criterion) or TOTAL, *points])
