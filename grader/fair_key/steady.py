"""Whether the reference answers equal calls alike: in one process, where a call may remember another, and in two.

takes: a plan, and what the reference answered to it each time.
gives: nothing where it is steady; `AuthorError` with the function, the case, and what to do.
must not know: folders, sandboxes, submissions, verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.errors import AuthorError
from grader.fair_key.refusals import Refusals
from grader.plan import CallPlan, Entry
from grader.wire import Outcome, Status, Value

_TELLING = (Status.RETURNED, Status.RAISED)
"""What a function does by itself; that it was stopped may be due to how busy the machine is."""
_Answers = Sequence[tuple[Outcome, ...]]


def check_steady(plan: CallPlan, once: _Answers, first: _Answers, again: _Answers) -> None:
    """Refuse a reference by whose key nobody could be right: `again` is of the process of `first`, `once` of another.

    Each function is told once, and where its equal calls came from a forward that differs, that one alone.
    """
    refusals, told = Refusals(), set[str]()
    for number, entry in enumerate(plan.entries):
        within = _unsteady(entry, first[number], again[number])
        function = within or _unsteady(entry, once[number], first[number])
        if function and function not in told:
            told.add(function)
            with refusals.noted():
                raise AuthorError(_sentence(entry, function, bool(within)), _HINT)
    refusals.tell()


_HINT = (
    "draw from a generator that the call is given, or that it makes from a seed, and keep nothing from one call for "
    "another but what it returns or leaves on its object"
)


def _sentence(entry: Entry, function: str, within: bool) -> str:
    what = "two equal calls two answers" if within else "one call two answers in two processes"
    return f"{entry.criterion}, case '{entry.name}': the reference's {function} gives {what}"


def _unsteady(entry: Entry, one: Sequence[Outcome], other: Sequence[Outcome]) -> str:
    """The function of the first call that came out differently."""
    steps = zip(entry.question.steps, one, other, strict=True)
    return next((step.function for step, *outcomes in steps if _differ(*outcomes)), "")


def _differ(one: Outcome, other: Outcome) -> bool:
    if one.status not in _TELLING or other.status not in _TELLING:
        return False
    return one.status is not other.status or _forms(one.values) != _forms(other.values)


def _forms(values: Mapping[str, Value]) -> dict[str, tuple[object, ...]]:
    return {name: (value.kind, value.type_name, *_bytes_of(value.array)) for name, value in values.items()}


def _bytes_of(array: np.ndarray | None) -> tuple[object, ...]:
    return () if array is None else (array.dtype, array.shape, array.tobytes())
