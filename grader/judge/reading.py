"""How a wrong result differs from the right one, where no known mistake says it: factor, sign, transpose, place.

takes: what came back, the right values, the inputs, the other right results, and the sizes that have names.
gives: `Reading` values that fit, the most telling first; and what fits all failing cases at once.
must not know: points, sentences, which case is hidden. A reading holds names and kinds, never a value of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

Array = np.ndarray

CLOSE = 1e-4  # relative to the largest entry: far above rounding, far below any change of formula
NEARLY = 2e-2  # relative to the largest entry: a value this near was computed by the right formula, roughly
LARGE = 30.0  # |x| above which e^x leaves the digits of a float64 behind
SHORT_NUMBERS = (2.0, 3.0, 4.0, 10.0, 100.0)  # plain factors that have a name of their own


class Pattern(StrEnum):
    """What a difference looks like."""

    ZERO = "zero"
    CONSTANT = "constant"
    WHOLE = "whole"
    ECHO = "echo"
    OTHER_OUTPUT = "other output"
    SIGN = "sign"
    FACTOR = "factor"
    FACTOR_INPUT = "factor input"
    MISSING_INPUT = "missing input"
    ADDED_INPUT = "added input"
    OFFSET = "offset"
    TRANSPOSED = "transposed"
    RESHAPED = "reshaped"
    ONE_NUMBER = "one number"
    REDUCED = "reduced"
    NOT_REDUCED = "not reduced"
    SIGNS_LOST = "signs lost"
    PERMUTED = "permuted"
    WHERE = "where"
    ONLY_ROWS = "only rows"
    NEARLY = "nearly"


@dataclass(frozen=True)
class Reading:
    """One way to read a difference; `names` are of inputs, results, sizes or regions, and plain numbers."""

    pattern: Pattern
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """What surrounds a result: its case's inputs, the other right results, and named sizes (`N` -> 4)."""

    inputs: Mapping[str, Array]
    others: Mapping[str, Array]
    sizes: Mapping[str, int]


def read_difference(got: Array, want: Array, setting: Setting) -> tuple[Reading, ...]:
    """All readings that fit one case, the most telling first."""
    if got.dtype.kind not in "fiub" or got.size == 0 or want.size == 0:
        return ()
    is_whole = got.dtype.kind in "iu"
    got, want = got.astype(np.float64), want.astype(np.float64)
    if not np.isfinite(got).all():
        return tuple(_regions(~np.isfinite(got), setting)) if got.shape == want.shape else ()
    found = _same_shape(got, want, setting) if got.shape == want.shape else _other_shape(got, want, setting)
    cut = is_whole and got.shape == want.shape and _is_cut(got, want)
    return tuple(dict.fromkeys((Reading(Pattern.WHOLE), *found) if cut else found))


def common(readings: Sequence[Sequence[Reading]]) -> Reading | None:
    """The first reading of the first case that fits all others too: one case alone fits many by chance."""
    if not readings:
        return None
    return next((r for r in readings[0] if all(r in other for other in readings[1:])), None)


def close(a: Array, b: Array) -> bool:
    """Equal up to `CLOSE` of the largest entry."""
    if a.shape != b.shape:
        return False
    largest = max(float(abs(a).max(initial=0.0)), float(abs(b).max(initial=0.0)))
    return bool((abs(a - b) <= CLOSE * largest).all()) if largest else True


