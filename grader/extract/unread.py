"""Graded definitions that stand where no Python is read: in a comment, in a string, in a cell of text or of a magic.

takes: the cells of a hand-in, the graded names, and which of them are there.
gives: what to say of each that is not.
must not know: points, what is in the definitions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Sequence
from itertools import islice

from grader.extract.extracted import Cell
from grader.extract.notes import MOST, OnName, said_of
from grader.extract.repairs.repair import foreign_magic, repair

_COMMENT = r"^[ \t]*#[#\t ]*"
_ANYWHERE = r"^[ \t]*"
_IN_STRING = "a string, and is no code there"


def on_unread(cells: Sequence[Cell], wanted: Sequence[str], there: Container[str], is_script: bool) -> Iterator[OnName]:
    """Say of graded names that are nowhere where a definition of theirs stands all the same."""
    missing = [name for name in wanted if name not in there]
    return islice((one for name in missing if (one := _found(name, cells, there, is_script))), MOST)


def _found(name: str, cells: Sequence[Cell], there: Container[str], is_script: bool) -> OnName | None:
    owner, _, method = name.partition(".")
    within = owner if owner in there else ""  # its class is: another class's method is none of it
    definition = f"def {method}" if within else f"class {owner}" if method else f"def {owner}"
    for cell in cells:
        first, last = _part(cell.source, within)
        for start, found, to_do in _places(cell):
            pattern = re.compile(start + definition.replace(" ", r"[ \t]+") + r"\b", re.MULTILINE)
            matches = islice(pattern.finditer(cell.source, first, last), MOST)
            lines = [cell.source.count("\n", 0, match.start()) + 1 for match in matches]
            if lines and found == _IN_STRING:
                lines = _in_string(cell.source, lines)
            if lines:
                where = said_of((cell.number, lines[0]), is_script)
                return OnName(name, f"`{definition}` in {where} stands in {found}", to_do)
    return None


def _in_string(source: str, lines: Sequence[int]) -> list[int]:
    """Those of the lines that lie in a text: what looks like a definition may be one, in a block or another class."""
    texts = [node for node in ast.walk(repair(source).tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
    return [line for line in lines if any(node.lineno < line <= (node.end_lineno or 0) for node in texts)]


def _part(source: str, owner: str) -> tuple[int, int]:
    """Where the class of this name stands in a cell, up to the next class; without a name, all of it."""
    if not owner:
        return 0, len(source)
    begin = re.search(rf"^class[ \t]+{owner}\b", source, re.MULTILINE)
    end = re.compile(r"^class\b", re.MULTILINE).search(source, begin.end()) if begin else None
    return (begin.end() if begin else len(source)), (end.start() if end else len(source))


def _places(cell: Cell) -> tuple[tuple[str, str, str], ...]:
    """How a definition begins there, what that is, and what to do about it."""
    if cell.kind != "code":
        return ((_ANYWHERE, "a cell of text, which no kernel runs", "put it into a cell of code"),)
    if magic := foreign_magic(cell.source):
        return ((_ANYWHERE, f"a cell of %%{magic}, which is not read as Python", f"take the line with %%{magic} out"),)
    return (
        (_COMMENT, "a comment", "take the # off its lines"),
        (_ANYWHERE, _IN_STRING, "take it out of its quotes"),
    )
