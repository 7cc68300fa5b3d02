"""A student's whole notebook, found again among the submissions and rendered.

The gradebook keeps cells and no outputs, so the file itself is looked for. Where it is gone, or has changed since, the
page is made of the cells.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.pool import Pool
from pathlib import Path

from grader.errors import SubmissionError
from grader.gradebook import Record
from grader.intake import collect
from grader.report.notebook_page import render_cells, render_notebook

SECONDS = 60.0  # for one page: one of ten megabytes of pictures takes five
MEMORY = 4 << 30  # bytes


def view_notebook(record: Record, submissions: Path, back: str = "report.html") -> tuple[str, str]:
    """The page of a record's notebook, and why it has no outputs ("": it has).

    `submissions` were graded, `back` is where the student's verdicts are. Raises `SubmissionError` where nothing can be
    shown.
    """
    one = record.identity
    title, file = one.name or one.student_id, f"File: {one.file or 'none'}"
    try:
        text = _text_of(record, submissions)
        return _apart(render_notebook, text, title, [file, "Outputs are as they were saved."], back), ""
    except SubmissionError as error:
        why = str(error)
    if not record.cells:
        raise SubmissionError(f"nothing of {one.student_id}'s submission can be shown: {why}", "open the file itself")
    return _apart(render_cells, record.cells, title, [file, f"Without outputs: {why}."], back), why


def _text_of(record: Record, submissions: Path) -> str:
    """The notebook's text; raises `SubmissionError` that says why it cannot be had."""
    name = record.identity.file
    if not name.lower().endswith(".ipynb"):
        raise SubmissionError("the submission is not a notebook")
    if not submissions.exists():
        raise SubmissionError("the submissions are not there; name the folder or zip that was graded, by --submissions")
    of_student = (one.files for one in collect(submissions).submissions if one.student_id == record.student_id)
    found = next((file for files in of_student for file in files if file.name == name), None)
    if found is None:
        raise SubmissionError(f"{name} is not in {submissions.name}")
    data = found.read()
    if hashlib.sha256(data).hexdigest() != record.identity.sha256:
        raise SubmissionError(f"{name} has changed since it was graded")
    return data.decode("utf-8", "replace")


def _apart(render: Callable[..., str], *given: object) -> str:
    """Render in a process of its own: it takes quadratic time for some text, and a notebook is a stranger's."""
    with Pool(1, _limit_memory, context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.apply_async(render, given).get(SECONDS)
        except multiprocessing.TimeoutError:
            sentence = f"to render it takes more than {SECONDS:g} s, or all memory"
            raise SubmissionError(sentence, "open it in Jupyter without running it") from None


def _limit_memory() -> None:
    with suppress(ImportError, ValueError):  # Windows; a limit that is lower already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
