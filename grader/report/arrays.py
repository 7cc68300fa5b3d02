"""The arrays of one case as tables: inputs, what came back, what was expected, the difference, with marks.

What is marked is what the judge counts as wrong: the tolerance and the range of right values are its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from msgspec.structs import replace

from grader.gradebook import CriterionRecord
from grader.judge.compare import SHORT, leaves
from grader.judge.findings import is_short
from grader.key import REFERENCE, Basis, CriterionRule, Key
from grader.key.model import Stage
from grader.key.right import as_numbers, limits, range_of
from grader.outcomes import Outcomes, Status
from grader.report.page import shown

ROWS, COLUMNS = 6, 8  # of one table: three fit beside each other on a laptop
DIGITS = 5  # significant: enough to recognise a number, few enough to compare by eye


@dataclass(frozen=True)
class Compared:
    """One array of a result: `got` is None where none came back, and `error` where it cannot be compared.

    `error` is signed. `marks` are "" for right entries and ▲, ▼ or ! for wrong ones, doubled at the flat place `worst`.
    """

    name: str
    got: np.ndarray | None
    want: np.ndarray
    error: np.ndarray | None = None
    marks: np.ndarray | None = None
    worst: int = 0
    limit: float = 0.0


def stages_of(key: Key, criterion: CriterionRecord, outcomes: Outcomes) -> list[Stage | None]:
    """The stage behind each case of a record, in its order; None where the key has changed since."""
    bases = [Basis.GIVEN, Basis.OWN] if criterion.ruling.basis == Basis.GIVEN else [Basis.OWN]
    found: dict[tuple[str, str, str], list[Stage]] = {}
    for basis in bases:
        for one in key.stages.get((criterion.name, basis), ()):
            stage = replace(one, outcomes=tuple(outcomes.get(one.number, ())))
            found.setdefault((one.entry.case, one.entry.visibility, one.behaviour), []).append(stage)
    named = [found.get((case.name, case.visibility, case.behaviour)) for case in criterion.cases]
    return [stages.pop(0) if stages else None for stages in named]


def compared(key: Key, rule: CriterionRule, stage: Stage, alternative: str) -> Iterator[Compared]:
    """All arrays of a stage, held against the answer that counted."""
    outcome = stage.outcome
    loose = any(map(is_short, stage.entry.inputs.values()))
    for right in stage.rights(alternative or REFERENCE):
        ends, came = [dict(leaves(end, right.name)) for end in right.ends], outcome.values.get(right.name)
        got = dict(leaves(came, right.name)) if outcome.status is Status.RETURNED else {}
        for path, want in ends[0].items():
            yield compare_array(path, got.get(path), [end.get(path, want) for end in ends], rule, loose)


def compare_array(
    name: str, got: np.ndarray | None, right: list[np.ndarray], rule: CriterionRule, loose: bool
) -> Compared:
    """One array held against the range between the `right` ones, by the judge's limits."""
    want = right[0]
    if got is None or got.shape != want.shape or not got.size:
        return Compared(name, got, want)
    with np.errstate(all="ignore"):
        low, high = range_of(tuple(right))
        factor = rule.tolerance.float32_factor if loose or got.dtype in SHORT or want.dtype in SHORT else 1.0
        limit = np.broadcast_to(limits(low, high, rule.tolerance, factor), got.shape)
        number = as_numbers(got)
        error = number - (low if low is high else np.clip(number, low, high))
        wrong, finite = ~((abs(error) <= limit) | (number == low)), np.isfinite(error)
        signs = np.where(finite, np.where(error.real > 0, "▲", "▼"), "!")
        worst = int(np.argmax(np.where(wrong, np.where(finite, abs(error) - limit, np.inf), -np.inf)))
    marks = np.where(wrong, signs, "").astype("<U2")
    marks.flat[worst] *= 2
    return Compared(name, got, want, error, marks, worst, float(limit.flat[worst]))


