"""Fills in a teaching assistant's own sheet: only the cells that are ours; all else stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from grader.errors import SheetError
from grader.export.platforms import PLATFORMS, IdColumn, id_columns, points_column, titled
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
    """What the caller says: which columns, and whether points are converted to what the sheet is out of.

    `nothing_as` is written for students who handed in nothing; `comments` fills in the column of comments, too.
    """

    column: str = ""
    id_column: str = ""
    scale: bool = False
    nothing_as: str = ""
    comments: bool = True


@dataclass
class Filled:
    """The filled sheet: its bytes, how every version of it begins, and the student of each row that was filled in.

    `remarks` are lines for a person to read, by title.
    """

    column: str
    opening: bytes
    data: bytes = b""
    students: list[str] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=lambda: {_LOST: [], _LEFT: [], _REPLACED: [], _NOBODY: []})

    @property
    def lost(self) -> int:
        """How many students' points are not in the sheet."""
        return len(self.remarks[_LOST])


@dataclass(frozen=True)
class _Places:
    """Where in a sheet things are, and what points are multiplied by. Cells that say one of `kept` stay."""

    ids: list[IdColumn]
    points: int
    comments: int
    kept: frozenset[str]
    skipped: set[int]
    factor: Fraction


def fill_sheet(platform: str, sheet: Path, key: Key, records: Sequence[Record], wishes: Wishes) -> Filled:
    """Fill in a sheet that somebody exported; the file itself is only read.

    Raises `SheetError` where it is not clear which cells are meant, where two rows are one student's, and where points
    would be of the wrong size.
    """
    table = read_table(sheet)
    places = _places(table, platform, key, records, wishes)
    filled, mark = Filled(table.titles[places.points], table.opening), _decimal_mark(table)
    changes, without_row = dict[tuple[int, int], str](), {one.student_id: one for one in records}
    for row, record in _rows(table, places, records):
        if record is None:
            cells = dict.fromkeys(table.value(row, column) for column in (0, *(one.column for one in places.ids)))
            filled.remarks[_NOBODY].append(f"line {table.lines[row]}: {', '.join(filter(None, cells))}")
            continue
        without_row.pop(record.student_id, None)
        text = wishes.nothing_as if record.identity.arrival.absent and record.points is None else ""
        if record.status == "graded" and record.points is not None:
            text = show_hundredths(record.points * places.factor, mark)
        title, remark = _remark(table, places, row, record, text)
        if remark:
            filled.remarks[title].append(f"line {table.lines[row]} ({_name(record)}){remark}")
        if title in ("", _REPLACED):
            filled.students.append(record.student_id)
            changes |= _cells(table, places, row, record, text, platform)
    filled.remarks[_LOST] += (f"{_name(one)}: there is no such row" for one in without_row.values())
    filled.data = table.written(changes)
    return filled


def _places(table: Table, platform: str, key: Key, records: Sequence[Record], wishes: Wishes) -> _Places:
    rules, tasks, first = PLATFORMS[platform], table.column(0), ",".join(NBGRADER_TITLES)
    if platform == "nbgrader" and ",".join(table.titles) != first:
        raise SheetError(f"{table.path} is not nbgrader's sheet of grades", f"its first line must be {first}")
    ids = id_columns(table, platform, records, wishes.id_column)
    points = points_column(table, platform, {one.column for one in ids}, key.rubric, wishes.column)
    idle = [row for row in range(len(tasks)) if not any(one.read(table.value(row, one.column)) for one in ids)]
    sizes = {number for text in rules.most(table, points, idle) if (number := read_number(text)) is not None}
    factor = _factor(table, points, sizes, key.rubric.points, wishes.scale)
    comments = titled(table, *rules.comments) if wishes.comments else -1
    skipped = {*idle, *(row for row, text in enumerate(tasks) if text == TEST_STUDENT)}
    if platform == "nbgrader" and len(set(tasks)) > 1:
        task = nbgrader_name(key.rubric.name, records)
        if task not in tasks:
            hint = f"leave only the rows of the one that is meant in it; there are: {', '.join(sorted(set(tasks))[:5])}"
            raise SheetError(f"{table.path} has no row of an assignment that is called {task}", hint)
        skipped |= {row for row, text in enumerate(tasks) if text != task}
    return _Places(ids, points, comments, rules.kept, skipped, factor)


