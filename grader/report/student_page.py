"""One student's page: the score, what was lost and why, what to try next, the code beside the verdict.

takes: a `Record`, the run it belongs to, the public cases' arrays, the sizes of all cases.
gives: one self-contained HTML page that reads without script, on a phone, on paper, in the dark.
must not know: how a verdict was reached, hidden cases' numbers (nobody gives them), where the page is kept.
"""

from __future__ import annotations

from markupsafe import Markup

from grader.feedback.points import show_count
from grader.gradebook import CellRecord, Record
from grader.report.arrays import ShownCases
from grader.report.card_view import cards_of
from grader.report.case_view import Sizes
from grader.report.code_view import plain_lines
from grader.report.faces import face_of
from grader.report.page import asset, policy, render, sentence, shown
from grader.report.page_context import PageContext

# What keeps a page under 150 KB, with the budgets of `card_view`: the style has 9 KB, the words of a hand-in that is
# wrong throughout some 35.
CELL_BUDGET = 26_000  # characters of all cells in the folded list
CELL_CAP = 10_000  # characters of one cell there
CELLS_SHOWN = 150
NOTES_SHOWN = 20
NO_SIZES: Sizes = {}


def render_student_page(
    record: Record, page: PageContext, arrays: ShownCases | None = None, sizes: Sizes = NO_SIZES
) -> str:
    """The page of one hand-in."""
    style = asset("page.css", "student.css")
    is_check = page.scope == "check"
    cards = cards_of(record, arrays or {}, sizes, is_check)
    cells, omitted = _cells(record)
    return render(
        "student.html",
        record=record,
        page=page,
        style=style,
        policy=policy(style),
        status=face_of("absent" if record.arrival.absent and record.points is None else record.status),
        cards=cards,
        cells=cells,
        cells_omitted=omitted,
        notes=record.notes[:NOTES_SHOWN],
        lost=sum(card.lost for card in cards),
        to_mend=[card for card in cards if card.is_open],
        noted=[card for card in cards if card.criterion.notes or card.criterion.verdict == "alternative"],
        public_right=sum(card.right for card in cards),
        public_count=sum(card.count for card in cards),
        ungraded=[card for card in cards if card.criterion.points is None],
        is_check=is_check,
    )


def _cells(record: Record) -> tuple[Markup, int]:
    """The cells in order, until the budget is spent; and how many are left out."""
    room, parts = CELL_BUDGET, []
    for cell in record.cells[:CELLS_SHOWN]:
        if room <= 0:
            break
        html, omitted = plain_lines(cell.source, min(CELL_CAP, room))
        room -= len(html)
        parts.append(_cell(cell, html, omitted))
    return Markup("".join(parts)), len(record.cells) - len(parts)  # noqa: S704 - escaped piece by piece


def _cell(cell: CellRecord, html: str, omitted: int) -> str:
    remark = f'<p class="remark"><b>Remark:</b> {sentence(cell.remark)}</p>' if cell.remark else ""
    title = shown(cell.file) or f"Cell {cell.number}"
    left_out = ""
    if omitted:
        told = f"{show_count(omitted, 'more line')} of this cell {'is' if omitted == 1 else 'are'} left out here."
        left_out = f'<p class="small">{told} All of it was read.</p>'
    return (
        f'<section class="cell" aria-label="{title}" id="cell-{cell.number}">'
        f'<h3>{title} <span class="small">{shown(cell.kind)}</span></h3>{remark}'
        f'<pre tabindex="0" aria-label="Source of {shown(cell.file) or f"cell {cell.number}"}">{html}</pre>'
        f"{left_out}</section>\n"
    )
