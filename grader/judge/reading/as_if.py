"""Results that are right for another array than the one that is due: its sizes, its mean, all of it but one row.

takes: of each case what came back and the right values; the inputs and the other right results.
gives: the `Reading` that fits all cases, with what stands in the place of what.
must not know: points, sentences, which case is hidden, what the function is to compute.

How the right values come of the inputs is found by trying: as a product of two of them, a sum over an axis, or a
function of each entry. Then each input is changed as students change one, and what that gives is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, permutations, product

import numpy as np

from grader.judge.reading.named import FEWEST, FUNCTIONS, STEPS, Probe, bracketed
from grader.judge.reading.patterns import BY_CHANCE, Array, Pattern, Reading, Setting, close, explains, times_of
from grader.judge.reading.substitutes import LEFT_OUT, Kept, substitutes


@dataclass(frozen=True)
class Form:
    """One way in which the right values come of inputs: by name, and how they go together.

    `kept` names what of an input is not changed: of images that are read as rows no column has a name, and which
    entries are above zero is told by where that is.
    """

    arrays: Mapping[str, Array]
    compute: Callable[..., Array]
    kept: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)


UNSURE = (*BY_CHANCE, Pattern.ONLY_ROWS, Pattern.PERMUTED)
"""What tells less than what stands in the place of an input."""
MOST_TRIED, MOST_SEEN = 10_000, 100_000
"""Entries of a case in which all is tried, and of one in which only that is looked at: a product of more takes long."""
Case = tuple[Array, Array, Setting]
"""What came back, what is due, and what surrounds it."""


def as_if(cases: Sequence[Case], of_one: bool = False) -> Reading | None:
    """What gives just this in the place of an input, in all cases: all of that is tried in the smallest one alone.

    With `of_one` of what is a function of each entry of one input, and else of all others: there a sign tells more, or
    that entries count which should not.
    """
    fit = [case for case in cases if case[0].shape == case[1].shape and np.isfinite(case[0]).all() and case[1].any()]
    large = sorted((case for case in fit if case[1].size >= FEWEST), key=lambda case: case[1].size)
    if not large or len(fit) < len(cases) or _size(large[0]) > MOST_TRIED or max(map(_size, cases)) > MOST_SEEN:
        return None
    with np.errstate(all="ignore"):
        for reading in dict.fromkeys(_fitting(*large[0], of_one)):
            if all(reading in _fitting(*case, of_one, reading.names) for case in fit if case is not large[0]):
                return reading
    return None


def _fitting(got: Array, want: Array, setting: Setting, of_one: bool, only: Sequence[str] = ()) -> Iterator[Reading]:
    """What fits one case; `only` are the names of a reading that is all that is asked for."""
    inputs, others = _numbers(setting.inputs), _numbers(setting.others)
    ways = (_entry_by_entry,) if of_one else (_products, _sums, _weighted_entries)
    for form in chain.from_iterable(way(want, inputs) for way in ways):
        for name in form.arrays.keys() & only[:1] or form.arrays:
            array = form.arrays[name]
            for text, make in substitutes(name, array, {**inputs, **others}, form.kept.get(name, ())):
                if not only or only == (name, text):
                    made = form.compute(**{**form.arrays, name: np.broadcast_to(make(), array.shape)})
                    if made.shape == got.shape and np.isfinite(made).all() and explains(made, got, want):
                        yield Reading(Pattern.LEFT_OUT if text in LEFT_OUT else Pattern.AS_IF, (name, text))


def _size(case: Case) -> int:
    """How many entries there are in all that a case has."""
    got, want, setting = case
    return got.size + want.size + sum(array.size for array in (*setting.inputs.values(), *setting.others.values()))


def _numbers(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Those that code can name, as floats: what an object is made with has no such name."""
    return {
        name: array.astype(np.float64)
        for name, array in arrays.items()
        if name.isidentifier() and array.dtype.kind in "fiub"
    }


