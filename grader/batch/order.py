"""What is to be done with a class: what is new in it, what stays, and what must not be mixed."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.edition import edition
from grader.errors import GradebookError
from grader.folders import PAGE, RESERVED, folder_name
from grader.gradebook import Gradebook, Identity, Record, Run
from grader.intake import Submission
from grader.key import REFERENCE, Basis, Key, pack_outcomes
from grader.key.store import pack
from grader.sandbox import Level


@dataclass(frozen=True)
class Order:
    """What is graded, with which key, and where the reports go.

    `overrides` are sheets of changed points; without any those of the last sheet stay. `students` are the only ones to
    be graded, and `criteria` the only functions to be asked again (empty: all); what is named is graded though it has
    not changed.
    """

    key: Key
    key_source: str
    out: Path
    jobs: int = 1
    unsafe: bool = False
    force: bool = False
    students: frozenset[str] = frozenset()
    criteria: frozenset[str] = frozenset()
    overrides: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Job:
    """A submission to be graded, or a record to be judged again. The identity has the folder of the page.

    `fingerprint` is of all that the outcomes depend on. A submission to be graded has a `record` where only some
    criteria are asked again: its other outcomes stay.
    """

    identity: Identity
    submission: Submission
    fingerprint: str = ""
    record: Record | None = None


@dataclass(frozen=True)
class Counts:
    """How many submissions were graded, judged again, not graded again, removed from the class, and left to be graded.

    `off_roster` of the removed had handed in nothing. `late_lost` had a lateness or an extension in an earlier run,
    which this one was not given.
    """

    graded: int = 0
    rejudged: int = 0
    kept: int = 0
    removed: int = 0
    waiting: int = 0
    off_roster: int = 0
    late_lost: int = 0


@dataclass(frozen=True)
class Plan:
    """A class by what is to be done with it: `new` are graded, and `stale` are judged again by today's key.

    `asked` is what all fingerprints have in common. With `other_grader`, what is new was graded by another grader.
    """

    asked: str
    everybody: frozenset[str]
    new: tuple[Job, ...]
    stale: frozenset[str]
    counts: Counts
    other_grader: bool


def plan_class(book: Gradebook, order: Order, submissions: Sequence[Submission]) -> Plan:
    """Find what is new; refuse where rows of another exam would be overwritten, or be left beside those of this one."""
    done = book.fingerprints()
    if done:
        require_same_assignment(book, order)
    asked = f"{edition()} {questions_digest(order.key)}"
    jobs = {job.identity.student_id: job for job in _jobs(asked, submissions)}
    if len(done) > 1 and done.keys().isdisjoint(jobs):  # one file was only tried, or it is another group
        sentence = f"{order.out} holds a class of {len(done)}, and none of them is among these submissions"
        hint = "name another folder with --out; if these are to replace that class, move its folder away first"
        raise GradebookError(sentence, hint)
    new = tuple(job for job in jobs.values() if _is_to_be_graded(order, job, done))
    others = jobs.keys() - {job.identity.student_id for job in new}
    changed = {student for student in others if done.get(student) != jobs[student].fingerprint}
    kept = frozenset(others & done.keys())
    if kept & changed:
        require_same_questions(book, order, kept & changed)
    stale = kept if book.runs.judged_by() != key_digest(order.key) else frozenset[str]()
    removed, off_roster, late_lost = _missed(book, jobs, new)
    counts = Counts(len(new), len(stale), len(kept), removed, len(changed), off_roster, late_lost)
    other_grader = bool(new and done) and book.runs.last_grader() != edition()
    return Plan(asked, frozenset(jobs), new, stale, counts, other_grader)


def _missed(book: Gradebook, jobs: Mapping[str, Job], new: Sequence[Job]) -> tuple[int, int, int]:
    """How many leave the class, how many of them were only on a roster, and how many are not late any more."""
    there = book.fingerprints().keys()
    leaving, again = there - jobs.keys(), [job.identity for job in new if job.identity.student_id in there]
    before = {one.student_id: one.identity.arrival for one in book.records()} if leaving or again else {}
    late_lost = [one for one in again if one.arrival.late_by is None and before[one.student_id].late_by is not None]
    return len(leaving), sum(before[student].absent for student in leaving), len(late_lost)


def fingerprint(asked: str, submission: Submission) -> str:
    """A digest of all that a submission's outcomes depend on: what is asked, by which grader, of which files."""
    told = f"{asked} {submission.problem} {submission.name} {submission.arrival} {submission.contents_digest()}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _jobs(asked: str, submissions: Sequence[Submission]) -> Iterator[Job]:
    taken = set(RESERVED)
    for one in submissions:
        folder = folder_name(one.student_id, taken)
        taken.add(folder.casefold())
        identity = Identity(one.student_id, one.name, folder=folder, arrival=one.arrival)
        yield Job(identity, one, fingerprint(asked, one))


