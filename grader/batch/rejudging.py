"""A class judged anew from what is saved of it, by all cores of this machine: nobody's code is run.

takes: a class to be judged by today's key, and the saved records one by one, with what TAs said over them.
gives: a row for each, whose page lies in its place before; where it is only tried, the row alone.
must not know: gradebooks, who is to be judged anew, sandboxes at work.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from grader.answer_key import AnswerKey
from grader.batch.class_folder import write_page
from grader.batch.crew import Hands
from grader.batch.saved_class import Class, unread
from grader.errors import DamagedRecordError
from grader.feedback.own_fault import fault_on_one
from grader.feedback.record import ungraded_again
from grader.gradebook import Override, Record, Row, Saved, applied, prepare
from grader.judge import Outcomes
from grader.judging import judge_again
from grader.report.page_context import PageContext
from grader.wire import WireError

FEW = 20  # hand-ins that one process judges sooner than a crew is made


@dataclass(frozen=True)
class Task:
    """One hand-in as it is saved, the run that it is judged in, and what TAs said over its student.

    It goes to another process as text and bytes, and is read there.
    """

    saved: Saved
    page: PageContext
    said: Mapping[str, Override]


def judged_anew(order: Class, tasks: Iterable[Task], count: int) -> Generator[tuple[Task, Row], None, None]:
    """Judge every one of `count` saved hand-ins by today's key, and write its page. Closed early, it stops all work."""
    jobs = 1 if count <= FEW else order.jobs
    with Hands(_work, _set_up, (order,), jobs, partial(_given_up, order)) as crew:
        yield from crew.go_through(tasks)


def without_outcomes(order: Class, task: Task, reason: str) -> Row:
    """The row, and the page, of one that could not be judged; the next `grade` asks it again."""
    return _entered(order, task, ungraded_again(task.saved.read(), order.key, reason))


def _entered(order: Class, task: Task, record: Record, outcomes: Outcomes = ()) -> Row:
    """The row of a record whose page, with what TAs said, lies in its place."""
    if not order.only_tried:
        write_page(order, task.page, applied(record, task.said, order.worth), outcomes)
    return prepare(record)


# What a process of the crew keeps between two pieces: a key is large.
_at_work: list[Class] = []


def _set_up(order: Class) -> None:
    _at_work[:] = [order]


def _work(task: Task) -> Row:
    order = _at_work[0]
    try:
        return _entered(order, task, *_judged(order.key, task.saved.read()))
    except DamagedRecordError:
        return _entered(order, task, unread(task.saved, order.key))
    except Exception as error:
        return without_outcomes(order, task, fault_on_one(error))


def _judged(key: AnswerKey, record: Record) -> tuple[Record, Outcomes]:
    """The record by today's key; ungraded where its outcomes cannot be read, so that the next `grade` asks again."""
    try:
        return judge_again(key, record)
    except WireError as error:
        return ungraded_again(record, key, f"What this program answered cannot be read back ({error})."), ()


def _given_up(order: Class, task: Task) -> Row:
    """What becomes of a hand-in whose process died under it twice."""
    return without_outcomes(order, task, "The grader's own process ended while it judged this.")
