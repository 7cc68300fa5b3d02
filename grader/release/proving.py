"""A hand-out is what it says it is: untouched it is not attempted, and the master gets full marks.

takes: the hand-out, the master, the full key, a sandbox.
gives: nothing; `AuthorError` saying which criterion is graded otherwise, and why that matters.
must not know: how either notebook was made, where anything is written.

Both go through the same wall and judge as a hand-in does. The hand-out is graded a second time by a key that knows no
stubs: a solution that was never put between markers would otherwise be taken for the stub itself.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from grader.answer_key import AnswerKey
from grader.errors import AuthorError
from grader.gradebook import Record
from grader.intake import one_submission
from grader.judge import Kind
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox

UNTOUCHED = {str(Kind.NOT_ATTEMPTED), str(Kind.MISSING)}


def prove(handout: bytes, master: bytes, key: AnswerKey, sandbox: Sandbox) -> None:
    """Grade both; raises `AuthorError`."""
    nameless = replace(key, rubric=replace(key.rubric, stubs={}))
    _demand_worthless(_grade(handout, Desk(nameless, sandbox), "hand-out.ipynb"))
    _demand_untouched(_grade(handout, Desk(key, sandbox), "hand-out.ipynb"))
    _demand_full_marks(_grade(master, Desk(key, sandbox), "master.ipynb"))


def _grade(notebook: bytes, desk: Desk, name: str) -> Record:
    with tempfile.TemporaryDirectory(prefix="grader-release-") as folder:
        path = Path(folder) / name
        path.write_bytes(notebook)
        record = grade_one(desk, one_submission(path))
    if record.status != "graded":
        raise AuthorError(f"the {name} cannot be graded: {record.sentence or record.status}", record.next_step)
    return record


def _demand_worthless(record: Record) -> None:
    earned = [c for c in record.criteria if c.points]
    if earned:
        told = ", ".join(f"{c.name} ({c.points} of {c.max_points} points)" for c in earned)
        raise AuthorError(
            f"the hand-out earns points before anybody wrote a line: {told}",
            "put the solution of each between BEGIN SOLUTION and END SOLUTION in the master; a branch that is given on "
            'purpose earns nothing by itself if its behaviour needs another: Behaviour("test mode", 1, needs=…)',
        )


def _demand_untouched(record: Record) -> None:
    touched = [c for c in record.criteria if c.verdict not in UNTOUCHED]
    if touched:
        told = ", ".join(f"{c.name}: {c.verdict}" for c in touched)
        raise AuthorError(
            f"the untouched hand-out is not graded as not attempted: {told}",
            "define each graded function once, at the top level of a cell, and leave it empty outside of the markers",
        )


def _demand_full_marks(record: Record) -> None:
    lost = [c for c in record.criteria if c.points != c.max_points]
    if lost:
        told = "; ".join(f"{c.name}: {c.verdict}, {c.headline}" for c in lost)
        raise AuthorError(
            f"the master does not get full marks: {told}",
            "mend the solution in the master, or the exam, until it does",
        )
