"""Points in exact fractions: the best verdict counts, never more than was shown, and lateness as it was declared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_key import rule

from grader.assignment.words import LatePolicy
from grader.intake.arrival import Arrival
from grader.judge import Finding, Flaw, Kind, Problem, Verdict
from grader.key.model import Basis, BehaviourRule, MistakeRule
from grader.late import after_deduction, late_deduction, late_seconds
from grader.outcomes import Status
from grader.score import Standing, score

RULE = rule(
    "backward", ["dx"], BehaviourRule("values", Fraction(10)), BehaviourRule("shapes", Fraction(10, 3)),
    mistakes=(MistakeRule("a third", "", "", Fraction(1, 3), ()), MistakeRule("half", "", "", Fraction(1, 2), ())),
)  # fmt: skip
ALL = Fraction(40, 3)


def found(behaviour: str, status: Status = Status.RETURNED, right: bool = False) -> Finding:
    return Finding(0, "case", "public", behaviour, status, None if right else Problem(Flaw.VALUES))


def verdict(kind: Kind, basis: Basis = Basis.OWN, *held: str, **more: Any) -> Verdict:
    findings = more.pop("findings", tuple(found(one.name, right=one.name in held) for one in RULE.behaviours))
    points = {one.name: one.points for one in RULE.behaviours if one.name in held}
    return Verdict("backward", kind, basis, findings, points, **more)


OWN, GIVEN, RELATIVE = Basis.OWN, Basis.GIVEN, Basis.RELATIVE
UNREACHED = (found("values", Status.NOT_REACHED),)
BEST: list[tuple[list[Verdict], int, Fraction | None]] = [
    ([verdict(Kind.CORRECT, OWN, "values", "shapes")], 0, ALL),
    ([verdict(Kind.PARTLY, OWN, "values")], 0, Fraction(10)),
    ([verdict(Kind.WRONG), verdict(Kind.CORRECT, GIVEN)], 1, ALL),
    ([verdict(Kind.WRONG), verdict(Kind.CORRECT, GIVEN, counts=False)], 0, Fraction(0)),
    ([verdict(Kind.PARTLY, OWN, "values"), verdict(Kind.PARTLY, GIVEN, "shapes")], 0, Fraction(10)),
    ([verdict(Kind.CRASHED, findings=UNREACHED), verdict(Kind.WRONG, GIVEN)], 1, Fraction(0)),
    ([verdict(Kind.WRONG), verdict(Kind.KNOWN_MISTAKE, GIVEN, mistake="half")], 1, Fraction(20, 3)),
    ([verdict(Kind.WRONG), verdict(Kind.CONSISTENT, RELATIVE)], 1, Fraction(0)),
    ([verdict(Kind.PARTLY, OWN, "shapes"), verdict(Kind.CONSISTENT, RELATIVE, "shapes")], 0, Fraction(10, 3)),
    ([verdict(Kind.NOT_ATTEMPTED, OWN, "values")], 0, Fraction(0)),
    ([verdict(Kind.UNGRADED), verdict(Kind.PARTLY, GIVEN, "values")], 0, None),
    ([verdict(Kind.UNGRADED), verdict(Kind.CORRECT, GIVEN)], 1, ALL),
]


@pytest.mark.parametrize(("verdicts", "best", "points"), BEST)
def test_the_best_verdict_counts(verdicts: list[Verdict], best: int, points: Fraction | None) -> None:
    """Among equals the one that says most; what we could not grade is no zero; one for a sentence earns nothing."""
    one = score(RULE, verdicts)
    assert (one.verdict, one.points, one.max_points) == (verdicts[best], points, ALL)
    assert one.points is None or one.others == tuple(other for other in verdicts if other is not verdicts[best])


def test_each_behaviour_says_how_it_came_out() -> None:
    """Held, lost, or not shown, where a public key has no case of it."""
    one = score(RULE, [verdict(Kind.WRONG, findings=(found("values"),))])
    assert [(part.standing, part.points) for part in one.earned] == [(Standing.LOST, 0), (Standing.NOT_SHOWN, 0)]
    one = score(RULE, [verdict(Kind.PARTLY, OWN, "values")])
    assert [(part.standing, part.points) for part in one.earned] == [(Standing.HELD, 10), (Standing.LOST, 0)]


KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.CONSISTENT])
HELD = st.lists(st.sampled_from(["values", "shapes"]), max_size=1)
VERDICTS = st.builds(lambda kind, basis, held: verdict(kind, basis, *held), KINDS, st.sampled_from([OWN, GIVEN]), HELD)


@given(st.lists(VERDICTS, min_size=1, max_size=3))
def test_laws_of_scores(verdicts: list[Verdict]) -> None:
    """Exact, from zero to all points, all of them only for what is right, and never less for one more verdict."""
    one = score(RULE, verdicts)
    if one.points is not None:
        assert isinstance(one.points, Fraction)
        assert 0 <= one.points <= one.max_points
        assert (one.points == one.max_points) == any(each.kind in (Kind.CORRECT, Kind.ALTERNATIVE) for each in verdicts)
        fewer = score(RULE, verdicts[:1]).points
        assert fewer is None or one.points >= fewer


# ---- lateness -----------------------------------------------------------------------------------------------------

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
