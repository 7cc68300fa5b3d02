"""How a wrong result differs from the right one, where no known mistake says it: factor, sign, transpose, place.

takes: what came back, the right values, the inputs, the other right results, and the sizes that have names.
gives: `Reading` values that fit, the most telling first; and what fits all failing cases at once.
must not know: points, sentences, which case is hidden. A reading holds names and kinds, never a value of an answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from math import prod

import numpy as np

from grader.judge.reading.factors import by_a_number, by_inputs, by_steps
from grader.judge.reading.forms import by_ends, by_form, by_limits_of_right, copies, of_others
from grader.judge.reading.named import OF_ONE, by_name, cut_off, of_an_axis
from grader.judge.reading.patterns import (
    BY_ACCIDENT,
    BY_CHANCE,
    CLOSE,
    OF_PLACES,
    VAGUE,
    Array,
    Depth,
    Pattern,
    Reading,
    Setting,
    close,
    wrong_entries,
)
from grader.judge.reading.places import (
    IN_VAIN,
    by_direction,
    by_limits,
    by_lines,
    by_parts,
    by_places,
    by_regions,
    line_by_line,
    one_line,
)
from grader.judge.reading.whole import with_whole

NEARLY = 2e-2  # relative to the largest entry: a value this near was computed by the right formula, roughly


def read_difference(got: Array, want: Array, setting: Setting, depth: Depth = Depth.ALL) -> tuple[Reading, ...]:
    """The readings that fit one case, the most telling first."""
    if got.dtype.kind not in "fiub" or got.size == 0 or want.size == 0:
        return ()
    is_float = got.dtype.kind == "f"
    got, want = got.astype(np.float64), want.astype(np.float64)
    if not np.isfinite(got).all():
        if got.shape != want.shape:
            return ()
        finite = np.isfinite(got)
        regions = by_regions(
            ~finite | wrong_entries(np.where(finite, got, want), want), setting
        )  # the rest may be off as well
        copied = [n for n, array in setting.inputs.items() if np.array_equal(got, array, equal_nan=True)]
        echoes = tuple(Reading(Pattern.ECHO, (name,)) for name in copied)
        return echoes or _in_order((*by_name(got, want, setting), *regions) if depth is Depth.ALL else tuple(regions))
    if depth is Depth.BY_CHANCE and got.shape == want.shape and (by_chance := _by_chance(got, want, setting)):
        return _in_order(by_chance)
    found = _same_shape(got, want, setting, depth) if got.shape == want.shape else _other_shape(got, want, setting)
    if got.shape != want.shape:
        return _in_order((*found, *(of_an_axis(got, setting) if depth is Depth.ALL else ())))
    return _in_order(with_whole(tuple(found), got, want, is_float, depth))


def _in_order(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Each once, and those last that would fit nearly any case."""
    return tuple(sorted(dict.fromkeys(found), key=lambda reading: not reading.weight))


def common(found: Iterable[Sequence[Reading]], more: Iterable[Sequence[Reading]] = ()) -> Reading | None:
    """The first reading of the first case that fits all others too: one case alone fits many by chance.

    What may be so by chance in a few cases must also fit `more` of them, which are read for that alone.
    """
    every = _while_some_fit(found)
    # What is all but right fits anything: it has no say where other cases are off by more.
    readings = [one for one in every if not _is_near(one)] or every
    fit = [r for r in (readings[0] if readings else ()) if all(r in other for other in readings[1:])]
    shown: defaultdict[Reading, float] = defaultdict(float)
    for reading in chain.from_iterable(every):
        shown[reading] += reading.weight
    fit = sorted((r for r in fit if shown[r] > OF_ONE and _other_side(r) not in readings[0]), key=_rank)
    fit = [r for r in fit if r.pattern is not Pattern.ALL_BUT or not _both_ends(r, fit)]
    # How far all but right is off is known: where that is not one number, it is none where more is off, either.
    fit = [r for r in fit if r.pattern not in _OFFSETS or all(r in one for one in every)]
    is_near = any(r.pattern is Pattern.NEARLY for r in fit)
    fit = [r for r in fit if not (is_near and _tells_less(r, every)) and _chance(r, every) <= BY_ACCIDENT]
    told = next(iter(fit), None)
    if told is None or told.pattern not in BY_CHANCE:
        return told
    true = _true_of_all(fit, more)
    share = {r: _share(r, shown[r] / len(readings)) for r in true}
    return min(true, key=lambda r: (_rank(r), -share[r]), default=None)


