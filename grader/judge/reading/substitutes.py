"""What students put in the place of an array: its sizes, a mean of it, its rows in another order.

takes: an array by its name, and others.
gives: how to make other arrays that fit there, each with its text.
must not know: what it is put into, points, sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial

import numpy as np

from grader.judge.reading.patterns import Array

_Change = Callable[[Array], Array]
_Make = Callable[[], Array]
_ENTRIES: Mapping[str, _Change] = {
    "abs({})": np.abs, "{}**2": np.square, "{}.astype(int)": np.trunc, "np.round({})": np.rint,
    "np.maximum({}, 0)": lambda a: np.maximum(a, 0), "np.minimum({}, 0)": lambda a: np.minimum(a, 0),
    "np.sign({})": np.sign, "({} > 0)": lambda a: (a > 0) * 1.0, "np.exp({})": np.exp, "-{}": lambda a: -a,
    "2 * {}": lambda a: 2 * a, "{} / 2": lambda a: a / 2, "{} + 1": lambda a: a + 1, "{} - 1": lambda a: a - 1,
    "1 - {}": lambda a: 1 - a, "np.log(2) * {}": lambda a: np.log(2) * a, "np.log(10) * {}": lambda a: np.log(10) * a,
}  # fmt: skip
"""Of each entry by itself; e to the power of `np.log(2) * x` is 2 to that of x."""
_WHOLE: Mapping[str, _Change] = {
    "{0} - {0}.mean()": lambda a: a - a.mean(), "{0} - {0}.max()": lambda a: a - a.max(),
    "{0} / abs({0}).max()": lambda a: a / abs(a).max(), "{0} / {0}.max()": lambda a: a / a.max(),
    "{}.mean()": np.mean, "{}.sum()": np.sum, "{}.max()": np.max, "{}.min()": np.min,
    "{}[0]": lambda a: a[0], "{}[-1]": lambda a: a[-1], "{}[::-1]": lambda a: a[::-1],
}  # fmt: skip
_AXES: Mapping[str, Callable[[Array, int], Array]] = {
    "{0} - {0}.mean(axis={1})": lambda a, k: a - a.mean(k, keepdims=True),
    "{}.mean(axis={})": lambda a, k: a.mean(k, keepdims=True), "{}.sum(axis={})": lambda a, k: a.sum(k, keepdims=True),
    "{}.max(axis={})": lambda a, k: a.max(k, keepdims=True), "np.cumsum({}, axis={})": np.cumsum,
    "np.roll({}, 1, axis={})": lambda a, k: np.roll(a, 1, k),
    "np.roll({}, -1, axis={})": lambda a, k: np.roll(a, -1, k),
}  # fmt: skip
_TURNED: tuple[_Change, ...] = (lambda a: a.T.reshape(a.shape), lambda a: a.reshape(a.T.shape).T)
RESHAPED = "reshape"
"""The text of a table whose entries a reshape has put into other places."""
LEFT_OUT = (
    "last row",
    "first row",
    "last column",
    "first column",
    "rest behind the first row",
    "rest before the last row",
)


class Kept(StrEnum):
    """What of an array is not changed."""

    ENTRIES = "entries"
    COLUMNS = "columns"


def substitutes(
    name: str, array: Array, others: Mapping[str, Array], kept: Sequence[Kept] = ()
) -> Iterator[tuple[str, _Make]]:
    """How to make each of them; what is one number, or one line, stands for each entry, or each line."""
    if not array.size or not array.ndim:
        return
    for text, change in (_WHOLE if Kept.ENTRIES in kept else {**_ENTRIES, **_WHOLE}).items():
        yield text.format(name), partial(change, array)
    is_by_rows = Kept.COLUMNS in kept
    for axis in range(1 if is_by_rows else array.ndim):
        yield from ((text.format(name, axis), partial(along, array, axis)) for text, along in _AXES.items())
    if array.ndim == 2 and len(array) == len(array.T) and not is_by_rows:  # a reshape of that gives the same
        yield f"{name}.T", partial(np.transpose, array)
    if array.ndim == 2:
        yield from ((RESHAPED, partial(turn, array)) for turn in _TURNED)
    lines = LEFT_OUT[:4] if array.ndim == 2 and not is_by_rows else LEFT_OUT[:2]
    yield from ((line, partial(_without, array, line)) for line in lines)
    yield from ((line, partial(_alone, array, at)) for line, at in zip(LEFT_OUT[4:], (0, -1), strict=True))
    yield from _others(name, array, others)


def _without(array: Array, text: str) -> Array:
    """The same without one line at an end, as what a loop adds up has none of it."""
    other = array.copy()
    line = other if text.endswith("row") else other.T
    line[-1 if text.startswith("last") else 0] = 0
    return other


def _alone(array: Array, at: int) -> Array:
    """The same with one row alone, as what overwrites or returns in a loop has it."""
    other = np.zeros_like(array)
    other[at] = array[at]
    return other


def _others(name: str, array: Array, others: Mapping[str, Array]) -> Iterator[tuple[str, _Make]]:
    """Another array that fits there, and the two of them added or multiplied."""
    for other, values in others.items():
        if other == name:
            continue
        if values.size == array.size and values.ndim and len(values) == len(array):
            yield other, partial(values.reshape, array.shape)
        if values.ndim and values.shape == array.shape[array.ndim - values.ndim :]:
            yield f"{name} + {other}", partial(np.add, array, values)
            yield f"{name} - {other}", partial(np.subtract, array, values)
            yield f"{name} * {other}", partial(np.multiply, array, values)
