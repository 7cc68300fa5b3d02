"""Right numbers in other places, in all cases: one place late or early, in the reverse order, or mixed up in each row.

takes: of each case what came back and what is due.
gives: the `Reading` that fits all of them.
must not know: points, sentences, what the function is to compute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.judge.reading.patterns import Array, Pattern, Reading, close, explains
from grader.judge.reading.summands import Off

_LEAST = 3  # lines of which some case must have as many: of two each is the other's neighbour
Fits = Callable[[Array, Array], bool]
"""Whether what came back is made of what is due in one way, along the first axis."""


def by_order(cases: Sequence[Off]) -> Reading | None:
    """In which other order the right numbers stand, along the first axis or the second."""
    pairs = [(case.got.astype(np.float64), case.want) for case in cases]
    fewest = min((want.ndim for _, want in pairs), default=0)
    turned = {
        axis: [(np.moveaxis(g, axis, 0), np.moveaxis(w, axis, 0)) for g, w in pairs] for axis in range(fewest)[:2]
    }
    for pattern, name, fits in _ORDERS:
        for axis, of in turned.items():
            if any(len(want) >= _LEAST for _, want in of) and all(fits(got, want) for got, want in of):
                return Reading(pattern, (name, _line(pairs[0][1].ndim, axis)))
    return None


def _is_late(got: Array, want: Array) -> bool:
    return bool(want[:-1].any()) and explains(want[:-1], got[1:], want[1:])


def _is_early(got: Array, want: Array) -> bool:
    return bool(want[1:].any()) and explains(want[1:], got[:-1], want[:-1])


def _is_reversed(got: Array, want: Array) -> bool:
    return close(got[::-1], want)


def _is_mixed_within(got: Array, want: Array) -> bool:
    """Whether each line holds its own numbers, of a table that has several of them."""
    return got.ndim == 2 and len(got) > 1 and close(np.sort(got, axis=1), np.sort(want, axis=1))


_ORDERS: tuple[tuple[Pattern, str, Fits], ...] = (
    (Pattern.SHIFTED, "late", _is_late),
    (Pattern.SHIFTED, "early", _is_early),
    (Pattern.PERMUTED, "reversed", _is_reversed),
    (Pattern.PERMUTED, "within", _is_mixed_within),
)


def _line(dimensions: int, axis: int) -> str:
    """What one place along an axis is called."""
    if axis == 0:
        return "row" if dimensions > 1 else "entry"
    return "column" if dimensions == 2 else f"slice along axis {axis}"
