"""The out folder of a class: what lies where in it, and how it is written from the gradebook.

takes: an order (key, out folder), records as the machine made them, what TAs said over them.
gives: a page for each student, the class page, `grades.csv`, `verdicts.jsonl`, `overrides.csv`.
must not know: how a hand-in is graded, sandboxes at work.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path

from grader.answer_key import AnswerKey, plan_digest
from grader.errors import GradebookError, OverridesError
from grader.export import Roster, grades_through, rows_beyond, rows_of, unused, verdicts_through, write_overrides
from grader.folders import folder_name
from grader.gradebook import Gradebook, Override, Overrides, Record, Saved, applied
from grader.judge import Outcomes
from grader.put_aside import digest_of, put_aside
from grader.report.arrays import case_sizes, public_arrays
from grader.report.class_page import FURTHER, render_class_pages
from grader.report.class_summary import ClassSummary, summarise
from grader.report.page import PageContext
from grader.report.record import ungraded_again
from grader.report.student_page import render_student_page
from grader.sandbox import Level
from grader.version import VERSION
from grader.viewing import NOTEBOOK
from grader.wire import WireError, unpack_outcomes

GRADEBOOK = "gradebook.sqlite"
GRADES = "grades.csv"
OVERRIDES = "overrides.csv"  # what TAs changed, to be read by eye, or by `--overrides` should the gradebook be lost
# What lies in the out folder beside the students' folders; no student's folder may be called so.
RESERVED = {
    "index.html", FURTHER, GRADES, "verdicts.jsonl", OVERRIDES, "similar", "similar.html",
    *(f"{GRADEBOOK}{end}" for end in ("", "-wal", "-shm")),
}  # fmt: skip
PAGE = "report.html"  # in a student's folder
SHEETS = (GRADES, "verdicts.jsonl", "index.html")


@dataclass(frozen=True)
class Class:
    """What is graded, by what, and where it goes.

    `overrides` is the sheet of changed points; `None` leaves those of the last sheet. `students` are the only ones to
    be graded, and `criteria` the only functions to be asked again; empty means all, and what is named is graded again.
    """

    key: AnswerKey
    key_source: str
    out: Path
    jobs: int = 1
    unsafe: bool = False
    force: bool = False
    overrides: Sequence[Override] | None = None
    students: frozenset[str] = frozenset()
    criteria: frozenset[str] = frozenset()

    @property
    def worth(self) -> dict[str, Fraction]:
        """The points of each criterion, by name and in order."""
        return self.key.rubric.worth


def gradebook_in(reports: Path, shared: bool = False) -> Gradebook:
    """The gradebook of a graded class, to be used as a context manager; `GradebookError` where there is none."""
    path = reports / GRADEBOOK
    if not (path.is_file() or path.is_dir() or path.is_symlink()):
        raise GradebookError(f"there is no gradebook in {reports}", "name the folder that 'grader grade' wrote")
    return Gradebook(path, shared)


def demand_same_key(book: Gradebook, order: Class) -> None:
    """Points that were judged by one key are neither shown nor handed out beside the rules of another."""
    latest = book.latest_run()
    if latest["key_digest"] != order.key.digest:
        demand_same_assignment(book, order)
        asks_the_same = latest["plan_digest"] == plan_digest(order.key)
        raise GradebookError(
            "the assignment has changed since this class was graded, so its points and pages are of another key",
            f"run 'grader rejudge {order.out}' first: it runs nobody's code"
            if asks_the_same
            else "run 'grader grade' again first: the questions, or files given with them, are others now",
        )


def demand_same_assignment(book: Gradebook, order: Class) -> None:
    """Where a key does not fit because it is of another exercise, nothing has changed, and grading again is no help."""
    there = book.latest_run()["assignment"]
    if there != order.key.rubric.name:
        raise GradebookError(
            f"{order.out} holds a class that was graded by '{there}', and this key is of '{order.key.rubric.name}'",
            "name the assignment, or the key, that the class was graded by; where that has another name since, grade "
            "into another folder, by --out",
        )


def level_of(book: Gradebook) -> Level:
    """How strong the sandboxes of the last run were."""
    told = book.latest_run()["sandbox"]
    try:
        return Level(told)
    except ValueError as error:
        raise GradebookError(
            f"{book.path} tells of a sandbox that is not known here ({told!r:.40})",
            "run 'grader grade' again: it notes the one that is here",
        ) from error


def records_of(order: Class) -> Iterator[Record]:
    """All records of a graded class, with what TAs said over them."""
    with Gradebook(order.out / GRADEBOOK) as book:
        yield from _told_records(book, order)


def _told_records(book: Gradebook, order: Class) -> Iterator[Record]:
    said = book.overrides.effective()
    for record in book.records(with_outcomes=False, instead=partial(record_instead, book, order)):
        yield told(record, said, order)


def record_instead(book: Gradebook, order: Class, saved: Saved) -> Record:
    """What is told of a hand-in whose record is damaged: it has no points until `grade` has made it anew."""
    return unread(placed(book, saved), order.key)


def unread(saved: Saved, key: AnswerKey) -> Record:
    """The same, of one whose folder is known."""
    kept = (saved.student_id, saved.name, saved.file, saved.sha256)
    nothing = Record(*kept, "ungraded", None, key.rubric.points, saved.folder)
    return ungraded_again(nothing, key, "What was saved of this hand-in is damaged, and cannot be read back.")


def placed(book: Gradebook, saved: Saved) -> Saved:
    """With the folder of its page, which is named after the student, and is no other's."""
    if saved.folder:
        return saved
    others = {name.casefold() for name in book.folders() if name is not None}
    return replace(saved, folder=folder_name(saved.student_id, RESERVED | others))


