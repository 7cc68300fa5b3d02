"""What is not refused in a key and still worth a look: limits with little room, functions that are worth nothing,
errors that cost twice, what may be left as true and false, mistakes that tell nothing.

takes: an assignment, and what the reference took when it sat the exam; a key.
gives: sentences with what was measured and what to write.
must not know: folders, sandboxes, submissions.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from dis import get_instructions
from itertools import pairwise
from math import ceil, floor, log10
from types import CodeType

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey
from grader.assignment import HIDDEN, Assignment, Criterion, Limits
from grader.judge.bench import bench_of
from grader.plan import Purpose
from grader.wire import Status

ROOM = 10  # times what the reference takes: right answers with loops do, and other machines are slower
LEAST_CALL = 0.1  # seconds; a busy machine alone may hold a call up that long
_DEFAULT = Limits()


@dataclass(frozen=True)
class Took:
    """What one sitting of the reference took: its slowest call, and all of it, in seconds."""

    slowest_call: float
    whole: float


def notes_on(
    assignment: Assignment, took: Sequence[Took], fits_in_half: bool, lent: Container[tuple[str, str]]
) -> Iterator[str]:
    """All that an author may want to change; `fits_in_half` tells of the memory whether half of it would do.

    `lent` has pairs of a criterion and a function that it calls, of which something could be lent.
    """
    for criterion in assignment.criteria:
        if not criterion.points:
            yield (
                f"{criterion.name} is worth 0 points, so a wrong one costs nothing: give its behaviours points, or "
                "drop it"
            )
        if all(case.visibility == HIDDEN for case in criterion.cases):
            yield (
                f"{criterion.name} has no public case, so students cannot check it before they hand in: make a simple "
                "one PUBLIC"
            )
    yield from _paid_twice(assignment)
    yield from _asked_behind(assignment)
    yield from _without_a_second_chance(assignment)
    yield from _half_named(assignment)
    yield from _not_lent(assignment, lent)
    limits = assignment.limits
    call, whole = min(one.slowest_call for one in took), min(one.whole for one in took)
    if limits.call_seconds < max(LEAST_CALL, ROOM * call):
        yield _narrow("call_seconds", limits.call_seconds, "slowest call of the reference", call, LEAST_CALL)
    if limits.total_seconds < ROOM * whole:
        yield _narrow("total_seconds", limits.total_seconds, "whole sitting of the reference", whole, 0.0)
    if not fits_in_half:
        yield (
            f"limits: memory_mb={limits.memory_mb} leaves little room, since the reference does not return with half "
            f"of it: write memory_mb={max(_DEFAULT.memory_mb, 2 * limits.memory_mb)}"
        )


def notes_on_truth(key: AnswerKey) -> Iterator[str]:
    """Results that are nothing but zeros and ones: many leave predictions and masks as true and false."""
    for rule in key.rubric.criteria:
        right = (REFERENCE, *(one.name for one in rule.alternatives))
        asked = [
            (n, e) for n, e in enumerate(key.plan.entries) if (e.criterion, e.purpose) == (rule.name, Purpose.CASE)
        ]
        for result in dict.fromkeys(name for _, entry in asked for name in entry.grade):
            places = [n for n, entry in asked if result in entry.grade]
            forms = [[key.answers[form][n].values[result].array for n in places] for form in right]
            if not any(map(_is_truth, forms)) and any(map(_are_zeros_and_ones, forms)):
                yield (
                    f"{rule.name}: '{result}' is zeros and ones in all cases, and who leaves it as true and false "
                    "is wrong: if that is as good, let the reference give it so (zeros and ones are right then, too), "
                    "or an Alternative that does"
                )


def notes_on_mistakes(key: AnswerKey) -> Iterator[str]:
    """Known mistakes that give nothing which could be compared: whoever gives as little would be told their words."""
    bench = bench_of(key)
    for rule in key.rubric.criteria:
        for mistake, form, places in bench.mistaken[rule.name, Purpose.CASE]:
            got = {n: one for n in places if (one := key.answers[form][n]).status is Status.RETURNED}
            got = {n: one for n, one in got.items() if not key.plan.entries[n].raises}
            if got and not any(one.values.get(name) for n, one in got.items() for name in key.plan.entries[n].grade):
                count = max(1, next(iter(got.values())).count)
                yield (
                    f"mistake '{mistake}': it returns {count} value{'s' * (count > 1)} in the place of {rule.gives}, "
                    "so whatever a function computes that returns as many, it is told and credited as that. Let it "
                    "return all that is due, or let its words be about the missing results alone"
                )


def _is_truth(arrays: Sequence[np.ndarray | None]) -> bool:
    return all(array is not None and array.dtype.kind == "b" for array in arrays)


def _are_zeros_and_ones(arrays: Sequence[np.ndarray | None]) -> bool:
    many = [array for array in arrays if array is not None and array.ndim]  # one number may be a place, or a count
    return {float(one) for array in many for one in np.unique(array)} == {0.0, 1.0}


def _paid_twice(assignment: Assignment) -> Iterator[str]:
    """Where the reference of one calls another graded function, and its criterion does not say so."""
    graded = {criterion.name for criterion in assignment.criteria}
    for n, criterion in enumerate(assignment.criteria):
        follows = criterion.follow_through.forward if criterion.follow_through else ""
        ahead = [name for name in _called_in(criterion) if name not in graded]  # of graded ones `_asked_behind` tells
        for place, other in enumerate(assignment.criteria):
            asked = (name for name in (criterion.name, *ahead) if _calls(assignment.solution, name, other.name))
            if _is_counted(assignment, criterion, other) or not (name := next(asked, "")):
                continue
            # Wrong numbers of a forward are made right in its backward by the follow-through, and nothing else is.
            costs = "a forward that gives none" if other.name == follows else "an error in that"
            caller = name if name == criterion.name else f"{criterion.name} is called behind {name}, which"
            moved = f"let {other.name} stand before {criterion.name}, and " if place > n else ""
            yield (
                f"{caller} calls {other.name} in the reference, so {costs} costs points in both: "
                f'{moved}write builds_on=("{other.name}",) in the criterion of {criterion.name}'
            )


def _is_counted(assignment: Assignment, criterion: Criterion, other: Criterion) -> bool:
    """Whether an error in the other is counted there alone, or the other cannot be named, since it needs this one."""
    follows = other.follow_through.forward if other.follow_through else ""
    needs = {other.name, follows, *assignment.called_by(other)}
    return criterion.name in needs or other.name in assignment.called_by(criterion)


def _called_in(criterion: Criterion) -> Iterable[str]:
    """The functions that its cases call, each once."""
    calls = (*criterion.calls, *(call for case in criterion.cases for call in case.calls))
    return dict.fromkeys(call.function for call in calls)


def _asked_behind(assignment: Assignment) -> Iterator[str]:
    """Where one is called behind another graded function, and is not tried with what that is to give."""
    graded = {criterion.name for criterion in assignment.criteria}
    for criterion in assignment.criteria:
        follows = criterion.follow_through.forward if criterion.follow_through else ""
        counted = {criterion.name, follows, *assignment.called_by(criterion)}
        for ahead in (name for name in _called_in(criterion) if name in graded - counted):
            yield (
                f"{criterion.name} is called behind {ahead}, which is graded too: where that is wrong, both may lose "
                f'points. If it is the backward of that, write follow_through=FollowThrough("{ahead}", …), and else '
                f'builds_on=("{ahead}",)'
            )


def _half_named(assignment: Assignment) -> Iterator[str]:
    """Where a method works on what a backward leaves, which works on what its forward leaves, and that is not named."""
    forwards = {one.name: one.follow_through.forward for one in assignment.criteria if one.follow_through}
    for criterion in assignment.criteria:
        called = {call.function for call in criterion.calls}
        for back in criterion.builds_on:
            ahead = forwards.get(back, "")
            if "." in back and ahead in called - {*criterion.builds_on, criterion.name}:
                yield (
                    f"{criterion.name} builds on {back}, which works on what {ahead} leaves on the object: where that "
                    f'leaves nothing, both lose their points. Write builds_on=("{ahead}", "{back}")'
                )


def _not_lent(assignment: Assignment, lent: Container[tuple[str, str]]) -> Iterator[str]:
    """Where a wrong function costs what calls it, unless its mistake is a known one."""
    for criterion in assignment.criteria:
        if called := ", ".join(name for name in criterion.builds_on if (criterion.name, name) not in lent):
            yield (
                f"{criterion.name} builds on {called}, of which nothing right can be lent to it where that is "
                "wrong: the reference does not call it there, or what it gives is no array (nor a list of arrays, "
                "or a dict of arrays, each named in leaves=), or depends on more "
                "than arrays, numbers, words and functions of files= that it is called with or that its object "
                f"holds. Known mistakes of {called} cost once all the same: name those that are likely"
            )


def _without_a_second_chance(assignment: Assignment) -> Iterator[str]:
    """Backwards that find on their object what forward left there, and are not tried with right values in it.

    Not where one earns all by being the gradient of what that forward does, as of numbers that are drawn at random.
    """
    for criterion in assignment.criteria:
        rule = criterion.follow_through
        has_another = rule is not None and bool(rule.gradients) and rule.credit == 1
        if rule is not None and not (rule.handed or criterion.takes_cache or has_another):
            yield (
                f"{criterion.name} takes no cache, so where it works on what a wrong {rule.forward} has left on its "
                "object, a right one earns nothing: write handed= cases and mended=True"
            )


def _calls(solution: object, function: str, other: str) -> bool:
    """Whether a function of the reference reads the name of another, or a method that of another one of its class.

    Or whether it calls that one by default, as what an argument is if it is left out.
    """
    found = solution
    for name in function.split("."):
        found = getattr(found, name, None)
    owner, _, method = other.rpartition(".")
    defaults = (*(getattr(found, "__defaults__", None) or ()), *(getattr(found, "__kwdefaults__", None) or {}).values())
    if callable(called := getattr(solution, other, None)) and any(default is called for default in defaults):
        return True
    is_of_class = bool(owner) and owner == function.rpartition(".")[0]
    return (is_of_class or not owner) and _reads(getattr(found, "__code__", None), method, is_of_class)


_GLOBAL = "LOAD_GLOBAL"


def _reads(code: CodeType | None, name: str, as_a_part: bool) -> bool:
    """Whether code reads a name: of any object, or else by itself or in a module (`layer.forward` is another)."""
    read = list(get_instructions(code)) if code and name in code.co_names else []
    return any(
        one.argval == name and (as_a_part or one.opname == _GLOBAL or before.opname == _GLOBAL)
        for before, one in pairwise(read)
    )


def _narrow(name: str, allowed: float, what: str, seconds: float, least: float) -> str:
    enough = max(_rounded_up(ROOM * seconds), least, getattr(_DEFAULT, name))
    return (
        f"limits: {name}={allowed:g} leaves little room: the {what} took {seconds:.2g} s here, and a right answer with "
        f"loops may take {ROOM} times as long: write {name}={enough:g}"
    )


def _rounded_up(value: float) -> float:
    """To one digit."""
    unit = 10.0 ** floor(log10(value)) if value > 0 else 1.0
    return ceil(value / unit) * unit
