"""The answers of one criterion laid end to end, so that what is right is seen to be so at one glance.

takes: an answer key, a criterion's rule, a purpose and a variant.
gives: a `Sheet`, made once for each key, that tells of outcomes which cases are plainly right.
must not know: what is wrong with a case that is not: that is for `findings` and `compare`, one case at a time.

"Plainly" is strict: every step returned, with the reference's shapes and dtypes. A right answer of another form (a
list, float32) is not plain, and takes the longer way to the same verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.compare import Answer, limit_of
from grader.judge.raised import is_raised
from grader.judge.verdict import Finding
from grader.plan import Entry
from grader.wire import Outcome, Status
from grader.wire.quick import dataclass

# The part of a tolerance that rounding may use up: sums in another order differ by 1e-15 in float64 and 1e-6 in
# float32, of 1e-5 and 1e-4 that are allowed.
ROUNDING = 1e-2


@dataclass(frozen=True)
class Line:
    """One case: its place in the plan, how many results are due, the form of each graded one, and where they lie."""

    place: int
    count: int
    forms: tuple[tuple[str, tuple[int, ...], np.dtype], ...]
    start: int
    end: int
    raising: Entry | None = None  # the case itself, where an error is due

    def parts(self, steps: tuple[Outcome, ...]) -> list[np.ndarray] | None:
        """The graded values of one case, each as a row; nothing where it is not of the plain form."""
        if self.raising is not None:
            return [] if is_raised(self.raising, steps) else None
        for step in steps:
            if step.status is not Status.RETURNED:
                return None
        last = steps[-1]
        if self.count > 1 and last.count != self.count:
            return None
        parts: list[np.ndarray] = []
        for name, shape, dtype in self.forms:
            value = last.values.get(name)
            array = value.array if value is not None else None
            if array is None or array.shape != shape or array.dtype != dtype:
                return None
            parts.append(array.reshape(-1))
        return parts


@dataclass(frozen=True)
class Filled:
    """A sheet filled in: all values end to end, `nan` for those of a case that is not `plain`."""

    values: np.ndarray
    plain: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """All cases of one criterion: where each lies, and the range in which all values must be.

    `findings` are what is found of each case that is right. `free` marks the values of which a range is right,
    and `blank` is `nan` throughout.
    """

    lines: tuple[Line, ...]
    low: np.ndarray
    high: np.ndarray
    findings: tuple[Finding, ...]
    free: np.ndarray
    reference: np.ndarray
    blank: np.ndarray

    def fill_in(self, outcomes: Mapping[int, tuple[Outcome, ...]]) -> Filled:
        """Lay the values of all cases end to end."""
        laid: list[np.ndarray] = []
        plain: list[bool] = []
        for line in self.lines:
            parts = line.parts(outcomes[line.place])
            plain.append(parts is not None)
            laid += [self.blank[line.start : line.end]] if parts is None else parts
        return Filled(np.concatenate(laid), tuple(plain))

    def right(self, filled: Filled) -> list[bool]:
        """Of each case, whether it is plainly right. A nan is in no range: all comparisons are False for it."""
        if not any(filled.plain):
            return list(filled.plain)
        inside = (filled.values >= self.low) & (filled.values <= self.high)
        if inside.all():
            return list(filled.plain)
        # Counted from the beginning, since a case may have no values at all.
        outside = [0, *np.cumsum(~inside).tolist()]
        pairs = zip(self.lines, filled.plain, strict=True)
        return [plain and outside[line.start] == outside[line.end] for line, plain in pairs]

    def is_rough(self, filled: Filled) -> bool:
        """Whether a plain value uses up more of its tolerance than rounding does."""
        off = abs(filled.values - (self.low + self.high) / 2)
        return bool((~self.free & (off > ROUNDING * (self.high - self.low) / 2)).any())

    def differs_in_range(self, filled: Filled, least: float) -> bool:
        """Whether a value further from the reference's than `least` was given where a range is right."""
        return bool((self.free & (abs(filled.values - self.reference) > least)).any())


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
    start = 0
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
        end = start + sum(answer.low.size for _, answer in given)
        raising = entry if entry.raises else None
        lines.append(Line(place, len(entry.question.steps[-1].gives), tuple(forms), start, end, raising))
        start = end
        status = Status.RAISED if entry.raises else Status.RETURNED
        findings.append(Finding(entry.name, entry.visibility, entry.behaviour, status, raises=entry.raises))
    if not asked or not flat:
        return None
    low, high, free, right_values = (np.concatenate([part[n] for part in flat]) for n in range(4))
    blank = np.full(low.shape, np.nan)
    return Sheet(tuple(lines), low, high, tuple(findings), free.astype(bool), right_values, blank)
