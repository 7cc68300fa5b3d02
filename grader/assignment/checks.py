"""Checks of a declaration when it is made: each field is of its kind, names are there, and none is there twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from types import ModuleType
from typing import Any

from grader.errors import AuthorError

_EXACT = (int | Fraction, "an int or a Fraction: Fraction(1, 2) for a half")
_KINDS: Mapping[str, tuple[Any, str]] = {
    "str": (str, "text"),
    "float": (int | float, "a number"),
    "tuple": (tuple, 'a tuple; one with a single part has a comma: ("dx",)'),
    "Mapping": (Mapping, "a dict"),
    "Points": _EXACT,
    "Fraction": _EXACT,
    "Inputs": (Callable, "a function that takes a numpy generator, such as arrays(x=(3, 4))"),
    "ModuleType": (ModuleType, "a module: from . import reference"),
    "Driver": (inspect.isgeneratorfunction, 'a generator function: it ends with `yield "name", {"out": out}`'),
}
"""What a field is checked by, a type or a function, and what to write; by its annotation."""
_KEPT_AS: Mapping[str, Callable[[Any], Any]] = {"float": float, "Fraction": Fraction}
"""What a whole number is kept as, so that a key that was just compiled is equal to the one in its file."""


class Word:
    """A part of a declaration, a dataclass. Making a wrong one raises `AuthorError` with its name and what to write."""

    def __post_init__(self) -> None:
        for one in fields(self):  # type: ignore[arg-type]
            kind, said = _KINDS.get(str(one.type).partition("[")[0], (object, ""))
            value = getattr(self, one.name)
            is_one = kind(value) if inspect.isfunction(kind) else isinstance(value, kind)
            demand(is_one, f"{self}: {one.name}= must be {said}")
            if kept := _KEPT_AS.get(str(one.type)):
                object.__setattr__(self, one.name, kept(value))
        self._check()

    def __str__(self) -> str:
        name = getattr(self, "name", "") or getattr(getattr(self, "driver", None), "__name__", "")
        return f"{type(self).__name__} '{name}'" if name else type(self).__name__

    def _check(self) -> None:
        """Refuse values that make no sense."""


def demand(holds: bool, sentence: str, hint: str = "") -> None:
    """Raise `AuthorError` unless `holds`."""
    if not holds:
        raise AuthorError(sentence, hint)


def demand_known(what: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Raise `AuthorError` for a name that is not among the known ones."""
    for name in names:
        demand(name in known, f"{what} '{name}', which is not there", f"there are: {', '.join(filter(None, known))}")


def demand_different(what: str, names: Sequence[str]) -> None:
    """Raise `AuthorError` for a name that is there twice."""
    twice = next((name for n, name in enumerate(names) if name in names[:n]), "")
    demand(not twice, f"{what}: two are called '{twice}'", "give each a name of its own")


def resolve(module: ModuleType, name: str) -> Any:
    """The function, method or class of a module that has this dotted name; None where there is none."""
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
