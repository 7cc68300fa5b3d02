"""The class page: totals, how the points lie, the class by mistake, who could not be graded, all students.

takes: the records of a class, or their summary; the run they belong to.
gives: one self-contained HTML page; its table sorts and searches where script runs, and is whole where it does not.
must not know: how a verdict was reached, the students' code, where the page is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from grader.gradebook import Record
from grader.report.chart import draw_histogram
from grader.report.class_summary import ClassSummary, Mark, summarise
from grader.report.faces import FACES, WORD_OVER_POINTS, face_of
from grader.report.page import PageContext, asset, policy, render
from grader.report.points import show_points

STATUS_ORDER = ("graded", "partly graded", "unreadable", "ungraded")


def render_class_page(records: Iterable[Record] | ClassSummary, page: PageContext) -> str:
    """The index of a class; records are read one at a time."""
    summary = records if isinstance(records, ClassSummary) else summarise(records)
    style, script = asset("page.css", "class.css"), asset("class.js")
    return render(
        "class.html",
        page=page,
        summary=summary,
        style=style,
        script=script,
        policy=policy(style, script),
        chart=draw_histogram(summary.histogram(), summary.max_points),
        statuses=[(face_of(name), summary.statuses[name]) for name in STATUS_ORDER],
        faces=FACES,
        face_of=face_of,
        mark=_mark,
        link=_link,
    )


def _link(folder: str) -> str:
    """Where a student's page is, from here. Quoted: a folder may be called `javascript:x` or `..%2f`."""
    return f"./{quote(folder)}/report.html"


def _mark(mark: Mark | None) -> tuple[str, str]:
    """What stands in a student's column of a criterion, and the number it is sorted by."""
    if mark is None:
        return "–", "-2"
    value = "-1" if mark.points is None else f"{float(mark.points):.4f}"
    if mark.by_hand:
        return f"{show_points(mark.points)} (TA)", value
    if mark.verdict not in WORD_OVER_POINTS:
        return show_points(mark.points), value
    word = mark.verdict if mark.points is not None else "not graded"
    return (f"{show_points(mark.points)} ({word})" if mark.points else word), value
