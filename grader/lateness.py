"""What lateness costs: a policy over the points of a whole hand-in, in exact fractions.

takes: the rule on lateness, when a hand-in came or how late somebody says that it was; points.
gives: the points that are taken off, and those that are left.
must not know: verdicts, words, files.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from grader.answer_key import LateRule

DAY = 24 * 60 * 60  # seconds


def seconds_late(rule: LateRule | None, handed_in: str, told: int | None) -> int | None:
    """How late a hand-in was: what somebody told, else from its time (ISO 8601) and the due one; `None`: unknown."""
    if told is not None:
        return max(0, told)
    if rule is None or not rule.due or not handed_in:
        return None
    late = datetime.fromisoformat(handed_in) - datetime.fromisoformat(rule.due)
    return max(0, round(late.total_seconds()))


def late_deduction(rule: LateRule | None, max_points: Fraction, late_by: int | None) -> Fraction:
    """The points that lateness costs: a part of all points for each day begun after the grace, up to the cap."""
    if rule is None or late_by is None or late_by <= rule.grace:
        return Fraction(0)
    days = -(-(late_by - rule.grace) // DAY)
    return min(rule.per_day * days, rule.cap) * max_points


def after_deduction(points: Fraction, deduction: Fraction) -> Fraction:
    """The points that are left: lateness never costs more than was earned."""
    return max(points - deduction, Fraction(0))
