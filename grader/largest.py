"""How large the numbers of an array are: what rounding, and so what a tolerance, is measured by.

takes: arrays of numbers.
gives: the largest size in one; of one that holds numbers which only hide something (-1e9), that of all others; where
    these stand; where one array is near another.
must not know: what the numbers are for.

Attention hides what may not be seen behind a number that is far below all scores. A millionth of that is more than any
score: measured by it, every score would be right.
"""

from __future__ import annotations

import numpy as np

APART = 1e4  # times all others: a millionth of such a number is a hundredth of them, and more than a mistake may change
ROUNDING = 1e-9  # of a number: a millionth of this is what float64 leaves of it where two of its kind should come to 0
MADE = 1e12  # no exam computes numbers above this: what is larger is written down, and has no rounding


def largest_of(array: np.ndarray) -> float:
    """The largest size of its numbers, those left out that stand far above all others; 0 where there is none."""
    kind = np.complex128 if array.dtype.kind == "c" else np.float64  # before the size is taken: -128 has none in a byte
    sizes = abs(array[np.isfinite(array)].astype(kind))
    most = float(sizes.max(initial=0.0))
    if most < APART:
        return most
    least = max(1.0, ROUNDING * most) if most < MADE else 1.0
    ranked = np.sort(np.maximum(sizes, least))
    apart = np.flatnonzero(ranked[1:] / APART >= ranked[:-1])  # the largest number there is, is no more times that
    return float(ranked[apart[0]]) if len(apart) else most


def hidden_in(array: np.ndarray) -> np.ndarray:
    """Where it has numbers far below all others, or minus infinity: what stands there is hidden."""
    hidden: np.ndarray = (array < 0) & (abs(array) > largest_of(array))
    return hidden


def near_in(got: np.ndarray, want: np.ndarray, share: float) -> np.ndarray:
    """Where one array has the numbers of another, up to a share of the largest; infinity is near itself alone."""
    kind = np.complex128 if "c" in (got.dtype.kind, want.dtype.kind) else np.float64
    got, want = got.astype(kind), want.astype(kind)
    with np.errstate(all="ignore"):
        near = abs(got - want) <= share * np.maximum(abs(want), largest_of(want))
    # Everything is near infinity by this, and infinity itself is not.
    found: np.ndarray = np.where(np.isfinite(want), near, (got == want) | (np.isnan(got) & np.isnan(want)))
    return found
