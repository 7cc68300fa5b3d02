"""A whole class: what is new is graded by a crew, entered as it comes, and told in pages and sheets.

takes: an answer key, the submissions, an out folder.
gives: `gradebook.sqlite`, a page for each student, `index.html`, `grades.csv`, `verdicts.jsonl`.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from grader.answer_key import AnswerKey, plan_digest
from grader.batch.class_folder import now, page_context, write_out, write_page
from grader.batch.here import Here
from grader.batch.left_behind import NOTHING_LEFT, LeftBehind, folders_in, take_away
from grader.batch.one_run import one_run
from grader.batch.parts import is_as_it_was, parted
from grader.batch.pieces import Piece
from grader.batch.saved_class import (
    Class,
    Follow,
    Progress,
    demand_same_assignment,
    demand_same_questions,
    gradebook_in,
    level_of,
    outcomes_of,
    placed,
    summed_up,
    told,
    unknown_changes,
)
from grader.edition import edition
from grader.errors import DamagedRecordError, GradebookError, TooLargeError
from grader.folders import GRADEBOOK, SHEETS
from grader.gradebook import Gradebook, Move, Override, Overrides, Row, Run, is_seen, to_be_asked_again
from grader.intake import Submission
from grader.intake.people import NO_HAND_IN
from grader.report.class_summary import ClassSummary
from grader.report.page_context import PageContext
from grader.walls import Level
from grader.wire import WireError, unpack_outcomes


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
    """How many hand-ins were graded or judged, and how many stayed; the class summed up.

    `gone` were taken out, since they are no longer handed in; `off_roster` of these had handed in nothing. `waiting`
    are to be graded, and were not asked for. `unknown` are changes in `overrides.csv` that the gradebook does not know.
    `forgotten` had a lateness that somebody told an earlier run, and this one nobody. `left_behind` are pages that no
    row stood behind. `judged` of those that stayed were judged anew: the key has changed, or the run before never came
    to its end. `is_whole` is false where an earlier run that graded was stopped, and this one did not. `is_other` is
    true where hand-ins were graded anew that another grader had graded, of the same version or not. `taken_back` are
    changes that the sheet before had, and this one has not. `moved` are points of hand-ins that stayed as they were.
    """

    new: int
    summary: ClassSummary
    same: int = 0
    gone: int = 0
    off_roster: int = 0
    waiting: int = 0
    unknown: int = 0
    forgotten: int = 0
    left_behind: LeftBehind = NOTHING_LEFT
    judged: int = 0
    is_whole: bool = True
    is_other: bool = False
    taken_back: Sequence[Override] = ()
    moved: Sequence[Move] = ()


def grade_all(order: Class, submissions: Sequence[Submission], follow: Follow, crew: Crew | None = None) -> Done:
    """Grade what is new and write everything out."""
    order.out.mkdir(parents=True, exist_ok=True)
    with one_run(order.out), Gradebook(order.out / GRADEBOOK) as book, ExitStack() as at_end:
        unknown = unknown_changes(book, order)
        parts = parted(book, order, submissions)
        again = parts.kept if parts.kept and _is_stale(book, order.key) else frozenset()
        is_other = bool(parts.new and book.fingerprints()) and book.runs.last_grader() != edition()
        crew = crew or at_end.enter_context(Here(order, len(parts.new) + len(again)))
        run_id, page = _begin(book, order, "grade", _level(order, book, crew, bool(parts.new)))
        off_roster = _off_roster(book, parts.everybody)
        gone, forgotten = book.keep_only(set(parts.everybody)), _forgotten(book, parts.new)
        taken_back, changed = _take_sheet(book, order, run_id)
        _judge_anew(book, order, page, run_id, again | (changed & parts.kept), lambda *_: None)
        done = book.fingerprints()  # who could not be judged by what was answered is in it no more: that one is asked
        more = {student: piece for student, piece in parts.sound.items() if done.get(student) != piece.fingerprint}
        _grade(book, order, crew, page, run_id, (*parts.new, *more.values()), follow)
        book.overrides.settle()
        summary, moved = parts.summary, _moved(book, run_id)
        if parts.new or gone or again or changed or not all((order.out / name).exists() for name in SHEETS):
            summary = write_out(book, order, page, unknown)
        left, summary = _left_behind(book, order, gone), summary or summed_up(book, order)
        book.runs.finish(run_id, now())
    return Done(
        len(parts.new) + len(more), summary, len(parts.kept) - len(more), len(gone), off_roster, parts.waiting,
        len(unknown), forgotten, left, len(again - more.keys()), is_other=is_other, taken_back=taken_back, moved=moved,
    )  # fmt: skip


def _take_sheet(book: Gradebook, order: Class, run_id: int) -> tuple[Sequence[Override], set[str]]:
    """Take the TAs' sheet, where there is one: what that takes back, and for whom something has changed."""
    if order.overrides is None:
        return (), set()
    return book.overrides.taken_back_by(order.overrides), book.overrides.take_sheet(order.overrides, run_id)


