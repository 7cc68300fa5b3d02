"""The sheet of changes that is kept among the reports: written from what counts, and what of it is somebody else's.

takes: overrides; the sheet as it lies there, and what was written into it.
gives: the sheet, which `read_overrides` takes again; the rows in it that nobody of us wrote.
must not know: the gradebook's file, who made a change.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from grader.export.override_sheet import COLUMNS, lines_of, number_of, sheet_text, show_exact
from grader.export.sheets import defused, defused_name, whole_file
from grader.gradebook import Override, Overrides
from grader.intake.table import meant


def rows_beyond(
    path: Path, known: Iterable[tuple[str, str]], ours: Mapping[tuple[str, str], Collection[str]] = MappingProxyType({})
) -> list[Sequence[str]]:
    """The rows of a sheet, by `COLUMNS`, that somebody else wrote; none where there is no sheet.

    Those on no student and criterion of the `known`, and those that say none of what is `ours` for their place.
    """
    text = sheet_text(path) if path.exists() else ""
    if not text.strip():
        return []
    real = {(call, criterion): (s, criterion) for s, criterion in known for call in (s, defused_name(s))}
    rows = [[cells.get(name, "") for name in COLUMNS] for _, cells in lines_of(text, path)]
    meant_by = {place: {_as_said(next(csv.reader([row]))) for row in said} for place, said in ours.items()}
    return [
        row
        for row in rows
        if (place := real.get((row[0], row[1]))) is None or (place in meant_by and _as_said(row) not in meant_by[place])
    ]


def _as_said(row: Sequence[str]) -> tuple[str, ...]:
    """What a row says, however a spreadsheet has written it."""
    _, _, points, *words = (" ".join(meant(text).split()) for text in row)
    with suppress(ValueError):
        points = show_exact(number_of(points))
    return (points, *words)


def write_overrides(path: Path, overrides: Overrides, beyond: Sequence[Sequence[str]] = ()) -> None:
    """Write what counts today as a sheet that `read_overrides` takes again, and the rows that are `beyond` it.

    Of a student and criterion on which somebody has written a row there, that row stays.
    """
    theirs = {(row[0], row[1]) for row in beyond}
    with whole_file(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        rows = [_cells(override) for override in _in_order(overrides)]
        writer.writerows(row for row in rows if (row[0], row[1]) not in theirs)
        writer.writerows([defused(text) for text in row] for row in beyond)


def rows_of(overrides: Overrides) -> dict[tuple[str, str], str]:
    """What counts as the rows of a sheet, by student and criterion."""
    return {(one.student_id, one.criterion): row_of(one) for one in _in_order(overrides)}


def row_of(override: Override) -> str:
    """One row as it stands in a sheet, to be put into another."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(_cells(override))
    return text.getvalue()


def _in_order(overrides: Overrides) -> Iterator[Override]:
    for student in sorted(overrides):
        for _, override in sorted(overrides[student].items()):
            yield override


def _cells(override: Override) -> list[str]:
    points = "" if override.points is None else show_exact(override.points)
    texts = (override.criterion, points, override.reason, override.made_by)
    return [defused_name(override.student_id), *map(defused, texts)]
