"""What shows in all cases of a result together, those that are right among them.

takes: an exam, the rule of a criterion, and a result of it.
gives: the `Reading` that they show, if any; what is true of all that came back, or of all that is due.
must not know: points, words, how a single case is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from grader.answer_key import CriterionRule
from grader.judge.answers import answers
from grader.judge.findings import Exam, difference
from grader.judge.reading.entries import LIMITED, beyond_a_number, masked_otherwise, others_count
from grader.judge.reading.patterns import Pattern, Reading
from grader.judge.reading.places import SIGNS
from grader.plan import Purpose

Cases = Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""An input, what came back, and what is due."""
OF_FEW = (Pattern.ZERO, Pattern.CONSTANT, Pattern.ECHO)
"""What a case may look like by its numbers alone."""
_SIGNS = tuple((sign,) for sign in SIGNS)


def limit_of(exam: Exam, rule: CriterionRule, output: str, variant: str, told: Reading | None) -> Reading | None:
    """Which numbers part what is wrong from what is right, where a first glance tells less, or half of that."""
    of_few = told is not None and told.pattern in OF_FEW
    is_coarse = told is None or of_few or told.names[1:] in _SIGNS
    is_limit = told is not None and told.pattern is Pattern.WHERE and told.names[1].endswith("some number")
    if is_coarse or is_limit:
        limit = _by_all(exam, rule, output, variant, masked_otherwise)
        # Zeros that stand for all of one sign are no mask by a number.
        if limit and (not of_few or all(LIMITED.search(part) for part in limit.names[1].split(", or "))):
            return limit
    return _by_all(exam, rule, output, variant, beyond_a_number) if is_coarse else None


def _by_all(exam: Exam, rule: CriterionRule, output: str, variant: str, tell: Callable[[Cases], str]) -> Reading | None:
    """Where an input is what, where results are wrong, by all cases: one may have but one such entry, or all."""
    cases = []
    for place, entry in exam.entries(rule.name, Purpose.CASE):
        pair = (
            difference(exam.bench, rule.name, place, output, variant, exam.outcomes[place])
            if output in entry.grade
            else None
        )
        if pair is not None:
            cases.append((entry.question.inputs, *pair))
    names = set(cases[0][0]).intersection(*(inputs for inputs, _, _ in cases)) if cases else set()
    found = ((name, tell(_by_that_alone(name, *case) for case in cases)) for name in sorted(names))
    return next((Reading(Pattern.WHERE, (name, region)) for name, region in found if region), None)


def _by_that_alone(
    name: str, inputs: Mapping[str, np.ndarray], got: np.ndarray, want: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One input, what came back and what is due, without entries at which another input is zero: all may be, then."""
    others = [array for other, array in inputs.items() if other != name and array.shape == got.shape]
    if not others or not inputs[name].shape == got.shape == want.shape:
        return inputs[name], got, want
    is_any = np.logical_and.reduce([array != 0 for array in others])
    return inputs[name][is_any], got[is_any], want[is_any]


def by_entries(exam: Exam, rule: CriterionRule, output: str, variant: str) -> Reading | None:
    """Whether equal entries of an input give different results, where nothing else tells what is wrong."""
    cases = []
    for place, entry in exam.entries(rule.name, Purpose.CASE):
        value = exam.outcomes[place][-1].values.get(output)
        due = dict(answers(exam.key, rule, place, entry, variant)).get(output)
        if due is not None and value is not None and value.array is not None:
            cases.append((entry.question.inputs, value.array, due.low))
    names = set(cases[0][0]).intersection(*(inputs for inputs, _, _ in cases)) if cases else set()
    found = (name for name in sorted(names) if others_count((of[name], got, want) for of, got, want in cases))
    return next((Reading(Pattern.OTHERS_COUNT, (name,)) for name in found), None)


def is_the_same(exam: Exam, rule: CriterionRule, output: str) -> bool:
    """Whether one array came back for inputs of any kind, those among them for which it is right."""
    found = (exam.outcomes[place][-1].values.get(output) for place, _ in exam.entries(rule.name, Purpose.CASE))
    got = [one.array for one in found if one is not None]
    first = got[0] if got else None
    if first is None or first.dtype.kind == "b":  # of two values one may be that of all cases by chance
        return False
    return all(one is not None and np.array_equal(one, first) for one in got)


def is_due_below_zero(exam: Exam, rule: CriterionRule, output: str, variant: str) -> bool:
    """Whether what is right is negative in some case, and be it one that is right."""
    asked = [(place, entry) for place, entry in exam.entries(rule.name, Purpose.CASE) if output in entry.grade]
    due = (dict(answers(exam.key, rule, place, entry, variant)).get(output) for place, entry in asked)
    return any(one is not None and one.low.dtype.kind in "fiu" and bool((one.low < 0).any()) for one in due)
