"""The arrays in what a hand-in keeps from forward to backward, so that a change of them in place can be told.

takes: a cache in whatever layout; what a call took, before it and after.
gives: the bytes of its arrays; the names of what has changed.
must not know: what is asked; classes of the hand-in's own: no code of theirs is to be called here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np

_MOST = 256  # things that are looked at, in all, and each once: one may stand in many places, in itself for one
_ROOM = 1 << 22  # bytes, in all: no case has as many, and it is only for a note


def bytes_kept(kept: object) -> list[bytes]:
    """The bytes of each array in a tuple, a list or a dict, and in those within it, in one order and the same."""
    found: list[bytes] = []
    waiting, seen, room = [kept], set[int](), _ROOM
    while waiting and len(seen) < _MOST:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        # Exact types: a class that inherits from one of these may run what it likes.
        if type(part) is np.ndarray and part.nbytes <= room and part.dtype.kind != "O":
            found.append(part.tobytes())
            room -= part.nbytes
        elif type(part) is dict:
            waiting += islice(part.values(), _MOST)
        elif type(part) in (tuple, list):
            waiting += islice(part, _MOST)  # type: ignore[call-overload]
    return found


def changed(
    inputs: Mapping[str, np.ndarray], given: Mapping[str, np.ndarray], before: Mapping[str, tuple[object, list[bytes]]]
) -> tuple[str, ...]:
    """The inputs, and what the hand-in keeps, that a call has changed. Bytes, not values: a NaN is no NaN's equal."""
    names: tuple[str, ...] = ()
    for name, array in inputs.items():
        if array.tobytes() != given[name].tobytes():
            names += (name,)
    if not before:  # as in nearly all calls
        return names
    return (*names, *(name for name, (kept, was) in before.items() if bytes_kept(kept) != was))
