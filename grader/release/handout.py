"""The master notebook -> the students' notebook.

takes: the bytes of a master (any version that nbformat reads), with nbgrader's cell metadata or otter's raw cells.
gives: `Handout`: the notebook as text, always the same for the same master, and the lines that were taken out.
must not know: keys, answers, where anything is written.

nbgrader's metadata stays as it is, with the checksum it would compute itself, and locked cells stay locked, so a
hand-out may go on through nbgrader's own pipeline.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.errors import AuthorError
from grader.release.markers import MasterCell, Secret, strip_cell

# What a notebook's metadata may keep; all else is of the author's editor, or of the tool that will not be used.
KEPT_METADATA = ("kernelspec", "language_info")
_RAW_MARK = re.compile(
    r"^\s*#\s*(?:(BEGIN|END) (TESTS|SOLUTION|QUESTION|PROMPT)|ASSIGNMENT CONFIG|EXPORT CELL)\b", re.I
)
_IGNORED = re.compile(r"^\s*#+\s*IGNORE\b")


@dataclass(frozen=True)
class Handout:
    """The students' notebook, and what the master holds beside it."""

    text: str
    secrets: tuple[Secret, ...]
    notes: tuple[str, ...] = ()


def make_handout(master: bytes, file: str) -> Handout:
    """Strip a master; raises `AuthorError` where it cannot be read or a marker does not pair."""
    import nbformat

    notebook = _read(master, file)
    secrets: list[Secret] = []
    notes: list[str] = []
    notebook.cells = list(_cells(notebook.cells, secrets, notes))
    if not secrets:
        raise AuthorError(
            f"{file} marks no solution, so students would get all of it",
            "put '### BEGIN SOLUTION' and '### END SOLUTION' round each solution, on lines of their own",
        )
    notebook.metadata = {name: notebook.metadata[name] for name in KEPT_METADATA if name in notebook.metadata}
    # Version 4.5 wants an id for each cell; the ones of older notebooks are made from their place, not by chance.
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken: set[str] = set()
    for n, cell in enumerate(notebook.cells):
        if cell.get("id", "") in taken | {""}:
            cell["id"] = f"cell-{n:02}-{len(taken)}"
        taken.add(cell["id"])
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return Handout(text if text.endswith("\n") else f"{text}\n", tuple(secrets), tuple(dict.fromkeys(notes)))


def _read(master: bytes, file: str) -> Any:
    import warnings

    import nbformat

    from grader.extract import read_cells

    read_cells(master, file)  # says in a sentence what is wrong with a file that is no notebook
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing ids: see above
        given = nbformat.reads(master.decode("utf-8-sig"), as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
        if given.nbformat == 4:
            return given
        notebook = nbformat.convert(given, 4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        cell.pop("id", None)  # made by chance just now
    return notebook


def _cells(cells: list[Any], secrets: list[Secret], notes: list[str]) -> Iterator[Any]:
    """The cells that students get, in order. `inside` is the kind of otter's raw-cell region we are in."""
    inside, opened = "", 0
    for number, cell in enumerate(cells, start=1):
        first = cell.source.split("\n", 1)[0]
        mark = _RAW_MARK.match(first) if cell.cell_type == "raw" else None
        if mark:
            edge, kind = (mark[1] or "").upper(), (mark[2] or "").upper()
            if kind in ("TESTS", "SOLUTION"):
                inside, opened = _turn(edge, kind, inside, number, opened)
            notes.append("otter's raw cells are left out: points and checks come from the key")
            continue
        if inside == "TESTS" or (inside == "SOLUTION" and cell.cell_type != "code") or _IGNORED.match(first):
            lines = enumerate(cell.source.split("\n"), start=1)
            secrets.extend(Secret(s.strip(), number, n, cell.cell_type == "code") for n, s in lines if s.strip())
            continue
        yield _student_cell(cell, number, inside == "SOLUTION", secrets, notes)
    if inside:
        raise AuthorError(f"master, cell {opened}: BEGIN {inside} is never closed", f"add a raw cell '# END {inside}'")


def _turn(edge: str, kind: str, inside: str, number: int, opened: int) -> tuple[str, int]:
    if edge == "BEGIN" and not inside:
        return kind, number
    if edge == "END" and inside == kind:
        return "", 0
    what = (
        f"BEGIN {kind} stands inside BEGIN {inside} of cell {opened}"
        if edge == "BEGIN"
        else f"END {kind} closes nothing"
    )
    raise AuthorError(f"master, cell {number}: {what}", "raw cells that BEGIN and END must pair, and do not nest")


def _student_cell(cell: Any, number: int, in_solution: bool, secrets: list[Secret], notes: list[str]) -> Any:
    data = cell.metadata.get("nbgrader")
    graded = data if isinstance(data, dict) else {}
    is_code = cell.cell_type == "code"
    whole = in_solution or bool(graded.get("solution"))
    stripped = strip_cell(MasterCell(number, is_code, cell.source.replace("\r\n", "\n"), whole))
    if any("AUTOTEST" in secret.text for secret in stripped.secrets):
        notes.append("AUTOTEST lines are left out: students check with the public key")
    secrets.extend(stripped.secrets)
    cell.source = stripped.source
    if is_code:
        cell.outputs, cell.execution_count = [], None
    for name in ("execution", "ExecuteTime", "collapsed", "scrolled"):
        cell.metadata.pop(name, None)
    if graded:
        _finish_nbgrader(cell, graded)
    return cell


def _finish_nbgrader(cell: Any, graded: dict[str, Any]) -> None:
    """Lock and seal a cell as nbgrader does when it makes its own hand-out."""
    grade, solution = bool(graded.get("grade")), bool(graded.get("solution"))
    locked = False if solution else True if grade else bool(graded.get("locked"))
    if locked or solution or grade:
        cell.metadata["deletable"] = False
    if locked:
        cell.metadata["editable"] = False
    parts = [cell.source, cell.cell_type, str(grade), str(solution), str(locked), str(graded.get("grade_id", ""))]
    if grade:
        parts.append(str(float(graded.get("points", 0))))
    sealed = hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
    graded.update(checksum=sealed, cell_type=cell.cell_type, locked=locked)
