"""Inputs that are made for this exercise; the standard ones are in `grader.assignment.cases`."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignment import Case
from grader.assignment.cases import arrays, changed, together, with_cache
from grader.assignment.words import Inputs


def entries(*shape: int, low: float = 0.1, high: float = 3.0, first: int = -1) -> Inputs:
    """x and dout of one shape; `first` is the sign of x's first entry, and the last one has the other sign."""

    def with_ends(x: np.ndarray) -> np.ndarray:
        x.flat[0], x.flat[-1] = first * abs(x.flat[0]), -first * abs(x.flat[-1])
        return x

    return together(changed(arrays(x=shape, low=low, high=high), with_ends), arrays(dout=shape))


def batch(count: int, example: tuple[int, ...], outputs: int) -> Inputs:
    """x (count, *example), w, b and dout (count, outputs) of an affine layer."""
    return arrays(x=(count, *example), w=(math.prod(example), outputs), b=outputs, dout=(count, outputs))


def up_to_thousands(draw: Inputs, *names: str) -> Inputs:
    """Every other entry becomes a whole number of another order, from a few to some thousands, of either sign in turn.

    Those drawn from 0.5 to 2 have an entry from 5 to 50, one from 50 to 600 and one above 710, where e^x overflows.
    """

    def change(array: np.ndarray) -> np.ndarray:
        factors, n = np.geomspace(6, 7000, array.size), np.arange(array.size)
        large = np.where(n % 4, 1, -1) * np.rint(abs(array.ravel()) * factors)
        return np.where(n % 2, array.ravel(), large).reshape(array.shape)

    return changed(draw, change, *names)


def given(
    cases: tuple[Case, ...], forward: Callable[..., Any], *takes: str, prefixes: tuple[str, ...] = ("",)
) -> tuple[Case, ...]:
    """The same cases with the reference's cache in the place of what forward takes, for the inputs of each prefix."""
    forward = np.errstate(over="ignore")(forward)  # e^1000 is meant
    for prefix in prefixes:
        names, cache = tuple(f"{prefix}{name}" for name in takes), f"{prefix}cache"
        cases = tuple(replace(case, inputs=with_cache(case.inputs, forward, names, cache)) for case in cases)
    return cases
