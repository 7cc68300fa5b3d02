"""What TAs say over the machine: points with a reason, or a comment alone; kept beside the machine's records.

A criterion may have one override from the sheet and one from the review page: the one that was made later counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from grader.gradebook.database import Database, points_in
from grader.gradebook.records import CriterionRecord, Override, Record, Ruling, Words
from grader.late import after_deduction

SHEET, REVIEW = "sheet", "review"
"""Where an override was made: in `overrides.csv`, or on the review page."""

Overrides = Mapping[str, Mapping[str, Override]]
"""What counts, by student and criterion."""

_FIELDS = ", ".join(Override.__struct_fields__)
_BY_HAND = "A teaching assistant has marked it by hand."


class OverrideTable:
    """The overrides and review marks of an open gradebook."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def effective(self) -> dict[str, dict[str, Override]]:
        """The override that counts for each student and criterion: the last that was made."""
        found: dict[str, dict[str, Override]] = {}
        for (student, criterion), override in self._counting().items():
            found.setdefault(student, {})[criterion] = override
        return found

    def version(self, student_id: str) -> int:
        """A number that grows with every change of this student's overrides."""
        query = "SELECT coalesce(max(place), 0) FROM overrides WHERE student_id = ?"
        return int(self._file.rows(query, student_id)[0][0])

    def put(self, overrides: Iterable[Override], run_id: int) -> None:
        """Enter overrides in place of earlier ones from the same source; an empty one takes an earlier one back."""
        query = f"INSERT OR REPLACE INTO overrides ({_FIELDS}, run_id) VALUES ({'?, ' * 9}?)"  # noqa: S608
        self._file.change(query, *((*msgspec.structs.astuple(one), run_id) for one in overrides))

    def take_sheet(self, sheet: Iterable[Override], run_id: int) -> tuple[Override, ...]:
        """Replace the sheet's overrides by `sheet`; gives those that counted before and are no longer in it.

        A row that says what the sheet said before keeps its age, so that a later word from the review page counts.
        """
        listed, before = _by_place(sheet), _by_place(one for one in self._all() if one.source == SHEET)
        counts, gone = self._counting(), sorted(before.keys() - listed.keys())
        new = [one for place, one in listed.items() if not one.says_the_same(before.get(place) or counts.get(place))]
        self._file.change("DELETE FROM overrides WHERE source = 'sheet' AND student_id = ? AND criterion = ?", *gone)
        self.put(new, run_id)
        return tuple(counts[place] for place in gone if place in counts and counts[place].source == SHEET)

    def settle(self) -> None:
        """Note what the machine says of criteria whose override was made before anything had been graded."""
        here = "student_id = overrides.student_id"
        statement = f"""UPDATE overrides SET
            points_then = (SELECT points FROM verdicts WHERE {here} AND criterion = overrides.criterion),
            verdict_then = coalesce(
                (SELECT verdict FROM verdicts WHERE {here} AND criterion = overrides.criterion),
                (SELECT status FROM submissions WHERE {here}), '')
            WHERE verdict_then = ''"""  # noqa: S608
        self._file.change(statement, ())

    def comments(self) -> list[str]:
        """What TAs have written, the most used first."""
        rows = self._file.rows("SELECT reason FROM overrides WHERE reason != '' ORDER BY place DESC")
        return [text for text, _ in Counter(text for (text,) in rows).most_common()]

    def mark_reviewed(self, student_id: str, sha256: str, made_by: str, made_at: str) -> None:
        """Note that a TA has seen this file; another file of the same student is to be seen again."""
        self._file.change("INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?)", (student_id, sha256, made_by, made_at))

    def unmark_reviewed(self, student_id: str) -> None:
        """Take the mark back."""
        self._file.change("DELETE FROM reviews WHERE student_id = ?", (student_id,))

    def reviewed(self) -> dict[str, str]:
        """Student -> digest of the file that a TA has seen."""
        return dict(self._file.rows("SELECT student_id, sha256 FROM reviews"))

    def _all(self) -> list[Override]:
        return self._file.rows(f"SELECT {_FIELDS} FROM overrides ORDER BY place", each=_override)  # noqa: S608

    def _counting(self) -> dict[tuple[str, str], Override]:
        """What TAs said last, but for what they took back."""
        return {place: one for place, one in _by_place(self._all()).items() if one.points is not None or one.reason}


def _by_place(overrides: Iterable[Override]) -> dict[tuple[str, str], Override]:
    """The last override for each student and criterion."""
    return {(one.student_id, one.criterion): one for one in overrides}


def _override(row: Sequence[Any]) -> Override:
    student, criterion, points, reason, by, at, source, verdict, then = row
    return Override(student, criterion, points_in(points), reason, by, at, source, verdict, points_in(then))


def applied(record: Record, overrides: Mapping[str, Override], worth: Mapping[str, Fraction]) -> Record:
    """The record as it is shown, with overrides in it; `worth` has the criteria in order, with their points.

    The verdict's word stays the machine's. A submission that could not be read gets its criteria, ungraded, so that a
    person can mark it.
    """
    used = {name: override for name, override in overrides.items() if name in worth}
    if not used:
        return record
    criteria = record.criteria or tuple(_blank(name, most, record) for name, most in worth.items())
    criteria = tuple(_overridden(one, used[one.name]) if one.name in used else one for one in criteria)
    graded = [one.points for one in criteria if one.points is not None]
    status = "graded" if len(graded) == len(criteria) else "partly graded" if graded else record.status
    points = after_deduction(sum(graded, Fraction(0)), record.deduction) if graded else None
    words = record.words
    if status == "graded" != record.status:
        words = msgspec.structs.replace(words, headline=f"{words.headline} {_BY_HAND}".strip(), next_step="")
    return msgspec.structs.replace(record, criteria=criteria, points=points, status=status, words=words)


def _blank(name: str, most: Fraction, record: Record) -> CriterionRecord:
    words = Words(record.words.headline, record.words.next_step)
    return CriterionRecord(name, Ruling(record.status), None, most, words)


def _overridden(criterion: CriterionRecord, override: Override) -> CriterionRecord:
    changed = msgspec.structs.replace(criterion, override=override, judged_points=criterion.points)
    if override.points is None:
        return changed
    # Where the rubric was cut since, nobody has more than all points; `is_capped` tells the TA so.
    return msgspec.structs.replace(changed, points=min(override.points, criterion.max_points))
