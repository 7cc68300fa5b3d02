"""The headline of a verdict, and the next step: what was found, why it is wrong, and one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from grader.extract import Facts
from grader.feedback.case_sentences import Place, advise_problem, say_case, say_trouble
from grader.feedback.difference_sentences import advise_difference, say_difference
from grader.feedback.error_advice import BY_TYPE, advise
from grader.feedback.numbers import show_list
from grader.judge.model import Finding, Kind, Verdict
from grader.key import Basis, CriterionRule, Key, needed_by
from grader.outcomes import Status
from grader.score import RIGHT, Score

LOOK_AGAIN = "Compare your formula with the lecture's, term by term, on the smallest public case."


@dataclass(frozen=True)
class Context:
    """What a headline is about: the key, one rule and its score, facts of the program, and how places are written."""

    key: Key
    rule: CriterionRule
    score: Score
    facts: Facts
    place: Place

    @property
    def verdict(self) -> Verdict:
        """The verdict that counts."""
        return self.score.verdict


def say(context: Context) -> tuple[str, str]:
    """The headline and the next step."""
    verdict = context.verdict
    match verdict.kind:
        case Kind.CORRECT:
            return _say_correct(context), ""
        case Kind.ALTERNATIVE:
            note = next(one.note for one in context.rule.alternatives if one.name == verdict.alternative)
            return f"Right, by another convention: {note}", ""
        case Kind.KNOWN_MISTAKE:
            return _say_mistake(context)
        case Kind.CONSISTENT:
            return "It is consistent with its own forward: the error is in the forward.", "Fix the forward first."
        case Kind.NOT_ATTEMPTED:
            return (
                "Not attempted: the function is empty, or as the hand-out left it.",
                "Write your code between the TODO line and the END OF YOUR CODE line.",
            )
        case Kind.MISSING:
            return _say_missing(context)
        case Kind.UNGRADED:
            return (
                "Could not be graded: the grader failed here, not this function. No points are lost.",
                "Nothing to do for you: a teaching assistant grades it again.",
            )
        case Kind.PARTLY | Kind.WRONG | Kind.CRASHED | Kind.TIMED_OUT:
            return _say_failing(context)


def _needs(context: Context) -> list[str]:
    """The graded functions whose results were replaced by the reference's."""
    names = [name for finding in context.verdict.findings for name in sorted(needed_by(context.key, finding.entry))]
    return list(dict.fromkeys(names))


def _say_correct(context: Context) -> str:
    if context.verdict.basis is Basis.OWN:
        return "Right on every check."
    needs = show_list([f"`{name}`" for name in _needs(context)], "or")
    return f"Right, given the reference's results of {needs}: an error there costs points only there."


def _say_mistake(context: Context) -> tuple[str, str]:
    verdict = context.verdict
    mistake = next(one for one in context.rule.mistakes if one.name == verdict.mistake)
    said, step = f"{_on_hidden(verdict)}{mistake.feedback}", mistake.next_step or LOOK_AGAIN
    if verdict.basis is Basis.GIVEN:
        needs = show_list([f"`{name}`" for name in _needs(context)], "or")
        said = f"Given the reference's results of {needs}, it gives what this mistake gives: {mistake.feedback}"
        return said, f"If yours are meant to be the same: {step}"
    return said, _first_the_cache(context) or step


def _on_hidden(verdict: Verdict) -> str:
    public = [finding for finding in verdict.findings if finding.visibility == "public"]
    return "Only hidden cases show it. " if public and all(finding.right for finding in public) else ""


def _first_the_cache(context: Context) -> str:
    """What to look at where a backward is right with the reference's cache, and its own forward is right too."""
    given = [one for one in context.score.others if one.basis is Basis.GIVEN and one.kind in RIGHT]
    if context.verdict.basis is not Basis.OWN or not given:
        return ""
    numbers = [finding.entry for finding in given[0].findings]
    forward = show_list(sorted({name for number in numbers for name in needed_by(context.key, number)}), "or")
    return (
        f"With the cache of the reference solution it is right: look at what `{forward}` puts into its cache, and whether"
        " anything changes it afterwards."
    )


