"""What a function is called with, written down: so that our side can tell whether it knows what is right for that.

takes: a function as it is called, its arguments; what functions have kept for others before, what the question gives.
gives: arrays and texts, of given functions their names; or nothing where something cannot be written down.
must not know: what is right, what is lent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any

import numpy as np

from grader.harness.calling.as_given import AsGiven
from grader.harness.calling.put_back import parts_of
from grader.harness.calling.results import describe_value
from grader.harness.given import given_name
from grader.wire import GIVEN, HELD, OWN, UNTOLD, Told

_DEEPEST = 4  # of what stands within what it is called with
_MOST = 96  # things in all of them: of what a call takes there are some ten
_MOST_HELD = 240  # with what its object holds: of a layer some ten, of several heads of attention eighty


class UntoldError(Exception):
    """Something is neither numbers nor words, nor a function of a file that came with the exercise."""


class Kept:
    """What is known by itself: what functions have kept for others, and in which of their calls (it stands for itself
    where one has failed); functions and objects that the question gives, by the names of its arguments.
    """

    def __init__(
        self, given: Callable[[], Mapping[str, object]] = dict, modules: Collection[object] = ("__main__",)
    ) -> None:
        self._held: list[tuple[object, int]] = []  # held, so that nothing else gets their ids
        self._beside: list[tuple[object, Held]] = []
        self._twice: dict[int, object] = {}
        self._given = given
        self.modules = modules  # whose classes are the program's own

    def note(self, things: Sequence[object], call: int) -> None:
        """A call has kept these."""
        self._held += [(thing, call) for thing in things if thing is not None]

    def note_beside(self, thing: object, held: Held | None) -> None:
        """An object would hold this as well, were nothing else there under its names; None as soon as it works by
        itself."""
        held = {} if held is None else {**self.beside(thing), **held}
        self._beside = [(thing, held)] * bool(held) + [one for one in self._beside if one[0] is not thing]

    def beside(self, thing: object) -> Held:
        """What an object would hold as well."""
        return next((held for one, held in self._beside if one is thing), {})

    def note_twice(self, arrays: Sequence[object]) -> None:
        """An object holds these under a name of its own as well: that is told, which its own code may change."""
        self._twice.update({id(array): array for array in arrays})

    def is_twice(self, array: object) -> bool:
        """Whether it is one of these."""
        return id(array) in self._twice

    def calls_of(self, thing: object) -> tuple[int, ...]:
        """In which calls it was kept: it itself, not something like it."""
        return tuple(call for held, call in self._held if held is thing)

    def name_of(self, thing: object) -> str:
        """Under which name the question gives it: a function or an object from a file, by itself or in a list (layers);
        "" where it is no such thing."""
        given = (name for name, one in _with_parts(self._given()) if one is thing)
        return "" if isinstance(thing, _WRITTEN) else next(given, "")

    def changes_of(self, thing: object) -> list[Told]:
        """By how much the numbers in such an object differ from what they were when it was given."""
        given = self._given()
        return given.changes_of(thing) if isinstance(given, AsGiven) else []

    def is_given(self, thing: object) -> bool:
        """Whether the question gives it, or what stands in it."""
        several: Sequence[object] = thing[:_MOST] if type(thing) is list or type(thing) is tuple else (thing,)
        return any(map(self.name_of, several))


def _with_parts(given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, one in given.items():
        yield name, one
        if isinstance(one, list | tuple):
            yield from ((f"{name}[{n}]", part) for n, part in enumerate(one[:_MOST]))


_WRITTEN = (np.ndarray, np.generic, tuple, list, dict, str, bool, int, float, complex, type(None))
"""What is written down as it is, and is known by that."""

Held = Mapping[str, Sequence[Told]]
"""What an object holds, by name."""


def told_of(arguments: Callable[[], Sequence[object]], held: Held, kept: Kept) -> tuple[Told, ...] | None:
    """What it was called with: what another function has kept for it by the call that kept it, all else as it is.

    Behind that stands what its object holds. None where an argument cannot be written down, or where neither a number
    nor a word is in all of it.
    """
    try:
        told = [one for value in arguments() for one in _written(value, kept, 0)]
    except UntoldError:
        return None
    few = len(told) <= _MOST
    told += [one for name, parts in held.items() for one in (f"{HELD}{name}", *parts)]
    few = few and len(told) <= _MOST_HELD
    return tuple(told) if few and any(isinstance(one, np.ndarray) or one[:1] == '"' for one in told) else None


def held_by(thing: object, kept: Kept) -> Held:
    """What an object holds: numbers and words, or that there is something else. What is empty is nothing, as is None.

    A function of the hand-in's own (`self.activation = lambda x: ...`) is code, as a method is, and no part of it. Of
    objects that it holds, one or several in a list or a dict, what these hold is told: `softmax.dim`.
    """
    return {**dict(islice(_held_by(thing, kept, (thing,)), _MOST_HELD)), **kept.beside(thing)}


def _held_by(thing: object, kept: Kept, within: tuple[object, ...]) -> Iterator[tuple[str, list[Told]]]:
    parts = parts_of(thing)
    there = {name: value for name, value in parts.items() if not _is_empty(value) and not kept.is_twice(value)}
    for name in sorted(name for name, value in there.items() if not _is_code(value, thing, kept)):
        value = there[name]
        if _is_own(value, kept) and len(within) <= _DEEPEST and not any(value is one for one in within):
            yield name, [json.dumps(type(value).__name__) if _is_object(value, kept) else str(len(parts_of(value)))]
            yield from ((f"{name}.{part}", told) for part, told in _held_by(value, kept, (*within, value)))
        else:
            yield name, _part(value, kept)


def _is_empty(value: object) -> bool:
    """Whether nothing is there, or is yet to come: `self.v = {}`."""
    return value is None or (isinstance(value, dict | list | tuple) and not value)


def _is_own(value: object, kept: Kept) -> bool:
    """Whether it is an object of a class of the program's own, or a list or a dict of nothing but such ones."""
    if isinstance(value, list | tuple | dict):
        parts = parts_of(value).values() if 0 < len(value) <= _MOST else ()
        return 0 < len(parts) == len(value) and all(_is_object(part, kept) for part in parts)
    return _is_object(value, kept)


