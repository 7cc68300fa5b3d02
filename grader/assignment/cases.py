"""Standard inputs for cases: `arrays` draws numbers, and the other functions change what it draws.

Each returns an `Inputs`: a function that takes a numpy generator and returns a dict of inputs.

    arrays(x=(3, 4), w=(4, 2), b=2, dout=(3, 2))        # any sign, sizes from 0.5 to 2
    zeros(arrays(x=(3, 4), low=0.1, high=3), "x")       # the same with exact zeros among x
    plus(arrays(w=(4, 1)), num_iterations=5)            # a number beside the arrays
    with_cache(arrays(x=(3, 4), dout=(3, 4)), reference.Relu().forward)         # dout, and the reference's cache

`*names` are the inputs that are changed; without them all arrays are. A question keeps numbers and not their order in
memory: a driver that tries another order makes it, with `np.asfortranarray(x)`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.assignment.words import Inputs
from grader.errors import AuthorError

Shape = int | tuple[int, ...]


def arrays(*, low: float = 0.5, high: float = 2.0, **shapes: Shape) -> Inputs:
    """Arrays of these shapes: sizes from `low` to `high` with three digits, and both signs among them.

    An array of one entry is positive.
    """
    return lambda rng: {name: _signed(rng, shape, low, high) for name, shape in shapes.items()}


def binary(**shapes: Shape) -> Inputs:
    """Arrays of 0.0 and 1.0, both among them: labels, masks."""
    return lambda rng: {name: (_signed(rng, shape, 1, 1) + 1) / 2 for name, shape in shapes.items()}


def together(*draws: Inputs) -> Inputs:
    """All inputs of several draws: for arrays of different sizes, `together(arrays(x=3), arrays(w=3, high=9))`."""
    return lambda rng: {name: value for draw in draws for name, value in draw(rng).items()}


def plus(draw: Inputs, **values: Any) -> Inputs:
    """The same and inputs that are not random: numbers, flags, words, lists and dicts."""
    return lambda rng: {**draw(rng), **copy.deepcopy(values)}


def changed(draw: Inputs, change: Callable[[np.ndarray], Any], *names: str) -> Inputs:
    """The same with `change` applied to these inputs."""

    def drawn(rng: np.random.Generator) -> Mapping[str, Any]:
        found = draw(rng)
        if strange := [name for name in names if name not in found]:
            raise AuthorError(f"'{strange[0]}' is to be changed, but it is not drawn", f"drawn are {', '.join(found)}")
        wanted = names or [name for name, value in found.items() if isinstance(value, np.ndarray)]
        return {name: change(value) if name in wanted else value for name, value in found.items()}

    return drawn


def _each(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Inputs]:
    return lambda draw, *names: changed(draw, change, *names)


zeros = _each(lambda array: np.where(np.arange(array.size).reshape(array.shape) % 3 == 1, 0.0, array))  # every third
negatives = _each(lambda array: -abs(array))
float32 = _each(lambda array: array.astype(np.float32))
integers = _each(lambda array: np.where(abs(array) < 0.3, 1, np.rint(array * 5 / 3)).astype(np.int64))  # without zero


def scaled(draw: Inputs, factor: float, *names: str) -> Inputs:
    """All entries times `factor`."""
    return changed(draw, lambda array: array * factor, *names)


def starting_with(sign: int, draw: Inputs, *names: str) -> Inputs:
    """The first entry has this sign: `np.vectorize` and the like take it for a model of all others."""
    return changed(draw, lambda array: array * sign * np.sign(array.flat[0]), *names)


def tiny(draw: Inputs, *names: str) -> Inputs:
    """Sizes from a millionth to a ten-thousandth, both ends among them, with the signs as drawn."""

    def change(array: np.ndarray, rng: np.random.Generator) -> Any:
        sizes = 10 ** rng.uniform(-6, -4, array.size)
        sizes[:2] = np.array([1e-4, 1e-6])[: array.size]
        return np.sign(array) * _three_digits(sizes).reshape(array.shape)

    return lambda rng: changed(draw, lambda array: change(array, rng), *names)(rng)


def and_others(draw: Inputs, prefix: str = "other_") -> Inputs:
    """A second set of inputs beside the first, for another call: `other_x`. Each array starts as the first one does."""

    def drawn(rng: np.random.Generator) -> Mapping[str, Any]:
        first, second = draw(rng), draw(rng)
        for name, value in second.items():
            if isinstance(value, np.ndarray) and value.size:
                value.flat[0] = first[name].flat[0]
        return {**first, **{f"{prefix}{name}": value for name, value in second.items()}}

    return drawn


def with_cache(
    draw: Inputs, function: Callable[..., Any], takes: tuple[str, ...] = ("x",), cache: str = "cache"
) -> Inputs:
    """The cache that the reference's forward makes, in the place of the inputs that it `takes`.

    The cache is the last value that `function` returns; of a method give a bound one, `reference.Relu().forward`.
    """

    def drawn(rng: np.random.Generator) -> Mapping[str, Any]:
        found = draw(rng)
        results = function(*(copy.deepcopy(found[name]) for name in takes))
        if not isinstance(results, tuple):
            raise AuthorError(f"{function} returns one value, and with_cache needs the last of several")
        return {**{name: value for name, value in found.items() if name not in takes}, cache: results[-1]}

    return drawn


def _signed(rng: np.random.Generator, shape: Shape, low: float, high: float) -> np.ndarray:
    sizes = _three_digits(rng.uniform(low, high, math.prod(shape) if isinstance(shape, tuple) else shape))
    signs = rng.choice([-1.0, 1.0], sizes.size) if sizes.size > 1 else np.ones(sizes.size)
    if sizes.size > 1:  # both signs occur, anywhere
        signs[rng.permutation(sizes.size)[:2]] = 1.0, -1.0
    return np.asarray(sizes * signs).reshape(shape)


def _three_digits(values: np.ndarray) -> np.ndarray:
    """So few digits that a case can be copied by hand."""
    return np.array([float(f"{value:.3g}") for value in values])
