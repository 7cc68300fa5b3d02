"""Which questions need not be asked, after what has been answered so far.

takes: an answer key, and outcomes, of which some are not there yet.
gives: the entries of the plan that are spared.
must not know: how anything is asked, points.

What is only about what is wrong is asked where something is. Of what is public that is known by the public cases; where
a hidden one is wrong after all, it is asked then, in a process that has seen none of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from grader.answer_key import AnswerKey
from grader.assignment import PUBLIC
from grader.judge import needless
from grader.plan import Purpose
from grader.sandbox import Spare
from grader.wire import Outcome


def spared_by(key: AnswerKey) -> Spare:
    """What one sitting is told to spare by this key."""
    right: dict[str, bool] = {}  # whether a criterion is, once all cases have been answered

    def spared(outcomes: Sequence[Sequence[Outcome]]) -> set[int]:
        answered = [bool(outcomes[place]) for place in _hidden_cases(key)]
        if not all(answered):
            public, places = _public(key)
            shown = {places[n] for n in needless(public, [outcomes[place] for place in places])}
            return shown | (needless(key, outcomes) if any(answered) else set())
        return needless(key, outcomes, right)

    return spared


@lru_cache(maxsize=4)
def _hidden_cases(key: AnswerKey) -> tuple[int, ...]:
    entries = enumerate(key.plan.entries)
    return tuple(n for n, entry in entries if entry.visibility != PUBLIC and entry.purpose is Purpose.CASE)


@lru_cache(maxsize=4)
def _public(key: AnswerKey) -> tuple[AnswerKey, tuple[int, ...]]:
    """The key without its hidden cases, and where its entries stand in the whole one."""
    return key.public(), tuple(n for n, entry in enumerate(key.plan.entries) if entry.visibility == PUBLIC)
