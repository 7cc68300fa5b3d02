"""What a verdict is worth: a policy over the rubric, in exact fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from grader.judge.model import RIGHT, Kind, Verdict
from grader.key.model import Basis, CriterionRule, Key
from grader.outcomes import Status

__all__ = ["RIGHT", "Earned", "Score", "Standing", "score", "score_all"]


class Standing(StrEnum):
    """How one behaviour came out."""

    HELD = "held"
    LOST = "lost"
    NOT_SHOWN = "not shown"  # the key has no case of it: a public cut


@dataclass(frozen=True)
class Earned:
    """The points of one behaviour."""

    behaviour: str
    points: Fraction
    max_points: Fraction
    standing: Standing


@dataclass(frozen=True)
class Score:
    """The verdict that counts and what it is worth; `points` is None where we could not grade.

    `others` are the verdicts on the other bases.
    """

    verdict: Verdict
    points: Fraction | None
    max_points: Fraction
    earned: tuple[Earned, ...] = ()
    others: tuple[Verdict, ...] = ()


def score_all(key: Key, verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, Score]:
    """Score each criterion by its verdicts."""
    worth = {gradient.of: gradient.worth for gradient in key.rubric.gradients}
    return {one.name: score(one, verdicts[one.name], worth.get(one.name, Fraction(0))) for one in key.rubric.criteria}


def score(rule: CriterionRule, verdicts: Sequence[Verdict], worth: Fraction = Fraction(0)) -> Score:
    """Pick the verdict that is best for the student; among equals the one that says most, then the first.

    `worth` is the part of the points that being consistent with the student's own forward earns.
    """
    counting = [verdict for verdict in verdicts if verdict.counts]
    best = max(counting, key=lambda verdict: (_points_of(rule, verdict, worth), _telling(verdict)))
    points = _points_of(rule, best, worth)
    ungraded = next((verdict for verdict in counting if verdict.kind is Kind.UNGRADED), None)
    if ungraded is not None and points < rule.points:
        return Score(ungraded, None, rule.points)
    return Score(best, points, rule.points, _earned(rule, best), tuple(one for one in verdicts if one is not best))


def _points_of(rule: CriterionRule, verdict: Verdict, worth: Fraction) -> Fraction:
    if verdict.kind in RIGHT:
        return rule.points
    if verdict.basis is Basis.RELATIVE:
        return worth * rule.points
    if verdict.kind in (Kind.NOT_ATTEMPTED, Kind.UNGRADED):
        return Fraction(0)
    credit = next((mistake.credit for mistake in rule.mistakes if mistake.name == verdict.mistake), Fraction(0))
    return max(sum(verdict.held.values(), Fraction(0)), credit * rule.points)


def _telling(verdict: Verdict) -> int:
    """How much a verdict says: a mistake by name, that all is consistent, or what was reached at all."""
    reached = any(finding.status is not Status.NOT_REACHED for finding in verdict.findings)
    return {Kind.KNOWN_MISTAKE: 3, Kind.CONSISTENT: 2}.get(verdict.kind, int(reached))


def _earned(rule: CriterionRule, verdict: Verdict) -> tuple[Earned, ...]:
    shown = {finding.behaviour for finding in verdict.findings}
    earned = []
    for behaviour in rule.behaviours:
        points = behaviour.points if verdict.kind in RIGHT else verdict.held.get(behaviour.name)
        standing = Standing.HELD if points == behaviour.points else Standing.LOST
        standing = standing if behaviour.name in shown else Standing.NOT_SHOWN
        earned.append(Earned(behaviour.name, points or Fraction(0), behaviour.points, standing))
    return tuple(earned)
