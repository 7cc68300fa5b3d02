"""Whose row it is where Moodle's students hand in as groups: each member's, by the group's name.

takes: Moodle's worksheet, and the records of a class that came from Moodle.
gives: the column with the groups' names as a `Key`, where the hand-ins are those of groups.
must not know: points, how cells are written.

Moodle names a group's files after the group, with a number of the group's own. By chance that is a participant's
too, and the points of a whole group would go to somebody who may not even be in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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
    named = Called((_letters(one.name), one) for one in records if "moodle" in one.arrival.ids)
    columns = [_found(table, column, named) for column in range(len(table.titles))]
    best = max(range(len(columns)), key=lambda n: len({one.student_id for one in columns[n].values()}))
    rows = columns[best]
    is_shared = any(count > 1 for count in Counter(one.student_id for one in rows.values()).values())
    own = sum(one.arrival.ids["moodle"] in _numbers(table, row) for row, one in rows.items())
    if not is_shared or 2 * own >= len(rows):
        return None
    return Key(best, "team", _letters, shared=True, called=lambda record: _letters(record.name))


def _found(table: Table, column: int, named: Called[Record]) -> dict[int, Record]:
    found = ((row, named.find(_letters(text))) for row, text in enumerate(table.column(column)) if text)
    return {row: one for row, one in found if one is not None}


def _letters(name: str) -> str:
    """A name without what Moodle takes out of it where it names a file."""
    return "".join(sign for sign in folded(name) if sign.isalnum())


def _numbers(table: Table, row: int) -> set[str]:
    values = [table.value(row, column) for column in range(len(table.titles))]
    return {*values, *map(number_in, values)}
