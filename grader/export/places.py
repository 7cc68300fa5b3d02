"""Where things stand in the sheets of each platform: whose row, which column, out of how many points.

takes: a sheet as it was exported, and what the caller names.
gives: `Places` for `filling.fill`; `SheetError` where the sheet is of another form, with what it has.
must not know: how cells are written, HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath

from grader.errors import SheetError
from grader.export.columns import clear_column, column_named, listed_titles, titled
from grader.export.comments import comment, is_comment
from grader.export.filling import Key, Places, plain, read_number
from grader.export.teams import team_key
from grader.gradebook import Record
from grader.intake.calling import folded
from grader.intake.id_columns import Reader, id_column, number_in, on_lost_zeros
from grader.intake.people import TEST_STUDENT
from grader.intake.table import Table

TEAM = "group_name"  # GitHub Classroom's column; a team's repository is named after it
GENERAL = "any"  # kind of an id that no platform gave
NBGRADER_HEADER = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,"
    "max_score"
)
# What Moodle's worksheet calls the column of points, and that of comments, in languages that could be looked up.
_MOODLE_GRADES = (
    "Grade", "Bewertung", "Note", "Calificación", "Calificacion", "Nota", "Valutazione", "Voto", "Cijfer",
    "Beoordeling", "Ocena", "Hodnocení", "Betyg", "Karakter", "Arvosana", "Оценка", "Not", "成绩", "評点", "성적",
)  # fmt: skip
_MOODLE_COMMENTS = (
    "Feedback comments", "Feedback als Kommentar", "Feedback-Kommentare", "Commentaires de feedback",
    "Feedback par commentaires", "Comentarios de retroalimentación", "Commenti di feedback", "Feedbackopmerkingen",
)  # fmt: skip

# What points are out of, as Blackboard and Brightspace say it in the titles of their columns.
_OUT_OF = re.compile(r"(?:\[Total Pts: |<Numeric MaxPoints:)(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True)
class Source:
    """What a sheet is filled in from: names the assignment may be called by, and the class."""

    name: str
    title: str
    records: Sequence[Record]
    column: str = ""
    id_column: str = ""
    comments: bool = True


def canvas_places(table: Table, source: Source) -> Places:
    """Canvas's gradebook: `Student, ID, SIS User ID, SIS Login ID, …, <title> (<id>)`, with rows that are nobody's."""
    keys = _keys(table, source, (("ID", "canvas"),))
    graded = [n for n, title in enumerate(table.titles) if re.search(r"\(\d+\)$", title)]
    points = _points_column(table, source, graded)
    idle = [row for row in range(len(table.rows)) if not any(table.value(row, key.column) for key in keys)]
    possible = [n for row in idle if (n := read_number(table.value(row, points))) is not None]
    tests = [row for row in range(len(table.rows)) if table.value(row, 0) == TEST_STUDENT]
    return Places(
        tuple(keys), points, possible[0] if possible else None, frozenset({"EX", "N/A"}), frozenset([*idle, *tests])
    )


def moodle_places(table: Table, source: Source) -> Places:
    """Moodle's offline grading worksheet, in any language: ids by their numbers, points before a constant maximum."""
    team = None if source.id_column else team_key(table, source.records)
    keys = [team] if team else _keys(table, source)
    maximum = _maximum_column(table)
    named = titled(table, *_MOODLE_GRADES)
    if source.column:
        points = column_named(table, source.column, "--column")
    elif named is not None:
        points = named
    elif maximum:
        points = maximum - 1  # Moodle writes them in this order in every language
    else:
        raise SheetError(
            f"it is not clear which column of {table.path} holds the points",
            f"name it with --column; columns: {listed_titles(table.titles, range(len(table.titles)))}",
        )
    most = _same_number(table, points + 1)
    comments = titled(table, *_MOODLE_COMMENTS) if source.comments else None
    if comments is None:
        return Places(tuple(keys), points, most)
    column = comments
    return Places(
        tuple(keys),
        points,
        most,
        more=lambda record: {column: comment(record)},
        only_empty=frozenset({column}),
        is_ours=is_comment,
    )


def gradescope_places(table: Table, source: Source) -> Places:
    """Gradescope's grades: `…,SID,Email,…,Total Score,Max Points,…,Submission ID,…`."""
    kinds = (("SID", "sid"), ("Email", "email"), ("Submission ID", "gradescope"))
    return _with_maximum(table, source, kinds, "Total Score", "Max Points")


def github_places(table: Table, source: Source) -> Places:
    """GitHub Classroom's grades: `…,github_username,roster_identifier,…,points_awarded,points_available`."""
    kinds = (("github_username", "github"), (TEAM, "github"))
    return _with_maximum(table, source, kinds, "points_awarded", "points_available")


def nbgrader_places(table: Table, source: Source) -> Places:
    """nbgrader's `grades.csv`, whose line of titles must be its own, exactly."""
    if ",".join(table.titles) != NBGRADER_HEADER:
        raise SheetError(f"{table.path} is not nbgrader's sheet of grades", f"its first line must be {NBGRADER_HEADER}")
    columns = {title: n for n, title in enumerate(table.titles)}
    tasks = table.column(columns["assignment"])
    task = _task_among(tasks, nbgrader_task(source.name, source.records), source.name, table.path)
    others = frozenset(row for row, told in enumerate(tasks) if told != task)

    def more(record: Record) -> Mapping[int, str]:
        return {columns[name]: text for name, text in nbgrader_scores(record).items() if name != "score"}

    keys = (Key(columns["student_id"], "nbgrader"),)
    return Places(keys, columns["score"], skipped=others, more=more)


