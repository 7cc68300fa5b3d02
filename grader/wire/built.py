"""Arguments that are no arrays: a stride, a mode, a dict of settings, a function, as data.

takes: what an author draws: numbers, words and None, names of what came with the exercise (`Given`), tuples, lists
and dicts of these and of arrays, and sets of numbers and words.
gives: `Built`, which crosses the wall as text, with its arrays among the inputs; inside, the same value again.
must not know: what any of it is for; the code that a name stands for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count
from sys import intern
from typing import Any

import numpy as np

from grader.wire.quick import cached_property

Arrays = dict[str, np.ndarray]
_ARRAY, _TUPLE, _LIST, _DICT = "array", "tuple", "list", "dict"
_PAIRS, _SET = "pairs", "set"  # a dict whose keys are not all words has them beside their values
_GIVEN, _MADE = "given", "made"


@dataclass(frozen=True)
class Given:
    """A function or class of a file that came with the exercise, or what it gives when it is called with `arguments`.

    `name` has the module before the colon: `toy:Dataset`, `lib.toy:Dataset.of_words`. `parameters` are what the first
    arguments are called there: an array among them is an input by its place, `data(=rows)` or `data(0)`.
    """

    name: str
    arguments: tuple[object, ...] | None = None
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    """One argument: `form` is JSON. A plain value stands for itself, a list for an array, a tuple, a list or a dict.

    An array is an input by the name of its place: `params['w']`.
    """

    name: str
    form: str

    @cached_property
    def _read(self) -> Any:
        return json.loads(self.form)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is one number, word or None: nothing that a call could change."""
        return not isinstance(self._read, list)

    @cached_property
    def number(self) -> float | None:
        """The number that it is, as a rate or a weight; None for all else, true and false too."""
        is_number = isinstance(self._read, int | float) and not isinstance(self._read, bool)
        return float(self._read) if is_number else None

    @cached_property
    def is_given(self) -> bool:
        """Whether it is a function or class of what came with the exercise, and not a thing made by one."""
        return isinstance(self._read, list) and self._read[0] == _GIVEN

    @cached_property
    def arrays(self) -> tuple[str, ...]:
        """The names of the inputs that stand in it."""
        found: list[str] = []
        self.put_together(found.append)
        return tuple(found)

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The modules that came with the exercise and of which something stands in it."""
        found: dict[str, None] = {}

        def note(name: str) -> Any:
            found[name.partition(":")[0]] = None
            return _nothing

        self.put_together(_nothing, note)
        return tuple(found)

    def put_together(self, array: Callable[[str], object], given: Callable[[str], Any] | None = None) -> object:
        """Make the value; `array` gives what stands in it for an input, `given` what came with the exercise."""
        return _made(self._read, array, given or (lambda name: _nothing))

    def written(self, name: Callable[[str], str]) -> str:
        """Write it as Python, with the arrays as `name` calls them."""
        return repr(self.put_together(lambda of: _Named(name(of)), lambda of: _Named(of.replace(":", "."))))


def _nothing(*_: object) -> None:
    """What stands for a function where only the form is looked at."""


class _Named(str):
    """A name that is shown as it is, without quotes; called, with what it is called with."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def __call__(self, *arguments: object) -> _Named:
        return _Named(f"{self}({', '.join(map(repr, arguments))})")


def _made(form: Any, array: Callable[[str], object], given: Callable[[str], Any]) -> object:
    if not isinstance(form, list):
        # The very word that a program has: `mode is "train"` is true of those that stand in a notebook.
        return intern(form) if isinstance(form, str) else form
    kind, inner = form
    if kind == _ARRAY:
        return array(inner)
    if kind == _GIVEN:
        return given(inner)
    if kind == _MADE:
        return given(inner[0])(*[_made(part, array, given) for part in inner[1]])
    if kind in (_TUPLE, _LIST):
        parts = [_made(part, array, given) for part in inner]
        return tuple(parts) if kind == _TUPLE else parts
    if kind in (_PAIRS, _SET):
        pairs = _made(inner, array, given)
        return dict(pairs) if kind == _PAIRS else set(pairs)  # type: ignore[call-overload]
    return {intern(key): _made(part, array, given) for key, part in inner.items()}


def build(name: str, value: object) -> tuple[Built, Arrays]:
    """Take a value apart into its form and its arrays; `TypeError` says what there is no form for."""
    arrays: Arrays = {}
    return Built(name, json.dumps(_form(name, value, arrays), allow_nan=False)), arrays


def _form(place: str, value: object, arrays: Arrays) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, np.ndarray):
        arrays[place] = value
        return [_ARRAY, place]
    if isinstance(value, Given):
        if value.arguments is None:
            return [_GIVEN, value.name]
        called = chain((f"={name}" for name in value.parameters), count(len(value.parameters)))
        parts = zip(called, value.arguments, strict=False)
        return [_MADE, [value.name, [_form(f"{place}({n})", part, arrays) for n, part in parts]]]
    if isinstance(value, (tuple, list)):
        kind = _TUPLE if isinstance(value, tuple) else _LIST
        return [kind, [_form(f"{place}[{n}]", part, arrays) for n, part in enumerate(value)]]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return [_DICT, {key: _form(f"{place}[{key!r}]", part, arrays) for key, part in value.items()}]
    if isinstance(value, dict) and all(map(_is_key, value)):
        pairs = [
            (_TUPLE, [_form("", key, {}), _form(f"{place}[{key!r}]", part, arrays)]) for key, part in value.items()
        ]
        return [_PAIRS, [_LIST, pairs]]
    if isinstance(value, set) and all(map(_is_key, value)):
        return [_SET, [_LIST, [_form("", key, {}) for key in sorted(value, key=repr)]]]
    raise TypeError(f"'{place}' is {_what(value)}")


def _what(value: object) -> str:
    """What there is no form for."""
    if isinstance(value, float):
        return f"{value}, and no finite number"
    keys = " with keys that are neither words nor numbers" * isinstance(value, dict)
    parts = " of more than words and numbers" * isinstance(value, set)
    return f"a {type(value).__name__}{keys}{parts}"


def _is_key(key: object) -> bool:
    """Whether it is a word, a number, or a tuple of these."""
    if isinstance(key, tuple):
        return all(map(_is_key, key))
    return isinstance(key, (str, int, np.integer)) or (isinstance(key, float) and math.isfinite(key))
