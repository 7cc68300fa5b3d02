"""Differences that one number makes, or one input: a factor too many or too few, a summand.

takes: what came back and the right values, in one shape; the inputs, and the sizes that have names.
gives: the `Reading` values that fit.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import permutations

import numpy as np

from grader.judge.reading.named import OF_ONE
from grader.judge.reading.patterns import (
    A_NUMBER,
    CLOSE,
    SIZE,
    Array,
    Pattern,
    Reading,
    Setting,
    close,
    explains,
    times_of,
)

_STEP = 0.5  # how long a step may be beside what it begins at: what is longer is no small change of that
SHORT_NUMBERS = (2.0, 3.0, 4.0, 10.0, 100.0)  # plain factors that have a name of their own
_FORMS = (("1/", -1), ("", 1))
_SAME = 1e-3  # relative: factors that differ by less are one
_LEAST = 1e-6  # a factor beyond, either way, has too many digits to be read


def by_a_number(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """One number that all entries are multiplied by, with every name that fits it in this case."""
    largest = int(np.argmax(abs(want)))
    whole = float(want.ravel()[largest])
    factor = float(got.ravel()[largest]) / whole if whole else 0.0
    if not factor or abs(factor - 1) < CLOSE or not explains(factor * want, got, want):
        return
    if abs(factor + 1) < CLOSE:
        yield Reading(Pattern.SIGN)
        # Where N is 1 a division by -N is a sign alone; what fits elsewhere decides.
        ones = (name for name, size in setting.sizes.items() if size == 1)
        yield from (Reading(Pattern.FACTOR, (form,)) for name in ones for form in (f"-{name}", f"-1/{name}"))
        return
    for text, number in (*_named(setting.sizes), *_named_later(setting.sizes, want.size)):
        if abs(factor / number - 1) < CLOSE:
            yield Reading(Pattern.FACTOR, (text,))
    if want.size > 1:  # any two numbers differ by some factor
        yield Reading(Pattern.FACTOR)


def _named(sizes: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """The factors that have a name: sizes and short numbers, and one size in the place of another."""
    for name, number in (*sizes.items(), *((f"{n:g}", n) for n in SHORT_NUMBERS)):
        if number != 1:
            yield from ((name, number), (f"1/{name}", 1 / number), (f"-{name}", -number), (f"-1/{name}", -1 / number))
    for (above, number), (below, other) in permutations(sizes.items(), 2):
        if number != other:
            yield f"{above}/{below}", number / other
    for name, number in sizes.items():
        if number > 2:  # of two it is the two
            yield from ((f"{name}/({name}-1)", number / (number - 1)), (f"({name}-1)/{name}", (number - 1) / number))


def _named_later(sizes: Mapping[str, int], size: int) -> Iterator[tuple[str, float]]:
    """How many entries there are, a number that stands where a size is due, and a size that comes in twice."""
    if size > 1:
        yield from ((SIZE, size), (f"1/{SIZE}", 1 / size), (f"-{SIZE}", -size), (f"-1/{SIZE}", -1 / size))
    for name, number in sizes.items():
        yield from ((f"{name}/{n:g}", number / n) for n in SHORT_NUMBERS if number != n)
        yield from (
            (f"{form}{name}**{power:g}", number ** (sign * power)) for form, sign in _FORMS for power in (2, 0.5)
        )


def one_factor(cases: Iterable[tuple[Array, Array, bool]]) -> Reading | None:
    """Whether it is one and the same factor in all cases, and which one; nothing if a case is off by none.

    Each is what came back, what is due and whether that may be told. A number is told where a public case shows it: a
    program may choose it by what it was given in a hidden one.
    """
    found: list[tuple[float, bool]] = []
    for got, want, told in cases:
        factor = times_of(got, want)
        if not explains(factor * want, got, want):
            return None
        found += [(factor, told)] if want.any() else []
    factors = [factor for factor, _ in found]
    if not factors or max(factors) - min(factors) > _SAME * max(map(abs, factors)):
        return Reading(Pattern.FACTOR_EACH) if factors else None
    shown = next((factor for factor, told in found if told and _LEAST < abs(factor) < 1 / _LEAST), None)
    return Reading(Pattern.FACTOR, () if shown is None else (f"{Decimal(f'{shown:.3g}').normalize():f}",))


def by_length(cases: Iterable[tuple[Array, Array, Mapping[str, float]]]) -> Reading | None:
    """Whether it is how long an axis of an input is, as where a mean is due and a sum came back; nobody need name it.

    Each case is what came back, what is due and what it may be by name: `lengths_of` its inputs, and the numbers that
    it is called with. Nothing where that is the same in all cases: any number may be as large as that.
    """
    factors: list[float] = []
    sizes: list[Mapping[str, float]] = []
    for got, want, known in cases:
        factor = times_of(got, want)
        if not factor or not explains(factor * want, got, want):
            return None
        factors.append(factor)
        sizes.append(known)
    every = {text: [of.get(text, 0.0) for of in sizes] for text in sizes[0]} if sizes else {}
    differing = {text: of for text, of in every.items() if min(of) > 0 and len(set(of)) > 1}
    for forms_of in (_forms_of, lambda _: _TWICE):
        for text, numbers in differing.items():
            for form, of_size in forms_of(numbers):
                if (sign := _sign_of(factors, [of_size(number) for number in numbers])) is not None:
                    return Reading(Pattern.FACTOR, (sign + form.format(n=text),))
    return None


_OF_SIZES: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("{n}", lambda n: n), ("1/{n}", lambda n: 1 / n),
    ("({n}-1)/{n}", lambda n: (n - 1) / n), ("{n}/({n}-1)", lambda n: n / (n - 1)),
    ("(({n}-1)/{n})**0.5", lambda n: ((n - 1) / n) ** 0.5), ("({n}/({n}-1))**0.5", lambda n: (n / (n - 1)) ** 0.5),
    ("{n}**0.5", lambda n: n**0.5), ("1/{n}**0.5", lambda n: n**-0.5),
    ("{n}**2", lambda n: n**2), ("1/{n}**2", lambda n: n**-2),
)  # fmt: skip
"""What a result is multiplied with by a size, which is above 1 but for the first two: by a deviation with ddof=1, by a
root that is forgotten or too many, by a mean that is taken twice."""


_TWICE: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("2*{n}", lambda n: 2 * n), ("1/(2*{n})", lambda n: 1 / (2 * n)),
    ("{n}/2", lambda n: n / 2), ("2/{n}", lambda n: 2 / n),
)  # fmt: skip
"""What a result is multiplied with where half a mean of squares is due, and the sum of them came back, and so on."""

_OF_PARTS: tuple[tuple[str, Callable[[float], float]], ...] = (
    *_OF_SIZES[:2],
    ("(1-{n})", lambda n: 1 - n), ("1/(1-{n})", lambda n: 1 / (1 - n)),
    ("(1-{n})/{n}", lambda n: (1 - n) / n), ("{n}/(1-{n})", lambda n: n / (1 - n)),
)  # fmt: skip
"""What a result is multiplied with by a part of one: what is kept where `n` is dropped, or new where `n` is old."""


def _forms_of(numbers: Sequence[float]) -> Sequence[tuple[str, Callable[[float], float]]]:
    return _OF_SIZES if min(numbers) > 1 else _OF_PARTS if max(numbers) < 1 else _OF_SIZES[:2]


def _sign_of(factors: Sequence[float], due: Sequence[float]) -> str | None:
    """In front of what all these factors are; None where they are others."""
    for sign, text in ((1, ""), (-1, "-")):
        if all(abs(sign * factor / number - 1) < CLOSE for factor, number in zip(factors, due, strict=True)):
            return text
    return None


def lengths_of(inputs: Mapping[str, Array]) -> dict[str, float]:
    """How long each axis of the inputs is, and how many entries a table has, by what a student can print.

    Not of parts of a handed cache, nor of what an object is made with: these have no name in anybody's code.
    """
    named = {name: array for name, array in inputs.items() if name.isidentifier() or name.endswith("]")}
    sizes = {f"{name}.shape[{n}]": float(size) for name, array in named.items() for n, size in enumerate(array.shape)}
    return sizes | {f"{name}.size": float(array.size) for name, array in named.items() if array.ndim > 1}


def by_inputs(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """An input that is a factor or a summand too many or too few."""
    for name, array in setting.inputs.items():
        for other in _spread(array, want.shape):
            if close(got, want * other):
                yield Reading(Pattern.FACTOR_INPUT, (name,))
            if close(got * other, want):
                yield Reading(Pattern.MISSING_INPUT, (name,))
            if close(got, want + other) or close(got, want - other):
                yield Reading(Pattern.ADDED_INPUT, (name,))
        # In the next case it may be another number, such as a weight of 0.5.
        if _is_of_last(array, want.shape) and _is_multiple(got - want, np.broadcast_to(array, want.shape)):
            yield Reading(Pattern.ADDED_INPUT, (name, A_NUMBER))
    yield from _by_long_steps(got, want, setting)


def _is_of_last(array: Array, shape: tuple[int, ...]) -> bool:
    """Whether it has the form of the result, or of its last axes: a bias goes into every row."""
    return array.shape == shape[len(shape) - array.ndim :] and (array.ndim > 0 or not shape)


def _spread(array: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """An input in the form of the result: in every row, or along another axis, as a bias of each channel is."""
    numbers = array.astype(np.float64)
    is_kept = array.ndim == len(shape) and all(n in (1, due) for n, due in zip(array.shape, shape, strict=True))
    if is_kept or _is_of_last(array, shape):
        yield np.broadcast_to(numbers, shape)
    if array.ndim == 1 < len(shape):
        for axis in (axis for axis, size in enumerate(shape[:-1]) if size == array.size > 1):
            along = [-1 if n == axis else 1 for n in range(len(shape))]
            yield np.broadcast_to(numbers.reshape(along), shape)


def by_steps(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """What goes a step away from an input, as parameters do: the step goes the other way, or too far."""
    for name, array in setting.inputs.items():
        if array.shape != want.shape or array.dtype.kind != "f":
            continue
        due, done = want - array, got - array
        if np.count_nonzero(due) < 3 or abs(due).max() > _STEP * abs(array).max():
            continue
        for reading in by_a_number(done, due, setting):
            if reading.pattern is Pattern.SIGN:
                yield Reading(Pattern.STEP, (name, "-1"))
            elif reading.pattern is Pattern.FACTOR:
                yield Reading(Pattern.STEP, (name, *reading.names))


def _by_long_steps(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """What goes the other way from an input, however far: `m - K @ r`, where `m + K @ r` is due."""
    for name, array in setting.inputs.items():
        if array.shape != want.shape or array.dtype.kind != "f" or _is_multiple(want, array):
            continue
        due = want - array
        moved = np.count_nonzero(due)
        if moved >= min(3, due.size) > 0 and close(got - array, -due) and explains(array - due, got, want):
            yield Reading(Pattern.STEP, (name, "-1"), 1.0 if moved >= 3 else OF_ONE)


def _is_multiple(array: Array, of: Array) -> bool:
    """Whether all of it is one and the same number times another; of single numbers each is that of any other."""
    return array.size > 1 and bool(of.any()) and close(array, of * times_of(array, of))