def _left_behind(book: Gradebook, order: Class, gone: Collection[str | None] = ()) -> LeftBehind:
    """What was left of hand-ins that are gone; nothing is touched where a row cannot say which page is its own."""
    # Each row has a page, so as many folders as rows are the rows' own; reading a thousand records takes a tenth of
    # a second, which is what a class costs in which nothing has changed.
    if not gone and folders_in(order.out) == len(book.fingerprints()):
        return NOTHING_LEFT
    kept = book.folders()
    told = [name for name in kept if name is not None]
    return take_away(order.out, told, gone) if len(told) == len(kept) else NOTHING_LEFT


def _off_roster(book: Gradebook, everybody: Collection[str]) -> int:
    """How many leave who were there only by an earlier run's roster."""
    leaving = book.fingerprints().keys() - set(everybody)
    return len(leaving & book.unreadable_as(NO_HAND_IN)) if leaving else 0


def _forgotten(book: Gradebook, new: Sequence[Piece]) -> int:
    """How many lose an extension, or a lateness, that was given with an earlier run alone."""
    untold = {piece.submission.student_id for piece in new if piece.submission.arrival.late_by is None}
    return len(untold & book.told_lateness()) if untold & book.fingerprints().keys() else 0


def _grade(
    book: Gradebook, order: Class, crew: Crew, page: PageContext, run_id: int, new: Sequence[Piece], follow: Follow
) -> None:
    """Have the crew grade what is new, and enter each row as it comes."""
    done, said = book.fingerprints(), book.overrides.effective()
    todo = (_with_known(book, order, piece, done) for piece in new)
    with closing(crew.grade(order, page, said, todo, len(new))) as rows, follow(len(new)) as tell:
        for piece, row in rows:
            if row.status == "unreadable" and not is_as_it_was(order.key, piece):
                row = to_be_asked_again(row)  # a file that went meanwhile may come back just as it was
            instead = partial(_without_row, order, page, piece, said.get(piece.submission.student_id, {}))
            entered = _enter(book, run_id, row, instead)
            tell(entered.student_id, entered.status, entered.sentence)
    _tell_later_words(book, order, page, said, {piece.submission.student_id for piece in new})


def _without_row(order: Class, page: PageContext, piece: Piece, said: Mapping[str, Override], reason: str) -> Row:
    """The row, and the page, of one that no gradebook takes, as whoever graded it makes them."""
    from grader.batch.at_a_desk import without_row

    return without_row(order, page, piece, said, reason)


def _tell_later_words(
    book: Gradebook, order: Class, page: PageContext, said: Overrides, students: Collection[str]
) -> None:
    """Write the pages anew of those on whom a TA has said something since: the crew had what was `said` before."""
    counts = book.overrides.effective() if students else {}
    for student in sorted(students):
        if counts.get(student, {}) != said.get(student, {}):
            record = book.record_of(student)
            write_page(order, page, told(record, counts, order), outcomes_of(book, record))


