"""The right answers to one case, as ranges: made once for a key, and the very same for a whole class.

takes: an answer key, a place in its plan, a variant of the answers.
gives: an `Answer` for each graded result; whether float32 comes in.
must not know: outcomes, points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.compare import Answer
from grader.memo import Memo
from grader.plan import Entry


def is_loose(entry: Entry) -> bool:
    """Whether float32 comes in, so that even float64 results carry float32's rounding."""
    return entry.question.has_float32


Answers = Sequence[tuple[str, Answer]]
_answers: Memo[Answers] = Memo(most=4096)  # some hundred and fifty cases by each variant


def answers(key: AnswerKey, rule: CriterionRule, place: int, entry: Entry, variant: str) -> Answers:
    """The right values of each graded result, in the order of the signature: the very same for a whole class."""
    values = (key, rule, entry)
    return _answers.get((place, variant), values, lambda: list(_made(key, rule, place, entry, variant)))


def _made(key: AnswerKey, rule: CriterionRule, place: int, entry: Entry, variant: str) -> Iterator[tuple[str, Answer]]:
    given = key.answers
    right = given.get(variant, {}).get(place, given[REFERENCE][place])
    for name in entry.grade:
        array = right.values[name].array
        assert array is not None, "the key holds arrays only for right variants"
        low = high = array
        for alternative in rule.alternatives:
            is_range = alternative.between and not rule.is_text(name)
            other = given.get(alternative.name, {}).get(place) if is_range else None
            if other is not None and (end := other.values[name].array) is not None:
                low, high = np.minimum(low, end), np.maximum(high, end)
        yield name, Answer(low, high, is_text=rule.is_text(name))
