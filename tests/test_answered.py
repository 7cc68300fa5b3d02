"""Which of two answers to the same questions count: those that earn more, a forward's also without its backward's.

takes: the key of Exercise 5, and hand-ins made of its reference.
gives: one promise a test, said in its docstring.
must not know: how anything is lent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from test_needless import WRONG, graded

from grader.answer_key import AnswerKey, load_key
from grader.answering.answered import Answered, forwards_alone
from grader.feedback.evidence import Evidence
from grader.judge import Outcomes
from grader.judging import judge
from grader.sandbox import Sandbox

PAIR = ("affine_forward", "affine_backward")
TWICE = ("rows @ w + b, (x, w, b)", "2 * rows @ w + b, (2 * x, 2 * w, b)")  # in what it keeps, too
NO_WAY_BACK = ("dout @ w.T", "dout @ v.T")


@pytest.fixture(scope="module")
def exam(key: Path) -> AnswerKey:
    return load_key(key / "exercise_05.key.npz")


def lent_to(evidence: Evidence, names: Sequence[str]) -> Evidence:
    return replace(evidence, lent=dict.fromkeys(names, ("Sigmoid.forward",)))


def answered(exam: AnswerKey, outcomes: Outcomes) -> Answered:
    evidence = Evidence(is_script=True)
    return Answered(outcomes, evidence, judge(exam, outcomes, evidence), "A")


def points_of(found: Answered) -> list[int]:
    return [int(one.points or 0) for one in found.scores if one.verdict.criterion in PAIR]


def test_a_forward_that_is_lent_to_counts_beside_a_backward_that_is_not(
    exam: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """What a backward of its own layout reads is not there where its forward was lent right results: it fails then, and
    is right by itself. It is judged as beside a wrong forward, which by itself that is."""
    _, alone = graded(exam, sandbox, tmp_path, WRONG, TWICE)
    _, again = graded(exam, sandbox, tmp_path, WRONG, NO_WAY_BACK)
    before = answered(exam, alone)
    assert points_of(before) == [0, 30]
    assert points_of(answered(exam, again)) == [20, 0]
    both = forwards_alone(exam, before, again, [PAIR], lent_to)
    assert points_of(both) == [20, 30]
    assert both.evidence.lent == {"affine_forward": ("Sigmoid.forward",)}
    assert forwards_alone(exam, both, alone, [PAIR], lent_to) is both, "what earns less takes nothing away"
    assert forwards_alone(exam, before, again, [PAIR[:1]], lent_to) is before, "without a backward it is told elsewhere"
    unsaid = forwards_alone(exam, before, again, [PAIR], lambda evidence, _: evidence)
    assert unsaid is before, "a right forward whose backward loses more than that is put back"
