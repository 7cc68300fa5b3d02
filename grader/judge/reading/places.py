"""Differences that lie in some places only: where an input has a sign or a size, or in some rows and columns.

takes: which entries are wrong, and the inputs; or what came back in the place of an array, and the right values.
gives: the `Reading` values that fit.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, lgamma

import numpy as np

from grader.judge.reading.patterns import CLOSE, Array, Pattern, Reading, Setting, close, explains

LARGE = 30.0  # |x| above which e^x leaves the digits of a float64 behind
SIGNS = ("< 0", "> 0", "<= 0", ">= 0")
ABOVE, BELOW = "above some number", "below some number"
FAR, NEAR = "farther from zero than some number", "nearer to zero than some number"
IN_VAIN = 0.45  # less than any region shows outside of which something could be wrong: behind a mask all is zero
_NARROW = 0.9  # how much a case shows a region that fits what is wrong: a sign that is wrong throughout is shown more
_ENDS = ("first", "last")


def by_regions(wrong: Array, setting: Setting, telling: Array | None = None) -> Iterator[Reading]:
    """Where an input of the same shape has a sign or a size; that is little if nothing elsewhere is `telling`."""
    if not wrong.any():
        return
    for name, array in setting.inputs.items():
        if array.shape != wrong.shape:
            continue
        regions = (
            ("= 0", array == 0), ("large", array > LARGE), ("large and negative", array < -LARGE),
            ("large in size", abs(array) > LARGE), ("< 0", array < 0), ("> 0", array > 0), ("<= 0", array <= 0),
            (">= 0", array >= 0), ("nan", np.isnan(array)),
        )  # fmt: skip
        for text, region in regions:
            if not (wrong & ~region).any():
                share = float(wrong.sum() / region.sum())
                # A zero, or what is large, stands there on purpose; half of all have either sign.
                is_sign = text[0] in "<>"
                chance = chance_of(int(wrong.sum()), int(region.sum()), wrong.size) if is_sign else 0.0
                is_shown = share >= 0.5 and not region.all()
                in_vain = is_sign and telling is not None and not (telling & ~region).any()
                yield Reading(Pattern.WHERE, (name, text), is_shown * share * (IN_VAIN if in_vain else 1), chance)


def chance_of(wrong: int, places: int, among: int) -> float:
    """How likely so many, anywhere among these, all lie in so many places."""
    return exp(_ways(places, wrong) - _ways(among, wrong))


def _ways(among: int, many: int) -> float:
    """The logarithm of how many ways there are to choose so many: of a thousand entries that is no float."""
    return lgamma(among + 1) - lgamma(many + 1) - lgamma(among - many + 1)


def by_limits(wrong: Array, setting: Setting, telling: Array) -> Iterator[Reading]:
    """Where an input is above or below some number, of one sign or of both: it is cut off, or compared with another.

    `telling` are the entries that say something where they are right: a zero that is due may come of anything.
    """
    for name, array in setting.inputs.items():
        if array.shape == wrong.shape and wrong.any():
            yield from limits_of(wrong, name, array, telling)


def limits_of(wrong: Array, name: str, array: Array, telling: Array) -> Iterator[Reading]:
    """The same of one input."""
    everywhere = np.ones_like(wrong)
    scopes = (
        (f"positive and {ABOVE}", f"positive and {BELOW}", array, array > 0),
        (f"negative and {ABOVE}", f"negative and {BELOW}", array, array < 0), (FAR, NEAR, abs(array), everywhere),
        (ABOVE, BELOW, array, everywhere),
    )  # fmt: skip
    for above, below, values, inside in scopes:
        if (wrong & ~inside).any():
            continue
        off, right = values[wrong], values[inside & ~wrong & telling]
        weight = _NARROW if min(off.size, right.size) > 1 else 0
        chance = chance_of(off.size, off.size, off.size + right.size)
        if not right.size or off.min() > right.max():
            yield Reading(Pattern.WHERE, (name, above), weight, chance)
        if not right.size or off.max() < right.min():
            yield Reading(Pattern.WHERE, (name, below), weight, chance)


def by_places(wrong: Array, telling: Array) -> Iterator[Reading]:
    """Which rows and columns hold all that is wrong; also where some of them are right by chance.

    Elsewhere something has to be right that tells: of a word that was not drawn the gradient is zero in any case.
    """
    if wrong.ndim < 1 or not wrong.any():
        return
    behind: Array = np.ones(wrong.shape, bool)
    before: Array = behind.copy()
    behind[0], before[-1] = False, False
    told = wrong | telling
    regions: list[tuple[str, Array, int | None]] = [
        ("behind the first row", behind, 0), ("before the last row", before, 0),
    ]  # fmt: skip
    if wrong.ndim == 2:
        height, width = wrong.shape
        row: Array = np.broadcast_to(np.arange(height)[:, None], wrong.shape)
        column: Array = np.broadcast_to(np.arange(width), wrong.shape)
        regions += [
            ("behind the first column", column > 0, 1), ("before the last column", column < width - 1, 1),
            *((("off the diagonal", row != column, None), ("on the diagonal", row == column, None))
              if height == width else ()),
            ("in the last row or column", (row == height - 1) | (column == width - 1), None),
            ("in the first row or column", (row == 0) | (column == 0), None),
        ]  # fmt: skip
    for text, region, axis in regions:
        if not (wrong & ~region).any():
            is_much = (
                wrong.sum() * 3 >= region.sum() and wrong.sum() > 1 < (~region).sum() and (~region & telling).any()
            )
            chance = _chance_in(wrong, told, region, axis)
            yield Reading(Pattern.PLACE, (text,), _NARROW if is_much else 0, chance)


def _chance_in(wrong: Array, told: Array, region: Array, axis: int | None) -> float:
    """How likely all that is wrong lies in a region: of all but one line along an axis, or of entries."""
    if axis is not None:
        return 1 - _lines_of(wrong, axis) / _lines_of(told, axis)
    return chance_of(int(wrong.sum()), int((region & told).sum()), int(told.sum()))


def _lines_of(told: Array, axis: int) -> int:
    """In how many lines along an axis there is any: samples are right or wrong as a whole, and so are units."""
    return sum(bool(line.any()) for line in np.moveaxis(told, axis, 0))


_PARTS = ((4, "quarter"), (3, "third"), (2, "half"))  # gates side by side: of an LSTM, of a GRU, of one that has two
_ORDINALS = ("first", "second", "third")


def by_parts(wrong: Array) -> Iterator[Reading]:
    """Which of several equal parts, side by side, is the only wrong one, as the gradient of one gate's weights is."""
    axes = {1: ("entries",), 2: ("rows", "columns")}.get(wrong.ndim, ())
    for axis, lines in enumerate(axes):
        is_off = np.array([line.any() for line in np.moveaxis(wrong, axis, 0)])
        for count, part in _PARTS:
            if not is_off.size or is_off.size % count:
                continue
            parts = is_off.reshape(count, -1)
            if parts.all(1).sum() == 1 and parts.any(1).sum() == 1:
                place = int(parts.all(1).argmax())
                ordinal = "last" if place == count - 1 else _ORDINALS[place]
                # A part of one line is a line like any other.
                weight, size = _NARROW if parts.shape[1] > 1 else 0, parts.shape[1]
                chance = count * chance_of(size, size, is_off.size)
                yield Reading(Pattern.PART, (f"{ordinal} {part}", lines), weight, chance)


