"""The sheet in which teaching assistants change points: `student_id,criterion,points,reason,by`.

takes: a CSV file as a spreadsheet saves it; the class and the criteria that its rows must be about.
gives: `Override` values, or one error that names every line which is wrong.
must not know: the gradebook's file, how an override is applied.

Nothing is taken from a sheet that has a mistake in it: half a sheet would be points that nobody decided on.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from pathlib import Path

from grader.errors import OverridesError
from grader.export.sheets import defused, defused_name
from grader.gradebook import Override, Overrides
from grader.intake.calling import Called
from grader.intake.table import meant

COLUMNS = ("student_id", "criterion", "points", "reason", "by")
_NEEDED = COLUMNS[:4]
_HEAD_HINT = f"the first line must be: {','.join(COLUMNS)}"
SIZE_CAP = 16 << 20  # bytes; a class of ten thousand with six words a row has a tenth of it


@dataclass(frozen=True)
class Roster:
    """What rows may be about: the students, and the criteria with their points."""

    students: Sequence[str]
    criteria: Mapping[str, Fraction]

    @cached_property
    def called(self) -> Called[str]:
        """The students by their ids; a sheet has those defused that look like formulas."""
        return _called(self.students)

    @cached_property
    def named(self) -> Called[str]:
        """The criteria by their names."""
        return _called(list(self.criteria))


def _called(names: Sequence[str]) -> Called[str]:
    return Called((call, name) for name in names for call in {name, defused_name(name)})


def read_overrides(path: Path, roster: Roster, now: str, most: int | None = None) -> list[Override]:
    """Read a whole sheet; raises `OverridesError` with every line that is wrong, or with the first (`most`)."""
    lines = lines_of(sheet_text(path), path)
    read = [_Line(path, number, cells) for number, cells in lines]
    found: list[Override] = []
    troubles: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line in read:
        try:
            override = line.override(roster, now)
            place = (override.student_id, override.criterion)
            if place in seen:
                raise _RowError(f"{place[0]}, {place[1]} stands in line {seen[place]} already; keep one of the two")
        except _RowError as error:
            troubles.append(f"line {line.number}: {error}")
        else:
            seen[place] = line.number
            found.append(override)
    if troubles:
        raise _refused(path, troubles, most or len(troubles))
    return found


def read_sheets(paths: Sequence[Path], roster: Roster, now: str, most: int | None = None) -> list[Override]:
    """Read several sheets as one, of TAs who each went through a part of a class; a row that two have is one row."""
    found: dict[tuple[str, str], tuple[Path, Override]] = {}
    for path in paths:
        for override in read_overrides(path, roster, now, most):
            other, before = found.setdefault((override.student_id, override.criterion), (path, override))
            if not override.says_the_same(before):
                place = f"{override.student_id}, {override.criterion}"
                raise OverridesError(
                    f"{path}: {place} stands in {other} too, and says something else",
                    "keep one of the two and run the same command again; nothing has been graded or changed",
                )
    return [override for _, override in found.values()]


def show_exact(points: Fraction) -> str:
    """Points that are read back as they are: `7.5` where decimals can say it, else `1/3`."""
    thousandfold = points * 1000
    if thousandfold.denominator != 1:
        return str(points)
    whole, rest = divmod(int(thousandfold), 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def parse_points(text: str, most: Fraction) -> Fraction:
    """Points as a person writes them: `7`, `7.5`, `7,5` or `22/3`; raises `ValueError` with a sentence."""
    points = number_of(text)
    if not 0 <= points <= most:
        raise ValueError(f"{show_exact(points)} points are out of range: from 0 to {show_exact(most)}")
    return points


def number_of(text: str) -> Fraction:
    """A number as a person writes it; raises `ValueError` with a sentence."""
    plain = text.strip().replace(",", ".")
    try:
        if len(plain) > 20 or set(plain) & set("eE_"):  # forms that only a program writes
            raise ValueError
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"'{text[:40]}' is no number of points; write 7, 7.5 or 22/3") from None


class _RowError(Exception):
    """What is wrong in one line, and what to do."""


@dataclass(frozen=True)
class _Line:
    path: Path
    number: int
    cells: Mapping[str, str]

    def override(self, roster: Roster, now: str) -> Override:
        student = self._known("student_id", roster.called, roster.students, "student in this class")
        criterion = self._known("criterion", roster.named, list(roster.criteria), "criterion of this assignment")
        reason, by = _refused_formula(self.cells["reason"]), _refused_formula(self.cells.get("by", ""))
        points = None
        if self.cells["points"]:
            try:
                points = parse_points(self.cells["points"], roster.criteria[criterion])
            except ValueError as error:
                raise _RowError(f"{criterion}: {error}") from error
        if not reason:
            raise _RowError("no reason is given; write one sentence: the student reads it on the page")
        return Override(student, criterion, points, reason, by, now)

    def _known(self, column: str, called: Called[str], names: Sequence[str], what: str) -> str:
        told = self.cells[column]
        if not told:
            raise _RowError(f"the column {column} is empty; say which {what} is meant")
        if (name := called.find(told)) is not None:
            return name
        close = difflib.get_close_matches(told, names, n=1)
        hint = f"; is {close[0]} meant?" if close else "; copy it from grades.csv"
        raise _RowError(f"there is no {what} called {told[:80]!r}{hint}")


def _refused_formula(text: str) -> str:
    """Undo what `defused` does."""
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def _refused(path: Path, troubles: Sequence[str], most: int) -> OverridesError:
    listed = "\n  ".join(troubles[:most])
    more = f"\n  and {len(troubles) - most} more (2> wrong.txt has all)" if len(troubles) > most else ""
    count = "1 line is" if len(troubles) == 1 else f"{len(troubles)} lines are"
    return OverridesError(
        f"{path}: {count} wrong, and nothing of it was taken\n  {listed}{more}",
        "mend these lines and run the same command again; nothing has been graded or changed",
    )


def sheet_text(path: Path) -> str:
    """What stands in a sheet, in whatever encoding; raises `OverridesError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_CAP + 1)
    except OSError as error:
        raise OverridesError(
            f"{path} cannot be read: {error.strerror}", "name the sheet of changed points with --overrides FILE"
        ) from error
    if len(data) > SIZE_CAP:
        raise OverridesError(f"{path} has more than {SIZE_CAP >> 20} MB", "it must be a CSV file; " + _HEAD_HINT)
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OverridesError(f"{path} is no text in a known encoding", "save it as 'CSV UTF-8'")


def lines_of(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the number of the line each ends in; spreadsheets of some countries part cells by semicolons."""
    begins = int(text[:4].lower() == "sep=")  # a line that spreadsheets like to have above the titles
    first = text.split("\n", 2)[begins:][:1]
    parting = max(",;\t", key="".join(first).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parting)
    try:
        head = [meant(cell).lower() for cell in next(islice(reader, begins, None), [])]
        missing = [name for name in _NEEDED if name not in head]
        if missing or len(set(head)) < len(head):
            what = f"has no column {', '.join(missing)}" if missing else "has a column twice"
            first_step = "save the spreadsheet as CSV, and name that file; " if text.startswith("PK\3\4") else ""
            raise OverridesError(f"{path}, line {begins + 1}: it {what}", first_step + _HEAD_HINT)
        for row in reader:
            cells = [meant(cell) for cell in row]
            if any(cells):
                cells += [""] * (len(head) - len(cells))
                yield reader.line_num, dict(zip(head, cells, strict=False))
    except csv.Error as error:
        raise OverridesError(f"{path}, line {reader.line_num}: {error}", "save it as CSV again") from error


def unused(overrides: Overrides, roster: Roster) -> Iterable[Override]:
    """What is kept but is about nobody here, or about a criterion that is gone."""
    students = set(roster.students)
    for by_name in overrides.values():
        yield from (o for o in by_name.values() if o.student_id not in students or o.criterion not in roster.criteria)