def _while_some_fit(found: Iterable[Sequence[Reading]]) -> list[Sequence[Reading]]:
    """What is found of the cases, as far as there is something that all of them show: of the others none is read."""
    every: list[Sequence[Reading]] = []
    shared: set[Reading] | None = None
    for one in found:
        every.append(one)
        if not _is_near(one) and not (shared := set(one) if shared is None else shared.intersection(one)):
            break
    return every


def _tells_less(reading: Reading, readings: Iterable[Sequence[Reading]]) -> bool:
    """Whether it says less than that all is nearly right: rows, or a region outside of which all is zero anyway."""
    if reading.pattern is not Pattern.WHERE:
        return reading.pattern in OF_PLACES
    return max(r.weight for one in readings for r in one if r == reading) <= IN_VAIN


def _share(reading: Reading, shown: float) -> float:
    """How much of what is wrong a reading tells; a number that stands where others are due more than any region."""
    if reading.pattern is Pattern.CUT:
        return AT_AN_END * shown
    return shown if reading.pattern in BY_CHANCE else _SHARES.get(reading.pattern, 0.8)


_OFFSETS = (Pattern.OFFSET, Pattern.LINE_OFFSETS, Pattern.FACTOR)


def _chance(reading: Reading, readings: Iterable[Sequence[Reading]]) -> float:
    """How likely all these cases fit it by accident; one that fits it in any case has no part in that."""
    return prod(r.chance for one in readings for r in one if r == reading and r.weight)


_SIDES = (("above", "below"), ("farther from", "nearer to"))


def _other_side(reading: Reading) -> Reading | None:
    """What is wrong beyond a limit, with that turned round: both fit a case only where nothing of it is right."""
    if reading.pattern is not Pattern.WHERE or not reading.names[1].endswith("some number"):
        return None
    turned = [(one, other) for pair in _SIDES for one, other in (pair, pair[::-1]) if one in reading.names[1]]
    return replace(reading, names=(reading.names[0], reading.names[1].replace(*turned[0])))


def _true_of_all(fit: Sequence[Reading], more: Iterable[Sequence[Reading]]) -> list[Reading]:
    """Those that fit all others too, of which no more are read than it takes to tell."""
    true = list(fit)
    for other in more:
        if not _is_near(other):
            true = [r for r in true if r.pattern not in BY_CHANCE or r in other]
        if not any(r.pattern in BY_CHANCE for r in true):
            break
    return true


# How much is shown by what fits all numbers: less than by a sign that is wrong throughout, more than by a limit.
_SHARES = dict.fromkeys((Pattern.FUNCTION, Pattern.OF_RIGHT, Pattern.DIVIDED), 0.95)

AT_AN_END = 1.05


def _rank(reading: Reading) -> int:
    return VAGUE.index(reading.pattern) + 1 if reading.pattern in VAGUE else 0


def _is_near(readings: Sequence[Reading]) -> bool:
    """Whether a case is all but right: rounding that changes little there may also look as if it were cut off."""
    patterns = [reading.pattern for reading in readings if reading.pattern is not Pattern.CUT]
    return patterns == [Pattern.NEARLY]


def _both_ends(reading: Reading, fit: Sequence[Reading]) -> bool:
    """Whether all cases have one line alone, which is the first and the last, so that nothing is left that is right."""
    _, name = reading.names
    return {("first", name), ("last", name)} <= {r.names for r in fit if r.pattern is Pattern.ALL_BUT}


def _by_chance(got: Array, want: Array, setting: Setting) -> tuple[Reading, ...]:
    """What a case shows of that which may be so by chance; none where it is all but right."""
    if close(got, want):
        return ()
    wrong = wrong_entries(got, want)
    limits = by_limits(wrong, setting, _telling(got, want))
    return (*by_regions(wrong, setting, _telling(got, want)), *limits, *_of_places(got, want, wrong, setting))


