"""What one process of a crew does: it has a sandbox of its own, and grades what it is given.

takes: an order, and pieces of it one by one.
gives: a row for each, whose page lies in its place before.
must not know: what is new in a class, gradebooks; who else is at work.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing.util import Finalize

from grader.answer_key import AnswerKey
from grader.answering.sittings import Known
from grader.batch.class_folder import keep_page, render_page
from grader.batch.pieces import Piece
from grader.batch.saved_class import Class
from grader.feedback.evidence import Evidence
from grader.feedback.own_fault import fault_on_one
from grader.feedback.record import Identity, ungraded_record
from grader.folders import NOTEBOOK
from grader.garbage import look_seldom
from grader.gradebook import Override, Record, Row, applied, prepare
from grader.pipeline import Desk, examine
from grader.report.page_context import PageContext
from grader.sandbox import Level, open_sandbox


@dataclass(frozen=True)
class Task:
    """A piece, the run that it is graded in, and what TAs said over its student."""

    piece: Piece
    page: PageContext
    said: Mapping[str, Override]


# The one thing a process of the crew keeps between two pieces: opening a sandbox takes longer than grading.
_at_desk: list[tuple[Desk, Class]] = []


def set_up(order: Class) -> Level:
    """Open the sandbox of this process, once."""
    sandbox = open_sandbox(unsafe=order.unsafe)
    Finalize(None, sandbox.close, exitpriority=10)
    _at_desk[:] = [(Desk(order.key, sandbox), order)]
    # What stands by now stays: to look through all of it for garbage again and again is a tenth of the work.
    gc.collect()
    look_seldom()
    return sandbox.level


def work(task: Task) -> Row:
    """Grade a piece, and put its page where it lies."""
    desk, order = _at_desk[0]
    row, html = graded(desk, task.page, task.piece, task.said)
    keep(order, task.piece, html)
    return row


def graded(desk: Desk, page: PageContext, piece: Piece, said: Mapping[str, Override]) -> tuple[Row, str]:
    """Grade one piece; gives its row, and its page with what TAs said over this student.

    Where we fail at it, it is ungraded, and all others go on.
    """
    try:
        record, outcomes = examine(desk, piece.submission, piece.folder, piece.known)
        if piece.known is not None and not _says_all_of(record, piece.known):
            record, outcomes = examine(desk, piece.submission, piece.folder)
        record = replace(record, fingerprint=piece.fingerprint)
        return prepare(record), render_page(applied(record, said, desk.key.rubric.worth), page, desk.key, outcomes)
    except Exception as error:
        return ungraded(desk.key, page, piece, said, fault_on_one(error))


def _says_all_of(record: Record, known: Known) -> bool:
    """Whether all is told of functions that were not asked again; how they were asked may be a part of that."""
    now, before = record.evidence, known.evidence
    return now is None or before is None or Evidence.from_json(now).says_all_of(Evidence.from_json(before))


def keep(order: Class, piece: Piece, html: str) -> None:
    """Put a piece's page where it lies; what was rendered of the hand-in before this one goes."""
    (order.out / piece.folder / NOTEBOOK).unlink(missing_ok=True)
    keep_page(order, piece.folder, html)


def ungraded(
    key: AnswerKey, page: PageContext, piece: Piece, said: Mapping[str, Override], reason: str
) -> tuple[Row, str]:
    """The row and the page of a piece that could not be graded, which is our fault; it is tried again next time."""
    submission = piece.submission
    identity = Identity(submission.student_id, submission.name, folder=piece.folder, arrival=submission.arrival)
    record = ungraded_record(identity, key, reason)
    return prepare(record), render_page(applied(record, said, key.rubric.worth), page, key, ())


def without_row(order: Class, page: PageContext, piece: Piece, said: Mapping[str, Override], reason: str) -> Row:
    """Its row where it could not be graded, or entered; the page lies in its place before."""
    row, html = ungraded(order.key, page, piece, said, reason)
    keep(order, piece, html)
    return row


def given_up(order: Class, task: Task) -> Row:
    """What becomes of a piece whose process died under it twice."""
    return without_row(order, task.page, task.piece, task.said, "The grader's own process ended while it graded this.")
