"""Numbers behind a mask: where it makes no difference what hides them, another mask is the same call.

takes: what the reference calls its functions with within others, and a way to ask it.
gives: such a call once more, as one that any mask fits.
must not know: hand-ins, points, what a mask is for.

Attention may hide what may not be seen behind -1e9, -1e10 or infinity, and its softmax gives the same for all of them.
That it does is never assumed: the reference itself is asked with another mask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.answer_key import Lent, LentCall
from grader.largest import hidden_in, largest_of, near_in
from grader.lending.piecewise import NEAR, Answers, is_plain, question_of
from grader.wire import Question, Step, Told

ANY_MASK = 3  # as a `part` of a call: what stands at minus infinity is hidden, by whatever number that is far below
_FAR = -1e9  # times the largest number that is not hidden


def with_masks(lent: Lent, steps: Mapping[str, Step], ask: Callable[[Sequence[Question]], Answers]) -> Lent:
    """The same, and each call that gives the same behind another mask once more, for any."""
    asked = [
        (entry, call)
        for entry, calls in lent.items()
        for call in calls
        if not call.part and is_plain(call, steps[call.function]) and any(is_masked(told) for told in call.given)
    ]
    if not asked:
        return lent
    answers = ask([question_of(steps[call.function], [_otherwise(told) for told in call.given]) for _, call in asked])
    known = {entry: list(calls) for entry, calls in lent.items()}
    for (entry, call), results in zip(asked, answers, strict=True):
        if results is not None and _are_same(call, results):
            known[entry].append(replace(call, given=tuple(map(_behind_infinity, call.given)), part=ANY_MASK))
    return {entry: tuple(calls) for entry, calls in known.items()}


def is_masked(told: Told) -> bool:
    """Whether it has numbers that hide something."""
    return isinstance(told, np.ndarray) and told.dtype.kind == "f" and bool(hidden_in(told).any())


def _otherwise(told: Told) -> Told:
    """Behind infinity where a number hides it, and behind a number where infinity does."""
    if not isinstance(told, np.ndarray) or not is_masked(told):
        return told
    other = _FAR * max(1.0, largest_of(told)) if np.isinf(told[hidden_in(told)]).any() else -np.inf
    return np.where(hidden_in(told), other, told)


def _behind_infinity(told: Told) -> Told:
    return np.where(hidden_in(told), -np.inf, told) if isinstance(told, np.ndarray) and is_masked(told) else told


def _are_same(call: LentCall, found: Sequence[np.ndarray]) -> bool:
    """Whether these results are those of the call."""
    pairs = list(zip(found, call.results, strict=False))
    if len(found) != len(call.results) or any(one.shape != due.shape for one, due in pairs):
        return False
    return all(bool(near_in(one, due, NEAR).all()) for one, due in pairs)
