"""Words, and dicts, lists and sets of words and whole numbers, spelt out: as numbers, which alone cross the wall.

takes: any object; an array that came from one.
gives: the bytes of its text as an array, or `Unspelt`; and the text again.
must not know: what was expected.

What is equal in Python is spelt alike: a Counter as a dict, in the order of its keys, True as 1 and 2.0 as 2. So is a
tuple as a list, since either is as good as the other where a row of things is due.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

_DEEPEST = 8
_LONGEST = 1 << 16  # characters of all of it
_ROWS = (list, tuple, deque, range)


class Unspelt:
    """In the place of what cannot be spelt out: there is something, and it is neither nothing nor words."""


UNSPELT = Unspelt.__name__


class _UnspeltError(Exception):
    """Something is neither a word nor a whole number, nor made of these; or it is too long."""


def spell(value: object) -> np.ndarray | Unspelt:
    """Spell a thing out, unless it holds something else, such as a number with a fraction."""
    try:
        data = _spelt(value, _DEEPEST).encode(errors="backslashreplace")
    except _UnspeltError:
        return Unspelt()
    return np.frombuffer(data, np.uint8) if len(data) <= _LONGEST else Unspelt()


def read_spelt(array: np.ndarray) -> str:
    """The text again; of what is no such array, as much as is one. A program may have made it, whatever it holds."""
    data = array.astype(np.uint8).tobytes() if array.dtype.kind in "iu" and array.size <= _LONGEST else b""
    return "".join(one if one.isprintable() else "?" for one in data.decode(errors="replace"))


def _spelt(value: Any, deep: int, ends: str = "[]") -> str:
    """The text of one thing; `ends` stand around a row of things, round ones where a list cannot stand."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if value is None or isinstance(value, str):
        return repr(None if value is None else str(value))
    if isinstance(value, (bool, int)) or (isinstance(value, float) and value.is_integer()):
        return repr(int(value))
    if not deep:
        raise _UnspeltError
    if isinstance(value, dict):
        parts = _few(f"{_spelt(key, deep - 1, '()')}: {_spelt(part, deep - 1)}" for key, part in value.items())
        return f"{{{', '.join(sorted(parts))}}}"
    if isinstance(value, (set, frozenset)):
        parts = _few(_spelt(part, deep - 1, "()") for part in value)
        return f"{{{', '.join(sorted(parts))}}}" if parts else "set()"
    if isinstance(value, _ROWS):
        parts = _few(_spelt(part, deep - 1, ends) for part in value)
        comma = "," if ends == "()" and len(parts) == 1 else ""
        return f"{ends[0]}{', '.join(parts)}{comma}{ends[1]}"
    raise _UnspeltError


def _few(parts: Iterable[str]) -> list[str]:
    """All of them, unless they are too long together: what stands in itself a thousand times is not waited for."""
    kept, length = [], 0
    for part in parts:
        kept.append(part)
        length += len(part) + 2
        if length > _LONGEST:
            raise _UnspeltError
    return kept
