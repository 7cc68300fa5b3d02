"""Fills in a teaching assistant's own sheet: only the cells that are ours; all else stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from grader.errors import SheetError
from grader.export.platforms import PLATFORMS, TEAM, id_columns, points_column, titled
from grader.export.sheets import defused, read_number, show_hundredths
from grader.export.systems import NBGRADER_TITLES, nbgrader_name, nbgrader_numbers
from grader.gradebook import Record
from grader.intake.arrival import NameIndex
from grader.intake.people import TEST_STUDENT
from grader.intake.table import Table, meant, read_table
from grader.key import Key

_LOST, _LEFT = "students whose points are NOT in the sheet", "left as they were"
_REPLACED, _NOBODY = "had another value before", "rows that match nobody who handed in"
_NUMBER = re.compile(r"\s*-?\d+(?:[.,]\d+)?\s*%?\s*")
_SCORE = r"(?:not graded|[\d.]+ of [\d.]+)"
# A comment of an earlier export. No person writes in this form.
_COMMENT = re.compile(rf"{_SCORE} points(?:; [^;]+: [a-z A-Z]+, {_SCORE})+(?:; late: [\d.]+ points taken off)?")


@dataclass(frozen=True)
class Wishes:
    """What the caller says: which columns, whether to convert points, and what a student who handed in nothing gets."""

    column: str = ""
    id_column: str = ""
    scale: bool = False
    nothing_as: str = ""
    comments: bool = True


@dataclass
class Filled:
    """The filled sheet: its bytes, how every version of it begins, and the student of each row that was filled in.

    `remarks` are lines for a person to read, by title. `lost` is how many students' points are not in the sheet.
    """

    column: str
    opening: bytes
    data: bytes = b""
    students: list[str] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=lambda: {_LOST: [], _LEFT: [], _REPLACED: [], _NOBODY: []})
    lost: int = 0


def fill_sheet(platform: str, sheet: Path, key: Key, records: Sequence[Record], wishes: Wishes) -> Filled:
    """Fill in a sheet that somebody exported; the file itself is only read.

    Raises `SheetError` where it is not clear which cells are meant, where two rows are one student's, and where points
    would be of the wrong size.
    """
    filling = _Filling(read_table(sheet), platform, key, records, wishes)
    table, points = filling.table, filling.points
    filled, changes = Filled(table.titles[points], table.opening), dict[tuple[int, int], str]()
    without_row = {one.student_id: one for one in records}
    for row, record in filling.rows(records):
        line = f"line {table.lines[row]}"
        if record is None:
            cells = dict.fromkeys(table.value(row, column) for column in (0, *(one.column for one in filling.ids)))
            filled.remarks[_NOBODY].append(f"{line}: {', '.join(filter(None, cells))}")
            continue
        without_row.pop(record.student_id, None)
        text = filling.text(record)
        title, remark = filling.remark(row, record, text)
        if title:
            filled.remarks[title].append(f"{line} ({_name(record)}): {remark}")
        if title in ("", _REPLACED):
            filled.students.append(record.student_id)
            changes |= filling.cells(row, record, text)
    filled.remarks[_LOST] += (f"{_name(one)}: there is no such row" for one in without_row.values())
    filled.lost, filled.data = len(filled.remarks[_LOST]), table.written(changes)
    return filled


class _Filling:
    """A sheet that is being filled in: where things are in it, and what points are multiplied by."""

    def __init__(self, table: Table, platform: str, key: Key, records: Sequence[Record], wishes: Wishes) -> None:
        self.table, self.platform, self._rules, self._wishes = table, platform, PLATFORMS[platform], wishes
        tasks, first, task = table.column(0), ",".join(NBGRADER_TITLES), nbgrader_name(key.rubric.name, records)
        if platform == "nbgrader" and ",".join(table.titles) != first:
            raise SheetError(f"{table.path} is not nbgrader's sheet of grades", f"its first line must be {first}")
        self.ids = id_columns(table, platform, records, wishes.id_column)
        self.points = points_column(table, platform, {one.column for one in self.ids}, key.rubric, wishes.column)
        idle = [n for n in range(len(tasks)) if not any(one.read(table.value(n, one.column)) for one in self.ids)]
        self._skipped = {*idle, *(row for row, text in enumerate(tasks) if text == TEST_STUDENT)}
        if platform == "nbgrader" and len(set(tasks)) > 1:
            if task not in tasks:
                hint = f"leave only the rows of the one that is meant; there are: {', '.join(sorted(set(tasks))[:5])}"
                raise SheetError(f"{table.path} has no row of an assignment that is called {task}", hint)
            self._skipped |= {row for row, text in enumerate(tasks) if text != task}
        self._comments = titled(table, *self._rules.comments) if wishes.comments else -1
        self._factor, self._mark = self._factor_for(key.rubric.points, idle), _decimal_mark(table)

    def _factor_for(self, most: Fraction, idle: Sequence[int]) -> Fraction:
        """What points are multiplied by: 1, unless the caller wants them converted to the one size the sheet says."""
        texts = self._rules.most(self.table, self.points, idle)
        sizes = {number for text in texts if (number := read_number(text)) is not None}
        size = most if len(sizes) != 1 else next(iter(sizes))
        if size == most or (self._wishes.scale and size):
            return size / most
        title, shown = self.table.titles[self.points], (show_hundredths(size), show_hundredths(most))
        sentence = f"in {self.table.path}, '{title}' is out of {shown[0]} points, and the exam of {shown[1]}"
        scale = "convert with --scale, or " if size else ""
        raise SheetError(sentence, f"{scale}change the maximum there and export the sheet again")

    def rows(self, records: Sequence[Record]) -> Iterator[tuple[int, Record | None]]:
        """The rows that are somebody's, with the record. An id that two students have is nobody's."""
        named = [[(text, record) for record in records for text in one.ids_of(record) if text] for one in self.ids]
        ids = [(one, NameIndex(pairs)) for one, pairs in zip(self.ids, named, strict=True)]
        lines, table = dict[str, int](), self.table
        for row in sorted({*range(len(table.rows))} - self._skipped):
            every = ((one, index.find(one.read(table.value(row, one.column)))) for one, index in ids)
            one, record = next((found for found in every if found[1] is not None), (self.ids[0], None))
            is_shared = one.kind == "name" or table.titles[one.column] == TEAM
            if record and not is_shared and lines.setdefault(record.student_id, table.lines[row]) != table.lines[row]:
                both = f"lines {lines[record.student_id]} and {table.lines[row]} are both of '{record.student_id}'"
                raise SheetError(f"{table.path}: {both}", "leave one of them; one row is one student")
            yield row, record

    def text(self, record: Record) -> str:
        """What goes into a student's cell; "" where there are no final points."""
        if record.points is None or record.status != "graded":
            return self._wishes.nothing_as if record.identity.arrival.absent and record.points is None else ""
        return show_hundredths(record.points * self._factor, self._mark)

    def remark(self, row: int, record: Record, text: str) -> tuple[str, str]:
        """What a person must know of one student's row: title and sentence; without a title there is nothing to say."""
        before, absent = self.table.value(row, self.points), record.identity.arrival.absent
        if before in self._rules.kept:
            return _LEFT, f"it says {before}"
        if not text:
            return _LEFT, "nothing was handed in" if absent else f"{record.status}, so there are no final points"
        if not self.table.cell(row, self.points).is_there:
            return _LOST, "the row ends before that column"
        return (_REPLACED, f"{before} -> {text}") if before and not _is_same(before, text) else ("", "")

    def cells(self, row: int, record: Record, text: str) -> dict[tuple[int, int], str]:
        """The cells to be written in one student's row; a comment that a person wrote is not among them."""
        is_nbgrader, comment = self.platform == "nbgrader", self.table.value(row, self._comments)
        cells = dict(enumerate(nbgrader_numbers(record), len(NBGRADER_TITLES) - 4)) if is_nbgrader else {}
        if not comment or _COMMENT.fullmatch(comment):
            cells[self._comments] = _comment(record)
        cells[self.points] = text
        changed = {n: now for n, now in cells.items() if not _is_same(self.table.value(row, n), now)}
        return {(row, n): now if _NUMBER.fullmatch(now) else defused(now) for n, now in changed.items()}


