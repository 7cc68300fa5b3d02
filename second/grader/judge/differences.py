"""How a wrong result differs from the right one, as far as that holds in all cases in which it is wrong.

Hidden cases count for the check, and a difference names no number of theirs: it names inputs, results, sizes and axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from grader.judge.compare import Array, as_array, as_numbers, leaves, limits, range_of
from grader.judge.findings import Stage, answer, ends
from grader.judge.model import Difference, Finding, Flaw
from grader.key.model import CriterionRule, Key
from grader.wire.program import Tree

CLOSE = 1e-5  # of the largest number: how near two arrays are that are called the same
NEARLY = 2e-2  # the same, of a result that was computed by the right formula, roughly
MOST_OF = 0.75  # of the entries on one side that must be off, so that being off only there is no accident


@dataclass(frozen=True)
class Case:
    """One result of one case: what came back, the right value, and what surrounds it."""

    got: Array
    want: Array
    limit: Array
    inputs: Mapping[str, Array]
    others: Mapping[str, Array]
    sizes: Mapping[str, int]


Test = Callable[[Case], bool]


def differences(
    key: Key, rule: CriterionRule, asked: Sequence[Stage], found: Sequence[Finding], variant: str
) -> tuple[Difference, ...]:
    """How each wrong result differs; nothing where some case has no array to compare."""
    failing = [(stage, one) for stage, one in zip(asked, found, strict=True) if not one.right]
    if any(one.problem is not None and one.problem.flaw not in (Flaw.SHAPE, Flaw.VALUES) for _, one in failing):
        return ()
    wrong = {name for _, one in failing for name in one.wrong}
    said = []
    for name in sorted(wrong, key=[*rule.results, *sorted(wrong)].index):
        cases: dict[str, list[Case | None]] = {}
        for stage in (stage for stage, one in failing if name in one.wrong):
            for path, case in _cases(key, rule, stage, name, variant):
                cases.setdefault(f"{name}{path}", []).append(case)
        said += [_read(rule, result, of_one) for result, of_one in cases.items()]
    return tuple(one for one in said if one is not None)


def _cases(key: Key, rule: CriterionRule, stage: Stage, name: str, variant: str) -> Iterator[tuple[str, Case | None]]:
    """The parts of a result that are wrong, each with its path and what is known of it."""
    expected, rights = answer(key, stage, variant), ends(key, rule, stage, name, variant)
    gots = dict(leaves(stage.outcome.values.get(name)))
    inputs = _arrays(stage.entry.inputs)
    others = _arrays({one: tree for one, tree in expected.values.items() if one != name})
    sizes = {
        size: inputs[of].shape[axis]
        for size, (of, axis) in rule.sizes.items()
        if of in inputs and axis < inputs[of].ndim
    }
    for path, _ in leaves(rights[0]):
        low, high = range_of(tuple(dict(leaves(end)).get(path) for end in rights))
        got = as_array(gots.get(path))
        if got is None or not np.isfinite(got).all():
            yield path, None
            continue
        number = as_numbers(got)
        want = np.clip(number, low, high) if low is not high and number.shape == low.shape else low
        limit = limits(low, high, rule.tolerance)
        if number.shape != want.shape or (abs(number - want) > limit).any():
            yield path, Case(number, want, limit, inputs, others, sizes)


def _arrays(trees: Mapping[str, Tree]) -> dict[str, Array]:
    return {name: as_numbers(array) for name, tree in trees.items() if (array := as_array(tree)) is not None}


def _read(rule: CriterionRule, result: str, cases: Sequence[Case | None]) -> Difference | None:
    """The first difference that holds in all cases."""
    plain = [case for case in cases if case is not None]
    if not plain or len(plain) < len(cases):
        return None
    with np.errstate(all="ignore"):
        fitting = (one for one in _table(rule, plain[0]) if all(one[2](case) for case in plain))
        return next((Difference(name, result, facts) for name, facts, _ in fitting), None)


def _table(rule: CriterionRule, case: Case) -> list[tuple[str, dict[str, str], Test]]:
    """All differences, the most telling first: a name, its facts, and whether a case shows it."""
    inputs, others = sorted(case.inputs), sorted(case.others)
    axes = [*((f"axis {axis}", axis) for axis in range(case.want.ndim)), ("all axes", None)]
    sides = [(name, sign) for name in inputs for sign in ("negative", "not negative")]
    return [
        ("zero", {}, lambda case: not case.got.any()),
        ("constant", {}, _is_constant),
        *(("echo", {"name": name}, partial(_is_input, name)) for name in inputs),
        *(("swapped", {"name": name}, partial(_is_other, name)) for name in others),
        ("sign", {}, lambda case: _close(case.got, -case.want)),
        *(("factor", {"factor": text}, partial(_is_times, of)) for text, of in _factors(rule)),
        ("transposed", {}, lambda case: case.want.ndim > 1 and _close(case.got, case.want.T)),
        ("reshaped", {}, lambda case: case.got.size == case.want.size and _close(case.got.ravel(), case.want.ravel())),
        *(("summed", {"axis": text}, partial(_is_reduced, np.sum, axis)) for text, axis in axes),
        *(("averaged", {"axis": text}, partial(_is_reduced, np.mean, axis)) for text, axis in axes),
        *(("only_where", {"name": name, "sign": sign}, partial(_is_only_where, name, sign)) for name, sign in sides),
        ("nearly", {}, _is_nearly),
    ]


def _factors(rule: CriterionRule) -> Iterator[tuple[str, Callable[[Case], float]]]:
    """What a result may be multiplied with, by name: 2, 1/2, and each size that the author names."""
    yield from (("2", lambda case: 2.0), ("1/2", lambda case: 0.5))
    for name in rule.sizes:
        yield name, partial(_size, name, 1)
        yield f"1/{name}", partial(_size, name, -1)


def _size(name: str, power: int, case: Case) -> float:
    """A size to the power of 1 or -1; nan, which fits nothing, where a case has none."""
    return float(case.sizes.get(name) or np.nan) ** power


def _close(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool((abs(a - b) <= CLOSE * abs(b).max(initial=0.0)).all())


def _is_constant(case: Case) -> bool:
    return case.got.size > 1 and bool((case.got == case.got.flat[0]).all() and (case.want != case.want.flat[0]).any())


def _is_input(name: str, case: Case) -> bool:
    return name in case.inputs and _close(case.got, case.inputs[name])


def _is_other(name: str, case: Case) -> bool:
    return name in case.others and _close(case.got, case.others[name])


def _is_times(of: Callable[[Case], float], case: Case) -> bool:
    return _close(case.got, of(case) * case.want)


def _is_reduced(reduce: Callable[..., Array], axis: int | None, case: Case) -> bool:
    if axis is not None and axis >= case.want.ndim:
        return False
    return any(_close(case.got, np.asarray(reduce(case.want, axis=axis, keepdims=keeps))) for keeps in (False, True))


def _is_only_where(name: str, sign: str, case: Case) -> bool:
    array = case.inputs.get(name)
    if array is None or array.dtype.kind == "c" or not array.shape == case.want.shape == case.got.shape:
        return False
    side = (array < 0) == (sign == "negative")
    wrong = abs(case.got - case.want) > case.limit
    return bool(not wrong[~side].any() and not side.all() and wrong.sum() >= MOST_OF * side.sum())


def _is_nearly(case: Case) -> bool:
    if case.got.shape != case.want.shape:
        return False
    return bool((abs(case.got - case.want) <= NEARLY * abs(case.want).max(initial=0.0)).all())
