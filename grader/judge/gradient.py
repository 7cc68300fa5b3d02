"""Is backward the gradient of the student's own forward? Central differences of nudged forward calls.

takes: an exam and the rule of a criterion with follow-through.
gives: yes or no, and which of its results are. Nothing of the reference is used: only what the hand-in's own forward
    and backward returned.
must not know: what that is worth.

For an input nudged along a direction u, the slope of <upstream, forward> must equal <gradient, u>. The check
must be alive: with a forward of zeros and a backward of zeros the two agree, and nothing is shown. Nor is it by a
backward that hands back what came from above, beside a forward that hands back its input.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.answer_key import CriterionRule, FollowThroughRule
from grader.judge.compare import fitted
from grader.judge.findings import Exam
from grader.plan import PROBE_STEP, Entry, Purpose
from grader.wire import Outcome, Status

# With PROBE_STEP = 1e-4 a true gradient agrees to 1e-7 in float64 and to some 1e-3 in float32 (unit roundoff
# 6e-8 over the step); a wrong one misses by tenths, since the direction is random in every entry.
AGREEMENT = 1e-4
AGREEMENT_FLOAT32 = 2e-2
_ITSELF = np.array(1.0)  # what comes from above a loss, which is the last thing of all
ALIVE = 1e-6  # a slope below this, for inputs and directions of size one, is no slope
ROUNDED = 1e-6  # of each number: the same, in float32 or times what should be one


def follows_own_forward(exam: Exam, rule: CriterionRule) -> bool:
    """Whether backward is right for the forward that was handed in, on every set of inputs, and alive."""
    follow = rule.follow_through
    return follow is not None and len(results_that_follow(exam, rule)) == len(follow.gradients) > 0


def results_that_follow(exam: Exam, rule: CriterionRule) -> tuple[str, ...]:
    """The results of backward that are right for the forward that was handed in, on every set of inputs, and alive."""
    follow = rule.follow_through
    bases = exam.entries(rule.name, Purpose.OWN_GRADIENT)
    if follow is None or not bases:
        return ()
    named = sorted(follow.gradients, key=[*rule.results, *follow.gradients].index)
    found = (
        tuple(
            result
            for result in named
            if all(_agrees(exam, rule, follow, result, place, entry, averaged) for place, entry in bases)
        )
        for averaged in ((True, False) if follow.averaged else (False,))
    )
    return max(found, key=len)


def averages_as_declared(exam: Exam, rule: CriterionRule) -> bool:
    """Whether what is declared to be averaged is so in what sat the exam; true where nothing is declared."""
    follow = rule.follow_through
    bases = exam.entries(rule.name, Purpose.OWN_GRADIENT)
    if follow is None or not follow.averaged:
        return True
    return all(
        _agrees(exam, rule, follow, result, place, entry, averaged=True)
        for result in follow.gradients
        for place, entry in bases
    )


def nudged_calls(exam: Exam, rule: CriterionRule, entry: Entry, argument: str) -> list[tuple[int, Entry]]:
    """The forward calls of one set of inputs in which an argument is moved, with their places in the plan."""
    asked = exam.entries(rule.name, Purpose.NUDGED)
    return [(n, nudged) for n, nudged in asked if nudged.name == entry.name and nudged.argument == argument]


def _agrees(
    exam: Exam, rule: CriterionRule, follow: FollowThroughRule, result: str, place: int, entry: Entry, averaged: bool
) -> bool:
    above = [entry.question.inputs[name] for name in follow.upstream] or [_ITSELF]
    argument = follow.gradients[result]
    given = entry.question.inputs[argument]
    gradient = _plain(exam.outcomes[place][-1], result)
    gradient = None if gradient is None else fitted(gradient, given.shape, rule.tolerance)
    if gradient is None or gradient.shape != given.shape:
        return False
    if any(is_handed_on(gradient, upstream) for upstream in above):
        return False
    of_mean = averaged and result in follow.averaged
    factor = entry.question.inputs[follow.batch].shape[follow.batch_axis] if of_mean else 1
    nudged = [(asked, exam.outcomes[n][-1]) for n, asked in nudged_calls(exam, rule, entry, argument)]
    return _slope_agrees(nudged, list(zip(follow.output, above, strict=True)), gradient * factor, argument)


def is_handed_on(gradient: np.ndarray, upstream: np.ndarray) -> bool:
    """Whether a backward gives what came from above, be it rounded."""
    return gradient.shape == upstream.shape and np.allclose(gradient, upstream, rtol=ROUNDED, atol=0)


def _slope_agrees(
    nudged: Sequence[tuple[Entry, Outcome]],
    above: Sequence[tuple[str, np.ndarray]],
    gradient: np.ndarray,
    argument: str,
) -> bool:
    """`above` are the results of forward, each with the gradient that comes from above it."""
    ahead = next(((e, o) for e, o in nudged if e.sign > 0), None)
    behind = next(((e, o) for e, o in nudged if e.sign < 0), None)
    if ahead is None or behind is None:
        return False
    rises = [_rise(ahead[1], behind[1], output, upstream) for output, upstream in above]
    if None in rises:
        return False
    # The difference of the inputs as they were really sent, so that rounding of the nudge cancels.
    moved = ahead[0].question.inputs[argument] - behind[0].question.inputs[argument]
    slope = sum(rise for rise, _ in filter(None, rises)) / (2 * PROBE_STEP)
    claimed = float((gradient.astype(np.float64) * moved).sum()) / (2 * PROBE_STEP)
    short = gradient.dtype.itemsize < 8 or any(is_short for _, is_short in filter(None, rises))
    allowed = (AGREEMENT_FLOAT32 if short else AGREEMENT) * max(abs(slope), abs(claimed))
    # All finite: a long double beyond float64 passes as finite above, and infinity is no further than itself.
    return ALIVE < abs(slope) < np.inf and abs(slope - claimed) <= allowed < np.inf


def _rise(ahead: Outcome, behind: Outcome, output: str, upstream: np.ndarray) -> tuple[float, bool] | None:
    """By how much <upstream, output> is more ahead than behind, and whether that was computed in float32."""
    far, near = _plain(ahead, output), _plain(behind, output)
    if upstream.ndim == 0:
        far, near = (loss.reshape(()) if loss is not None and loss.size == 1 else None for loss in (far, near))
    if far is None or near is None or far.shape != upstream.shape or near.shape != upstream.shape:
        return None
    rise = float((upstream * (far.astype(np.float64) - near)).sum())
    return rise, any(array.dtype.itemsize < 8 for array in (far, near))


def _plain(outcome: Outcome, name: str) -> np.ndarray | None:
    """The result as a finite float array, or nothing."""
    value = outcome.values.get(name) if outcome.status is Status.RETURNED else None
    array = value.array if value else None
    if array is None or array.dtype.kind != "f" or not np.isfinite(array).all():
        return None
    return array
