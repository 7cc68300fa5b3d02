"""Axes of one: what differs in nothing but how many of them there are has the same numbers in the same order.

takes: shapes of arrays.
gives: whether they differ in that alone.
must not know: what the arrays are for, whether it matters there.
"""

from __future__ import annotations

from collections.abc import Sequence


def is_same_but_for_ones(shape: Sequence[int], other: Sequence[int]) -> bool:
    """Whether one has more axes than the other, and all that it has more are of one: (3,) and (1, 3), not (3, 1) and
    (1, 3), which is a transpose."""
    one, two = ([n for n in of if n != 1] for of in (shape, other))
    return len(shape) != len(other) and one == two
