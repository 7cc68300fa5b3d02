"""What a verdict is worth: a policy over the rubric, in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from grader.judge.model import Kind, Verdict
from grader.key.model import Basis, CriterionRule

RIGHT = frozenset({Kind.CORRECT, Kind.ALTERNATIVE})


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


def score(rule: CriterionRule, verdicts: Sequence[Verdict], worth: Fraction = Fraction(0)) -> Score:
    """Pick the verdict that is best for the student; among equals the first, which is the one on the own basis.

    `worth` is the part of the points that being consistent with the student's own forward earns.
    """
    ungraded = [verdict for verdict in verdicts if verdict.kind is Kind.UNGRADED]
    if ungraded:
        return Score(ungraded[0], None, rule.points)
    best = max(verdicts, key=lambda verdict: points_of(rule, verdict, worth))
    others = tuple(verdict for verdict in verdicts if verdict is not best)
    return Score(best, points_of(rule, best, worth), rule.points, _earned(rule, best), others)


def points_of(rule: CriterionRule, verdict: Verdict, worth: Fraction = Fraction(0)) -> Fraction:
    """What one verdict is worth by itself."""
    if verdict.kind in RIGHT:
        return rule.points
    if verdict.basis is Basis.RELATIVE:
        return worth * rule.points if verdict.kind is Kind.CONSISTENT else Fraction(0)
    if verdict.kind is Kind.NOT_ATTEMPTED:
        return Fraction(0)
    held = sum((behaviour.points for behaviour in rule.behaviours if behaviour.name in verdict.held), Fraction(0))
    credit = next((mistake.credit for mistake in rule.mistakes if mistake.name == verdict.mistake), Fraction(0))
    return max(held, credit * rule.points)


def _earned(rule: CriterionRule, verdict: Verdict) -> tuple[Earned, ...]:
    shown = {finding.behaviour for finding in verdict.findings}
    earned = []
    for behaviour in rule.behaviours:
        held = verdict.kind in RIGHT or behaviour.name in verdict.held
        standing = Standing.HELD if held else Standing.LOST if behaviour.name in shown else Standing.NOT_SHOWN
        earned.append(Earned(behaviour.name, behaviour.points if held else Fraction(0), behaviour.points, standing))
    return tuple(earned)
