"""What the judge says of the reference, the alternatives and the mistakes, as far as it makes a key unfair.

takes: a key, an assignment, and what the reference and its variants answered.
gives: nothing where all is well; `AuthorError` with what is wrong and what to do.
must not know: folders, sandboxes, submissions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.answer_key import AnswerKey
from grader.answer_key.rubric import CriterionRule
from grader.assignment import Alternative, Assignment, Mistake
from grader.errors import AuthorError
from grader.fair_key.answers import Place, what_was_raised
from grader.fair_key.refusals import Refusals
from grader.fair_key.slopes import check_gradient
from grader.judge import RIGHT, Basis, Kind, NoteKind, Verdict, rule_on
from grader.judge.bench import bench_of
from grader.judge.findings import Exam
from grader.plan import Purpose
from grader.wire import Outcome, Status


def check_verdicts(
    key: AnswerKey, assignment: Assignment, reference: Sequence[tuple[Outcome, ...]],
    sat: Mapping[str, Sequence[tuple[Outcome, ...]]], place: Place,
) -> None:  # fmt: skip
    """Refuse a key by which its own reference, alternatives or mistakes are not what they are declared to be."""
    ruled = rule_on(key, reference, {})
    exam = Exam(bench_of(key), dict(enumerate(reference)))
    refusals = Refusals()
    for rule in key.rubric.criteria:
        with refusals.noted():
            _check_right(exam, rule, ruled[rule.name][0])
    for alternative in assignment.alternatives:
        with refusals.noted():
            _check_alternative(key, alternative, sat[alternative.name])
    for mistake in assignment.mistakes:
        for form in mistake.forms:
            with refusals.noted():
                _check_mistake(key, mistake.name, form, sat[form.name], place)
    refusals.tell()


def _check_alternative(key: AnswerKey, alternative: Alternative, outcomes: Sequence[tuple[Outcome, ...]]) -> None:
    verdicts = rule_on(key, outcomes, {})[alternative.criterion]
    if not any(v.alternative == alternative.name or alternative.between for v in verdicts if v.kind in RIGHT):
        raise AuthorError(
            f"alternative '{alternative.name}' is not right by its own key, or is the reference itself",
            "add a case in which it answers otherwise than the reference, or drop it",
        )


def _check_right(exam: Exam, rule: CriterionRule, verdict: Verdict) -> None:
    """Refuse a reference that is not right, not steady, or not the gradient of its forward."""
    if verdict.kind is not Kind.CORRECT:
        raise AuthorError(
            f"{rule.name}: the reference is not right by its own key", "does it give equal answers twice?"
        )
    if any(note.kind is NoteKind.UNSTEADY for note in verdict.notes):
        cases = dict.fromkeys(exam.key.plan.entries[place].name for place, _, _ in exam.bench.repeats[rule.name])
        listed = " or ".join(f"'{case}'" for case in cases)
        raise AuthorError(
            f"{rule.name}, case {listed}: the reference answers two equal calls differently",
            "where it keeps a state, let each call of a case take inputs of its own",
        )
    _check_batch(exam, rule)
    _check_sizes(exam, rule)
    check_gradient(exam, rule)


def _check_batch(exam: Exam, rule: CriterionRule) -> None:
    """Refuse an axis of the batch that inputs of the follow-through do not have."""
    follow = rule.follow_through
    if follow is None or not follow.averaged:
        return
    for _, entry in exam.entries(rule.name, Purpose.OWN_GRADIENT):
        dimensions = entry.question.inputs[follow.batch].ndim
        if not -dimensions <= follow.batch_axis < dimensions:
            raise AuthorError(
                f"{rule.name}: batch= names axis {follow.batch_axis} of '{follow.batch}', which has {dimensions} axes",
                "axes are counted from 0",
            )


def _check_sizes(exam: Exam, rule: CriterionRule) -> None:
    """Refuse a length of what no case draws: no sentence could ever name it."""
    drawn = [entry.question.inputs for _, entry in exam.entries(rule.name, Purpose.CASE)]
    for size, (of, axis) in rule.sizes.items():
        if not any(of in inputs and -inputs[of].ndim <= axis < inputs[of].ndim for inputs in drawn):
            there = ", ".join(dict.fromkeys(name for inputs in drawn for name in inputs))
            raise AuthorError(
                f"{rule.name}: sizes= says that {size} is the length of axis {axis} of '{of}', which no case draws",
                f"axes are counted from 0; the cases draw {there}",
            )


def _check_mistake(
    key: AnswerKey, name: str, mistake: Mistake, outcomes: Sequence[tuple[Outcome, ...]], place: Place
) -> None:
    """`name` is the mistake's, of which this is one form."""
    verdicts = rule_on(key, outcomes, {})[mistake.criterion]
    if right := [verdict for verdict in verdicts if verdict.kind in RIGHT]:
        case = "case" if right[0].basis is Basis.OWN_CACHE else "handed case"
        raise AuthorError(
            f"mistake '{mistake.name}': no {case} of {mistake.criterion} tells it from a right answer",
            f"add a {case} on which it goes wrong, or drop it",
        )
    known = next((v.mistake for v in verdicts if v.kind is Kind.KNOWN_MISTAKE), "")
    if known != name:
        failed = what_was_raised(outcomes, place) or _what_did_not_return(outcomes)
        hint = "let it return in every case" if failed and not known else "add a case that tells the two apart"
        other = f"it is taken for '{known}'" if known else f"it returns nothing that could be recognised{failed}"
        raise AuthorError(f"mistake '{mistake.name}' is not recognised as itself: {other}", hint)


def _what_did_not_return(outcomes: Sequence[tuple[Outcome, ...]]) -> str:
    """The first call of a variant that had to be stopped, and why."""
    never = (Status.TIMED_OUT, Status.KILLED, Status.UNREADABLE)
    failed = [outcome for steps in outcomes for outcome in steps if outcome.status in never]
    return f"; it does not return ({failed[0].status}): {failed[0].reason}" if failed else ""
