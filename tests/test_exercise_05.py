"""Exercise 5 asks little and enough: whatever is right passes, and nothing that is wrong does."""

from __future__ import annotations

import copy
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignment import PUBLIC, Alternative, Case, Given, Question, Tolerance
from grader.assignment.checks import resolve
from reference.exercise_05 import reference
from reference.exercise_05.assignment import ASSIGNMENT

FUNCTIONS = Path(__file__).resolve().parent / "functions"
CRITERIA = {criterion.name: criterion for criterion in ASSIGNMENT.criteria}
ENDED = {"missing", "not attempted", "crashed", "timed out"}  # verdicts of what never returns
HARNESS = {  # right stories that need it: old names of numpy, names that are given away again
    "old names", "old parts of numpy", "sums of generators", "numbers out of products of one", "old product name",
    "its name given to a number below", "element by element as arrays of one", "newshape by its name",
    "list to array without a copy", "property that gives the mask", "nothing to do where all is alike", "np.bool8",
    "its name given away below", "the larger of a row and zero", "elements set by itemset", "old names of numpy",
    "np.math.exp", "math.exp of columns of one row",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One case with its inputs, and what the reference and the alternatives answer, by criterion and result."""

    question: Question
    case: Case
    inputs: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Mapping[str, np.ndarray]]]

    def behaviour(self, criterion: str) -> str:
        """What it shows of a criterion: nothing where that is only a note, or is not asked."""
        of = self.case.behaviour
        return "" if criterion not in self.answers[""] else of if isinstance(of, str) else of[criterion]


def student_of(replaces: Mapping[str, Any]) -> SimpleNamespace:
    """The reference with some functions replaced."""
    student = SimpleNamespace(**vars(reference))
    for name, function in replaces.items():
        owner, _, method = name.rpartition(".")
        made = type(owner, (getattr(student, owner),), {method: function}) if owner else function
        setattr(student, owner or method, made)
    return student


def run(question: Question, student: Any, inputs: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a driver yields before it ends or raises."""
    found: dict[str, dict[str, Any]] = {}
    with suppress(Exception), np.errstate(all="ignore"):
        for name, values in question.driver(student, **copy.deepcopy(dict(inputs))):
            found.setdefault(name, copy.deepcopy(dict(values)))
    return found


@contextmanager
def quiet() -> Iterator[None]:
    """Numpy as it was before, whatever a story does to it."""
    before = dict(vars(np))
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("ignore")
        yield
    vars(np).update(before)


@pytest.fixture(scope="module", params=[1, 2])
def exam(request: pytest.FixtureRequest) -> list[Asked]:
    """All cases; what holds for one set of random numbers must hold for another."""
    rng, asked = np.random.default_rng(request.param), []
    students = {"": student_of({}), **{one.name: student_of(one.replaces) for one in ASSIGNMENT.alternatives}}
    cases = [(one, case) for one in ASSIGNMENT.questions if isinstance(one, Question) for case in one.cases]
    for question, case in cases:
        inputs = case.inputs(rng)
        asked.append(
            Asked(question, case, inputs, {name: run(question, one, inputs) for name, one in students.items()})
        )
    return asked


def is_right(got: Any, want: np.ndarray, other: np.ndarray, by: Tolerance) -> bool:
    """Within the tolerance, and between the two answers."""
    try:
        array = np.asarray(got if isinstance(got, (np.ndarray, list)) and not np.ma.is_masked(got) else "")
    except ValueError:  # lists of different lengths
        return False
    if array.shape != want.shape or array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        return False
    factor = by.float32_factor if array.dtype == np.float32 else 1
    room = factor * (by.relative * abs(want) + by.scale * abs(want).max()) + by.absolute
    return bool(((array >= np.minimum(want, other) - room) & (array <= np.maximum(want, other) + room)).all())


def ask(exam: list[Asked], student: Any, criterion: str, kind: type[Question]) -> list[tuple[Asked, dict[str, Any]]]:
    """The cases of one basis that earn points, with a student's results."""
    asked = [one for one in exam if type(one.question) is kind and one.behaviour(criterion)]
    return [(one, run(one.question, student, one.inputs).get(criterion, {})) for one in asked]


def fails(found: list[tuple[Asked, dict[str, Any]]], criterion: str) -> bool:
    """Whether results differ from the reference's, and from each alternative's."""
    alternatives = [one for one in ASSIGNMENT.alternatives if one.criterion == criterion]
    return all(any(_is_wrong(*one, criterion, other) for one in found) for other in (None, *alternatives))


def _is_wrong(asked: Asked, got: Mapping[str, Any], criterion: str, alternative: Alternative | None) -> bool:
    whole, other = CRITERIA[criterion], asked.answers[alternative.name if alternative else ""][criterion]
    want = asked.answers[""][criterion] if alternative and alternative.between else other
    names = whole.rules[asked.behaviour(criterion)].results or whole.results
    return not all(is_right(got.get(name), want[name], other[name], whole.tolerance) for name in names)


def stories(side: str) -> Iterator[tuple[str, str, str, str]]:
    """Criterion, name, verdict and source of each story."""
    names = {name.replace(".", "_").lower(): name for name in CRITERIA}
    for path in sorted((FUNCTIONS / side).glob("*.txt")):
        head, *parts = re.split(r"^### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        owner, _, method = names[path.stem].rpartition(".")
        for part in parts:
            title, _, code = part.partition("\n")
            name, verdict, _ = (field.strip() for field in re.split(r"(?<=\s)\|(?=\s)", title))
            is_bare = owner and re.search(rf"^def {method}\(", code, re.MULTILINE)
            put = f"{owner} = type('{owner}', (globals().get('{owner}', object),), {{'{method}': {method}}})"
            lines = f"{head}\n{code}\n{put if is_bare else ''}"
            yield names[path.stem], name, verdict, lines


def passes(exam: list[Asked], criterion: str, source: str) -> bool:
    """Whether a story is right in its own cases, or beside a wrong forward in those with the reference's cache."""
    public = [one for one in exam if one.case.visibility == PUBLIC and type(one.question) is Question]
    known = [{**one.inputs, **one.answers[""][criterion]} for one in public if criterion in one.answers[""]]
    forward = criterion.replace("backward", "forward")
    with quiet():
        story = sys.modules["story"] = ModuleType("story")  # dataclasses look there
        vars(story)["PUBLIC"] = [{name: array.tolist() for name, array in one.items()} for one in known]
        exec(compile(source, "story", "exec"), vars(story))
        own, given = ask(exam, story, criterion, Question), ask(exam, story, criterion, Given)
        before = ask(exam, story, forward, Question)
    if not fails(own, criterion):
        return True
    return forward != criterion and fails(before, forward) and not fails(given, criterion)


def test_no_right_function_fails(exam: list[Asked]) -> None:
    """In any style, with any cache, beside a wrong forward, or by the other convention."""
    ours = [story for story in stories("right") if story[1] not in HARNESS]
    assert len(ours) > 200
    assert not [(criterion, name) for criterion, name, _, source in ours if not passes(exam, criterion, source)]


def test_no_wrong_function_passes(exam: list[Asked]) -> None:
    """Also not one that knows the public answers, remembers, or is wrong beside a wrong forward."""
    ours = [story for story in stories("wrong") if story[2] not in ENDED and not story[1].startswith("never ends")]
    assert len(ours) > 250
    assert not [(criterion, name) for criterion, name, _, source in ours if passes(exam, criterion, source)]


def test_each_mistake_costs_points(exam: list[Asked]) -> None:
    """In every form, by its own cases."""
    forms = [(one.criterion, name, form) for one in ASSIGNMENT.mistakes for name, form in one.forms.items()]
    for criterion, name, form in forms:
        assert fails(ask(exam, student_of(form), criterion, Question), criterion), name


def test_a_right_submission_earns_a_hundred_points_in_fewer_calls(exam: list[Asked]) -> None:
    """Calls of graded functions, in all questions without the reference's part."""
    calls: list[str] = []

    def counted(name: str, *args: Any) -> Any:
        calls.append(name)
        return resolve(reference, name)(*args)

    student = student_of({name: lambda *args, name=name: counted(name, *args) for name in CRITERIA})
    for asked in exam:
        if not isinstance(asked.question, Given):
            run(asked.question, student, asked.inputs)
    assert len(calls) == 94
    assert [criterion.points for criterion in ASSIGNMENT.criteria] == [10, 15, 10, 15, 20, 30]
