"""What a verdict is worth: exact, never more than there is, never less than nothing, the best for the student.

takes: rules and verdicts made here, and any that hypothesis can think of.
gives: one promise a test, said in its docstring.
must not know: arrays, how a verdict was reached.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.answer_key import AlternativeRule, BehaviourRule, CriterionRule, FollowThroughRule, MistakeRule
from grader.assignment import Tolerance
from grader.judge import Basis, Finding, Kind, Verdict
from grader.score import Standing, score
from grader.wire import Status

NAMES = ("values", "shapes", "far")
RULE = CriterionRule(
    "back", "(dy, cache) -> dx", ("dx",),
    tuple(BehaviourRule(name, Fraction(points)) for name, points in zip(NAMES, ("8", "3/2", "1/2"), strict=True)),
    Tolerance(),
    (AlternativeRule("sum", "A sum is right too."),),
    (MistakeRule("halves", "It halves.", "", Fraction(1, 4)), MistakeRule("lost", "It is lost.", "", Fraction(0))),
    FollowThroughRule("ahead", ("y",), ("dy",), {"dx": "x"}, Fraction(1, 2)),
)  # fmt: skip
FINDINGS = tuple(Finding(name, "public", name, Status.RETURNED) for name in NAMES)


def verdict(kind: Kind, *held: str, **changes: object) -> Verdict:
    return Verdict("back", kind, FINDINGS, held, **changes)


WORTH = [
    (verdict(Kind.CORRECT), Fraction(10)),
    (verdict(Kind.ALTERNATIVE, alternative="sum"), Fraction(10)),
    (verdict(Kind.KNOWN_MISTAKE, mistake="halves"), Fraction(5, 2)),
    (verdict(Kind.KNOWN_MISTAKE, "values", mistake="halves"), Fraction(8)),
    (verdict(Kind.KNOWN_MISTAKE, "shapes", mistake="halves"), Fraction(5, 2)),
    (verdict(Kind.KNOWN_MISTAKE, "shapes", mistake="lost"), Fraction(3, 2)),
    (verdict(Kind.KNOWN_MISTAKE, mistake="of an older key"), Fraction(0)),
    (verdict(Kind.CONSISTENT), Fraction(5)),
    (verdict(Kind.CONSISTENT, "values", "far"), Fraction(17, 2)),
    (verdict(Kind.CONSISTENT, basis=Basis.OWN_IN_PART, follows=("dx",), following=("values",)), Fraction(4)),
    (verdict(Kind.CONSISTENT, "far", basis=Basis.OWN_IN_PART, follows=("dx",), following=("shapes",)), Fraction(3, 4)),
    (verdict(Kind.CONSISTENT, "shapes", basis=Basis.OWN_IN_PART, follows=("dx",), following=("far",)), Fraction(3, 2)),
    (verdict(Kind.PARTLY, "values", "shapes"), Fraction(19, 2)),
    (verdict(Kind.WRONG), Fraction(0)),
    (verdict(Kind.NOT_ATTEMPTED), Fraction(0)),
    (verdict(Kind.NOT_ATTEMPTED, "values"), Fraction(0)),
    (verdict(Kind.MISSING), Fraction(0)),
    (verdict(Kind.CRASHED), Fraction(0)),
    (verdict(Kind.TIMED_OUT), Fraction(0)),
    (verdict(Kind.UNGRADED), None),
    (verdict(Kind.UNGRADED, "values"), None),
]


@pytest.mark.parametrize(
    ("given_verdict", "points"), WORTH, ids=[f"{v.kind} {v.mistake} {v.held} {v.following}" for v, _ in WORTH]
)
def test_each_verdict_has_its_worth(given_verdict: Verdict, points: Fraction | None) -> None:
    """Right is all, a mistake its credit or what its behaviours earn if that is more, our fault is no number."""
    scored = score(RULE, [given_verdict])
    assert scored.points == points
    assert scored.max_points == 10


VERDICTS = st.builds(
    Verdict,
    st.just("back"),
    st.sampled_from(Kind),
    st.just(FINDINGS),
    st.lists(st.sampled_from((*NAMES, "not of this key")), max_size=5).map(tuple),
    mistake=st.sampled_from(["", "halves", "lost", "of an older key"]),
)
POINTS = st.fractions(0, 100, max_denominator=12)
CREDITS = st.fractions(0, Fraction(99, 100), max_denominator=100)
RULES = st.builds(
    lambda points, credit, half: CriterionRule(
        "back", "(dy, cache) -> dx", ("dx",),
        tuple(BehaviourRule(name, p) for name, p in zip(NAMES, points, strict=True)), Tolerance(), (),
        (MistakeRule("halves", "f", "", credit),), FollowThroughRule("ahead", ("y",), ("dy",), {}, half),
    ),
    st.tuples(POINTS, POINTS, POINTS),
    CREDITS,
    st.fractions(0, 1, max_denominator=20),
)  # fmt: skip


@settings(max_examples=300)
@given(RULES, st.lists(VERDICTS, min_size=1, max_size=4))
def test_points_are_exact_and_between_nothing_and_all(rule: CriterionRule, verdicts: list[Verdict]) -> None:
    """For any rule and any verdicts: a fraction, never negative, never above the maximum, or no number at all."""
    scored = score(rule, verdicts)
    assert scored.max_points == rule.points
    if scored.points is None:
        assert any(v.kind is Kind.UNGRADED for v in verdicts)
    else:
        assert type(scored.points) is Fraction
        assert 0 <= scored.points <= rule.points
    assert all(type(e.points) is Fraction and 0 <= e.points <= e.max_points for e in scored.earned)


@settings(max_examples=200)
@given(RULES, st.lists(VERDICTS.filter(lambda v: v.kind is not Kind.UNGRADED), min_size=1, max_size=4))
def test_the_best_verdict_counts(rule: CriterionRule, verdicts: list[Verdict]) -> None:
    """No single verdict would be worth more, the one that counts is one of them, and their order costs nothing."""
    scored = score(rule, verdicts)
    singles = [score(rule, [v]).points or Fraction(0) for v in verdicts]
    assert scored.points == max(singles)
    assert scored.verdict in verdicts
    assert score(rule, verdicts[::-1]).points == scored.points


def test_among_equals_the_judge_decides() -> None:
    """Where two verdicts are worth the same, the first is told: the judge prefers it."""
    first, second = verdict(Kind.CRASHED), verdict(Kind.WRONG)
    assert score(RULE, [first, second]).verdict is first
    assert score(RULE, [second, first]).verdict is second


def test_our_fault_goes_before_everything() -> None:
    """One ungraded verdict makes the criterion ungraded: there is no telling what it was worth."""
    scored = score(RULE, [verdict(Kind.CORRECT), verdict(Kind.UNGRADED)])
    assert scored.points is None
    assert scored.verdict.kind is Kind.UNGRADED
    assert scored.earned == ()


@pytest.mark.parametrize("kind", [Kind.CORRECT, Kind.PARTLY, Kind.WRONG, Kind.NOT_ATTEMPTED])
def test_behaviours_add_up_to_the_points(kind: Kind) -> None:
    """What the page lists behaviour by behaviour is what was earned."""
    scored = score(RULE, [verdict(kind, *(("shapes",) if kind is Kind.PARTLY else ()))])
    assert sum(earned.points for earned in scored.earned) == scored.points
    assert sum(earned.max_points for earned in scored.earned) == scored.max_points


def test_a_behaviour_is_held_lost_or_not_shown() -> None:
    """A behaviour of which the key holds no case is neither won nor lost: it is not shown."""
    public = Verdict("back", Kind.PARTLY, FINDINGS[:2], ("values",))
    standings = {earned.behaviour: earned.standing for earned in score(RULE, [public]).earned}
    assert standings == {"values": Standing.HELD, "shapes": Standing.LOST, "far": Standing.NOT_SHOWN}


def test_an_untouched_function_holds_nothing() -> None:
    """A stub that happens to behave has not been attempted all the same."""
    scored = score(RULE, [verdict(Kind.NOT_ATTEMPTED, "values", "far")])
    assert {(earned.standing, earned.points) for earned in scored.earned} == {(Standing.LOST, 0)}
