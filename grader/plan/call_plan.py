"""The questions of an exam as data: which function is called with what, and what of the results is graded.

takes: an `Assignment`.
gives: a `CallPlan`: every case, then what follow-through asks (handed caches, nudged forward calls).
must not know: answers (none exist yet, and no field can hold one), students, how anything is run.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from grader.assignment import HIDDEN, PUBLIC, Assignment, Call, Case, Criterion, FollowThrough, Own
from grader.errors import AuthorError
from grader.plan.by_itself import handed_question, is_of_arrays, mended_question
from grader.plan.drawn import Drawn, draw
from grader.plan.questions import own_steps, question_of, step_of, with_heads
from grader.plan.worked_out import mended_throughout, worked_out
from grader.wire import Question, Step

# Half the distance of a central difference. Its error is about step**2 (cut off) plus unit roundoff / step:
# 1e-8 and 1e-12 in float64, 1e-8 and 1e-3 in float32. The best step for float64 alone, the cube root of
# 1.1e-16 = 5e-6 (Press et al., Numerical Recipes, 5.7), would leave float32 hand-ins no digits at all.
PROBE_STEP = 1e-4
GIVEN_CACHE = "given a right cache"  # what the name of a handed case ends with, wherever it is shown
MENDED = "its own cache made right"  # the same of one that is asked with the hand-in's own cache, mended
MENDED_THROUGHOUT = "its own cache made right as far as it is known"  # with what forward works out on the way, too


class Purpose(StrEnum):
    """Why a question is asked."""

    CASE = "case"  # the criterion's own case: carries points
    HANDED_CACHE = "handed cache"  # backward alone, with the reference's cache
    MENDED_CACHE = "mended cache"  # backward with its own forward's cache, the result in it made right
    MENDED_PARTS = "mended parts"  # the same, with what forward works out on the way made right as well
    OWN_GRADIENT = "own gradient"  # forward and backward on inputs that are also nudged
    NUDGED = "nudged"  # forward alone, one input moved a little


MENDING = (Purpose.MENDED_CACHE, Purpose.MENDED_PARTS)
"""What is asked only beside a forward that is not right."""
ALONE = (Purpose.HANDED_CACHE, Purpose.MENDED_CACHE)
"""Why backward is asked without a forward of which it could depend."""
BY_ITSELF = (*ALONE, Purpose.MENDED_PARTS)
"""The same, and where the reference keeps more than inputs and the result."""
ANSWERED = (Purpose.CASE, *BY_ITSELF)
"""What a key has answers to; of the others only the hand-in's own results are compared with each other."""


@dataclass(frozen=True)
class Entry:
    """One question and what it is for.

    A nudged entry belongs to the own-gradient entry of the same `name`; `argument` is the input that moved
    and `sign` which way. `raises` is the error that is due, in the place of results.
    """

    criterion: str
    name: str
    visibility: str
    purpose: Purpose
    grade: tuple[str, ...]
    question: Question
    behaviour: str = ""
    echo: str = ""
    argument: str = ""
    sign: int = 0
    raises: str = ""


@dataclass(frozen=True)
class CallPlan:
    """All the questions of an exam, in the order in which they were declared; `terms` says what is asked first."""

    entries: tuple[Entry, ...]

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """The names that a hand-in must define, each once, in order."""
        return tuple(dict.fromkeys(step.function for e in self.entries for step in e.question.steps))

    def public(self) -> CallPlan:
        """The cut that students hold."""
        return CallPlan(tuple(entry for entry in self.entries if entry.visibility == PUBLIC))


