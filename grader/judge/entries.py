"""Whether a function that is due entry by entry is: equal entries of its input must give equal results.

takes: the input, what came back and the right values, of all cases.
gives: yes or no.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from grader.judge.patterns import Array

FEWEST = 5  # entries that are there more than once: as many as tell that the right results do not depend on others
APART = 1e-3  # relative to the larger of two results: far above rounding
_SAME = 1e-9


def others_count(cases: Iterable[tuple[Array, Array, Array]]) -> bool:
    """Whether results differ for entries of the input that are equal, of which the right results are always equal.

    Entries of another dtype are another thing: numbers of fewer digits give results of fewer.
    """
    seen: dict[tuple[str, float], tuple[float, float]] = {}
    again, differs = 0, False
    for given, got, want in cases:
        if not given.shape == got.shape == want.shape or got.dtype.kind not in "fiu":
            return False
        for entry, result, right in zip(
            given.ravel().tolist(), got.ravel().tolist(), want.ravel().tolist(), strict=True
        ):
            first, due = seen.setdefault((given.dtype.str, entry), (result, right))
            if abs(due - right) > _SAME * max(abs(due), abs(right), 1.0):
                return False
            again += first is not result
            differs |= bool(np.isfinite([first, result]).all()) and abs(first - result) > APART * max(
                abs(first), abs(result)
            )
    return differs and again >= FEWEST
