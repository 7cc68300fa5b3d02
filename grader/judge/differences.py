"""How a wrong result differs from the right one, as far as that holds in all cases in which it is wrong.

Hidden cases count for the check, and a difference names no number of theirs: it names inputs, results, sizes and axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from grader.judge.compare import Array, as_array, as_numbers, leaves, limits, range_of
from grader.judge.findings import Stage, answer, ends, is_short, results_of
from grader.judge.model import Difference, Finding
from grader.key.model import CriterionRule, Key
from grader.wire.program import Tree

CLOSE = 1e-5  # of the largest number: how near two arrays are that are called the same
NEARLY = 2e-2  # the same, of a result that was computed by the right formula, roughly
MOST_OF, LEAST = 0.75, 3  # of the entries on one side, and entries: so that being off only there is no accident


@dataclass(frozen=True)
class Case:
    """One result of one case: what came back, the right value, which entries are wrong, and what surrounds it."""

    got: Array
    want: Array
    wrong: Array
    inputs: Mapping[str, Array]
    others: Mapping[str, Array]
    sizes: Mapping[str, int]


Test = Callable[[Case], bool]


def differences(
    key: Key, rule: CriterionRule, asked: Sequence[Stage], found: Sequence[Finding], variant: str
) -> tuple[Difference, ...]:
    """How each wrong result differs, in cases that are right too; nothing where some case has no array to compare."""
    wrong = {name for one in found for name in one.wrong}
    said = []
    for name in sorted(wrong, key=[*rule.results, *sorted(wrong)].index):
        cases: dict[str, list[Case | None]] = {}
        for stage in asked:
            for path, case in _cases(key, rule, stage, name, variant):
                cases.setdefault(f"{name}{path}", []).append(case)
        said += [_read(rule, result, of_one) for result, of_one in cases.items()]
    return tuple(one for one in said if one is not None)


def _cases(key: Key, rule: CriterionRule, stage: Stage, name: str, variant: str) -> Iterator[tuple[str, Case | None]]:
    """The parts of a result, each with its path and what is known of it."""
    expected = answer(key, stage, variant)
    if name not in results_of(rule, stage, expected):
        return
    rights, value, inputs = ends(key, rule, stage, name, variant), stage.outcome.values.get(name), stage.entry.inputs
    gots, given = {"": as_array(value)} | dict(leaves(value)), _arrays(inputs)
    others = _arrays({one: tree for one, tree in expected.values.items() if one != name})
    lengths = {one: (given[of].shape, axis) for one, (of, axis) in rule.sizes.items() if of in given}
    sizes = {one: shape[axis] for one, (shape, axis) in lengths.items() if axis < len(shape)}
    for path, right in leaves(rights[0]) if as_array(rights[0]) is None else [("", as_array(rights[0]))]:
        got = gots.get(path)
        if right is None or got is None or not np.isfinite(got).all():
            yield path, None
            continue
        number, is_same = as_numbers(got), got.shape == right.shape
        low, high = range_of(rights) if not path else (as_numbers(right),) * 2
        want = np.clip(number, low, high) if low is not high and is_same else low
        limit = limits(low, high, rule.tolerance, rule.tolerance.float32_factor if is_short(got) else 1.0)
        wrong = abs(number - want) > limit if is_same else np.ones(want.shape, bool)
        yield path, Case(number, want, wrong, given, others, sizes)


def _arrays(trees: Mapping[str, Tree]) -> dict[str, Array]:
    return {name: as_numbers(array) for name, tree in trees.items() if (array := as_array(tree)) is not None}


def _read(rule: CriterionRule, result: str, cases: Sequence[Case | None]) -> Difference | None:
    """The first difference that holds in all cases."""
    plain = [case for case in cases if case is not None]
    if len(plain) < len(cases) or not any(case.wrong.any() for case in plain):
        return None
    with np.errstate(all="ignore"):
        fitting = (one for one in _table(rule, plain) if all(one[2](case) for case in plain))
        return next((Difference(name, result, facts) for name, facts, _ in fitting), None)


def _table(rule: CriterionRule, cases: Sequence[Case]) -> list[tuple[str, dict[str, str], Test]]:
    """All differences, the most telling first: a name, its facts, and whether a case shows it."""
    failing = [case for case in cases if case.wrong.any()]
    inputs, others = sorted(failing[0].inputs), sorted(failing[0].others)
    axes = [*((f"axis {axis}", axis) for axis in range(failing[0].want.ndim)), ("all axes", None)]
    sides = [(one, sign) for one in inputs for sign in ("negative", "not negative") if _has_sides(one, sign, failing)]
    is_varied = any(case.got.size > 1 and (case.want != case.want.flat[0]).any() for case in failing)
    return [
        ("zero", {}, lambda case: case.got.size > 0 and not case.got.any()),
        *([("constant", {}, lambda case: bool((case.got == case.got.flat[0]).all()))] if is_varied else ()),
        *(("echo", {"name": name}, partial(_is_same, "inputs", name)) for name in inputs),
        *(("swapped", {"name": name}, partial(_is_same, "others", name)) for name in others),
        ("sign", {}, lambda case: _close(case.got, -case.want)),
        *(("factor", {"factor": text}, partial(_is_times, of)) for text, of in _factors(rule)),
        ("transposed", {}, lambda case: _close(case.got, case.want.T)),
        ("reshaped", {}, lambda case: case.got.size == case.want.size and _close(case.got.ravel(), case.want.ravel())),
        *(("summed", {"axis": text}, partial(_is_reduced, np.sum, axis)) for text, axis in axes),
        *(("averaged", {"axis": text}, partial(_is_reduced, np.mean, axis)) for text, axis in axes),
        *(("only_where", {"name": name, "sign": sign}, partial(_is_only_where, name, sign)) for name, sign in sides),
        ("nearly", {}, lambda case: _close(case.got, case.want, NEARLY)),
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


def _close(a: Array, b: Array, share: float = CLOSE) -> bool:
    return a.shape == b.shape and bool((abs(a - b) <= share * abs(b).max(initial=0.0)).all())


def _is_same(among: str, name: str, case: Case) -> bool:
    """Whether what came back is an input, or another result."""
    array = getattr(case, among).get(name)
    return array is not None and _close(case.got, array)


def _is_times(of: Callable[[Case], float], case: Case) -> bool:
    return _close(case.got, of(case) * case.want)


def _is_reduced(reduce: Callable[..., Array], axis: int | None, case: Case) -> bool:
    if axis is not None and axis >= case.want.ndim:
        return False
    return any(_close(case.got, np.asarray(reduce(case.want, axis=axis, keepdims=keeps))) for keeps in (False, True))


def _side(name: str, sign: str, case: Case) -> Array | None:
    """Where an input of the result's shape has this sign."""
    array = case.inputs.get(name)
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
