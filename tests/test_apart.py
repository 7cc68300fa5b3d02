"""What is done in a process of its own ends there, whatever it does: notebooks that take hours to render among it.

takes: functions of the standard library, and hostile notebooks.
gives: one promise a test, said in its docstring.
must not know: how a page is served.
"""

from __future__ import annotations

import json
import math
import os
import time

import pytest

from grader.batch import viewing
from grader.batch.apart import TooLongError, apart
from grader.batch.viewing import _rendered
from grader.errors import SubmissionError
from grader.report.rendered_notebook import render_notebook


def notebook(markdown: str) -> str:
    cell = {"cell_type": "markdown", "metadata": {}, "source": markdown}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_what_is_done_apart_comes_back() -> None:
    """A result, as it would here."""
    assert apart(math.sqrt, 9.0, seconds=30.0) == 3.0
    assert apart(os.getpid, seconds=30.0) != os.getpid()


def test_what_takes_too_long_is_ended() -> None:
    """Whoever waits goes on, and nothing of it is left."""
    began = time.monotonic()
    with pytest.raises(TooLongError):
        apart(time.sleep, 600.0, seconds=0.5)
    assert time.monotonic() - began < 20.0


def test_a_process_that_is_gone_has_no_result() -> None:
    """As where the system has ended it for its memory."""
    with pytest.raises(TooLongError):
        apart(os._exit, 0, seconds=30.0)


def test_what_is_wrong_there_is_told_here() -> None:
    """The sentence and the hint of our own errors come along."""
    with pytest.raises(SubmissionError, match="cannot be rendered") as refused:
        apart(render_notebook, "{}", "student", seconds=60.0)
    assert "the cells on the student's page" in refused.value.hint


ENDLESS = {"brackets": "[" * 300_000, "nested": "<div>" * 80_000, "blanks": "# a" + " " * 600_000 + "b"}


@pytest.mark.parametrize("markdown", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_notebook_that_takes_hours_to_render_is_told(monkeypatch: pytest.MonkeyPatch, markdown: str) -> None:
    """Libraries that render take quadratic time for some text: the page says so, and who asked for it goes on."""
    # First with all the time that there is: what renders may have to be imported yet.
    assert "hello" in _rendered(render_notebook, notebook("hello"), "student", "File: a", "said", "report.html")
    monkeypatch.setattr(viewing, "SECONDS", 2.0)
    with pytest.raises(SubmissionError, match="more than 2 s") as refused:
        _rendered(render_notebook, notebook(markdown), "student", "File: a", "said", "report.html")
    assert "without running" in refused.value.hint