def make_plan(assignment: Assignment, hidden_seed: int | None = None) -> CallPlan:
    """Draw all inputs. Public cases come from the assignment's seed, hidden ones from `hidden_seed` if given."""
    seeds = {PUBLIC: assignment.seed, HIDDEN: assignment.seed if hidden_seed is None else hidden_seed}
    entries: list[Entry] = []
    for criterion in assignment.criteria:
        layer = _layer(assignment, criterion)
        entries.extend(_case(criterion, case, seeds, layer) for case in criterion.cases)
    for criterion in assignment.criteria:
        if criterion.follow_through is not None:
            forward = next(c for c in assignment.criteria if c.name == criterion.follow_through.forward)
            entries.extend(_follow_through(assignment, criterion, criterion.follow_through, forward, seeds))
    return CallPlan(tuple(replace(one, question=with_heads(one.question, assignment.solution)) for one in entries))


def _layer(assignment: Assignment, criterion: Criterion) -> str:
    """By whose name its numbers are drawn: the first that its calls begin with, as a backward's do with a forward's.

    Then a forward has the numbers of the backward's case of that name, and what it gives there need not be asked again.
    """
    calls = criterion.calls
    return next(one.name for one in assignment.criteria if calls[: len(one.calls)] == one.calls)


def _case(criterion: Criterion, case: Case, seeds: Mapping[str, int], layer: str) -> Entry:
    label = f"{criterion.name}, case '{case.name}'"
    drawn = draw(case.inputs, seeds, case.visibility, label, f"{layer}, case '{case.numbers or case.name}'")
    made: set[str] = set()
    steps = tuple(step_of(call, drawn, made, label) for call in case.calls or criterion.calls)
    grade = _graded(criterion, case)
    last = steps[-1]
    if last.function != criterion.name or not set(grade) <= last.graded:
        raise AuthorError(
            f"{label}: its last call must be of {criterion.name} and give {', '.join(grade) or case.raises}",
            f"it is of {last.function} and gives {', '.join(sorted(last.graded)) or 'nothing that is graded'}",
        )
    return _entry(criterion, case, Purpose.CASE, question_of(drawn.arrays, steps))


_ALSO_CALLED = {
    Purpose.HANDED_CACHE: GIVEN_CACHE,
    Purpose.MENDED_CACHE: MENDED,
    Purpose.MENDED_PARTS: MENDED_THROUGHOUT,
}


def _entry(criterion: Criterion, case: Case, purpose: Purpose, question: Question) -> Entry:
    name = f"{case.name}, {_ALSO_CALLED[purpose]}" if purpose in _ALSO_CALLED else case.name
    grade = _graded(criterion, case)
    return Entry(
        criterion.name, name, case.visibility, purpose, grade, question, case.behaviour, case.echo, raises=case.raises
    )  # fmt: skip


def _graded(criterion: Criterion, case: Case) -> tuple[str, ...]:
    return () if case.raises else case.grade or criterion.grade


def _follow_through(
    assignment: Assignment, criterion: Criterion, rule: FollowThrough, forward: Criterion, seeds: Mapping[str, int]
) -> Iterator[Entry]:
    (*before, ahead), back = forward.calls, criterion.calls[-1]
    _check_objects(criterion, (*before, ahead, back))
    must = f"output= must be a result of {ahead.function}"
    _check_names(rule.outputs, ahead.results, must, f"{criterion.name}, follow-through")
    for number, inputs in enumerate(rule.inputs, start=1):
        visibility = PUBLIC if number == 1 else HIDDEN
        label = f"{criterion.name}, follow-through {number}"
        drawn = draw(inputs, seeds, visibility, label)
        _check_rule(rule, back, drawn, label)
        question = question_of(drawn.arrays, _ahead_and_back(forward.calls, back, drawn, label))
        yield Entry(criterion.name, label, visibility, Purpose.OWN_GRADIENT, tuple(rule.gradients), question)
        made: set[str] = set()
        steps = tuple(step_of(call, drawn, made, label) for call in forward.calls)
        yield from _nudged(criterion, rule, label, visibility, drawn, steps)
    for case in rule.handed:
        question = handed_question(assignment, criterion, forward, *_drawn_for(criterion, case, seeds))
        yield _entry(criterion, case, Purpose.HANDED_CACHE, question)
    for case in rule.handed if rule.mended else ():
        drawn, label = _drawn_for(criterion, case, seeds)
        mended = mended_question(assignment, criterion, rule, forward, drawn, label)
        # Where all is on the object, a loss stands nowhere there: only what it is made of may.
        if rule.upstreams or criterion.takes_cache or is_of_arrays(mended):
            yield _entry(criterion, case, Purpose.MENDED_CACHE, mended)
        if parts := worked_out(assignment, criterion, forward, drawn, label, mended.inputs):
            yield _entry(criterion, case, Purpose.MENDED_PARTS, mended_throughout(mended, parts))


