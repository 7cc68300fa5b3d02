"""Right numbers in other places: late or early by one, in the reverse order, mixed up within rows.

takes: results made here, with what is due.
gives: one promise a test, said in its docstring.
must not know: sentences, points, how cases are found.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.judge import Pattern, Reading
from grader.judge.reading.orders import by_order
from grader.judge.reading.summands import Off

RNG = np.random.default_rng(7)
VECTORS, TABLES = [RNG.uniform(1, 2, n) for n in (5, 3)], [RNG.uniform(1, 2, (n, 4)) for n in (5, 2)]
Change = Callable[[np.ndarray], np.ndarray]


def off(change: Change, due: list[np.ndarray]) -> list[Off]:
    return [Off(change(want), want, {}, {}, True) for want in due]


def late(want: np.ndarray) -> np.ndarray:
    return np.concatenate([np.ones_like(want[:1]), want[:-1]])


def early(want: np.ndarray) -> np.ndarray:
    return np.concatenate([want[1:], 0 * want[:1]])


READ: dict[str, tuple[Change, list[np.ndarray], Reading | None]] = {
    "late": (late, VECTORS, Reading(Pattern.SHIFTED, ("late", "entry"))),
    "early": (early, TABLES, Reading(Pattern.SHIFTED, ("early", "row"))),
    "late in its columns": (lambda w: late(w.T).T, TABLES, Reading(Pattern.SHIFTED, ("late", "column"))),
    "reversed": (lambda w: w[::-1], VECTORS, Reading(Pattern.PERMUTED, ("reversed", "entry"))),
    "each row reversed": (lambda w: w[:, ::-1], TABLES, Reading(Pattern.PERMUTED, ("reversed", "column"))),
    "halves for pairs": (lambda w: w[:, [0, 2, 1, 3]], TABLES, Reading(Pattern.PERMUTED, ("within", "row"))),
    "two places late": (lambda w: late(late(w)), VECTORS, None),
    "mixed up": (lambda w: np.roll(w.ravel(), 5).reshape(w.shape), TABLES, None),
    "late, and off": (lambda w: 1.01 * late(w), VECTORS, None),
    "too short to tell": (late, [want[:2] for want in VECTORS], None),
    "of zeros": (late, [np.array([0.0, 0.0, 0.0, 5.0])], None),
}


@pytest.mark.parametrize(("change", "due", "reading"), READ.values(), ids=READ.keys())
def test_right_numbers_in_other_places_are_read(change: Change, due: list[np.ndarray], reading: Reading | None) -> None:
    """By what is so in all cases that fail."""
    assert by_order(off(change, due)) == reading
    assert by_order([*off(change, due), *off(lambda w: w + 1, due[:1])]) is None


def test_of_no_case_nothing_is_read() -> None:
    """As where all were computed in float32, whose digits are few."""
    assert by_order([]) is None