def _say_missing(context: Context) -> tuple[str, str]:
    name, facts = context.rule.name, context.facts
    if name in facts.broken:
        trouble = facts.broken[name]
        step = BY_TYPE.get(trouble.type_name, BY_TYPE["SyntaxError"])
        return f"`{name}` could not be read: {say_trouble(trouble, context.place)}.", step
    trouble = context.verdict.trouble or _failed_at(context)
    if trouble is not None:
        said = f"`{name}` is not defined, because a statement failed: {say_trouble(trouble, context.place)}."
        return said, advise(trouble, "", is_public=True)
    if hint := facts.hints.get(name):
        return f"`{name}` is not there. {hint}", f"Define `{name}` with this very name."
    return f"`{name}` is not there.", f"Define `{name}` with this very name, as in the hand-out, and save the notebook."


def _failed_at(context: Context) -> object:
    place = context.facts.places.get(context.rule.name)
    failed = [one for one in context.facts.failed if place is not None and one.cell == place[0]]
    ended = [one for one in context.facts.failed if one.type_name in ("ProcessEnded", "TimeoutError")]
    return next(iter([*failed, *ended]), None)


def told_finding(verdict: Verdict) -> Finding | None:
    """The failing case that is shown: one that was reached, then a public one, then the first."""
    failing = [finding for finding in verdict.findings if not finding.right]
    if not failing:
        return None
    ended = {Kind.CRASHED: (Status.RAISED, Status.KILLED), Kind.TIMED_OUT: (Status.TIMED_OUT,)}.get(verdict.kind, ())

    def order(finding: Finding) -> tuple[bool, bool, bool]:
        blocked = bool(finding.blocked_by) or finding.status is Status.NOT_REACHED
        return blocked, finding.visibility != "public", bool(ended) and finding.status not in ended

    return min(failing, key=order)


def _say_failing(context: Context) -> tuple[str, str]:
    verdict, rule = context.verdict, context.rule
    finding = told_finding(verdict)
    if finding is None:
        return "It is not right yet.", LOOK_AGAIN
    said = say_case(rule, finding, context.place)
    if finding.visibility != "public":
        all_public = "Every public case is right. " if _on_hidden(verdict) else ""
        said = f"{all_public}On hidden inputs ('{finding.case}'): {said}"
    elif finding.status is not Status.RETURNED or any(one.right for one in verdict.findings if one.is_public):
        said = f"In '{finding.case}': {said}"
    differences = [one for one in verdict.differences if not one.result or one.result in finding.wrong or len(finding.wrong) < 2]
    said += "".join(f" {say_difference(one)}" for one in differences)
    if verdict.kind is Kind.PARTLY:
        said += _lost(context)
    return said, _first_the_cache(context) or _step(context, finding)


def _lost(context: Context) -> str:
    lost = [one.behaviour for one in context.score.earned if one.standing == "lost"]
    names = ", ".join(f"'{name}'" for name in lost)
    return f" Not right yet: {names}." if lost else ""


def _step(context: Context, finding: Finding) -> str:
    rule, verdict = context.rule, context.verdict
    is_public = finding.visibility == "public"
    if finding.blocked_by:
        return f"Fix `{finding.blocked_by}` first."
    if finding.trouble is not None and finding.status is Status.RAISED and finding.problem is None:
        return advise(finding.trouble, finding.case, is_public)
    if finding.status is Status.RAISED and finding.trouble is not None and finding.problem.flaw == "status":  # type: ignore[union-attr]
        return advise(finding.trouble, finding.case, is_public)
    if finding.status is Status.TIMED_OUT:
        return "Look for a loop that never ends, and replace loops over entries by whole-array operations."
    if finding.status is Status.KILLED:
        return "Remove calls that end the program (exit, os._exit), and look for arrays far larger than the inputs."
    if finding.problem is not None and (step := advise_problem(rule, finding.problem)):
        return step
    steps = [step for one in verdict.differences if (step := advise_difference(one))]
    return steps[0] if steps else LOOK_AGAIN
