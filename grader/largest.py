"""How large the numbers of an array are: what rounding, and so what a tolerance, is measured by.

takes: arrays of numbers.
gives: the largest size in one; of one that holds numbers which only hide something (-1e9), that of all others; where
    these stand.
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
    sizes = abs(array[np.isfinite(array)].astype(np.float64))
    most = float(sizes.max(initial=0.0))
    if most < APART:
        return most
    least = max(1.0, ROUNDING * most) if most < MADE else 1.0
    ranked = np.sort(np.maximum(sizes, least))
    apart = np.flatnonzero(ranked[1:] >= APART * ranked[:-1])
    return float(ranked[apart[0]]) if len(apart) else most


def hidden_in(array: np.ndarray) -> np.ndarray:
    """Where it has numbers far below all others, or minus infinity: what stands there is hidden."""
    hidden: np.ndarray = (array < 0) & (abs(array) > largest_of(array))
    return hidden
