"""What the check puts on a hand-in's object, with as many axes as its own constructor has given to what stands there.

takes: an object, the way to a place in it, and what is to be put there.
gives: that put there with the axes that the program counts on; what is read from there, with those of the check.
must not know: whose object it is, what is right.

A bias of shape (3,) is as good as one of (1, 3), and a program that keeps the one may rely on it everywhere: by
`b.shape`, `np.repeat(b, n, 0)`, or `b -= rate * db`. What differs in more than axes of one is put as it is.

What stands there already is left as it is: it may stand elsewhere, too, as after `self.grads = self.embed.grads`.
"""

from __future__ import annotations

import numpy as np

from grader.harness.mending.mended import is_equal, of_class_of, plain
from grader.wire import follow, is_same_but_for_ones, put


class OwnAxes:
    """Puts arrays and reads them again; knows in which shape each was to be put, where it has another on the object."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[int, ...]] = {}

    def put(self, of: tuple[str, ...], holder: object, way: str, value: object) -> None:
        """Put a value where a way ends, with axes and class of what stands there; `of` says whose place it is."""
        there = follow(holder, way)
        self._due.pop((of, way), None)
        if _is_there(there, value):
            return
        shape = there.shape if isinstance(there, np.ndarray) else ()
        if isinstance(value, np.ndarray) and shape and is_same_but_for_ones(value.shape, shape):
            self._due[of, way] = value.shape
            value = value.reshape(shape)
        if isinstance(value, np.ndarray) and isinstance(there, np.ndarray) and type(there) is not np.ndarray:
            value = of_class_of(there, value)
        put(holder, way, value, of[-1] or "self")

    def read(self, of: tuple[str, ...], holder: object, way: str) -> object:
        """What stands where a way ends, with the axes that were to be put there."""
        found, due = follow(holder, way), self._due.get((of, way))
        if due is None or not isinstance(found, np.ndarray) or not is_same_but_for_ones(found.shape, due):
            return found
        return found.reshape(due)


def _is_there(there: object, value: object) -> bool:
    """Whether a place holds that value already, of the same types throughout; an array may be of an own class."""
    if isinstance(there, np.ndarray) and isinstance(value, np.ndarray):
        return is_equal(plain(there), value)
    if type(there) is not type(value):
        return False
    if isinstance(there, list | tuple) and isinstance(value, list | tuple):
        return len(there) == len(value) and all(map(_is_there, there, value))
    return there is value
