"""The sheets of all platforms as one table: which column holds ids, which the points, what these are out of.

A title is never added to a sheet. Where it is not clear which column is meant, the error lists the candidates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader.errors import SheetError
from grader.export.sheets import read_number
from grader.gradebook import Record
from grader.intake.arrival import NameIndex, folded
from grader.intake.table import Reader, Table, id_column, number_in, read_table
from grader.key import Rubric

_TEAM = "group_name"  # GitHub Classroom names a team's repository after it; each member has a row
_NUMBERED = re.compile(r"\(\d+\)$")  # Canvas ends a title with its assignment's number
# What points are out of, as Blackboard and Brightspace say it in a title.
_OUT_OF = re.compile(r"(?:\[Total Pts: |<Numeric MaxPoints:)(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True)
class Platform:
    """How the sheets of one platform are read. Titles are whole titles, whatever their case.

    `ids` are columns with ids: title, and kind of id. `points` are titles of the column of points; without any it is
    the one of the `tasks` that is called like the assignment. `most` gives the texts that say what points are out of,
    from a sheet, the column of points and the rows without an id. Cells that say one of `kept` are never written to.
    """

    ids: tuple[tuple[str, str], ...] = ()
    points: tuple[str, ...] = ()
    most: Callable[[Table, int, Sequence[int]], Iterable[str]] = lambda table, points, idle: ()
    tasks: re.Pattern[str] = re.compile("")
    kept: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()


PLATFORMS: Mapping[str, Platform] = {
    "canvas": Platform(
        (("ID", "canvas"),), most=lambda table, points, idle: [table.value(row, points) for row in idle],
        tasks=_NUMBERED, kept=frozenset({"EX", "N/A"}),
    ),
    # Moodle translates its titles. These are the languages that could be looked up.
    "moodle": Platform(
        points=(
            "Grade", "Bewertung", "Note", "Calificación", "Calificacion", "Nota", "Valutazione", "Voto", "Cijfer",
            "Beoordeling", "Ocena", "Hodnocení", "Betyg", "Karakter", "Arvosana", "Оценка", "Not", "成绩", "評点",
        ),
        most=lambda table, points, idle: table.column(points + 1),
        comments=(
            "Feedback comments", "Feedback als Kommentar", "Feedback-Kommentare", "Commentaires de feedback",
            "Feedback par commentaires", "Comentarios de retroalimentación", "Commenti di feedback",
        ),
    ),
    "gradescope": Platform(
        (("SID", "sid"), ("Email", "email"), ("Submission ID", "gradescope")), ("Total Score",),
        lambda table, points, idle: filter(read_number, table.column(titled(table, "Max Points"))),
    ),
    "github": Platform(
        (("github_username", "github"), (_TEAM, "github")), ("points_awarded",),
        lambda table, points, idle: filter(read_number, table.column(titled(table, "points_available"))),
    ),
    "nbgrader": Platform((("student_id", "nbgrader"),), ("score",)),
    "csv": Platform(most=lambda table, points, idle: _OUT_OF.findall(table.titles[points])),
}  # fmt: skip
"""One entry for each verb that fills in a sheet; `csv` is any sheet, such as those of Blackboard and Brightspace."""


class Owners(NamedTuple):
    """The columns with ids, and whose each row is; several rows may be one record's where submissions are `shared`."""

    columns: set[int]
    rows: dict[int, Record]
    shared: bool = False


def owners(table: Table, platform: str, records: Sequence[Record], wanted: str) -> Owners:
    """Find rows by the column the caller names, by the ids of the platform that the class came from, or by any id.

    Never by both: a number of one platform may be another student's number on the other.
    """
    every = {one.student_id: one.identity.arrival.all_ids(one.student_id) for one in records}
    known = {text for ids in every.values() for text in ids}
    if platform == "moodle" and not wanted and (groups := _groups(table, records)).rows:
        return groups
    kinds = {kind for one in records for kind in one.identity.arrival.ids}
    own = [(titled(table, title), kind) for title, kind in PLATFORMS[platform].ids if kind in kinds]
    if not wanted and (own := [(column, kind) for column, kind in own if column >= 0]):
        rows: dict[int, Record] = {}
        for column, kind in reversed(own):
            rows |= _found(table, column, ((one.identity.arrival.ids.get(kind, ""), one) for one in records))
        return Owners({column for column, _ in own}, rows, shared=titled(table, _TEAM) >= 0)
    if not (found := id_column(table, known)):
        sentence = f"no column of {table.path} holds ids of this class, such as '{min(known, default='')}'"
        hint = f"is it the sheet of this course? did a spreadsheet drop leading zeros? {_listed(table)}"
        raise SheetError(sentence, f"{hint}; a roster (grade --roster) can add more ids")
    column, read = found
    if wanted:
        column = _named(table, wanted, "--id-column")
        read = str if {*map(folded, known)} & {*map(folded, table.column(column))} else number_in
    named = ((text, one) for one in records for text in every[one.student_id])
    return Owners({column}, _found(table, column, named, read))


