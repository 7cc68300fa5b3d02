"""What the check puts on a hand-in's object, with as many axes as its own constructor has given to what stands there.

takes: an array, what stands in its place, and later what is read from there.
gives: the array with the axes that the program counts on; what is read, with those that were put.
must not know: whose object it is, what is right.

A bias of shape (3,) is as good as one of (1, 3), and a program that keeps the one may rely on it everywhere: by
`b.shape`, `np.repeat(b, n, 0)`, or `b -= rate * db`. What differs in more than axes of one is put as it is.
"""

from __future__ import annotations

import numpy as np

from grader.wire import is_same_but_for_ones


class OwnAxes:
    """The shapes in which arrays were to be put, by place, where they have others on the object."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[int, ...]] = {}

    def as_there(self, place: object, value: object, there: object) -> object:
        """The value, with the axes of what stands there."""
        self._due.pop(place, None)
        if not (isinstance(value, np.ndarray) and isinstance(there, np.ndarray)):
            return value
        if not is_same_but_for_ones(value.shape, there.shape):
            return value
        self._due[place] = value.shape
        return value.reshape(there.shape)

    def as_put(self, place: object, found: object) -> object:
        """What is read from a place, with the axes that were to be put there."""
        due = self._due.get(place)
        is_own = due is not None and isinstance(found, np.ndarray) and is_same_but_for_ones(found.shape, due)
        return found.reshape(due) if is_own else found  # type: ignore[attr-defined]
