"""A student's code as HTML: numbered lines, coloured by token, the line of trouble marked.

takes: a cell's source, where a definition begins, which line failed.
gives: HTML in which nothing of the hand-in is unescaped; whole cells or the lines of one function.
must not know: verdicts, points.

The source is never parsed as Python here: a hostile expression can bring a parser down, and a cell with a
syntax error needs its excerpt too. The end of a function is told by its indentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from grader.feedback.points import show_count
from grader.report.page import clean, shown
from grader.wire.quick import dataclass

EXCERPT_LINES = 70  # of one function; the reference's longest has 12
EXCERPT_CAP = 8000  # characters of HTML; such a function has some 60 lines
LINE_CAP = 240  # characters of one line; twice what fits beside a verdict
AROUND = 3  # lines shown before and after a line of trouble that lies elsewhere

_HEADER = re.compile(r"\s*(async\s+def|def|class)\b|\s*@")

# Tokens told apart by pygments' short names; all others stand as they are, which halves the page.
_SHOWN = {"Keyword": "k", "Literal.String": "s", "Literal.Number": "m", "Comment": "c", "Operator.Word": "k"}
_NAMES = {"Name.Function": "nf", "Name.Class": "nc", "Name.Builtin": "nb", "Name.Decorator": "nd"}


@dataclass(frozen=True)
class CodeView:
    """Some lines of a cell, or of a `file` that the hand-in imports.

    `cut` counts lines left out; `marked` tells whether the line of trouble is among them.
    """

    cell: int
    first: int
    last: int
    html: str
    marked: bool = False
    cut: int = 0
    file: str = ""


def code_figure(view: CodeView, title: str) -> str:
    """Lines of code with their place as caption."""
    lines = f"line {view.first}" if view.first == view.last else f"lines {view.first} to {view.last}"
    place = shown(view.file) if view.file else f"cell {view.cell}"
    cut = f'<p class="small">{show_count(view.cut, "more line")}: see the list of cells below.</p>' if view.cut else ""
    return (
        f'<figure><figcaption>{shown(title)} <span class="small">{place}, {lines}</span></figcaption>\n'
        f'<pre class="hl" tabindex="0" aria-label="{shown(title)}">{view.html}</pre>{cut}</figure>\n'
    )


def view_function(
    cell: int, source: str, line: int, trouble: int = 0, cap: int = EXCERPT_CAP, coloured: bool = True
) -> CodeView:
    """The lines of the function that begins at `line` (1-based), highlighted; at most `cap` characters of HTML."""
    lines = source.split("\n")
    first, last = _span(lines, line)
    return _view(cell, lines, first, last, trouble, cap, coloured)


def lines_of_function(source: str, line: int) -> tuple[int, str]:
    """The first line of the function that begins at `line`, and its lines as they were written."""
    lines = source.split("\n")
    first, last = _span(lines, line)
    return first, "\n".join(lines[first - 1 : min(last, first + EXCERPT_LINES - 1)])


def _span(lines: Sequence[str], line: int) -> tuple[int, int]:
    header = min(max(line, 1), len(lines))
    end = _end_of_block if _HEADER.match(lines[header - 1]) else _end_of_statement
    return _with_decorators(lines, header), end(lines, header)


def view_around(cell: int, source: str, line: int, cap: int) -> CodeView:
    """A few lines about a line of trouble."""
    lines = source.split("\n")
    line = min(max(line, 1), len(lines))
    return _view(cell, lines, max(1, line - AROUND), min(len(lines), line + AROUND), line, cap)


def plain_lines(source: str, cap: int) -> tuple[str, int]:
    """A whole cell without colours, at most `cap` characters of HTML; and how many lines were left out."""
    html = escape(_clean_block(source))  # in one go: most cells fit
    if len(html) <= cap:
        return html, 0
    fitting: list[str] = []
    lines = html.split("\n")
    for line in lines:
        fitting.append(line)
        cap -= len(line) + 1
        if cap < 0:
            break
    return "\n".join(fitting), len(lines) - len(fitting)


def _clean_block(text: str) -> str:
    """Lines fit to show: cut, and without control or bidi characters."""
    if _is_plain(text) and max(map(len, text.split("\n"))) <= LINE_CAP:
        return text
    return "\n".join(clean(line, LINE_CAP) for line in text.split("\n"))


def _is_plain(text: str) -> bool:
    """Whether nothing in it has to be looked at one by one; a search by pattern takes twenty times as long."""
    return text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()


def _with_decorators(lines: Sequence[str], line: int) -> int:
    while line > 1 and lines[line - 2].lstrip().startswith("@"):
        line -= 1
    return line


def _end_of_block(lines: Sequence[str], line: int) -> int:
    """The last line of the block whose header is at `line`; text in triple quotes may stand further left."""
    indent = _indent(lines[line - 1])
    last, quoted, opened, header = line, False, 0, True
    for number, text in enumerate(lines[line - 1 :], start=line):
        bare = text.lstrip()
        if (
            number > line
            and bare
            and not (quoted or header)
            and len(text) - len(bare) <= indent
            and bare[0] not in "#)"
        ):
            break
        quoted ^= _toggles(text)
        if header:  # which a line such as `def f(x): return x` ends by itself
            opened += _opened(text)
            header = (opened > 0 or text.endswith("\\")) and not _is_closed(text)
        last = number if bare else last
    return last


def _end_of_statement(lines: Sequence[str], line: int) -> int:
    """The last line of what is no block, such as a function by another name: where its brackets are closed."""
    opened = 0
    for number, text in enumerate(lines[line - 1 : line - 1 + EXCERPT_LINES], start=line):
        opened += _opened(text)
        if opened <= 0 and not text.endswith("\\"):
            return number
    return line


def _opened(text: str) -> int:
    """How many more brackets are opened than closed."""
    code = text.split("#")[0]
    return sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))


def _is_closed(text: str) -> bool:
    """Whether a header ends with this line."""
    return text.split("#")[0].rstrip().endswith(":")


def _toggles(text: str) -> bool:
    return (text.count('"""') + text.count("'''")) % 2 == 1


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _view(
    cell: int, lines: Sequence[str], first: int, last: int, trouble: int, cap: int, coloured: bool = True
) -> CodeView:
    chosen = _clean_block("\n".join(lines[first - 1 : min(last, first + EXCERPT_LINES - 1)]))
    rows: list[str] = []
    pieces = _highlighted(chosen) if coloured else escape(chosen).split("\n")
    for number, html in enumerate(pieces, start=first):
        if cap <= 0:
            break
        rows.append(_row(number, html, number == trouble))
        cap -= len(rows[-1])
    end = first + max(len(rows), 1) - 1
    return CodeView(cell, first, end, "\n".join(rows), first <= trouble <= end, last - end)


def _row(number: int, html: str, marked: bool) -> str:
    if marked:
        return f'<mark class="l" data-n="{number}">{html}<b> ◀ line {number}</b></mark>'
    return f'<i data-n="{number}">{html}</i>'


@lru_cache(maxsize=256)
def _highlighted(source: str) -> Sequence[str]:
    """One piece of HTML a line; no tag spans a line. A template that nobody touched comes again and again."""
    lines: list[str] = []
    line: list[str] = []
    for kind, text in _lexer().get_tokens(source):
        name = _short_name(kind)
        first, *others = text.split("\n")
        line.append(_token(name, first))
        for part in others:
            lines.append("".join(line))
            line = [_token(name, part)]
    if len(source) and not source.endswith("\n"):
        lines.append("".join(line))
    return lines


def _token(name: str, text: str) -> str:
    html = escape(text)
    return f'<span class="{name}">{html}</span>' if name and text.strip() else html


@lru_cache(maxsize=128)
def _short_name(kind: Any) -> str:
    path = str(kind).removeprefix("Token.")
    table = {**_SHOWN, **_NAMES}
    return next((short for prefix, short in table.items() if path.startswith(prefix)), "")


@lru_cache(maxsize=1)
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)
