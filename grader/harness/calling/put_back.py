"""What a function is to leave on its object, told by names and put there under these: arrays, tuples and lists of them.

takes: what an object held before and holds now, or arrays by name; the object.
gives: the arrays that are new by name, those of a tuple or a list one by one; an object that holds such ones, and which
it could not hold.
must not know: what is right, when anything is lent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from typing import Any

import numpy as np

from grader.harness.mending.mended import is_equal, of_class_of, plain
from grader.wire import Told

_PLACE = "["


def changed_in(before: Mapping[str, Sequence[Told]], after: Mapping[str, Sequence[Told]]) -> dict[str, np.ndarray]:
    """The arrays that an object holds since a call, and did not before; of a tuple or a list all that are in it."""
    changed = ((name, parts) for name, parts in after.items() if not _are_same(before.get(name, ()), parts))
    return {f"{name}{place}": array for name, parts in changed for place, array in _arrays_in(parts)}


def _are_same(before: Sequence[Told], after: Sequence[Told]) -> bool:
    return len(before) == len(after) and all(
        _plain(was) == _plain(is_now) for was, is_now in zip(before, after, strict=True)
    )


def _plain(told: Told) -> object:
    return (told.dtype, told.shape, told.tobytes()) if isinstance(told, np.ndarray) else told


def _arrays_in(parts: Sequence[Told]) -> Iterator[tuple[str, np.ndarray]]:
    """Each by its place: an array alone, or of a tuple or a list that holds nothing else."""
    arrays = [one for one in parts if isinstance(one, np.ndarray)]
    if len(arrays) == len(parts) == 1:
        yield "", arrays[0]
    elif parts and isinstance(parts[0], str) and parts[0] == str(len(arrays)) and len(arrays) == len(parts) - 1:
        yield from ((f"{_PLACE}{n}]", array) for n, array in enumerate(arrays))


def put_back(thing: object, left: Mapping[str, np.ndarray]) -> dict[str, list[Told]]:
    """Let an object hold these; one whose class refuses holds what it held. Gives, as it is told, what it does not hold
    since something else stands there: a dict or a list of another length is the hand-in's own.
    """
    another: dict[str, list[Told]] = {}
    whole: dict[str, Any] = {}
    several: dict[str, list[np.ndarray]] = defaultdict(list)
    for name, array in left.items():
        root, is_part, _ = name.partition(_PLACE)
        if is_part:
            several[root].append(array)
        else:
            whole[name] = array
    for name, right in (*whole.items(), *several.items()):
        *way, last = name.split(".")
        with suppress(Exception):
            holds = reduce(lambda one, part: parts_of(one)[part], way, thing)
            own = getattr(holds, last, None)
            if _is_another(own, right):
                another[name] = [str(len(right)), *right]
            else:
                setattr(holds, last, _as_held(own, right))
    return another


def _is_another(own: Any, right: np.ndarray | list[np.ndarray]) -> bool:
    """Whether what stands under a name is something else than several arrays, or other ones."""
    is_several = isinstance(own, tuple | list) and len(own) == len(right)
    return isinstance(right, list) and own is not None and not is_several


def parts_of(thing: object) -> dict[str, Any]:
    """What an object has by name, a dict by its words, and a list or a tuple by place."""
    there = getattr(thing, "__dict__", None) or thing
    if isinstance(there, list | tuple):
        return {str(n): part for n, part in enumerate(there)}
    found = there.items() if isinstance(there, dict) else ()
    return {name: value for name, value in found if isinstance(name, str)}


def _as_held(own: Any, right: np.ndarray | list[np.ndarray]) -> Any:
    """What is right in the form that the hand-in has: several of one shape are told as one array.

    A list stays the same one, and so do its arrays, which others may hold as well. An array is of the class of what
    stands there, and stays the same one if that is right: an own class may have attributes.
    """
    is_several = isinstance(own, tuple | list) and (isinstance(right, list) or right.shape[:1] == (len(own),))
    if isinstance(own, np.ndarray) and isinstance(right, np.ndarray):
        return own if is_equal(plain(own), right) else of_class_of(own, right)
    if not is_several:
        return right if isinstance(right, np.ndarray) else tuple(right)
    if isinstance(own, tuple):
        return tuple(right)
    for n, array in enumerate(right):
        if isinstance(own[n], np.ndarray) and (own[n].shape, own[n].dtype) == (array.shape, array.dtype):
            own[n][...] = array
        else:
            own[n] = array
    return own
