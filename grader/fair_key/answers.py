"""What the reference, the hand-out and the alternatives answered, as far as it makes a key unfair.

takes: a key, and what each of them answered.
gives: nothing where all is well; `AuthorError` with what is wrong and what to do.
must not know: folders, sandboxes, submissions, verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader.answer_key import AnswerKey
from grader.assignment import Alternative, Assignment, Tolerance
from grader.errors import AuthorError
from grader.fair_key.refusals import Refusals
from grader.judge.raised import is_raised
from grader.plan import ANSWERED, RIGHT_RESULT, CallPlan, Entry, Purpose
from grader.wire import NOT_MADE, SPELT, UNSPELT, Outcome, Status, Trouble, Value, spell

_AND_THEN = {
    Status.RETURNED: "",
    Status.RAISED: "look at what the case draws, at takes= of the call, and at the line that raises in the reference; "
    'if that error is what is due, name it in the case: raises="ValueError"',
    Status.TIMED_OUT: "draw smaller inputs, or allow more time: limits=Limits(call_seconds=…)",
    Status.KILLED: "inputs of a few numbers are enough: draw smaller ones in all cases, or look at limits=Limits(…)",
    Status.MISSING: "solution= must be the module that defines it, by the name of its criterion",
    Status.UNREADABLE: "let it return arrays of numbers",
    Status.NOT_REACHED: "the time for all was over before: look at limits=Limits(…), and at what the reference imports",
    Status.FAULT: "grader doctor says what this machine allows",
}
_AND_ALSO = {
    **{status: _AND_THEN[status] for status in (Status.TIMED_OUT, Status.KILLED, Status.NOT_REACHED)},
    Status.RAISED: "what it calls must stand in its file, or be imported from one beside it",
}
_OF_WORDS = ("str", "list", "tuple", "set", "frozenset", "dict", "defaultdict", "Counter", "ndarray of str")
FOUR_ROUNDINGS = 2.0**-22  # of float32, as a part of the value that is rounded
SHORTEST_SECRET = 16  # bytes; shorter answers occur by chance in any plan
Place = Callable[[Trouble], str]
"""The author's file and line where something was raised, as words; empty where that is not known."""
_Asked = Sequence[tuple[str, Entry, bytes]]


def check_reference(key: AnswerKey, outcomes: Sequence[tuple[Outcome, ...]], place: Place) -> None:
    """Refuse a reference that does not return, and answers that an input already holds."""
    asked = [(name, e, array.tobytes()) for e in key.plan.entries for name, array in e.question.inputs.items()]
    tolerances = {rule.name: rule.tolerance for rule in key.rubric.criteria}
    refusals = Refusals()
    fails: set[str] = set()  # what never returns is told once
    for entry, steps in zip(key.plan.entries, outcomes, strict=True):
        label = f"{entry.criterion}, case '{entry.name}'"
        if entry.criterion in fails:
            continue
        returning = steps[:-1] if entry.raises and is_raised(entry, steps) else steps
        if any(outcome.status is not Status.RETURNED for outcome in returning):
            fails.add(entry.criterion)
        with refusals.noted():
            _check_returns(label, returning, place, entry.raises)
            _check_raises(label, entry, steps, "the reference")
        for name in entry.grade if entry.purpose in ANSWERED and entry.criterion not in fails else ():
            with refusals.noted():
                _check_answer(label, entry, name, steps[-1], asked)
                _check_tolerance(label, tolerances[entry.criterion], name, steps[-1].values[name])
    refusals.tell()


def _check_returns(label: str, steps: Sequence[Outcome], place: Place, due: str) -> None:
    for outcome in steps:
        if outcome.status is not Status.RETURNED:
            why = _told(outcome.trouble, place) if outcome.trouble else outcome.reason
            hint = (
                "new= of its calls names what an object is made with" if NOT_MADE in why else _AND_THEN[outcome.status]
            )
            instead = f"raises no {due}" if due else "does not return"
            sentence = f"{label}: the reference itself {instead} ({outcome.status})"
            raise AuthorError(f"{sentence}: {why}" if why else sentence, hint)


def _check_raises(label: str, entry: Entry, steps: Sequence[Outcome], whose: str) -> None:
    """Refuse what comes back where it is declared to raise."""
    if entry.raises and not is_raised(entry, steps):
        raise AuthorError(
            f"{label}: {whose} raises nothing, and raises='{entry.raises}' says that it does",
            f"let it raise {entry.raises} for what the case draws, or leave raises= out",
        )


