"""Does a criterion's behaviour equal a declared mistake, in every case?

takes: an exam and a criterion's rule.
gives: the name of the mistake, or nothing.
must not know: what a mistake is worth or what to say about it.
"""

from __future__ import annotations

from functools import partial

from grader.answer_key import CriterionRule
from grader.judge.answers import is_loose
from grader.judge.bench import Bench
from grader.judge.compare import Answer, problem_with
from grader.judge.findings import Exam
from grader.judge.once import once_a_class
from grader.memo import Memo
from grader.plan import Entry, Purpose
from grader.wire import Outcome, Status, Value

REMEMBERED = 4096  # of forty mistakes the first case mostly tells them apart


def recognise(exam: Exam, rule: CriterionRule) -> str:
    """The first declared mistake that the hand-in agrees with in all cases; "" if there is none.

    A case that ended otherwise than by returning or raising (a time-out) tells nothing, and at least one case
    must have returned values: mistakes that only raise are told by their exception, not by this.
    """
    asked = exam.entries(rule.name, Purpose.CASE)
    if not any(exam.outcomes[place][-1].status is Status.RETURNED for place, _ in asked):
        return ""
    for mistake, answered in exam.bench.mistaken[rule.name]:
        if all(_agrees(exam.bench, rule.name, mistake, place, exam.outcomes[place]) for place in answered):
            return mistake
    return ""


_exactly: Memo[Answer] = Memo(most=4096)  # of forty mistakes some thirty cases each


@once_a_class(REMEMBERED)
def _agrees(bench: Bench, criterion: str, mistake: str, place: int, steps: tuple[Outcome, ...]) -> bool:
    rule, entry = bench.rules[criterion], bench.key.plan.entries[place]
    got, mistaken = steps[-1], bench.key.answers[mistake][place]
    if got.status is not mistaken.status:
        return False
    if got.status is not Status.RETURNED:
        return got.trouble is not None and mistaken.trouble is not None
    if got.count != mistaken.count and len(entry.question.steps[-1].gives) > 1:
        return False
    return all(_same(rule, entry, name, got.values.get(name), mistaken.values.get(name)) for name in entry.grade)


def _same(rule: CriterionRule, entry: Entry, name: str, got: Value | None, mistaken: Value | None) -> bool:
    if got is None or mistaken is None:
        return got is mistaken
    if mistaken.array is None or got.array is None:
        return got.kind == mistaken.kind and got.array is mistaken.array
    answer = _exactly.get((), (mistaken,), partial(Answer.exactly, mistaken.array))
    problem = problem_with(name, got, answer, rule.tolerance, is_loose(entry))
    return problem is None or _same_not_finite(got, mistaken)


def _same_not_finite(got: Value, mistaken: Value) -> bool:
    """Both have nan or inf at the same places, and agree elsewhere: overflow is a mistake of its own."""
    a, b = got.array, mistaken.array
    if a is None or b is None or a.shape != b.shape or a.dtype.kind != "f" or b.dtype.kind != "f":
        return False
    import numpy as np

    return bool((~np.isfinite(b)).any() and np.allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=True))
