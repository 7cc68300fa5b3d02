"""A student's code as HTML: numbered lines, coloured by token, the line of trouble marked.

takes: a cell's source, where a definition begins, which line failed.
gives: `Markup` in which nothing of the hand-in is unescaped; whole cells or the lines of one function.
must not know: verdicts, points.

The source is never parsed as Python here: a hostile expression can bring a parser down, and a cell with a
syntax error needs its excerpt too. The end of a function is told by its indentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from grader.report.page import clean

EXCERPT_LINES = 70  # of one function; the reference's longest has 12
EXCERPT_CAP = 8000  # characters of HTML; such a function has some 60 lines
LINE_CAP = 240  # characters of one line; twice what fits beside a verdict
AROUND = 3  # lines shown before and after a line of trouble that lies elsewhere

# Tokens told apart by pygments' short names; all others stand as they are, which halves the page.
_SHOWN = {"Keyword": "k", "Literal.String": "s", "Literal.Number": "m", "Comment": "c", "Operator.Word": "k"}
_NAMES = {"Name.Function": "nf", "Name.Class": "nc", "Name.Builtin": "nb", "Name.Decorator": "nd"}


@dataclass(frozen=True)
class CodeView:
    """Some lines of a cell. `cut` counts lines left out; `marked` whether the line of trouble is among them."""

    cell: int
    first: int
    last: int
    html: Markup
    marked: bool = False
    cut: int = 0


def view_function(
    cell: int, source: str, line: int, trouble: int = 0, cap: int = EXCERPT_CAP, coloured: bool = True
) -> CodeView:
    """The lines of the function that begins at `line` (1-based), highlighted; at most `cap` characters of HTML."""
    lines = source.split("\n")
    header = min(max(line, 1), len(lines))
    return _view(cell, lines, _with_decorators(lines, header), _end_of_block(lines, header), trouble, cap, coloured)


def view_around(cell: int, source: str, line: int, cap: int = EXCERPT_CAP) -> CodeView:
    """A few lines about a line of trouble."""
    lines = source.split("\n")
    line = min(max(line, 1), len(lines))
    return _view(cell, lines, max(1, line - AROUND), min(len(lines), line + AROUND), line, cap)


def plain_lines(source: str, cap: int) -> tuple[Markup, int]:
    """A whole cell without colours, at most `cap` characters of HTML; and how many lines were left out."""
    shown: list[Markup] = []
    size = 0
    lines = source.split("\n")
    for text in lines:
        shown.append(escape(clean(text, LINE_CAP)))
        size += len(shown[-1]) + 1
        if size > cap:
            break
    return Markup("\n").join(shown), len(lines) - len(shown)


def _with_decorators(lines: Sequence[str], line: int) -> int:
    while line > 1 and lines[line - 2].lstrip().startswith("@"):
        line -= 1
    return line


def _end_of_block(lines: Sequence[str], line: int) -> int:
    """The last line of the block whose header is at `line`; text in triple quotes may stand further left."""
    indent = _indent(lines[line - 1])
    last, quoted = line, _toggles(lines[line - 1])
    header = not lines[line - 1].split("#")[0].rstrip().endswith(":")
    for number, text in enumerate(lines[line:], start=line + 1):
        inside = quoted or header
        if text.strip() and not inside and _indent(text) <= indent and text.lstrip()[0] not in "#)":
            break
        quoted ^= _toggles(text)
        header = header and not text.split("#")[0].rstrip().endswith(":")
        last = number if text.strip() else last
    return last


def _toggles(text: str) -> bool:
    return (text.count('"""') + text.count("'''")) % 2 == 1


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _view(
    cell: int, lines: Sequence[str], first: int, last: int, trouble: int, cap: int, coloured: bool = True
) -> CodeView:
    chosen = "\n".join(clean(text, LINE_CAP) for text in lines[first - 1 : min(last, first + EXCERPT_LINES - 1)])
    rows: list[Markup] = []
    pieces = _highlighted(chosen) if coloured else map(escape, chosen.split("\n"))
    for number, html in enumerate(pieces, start=first):
        if cap <= 0:
            break
        rows.append(_row(number, html, number == trouble))
        cap -= len(rows[-1])
    end = first + max(len(rows), 1) - 1
    return CodeView(cell, first, end, Markup("\n").join(rows), first <= trouble <= end, last - end)


def _row(number: int, html: Markup, marked: bool) -> Markup:
    if marked:
        return Markup('<mark class="l" data-n="{}">{}<b> ◀ line {}</b></mark>').format(number, html, number)
    return Markup('<i data-n="{}">{}</i>').format(number, html)


def _highlighted(source: str) -> Iterator[Markup]:
    """One piece of HTML a line; no tag spans a line."""
    line: list[Markup] = []
    for kind, text in _lexer().get_tokens(source):
        name = _short_name(kind)
        first, *others = text.split("\n")
        line.append(_token(name, first))
        for part in others:
            yield Markup("").join(line)
            line = [_token(name, part)]
    if len(source) and not source.endswith("\n"):
        yield Markup("").join(line)


def _token(name: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, text) if name and text.strip() else escape(text)


@lru_cache(maxsize=128)
def _short_name(kind: Any) -> str:
    path = str(kind).removeprefix("Token.")
    table = {**_SHOWN, **_NAMES}
    return next((short for prefix, short in table.items() if path.startswith(prefix)), "")


@lru_cache(maxsize=1)
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)
