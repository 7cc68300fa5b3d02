"""The answers of one criterion laid end to end, so that a hand-in that is right is seen to be so at one glance.

takes: an answer key, a criterion's rule, a purpose and a variant.
gives: a `Sheet`, made once for each key, that tells of outcomes whether every case is plainly right.
must not know: what is wrong with a case that is not: that is for `findings` and `compare`, one case at a time.

"Plainly" is strict: every step returned, with the reference's shapes and dtypes. A right answer of another form (a
list, float32) is not plain, and takes the longer way to the same verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.compare import Answer, limit_of
from grader.judge.verdict import Finding
from grader.plan import Entry
from grader.wire import Outcome, Status


@dataclass(frozen=True)
class Line:
    """One case: its place in the plan, how many results are due, and the form of each graded one."""

    place: int
    count: int
    forms: tuple[tuple[str, tuple[int, ...], np.dtype], ...]


@dataclass(frozen=True)
class Sheet:
    """All cases of one criterion: where each lies, and the range in which all values must be."""

    lines: tuple[Line, ...]
    low: np.ndarray
    high: np.ndarray
    findings: tuple[Finding, ...]
    free: np.ndarray
    reference: np.ndarray

    def values(self, outcomes: Mapping[int, tuple[Outcome, ...]]) -> np.ndarray | None:
        """The graded values end to end; nothing where any case is not of the plain form."""
        parts: list[np.ndarray] = []
        for line in self.lines:
            steps = outcomes[line.place]
            for step in steps:
                if step.status is not Status.RETURNED:
                    return None
            last = steps[-1]
            if line.count > 1 and last.count != line.count:
                return None
            for name, shape, dtype in line.forms:
                value = last.values.get(name)
                array = value.array if value is not None else None
                if array is None or array.shape != shape or array.dtype != dtype:
                    return None
                parts.append(array.reshape(-1))
        return np.concatenate(parts) if parts else None

    def holds(self, values: np.ndarray) -> bool:
        """Whether every value is in its range. A nan is in none: both comparisons are False for it."""
        return bool(((values >= self.low) & (values <= self.high)).all())

    def uses_a_range(self, values: np.ndarray) -> bool:
        """Whether a value other than the reference's was given where a range is right."""
        return bool(self.free.any() and (abs(values - self.reference)[self.free] > 0).any())


def make_sheet(
    rule: CriterionRule,
    asked: Sequence[tuple[int, Entry]],
    answers: Iterator[tuple[int, Entry, bool, list[tuple[str, Answer]]]],
    key: AnswerKey,
) -> Sheet | None:
    """Lay out the answers of the cases `asked`; nothing where a criterion has none."""
    lines: list[Line] = []
    findings: list[Finding] = []
    flat: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    for place, entry, loose, given in answers:
        forms = []
        for name, answer in given:
            short = answer.low.dtype.kind == "f" and answer.low.dtype.itemsize < 8
            limit = limit_of(answer, rule.tolerance, loose or short)
            right = key.answers[REFERENCE][place].values[name].array
            assert right is not None, "the key holds arrays only for the reference"
            forms.append((name, answer.low.shape, answer.low.dtype))
            ends = (answer.low - limit, answer.high + limit, answer.low != answer.high, right)
            flat.append((ends[0].reshape(-1), ends[1].reshape(-1), ends[2].reshape(-1), ends[3].reshape(-1)))
        lines.append(Line(place, len(entry.question.steps[-1].gives), tuple(forms)))
        findings.append(Finding(entry.name, entry.visibility, entry.behaviour, Status.RETURNED))
    if not asked or not flat:
        return None
    low, high, free, right_values = (np.concatenate([part[n] for part in flat]) for n in range(4))
    return Sheet(tuple(lines), low, high, tuple(findings), free.astype(bool), right_values)
