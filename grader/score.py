"""What a verdict is worth: a policy over the rubric, in exact fractions.

takes: a criterion's rule and the verdicts that apply to it.
gives: the best verdict for the student, with its points; `None` points where we could not grade.
must not know: arrays, files, how a verdict was reached, words.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from grader.answer_key import CriterionRule
from grader.judge import RIGHT, Basis, Kind, Verdict
from grader.wire.quick import dataclass


class Standing(StrEnum):
    """How one behaviour came out."""

    HELD = "held"
    LOST = "lost"
    NOT_SHOWN = "not shown"  # no case of it in this key: a public cut


@dataclass(frozen=True)
class Earned:
    """The points of one behaviour."""

    behaviour: str
    points: Fraction
    max_points: Fraction
    standing: Standing


@dataclass(frozen=True)
class Score:
    """The verdict that counts and what it is worth; `points` is `None` where we could not grade."""

    verdict: Verdict
    points: Fraction | None
    max_points: Fraction
    earned: tuple[Earned, ...]


def score(rule: CriterionRule, verdicts: Sequence[Verdict]) -> Score:
    """Pick the verdict that is best for the student; among equals the one the judge prefers."""
    ungraded = [verdict for verdict in verdicts if verdict.kind is Kind.UNGRADED]
    if ungraded:
        return Score(ungraded[0], None, rule.points, ())
    best = max(verdicts, key=lambda verdict: _worth(rule, verdict))
    return Score(best, _worth(rule, best), rule.points, _earned(rule, best))


def _worth(rule: CriterionRule, verdict: Verdict) -> Fraction:
    if verdict.kind in RIGHT:
        return rule.points
    if verdict.kind is Kind.NOT_ATTEMPTED:
        return Fraction(0)
    by_behaviour = sum((b.points for b in rule.behaviours if b.name in verdict.held), Fraction(0))
    return max(by_behaviour, _credit(rule, verdict))


def _credit(rule: CriterionRule, verdict: Verdict) -> Fraction:
    if verdict.kind is Kind.KNOWN_MISTAKE:
        return next((m.credit for m in rule.mistakes if m.name == verdict.mistake), Fraction(0)) * rule.points
    if verdict.kind is Kind.CONSISTENT and rule.follow_through is not None:
        following = (b.points for b in rule.behaviours if b.name in verdict.following)
        return rule.follow_through.credit * (
            sum(following, Fraction(0)) if verdict.basis is Basis.OWN_IN_PART else rule.points
        )
    return Fraction(0)


def _earned(rule: CriterionRule, verdict: Verdict) -> tuple[Earned, ...]:
    shown = {finding.behaviour for finding in verdict.findings}
    full = verdict.kind in RIGHT
    earned = []
    for behaviour in rule.behaviours:
        held = full or (behaviour.name in verdict.held and verdict.kind is not Kind.NOT_ATTEMPTED)
        standing = Standing.HELD if held else Standing.LOST
        if behaviour.name not in shown:
            standing = Standing.NOT_SHOWN
        points = behaviour.points if held else Fraction(0)
        earned.append(Earned(behaviour.name, points, behaviour.points, standing))
    return tuple(earned)
