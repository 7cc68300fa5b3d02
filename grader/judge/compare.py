"""One result against one answer: type, shape, dtype, finiteness, values, in this order.

takes: a `Value` from inside, the answer (or the range of answers), a tolerance.
gives: `None` where it is right, else the first `Problem`.
must not know: whose result it is, which case, points.
"""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from grader.assignment import Tolerance
from grader.judge.verdict import Flaw, Problem
from grader.largest import largest_of
from grader.memo import Memo
from grader.wire import Value, is_same_but_for_ones, read_spelt
from grader.wire.quick import dataclass


@dataclass(frozen=True, eq=False)
class Answer:
    """The right values: from `low` to `high` entry by entry, the same array where only one value is right.

    Two answers are equal if they are one object: a class is compared with the very same ones. True and false are kept
    as 1 and 0, and `is_truth` says that either is right. `is_text` says that words are due, spelt out.
    """

    low: np.ndarray
    high: np.ndarray
    is_truth: bool = False
    is_text: bool = False

    def __post_init__(self) -> None:
        if self.low.dtype.kind == "b":
            low, high = self.low.astype(np.float64), self.high.astype(np.float64)
            vars(self).update(low=low, high=high, is_truth=True)

    @classmethod
    def exactly(cls, array: np.ndarray) -> Answer:
        """Only these values."""
        return cls(array, array)

    def nearest(self, got: np.ndarray) -> np.ndarray:
        """Of the right values those next to what came back; the lowest where the two cannot be held side by side."""
        if got.shape != self.low.shape or got.dtype.kind not in "fiub":
            return self.low
        near: np.ndarray = np.clip(np.where(np.isnan(got), self.low, got), self.low, self.high)
        return near

    @cached_property
    def size(self) -> np.ndarray:
        """How large the right value of each entry may be."""
        size: np.ndarray = np.maximum(abs(self.low), abs(self.high)).astype(np.float64)
        return size

    @cached_property
    def largest(self) -> float:
        """How large the right values of all entries are at most, but for numbers that only hide something."""
        return largest_of(self.size)


def problem_with(name: str, value: Value, answer: Answer, tolerance: Tolerance, loose: bool) -> Problem | None:
    """Check one result. `loose` where float32 came in, so that float64 results have float32's rounding."""
    if value.kind == "none":
        return Problem(Flaw.NONE, name, {} if value.type_name == "NoneType" else {"type": value.type_name})
    got = value.array
    if got is None:
        return Problem(Flaw.TYPE, name, {"type": value.type_name, **_one_due(answer)})
    want = answer.low
    if answer.is_text:
        is_same = got.shape == want.shape and np.array_equal(got, want)
        return None if is_same else Problem(Flaw.TEXT, name, {"got": read_spelt(got), "want": read_spelt(want)})
    got = fitted(as_numbers(got, want.shape, value.type_name), want.shape, tolerance)
    if got.shape != want.shape:
        facts = {"got_shape": list(got.shape), "want_shape": list(want.shape), "type": value.type_name}
        return Problem(Flaw.SHAPE, name, facts)
    if answer.is_truth and got.dtype.kind == "b":
        got = got.astype(np.float64)
    if got.dtype.kind not in "fiu":  # numbers without an imaginary part, and not true/false
        return Problem(Flaw.DTYPE, name, {"got_dtype": str(got.dtype), "want_dtype": str(want.dtype)})
    if got.dtype.kind in "iu":
        got = got.astype(np.float64)  # unsigned integers would wrap round when subtracted
    limit = limit_of(answer, tolerance, loose or is_short(got))
    excess = np.maximum(answer.low - got, got - answer.high) - limit
    # `(excess <= 0).all()`, not `not (excess > 0).any()`: a comparison with NaN is False both ways. It comes before the
    # look at what is finite: nothing else is as near to an answer, and most is right.
    if (excess <= 0).all():
        return None
    finite = np.isfinite(got)
    if not finite.all():
        return Problem(Flaw.NOT_FINITE, name, _not_finite(got, finite))
    return Problem(Flaw.VALUES, name, _wrong_values(got, answer, excess, limit))


def _one_due(answer: Answer) -> dict[str, str]:
    """What is due, where that is no array."""
    return {"due": "True or False" if answer.is_truth else "a number"} if not answer.low.ndim else {}


def as_numbers(got: np.ndarray, shape: tuple[int, ...], type_name: str) -> np.ndarray:
    """A loss that kept its axes is the same loss, and so is each of a list of them."""
    if got.shape == shape or got.size != prod(shape):
        return got
    is_list = type_name in ("list", "tuple", "deque") and got.shape[:1] == shape
    return got.reshape(shape) if is_list or not shape else got


def fitted(got: np.ndarray, shape: tuple[int, ...], tolerance: Tolerance) -> np.ndarray:
    """Give it the shape that is due, where axes of one count for nothing, and it has more of them, or less."""
    is_alike = tolerance.axes_of_one and is_same_but_for_ones(got.shape, shape)
    return got.reshape(shape) if is_alike else got


_limits: Memo[np.ndarray] = Memo(most=8192)  # two for each answer of a key, its mistakes included


def limit_of(answer: Answer, tolerance: Tolerance, loose: bool) -> np.ndarray:
    """How far each entry may be from its answer (see `Tolerance`); not to be written to."""
    return _limits.get(loose, (answer, tolerance), lambda: _limit(answer, tolerance, loose))


_LESS_THAN_A_LETTER = 0.25


def _limit(answer: Answer, tolerance: Tolerance, loose: bool) -> np.ndarray:
    if answer.is_text:
        return np.full(answer.low.shape, _LESS_THAN_A_LETTER)
    factor = tolerance.float32_factor if loose else 1.0
    limit: np.ndarray = (
        factor * (tolerance.relative * answer.size + tolerance.scale * answer.largest) + tolerance.absolute
    )
    return limit


def is_short(got: np.ndarray) -> bool:
    """Whether its numbers have fewer digits than float64, so that more is allowed."""
    return got.dtype.kind == "f" and got.dtype.itemsize < 8


def _not_finite(got: np.ndarray, finite: np.ndarray) -> dict[str, Any]:
    place = np.unravel_index(int(np.argmin(finite)), got.shape)
    return {
        "nan": int(np.isnan(got).sum()),
        "inf": int(np.isinf(got).sum()),
        "size": int(got.size),
        "place": [int(i) for i in place],
    }


def _wrong_values(got: np.ndarray, answer: Answer, excess: np.ndarray, limit: np.ndarray) -> dict[str, Any]:
    worst = int(np.argmax(excess))
    place = np.unravel_index(worst, got.shape)
    got_there, low, high = float(got[place]), float(answer.low[place]), float(answer.high[place])
    want_there = low if got_there < low else high
    error = abs(got_there - want_there)
    return {
        "wrong": excess.size - int(np.count_nonzero(excess <= 0)),
        "size": int(got.size),
        "place": [int(i) for i in place],
        "error": error,
        # Against the largest right value of the array: against its own, an answer of 0 would give itself away.
        "relative_error": error / answer.largest if answer.largest else None,
        "limit": float(limit[place]),
        "got": got_there,
        "want": want_there,
        **({"truth": True} if answer.is_truth else {}),
    }
