"""The arrays of the public cases as text: inputs, what came back, what was expected, the worst entries marked.

takes: an answer key and the outcomes of one hand-in.
gives: `CaseArrays` for each public case. Of a hidden case nothing is given: no number of it can reach a page.
must not know: HTML, verdicts, points.

What is marked here is what the judge counted as wrong: the tolerance and the range of right values are its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.feedback.written_calls import calls_of, name_of
from grader.judge.answers import answers, is_loose
from grader.judge.bench import bench_of
from grader.judge.compare import Answer, limit_of
from grader.judge.findings import Exam
from grader.memo import Memo
from grader.plan import Entry, Purpose
from grader.report.grid import WORST, Grid, grid_of, marked_grids, window_of
from grader.wire import Outcome, Status, Value
from grader.wire.quick import dataclass

NEAR = 0.1  # an error under a tenth of the largest right entry is small: a slip of detail rather than of idea


class Level(IntEnum):
    """How wrong one entry is."""

    RIGHT = 0
    NEAR = 1
    FAR = 2
    WORST = WORST


@dataclass(frozen=True)
class OutputArrays:
    """One result: what came back and what was expected. `said` stands where no array came back."""

    name: str
    got: Grid | None
    expected: Grid
    said: str = ""

    @property
    def marked(self) -> bool:
        """Whether any entry is marked as wrong."""
        return self.got is not None and any(cell.level for row in self.got.rows for cell in row.cells)


@dataclass(frozen=True)
class CaseArrays:
    """One public case: how it was called, with what, and what came of it."""

    criterion: str
    case: str
    calls: tuple[str, ...]
    inputs: tuple[Grid, ...]
    outputs: tuple[OutputArrays, ...]


ShownCases = dict[tuple[str, str], CaseArrays]
"""By criterion and case name."""


def public_arrays(
    key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]], variants: Mapping[str, str] | None = None
) -> ShownCases:
    """All public cases; empty where the hand-in was never asked anything.

    `variants` names the criteria that are wanted, each with the alternative that it was compared with ("": the
    reference); without it all are, by the reference.
    """
    if len(outcomes) != len(key.plan.entries):
        return {}
    exam = Exam(bench_of(key), dict(enumerate(outcomes)))
    with np.errstate(all="ignore"):  # nan and inf of a hand-in are what is to be shown, not our trouble
        return {
            (asked.entry.criterion, asked.entry.name): _case(exam, asked, (variants or {}).get(asked.rule.name, ""))
            for asked in _asked(key)
            if variants is None or asked.rule.name in variants
        }


@lru_cache(maxsize=4)
def case_sizes(key: AnswerKey) -> dict[tuple[str, str], str]:
    """Shapes of every case's inputs, hidden ones too: a size tells where to look, and no number of a case."""
    return {
        (entry.criterion, entry.name): ", ".join(
            f"{name_of(name)} {array.shape}" for name, array in entry.question.taken.items()
        )
        for entry in key.plan.entries
        if entry.purpose is Purpose.CASE
    }


@dataclass(frozen=True, eq=False)
class _Asked:
    """What one public case shows to everybody alike."""

    place: int
    entry: Entry
    rule: CriterionRule
    calls: tuple[str, ...]
    inputs: tuple[Grid, ...]


@lru_cache(maxsize=4)
def _asked(key: AnswerKey) -> tuple[_Asked, ...]:
    rules = {rule.name: rule for rule in key.rubric.criteria}
    return tuple(
        _Asked(
            place,
            entry,
            rules[entry.criterion],
            _calls(entry),
            tuple(grid_of(name, array) for name, array in entry.question.taken.items()),
        )
        for place, entry in enumerate(key.plan.entries)
        if entry.visibility == "public" and entry.purpose is Purpose.CASE
    )


def _calls(entry: Entry) -> tuple[str, ...]:
    """The calls as Python, with what the last one is to raise, if that is what is due."""
    (*before, last) = calls_of(entry.question)
    return (*before, f"{last}  # raises {entry.raises}" if entry.raises else last)


@dataclass(frozen=True)
class _Due:
    """One result's right values, the largest of them, and how far off an entry may be: as asked, and in float32."""

    name: str
    answer: Answer
    largest: float
    limits: tuple[np.ndarray, np.ndarray]


@lru_cache(maxsize=1024)
def _due(key: AnswerKey, asked: _Asked, variant: str) -> tuple[_Due, ...]:
    rule, loose = asked.rule, is_loose(asked.entry)
    return tuple(
        _Due(
            name,
            answer,
            max((float(abs(end).max(initial=0.0)) for end in (answer.low, answer.high)), default=0.0),
            (limit_of(answer, rule.tolerance, loose), limit_of(answer, rule.tolerance, loose=True)),
        )
        for name, answer in answers(key, rule, asked.place, asked.entry, variant)
        if not answer.is_text  # both are told in words
    )


_cases: Memo[CaseArrays] = Memo()


def _case(exam: Exam, asked: _Asked, variant: str) -> CaseArrays:
    """The arrays of one case; of an outcome that is met again and again, the very same ones."""
    outcome = exam.outcomes[asked.place][-1]

    def make() -> CaseArrays:
        outputs = tuple(_output(due, outcome) for due in _due(exam.key, asked, variant or REFERENCE))
        return CaseArrays(asked.entry.criterion, asked.entry.name, asked.calls, asked.inputs, outputs)

    return _cases.get(variant, (asked, outcome), make) if outcome.shared else make()


def _output(due: _Due, outcome: Outcome) -> OutputArrays:
    name, want = due.name, due.answer.low
    value = outcome.values.get(name)
    if outcome.status is not Status.RETURNED or value is None or value.array is None:
        return OutputArrays(name, None, grid_of(name, want), _said(outcome, value))
    got = value.array
    if got.shape != want.shape or got.dtype.kind not in "fiu":
        return OutputArrays(name, grid_of(name, got), grid_of(name, want))
    levels, worst = _levels(got, due)
    if levels is None:
        return OutputArrays(name, grid_of(name, got), grid_of(name, want))
    return OutputArrays(name, *marked_grids(name, got, want, window_of(got.shape, worst), levels))


def _said(outcome: Outcome, value: Value | None) -> str:
    if outcome.status is not Status.RETURNED:
        return f"nothing came back ({outcome.status})"
    return "None" if value is None or value.kind == "none" else f"a {value.type_name}, which is not an array"


def _levels(got: np.ndarray, due: _Due) -> tuple[np.ndarray | None, int]:
    """A level for each entry, signed by direction, and the worst entry's flat place; `None` if all are right."""
    if not got.size:
        return None, 0
    limit = due.limits[got.dtype.kind == "f" and got.dtype.itemsize < 8]
    values = got.astype(np.float64)
    over, under = values - due.answer.high, due.answer.low - values
    error = np.where(np.isfinite(values), np.maximum(np.maximum(over, under), 0.0), np.inf)
    right = error <= limit
    if right.all():
        return None, 0
    levels = np.where(right, Level.RIGHT, np.where(error <= NEAR * due.largest, Level.NEAR, Level.FAR))
    worst = int(np.argmax(np.where(right, -1.0, error - limit)))
    levels.flat[worst] = Level.WORST
    return np.where(under > 0, -levels, levels), worst
