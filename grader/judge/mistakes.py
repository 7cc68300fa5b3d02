"""Recognise a declared mistake: the program gives its answers in every case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.judge.compare import Array, as_array, as_numbers, compare, range_of
from grader.judge.findings import Stage, ends
from grader.key.model import CriterionRule, Key
from grader.outcomes import Outcome, Status
from grader.wire.program import Tree


def recognise(key: Key, rule: CriterionRule, asked: Sequence[Stage]) -> tuple[str, ...]:
    """The declared mistakes that a wrong program agrees with in all these stages, of which some must have returned."""
    if not any(stage.outcome.status is Status.RETURNED for stage in asked):
        return ()
    return tuple(
        mistake.name
        for mistake in rule.mistakes
        if any(all(_agrees(key, rule, stage, form) for stage in asked) for form in mistake.forms)
    )


def _agrees(key: Key, rule: CriterionRule, stage: Stage, form: str) -> bool:
    """Whether a stage came to what this form of a mistake comes to; a time-out shows nothing."""
    answers, got = key.answers.get(form, {}).get(stage.number, ()), stage.outcome
    mistaken = answers[stage.place] if stage.place < len(answers) else None
    if mistaken is None or got.status is not mistaken.status:
        return False
    if got.status is Status.RAISED:
        return _in_driver(got) == _in_driver(mistaken)
    return got.status is Status.RETURNED and all(
        _is_same(key, rule, stage, name, got.values.get(name), value) for name, value in mistaken.values.items()
    )


def _in_driver(outcome: Outcome) -> bool:
    return outcome.trouble is None or not (outcome.trouble.cell or outcome.trouble.file)


def _is_same(key: Key, rule: CriterionRule, stage: Stage, name: str, got: Tree, mistaken: Tree) -> bool:
    """Whether one result is as the mistake gives it. Overflow at the same entries is the same."""
    a, b = as_array(got), as_array(mistaken)
    if a is None or b is None or a.shape != b.shape:
        return compare(name, got, (mistaken,), rule.tolerance) is None
    a, b = as_numbers(a), as_numbers(b)
    with np.errstate(all="ignore"):
        settled = (a == b) | (np.isnan(a) & np.isnan(b)) | _is_free(key, rule, stage, name, a)
    rest = (np.where(settled, 0, one) for one in (a, b))
    return compare(name, next(rest), (next(rest),), rule.tolerance) is None


def _is_free(key: Key, rule: CriterionRule, stage: Stage, name: str, got: Array) -> Array:
    """Where a range is right, as at a kink: what is given there does not show a mistake."""
    arrays = ends(key, rule, stage, name)
    if len(arrays) < 2 or as_array(arrays[0]) is None:
        return np.zeros(got.shape, bool)
    low, high = range_of(arrays)
    return low != high if low.shape == got.shape else np.zeros(got.shape, bool)
