"""The class page: totals, score distribution, the class by mistake, who could not be graded, and all students.

All of it can be read without script. With it, the table of students sorts, searches and filters, some rows at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from markupsafe import Markup

from grader.feedback.numbers import show_points
from grader.folders import INDEX, NOTEBOOK
from grader.gradebook import CriterionRecord, Record
from grader.key import Key
from grader.report.class_summary import ClassSummary, Group
from grader.report.page import WORD_OVER_POINTS, PageContext, face_of, link, render, shown

STATUSES = ("graded", "partly graded", "unreadable", "ungraded")
MOST_ON_PAPER = 8  # criteria whose names fit side by side on an upright page; the names of more are turned


def write_class_page(out: Path, summary: ClassSummary, key: Key, page: PageContext) -> None:
    """Write `index.html`, with links to the whole notebooks that were rendered."""
    notebooks = {path.parent.name for path in out.glob(f"*/{NOTEBOOK}")}
    part = out / f"{INDEX}.part"
    part.write_text(render_class_page(summary, key, page, notebooks), encoding="utf-8", errors="replace")
    part.replace(out / INDEX)


def render_class_page(summary: ClassSummary, key: Key, page: PageContext, notebooks: Collection[str] = ()) -> str:
    """The page as HTML; `notebooks` are the folders that have one."""
    groups = summary.groups
    feedback = {(rule.name, one.name): one.feedback for rule in key.rubric.criteria for one in rule.mistakes}
    return render(
        "class.html", ("page.css", "class.css"), "class.js", summary=summary, key=key, page=page,
        statuses=[(face_of(name), summary.statuses[name]) for name in STATUSES], groups=groups, feedback=feedback,
        rows=_rows(summary, groups, notebooks), kind=_kind(summary), has_notebooks=bool(notebooks),
    )  # fmt: skip


def _kind(summary: ClassSummary) -> str:
    """What the table is for its style: an empty column of names is hidden, and many columns are narrow on paper."""
    has_names = any(row.identity.name not in ("", row.student_id) for row in summary.rows)
    kinds = {"no-names": not has_names, "crowded": len(summary.criteria) > MOST_ON_PAPER}
    return " ".join(["students", *(kind for kind, holds in kinds.items() if holds)])


def _rows(summary: ClassSummary, groups: Sequence[Group], notebooks: Collection[str]) -> Markup:
    """The rows of all students; each names the groups that it is in, by which the script filters.

    Written without the engine, which takes four times as long.
    """
    member: dict[int, list[int]] = {}
    for number, group in enumerate(groups):
        for row in group.rows:
            member.setdefault(id(row), []).append(number)
    return Markup("".join(_row(row, summary, member.get(id(row), ()), notebooks) for row in summary.rows))  # noqa: S704


def _row(row: Record, summary: ClassSummary, groups: Sequence[int], notebooks: Collection[str]) -> str:
    face, identity, by_name = face_of(row.status), row.identity, {one.name: one for one in row.criteria}
    marks = "".join(f'<td class="num">{shown(_mark(by_name.get(name)))}' for name in summary.criteria)
    notebook = f' <a class="small" href="{link(identity.folder, NOTEBOOK)}">notebook</a>'
    return (
        f'<tr data-in="{" ".join(map(str, groups))}"><th scope="row"><a href="{link(identity.folder)}">'
        f"{shown(identity.student_id)}</a>{notebook if identity.folder in notebooks else ''}<td>{shown(identity.name)}"
        f'<td><span class="badge {face.tone}"><span aria-hidden="true">{face.symbol}</span> {face.word}</span>'
        f'<td class="num">{show_points(row.points)}{marks}<td class="path">{shown(identity.file)}'
        f'<td class="num">{row.evidence.seconds:.2f} s</tr>\n'
    )


def _mark(criterion: CriterionRecord | None) -> str:
    """The text in the column of a criterion: points, with a word where points alone would mislead."""
    if criterion is None:
        return "–"
    points = show_points(criterion.points)
    if criterion.changed_by_hand:
        return f"{points} (TA)"
    if criterion.verdict not in WORD_OVER_POINTS or criterion.points is None:
        return points
    return f"{points} ({criterion.verdict})" if criterion.points else criterion.verdict
