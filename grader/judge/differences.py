"""How one wrong result differs from what is right, in one case, and what surrounds it there.

takes: the bench, a case's place in the plan, which result, the variant that counts as right, and what came back.
gives: both side by side as numbers; the ways to read that; the setting that it is read in.
must not know: other cases, verdicts, points, words.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from grader.answer_key import REFERENCE, CriterionRule
from grader.judge.answers import answers
from grader.judge.bench import Bench
from grader.judge.compare import as_numbers, fitted
from grader.judge.once import once_a_class
from grader.judge.reading.one_case import read_difference
from grader.judge.reading.other_calls import told_as_put, told_of_others
from grader.judge.reading.patterns import Array, Depth, Reading, Setting, in_numbers
from grader.plan import Entry
from grader.wire import Outcome

Readings = tuple[Reading, ...]

REMEMBERED = 4096  # of some hundred and fifty cases some ways each to answer


@once_a_class(REMEMBERED)
def difference(
    bench: Bench, criterion: str, place: int, output: str, variant: str, steps: tuple[Outcome, ...]
) -> tuple[Array, Array] | None:
    """What came back for one result, and the right values next to it; nothing where that says nothing."""
    rule, entry = bench.rules[criterion], bench.key.plan.entries[place]
    value = steps[-1].values.get(output)
    if value is None or value.array is None or rule.is_text(output):
        return None
    answer = dict(answers(bench.key, rule, place, entry, variant))[output]
    got = as_numbers(value.array, answer.low.shape, value.type_name)
    got = fitted(got, answer.low.shape, rule.tolerance)
    # At a kink any of several values is right, and none of the others is part of the difference.
    want = answer.nearest(got)
    if got.dtype.kind == "c" != want.dtype.kind:
        return None  # that is told by itself, and no sum of real numbers reads as it
    if answer.is_truth and got.shape == want.shape:
        return None  # true and false say nothing of how they came about: as many of each may be so by chance
    return (got.astype(np.float64) if answer.is_truth and got.dtype.kind == "b" else got), want


@once_a_class(REMEMBERED)
def readings_of(
    bench: Bench, criterion: str, place: int, output: str, variant: str, depth: Depth, steps: tuple[Outcome, ...]
) -> Readings:
    """The ways to read the difference of one wrong result."""
    pair = difference(bench, criterion, place, output, variant, steps)
    if pair is None:
        return ()
    got, want = pair
    setting = setting_of(bench, criterion, place, output, variant)
    entry = bench.key.plan.entries[place]
    return told_as_put(told_of_others(read_difference(got, want, setting, depth), entry), entry, output)


@lru_cache(maxsize=REMEMBERED)
def setting_of(bench: Bench, criterion: str, place: int, output: str, variant: str) -> Setting:
    """What surrounds a result: inputs that are taken, other right results, and sizes with names.

    Of an input that a case draws and no call takes nothing can come: what fits that does so by accident. All results,
    and not only those that this case grades: a wrong order shows in what stands in another's place.
    """
    key, entry = bench.key, bench.key.plan.entries[place]
    due = key.answers.get(variant, {}).get(place, key.answers[REFERENCE][place]).values
    others = {name: value.array for name, value in due.items() if name != output and value.array is not None}
    return Setting(in_numbers(entry.question.taken), others, _sizes(bench.rules[criterion], entry))


def _sizes(rule: CriterionRule, entry: Entry) -> dict[str, int]:
    """The named sizes of one case: N, D, M as the author declared them."""
    inputs = entry.question.inputs
    return {
        name: inputs[of].shape[axis]
        for name, (of, axis) in rule.sizes.items()
        if of in inputs and axis < inputs[of].ndim
    }
