"""What is compared: the code of each hand-in as the gradebook keeps it, and what is nobody's own.

takes: a gradebook; the assignment's folder, where there is one.
gives: `HandIn`s, whose records are damaged, and the texts of the hand-out and of the author's solution.
must not know: how anything is compared, points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.compile_key.authored import load_assignment, source_of
from grader.errors import SubmissionError
from grader.extract import read_cells
from grader.gradebook import Gradebook, Record, Saved

MASTER = "master.ipynb"
NO_POINTS = Fraction(0)  # none are looked at here


@dataclass(frozen=True)
class HandIn:
    """One hand-in: who, where its page is, and its cells of code with their numbers, from 1."""

    student_id: str
    name: str
    folder: str
    file: str
    numbers: tuple[int, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class OwnText:
    """What the author wrote, as cells of code: what students got, and the solution in the forms the author knows."""

    handout: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()


def hand_ins_of(book: Gradebook, damaged: list[str]) -> Iterator[HandIn]:
    """All hand-ins that could be read, in order of student; of whom the record cannot be is put among the damaged."""

    def without_cells(saved: Saved) -> Record:
        damaged.append(saved.student_id)
        return Record(saved.student_id, saved.name, saved.file, saved.sha256, "ungraded", None, NO_POINTS, saved.folder)

    for record in book.records(with_outcomes=False, instead=without_cells):
        code = [cell for cell in record.cells if cell.kind == "code" and cell.source.strip()]
        if code:
            yield HandIn(
                record.student_id, record.name, record.folder, record.file,
                tuple(cell.number for cell in code), tuple(cell.source for cell in code),
            )  # fmt: skip


def own_text_of(folder: Path) -> OwnText:
    """Read what students are given with an assignment, in all its forms, and its master and reference."""
    assignment = load_assignment(folder)
    given = (assignment.handout, *assignment.templates, *assignment.files)
    handout = tuple(cell for file in given for cell in _code(folder / file))
    return OwnText(handout, (*_code(folder / MASTER), source_of(assignment.solution)))


def _code(path: Path) -> tuple[str, ...]:
    try:
        return tuple(source for kind, source in read_cells(path.read_bytes(), path.name) if kind == "code")
    except (OSError, SubmissionError):
        return ()