def _enter(book: Gradebook, run_id: int, row: Row, instead: Callable[[str], Row]) -> Row:
    """Enter a row; one that no gradebook takes gives way to what is put `instead` of it, with the reason."""
    try:
        book.enter(row, run_id)
    except TooLargeError:
        row = instead("What is to be kept of this hand-in is larger than a gradebook takes.")
        book.enter(row, run_id)
    return row


def _with_known(book: Gradebook, order: Class, piece: Piece, done: Mapping[str, str]) -> Piece:
    """The piece with what it answered before, where the same program answered the same questions."""
    student = piece.submission.student_id
    if not order.criteria or done.get(student) != piece.fingerprint:
        return piece
    from grader.answering.sittings import Known
    from grader.judge import lacks_answers

    try:
        before = book.record_of(student)
        outcomes = unpack_outcomes(before.outcomes)
    except (WireError, DamagedRecordError):
        return piece  # everything is asked
    whole = len(outcomes) == len(order.key.plan.entries)
    is_told = whole and not lacks_answers(order.key, outcomes)
    return replace(piece, known=Known(order.criteria, outcomes, before.evidence)) if is_told else piece


def rejudge_all(order: Class, follow: Follow) -> Done:
    """Judge the saved outcomes of a gradebook by today's key. Runs nobody's code."""
    with one_run(order.out), gradebook_in(order.out) as book:
        level, unknown = level_of(book), unknown_changes(book, order)
        demand_same_assignment(book, order)
        count = demand_same_questions(book, order)
        run_id, page = _begin(book, order, "rejudge", level)
        with follow(count) as tell:
            _judge_anew(book, order, page, run_id, book.fingerprints().keys(), tell)
        summary = write_out(book, order, page, unknown)
        left, is_whole, moved = _left_behind(book, order), book.runs.stopped() != "grade", _moved(book, run_id)
        book.runs.finish(run_id, now())
    return Done(count, summary, unknown=len(unknown), left_behind=left, is_whole=is_whole, moved=moved)


def _is_stale(book: Gradebook, key: AnswerKey) -> bool:
    """Whether records or pages may be of another key: a run had one, or was stopped, and none since made it good."""
    return book.runs.judged_by() != key.digest


def _judge_anew(
    book: Gradebook, order: Class, page: PageContext, run_id: int, students: Collection[str], tell: Progress
) -> None:
    """Judge records by today's key, from their saved outcomes, and enter each row as it comes."""
    if not students:
        return
    from grader.batch.rejudging import Task, judged_anew, without_outcomes

    said = book.overrides.effective()
    tasks = (Task(placed(book, book.saved(student)), page, said.get(student, {})) for student in sorted(students))
    with closing(judged_anew(order, tasks, len(students))) as rows:
        for task, row in rows:
            entered = _enter(book, run_id, row, partial(without_outcomes, order, task))
            tell(entered.student_id, entered.status, entered.sentence)
    _tell_later_words(book, order, page, said, students)


# ---- before and after ----------------------------------------------------------------------------------------


def _level(order: Class, book: Gradebook, crew: Crew, is_new: bool) -> Level:
    """The level this run has: the crew's; where nothing is graded, that of the run before."""
    if not is_new:
        try:
            return level_of(book)
        except GradebookError:
            pass  # a gradebook of an empty class: nothing was run in any sandbox yet
    return crew.level(order)


def _moved(book: Gradebook, run_id: int) -> Sequence[Move]:
    said = book.overrides.effective()
    return [move for move in book.moves.by(run_id) if is_seen(move, said)]


def _begin(book: Gradebook, order: Class, verb: str, level: Level) -> tuple[int, PageContext]:
    rubric, started = order.key.rubric, now()
    run = Run(
        verb, rubric.name, rubric.title, order.key.digest, plan_digest(order.key), order.key_source, edition(),
        level.value,
    )  # fmt: skip
    return book.runs.begin(run, started), page_context(order.key, level, started)