def _drawn_for(criterion: Criterion, case: Case, seeds: Mapping[str, int]) -> tuple[Drawn, str]:
    """Numbers of its own: the reference's cache may hold the answer of its forward (Sigmoid's does)."""
    label = f"{criterion.name}, handed case '{case.name}'"
    numbers = f"{criterion.name}, handed case '{case.numbers or case.name}'"
    return draw(case.inputs, seeds, case.visibility, label, numbers), label


def _ahead_and_back(calls: Sequence[Call], back: Call, drawn: Drawn, label: str) -> tuple[Step, ...]:
    """Forward and its backward; a result of forward that backward takes, `bprop(x, y, dy)`, is its own there."""
    if any(isinstance(name, Own) and name.name in calls[-1].gives for name in back.takes):
        ahead, behind = own_steps(calls, back, drawn, label)
        return (*ahead, behind)
    made: set[str] = set()
    return tuple(step_of(call, drawn, made, label) for call in (*calls, back))


def _check_objects(criterion: Criterion, calls: Collection[Call]) -> None:
    """Refuse a method of what another call gave: what is handed, or nudged, is of one object that the exam makes."""
    for call in calls:
        if isinstance(call.instance, Own):
            raise AuthorError(
                f"{criterion.name}: {call.function} is called on what another call gave, and so has no follow-through",
                "leave follow_through= out; name what it works on in builds_on=, so that an error there costs once",
            )


def _check_rule(rule: FollowThrough, back: Call, drawn: Drawn, label: str) -> None:
    """Refuse names in a follow-through that are not there."""
    floats = [name for name, array in drawn.arrays.items() if array.dtype.kind == "f"]
    for named, there, what in (
        (rule.upstreams, drawn.arrays, 'upstream= must be an array that the inputs draw, or "" for a loss'),
        (list(rule.gradients), back.results, f"gradients= must name results of {back.function}"),
        (list(rule.gradients.values()), floats, "gradients= must be of arrays of floats that the inputs draw"),
    ):
        _check_names(named, there, what, label)


def _check_names(named: Collection[str], there: Collection[str], what: str, label: str) -> None:
    for name in named:
        if name not in there:
            raise AuthorError(f"{label}: {what}, and '{name}' is none", f"there are: {', '.join(there)}")


def _nudged(
    criterion: Criterion, rule: FollowThrough, label: str, visibility: str, drawn: Drawn, steps: tuple[Step, ...]
) -> Iterator[Entry]:
    needed = {name for step in steps for name in step.needed}
    must = f"gradients= must be of inputs that {steps[-1].function} takes, or is prepared with"
    _check_names(list(rule.gradients.values()), sorted(needed), must, label)
    for argument in rule.gradients.values():
        rng = np.random.default_rng([zlib.crc32(label.encode()), zlib.crc32(argument.encode())])
        direction = rng.standard_normal(drawn.arrays[argument].shape)
        for sign in (1, -1):
            moved = {**drawn.arrays, argument: drawn.arrays[argument] + sign * PROBE_STEP * direction}
            moved = {name: array for name, array in moved.items() if name in needed}
            yield Entry(
                criterion.name, label, visibility, Purpose.NUDGED, rule.outputs, question_of(moved, steps),
                argument=argument, sign=sign,
            )  # fmt: skip
