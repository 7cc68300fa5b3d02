"""Places in what a program keeps, as an author writes them behind a name: `.dw`, `['w']`, `[0]`, `[-1]`.

takes: any object, and the way from it.
gives: what stands there; or puts something there.
must not know: whose object it is, what the places are for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from grader.wire.spelt import spell

COUNT = ".__len__()"
"""How a way ends that leads to how many things there are: `len(batches)`, as an author writes it."""
MEASURES: Mapping[str, Callable[[np.ndarray], object]] = {
    ".mean()": np.mean, ".std()": np.std, ".min()": np.min, ".max()": np.max,
}  # fmt: skip
"""How a way ends that leads to one number of all entries of an array: `std(params['W'])`, as an author writes it."""
SPELT = ".text()"
"""How a way ends that leads to words, or to a dict, list or set of them: `text(tokens)`, as an author writes it."""
IF_THERE = "?"
"""How a way begins on which a value is put only where there is something to put it in."""
_ROOT = re.compile(r"\w*")
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[(-?\d+)\]")


def follow(found: Any, way: str) -> Any:
    """Go from one thing to what stands in it, by `.name`, `['key']` and `[0]`; None where nothing is there.

    A key and an attribute are one to us: whether gradients are kept in a dict or an object is a matter of style.
    """
    try:
        if way.endswith(COUNT):
            return len(follow(found, way.removesuffix(COUNT)))
        if way.endswith(SPELT):
            thing = follow(found, way.removesuffix(SPELT))
            return None if thing is None and way != SPELT else spell(thing)  # None may be what is due
        ending = next((ending for ending in MEASURES if way.endswith(ending)), "")
        if ending:
            return _measured(MEASURES[ending], follow(found, way.removesuffix(ending)))
        for name, key, number in _STEP.findall(way):
            if number:
                found = found[int(number)]
            else:
                found = found.get(name or key) if isinstance(found, dict) else getattr(found, name or key, None)
                found = (
                    None if isinstance(found, memoryview) else found
                )  # `data` of an array, which nobody has put there
    except BaseException:  # a property of the program's own may raise anything
        return None
    return found


def is_place(way: str) -> bool:
    """Whether a way leads to what stands somewhere, and not to what is counted, measured or spelt out of it."""
    return not _STEP.sub("", way)


def reached(found: Any, way: str) -> tuple[Any, str, str]:
    """How far a way leads, from one thing to another: what stands there, the way to it, and the first step beyond."""
    so_far = ""
    for step in _STEP.finditer(_without_ending(way)):
        further = follow(found, step[0])
        if further is None:
            return found, so_far, step[0]
        found, so_far = further, so_far + step[0]
    return found, so_far, ""


def _without_ending(way: str) -> str:
    """A way to what is counted or measured, without that."""
    return way.removesuffix(next((ending for ending in (COUNT, SPELT, *MEASURES) if way.endswith(ending)), ""))


def _measured(measure: Callable[[np.ndarray], object], found: Any) -> object:
    """Of what is an array of numbers, or can be read as one: an object's own idea of its mean is not asked."""
    if not isinstance(found, (np.ndarray, list, tuple)):
        return None
    array = np.asarray(found, dtype=np.float64)
    return measure(array) if array.size else None


def parted(place: str) -> tuple[str, str]:
    """What a place is in, and the way from there; "" for the object that is asked: `self.w` and `.w` are one."""
    root = _ROOT.match(place)[0]  # type: ignore[index]  # it may be empty, and is always there
    return "" if root == "self" else root, place[len(root) :]


ALL = -1


def how_many(way: str) -> int:
    """How many things in a row are to be known to go this way: up to the one that is meant, or `ALL`; else none."""
    first = _STEP.match(way)
    number = int(first[3]) if first and first[3] else None
    return ALL if way in (COUNT, SPELT) or (number is not None and number < 0) else 0 if number is None else number + 1


PUTS = "the check puts numbers of its own"


def put(holder: Any, way: str, value: object, name: str = "self") -> None:
    """Put a value where a way ends: under a key of a dict, at a place of a list, or as an attribute."""
    if way.startswith(IF_THERE):
        with suppress(Exception):  # a class of the program's own may refuse it
            put(holder, way.removeprefix(IF_THERE), value, name)
        return
    steps = list(_STEP.finditer(way))
    within = follow(holder, way[: steps[-1].start()])
    if within is None:
        raise AttributeError(f"nothing is in {name}{way[: steps[-1].start()]}, where {PUTS}")
    try:
        _put_at(within, steps[-1], value)
    except (AttributeError, TypeError, IndexError) as error:
        if type(within).__module__ != "builtins":  # else what raised may be a line of the hand-in
            raise
        at, rest = f"{name}{way[: steps[-1].start()]}", steps[-1][0]
        raise AttributeError(f"{at} is of type {type(within).__name__}, which takes no {rest}, where {PUTS}") from error


def _put_at(within: Any, step: re.Match[str], value: object) -> None:
    attribute, key, number = step.groups()
    if number:
        within[int(number)] = value
    elif isinstance(within, dict):
        within[attribute or key] = value
    else:
        setattr(within, attribute or key, value)