def _same_shape(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    difference = got - want
    if close(got, want):  # what fits everything that is near enough, such as the sizes without signs, fits by chance
        yield from _offset(difference)
        yield Reading(Pattern.NEARLY)
        return
    yield from _copies(got, want, setting)
    if close(got, -want):
        yield Reading(Pattern.SIGN)
    yield from _factors(got, want, setting)
    yield from _by_inputs(got, want, setting)
    yield from _offset(difference)
    if want.ndim == 2 and want.shape[0] == want.shape[1] and close(got.T, want):
        yield Reading(Pattern.TRANSPOSED)
    wrong = abs(difference) > CLOSE * float(abs(want).max(initial=0.0)) + 1e-12
    yield from _regions(wrong, setting)
    if close(abs(got), abs(want)):
        yield Reading(Pattern.SIGNS_LOST)
    if close(np.sort(got, axis=None), np.sort(want, axis=None)):
        yield Reading(Pattern.PERMUTED)
    yield from _rows(wrong)
    if (abs(difference) <= NEARLY * float(abs(want).max(initial=0.0))).all():
        yield Reading(Pattern.NEARLY)


def _other_shape(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    if got.size == 1 < want.size:
        yield from _one_number(float(got.ravel()[0]), want)
    yield from _copies(got, want, setting)
    if want.ndim >= 2 and close(got, want.T):
        yield Reading(Pattern.TRANSPOSED)
    if got.size == want.size and close(got.ravel(), want.ravel()):
        yield Reading(Pattern.RESHAPED)
    for axis in range(want.ndim):
        if close(got, want.sum(axis)) or close(got, want.mean(axis)):
            yield Reading(Pattern.REDUCED, (str(axis),))
    if got.size == 1 == want.size:
        yield from _one_number(float(got.ravel()[0]), want)
    for axis in range(got.ndim):
        if close(got.sum(axis), want) or close(got.mean(axis), want):
            yield Reading(Pattern.NOT_REDUCED, (str(axis),))


def _one_number(got: float, want: Array) -> Iterator[Reading]:
    """One number where an array is due, and whether it is what all that is due comes to: an axis was left out."""
    if any(close(np.array(got), np.array(number)) for number in (want.sum(), want.mean())):
        yield Reading(Pattern.ONE_NUMBER, ("all",))
    yield Reading(Pattern.ONE_NUMBER)


def _is_cut(got: Array, want: Array) -> bool:
    """Whether these are the right values without what stands behind the point, however that was taken away."""
    return not close(got, want) and any(np.array_equal(got, cut(want)) for cut in (np.trunc, np.floor, np.rint))


def _offset(difference: Array) -> Iterator[Reading]:
    if difference.size > 1 and np.ptp(difference) <= CLOSE * max(float(abs(difference).max()), 1e-12):
        yield Reading(Pattern.OFFSET)


def _copies(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """What stands there in place of the answer: nothing, a constant, an input, another result."""
    if not got.any():
        yield Reading(Pattern.ZERO)
    elif got.size > 1 and np.ptp(got) == 0 and np.ptp(want) > CLOSE * max(abs(got).max(), abs(want).max()):
        yield Reading(Pattern.CONSTANT)  # and what is right is no constant, as the tail of a sigmoid all but is
    for name, array in setting.inputs.items():
        if got.size > 1 and close(got, array.astype(np.float64)):
            yield Reading(Pattern.ECHO, (name,))
    for name, array in setting.others.items():
        if got.size > 1 and close(got, array.astype(np.float64)):
            yield Reading(Pattern.OTHER_OUTPUT, (name,))


def _factors(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """One number that all entries are multiplied by, with every name that fits it in this case."""
    largest = int(np.argmax(abs(want)))
    whole = float(want.ravel()[largest])
    factor = float(got.ravel()[largest]) / whole if whole else 0.0
    if not factor or abs(factor - 1) < CLOSE or abs(factor + 1) < CLOSE or not close(got, factor * want):
        return
    for name, number in (*setting.sizes.items(), *((f"{n:g}", n) for n in SHORT_NUMBERS)):
        for value, text in (
            (number, name),
            (1 / number, f"1/{name}"),
            (-number, f"-{name}"),
            (-1 / number, f"-1/{name}"),
        ):
            if number != 1 and abs(factor / value - 1) < CLOSE:
                yield Reading(Pattern.FACTOR, (text,))
    if want.size > 1:  # any two numbers differ by some factor
        yield Reading(Pattern.FACTOR)


def _by_inputs(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """An input that is a factor or a summand too many or too few."""
    for name, array in setting.inputs.items():
        if array.shape != want.shape:
            continue
        other = array.astype(np.float64)
        if close(got, want * other):
            yield Reading(Pattern.FACTOR_INPUT, (name,))
        if close(got * other, want):
            yield Reading(Pattern.MISSING_INPUT, (name,))
        if close(got, want + other) or close(got, want - other):
            yield Reading(Pattern.ADDED_INPUT, (name,))
        elif _is_multiple(got - want, other):
            yield Reading(Pattern.ADDED_INPUT, (name, "times a number"))


def _is_multiple(array: Array, of: Array) -> bool:
    """Whether all of it is one and the same number times another; of single numbers each is that of any other."""
    whole = float(np.vdot(of, of))
    return array.size > 1 and whole > 0 and close(array, of * (float(np.vdot(array, of)) / whole))


def _regions(wrong: Array, setting: Setting) -> Iterator[Reading]:
    """Where an input of the same shape has a sign or a size, and everything else is right."""
    if wrong.all() or not wrong.any():
        return
    for name, array in setting.inputs.items():
        if array.shape != wrong.shape:
            continue
        regions = (
            ("= 0", array == 0), ("< 0", array < 0), ("> 0", array > 0),
            ("large", array > LARGE), ("large and negative", array < -LARGE), ("large in size", abs(array) > LARGE),
        )  # fmt: skip
        for text, region in regions:
            if region.any() and not region.all() and not (wrong & ~region).any() and wrong.sum() * 2 >= region.sum():
                yield Reading(Pattern.WHERE, (name, text))


def _rows(wrong: Array) -> Iterator[Reading]:
    """Only the first or the last row or column is right: a loop that ends early, or writes over itself."""
    if wrong.ndim < 2 or wrong.all():
        return
    right = np.logical_not(wrong)
    for axis, kind in ((0, "row"), (1, "column")):
        lines = [bool(line.all()) for line in np.moveaxis(right, axis, 0)]
        if sum(lines) == 1 and len(lines) > 2 and (lines[0] or lines[-1]):
            yield Reading(Pattern.ONLY_ROWS, ("first" if lines[0] else "last", kind))
