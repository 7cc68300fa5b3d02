"""Recognise a declared mistake: the program gives its answers in every case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.judge.compare import compare
from grader.judge.findings import is_of_driver
from grader.key.model import REFERENCE, CriterionRule, Stage
from grader.key.right import Array, Right, as_array, as_numbers, range_of
from grader.outcomes import Status
from grader.wire.program import Tree


def recognise(rule: CriterionRule, asked: Sequence[Stage]) -> tuple[str, ...]:
    """The declared mistakes that a wrong program agrees with in all these stages, of which some must have returned."""
    if not any(stage.outcome.status is Status.RETURNED for stage in asked):
        return ()
    return tuple(
        mistake.name
        for mistake in rule.mistakes
        if any(all(_agrees(stage, form) for stage in asked) for form in mistake.forms)
    )


def _agrees(stage: Stage, form: str) -> bool:
    """Whether a stage came to what this form of a mistake comes to; a time-out shows nothing."""
    mistaken, got = stage.came(form), stage.outcome
    if mistaken is None or got.status is not mistaken.status:
        return False
    if got.status is Status.RAISED:
        return is_of_driver(got) == is_of_driver(mistaken)
    results = stage.rights(form)
    return got.status is Status.RETURNED and all(_is_same(stage, got.values.get(one.name), one) for one in results)


def _is_same(stage: Stage, got: Tree, mistaken: Right) -> bool:
    """Whether one result is as the mistake gives it. Overflow at the same entries is the same."""
    a, b = as_array(got), mistaken.array
    if a is None or b is None or a.shape != b.shape:
        return compare(got, mistaken) is None
    a, b = as_numbers(a), as_numbers(b)
    if a.dtype == b.dtype and a.tobytes() == b.tobytes():
        return True
    free, beyond = _free(stage, mistaken.name, a), mistaken.beyond
    if free is None and beyond is not None and np.count_nonzero(abs(a - b) <= beyond) < a.size:
        return False
    settled = (a == b) | (np.isnan(a) & np.isnan(b)) | (False if free is None else free)
    rest = (np.where(settled, 0, one) for one in (a, b))
    return compare(next(rest), Right(mistaken.name, (next(rest),), mistaken.tolerance)) is None


def _free(stage: Stage, name: str, got: Array) -> Array | None:
    """Where a range is right, as at a kink: what is given there does not show a mistake."""
    between = [one.name for one in stage.rule.alternatives if one.between]
    ends = [stage.answer(one).values.get(name) for one in (REFERENCE, *between) if between]
    low, high = range_of(tuple(ends)) if ends and as_array(ends[0]) is not None else (got, got)
    return None if low is high or low.shape != got.shape else np.asarray(low != high)
