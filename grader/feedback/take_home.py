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
from functools import lru_cache

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.assignment import PUBLIC
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
    public = ((place, key.plan.entries[place]) for place in _public_cases(key).get(rule.name, ()))
    place, entry = next(((place, entry) for place, entry in public if entry.name in failing), (0, None))
    if entry is None:
        return ()
    right = key.answers[variant].get(place, key.answers[REFERENCE][place])
    lines = write_down(entry, {name: right.values[name].array for name in entry.grade})
    return lines if sum(map(len, lines)) + len(lines) <= LISTING_CAP else ()


@lru_cache(maxsize=4)
def _public_cases(key: AnswerKey) -> Mapping[str, Sequence[int]]:
    """By criterion the places of its public cases, the smallest first."""
    found: dict[str, list[int]] = {}
    for place, entry in enumerate(key.plan.entries):
        if entry.purpose is Purpose.CASE and entry.visibility == PUBLIC:
            found.setdefault(entry.criterion, []).append(place)
    taken = {place: key.plan.entries[place].question.taken for places in found.values() for place in places}
    sizes = {place: sum(array.size for array in arrays.values()) for place, arrays in taken.items()}
    return {criterion: sorted(places, key=sizes.__getitem__) for criterion, places in found.items()}


def write_down(entry: Entry, answers: Mapping[str, np.ndarray | None]) -> tuple[str, ...]:
    """A function with the inputs, the calls and what is to be printed, each in a line; and its call."""
    question = entry.question
    arrays = (f"{name_of(name)} = {literal(array)}" for name, array in question.taken.items())
    inputs = "; ".join([*arrays, *settings(question.steps)])
    calls = "; ".join([*made(question), *called(question)])
    if entry.raises:
        return (
            f"def {NAME}():  # {entry.name}",
            f"    {'; '.join(f'import {module}' for module in ('numpy as np', *question.modules))}; {inputs}",
            f'    try: {calls}; print("nothing is raised")  # right: {entry.raises}',
            "    except Exception as error: print(type(error).__name__, error)",
            f"{NAME}()",
        )
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


def literal(array: np.ndarray) -> str:
    """An array as Python that makes it again, to the last digit."""
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
