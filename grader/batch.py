"""A whole class: what is new is graded by a crew, entered as it comes, and told in pages and sheets.

takes: an answer key, the submissions, an out folder.
gives: `gradebook.sqlite`, a page for each student, `index.html`, `grades.csv`, `verdicts.jsonl`.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from grader.answer_key import AnswerKey, plan_digest
from grader.class_folder import (
    GRADEBOOK,
    PAGE,
    RESERVED,
    SHEETS,
    Class,
    folder_name,
    now,
    told,
    write_out,
    write_page,
)
from grader.errors import GradebookError, GraderError, SubmissionError
from grader.gradebook import Gradebook, Overrides, Row, Run, prepare
from grader.here import Here, Piece
from grader.intake import Submission, read_candidate
from grader.pipeline import Known, judge_again
from grader.report.class_summary import ClassSummary
from grader.report.page import PageContext
from grader.sandbox import Level
from grader.version import VERSION
from grader.wire import WireError, unpack_outcomes

Progress = Callable[[str, str, str], None]
"""Told of each hand-in as it is done: student, status, and the sentence where it is not graded."""

Follow = Callable[[int], AbstractContextManager[Progress]]
"""Asked, with how many hand-ins there will be, for who is to be told."""


class Crew(Protocol):
    """Who works on a class: processes of this machine (`Here`), or the workers of a cluster."""

    def level(self, order: Class) -> Level:
        """How strong the sandboxes are, tried before anything is graded, so that a refusal is one sentence."""

    def grade(
        self, order: Class, page: PageContext, said: Overrides, pieces: Iterable[Piece], count: int
    ) -> Generator[tuple[Piece, Row], None, None]:
        """Grade `count` pieces, each taken when there is room for it; its page lies in its place before its row comes.

        Closed early, it stops all work at once.
        """


@dataclass(frozen=True)
class Done:
    """How many hand-ins were graded or judged, and how many were as before; the summary, where sheets were written."""

    new: int
    same: int = 0
    summary: ClassSummary | None = None


def grade_all(order: Class, submissions: Sequence[Submission], follow: Follow, crew: Crew | None = None) -> Done:
    """Grade what is new and write everything out."""
    order.out.mkdir(parents=True, exist_ok=True)
    with Gradebook(order.out / GRADEBOOK) as book, ExitStack() as at_end:
        done = book.fingerprints()
        pieces = list(_pieces(order.key, submissions))
        hung = book.students_with("timed out")
        new = [piece for piece in pieces if _is_to_be_graded(order, piece, done)]
        new.sort(key=lambda piece: piece.submission.student_id in hung)  # suspects last: nobody waits for them
        same = {p.submission.student_id for p in pieces} - {p.submission.student_id for p in new}
        again = same if same and _is_stale(book, order.key) else set()
        crew = crew or at_end.enter_context(Here(order, len(new)))
        run_id, page = _begin(book, order, "grade", _level(order, book, crew, bool(new)))
        gone = book.keep_only({piece.submission.student_id for piece in pieces})
        changed = book.overrides.take_sheet(order.overrides, run_id) if order.overrides is not None else set()
        _judge_anew(book, order, page, run_id, again | (changed & same), lambda *_: None)
        said = book.overrides.effective()
        todo = (_with_known(book, order, piece, done) for piece in new)
        with closing(crew.grade(order, page, said, todo, len(new))) as rows, follow(len(new)) as tell:
            for _, row in rows:
                book.enter(row, run_id)
                tell(row.student_id, row.status, row.sentence)
        book.overrides.settle()
        summary = None
        if new or gone or again or changed or not all((order.out / name).exists() for name in SHEETS):
            summary = write_out(book, order, page)
        book.finish(run_id, now())
    return Done(len(new), len(pieces) - len(new), summary)


def _is_to_be_graded(order: Class, piece: Piece, done: Mapping[str, str]) -> bool:
    """Whether it is new, has changed, or was asked for by name."""
    student = piece.submission.student_id
    if order.students:
        return student in order.students
    changed = done.get(student) != piece.fingerprint or not _page(order, piece).exists()
    return order.force or bool(order.criteria) or changed


def _with_known(book: Gradebook, order: Class, piece: Piece, done: Mapping[str, str]) -> Piece:
    """The piece with what it answered before, where the same program answered the same questions."""
    student = piece.submission.student_id
    if not order.criteria or done.get(student) != piece.fingerprint:
        return piece
    try:
        outcomes = unpack_outcomes(book.record_of(student).outcomes)
    except WireError:
        return piece  # damaged: everything is asked
    whole = len(outcomes) == len(order.key.plan.entries)
    return replace(piece, known=Known(order.criteria, outcomes)) if whole else piece


def rejudge_all(order: Class, tell: Progress) -> Done:
    """Judge the saved outcomes of a gradebook by today's key. Runs nobody's code."""
    path = order.out / GRADEBOOK
    if not path.is_file():
        raise GradebookError(f"there is no gradebook in {order.out}", "name the folder that 'grader grade' wrote")
    with Gradebook(path) as book:
        latest = book.latest_run()
        if latest["plan_digest"] != plan_digest(order.key):
            raise GradebookError(
                "the questions of the exam have changed since these hand-ins were graded, so their saved outcomes "
                "answer other questions",
                "run 'grader grade' again",
            )
        run_id, page = _begin(book, order, "rejudge", Level(latest["sandbox"]))
        count = _judge_anew(book, order, page, run_id, set(book.fingerprints()), tell)
        summary = write_out(book, order, page)
        book.finish(run_id, now())
    return Done(count, summary=summary)


def _is_stale(book: Gradebook, key: AnswerKey) -> bool:
    """Whether some records may be of another key: the last run had one, or never came to its end."""
    latest = book.latest_run()
    return latest["key_digest"] != key.digest or latest["finished"] is None


def _judge_anew(
    book: Gradebook, order: Class, page: PageContext, run_id: int, students: set[str], tell: Progress
) -> int:
    """Judge records by today's key, from their saved outcomes."""
    said = book.overrides.effective() if students else {}
    for student in sorted(students):
        try:
            record = judge_again(order.key, book.record_of(student))
        except WireError as error:
            raise GradebookError(
                f"what {student}'s program answered cannot be read back ({error})", "run 'grader grade --force'"
            ) from error
        write_page(order, page, told(record, said, order), unpack_outcomes(record.outcomes))
        book.enter(prepare(record), run_id)
        tell(record.student_id, record.status, record.sentence)
    return len(students)


