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

_MOST = 48  # arrays in a dict or a list that is handed over: an optimizer keeps twice as many


def left_in(step: Step, arguments: Callable[[], Sequence[object]]) -> dict[str, np.ndarray]:
    """Each such result by its name; without those that are no numbers.

    Where one stands in a dict or a list, so does all else in it: parameters of a network with other names.
    """
    if not step.left_in_taken:
        return {}
    taken = arguments()
    ways = {name: (n, way) for name, n, way in step.left_in_taken}
    for n, holder in enumerate(taken):
        among = [way for of, way in ways.values() if of == n]
        known = {f"{n}{way}": (n, way) for way in _ways_in(holder) if way not in among and any(map(_is_part, among))}
        ways = {**ways, **known}
    found = {f"{TAKEN}{name}": describe_value(follow(taken[n], way)).array for name, (n, way) in ways.items()}
    return {name: array.copy() for name, array in found.items() if array is not None}


def _ways_in(holder: object) -> list[str]:
    """The ways to all that stands in a dict under words, or in a list; of parameters, not of thousands of numbers."""
    if isinstance(holder, dict | list) and len(holder) > _MOST:
        return []
    if isinstance(holder, dict):
        return [f"['{key}']" for key in holder if isinstance(key, str) and key and "'" not in key]
    return [f"[{n}]" for n in range(len(holder))] if isinstance(holder, list) else []


def _is_part(way: str) -> bool:
    return way.startswith("[")


def put_in(step: Step, arguments: Callable[[], Sequence[object]], lent: Lent) -> None:
    """Put there what is lent; what is taken may be of a class that refuses."""
    if not step.left_in_taken:
        return
    rights, taken = zip(lent.left[::-1], (lent.results or ())[::-1], strict=False), arguments()
    ways = {name: (n, way) for name, n, way in step.left_in_taken}
    for name, right in ((name.removeprefix(TAKEN), right) for name, right in rights if name.startswith(TAKEN)):
        with suppress(Exception):
            number, _, place = name.partition("[")
            n, way = ways[name] if name in ways else (int(number), f"[{place}")
            _put(taken[n], way, right)


def _put(holder: Any, way: str, right: np.ndarray) -> None:
    """An array stays the same one, since others may hold it as well (a layer its weights)."""
    there = follow(holder, way)
    if isinstance(there, np.ndarray) and there.shape == right.shape and np.can_cast(right, there.dtype, "same_kind"):
        there[...] = right
    else:
        put(holder, way, right.copy() if right.ndim else right.item())
