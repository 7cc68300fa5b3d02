"""A grid as HTML: inputs as columns of plain text, results as a table with the wrong entries marked.

takes: a grid, and the word that stands before its name.
gives: HTML.
must not know: right and wrong; which case it belongs to.

Written without a template: a page of somebody with everything wrong has a thousand entries.
"""

from __future__ import annotations

from html import escape

from grader.memo import Memo
from grader.report.grid import Grid, Row
from grader.report.page import shown

WIDE = 34  # characters of a line; a longer one may have to be scrolled on a phone, so the keyboard must reach it

_made: Memo[str] = Memo(most=512)  # a key has some hundred public arrays


def asked_text(grid: Grid, title: str) -> str:
    """An input as text; it is the same for a whole class, so it is remembered."""
    return _made.get(("text", title), (grid,), lambda: text_of(grid, title))


def asked_table(grid: Grid, title: str) -> str:
    """A right answer as a table, remembered likewise."""
    return _made.get(("table", title), (grid,), lambda: table_of(grid, title))


def table_of(grid: Grid, title: str) -> str:
    """A result beside another, entry by entry; the heat map's colours come with symbols."""
    cut = f'<p class="small">{shown(grid.cut)}</p>' if grid.cut else ""
    caption = f'<caption>{title} <b>{shown(grid.name)}</b> <span class="small">{shown(grid.form)}</span></caption>'
    return f"<div{_frame(grid, title, 2)}><table>{caption}{_body(grid)}</table>{cut}</div>\n"


def text_of(grid: Grid, title: str) -> str:
    """A result that is right: nothing in it needs to be pointed at."""
    cut = f"; {grid.cut}" if grid.cut else ""
    head = f'{title} <b>{shown(grid.name)}</b> <span class="small">{shown(grid.form + cut)}</span>'
    return f"<div{_frame(grid, title, 1)}><p>{head}</p><pre>{shown(grid.text)}</pre></div>\n"


def _frame(grid: Grid, title: str, gap: int) -> str:
    """The box that scrolls; named, and in reach of the keyboard, where it may be wider than a phone."""
    widest = max((sum(len(cell.text) + gap for cell in row.cells) + len(row.label) for row in grid.rows), default=0)
    named = f' tabindex="0" role="group" aria-label="{title} {shown(grid.name)}"' if widest > WIDE else ""
    return f' class="grid"{named}'


def _body(grid: Grid) -> str:
    if not (grid.rows and grid.columns):
        return "<tbody><tr><td>empty</tbody>"
    corner = "<td>" if grid.rows[0].label else ""
    columns = "".join(f'<th scope="col">{n}' for n in grid.columns)
    return f"<thead><tr>{corner}{columns}</thead><tbody>{''.join(map(_row, grid.rows))}</tbody>"


def _row(row: Row) -> str:
    texts = escape("\n".join(cell.text for cell in row.cells)).split("\n")  # a whole row in one go
    label = f'<th scope="row">{escape(row.label)}' if row.label else ""
    entries = "".join(
        f'<td class="e{cell.level}">{text}&nbsp;{cell.symbol}' if cell.level else f"<td>{text}"
        for cell, text in zip(row.cells, texts, strict=True)
    )
    return f"<tr>{label}{entries}"