# ---- before and after ----------------------------------------------------------------------------------------


def _pieces(key: AnswerKey, submissions: Sequence[Submission]) -> Iterator[Piece]:
    taken = set(RESERVED)
    # Of the key only what is asked and under which limits: all else is judged anew from the same outcomes.
    asked = f"{VERSION} {plan_digest(key)} {key.rubric.limits}"
    for submission in submissions:
        folder = folder_name(submission.student_id, taken)
        taken.add(folder.casefold())
        yield Piece(submission, folder, _fingerprint(asked, submission))


def _fingerprint(asked: str, submission: Submission) -> str:
    told = f"{asked} {submission.problem} {submission.name} {submission.arrival}"
    digest = hashlib.sha256(told.encode("utf-8", "replace"))
    for candidate in submission.candidates:
        digest.update(candidate.shown.encode("utf-8", "surrogatepass") + b"\0")
        try:
            digest.update(hashlib.sha256(read_candidate(candidate)).digest())
        except SubmissionError as error:
            digest.update(str(error).encode("utf-8", "replace"))
    return digest.hexdigest()


def _page(order: Class, piece: Piece) -> Path:
    return order.out / piece.folder / PAGE


def _level(order: Class, book: Gradebook, crew: Crew, is_new: bool) -> Level:
    """The level this run has: the crew's; where nothing is graded, that of the run before."""
    if not is_new:
        try:
            return Level(book.latest_run()["sandbox"])
        except GraderError:
            pass  # a gradebook of an empty class: nothing was run in any sandbox yet
    return crew.level(order)


def _begin(book: Gradebook, order: Class, verb: str, level: Level) -> tuple[int, PageContext]:
    rubric, started = order.key.rubric, now()
    run = Run(
        verb,
        rubric.name,
        rubric.title,
        order.key.digest,
        plan_digest(order.key),
        order.key_source,
        VERSION,
        level.value,
    )
    page = PageContext(rubric.title, started, order.key.digest, VERSION, level.title, level.promise)
    return book.begin(run, started), page
