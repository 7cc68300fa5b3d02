"""Which column of a sheet says who a row is of: the one in which most of a class is found.

takes: a `Table`, and what the students of a class may be called.
gives: the column, and how a call is read out of its cells; where there is none, whether zeros are what is missing.
must not know: what a sheet is for, what its titles mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from grader.intake.calling import folded
from grader.intake.table import Table

Reader = Callable[[str], str]
"""Reads a call out of a cell: it is all of the text, or the number in it."""


def id_column(table: Table, calls: Iterable[str]) -> tuple[int, Reader] | None:
    """The column with most of these calls, and how one is read; `None` where no column has any."""
    known = set(map(folded, calls))
    ways = [(column, read) for read in (str, number_in) for column in range(len(table.titles))]
    counts = [len(known.intersection(folded(read(text)) for text in table.column(column))) for column, read in ways]
    return ways[counts.index(max(counts))] if any(counts) else None


def on_lost_zeros(table: Table, calls: Iterable[str]) -> str:
    """What is said where most ids lack only the zeros at their front, which a spreadsheet takes off; else nothing."""
    known = {call.lstrip("0"): call for call in calls if call.isdigit() and call.startswith("0")}
    for column, title in enumerate(table.titles):
        found = known.keys() & set(table.column(column)) - {""}
        if 2 * len(found) > len(known):
            example = min(found)
            return (
                f"column #{column + 1} '{title[:60]}' has {example} for {known[example]}, as a spreadsheet leaves it: "
                "export the sheet once more, and do not save it from one"
            )
    return ""


def number_in(text: str) -> str:
    """The number of `Participant 4711`, in any language; a text without one number at its end says nothing."""
    match = re.fullmatch(r"[^\d]*?(\d+)", text)
    return match[1] if match else ""