def line_by_line(got: Array, want: Array) -> Iterator[Reading]:
    """Rows or columns that are off by a factor, or by a number, of their own: more than one, where there are more."""
    if want.ndim != 2:
        return
    wrong: Array = abs(got - want) > CLOSE * abs(want).max(initial=0.0)
    for axis, name in enumerate(("column", "row")):
        if wrong.any(axis).sum() == 1 < want.shape[1 - axis]:
            continue  # of one line alone it is known which one that is
        off, due = got - want, abs(want) > CLOSE * abs(want).max(initial=0.0)
        weight = float(min(want.shape) > 1)
        if close(off, np.broadcast_to(off.mean(axis, keepdims=True), off.shape)):
            yield Reading(Pattern.LINE_OFFSETS, (name,), weight)
        several = due.sum(axis, keepdims=True)  # of one entry that is due any number is a multiple
        # Not by their sums: those of what is normalised are zero.
        factors = (got * want).sum(axis, keepdims=True) / np.where(several, (want * want).sum(axis, keepdims=True), 1)
        if factors.all() and explains(want * factors, got, want):
            yield Reading(Pattern.LINE_FACTORS, (name,), weight * float((several > 1).sum() > 1))


def by_direction(got: Array, want: Array, wrong: Array, setting: Setting) -> Iterator[Reading]:
    """Whether all that is wrong is too large, too small, or either by the sign of an input."""
    off = np.sign(got - want)
    for name, array in setting.inputs.items():
        if array.shape != want.shape or not array[wrong].all():
            continue
        signs = np.sign(array[wrong])
        # What has the sign of an input tells nothing by it: then all is too small, or too large, in size.
        has_its_sign = (want * array >= 0).all() or (want * array <= 0).all()
        weight, chance = float(np.unique(signs).size > 1 and not has_its_sign), 0.5**signs.size
        if (off[wrong] == signs).all():
            yield Reading(Pattern.SKEWED, (name, "positive"), weight, chance)
        if (off[wrong] == -signs).all():
            yield Reading(Pattern.SKEWED, (name, "negative"), weight, chance)
    large = abs(want) > _LARGE_PART * abs(want).max(initial=0.0)
    # A factor or a power is missing everywhere: where some are right, or each sample is off in its own way, it is none.
    if (large & ~wrong).sum() * _MOST_RIGHT <= large.sum() and not _rows_differ(got, want):
        yield from _by_sizes(got[wrong], want[wrong])