def _factor(table: Table, points: int, sizes: set[Fraction], most: Fraction, scale: bool) -> Fraction:
    """What points are multiplied by: 1, unless the caller wants them converted to the one size the sheet says."""
    size = most if len(sizes) != 1 else next(iter(sizes))
    if size == most or (scale and size):
        return size / most
    sentence = f"in {table.path}, '{table.titles[points]}' is out of {show_hundredths(size)} points, and the exam of"
    hint = f"{'convert with --scale, or ' if size else ''}change the maximum there and export the sheet again"
    raise SheetError(f"{sentence} {show_hundredths(most)}", hint)


def _rows(table: Table, places: _Places, records: Sequence[Record]) -> Iterator[tuple[int, Record | None]]:
    """The rows that are somebody's, with the record. An id that two students have is nobody's."""
    named = [[(text, record) for record in records for text in one.ids_of(record) if text] for one in places.ids]
    ids = [(one, NameIndex(pairs)) for one, pairs in zip(places.ids, named, strict=True)]
    lines: dict[str, int] = {}
    for row in sorted({*range(len(table.rows))} - places.skipped):
        found = ((index.find(one.read(table.value(row, one.column))), one.shared) for one, index in ids)
        record, is_shared = next((match for match in found if match[0] is not None), (None, False))
        if record is not None:
            first, line = lines.setdefault(record.student_id, table.lines[row]), table.lines[row]
            if first != line and not is_shared:
                sentence = f"{table.path}: lines {first} and {line} are both of '{record.student_id}'"
                raise SheetError(sentence, "leave one of them; one row is one student")
        yield row, record


def _remark(table: Table, places: _Places, row: int, record: Record, text: str) -> tuple[str, str]:
    """What a person must know of one student's row, by its title; without a title there is nothing to say."""
    before, absent = table.value(row, places.points), record.identity.arrival.absent
    if before in places.kept:
        return _LEFT, f": it says {before}"
    if not text:
        return _LEFT, f": {'nothing was handed in' if absent else f'{record.status}, so there are no final points'}"
    if not table.cell(row, places.points).is_there:
        return _LOST, ": the row ends before that column"
    return (_REPLACED, f": {before} -> {text}") if before and not _is_same(before, text) else ("", "")


def _cells(
    table: Table, places: _Places, row: int, record: Record, text: str, platform: str
) -> dict[tuple[int, int], str]:
    """The cells to be written in one student's row."""
    cells = dict(enumerate(nbgrader_numbers(record), len(NBGRADER_TITLES) - 4)) if platform == "nbgrader" else {}
    comment = table.value(row, places.comments)
    if not comment or _COMMENT.fullmatch(comment):  # never over a person's
        cells[places.comments] = _comment(record)
    changed = {n: now for n, now in {**cells, places.points: text}.items() if not _is_same(table.value(row, n), now)}
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
    """A comma where the sheet itself writes decimals with one, and none with a point.

    A sheet without decimals that splits cells at semicolons is from a spreadsheet that reads `7.5` as a day.
    """
    values = [meant(cell.value) for cells in table.rows for cell in cells]
    commas, points = (any(re.fullmatch(rf"\d+{mark}\d+", value) for value in values) for mark in (",", r"\."))
    return "," if table.delimiter != "," and (commas or table.delimiter == ";") and not points else "."


def _is_same(before: str, now: str) -> bool:
    """Whether two cells say the same text or number: 85.00 stays 85.00."""
    number = read_number(before)
    return before == now or (number is not None and number == read_number(now))
