"""The headline of a verdict, and the next step: what was found, why it is wrong, and one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from grader.extract import Facts
from grader.feedback.advice import BY_STATUS, BY_TYPE, LOOK, advise, advise_result
from grader.feedback.case_sentences import Place, say_case, say_difference, say_statement, say_trouble
from grader.feedback.numbers import show_names
from grader.judge.model import Difference, Finding, Kind, Verdict
from grader.key import Basis, CriterionRule, Key, needed_by
from grader.outcomes import ENDED, Status, Trouble
from grader.score import RIGHT, Score, Standing

ALWAYS = {
    Kind.CONSISTENT: (
        "It is the gradient of its own forward, as a numeric check shows: the error is in the forward.",
        "Fix the forward first. A teaching assistant may look at this function.",
    ),
    Kind.NOT_ATTEMPTED: (
        "Not attempted: the function is empty, or as the hand-out left it.",
        "Write your code where the hand-out leaves room for it.",
    ),
    Kind.UNGRADED: (
        "Could not be graded: the grader failed here, not this function. No points are lost.",
        "There is nothing for you to do: a teaching assistant grades it again.",
    ),
}


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
    kind = context.verdict.kind
    if kind in ALWAYS:
        return ALWAYS[kind]
    if kind in RIGHT:
        return _say_right(context), ""
    if kind is Kind.KNOWN_MISTAKE:
        return _say_mistake(context)
    return _say_missing(context) if kind is Kind.MISSING else _say_failing(context)


def _say_right(context: Context) -> str:
    verdict = context.verdict
    if verdict.kind is Kind.ALTERNATIVE:
        note = next(one.note for one in context.rule.alternatives if one.name == verdict.alternative)
        return f"Right, by another convention. {note}"
    if verdict.basis is Basis.OWN:
        return "Right on every check."
    needs = _needs(context.key, verdict)
    return f"Right, given the reference's results of {needs}: an error there costs points only there."


def _needs(key: Key, verdict: Verdict) -> str:
    """The graded functions whose results were replaced by the reference's."""
    names = [name for finding in verdict.findings for name in sorted(needed_by(key, finding.entry))]
    return show_names(list(dict.fromkeys(names)), "or")


def _say_mistake(context: Context) -> tuple[str, str]:
    verdict = context.verdict
    mistake = next(one for one in context.rule.mistakes if one.name == verdict.mistake)
    step = mistake.next_step or LOOK
    if verdict.basis is Basis.GIVEN:
        needs = _needs(context.key, verdict)
        said = f"Given the reference's results of {needs}, it returns what this mistake returns: {mistake.feedback}"
        return said, f"Fix {needs} first. If its results are then the reference's: {step}"
    hidden = "Only hidden cases show it. " if _is_right_in_public(verdict) else ""
    return f"{hidden}{mistake.feedback}", _first_the_cache(context) or step


def _is_right_in_public(verdict: Verdict) -> bool:
    public = [finding.right for finding in verdict.findings if finding.is_public]
    return bool(public) and all(public)


def _first_the_cache(context: Context) -> str:
    """What to look at where a backward is right with the reference's cache, and its own forward is right too."""
    given = [one for one in context.score.others if one.basis is Basis.GIVEN and one.kind in RIGHT]
    if context.verdict.basis is not Basis.OWN or not given:
        return ""
    forward = _needs(context.key, given[0])
    return (
        f"With the cache of the reference solution it is right: look at what {forward} puts into its cache, and whether"
        " anything changes it afterwards."
    )


def _say_missing(context: Context) -> tuple[str, str]:
    name, facts = context.rule.name, context.facts
    if broken := facts.broken.get(name):
        step = BY_TYPE.get(broken.type_name, BY_TYPE["SyntaxError"])
        return f"`{name}` could not be read: {say_trouble(broken, context.place)}.", step
    trouble = context.verdict.trouble or _failed_at(context)
    if trouble is not None:
        return f"`{name}` is not defined, because {say_statement(trouble, context.place)}.", advise(trouble)
    if hint := facts.hints.get(name):
        return f"`{name}` is not there. {hint}", f"Name it `{name}`, letter by letter."
    return f"`{name}` is not there.", f"Define `{name}`, spelled as in the hand-out, and save the file."


def _failed_at(context: Context) -> Trouble | None:
    """The statement that failed where the function is defined, else one that ended or hung the program."""
    place = context.facts.places.get(context.rule.name)
    failed = [one for one in context.facts.failed if place is not None and one.cell == place[0]]
    ended = [one for one in context.facts.failed if one.type_name in ENDED]
    return next(iter([*failed, *ended]), None)


def _told(verdict: Verdict) -> Finding:
    """The failing case that is shown: one that was reached, then a public one, then the first."""
    failing = [finding for finding in verdict.findings if not finding.right]
    ended = {Kind.CRASHED: (Status.RAISED, Status.KILLED), Kind.TIMED_OUT: (Status.TIMED_OUT,)}.get(verdict.kind, ())

    def order(finding: Finding) -> tuple[bool, bool, bool]:
        blocked = bool(finding.blocked_by) or finding.status is Status.NOT_REACHED
        return blocked, not finding.is_public, bool(ended) and finding.status not in ended

    return min(failing, key=order)


def _say_failing(context: Context) -> tuple[str, str]:
    verdict, finding = context.verdict, _told(context.verdict)
    said = say_case(context.rule, finding, context.place)
    if not finding.is_public:
        all_public = "Every public case is right. " if _is_right_in_public(verdict) else ""
        said = f"{all_public}On hidden inputs ('{finding.case}'): {said}"
    elif finding.status is not Status.RETURNED or any(one.right for one in verdict.findings if one.is_public):
        said = f"In '{finding.case}': {said}"
    if verdict.basis is Basis.GIVEN:
        said = f"Given the reference's results of {_needs(context.key, verdict)}: {said}"
    own = [one for one in verdict.differences if one.result.partition("[")[0] in finding.wrong]
    said = " ".join([said, *map(say_difference, verdict.differences if len(finding.wrong) < 2 else own)])
    lost = [f"'{one.behaviour}'" for one in context.score.earned if one.standing is Standing.LOST]
    if verdict.kind is Kind.PARTLY and lost:
        said += f" Not right yet: {', '.join(lost)}."
    step_by = own or [one for one in verdict.differences if one.name == "swapped"]
    return said, _first_the_cache(context) or _step(context, finding, step_by)


def _step(context: Context, finding: Finding, differences: list[Difference]) -> str:
    if finding.blocked_by:
        return f"Fix `{finding.blocked_by}` first."
    if finding.trouble is not None:
        return advise(finding.trouble, finding.case, finding.is_public)
    if finding.status in BY_STATUS:
        return BY_STATUS[finding.status]
    assert finding.problem is not None, "it is not right"
    return advise_result(context.rule, finding.problem, differences) or _compare(context, finding)


def _compare(context: Context, finding: Finding) -> str:
    """What to compare with where only numbers are off: a public case in which the same results are right, if any is."""
    about = {one.name: one.results or finding.wrong for one in context.rule.behaviours}
    right = [one for one in context.verdict.findings if one.right and set(finding.wrong) <= {*about[one.behaviour]}]
    like = next((one.case for one in right if one.is_public), "")
    if not like:
        return LOOK
    if not finding.is_public:
        return f"Try inputs of your own like those of '{finding.case}', and check one entry by hand."
    names, are = show_names(finding.wrong), "are" if len(finding.wrong) > 1 else "is"
    return f"In '{like}' {names} {are} right: look for what is different in '{finding.case}'."
