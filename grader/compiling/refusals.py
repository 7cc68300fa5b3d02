"""Why a key is refused: one function for each reason, whose findings say what to do; and what is worth a look only."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from grader.assignment.checks import resolve
from grader.assignment.words import Alternative, Assignment, Mistake
from grader.compiling.exams import Stages, say
from grader.errors import AuthorError
from grader.extract.model import Facts
from grader.judge import RIGHT, Kind, judge
from grader.judge.compare import leaves
from grader.judge.gradient import is_consistent
from grader.key.model import REFERENCE, Basis, BehaviourRule, CriterionRule, Entry, Key, needed_by
from grader.key.store import pack
from grader.outcomes import Outcome, Outcomes, Status
from grader.score import score
from grader.wire.program import Other, Tree

MOST_SAID = 8  # errors at once; the rest mostly has the same cause
LEAST_BYTES, LEAST_VALUES, LEAST_WHOLE = 24, 3, 8  # of an array that does not occur by chance
ROOM = 10  # times what the reference takes: a right answer with loops does, and other machines are slower
Parameters = Mapping[str, Mapping[str, str]]
"""The parameters of each graded function in a hand-out, with their defaults as text."""
Errors = Iterator[AuthorError]


def refuse(*checks: Iterable[AuthorError]) -> None:
    """Raise the first error of all checks, with the next ones behind it."""
    found = [error for check in checks for error in check]
    if found:
        raise AuthorError(str(found[0]), found[0].hint, found[1:MOST_SAID])


def behaviours_without_case(key: Key) -> Errors:
    """A behaviour that no case shows, and one that earns points where all that it is asked on a basis is known.

    What is public is known by heart, and so is a hidden case that asks the same. A `Gradient` that earns points is
    hidden in any case.
    """
    known = {_asked(entry) for entry in key.entries if entry.is_public}
    for label, _, one, showing in _behaviours(key):
        bases = {entry.basis for _, entry in showing}
        unknown = {entry.basis for _, entry in showing if _asked(entry) not in known}
        if Basis.OWN not in bases:
            yield AuthorError(f"{label}: no case of a Question shows it", "add a case, or drop it and its points")
        for basis in sorted(bases - unknown if one.points else ()):
            what = f"{label}: all its {basis} cases are public, or ask the same as public ones, so a table of their"
            yield AuthorError(f"{what} answers would earn it", "add a hidden case: Case(…, HIDDEN)")


def _asked(entry: Entry) -> bytes:
    """What a case asks, whatever it is called."""
    return pack(Entry(entry.driver, "", "", Basis.OWN, (), {}, entry.inputs))


def _behaviours(key: Key) -> Iterator[tuple[str, CriterionRule, BehaviourRule, list[tuple[int, Entry]]]]:
    """Each behaviour with how it is called, and the entries that show it."""
    for rule in key.rubric.criteria:
        for one in rule.behaviours:
            showing = [(n, entry) for n, entry in enumerate(key.entries) if entry.behaviours.get(rule.name) == one.name]
            yield f"{rule.name}, behaviour '{one.name}'", rule, one, showing


def given_inputs_used_elsewhere(key: Key) -> Errors:
    """Inputs of given cases in another entry: right results come with them, and processes can remember."""
    for entry in (one for one in key.entries if one.basis is Basis.GIVEN):
        given = {array.tobytes() for array in _arrays(entry.inputs) if _is_telling(array)}
        for other in (one for one in key.entries if one is not entry):
            if not given.isdisjoint(array.tobytes() for array in _arrays(other.inputs)):
                said = "draw other ones: an array that is always the same belongs into one case, or into questions.py"
                yield AuthorError(f"{_label(entry)}: its inputs are used in {_label(other)} too", said)
                break


def reference_does_not_return(key: Key, stages: Stages, outcomes: Outcomes) -> Errors:
    """A stage that raises or hangs, and results that are not finite, no plain values, or not named in `results`."""
    results = {rule.name: rule.results for rule in key.rubric.criteria}
    for number, entry in enumerate(key.entries):
        label = f"{_label(entry)}: the reference"
        yield from _not_returned(label, outcomes[number])
        for stage, outcome in zip(stages[number], outcomes[number], strict=False):
            if stage in results and (more := set(outcome.values) - set(results[stage])):
                yield AuthorError(f"{label} yields {more} for {stage}", f"its results= are {results[stage]}")


def _not_returned(label: str, outcomes: Iterable[Outcome]) -> Errors:
    for outcome in outcomes:
        if outcome.status is not Status.RETURNED:
            why = say(outcome.trouble) if outcome.trouble else outcome.reason
            said = "look at what the case draws, and at that line; or allow more:"
            what = f"{label} does not return ({outcome.status}): {why}"
            yield AuthorError(what, f"{said} Settings(limits=Limits(call_seconds=…))")
            return  # what comes after was not reached
        for name, value in outcome.values.items():
            if others := sorted(_others(value)):
                said = "yield arrays, numbers, strings, and lists, tuples and dicts of these"
                yield AuthorError(f"{label} gives '{name}' with a {others[0]}, which is no plain value", said)
            if not all(np.isfinite(array).all() for array in _arrays(value)):
                yield AuthorError(f"{label} gives '{name}' with nan or inf", "draw inputs for which it is finite")


def reference_is_not_steady(key: Key, outcomes: Outcomes, again: Outcomes) -> Errors:
    """An answer that is another one in a second process, in which the entries are asked in reverse."""
    for number, entry in enumerate(key.entries):
        one, two = (tuple(Outcome(o.status, o.values) for o in found[number]) for found in (outcomes, again))
        if pack(one[: len(two)]) != pack(two):
            said = "draw from a generator with a seed, and keep nothing from one call to another"
            yield AuthorError(f"{_label(entry)}: the reference gives two answers in two runs", said)


def answers_for_nothing(key: Key) -> Errors:
    """A behaviour, or its share of one result, whose every answer is an input, whatever its shape, or zeros."""
    cheap = {
        (rule.name, one.name)
        for _, rule, one, showing in _behaviours(key)
        for part in one.results or ("",)
        if all(_is_for_nothing(key, n, rule.name, part) for n, _ in showing)
    }
    for label, rule, one, _ in _behaviours(key):
        if one.points and cheap.issuperset((rule.name, name) for name in (one.name, *one.needs)):
            said = "add a case with another answer, or let it need a behaviour: Behaviour(1, needs=(…,))"
            yield AuthorError(f"{label}: in all its cases the answer is an input or zeros", said)


def _is_for_nothing(key: Key, number: int, criterion: str, result: str) -> bool:
    entry = key.entries[number]
    values = key.answers[REFERENCE][number][entry.stages.index(criterion)].values
    answers = list(_arrays({name: value for name, value in values.items() if result in ("", name)}))
    inputs = [array.ravel().tolist() for array in _arrays(entry.inputs)]
    return bool(answers) and all(not one.any() or one.ravel().tolist() in inputs for one in answers)


def answers_among_inputs(key: Key) -> Errors:
    """An answer whose bytes are among the inputs of another entry."""
    held = [(entry, b"".join(array.tobytes() for array in _arrays(entry.inputs))) for entry in key.entries]
    for number, outcomes in key.answers[REFERENCE].items():
        own = key.entries[number]
        for array in filter(_is_telling, _arrays([dict(outcome.values) for outcome in outcomes])):
            if other := next((entry for entry, data in held if entry is not own and array.tobytes() in data), None):
                what = f"{_label(own)}: an answer is among the inputs of {_label(other)}"
                yield AuthorError(what, "student code can read it there: draw other inputs")


def reference_is_not_right(key: Key, outcomes: Outcomes) -> Errors:
    """A reference that its own key does not find right, or that is not the gradient of its own forward."""
    for name, (verdict, *_) in judge(key, outcomes, Facts()).items():
        if verdict.kind is not Kind.CORRECT:
            case = next((finding.case for finding in verdict.findings if not finding.right), "")
            what = f"{name}, case '{case}': the reference is not right by its own key ({verdict.kind})"
            yield AuthorError(what, "is its tolerance= below the rounding?")
    for index, rule in enumerate(key.rubric.gradients):
        if not is_consistent(key, outcomes, index):
            said = "see that output=, upstream=, gradients= and averaged= belong together; keep inputs away from kinks"
            yield AuthorError(f"Gradient of {rule.of}: the reference is not the gradient of its own forward", said)


def alternative_is_wrong(key: Key, one: Alternative, outcomes: Outcomes) -> Errors:
    """An alternative that does not return, is not right by its own key, or is the reference itself."""
    for number, found in outcomes.items():
        yield from _not_returned(f"{one}, {_label(key.entries[number])}: it", found)
    verdict = judge(key, outcomes, Facts())[one.criterion][0]
    if verdict.kind not in RIGHT:
        yield AuthorError(f"{one}: it is not right by its own key ({verdict.kind})", "let it return what is right")
    elif verdict.kind is Kind.CORRECT and not one.between:
        said = "add a case in which it answers otherwise, or drop it"
        yield AuthorError(f"{one}: no case tells it from the reference", said)


def mistake_is_not_caught(key: Key, one: Mistake, name: str, outcomes: Outcomes) -> Errors:
    """A mistake that is taken for a right answer, earns all points, or is not recognised as itself."""
    verdicts, rule, label = judge(key, outcomes, Facts())[one.criterion], key.rule(one.criterion), f"Mistake '{name}'"
    taken = verdicts[0].mistake
    if right := [verdict for verdict in verdicts if verdict.kind in RIGHT]:
        said = "add a case in which it goes wrong, or drop it"
        yield AuthorError(f"{label}: no {right[0].basis} case tells it from a right answer", said)
    elif score(rule, verdicts).points == rule.points:
        yield AuthorError(f"{label}: it earns all points", "add cases, so that it loses the points of a behaviour")
    elif taken != one.name:
        raised = next((stage.trouble for found in outcomes.values() for stage in found if stage.trouble), None)
        what = f"taken for '{taken}'" if taken else f"not recognised{f'; it raises {say(raised)}' if raised else ''}"
        yield AuthorError(f"{label}: it is {what}", "add a case that tells the two apart, or let it return")


def handout_earns_points(key: Key, file: str, outcomes: Outcomes) -> Errors:
    """A notebook that earns points before anybody wrote a line, and that is not attempted if it is left so."""
    verdicts = judge(key, outcomes, Facts())
    for rule in key.rubric.criteria:
        if points := score(rule, verdicts[rule.name]).points:
            said = "take the solution out of it; or let those behaviours need one that has to be written: needs=(…,)"
            yield AuthorError(f"{file}: {rule.name} earns {points} points as it was handed out", said)


def signatures_differ(assignment: Assignment, file: str, written: Parameters) -> Errors:
    """A function that takes other parameters in the hand-out than in the reference, or the same in another order."""
    for name, theirs in written.items():
        ours = inspect.signature(resolve(assignment.reference, name)).parameters
        if len(theirs) != len(ours) or (set(theirs) == set(ours) and list(theirs) != list(ours)):
            what = f"{file}: {name} takes ({', '.join(theirs)}), and in the reference ({', '.join(ours)})"
            yield AuthorError(what, "let both take the same, in one order")


def notes_on(key: Key, assignment: Assignment, seconds: float, written: Parameters) -> Iterator[str]:
    """What is not refused and worth an author's look; `seconds` is what the reference took."""
    for rule in key.rubric.criteria:
        yield from _on_cases(key, rule)
        if rule.name not in written:
            yield f"{rule.name}{rule.signature} is not in the hand-out: its text must name it"
        for name in _called(assignment, rule.name):
            if not any(name in needed_by(key, n) for n, entry in enumerate(key.entries) if rule.name in entry.stages):
                yield f'{rule.name} calls {name}, whose errors cost points in both: add Given(…, stubs=("{name}",))'
        ours = inspect.signature(resolve(assignment.reference, rule.name)).parameters
        for name, default in written.get(rule.name, {}).items():
            if default and name in ours and default.replace('"', "'") != repr(ours[name].default):
                yield f"{rule.name}: {name}={default} in the hand-out, {ours[name]} in the reference"
    if (limit := key.rubric.limits.total_seconds) < ROOM * seconds:
        little = f"total_seconds={limit:g} is little: the reference took {seconds:.2g} s, and right answers with loops"
        yield f"{little} take {ROOM} times as long: write Settings(limits=Limits(total_seconds={ROOM * seconds:.0f}))"


