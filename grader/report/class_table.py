"""The table of students: as HTML that reads without script, and as data that a script sorts and searches.

takes: a class summary; which students have a rendered notebook.
gives: rows of HTML, a few hundred a page; one JSON text for the whole class.
must not know: the rest of the class page, where pages are kept.

A browser is slow with ten thousand rows in a page, and fast with ten thousand in an array: the script shows a part at
a time. The data stands in the page itself, since a page opened from a folder may not fetch a file beside it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import quote

from markupsafe import Markup

from grader.feedback.points import show_points, show_seconds
from grader.report.class_summary import ClassSummary
from grader.report.faces import WORD_OVER_POINTS, face_of
from grader.report.page import clean, link, shown
from grader.report.tallies import Group, Mark, Row

# What could end a script's element or be read as a tag; in JSON each may stand as a number instead.
_LOUD = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_BEFORE_ALL = -2.0  # where a mark that is not there sorts, below what was not graded


def rows_html(rows: Iterable[Row], criteria: Sequence[str], notebooks: Collection[str], up: str = "./") -> Markup:
    """Rows of the table; `up` leads from the page that they stand on to the students' folders."""
    return Markup("".join(_row(row, criteria, notebooks, up) for row in rows))  # noqa: S704 - escaped piece by piece


def _row(row: Row, criteria: Sequence[str], notebooks: Collection[str], up: str) -> str:
    face = face_of(row.status)
    marks = "".join(f'<td class="num">{shown(mark_of(row.marks.get(name))[0])}' for name in criteria)
    notebook = f'<a href="{link(row.folder, "notebook.html", up)}">open</a>' if row.folder in notebooks else ""
    name = row.name if row.name != row.student_id else ""
    return (
        f'<tr><th scope="row"><a href="{link(row.folder, up=up)}">{shown(row.student_id)}</a><td>{shown(name)}'
        f'<td><span class="badge {face.tone}"><span aria-hidden="true">{face.symbol}</span> {face.word}</span>'
        f'<td class="num">{show_points(row.points)}{marks}<td class="path">{shown(row.file)}'
        f'<td class="num">{show_seconds(row.seconds)}<td>{shown(row.level)}<td>{notebook}</tr>\n'
    )


def mark_of(mark: Mark | None) -> tuple[str, float]:
    """What stands in a student's column of a criterion, and the number it is sorted by."""
    if mark is None:
        return "–", _BEFORE_ALL
    value = -1.0 if mark.points is None else round(float(mark.points), 4)
    if mark.by_hand:
        return f"{show_points(mark.points)} (TA)", value
    if mark.verdict not in WORD_OVER_POINTS:
        return show_points(mark.points), value
    word = mark.verdict if mark.points is not None else "not graded"
    return (f"{show_points(mark.points)} ({word})" if mark.points else word), value


def table_data(summary: ClassSummary, groups: Sequence[Group], notebooks: Collection[str]) -> Markup:
    """The whole class as JSON, fit to stand in a script's element; `groups` are what one may filter by."""
    marks: dict[tuple[str, float], int] = {}
    faces: dict[str, int] = {}
    member: dict[int, list[int]] = {}
    for number, group in enumerate(groups):
        for row in group.rows:
            member.setdefault(id(row), []).append(number)
    rows = [
        [*_row_data(row, summary.criteria, marks, faces), int(row.folder in notebooks), member.get(id(row), [])]
        for row in summary.rows
    ]
    told = [face_of(status) for status in faces]
    data = {
        "faces": [[face.word, face.symbol, face.tone] for face in told],
        "marks": [[text, value] for text, value in marks],
        "groups": [f"{group.criterion}: {group.mistake or face_of(group.verdict).word}" for group in groups],
        "rows": rows,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_LOUD))  # noqa: S704 - nothing in it can be read as markup, by `_LOUD`


def _row_data(
    row: Row, criteria: Iterable[str], marks: dict[tuple[str, float], int], faces: dict[str, int]
) -> list[object]:
    """One row; what many have alike is a number in it, the place in `marks` or `faces`, and 0 is what goes unsaid."""
    own = (_points(row), *(mark_of(row.marks.get(name)) for name in criteria))
    shown_marks = (*own, (show_seconds(row.seconds), round(row.seconds, 3)))
    return [
        _unmarked(row.student_id),
        _unmarked(row.name) if row.name != row.student_id else 0,
        faces.setdefault(row.status, len(faces)),
        [marks.setdefault(mark, len(marks)) for mark in shown_marks],
        _unmarked(row.file),
        _unmarked(row.level),
        quote(row.folder) if row.folder != row.student_id or quote(row.folder) != row.folder else 0,
    ]


def _points(row: Row) -> tuple[str, float]:
    return show_points(row.points), -1.0 if row.points is None else round(float(row.points), 4)


def _unmarked(text: str) -> str:
    return clean(text, 300)
