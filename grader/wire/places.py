"""Places in what a program keeps, as an author writes them behind a name: `.dw`, `['w']`, `[0]`.

takes: any object, and the way from it.
gives: what stands there; or puts something there.
must not know: whose object it is, what the places are for.
"""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]|\[(\d+)\]")


def follow(found: Any, way: str) -> Any:
    """Go from one thing to what stands in it, by `.name`, `['key']` and `[0]`; None where nothing is there.

    A key and an attribute are one to us: whether gradients are kept in a dict or an object is a matter of style.
    """
    try:
        for name, key, number in _STEP.findall(way):
            if number:
                found = found[int(number)]
            else:
                found = found.get(name or key) if isinstance(found, dict) else getattr(found, name or key, None)
    except BaseException:  # a property of the program's own may raise anything
        return None
    return found


def put(holder: Any, way: str, value: object) -> None:
    """Put a value where a way ends: under a key of a dict, at a place of a list, or as an attribute."""
    steps = list(_STEP.finditer(way))
    within = follow(holder, way[: steps[-1].start()])
    if within is None:
        raise AttributeError(f"there is nothing in self{way[: steps[-1].start()]}")
    name, key, number = steps[-1].groups()
    if number:
        within[int(number)] = value
    elif isinstance(within, dict):
        within[name or key] = value
    else:
        setattr(within, name or key, value)
