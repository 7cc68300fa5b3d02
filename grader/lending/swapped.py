"""Two arguments that may change places: a kernel or a distance is called as `k(X, Z)` by one, as `k(Z, X)` by another.

takes: what the reference calls its functions with within others, and a way to ask it.
gives: such a call once more, with the first two of what it is called with in the other order.
must not know: hand-ins, points, what a kernel is.

That it gives the same then, or that transposed, is never assumed: the reference itself is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grader.answer_key import Lent, LentCall
from grader.largest import near_in
from grader.lending.piecewise import NEAR, Answers, is_plain, question_of
from grader.wire import Question, Step, Told

_Placed = list[tuple[int, LentCall]]


def with_swaps(lent: Lent, steps: dict[str, Step], ask: Callable[[Sequence[Question]], Answers]) -> Lent:
    """The same, and what the reference gives for these calls turned round: where that is the same, or transposed."""
    able = [(entry, call) for entry, calls in lent.items() for call in calls if _can_turn(call, steps[call.function])]
    first = {call.function: (entry, call) for entry, call in reversed(able)}
    functions = {call.function for _, call in _turned([*first.values()], steps, ask)}  # of most functions one is enough
    known = {entry: list(calls) for entry, calls in lent.items()}
    for entry, call in _turned([one for one in able if one[1].function in functions], steps, ask):
        known[entry].append(call)
    return {entry: tuple(calls) for entry, calls in known.items()}


def _can_turn(call: LentCall, step: Step) -> bool:
    """Whether the first two are arrays of as many axes, or words, and not the same."""
    if len(call.given) < 2 or not is_plain(call, step):
        return False
    one, other = call.given[:2]
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.ndim == other.ndim > 0 and not np.array_equal(one, other)
    return isinstance(one, str) and isinstance(other, str) and one != other


def _turned(calls: _Placed, steps: dict[str, Step], ask: Callable[[Sequence[Question]], Answers]) -> _Placed:
    """Those that the reference gives the same for, turned round."""
    given = [_turn(call.given) for _, call in calls]
    answers = (
        ask([question_of(steps[c.function], new) for (_, c), new in zip(calls, given, strict=True)]) if calls else ()
    )
    found = zip(calls, given, answers, strict=True)
    return [
        (entry, replace(call, given=new, results=tuple(results)))
        for (entry, call), new, results in found
        if results is not None and _are_turned(call.results, results)
    ]


def _turn(given: Sequence[Told]) -> tuple[Told, ...]:
    one, other, *rest = given
    return (other, one, *rest)


def _are_turned(due: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> bool:
    """Whether these results are those of the call, each as it is or transposed."""
    return len(due) == len(found) and all(
        any(way.shape == one.shape and near_in(one, way, NEAR).all() for way in (of, of.T))
        for of, one in zip(due, found, strict=True)
    )
