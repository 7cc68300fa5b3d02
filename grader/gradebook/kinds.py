"""Whether the parts of a record are what they say that they are, where another program or a bad disk wrote them.

takes: a value that was read, of a dataclass; or one cell.
gives: the same value; `TypeError` where a field holds something else than its kind. Whether a cell is text.
must not know: what a record means.

JSON has types of its own: what was read as a number where a name is due is found out later, far from here, by whoever
puts it on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_Read = TypeVar("_Read")
_Kinds = tuple[tuple[str, tuple[type, ...]], ...]
_CHECKED = (str, bytes, int, bool, float, Fraction, Mapping, tuple, type(None))


def sound(read: _Read) -> _Read:
    """The value itself, if each of its fields is of its kind."""
    made: Callable[..., Any] = type(read)
    kinds, texts, met = _kinds(made)
    fields = vars(read)
    types = (*map(type, fields.values()),)
    if types not in met:  # a class of a thousand has thirty thousand parts, of a few forms
        for name, kind in kinds:
            if not isinstance(fields[name], kind):
                raise TypeError(f"{name} is {fields[name]!r:.60}")
        met.add(types)
    for name in texts:
        if not all(isinstance(text, str) for text in fields[name]):
            raise TypeError(f"{name} is {fields[name]!r:.60}")
    return read


def is_text(cell: object) -> bool:
    """Whether it is text that a path may have in it."""
    return isinstance(cell, str) and "\0" not in cell


@lru_cache(maxsize=64)
def _kinds(made: Callable[..., Any]) -> tuple[_Kinds, tuple[str, ...], set[tuple[type, ...]]]:
    """The fields of a dataclass with their kinds, those that are rows of texts, and which types were met and are."""
    hints = get_type_hints(made)
    kinds = tuple((name, kind) for name, hint in hints.items() if (kind := _of(hint)))
    return kinds, tuple(name for name, hint in hints.items() if hint == tuple[str, ...]), set()


def _of(hint: Any) -> tuple[type, ...]:
    """The kinds that a hint allows; none where it is of another dataclass."""
    if isinstance(hint, UnionType):
        return tuple(kind for one in get_args(hint) for kind in _of(one) or (object,))
    if hint is float:
        return (int, float)
    plain = get_origin(hint) or hint
    return (plain,) if plain in _CHECKED else ()
