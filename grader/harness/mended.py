"""A hand-in's own cache with right values in it: wherever its forward's result stands, the right one is put.

takes: what a hand-in keeps, the result of its forward, and what that should have been.
gives: the same in the same layout, or what was given where nothing of the kind stands in it.
must not know: what is asked, what is expected of backward.

A backward behind a wrong forward is tried so: it reads its own layout of a cache, and no other.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from functools import partial
from types import FunctionType, MemberDescriptorType, MethodType
from typing import Any

import numpy as np

_DEEPEST = 4  # of what is kept within what is kept
_MOST = 64  # things in one of them: a cache has a few, and what has more is none


def mended(kept: Any, wrong: object, right: np.ndarray, depth: int = 0) -> Any:
    """Put `right` wherever `wrong` stands; tuples are made anew, all else that holds it is changed."""
    if wrong is None or depth > _DEEPEST:
        return kept
    if kept is wrong or is_equal(kept, wrong):
        return right.copy()
    if isinstance(kept, tuple) and len(kept) <= _MOST:
        parts = [mended(part, wrong, right, depth + 1) for part in kept]
        return type(kept)(*parts) if hasattr(kept, "_fields") else tuple(parts)
    if isinstance(kept, (list, deque)) and len(kept) <= _MOST:
        for place, part in enumerate(list(kept)):
            kept[place] = mended(part, wrong, right, depth + 1)
    elif isinstance(kept, dict) and len(kept) <= _MOST:
        kept.update({key: mended(part, wrong, right, depth + 1) for key, part in kept.items()})
    elif isinstance(kept, FunctionType):
        _mend_function(kept, wrong, right, depth)
    elif isinstance(kept, MethodType):
        mended(kept.__self__, wrong, right, depth + 1)
    elif isinstance(kept, partial):
        given = mended((kept.args, kept.keywords), wrong, right, depth)
        kept.__setstate__((kept.func, *given, vars(kept)))  # type: ignore[attr-defined] # what it is pickled by
        mended(kept.func, wrong, right, depth + 1)
    elif not isinstance(kept, (np.ndarray, type)):
        _mend_attributes(kept, wrong, right, depth)
    return kept


def _mend_function(function: FunctionType, wrong: object, right: np.ndarray, depth: int) -> None:
    """A cache may be the backward pass itself: `lambda dout: dout * out * (1 - out)`."""
    function.__defaults__ = mended(function.__defaults__, wrong, right, depth + 1)
    mended(function.__kwdefaults__, wrong, right, depth + 1)
    for cell in (function.__closure__ or ())[:_MOST]:
        with suppress(ValueError):  # a name that has no value yet
            part = cell.cell_contents
            if (other := mended(part, wrong, right, depth + 1)) is not part:
                cell.cell_contents = other


def _mend_attributes(thing: object, wrong: object, right: np.ndarray, depth: int) -> None:
    attributes = getattr(thing, "__dict__", None)
    held = list(attributes.items()) if isinstance(attributes, dict) else []
    for name, part in (*held, *_in_slots(thing))[:_MOST]:
        other = mended(part, wrong, right, depth + 1)
        if other is not part:
            object.__setattr__(thing, name, other)  # a frozen dataclass refuses its own


def _in_slots(thing: object) -> list[tuple[str, Any]]:
    """What an object holds in places that its class, or one that it inherits from, has named: `__slots__`."""
    owners = [vars(owner) for owner in type(thing).__mro__ if "__slots__" in vars(owner)]
    # By its place and not by what `__slots__` says: a name with two underscores has that of its class in it.
    slots = [name for owned in owners for name, place in owned.items() if isinstance(place, MemberDescriptorType)]
    return [(name, getattr(thing, name)) for name in slots[:_MOST] if hasattr(thing, name)]


def is_equal(kept: object, wrong: object) -> bool:
    """Whether both are arrays with the same numbers in them."""
    if not (isinstance(kept, np.ndarray) and isinstance(wrong, np.ndarray)) or kept.shape != wrong.shape:
        return False
    return kept.dtype == wrong.dtype and kept.tobytes() == wrong.tobytes()
