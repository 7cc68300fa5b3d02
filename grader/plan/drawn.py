"""What an author's functions draw: the inputs of a case.

takes: functions that draw, and seeds.
gives: arrays by name, and the form of what is no array; `AuthorError` for what cannot be handed on.
must not know: calls, answers, which files are given.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from types import FunctionType

import numpy as np

from grader.assignment import HIDDEN, Inputs, Made
from grader.errors import AuthorError
from grader.plan.deadline import deadline
from grader.plan.raised_at import told
from grader.wire import Built, Given, build

Arrays = dict[str, np.ndarray]
DRAWING = 60.0  # seconds for the inputs of a case; those of a hundred cases take one together


@dataclass(frozen=True)
class Drawn:
    """What a case draws, by name: as it is, its arrays (those within dicts too), and the form of what is no array."""

    values: Mapping[str, object]
    arrays: dict[str, np.ndarray]
    built: dict[str, Built]

    def arrays_of(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """The arrays of some inputs, those within dicts too."""
        plain = {name: self.arrays[name] for name in names if name not in self.built}
        within = (place for name in names if name in self.built for place in self.built[name].arrays)
        return plain | {place: self.arrays[place] for place in within}


def draw(inputs: Inputs, seeds: Mapping[str, int], visibility: str, label: str, numbers: str = "") -> Drawn:
    """Draw the inputs of one case; `label` names it where they are refused, and `numbers` what they are drawn by.

    All is drawn twice: a key that cannot be made again is another than the one that students hold.
    """
    drawn, again = (_drawn(inputs, seeds, visibility, label, numbers or label) for _ in range(2))
    if drawn.built != again.built or not _are_equal(drawn.arrays, again.arrays):
        raise AuthorError(
            f"{label}: its inputs are drawn otherwise each time",
            "take all that is random from the generator that the function is given: rng.uniform(0, 1, (2, 3)), not "
            "np.random.uniform(0, 1, (2, 3))",
        )
    return drawn


def _are_equal(arrays: Arrays, others: Arrays) -> bool:
    forms = ({name: (array.dtype, array.shape) for name, array in drawn.items()} for drawn in (arrays, others))
    return next(forms) == next(forms) and all(_are_the_same(array, others[name]) for name, array in arrays.items())


def _drawn(inputs: Inputs, seeds: Mapping[str, int], visibility: str, label: str, numbers: str) -> Drawn:
    # A generator of its own for each case: adding one case must not change the numbers of the others.
    rng = np.random.default_rng([seeds[visibility], visibility == HIDDEN, zlib.crc32(numbers.encode())])
    try:
        with deadline(DRAWING, f"{label}: its inputs are not drawn", "look for a loop without end in what draws them"):
            values: object = inputs(rng)
    except AuthorError:
        raise
    except Exception as error:
        raise AuthorError(
            f"{label}: its inputs cannot be drawn: {told(error, inputs)}",
            "inputs= is a function that takes a numpy generator (np.random.default_rng) and returns a dict",
        ) from error
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise AuthorError(
            f"{label}: its inputs are no dict of names, but a {type(values).__name__}",
            'inputs= is a function that returns what the call takes, by name: {"x": rng.uniform(0, 1, (2, 3))}',
        )
    drawn = Drawn(values, {}, {})
    for name, value in values.items():
        arrays, built = _taken_apart(name, value, label)
        drawn.arrays.update(arrays)
        drawn.built.update(built)
    return drawn


def _are_the_same(array: np.ndarray, other: np.ndarray) -> bool:
    """Whether all numbers are; one that is missing is as good as another."""
    return np.array_equal(array, other, equal_nan=array.dtype.kind == other.dtype.kind == "f")


def _taken_apart(name: str, value: object, label: str) -> tuple[dict[str, np.ndarray], dict[str, Built]]:
    """An input's arrays and, where it is more than an array, its form."""
    arrays, built = {name: value} if isinstance(value, np.ndarray) else {}, {}
    if not arrays:
        try:
            built[name], arrays = build(name, _by_name(value))
        except (TypeError, ValueError) as error:
            raise AuthorError(f"{label}: input '{name}' cannot be handed on: {error}", _what_can_be(value)) from error
    for place, array in arrays.items():
        if array.dtype.kind not in "biuf":
            hint = "return numpy arrays of numbers"
            if array.dtype.kind == "c":
                hint = 'let a function of a file put complex numbers together: {"z": made(toy.complex_of, real, imag)}'
            raise AuthorError(f"{label}: input '{place}' is not a numeric array", hint)
    return arrays, built


def _by_name(value: object) -> object:
    """The same with names in the place of functions and classes of the author's files, and of what they make."""
    if isinstance(value, Made):
        named = _by_name(value.function)
        if not isinstance(named, Given):
            return named
        return Given(named.name, tuple(map(_by_name, value.arguments)), _parameters_of(value.function))
    if isinstance(value, (FunctionType, type)):
        module, within = value.__module__.partition(".")[2], value.__qualname__
        is_named = module and all(part.isidentifier() for part in within.split("."))
        return Given(f"{module}:{within}") if is_named else value
    if isinstance(value, (tuple, list)):
        return type(value)(map(_by_name, value)) if type(value) in (tuple, list) else value
    return {key: _by_name(part) for key, part in value.items()} if type(value) is dict else value


def _parameters_of(function: Callable[..., object]) -> tuple[str, ...]:
    """What the arguments that it takes by place are called; none where Python does not know."""
    with suppress(TypeError, ValueError):
        by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return tuple(one.name for one in inspect.signature(function).parameters.values() if one.kind in by_place)
    return ()


def itself(value: object) -> object:
    """The same with each object made, for a reference that is called here: what it is given, it may change."""
    if isinstance(value, Made):
        return value.function(*map(itself, value.arguments))
    if isinstance(value, (tuple, list)):
        return type(value)(map(itself, value))
    return {key: itself(part) for key, part in value.items()} if isinstance(value, dict) else deepcopy(value)


def _what_can_be(value: object) -> str:
    if isinstance(value, Made) or callable(value):
        return (
            "a function or class stands under a name of its own in a file beside assignment.py, which imports it from "
            'there and gives it to students: files=("toy.py",)'
        )
    if isinstance(value, (np.random.Generator, np.random.RandomState)):
        return (
            "a generator is made by a function of a file that students have too: made(toy.generator, 3), where that "
            'returns np.random.default_rng(seed), and files=("toy.py",)'
        )
    return (
        "draw numpy arrays, finite numbers, words, True, False or None, tuples, lists and dicts of these, or sets of "
        "numbers and words; functions come from a file in files=, and objects are made(…) by one"
    )
