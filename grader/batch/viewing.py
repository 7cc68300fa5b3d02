"""A student's whole notebook, found again among the hand-ins and rendered.

takes: a graded class, a student, and where the hand-ins were.
gives: `Viewed`: the page of the notebook, and how it came about.
must not know: the command line, how a page is served, verdicts.

The gradebook keeps the cells of a hand-in and no outputs. So the file itself is looked for; where it is gone or has
changed since, the page is made of what the gradebook has, and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.batch.apart import TooLongError, apart
from grader.errors import GradebookError, SubmissionError
from grader.gradebook import Gradebook, Record
from grader.intake import read_candidate, submissions_in
from grader.report.rendered_notebook import render_cells, render_notebook

SECONDS = 60.0  # for one page: one of ten megabytes of pictures takes five


@dataclass(frozen=True)
class Viewed:
    """A rendered notebook; `is_whole` tells whether its outputs are in it, `why` why not."""

    record: Record
    html: str
    is_whole: bool
    why: str = ""


def view_notebook(book: Gradebook, student_id: str, submissions: Path | None, back: str = "report.html") -> Viewed:
    """Render one student's notebook; `submissions` is the folder or archive that was graded.

    `back` is where the student's verdicts are, from where this page will be.

    Raises `GradebookError` for a student who is not in the gradebook, `SubmissionError` where nothing can be shown.
    """
    if student_id not in book.fingerprints():
        raise GradebookError(
            f"there is no student '{student_id}' in {book.path}",
            "the class page lists who is there, by the first column",
        )
    record = book.record_of(student_id)
    title, file = record.name or record.student_id, f"File: {record.file or 'none'}"
    text, why = _text_of(record, submissions)
    if text is not None:
        try:
            return Viewed(
                record, _rendered(render_notebook, text, title, file, "Outputs are as they were saved.", back), True
            )
        except SubmissionError as error:
            why = str(error)
    if not record.cells:
        raise SubmissionError(f"nothing of {student_id}'s hand-in can be shown: {why}", "open the file itself")
    html = _rendered(render_cells, record.cells, title, file, f"Without outputs: {why}.", back)
    return Viewed(record, html, False, why)


def _rendered(render: Callable[..., str], shown: object, title: str, file: str, said: str, back: str) -> str:
    """A page; what renders it takes quadratic time for some text, and a notebook is a stranger's."""
    try:
        return apart(render, shown, title, [file, said], back, seconds=SECONDS, needs=("nbconvert", "bleach"))
    except TooLongError:
        raise SubmissionError(
            f"to render it takes more than {SECONDS:g} s, or all memory", "open it in Jupyter without running it"
        ) from None


def _text_of(record: Record, submissions: Path | None) -> tuple[str | None, str]:
    """The notebook's text, or why it cannot be had."""
    if not record.file.lower().endswith(".ipynb"):
        return None, "the hand-in is no notebook"
    if submissions is None or not submissions.exists():
        return None, "the hand-ins are not at hand; name the folder or zip that was graded with --submissions"
    try:
        data = _bytes_of(record, submissions)
    except SubmissionError as error:
        return None, str(error)
    if data is None:
        return None, f"{record.file} is not in {submissions.name}"
    if hashlib.sha256(data).hexdigest() != record.sha256:
        return None, f"{record.file} is not the file any more that was graded"
    return data.decode("utf-8", "replace"), ""


def _bytes_of(record: Record, submissions: Path) -> bytes | None:
    for submission in submissions_in(submissions):
        if submission.student_id != record.student_id:
            continue
        for candidate in submission.candidates:
            if candidate.shown == record.file:
                return read_candidate(candidate)
    return None
