"""Whether what a call should give is added to what an earlier call gave: a sum that outlives its call.

takes: an exam, the rule of a criterion, the name of a result, and a variant of the answers.
gives: yes or no.
must not know: points, words, how else a difference reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from grader.answer_key import CriterionRule
from grader.assignment import HIDDEN, PUBLIC
from grader.judge.answers import answers
from grader.judge.findings import Exam
from grader.judge.reading.patterns import close, is_whole
from grader.plan import Purpose

Due = Callable[[], np.ndarray | None]
"""What a call should have given, where that is known: of the last one of a case. Few are asked for."""


def adds_up(exam: Exam, rule: CriterionRule, output: str, variant: str) -> bool:
    """Whether that is so of two calls of one case, or of two cases: of a result and the last one of its shape."""
    return any(_any_is_sum(_calls(exam, rule, output, variant, seen)) for seen in (PUBLIC, HIDDEN))  # as they are asked


def _any_is_sum(calls: Iterable[tuple[np.ndarray, Due]]) -> bool:
    last: dict[tuple[int, ...], _Call] = {}
    counts: list[bool] = []
    for got, due in calls:
        before, now = last.get(got.shape), _Call(got, due)
        last[got.shape] = now
        if before is None:
            continue
        now.is_sum = now.is_sum_of(before)
        if now.is_count and before.is_count:
            counts += [now.is_sum] * now.is_known
        # Two numbers may differ by a third: of one it takes a beginning, or a second sum.
        elif now.is_sum and (got.size > 1 or before.is_sum or before.began):
            return True
    # Of whole numbers many do: how many there are, which action is chosen, how many edits it takes.
    return len(counts) > 1 and all(counts)


@dataclass
class _Call:
    """What a call gave, and should have given."""

    got: np.ndarray
    due: Due
    is_sum: bool = False

    def is_sum_of(self, before: _Call) -> bool:
        """Where nothing was due before, what is wrong alike in both comes out right."""
        due = before.due()
        return (due is None or bool(due.any())) and _is_sum(before.got, self.got, self.due())

    @property
    def is_count(self) -> bool:
        """Whether it is a single whole number."""
        return self.got.size == 1 and self.got.dtype.kind in "fiu" and is_whole(self.got)

    @property
    def is_known(self) -> bool:
        return self.due() is not None

    @property
    def began(self) -> bool:
        """Whether it may be the first of a sum: nothing was added to it yet, as far as is known."""
        due = self.due()
        return due is None or (due.shape == self.got.shape and close(self.got, due))


def _calls(exam: Exam, rule: CriterionRule, output: str, variant: str, seen: str) -> Iterator[tuple[np.ndarray, Due]]:
    for place, entry in exam.entries(rule.name, Purpose.CASE):
        if entry.visibility != seen:
            continue
        own = [n for n, step in enumerate(exam.steps(place)) if step.function == rule.name]
        for n in own:
            value = exam.outcomes[place][n].values.get(output)
            is_asked = n == own[-1] and output in entry.grade
            if value is not None and value.array is not None:
                yield value.array, partial(_due, exam, rule, output, variant, place) if is_asked else _unknown


def _due(exam: Exam, rule: CriterionRule, output: str, variant: str, place: int) -> np.ndarray:
    return dict(answers(exam.key, rule, place, exam.key.plan.entries[place], variant))[output].low


def _unknown() -> None:
    """What a call before the last one should have given."""


def _is_sum(before: np.ndarray, got: np.ndarray, due: np.ndarray | None) -> bool:
    if due is None or not before.shape == got.shape == due.shape:
        return False
    if not all(array.dtype.kind in "fiu" and np.isfinite(array).all() for array in (before, got)):
        return False
    if not (due.any() and before.any()):
        return False
    return not close(got, due) and close(got - before.astype(np.float64), due)
