"""One result against one answer: the checks in their order, and what is right though it looks different."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.assignment.words import Tolerance
from grader.judge.compare import compare, wrong_count
from grader.judge.model import Flaw
from grader.key.right import Right, as_array, largest_of, limits
from grader.outcomes import Call
from grader.wire.program import Other

WANT = np.array([[1.0, -2.0, 0.0], [4.0, 5.0, -6.0]])
TOLERANCE = Tolerance()
GRADS = {"dW": WANT, "db": [1.0, 2.0], "steps": 3, "name": "adam", "none": None}


@np.errstate(all="ignore")
def flaw(got: Any, want: Any = WANT, *more_ends: Any, loose: bool = False) -> Flaw | None:
    problem = compare(got, Right("dx", (want, *more_ends), TOLERANCE), loose)
    return problem and problem.flaw


RIGHT = {
    "the answer": WANT,
    "float32": WANT.astype("f4"),
    "integers": WANT.astype("i1"),
    "a list": WANT.tolist(),
    "another order in memory": np.asfortranarray(WANT),
    "a negative zero": np.where(WANT == 0, -0.0, WANT),
    "rounding": WANT * (1 + 1e-7),
}


@pytest.mark.parametrize("got", RIGHT.values(), ids=RIGHT)
def test_right_numbers_in_any_form_are_right(got: Any) -> None:
    """Other number types, lists, layouts and rounding are no mistake."""
    assert flaw(got) is None


IN_ORDER = {
    "nothing": (None, Flaw.NONE),
    "a dict": ({"dx": WANT}, Flaw.TYPE),
    "rows of two lengths": ([[1.0, 2.0], [3.0]], Flaw.TYPE),
    "a list with None in it": ([None, *WANT], Flaw.TYPE),
    "a transpose": (WANT.T, Flaw.SHAPE),
    "nan in another shape": (np.full((2, 3, 1), np.nan), Flaw.SHAPE),
    "one nan": (np.where(WANT == 5, np.nan, WANT), Flaw.NOT_FINITE),
    "infinity": (np.where(WANT == 5, np.inf, WANT), Flaw.NOT_FINITE),
    "complex numbers": (WANT + 0j, Flaw.TYPE),
    "true and false": (WANT > 0, Flaw.VALUES),
    "unsigned integers": (np.abs(WANT).astype("u8"), Flaw.VALUES),
    "one entry off": (np.where(WANT == 5, 5.001, WANT), Flaw.VALUES),
}


@pytest.mark.parametrize(("got", "expected"), IN_ORDER.values(), ids=IN_ORDER)
def test_the_first_check_that_fails_is_what_is_said(got: Any, expected: Flaw) -> None:
    """None, type, shape, finite numbers, values."""
    assert flaw(got) is expected


@pytest.mark.parametrize("got", [2.5, [2.5], [[2.5]], np.array(2.5, "f4"), np.array([[2.5]])])
def test_one_number_is_right_with_axes_of_one(got: Any) -> None:
    """A loss that kept its axes is the same loss, be a Python number or an array expected; two numbers are not."""
    for want in (2.5, np.array(2.5)):
        assert flaw(got, want) is None
        assert flaw(np.asarray(got) + 1, want) is Flaw.VALUES
        assert flaw([2.5, 2.5], want) is Flaw.SHAPE
    assert flaw(2.5, np.array([2.5])) is Flaw.SHAPE  # a squeeze that drops an axis
    assert flaw([[[2.5]], [[1.5]]], np.array([2.5, 1.5])) is None  # losses of one entry each, appended
    assert flaw(np.array([[2.5], [1.5]]), np.array([2.5, 1.5])) is Flaw.SHAPE  # a column for a row


TREES = {
    "the same": (GRADS, None, ""),
    "more keys": ({**GRADS, "dA": WANT}, None, ""),
    "an array for a list": ({**GRADS, "db": np.array([1.0, 2.0])}, None, ""),
    "a key less": ({"dW": WANT}, Flaw.TYPE, "grads"),
    "None in it": ({**GRADS, "dW": None}, Flaw.NONE, "grads['dW']"),
    "a number off": ({**GRADS, "db": [1.0, 2.1]}, Flaw.VALUES, "grads['db'][1]"),
    "a longer list": ({**GRADS, "db": [1.0, 2.0, 3.0]}, Flaw.TYPE, "grads['db']"),
    "another word": ({**GRADS, "name": "Adam"}, Flaw.VALUES, "grads['name']"),
    "a value for None": ({**GRADS, "none": 0}, Flaw.TYPE, "grads['none']"),
}


@pytest.mark.parametrize(("got", "expected", "named"), TREES.values(), ids=TREES)
def test_trees_are_compared_part_by_part(got: Any, expected: Flaw | None, named: str) -> None:
    """The part that is wrong is named; numbers of one list are not measured by each other; more keys cost nothing."""
    problem = compare(got, Right("grads", (GRADS,), TOLERANCE))
    assert (problem.flaw if problem else None, problem.result if problem else "") == (expected, named)
    assert flaw([1e6, 0.6], [1e6, 0.5]) is Flaw.VALUES


TWO, ARRAY = Call("f", "tuple", 2), Call("f", "ndarray", 3)
COUNTS = {
    "two": (TWO, TWO, None),
    "a list of two": (Call("f", "list", 2), TWO, None),
    "three": (Call("f", "tuple", 3), TWO, (Flaw.COUNT, 3)),
    "one array of two rows": (Call("f", "ndarray", 2), TWO, (Flaw.COUNT, 1)),
    "a dict, which yields its keys": (Call("f", "dict", 2), TWO, (Flaw.COUNT, 1)),
    "nothing": (Call("f", "NoneType"), TWO, (Flaw.NONE, None)),
    "another function": (Call("g", "float"), TWO, None),
    "a list for an array": (Call("f", "list", 3), ARRAY, None),
    "two for an array": (TWO, ARRAY, (Flaw.COUNT, 2)),
    "two for a number": (TWO, Call("f", "float"), (Flaw.COUNT, 2)),
    "two for nothing at all": (TWO, Call("f", "NoneType"), None),
}


@pytest.mark.parametrize(("call", "reference", "expected"), COUNTS.values(), ids=COUNTS)
def test_values_are_counted_before_any_unpacking_is_believed(call: Call, reference: Call, expected: Any) -> None:
    """What else can be unpacked is one value, and so is a list in the place of an array; a tuple of two is not."""
    found = wrong_count((call,), (reference,))
    assert (found and (found.flaw, found.facts.get("got"))) == expected


def test_wrong_values_are_described_by_the_worst() -> None:
    """How many, and what is where it is furthest off."""
    problem = compare(WANT + np.array([[0, 0, 0.5], [0, 0, -3]]), Right("dx", (WANT,), TOLERANCE))
    assert problem is not None
    assert problem.facts == {"wrong": 2, "size": 6, "index": [1, 2], "got": -9.0, "want": -6.0}


def test_anything_between_two_ends_is_right() -> None:
    """Entry by entry; beyond either end it is wrong, and the nearer end is what was expected."""
    low, high = np.array([1.0, 0.0, 3.0]), np.array([1.0, 1.0, 3.0])
    assert [flaw(np.array([1.0, x, 3.0]), high, low) for x in (0.0, 0.5, 1.0)] == [None] * 3
    problem = compare(np.array([1.0, -0.5, 3.0]), Right("dx", (high, low), TOLERANCE))
    assert problem is not None
    assert (problem.facts["index"], problem.facts["want"]) == ([1], 0.0)
    assert flaw(np.array([0.5, 0.5, 3.0]), high, low) is Flaw.VALUES


def test_numbers_that_only_hide_something_are_no_measure() -> None:
    """Scores behind a mask of -1e9 are compared as finely as without; large numbers of one kind are a measure."""
    for mask in (-1e9, -1e30, -np.inf):
        masked = np.array([0.5, 0.25, mask, mask])
        assert flaw(masked, masked) is None
        assert flaw(masked + np.array([0, 1e-3, 0, 0]), masked) is Flaw.VALUES
        assert flaw(np.array([0.5, 0.25, 0.0, mask]), masked) is not None
    assert largest_of(np.array([0.5, -1e9])) == pytest.approx(1.0)
    assert largest_of(np.array([1e3, 1e5, 2e8])) == 2e8


def test_float32_may_round() -> None:
    """Ten times as much is allowed where a result is float32, or an input was."""
    rough = WANT * (1 + 5e-5)
    assert flaw(rough) is Flaw.VALUES
    assert flaw(rough, loose=True) is None
    assert flaw(rough.astype("f4")) is None


FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)
ANSWERS = arrays.arrays(np.float64, arrays.array_shapes(max_dims=3, max_side=4), elements=FINITE)


@given(ANSWERS, st.floats(-0.9, 0.9), st.data())
def test_the_tolerance_is_what_it_says(want: np.ndarray, share: float, data: st.DataObject) -> None:
    """Within it all is right, scaled or moved; one entry off by 100 times as much is wrong."""
    limit = limits(want, want, TOLERANCE)
    assert flaw(want * (1 + share * TOLERANCE.relative), want) is None
    assert flaw(want + share * limit, want) is None
    index = data.draw(st.tuples(*[st.integers(0, n - 1) for n in want.shape]))
    off = want.copy()
    off[index] += 100 * limit[index] * data.draw(st.sampled_from([-1, 1]))
    assert flaw(off, want) is Flaw.VALUES
    off[index] = data.draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    assert flaw(off, want) is Flaw.NOT_FINITE


NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans(), st.complex_numbers())
ODD_ARRAYS = arrays.arrays(
    st.sampled_from([np.dtype(name) for name in ("?", "i1", "u8", "f2", "f4", "f8", "c8", "c16")]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
LEAVES = st.one_of(NUMBERS, ODD_ARRAYS, st.none(), st.text(max_size=3), st.just(Other("Layer")))
VALUES = st.recursive(LEAVES, lambda one: st.lists(one, max_size=4) | st.dictionaries(st.sampled_from("ab"), one))


@given(
    VALUES, st.sampled_from([WANT, 2.5, True, [1.0, 2.0], {"a": WANT, "b": [1.0]}, "word", None, WANT > 0, WANT * 1j])
)
def test_no_value_makes_the_judge_raise(got: Any, want: Any) -> None:
    """Whatever comes out of a sandbox is compared; nothing but the answer is right."""
    problem = compare(got, Right("dx", (want,), TOLERANCE))
    array, numbers = as_array(got), as_array(want)
    if problem is None and array is not None and numbers is not None:
        assert np.allclose(array.ravel(), numbers.ravel(), rtol=1e-3, atol=1e-3)
    assert compare(want, Right("dx", (want,), TOLERANCE)) is None


def test_a_list_may_hold_one_array_a_million_times() -> None:
    """What would be far larger as an array than it was on the wire is not made one."""
    assert flaw([[np.zeros(1000)] * 1000] * 1000) is Flaw.TYPE
    assert math.isinf(float(as_array(10**400)))  # type: ignore[arg-type]