def told(record: Record, said: Overrides, order: Class) -> Record:
    """A record as pages and sheets tell it: with what TAs said over the machine."""
    return applied(record, said.get(record.student_id, {}), order.worth)


def strays_of(order: Class) -> list[Override]:
    """What TAs said of students or criteria that are not here any more: it is kept, and counts for nobody."""
    with Gradebook(order.out / GRADEBOOK) as book:
        return list(unused(book.overrides.effective(), Roster(list(book.fingerprints()), order.worth)))


def unknown_changes(book: Gradebook, order: Class) -> list[Sequence[str]]:
    """Rows of `overrides.csv` that the gradebook knows nothing of, as where it was lost and this is a new one.

    Or which somebody has changed there since it was written; but for those that a sheet given now is about.

    Ask before a run changes anything: rows that a new sheet takes back are known only until then. Raises
    `OverridesError` if the sheet cannot be read, so that nothing in it is ever written over.
    """
    path, given = order.out / OVERRIDES, {(o.student_id, o.criterion) for o in order.overrides or ()}
    counts = rows_of(book.overrides.effective())
    ours = {place: {row, counts.get(place, row)} for place, row in book.overrides.kept().items() if place not in given}
    try:
        return rows_beyond(path, book.overrides.places() | given, ours)
    except OverridesError as error:
        raise OverridesError(f"what TAs changed cannot be read: {error}", f"move {path} away, or mend it") from error


def tell_anew(book: Gradebook, order: Class, students: Sequence[str]) -> ClassSummary:
    """Write the pages of some students and all sheets from what the gradebook holds: after a TA's change."""
    said = book.overrides.effective()
    page = page_context(order.key, level_of(book), now())
    for student in students:
        record = book.record_of(student)
        write_page(order, page, told(record, said, order), outcomes_of(book, record))
    return write_out(book, order, page, unknown_changes(book, order))


def outcomes_of(book: Gradebook, record: Record) -> Outcomes:
    """What a saved hand-in answered; raises `GradebookError` where that cannot be read."""
    try:
        return unpack_outcomes(record.outcomes)
    except WireError as error:
        raise GradebookError(
            f"what '{record.student_id}' answered cannot be read back from {book.path} ({error})",
            f"grade that one again: grader grade SUBMISSIONS --student {shlex.quote(record.student_id)}",
        ) from error


def page_context(key: AnswerKey, level: Level, date: str, scope: str = "grade") -> PageContext:
    """What the pages of a run by this key, at this level, have in common."""
    return PageContext(key.rubric.title, date, key.digest, VERSION, level.title, level.promise, scope)


def page_of_check(record: Record, key: AnswerKey, level: Level) -> str:
    """The page of a student's own check."""
    return render_page(record, page_context(key, level, now(), "check"), key, unpack_outcomes(record.outcomes))


def write_page(order: Class, page: PageContext, record: Record, outcomes: Outcomes) -> None:
    """Write one student's page."""
    keep_page(order, record.folder, render_page(record, page, order.key, outcomes))


def keep_page(order: Class, folder: str, html: str) -> None:
    """Put a page where it lies."""
    (order.out / folder).mkdir(exist_ok=True)
    _put(order.out / folder / PAGE, html)


def render_page(record: Record, page: PageContext, key: AnswerKey, outcomes: Outcomes) -> str:
    """One student's page, from a record with what TAs said over it."""
    # Arrays of what is right say nothing that the word does not, and those of a template are nobody's; they are most
    # of a page's weight and time.
    shown = {
        c.name: c.variant
        for c in record.criteria
        if c.verdict != "not attempted" and (page.scope == "check" or c.machine_points != c.max_points)
    }
    return render_student_page(record, page, public_arrays(key, outcomes, shown) if shown else None, case_sizes(key))


def write_out(book: Gradebook, order: Class, page: PageContext, unknown: Sequence[Sequence[str]] = ()) -> ClassSummary:
    """Write all sheets and the class page from the gradebook; gives the class as it was summed up.

    Changes that are `unknown` to the gradebook stay in `overrides.csv`, and a `grades.csv` that somebody has changed is
    kept beside the new one.
    """
    grades = order.out / GRADES
    aside = put_aside(grades, book.overrides.written(GRADES))
    book.overrides.note_written(GRADES, "")  # who is killed before the note below has changed nothing by hand
    records = grades_through(grades, list(order.worth), _told_records(book, order))
    summary = summarise(verdicts_through(order.out / "verdicts.jsonl", order.worth, records))
    book.overrides.note_written(GRADES, digest_of(grades))
    summary.put_aside = aside.name if aside else ""
    write_class(order.out, summary, page)
    said = book.overrides.effective()
    if said or ((order.out / OVERRIDES).exists() and not unknown):
        write_overrides(order.out / OVERRIDES, said, unknown)
        book.overrides.keep(rows_of(said))
    return summary


def write_class(out: Path, summary: ClassSummary, page: PageContext) -> None:
    """Write the class page and its further pages; further pages of a class that was larger are taken away."""
    stale = set((out / FURTHER).glob("*.html"))
    notebooks = {path.parent.name for path in out.glob(f"*/{NOTEBOOK}")}
    for name, html in render_class_pages(summary, page, notebooks):
        (out / name).parent.mkdir(exist_ok=True)
        _put(out / name, html)
        stale.discard(out / name)
    for path in stale:
        path.unlink()


def _put(path: Path, html: str) -> None:
    try:
        path.write_text(html, encoding="utf-8", errors="replace")
    except OSError as error:
        error.filename = error.filename or str(path)  # a write that fails does not say where
        raise


def now() -> str:
    """The time as pages and the gradebook tell it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
