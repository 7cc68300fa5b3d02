"""What a teaching assistant says over the machine: points with a reason, or a comment alone.

takes: rows of the `overrides` and `reviews` tables.
gives: `Override`, and the tables' side of an open gradebook.
must not know: where an override comes from, how it is shown.

Overrides are kept beside the machine's record and never in it: a hand-in that is judged anew keeps them. A criterion
may have one from the sheet and one from the review page; the one that was made later counts.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.gradebook.faults import Watched, reading
from grader.gradebook.kinds import sound

SHEET, REVIEW = "sheet", "review"
"""Where an override was made: in `overrides.csv`, or on the review page."""

TABLES = """
CREATE TABLE IF NOT EXISTS overrides (
    place INTEGER PRIMARY KEY AUTOINCREMENT, student_id TEXT NOT NULL, criterion TEXT NOT NULL, source TEXT NOT NULL,
    points TEXT, reason TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL, run_id INTEGER,
    verdict_then TEXT, points_then TEXT, UNIQUE (student_id, criterion, source)
);
CREATE TABLE IF NOT EXISTS reviews (
    student_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS kept (
    student_id TEXT NOT NULL, criterion TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (student_id, criterion)
);
CREATE TABLE IF NOT EXISTS sheets (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
"""
_FIELDS = "student_id, criterion, points, reason, made_by, made_at, source, verdict_then, points_then"


@dataclass(frozen=True)
class Override:
    """One TA's word on one criterion of one student.

    `points` is `None` where only a comment was left and the machine's points stand. `verdict_then` and `points_then`
    are the machine's when the override was made; `verdict_then` is "" as long as nothing had been graded.
    """

    student_id: str
    criterion: str
    points: Fraction | None
    reason: str
    made_by: str = ""
    made_at: str = ""
    source: str = SHEET
    verdict_then: str = ""
    points_then: Fraction | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: what a TA took back."""
        return self.points is None and not self.reason

    def says_the_same(self, other: Override | None) -> bool:
        """Whether a reader of the page would see no difference."""
        return other is not None and (self.points, self.reason, self.made_by) == (
            other.points, other.reason, other.made_by,
        )  # fmt: skip


Overrides = Mapping[str, Mapping[str, Override]]
"""What counts, by student and criterion."""


class OverrideTable:
    """The overrides and review marks of an open gradebook; `watched` tells damage of the file as such."""

    def __init__(self, connection: sqlite3.Connection, watched: Watched) -> None:
        self._connection = connection
        self._watched = watched

    def effective(self) -> dict[str, dict[str, Override]]:
        """The override that counts for each student and criterion: the last that was made."""
        found: dict[str, dict[str, Override]] = {}
        with self._watched():
            rows = self._connection.execute(f"SELECT {_FIELDS} FROM overrides ORDER BY place")  # noqa: S608
            for override in map(_read, rows):
                found.setdefault(override.student_id, {})[override.criterion] = override
        kept = {s: {name: o for name, o in by_name.items() if not o.is_empty} for s, by_name in found.items()}
        return {student: by_name for student, by_name in kept.items() if by_name}

    def places(self) -> set[tuple[str, str]]:
        """Every student and criterion on which a word was ever kept here, one that was taken back in review too."""
        with self._watched():
            return set(self._connection.execute("SELECT student_id, criterion FROM overrides"))

    def kept(self) -> dict[tuple[str, str], str]:
        """The rows of `overrides.csv` as it was written last: whatever else stands there was written by somebody."""
        with self._watched():
            if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'kept'").fetchone():
                return {}  # of an older grader, and may be read alone
            rows = self._connection.execute("SELECT student_id, criterion, row FROM kept")
            return {(student, criterion): _text(row) for student, criterion, row in rows}

    def keep(self, rows: Mapping[tuple[str, str], str]) -> None:
        """Note them, in place of those of before."""
        with self._watched(), self._connection as connection:
            connection.execute("DELETE FROM kept")
            connection.executemany("INSERT INTO kept VALUES (?, ?, ?)", [(*place, row) for place, row in rows.items()])

    def written(self, sheet: str) -> str:
        """The digest of a sheet as it was written last; empty where nobody has noted it."""
        with self._watched():
            row = self._connection.execute("SELECT sha256 FROM sheets WHERE name = ?", (sheet,)).fetchone()
            return row[0] if row else ""

    def note_written(self, sheet: str, sha256: str) -> None:
        """Note it."""
        with self._watched(), self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO sheets VALUES (?, ?)", (sheet, sha256))

    def of(self, student_id: str) -> dict[str, Override]:
        """The same for one student."""
        return self.effective().get(student_id, {})

    def version(self, student_id: str) -> int:
        """A number that grows with every change of this student's overrides."""
        with self._watched():
            query = "SELECT coalesce(max(place), 0) FROM overrides WHERE student_id = ?"
            return int(self._connection.execute(query, (student_id,)).fetchone()[0])

    def put(self, overrides: Iterable[Override], run_id: int) -> None:
        """Enter overrides in place of earlier ones from the same source; an empty one takes an earlier one back."""
        with self._watched(), self._connection as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO overrides ({_FIELDS}, run_id) VALUES ({'?, ' * 9}?)",  # noqa: S608
                [(*_write(override), run_id) for override in overrides],
            )

    def taken_back_by(self, sheet: Iterable[Override]) -> list[Override]:
        """What counts today by the sheet before, and is in this one no more."""
        listed = {(o.student_id, o.criterion) for o in sheet}
        counts = self.effective()
        before = [o for student in sorted(counts) for _, o in sorted(counts[student].items()) if o.source == SHEET]
        return [o for o in before if (o.student_id, o.criterion) not in listed]

    def take_sheet(self, sheet: Iterable[Override], run_id: int) -> set[str]:
        """Make the sheet's overrides those of `sheet`; gives the students for whom something changed.

        A row that says what the sheet said before keeps its age, so that a later word from the review page stands.
        """
        listed = {(o.student_id, o.criterion): o for o in sheet}
        before = self._from_sheet()
        counts = self.effective()
        gone = set(before) - set(listed)
        new = [
            override
            for place, override in listed.items()
            if not override.says_the_same(before.get(place) or counts.get(place[0], {}).get(place[1]))
        ]
        with self._watched(), self._connection as connection:
            connection.executemany(
                f"DELETE FROM overrides WHERE source = '{SHEET}' AND student_id = ? AND criterion = ?",  # noqa: S608
                sorted(gone),
            )
        self.put(new, run_id)
        return {student for student, _ in gone} | {override.student_id for override in new}

    def settle(self) -> None:
        """Note what the machine says of those that were made before it had said anything."""
        here = "student_id = overrides.student_id"
        with self._watched(), self._connection as connection:
            connection.execute(
                f"""UPDATE overrides SET
                points_then = (SELECT points FROM verdicts WHERE {here} AND criterion = overrides.criterion),
                verdict_then = coalesce(
                    (SELECT verdict FROM verdicts WHERE {here} AND criterion = overrides.criterion),
                    (SELECT status FROM submissions WHERE {here}), '')
                WHERE verdict_then = ''"""  # noqa: S608
            )

    def comments(self) -> list[str]:
        """What TAs have written, the most used first."""
        with self._watched():
            rows = self._connection.execute("SELECT reason FROM overrides WHERE reason != '' ORDER BY place DESC")
            return [text for text, _ in Counter(text for (text,) in rows).most_common()]

    def mark_reviewed(self, student_id: str, sha256: str, made_by: str, made_at: str) -> None:
        """Note that a TA has seen this hand-in; another file of the same student is to be seen anew."""
        with self._watched(), self._connection as connection:
            connection.execute(
                "INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?)", (student_id, sha256, made_by, made_at)
            )

    def unmark_reviewed(self, student_id: str) -> None:
        """Take the mark back."""
        with self._watched(), self._connection as connection:
            connection.execute("DELETE FROM reviews WHERE student_id = ?", (student_id,))

    def reviewed(self) -> dict[str, str]:
        """Who was seen: student -> digest of the file that was seen."""
        with self._watched():
            return dict(self._connection.execute("SELECT student_id, sha256 FROM reviews"))

    def _from_sheet(self) -> dict[tuple[str, str], Override]:
        with self._watched():
            rows = self._connection.execute(f"SELECT {_FIELDS} FROM overrides WHERE source = ?", (SHEET,))  # noqa: S608
            return {(o.student_id, o.criterion): o for o in map(_read, rows)}


def _write(override: Override) -> tuple[str | None, ...]:
    points, then = (None if p is None else str(p) for p in (override.points, override.points_then))
    return (
        override.student_id, override.criterion, points, override.reason, override.made_by, override.made_at,
        override.source, override.verdict_then, then,
    )  # fmt: skip


@reading
def _read(row: Sequence[str | None]) -> Override:
    texts = [text or "" for text in row]
    student, criterion, _, reason, by, at, source, verdict, _ = texts
    return sound(Override(student, criterion, _fraction(row[2]), reason, by, at, source, verdict, _fraction(row[8])))


@reading
def _text(cell: object) -> str:
    if not isinstance(cell, str):
        raise TypeError(f"{cell!r:.60} is no text")
    return cell


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
