"""What is said of a late hand-in: how late, what it costs and why, or why it costs nothing.

takes: the rule on lateness, how a hand-in came, how late it was.
gives: sentences for the page.
must not know: HTML, the policy's arithmetic (`lateness.py` has it).
"""

from __future__ import annotations

from fractions import Fraction

from grader.answer_key import LateRule
from grader.feedback.points import show_count, show_points
from grader.intake import Arrival
from grader.lateness import late_deduction

_PLACES = {"canvas": "Canvas", "moodle": "Moodle", "gradescope": "Gradescope"}
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def late_notes(
    rule: LateRule | None, arrival: Arrival, late_by: int | None, most: Fraction, earned: Fraction | None
) -> tuple[str, ...]:
    """One sentence on lateness, or none where there is nothing to say; `earned` are the points before it."""
    if late_by:
        deduction = late_deduction(rule, most, late_by)
        return (f"Handed in {show_span(late_by)} late: {_cost(rule, deduction, earned)}.",)
    if late_by is None and arrival.marked_late:
        place = _PLACES.get(arrival.layout, "The place it came from")
        return (f"{place} marks this as late but does not say by how much, so nothing was taken off for it.",)
    return ()


def _cost(rule: LateRule | None, deduction: Fraction, earned: Fraction | None) -> str:
    if rule is None:
        return "this assignment takes nothing off for that"
    if not deduction:
        return f"that is within the grace of {show_span(rule.grace)}, and nothing is taken off"
    # True also after points were given by hand, when the page says what was taken then.
    left = "" if earned is None or earned >= deduction else ", or as many as there are"
    return f"{show_points(deduction)} points are taken off the total{left} ({show_policy(rule)})"


def show_policy(rule: LateRule) -> str:
    """The rule in words: `10 % of all points for each day begun, after 30 minutes of grace, at most 50 %`."""
    parts = [f"{_percent(rule.per_day)} of all points for each day begun"]
    if rule.grace:
        parts.append(f"after a grace of {show_span(rule.grace)}")
    if rule.cap < 1:
        parts.append(f"at most {_percent(rule.cap)}")
    return ", ".join(parts)


def _percent(part: Fraction) -> str:
    return f"{show_points(part * 100)} %"


def show_span(seconds: int) -> str:
    """The two largest units of a time span: `1 day 3 hours`."""
    said = []
    for size, unit in UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            said.append(show_count(number, unit))
    return " ".join(said[:2]) or "0 seconds"
