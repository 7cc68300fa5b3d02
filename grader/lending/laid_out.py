"""A cache that a caller lays out itself, `(x[t], h[t - 1], Wx, Wh, h[t])`, in the place of one that is handed on.

takes: the calls of one case, what a hand-in calls a function with.
gives: which of the calls it is: all else is the same, and each array in the cache is another one of that which kept it.
must not know: questions of a plan, hand-ins, points.

So a cache of another step, or of numbers that nobody has worked out rightly, is another one; so is one that has the
same array twice, `h[t]` where `h[t - 1]` is due.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.answer_key import LentCall
from grader.lending.alike import Parted
from grader.wire import HELD, Told

_LEAST = 2  # arrays in a cache that is known by them


def find_laid_out(calls: Sequence[LentCall], function: str, given: Sequence[Told]) -> int:
    """The place of the call that this one is; -1 where it is none."""
    if any(isinstance(told, str) and told.startswith(HELD) for told in given):
        return -1
    alike = (n for n, call in enumerate(calls) if call.function == function and _is_call(call, given, calls))
    return next(alike, -1)


def _is_call(call: LentCall, given: Sequence[Told], calls: Sequence[LentCall]) -> bool:
    kept = [n for n, told in enumerate(call.given) if isinstance(told, tuple)]
    if len(kept) != 1:
        return False
    ahead, behind = kept[0], len(call.given) - kept[0] - 1
    arrays = _arrays_in(given[ahead : len(given) - behind])
    if len(arrays) < _LEAST:
        return False
    rest, due = ([*of[:ahead], *of[len(of) - behind :]] for of in (given, call.given))
    keeping = [calls[place] for place in call.given[ahead] if isinstance(place, int)]
    there = [part for one in keeping for part in (*one.given, *one.results)]
    return _are_same(rest, due) and _are_among(arrays, there)


def _are_among(arrays: Sequence[np.ndarray], there: list[Told]) -> bool:
    """Whether each is another one of these."""
    for array in arrays:
        place = next((n for n, part in enumerate(there) if _are_same([array], [part])), -1)
        if place < 0:
            return False
        del there[place]
    return True


def _arrays_in(cache: Sequence[Told]) -> list[np.ndarray]:
    """Those of a tuple or a dict, which is told with how many there are; of one shape they are told as one. Nothing
    where something else is in it."""
    arrays = [told for told in cache if isinstance(told, np.ndarray)]
    if len(cache) == 1 and arrays and arrays[0].ndim:
        return list(arrays[0])
    layout = [told for told in cache if isinstance(told, str) and told[:1].isdigit()]
    return arrays if len(arrays) + len(layout) == len(cache) else []


def _are_same(given: Sequence[Told], known: Sequence[Told]) -> bool:
    return Parted(given, {}).is_near(Parted(known, {}), any_mask=False)
