"""The order of the stages, from what was handed in to its record. Start reading here.

takes: a desk (answers, and a place to run a stranger's code in) and one hand-in.
gives: its `Record`.
must not know: HTML, arrays, processes.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.answer_key import AnswerKey
from grader.answering import answer
from grader.answering.sittings import Known
from grader.errors import SandboxError, SubmissionError
from grader.extract import Chosen, choose, refused_file
from grader.feedback.record import Identity, graded_record, ungraded_record, unreadable_record
from grader.gradebook import CellRecord, Record
from grader.intake import Submission
from grader.judge import Outcomes
from grader.sandbox import Sandbox
from grader.wire import pack_outcomes

# Characters of all cells of text together: a whole course has some hundred thousand. A file may hold twenty million,
# each of up to six bytes in the gradebook, which are read again for every sheet that is written.
MOST_TEXT = 1_000_000
TOO_LONG = "the text is longer than what is kept of it; the rest is in the file"


@dataclass(frozen=True)
class Desk:
    """What it takes to grade."""

    key: AnswerKey
    sandbox: Sandbox


def grade_one(desk: Desk, submission: Submission, folder: str = "") -> Record:
    """Grade one hand-in. Whatever it holds, the answer is a record and never an exception."""
    return examine(desk, submission, folder)[0]


def examine(
    desk: Desk, submission: Submission, folder: str = "", known: Known | None = None
) -> tuple[Record, Outcomes]:
    """The same, with the outcomes that the record was made from, for a page that shows arrays."""
    key, started = desk.key, time.perf_counter()
    identity = Identity(submission.student_id, submission.name, folder=folder, arrival=submission.arrival)
    try:
        chosen = choose(submission, key.plan.functions, key.rubric.stubs, key.rubric.name, key.rubric.files)
    except SubmissionError as error:
        file, data = refused_file(submission, key.rubric.name, error)
        identity = replace(identity, file=file, sha256="" if data is None else hashlib.sha256(data).hexdigest())
        return unreadable_record(identity, key, str(error), error.hint), ()
    digest = hashlib.sha256(chosen.data).hexdigest()
    identity = replace(identity, file=chosen.candidate.shown, sha256=digest)
    try:
        answered = answer(key, desk.sandbox, chosen, known)
    except SandboxError as error:
        return ungraded_record(identity, key, str(error)), ()
    record = graded_record(
        identity, key, answered.scores, answered.evidence, tuple(_cells(chosen)), level=answered.level,
        seconds=time.perf_counter() - started, outcomes=pack_outcomes(answered.outcomes),
    )  # fmt: skip
    return record, answered.outcomes


def _cells(chosen: Chosen) -> Iterator[CellRecord]:
    """The cells as they are kept: all code, and of texts as much as anybody wrote."""
    room = MOST_TEXT
    for cell in chosen.extract.cells:
        source, remarks = cell.source, cell.remarks
        if cell.kind != "code":
            if len(source) > room:
                source, remarks = source[:room], (*remarks, TOO_LONG)
            room -= len(source)
        yield CellRecord(cell.number, cell.kind, source, "; ".join(remarks), cell.file)