def _products(want: Array, inputs: Mapping[str, Array]) -> Iterator[Form]:
    """As a matrix product of two inputs, times a number, and a third one added to each row of it."""
    if want.ndim < 2:
        return
    rows = {name: array.reshape(len(array), -1) for name, array in inputs.items() if array.ndim > 1 and len(array)}
    kept = {name: (Kept.COLUMNS,) for name in rows if inputs[name].ndim > 2}
    table = want.reshape(len(want), -1)
    added = [(name, array) for name, array in inputs.items() if array.shape == table.shape[1:]]
    for (one, a), (other, b) in permutations(rows.items(), 2):
        for left, right in product((a, a.T), (b, b.T)):
            if left.shape[1] != right.shape[0] or (left.shape[0], right.shape[1]) != table.shape:
                continue
            made = left @ right
            for name, array in (("", np.zeros(1)), *added):
                times = _multiple(table - array, made)
                if times:
                    turned = (left is not a, right is not b)
                    more = {name: array} if name else {}
                    made_of = _product(one, other, name, turned, times, want.shape)
                    yield Form({one: a, other: b, **more}, made_of, kept)


def _product(
    one: str, other: str, added: str, turned: tuple[bool, bool], times: float, shape: tuple[int, ...]
) -> Callable[..., Array]:
    def compute(**arrays: Array) -> Array:
        left = arrays[one].T if turned[0] else arrays[one]
        right = arrays[other].T if turned[1] else arrays[other]
        made = times * (left @ right) + (arrays[added] if added else 0.0)
        return np.asarray(made.reshape(shape))

    return compute


def _multiple(array: Array, of: Array) -> float:
    """By which number one is a multiple of the other; 0 where it is none."""
    times = times_of(array, of)
    return times if times and close(array, times * of) else 0.0


def _sums(want: Array, inputs: Mapping[str, Array]) -> Iterator[Form]:
    """As a sum over one axis of an input, times a number."""
    for name, array in inputs.items():
        for axis in range(array.ndim if array.ndim == want.ndim + 1 else 0):
            summed = array.sum(axis)
            times = _multiple(want, summed) if summed.shape == want.shape else 0.0
            if times:
                yield Form({name: array}, _sum(name, axis, times))


def _sum(name: str, axis: int, times: float) -> Callable[..., Array]:
    return lambda **arrays: times * np.asarray(arrays[name].sum(axis))


def _alike(want: Array, inputs: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array for name, array in inputs.items() if array.shape == want.shape and want.size}


def _entry_by_entry(want: Array, inputs: Mapping[str, Array]) -> Iterator[Form]:
    """As a function of each entry of an input."""
    alike = _alike(want, inputs)
    if not alike:
        return
    probe = Probe.at_largest(want, alike)
    for name, array in alike.items():
        for text in probe.functions(name):
            if close(FUNCTIONS[text](array), want):
                yield Form({name: array}, _function(name, FUNCTIONS[text]), _kept(text, name))


def _weighted_entries(want: Array, inputs: Mapping[str, Array]) -> Iterator[Form]:
    """The same, times another input."""
    alike = _alike(want, inputs)
    if not alike:
        return
    probe = Probe.at_largest(want, alike)
    for (one, a), (other, b) in permutations(alike.items(), 2):
        for text in probe.functions(other, probe.values[one]):
            slope = FUNCTIONS[text](b)
            if close(a * slope, want):
                yield Form({one: a, other: b}, _times(one, other, FUNCTIONS[text]), _kept(text, other))
                yield Form({bracketed(text.format(other), always=True): slope}, _weighted(a))


def _kept(text: str, name: str) -> dict[str, tuple[Kept, ...]]:
    return {name: (Kept.ENTRIES,)} if text in STEPS else {}


def _function(name: str, function: Callable[[Array], Array]) -> Callable[..., Array]:
    return lambda **arrays: function(arrays[name])


def _times(one: str, other: str, function: Callable[[Array], Array]) -> Callable[..., Array]:
    return lambda **arrays: arrays[one] * function(arrays[other])


def _weighted(by: Array) -> Callable[..., Array]:
    return lambda **arrays: by * next(iter(arrays.values()))
