"""What the reference's forward works out on the way and keeps: what the cache of a wrong forward may hold wrong, too.

takes: a criterion, its forward, what a case draws in which backward is asked alone.
gives: arrays that are neither given nor forward's result; the question in which a hand-in's own are made right by them.
must not know: why a question is asked, what is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.assignment import Assignment, Criterion
from grader.plan.called_here import handed_state, handed_to, reference_results, reference_state
from grader.plan.drawn import Drawn
from grader.plan.questions import is_on_object, question_of
from grader.wire import NEAREST, Question

RIGHT_PART = "right part"  # how an input begins that is put where what is most like it stands


def worked_out(
    assignment: Assignment, criterion: Criterion, forward: Criterion, drawn: Drawn, label: str,
    known: Mapping[str, np.ndarray],
) -> dict[str, np.ndarray]:  # fmt: skip
    """What the reference's forward keeps that is neither given nor its result: gates, a normalised x."""
    if is_on_object(criterion.calls[-1], forward.calls[-1]):
        kept = handed_state(reference_state(assignment, forward.calls, drawn, label), label)[1]
    else:
        kept = handed_to(criterion.calls[-1], reference_results(assignment, forward.calls, drawn, label), label)[1]
    found: list[np.ndarray] = []
    for array in kept.values():
        numbers = [one.ravel() for one in (*known.values(), *found)]
        if array.dtype.kind == "f" and array.size > 1 and not any(np.array_equal(array.ravel(), n) for n in numbers):
            found.append(array)
    return {f"{RIGHT_PART} {n}": array for n, array in enumerate(found)}


def mended_throughout(question: Question, parts: Mapping[str, np.ndarray]) -> Question:
    """The same question, in which these parts are put where what is most like them stands."""
    (*ahead, back) = question.steps
    back = replace(back, mends=(*back.mends, *((NEAREST, name) for name in parts)))
    return question_of({**question.inputs, **parts}, (*ahead, back))
