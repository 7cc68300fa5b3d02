"""The class page: totals, how the points lie, the class by mistake, who could not be graded, all students.

takes: the records of a class, or their summary; the run they belong to; who has a rendered notebook.
gives: `index.html`, and for a large class further plain pages below `class/`: the rest of the rows, the long lists.
must not know: how a verdict was reached, the students' code, where the pages are kept.

Everything can be read without script. With it, the table sorts, searches and filters the whole class in one place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.feedback.arrival_wording import show_origins
from grader.folders import FURTHER, INDEX
from grader.gradebook import Record
from grader.report.chart import draw_histogram
from grader.report.class_summary import ClassSummary, summarise
from grader.report.class_table import rows_html, table_data
from grader.report.faces import FACES, face_of
from grader.report.page import asset, link, policy, render
from grader.report.page_context import PageContext
from grader.report.tallies import Row

STATUS_ORDER = ("graded", "partly graded", "unreadable", "ungraded")
ROWS_A_PAGE = 500  # rows that a browser lays out at once without being felt
MOST_ON_PAPER = 8  # criteria whose names stand side by side on an upright page; those of more stand on end
PEOPLE_SHOWN = 60  # names below one mistake; a longer list has a page of its own
TROUBLES_SHOWN = 100  # reasons told in words; more of them are more of the same


@dataclass
class _Lists:
    """The lists of people that are too long for the class page, in the order in which they were met."""

    long: list[tuple[str, Sequence[Row]]] = field(default_factory=list)

    def page_of(self, title: str, rows: Sequence[Row]) -> str:
        """Where all of them stand; "" if they fit."""
        if len(rows) <= PEOPLE_SHOWN:
            return ""
        self.long.append((title, rows))
        return f"{FURTHER}/who-{len(self.long)}.html"


def render_class_pages(
    records: Iterable[Record] | ClassSummary, page: PageContext, notebooks: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """All pages of a class, each with its path from the out folder; `index.html` comes first."""
    summary = records if isinstance(records, ClassSummary) else summarise(records)
    lists = _Lists()
    yield INDEX, _index(summary, page, notebooks, lists)
    parts = _parts(summary.rows)
    for number, rows in enumerate(parts[1:], start=2):
        table, kind = rows_html(rows, list(summary.criteria), notebooks, "../"), _kind(summary, notebooks)
        yield (
            _part(number),
            _further(page, f"Students, part {number} of {len(parts)}", summary, rows=table, kind=kind, at=number),
        )
    for number, (title, rows) in enumerate(lists.long, start=1):
        yield f"{FURTHER}/who-{number}.html", _further(page, title, summary, people=rows)


def _index(summary: ClassSummary, page: PageContext, notebooks: Collection[str], lists: _Lists) -> str:
    style, script = asset("page.css", "class.css"), asset("class.js")
    mistakes, others, troubles = summary.mistakes, summary.other_verdicts, summary.troubles
    parts = _parts(summary.rows)
    return render(
        "class.html",
        page=page,
        summary=summary,
        origins=show_origins(summary.origins),
        told=summary.told if summary.arrivals else [],
        style=style,
        script=script,
        policy=policy(style, script),
        chart=draw_histogram(summary.histogram(), summary.max_points),
        statuses=[(face_of(name), summary.statuses[name]) for name in STATUS_ORDER],
        mistakes=mistakes,
        other_verdicts=others,
        troubles=troubles[:TROUBLES_SHOWN],
        troubles_omitted=sum(len(trouble.rows) for trouble in troubles[TROUBLES_SHOWN:]),
        faces=FACES,
        face_of=face_of,
        link=link,
        page_of=lists.page_of,
        people_shown=PEOPLE_SHOWN,
        rows=rows_html(parts[0], list(summary.criteria), notebooks),
        further=[(number, _part(number)) for number in range(2, len(parts) + 1)],
        data=table_data(summary, [*mistakes, *others], notebooks),
        has_notebooks=bool(notebooks),
        kind=_kind(summary, notebooks),
    )


def _kind(summary: ClassSummary, notebooks: Collection[str]) -> str:
    """What the table is for its style: columns of nothing are hidden, and many are narrow on paper."""
    has_names = any(row.name not in ("", row.student_id) for row in summary.rows)
    is_crowded = len(summary.criteria) > MOST_ON_PAPER
    kinds = {"no-names": not has_names, "no-notebooks": not notebooks, "crowded": is_crowded}
    return " ".join(["students", *(kind for kind, holds in kinds.items() if holds)])


def _further(page: PageContext, title: str, summary: ClassSummary, **content: object) -> str:
    style = asset("page.css", "class.css")
    parts = _parts(summary.rows)
    return render(
        "class_part.html",
        **{"rows": "", "kind": "", "people": (), "at": 0, **content},
        page=page,
        title=title,
        style=style,
        policy=policy(style),
        criteria=list(summary.criteria),
        link=link,
        parts_of_table=[
            (n, "../index.html#students" if n == 1 else f"../{_part(n)}") for n in range(1, len(parts) + 1)
        ],
    )


def _parts(rows: Sequence[Row]) -> Sequence[Sequence[Row]]:
    return [rows[start : start + ROWS_A_PAGE] for start in range(0, max(len(rows), 1), ROWS_A_PAGE)]


def _part(number: int) -> str:
    return f"{FURTHER}/students-{number}.html"
