"""What the question gives to calls that is more than an array, and how far the numbers in it have been changed since.

takes: functions, objects and lists of them, when they are given; one of them, when it is handed on.
gives: them by name; by how much the numbers in one are others than they were.
must not know: what is lent, what is right.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from grader.harness.calling.put_back import parts_of
from grader.wire import UNTOLD, Told

_MOST = 240  # things that are looked at in one of them, whatever these are


class AsGiven(dict[str, object]):
    """Things by name. Each is noted as it is when it is put here, or what stands in a list of them."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[int, tuple[object, dict[str, np.ndarray]]] = {}  # held, so that nothing else gets their ids

    def __setitem__(self, name: str, thing: object) -> None:
        super().__setitem__(name, thing)
        for one in thing[:_MOST] if isinstance(thing, list | tuple) else (thing,):
            # Zeros are for later: what a call leaves there, right or wrong, is nothing that the next one builds on.
            self._first[id(one)] = one, {way: array.copy() for way, array in _numbers_in(one).items() if array.any()}

    def copy(self) -> AsGiven:
        """The same ones."""
        again = AsGiven()
        again.update(self)  # as they were noted
        again._first = self._first
        return again

    def changes_of(self, thing: object) -> list[Told]:
        """By how much its numbers differ from what they were, of those that do: weights after a step of a descent."""
        _, first = self._first.get(id(thing), (thing, {}))
        now = _numbers_in(thing) if first else {}
        return [_change(was, now.get(way)) for way, was in first.items() if not _is_same(was, now.get(way))]


def _numbers_in(thing: object) -> dict[str, np.ndarray]:
    """Numbers with fractions in an object, by the way to each; what is long is data, which nobody updates."""
    found: dict[str, np.ndarray] = {}
    waiting = deque[tuple[str, Any]]([("", thing)])
    for _ in range(_MOST):
        if not waiting:
            break
        way, one = waiting.popleft()  # the nearest first: what refers back to it has no end
        if isinstance(one, np.ndarray | np.floating | float):
            found.update({way: np.asarray(one)} if np.asarray(one).dtype.kind == "f" else {})
        elif not isinstance(one, list | tuple | dict) or len(one) <= _MOST:
            waiting += [(f"{way}.{name}", part) for name, part in parts_of(one).items()]
    return found


def _is_same(was: np.ndarray, now: np.ndarray | None) -> bool:
    return now is not None and now.shape == was.shape and bool(np.array_equal(now, was, equal_nan=True))


def _change(was: np.ndarray, now: np.ndarray | None) -> Told:
    if now is None:
        return UNTOLD
    return np.asarray(now - was) if now.shape == was.shape else now.copy()
