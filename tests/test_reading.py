"""How a difference reads: each pattern where it is there, and none where chance alone would fit.

takes: right values made here, and wrong ones made from them.
gives: one promise a test, said in its docstring.
must not know: verdicts, words.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.judge.patterns import Pattern, Reading, Setting
from grader.judge.reading import common, read_difference

RNG = np.random.default_rng(7)
X = RNG.uniform(-3, 3, (4, 3))
X[1, 2] = 0.0
SQUARE = RNG.uniform(-3, 3, (3, 3))
WANT = RNG.uniform(0.5, 2, (4, 3)) * np.sign(RNG.uniform(-1, 1, (4, 3)))
OTHER = RNG.uniform(-2, 2, (4, 3))
BIAS = np.array([0.5, -1.5, 2.5])
SETTING = Setting({"x": X, "b": BIAS}, {"db": OTHER}, {"N": 4, "D": 3})

Change = Callable[[np.ndarray], np.ndarray]
READS: list[tuple[Change, Reading]] = [
    (lambda w: w * 0, Reading(Pattern.ZERO)),
    (lambda w: w * 0 + 2.5, Reading(Pattern.CONSTANT)),
    (lambda w: X.copy(), Reading(Pattern.ECHO, ("x",))),
    (lambda w: OTHER.copy(), Reading(Pattern.OTHER_OUTPUT, ("db",))),
    (lambda w: -w, Reading(Pattern.SIGN)),
    (lambda w: w * 4, Reading(Pattern.FACTOR, ("N",))),
    (lambda w: w / 3, Reading(Pattern.FACTOR, ("1/D",))),
    (lambda w: w * 1.37, Reading(Pattern.FACTOR)),
    (lambda w: w * X, Reading(Pattern.FACTOR_INPUT, ("x",))),
    (lambda w: w + X, Reading(Pattern.ADDED_INPUT, ("x",))),
    (lambda w: w + 0.05 * X, Reading(Pattern.ADDED_INPUT, ("x", "times a number"))),
    (lambda w: w - 30 * X, Reading(Pattern.ADDED_INPUT, ("x", "times a number"))),
    (lambda w: w + 4 * BIAS, Reading(Pattern.ADDED_INPUT, ("b", "times a number"))),
    (lambda w: w * BIAS, Reading(Pattern.FACTOR_INPUT, ("b",))),
    (lambda w: w + 0.75, Reading(Pattern.OFFSET)),
    (lambda w: w.T, Reading(Pattern.TRANSPOSED)),
    (lambda w: w.reshape(12), Reading(Pattern.RESHAPED)),
    (lambda w: w.sum(0), Reading(Pattern.REDUCED, ("0",))),
    (lambda w: w.mean(), Reading(Pattern.ONE_NUMBER, ("all",))),
    (lambda w: np.array([3.0]), Reading(Pattern.ONE_NUMBER)),
    (lambda w: np.trunc(w).astype(int), Reading(Pattern.WHOLE)),
    (lambda w: w // 1, Reading(Pattern.WHOLE)),
    (lambda w: np.trunc(w / 4), Reading(Pattern.ZERO)),
    (lambda w: np.stack([w, 0 * w]), Reading(Pattern.NOT_REDUCED, ("0",))),
    (lambda w: abs(w), Reading(Pattern.SIGNS_LOST)),
    (lambda w: w[::-1], Reading(Pattern.PERMUTED)),
    (lambda w: np.where(X < 0, 0, w), Reading(Pattern.WHERE, ("x", "< 0"))),
    (lambda w: np.where(X == 0, 9, w), Reading(Pattern.WHERE, ("x", "= 0"))),
    (lambda w: np.vstack([w[:1], w[1:] * RNG.uniform(2, 3, (3, 3))]), Reading(Pattern.ONLY_ROWS, ("first", "row"))),
    (lambda w: np.hstack([w[:, :1] + 1, w[:, 1:]]), Reading(Pattern.ALL_BUT, ("first", "column"))),
    (lambda w: w[-1], Reading(Pattern.ONE_LINE, ("last", "row"))),
    (lambda w: w[0], Reading(Pattern.ONE_LINE, ("first", "row"))),
    (lambda w: -w / 4, Reading(Pattern.FACTOR, ("-1/N",))),
    (lambda w: w * 4 / 3, Reading(Pattern.FACTOR, ("N/D",))),
    (lambda w: w * (1 + 0.01 * np.sign(X + 0.1)), Reading(Pattern.NEARLY)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reading"), READS, ids=[f"{r.pattern} {' '.join(r.names)}" for _, r in READS])
def test_a_difference_reads_as_what_made_it(change: Change, reading: Reading) -> None:
    """The first reading of what was done to the right values is that."""
    assert read_difference(change(WANT), WANT, SETTING)[0] == reading


def test_two_numbers_have_no_factor_but_one_with_a_name() -> None:
    """Any wrong loss is some multiple of the right one: that says nothing."""
    want = np.array(2.5)
    assert Reading(Pattern.FACTOR, ("N",)) in read_difference(4 * want, want, SETTING)
    assert Reading(Pattern.FACTOR) not in read_difference(1.37 * want, want, SETTING)


NEAR: list[tuple[Change, Pattern]] = [
    (lambda w: np.round(w, 5), Pattern.NEARLY),
    (lambda w: w * 1.00001, Pattern.NEARLY),
    (lambda w: w + 1e-5, Pattern.OFFSET),
]


def test_one_number_is_not_called_a_reduction_that_nothing_asks_for() -> None:
    """A bias gradient must be reduced, and has been reduced too far: what is told first is the number that is left."""
    bias = np.array([0.5, -2.0])
    assert read_difference(bias.sum(), bias, SETTING)[0] == Reading(Pattern.ONE_NUMBER, ("all",))
    assert read_difference(np.array(1), bias, SETTING) == (Reading(Pattern.ONE_NUMBER),)


@pytest.mark.parametrize(("change", "pattern"), NEAR)
def test_what_is_near_enough_to_fit_everything_is_called_near(change: Change, pattern: Pattern) -> None:
    """A slip in the fifth digit is neither a lost sign nor a wrong place, though it fits these as well as any."""
    assert read_difference(change(WANT), WANT, SETTING)[0].pattern is pattern


def test_a_constant_is_none_where_that_is_all_but_right() -> None:
    """A sigmoid that is cut off at 1e-7 is the same everywhere far below zero, and so is the right one."""
    far = np.array([[1e-26, 1e-40], [1e-31, 1e-90]])
    assert Pattern.CONSTANT not in {r.pattern for r in read_difference(far * 0 + 1e-7, far, SETTING)}


def test_what_one_case_fits_by_chance_is_left_out() -> None:
    """A reading must fit all failing cases: a transposed square is told from what only looks so."""
    one = read_difference(SQUARE.T, SQUARE, SETTING)
    assert common([one, one]) == Reading(Pattern.TRANSPOSED)
    assert common([one, read_difference(SQUARE + SQUARE.T, SQUARE, SETTING)]) is None
    assert common([]) is None


def test_one_example_in_the_place_of_all_is_known_flat() -> None:
    """A loop over the examples that keeps the last one alone may keep it as one row of an image."""
    want = RNG.uniform(-1, 1, (4, 2, 3))
    one = read_difference(want[-1].ravel(), want, SETTING)
    assert common([one, read_difference(WANT[-1], WANT, SETTING)]) == Reading(Pattern.ONE_LINE, ("last", "row"))
    assert not read_difference(want[-1].ravel()[:4], want, SETTING)


def test_zeros_may_be_what_is_left_of_numbers_below_one() -> None:
    """Where other cases have larger ones, it is the cutting off that fits all; zeros alone are called zeros first."""
    small = read_difference(np.zeros((4, 3)), abs(WANT) / 4, SETTING)
    assert small[0] == Reading(Pattern.ZERO)
    assert common([read_difference(WANT // 1, WANT, SETTING), small]) == Reading(Pattern.WHOLE)


def test_what_is_cut_off_is_told_before_where_it_is_off() -> None:
    """Whole numbers are off wherever something stood behind the point, which says less; so are zeros that are ints."""
    assert read_difference(WANT // 1 + (WANT < 0), WANT, SETTING)[0] == Reading(Pattern.WHOLE)
    assert read_difference(np.zeros((4, 3), int), abs(WANT) / 4, SETTING)[0] == Reading(Pattern.WHOLE)
    one_row = np.ones((4, 3)) + 0.5 * (np.arange(4) == 1)[:, None]
    found = read_difference(one_row // 1, one_row, SETTING)
    assert len(found) > 1
    assert found[0] == Reading(Pattern.WHOLE)


ONE_ROW = Setting({"x": X[:1]}, {}, {"N": 1, "D": 3})


def test_a_sign_is_all_that_a_division_by_minus_one_shows() -> None:
    """Where N is 1, what fits all other cases fits there too; where it is 1 everywhere, the sign alone is told."""
    one = read_difference(-WANT[:1], WANT[:1], ONE_ROW)
    assert common([one, read_difference(-WANT / 4, WANT, SETTING)]) == Reading(Pattern.FACTOR, ("-1/N",))
    assert common([one, one]) == Reading(Pattern.SIGN)


def test_one_size_in_the_place_of_another_is_told_where_either_is_one() -> None:
    """Divided by D where N is due: in a batch of one that is 1/D."""
    one = read_difference(WANT[:1] / 3, WANT[:1], ONE_ROW)
    assert common([one, read_difference(WANT * 4 / 3, WANT, SETTING)]) == Reading(Pattern.FACTOR, ("N/D",))


def test_a_row_that_is_the_only_one_is_no_end_of_a_loop() -> None:
    """A single row that is wrong fits a loop that ends early, if other cases show one; alone it says nothing."""
    one = read_difference(WANT[:1] * [[2.0, 3.0, 5.0]], WANT[:1], ONE_ROW)
    more = read_difference(np.vstack([WANT[:-1], 0 * WANT[-1:]]), WANT, SETTING)
    assert common([one, more]) == Reading(Pattern.ALL_BUT, ("last", "row"))
    assert common([one, one]) is None


def test_single_entries_stand_for_rows_beside_tables() -> None:
    """A bias gradient has entries; among tables an entry is what a loop over the first axis writes."""
    want = np.array([0.5, -2.0, 1.0])
    one = read_difference(np.array([0.5, -2.0, 0.0]), want, Setting({}, {}, {}))
    assert one[0] == Reading(Pattern.ALL_BUT, ("last", "entry"))
    more = read_difference(np.vstack([WANT[:-1], 0 * WANT[-1:]]), WANT, SETTING)
    assert common([one, more]) == Reading(Pattern.ALL_BUT, ("last", "row"))


@pytest.mark.parametrize("got", [np.array(["a"]), np.zeros((0, 3)), np.zeros((4, 3), complex)])
def test_what_is_no_array_of_numbers_is_not_read(got: np.ndarray) -> None:
    """Text, complex numbers and empty arrays have no reading."""
    assert read_difference(got, WANT, SETTING) == ()