def _is_to_be_graded(order: Order, job: Job, done: Mapping[str, str]) -> bool:
    student = job.identity.student_id
    if order.students:
        return student in order.students
    changed = done.get(student) != job.fingerprint or not (order.out / job.identity.folder / PAGE).exists()
    return changed or order.force or bool(order.criteria)


# ---- one class, one key ----------------------------------------------------------------------------------------------


def key_digest(key: Key) -> str:
    """A digest of a key, its rubric and its author's files too; a digest of all answers takes a fifth of a second."""
    rubric = msgspec.json.encode(key.rubric, enc_hook=str)
    return hashlib.sha256(f"{questions_digest(key)} {key.sources}".encode() + rubric).hexdigest()


def questions_digest(key: Key) -> str:
    """A digest of all that a program's outcomes depend on: another key with the same one can judge them."""
    names = [(rule.name, rule.also_named) for rule in key.rubric.criteria]
    read = f"{key.digest} {names} {sorted(key.rubric.handout.untouched.items())}"
    return hashlib.sha256(read.encode() + pack(key.recordings)).hexdigest()


def run_of(order: Order, verb: str, level: Level) -> Run:
    """What the gradebook notes of a run with this order."""
    rubric, digests = order.key.rubric, (key_digest(order.key), questions_digest(order.key))
    return Run(verb, rubric.name, rubric.title, *digests, order.key_source, edition(), level.value)


def begin_run(book: Gradebook, order: Order, verb: str, level: Level, date: str) -> int:
    """Enter a run; gives its number. Most outcomes will be like the reference's on its own results."""
    key = order.key
    own = {number: came for number, came in key.answers[REFERENCE].items() if key.entries[number].basis is Basis.OWN}
    book.expect(pack_outcomes(own))
    return book.runs.begin(run_of(order, verb, level), date)


def require_same_assignment(book: Gradebook, order: Order) -> None:
    """Refuse the key of another assignment: grading again would not help."""
    graded_with, name = book.runs.latest()["assignment"], order.key.rubric.name
    if graded_with != name:
        sentence = f"{order.out} holds a class that was graded with '{graded_with}', and this is '{name}'"
        raise GradebookError(sentence, "name the assignment of that class, or another folder for the reports")


def require_same_key(book: Gradebook, order: Order) -> None:
    """Refuse to show points of one key beside the rubric of another."""
    latest = book.runs.latest()
    if latest["key_digest"] != key_digest(order.key):
        require_same_assignment(book, order)
        hint = f"run this first, which runs nobody's code: grader rejudge {shlex.quote(str(order.out))}"
        if latest["questions_digest"] != questions_digest(order.key):
            hint = "run 'grader grade' again first: its questions have changed"
        raise GradebookError("the assignment has changed since this class was graded", hint)


def require_same_questions(book: Gradebook, order: Order, students: Collection[str]) -> None:
    """Refuse to judge, or to keep, outcomes of other questions: one class has one exam."""
    require_same_assignment(book, order)
    digest, asked = questions_digest(order.key), book.questions()
    if others := sum(asked[student] != digest for student in students):
        sentence = f"the questions have changed since {others} of {len(asked)} submissions were graded"
        raise GradebookError(sentence, "run 'grader grade' again for the whole class, or let it end if it was stopped")
