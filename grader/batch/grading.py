"""Grade a class, or judge it again. Each record is entered as it comes, so a run that was killed can go on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from grader.batch import folder as reports
from grader.batch.folder import gradebook_in, level_of, now
from grader.batch.order import Counts, Job, Order, Plan, begin_run, fingerprint, plan_class, require_same_questions
from grader.batch.pool import WorkerPool
from grader.batch.worker import grading, judging, ungraded
from grader.export.overrides import read_overrides
from grader.folders import GRADEBOOK, SHEETS
from grader.gradebook import Gradebook, Move, Override, Record, is_visible
from grader.intake import Submission
from grader.report import ClassSummary, PageContext, prepare, render_student_page
from grader.sandbox import Level, Opening

if TYPE_CHECKING:
    from grader.batch.cluster import ClusterPool

FEW = 6  # submissions that one process grades in less time than a pool takes to start
ENDED = "The grader's own process ended twice while it worked on this."

Progress = Callable[[str, str, str], None]
"""Called with each submission that is done: student, status, and the sentence where it is not graded."""
Follow = Callable[[int], AbstractContextManager[Progress]]
"""Called with the number of submissions that will be done."""
Pool = Union[WorkerPool[Job, Record], "ClusterPool"]


@dataclass(frozen=True)
class Done:
    """What a run did. `moved` are points that changed while the submission stayed as it was.

    `taken_back` are overrides that the sheet before had and this one has not; with `sheet_edited`, `overrides.csv` was
    edited and not given with --overrides. With `other_grader`, what was graded had been graded by another grader; with
    `unfinished`, an earlier `grade` was stopped. `foreign_pages` were not written by the grader and are nobody's here.
    """

    counts: Counts
    summary: ClassSummary
    moved: tuple[Move, ...]
    sheet_edited: bool
    pages_removed: int
    foreign_pages: tuple[Path, ...]
    taken_back: tuple[Override, ...] = ()
    other_grader: bool = False
    unfinished: bool = False


def grade_all(
    order: Order, submissions: Sequence[Submission], follow: Follow,
    pool_of: Callable[[Order, str], Pool] | None = None, opening: Opening | None = None,
) -> Done:  # fmt: skip
    """Grade what is new, take the TAs' sheet, and write everything out.

    `pool_of` makes a pool for one run. Without one, student code runs in the sandbox of `opening`.
    """
    date, sheet = now(), None
    if order.overrides:
        sheet = read_overrides(order.overrides, order.key, [one.student_id for one in submissions], date)
    order.out.mkdir(parents=True, exist_ok=True)
    with reports.one_run(order.out), Gradebook(order.out / GRADEBOOK) as book:
        plan = plan_class(book, order, submissions)
        counts, is_whole = plan.counts, all((order.out / name).exists() for name in SHEETS)
        is_needed = bool(plan.new) or not book.runs.last_grader()
        with ExitStack() as stack:
            opening = opening or stack.enter_context(Opening(order.unsafe))
            if counts.graded and not pool_of:
                prepare()  # while the sandbox starts
            sandbox = None if pool_of or not is_needed else opening.sandbox
            pool = pool_of(order, date) if pool_of else _workers(order, counts.graded, grading, date, sandbox)
            stack.enter_context(closing(pool))
            level = pool.begin() if is_needed else level_of(book)
            run = _Run(book, order, date, "grade", level)
            book.keep_only(plan.everybody)
            taken_back = () if sheet is None else book.overrides.take_sheet(sheet, run.number)
            run.judge_again(plan.stale, lambda *_: None)
            run.grade(plan, pool, follow)
        is_new = bool(counts.graded or counts.rejudged or counts.removed or sheet is not None)
        done = run.end(is_new or not is_whole)
    return replace(done, counts=counts, taken_back=taken_back, other_grader=plan.other_grader)


def rejudge_all(order: Order, follow: Follow) -> Done:
    """Judge the saved outcomes of a class with today's key and write everything out. Runs nobody's code."""
    with gradebook_in(order.out) as book, reports.one_run(order.out):
        students = book.fingerprints()
        require_same_questions(book, order, students)
        unfinished = book.runs.stopped() == "grade"
        run = _Run(book, order, now(), "rejudge", level_of(book))
        with follow(len(students)) as progress:
            run.judge_again(students, progress)
        return replace(run.end(is_new=True), counts=Counts(rejudged=len(students)), unfinished=unfinished)


def moves_if_rejudged(order: Order, follow: Follow) -> list[Move]:
    """The points that `rejudge_all` would change and students would see. Nothing is written."""
    found: list[Move] = []
    with gradebook_in(order.out) as book:
        students, overrides = book.fingerprints(), book.overrides.effective()
        require_same_questions(book, order, students)
        results = _judged_again(book, order, None, students)
        with closing(results), follow(len(students)) as progress:
            for job, record in results:
                record = record or ungraded(order.key, job, ENDED)
                found += (move for move in book.moves.moved_by(record) if is_visible(move, overrides))
                progress(record.student_id, record.status, record.words.headline)
    return sorted(found, key=lambda move: (move.student_id, move.criterion))


class _Run:
    """A run in progress; `number` is its number in the gradebook."""

    def __init__(self, book: Gradebook, order: Order, date: str, verb: str, level: Level) -> None:
        self.number = begin_run(book, order, verb, level, date)
        self._book, self._order, self._page = book, order, PageContext(date, level)
        self._on_pages = book.overrides.effective()

    def grade(self, plan: Plan, pool: Pool, follow: Follow) -> None:
        """Grade what is new."""
        results = pool.work_through(self._completed(plan.new))
        with closing(results), follow(len(plan.new)) as progress:
            for job, graded in results:
                record = self._enter(job, graded, progress)
                # A file that was gone for a moment, as on a network drive, may come back as it was.
                if record.status == "unreadable" and fingerprint(plan.asked, job.submission) != job.fingerprint:
                    self._book.forget_fingerprint(record.student_id)

    def _completed(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """The jobs, with the record before where only some criteria are asked again."""
        done = self._book.fingerprints()
        for job in jobs:
            student = job.identity.student_id
            is_same = self._order.criteria and done.get(student) == job.fingerprint
            yield replace(job, record=self._book.record_of(student)) if is_same else job

    def judge_again(self, students: Collection[str], progress: Progress) -> None:
        """Judge saved outcomes with today's key."""
        with closing(_judged_again(self._book, self._order, self._page, students)) as results:
            for job, record in results:
                self._enter(job, record, progress)

    def _enter(self, job: Job, record: Record | None, progress: Progress) -> Record:
        if record is None:
            record = ungraded(self._order.key, job, ENDED)
            html = render_student_page(record, self._order.key, self._page)
            reports.write_page(self._order.out, job.identity.folder, html)
        self._book.enter(record, self.number)
        self._on_pages.pop(record.student_id, None)
        progress(record.student_id, record.status, record.words.headline)
        return record

    def end(self, is_new: bool) -> Done:
        """Write what TAs said since the pages were written, and all sheets where anything is new."""
        book, order = self._book, self._order
        said = book.overrides.effective()
        later = [one for one in book.fingerprints() if said.get(one, {}) != self._on_pages.get(one, {})]
        reports.write_pages(book, order, self._page, later)
        book.overrides.settle()
        if is_new or later:
            summary = reports.write_sheets_and_class(book, order, self._page)
        else:
            summary = reports.summed_up(book, order.key)
        edited = reports.sheet_is_edited(book, order.out, order.overrides)
        left_over = reports.remove_left_over_pages(order.out, book.folders().values())
        moved = tuple(move for move in book.moves.by(self.number) if is_visible(move, said))
        book.runs.finish(self.number, now())
        return Done(Counts(), summary, moved, edited, *left_over)


def _judged_again(
    book: Gradebook, order: Order, page: PageContext | None, students: Collection[str]
) -> Generator[tuple[Job, Record | None], None, None]:
    """Judge saved records again; without a `page` nothing is written."""
    records = (book.record_of(student) for student in sorted(students))
    jobs = (Job(one.identity, Submission(one.student_id, one.identity.name), record=one) for one in records)
    if students and page is not None:
        prepare()
    with closing(_workers(order, len(students), judging, page)) as pool:
        yield from pool.work_through(jobs)


def _workers(order: Order, count: int, set_up: Callable[..., Any], *arguments: object) -> WorkerPool[Job, Record]:
    """A pool for `count` jobs. It is to be forked after templates are compiled, so that no worker has to do it."""
    return WorkerPool(set_up, (order, *arguments), 1 if count <= FEW else order.jobs)
