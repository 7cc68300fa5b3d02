"""What a result is off by in all cases: a single number by the same each time or by a sum over an input, an array by a
multiple of one.

takes: of each case what came back, what is due, its inputs and the numbers that it is called with.
gives: the `Reading` that fits all of them.
must not know: points, sentences, what the function is to compute.

One number differs from another by anything; so two cases must tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from grader.judge.patterns import A_NUMBER, CLOSE, Array, Pattern, Reading

# What is summed up over an array in the losses of a course: a regularisation, mostly.
_SUMS: dict[str, Callable[[Array], float]] = {
    "({x}**2).sum()": lambda x: float((x * x).sum()),
    "abs({x}).sum()": lambda x: float(abs(x).sum()),
    "{x}.sum()": lambda x: float(x.sum()),
}
_LEAST = 1e-6  # of the right value: what is off by less is rounding, of which nothing is read
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
    def by(self) -> float:
        """How much one number is too large."""
        return float(self.got) - float(self.want)


def by_summand(cases: Sequence[Off]) -> Reading | None:
    """What is added to one number in all cases that should not be, or is missing."""
    if len(cases) < 2 or any(case.want.ndim or abs(case.by) <= _LEAST * abs(float(case.want)) for case in cases):
        return None
    if (same := _same([case.by for case in cases])) is not None:
        return Reading(Pattern.OFFSET, (_written(abs(same)), "large" if same > 0 else "small")) if _may(cases) else None
    for text, sums in _sums(cases):
        if all(sums) and _same(sums) is None and (times := _same([c.by / s for c, s in zip(cases, sums, strict=True)])):
            return Reading(Pattern.ADDED_INPUT, (text, *_times(times, _may(cases))))
    return None


def weighed(name: str, cases: Sequence[Off]) -> Reading:
    """By how many times an input arrays are off, which are known to be off by a multiple of it in each case.

    Times a number that the calls are given, where that is so: a weight that is another one in each case.
    """
    if len(cases) > 1 and all(name in case.inputs for case in cases):
        times = [_multiple(case.got - case.want, case.inputs[name]) for case in cases]
        for weight in ("", *_weights(cases)):
            by = [case.numbers[weight] if weight else 1.0 for case in cases]
            if (number := _same([one / of for one, of in zip(times, by, strict=True)])) is not None:
                text = f"{weight} * {name}" if weight else name
                return Reading(Pattern.ADDED_INPUT, (text, *_times(number, _may(cases))))
    return Reading(Pattern.ADDED_INPUT, (name, A_NUMBER))


def _multiple(array: Array, of: Array) -> float:
    every = np.broadcast_to(of.astype(np.float64), array.shape)
    return float(np.vdot(array, every)) / float(np.vdot(every, every))


def _sums(cases: Sequence[Off]) -> Iterator[tuple[str, list[float]]]:
    """Each sum over an input, by itself and times one of the numbers, with what it is in each case."""
    first = cases[0]
    arrays = [name for name, array in first.inputs.items() if array.dtype.kind == "f" and array.size > 1]
    arrays = [name for name in arrays if name.isidentifier() and all(name in case.inputs for case in cases)]
    for form, of in _SUMS.items():
        for name in arrays:
            sums, text = [of(case.inputs[name].astype(np.float64)) for case in cases], form.format(x=name)
            for weight in _weights(cases):
                yield f"{weight} * {text}", [s * case.numbers[weight] for s, case in zip(sums, cases, strict=True)]
            yield text, sums


def _weights(cases: Sequence[Off]) -> list[str]:
    """The numbers that all calls are given, and that are not zero."""
    return [name for name in cases[0].numbers if all(case.numbers.get(name) for case in cases)]


def _same(numbers: Sequence[float]) -> float | None:
    """The number that all of these are."""
    return numbers[0] if max(numbers) - min(numbers) <= CLOSE * max(map(abs, numbers)) else None


def _may(cases: Sequence[Off]) -> bool:
    return any(case.is_told for case in cases)


def _times(times: float, may_be_told: bool) -> tuple[str, ...]:
    if abs(abs(times) - 1) <= CLOSE:
        return ()
    is_plain = abs(round(times * _PLAIN) - times * _PLAIN) <= CLOSE * abs(times * _PLAIN)
    return (_written(abs(times)) if may_be_told and is_plain else A_NUMBER,)


def _written(number: float) -> str:
    return f"{Decimal(f'{number:.3g}').normalize():f}"
