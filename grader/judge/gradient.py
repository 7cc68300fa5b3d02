"""Is a backward the gradient of the student's own forward? Central differences of forward calls with nudged inputs.

For an input nudged along a direction u, the slope of <upstream, forward> must equal <gradient, u>. No answer is used,
and no hidden case. A program can tell a nudged question from a case and fake any slope: this is reported and not paid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grader.judge.findings import is_short
from grader.key.model import Key, Nudge
from grader.key.right import Array, as_array
from grader.outcomes import Outcome, Outcomes, Status

# With steps of 1e-4 a true gradient agrees to 1e-7 in float64 and to 1e-3 in float32; a wrong one misses by tenths,
# since the direction is random in every entry.
AGREEMENT, AGREEMENT_FLOAT32 = 1e-4, 2e-2
ALIVE = 1e-6  # a slope below this is none: a forward of zeros and a backward of zeros agree, and show nothing


class Slope(NamedTuple):
    """By how much <upstream, forward> rose when an input moved, and whether that was computed in float32."""

    rise: float
    moved: Array
    is_short: bool


def is_consistent(key: Key, outcomes: Outcomes, index: int) -> bool:
    """Whether a backward is right for its own forward, in every input of one gradient check.

    Results that may be averaged are so together: one that is and one that is not is a mistake.
    """
    rule = key.rubric.gradients[index]
    base, came = key.entries[rule.base], outcomes.get(rule.base, ())
    own = next((one for name, one in zip(base.stages, came, strict=False) if name == rule.of), None)
    upstream, batch = as_array(base.inputs.get(rule.upstream, 1.0)), as_array(base.inputs.get(rule.batch))
    if own is None or upstream is None:
        return False
    factors = (1, len(batch)) if rule.averaged and batch is not None and batch.ndim else (1,)
    with np.errstate(all="ignore"):
        checked = {one: (_plain(own, one), _slope(key, outcomes, index, wrt)) for one, wrt in rule.gradients.items()}
        return bool(checked) and any(
            all(_agrees(*pair, upstream, factor if one in rule.averaged else 1) for one, pair in checked.items())
            for factor in factors
        )


def _slope(key: Key, outcomes: Outcomes, index: int, wrt: str) -> Slope | None:
    """The slope along the direction of an input; none where one of its two steps came to nothing."""
    rule, steps = key.rubric.gradients[index], [Nudge(index, wrt, sign) for sign in (1, -1)]
    pair = [n for step in steps for n, entry in enumerate(key.entries) if entry.nudge == step and n in outcomes]
    outputs = [_plain(next(iter(outcomes[number]), None), rule.output) for number in pair]
    far, near = outputs if len(outputs) == 2 else (None, None)
    upstream = np.asarray(key.entries[rule.base].inputs.get(rule.upstream, 1.0))
    if far is None or near is None or not far.size == near.size == upstream.size:
        return None
    # The difference of the inputs as they were sent, so that the rounding of a step cancels.
    moved = np.subtract(*(key.entries[number].inputs[wrt] for number in pair))
    rise = float((upstream.ravel() * (far.ravel().astype(np.float64) - near.ravel())).sum())
    if not ALIVE < abs(rise) / (2 * rule.step) < np.inf:
        return None
    return Slope(rise, moved, is_short(far) or is_short(near))


def _agrees(gradient: Array | None, slope: Slope | None, upstream: Array, factor: int) -> bool:
    """Whether one result is the gradient along its direction; beside an identity, returning `dout` shows nothing."""
    if gradient is None or slope is None or gradient.shape != slope.moved.shape:
        return False
    if gradient.shape == upstream.shape and np.allclose(gradient, upstream, rtol=ALIVE, atol=0):
        return False
    claimed = float((gradient.astype(np.float64) * factor * slope.moved).sum())
    agreement = AGREEMENT_FLOAT32 if slope.is_short or is_short(gradient) else AGREEMENT
    return abs(slope.rise - claimed) <= agreement * max(abs(slope.rise), abs(claimed)) < np.inf


def _plain(outcome: Outcome | None, name: str) -> Array | None:
    """A result as an array of finite floats, or nothing."""
    value = outcome.values.get(name) if outcome is not None and outcome.status is Status.RETURNED else None
    array = as_array(value)
    return array if array is not None and array.dtype.kind == "f" and np.isfinite(array).all() else None
