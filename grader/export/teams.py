"""Whose row it is where Moodle's students hand in as groups: each member's, by the group's name.

takes: Moodle's worksheet, and the records of a class that came from Moodle.
gives: where hand-ins are those of groups, the column with their names as a `Key`, and who is in each.
must not know: points, how cells are written.

Moodle names a group's files after the group, with a number of the group's own. By chance that is a participant's
too, and the points of a whole group would go to somebody who may not even be in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.errors import SheetError
from grader.export.filling import Key
from grader.gradebook import Record
from grader.intake.calling import Called, folded
from grader.intake.id_columns import number_in
from grader.intake.table import Table


def team_key(table: Table, records: Sequence[Record]) -> Key | None:
    """The column with the groups' names; `None` where hand-ins are those of participants.

    They are a group's where one name stands in several rows, and most of these rows have other numbers: of a worksheet
    of another assignment the numbers are others too, but each name stands there once.
    """
    column, rows = _team_rows(table, records)
    return Key(column, "team", _letters, shared=True, called=lambda one: _letters(one.name)) if rows else None


def members_in(table: Table, records: Sequence[Record]) -> dict[str, list[str]]:
    """The numbers of each group's members: student_id -> what Moodle knows these participants by.

    Raises `SheetError` where the hand-ins are not those of groups, or nothing there tells who a row is of.
    """
    _, rows = _team_rows(table, records)
    if not rows:
        raise SheetError(
            f"no column of {table.path} holds the names of groups that handed in",
            "leave --sheet out where each student hands in alone; else it is the worksheet of this assignment",
        )
    column = _column_of_participants(table)
    members: dict[str, list[str]] = {}
    for row, record in rows.items():
        members.setdefault(record.student_id, []).append(number_in(table.value(row, column)))
    return members


def _column_of_participants(table: Table) -> int:
    """The first column that has another number for each row, behind a word as in `Participant 4711`."""
    for column in range(len(table.titles)):
        cells = [table.value(row, column) for row in range(len(table.rows))]
        numbers = {number_in(text) for text in cells if not text.isdigit()} - {""}
        if len(numbers) == len(cells):
            return column
    raise SheetError(
        f"no column of {table.path} says `Participant` and a number in each row",
        "export the grading worksheet of this assignment once more: that is how Moodle finds a student",
    )


def _team_rows(table: Table, records: Sequence[Record]) -> tuple[int, dict[int, Record]]:
    """The column with the groups' names, and the rows that are of one; no rows where hand-ins are no groups'."""
    named = Called((_letters(one.name), one) for one in records if "moodle" in one.arrival.ids)
    columns = [_found(table, column, named) for column in range(len(table.titles))]
    best = max(range(len(columns)), key=lambda n: len({one.student_id for one in columns[n].values()}))
    rows = columns[best]
    is_shared = any(count > 1 for count in Counter(one.student_id for one in rows.values()).values())
    own = sum(one.arrival.ids["moodle"] in _numbers(table, row) for row, one in rows.items())
    return best, rows if is_shared and 2 * own < len(rows) else {}


def _found(table: Table, column: int, named: Called[Record]) -> dict[int, Record]:
    found = ((row, named.find(_letters(text))) for row, text in enumerate(table.column(column)) if text)
    return {row: one for row, one in found if one is not None}


def _letters(name: str) -> str:
    """A name without what Moodle takes out of it where it names a file."""
    return "".join(sign for sign in folded(name) if sign.isalnum())


def _numbers(table: Table, row: int) -> set[str]:
    values = [table.value(row, column) for column in range(len(table.titles))]
    return {*values, *map(number_in, values)}
