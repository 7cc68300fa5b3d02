"""Points that moved while the hand-in stayed as it was: by another key, by another grader, by a run that was forced.

takes: rows, just before they are entered over those that stand there.
gives: `Move` values: what moved since the last run that came to its end, and all that ever did.
must not know: why, what TAs said over it, how it is told.

What a student was told must not change in silence: whoever mends a key has to know whom to write to.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from grader.gradebook.faults import Watched, reading
from grader.gradebook.kinds import sound
from grader.gradebook.overrides import Overrides
from grader.gradebook.rows import Row

TABLE = """
CREATE TABLE IF NOT EXISTS moves (
    run_id INTEGER NOT NULL, student_id TEXT NOT NULL, criterion TEXT NOT NULL, points_then TEXT, points TEXT
);
"""
_POINTS = re.compile(r"-?[0-9]+(/[1-9][0-9]*)?")  # as the gradebook writes a fraction


@dataclass(frozen=True)
class Move:
    """What the machine gave for one criterion, and gives now; all together where that is empty. `None` is ungraded."""

    student_id: str
    criterion: str
    then: Fraction | None
    now: Fraction | None


class MoveTable:
    """The moves of an open gradebook; `watched` tells damage of the file as such."""

    def __init__(self, connection: sqlite3.Connection, watched: Watched) -> None:
        self._connection = connection
        self._watched = watched

    def note(self, row: Row, run_id: int) -> None:
        """Note what this row will move, within the transaction that enters it."""
        moved = [(run_id, *move) for move in self._moved_by(row)]
        self._connection.executemany("INSERT INTO moves VALUES (?, ?, ?, ?, ?)", moved)

    def of(self, row: Row) -> list[Move]:
        """What this row would move."""
        with self._watched():
            return [_read(move) for move in self._moved_by(row)]

    def _moved_by(self, row: Row) -> list[tuple[str, str, str | None, str | None]]:
        _, _, _, sha256, _, total, *_ = row.submission
        of = (row.student_id,)
        query = "SELECT points FROM submissions WHERE student_id = ? AND sha256 = ?"
        before = self._connection.execute(query, (*of, sha256)).fetchone()
        if before is None:
            return []
        now = {"": total, **{str(criterion): points for _, criterion, _, points, *_ in row.verdicts}}
        listed = self._connection.execute("SELECT criterion, points FROM verdicts WHERE student_id = ?", of)
        return [
            (*of, criterion, then, now[criterion])
            for criterion, then in [("", *before), *listed]
            if criterion in now and then != now[criterion] and (then is None or _is_points(then))
        ]

    def forget(self, students: list[tuple[str]]) -> None:
        """Forget students who are gone, within the transaction that forgets them."""
        self._connection.executemany("DELETE FROM moves WHERE student_id = ?", students)

    def by(self, run_id: int) -> list[Move]:
        """What this run has moved, and those before it that never came to their end; what moved back has not moved."""
        ended = "SELECT coalesce(max(id), 0) FROM runs WHERE id < ? AND finished IS NOT NULL AND verb != 'review'"
        query = f"SELECT student_id, criterion, points_then, points FROM moves WHERE run_id > ({ended}) ORDER BY rowid"  # noqa: S608
        found: dict[tuple[str, str], Move] = {}
        with self._watched():
            for move in map(_read, self._connection.execute(query, (run_id,))):
                first = found.setdefault((move.student_id, move.criterion), move)
                found[move.student_id, move.criterion] = replace(first, now=move.now)
        return [move for _, move in sorted(found.items()) if move.then != move.now]

    def all(self) -> Iterator[tuple[str, Move]]:
        """Every move with when its run began, the latest first."""
        query = "SELECT student_id, criterion, points_then, points, started FROM moves JOIN runs ON runs.id = run_id"
        with self._watched():
            rows = self._connection.execute(f"{query} ORDER BY run_id DESC, student_id, moves.rowid").fetchall()
            yield from ((started, _read(move)) for *move, started in rows)


def is_seen(move: Move, said: Overrides) -> bool:
    """Whether a student sees it: where a TA gave the points these stand, and so does a total with them in it."""
    given = {name for name, override in said.get(move.student_id, {}).items() if override.points is not None}
    return move.criterion not in given if move.criterion else not given


def _is_points(then: object) -> bool:
    """Whether that was points: of a row that another program or a bad disk wrote it may be anything."""
    return isinstance(then, str) and _POINTS.fullmatch(then) is not None


@reading
def _read(row: tuple[str, str, str | None, str | None]) -> Move:
    student, criterion, then, now = row
    return sound(Move(student, criterion, *(None if points is None else Fraction(points) for points in (then, now))))
