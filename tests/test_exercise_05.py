"""Exercise 5 asks little and enough: whatever is right passes, and nothing that is wrong does."""

from __future__ import annotations

import copy
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from command import ASSIGNMENTS

from grader.compiling import compile_key
from grader.extract import Facts
from grader.harness.serve import describe_result
from grader.judge import judge
from grader.key import REFERENCE, Basis, Key
from grader.outcomes import Outcome, Status
from grader.sandbox import open_own_work
from grader.score import score_all
from grader.wire.messages import Stage, decode_inside, encode
from tests import verdicts
from tests.verdicts.hand_ins import CRITERIA, public_answers, stories

Exam = tuple[Key, dict[str, Any]]
FROZEN = verdicts.read()
ENDED = re.compile("missing|not attempted|crashed|timed out")  # verdicts of what never returns
HARNESS = re.compile(  # right stories that need it: old names of numpy, names that are given away again
    "old-names|old-parts-of-numpy|sums-of-generators|products-of-one|old-product-name|its-name-given|element-by-element-as"
    "|newshape-by|list-to-array-without|property-that-gives|nothing-to-do|np-bool8|the-larger-of-a-row|elements-set-by"
    "|np-math-exp|math-exp-of-columns"
)


@pytest.fixture(scope="module", params=[1, 2])
def exam(request: pytest.FixtureRequest) -> Exam:
    """A key and its drivers; what holds for one set of random numbers must hold for another."""
    with open_own_work() as sandbox:
        key = compile_key(ASSIGNMENTS["exercise_05"], sandbox, request.param)
    drivers: dict[str, Any] = {}
    exec(key.questions, drivers)
    return key, drivers


@contextmanager
def quiet() -> Iterator[None]:
    """Numpy as it was before, whatever a story does to it."""
    before = dict(vars(np))
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("ignore")
        yield
    vars(np).update(before)


def ask(exam: Exam, student: Any, number: int) -> tuple[Outcome, ...]:
    """What becomes of one question, asked in this process; what was yielded before an error counts."""
    entry, came = exam[0].entries[number], list[Outcome]()
    with suppress(Exception), np.errstate(all="ignore"):
        for name, values in exam[1][entry.driver](student, **copy.deepcopy(dict(entry.inputs))):
            sent: Any = decode_inside(encode(Stage(number, name, values), describe_result))
            came.append(Outcome(Status.RETURNED, sent.values))
    return (*came, *[Outcome(Status.RAISED)] * len(entry.stages))[: len(entry.stages)]


def passes(exam: Exam, criterion: str, source: str) -> bool:
    """Whether a story earns all points of its function, in the questions that ask for it or for its forward."""
    key, asked = exam[0], {criterion, criterion.replace("backward", "forward")}
    with quiet():
        story = sys.modules["story"] = ModuleType("story")  # dataclasses look there
        vars(story).update({name: type(name, (), {}) for name in ("Sigmoid", "Relu")})  # for bare methods
        exec(compile(source, "story", "exec"), vars(story))
        outcomes = {n: ask(exam, story, n) for n, entry in enumerate(key.entries) if asked & {*entry.stages}}
    one = score_all(key, judge(key, outcomes, Facts()))[criterion]
    return one.points == one.max_points


def told(exam: Exam, side: str) -> list[tuple[str, str, str]]:
    """Name, criterion and source of each story of one side, but for those that need a process of their own."""
    public = {criterion: public_answers(exam[0], criterion) for criterion in CRITERIA}
    every = [(name, criterion, source) for name, source, (criterion,) in stories(public) if name.startswith(side)]
    alone = [name for name, *_ in every if ENDED.search(FROZEN.get(f"{side}/{name}", "")) or HARNESS.search(name)]
    return [one for one in every if one[0] not in alone and "never-ends" not in one[0]]


def test_no_right_function_fails(exam: Exam) -> None:
    """In any style, with any cache, beside a wrong forward, or by the other convention."""
    ours = told(exam, "right")
    assert len(ours) > 200
    assert not [name for name, criterion, source in ours if not passes(exam, criterion, source)]


def test_no_wrong_function_passes(exam: Exam) -> None:
    """Also not one that knows the public answers, remembers, or is wrong beside a wrong forward."""
    ours = told(exam, "wrong")
    assert len(ours) > 250
    assert not [name for name, criterion, source in ours if passes(exam, criterion, source)]


def test_a_right_submission_earns_a_hundred_points_in_fewer_calls(exam: Exam) -> None:
    """Calls of graded functions, in all questions without the reference's part."""
    key = exam[0]
    answers = [outcomes for n, outcomes in key.answers[REFERENCE].items() if key.entries[n].basis is Basis.OWN]
    assert sum(len(outcome.calls) for outcomes in answers for outcome in outcomes) == 94
    assert [criterion.points for criterion in key.rubric.criteria] == [10, 15, 10, 15, 20, 30]