def _found(table: Table, column: int, named: Iterable[tuple[str, Record]], read: Reader = str) -> dict[int, Record]:
    """The rows where a column holds one of these ids. An id that two students have is nobody's."""
    index = NameIndex((text, one) for text, one in named if text)
    return {row: one for row, text in enumerate(table.column(column)) if (one := index.find(read(text))) is not None}


def points_column(table: Table, platform: str, ids: set[int], rubric: Rubric, wanted: str) -> int:
    """The column for points: the caller's, else the platform's. It is never one with `ids`."""
    rules, names = PLATFORMS[platform], {_letters(rubric.title), _letters(rubric.name)}
    found = tasks = [n for n, title in enumerate(table.titles) if n not in ids and rules.tasks.search(title)]
    if wanted:
        found = [_named(table, wanted, "--column")]
    elif not rules.points:
        found = [n for n in tasks if _letters(_NUMBERED.sub("", table.titles[n])) in names]
    elif (column := titled(table, *rules.points)) >= 0:
        found = [column]
    if len(found) != 1:
        sentence = f"it is not clear which column of {table.path} holds the points"
        raise SheetError(sentence, f"name it with --column; {_listed(table, found or tasks)}")
    if found[0] in ids:
        raise SheetError(f"'{table.titles[found[0]]}' holds ids, not points", "name another --column")
    return found[0]


def titled(table: Table, *titles: str) -> int:
    """The first column with one of these whole titles, whatever their case; -1 where there is none."""
    wanted = {title.casefold() for title in titles}
    return next((n for n, title in enumerate(table.titles) if title.casefold() in wanted), -1)


def _named(table: Table, wanted: str, option: str) -> int:
    """The column the caller names: by its whole title, a part of it such as its number in brackets, or `#7`."""
    titles, text = [title.casefold() for title in table.titles], wanted.strip().casefold()
    whole = [n for n, title in enumerate(titles) if text in (title, f"#{n + 1}")]
    found = whole or [n for n, title in enumerate(titles) if text in title]
    if len(found) == 1:
        return found[0]
    what = f"fits {len(found)} columns of" if found else "is not a column of"
    raise SheetError(f"{option} '{wanted}' {what} {table.path}", f"name one, as #7; {_listed(table, found)}")


def _listed(table: Table, numbers: Sequence[int] = ()) -> str:
    """The first 15 titles with their numbers, for an error."""
    every = numbers or range(len(table.titles))
    shown = ", ".join(f"#{n + 1} '{table.titles[n][:60]}'" for n in every[:15])
    return f"its columns are {shown}{', …' if len(every) > 15 else ''}"


def _letters(text: str) -> str:
    """A name without what platforms drop or change in it: for comparing only."""
    return "".join(sign for sign in folded(text) if sign.isalnum())


def group_members(sheet: Path, records: Sequence[Record]) -> dict[str, list[str]]:
    """The numbers of the participants in each group, by the group's student_id, from Moodle's worksheet.

    Raises `SheetError` where the submissions are not those of groups, or nothing says whose a row is.
    """
    table = read_table(sheet)
    rows = _groups(table, records).rows
    columns = ([number_in(text) for text in table.column(n) if not text.isdigit()] for n in range(len(table.titles)))
    numbers = next((column for column in columns if len({*column} - {""}) == len(table.rows)), None)
    if not rows or numbers is None:
        sentence = f"no columns of {sheet} hold the names of groups that handed in, and `Participant` with a number"
        raise SheetError(sentence, "export the worksheet of this assignment again; leave it out if there are no groups")
    groups = {record.student_id for record in rows.values()}
    return {group: [numbers[row] for row, one in rows.items() if one.student_id == group] for group in groups}


def _groups(table: Table, records: Sequence[Record]) -> Owners:
    """The rows of the members of Moodle's groups; none where participants hand in alone.

    Moodle names a group's files after it, with a number of the group's own, which by chance is a participant's, too.
    They are a group's where one name is in several rows, and most of these rows do not have that number.
    """
    named = [(_letters(one.identity.name), one) for one in records if "moodle" in one.identity.arrival.ids]
    columns = [_found(table, n, named, _letters) for n in range(len(table.titles))]
    best, rows = max(enumerate(columns), key=lambda pair: len({one.student_id for one in pair[1].values()}))
    numbers = {row: {number_in(table.value(row, n)) for n in range(len(columns))} for row in rows}
    own = [row for row, one in rows.items() if one.identity.arrival.ids["moodle"] in numbers[row]]
    is_shared = len({one.student_id for one in rows.values()}) < len(rows)
    return Owners({best}, rows if is_shared and 2 * len(own) < len(rows) else {}, shared=True)
