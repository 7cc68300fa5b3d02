"""Names of the library that newer Pythons have, or Python 2 had, for a program that uses them where ours has not.

takes: the text of a program.
gives: the modules of the library with what that names and they lack; what they have is left alone.
must not know: what the program is for.

Colab's Python, or the one at home, may be newer than the grader's, and what runs there is right. Python 2's
are those that have another name today.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
import operator
import sys
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any


def _batched(iterable: Iterable[Any], n: int, *, strict: bool = False) -> Iterator[tuple[Any, ...]]:
    if n < 1:
        raise ValueError("n must be at least one")
    return _batches(iter(iterable), n, strict)


def _batches(rest: Iterator[Any], n: int, strict: bool) -> Iterator[tuple[Any, ...]]:
    while batch := tuple(itertools.islice(rest, n)):
        if strict and len(batch) < n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def _sumprod(p: Iterable[Any], q: Iterable[Any], /) -> Any:
    """As exact as Python's own: one rounding of floats, none of whole numbers."""
    products = [operator.mul(*pair) for pair in zip(p, q, strict=True)]
    is_real = all(isinstance(one, (int, float)) for one in products)
    return math.fsum(products) if is_real and any(isinstance(one, float) for one in products) else sum(products)


def _fma(x: float, y: float, z: float, /) -> float:
    return x * y + z


def _override(method: Any, /) -> Any:
    return method


def _deprecated(message: str, /, **_: Any) -> Callable[[Any], Any]:
    """What it would warn of costs nothing."""
    return lambda thing: thing


def _replace(thing: Any, /, **changes: Any) -> Any:
    if hasattr(thing, "__replace__"):
        return thing.__replace__(**changes)
    if hasattr(thing, "_replace"):  # a named tuple
        return thing._replace(**changes)
    return dataclasses.replace(thing, **changes)


_NAMES: tuple[tuple[ModuleType, str, object], ...] = (
    (itertools, "izip", zip),
    (itertools, "izip_longest", itertools.zip_longest),
    (itertools, "imap", map),
    (itertools, "ifilter", filter),
    (sys, "maxint", sys.maxsize),
    (itertools, "batched", _batched),  # 3.12
    (math, "sumprod", _sumprod),
    (typing, "override", _override),
    (math, "fma", _fma),  # 3.13
    (warnings, "deprecated", _deprecated),
    (copy, "replace", _replace),
)


def serve_new_names(sources: Sequence[str]) -> None:
    """Set those that some text has."""
    text = "\n".join(sources)
    for module, name, offered in _NAMES:
        if name not in vars(module) and name in text:
            setattr(module, name, offered)