def _name(record: Record) -> str:
    student, name = record.student_id, record.identity.name
    return student if name in ("", student) else f"{student} ({name})"


def _comment(record: Record) -> str:
    """A submission in one line: our own words and numbers alone, since LMSs show comments as HTML."""
    parts = [f"{_score(record.points, record.max_points)} points"]
    for one in record.criteria:
        verdict = "points by a TA" if one.changed_by_hand else one.verdict
        parts.append(f"{one.name}: {verdict}, {_score(one.points, one.max_points)}")
    late = f"late: {show_hundredths(record.taken_off)} points taken off"
    return "; ".join([*parts, late] if record.taken_off else parts)


def _score(points: Fraction | None, most: Fraction) -> str:
    return "not graded" if points is None else f"{show_hundredths(points)} of {show_hundredths(most)}"


def _decimal_mark(table: Table) -> str:
    """A comma where decimals have one, or there are none but semicolons: such a spreadsheet reads 7.5 as a day."""
    values = [meant(cell.value) for cells in table.rows for cell in cells]
    commas, points = (any(re.fullmatch(rf"\d+{mark}\d+", value) for value in values) for mark in (",", r"\."))
    return "," if table.delimiter != "," and (commas or table.delimiter == ";") and not points else "."


def _is_same(before: str, now: str) -> bool:
    """Whether two cells say the same text or number: 85.00 stays 85.00."""
    number = read_number(before)
    return before == now or (number is not None and number == read_number(now))
