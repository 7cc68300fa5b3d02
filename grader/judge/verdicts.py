"""What all findings of a criterion amount to: a verdict on its own results, one given the reference's, one relative."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from operator import itemgetter

import numpy as np
from msgspec.structs import replace

from grader.extract.model import Facts
from grader.judge.differences import differences
from grader.judge.findings import find, held, problems_of, stages
from grader.judge.gradient import is_consistent
from grader.judge.mistakes import recognise
from grader.judge.model import RIGHT, Finding, Flaw, Kind, Note, NoteKind, Verdict
from grader.judge.notes import notes_on
from grader.key.model import REFERENCE, Basis, CriterionRule, Key, Stage, needed_by
from grader.outcomes import Outcomes, Status


@np.errstate(all="ignore")
def judge(key: Key, outcomes: Outcomes, facts: Facts) -> dict[str, tuple[Verdict, ...]]:
    """Give each criterion its verdict on its own results; where that is not right, those on other bases as asked."""
    own = {rule.name: _own(key, outcomes, rule, facts) for rule in key.rubric.criteria}
    return {rule.name: _on_all_bases(key, outcomes, rule, own) for rule in key.rubric.criteria}


@np.errstate(all="ignore")
def not_right(key: Key, outcomes: Outcomes, known: Collection[str] = ()) -> set[str]:
    """The criteria with a wrong own finding; those `known` to be so stay so. Cases without points do not count."""
    others = (one for one in key.rubric.criteria if one.name not in known)
    return {*known, *(one.name for one in others if not _is_right(one, stages(key, outcomes, one.name, Basis.OWN)))}


def _is_right(rule: CriterionRule, asked: Sequence[Stage]) -> bool:
    """Whether all that can cost points is right by one and the same variant."""
    return any(not any(one.behaviour and problems_of(one, variant) for one in asked) for variant in rule.variants)


def _own(key: Key, outcomes: Outcomes, rule: CriterionRule, facts: Facts) -> Verdict:
    asked = stages(key, outcomes, rule.name, Basis.OWN)
    verdict = _verdict(rule, asked, Basis.OWN)
    # What was called may be another function than the untouched one that was read; then it is judged by what it does.
    if rule.name in facts.untouched and verdict.kind not in (*RIGHT, Kind.UNGRADED):
        return Verdict(rule.name, Kind.NOT_ATTEMPTED, findings=verdict.findings)
    return replace(verdict, notes=notes_on(key, rule, asked, verdict.kind, verdict.alternative or REFERENCE))


def _on_all_bases(key: Key, outcomes: Outcomes, rule: CriterionRule, own: Mapping[str, Verdict]) -> tuple[Verdict, ...]:
    verdict = own[rule.name]
    if verdict.kind in RIGHT:
        return (verdict,)
    given, notes = _given(key, outcomes, rule, own), verdict.notes
    relative = None if given is not None and given.kind in RIGHT else _relative(key, outcomes, rule, own)
    if relative is not None:
        notes += (Note(NoteKind.CONSISTENT, (relative.criterion,)),)
    return tuple(replace(one, notes=notes) for one in (verdict, given, relative) if one is not None)


def _given(key: Key, outcomes: Outcomes, rule: CriterionRule, own: Mapping[str, Verdict]) -> Verdict | None:
    """The verdict given the reference's results, where that can count or say more: it is right, or these were wrong.

    A behaviour that no given case shows is taken from the own ones.
    """
    asked = [stage for stage in stages(key, outcomes, rule.name, Basis.GIVEN) if stage.behaviour]
    if not asked:
        return None
    shown = {"", *(stage.behaviour for stage in asked)}
    rest = [one for one in stages(key, outcomes, rule.name, Basis.OWN) if one.behaviour not in shown]
    needed = {name for one in asked for name in needed_by(key, one.number) if name in own}
    counts = any(_is_wrong(own[name]) for name in needed)
    if (own[rule.name].kind is Kind.NOT_ATTEMPTED or not counts) and not _is_right(rule, [*asked, *rest]):
        return None
    return replace(_verdict(rule, [*asked, *rest], Basis.GIVEN), counts=counts)


def _is_wrong(verdict: Verdict) -> bool:
    return bool(verdict.findings) and verdict.kind not in RIGHT


def _relative(key: Key, outcomes: Outcomes, rule: CriterionRule, own: Mapping[str, Verdict]) -> Verdict | None:
    """That a function is the gradient of the student's own forward, where that forward is not right."""
    verdict = own[rule.name]
    if verdict.kind in (Kind.NOT_ATTEMPTED, Kind.MISSING, Kind.UNGRADED):
        return None
    for index, gradient in enumerate(key.rubric.gradients):
        before = {*key.entries[gradient.base].stages} - {rule.name} if gradient.of == rule.name else set()
        if any(_is_wrong(own[name]) for name in before) and is_consistent(key, outcomes, index):
            return replace(verdict, kind=Kind.CONSISTENT, basis=Basis.RELATIVE, mistake="", differences=())
    return None


def _verdict(rule: CriterionRule, asked: Sequence[Stage], basis: Basis) -> Verdict:
    """Judge these stages by the reference, or by the alternative that is best for the student."""
    graded = [stage for stage in asked if stage.behaviour]
    tried = []
    for variant in rule.variants:
        found, alternative = find(graded, variant), "" if variant == REFERENCE else variant
        if found and all(one.right for one in found):
            kind = Kind.ALTERNATIVE if alternative else Kind.CORRECT
            return Verdict(rule.name, kind, basis, found, alternative=alternative)
        behaviours, wrong = held(rule, found), {name for one in found for name in one.wrong}
        tried.append((sum(behaviours.values(), Fraction(0)), -len(wrong), found, behaviours, alternative))
    # The points of what holds, then how few results are wrong: twice an average may happen to be a sum.
    *_, found, behaviours, alternative = max(tried, key=itemgetter(0, 1))
    verdict = Verdict(rule.name, _kind(found, behaviours), basis, found, behaviours, alternative=alternative)
    if verdict.kind is Kind.UNGRADED:
        return verdict
    mistakes = recognise(rule, graded)
    # Given cases are few, and what two mistakes have in common in them says nothing.
    if mistakes and (basis is Basis.OWN or len(mistakes) == 1):
        return replace(verdict, kind=Kind.KNOWN_MISTAKE, mistake=mistakes[0])
    return replace(verdict, differences=differences(rule, graded, found, alternative or REFERENCE))


def _kind(found: Sequence[Finding], behaviours: Mapping[str, Fraction]) -> Kind:
    """What findings amount to that are not all right. A missing name of another function is that one's."""
    returned = {Status.RETURNED for one in found if one.problem is None or one.problem.flaw is not Flaw.STATUS}
    statuses = returned | {one.status for one in found if not (one.status is Status.MISSING and one.blocked_by)}
    if not found or Status.FAULT in statuses:
        return Kind.UNGRADED
    if behaviours:
        return Kind.PARTLY
    if Status.RETURNED in statuses:
        return Kind.WRONG
    if statuses & {Status.RAISED, Status.KILLED}:
        return Kind.CRASHED
    if Status.TIMED_OUT in statuses or any("timed out" in one.reason for one in found):
        return Kind.TIMED_OUT
    return Kind.MISSING if Status.MISSING in statuses else Kind.CRASHED
