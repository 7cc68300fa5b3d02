"""Results that are another function than the one that is due: of an input, of two, or of what is right.

takes: what came back and the right values, in one shape; the inputs.
gives: the `Reading` values that fit, with the function as it is written.
must not know: points, sentences, which case is hidden, what the function is to compute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from grader.judge.reading.patterns import CLOSE, Array, Pattern, Reading, Setting, close, times_of

OF_ZERO = 0.9  # how much is shown by what is cut off at zero
OF_ONE = 0.3  # how much a single number shows: two cases with one each are enough
FEWEST = 3  # entries from which on it is hardly chance that two functions agree
RIGHT, PART = "right", "part"
"""What right values are called in the text of a function of them."""

# Of what is right: that signs are lost, which is said as that; and what is so of 1 / (2 + e^-x), which nobody meant.
_NO_LAST_STEP = ("abs({})", "{0} / (1 + abs({0}))")

_Function = Callable[[Array], Array]
FUNCTIONS: Mapping[str, _Function] = {
    "np.sin({})": np.sin, "np.cos({})": np.cos, "np.tan({})": np.tan, "np.arctan({})": np.arctan,
    "np.tanh({})": np.tanh, "np.exp({})": np.exp, "np.exp(-{})": lambda x: np.exp(-x), "np.log({})": np.log,
    "np.log1p({})": np.log1p, "np.sqrt({})": np.sqrt, "{}**2": np.square, "{}**3": lambda x: x**3,
    "1 / {}": lambda x: 1 / x,
    "{0} * (1 - {0})": lambda x: x * (1 - x), "1 - {}": lambda x: 1 - x, "abs({})": np.abs, "np.sign({})": np.sign,
    "np.maximum({}, 0)": lambda x: np.maximum(x, 0), "({} > 0)": lambda x: (x > 0) * 1.0,
    "1 / (1 + np.exp(-{}))": lambda x: 1 / (1 + np.exp(-x)), "1 / (1 + np.exp({}))": lambda x: 1 / (1 + np.exp(x)),
    "1 - np.tanh({})**2": lambda x: 1 - np.tanh(x) ** 2,
    "np.exp(-{0}) / (1 + np.exp(-{0}))**2": lambda x: 1 / (1 + np.exp(-x)) / (1 + np.exp(x)),
    "np.log(1 + np.exp({}))": lambda x: np.logaddexp(0, x), "{0} / (1 + abs({0}))": lambda x: x / (1 + abs(x)),
    "np.ceil({})": np.ceil, "np.floor({})": np.floor, "np.round({}, 1)": lambda x: np.round(x, 1),
    "np.round({}, 2)": lambda x: np.round(x, 2), "np.round({}, 3)": lambda x: np.round(x, 3),
}  # fmt: skip
STEPS = ("({} > 0)", "np.sign({})")
"""Of these, which tell of a number no more than on which side of zero it is."""
_REDUCTIONS: Mapping[str, Callable[[Array, int], Array]] = {
    "{}.max(axis={})": np.max, "{}.min(axis={})": np.min, "np.median({}, axis={})": np.median,
    "{}.std(axis={})": np.std, "{}.var(axis={})": np.var, "{}.prod(axis={})": np.prod, "{}.sum(axis={})": np.sum,
    "{}.mean(axis={})": np.mean,
}  # fmt: skip


def by_name(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """The functions of one input or two that give what came back; then those of what is right."""
    inputs = {name: array.astype(np.float64) for name, array in setting.inputs.items() if array.shape == got.shape}
    with np.errstate(all="ignore"):
        probe = Probe.at_largest(got, {**inputs, RIGHT: want})
        yield from _of_one(got, want, inputs, probe)
        yield from _of_two(got, inputs, probe)
        yield from _reduced(got, setting)
        for name, array in inputs.items():  # as an update by what is right would be
            yield from _if_same(got, array - want, f"{name} - {RIGHT}", Pattern.OF_RIGHT)
            yield from _stepped(got, want, name, array)
        if want.ndim > 1:
            shares = np.exp(want - want.max(axis=-1, keepdims=True))
            yield from _if_same(got, shares / shares.sum(axis=-1, keepdims=True), f"softmax({RIGHT})", Pattern.OF_RIGHT)
        for text in probe.functions(RIGHT):
            if text not in _NO_LAST_STEP:
                yield from _if_same(got, FUNCTIONS[text](want), text.format(RIGHT), Pattern.OF_RIGHT)


def _stepped(got: Array, want: Array, name: str, array: Array) -> Iterator[Reading]:
    """An input less some part of what is right, as an update has it."""
    step = array - got
    part = times_of(step, want)
    if 0 < part < 1 and got.size >= FEWEST and close(step, part * want):
        yield Reading(Pattern.OF_RIGHT, (f"{name} - {PART} * {RIGHT}",))


@dataclass(frozen=True)
class Probe:
    """One entry, by which nearly all functions are seen to be none of it: what came back there, and what each gives."""

    got: float
    values: Mapping[str, float]
    results: Array

    @classmethod
    def at_largest(cls, got: Array, arrays: Mapping[str, Array]) -> Probe:
        """The entry that is largest in size."""
        sizes = np.where(np.isfinite(got), abs(got), -1.0)
        at = np.unravel_index(int(np.argmax(sizes)), got.shape)
        there = np.array([array[at] for array in arrays.values()])
        results = np.array([function(there) for function in FUNCTIONS.values()])
        return cls(float(got[at]), dict(zip(arrays, there.tolist(), strict=True)), results)

    def functions(self, name: str, times: float = 1.0) -> list[str]:
        """Those that give of this array, multiplied by a number, what came back; the largest may be off by most."""
        there = times * self.results[:, list(self.values).index(name)]
        fits = abs(there - self.got) <= CLOSE * np.maximum(abs(there), abs(self.got))
        return [_TEXTS[n] for n in np.flatnonzero(fits)]


_TEXTS = tuple(FUNCTIONS)


def _of_one(got: Array, want: Array, inputs: Mapping[str, Array], probe: Probe) -> Iterator[Reading]:
    for name, array in inputs.items():
        for text in probe.functions(name):
            yield from _if_same(got, FUNCTIONS[text](array), text.format(name))
        # Divided by what it is to be multiplied with: the product of both is a square then.
        yield from _if_same(got * want, array * array, name, Pattern.DIVIDED)


def _of_two(got: Array, inputs: Mapping[str, Array], probe: Probe) -> Iterator[Reading]:
    for (one, a), (other, b) in combinations(inputs.items(), 2):
        yield from _if_same(got, a * b, f"{one} * {other}")
        yield from _if_same(got, a + b, f"{one} + {other}")
    for (one, a), (other, b) in permutations(inputs.items(), 2):
        yield from _if_same(got, a - b, f"{one} - {other}")
        yield from _if_same(got, a / b, f"{one} / {other}")
        for text in probe.functions(other, probe.values[one]):
            yield from _if_same(got, a * FUNCTIONS[text](b), f"{one} * {bracketed(text.format(other))}")


def bracketed(text: str, always: bool = False) -> str:
    """The text of a function as a factor; `always` in brackets, where more is to follow."""
    return (
        f"({text})" if (always and not text.startswith("(")) or re.match(r"1 |\w+ /|np\.exp\(-\w+\) /", text) else text
    )


def _reduced(got: Array, setting: Setting) -> Iterator[Reading]:
    """What an input, or another result, is when one of its axes is taken away, by any of the usual ways."""
    for name, array in {**setting.others, **setting.inputs}.items():
        if array.ndim != got.ndim + 1 or not array.size:
            continue
        for axis in range(array.ndim):
            for text, reduce in _REDUCTIONS.items():
                yield from _if_same(got, reduce(array.astype(np.float64), axis), text.format(name, axis))
        yield from _if_same(got, array[0], f"{name}[0]")
        yield from _if_same(got, array[-1], f"{name}[-1]")


def of_an_axis(got: Array, setting: Setting) -> Iterator[Reading]:
    """A sum of an input over one of its axes, multiplied by any number: of another axis than is due, say."""
    for name, array in setting.inputs.items():
        for axis in range(array.ndim if array.ndim == got.ndim + 1 and array.size and got.size > 1 else 0):
            summed = array.sum(axis, dtype=np.float64)
            if summed.shape == got.shape and summed.any() and close(got, summed * times_of(got, summed)):
                few = got.size < FEWEST
                yield Reading(Pattern.FUNCTION, (f"{name}.sum(axis={axis})", "times a number"), float(not few))


def cut_off(got: Array, want: Array, scale: float = 0.0) -> Iterator[Reading]:
    """The right values between two ends: all that should be beyond is what stands at the end.

    What is all but right is held against its `scale`, by how much it is off at most.
    """
    low, high = float(got.min()), float(got.max())
    kept, limit = np.clip(want, low, high), CLOSE * (scale or float(abs(want).max()))
    if not (close(got, kept) and (not scale or (abs(got - kept) <= limit).all())):
        return
    off = abs(got - want) > limit
    # Zeros stand there by other mistakes, too.
    shown_low, shown_high = (1.0 if end else OF_ZERO for end in (low, high))
    below, above = int((off & (want < low)).sum()), int((off & (want > high)).sum())
    if not above:
        yield Reading(Pattern.CUT, ("below",), shown_low if below > 1 and low < high else 0.0)
    if not below:
        yield Reading(Pattern.CUT, ("above",), shown_high if above > 1 and low < high else 0.0)
    # Of two entries each is an end.
    on_both = bool(below and above) and low < high and got.size > 2
    yield Reading(Pattern.CUT, ("on both sides",), max(shown_low, shown_high) if on_both else 0.0)


def _if_same(got: Array, made: Array, text: str, pattern: Pattern = Pattern.FUNCTION) -> Iterator[Reading]:
    """The reading, if both are the same, also where they are no numbers; a few numbers alone tell little.

    One number, such as a loss, tells something together with those of other cases: `exp` of each is no chance.
    """
    finite = np.isfinite(got)
    if got.shape != made.shape or not np.array_equal(finite, np.isfinite(made)) or not finite.any():
        return
    numbers = got[finite]
    if close(numbers, made[finite]):
        is_shown = numbers.size >= FEWEST and float(np.ptp(numbers)) > 0
        yield Reading(pattern, (text,), 1.0 if is_shown else OF_ONE if got.size == 1 and numbers[0] else 0.0)
