"""What a function is to leave on its object, told by names and put there under these: arrays, and several in one thing.

A tuple, a list or a dict of arrays is told array by array: `cache[0]`, `grads["W"]`.

takes: what an object held before and holds now, or arrays by name; the object.
gives: the arrays that are new by name, those in one thing by their places; an object that holds such ones, which it
could not hold, and which it holds twice.
must not know: what is right, when anything is lent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from typing import Any

import numpy as np

from grader.harness.mending.mended import is_equal, of_class_of, plain
from grader.harness.mending.ways import stands_for
from grader.wire import Told

_PLACE = "["
_Right = np.ndarray | list[np.ndarray] | dict[str, np.ndarray]


def changed_in(before: Mapping[str, Sequence[Told]], after: Mapping[str, Sequence[Told]]) -> dict[str, np.ndarray]:
    """The arrays that an object holds since a call, and did not before; of several in one thing all."""
    changed = ((name, parts) for name, parts in after.items() if not _are_same(before.get(name, ()), parts))
    return {f"{name}{place}": array for name, parts in changed for place, array in _arrays_in(parts)}


def _are_same(before: Sequence[Told], after: Sequence[Told]) -> bool:
    return len(before) == len(after) and all(
        _plain(was) == _plain(is_now) for was, is_now in zip(before, after, strict=True)
    )


def _plain(told: Told) -> object:
    return (told.dtype, told.shape, told.tobytes()) if isinstance(told, np.ndarray) else told


def _arrays_in(parts: Sequence[Told]) -> Iterator[tuple[str, np.ndarray]]:
    """Each by its place: an array alone, or of a tuple, a list or a dict that holds nothing else."""
    arrays = [one for one in parts if isinstance(one, np.ndarray)]
    if len(arrays) == len(parts) == 1:
        yield "", arrays[0]
    elif parts and isinstance(parts[0], str) and len(arrays) == len(parts) - 1:
        number, is_dict, words = parts[0].partition(": ")
        if arrays and number == str(len(arrays)):
            places = json.loads(words) if is_dict else range(len(arrays))
            yield from ((f"{_PLACE}{json.dumps(n)}]", array) for n, array in zip(places, arrays, strict=False))


def put_back(
    thing: object, left: Mapping[str, np.ndarray], is_twice: Callable[[object], bool] = lambda _: False
) -> tuple[dict[str, list[Told]], list[np.ndarray]]:
    """Let an object hold these; one whose class refuses holds what it held. Gives, as it is told, what it does not hold
    since something else stands there: what is of another form or length is the hand-in's own. A dict that has more in
    it holds these among them. Gives too what it holds under a name of its own as well; `is_twice` tells what it did.
    """
    another: dict[str, list[Told]] = {}
    twice: list[np.ndarray] = []
    for name, right in _by_name(left).items():
        *way, last = name.split(".")
        with suppress(Exception):
            holds = reduce(lambda one, part: parts_of(one)[part], way, thing)
            own = getattr(holds, last, None)
            own = None if is_twice(own) else own  # what was put there is put anew: it may be no other's by now
            held = _in_dict(own, right) if isinstance(right, dict) else _as_held(own, right)
            if held is not None:
                setattr(holds, last, held)
            if isinstance(held, np.ndarray) and own is None and _holds(holds, held, last):
                twice.append(held)
            if isinstance(right, list | dict) and (held is None or len(held) != len(right)):
                another[name] = _told(right)
    return another, twice


def _holds(thing: object, right: np.ndarray, but: str) -> bool:
    parts = parts_of(thing).items()
    arrays = (plain(part) for name, part in parts if name != but and isinstance(part, np.ndarray))
    return any(stands_for(array, right) for array in arrays)


def _by_name(left: Mapping[str, np.ndarray]) -> dict[str, _Right]:
    """What is right for each name, by the places in it where it is several."""
    found: dict[str, _Right] = {}
    for name, array in left.items():
        root, is_part, place = name.partition(_PLACE)
        if not is_part:
            found[name] = array
            continue
        at = json.loads(place[:-1])
        several = found.setdefault(root, {} if isinstance(at, str) else [])
        if isinstance(several, dict):
            several[at] = array
        elif isinstance(several, list):
            several.append(array)
    return found


def _told(right: list[np.ndarray] | dict[str, np.ndarray]) -> list[Told]:
    """As it is told where it stands on an object."""
    if isinstance(right, list):
        return [str(len(right)), *right]
    return [f"{len(right)}: {json.dumps([*right])}", *right.values()]


def _in_dict(own: Any, right: dict[str, np.ndarray]) -> Any:
    """The hand-in's dict with what is right in it, what else it has beside that; None where it has other names."""
    held = {} if own is None else own
    places = {str(key): key for key in held} if isinstance(held, dict) else {}
    if not isinstance(held, dict) or not (places.keys() <= right.keys() or places.keys() >= right.keys()):
        return None
    for name, array in right.items():
        place = places.get(name, int(name) if name.isdigit() else name)
        held[place] = _as_held(held.get(place), array if array.ndim else array[()])
    return held


def parts_of(thing: object) -> dict[str, Any]:
    """What an object has by name, a dict by its words, and a list or a tuple by place."""
    there = getattr(thing, "__dict__", None) or thing
    if isinstance(there, list | tuple):
        return {str(n): part for n, part in enumerate(there)}
    found = there.items() if isinstance(there, dict) else ()
    return {name: value for name, value in found if isinstance(name, str)}


def _as_held(own: Any, right: np.ndarray | list[np.ndarray]) -> Any:
    """What is right in the form that the hand-in has: several of one shape are told as one array. None where it has
    something else than several arrays, or other ones.

    A list stays the same one, and so do its arrays, which others may hold as well. An array is of the class of what
    stands there, and stays the same one if that is right: an own class may have attributes.
    """
    is_alike = isinstance(own, tuple | list) and len(own) == len(right)
    if isinstance(right, list) and own is not None and not is_alike:
        return None
    is_several = isinstance(own, tuple | list) and (isinstance(right, list) or right.shape[:1] == (len(own),))
    if isinstance(own, np.ndarray) and isinstance(right, np.ndarray):
        return own if is_equal(plain(own), right) else of_class_of(own, right)
    if not is_several:
        return tuple(right) if isinstance(right, list) else right
    if isinstance(own, tuple):
        return tuple(right)
    for n, array in enumerate(right):
        if isinstance(own[n], np.ndarray) and (own[n].shape, own[n].dtype) == (array.shape, array.dtype):
            own[n][...] = array
        else:
            own[n] = array
    return own
