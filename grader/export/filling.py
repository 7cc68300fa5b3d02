"""Fills in a teaching assistant's own sheet: only the cells that are ours; all else stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from grader.errors import SheetError
from grader.export.platforms import PLATFORMS, owners, points_column, titled
from grader.export.sheets import read_number, show_hundredths
from grader.export.systems import NBGRADER_TITLES, nbgrader_name, nbgrader_numbers
from grader.gradebook import Record
from grader.intake.people import TEST_STUDENT
from grader.intake.table import Table, meant, read_table
from grader.key import Key

_LOST, _LEFT = "students whose points are NOT in the sheet", "left as they were"
_REPLACED, _NOBODY = "had another value before", "rows that match nobody who handed in"
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
    """The filled sheet: its bytes, how every version of it begins, how many rows were filled in, and whose they are.

    `remarks` are lines for a person to read, by title.
    """

    column: str
    opening: bytes
    data: bytes = b""
    rows: int = 0
    students: set[str] = field(default_factory=set)
    remarks: dict[str, list[str]] = field(default_factory=lambda: {_LOST: [], _LEFT: [], _REPLACED: [], _NOBODY: []})

    @property
    def lost(self) -> int:
        """How many students' points are not in the sheet."""
        return len(self.remarks.get(_LOST, ()))


def fill_sheet(platform: str, sheet: Path, key: Key, records: Sequence[Record], wishes: Wishes) -> Filled:
    """Fill in a sheet that somebody exported; the file itself is only read.

    Raises `SheetError` where it is not clear which cells are meant, where two rows are one student's, and where points
    would be of the wrong size.
    """
    filling = _Filling(read_table(sheet), platform, key, records, wishes)
    table, found, lines = filling.table, filling.found, dict[str, int]()
    filled, changes = Filled(table.titles[filling.points], table.opening), dict[tuple[int, int], str]()
    for row, line in enumerate(table.lines):
        record = found.rows.get(row)
        if row in filling.skipped:
            continue
        if record is None:
            cells = dict.fromkeys(table.value(row, column) for column in sorted({0, *found.columns}))
            filled.remarks[_NOBODY].append(f"line {line}: {', '.join(filter(None, cells))}")
            continue
        if lines.setdefault(record.student_id, line) != line and not found.shared:
            sentence = f"{sheet}: lines {lines[record.student_id]} and {line} are both of '{record.student_id}'"
            raise SheetError(sentence, "leave one of them; one row is one student")
        text = filling.text(record)
        title, remark = filling.remark(row, record, text)
        if title:
            filled.remarks[title].append(f"line {line} ({_name(record)}): {remark}")
        if title in ("", _REPLACED):
            filled.rows += 1
            filled.students.add(record.student_id)
            changes |= filling.cells(row, record, text)
    without_row = (one for one in records if one.student_id not in lines)
    filled.remarks[_LOST] += (f"{_name(one)}: there is no such row" for one in without_row)
    filled.data = table.written(changes)
    filled.remarks = {title: remarks for title, remarks in filled.remarks.items() if remarks}
    return filled


class _Filling:
    """A sheet that is being filled in: where things are in it, and what points are multiplied by."""

    def __init__(self, table: Table, platform: str, key: Key, records: Sequence[Record], wishes: Wishes) -> None:
        self.table, self._rules, self._wishes = table, PLATFORMS[platform], wishes
        self._is_nbgrader = platform == "nbgrader"
        tasks, task = table.column(titled(table, "assignment")), nbgrader_name(key.rubric.name, records)
        self.found = owners(table, platform, records, wishes.id_column)
        self.points = points_column(table, platform, self.found.columns, key.rubric, wishes.column)
        idle = [n for n in range(len(tasks)) if not any(table.value(n, column) for column in self.found.columns)]
        self.skipped = {*idle, *(row for row, text in enumerate(table.column(0)) if text == TEST_STUDENT)}
        if self._is_nbgrader and len(set(tasks)) > 1:
            self.skipped |= {row for row, text in enumerate(tasks) if text != task}
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
        if self.table.cell(row, self.points).start < 0:
            return _LOST, "the row ends before that column"
        return (_REPLACED, f"{before} -> {text}") if before and not _is_same(before, text) else ("", "")

    def cells(self, row: int, record: Record, text: str) -> dict[tuple[int, int], str]:
        """The cells to be written in one student's row; a comment that a person wrote is not among them."""
        numbers = zip(NBGRADER_TITLES[-4:], nbgrader_numbers(record) if self._is_nbgrader else [], strict=False)
        cells, comment = {titled(self.table, t): n for t, n in numbers}, self.table.value(row, self._comments)
        if not comment or _COMMENT.fullmatch(comment):
            cells[self._comments] = _comment(record)
        cells[self.points] = text
        return {(row, n): now for n, now in cells.items() if not _is_same(self.table.value(row, n), now)}


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
