"""Which lines of a result add up to 1, or to 0, in all cases: columns where rows are to, as of a softmax.

takes: of each case what came back and what is due.
gives: the `Reading` that fits all of them.
must not know: points, sentences, what the function is to compute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.judge.reading.patterns import Array, Pattern, Reading
from grader.judge.reading.summands import SAME, Off

_TOTALS = (1.0, 0.0)  # of shares, and of what is centred, such as the gradient of shares


def by_totals(cases: Sequence[Off]) -> Reading | None:
    """The lines that add up to the same as those do that are to, along another axis, or all of it at once."""
    got = [case.got.astype(np.float64) for case in cases]
    for total, due in _due(cases):
        for axis in (*(axis for axis in range(cases[0].want.ndim) if axis != due), None):
            if any(_tells(array, axis, due) for array in got) and all(_adds_up(array, axis, total) for array in got):
                return _reading(total, due, cases, _lines(cases[0].want.ndim, axis))
    return None


def by_totals_due(cases: Sequence[Off]) -> Reading | None:
    """The lines that are to add up to something, and do so in no case: what can be said where nothing else fits."""
    for total, due in _due(cases):
        if not any(_adds_up(case.got.astype(np.float64), due, total) for case in cases):
            return _reading(total, due, cases)
    return None


def _reading(total: float, due: int, cases: Sequence[Off], *came: str) -> Reading:
    return Reading(Pattern.TOTALS, (_lines(cases[0].want.ndim, due), f"{total:g}", *came))


def _due(cases: Sequence[Off]) -> Iterator[tuple[float, int]]:
    """Which total is due, along which one axis, where that is not what came."""
    dimensions = {case.want.ndim for case in cases}
    if len(dimensions) != 1 or min(dimensions) < 2:
        return
    for total in _TOTALS:
        due = [axis for axis in range(*dimensions) if all(_adds_up(case.want, axis, total) for case in cases)]
        if len(due) == 1 and not all(_adds_up(case.got.astype(np.float64), due[0], total) for case in cases):
            yield total, due[0]


def _adds_up(array: Array, axis: int | None, total: float) -> bool:
    """Whether all its sums along an axis are this, but for rounding."""
    size = float(abs(array).sum(axis=axis).max())
    return bool((abs(array.sum(axis=axis) - total) <= SAME * max(size, total)).all())


def _tells(array: Array, axis: int | None, due: int) -> bool:
    """Whether there are several entries along both axes: one that is 1 adds up to 1 either way, as zeros do to 0."""
    several = array.shape[due] > 1 and (array.size > array.shape[due] if axis is None else array.shape[axis] > 1)
    return several and bool(array.any())


def _lines(dimensions: int, axis: int | None) -> str:
    """What is added up along an axis, as a student calls it."""
    if axis is None:
        return "all"
    return ("each column", "each row")[axis] if dimensions == 2 else f"each line along axis {axis}"
