"""A class parted by what is to be done: who is graded, who stays as is, and what must not be mixed.

takes: an order, the submissions, the gradebook as it is.
gives: `Parts`, each hand-in with its folder and its fingerprint, and the class as it stands; or a refusal, before
anything is changed.
must not know: who grades, how anything is judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from grader.answer_key import AnswerKey, lent_digest, plan_digest
from grader.batch.pieces import Piece
from grader.batch.saved_class import Class, StandIns
from grader.edition import edition
from grader.errors import GradebookError, SelectionError
from grader.folders import PAGE, RESERVED, folder_name
from grader.gradebook import Gradebook
from grader.intake import Submission, feed_contents
from grader.report.class_summary import ClassSummary, summarise


@dataclass(frozen=True)
class Parts:
    """A class by what is to be done with it.

    `new` are graded, suspects last. Of the others, `kept` have a row in the gradebook, and of these `sound` are just as
    they were graded; `waiting` are not, and were not asked for by name. `everybody` is who handed in. `summary` is the
    class as it stands in the gradebook, where no TA has said anything over it.
    """

    everybody: frozenset[str]
    summary: ClassSummary | None
    new: tuple[Piece, ...]
    kept: frozenset[str]
    sound: Mapping[str, Piece]
    waiting: int


def parted(book: Gradebook, order: Class, submissions: Sequence[Submission]) -> Parts:
    """Part a class; refuse where rows would be written over or be left that are of another exam."""
    _refuse_another_class(book, order)
    pieces = {piece.submission.student_id: piece for piece in _pieces(order.key, submissions)}
    done, hung = book.fingerprints(), book.students_with("timed out")
    _refuse_other_people(order, pieces.keys(), done.keys())
    summary, damaged = _looked_through(book, order)
    for student in damaged:
        del done[student]  # who is to be graded anew, as if it were not there
    new = [student for student, piece in pieces.items() if _is_to_be_graded(order, piece, done)]
    new.sort(key=lambda student: student in hung)  # nobody waits for suspects
    others = pieces.keys() - new
    sound = {student: pieces[student] for student in others if done.get(student) == pieces[student].fingerprint}
    kept = others & done.keys()
    _refuse_another_exam(book, order, kept - sound.keys())
    return Parts(
        frozenset(pieces), summary, tuple(pieces[student] for student in new), frozenset(kept), sound,
        len(others - sound.keys()),
    )  # fmt: skip


def _looked_through(book: Gradebook, order: Class) -> tuple[ClassSummary | None, set[str]]:
    """The class summed up, where no TA has said anything over it; and of whom what is saved is damaged.

    Both at once: where nothing is new, to read all records takes half of a run, and they need not be read again.
    """
    instead = StandIns(book, order.key)
    summary = summarise(book.records(with_outcomes=False, instead=instead))
    return None if book.overrides.effective() else summary, instead.students


def _refuse_another_class(book: Gradebook, order: Class) -> None:
    """A class of another assignment is never written over: its hand-ins may not be at hand any more."""
    if not book.fingerprints():
        return
    there = book.runs.latest()["assignment"]
    if there != order.key.rubric.name:
        raise GradebookError(
            f"{order.out} holds a class that was graded by '{there}', and this is '{order.key.rubric.name}'",
            "name another folder with --out",
        )


def _refuse_other_people(order: Class, handed_in: Set[str], there: Set[str]) -> None:
    """Hand-ins of which nobody is known take a whole class's place: one file that was only tried, or another group."""
    if len(there) > 1 and handed_in.isdisjoint(there):
        raise GradebookError(
            f"{order.out} holds a class of {len(there)}, and none of them is among these hand-ins",
            "name another folder with --out; if these are to take that class's place, move its folder away first",
        )


def _refuse_another_exam(book: Gradebook, order: Class, staying: Set[str]) -> None:
    """Answers to other questions can neither be judged by today's key nor stand beside those to today's."""
    plans, asked = book.plans(), plan_digest(order.key)
    if others := sum(plans[student] != asked for student in staying):
        raise SelectionError(
            f"the questions, or files given with them, have changed since {others} of the others were graded",
            "grade the whole class, without --student: one class has one exam",
        )


def _is_to_be_graded(order: Class, piece: Piece, done: Mapping[str, str]) -> bool:
    """Whether it is new, has changed, or was asked for by name."""
    student = piece.submission.student_id
    if order.students:
        return student in order.students
    changed = done.get(student) != piece.fingerprint or not _page(order, piece).exists()
    return order.force or bool(order.criteria) or changed


def _pieces(key: AnswerKey, submissions: Sequence[Submission]) -> Iterator[Piece]:
    taken, asked = set(RESERVED), _asked(key)
    for submission in submissions:
        folder = folder_name(submission.student_id, taken)
        taken.add(folder.casefold())
        yield Piece(submission, folder, _fingerprint(asked, submission))


def is_as_it_was(key: AnswerKey, piece: Piece) -> bool:
    """Whether a hand-in's files hold what they held when the class was parted."""
    return _fingerprint(_asked(key), piece.submission) == piece.fingerprint


def _asked(key: AnswerKey) -> str:
    # Of the key only what is asked, what is lent, under which limits, and what is untouched, which tells what of a
    # hand-in is run: all else is judged anew from the same outcomes.
    untouched = sorted((name, tuple(digests)) for name, digests in key.rubric.stubs.items())
    return f"{edition()} {plan_digest(key)} {lent_digest(key)} {key.rubric.limits} {untouched}"


def _fingerprint(asked: str, submission: Submission) -> str:
    told = f"{asked} {submission.problem} {submission.name} {submission.arrival}"
    digest = hashlib.sha256(told.encode("utf-8", "replace"))
    feed_contents(digest, submission)
    return digest.hexdigest()


def _page(order: Class, piece: Piece) -> Path:
    return order.out / piece.folder / PAGE
