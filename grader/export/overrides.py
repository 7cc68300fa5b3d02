"""The sheet in which teaching assistants change points: `student_id,criterion,points,reason,by`.

Nothing is taken from a sheet that has a mistake in it: half a sheet would be points that nobody decided on.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from grader.errors import OverridesError
from grader.export.sheets import csv_bytes, defused, defused_name
from grader.folders import write_whole
from grader.gradebook import Override, Overrides
from grader.intake.arrival import NameIndex
from grader.intake.table import Table, read_table
from grader.key import Key

COLUMNS = ("student_id", "criterion", "points", "reason", "by")


def write_overrides(path: Path, overrides: Overrides) -> None:
    """Write the overrides as a sheet that `read_overrides` takes again."""
    rows = [_cells(one) for _, by_name in sorted(overrides.items()) for _, one in sorted(by_name.items())]
    write_whole(path, csv_bytes([COLUMNS, *rows]))


def override_row(override: Override) -> str:
    """One override as it is in a sheet, to be shown or copied into another."""
    return csv_bytes([_cells(override)]).decode().rstrip()


def read_overrides(paths: Sequence[Path], key: Key, students: Collection[str], now: str) -> list[Override]:
    """Read several sheets as one, of TAs who each went through a part of a class; `now` is when they were given.

    Raises `OverridesError` with every line that is wrong, also where two rows say different things of one criterion.
    """
    worth, student_index, criterion_index = key.rubric.worth, _index(students), _index(key.rubric.worth)
    found: dict[tuple[str, str], tuple[str, Override]] = {}
    for path in paths:
        troubles = []
        for line, cells in _lines(read_table(path)):
            try:
                student = _known(cells["student_id"], student_index, students, "student in this class")
                criterion = _known(cells["criterion"], criterion_index, worth, "criterion of this assignment")
                points = parse_points(cells["points"], worth[criterion]) if cells["points"] else None
                if not cells["reason"]:
                    raise ValueError("there is no reason; write one sentence: the student reads it on the page")
                one = Override(student, criterion, points, _undone(cells["reason"]), _undone(cells.get("by", "")), now)
                where, before = found.setdefault((student, criterion), (f"{path}, line {line}", one))
                if not one.says_the_same(before):
                    raise ValueError(f"{student}, {criterion} is in {where} already; keep one of the two")
            except ValueError as error:
                troubles.append(f"line {line}: {error}")
        if troubles:
            what = f"{path}: lines are wrong ({len(troubles)}), so nothing was taken from it"
            hint = "fix these lines and run the same command again; nothing has been graded or changed"
            raise OverridesError("\n  ".join([what, *troubles]), hint)
    return [one for _, one in found.values()]


def show_exact(points: Fraction) -> str:
    """Points that `parse_points` reads back as they are: `7.5` where three decimals can say it, else `1/3`."""
    return str(points) if 1000 % points.denominator else f"{float(points):.3f}".rstrip("0").rstrip(".")


def parse_points(text: str, most: Fraction) -> Fraction:
    """Points as a person writes them: `7`, `7.5`, `7,5` or `22/3`; raises `ValueError` with a sentence."""
    plain = text.strip().replace(",", ".")
    try:
        points = Fraction("" if len(plain) > 20 or set(plain) & set("eE_") else plain)  # these only a program writes
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"'{text[:40]}' is not a number of points; write 7, 7.5 or 22/3") from None
    if not 0 <= points <= most:
        raise ValueError(f"{show_exact(points)} points are out of range: from 0 to {show_exact(most)}")
    return points


def _index(names: Collection[str]) -> NameIndex[str]:
    return NameIndex((text, name) for name in names for text in {name, defused_name(name)})


def _known(text: str, index: NameIndex[str], names: Collection[str], what: str) -> str:
    if (name := index.find(text)) is not None:
        return name
    close = difflib.get_close_matches(text, names, n=1)
    hint = f"did you mean {close[0]}?" if close else "copy it from grades.csv"
    raise ValueError(f"there is no {what} called '{text[:80]}'; {hint}")


def _lines(table: Table) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows that say anything, by the titles of their columns, with their lines."""
    titles = [title.lower() for title in table.titles]
    if missing := [name for name in COLUMNS[:4] if name not in titles]:
        hint = f"the first line must be: {','.join(COLUMNS)}"
        raise OverridesError(f"{table.path} has no column {', '.join(missing)}", hint)
    for row, line in enumerate(table.lines):
        cells = {name: table.value(row, titles.index(name)) for name in COLUMNS if name in titles}
        if any(cells.values()):
            yield line, cells


def _undone(text: str) -> str:
    """A text as it was before `defused`."""
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def _cells(override: Override) -> list[str]:
    points = "" if override.points is None else show_exact(override.points)
    texts = (override.criterion, points, override.reason, override.made_by)
    return [defused_name(override.student_id), *map(defused, texts)]