def _by_sizes(got: Array, want: Array) -> Iterator[Reading]:
    """How the sizes are off where all signs are right, or all are wrong."""
    sizes, weight = np.sign(abs(got) - abs(want)), float(got.size > 1)
    ratios = np.unique(np.round(got / np.where(want, want, 1), 4)).size  # what is off alike is off once
    if (got * want > 0).all():  # a zero has no sign that could be right
        chance = 0.5 ** (ratios - 1)
        yield from (Reading(Pattern.SIZES, (text,), weight, chance) for text, sign in _SIZES if (sizes == sign).all())
    if (got * want < 0).all():
        yield Reading(Pattern.TURNED, weight=weight, chance=0.5**ratios)


def _rows_differ(got: Array, want: Array) -> bool:
    """Whether what each row is off by lies apart from that of all others, where rows are long enough to tell."""
    if want.ndim < 2 or not want.all() or min(table := (len(want), want[0].size)) < _LEAST_ROWS:
        return False
    ratios = np.sort((got / want).reshape(table), axis=1)
    ratios = ratios[ratios[:, 0].argsort()]
    return bool((ratios[:-1, -1] < ratios[1:, 0]).all())


_LARGE_PART = 0.1  # of the largest right value: what is below that is all but zero, and nearly any number is near it
_MOST_RIGHT = 4  # one in so many may be right all the same, as the power of a number that is 1
_LEAST_ROWS = 3
_SIZES = (("small", -1), ("large", 1))


def by_lines(wrong: Array, telling: Array) -> Iterator[Reading]:
    """One row or column that is the only right one, or the only wrong one: a loop ends early, or writes over itself."""
    for axis in sorted({0, 1, wrong.ndim - 1} & {*range(wrong.ndim)}):  # rows, columns, and those of images
        shares, told = ([float(line.mean()) for line in np.moveaxis(of, axis, 0)] for of in (wrong, telling))
        for name in _names_of(axis, wrong.ndim):
            yield from _of_lines(shares, list(map(bool, told)), name)
    if wrong.ndim > 1 and wrong.sum() == 1:
        yield from _of_entries(wrong.ravel(), telling.ravel())


def _of_entries(wrong: Array, telling: Array) -> Iterator[Reading]:
    """The one entry at an end of all, as a loop over a flat array leaves it out."""
    is_shown, chance = float((telling & ~wrong).sum() > 1), 1 / float((telling | wrong).sum())
    yield from (
        Reading(Pattern.ALL_BUT, (end, "entry"), is_shown, chance)
        for end, at in zip(_ENDS, (0, -1), strict=True)
        if wrong[at]
    )


def _names_of(axis: int, dimensions: int) -> tuple[str, ...]:
    """What one place along an axis is called; the last name is what it has in common with other shapes."""
    if axis == 0:
        return ("row",) if dimensions > 1 else ("entry", "row")
    return ("column",) if dimensions == 2 else (f"slice along axis {axis}", "column")


def _of_lines(wrong: list[float], told: list[bool], name: str) -> Iterator[Reading]:
    """The same of one axis, by how much of each line is wrong; of a single one, nobody knows which end it is.

    What is right tells nothing where that is zero throughout, as most rows of a gradient may be. Nor does one of two
    lines that is wrong, or one entry of a whole line: another case must show it.
    """
    is_shown = len(wrong) > 2
    chance = 1 / max(1, sum(bool(is_wrong) or is_told for is_wrong, is_told in zip(wrong, told, strict=True)))
    for end, place in zip(_ENDS, (0, -1), strict=True):
        others, right = (of[1:] if place == 0 else of[:-1] for of in (wrong, told))
        if wrong[place] and not any(others):
            yield Reading(Pattern.ALL_BUT, (end, name), float(is_shown and any(right) and wrong[place] >= 0.5), chance)
        if others and not wrong[place] and all(others):
            yield Reading(Pattern.ONLY_ROWS, (end, name), float(is_shown and told[place]), chance)


def one_line(got: Array, want: Array) -> Iterator[Reading]:
    """The first or the last row in the place of all, as it is or flat."""
    if want.ndim > 1:
        yield from (
            Reading(Pattern.ONE_LINE, (end, "row"))
            for end, at in zip(_ENDS, (0, -1), strict=True)
            if got.size == want[at].size and close(got.ravel(), want[at].ravel())
        )
