"""The arrays of the public cases as text: inputs, what came back, what was expected, the worst entries marked.

takes: an answer key and the outcomes of one hand-in.
gives: `CaseArrays` for each public case. Of a hidden case nothing is given: no number of it can reach a page.
must not know: HTML, verdicts, points.

What is marked here is what the judge counted as wrong: the tolerance and the range of right values are its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.compare import Answer, limit_of
from grader.judge.findings import Exam, answers, bench_of, is_loose
from grader.plan import Entry, Purpose
from grader.report.grid import WORST, Grid, grid_of, marked_grids, window_of
from grader.wire import Outcome, Status, Step, Value

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
    rules = {rule.name: rule for rule in key.rubric.criteria}
    return {
        (entry.criterion, entry.name): _case(
            exam, rules[entry.criterion], place, entry, (variants or {}).get(entry.criterion) or REFERENCE
        )
        for place, entry in enumerate(key.plan.entries)
        if entry.visibility == "public"
        and entry.purpose is Purpose.CASE
        and (variants is None or entry.criterion in variants)
    }


def _case(exam: Exam, rule: CriterionRule, place: int, entry: Entry, variant: str) -> CaseArrays:
    question, outcome = entry.question, exam.outcomes[place][-1]
    outputs = tuple(
        _output(name, outcome, answer, rule, is_loose(entry))
        for name, answer in answers(exam.key, rule, place, entry, variant)
    )
    return CaseArrays(
        entry.criterion,
        entry.name,
        tuple(_call(step) for step in question.steps),
        tuple(grid_of(name, array) for name, array in question.inputs.items()),
        outputs,
    )


def _call(step: Step) -> str:
    """A call as the student would write it: `out, cache = affine_forward(x, w, b)`."""
    takes = ", ".join(f"({', '.join(map(_name, n))})" if isinstance(n, tuple) else _name(n) for n in step.takes)
    return f"{', '.join(map(_name, step.gives))} = {step.function}({takes})"


def _name(name: str) -> str:
    """An author names a value in words, Python in one."""
    return name.removeprefix("=").replace(" ", "_")


def _output(name: str, outcome: Outcome, answer: Answer, rule: CriterionRule, loose: bool) -> OutputArrays:
    value = outcome.values.get(name)
    if outcome.status is not Status.RETURNED or value is None or value.array is None:
        return OutputArrays(name, None, grid_of(name, answer.low), _said(outcome, value))
    got = value.array
    if got.shape != answer.low.shape or got.dtype.kind not in "fiu":
        return OutputArrays(name, grid_of(name, got), grid_of(name, answer.low))
    levels, worst = _levels(got, answer, rule, loose)
    if levels is None:
        return OutputArrays(name, grid_of(name, got), grid_of(name, answer.low))
    return OutputArrays(name, *marked_grids(name, got, answer.low, window_of(got.shape, worst), levels))


def _said(outcome: Outcome, value: Value | None) -> str:
    if outcome.status is not Status.RETURNED:
        return f"nothing came back ({outcome.status})"
    return "None" if value is None or value.kind == "none" else f"a {value.type_name}, which is not an array"


def _levels(got: np.ndarray, answer: Answer, rule: CriterionRule, loose: bool) -> tuple[np.ndarray | None, int]:
    """A level for each entry, signed by direction, and the worst entry's flat place; `None` if all are right."""
    if not got.size:
        return None, 0
    short = got.dtype.kind == "f" and got.dtype.itemsize < 8
    with np.errstate(all="ignore"):  # nan and inf of a hand-in are what is to be shown, not our trouble
        values = got.astype(np.float64)
        limit = limit_of(answer, rule.tolerance, loose or short)
        over, under = values - answer.high, answer.low - values
        error = np.where(np.isfinite(values), np.maximum(np.maximum(over, under), 0.0), np.inf)
        right = error <= limit
        if right.all():
            return None, 0
        largest = max(float(abs(answer.low).max()), float(abs(answer.high).max()))
        levels = np.where(right, Level.RIGHT, np.where(error <= NEAR * largest, Level.NEAR, Level.FAR))
        worst = int(np.argmax(np.where(right, -1.0, error - limit)))
    levels.flat[worst] = Level.WORST
    return np.where(under > 0, -levels, levels), worst
