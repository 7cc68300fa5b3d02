"""What is known of a wrong result by several of its cases together, and by none alone.

takes: an exam, the rule of a criterion, which result, the cases that are asked about, the variant that counts as right.
gives: a `Reading` that is so in all of them, or none; what came back and what is due, case by case.
must not know: points, words, verdicts, which of several readings is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from grader.answer_key import CriterionRule
from grader.assignment import PUBLIC
from grader.judge.answers import answers, is_loose
from grader.judge.differences import difference, setting_of
from grader.judge.findings import Exam
from grader.judge.reading.as_if import as_if
from grader.judge.reading.at_labels import by_labels, by_one, by_repeats, by_row
from grader.judge.reading.entries import LIMITED, beyond_a_number, masked_otherwise, others_count
from grader.judge.reading.factors import by_length, one_factor
from grader.judge.reading.other_calls import asked_about, told_of_others
from grader.judge.reading.paired import multiple, paired
from grader.judge.reading.patterns import A_NUMBER, Pattern, Reading
from grader.judge.reading.places import SIGNS
from grader.judge.reading.summands import Off, but_for, by_one_factor, by_summand, offset, weighed
from grader.plan import Purpose

Cases = Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""An input, what came back, and what is due."""
_OF_FEW = (Pattern.ZERO, Pattern.CONSTANT, Pattern.ECHO)
"""What a case may look like by its numbers alone."""
_SIGNS = tuple((sign,) for sign in SIGNS)


def over_all(found: Sequence[Off], told: Reading | None) -> Reading | None:
    """What is known of all cases together, and not of each: which number it is, and what is as large in each."""
    if told is not None and told.names[1:] == (A_NUMBER,):
        return weighed(told.names[0], found)
    if told == Reading(Pattern.OFFSET):
        return offset(found)
    if told is not None and told != Reading(Pattern.FACTOR):
        return told
    of_all = by_length((one.got, one.want, one.sizes) for one in found) or by_summand(found)
    if told is not None:
        return of_all or one_factor((one.got, one.want, one.is_told) for one in found)
    of_all = of_all or by_one_factor(found) or but_for(found)
    return of_all or by_labels(found) or by_repeats(found) or by_one(found) or by_row(found)


def as_if_in_all(
    exam: Exam, rule: CriterionRule, output: str, asked: Sequence[int], variant: str, of_one: bool = False
) -> Reading | None:
    """For what other input it would be right, in all cases that fail."""
    cases = []
    for place in asked:
        pair = difference(exam.bench, rule.name, place, output, variant, exam.outcomes[place])
        if pair is not None:
            cases.append((*pair, setting_of(exam.bench, rule.name, place, output, variant)))
    reading = as_if(cases, of_one)
    return reading and told_of_others((reading,), exam.key.plan.entries[asked[0]])[0]


def put_together(exam: Exam, rule: CriterionRule, output: str, asked: Sequence[int], variant: str) -> Reading | None:
    """Which two functions of the inputs it is, in all cases that fail."""
    cases = []
    for place in asked:
        value = exam.outcomes[place][-1].values.get(output)
        if value is None or value.array is None or value.array.dtype.kind not in "fiu":
            return None
        if difference(exam.bench, rule.name, place, output, variant, exam.outcomes[place]) is None:
            return None
        got = value.array.astype(np.float64)  # of wider floats some are larger than all that is reckoned with
        cases.append((got, exam.key.plan.entries[place].question.taken))
    names = (text,) if (text := paired(cases)) else (text, "times a number") if (text := multiple(cases)) else ()
    readings = (Reading(Pattern.FUNCTION, names),) if names else ()
    return next(iter(told_of_others(readings, exam.key.plan.entries[asked[0]])), None)


def differences(exam: Exam, rule: CriterionRule, asked: Sequence[int], output: str, variant: str) -> Iterator[Off]:
    """What came back in these cases and what is due; not of float32, whose digits are few."""
    for place in asked:
        entry = exam.key.plan.entries[place]
        pair = difference(exam.bench, rule.name, place, output, variant, exam.outcomes[place])
        if pair is None or pair[0].shape != pair[1].shape or not np.isfinite(pair[0]).all() or is_loose(entry):
            continue
        given = [one for step in entry.question.steps for one in step.built]
        numbers = {one.name: one.number for one in given if one.number is not None}
        yield Off(*pair, asked_about(entry), numbers, entry.visibility == PUBLIC)


def limit_of(exam: Exam, rule: CriterionRule, output: str, variant: str, told: Reading | None) -> Reading | None:
    """Which numbers part what is wrong from what is right, where a first glance tells less, or half of that."""
    of_few = told is not None and told.pattern in _OF_FEW
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
            cases.append((entry.question.taken, *pair))
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
            cases.append((entry.question.taken, value.array, due.low))
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
