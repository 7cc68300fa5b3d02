"""What a result has as a whole: as many lines as are due, no sign but one, the same numbers when it is transposed.

takes: what came back and the right values, and what surrounds them.
gives: the `Reading` values that fit; what stands in the place of all of it.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.judge.reading.named import OF_ONE
from grader.judge.reading.patterns import CLOSE, Array, Pattern, Reading, Setting, close

_FEWEST = 2  # lines: by one alone another case must show it


def by_form(got: Array, want: Array) -> Iterator[Reading]:
    """What is negative, where nothing right is; a table that is to be the same when transposed, and is not."""
    if (want >= 0).all() and want.any():
        # A few may all be positive by chance; of one number, such as a loss, it is told all the same.
        chance = 0.5**want.size if want.size > 1 else 0.0
        yield Reading(Pattern.BELOW_ZERO, weight=float((got < 0).any()), chance=chance)
    if want.ndim == 2 and want.shape[0] == want.shape[1] > 1 and close(want, want.T):
        apart = abs(got - got.T).max() > CLOSE * abs(got).max()
        is_full = bool((want != np.diag(np.diag(want))).any())  # of a diagonal every other place is due to be zero
        yield from [Reading(Pattern.NOT_SYMMETRIC)] if apart and is_full else []


def by_limits_of_right(got: Array, want: Array) -> Iterator[Reading]:
    """What goes on where all that is right stops at its largest or smallest number, as pixels do at 255."""
    high, low = (want == want.max()) & (got > want), (want == want.min()) & (got < want)
    off = high | low
    if off.any() and close(np.where(off, want, got), want) and not close(got, want):
        # That some stop at one number shows where several do; and what is off is the end of nothing where all is.
        is_shown = max(high.sum(), low.sum()) > 1 and not off.all()
        yield Reading(Pattern.NOT_CUT, weight=float(is_shown))


def by_ends(got: Array, want: Array) -> Iterator[Reading]:
    """Right lines of which the first or the last one is not there, or before or behind which one too many is."""
    if got.ndim != want.ndim or not got.ndim or got.shape[1:] != want.shape[1:]:
        return
    names = ("entry",) if want.ndim == 1 else ("row",)
    shorter, longer, pattern = (got, want, Pattern.LACKING) if len(got) < len(want) else (want, got, Pattern.TOO_MANY)
    if len(longer) != len(shorter) + 1 or not shorter.size:
        return
    weight = float(len(shorter) >= _FEWEST and np.ptp(shorter) > 0)
    for end, rest in (("first", longer[1:]), ("last", longer[:-1])):
        if close(rest, shorter):
            yield Reading(pattern, (end, *names), weight)


def copies(got: Array, want: Array, setting: Setting) -> Iterator[Reading]:
    """What stands there in place of the answer: nothing, a constant, an input, another result."""
    if not got.any() and want.any():
        yield Reading(Pattern.ZERO)
    elif got.size > 1 and np.ptp(got) == 0 and np.ptp(want) > CLOSE * max(abs(got).max(), abs(want).max()):
        yield Reading(Pattern.CONSTANT)  # and what is right is no constant, as the tail of a sigmoid all but is
    for name, array in setting.inputs.items():
        if got.size and close(got, array.astype(np.float64)):
            yield Reading(Pattern.ECHO, (name,), 1.0 if got.size > 1 else OF_ONE if got.any() else 0.0)
    yield from of_others(got, setting) if got.size > 1 else ()


def of_others(got: Array, setting: Setting) -> Iterator[Reading]:
    """The right values of another result; one number is that of another by chance, but where an array is due."""
    for name, array in setting.others.items():
        if got.any() and close(got, array.astype(np.float64)):
            yield Reading(Pattern.OTHER_OUTPUT, (name,))
