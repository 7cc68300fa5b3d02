"""A graded class as its gradebook holds it: its records, with what TAs said over them, and no other key's.

takes: an order (key, folder of reports), the gradebook there.
gives: records to be told, one in the place of each that is damaged; what TAs said that counts for nobody; refusals.
must not know: how a hand-in is graded, how anything is written.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answer_key import AnswerKey, plan_digest
from grader.errors import GradebookError, OverridesError
from grader.export import Roster, rows_beyond, rows_of, unused
from grader.folders import GRADEBOOK, OVERRIDES, RESERVED, folder_name
from grader.gradebook import Gradebook, Override, Overrides, Record, Saved, applied
from grader.report.class_summary import ClassSummary, summarise
from grader.walls import Level
from grader.wire import WireError, unpack_outcomes

if TYPE_CHECKING:
    from grader.judge import Outcomes

Progress = Callable[[str, str, str], None]
"""Told of each hand-in as it is done: student, status, and the sentence where it is not graded."""

Follow = Callable[[int], AbstractContextManager[Progress]]
"""Asked, with how many hand-ins there will be, for who is to be told."""


@dataclass(frozen=True)
class Class:
    """What is graded, by what, and where it goes.

    `overrides` is the sheet of changed points; `None` leaves those of the last sheet. `students` are the only ones to
    be graded, and `criteria` the only functions to be asked again; empty means all, and what is named is graded again.
    Where it is `only_tried` what would come of it, no page is written.
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
    only_tried: bool = False

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
    latest = book.runs.latest()
    if latest["key_digest"] != order.key.digest:
        demand_same_assignment(book, order)
        asks_the_same = latest["plan_digest"] == plan_digest(order.key)
        raise GradebookError(
            "the assignment has changed since this class was graded, so its points and pages are of another key",
            f"run this first, which runs nobody's code: grader rejudge {shlex.quote(str(order.out))}"
            if asks_the_same
            else "run 'grader grade' again first: the questions, or files given with them, are others now",
        )


def demand_same_questions(book: Gradebook, order: Class) -> int:
    """Outcomes that are saved answer the questions that were asked; gives of how many they are."""
    plans, asked = book.plans(), plan_digest(order.key)
    if others := sum(plan != asked for plan in plans.values()):
        raise GradebookError(
            f"the questions of the exam, or files given with it, have changed since {others} of {len(plans)} "
            "hand-ins were graded, so their saved outcomes answer other questions",
            "run 'grader grade' again",
        )
    return len(plans)


def demand_asked(book: Gradebook, order: Class, student: str) -> None:
    """What answers other questions, where a run that asks these was stopped, is not told beside their numbers."""
    if book.plans().get(student, plan_digest(order.key)) != plan_digest(order.key):
        raise GradebookError(
            f"'{student}' has not been asked today's questions yet, since a run of 'grader grade' has not ended",
            "run 'grader grade' again, or let it end; then this again",
        )


def demand_same_assignment(book: Gradebook, order: Class) -> None:
    """Where a key does not fit because it is of another exercise, nothing has changed, and grading again is no help."""
    there = book.runs.latest()["assignment"]
    if there != order.key.rubric.name:
        raise GradebookError(
            f"{order.out} holds a class that was graded by '{there}', and this key is of '{order.key.rubric.name}'",
            "name the assignment, or the key, that the class was graded by; where that has another name since, grade "
            "into another folder, by --out",
        )


def level_of(book: Gradebook) -> Level:
    """How strong the sandboxes of the last run were."""
    told = book.runs.latest()["sandbox"]
    try:
        return Level(told)
    except ValueError as error:
        raise GradebookError(
            f"{book.path} tells of a sandbox that is not known here ({told!r:.40})",
            "run 'grader grade' again: it notes the one that is here",
        ) from error


class StandIns:
    """What stands in the place of records that are damaged: each has no points until `grade` has made it anew.

    To be called with what is saved of one; `students` are those for whom it was.
    """

    def __init__(self, book: Gradebook, key: AnswerKey) -> None:
        self._book, self._key = book, key
        self.students: set[str] = set()

    def __call__(self, saved: Saved) -> Record:
        """The record to be told of a damaged one."""
        self.students.add(saved.student_id)
        return unread(placed(self._book, saved), self._key)


def unread(saved: Saved, key: AnswerKey) -> Record:
    """What is told of a hand-in whose record is damaged, where its folder is known."""
    kept = (saved.student_id, saved.name, saved.file, saved.sha256)
    from grader.feedback.record import ungraded_again  # and with it the judge: records are seldom damaged

    nothing = Record(*kept, "ungraded", None, key.rubric.points, saved.folder)
    return ungraded_again(nothing, key, "What was saved of this hand-in is damaged, and cannot be read back.")


def placed(book: Gradebook, saved: Saved) -> Saved:
    """With the folder of its page, which is named after the student, and is no other's."""
    if saved.folder:
        return saved
    others = {name.casefold() for name in book.folders() if name is not None}
    return replace(saved, folder=folder_name(saved.student_id, RESERVED | others))


def records_of(order: Class) -> Iterator[Record]:
    """All records of a graded class, with what TAs said over them."""
    with Gradebook(order.out / GRADEBOOK) as book:
        yield from told_records(book, order, StandIns(book, order.key))


def told_records(book: Gradebook, order: Class, instead: StandIns) -> Iterator[Record]:
    """The same of a gradebook that is open; whose records are damaged is known to `instead` at the end."""
    said = book.overrides.effective()
    for record in book.records(with_outcomes=False, instead=instead):
        yield told(record, said, order)


def told(record: Record, said: Overrides, order: Class) -> Record:
    """A record as pages and sheets tell it: with what TAs said over the machine."""
    return applied(record, said.get(record.student_id, {}), order.worth)


def summed_up(book: Gradebook, order: Class) -> ClassSummary:
    """The class as it stands in a gradebook that is open."""
    summary = summarise(told_records(book, order, StandIns(book, order.key)))
    summary.strays = strays_of(book, order)
    return summary


def strays_of(book: Gradebook, order: Class) -> list[Override]:
    """What TAs said of students or criteria that are not here any more: it is kept, and counts for nobody."""
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


def outcomes_of(book: Gradebook, record: Record) -> Outcomes:
    """What a saved hand-in answered; raises `GradebookError` where that cannot be read."""
    try:
        return unpack_outcomes(record.outcomes)
    except WireError as error:
        raise GradebookError(
            f"what '{record.student_id}' answered cannot be read back from {book.path} ({error})",
            f"grade that one again: grader grade SUBMISSIONS --student {shlex.quote(record.student_id)}",
        ) from error
