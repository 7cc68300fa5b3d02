"""Make the students' notebook from the master: take out what is marked as a solution, as nbgrader or otter marks it.

The same master always gives the same text. nbgrader's metadata stays, with the checksum that nbgrader computes itself,
and locked cells stay locked, so a hand-out may go on through nbgrader's own pipeline.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.errors import AuthorError
from grader.extract.formats import contents_of

_SOLUTION, _TESTS = "SOLUTION", "TESTS"
_REGION = re.compile(r"\b(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b")
_SOLUTION_LINE = re.compile(r"(\s*)(.*\S)\s*#\s*SOLUTION( NO PROMPT)?\s*")
_LEFT_OUT = re.compile(r"\s*###\s*(?:HASHED )?AUTOTEST\b|.*#\s*SEED\s*$")
_PROMPT_QUOTES = re.compile(
    r"""\s*(?:\"""|''')\s*;?\s*#\s*(?:BEGIN|END) PROMPT\s*|\s*(?:\"""|''')?#\s*BEGIN PROMPT.*"""
)
_RAW = re.compile(r"\s*#\s*(?:(BEGIN|END) (TESTS|SOLUTION|QUESTION|PROMPT)|ASSIGNMENT CONFIG|EXPORT CELL)\b", re.I)
_IGNORED = re.compile(r"\s*#+\s*IGNORE\b")
_METADATA = ("kernelspec", "language_info")  # that is kept; all else is of the author's editor
_OF_RUNS = ("execution", "ExecuteTime", "collapsed", "scrolled")


class Secret(NamedTuple):
    """A line that students must not get: from which cell and line of the master, and whether it is code."""

    text: str
    cell: int
    line: int
    is_code: bool


class Handout(NamedTuple):
    """The students' notebook as text, the lines that were taken out, and what the author should know."""

    text: str
    secrets: list[Secret]
    notes: list[str]


def make_handout(master: bytes, file: str) -> Handout:
    """Strip a master; raises `AuthorError` if it cannot be read or a marker does not pair."""
    import nbformat

    notebook, secrets = _read(master, file), list[Secret]()
    has_raw = any(_mark_of(cell) for cell in notebook.cells)
    notebook.cells = list(_cells(notebook.cells, secrets))
    secrets = [one for one in secrets if one.text]
    if not secrets:
        hint = "put '### BEGIN SOLUTION' and '### END SOLUTION' round each solution, on lines of their own"
        raise AuthorError(f"{file} marks no solution, so students would get all of it", hint)
    notes = ["otter's raw cells are left out: points and checks come from the key"] if has_raw else []
    if any("AUTOTEST" in one.text for one in secrets):
        notes.append("AUTOTEST lines are left out: students check with the public key")
    notebook.metadata = {name: notebook.metadata[name] for name in _METADATA if name in notebook.metadata}
    notebook.nbformat, notebook.nbformat_minor = 4, 5  # which wants an id for each cell: made from its place
    ids = set[str]()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = cell["id"] if cell.get("id", "") not in ids | {""} else f"cell-{number:02}-{len(ids)}"
        ids.add(cell["id"])
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return Handout(text.rstrip("\n") + "\n", secrets, notes)