def check_template(template: str, right: Mapping[str, Sequence[str]], given_away: Mapping[str, Sequence[str]]) -> None:
    """Refuse a template with work in it: whoever wrote the same would have attempted nothing."""
    for criterion, cases in right.items():
        if more := [case for case in cases if case not in given_away.get(criterion, ())]:
            raise AuthorError(
                f"the template {template}: {criterion} is right there, in case '{more[0]}'",
                "templates= names notebooks as students were given them, with no work in them",
            )


def _check_answer(label: str, entry: Entry, name: str, outcome: Outcome, asked: _Asked) -> None:
    answer = _finite(label, entry, name, outcome, "the reference's")
    if entry.echo:
        return
    _check_echo(label, entry, name, answer)
    found = next((f"'{n}' of {e.criterion}, case '{e.name}'" for n, e, held in asked if answer.tobytes() in held), "")
    if found and answer.nbytes >= SHORTEST_SECRET and answer.any():
        raise AuthorError(
            f"{label}: the answer '{name}' stands among the inputs, which student code can read: {found}",
            "choose other inputs (a few small whole numbers meet by chance: draw more), or give the reason in echo=",
        )


def _check_tolerance(label: str, tolerance: Tolerance, name: str, value: Value) -> None:
    """Refuse a tolerance that rounding alone would miss: what is computed in float32, or in another order, is right."""
    answer = value.array
    if answer is None or answer.dtype.kind != "f" or np.array_equal(answer, np.rint(answer)):
        return
    largest = float(np.abs(answer).max())
    allowed = tolerance.float32_factor * (tolerance.relative + tolerance.scale) * largest + tolerance.absolute
    if allowed < FOUR_ROUNDINGS * largest:
        raise AuthorError(
            f"{label}: the tolerance of '{name}' is below the rounding of float32: right answers would be wrong",
            "leave tolerance= out: by default it is 100 times smaller than the effect of any mistake",
        )


def _finite(label: str, entry: Entry, name: str, outcome: Outcome, whose: str) -> np.ndarray:
    value = outcome.values.get(name)
    answer = value.array if value else None
    if answer is None or answer.dtype.kind not in "fiub" or not np.isfinite(answer).all():
        raise AuthorError(
            f"{label}: {whose} '{name}' is not an array of finite numbers: {_what_it_is(value)}",
            _what_to_grade(value, name, name in entry.question.steps[-1].gives),
        )
    return answer


def _what_to_grade(value: Value | None, name: str, is_returned: bool) -> str:
    if value is not None and is_returned and value.type_name.startswith(_OF_WORDS):
        return (
            f'what is no array of numbers is kept, gives=(own("{name}"),), and graded as words, '
            f'leaves={{"words": "text({name})"}}, or by numbers that are made of it: "len({name})", "{name}[0]"'
        )
    if value is not None and value.type_name == UNSPELT:
        return 'grade numbers with a fraction by themselves, by their places: leaves={"score": "beams[0][1]"}'
    if value is not None and is_returned and value.array is not None and value.array.dtype.kind == "c":
        return (
            f'grade complex numbers by their parts: gives=(own("{name}"),), '
            f'leaves={{"real": "{name}.real", "imag": "{name}.imag"}}, and both in grade='
        )
    return "give numbers there, or true and false, and look at grade=, gives= and leaves= of the call"


def _check_echo(label: str, entry: Entry, name: str, answer: np.ndarray) -> None:
    # A right result is put into a cache, where nobody hands it back by not having done anything.
    handed_in = {name: array for name, array in entry.question.inputs.items() if not name.startswith(RIGHT_RESULT)}
    for given, array in handed_in.items():
        # Whatever the shapes: a mean over one row equals that row, and marks "hand back your input" as right.
        if array.size == answer.size and np.array_equal(array.ravel(), answer.ravel()):
            is_taken = any(given in step.needed for step in entry.question.steps)
            raise _echo(label, name, given) if is_taken else _unused(label, name, given)
    last = entry.question.steps[-1]
    for built in last.built if any(of == name and way.endswith(SPELT) for of, _, way in last.leaves) else ():
        told = spell(built.put_together(entry.question.inputs.get))
        if isinstance(told, np.ndarray) and np.array_equal(told, answer):
            raise _echo(label, name, built.name)


