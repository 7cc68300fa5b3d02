"""One result against one answer: the checks in their order, and what is right though it looks different.

takes: values and answers made here, and any that hypothesis can think of.
gives: one promise a test, said in its docstring.
must not know: cases, points, words.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.assignment import Tolerance
from grader.judge import Flaw, Problem
from grader.judge.compare import Answer, limit_of, problem_with
from grader.largest import largest_of
from grader.wire import Value

WANT = np.array([[1.0, -2.0, 0.0], [4.0, 5.0, -6.0]])
TOLERANCE = Tolerance()


def value(array: object, type_name: str = "ndarray") -> Value:
    return Value("array", type_name, np.asarray(array))


def problem(got: Value, want: np.ndarray = WANT, loose: bool = False, high: np.ndarray | None = None) -> Problem | None:
    answer = Answer.exactly(want) if high is None else Answer(want, high)
    return problem_with("dx", got, answer, TOLERANCE, loose)


RIGHT = {
    "the answer": value(WANT),
    "float32": value(WANT.astype(np.float32)),
    "float16": value(WANT.astype(np.float16)),
    "long double": value(WANT.astype(np.longdouble)),
    "integers": value(WANT.astype(np.int64)),
    "small integers": value(WANT.astype(np.int8)),
    "a list": value(WANT, "list"),
    "another order in memory": value(np.asfortranarray(WANT)),
    "a negative zero": value(np.where(WANT == 0, -0.0, WANT)),
    "rounding": value(WANT * (1 + 1e-7)),
}


@pytest.mark.parametrize("got", RIGHT.values(), ids=RIGHT.keys())
def test_right_values_in_any_form_are_right(got: Value) -> None:
    """Other number types, lists, layouts and rounding are no mistake."""
    assert problem(got) is None


ROW = np.array([[1.0, -2.0, 4.0]])
AXES = {
    "one less": (ROW[0], ROW, True),
    "one more": (ROW, ROW[0], True),
    "two more": (ROW[:, None, None], ROW, True),
    "a column for a row": (ROW.T, ROW, False),
    "a column for a vector": (ROW.T, ROW[0], True),
    "a transpose": (WANT.T, WANT, False),
    "in another order": (WANT.T[None], WANT, False),
    "flat": (WANT.ravel(), WANT, False),
    "one number for several": (ROW[0, :1], ROW, False),
    "wrong values": (ROW[0] + 1, ROW, False),
}


@pytest.mark.parametrize(("got", "want", "right"), AXES.values(), ids=AXES.keys())
def test_axes_of_one_count_for_nothing_where_an_author_says_so(got: np.ndarray, want: np.ndarray, right: bool) -> None:
    """As many entries along the same longer axes, in another number of axes; by default another shape is wrong."""
    lenient = replace(TOLERANCE, axes_of_one=True)
    assert (problem_with("dx", value(got), Answer.exactly(want), lenient, False) is None) == right
    found = problem_with("dx", value(got), Answer.exactly(want), TOLERANCE, False)
    assert found is not None
    assert found.flaw is Flaw.SHAPE


@pytest.mark.parametrize("got", [2.5, [2.5], [[2.5]], np.float32(2.5)])
def test_one_number_is_right_with_axes_of_one_too(got: object) -> None:
    """A loss that kept its axes is the same loss; a wrong one is told as wrong, and not by its shape."""
    assert problem(value(got), np.array(2.5)) is None
    found = problem(value(np.asarray(got) + 1), np.array(2.5))
    assert found is not None
    assert (found.flaw, found.facts["place"], found.facts["got"]) == (Flaw.VALUES, [], 3.5)
    found = problem(value([2.5, 2.5]), np.array(2.5))
    assert found is not None
    assert found.flaw is Flaw.SHAPE


TRUTHS = {
    "a mask": (WANT > 0, None),
    "zeros and ones": ((WANT > 0).astype(int), None),
    "floats": ((WANT > 0) * 1.0, None),
    "another mask": (WANT >= 0, Flaw.VALUES),
    "another number": ((WANT > 0) * 2, Flaw.VALUES),
    "a list": ((WANT > 0).tolist(), None),
    "another shape": ((WANT > 0)[0], Flaw.SHAPE),
    "words": ((WANT > 0).astype(str), Flaw.DTYPE),
}


@pytest.mark.parametrize(("got", "flaw"), TRUTHS.values(), ids=TRUTHS.keys())
def test_where_true_and_false_are_due_so_are_one_and_zero(got: object, flaw: Flaw | None) -> None:
    """A mask multiplies like the numbers that it stands for; where numbers are due a mask is still none."""
    found = problem(value(got), WANT > 0)
    assert (found.flaw if found else None) is flaw
    assert found is None or flaw is not Flaw.VALUES or found.facts.keys() == {"truth", *problem(value(WANT + 1)).facts}
    as_numbers = problem(value(WANT > 0), (WANT > 0) * 1.0)
    assert as_numbers is not None
    assert as_numbers.flaw is Flaw.DTYPE


@pytest.mark.parametrize(
    ("got", "type_name", "right"),
    [
        ([[[2.5]], [[1.5]]], "list", True),
        ([[2.5], [1.5]], "tuple", True),
        ([[2.5], [1.5]], "ndarray", False),  # a column for a row
        ([[2.5, 1.5]], "list", False),
        ([[2.5, 1.5], [2.5, 1.5]], "list", False),
    ],
)
def test_a_list_of_numbers_is_right_with_axes_of_one_too(got: object, type_name: str, right: bool) -> None:
    """Losses of one entry each that were appended are those losses; a column is no row."""
    found = problem(value(got, type_name), np.array([2.5, 1.5]))
    assert (found is None) == right
    wrong = problem(value(np.asarray(got) + 1, type_name), np.array([2.5, 1.5]))
    assert wrong is not None
    assert wrong.flaw is (Flaw.VALUES if right else Flaw.SHAPE)


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "u8"])
def test_unsigned_integers_do_not_wrap_round(dtype: str) -> None:
    """3 where 4 is due is off by one, not by 2 to the 64, whatever kind the answer is of."""
    for want in (np.array([4.0, 200.0]), np.array([4, 200], dtype)):
        assert problem(value(want.astype(dtype)), want) is None
        found = problem(value(np.array([3, 190], dtype)), want)
        assert found is not None
        assert (found.facts["error"], found.facts["place"]) == (10.0, [1])


def test_the_answer_itself_is_right_where_nothing_else_is() -> None:
    """An author may allow no difference at all, as of counts."""
    nothing = Tolerance(relative=0, scale=0, absolute=0)
    assert problem_with("dx", value(WANT), Answer.exactly(WANT), nothing, False) is None
    assert problem_with("dx", value(np.nextafter(WANT, 9)), Answer.exactly(WANT), nothing, False) is not None


IN_ORDER = [
    (Value("none", "NoneType"), Flaw.NONE, {}),
    (Value("other", "dict"), Flaw.TYPE, {"type": "dict"}),
    (value(np.full((3, 2), True)), Flaw.SHAPE, {"got_shape": [3, 2], "want_shape": [2, 3], "type": "ndarray"}),
    (value(np.full((2, 3, 1), np.nan)), Flaw.SHAPE, {"got_shape": [2, 3, 1], "want_shape": [2, 3], "type": "ndarray"}),
    (value(1.0, "float"), Flaw.SHAPE, {"got_shape": [], "want_shape": [2, 3], "type": "float"}),
    (value(WANT > 0), Flaw.DTYPE, {"got_dtype": "bool", "want_dtype": "float64"}),
    (value(WANT + 0j), Flaw.DTYPE, {"got_dtype": "complex128", "want_dtype": "float64"}),
    (value(np.full((2, 3), np.nan + 0j)), Flaw.DTYPE, {"got_dtype": "complex128", "want_dtype": "float64"}),
    (
        value(np.where(np.arange(6).reshape(2, 3) == 1, np.nan, WANT)),  # all else is right
        Flaw.NOT_FINITE,
        {"nan": 1, "inf": 0, "size": 6, "place": [0, 1]},
    ),
    (value([[1, 2, np.nan], [9, np.inf, 9]]), Flaw.NOT_FINITE, {"nan": 1, "inf": 1, "size": 6, "place": [0, 2]}),
]


@pytest.mark.parametrize(("got", "flaw", "facts"), IN_ORDER)
def test_the_first_check_that_fails_is_what_is_said(got: Value, flaw: Flaw, facts: dict[str, object]) -> None:
    """None, then type, shape, dtype, finiteness, values: of several faults the first is told, with its sizes."""
    assert problem(got) == Problem(flaw, "dx", facts)


def test_wrong_values_are_told_with_the_worst_of_them() -> None:
    """How many, where most, how far: against the largest right value, so that an answer of 0 stays hidden."""
    found = problem(value(WANT + np.array([[0, 0, 0.5], [0, 0, -3]])))
    assert found is not None
    assert found.flaw is Flaw.VALUES
    facts = found.facts
    assert (facts["wrong"], facts["size"], facts["place"]) == (2, 6, [1, 2])
    assert (facts["got"], facts["want"], facts["error"], facts["relative_error"]) == (-9.0, -6.0, 3.0, 0.5)
    assert 0 < facts["limit"] < 1e-3


def test_an_answer_of_zeros_has_no_relative_error() -> None:
    """There is no size to measure by, and no division by zero."""
    found = problem(value([0.0, 1.0]), np.zeros(2))
    assert found is not None
    assert found.facts["relative_error"] is None


def test_an_empty_answer_is_right_when_empty() -> None:
    """Arrays without entries are compared by shape."""
    assert problem(value(np.zeros((0, 3))), np.zeros((0, 3))) is None
    assert problem(value(np.zeros((0, 2))), np.zeros((0, 3))) is not None


def test_a_single_number_is_compared_as_one() -> None:
    """An answer without dimensions is a number of any type."""
    assert problem(value(np.float64(2.0)), np.array(2.0)) is None
    assert problem(value(2, "int"), np.array(2.0)) is None
    found = problem(value(3.0), np.array(2.0))
    assert found is not None
    assert found.facts["place"] == []


@pytest.mark.parametrize(
    ("numbers", "right"),
    [
        ([0.0, 0.0], True),
        ([0.0, 1.0], True),
        ([0.0, 0.5], True),
        ([0.0, 1.1], False),
        ([0.0, -0.1], False),
        ([0.1, 0.5], False),
    ],
)
def test_between_two_answers_everything_is_right(numbers: list[float], right: bool) -> None:
    """Where a range is right, entry by entry, so are its ends, and nothing beyond them."""
    assert (problem(value(numbers), np.zeros(2), high=np.array([0.0, 1.0])) is None) == right


def test_off_a_range_the_nearer_end_is_told() -> None:
    """The fact `want` is the end that the value missed."""
    above = problem(value([0.0, 3.0]), np.zeros(2), high=np.array([0.0, 1.0]))
    below = problem(value([0.0, -3.0]), np.zeros(2), high=np.array([0.0, 1.0]))
    assert above is not None
    assert below is not None
    assert (above.facts["want"], below.facts["want"]) == (1.0, 0.0)


@pytest.mark.parametrize(("loose", "dtype", "right"), [(False, "f8", False), (True, "f8", True), (False, "f4", True)])
def test_short_numbers_may_be_off_by_their_own_rounding(loose: bool, dtype: str, right: bool) -> None:
    """The limit grows tenfold where float32 came in or came out, and nowhere else."""
    off = 3e-5  # the plain limit is about 1e-5 of the answer, the loose one 1e-4
    assert (problem(value(np.full(2, 1 + off, dtype)), np.ones(2), loose) is None) == right
    assert problem(value(np.full(2, 1 + 10 * off, dtype)), np.ones(2), loose) is not None


@settings(max_examples=100)
@given(
    arrays.arrays("f8", arrays.array_shapes(max_side=4), elements=st.floats(-1e6, 1e6)),
    st.floats(0.0, 0.99),
    st.sampled_from([-1, 1]),
)
def test_the_limit_is_where_right_ends(want: np.ndarray, part: float, sign: int) -> None:
    """For any answer: inside the limit is right, well outside it is not, on both sides."""
    limit = limit_of(Answer.exactly(want), TOLERANCE, False)
    assert problem(value(want + sign * part * limit), want) is None
    assert problem(value(want + sign * 1.1 * limit), want) is not None


HIDING = [-1e9, -1e4, 1e10, -float(np.finfo(np.float32).max)]


@pytest.mark.parametrize("mask", HIDING)
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_a_number_that_hides_something_makes_no_room_for_others(mask: float, dtype: str) -> None:
    """A millionth of -1e9 is more than any score: measured by it, scores of all kinds were right."""
    scores = np.array([[0.5, mask, mask], [0.25, -0.75, mask], [0.0, 0.1, 0.3]])
    double = np.where(abs(scores) < 1, 2 * scores, scores)
    assert problem(value(scores.astype(dtype)), scores) is None
    found = problem(value(double.astype(dtype)), scores)
    assert found is not None
    assert found.facts["wrong"] == 5
    assert problem(value(np.array([[1.0, mask], [1.0, 1.0]])), np.array([[0.0, mask], [0.0, 0.0]])) is not None


LARGEST = {
    "numbers of one kind": ([1e5, -3e5, 2e3], 3e5),
    "one number alone": ([1e9], 1e9),
    "large ones, and what may be their rounding": ([1e11, 1e-6], 1e2),
    "large ones, and none": ([1e11, 0.0], 1e2),
    "hidden among small ones": ([0.3, -1e9, 0.2], 1.0),
    "hidden among large ones": ([300.0, -1e9, 0.2], 300.0),
    "hidden in two ways": ([3.0, -1e9, -1e20], 3.0),
    "no finite one": ([np.inf, np.nan], 0.0),
    "some that are not finite": ([2.0, -np.inf], 2.0),
    "nothing": ([], 0.0),
    "imaginary ones": ([3 + 4j, -1e9], 5.0),
}


@pytest.mark.parametrize("what", LARGEST)
def test_what_rounding_is_measured_by(what: str) -> None:
    """The largest number that was computed: what stands far above all others was written down."""
    numbers, largest = LARGEST[what]
    assert largest_of(np.array(numbers)) == pytest.approx(largest)


def test_the_limit_of_an_answer_is_its_own() -> None:
    """What is laid out once for each answer is told apart: by the answer, the tolerance, and float32."""
    one, other = Answer.exactly(np.array([1.0, 2.0])), Answer.exactly(np.array([10.0, 20.0]))
    strict, loose = limit_of(one, TOLERANCE, False), limit_of(one, TOLERANCE, True)
    assert (loose > strict).all()
    assert (limit_of(other, TOLERANCE, False) > strict).all()
    assert (limit_of(one, replace(TOLERANCE, relative=0.5), False) > strict).all()
    assert limit_of(one, TOLERANCE, False) is strict


FLOATS = arrays.arrays(
    st.sampled_from(["f8", "f4", "i8", "u8", "?", "c16"]), arrays.array_shapes(min_dims=0, max_dims=3, max_side=3)
)


@settings(max_examples=300)
@given(FLOATS, arrays.arrays("f8", arrays.array_shapes(min_dims=0, max_side=3), elements=st.floats(-1e3, 1e3)))
def test_any_array_is_right_or_has_one_problem(got: np.ndarray, want: np.ndarray) -> None:
    """Whatever came back: no warning, no exception, a problem of the closed list or none."""
    found = problem(value(got), want)
    if found is None:
        assert np.allclose(got.astype(np.float64), want, rtol=1e-3, atol=1e-6 + 1e-3 * abs(want).max(initial=0))
    else:
        assert found.flaw in Flaw


@settings(max_examples=100)
@given(arrays.arrays("f8", arrays.array_shapes(max_side=4), elements=st.floats(-1e6, 1e6)))
def test_the_answer_itself_is_right(want: np.ndarray) -> None:
    """For any answer, also when it went through float32."""
    assert problem(value(want), want) is None
    assert problem(value(want.astype(np.float32)), want) is None
