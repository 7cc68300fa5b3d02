"""The late policy: exact, and never more than was declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment.words import LatePolicy
from grader.intake.arrival import Arrival
from grader.late import after_deduction, late_deduction, late_seconds

DUE = datetime(2026, 11, 20, 23, tzinfo=UTC)
TENTH = LatePolicy(Fraction(1, 10), Fraction(1, 2), timedelta(minutes=30), DUE)
MOST = Fraction(100)
DAY = 86_400

COSTS = [
    (None, 0), (0, 0), (1, 0), (1800, 0), (1801, 10), (1800 + DAY, 10), (1801 + DAY, 20), (1800 + 5 * DAY, 50),
    (1800 + 40 * DAY, 50),
]  # fmt: skip


@pytest.mark.parametrize(("late_by", "cost"), COSTS)
def test_each_day_begun_costs_its_part_up_to_the_cap(late_by: int | None, cost: int) -> None:
    """Within the grace nothing; a second past it a day's part; days are counted from the end of the grace."""
    assert late_deduction(TENTH, MOST, Arrival(late_by=late_by)) == cost


TIMES = [
    ("2026-11-21T00:00:00+00:00", None, 3600), ("2026-11-21T01:00:00+01:00", None, 3600),
    ("2026-11-20T10:00:00Z", None, 0), ("", None, None), ("2026-11-21T00:00:00+00:00", 0, 0), ("", 60, 60), ("", -5, 0),
]  # fmt: skip


@pytest.mark.parametrize(("handed_in", "late_by", "seconds"), TIMES)
def test_what_a_platform_or_a_ta_says_counts_more_than_the_clock(
    handed_in: str, late_by: int | None, seconds: int | None
) -> None:
    """An extension is a lateness of 0; without a time and without a word nothing is known, and it costs nothing."""
    arrival = Arrival(handed_in=handed_in, late_by=late_by)
    assert late_seconds(TENTH, arrival) == seconds
    assert late_seconds(None, Arrival(handed_in=handed_in)) is None
    assert late_seconds(LatePolicy(Fraction(1)), Arrival(handed_in=handed_in)) is None


@given(st.fractions(0, 1), st.fractions(0, 1), st.integers(0, 10**6), st.integers(0, 10**8), st.fractions(0, 100))
def test_laws_of_lateness(per_day: Fraction, cap: Fraction, grace: int, late_by: int, points: Fraction) -> None:
    """Never above the cap, never below zero points, never less for being later, and exact."""
    policy = LatePolicy(per_day, cap, timedelta(seconds=grace))
    cost = late_deduction(policy, MOST, Arrival(late_by=late_by))
    assert 0 <= cost <= cap * MOST
    assert cost <= late_deduction(policy, MOST, Arrival(late_by=late_by + 3600))
    assert isinstance(cost, Fraction)
    assert 0 <= after_deduction(points, cost) <= points
    assert late_deduction(None, MOST, Arrival(late_by=late_by)) == 0
