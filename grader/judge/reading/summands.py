"""What a result is off by in all cases: a single number by the same each time or by a sum over an input, an array by a
multiple of one.

takes: of each case what came back, what is due, its inputs and the numbers that it is called with.
gives: the `Reading` that fits all of them.
must not know: points, sentences, what the function is to compute.

One number differs from another by anything; so of one case alone only what is there once, twice or by half is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import inf, isfinite, log
from typing import Any

import numpy as np

from grader.judge.reading.factors import by_length, lengths_of
from grader.judge.reading.patterns import A_NUMBER, CLOSE, Array, Pattern, Reading, explains, times_of
from grader.wire.quick import dataclass

# What is summed up over an array in the losses of a course: a regularisation, mostly, or a divergence.
_SUMS: dict[str, Callable[[Array], float]] = {
    "({x}**2).sum()": lambda x: float((x * x).sum()),
    "abs({x}).sum()": lambda x: float(abs(x).sum()),
    "{x}.sum()": lambda x: float(x.sum()),
    "np.exp({x}).sum()": lambda x: float(np.exp(x).sum()),
}
_OFTEN = (1.0, 2.0, 0.5)  # how many times a regularisation is there
_BASES = {"1/np.log(10)": 1 / log(10), "1/np.log(2)": 1 / log(2)}
_LEAST = 1e-6  # of the right value: what is off by less is rounding, of which nothing is read
SAME = 1e-6  # relative: of some hundred terms none fits a case so by chance
_PLAIN = 100  # a number of more digits than hundredths is none that somebody has written


@dataclass(frozen=True)
class Off:
    """One result that is wrong, and what is due; `is_told` where the numbers of this case may be told."""

    got: Array
    want: Array
    inputs: Mapping[str, Array]
    numbers: Mapping[str, float]
    is_told: bool

    @property
    def sizes(self) -> dict[str, float]:
        """What a factor may be: numbers of the call, and how long its inputs are."""
        return {**self.numbers, **lengths_of(self.inputs)}

    @property
    def by(self) -> float:
        """How much one number is too large."""
        return float(self.got) - float(self.want)


def by_summand(cases: Sequence[Off]) -> Reading | None:
    """What is added to one number in all cases that should not be, or is missing."""
    if not cases or any(case.want.ndim or abs(case.by) <= _LEAST * abs(float(case.want)) for case in cases):
        return None
    of_one = len(cases) == 1
    if not of_one and (same := _same([case.by for case in cases])) is not None:
        return Reading(Pattern.OFFSET, (_written(abs(same)), "large" if same > 0 else "small")) if _may(cases) else None
    for text, sums in _sums(cases) if of_one else (*_sums(cases), *_lengths(cases)):
        if not all(sums):
            continue
        times = _same([case.by / term for case, term in zip(cases, sums, strict=True)])
        if times is not None and (not of_one or _is_often(times)):
            return Reading(Pattern.ADDED_INPUT, (text, *_times(times, _may(cases))))
    return None


def offset(cases: Sequence[Off]) -> Reading:
    """By what all entries are off, which is one amount in each case: a number of the call, or any other."""
    off = [float((case.got - case.want).mean()) for case in cases]
    for name in _weights(cases) if cases else ():
        if all(abs(abs(by) - abs(case.numbers[name])) <= SAME * abs(by) for by, case in zip(off, cases, strict=True)):
            return Reading(Pattern.ADDED_INPUT, (name,))
    if len(cases) > 1 and _may(cases) and (same := _same(off)) is not None:
        return Reading(Pattern.OFFSET, (_written(abs(same)), "large" if same > 0 else "small"))
    return Reading(Pattern.OFFSET)


def weighed(name: str, cases: Sequence[Off]) -> Reading:
    """By how many times an input arrays are off, which are known to be off by a multiple of it in each case.

    Times a number that the calls are given, where that is so: a weight that is another one in each case.
    """
    if cases and all(name in case.inputs for case in cases):
        every = [np.broadcast_to(case.inputs[name].astype(np.float64), case.want.shape) for case in cases]
        times = [times_of(case.got - case.want, of) for case, of in zip(cases, every, strict=True)]
        for weight in ("", *_weights(cases)):
            by = [case.numbers[weight] if weight else 1.0 for case in cases]
            number = _same([one / of for one, of in zip(times, by, strict=True)])
            if number is not None and (len(cases) > 1 or _is_often(number)):
                text = f"{weight} * {name}" if weight else name
                return Reading(Pattern.ADDED_INPUT, (text, *_times(number, _may(cases))))
    return Reading(Pattern.ADDED_INPUT, (name, A_NUMBER))


def but_for(cases: Sequence[Off]) -> Reading | None:
    """What all is multiplied with but for a right regularisation: the loss of the examples, or its gradient."""
    of_numbers = all(not case.want.ndim for case in cases)
    terms: Iterator[tuple[str, Sequence[Any]]] = _sums(cases, True) if of_numbers else _weighed_inputs(cases)
    for text, by in terms if len(cases) > 1 else ():
        for often in _OFTEN[:1] if text.isidentifier() else _OFTEN:
            rest = [
                replace(c, got=c.got - often * term, want=c.want - often * term)
                for c, term in zip(cases, by, strict=True)
            ]
            if factor := by_length((c.got, c.want, c.sizes) for c in rest) or by_one_factor(rest):
                return replace(factor, names=(*factor.names, text if often == 1 else f"{often:g} * {text}"))
    return None


def how_far(step: Reading, cases: Sequence[Off]) -> Reading:
    """A step from an input that is off by a factor, with what that is in all cases, such as how many examples are."""
    name = step.names[0]
    whole = [case for case in cases if name in case.inputs and case.inputs[name].shape == case.want.shape]
    rest = [replace(c, got=c.got - c.inputs[name], want=c.want - c.inputs[name]) for c in whole]
    factor = by_length((c.got, c.want, c.sizes) for c in rest) if len(rest) == len(cases) else None
    return replace(step, names=(name, *factor.names)) if factor else step


def by_one_factor(cases: Sequence[Off]) -> Reading | None:
    """One factor of all cases, to the last digit: two single numbers differ by some factor, too."""
    if not _may(cases) or not all(case.want.any() and case.got.any() for case in cases):
        return None
    factors = [times_of(case.got, case.want) for case in cases]
    factor = _same(factors)
    if factor is None or not all(explains(factor * case.want, case.got, case.want) for case in cases):
        return None
    base = next((name for name, of in _BASES.items() if _same((factor, of))), "")
    return Reading(Pattern.FACTOR, (base or _written(factor),)) if base or len(cases) > 1 else None


def _weighed_inputs(cases: Sequence[Off]) -> Iterator[tuple[str, list[Array]]]:
    """Each input that has the form of the result, by itself, and times one of the numbers."""
    for name, array in cases[0].inputs.items():
        if array.dtype.kind == "f" and name.isidentifier():
            of = [case.inputs.get(name, np.zeros(())) for case in cases]
            if all(x.shape == case.want.shape for x, case in zip(of, cases, strict=True)):
                yield name, of
                for weight in _weights(cases):
                    yield f"{weight} * {name}", [case.numbers[weight] * x for x, case in zip(of, cases, strict=True)]


def _sums(cases: Sequence[Off], of_weights: bool = False) -> Iterator[tuple[str, list[float]]]:
    """Each sum over an input, by itself and times one of the numbers, with what it is in each case; also one of each
    example."""
    first = cases[0]
    arrays = [name for name, array in first.inputs.items() if array.dtype.kind == "f" and array.size > 1]
    arrays = [name for name in arrays if name.isidentifier() and all(name in case.inputs for case in cases)]
    for form, of in _SUMS.items():
        for name in arrays:
            sums, text = [of(case.inputs[name].astype(np.float64)) for case in cases], form.format(x=name)
            for weight in _weights(cases):
                yield f"{weight} * {text}", [s * case.numbers[weight] for s, case in zip(sums, cases, strict=True)]
            if not of_weights:
                yield text, sums
                examples = [len(case.inputs[name]) for case in cases]
                yield f"{text} / len({name})", [s / n for s, n in zip(sums, examples, strict=True)]


def _lengths(cases: Sequence[Off]) -> Iterator[tuple[str, list[float]]]:
    """How long each axis of the inputs is: a one that is to be added to each entry."""
    every = [lengths_of(case.inputs) for case in cases]
    for text in every[0]:
        if all(text in one for one in every):
            yield text, [float(one[text]) for one in every]


def _weights(cases: Sequence[Off]) -> list[str]:
    """The numbers that all calls are given, that are not zero, and that are not one in all of them."""
    given = [name for name in cases[0].numbers if all(case.numbers.get(name) for case in cases)]
    return [name for name in given if any(case.numbers[name] != 1 for case in cases)]


def _same(numbers: Sequence[float]) -> float | None:
    """The number that all of these are; infinity is none."""
    return numbers[0] if max(numbers) - min(numbers) <= SAME * max(map(abs, numbers)) < inf else None


def _is_often(times: float) -> bool:
    return any(abs(abs(times) - often) <= SAME * often for often in _OFTEN)


def _may(cases: Sequence[Off]) -> bool:
    return any(case.is_told for case in cases)


def _times(times: float, may_be_told: bool) -> tuple[str, ...]:
    if abs(abs(times) - 1) <= CLOSE:
        return ()
    hundredths = times * _PLAIN  # of what a program has made it may be beyond all numbers
    is_plain = isfinite(hundredths) and abs(round(hundredths) - hundredths) <= CLOSE * abs(hundredths)
    return (_written(abs(times)) if may_be_told and is_plain else A_NUMBER,)


def _written(number: float) -> str:
    return f"{Decimal(f'{number:.3g}').normalize():f}"
