"""A failing public case to take home: a few lines of Python that show it again.

takes: a criterion's rule, an entry of the plan, and its right answers.
gives: lines to paste below the student's own definitions; none where they are too many to be shown whole.
must not know: what the hand-in returned, hidden cases.

All in a function: `sigmoid = Sigmoid()` at top level would take the name of a helper, and an `x` there would hide that
the student's function reads one which is not defined.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.feedback.written_calls import called, made, name_of, settings
from grader.plan import Entry, Purpose
from grader.wire import SPELT, read_spelt

NAME = "try_it"
LISTING_CAP = 8000  # characters of all lines: inputs of an image layer have some 3000
_NOT_FINITE = re.compile(r"\b(?:nan|inf)\b")  # missing numbers, and a mask of -inf
DIGITS = 4  # of the right values: enough to see the difference, few enough to read


def take_home(key: AnswerKey, rule: CriterionRule, failing: Sequence[str], variant: str = REFERENCE) -> tuple[str, ...]:
    """Write down the smallest of the failing public cases; nothing where only hidden ones fail.

    `variant` is what the hand-in was compared with: the right values are of the same.
    """
    entries = [
        (place, entry)
        for place, entry in enumerate(key.plan.entries)
        if entry.criterion == rule.name and entry.purpose is Purpose.CASE
        and entry.visibility == "public" and entry.name in failing
    ]  # fmt: skip
    if not entries:
        return ()
    place, entry = min(entries, key=lambda found: sum(a.size for a in found[1].question.taken.values()))
    right = key.answers[variant].get(place, key.answers[REFERENCE][place])
    lines = write_down(entry, {name: right.values[name].array for name in entry.grade})
    return lines if sum(map(len, lines)) + len(lines) <= LISTING_CAP else ()


def write_down(entry: Entry, answers: Mapping[str, np.ndarray | None]) -> tuple[str, ...]:
    """A function with the inputs, the calls and what is to be printed, each in a line; and its call."""
    question = entry.question
    arrays = (f"{name_of(name)} = {_literal(array)}" for name, array in question.taken.items())
    inputs = "; ".join([*arrays, *settings(question.steps)])
    calls = "; ".join([*made(question), *called(question)])
    shown = ", ".join(map(name_of, answers))
    spelt = {name for name, _, way in question.steps[-1].leaves if way.endswith(SPELT)}
    told = {name: read_spelt if name in spelt else _values for name in answers}
    right = "; ".join(f"{name}: {told[name](array)}" for name, array in answers.items() if array is not None)
    return (
        f"def {NAME}():  # {entry.name}",
        f"    {'; '.join(f'import {module}' for module in ('numpy as np', *question.modules))}; {inputs}",
        f"    {calls}",
        f"    print({shown})  # right: {right}",
        f"{NAME}()",
    )


def _literal(array: np.ndarray) -> str:
    dtype = "" if array.dtype in (np.float64, np.int64, np.bool_) else f", dtype=np.{array.dtype.name}"
    numbers = _NOT_FINITE.sub(r"np.\g<0>", str(array.tolist() if not dtype else _short(array)))
    return f"np.array({numbers}{dtype})"


def _short(array: np.ndarray) -> object:
    """float32 values by their own few digits, not by those of the float64 next to them."""
    return (
        [_short(part) for part in array]
        if array.ndim
        else float(str(array.item() if array.dtype.kind != "f" else array[()]))
    )


def _values(array: np.ndarray) -> str:
    return str(np.round(array.astype(np.float64), DIGITS).tolist())
