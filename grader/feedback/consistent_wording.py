"""A backward that is right for the forward that was handed in, or in part so.

takes: a criterion's rule and its verdict.
gives: a headline and the next step.
must not know: HTML, arrays, points, how it was found.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.answer_key import CriterionRule
from grader.judge import Basis, Verdict


def say_consistent(rule: CriterionRule, verdict: Verdict) -> tuple[str, str]:
    """What of it is right, where its error is made, and what is to be mended first."""
    forward = rule.forward or "forward"
    mend = f"Mend {forward} first, then derive backward from it again"
    follow = rule.follow_through
    if follow is not None and follow.credit == 1 and verdict.basis is not Basis.OWN_IN_PART:
        # What is drawn at random is right by what its own forward has drawn, and is not to be derived again.
        return (
            f"Right for the forward that was handed in. The error is in {forward}, and is counted there only.",
            f"Mend {forward}.",
        )
    if verdict.basis is not Basis.OWN_IN_PART:
        return f"This backward is right for the forward that was handed in; the error is in {forward}.", f"{mend}."
    gradients = follow.gradients if follow else ()
    others = [name for name in dict.fromkeys((*rule.results, *gradients)) if name not in verdict.follows]
    right = (
        f"{_listed(verdict.follows)} {_are(verdict.follows)} right for the forward that was handed in; the error is "
        f"in {forward}. {_listed(others)} {_are(others)} not"
    )
    if verdict.behind:  # nothing is known of it with what a right forward keeps: it may be right for that
        return (
            f"{right}, which may come from there alone: this works on what that keeps for it.",
            f"{mend} if it is still off then, {_listed(others)} above all.",
        )
    return f"{right}: there is one in this too.", f"{mend}, {_listed(others)} above all."


def _listed(names: Sequence[str]) -> str:
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def _are(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"
