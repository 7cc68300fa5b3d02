"""What verdicts are worth, in exact fractions: the best for the student, and never more than was shown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_key import rule

from grader.judge import Finding, Flaw, Kind, Problem, Verdict
from grader.key.model import Basis, BehaviourRule, MistakeRule
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
