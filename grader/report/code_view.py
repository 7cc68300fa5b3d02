"""A student's code as HTML: the lines of one function, numbered and coloured, the failing line marked; or a plain cell.

The source is never parsed as Python: a hostile expression can bring a parser down, and a cell with a syntax error is
shown too. A function ends where its indentation does.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from grader.extract import Cell
from grader.gradebook import CriterionRecord
from grader.report.page import clean, shown

MOST_LINES = 70  # of one function; the reference's longest has 12
MOST_IN_LINE = 240  # characters; twice what fits beside a verdict
AROUND = 3  # lines shown before and after a failing line that is not in the function itself


def function_code(criterion: CriterionRecord, cells: Sequence[Cell], coloured: bool) -> str:
    """The function of a criterion, and the lines round the one that failed where that is somewhere else."""
    at, by_number, figures = criterion.places, {cell.number: cell for cell in cells}, ""
    own, failing = by_number.get(at.cell), by_number.get(at.trouble_cell)
    if own is not None and at.line:
        first, last = _span(own.source.split("\n"), at.line)
        here = at.trouble_line if own is failing and first <= at.trouble_line <= last else 0
        figures = _figure(f"Your {criterion.name}", own, (first, last), here, coloured)
        failing = None if here else failing
    if failing is not None and at.trouble_line:
        span = (max(1, at.trouble_line - AROUND), at.trouble_line + AROUND)
        figures += _figure("Where it stopped", failing, span, at.trouble_line, coloured)
    return figures


def plain_cell(source: str, most: int) -> tuple[str, int]:
    """A cell without colours, at most `most` characters of HTML; and how many lines were left out."""
    lines, kept = [escape(clean(line, MOST_IN_LINE)) for line in source.split("\n")], list[str]()
    for line in lines:
        most -= len(line) + 1
        if most < 0:
            break
        kept.append(line)
    return "\n".join(kept), len(lines) - len(kept)


def _span(lines: Sequence[str], header: int) -> tuple[int, int]:
    """The first and the last line of the block whose header is at `header`."""
    header = last = min(header, len(lines))
    margin, is_quoted = len(lines[header - 1]) - len(lines[header - 1].lstrip()), False
    for number, line in enumerate(lines[header - 1 : header + MOST_LINES], start=header):
        if bare := line.lstrip():
            if number > header and not is_quoted and len(line) - len(bare) <= margin and bare[0] not in ")#":
                break
            last = number
        is_quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return header, last


def _figure(title: str, cell: Cell, span: tuple[int, int], failing: int, coloured: bool) -> str:
    lines = [clean(line, MOST_IN_LINE) for line in cell.source.split("\n")[span[0] - 1 : span[1]]]
    pieces = highlighted("\n".join(lines)) if coloured else map(escape, lines)
    rows = "\n".join(
        f'<mark data-n="{n}">{html}<b> ◀ line {n}</b></mark>' if n == failing else f'<i data-n="{n}">{html}</i>'
        for n, html in enumerate(pieces, start=span[0])
    )
    place = f"{shown(cell.file) or f'cell {cell.number}'}, lines {span[0]} to {span[0] + len(lines) - 1}"
    return (
        f'<figure><figcaption>{shown(title)} <span class="small">{place}</span></figcaption>\n'
        f'<pre class="hl" tabindex="0" aria-label="{shown(title)}">{rows}</pre></figure>\n'
    )


def highlighted(source: str) -> list[str]:
    """One piece of HTML for each line; no tag spans two lines. Most tokens have no colour, which halves the page."""
    from pygments.lexers.python import PythonLexer
    from pygments.token import STANDARD_TYPES

    lines = [""]
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        short = STANDARD_TYPES.get(kind, "")
        name = short if short in ("nf", "nc", "nb", "nd") else short[:1] if short[:1] in ("k", "s", "m", "c") else ""
        first, *others = text.split("\n")
        lines[-1] += _token(name, first)
        lines += [_token(name, other) for other in others]
    return lines


def _token(name: str, text: str) -> str:
    return f'<span class="{name}">{escape(text)}</span>' if name and text.strip() else escape(text)
