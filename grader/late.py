"""What lateness costs: a policy over the points of a whole submission, in exact fractions."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from grader.assignment.words import LatePolicy
from grader.intake.arrival import Arrival

DAY = timedelta(days=1)


def late_seconds(policy: LatePolicy | None, arrival: Arrival) -> int | None:
    """How late a submission was in seconds; `None` where that is not known.

    What a platform or a TA says counts more than the clock: an extension is a lateness of 0.
    """
    if arrival.late_by is not None:
        return max(0, arrival.late_by)
    if policy is None or policy.due is None or not arrival.handed_in:
        return None
    late = datetime.fromisoformat(arrival.handed_in) - policy.due
    return max(0, round(late.total_seconds()))


def late_deduction(policy: LatePolicy | None, max_points: Fraction, arrival: Arrival) -> Fraction:
    """The points that lateness costs: a part of all points for each day begun after the grace, up to the cap."""
    seconds = late_seconds(policy, arrival)
    if policy is None or seconds is None or timedelta(seconds=seconds) <= policy.grace:
        return Fraction(0)
    days = -((policy.grace - timedelta(seconds=seconds)) // DAY)
    return min(policy.per_day * days, policy.cap) * max_points


def after_deduction(points: Fraction, deduction: Fraction) -> Fraction:
    """The points that are left: lateness never costs more than was earned."""
    return max(points - deduction, Fraction(0))
