"""What is wrong beside what is told first: other results, and what other cases raised.

takes: a criterion's rule, a verdict, and the finding that is told.
gives: sentences to follow the one about that finding, each after a space; "" where nothing else is wrong; the step that
    another result gives where that one gives none, or holds what is right of it; the mistake that the result shows
    which is told, where those beside it have faults of their own.
must not know: HTML, arrays, points.
"""

from __future__ import annotations

from dataclasses import replace

from grader.answer_key import CriterionRule, MistakeRule
from grader.feedback.case_wording import Place, is_packed, say_case
from grader.feedback.next_step.next_wording import try_next
from grader.feedback.reading_wording import is_number, say_reading
from grader.feedback.reshaping import NOT_EITHER
from grader.judge import Finding, Flaw, Pattern, Problem, Reading, Verdict
from grader.judge.reading.patterns import VAGUE
from grader.wire import RAISES, Status

LONG = 150  # characters of a message that is told beside another; numpy's own are as long


def known_in(rule: CriterionRule, verdict: Verdict, told: Finding) -> MistakeRule | None:
    """The declared mistake in the result that is told, or in all cases of the behaviour that is."""
    name = dict(verdict.mistakes_in).get(told.problem.output if told.problem else "")
    name = name or dict(verdict.shown_in).get(told.behaviour if told.problem else "")
    return next((mistake for mistake in rule.mistakes if mistake.name == name), None)


def say_beside(rule: CriterionRule, verdict: Verdict, told: Finding, place: Place) -> str:
    """Whatever else is wrong: one who mends what is told first need not find the next by trying again."""
    if told.problem is None:
        return ""
    return _others(rule, verdict, told, place) + _raised(rule, verdict, told, place)


def step_beside(rule: CriterionRule, verdict: Verdict) -> str:
    """What to try where the result that is told first reads as nothing, and another does; "" where none does."""
    telling = ((name, of) for name, of in verdict.others_read if of.pattern not in VAGUE)
    read = {name: reading for name, reading in telling if not rule.is_count(name)}
    for one in verdict.findings:
        reading = read.get(one.problem.output) if one.problem and one.visibility == "public" else None
        if one.problem is not None and reading is not None:
            return f"Begin with `{one.problem.output}`, which tells more. {try_next(rule, one, reading)}"
    return ""


def step_of_order(rule: CriterionRule, verdict: Verdict, told: Finding) -> str:
    """What to try where a result has another's shape, and that has what is right of it; "" where it has not.

    Where both are numbers, or of one shape, the order is what their values read as.
    """
    problem = told.problem
    if problem is None or problem.flaw is not Flaw.SHAPE:
        return ""
    order = Reading(Pattern.OTHER_OUTPUT, (problem.output,))
    holders = {name for name, of in verdict.others_read if of == order}
    is_returned = rule.left.keys().isdisjoint({problem.output, *holders})
    return try_next(rule, told, order) if holders and is_returned else ""


def _others(rule: CriterionRule, verdict: Verdict, finding: Finding, place: Place) -> str:
    """What is wrong with results other than the one that is told, each by a public case."""
    told = finding.problem
    if told is None or (verdict.reading is not None and verdict.reading.pattern is Pattern.OTHER_OUTPUT):
        return ""  # the order alone makes the others wrong
    first: dict[str, Finding] = {}
    for one in verdict.findings:
        if one.problem is None or one.problem.output in ("", told.output) or one.visibility != "public":
            continue
        if not _is_same(told, one.problem):  # what the call before it has raised is said once
            first.setdefault(one.problem.output, replace(one, before=None) if one.before == finding.before else one)
    numbers = {name for name, one in first.items() if one.problem is not None and is_number(one.problem)}
    places = {name: rule.place_of(name) for name in rule.left}
    read = {name: say_reading(of, name, name in numbers, places.get(name, "")) for name, of in verdict.others_read}
    read |= {name: "" for name, one in first.items() if one.problem is not None and is_packed(one.problem)}
    listed = "; ".join(_other(rule, one, place, name, read.get(name, "")) for name, one in first.items())
    return f" {NOT_EITHER}{listed}." if listed else ""


def _is_same(told: Problem, other: Problem) -> bool:
    """Whether both are not there as something else was returned in the place of what has them."""
    types = [str(one.facts.get("type", "dict")) for one in (told, other) if one.flaw is Flaw.NONE]
    return len(types) == 2 and types[0] == types[1] and not types[0].startswith(("dict", RAISES))


def _other(rule: CriterionRule, one: Finding, place: Place, name: str, read: str) -> str:
    """One more result: how its numbers read is enough where that names it, since each case has its figures below."""
    if f"`{name}`" in read and one.problem is not None and one.problem.flaw is Flaw.VALUES:
        return _within(read)
    fact = _within(say_case(rule, replace(one, elsewhere=""), place))
    return f"{fact} ({_within(read)})" if read else fact


def _raised(rule: CriterionRule, verdict: Verdict, told: Finding, place: Place) -> str:
    """What another case raised, as its line is marked: a public one, of which the message is known, before others.

    Or that it raised nothing, where an error is due; of several alike one is enough.
    """
    wrong = [one for one in verdict.findings if not (one.right or one.earlier or _is_as(told, one))]
    raised = [one for one in wrong if one.status is Status.RAISED or one.raises]
    if not raised:
        return ""
    one = min(raised, key=lambda finding: finding.visibility != "public")
    where = f"the hidden case '{one.case}'" if one.visibility != "public" else f"'{one.case}'"
    if one.trouble is not None and len(one.trouble.message) > LONG:
        one = replace(one, trouble=replace(one.trouble, message=f"{one.trouble.message[:LONG].rstrip()} …"))
    return f" In {where} {_within(say_case(rule, one, place))}."


def _is_as(told: Finding, other: Finding) -> bool:
    """Whether nothing is raised in both where an error is due, or the same line raises another one."""
    places = [(one.trouble.cell, one.trouble.line) if one.trouble else (0, 0) for one in (told, other)]
    return bool(told.raises and other.raises) and told.status is other.status and places[0] == places[1]


def _within(sentence: str) -> str:
    """A sentence as a part of another; a name that it begins with is spelt as it is."""
    is_name = "." in sentence.partition(" ")[0] or ", called before, " in sentence
    return sentence[:-1] if is_name else f"{sentence[0].lower()}{sentence[1:-1]}"
