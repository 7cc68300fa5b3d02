"""Points that moved though the submission stayed the same: whoever fixes a key has to know whom to write to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction

from grader.gradebook.records import Override, Record


@dataclass(frozen=True)
class Move:
    """What the machine gave for one criterion, and gives now; the total where `criterion` is ""; None is ungraded."""

    student_id: str
    criterion: str
    then: Fraction | None
    now: Fraction | None


class MoveTable:
    """The moves of an open gradebook."""

    def __init__(self, connection: sqlite3.Connection, watched: Callable[[], AbstractContextManager[None]]) -> None:
        self._connection, self._watched = connection, watched

    def note(self, record: Record, run_id: int) -> None:
        """Note what this record moves, within the transaction that enters it."""
        rows = [
            (run_id, move.student_id, move.criterion, _text(move.then), _text(move.now)) for move in self.moved_by(record)
        ]
        self._connection.executemany("INSERT INTO moves VALUES (?, ?, ?, ?, ?)", rows)

    def moved_by(self, record: Record) -> list[Move]:
        """What entering this record would move; nothing where the file is another one."""
        student = record.student_id
        query = "SELECT points FROM submissions WHERE student_id = ? AND sha256 = ?"
        before = self._connection.execute(query, (student, record.identity.sha256)).fetchone()
        if before is None:
            return []
        now = {"": record.points, **{one.name: one.points for one in record.criteria}}
        rows = self._connection.execute("SELECT criterion, points FROM verdicts WHERE student_id = ?", (student,))
        then = {"": _points(before[0]), **{criterion: _points(points) for criterion, points in rows}}
        return [Move(student, name, then[name], now[name]) for name in then if name in now and then[name] != now[name]]

    def by(self, run_id: int) -> list[Move]:
        """What this run moved, and those before it that never finished; what moved back has not moved."""
        finished = "SELECT coalesce(max(id), 0) FROM runs WHERE id < ? AND finished IS NOT NULL AND verb != 'review'"
        query = f"SELECT student_id, criterion, points_then, points FROM moves WHERE run_id > ({finished}) ORDER BY rowid"  # noqa: S608
        found: dict[tuple[str, str], Move] = {}
        with self._watched():
            for move in map(_read, self._connection.execute(query, (run_id,))):
                first = found.setdefault((move.student_id, move.criterion), move)
                found[move.student_id, move.criterion] = replace(first, now=move.now)
        return [move for _, move in sorted(found.items()) if move.then != move.now]

    def all(self) -> Iterator[tuple[str, Move]]:
        """Every move with the time when its run began, the latest first."""
        query = (
            "SELECT student_id, criterion, points_then, points, started FROM moves JOIN runs ON runs.id = run_id"
            " ORDER BY run_id DESC, student_id, moves.rowid"
        )
        with self._watched():
            for *move, started in self._connection.execute(query).fetchall():
                yield started, _read(tuple(move))


def is_visible(move: Move, overrides: Mapping[str, Mapping[str, Override]]) -> bool:
    """Whether the student sees it: where a TA gave the points, those count, and so does a total with them in it."""
    by_hand = {name for name, one in overrides.get(move.student_id, {}).items() if one.points is not None}
    return move.criterion not in by_hand if move.criterion else not by_hand


def _read(row: tuple[str, ...]) -> Move:
    student, criterion, then, now = row
    return Move(student, criterion, _points(then), _points(now))


def _points(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _text(points: Fraction | None) -> str | None:
    return None if points is None else str(points)
