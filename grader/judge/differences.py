"""How a wrong result differs from the right one, as far as that holds in all cases in which it is wrong.

Hidden cases count for the check, and a difference names no number of theirs: it names inputs, results, sizes and axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np

from grader.judge.compare import leaves
from grader.judge.findings import is_short
from grader.judge.model import Difference, Finding
from grader.key.model import CriterionRule, Stage
from grader.key.right import Array, Right, as_array, as_numbers
from grader.wire.program import Tree

CLOSE = 1e-5  # of the largest number: how near two arrays are that are called the same
NEARLY = 2e-2  # the same, of a result that was computed by the right formula, roughly
MOST_OF, LEAST = 0.75, 3  # of the entries on one side, and entries: so that being off only there is no accident


class Case(NamedTuple):
    """One result of one case: what came back, the right value, which entries are wrong; all inputs and results."""

    got: Array
    want: Array
    wrong: Array
    inputs: Mapping[str, Tree]
    results: Mapping[str, Tree]


Test = Callable[[Case], bool]


def differences(
    rule: CriterionRule, asked: Sequence[Stage], found: Sequence[Finding], variant: str
) -> tuple[Difference, ...]:
    """How each wrong result differs, in cases that are right too; nothing where some case has no array to compare."""
    wrong = {name for one in found for name in one.wrong}
    said = []
    for name in sorted(wrong, key=[*rule.results, *sorted(wrong)].index):
        cases: dict[str, list[Case | None]] = {}
        for stage in asked:
            for path, case in _cases(stage, name, variant):
                cases.setdefault(f"{name}{path}", []).append(case)
        said += [_read(rule, result, of_one) for result, of_one in cases.items()]
    return tuple(one for one in said if one is not None)


def _cases(stage: Stage, name: str, variant: str) -> Iterator[tuple[str, Case | None]]:
    """The parts of a result, each with its path and what is known of it."""
    value, results = stage.outcome.values.get(name), stage.answer(variant).values
    for whole in (one for one in stage.rights(variant) if one.name == name):
        if whole.array is not None:
            yield "", _case(whole, as_array(value), stage, results)
            continue
        gots = dict(leaves(value))
        for path, part in leaves(whole.ends[0]):
            yield path, _case(Right(name, (part,), whole.tolerance), gots.get(path), stage, results)


def _case(right: Right, got: Array | None, stage: Stage, results: Mapping[str, Tree]) -> Case | None:
    """What is known of one array; nothing where there is none of finite numbers."""
    if got is None or np.count_nonzero(np.isfinite(got)) < got.size:
        return None
    number, (low, high) = as_numbers(got), right.range
    if number.shape != low.shape:
        return Case(number, low, np.ones(low.shape, bool), stage.entry.inputs, results)
    want = low if low is high else np.clip(number, low, high)
    return Case(number, want, abs(number - want) > right.limits[is_short(got)], stage.entry.inputs, results)


def _array(trees: Mapping[str, Tree], name: str) -> Array | None:
    """The numbers of an input, or of another result."""
    array = as_array(trees.get(name))
    return None if array is None else as_numbers(array)


def _read(rule: CriterionRule, result: str, cases: Sequence[Case | None]) -> Difference | None:
    """The first difference that holds in all cases."""
    plain = [case for case in cases if case is not None]
    failing = [case for case in plain if np.count_nonzero(case.wrong)]
    if len(plain) < len(cases) or not failing:
        return None
    fitting = (one for one in _table(rule, result.partition("[")[0], failing) if all(one[2](case) for case in plain))
    return next((Difference(name, result, facts) for name, facts, _ in fitting), None)


def _table(rule: CriterionRule, result: str, failing: Sequence[Case]) -> Iterator[tuple[str, dict[str, str], Test]]:
    """All differences, the most telling first: a name, its facts, and whether a case shows it."""
    first = failing[0]
    inputs = [name for name in sorted(first.inputs) if _array(first.inputs, name) is not None]
    others = [name for name in sorted({*first.results} - {result}) if _array(first.results, name) is not None]
    axes = [*((f"axis {axis}", axis) for axis in range(first.want.ndim)), ("all axes", None)]
    yield "zero", {}, lambda case: case.got.size > 0 and not case.got.any()
    if any(case.got.size > 1 and (case.want != case.want.flat[0]).any() for case in failing):
        yield "constant", {}, lambda case: bool((case.got == case.got.flat[0]).all())
    yield from (("echo", {"name": name}, partial(_is_same, "inputs", name)) for name in inputs)
    yield from (("swapped", {"name": name}, partial(_is_same, "results", name)) for name in others)
    yield "sign", {}, lambda case: _close(case.got, -case.want)
    yield from (("factor", {"factor": text}, test) for text, test in _factors(rule))
    yield "transposed", {}, lambda case: _close(case.got, case.want.T)
    yield "reshaped", {}, lambda case: _close(case.got.ravel(), case.want.ravel())
    yield from (("summed", {"axis": text}, partial(_is_reduced, np.sum, axis)) for text, axis in axes)
    yield from (("averaged", {"axis": text}, partial(_is_reduced, np.mean, axis)) for text, axis in axes)
    for name, sign in product(inputs, ("negative", "not negative")):
        if _has_sides(name, sign, failing):
            yield "only_where", {"name": name, "sign": sign}, partial(_is_only_where, name, sign)
    yield "nearly", {}, lambda case: _close(case.got, case.want, NEARLY)


def _factors(rule: CriterionRule) -> Iterator[tuple[str, Test]]:
    """What a result may be multiplied with, by name: 2, 1/2, and each size that the author names."""
    yield "2", lambda case: _close(case.got, 2.0 * case.want)
    yield "1/2", lambda case: _close(case.got, 0.5 * case.want)
    for name, (of, axis) in rule.sizes.items():
        yield name, partial(_is_times, of, axis, 1)
        yield f"1/{name}", partial(_is_times, of, axis, -1)


def _is_times(of: str, axis: int, power: int, case: Case) -> bool:
    """Whether a result is multiplied with a size to the power of 1 or -1; nan, which fits nothing, is of no size."""
    array = _array(case.inputs, of)
    size = array.shape[axis] if array is not None and axis < array.ndim else 0
    return _close(case.got, float(size or np.nan) ** power * case.want)


def _close(a: Array, b: Array, share: float = CLOSE) -> bool:
    return a.shape == b.shape and np.count_nonzero(abs(a - b) <= share * abs(b).max(initial=0.0)) == a.size


def _is_same(among: str, name: str, case: Case) -> bool:
    """Whether what came back is an input, or another result."""
    array = _array(getattr(case, among), name)
    return array is not None and _close(case.got, array)


def _is_reduced(reduce: Callable[..., Array], axis: int | None, case: Case) -> bool:
    if axis is not None and axis >= case.want.ndim:
        return False
    return any(_close(case.got, np.asarray(reduce(case.want, axis=axis, keepdims=keeps))) for keeps in (False, True))


def _side(name: str, sign: str, case: Case) -> Array | None:
    """Where an input of the result's shape has this sign."""
    array = _array(case.inputs, name)
    if array is None or array.dtype.kind == "c" or not array.shape == case.want.shape == case.got.shape:
        return None
    return np.asarray((array < 0) == (sign == "negative"))


def _has_sides(name: str, sign: str, failing: Sequence[Case]) -> bool:
    """Whether enough entries are wrong on one side, and right on the other."""
    pairs = [(side, case.wrong) for case in failing if (side := _side(name, sign, case)) is not None]
    wrong, right = sum(int((s & w).sum()) for s, w in pairs), sum(int((~s & ~w).sum()) for s, w in pairs)
    return min(wrong, right) >= LEAST


def _is_only_where(name: str, sign: str, case: Case) -> bool:
    side = _side(name, sign, case)
    if side is None or (case.wrong & ~side).any():
        return False
    return not case.wrong.any() or bool(case.wrong.sum() >= MOST_OF * side.sum())
