"""Whether the parts of a declaration are of the kinds that their annotations say.

takes: a word of the declaration, as it was just made.
gives: nothing where all is well; `AuthorError` that names the word, the part, what it must be and what it is.
must not know: what a part means, which values of its kind are taken.

Python itself takes anything anywhere, and fails somewhere else and much later. A list is as good as a tuple here.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any, Union, get_args, get_origin, get_type_hints

from grader.errors import AuthorError

_SAID = {
    str: 'text in quotes ("…")',
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    Fraction: "Fraction",
    types.ModuleType: "a module (from . import passes)",
    type(None): "None",
}


def demand_kinds(word: Any) -> None:
    """Refuse a part of another kind than its field is annotated with."""
    kinds = get_type_hints(type(word))
    for field in fields(word):
        kind, value = kinds[field.name], getattr(word, field.name)
        if not _fits(value, kind):
            raise AuthorError(
                f"{_called(word)}: {field.name}= must be {_said(kind)}, and is {_what(value)}", _hint(value, kind)
            )


def _called(word: Any) -> str:
    """How an author finds it again: what it is, and its name if it has one."""
    name = next((getattr(word, part) for part in ("name", "function", "forward") if hasattr(word, part)), None)
    return f"{type(word).__name__} '{name}'" if isinstance(name, str) else type(word).__name__


def _fits(value: object, kind: Any) -> bool:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any or kind is object:
        return True
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, (tuple, list)) and _all_fit(value, inner)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(_fits(k, inner[0]) and _fits(v, inner[1]) for k, v in value.items())
    if origin is Callable:
        return callable(value)
    return _is_a(value, kind)


def _all_fit(parts: tuple[object, ...] | list[object], inner: tuple[Any, ...]) -> bool:
    if inner[1:] == (...,):
        return all(_fits(part, inner[0]) for part in parts)
    return len(parts) == len(inner) and all(map(_fits, parts, inner))


def _is_a(value: object, kind: type) -> bool:
    """True is no number, and what is exact may be whole."""
    if isinstance(value, bool):
        return kind is bool
    if kind in (float, Fraction):
        return isinstance(value, (int, kind))
    return isinstance(value, kind)


def _said(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_said, inner))
    if origin is tuple and inner[1:] == (...,):
        return f"a tuple, each part of it {_said(inner[0])}"
    if origin is tuple:
        return f"({', '.join(map(_said, inner))})"
    if origin is Mapping:
        return f"a dict {{{_said(inner[0])}: {_said(inner[1])}}}"
    if origin is Callable:
        return "a function"
    return str(_SAID.get(kind, getattr(kind, "__name__", kind)))


def _what(value: object) -> str:
    if isinstance(value, (str, int, float, Fraction, type(None))):
        return repr(value)
    if isinstance(value, Mapping):
        kinds = {f"{type(key).__name__}: {type(part).__name__}" for key, part in value.items()}
        return f"a dict {{{', '.join(sorted(kinds))}}}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {', '.join(sorted({type(part).__name__ for part in value})) or 'nothing'}"
    return f"a {type(value).__name__}"


def _hint(value: object, kind: Any) -> str:
    """The usual slip of each kind."""
    if get_origin(kind) is tuple and not isinstance(value, (tuple, list)):
        return "a tuple of one has a comma: (x,)"
    if isinstance(value, float) and Fraction in (kind, *get_args(kind)):
        exact = Fraction(str(value)).limit_denominator(1000) if value == value and abs(value) < 1e9 else Fraction(1, 2)
        return f"points are exact: write Fraction({exact.numerator}, {exact.denominator})"
    if get_origin(kind) is Callable:
        return "give the function itself, without calling it"
    return ""
