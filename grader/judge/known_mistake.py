"""Does a criterion's behaviour equal a declared mistake, in every case?

takes: an exam and a criterion's rule.
gives: the name of the mistake, or nothing.
must not know: what a mistake is worth or what to say about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from grader.answer_key import REFERENCE, CriterionRule
from grader.judge.answers import answers, is_loose
from grader.judge.bench import Bench
from grader.judge.compare import Answer, problem_with
from grader.judge.findings import Exam
from grader.judge.once import once_a_class
from grader.judge.raised import is_raised
from grader.memo import Memo
from grader.plan import Entry, Purpose
from grader.wire import Outcome, Status, Value

REMEMBERED = 16384  # of forty mistakes the first case mostly tells them apart, and a class has many wrong answers


def recognise(exam: Exam, rule: CriterionRule) -> str:
    """The first declared mistake that the hand-in agrees with in all cases; "" if there is none.

    A case that ended otherwise than by returning or raising (a time-out) tells nothing, and at least one case
    must have returned values: mistakes that only raise are told by their exception, not by this.
    """
    return next(_agreeing(exam, rule, Purpose.CASE), "")


def recognise_alone(exam: Exam, rule: CriterionRule, purpose: Purpose) -> str:
    """The declared mistake that a backward makes without its forward; "" if none does, or several do.

    These cases are few, and what two mistakes have in common in them says nothing.
    """
    found = set(_agreeing(exam, rule, purpose))
    return found.pop() if len(found) == 1 else ""


def _agreeing(exam: Exam, rule: CriterionRule, purpose: Purpose) -> Iterator[str]:
    asked = exam.entries(rule.name, purpose)
    if not any(exam.outcomes[place][-1].status is Status.RETURNED for place, _ in asked):
        return
    for mistake, form, answered in exam.bench.mistaken[rule.name, purpose]:
        if all(agrees(exam.bench, rule.name, form, place, exam.outcomes[place]) for place in answered):
            yield mistake


_exactly: Memo[Answer] = Memo(most=4096)  # of forty mistakes some thirty cases each


@once_a_class(REMEMBERED)
def agrees(bench: Bench, criterion: str, form: str, place: int, steps: tuple[Outcome, ...]) -> bool:
    """Whether a case came to what this form of a mistake comes to there."""
    rule, entry = bench.rules[criterion], bench.key.plan.entries[place]
    got, mistaken = steps[-1], bench.key.answers[form][place]
    if entry.raises:
        return is_raised(entry, steps) == is_raised(entry, (*steps[:-1], mistaken))
    if got.status is not mistaken.status:
        return False
    if got.status is not Status.RETURNED:
        return got.trouble is not None and mistaken.trouble is not None
    gives = entry.question.steps[-1].gives
    is_several = got.is_array_of_several([name for name in gives if name in entry.grade])
    if len(gives) > 1 and got.count != mistaken.count and not is_several:
        return False
    right = dict(answers(bench.key, rule, place, entry, REFERENCE))
    return all(
        _same(rule, entry, name, got.values.get(name), mistaken.values.get(name), right[name]) for name in entry.grade
    )


@once_a_class(REMEMBERED)
def is_as_mistaken(bench: Bench, criterion: str, form: str, place: int, name: str, steps: tuple[Outcome, ...]) -> bool:
    """Whether one result came back as this form of a mistake gives it."""
    rule, entry = bench.rules[criterion], bench.key.plan.entries[place]
    mistaken = bench.key.answers[form].get(place)
    if mistaken is None or mistaken.status is not Status.RETURNED:
        return False
    right = dict(answers(bench.key, rule, place, entry, REFERENCE))[name]
    return _same(rule, entry, name, steps[-1].values.get(name), mistaken.values.get(name), right)


def _same(
    rule: CriterionRule, entry: Entry, name: str, got: Value | None, mistaken: Value | None, right: Answer
) -> bool:
    if got is None or mistaken is None:
        return got is mistaken
    if mistaken.array is None or got.array is None:
        return got.kind == mistaken.kind and got.array is mistaken.array
    answer = _exactly.get((), (mistaken, right), partial(_as_free, mistaken.array, right))
    problem = problem_with(name, got, answer, rule.tolerance, is_loose(entry))
    return problem is None or _same_not_finite(got, mistaken)


def _as_free(mistaken: np.ndarray, right: Answer) -> Answer:
    """The mistaken values; where a range is right, as at a kink, what stands there does not tell a mistake."""
    free = right.low != right.high
    if mistaken.shape != free.shape or not free.any():
        return Answer.exactly(mistaken)
    bound = max(
        float(right.size.max()), float(abs(mistaken).max())
    )  # and not infinity, in which the tolerance would drown
    return Answer(np.where(free, -bound, mistaken), np.where(free, bound, mistaken))


def _same_not_finite(got: Value, mistaken: Value) -> bool:
    """Both have nan or inf at the same places, and agree elsewhere: overflow is a mistake of its own."""
    a, b = got.array, mistaken.array
    if a is None or b is None or a.shape != b.shape or a.dtype.kind != "f" or b.dtype.kind != "f":
        return False
    return bool((~np.isfinite(b)).any() and np.allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=True))
