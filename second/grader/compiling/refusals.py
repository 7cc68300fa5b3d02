"""Why a key is refused: one function for each reason, each finding yields an `AuthorError` with what to do."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from grader.assignment.words import Alternative, Assignment, Mistake, resolve
from grader.compiling.sitting import say
from grader.errors import AuthorError
from grader.extract.model import Facts
from grader.judge import judge
from grader.judge.model import RIGHT, Kind
from grader.key.model import REFERENCE, Basis, Entry, Key
from grader.key.store import pack
from grader.outcomes import Outcome, Outcomes, Status
from grader.score import score
from grader.wire.program import Other, Tree

MOST_SAID = 8  # errors at once; the rest mostly has the same cause
LEAST_BYTES, LEAST_VALUES, LEAST_WHOLE = 24, 3, 8  # of an array that does not occur by chance
_HINTS = {
    Status.RAISED: "look at what the case draws, and at that line",
    Status.TIMED_OUT: "draw smaller inputs, or allow more time: Settings(limits=Limits(call_seconds=…))",
    Status.KILLED: "draw smaller inputs, or look at Settings(limits=Limits(…))",
    Status.MISSING: "reference= must be the module that defines it",
    Status.NOT_REACHED: "look at Settings(limits=Limits(…)), and at what the reference imports",
    Status.FAULT: "`grader doctor` says what this machine allows",
}
Errors = Iterator[AuthorError]


def refuse(errors: Iterable[AuthorError]) -> None:
    """Raise the first error, with the others behind it; none of them is no error."""
    first, *others = [*errors, None][: MOST_SAID + 1]
    if first is not None:
        raise AuthorError(str(first), first.hint, [one for one in others if one is not None])


# ---- what is asked ---------------------------------------------------------------------------------------------------


def criteria_without_question(key: Key) -> Errors:
    """A criterion that no question of its own yields, and results that none yields."""
    asked = {stage for entry in key.entries if entry.basis is Basis.OWN for stage in entry.stages}
    for rule in key.rubric.criteria:
        if rule.name not in asked:
            yield AuthorError(f"{rule.name}: no Question yields it", f'let a driver yield "{rule.name}", {{…}}')


def behaviours_without_case(key: Key) -> Errors:
    """A behaviour that no case shows, and one that earns points without a hidden case on a basis it is asked on."""
    for rule in key.rubric.criteria:
        for behaviour in rule.behaviours:
            shown = {(e.basis, e.visibility) for e in key.entries if e.behaviours.get(rule.name) == behaviour.name}
            label = f"{rule.name}, behaviour '{behaviour.name}'"
            if not any(basis is Basis.OWN for basis, _ in shown):
                yield AuthorError(f"{label}: no case shows it", "add a case of it, or drop it and its points")
            for basis in dict.fromkeys(basis for basis, _ in shown):
                if behaviour.points and (basis, "hidden") not in shown:
                    what = f"{label}: all its {basis} cases are public, so a table of their answers would earn it"
                    yield AuthorError(what, "add a hidden case: Case(…, HIDDEN)")


def given_inputs_used_elsewhere(key: Key) -> Errors:
    """Inputs of given cases in another entry: right results come with them, and processes can remember."""
    users: dict[bytes, set[int]] = {}
    for number, entry in enumerate(key.entries):
        for array in arrays_in(entry.inputs):
            users.setdefault(array.tobytes(), set()).add(number)
    for number, entry in enumerate(key.entries):
        shared = [array for array in arrays_in(entry.inputs) if is_telling(array) and len(users[array.tobytes()]) > 1]
        if entry.basis is Basis.GIVEN and shared:
            other = key.entries[next(iter(users[shared[0].tobytes()] - {number}))]
            said = "draw them: constants of the author's own belong into one case only"
            yield AuthorError(f"{_label(entry)}: its inputs are used in {_label(other)} too", said)


# ---- what the reference answers --------------------------------------------------------------------------------------


def reference_does_not_return(key: Key, stages: Mapping[int, tuple[str, ...]], outcomes: Outcomes) -> Errors:
    """A stage that raises, hangs, or yields what is not finite or no plain value."""
    for number, entry in enumerate(key.entries):
        yield from _not_returned(f"{_label(entry)}: the reference", stages[number], outcomes[number])


def _not_returned(label: str, stages: Iterable[str], outcomes: Iterable[Outcome]) -> Errors:
    for stage, outcome in zip_longest(stages, outcomes, fillvalue="its next stage"):  # which has no name if it raised
        if outcome.status is not Status.RETURNED:
            why = say(outcome.trouble) if outcome.trouble else outcome.reason
            said = f"{label} does not return from {stage} ({outcome.status}{f': {why}' if why else ''})"
            yield AuthorError(said, _HINTS[outcome.status])
            return  # what comes after was not reached
        for name, value in outcome.values.items():
            if others := [leaf for leaf in leaves_of(value) if isinstance(leaf, Other)]:
                said = "yield arrays, numbers, strings, and lists, tuples and dicts of these"
                yield AuthorError(f"{label} gives '{name}' with a {others[0].type_name}, which is no plain value", said)
            if not all(np.isfinite(array).all() for array in arrays_in(value)):
                yield AuthorError(f"{label} gives '{name}' with nan or inf", "draw inputs for which it is finite")


def reference_is_not_steady(key: Key, outcomes: Outcomes, again: Outcomes) -> Errors:
    """An answer that is another one in another process, in which the entries are asked in reverse."""
    for number, entry in enumerate(key.entries):
        for stage, one, other in zip(entry.stages, outcomes[number], again[number], strict=True):
            if pack(dict(one.values)) != pack(dict(other.values)):
                said = "draw from a generator with a seed, and keep nothing from one call to another"
                yield AuthorError(f"{_label(entry)}: the reference's {stage} gives two answers in two runs", said)


def answers_for_nothing(key: Key) -> Errors:
    """A behaviour whose every answer is an input, whatever its shape, or zeros: nothing has to be done for it."""
    answers = key.answers[REFERENCE]
    for rule in key.rubric.criteria:
        cheap: dict[str, Entry] = {}
        for behaviour in rule.behaviours:
            wanted = [(n, e) for n, e in enumerate(key.entries) if e.behaviours.get(rule.name) == behaviour.name]
            stages = [(e, answers[n][e.stages.index(rule.name)]) for n, e in wanted if n in answers]
            if stages and all(_is_for_nothing(e, outcome, behaviour.results) for e, outcome in stages):
                cheap[behaviour.name] = stages[0][0]
        for behaviour in rule.behaviours:
            if behaviour.points and behaviour.name in cheap and not set(behaviour.needs) - set(cheap):
                what = f"{rule.name}, behaviour '{behaviour.name}': in all its cases the answer is an input or zeros"
                said = "add a case with another answer, or let it need a behaviour: Behaviour(1, needs=(…,))"
                yield AuthorError(what, said)


def _is_for_nothing(entry: Entry, outcome: Outcome, results: tuple[str, ...]) -> bool:
    inputs = list(arrays_in(entry.inputs))
    values = [value for name, value in outcome.values.items() if not results or name in results]
    return all(not array.any() or any(_are_equal(array, one) for one in inputs) for array in arrays_in(values))


def _are_equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.size == other.size and bool(np.array_equal(one.ravel(), other.ravel()))


def answers_among_inputs(key: Key) -> Errors:
    """An answer whose bytes are among the inputs of another entry."""
    held = [(entry, b"\0".join(array.tobytes() for array in arrays_in(entry.inputs))) for entry in key.entries]
    for number, outcomes in key.answers[REFERENCE].items():
        own = key.entries[number]
        for array in filter(is_telling, arrays_in([dict(outcome.values) for outcome in outcomes])):
            if other := next((entry for entry, data in held if entry is not own and array.tobytes() in data), None):
                what = f"{_label(own)}: an answer is among the inputs of {_label(other)}"
                yield AuthorError(what, "student code can read it there: draw other inputs")


# ---- what the judge says ---------------------------------------------------------------------------------------------


def answers_learnt_by_heart(key: Key) -> Errors:
    """Points for a table of the public answers that knows no others."""
    unknown = Outcome(Status.RAISED, reason="it is not in the table")
    learnt = {
        n: outcomes if key.entries[n].is_public else (unknown,) * len(outcomes)
        for n, outcomes in key.answers[REFERENCE].items()
    }
    for name, points in points_of(key, learnt).items():
        if points:
            said = "let each behaviour have hidden cases on each basis"
            yield AuthorError(f"{name}: a table of the public answers earns {points} points", said)


def reference_is_not_right(key: Key, outcomes: Outcomes) -> Errors:
    """A reference that its own key does not find right, or that is not the gradient of its own forward."""
    for name, verdicts in judge(key, outcomes, Facts()).items():
        for verdict in verdicts:
            if verdict.basis is Basis.RELATIVE and verdict.kind is not Kind.CONSISTENT:
                said = (
                    "see that output=, upstream=, gradients= and averaged= name what belongs together, and keep inputs "
                    "away from kinks"
                )
                yield AuthorError(f"{name}: the reference is not the gradient of its own forward", said)
            elif verdict.basis is not Basis.RELATIVE and verdict.kind is not Kind.CORRECT:
                case = next((finding.case for finding in verdict.findings if not finding.right), "")
                what = f"{name}, case '{case}': the reference is not right by its own key ({verdict.kind})"
                yield AuthorError(what, "does it change what it is given, or is tolerance= below its rounding?")


def alternative_is_wrong(key: Key, one: Alternative, outcomes: Outcomes) -> Errors:
    """An alternative that does not return, is not right by its own key, or is the reference itself."""
    for number, stages in outcomes.items():
        yield from _not_returned(f"{one}, {_label(key.entries[number])}: it", key.entries[number].stages, stages)
    verdict = judge(key, outcomes, Facts())[one.criterion][0]
    if verdict.kind not in RIGHT:
        yield AuthorError(f"{one}: it is not right by its own key ({verdict.kind})", "let it return what is right")
    elif verdict.kind is Kind.CORRECT and not one.between:
        what = f"{one}: no case tells it from the reference"
        yield AuthorError(what, "add a case in which it answers otherwise, or drop it")


def mistake_is_not_caught(key: Key, one: Mistake, name: str, outcomes: Outcomes) -> Errors:
    """A mistake that is taken for a right answer, earns all points, or is not recognised as itself."""
    verdicts, rule = judge(key, outcomes, Facts())[one.criterion], key.rule(one.criterion)
    label = f"Mistake '{name}'"
    if right := [verdict for verdict in verdicts if verdict.kind in RIGHT]:
        what = f"{label}: no {right[0].basis} case tells it from a right answer"
        yield AuthorError(what, "add a case in which it goes wrong, or drop it")
    elif score(rule, verdicts).points == rule.points:
        yield AuthorError(f"{label}: it earns all points", "add cases, so that it loses the points of a behaviour")
    elif verdicts[0].mistake != one.name:
        other = f"taken for '{verdicts[0].mistake}'" if verdicts[0].mistake else "not recognised by its answers"
        raised = next((outcome.trouble for stages in outcomes.values() for outcome in stages if outcome.trouble), None)
        why = f"; it raises {say(raised)}" if raised else ""
        yield AuthorError(f"{label}: it is {other}{why}", "add a case that tells the two apart, or let it return")


def points_of(key: Key, outcomes: Outcomes) -> dict[str, Any]:
    """The points of each criterion."""
    verdicts = judge(key, outcomes, Facts())
    return {rule.name: score(rule, verdicts[rule.name]).points for rule in key.rubric.criteria}


# ---- what students were given ----------------------------------------------------------------------------------------


def handout_earns_points(key: Key, file: str, outcomes: Outcomes) -> Errors:
    """A notebook that is right before anybody wrote a line: whoever leaves it so has not attempted it."""
    for name, points in points_of(key, outcomes).items():
        if points:
            said = "take the solution out of it; or let those behaviours need one that has to be written: needs=(…,)"
            yield AuthorError(f"{file}: {name} earns {points} points as it was handed out", said)


def signatures_differ(assignment: Assignment, file: str, written: Mapping[str, Mapping[str, str]]) -> Errors:
    """A function that takes other parameters in the hand-out than in the reference, or the same in another order."""
    for name, theirs in written.items():
        ours = inspect.signature(resolve(assignment.reference, name)).parameters
        if len(theirs) != len(ours) or (set(theirs) == set(ours) and list(theirs) != list(ours)):
            what = f"{file}: {name} takes ({', '.join(theirs)}), and in the reference ({', '.join(ours)})"
            yield AuthorError(what, "let both take the same, in one order")


# ---- trees -----------------------------------------------------------------------------------------------------------


def leaves_of(tree: Tree) -> Iterator[Tree]:
    """All values in a tree that hold no others."""
    if isinstance(tree, (list, tuple, Mapping)):
        for part in tree.values() if isinstance(tree, Mapping) else tree:
            yield from leaves_of(part)
    else:
        yield tree


def arrays_in(tree: Tree) -> Iterator[np.ndarray]:
    """All arrays and numbers in a tree."""
    for leaf in leaves_of(tree):
        if isinstance(leaf, (np.ndarray, int, float)):
            yield np.asarray(leaf)


def is_telling(array: np.ndarray) -> bool:
    """Whether an array does not occur by chance."""
    values = len(np.unique(array))
    whole = array.dtype.kind in "biu" or bool((array == np.rint(array)).all())
    return array.nbytes >= LEAST_BYTES and values >= (LEAST_WHOLE if whole else LEAST_VALUES)


def _label(entry: Entry) -> str:
    return f"{entry.driver}, {entry.basis} case '{entry.case}'"


OF_QUESTIONS = (criteria_without_question, behaviours_without_case, given_inputs_used_elsewhere)
OF_ANSWERS = (answers_for_nothing, answers_among_inputs, answers_learnt_by_heart)
