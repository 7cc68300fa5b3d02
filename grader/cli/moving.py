"""What is said of points that moved while the hand-in stayed as it was.

takes: the moves that students see.
gives: lines, and rows for machines.
must not know: why points moved, the gradebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.gradebook import Move

_MOST_TOLD = 10  # students in a terminal; the sheet has them all


def told_moved(moves: Sequence[Move], sheet: Path) -> Iterator[str]:
    """Whose points moved, from what to what, and in which functions."""
    from grader.feedback.points import show_count

    students = list(_by_student(moves))
    if not students:
        return
    yield f"points moved, though the hand-in is the same: {show_count(len(students), 'student')} ({sheet})"
    yield from students[:_MOST_TOLD]
    if len(students) > _MOST_TOLD:
        yield f"  and {len(students) - _MOST_TOLD} more"


def would_move(moves: Sequence[Move]) -> Iterator[str]:
    """Whose points would move, all of them: nothing else tells it."""
    from grader.feedback.points import show_count

    students = list(_by_student(moves))
    yield f"points would move: {show_count(len(students), 'student')}. Nothing was changed"
    yield from students


def _by_student(moves: Sequence[Move]) -> Iterator[str]:
    """A line for each student of the moves, which stand in their order."""
    for student, group in groupby(moves, key=lambda move: move.student_id):
        of = list(group)
        total = next((_shown(move) for move in of if not move.criterion), "")
        parts = ", ".join(f"{move.criterion} {_shown(move)}" for move in of if move.criterion)
        yield f"  {student}: {f'{total} ({parts})' if total and parts else total or parts}"


def _shown(move: Move) -> str:
    from grader.feedback.points import show_points

    then, now = ("ungraded" if points is None else show_points(points) for points in (move.then, move.now))
    return f"{then} -> {now}"


def moved_rows(moves: Sequence[Move]) -> list[dict[str, object]]:
    """The same for machines; `criterion` is null for all points together."""
    from grader.export.sheets import plain_number

    return [
        {
            "student_id": move.student_id, "criterion": move.criterion or None,
            "points_then": plain_number(move.then), "points": plain_number(move.now),
        }
        for move in moves
    ]  # fmt: skip