def _of_places(got: Array, want: Array, wrong: Array, setting: Setting) -> Iterator[Reading]:
    yield from by_parts(wrong)
    yield from by_places(wrong, _telling(got, want, wrong))
    yield from line_by_line(got, want)
    yield from by_direction(got, want, wrong, setting)
    yield from (*by_limits_of_right(got, want), *by_form(got, want))


def _telling(got: Array, want: Array, wrong: Array | None = None) -> Array:
    """Which entries say something where they are right; zeros too, if some that are due are `wrong`."""
    telling: Array = (got != 0) | (want != 0) | (wrong is not None and bool((wrong & (want == 0)).any()))
    return telling


def _same_shape(got: Array, want: Array, setting: Setting, depth: Depth) -> Iterator[Reading]:
    difference = got - want
    if close(got, want):  # what fits everything that is near enough, such as the sizes without signs, fits by chance
        yield from _offset(difference)
        if depth is Depth.ALL:
            yield from cut_off(got, want, float(abs(difference).max()))
        yield Reading(Pattern.NEARLY)
        return
    yield from copies(got, want, setting)
    yield from by_a_number(got, want, setting)
    yield from by_steps(got, want, setting)
    yield from by_inputs(got, want, setting)
    yield from _offset(difference)
    if want.ndim == 2 and want.shape[0] == want.shape[1] and close(got.T, want):
        yield Reading(Pattern.TRANSPOSED)
    wrong = wrong_entries(got, want)
    yield from by_regions(wrong, setting, _telling(got, want))
    if close(abs(got), abs(want)):
        yield Reading(Pattern.SIGNS_LOST)
    if close(np.sort(got, axis=None), np.sort(want, axis=None)):
        yield Reading(Pattern.PERMUTED)
    if depth is Depth.ALL:
        yield from cut_off(got, want)
        yield from by_name(got, want, setting)
        yield from by_limits(wrong, setting, _telling(got, want))
    yield from by_lines(wrong, _telling(got, want, wrong))
    if depth is Depth.ALL:
        yield from _of_places(got, want, wrong, setting)
    # A step that is small beside what it starts from is nearly right whatever it is, and so would be none at all.
    near = [of for of in (got, *setting.inputs.values()) if of.shape == want.shape and _is_nearly(of, want)]
    if len(near) == 1 and near[0] is got:
        yield Reading(Pattern.NEARLY)


def _is_nearly(array: Array, want: Array) -> bool:
    return bool((abs(array - want) <= NEARLY * float(abs(want).max(initial=0.0))).all())


def _other_shape(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    if got.size == 1 < want.size:
        yield from of_others(got, setting)
        yield from _one_number(float(got.ravel()[0]), want)
    yield from copies(got, want, setting)
    if want.ndim >= 2 and close(got, want.T):
        yield Reading(Pattern.TRANSPOSED)
    if got.size == want.size and close(got.ravel(), want.ravel()):
        yield Reading(Pattern.RESHAPED)
    yield from one_line(got, want)
    yield from by_ends(got, want)
    for axis in range(want.ndim):
        if close(got, want.sum(axis)) or close(got, want.mean(axis)):
            yield Reading(Pattern.REDUCED, (str(axis),))
    if got.size == 1 == want.size:
        yield from _one_number(float(got.ravel()[0]), want)
    for axis in range(got.ndim):
        if close(got.sum(axis), want) or close(got.mean(axis), want):
            yield Reading(Pattern.NOT_REDUCED, (str(axis),))


def _one_number(got: float, want: Array) -> Iterator[Reading]:
    """One number where an array is due, and whether it is what all that is due comes to: an axis was left out."""
    if any(close(np.array(got), np.array(number)) for number in (want.sum(), want.mean())):
        yield Reading(Pattern.ONE_NUMBER, ("all",))
    yield Reading(Pattern.ONE_NUMBER)


def _offset(difference: Array) -> Iterator[Reading]:
    if difference.size > 1 and np.ptp(difference) <= CLOSE * max(float(abs(difference).max()), 1e-12):
        yield Reading(Pattern.OFFSET)
