"""One cell of the master -> the same cell without what is the teacher's alone.

takes: a cell's source with nbgrader's markers, or otter's where they say the same.
gives: `Stripped`: the student's source, and every line that was taken out; `AuthorError` naming the cell for a
marker that is never closed, nested, or closed twice.
must not know: the notebook around the cell, answers, keys.

A solution leaves the space that a student writes in. Where a TODO comment stands right above it, that space is two
empty lines; else it is nbgrader's stub, or otter's `...` for a marker as otter writes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import AuthorError

CODE_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
TEXT_STUB = ("YOUR ANSWER HERE",)
SPACE = ("", "")  # below a TODO line
PROMPT = ("...",)

SOLUTION = "SOLUTION"
_REGION = re.compile(r"\b(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b")
_AUTOTEST = re.compile(r"^\s*###\s*(?:HASHED )?AUTOTEST\b")
_SOLUTION_LINE = re.compile(r"^(\s*)(.*\S)\s*#\s*SOLUTION( NO PROMPT)?\s*$")
_SEED = re.compile(r"#\s*SEED\s*$")
_SHOWN_TO_STUDENTS = re.compile(
    r'^\s*(?:"""|\'\'\')\s*;?\s*#\s*(?:BEGIN|END) PROMPT\s*$|^\s*(?:"""|\'\'\')?#\s*BEGIN PROMPT'
)


@dataclass(frozen=True)
class Secret:
    """A line that students must not get: from which cell and line of the master, and whether it is code."""

    text: str
    cell: int
    line: int
    is_code: bool


@dataclass(frozen=True)
class Stripped:
    """A cell as students get it, and what was taken out of it."""

    source: str
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True)
class MasterCell:
    """A cell of the master, counted from 1. `whole` says that all of it is a solution unless markers say which part."""

    number: int
    is_code: bool
    source: str
    whole: bool = False


def strip_cell(cell: MasterCell) -> Stripped:
    """Take out solutions, hidden tests and mark schemes."""
    lines = cell.source.split("\n")
    regions = list(_regions(cell, lines))
    marked = any(kind == SOLUTION for _, _, kind in regions) or any(_SOLUTION_LINE.match(line) for line in lines)
    if cell.whole and not marked:
        return Stripped("\n".join(_stub(cell)), tuple(_secrets(cell, lines, range(len(lines)))))
    kept: list[str] = []
    secrets: list[Secret] = []
    done = 0
    for first, last, kind in regions:
        kept.extend(_shown(cell, lines, range(done, first), secrets))
        secrets.extend(_secrets(cell, lines, range(first + 1, last)))
        if kind == SOLUTION:
            kept.extend(_in_place_of(cell, lines[first], kept))
        done = last + 1
    kept.extend(_shown(cell, lines, range(done, len(lines)), secrets))
    source = "\n".join(kept)
    _check_whole(cell, source)
    return Stripped(source, tuple(secrets))


def _regions(cell: MasterCell, lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """First line, last line and kind of every marked region; raises `AuthorError` where they do not pair."""
    opened: tuple[int, str] | None = None
    for n, line in enumerate(lines):
        match = _REGION.search(line)
        if not match:
            continue
        edge, kind = match.groups()
        if edge == "BEGIN":
            if opened:
                raise _unpaired(cell, n, f"BEGIN {kind} stands inside BEGIN {opened[1]} of line {opened[0] + 1}")
            opened = (n, kind)
        elif opened is None or opened[1] != kind:
            raise _unpaired(cell, n, f"END {kind} closes nothing")
        else:
            yield opened[0], n, kind
            opened = None
    if opened:
        raise _unpaired(cell, opened[0], f"BEGIN {opened[1]} is never closed")


def _unpaired(cell: MasterCell, line: int, what: str) -> AuthorError:
    shown = cell.source.split("\n")[line].strip()[:60]
    return AuthorError(
        f"master, cell {cell.number}, line {line + 1}: {what} ({shown})",
        "every BEGIN needs its own END in the same cell, and regions do not nest",
    )


def _shown(cell: MasterCell, lines: list[str], where: range, secrets: list[Secret]) -> Iterator[str]:
    """The lines outside of regions; those that otter marks one by one are taken out of them."""
    for n in where:
        line = lines[n]
        if not cell.is_code:
            yield line
        elif _SHOWN_TO_STUDENTS.match(line):
            continue  # otter's quotes round what students see in a solution's place
        elif _AUTOTEST.match(line) or _SEED.search(line):
            secrets.append(Secret(line.strip(), cell.number, n + 1, False))
        elif match := _SOLUTION_LINE.match(line):
            indent, code, no_prompt = match.groups()
            secrets.append(Secret(code, cell.number, n + 1, True))
            if not no_prompt:
                yield indent + _prompt_for(code)
        else:
            yield line


def _prompt_for(code: str) -> str:
    """`x = f(y)` becomes `x = ...`, all else `...`, as in otter."""
    try:
        statement = ast.parse(code).body[0]
    except (SyntaxError, IndexError):
        return "..."
    if isinstance(statement, ast.Assign):
        targets = code.encode()[: statement.value.col_offset].decode()  # columns are counted in bytes
        return f"{targets.rstrip(' (')} ..."
    return "..."


def _in_place_of(cell: MasterCell, marker: str, before: list[str]) -> Iterator[str]:
    indent = marker[: len(marker) - len(marker.lstrip())]
    if "NO PROMPT" in marker:
        return
    for line in SPACE if cell.is_code and _todo_above(before) else _stub(cell, marker):
        yield (indent + line) if line else line


def _todo_above(before: list[str]) -> bool:
    """Whether the comment right above says TODO."""
    for line in reversed(before):
        if line.strip() and not line.lstrip().startswith("#"):
            return False
        if "TODO" in line:
            return True
    return False


def _stub(cell: MasterCell, marker: str = "") -> tuple[str, ...]:
    if not cell.is_code:
        return TEXT_STUB
    return PROMPT if marker.strip() == "# BEGIN SOLUTION" else CODE_STUB


def _secrets(cell: MasterCell, lines: list[str], where: range) -> Iterator[Secret]:
    for n in where:
        if lines[n].strip():
            yield Secret(lines[n].strip(), cell.number, n + 1, cell.is_code)


def _check_whole(cell: MasterCell, source: str) -> None:
    """A cell that was Python must be Python without its solution, else the hand-out fails before anybody wrote."""
    if not cell.is_code or source == cell.source or not _parses(cell.source):
        return
    if not _parses(source):
        raise AuthorError(
            f"master, cell {cell.number}: without its solution the cell is no longer Python",
            "leave a line such as 'out = None' outside of the markers, so that the block is not empty",
        )


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