def _on_cases(key: Key, rule: CriterionRule) -> Iterator[str]:
    """Points that nobody can lose, check before handing in, or earn beside a wrong callee."""
    shown = {(entry.basis, entry.visibility, entry.behaviours.get(rule.name)) for entry in key.entries}
    given = {behaviour for basis, _, behaviour in shown if basis is Basis.GIVEN and behaviour}
    if not rule.points:
        yield f"{rule.name} is worth 0 points: a wrong one costs nothing"
    if not any(behaviour for _, visibility, behaviour in shown if visibility == "public"):
        yield f"{rule.name} has no public case: students cannot check it before they hand in"
    for one in rule.behaviours:
        if given and one.points and one.name not in given:
            yield f"{rule.name}, behaviour '{one.name}': no Given case shows it, so a wrong callee costs it too"


def _called(assignment: Assignment, function: str) -> Iterator[str]:
    """The graded functions, and methods of its own class, that a function of the reference calls by name."""
    code = getattr(resolve(assignment.reference, function), "__code__", None)
    owner = function.rpartition(".")[0]
    for criterion in assignment.criteria:
        other, _, name = criterion.name.rpartition(".")
        if criterion.name != function and code and name in code.co_names and other in ("", owner):
            yield criterion.name


def _arrays(tree: Tree) -> Iterator[np.ndarray]:
    return (array for _, array in leaves(tree))


def _others(tree: Tree) -> Iterator[str]:
    """The types of what is no plain value."""
    if isinstance(tree, Other):
        yield tree.type_name
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, (list, tuple)) else ():
        yield from _others(part)


def _is_telling(array: np.ndarray) -> bool:
    """Whether an array does not occur by chance."""
    whole = array.dtype.kind in "biu" or bool((array == np.rint(array)).all())
    return array.nbytes >= LEAST_BYTES and len(np.unique(array)) >= (LEAST_WHOLE if whole else LEAST_VALUES)


def _label(entry: Entry) -> str:
    return f"{entry.driver}, {entry.basis} case '{entry.case}'"
