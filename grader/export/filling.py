"""A teaching assistant's own sheet filled in: only the cells that are ours, and all else byte for byte.

takes: a `Table`, where in it things stand (`Places`), and the records of a class.
gives: `Filled`: the bytes, and everything a person must know of: rows of nobody, students without a row, what was
left alone and why, what had another value before.
must not know: which platform the sheet is of, HTML, how a verdict was reached.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial

from grader.errors import SheetError
from grader.export.sheets import defused
from grader.gradebook import Record
from grader.intake.calling import Called
from grader.intake.table import Table, meant

DECIMALS = 2  # of points in a sheet; what LMSs show and keep
_NUMBER = re.compile(r"^\s*-?\d+(?:[.,]\d+)?\s*%?\s*$")


@dataclass(frozen=True)
class Key:
    """One way to know whose row it is: a column, how an id is read out of its cell, and which kind of id it is.

    Several rows may have one id that is `shared`: a team's, of which each member has a row. `called` says what a record
    answers to where that is none of its ids.
    """

    column: int
    kind: str
    read: Callable[[str], str] = str
    shared: bool = False
    called: Callable[[Record], str] | None = None


@dataclass(frozen=True)
class Places:
    """Where things stand in a sheet.

    `keys` are tried in order. `most` is what the sheet says the points are out of. Cells that say one of `sacred`
    are never written to. `more` gives further cells of a student's row: column -> text; `only_empty` of these are
    filled in only where they say nothing yet, or what `is_ours`: of an earlier export.
    """

    keys: tuple[Key, ...]
    points: int
    most: Fraction | None = None
    sacred: frozenset[str] = frozenset()
    skipped: frozenset[int] = frozenset()
    more: Callable[[Record], Mapping[int, str]] = lambda record: {}
    only_empty: frozenset[int] = frozenset()
    is_ours: Callable[[str], bool] = lambda text: False


@dataclass(frozen=True)
class Policy:
    """What the caller wishes: convert points to what the sheet is out of; what to write where nothing came in."""

    scale: bool = False
    nothing_as: str = ""


@dataclass
class Filled:
    """What came of it. Lists hold sentences or names for a person to read.

    `written` are rows, and `students` those that they are of, of whom a team has several. Of those in `no_row` and
    `too_short` there are points, and they are not in the sheet.
    """

    data: bytes = b""
    column: str = ""
    written: int = 0
    students: set[str] = field(default_factory=set)
    nobody: list[str] = field(default_factory=list)
    no_row: list[str] = field(default_factory=list)
    too_short: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def fill(table: Table, places: Places, records: Iterable[Record], max_points: Fraction, policy: Policy) -> Filled:
    """Fill a sheet in. Raises `SheetError` where points would be of the wrong size, or two rows are of one student."""
    if places.points in {key.column for key in places.keys}:
        raise SheetError(f"'{table.titles[places.points]}' holds ids, not points", "name another --column")
    factor = _factor(table, places, max_points, policy)
    filled = Filled(column=table.titles[places.points])
    ledger = _Ledger(records, places.keys)
    changes: dict[tuple[int, int], str] = {}
    text_for = partial(_text_for, factor=factor, policy=policy, mark=decimal_mark(table))
    for row in range(len(table.rows)):
        if row in places.skipped or not any(key.read(table.value(row, key.column)) for key in places.keys):
            continue
        record = ledger.of_row(table, row, places.keys)
        if record is None:
            filled.nobody.append(_row_name(table, row, places))
        else:
            _fill_row(table, row, places, record, text_for, changes, filled)
    filled.no_row = ledger.without_row()
    filled.data = table.written(changes)
    return filled


def _factor(table: Table, places: Places, max_points: Fraction, policy: Policy) -> Fraction:
    """What points are multiplied by: 1, unless the caller wants them converted."""
    if places.most is None or places.most == max_points:
        return Fraction(1)
    if policy.scale and places.most:
        return places.most / max_points
    raise SheetError(
        f"in {table.path}, '{table.titles[places.points]}' is out of {plain(places.most)} points, and the exam of "
        f"{plain(max_points)}",
        f"{'convert with --scale, or ' if places.most else ''}change the maximum there and export the sheet again",
    )


class _Ledger:
    """Records by everything their students may be called; a call that two answer to is nobody's."""

    def __init__(self, records: Iterable[Record], keys: tuple[Key, ...]) -> None:
        self._records = list(records)
        self._lines: dict[str, int] = {}
        self._called = {key.kind: self._of_kind(key.kind, key.called) for key in keys}

    def _of_kind(self, kind: str, called: Callable[[Record], str] | None) -> Called[Record]:
        if called is not None:
            return Called((called(record), record) for record in self._records)
        own = any(kind in record.arrival.ids for record in self._records)
        calls = [
            (record, {record.arrival.ids.get(kind, "")} if own else record.arrival.calls(record.student_id))
            for record in self._records
        ]
        return Called((text, record) for record, texts in calls for text in texts if text)

    def of_row(self, table: Table, row: int, keys: tuple[Key, ...]) -> Record | None:
        for key in keys:
            found = self._called[key.kind].find(key.read(table.value(row, key.column)))
            if found is None:
                continue
            student = found.student_id
            if student in self._lines and not key.shared:
                raise SheetError(
                    f"{table.path}: lines {self._lines[student]} and {table.lines[row]} are both of '{student}'",
                    "leave one of them; one row is one student",
                )
            self._lines[student] = table.lines[row]
            return found
        return None

    def without_row(self) -> list[str]:
        return [_who(record) for record in self._records if record.student_id not in self._lines]