def _is_object(value: object, kept: Kept) -> bool:
    known = isinstance(value, _WRITTEN) or kept.name_of(value) or kept.calls_of(value) or given_name(value)
    return not known and type(value).__module__ in kept.modules and isinstance(getattr(value, "__dict__", None), dict)


def _is_code(value: object, owner: object, kept: Kept) -> bool:
    """Whether it is a function that neither a file nor the question gives, nor another object has."""
    if isinstance(value, MethodType | BuiltinFunctionType):
        return value.__self__ is owner or isinstance(value.__self__, ModuleType | NoneType)
    return isinstance(value, FunctionType | np.ufunc) and given_name(value) is None and not kept.name_of(value)


def _part(value: object, kept: Kept) -> list[Told]:
    try:
        return [one.copy() if isinstance(one, np.ndarray) else one for one in _written(value, kept, 0)]
    except UntoldError:
        return [UNTOLD]


def _written(value: Any, kept: Kept, depth: int) -> Iterator[Told]:
    if calls := kept.calls_of(value):
        yield calls
    elif (array := describe_value(value).array) is not None:
        yield array
    elif (name := given_name(value)) is not None:
        yield f"{GIVEN}{name}"
    elif isinstance(value, (tuple, list, dict)) and depth < _DEEPEST and 0 < len(value) <= _MOST:
        yield f"{len(value)}: {json.dumps(sorted(map(str, value)))}" if isinstance(value, dict) else str(len(value))
        parts = [value[key] for key in sorted(value, key=str)] if isinstance(value, dict) else value
        for part in parts:
            yield from _written(part, kept, depth + 1)
    elif name := kept.name_of(value):
        yield f"{GIVEN}{name}"
        yield from kept.changes_of(value)
    elif isinstance(value, FunctionType):
        yield from _of_function(value, kept, depth)
    else:
        try:
            yield json.dumps(value, sort_keys=True, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise UntoldError from None


def _of_function(function: FunctionType, kept: Kept, depth: int) -> Iterator[Told]:
    """By its name; one that is made for the call (`lambda x: self.act(x)`) by its code, and by what it encloses."""
    if function.__qualname__.isidentifier():
        yield f"{OWN}{function.__qualname__}"
        return
    code, more = function.__code__, (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    try:
        written = code.co_code + json.dumps([code.co_names, code.co_consts]).encode()
        enclosed = [*(cell.cell_contents for cell in function.__closure__ or ()), *more]
    except (TypeError, ValueError):  # another function stands in it, or a name has no value yet
        raise UntoldError from None
    yield f"{OWN}{sha256(written).hexdigest()}"
    for part in enclosed if depth < _DEEPEST else ():
        yield from _of_object(part, function, kept) if _is_object(part, kept) else _written(part, kept, depth + 1)


def _of_object(thing: object, function: FunctionType, kept: Kept) -> Iterator[Told]:
    """By its class; where that is not the one whose method makes the function, by the numbers that it holds, too: of
    `lambda x: layer(x)` another layer is another function."""
    yield f"{OWN}{type(thing).__name__}"
    if function.__qualname__.partition(".")[0] not in [owner.__name__ for owner in type(thing).__mro__]:
        yield from (told for _, parts in _held_by(thing, kept, (thing,)) for told in parts)