def _echo(label: str, name: str, given: str) -> AuthorError:
    return AuthorError(
        f"{label}: the answer '{name}' equals the input '{given}', so handing the input back would be right",
        "choose other inputs, or give the reason in echo=",
    )


def _unused(label: str, name: str, given: str) -> AuthorError:
    return AuthorError(
        f"{label}: the answer '{name}' equals '{given}', which no call of the case takes and student code can read",
        "leave it out of what the case draws",
    )


def _what_it_is(value: Value | None) -> str:
    if value is None:
        return "it is not there; gives= names as many results as the function returns"
    if value.kind == "none":
        return "it is None" if value.type_name == "NoneType" else f"nothing is there, in a {value.type_name}"
    if value.type_name == UNSPELT:
        return "it holds what is neither a word nor a whole number"
    if value.array is None and value.type_name.startswith("ndarray of str"):
        return "it is an array of texts"
    if value.array is None:
        return f"it is of type {value.type_name}"
    return "it holds nan or inf" if value.array.dtype.kind in "fiu" else f"it has dtype {value.array.dtype}"


def check_handout(key: AnswerKey) -> None:
    """Refuse a hand-out in which a function is right already: whoever writes that has *not attempted* it."""
    entries, away = key.plan.entries, key.rubric.given_away
    missed = {e.criterion for e in entries if e.purpose is Purpose.CASE and e.name not in away.get(e.criterion, ())}
    given = [rule.name for rule in key.rubric.criteria if rule.name in key.rubric.stubs and rule.name not in missed]
    if given:
        raise AuthorError(
            "the hand-out earns points before anybody wrote a line: "
            f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} right as it stands there",
            "handout= must name the notebook as students get it, without the solutions. If it does: what they are "
            "given whole is nothing to grade, so leave that criterion out, and follow_through= of its backward with "
            "it. If they are to write it, nothing has to be done in these cases: draw others, or put there first what "
            "is to be changed, by sets=",
        )


def check_alternatives(
    plan: CallPlan, assignment: Assignment, sat: Mapping[str, Sequence[tuple[Outcome, ...]]], place: Place
) -> None:
    """Refuse an alternative that has no answer to be right by, or one that nobody needs to work for."""
    refusals = Refusals()
    for alternative in assignment.alternatives:
        with refusals.noted():
            _check_alternative(plan, alternative, sat[alternative.name], place)
    refusals.tell()


def _check_alternative(
    plan: CallPlan, alternative: Alternative, outcomes: Sequence[tuple[Outcome, ...]], place: Place
) -> None:
    for entry, steps in zip(plan.entries, outcomes, strict=True):
        if entry.criterion != alternative.criterion or entry.purpose is not Purpose.CASE:
            continue
        label = f"alternative '{alternative.name}', case '{entry.name}'"
        returning = steps[:-1] if entry.raises and is_raised(entry, steps) else steps
        if failed := [outcome for outcome in returning if outcome.status is not Status.RETURNED]:
            raise AuthorError(
                f"{label}: it does not return ({failed[0].status}){what_was_raised([steps], place)}",
                _AND_ALSO.get(failed[0].status, "let it return in every case, as the reference does"),
            )
        _check_raises(label, entry, steps, "it")
        for name in entry.grade:
            _check_other(label, entry, name, steps[-1], alternative)


def _check_other(label: str, entry: Entry, name: str, outcome: Outcome, alternative: Alternative) -> None:
    """Refuse an answer of an alternative that is none, or that is an input; a bound of a range may be one."""
    answer = _finite(label, entry, name, outcome, "its")
    if not (entry.echo or alternative.between):
        _check_echo(label, entry, name, answer)


def what_was_raised(outcomes: Sequence[tuple[Outcome, ...]], place: Place) -> str:
    """The first error of a variant, since a name that is wrong in it is told by nothing else."""
    troubles = [outcome.trouble for steps in outcomes for outcome in steps if outcome.trouble]
    return f"; it raises {_told(troubles[0], place)}" if troubles else ""


def _told(trouble: Trouble, place: Place) -> str:
    where = place(trouble)
    return f"{trouble.type_name}: {trouble.message}{f' ({where})' if where else ''}"