def nbgrader_task(name: str, records: Iterable[Record]) -> str:
    """What nbgrader calls the assignment: the folder below each student's that the class came in, else our name."""
    for record in records:
        parts = PurePosixPath(record.file).parts
        if record.arrival.layout == "nbgrader" and record.arrival.entry in parts[:-2]:
            return parts[parts.index(record.arrival.entry) + 1]  # in a zip, folders may lie round the student's
    return name


def _task_among(tasks: Sequence[str], called: str, name: str, path: Path) -> str:
    there = list(dict.fromkeys(tasks))
    for task in (called, name, *there[: len(there) == 1]):
        if task in there or not there:
            return task
    raise SheetError(
        f"{path} has no row of an assignment that is called {called}",
        f"leave the rows of the one that is meant in it, and no others; there are: {', '.join(there[:5])}",
    )


def csv_places(table: Table, source: Source) -> Places:
    """Any sheet: the column that holds most of the ids, and the column the caller names."""
    keys = _keys(table, source)
    free = [n for n in range(len(table.titles)) if n not in {key.column for key in keys}]
    points = _points_column(table, source, free)
    told = _OUT_OF.search(table.titles[points])
    return Places(tuple(keys), points, read_number(told[1]) if told else None)


Locator = Callable[[Table, Source], Places]
LOCATORS: Mapping[str, Locator] = {
    "canvas": canvas_places, "moodle": moodle_places, "gradescope": gradescope_places,
    "nbgrader": nbgrader_places, "github": github_places, "csv": csv_places,
}  # fmt: skip


# ---- parts -------------------------------------------------------------------------------------------------------


def _points_column(table: Table, source: Source, candidates: Sequence[int]) -> int:
    if source.column:
        return column_named(table, source.column, "--column")
    return clear_column(table, (source.title, source.name), candidates)


def _keys(table: Table, source: Source, kinds: Sequence[tuple[str, str]] = ()) -> list[Key]:
    """The columns with ids: the caller's, else those of the platform that the class came from.

    Of a class from elsewhere, the one column where most of it is found. Never both: a number of one platform may
    well be another student's number on the other.
    """
    if source.id_column:
        column = column_named(table, source.id_column, "--id-column")
        return [Key(column, GENERAL, _reader(table, column, source))]
    here = {kind for record in source.records for kind in record.arrival.ids}
    own = [
        Key(n, kind, shared=title == TEAM)
        for title, kind in kinds
        if kind in here and (n := titled(table, title)) is not None
    ]
    if own:
        return own
    there = id_column(table, _calls(source))
    if there is None:
        example = source.records[0].student_id if source.records else ""
        raise SheetError(
            f"no column of {table.path} holds ids of this class, such as '{example}'",
            on_lost_zeros(table, _calls(source))
            or f"is it the sheet of this course? its columns are "
            f"{listed_titles(table.titles, range(len(table.titles)))}; a roster (grade --roster) can tell more ids",
        )
    return [Key(there[0], GENERAL, there[1])]


def _reader(table: Table, column: int, source: Source) -> Reader:
    known = set(map(folded, _calls(source)))
    return str if known.intersection(map(folded, table.column(column))) else number_in


def _calls(source: Source) -> set[str]:
    return {text for record in source.records for text in record.arrival.calls(record.student_id)}


def _with_maximum(
    table: Table, source: Source, kinds: Sequence[tuple[str, str]], points_title: str, most_title: str
) -> Places:
    """A sheet whose column of points has a fixed title, with what they are out of in another."""
    points = column_named(table, source.column, "--column") if source.column else titled(table, points_title)
    if points is None:
        raise SheetError(
            f"{table.path} has no column '{points_title}'",
            f"its columns are {listed_titles(table.titles, range(len(table.titles)))}; name one with --column",
        )
    places = Places(tuple(_keys(table, source, kinds)), points)
    most = titled(table, most_title)
    values = {number for text in table.column(most) if (number := read_number(text))} if most is not None else set()
    return replace(places, most=next(iter(values))) if len(values) == 1 else places


def _same_number(table: Table, column: int) -> Fraction | None:
    """The number that all rows say in a column; `None` where they do not."""
    values = set(table.column(column)) if column < len(table.titles) else set()
    return read_number(next(iter(values))) if len(values) == 1 else None


def _maximum_column(table: Table) -> int | None:
    """The column of what points are out of: the same number above zero in all rows, behind one of points or nothing.

    `None` where there is not exactly one such column, or a single row, in which every number is the same in all.
    """
    found = [
        n
        for n in range(1, len(table.titles))
        if len(values := set(table.column(n))) == 1
        and read_number(next(iter(values)))
        and all(text in ("", "-") or read_number(text) is not None for text in table.column(n - 1))
    ]
    return found[0] if len(found) == 1 and len(table.rows) > 1 else None


def nbgrader_scores(record: Record) -> dict[str, str]:
    """nbgrader's columns of numbers for one student, as text; empty where nothing is final."""
    if record.status != "graded" or record.points is None:
        return {"raw_score": "", "late_submission_penalty": "", "score": "", "max_score": plain(record.max_points)}
    off = record.taken_off
    return {
        "raw_score": plain(record.points + off), "late_submission_penalty": plain(off),
        "score": plain(record.points), "max_score": plain(record.max_points),
    }  # fmt: skip
