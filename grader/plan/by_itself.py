"""A backward asked without a forward of which it could depend: with what the reference's gives and keeps, or with its
own forward's, the result in it made right.

takes: a criterion with its follow-through and its forward, what a case draws.
gives: questions.
must not know: why a question is asked, what is right.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.assignment import Assignment, Call, Criterion, FollowThrough, Own
from grader.errors import AuthorError
from grader.plan.called_here import Handed, handed_state, handed_to, reference_results, reference_state
from grader.plan.drawn import Drawn
from grader.plan.questions import is_on_object, own_steps, question_of, step_of, taken_as
from grader.wire import IF_THERE, Question

RIGHT_RESULT = "right result"  # how an input begins that is put where forward's own result stands


def handed_question(
    assignment: Assignment, criterion: Criterion, forward: Criterion, drawn: Drawn, label: str
) -> Question:
    """Backward with what the reference's forward has given it, or has left on its object."""
    back, before = criterion.calls[-1], forward.calls[:-1]
    if is_on_object(back, forward.calls[-1]):
        return _with_state_of_reference(assignment, back, forward, drawn, label)
    handed, inputs = handed_to(back, reference_results(assignment, forward.calls, drawn, label), label)
    made: set[str] = set()
    prepared = tuple(step_of(call, drawn, made, label) for call in before)
    step = step_of(back, drawn, made | set(_owned(back)), label)
    names = [name for call in (*before, back) for name in (*call.takes, *call.then, *call.new, *call.sets.values())]
    inputs.update(drawn.arrays_of([name for name in names if isinstance(name, str)]))
    step = replace(step, takes=_with_handed(back, handed, drawn), instance="first")
    return question_of(inputs, (*prepared, step))


def _owned(call: Call) -> list[str]:
    return [name.name for name in call.takes if isinstance(name, Own)]


def _with_handed(back: Call, handed: dict[str, Handed], drawn: Drawn) -> tuple[Handed, ...]:
    return tuple(handed[name.name] if isinstance(name, Own) else taken_as(name, drawn) for name in back.takes)


def _with_state_of_reference(
    assignment: Assignment, back: Call, forward: Criterion, drawn: Drawn, label: str
) -> Question:
    """Backward on an object on which its own forward was called, and all then put that the reference's has left there.

    By the names that the hand-out gives; what the hand-in keeps beside that stays its own. A result of forward that
    backward takes is the reference's.
    """
    state, arrays = handed_state(reference_state(assignment, forward.calls, drawn, label), label)
    ahead, step = own_steps(forward.calls, back, drawn, label)
    if _owned(back):
        handed, more = handed_to(back, reference_results(assignment, forward.calls, drawn, label), label)
        arrays, step = {**arrays, **more}, replace(step, takes=_with_handed(back, handed, drawn))
    # An object that the reference's holds need not be there.
    places = [f".{name}" if name.isidentifier() else f"{IF_THERE}.{name}" for name in state]
    sets = (*zip(places, state.values(), strict=True), *step.sets)
    return question_of({**drawn.arrays, **arrays}, (*ahead, replace(step, sets=sets)))


def mended_question(
    assignment: Assignment, criterion: Criterion, rule: FollowThrough, forward: Criterion, drawn: Drawn, label: str
) -> Question:
    """Backward with what its own forward has given it, or has left on its object, each result in it made right."""
    given = reference_results(assignment, forward.calls, drawn, label)
    rights, mends = {}, []
    for output in rule.outputs:
        right, name = given.get(output), RIGHT_RESULT if len(rule.outputs) == 1 else f"{RIGHT_RESULT}, {output}"
        if isinstance(right, np.floating | float) and not (rule.upstreams or criterion.takes_cache):
            right = np.asarray(right)  # a loss, by which it is seen whether what it is made of is right
        if not isinstance(right, np.ndarray):
            raise AuthorError(
                f"{label}: the reference's '{output}' must be an array",
                "mended= is for a result that is an array: leave it out, or return np.array(…)",
            )
        rights[name] = right
        mends.append((f"={output}", name))
    ahead, back = own_steps(forward.calls, criterion.calls[-1], drawn, label, rule.outputs)
    return question_of({**drawn.arrays, **rights}, (*ahead, replace(back, mends=tuple(mends))))


def is_of_arrays(mended: Question) -> bool:
    """Whether all results that are made right are arrays: a loss is one number."""
    return all(mended.inputs[right].ndim for _, right in mended.steps[-1].mends)
