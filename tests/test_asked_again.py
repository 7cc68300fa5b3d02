"""What is asked again in a new process, and what is not: every step has an outcome in the end.

takes: workers made here, which answer, hang, or end for a reason that is told.
gives: one promise a test, said in its docstring.
must not know: processes, points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from test_ruling import value
from test_sandbox import QUICK, ask

from grader.errors import SandboxError
from grader.sandbox.rounds import Terms
from grader.sandbox.session import Clock, Session
from grader.sandbox.sitting import _Exam
from grader.sandbox.worker import StoppedError, Worker
from grader.walls.ending import TOO_MANY_FILES, UNEXPLAINED, UNWATCHED, Ending, ended_with
from grader.wire import Outcome, Question, Status, decode, decode_questions, encode_outcome

FRAME = encode_outcome(Outcome(Status.RETURNED, {"y": value(np.ones(2))}, -1))
KILLED = StoppedError("ended", ended_with(-9))
FULL, GONE = StoppedError("ended", TOO_MANY_FILES), StoppedError("ended", UNWATCHED)
HANGS = StoppedError("late", UNEXPLAINED)
Answers = Iterator[StoppedError | None]


class Answering:
    """Stands for a worker: each call of a function takes the next of that function's answers, or returns."""

    def __init__(self, answers: dict[str, Answers]) -> None:
        self._answers = answers
        self._asked: list[str] = []
        self.output = SimpleNamespace(begin=lambda _: None, is_empty=True, text=lambda _: "", unfinished=lambda: "")
        self.kill: Callable[[], None] = lambda: None
        self.catch_up: Callable[[], None] = lambda: None
        self.finish: Callable[[], bool] = lambda: True

    def __enter__(self) -> Answering:
        return self

    def __exit__(self, *_: object) -> None: ...

    def send(self, request: bytes, due: int) -> None:
        self._asked = [step.function for question in decode_questions(decode(request)) for step in question.steps]
        assert due == len(self._asked)

    def at_hand(self) -> bytes:
        stopped = next(self._answers.get(self._asked.pop(0), iter(())), None)
        if stopped:
            raise stopped
        return FRAME


def outcomes(functions: str, **answers: list[StoppedError | None]) -> list[str]:
    """What became of each question, the functions that they call being written as letters."""
    given: dict[str, Answers] = {name: iter(listed) for name, listed in answers.items()}
    questions: list[Question] = [ask(function) for function in functions]
    exam = _Exam(questions, QUICK, Terms.of(len(questions)), {}, Clock.start(QUICK.total_seconds))
    session: Any = SimpleNamespace(open=lambda: Answering(given), failure="")
    exam.ask_all(cast(Session, session), cast(Worker, session.open()), [list(range(len(questions)))])
    return [" ".join(outcome.status for outcome in steps) for steps in exam.outcomes]


ASKED = {
    "all that return": ("fgf", {}, ["returned"] * 3),
    "who is met at what others wrote": ("fgf", {"g": [FULL]}, ["returned"] * 3),
    "who writes it all": ("fgf", {"g": [FULL, FULL]}, ["returned", "killed", "returned"]),
    "each question once": ("ggg", {"g": [FULL, None, FULL, None, FULL, None]}, ["returned"] * 3),
    "until it is given up": ("ggg", {"g": [FULL] * 6}, ["killed", "killed", "not reached"]),
    "who was killed from elsewhere": ("fgf", {"g": [KILLED]}, ["returned"] * 3),
    "who kills itself": ("fgg", {"g": [KILLED] * 6}, ["returned", "killed", "killed"]),
    "a process of ours, once": ("fgf", {"g": [GONE]}, ["returned"] * 3),
    "both": ("fgf", {"f": [FULL], "g": [GONE]}, ["returned"] * 3),
    "beside what was given up": (
        "hhhgf", {"h": [HANGS, HANGS], "g": [FULL]}, ["timed out", "timed out", "not reached", "returned", "returned"],
    ),
    "beside what was given up, a process of ours": (
        "hhhgf", {"h": [HANGS, HANGS], "g": [GONE]}, ["timed out", "timed out", "not reached", "returned", "returned"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("functions", "answers", "due"), ASKED.values(), ids=ASKED.keys())
def test_every_question_has_an_outcome(
    functions: str, answers: dict[str, list[StoppedError | None]], due: list[str]
) -> None:
    """A question that is stopped for what calls before it may have left is asked again, once; none is forgotten."""
    assert outcomes(functions, **answers) == due


def test_what_others_wrote_is_no_fault_of_ours() -> None:
    """However many questions are met at it, the hand-in is graded; a process of ours that ends twice is told."""
    assert outcomes("abcd", a=[FULL], b=[FULL], c=[FULL], d=[FULL]) == ["returned"] * 4
    with pytest.raises(SandboxError, match="watching"):
        outcomes("ab", a=[GONE], b=[GONE])


ENDINGS = [
    (TOO_MANY_FILES, True), (UNWATCHED, False), (UNEXPLAINED, False),
    (ended_with(-9), True), (ended_with(-15), True),
    (ended_with(-11), False), (ended_with(-31), False), (ended_with(9), False),
]  # fmt: skip


@pytest.mark.parametrize(("ending", "again"), ENDINGS, ids=[ending.reason for ending, _ in ENDINGS])
def test_what_a_call_does_to_its_process_is_its_own(ending: Ending, again: bool) -> None:
    """It is asked again where it may not be: files are counted for all calls, and a machine that is short of memory
    kills what it likes."""
    assert ending.again is again
