"""Whether what a call should give is added to what an earlier call gave: a sum that outlives its call.

takes: an exam, the rule of a criterion, the name of a result, and a variant of the answers.
gives: yes or no.
must not know: points, words, how else a difference reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from grader.answer_key import CriterionRule
from grader.assignment import HIDDEN, PUBLIC
from grader.judge.answers import answers
from grader.judge.findings import Exam
from grader.judge.patterns import close
from grader.plan import Purpose

Call = tuple[np.ndarray | None, np.ndarray | None]
"""What a call gave, and what it should have given, where that is known: of the last one of a case."""


def adds_up(exam: Exam, rule: CriterionRule, output: str, variant: str) -> bool:
    """Whether that is so of two calls of one case, or of two cases: of a result and the last one of its shape."""
    return any(_any_is_sum(_calls(exam, rule, output, variant, seen)) for seen in (PUBLIC, HIDDEN))  # as they are asked


def _any_is_sum(calls: Iterable[Call]) -> bool:
    last: dict[tuple[int, ...], Call] = {}
    for got, due in calls:
        if got is None:
            continue
        before, of_before = last.get(got.shape, (None, None))
        # Where nothing was due before, what is wrong alike in both comes out right.
        if (of_before is None or of_before.any()) and _is_sum(before, got, due):
            return True
        last[got.shape] = got, due
    return False


def _calls(exam: Exam, rule: CriterionRule, output: str, variant: str, seen: str) -> Iterator[Call]:
    for place, entry in exam.entries(rule.name, Purpose.CASE):
        if entry.visibility != seen:
            continue
        own = [n for n, step in enumerate(exam.steps(place)) if step.function == rule.name]
        for n in own:
            value = exam.outcomes[place][n].values.get(output)
            is_asked = n == own[-1] and output in entry.grade
            due = dict(answers(exam.key, rule, place, entry, variant))[output].low if is_asked else None
            yield None if value is None else value.array, due


def _is_sum(before: np.ndarray | None, got: np.ndarray | None, due: np.ndarray | None) -> bool:
    if before is None or got is None or due is None or not before.shape == got.shape == due.shape:
        return False
    if not all(array.dtype.kind in "fiu" and np.isfinite(array).all() for array in (before, got)):
        return False
    if not (due.any() and before.any()):
        return False
    return not close(got, due) and close(got - before.astype(np.float64), due)
