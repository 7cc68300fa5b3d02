"""Right values that are made whole: what stands behind the point is cut away, or rounded.

takes: what came back and the right values, in one shape; how else they read.
gives: all readings, in the order in which they tell.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.judge.reading.named import OF_ONE
from grader.judge.reading.patterns import Array, Depth, Pattern, Reading, close


def with_whole(
    found: tuple[Reading, ...], got: Array, want: Array, is_float: bool, depth: Depth
) -> tuple[Reading, ...]:
    """The same, with these.

    Zeros that a float array was made with are the rule, and `//` is not: of those that are told first. And a step from
    0 to 1 is a sigmoid rounded, but has a name of its own. A single number is whole by chance: 1 is where a factor of
    1.4 is missing, too.
    """
    weight = 1.0 if got.size > 1 else OF_ONE if abs(got.item()) > 1 else 0.0
    cut = (Reading(Pattern.WHOLE, weight=weight),) if _is_whole(got, want, np.trunc, np.floor) else ()
    is_rounded = depth is Depth.ALL and _is_whole(got, want, np.rint)
    rounded = (Reading(Pattern.WHOLE, ("rounded",), weight),) if is_rounded else ()
    if is_float and not got.any():
        return (*found, *cut, *rounded)
    if any(reading.pattern is Pattern.FUNCTION for reading in found):
        return (*cut, *found, *rounded)
    return (*cut, *rounded, *found)


def _is_whole(got: Array, want: Array, *ways: Callable[[Array], Array]) -> bool:
    """Whether these are the right values made whole, in one of these ways."""
    return not close(got, want) and any(np.array_equal(got, made_whole(want)) for made_whole in ways)
