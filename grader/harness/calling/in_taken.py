"""Results that a function leaves in what it takes (moving averages, updated parameters): told from there, put there.

takes: a step, what its function was called with in the order of the call, what is lent.
gives: the arrays under the names by which they cross the wall; or puts such ones where they are to stand.
must not know: what is right, when anything is lent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from grader.harness.calling.results import describe_value
from grader.wire import TAKEN, Lent, Step, follow, put


def left_in(step: Step, arguments: Callable[[], Sequence[object]]) -> dict[str, np.ndarray]:
    """Each such result by its name; without those that are no numbers."""
    if not step.left_in_taken:
        return {}
    taken = arguments()
    found = {f"{TAKEN}{name}": describe_value(follow(taken[n], way)).array for name, n, way in step.left_in_taken}
    return {name: array.copy() for name, array in found.items() if array is not None}


def put_in(step: Step, arguments: Callable[[], Sequence[object]], lent: Lent) -> None:
    """Put there what is lent; what is taken may be of a class that refuses."""
    if not step.left_in_taken:
        return
    rights, taken = dict(zip(lent.left[::-1], (lent.results or ())[::-1], strict=False)), arguments()
    for name, n, way in step.left_in_taken:
        if (right := rights.get(f"{TAKEN}{name}")) is not None:
            with suppress(Exception):
                _put(taken[n], way, right)


def _put(holder: Any, way: str, right: np.ndarray) -> None:
    """An array stays the same one, since others may hold it as well (a layer its weights)."""
    there = follow(holder, way)
    if isinstance(there, np.ndarray) and there.shape == right.shape and np.can_cast(right, there.dtype, "same_kind"):
        there[...] = right
    else:
        put(holder, way, right.copy() if right.ndim else right.item())
