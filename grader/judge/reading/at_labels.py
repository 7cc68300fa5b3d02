"""Whether a result is wrong just where whole numbers of the input name it: at the label of each example, in the row of
one word, in rows that are named more than once; or is off by what they name.

takes: of each case what came back, what is due, its inputs and the numbers that it is called with.
gives: the `Reading` that fits all cases.
must not know: points, sentences, what the function is to compute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from grader.judge.reading.patterns import (
    A_NUMBER,
    BY_ACCIDENT,
    CLOSE,
    Array,
    Pattern,
    Reading,
    explains,
    is_whole,
    times_of,
    wrong_entries,
)
from grader.judge.reading.places import chance_of
from grader.judge.reading.summands import Off


def by_labels(cases: Sequence[Off]) -> Reading | None:
    """The input whose number names the one entry of each row that is wrong, in all cases."""
    names = cases[0].inputs if cases else ()
    return next((Reading(Pattern.AT_LABELS, (name,)) for name in names if all(_fits(c, name) for c in cases)), None)


def _fits(case: Off, name: str) -> bool:
    labels: Array | None = case.inputs.get(name)
    if labels is None or labels.dtype.kind not in "iu" or labels.ndim != 1 or case.want.ndim != 2:
        return False
    rows, columns = case.want.shape
    if len(labels) != rows or rows < 2 or columns < 2:
        return False
    named: Array = np.arange(columns) == labels[:, None]
    return np.array_equal(wrong_entries(case.got.astype(np.float64), case.want), named)


def by_repeats(cases: Sequence[Off]) -> Reading | None:
    """The input that names each row in which something is wrong more than once: of what is to be added, one is left."""
    if any(is_whole(case.want) and not is_whole(case.got) for case in cases):  # of counts less is a count, too
        return None
    return _in_lines(cases, Pattern.REPEATED, tuple(cases[0].inputs) if cases else (), _repeated)


def by_one(cases: Sequence[Off]) -> Reading | None:
    """The number of the call that names the one row which is wrong in each case, as that of a right class does."""
    return _in_lines(cases, Pattern.AT_NAMED, tuple(cases[0].numbers) if cases else (), _alone)


def by_row(cases: Sequence[Off]) -> Reading | None:
    """The row of an input that a number of the call names, where all is off by that, or by a multiple of it."""
    for name in cases[0].inputs if cases else ():
        for number in cases[0].numbers:
            times = [_times_of_row(case, name, number) for case in cases]
            if all(times) and max(case.want.size for case in cases) >= _TELLING:
                is_one = all(abs(abs(of) - 1) <= CLOSE for of in times)
                return Reading(Pattern.ADDED_INPUT, (f"{name}[{number}]", *(() if is_one else (A_NUMBER,))))
    return None


_TELLING = 3  # entries: of two, a difference may be a multiple by chance


def _times_of_row(case: Off, name: str, number: str) -> float:
    """How many times this row it is off by; 0 where it is not, or there is none."""
    table, at = case.inputs.get(name), case.numbers.get(number)
    if table is None or at is None or not at.is_integer() or table.shape[1:] != case.want.shape or not case.want.ndim:
        return 0.0
    if table.dtype.kind != "f" or not 0 <= at < len(table):
        return 0.0
    got, row = case.got.astype(np.float64), table[int(at)].astype(np.float64)
    times = times_of(got - case.want, row)
    return times if explains(case.want + times * row, got, case.want) else 0.0


def _in_lines(
    cases: Sequence[Off], pattern: Pattern, names: Sequence[str], named: Callable[[Off, str], Array | None]
) -> Reading | None:
    for name in names:
        chances = [_chance(case, named(case, name)) for case in cases]
        if all(chances) and prod(chances) <= BY_ACCIDENT:
            return Reading(pattern, (name, "entry" if cases[0].want.ndim == 1 else "row"))
    return None


def _repeated(case: Off, name: str) -> Array | None:
    """Which rows an input names more than once."""
    places = case.inputs.get(name)
    if places is None or places.dtype.kind not in "iu" or not places.size or not case.want.ndim:
        return None
    if places.min() < 0 or places.max() >= len(case.want):
        return None
    named: Array = np.bincount(places.ravel(), minlength=len(case.want)) > 1
    return named


def _alone(case: Off, name: str) -> Array | None:
    """Which row a number is that of."""
    number = case.numbers.get(name)
    return None if number is None or not case.want.ndim else np.arange(len(case.want)) == number


def _chance(case: Off, named: Array | None) -> float:
    """How likely all rows that are wrong are such ones by accident; 0 where they are not, and where nothing is."""
    if named is None:
        return 0.0
    axes = tuple(range(1, case.want.ndim))
    wrong: Array = np.asarray(wrong_entries(case.got.astype(np.float64), case.want).any(axes))
    told = wrong | (case.want != 0).any(axes)
    if not wrong.any() or (wrong & ~named).any():
        return 0.0
    return chance_of(int(wrong.sum()), int((named & told).sum()), int(told.sum()))