def _read(master: bytes, file: str) -> Any:
    import nbformat

    contents_of(master, file)  # says in a sentence what is wrong with a file that is no notebook
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing ids
        notebook = nbformat.reads(master.decode("utf-8-sig"), as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
        if notebook.nbformat != 4:
            notebook = nbformat.convert(notebook, 4)  # type: ignore[no-untyped-call]
            for cell in notebook.cells:
                cell.pop("id", None)  # made by chance just now
    return notebook


def _mark_of(cell: Any) -> re.Match[str] | None:
    return _RAW.match(cell.source) if cell.cell_type == "raw" else None


def _cells(cells: list[Any], secrets: list[Secret]) -> Iterator[Any]:
    """The cells that students get. Between otter's raw cells, tests and written solutions are left out."""
    inside, opened = "", 0
    for number, cell in enumerate(cells, start=1):
        is_code, mark = cell.cell_type == "code", _mark_of(cell)
        kind = (mark[2] or "").upper() if mark else ""
        if mark and kind in (_TESTS, _SOLUTION):
            is_begin = mark[1].upper() == "BEGIN"
            _demand_pair(is_begin, kind, inside, f"cell {opened}", f"cell {number}", "raw cells")
            inside, opened = (kind, number) if is_begin else ("", 0)
        elif mark:
            continue
        elif inside == _TESTS or (inside and not is_code) or _IGNORED.match(cell.source):
            lines = enumerate(cell.source.split("\n"), start=1)
            secrets += [Secret(text.strip(), number, line, is_code) for line, text in lines]
        else:
            yield _student_cell(cell, number, bool(inside), secrets)
    if inside:
        raise AuthorError(f"master, cell {opened}: BEGIN {inside} is never closed", f"add a raw cell '# END {inside}'")


def _demand_pair(is_begin: bool, kind: str, inside: str, opened: str, place: str, what: str) -> None:
    """Refuse a BEGIN within a region, and an END of none."""
    if is_begin and inside:
        said = f"BEGIN {kind} is inside BEGIN {inside} of {opened}"
    elif not is_begin and inside != kind:
        said = f"END {kind} closes nothing"
    else:
        return
    raise AuthorError(f"master, {place}: {said}", f"{what} that BEGIN and END must pair, and do not nest")


def _student_cell(cell: Any, number: int, is_whole: bool, secrets: list[Secret]) -> Any:
    graded = cell.metadata.get("nbgrader") if isinstance(cell.metadata.get("nbgrader"), dict) else {}
    cell.source, is_code = cell.source.replace("\r\n", "\n"), cell.cell_type == "code"
    source = strip(cell.source, number, is_code, is_whole or bool(graded.get("solution")), secrets)
    if is_code and source != cell.source and _parses(cell.source) and not _parses(source):
        hint = "leave a line such as 'out = None' outside of the markers, so that the block is not empty"
        raise AuthorError(f"master, cell {number}: without its solution the cell is no longer Python", hint)
    cell.source = source
    if is_code:
        cell.outputs, cell.execution_count = [], None
    for name in _OF_RUNS:
        cell.metadata.pop(name, None)
    if graded:
        _seal(cell, graded)
    return cell


def strip(source: str, number: int, is_code: bool, is_whole: bool, secrets: list[Secret]) -> str:
    """A cell without its solution; `is_whole`: all of it is one, unless markers say which part."""
    lines, kept, inside, opened = source.split("\n"), list[str](), "", 0
    marks = [_REGION.search(line) for line in lines]
    is_marked = any(mark and mark[2] == _SOLUTION for mark in marks) or any(map(_SOLUTION_LINE.fullmatch, lines))
    for n, (line, mark) in enumerate(zip(lines, marks, strict=True), start=1):
        if mark:
            is_begin, kind = mark[1] == "BEGIN", mark[2]
            _demand_pair(is_begin, kind, inside, f"line {opened}", f"cell {number}, line {n}", "lines")
            inside, opened = (kind, n) if is_begin else ("", 0)
            kept += _stub(line, is_code, kept) if is_begin and kind == _SOLUTION else []
        elif inside or (is_whole and not is_marked):
            secrets.append(Secret(line.strip(), number, n, is_code))
        else:
            kept += _shown(line, number, n, secrets) if is_code else [line]
    if inside:
        hint = "every BEGIN needs its own END in the same cell"
        raise AuthorError(f"master, cell {number}, line {opened}: BEGIN {inside} is never closed", hint)
    return "\n".join(_stub("", is_code, []) if is_whole and not is_marked else kept)


def _shown(line: str, number: int, n: int, secrets: list[Secret]) -> list[str]:
    """A line of code outside of regions; what otter or nbgrader marks line by line is taken out."""
    if _PROMPT_QUOTES.fullmatch(line):
        return []
    if _LEFT_OUT.match(line):
        secrets.append(Secret(line.strip(), number, n, False))
        return []
    mark = _SOLUTION_LINE.fullmatch(line)
    if mark is None:
        return [line]
    secrets.append(Secret(mark[2], number, n, True))
    return [] if mark[3] else [mark[1] + _prompt_for(mark[2])]


def _prompt_for(code: str) -> str:
    """`x = f(y)` becomes `x = ...`, all else `...`, as in otter."""
    statement = ast.parse(code).body[0] if _parses(code) else None
    if isinstance(statement, ast.Assign):
        targets = code.encode()[: statement.value.col_offset].decode()  # columns are counted in bytes
        return f"{targets.rstrip(' (')} ..."
    return "..."


def _stub(marker: str, is_code: bool, before: list[str]) -> list[str]:
    """The space for a solution: two empty lines below a TODO comment, else what nbgrader or otter writes."""
    if not is_code:
        return ["YOUR ANSWER HERE"]
    indent = marker[: len(marker) - len(marker.lstrip())]
    above = [n for n, line in enumerate(before) if line.strip() and not line.lstrip().startswith("#")]
    if "NO PROMPT" in marker:
        return []
    if any("TODO" in line for line in before[above[-1] + 1 if above else 0 :]):
        return ["", ""]
    stub = ["..."] if marker.strip() == "# BEGIN SOLUTION" else ["# YOUR CODE HERE", "raise NotImplementedError()"]
    return [indent + line for line in stub]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _seal(cell: Any, graded: dict[str, Any]) -> None:
    """Lock and seal a cell as nbgrader does when it makes its own hand-out."""
    grade, solution = bool(graded.get("grade")), bool(graded.get("solution"))
    locked = not solution and (grade or bool(graded.get("locked")))
    cell.metadata |= {"deletable": False} if locked or solution or grade else {}
    cell.metadata |= {"editable": False} if locked else {}
    parts = [cell.source, cell.cell_type, str(grade), str(solution), str(locked), str(graded.get("grade_id", ""))]
    parts += [str(float(graded.get("points", 0)))] if grade else []
    checksum = hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
    graded.update(checksum=checksum, cell_type=cell.cell_type, locked=locked)