def case_tables(key: Key, rule: CriterionRule, stage: Stage, alternative: str, inputs: dict[int, str]) -> str:
    """The inputs of a case, then each result: yours, expected, the difference.

    `inputs` has those that were shown before, by the number of their entry: they are the same for everybody.
    """
    if stage.number not in inputs:
        pairs = [pair for name, tree in stage.entry.inputs.items() for pair in leaves(tree, name)]
        inputs[stage.number] = "".join(_table("Input", name, array) for name, array in pairs)
    rows = [inputs[stage.number]]
    for one in compared(key, rule, stage, alternative):
        yours = f"<p>Your <b>{shown(one.name)}</b> is not an array of numbers.</p>"
        yours = yours if one.got is None else _table("Your", one.name, one.got, one.worst, one.marks)
        last = "" if one.error is None else _table("Difference of", one.name, one.error, one.worst, one.marks)
        rows.append(yours + _table("Expected", one.name, one.want, one.worst if last else 0) + last)
    # A table may be wider than a phone, so they scroll by themselves, and the keyboard must reach them.
    label = f'aria-label="Arrays of {shown(stage.entry.case)}"'
    return f"<div class=arrays tabindex=0 role=group {label}><div>{'</div><div>'.join(rows)}</div></div>"


def _table(title: str, name: str, array: np.ndarray, worst: int = 0, marks: np.ndarray | None = None) -> str:
    """A window of an array that holds the worst entry; more than two dimensions are rows along the last axis."""
    height, width = (math.prod(array.shape[:-1]), array.shape[-1]) if array.ndim else (1, 1)
    row, column = divmod(worst, max(width, 1))
    top, left = _start(row, height, ROWS), _start(column, width, COLUMNS)
    window = np.s_[top : top + ROWS, left : left + COLUMNS]
    values = array.reshape(height, width)[window].tolist()
    show = str if array.dtype.kind in "biu" else _digits
    cells = ["".join([f"<td>{show(value)}" for value in line]) for line in values]
    if marks is not None:
        signs = marks.reshape(height, width)[window].tolist()
        shown_marks = repeat(title != "Your")
        cells = ["".join(map(_marked, map(show, line), signs[r], shown_marks)) for r, line in enumerate(values)]
    lines = "".join(map("<tr>{}{}".format, _labels(array.shape, top), cells)) or "<tr><td>empty"
    columns = len(values[0]) if values and array.ndim else 0
    head = "".join([f"<th>{left + n}" for n in range(columns)])
    head = f"<tr>{'<th>' if array.ndim > 1 else ''}{head}" if head else ""
    cut = f"; {len(values)} of {height} rows, {columns} of {width} columns" if height > ROWS or width > COLUMNS else ""
    kind = "" if array.dtype == np.float64 else f", {array.dtype}"
    about = f"{title} <b>{shown(name)}</b> <small>shape {array.shape}{kind}{cut}</small>"
    return f"<table><caption>{about}{head}{lines}</table>"


def _start(index: int, length: int, most: int) -> int:
    return 0 if index < most else max(0, min(index - most // 2, length - most))


def _labels(shape: tuple[int, ...], top: int) -> Iterable[str]:
    """A head for each row that is shown: its place along all axes but the last."""
    if len(shape) < 2:
        return repeat("")
    rows = range(top, min(top + ROWS, math.prod(shape[:-1])))
    if len(shape) == 2 or not rows:
        return map("<th>{}".format, rows)
    places = np.transpose(np.unravel_index(rows, shape[:-1])).tolist()
    return [f"<th>{', '.join(map(str, place))}" for place in places]


def _digits(value: float) -> str:
    return f"{value + 0:.{DIGITS}g}"  # + 0 makes 0 of -0


def _marked(text: str, mark: str, with_mark: bool) -> str:
    if not mark:
        return f"<td>{text}"
    return f"<td class=e{1 + len(mark)}>{text}\u00a0{mark}" if with_mark else f"<td class=e{1 + len(mark)}>{text}"
