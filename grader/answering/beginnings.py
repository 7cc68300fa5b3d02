"""Questions that need not be asked, since the calls of another one begin with theirs.

takes: questions.
gives: for each, the ones whose first answers are its own.
must not know: answers, why anything is asked.

A backward's case begins with a call of its forward, and often with the one that a case of the forward makes. Each
question begins with objects and numbers of its own, so what is given there is what would be given alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from grader.wire import Question, Step


@lru_cache(maxsize=64)
def longer_ones(questions: tuple[Question, ...]) -> Mapping[int, tuple[int, ...]]:
    """By their numbers the questions that begin with others, the longest first, with which no further one begins.

    Of questions that are the same, the first is taken for the longest.
    """
    alike: dict[Step, list[int]] = defaultdict(list)
    for q, question in enumerate(questions):
        if question.steps:
            alike[question.steps[0]].append(q)
    longer = {}
    for group in alike.values():
        ordered = sorted(group, key=lambda q: -len(questions[q].steps))
        for place, q in enumerate(ordered):
            if others := tuple([other for other in ordered[:place] if _begins(questions[other], questions[q])]):
                longer[q] = others
    return longer


def _begins(longer: Question, question: Question) -> bool:
    """Whether a question begins with the calls of another, on the same numbers in the same places of memory."""
    calls = longer.steps[: len(question.steps)]
    return (
        calls == question.steps
        and longer.files == question.files
        and not longer.lends
        and not question.lends
        and not any(step.mends for step in longer.steps)
        and all(
            name in longer.inputs
            and longer.layouts.get(name) == question.layouts.get(name)
            and _are_the_same(longer.inputs[name], array)
            for name, array in question.taken.items()
        )
    )


def _are_the_same(array: np.ndarray, other: np.ndarray) -> bool:
    """Whether they are the same to the bit."""
    return array.dtype == other.dtype and array.shape == other.shape and array.tobytes() == other.tobytes()
