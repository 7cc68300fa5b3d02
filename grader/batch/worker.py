"""What one worker process does: it grades in a sandbox of its own, or judges again, and writes the student's page.

The page has what the machine says. Where TAs said something, the process that leads writes it again in the end.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from grader.batch.folder import write_page
from grader.batch.order import Job, Order
from grader.errors import GradebookError, GraderError, KeyFileError, SandboxError
from grader.feedback import ungraded_record
from grader.gradebook import Record
from grader.key import Key, unpack_outcomes
from grader.pipeline import Context, grade_one, judge_again
from grader.report import PageContext, render_student_page
from grader.sandbox import Level, Sandbox

# New objects between two collections. Python's 700 cost a tenth of the time of a class; with 500,000 a worker grows by
# 10 MB with each 100 submissions.
_COLLECTIONS = 50_000
_LEFT = (FileNotFoundError, ProcessLookupError, ChildProcessError)  # raised about one submission's files and processes


def grading(order: Order, date: str, sandbox: Sandbox) -> tuple[Level, Callable[[Job], Record]]:
    """Give the level of the sandbox that all workers share, and the function that grades in it."""
    context, page = Context(order.key, sandbox), PageContext(date, sandbox.level)

    def grade(job: Job) -> Record:
        record, html = graded(context, page, job, order.criteria)
        write_page(order.out, job.identity.folder, html, is_graded=True)
        return record

    be_quick()
    return sandbox.level, grade


def judging(order: Order, page: PageContext | None) -> tuple[None, Callable[[Job], Record]]:
    """Give the function that judges a record again by today's key; without a `page` it writes none."""

    def judge(job: Job) -> Record:
        assert job.record is not None
        try:
            record, outcomes = judge_again(order.key, job.record)
        except Exception as error:
            record, outcomes = ungraded(order.key, job, fault(job, error)), {}
        if page is not None:
            write_page(order.out, job.identity.folder, render_student_page(record, order.key, page, outcomes))
        return record

    be_quick()
    return None, judge


def be_quick() -> None:
    """Collect rarely; and read the answers of a submission together, not each as it is written.

    A batch process does not interrupt the one that wakes it (sched(7)). A third of the switches are left, and a class
    takes 6 % less time.
    """
    gc.freeze()
    gc.set_threshold(_COLLECTIONS)
    if sys.platform == "linux":
        with suppress(OSError):  # whoever runs it at idle priority may not leave that
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def graded(context: Context, page: PageContext, job: Job, criteria: frozenset[str]) -> tuple[Record, str]:
    """The record and the page of a submission. Where we fail at it, it is ungraded, and all others go on."""
    key = context.key
    try:
        saved = job.record.evidence.outcomes if job.record else b""
        outcomes = unpack_outcomes(saved) if saved else {}
        known = {number: came for number, came in outcomes.items() if not criteria & {*key.entries[number].stages}}
        record, asked = grade_one(context, job.submission, job.identity.folder, known)
        if record.status not in ("ungraded", "partly graded"):  # without a fingerprint the next run tries again
            evidence = msgspec.structs.replace(record.evidence, fingerprint=job.fingerprint)
            record = msgspec.structs.replace(record, evidence=evidence)
        return record, render_student_page(record, key, page, asked)
    except Exception as error:
        record = ungraded(key, job, fault(job, error))
        return record, render_student_page(record, key, page)


def ungraded(key: Key, job: Job, reason: str) -> Record:
    """The record of a submission that we failed to grade; the next `grade` tries it again."""
    return ungraded_record(job.identity, key, SandboxError(reason))


def fault(job: Job, error: Exception) -> str:
    """What is said of a bug of ours: its place, and no value, since the page is the student's.

    What concerns more than one submission, as a full disk, is raised again, and so is a damaged gradebook.
    """
    if isinstance(error, KeyFileError):
        hint = f"grade it again: grader grade SUBMISSIONS --student '{job.identity.student_id}'"
        raise GradebookError(f"{job.identity.student_id}: {error}", hint) from error
    if isinstance(error, GraderError | OSError | MemoryError) and not isinstance(error, _LEFT):
        raise error
    traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    name = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
    return f"The grader itself failed on this submission ({name}): report it, with the file."
