"""Differences that lie in some places only: where an input has a sign or a size, or in single rows and columns.

takes: which entries are wrong, and the inputs; or what came back in the place of an array, and the right values.
gives: the `Reading` values that fit.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.judge.patterns import Array, Pattern, Reading, Setting, close

LARGE = 30.0  # |x| above which e^x leaves the digits of a float64 behind
_ENDS = ("first", "last")


def by_regions(wrong: Array, setting: Setting) -> Iterator[Reading]:
    """Where an input of the same shape has a sign or a size, and everything else is right."""
    if wrong.all() or not wrong.any():
        return
    for name, array in setting.inputs.items():
        if array.shape != wrong.shape:
            continue
        regions = (
            ("= 0", array == 0), ("< 0", array < 0), ("> 0", array > 0),
            ("large", array > LARGE), ("large and negative", array < -LARGE), ("large in size", abs(array) > LARGE),
        )  # fmt: skip
        for text, region in regions:
            if region.any() and not region.all() and not (wrong & ~region).any() and wrong.sum() * 2 >= region.sum():
                yield Reading(Pattern.WHERE, (name, text))


def by_lines(wrong: Array) -> Iterator[Reading]:
    """One row or column that is the only right one, or the only wrong one: a loop ends early, or writes over itself."""
    for axis in range(min(wrong.ndim, 2)):
        lines = [bool(line.any()) for line in np.moveaxis(wrong, axis, 0)]
        for name in ("row", "column")[axis : axis + 1] if wrong.ndim > 1 else ("entry", "row"):
            yield from _of_lines(lines, name)


def _of_lines(wrong: list[bool], name: str) -> Iterator[Reading]:
    """The same of one axis; of a single line that is wrong, nobody knows which end it is."""
    for end, place in zip(_ENDS, (0, -1), strict=True):
        others = wrong[1:] if place == 0 else wrong[:-1]
        if wrong[place] and not any(others):
            yield Reading(Pattern.ALL_BUT, (end, name))
        if others and not wrong[place] and all(others):
            yield Reading(Pattern.ONLY_ROWS, (end, name))


def one_line(got: Array, want: Array) -> Iterator[Reading]:
    """The first or the last row in the place of all, as it is or flat."""
    if want.ndim > 1:
        yield from (
            Reading(Pattern.ONE_LINE, (end, "row"))
            for end, at in zip(_ENDS, (0, -1), strict=True)
            if got.size == want[at].size and close(got.ravel(), want[at].ravel())
        )