def _who(record: Record) -> str:
    return record.student_id if record.name in ("", record.student_id) else f"{record.student_id} ({record.name})"


def _row_name(table: Table, row: int, places: Places) -> str:
    first = table.value(row, 0)
    ids = [table.value(row, key.column) for key in places.keys if key.column != 0]
    told = ", ".join(dict.fromkeys(text for text in (first, *ids) if text))
    return f"line {table.lines[row]}: {told}"


def _fill_row(
    table: Table, row: int, places: Places, record: Record, text_for: Callable[[Record], str | None],
    changes: dict[tuple[int, int], str], filled: Filled,
) -> None:  # fmt: skip
    line, cell = f"line {table.lines[row]} ({_who(record)})", table.cell(row, places.points)
    before = table.value(row, places.points)
    if before in places.sacred:
        filled.left.append(f"{line}: it says {before}")
    elif (text := text_for(record)) is None:
        filled.left.append(f"{line}: {_why_not(record)}")
    elif not cell.is_there:
        filled.too_short.append(line)
    else:
        if before and not same_number(before, text):
            filled.replaced.append(f"{line}: {before} -> {text}")
        if not same_number(before, text):  # 85.00 stays 85.00
            changes[row, places.points] = text
        filled.written += 1
        filled.students.add(record.student_id)
        _fill_more(table, row, places, record, changes)


def _fill_more(table: Table, row: int, places: Places, record: Record, changes: dict[tuple[int, int], str]) -> None:
    for column, text in places.more(record).items():
        before = table.value(row, column)
        is_theirs = bool(before) and column in places.only_empty and not places.is_ours(before)
        if not is_theirs and not same_number(before, text) and before != text:
            changes[row, column] = text if _NUMBER.match(text) else defused(text)


def _text_for(record: Record, factor: Fraction, policy: Policy, mark: str) -> str | None:
    """What stands in a student's cell; `None` where there are no points that are final."""
    if record.arrival.absent and record.points is None:
        return policy.nothing_as or None
    if record.status != "graded" or record.points is None:
        return None
    return plain(record.points * factor, mark)


def _why_not(record: Record) -> str:
    if record.arrival.absent:
        return "nothing was handed in"
    return f"{record.status}, so there are no final points"


def plain(points: Fraction, mark: str = ".") -> str:
    """Points as a sheet has them: at most two decimals, halves rounded up, as people do."""
    hundredths = (points * 10**DECIMALS * 2 + 1) // 2
    text = f"{Decimal(int(hundredths)).scaleb(-DECIMALS):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", mark)


def decimal_mark(table: Table) -> str:
    """A comma where the sheet itself writes decimals with one, and none with a point.

    A sheet that has no decimals yet, and semicolons, is of a spreadsheet that writes commas: it reads `7.5` as a day.
    """
    if table.delimiter == ",":
        return "."
    values = [meant(cell.value) for cells in table.rows for cell in cells]
    commas, points = (any(re.fullmatch(rf"\d+{mark}\d+", value) for value in values) for mark in (",", r"\."))
    return "," if (commas or table.delimiter == ";") and not points else "."


def read_number(text: str) -> Fraction | None:
    """A number as sheets have it, with a point or a comma."""
    text = text.strip().replace(",", ".")
    return Fraction(text) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text) else None


def same_number(one: str, other: str) -> bool:
    """Whether two cells say the same number."""
    number = read_number(one)
    return number is not None and number == read_number(other)
