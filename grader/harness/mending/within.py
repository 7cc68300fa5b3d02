"""The right result in a hand-in's whole program: in what its names hold, and in what its own functions give again.

takes: the namespace of a program, the object that is asked, forward's result, and what that should have been.
gives: a while in which the right result stands where the wrong one would.
must not know: what is asked, what is expected of backward.

A backward need not be handed what it works on. It may find it under a name of the program (`CACHE["out"]`,
`Sigmoid.out`), or work it out again by what forward goes by too: `self.forward(x)`, `sigmoid(x)`. The error of that is
forward's, and is counted there.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial, wraps
from types import FunctionType
from typing import Any

import numpy as np

from grader.harness.mending.mended import LARGEST, mended

_MOST = 256  # names of a program, or of a class: a hand-in works on fewer
_DEPTH = 2  # what a name stands for is not looked through as deep as a cache: it may be a table of data


@contextmanager
def right_within(
    namespace: MutableMapping[str, Any], asked: object, wrong: object, right: np.ndarray,
    derived: Container[bytes] | None = None,
) -> Iterator[None]:  # fmt: skip
    """Mend what is kept under names, and let the program's functions and methods give what is right for a while."""
    with ExitStack() as stack:
        if _is_telling(wrong):
            mend = partial(mended, wrong=wrong, right=right, depth=_DEPTH, derived=derived)
            keep = partial(mended, asked, wrong, right, derived=derived)
            for name, part in _items(namespace):
                _put_right(namespace.__setitem__, name, part, mend, keep, stack)
            for owner in _classes(namespace, asked):
                for name, part in _items(vars(owner)):
                    _put_right(partial(type.__setattr__, owner), name, part, mend, keep, stack)
        yield


def _is_telling(wrong: object) -> bool:
    """Whether nothing else is likely to have these numbers: an array of zeros is many things."""
    if not isinstance(wrong, np.ndarray) or wrong.dtype.kind not in "biufc" or wrong.size > LARGEST:
        return False
    return bool(wrong.any())


def _items(names: Any) -> list[tuple[str, Any]]:
    named = [(name, part) for name, part in list(names.items())[:_MOST] if isinstance(name, str)]
    return [(name, part) for name, part in named if name[:2] != "__" or name == "__call__"]


def _classes(namespace: MutableMapping[str, Any], asked: object) -> list[type]:
    """The program's own, each once: those that it names, and those that the object inherits from."""
    named = [part for _, part in _items(namespace) if isinstance(part, type)]
    own = [owner for owner in (*named, *type(asked).__mro__) if owner.__module__ == namespace.get("__name__")]
    return list(dict.fromkeys(own))


def _put_right(put: Any, name: str, part: Any, mend: Any, keep: Any, stack: ExitStack) -> None:
    """What a name stands for: what holds the result is mended for good, a function until the while is over."""
    if isinstance(part, type):
        return
    with suppress(Exception):  # it may refuse to be looked at, or to be changed
        other = mend(part)
        if other is not part:
            put(name, other)
        elif (giving := _giving_right(part, mend, keep)) is not None:
            put(name, giving)
            stack.callback(put, name, part)


def _giving_right(part: Any, mend: Any, keep: Any) -> Any:
    """The same function, whose result is mended, and what it keeps on the object; nothing where it is none."""
    if isinstance(part, (staticmethod, classmethod)):
        giving = _giving_right(part.__func__, mend, keep)
        return None if giving is None else type(part)(giving)
    if not isinstance(part, (FunctionType, partial, np.vectorize)):
        return None

    @wraps(part)
    def called(*given: Any, **named: Any) -> Any:
        given_back = part(*given, **named)
        keep()
        return mend(given_back)

    return called
