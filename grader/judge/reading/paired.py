"""Results that are two functions of inputs put together, a product, sum, difference or quotient; and multiples of one.

takes: of each case what came back, and the inputs.
gives: what fits all cases, as it is written; "" where nothing does.
must not know: points, sentences, which case is hidden, what the function is to compute.

There are some thousand of them: they are tried where nothing else tells what came back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from grader.judge.reading.named import FEWEST, FUNCTIONS
from grader.judge.reading.patterns import CLOSE, Array, close, times_of

_ONE = "1"
_PARTS: Mapping[str, Callable[[Array], Array]] = {
    "{}": lambda x: x, _ONE: np.ones_like, "(1 / (1 + np.exp(-{})))**2": lambda x: 1 / (1 + np.exp(-x)) ** 2,
    "1 - 2 / (1 + np.exp(-{}))": lambda x: -np.tanh(x / 2),
    **{text: FUNCTIONS[text] for text in (
        "np.tanh({})", "np.exp({})", "np.exp(-{})", "np.log({})", "{}**2", "{0} * (1 - {0})", "1 - {}",
        "np.maximum({}, 0)", "({} > 0)", "1 / (1 + np.exp(-{}))", "1 - np.tanh({})**2",
        "np.exp(-{0}) / (1 + np.exp(-{0}))**2",
    )},
}  # fmt: skip
_PUT: Mapping[str, Callable[[Array, Array], Array]] = {
    "*": np.multiply, "+": np.add, "-": np.subtract, "/": np.divide,
}  # fmt: skip
_MOST = 10_000  # entries of a case in which that is looked for
Case = tuple[Array, Mapping[str, Array]]
"""What came back, and the inputs by name."""


class _Way(NamedTuple):
    """A function of one input, another of the same or of another one, how they go together, and what they weigh."""

    first: tuple[str, str]
    put: str
    second: tuple[str, str]
    times: str

    def text(self) -> str:
        parts = [_bracketed(text.format(name)) for name, text in (self.first, self.second)]
        together = next(part for part in parts if part != _ONE) if self.is_single() else f" {self.put} ".join(parts)
        text = f"{self.times} * ({together})" if self.times else together
        return re.sub(r"\(\((\w+ \* \w+)\)", r"(\1", text)

    def is_single(self) -> bool:
        return self.put == "*" and _ONE in (self.first[1], self.second[1])

    def made(self, inputs: Mapping[str, Array]) -> Array:
        parts = (_PARTS[text](inputs[name]) for name, text in (self.first, self.second))
        together = _PUT[self.put](*parts)
        return inputs[self.times] * together if self.times else together


def paired(cases: Sequence[Case]) -> str:
    """Tried in the smallest case alone; what fits that is looked for in all others."""
    alike = [(got, _alike(got, inputs)) for got, inputs in cases]
    telling = [case for case in alike if case[0].size >= FEWEST and case[1] and np.isfinite(case[0]).any()]
    if len(telling) < len(cases) or not telling or max(got.size for got, _ in telling) > _MOST:
        return ""
    got, inputs = min(telling, key=lambda case: case[0].size)
    with np.errstate(all="ignore"):
        fitting = (way for way in _at_largest(got, inputs) if _is_made(got, way, inputs))
        return next((way.text() for way in fitting if all(_is_made(one, way, of) for one, of in telling)), "")


def multiple(cases: Sequence[Case]) -> str:
    """The input that each case is a multiple of, by whichever number."""
    names = set(cases[0][1]).intersection(*(inputs for _, inputs in cases)) if cases else set()
    return next((name for name in sorted(names) if all(_is_multiple(got, of[name]) for got, of in cases)), "")


def _is_multiple(got: Array, of: Array) -> bool:
    if got.shape != of.shape or got.size < FEWEST or not np.isfinite(got).all() or not of.any():
        return False
    array = of.astype(np.float64)
    return bool(got.any()) and close(got, array * times_of(got, array))


def _alike(got: Array, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The inputs of that shape, and the products of two of them."""
    found = {
        name: array.astype(np.float64)
        for name, array in inputs.items()
        if name.isidentifier() and array.shape == got.shape and array.dtype.kind in "fiub"
    }
    products = {f"({one} * {other})": found[one] * found[other] for one, other in combinations(found, 2)}
    return {**found, **products}


def _at_largest(got: Array, inputs: Mapping[str, Array]) -> Iterator[_Way]:
    """Those that give what came back at the entry that is largest in size: hardly any that is none of it."""
    at = np.unravel_index(int(np.argmax(np.where(np.isfinite(got), abs(got), -1.0))), got.shape)
    there = float(got[at])
    values = {(name, text): _PARTS[text](array[at]) for name, array in inputs.items() for text in _PARTS}
    table = np.array(list(values.values()))
    for put, function in _PUT.items():
        for times in ("", *inputs):
            made = function(table[:, None], table[None, :]) * (inputs[times][at] if times else 1.0)
            fits = abs(made - there) <= CLOSE * abs(there)
            for first, second in zip(*np.nonzero(fits), strict=True):
                way = _Way(list(values)[first], put, list(values)[second], times)
                if _is_written(way):
                    yield way


def _is_written(way: _Way) -> bool:
    """Whether somebody writes that: each once, and nothing that is known better by another name."""
    commutes, ones = way.put in "*+", [text == _ONE for _, text in (way.first, way.second)]
    if all(ones) or (commutes and way.first > way.second) or (way.put == "/" and ones[1]):
        return False
    return commutes or way.first != way.second


def _is_made(got: Array, way: _Way, inputs: Mapping[str, Array]) -> bool:
    """Also where neither is a number; what is the same throughout is made of anything."""
    if not {way.first[0], way.second[0], way.times} <= {"", *inputs}:
        return False
    made, finite = way.made(inputs), np.isfinite(got)
    if not np.array_equal(finite, np.isfinite(made)):
        return False
    return close(got[finite], made[finite])


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text and not text.startswith(("np.maximum", "(")) else text
