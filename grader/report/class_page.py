"""The class page: totals, score distribution, the class by mistake, who could not be graded, and all students.

All of it can be read without script. With it, the table of students sorts, searches and filters, some rows at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from grader.folders import INDEX, NOTEBOOK
from grader.key import Key
from grader.report.class_summary import ClassSummary
from grader.report.page import PageContext, face_of, render

STATUSES = ("graded", "partly graded", "unreadable", "ungraded")


def write_class_page(out: Path, summary: ClassSummary, key: Key, page: PageContext) -> None:
    """Write `index.html`, with links to the whole notebooks that were rendered."""
    notebooks = {path.parent.name for path in out.glob(f"*/{NOTEBOOK}")}
    part = out / f"{INDEX}.part"
    part.write_text(render_class_page(summary, key, page, notebooks), encoding="utf-8", errors="replace")
    part.replace(out / INDEX)


def render_class_page(summary: ClassSummary, key: Key, page: PageContext, notebooks: Collection[str] = ()) -> str:
    """The page as HTML; `notebooks` are the folders that have one."""
    groups, member = summary.groups, dict[int, list[int]]()
    for number, group in enumerate(groups):
        for row in group.rows:
            member.setdefault(id(row), []).append(number)
    return render(
        "class.html", ("page.css", "class.css"), "class.js", summary=summary, key=key, page=page, groups=groups,
        statuses=[(face_of(name), summary.statuses[name]) for name in STATUSES], notebooks=notebooks, notebook=NOTEBOOK,
        feedback={(rule.name, one.name): one.feedback for rule in key.rubric.criteria for one in rule.mistakes},
        rows=[(row, {one.name: one for one in row.criteria}, member.get(id(row), ())) for row in summary.rows],
    )  # fmt: skip
