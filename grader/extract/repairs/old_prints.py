"""Python 2's print statements as calls, wherever they end: at a semicolon, at a comment, some lines further down.

takes: the lines of a cell, and one of them in which such statements may begin.
gives: the same lines with calls in their place.
must not know: what is defined in them, where parsing stopped.

A line is not enough to find where a statement ends: brackets go on over lines, and `#` and `;` may stand in a text. The
text is read as Python's own tokenizer would, which itself gives up at what else is wrong in a cell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from grader.extract.repairs.edited import Edit, edited

OLD_PRINT = "Python 2's print was read as print(...)"
MOST_LINES = 50  # of one statement; a bracket that is never closed is another fault
_BEGINS = re.compile(r"(?:^|(?<=[:;]))[ \t]*print\b(?P<file>\s*>>\s*[\w.]+\s*,)?")
_TEXT = r"'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
PIECE = re.compile(
    rf"(?P<text>{_TEXT})|(?P<on>\\\n)|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<remark>#[^\n]*)|(?P<end>[;\n])|.",
    re.DOTALL,
)
_APPLIED = re.compile(r"\)\s*(?:%|\.\s*format\b)")


def with_calls(lines: Sequence[str], at: int) -> list[str]:
    """The lines with each print statement that begins in line `at` as a call; all else, and their number, stays."""
    text = "\n".join(lines[at : at + MOST_LINES])
    starts = [match for match in _BEGINS.finditer(lines[at]) if not is_within(lines[at], match.end())]
    for match in reversed(starts):  # so that what stands before the next one keeps its place
        text = _called(text, match)
    return [*lines[:at], *text.split("\n"), *lines[at + MOST_LINES :]]


def _called(text: str, begins: re.Match[str]) -> str:
    """One statement as a call; what is one already, shows nothing or does not end stays."""
    first, end = begins.end(), end_of(text, begins.end())
    said = text[first:end].rstrip() if end is not None else ""
    if not said.strip() or said[0] == "(" or is_in_brackets(said.lstrip()):
        return text
    head = begins[0].removesuffix(begins["file"] or "")
    return f"{text[: begins.start()]}{head}({said.lstrip()}){text[first + len(said) :]}"


def end_of(text: str, start: int) -> int | None:
    """Where the statement ends that goes on at `start`; None where its brackets do not fit."""
    depth = 0
    for piece in PIECE.finditer(text, start):
        depth += (piece.lastgroup == "open") - (piece.lastgroup == "close")
        if depth < 0:
            return None
        if depth == 0 and piece.lastgroup in ("remark", "end"):
            return piece.start()
    return None if depth else len(text)


def is_in_brackets(said: str) -> bool:
    """Whether it is one pair of brackets and nothing else: a call with a blank before them."""
    depth = 0
    for piece in PIECE.finditer(said):
        depth += (piece.lastgroup == "open") - (piece.lastgroup == "close")
        if depth == 0:
            return said[0] == "(" and piece.end() == len(said)
    return False


def is_within(line: str, place: int) -> bool:
    """Whether a place of a line is in a text or a comment."""
    inside = ("text", "remark")
    return any(one.start() < place <= one.end() and one.lastgroup in inside for one in PIECE.finditer(line))


def with_all_shown(source: str, tree: ast.Module) -> str:
    """`print("%d") % n`, a statement of Python 2's, as `print(("%d") % n)`.

    Python 3 reads it, too, and always fails there: what `print` gives is None.
    """
    if "print" not in source or not _APPLIED.search(source):
        return source
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and _is_of_print(node.value)]
    return edited(source, (edit for node in found for edit in _in_brackets(node)))


def _in_brackets(shown: ast.Expr) -> tuple[Edit, Edit]:
    """All that stands behind the word put into brackets."""
    start, end = shown.col_offset + len("print"), shown.end_col_offset or 0
    return Edit(shown.lineno, start, start, "("), Edit(shown.end_lineno or shown.lineno, end, end, ")")


def _is_of_print(value: ast.expr) -> bool:
    """Whether something is done with what a call of `print` gives, which begins the expression."""
    first: ast.expr | None = value
    while first is not None and not (isinstance(first, ast.Call) and isinstance(first.func, ast.Name)):
        first = _first_of(first)
    return isinstance(first, ast.Call) and ast.unparse(first.func) == "print" and first is not value


def _first_of(value: ast.expr) -> ast.expr | None:
    """The part that an expression begins with, of those that a text goes on with; None of others."""
    match value:
        case ast.BinOp(left=first, op=ast.Mod()) | ast.Attribute(value=first, attr="format") | ast.Call(func=first):
            return first
        case _:
            return None
