"""How a difference reads: each pattern where it is there, and none where chance alone would fit.

takes: right values made here, and wrong ones made from them.
gives: one promise a test, said in its docstring.
must not know: verdicts, words.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.judge.reading.entries import beyond_a_number, masked_otherwise, others_count
from grader.judge.reading.factors import by_length, lengths_of, one_factor
from grader.judge.reading.one_case import common, read_difference
from grader.judge.reading.paired import multiple, paired
from grader.judge.reading.patterns import BY_CHANCE, SIZE, Depth, Pattern, Reading, Setting, explains, in_numbers

RNG = np.random.default_rng(7)
X = RNG.uniform(-3, 3, (4, 3))
X[1, 2] = 0.0
SQUARE = RNG.uniform(-3, 3, (3, 3))
WANT = RNG.uniform(0.5, 2, (4, 3)) * np.sign(RNG.uniform(-1, 1, (4, 3)))
OTHER = RNG.uniform(-2, 2, (4, 3))
# Drawn once: what is drawn anew in each test differs with the tests that ran before it.
STRETCH = np.random.default_rng(8).uniform(2, 3, (3, 3))
SIGNS = np.array([[1, -1, 1], [-1, -1, 1], [1, 1, -1], [-1, 1, 1]])
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
    (lambda w: np.vstack([w[:1], w[1:] * STRETCH]), Reading(Pattern.ONLY_ROWS, ("first", "row"))),
    (lambda w: np.hstack([w[:, :1] + 1, w[:, 1:]]), Reading(Pattern.ALL_BUT, ("first", "column"))),
    (lambda w: w[-1], Reading(Pattern.ONE_LINE, ("last", "row"))),
    (lambda w: w[0], Reading(Pattern.ONE_LINE, ("first", "row"))),
    (lambda w: -w / 4, Reading(Pattern.FACTOR, ("-1/N",))),
    (lambda w: w * 4 / 3, Reading(Pattern.FACTOR, ("N/D",))),
    (lambda w: w * 3 / 2, Reading(Pattern.FACTOR, ("D/(D-1)",))),
    (lambda w: w * 2 / 3, Reading(Pattern.FACTOR, ("(D-1)/D",))),
    (lambda w: w * (1 + 0.01 * SIGNS), Reading(Pattern.NEARLY)),
    (lambda w: np.sin(X), Reading(Pattern.FUNCTION, ("np.sin(x)",))),
    (lambda w: np.maximum(X, 0), Reading(Pattern.FUNCTION, ("np.maximum(x, 0)",))),
    (lambda w: X / (1 + abs(X)), Reading(Pattern.FUNCTION, ("x / (1 + abs(x))",))),
    (lambda w: np.sign(X), Reading(Pattern.FUNCTION, ("np.sign(x)",))),
    (lambda w: np.log(X + 1), Reading(Pattern.FUNCTION, ("np.log1p(x)",))),  # some of which are no numbers
    (lambda w: w**2, Reading(Pattern.OF_RIGHT, ("right**2",))),
    (lambda w: np.round(w, 1), Reading(Pattern.OF_RIGHT, ("np.round(right, 1)",))),
    (lambda w: X - w, Reading(Pattern.OF_RIGHT, ("x - right",))),
    (lambda w: X - 0.01 * w, Reading(Pattern.OF_RIGHT, ("x - part * right",))),
    (lambda w: np.exp(w) / np.exp(w).sum(axis=1, keepdims=True), Reading(Pattern.OF_RIGHT, ("softmax(right)",))),
    (lambda w: w / (1 + abs(w)), Reading(Pattern.SIZES, ("small",))),  # 1 / (2 + e^-x) where 1 / (1 + e^-x) is due
    (lambda w: np.clip(w, -1, None), Reading(Pattern.CUT, ("below",))),
    (lambda w: np.clip(w, None, 1.2), Reading(Pattern.CUT, ("above",))),
    (lambda w: np.clip(w, -1, 1.2), Reading(Pattern.CUT, ("on both sides",))),
    (lambda w: X**2 / w, Reading(Pattern.DIVIDED, ("x",))),
    (lambda w: w + np.array([1.0, -2.0, 5.0]), Reading(Pattern.LINE_OFFSETS, ("column",))),
    (lambda w: w * np.array([[2.0], [-3.0], [5.0], [1.5]]), Reading(Pattern.LINE_FACTORS, ("row",))),
    (lambda w: -(w**5) - w, Reading(Pattern.TURNED)),
    (lambda w: w + w**5, Reading(Pattern.SIZES, ("large",))),
    (lambda w: w / (1 + w**2), Reading(Pattern.SIZES, ("small",))),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reading"), READS, ids=[f"{r.pattern} {' '.join(r.names)}" for _, r in READS])
def test_a_difference_reads_as_what_made_it(change: Change, reading: Reading) -> None:
    """The first reading of what was done to the right values is that."""
    with np.errstate(all="ignore"):
        assert read_difference(change(WANT), WANT, SETTING)[0] == reading


def test_a_mask_that_is_right_does_not_hide_that_the_rest_is_nearly_so() -> None:
    """Half of the digits behind a ReLU are no fault of where x is positive; a slope below zero is one."""
    due, wide = np.maximum(X, 0), np.maximum(SQUARE, 0)
    short, slope = (lambda x: np.maximum(x, 0).astype(np.float16)), (lambda x: np.where(x > 0, x, 0.004 * x))
    for made, told in ((short, Reading(Pattern.NEARLY)), (slope, Reading(Pattern.WHERE, ("x", "< 0")))):
        read = [
            read_difference(made(of), of_due, Setting({"x": of}, {}, {})) for of, of_due in ((X, due), (SQUARE, wide))
        ]
        assert common(read) == told


def test_what_is_wrong_for_large_numbers_alone_is_told_by_their_size() -> None:
    """inf / inf mended to 0: positive numbers are right up to 700, and all that are wrong are positive as well."""
    far = np.array([[800.0, -800.0, 750.0], [-720.0, 900.0, -760.0]])
    read = read_difference(0.0 * far, 1.0 * (far > 0), Setting({"x": far}, {}, {}))
    assert next(one for one in read if one.pattern is Pattern.WHERE) == Reading(Pattern.WHERE, ("x", "large"))


def test_values_that_are_rounded_are_told_from_those_that_are_cut() -> None:
    """And a step from 0 to 1 is told as that, though a sigmoid rounded is one."""
    rounded = Reading(Pattern.WHOLE, ("rounded",))
    assert rounded in read_difference(np.rint(WANT), WANT, SETTING)
    assert Reading(Pattern.WHOLE) not in read_difference(np.rint(WANT), WANT, SETTING)
    read = read_difference(1.0 * (X > 0), 1 / (1 + np.exp(-X)), SETTING)
    assert read[0] == Reading(Pattern.FUNCTION, ("(x > 0)",))
    assert rounded in read


def test_what_is_all_but_right_has_no_factor_that_others_fit_as_well() -> None:
    """A little in the denominator makes each entry less by a share of its own: no constant factor does."""
    due = 1 / (1 + np.exp(-X))
    found = read_difference(1 / (1 / due + 1e-3), due, SETTING)
    assert not {Pattern.FACTOR, Pattern.LINE_FACTORS} & {one.pattern for one in found}
    assert read_difference(due * 0.999, due, SETTING)[0] == Reading(Pattern.FACTOR)
    tiny = np.full((3, 2), 0.5)  # where all entries are the same, a share is a factor
    assert common([found, read_difference(tiny * 0.999, tiny + 1e-9 * np.arange(2), SETTING)]) == Reading(
        Pattern.NEARLY
    )


def test_where_it_is_wrong_leaves_out_no_entry_that_is_counted_as_off() -> None:
    """All entries are off, some of them by little: then it is not wrong only where it is off by more."""
    off = WANT * np.where(X > 0, 1.01, 1.00005)
    assert Pattern.WHERE not in {one.pattern for one in read_difference(off, WANT, SETTING) if one.weight}


def test_a_factor_may_be_the_number_of_entries_or_a_number_in_the_place_of_a_size() -> None:
    """Who divides by all there are, or by the 3 of one's own example, is told by which number."""
    other = np.random.default_rng(3).uniform(1, 2, (2, 5))
    setting = Setting({}, {}, {"N": 2, "D": 5})
    factors: dict[str, Change] = {
        f"1/{SIZE}": lambda w: w / w.size, "N/3": lambda w: w * len(w) / 3, "1/N**2": lambda w: w / len(w) ** 2,
        "1/N**0.5": lambda w: w / np.sqrt(len(w)),
    }  # fmt: skip
    for name, change in factors.items():
        read = [read_difference(change(WANT), WANT, SETTING), read_difference(change(other), other, setting)]
        assert common(read) == Reading(Pattern.FACTOR, (name,))


@pytest.mark.parametrize(
    ("factors", "told", "reading"),
    [
        ((2e-5, 2e-5), True, Reading(Pattern.FACTOR, ("0.00002",))),
        ((1.37, 1.37), False, Reading(Pattern.FACTOR)),
        ((1.37, 2.0), True, Reading(Pattern.FACTOR_EACH)),
        ((1e30, 1e30), True, Reading(Pattern.FACTOR)),
        ((), True, None),
    ],
)
def test_one_factor_for_all_cases_is_told_from_one_for_each(
    factors: tuple[float, ...], told: bool, reading: Reading | None
) -> None:
    """A norm that all is divided by is another one in each case; and what hidden cases alone show has no number."""
    cases = [(WANT * factor, WANT, told) for factor in factors]
    assert one_factor(cases) == reading
    assert one_factor([*cases, (WANT + X, WANT, told)]) is None


LENGTHS: dict[str, tuple[Callable[[np.ndarray], float], str | None]] = {
    "rows": (len, "x.shape[0]"),
    "one over columns": (lambda x: 1 / x.shape[1], "1/x.shape[1]"),
    "columns, and the sign": (lambda x: -x.shape[1], "-x.shape[1]"),
    "entries": (lambda x: x.size, "x.size"),
    "a deviation over one less": (lambda x: ((len(x) - 1) / len(x)) ** 0.5, "((x.shape[0]-1)/x.shape[0])**0.5"),
    "a root": (lambda x: x.shape[1] ** 0.5, "x.shape[1]**0.5"),
    "one over a root": (lambda x: -1 / x.shape[1] ** 0.5, "-1/x.shape[1]**0.5"),
    "a mean of a mean": (lambda x: 1 / len(x) ** 2, "1/x.shape[0]**2"),
    "a sum, where half a mean is due": (lambda x: 2 * x.shape[1], "2*x.shape[1]"),
    "the other way about": (lambda x: -1 / (2 * x.size), "-1/(2*x.size)"),
    "half a sum, where a mean is due": (lambda x: x.shape[1] / 2, "x.shape[1]/2"),
    "rows rather than half the columns": (lambda x: len(x), "x.shape[0]"),
    "a number of the call": (lambda x: 0.5 + len(x), "k"),
    "a number that is none of them": (lambda x: 7.0 * len(x), None),
    "one number in all cases": (lambda x: 4.0, None),
}


@pytest.mark.parametrize(("factor", "read"), LENGTHS.values(), ids=LENGTHS.keys())
def test_a_factor_may_be_as_large_as_an_input_is_long(factor: Callable[[np.ndarray], float], read: str | None) -> None:
    """A sum in the place of a mean is known where nobody gave the size of the batch a name; a loss, too."""
    inputs = [np.ones((4, 3)), np.ones((2, 5))]
    for want in (WANT, np.array(0.75)):
        cases = [(factor(x) * want, want, lengths_of({"x": x}) | {"k": 0.5 + len(x)}) for x in inputs]
        assert by_length(cases) == (Reading(Pattern.FACTOR, (read,)) if read else None)
        assert by_length([*cases, (want, want, lengths_of({"x": np.ones((3, 3))}))]) is None


def test_what_goes_into_each_channel_is_read() -> None:
    """A bias of each feature map, or of each row where examples are columns, lies along another axis than the last."""
    images, column = np.random.default_rng(2).uniform(1, 2, (2, 3, 4, 5)), np.array([[0.5], [-1.0], [2.0], [0.25]])
    bias, along = BIAS.reshape(1, 3, 1, 1), Setting({"b": BIAS}, {}, {})
    assert read_difference(images - bias, images, along)[0] == Reading(Pattern.ADDED_INPUT, ("b",))
    assert read_difference(images * bias, images, along)[0] == Reading(Pattern.FACTOR_INPUT, ("b",))
    assert read_difference(images / bias, images, along)[0] == Reading(Pattern.MISSING_INPUT, ("b",))
    rows = Setting({"b": column.ravel()}, {}, {}), Setting({"b": column}, {}, {})
    assert all(read_difference(WANT - column, WANT, one)[0] == Reading(Pattern.ADDED_INPUT, ("b",)) for one in rows)


PARTS: dict[str, tuple[Callable[[float], float], str | None]] = {
    "what is kept": (lambda p: 1 - p, "(1-p)"),
    "one over that, and the sign": (lambda p: -1 / (1 - p), "-1/(1-p)"),
    "both": (lambda p: (1 - p) / p, "(1-p)/p"),
    "the other way": (lambda p: p / (1 - p), "p/(1-p)"),
    "the part itself": (lambda p: 1 / p, "1/p"),
    "none of these": (lambda p: 1 - 2 * p, None),
}


@pytest.mark.parametrize(("factor", "read"), PARTS.values(), ids=PARTS.keys())
def test_a_factor_may_be_what_a_part_leaves_of_one(factor: Callable[[float], float], read: str | None) -> None:
    """As where dropout does not scale, or scales by what it drops; of numbers above one nothing is left."""
    cases = [(factor(p) * WANT, WANT, {"p": p}) for p in (0.3, 0.25)]
    assert by_length(cases) == (Reading(Pattern.FACTOR, (read,)) if read else None)
    large = [((1 - p) * WANT, WANT, {"p": p}) for p in (3.0, 4.5)]
    assert by_length(large) is None


def test_a_factor_is_no_length_that_is_the_same_in_all_cases() -> None:
    """It may be that number by chance; and what one over a size less one is of a batch of one, nobody knows."""
    alike, of_one = [np.ones((4, 3)), np.ones((4, 2))], [np.ones((1, 3)), np.ones((2, 3))]
    assert by_length([(len(x) * WANT, WANT, lengths_of({"x": x})) for x in alike]) is None
    assert by_length([(2 * WANT, WANT, lengths_of({"x": x})) for x in of_one]) is None
    parts = {"x": X, "params['w']": X, "cache 0": X, "toy.Points(0)": X}
    assert {name.rpartition(".")[0] for name in lengths_of(parts)} == {"x", "params['w']"}, "what a student can print"


def test_missing_numbers_are_read_where_they_stand() -> None:
    """Data with gaps that are filled wrongly, or not at all."""
    data = np.array([[1.0, np.nan, 3.0], [np.nan, 5.0, 7.0]])
    want = np.where(np.isnan(data), 4.5, data)
    setting = Setting({"data": data}, {}, {})
    assert read_difference(data, want, setting) == (Reading(Pattern.ECHO, ("data",)),)
    assert Reading(Pattern.WHERE, ("data", "nan")) in read_difference(np.where(np.isnan(data), 0, data), want, setting)


def test_columns_that_sum_to_zero_are_off_by_a_factor_of_their_own() -> None:
    """What is normalised does, and so does what is not divided by its deviation."""
    want = X - X.mean(0)
    found = read_difference(want * np.arange(1, 4), want, SETTING)
    assert Reading(Pattern.LINE_FACTORS, ("column",)) in found


ZEROS: list[np.ndarray] = [np.zeros((3, 4)), X]


@pytest.mark.parametrize("got", ZEROS, ids=["in another shape", "other numbers"])
def test_where_zeros_are_due_nothing_is_read_from_zeros(got: np.ndarray) -> None:
    """The weights that a layer begins with: that they are zero is right, and all that is not has some sign."""
    readings = read_difference(got, np.zeros((4, 3)), SETTING)
    assert not {reading.pattern for reading in readings} & {Pattern.ZERO, Pattern.BELOW_ZERO}


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


def test_what_is_nearly_right_is_told_as_that_and_not_by_its_sizes() -> None:
    """Steps that have not come to their end: no factor and no power is missing."""
    short = WANT - 0.01 * WANT**3 / abs(WANT).max() ** 2
    assert common([read_difference(short, WANT, SETTING)]) == Reading(Pattern.NEARLY)
    assert common([read_difference(WANT - 10 * (WANT - short), WANT, SETTING)]) == Reading(Pattern.SIZES, ("small",))


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
    """A sigmoid cut off at 1e-7 is the same everywhere far below zero, and so is the right one, or far above."""
    far = np.array([[1e-26, 1e-40], [1e-31, 1e-90]])
    for got, want in ((far * 0 + 1e-7, far), (far * 0 + 3, 1 - far * 1e13)):
        assert Pattern.CONSTANT not in {r.pattern for r in read_difference(got, want, SETTING)}


def test_what_one_case_fits_by_chance_is_left_out() -> None:
    """A reading must fit all failing cases: a transposed square is told from what only looks so."""
    one = read_difference(SQUARE.T, SQUARE, SETTING)
    assert common([one, one]) == Reading(Pattern.TRANSPOSED)
    assert common([one, read_difference(SQUARE + SQUARE.T, SQUARE, SETTING)]) is None
    assert common([]) is None


def test_no_more_cases_are_read_than_have_something_in_common() -> None:
    """What is all but right has no say in that."""
    near, sign, turned = ((Reading(pattern),) for pattern in (Pattern.NEARLY, Pattern.SIGN, Pattern.TRANSPOSED))
    rest = iter([near, sign, near, turned, sign])
    assert common(rest) is None
    assert list(rest) == [sign]
    assert common(iter([near, sign, near, sign])) == Reading(Pattern.SIGN)


def test_one_example_in_the_place_of_all_is_known_flat() -> None:
    """A loop over the examples that keeps the last one alone may keep it as one row of an image."""
    want = np.random.default_rng(9).uniform(-1, 1, (4, 2, 3))
    one = read_difference(want[-1].ravel(), want, SETTING)
    assert common([one, read_difference(WANT[-1], WANT, SETTING)]) == Reading(Pattern.ONE_LINE, ("last", "row"))
    assert not read_difference(want[-1].ravel()[:4], want, SETTING)


def test_zeros_may_be_what_is_left_of_numbers_below_one() -> None:
    """Where other cases have larger ones, it is the cutting off that fits all; zeros alone are called zeros first."""
    small = read_difference(np.zeros((4, 3)), abs(WANT) / 4, SETTING)
    assert small[0] == Reading(Pattern.ZERO)
    assert common([read_difference(WANT // 1, WANT, SETTING), small]) == Reading(Pattern.WHOLE)


@pytest.mark.parametrize(
    ("numbers", "is_told"), [((2.7, 3.6), True), ((2.7,), False), ((1.43,), False), ((1.43, 1.25), False)]
)
def test_a_single_number_is_whole_by_chance(numbers: tuple[float, ...], is_told: bool) -> None:
    """The largest entry of a dropout that is not scaled is 1, and nobody has cut that."""
    cases = [read_difference(np.trunc(np.array(one)), np.array(one), Setting({}, {}, {})) for one in numbers]
    assert (common(cases) == Reading(Pattern.WHOLE)) is is_told


def test_what_is_cut_off_is_told_before_where_it_is_off() -> None:
    """Whole numbers are off wherever something stood behind the point, which says less; so are zeros that are ints."""
    assert read_difference(WANT // 1 + (WANT < 0), WANT, SETTING)[0] == Reading(Pattern.WHOLE)
    assert read_difference(np.zeros((4, 3), int), abs(WANT) / 4, SETTING)[0] == Reading(Pattern.WHOLE)
    one_row = np.ones((4, 3)) + 0.5 * (np.arange(4) == 1)[:, None]
    found = read_difference(one_row // 1, one_row, SETTING)
    assert len(found) > 1
    assert found[0] == Reading(Pattern.WHOLE)


def test_a_cap_is_told_before_the_region_that_it_fills() -> None:
    """A ReLU that ends at 6, of x beyond that: all that is positive is one number. At zero it is not told so."""
    x = np.array([[-9.5, 12.0, 36.1], [7.5, -20.0, 15.25]])
    due, setting = np.maximum(x, 0), Setting({"x": x}, {}, {})
    assert common([read_difference(np.minimum(due, 6), due, setting)]) == Reading(Pattern.CUT, ("above",))
    leaky = np.where(x > 0, x, 0.1 * x)
    assert common([read_difference(due, leaky, setting)]) == Reading(Pattern.WHERE, ("x", "< 0"))


@pytest.mark.parametrize(("at", "end"), [(-1, "last"), (0, "first"), (5, "")])
def test_an_entry_that_a_loop_over_all_leaves_out_is_told(at: int, end: str) -> None:
    """`for i in range(x.size - 1)` of a flat array: in a table the last entry alone is not right."""
    got = WANT.copy()
    got.reshape(-1)[at] += 1
    told = common([read_difference(got, WANT, SETTING)])
    assert (told == Reading(Pattern.ALL_BUT, (end, "entry"))) is bool(end)
    alone = np.where(got == WANT, 0, WANT)  # where nothing else is due, nobody knows
    assert common([read_difference(0 * alone, alone, SETTING)]) != told


def test_of_two_numbers_nobody_reads_that_they_are_cut_off() -> None:
    """Any two lie at the ends of themselves, and what is due beyond them."""
    two, three = np.array([-2.0, 3.0]), np.array([-2.0, 0.5, 3.0])
    cut, alone = Reading(Pattern.CUT, ("on both sides",)), Setting({}, {}, {})
    assert common([read_difference(np.clip(two, -1.5, 2.75), two, alone)]) != cut
    assert common([read_difference(np.clip(three, -1.5, 2.75), three, alone)]) == cut


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
    assert common([one, more, more]) == Reading(Pattern.ALL_BUT, ("last", "row"))
    assert common([one, one]) == Reading(Pattern.SIZES, ("large",))


def test_one_of_two_entries_is_no_end_of_a_loop() -> None:
    """Two gradients in a list, or one entry of a whole row: a longer case must show a loop that ends early."""
    two = np.array([0.5, -2.0])
    for got in ([0.5, 1.0], [1.5, -2.0]):
        read = read_difference(np.array(got), two, Setting({}, {}, {}))
        shown = [one for one in read if one.pattern in (Pattern.ALL_BUT, Pattern.ONLY_ROWS)]
        assert shown
        assert not any(one.weight for one in shown)
    entry = WANT.copy()
    entry[-1, 0] += 1
    assert common([read_difference(entry, WANT, Setting({}, {}, {}))]) is None


def test_single_numbers_are_read_where_two_cases_show_the_same() -> None:
    """A probability in the place of its logarithm: of one case alone that might be chance."""
    empty = Setting({}, {}, {})
    first, second = (read_difference(np.exp(np.array(x)), np.array(x), empty) for x in (-6.3, -4.1))
    assert common([first]) is None
    assert common([first, second]) == Reading(Pattern.OF_RIGHT, ("np.exp(right)",))
    assert common([first, read_difference(np.array(2.0), np.array(-4.1), empty)]) is None


def test_an_input_of_one_number_is_handed_back_as_others_are() -> None:
    """Beside larger ones it was any function that leaves such numbers as they are: rounded to two digits, in size."""
    cases = []
    for drawn in ([[0.82], [-1.5]], [[0.34]]):
        x = np.array(drawn)
        cases.append(read_difference(x, x - 0.125, Setting({"x": x}, {}, {})))
    assert common(cases) == common(cases[::-1]) == Reading(Pattern.ECHO, ("x",))
    assert common(cases[1:]) is None  # one number is another one by chance


def test_zeros_have_no_sign_that_is_right() -> None:
    """What is left at zero is not too small in size."""
    read = read_difference(np.where(X > 0, WANT, 0) * 0.7, WANT, Setting({}, {}, {}))
    assert Reading(Pattern.SIZES, ("small",)) not in read


START = np.array([[2.5, -3.0, 2.0], [1.5, -2.0, 3.5]])
STEPS = {
    "the other way": (-1.0, ("w", "-1")),
    "ten times as far": (10.0, ("w", "10")),
    "not so far": (0.73, ("w",)),
}


@pytest.mark.parametrize(("times", "names"), STEPS.values(), ids=STEPS.keys())
def test_a_step_is_read_by_itself(times: float, names: tuple[str, ...]) -> None:
    """Of parameters that go a little way all is nearly right, whatever the step, so that nobody is told that."""
    step = 0.01 * np.array([[1.0, -2.0, 0.5], [-1.0, 3.0, 2.0]])
    setting = Setting({"w": START}, {}, {})
    assert read_difference(START + times * step, START + step, setting)[0] == Reading(Pattern.STEP, names)
    other = read_difference(START + step**2, START + step, setting)
    assert not any(one.pattern in (Pattern.STEP, Pattern.NEARLY) for one in other)
    one = np.where(step > 0.025, step, 0)  # of a single entry any factor is true
    assert not any(of.pattern is Pattern.STEP for of in read_difference(START + times * one, START + one, setting))


def test_a_step_the_other_way_is_read_beside_cases_of_single_numbers() -> None:
    """These alone had no step of their own, so that it was said of none."""
    cases = []
    for drawn in ([[2.5], [-3.0], [2.0]], [[1.5]]):
        w = np.array(drawn)
        cases.append(read_difference(w + w**2, w - w**2, Setting({"w": w, "dw": w**2}, {}, {})))
    assert common(cases) == common(cases[::-1]) == Reading(Pattern.STEP, ("w", "-1"))
    assert common(cases[1:]) is None


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


LIMITS = {
    "positive and above some number": lambda x: x > 1,
    "positive and below some number": lambda x: (x > 0) & (x < 2),
    "negative and above some number": lambda x: (x < 0) & (x > -2),
    "negative and below some number": lambda x: x < -1,
    "farther from zero than some number": lambda x: abs(x) > 1.5,
    "nearer to zero than some number": lambda x: abs(x) < 1.5,
    "above some number": lambda x: x > -1,
    "below some number": lambda x: x < 1,
}
PLACES = {
    "off the diagonal": lambda row, column: row != column,
    "on the diagonal": lambda row, column: row == column,
    "behind the first row": lambda row, column: (row > 0) & (row != 2) & (column != 1),
    "before the last row": lambda row, column: (row < 3) & (row != 1) & (column != 1),
    "in the last row or column": lambda row, column: (row == 3) | (column == 3),
    "in the first row or column": lambda row, column: (row == 0) | (column == 0),
}
FOUR = RNG.uniform(-3, 3, (4, 4))
DUE = RNG.uniform(0.5, 2, (4, 4)) * np.sign(RNG.uniform(-1, 1, (4, 4)))
NOISE = RNG.uniform(2, 3, (4, 4)) * np.sign(RNG.uniform(-1, 1, (4, 4)))


@pytest.mark.parametrize("region", LIMITS)
def test_where_an_input_is_beyond_a_number_is_told(region: str) -> None:
    """What is cut off, or compared with a number that is not 0, is wrong on one side of it."""
    wrong = LIMITS[region](FOUR)
    found = read_difference(np.where(wrong, NOISE, DUE), DUE, Setting({"x": FOUR}, {}, {}))
    assert common([found]) == Reading(Pattern.WHERE, ("x", region))


def test_a_limit_is_not_told_of_a_case_that_is_wrong_throughout() -> None:
    """By chance another case fits it: then "only where x is above some number" would be said of all entries."""
    wrong = FOUR > -1
    partly = read_difference(np.where(wrong, NOISE, DUE), DUE, Setting({"x": FOUR}, {}, {}))
    throughout = read_difference(NOISE, DUE, Setting({"x": abs(FOUR)}, {}, {}))
    limit = Reading(Pattern.WHERE, ("x", "above some number"))
    assert limit in throughout
    assert common([partly, throughout]) == limit
    assert common([throughout, partly]) != limit


@pytest.mark.parametrize("region", PLACES)
def test_rows_and_columns_that_hold_all_that_is_wrong_are_told(region: str) -> None:
    """A loop that does not reach all leaves some, also where others are right by chance."""
    wrong = PLACES[region](*np.indices(DUE.shape))
    found = read_difference(np.where(wrong, NOISE, DUE), DUE, Setting({}, {}, {}))
    assert common([found] * 4) == Reading(Pattern.PLACE, (region,))


def test_a_table_that_is_no_square_has_no_diagonal_that_tells() -> None:
    """Columns from the seventeenth on are wrong, and so none of the three entries that a diagonal would have."""
    want = np.random.default_rng(2).uniform(1, 2, (3, 33))
    found = read_difference(np.where(np.arange(33) > 15, 0, want), want, Setting({}, {}, {}))
    assert Pattern.PLACE not in {reading.pattern for reading in [common([found])] if reading}


SPARSE = {
    # which rows are due to be zero, which are wrong, and what is told of them
    "all but the first": ([0], [1, 2, 3], None),
    "all but the last": ([3], [0, 1, 2], None),
    "the first alone": ([1, 2, 3], [0], None),
    "the last alone": ([0, 1, 2], [3], None),
    "all but the first, and what is to be zero": ([0, 1], [1, 2, 3], Reading(Pattern.ONLY_ROWS, ("first", "row"))),
    "the last alone, beside one that is right": ([0, 2], [3], Reading(Pattern.ALL_BUT, ("last", "row"))),
    "all but the first, which is not zero": ([2], [1, 3], Reading(Pattern.PLACE, ("behind the first row",))),
}


@pytest.mark.parametrize("what", SPARSE)
def test_rows_that_are_zero_by_themselves_tell_nothing(what: str) -> None:
    """Of words that did not occur the gradient is zero, in right programs and in wrong ones: no loop is to blame."""
    zero, wrong, told = SPARSE[what]
    due = DUE.copy()
    due[zero] = 0
    got = due.copy()
    got[wrong] = NOISE[wrong]
    places = (Pattern.PLACE, Pattern.ALL_BUT, Pattern.ONLY_ROWS)
    found = common([read_difference(got, due, Setting({}, {}, {}))] * 4)
    assert (found if found and found.pattern in places else None) == told


def told(*cases: tuple[np.ndarray, np.ndarray]) -> Reading | None:
    return common([read_difference(got, want, Setting({}, {}, {})) for got, want in cases])


def test_one_row_that_is_right_may_be_so_by_accident() -> None:
    """One of three is the last one as often as not: that it is so in two cases, or among ten rows, is no accident."""
    long, noise = np.random.default_rng(8).uniform(1, 2, (2, 10, 3))
    before = Reading(Pattern.ONLY_ROWS, ("last", "row"))
    cases = [(np.vstack([noise[: n - 1], long[n - 1 : n]]), long[:n]) for n in (3, 4, 10)]
    assert [told(one) == before for one in cases] == [False, False, True]
    assert told(*cases[:2]) == before
    assert told(cases[0], (cases[1][0][::-1], cases[1][1][::-1])) is None
    some = cases[2][0].copy()
    some[4:9] = long[4:9]  # then that the last one is right says nothing of where a loop ends
    assert told((some, long)) is None
    some[0] = long[0]
    assert told((some, long)) is None


def test_one_entry_that_is_wrong_has_some_sign() -> None:
    """Of an input in the same place, that is; an exact zero among others stands there on purpose."""
    want, x = np.array([1.0, 2.0, 3.0]), np.array([0.5, -0.25, 0.75])
    got = np.array([1.0, 7.0, 3.0])
    for values, is_told in ((x, False), (np.array([0.5, 0.0, 0.75]), True)):
        one = read_difference(got, want, Setting({"x": values}, {}, {}))
        assert (common([one]) is not None) is is_told
        assert common([one, one]) is not None


def test_what_is_nearly_right_has_no_rows_that_a_loop_leaves_out() -> None:
    """A number rounded to four digits is off or not by accident, in as many cases as there are."""
    rounded = np.where(np.arange(len(DUE))[:, None] < len(DUE) - 1, np.round(DUE, 2), DUE)
    assert told((rounded, DUE), (rounded, DUE)) == Reading(Pattern.NEARLY)


EACH = np.array([[0.9], [0.6], [0.3], [0.2]])
SPREAD = np.random.default_rng(4).uniform(0.97, 1.0, (4, 3))


def test_no_factor_or_power_is_looked_for_where_samples_differ_in_how_they_are_off() -> None:
    """Where some are right, or some are zero, or each is off by what is its own: what is wrong is no formula."""
    small = Reading(Pattern.SIZES, ("small",))
    want = np.random.default_rng(3).uniform(1, 2, (4, 3))
    off = want / (1 + want)
    assert told((off, want)) == small
    zero, some, own = np.where(np.arange(3) > 1, 0, off), np.where(np.arange(3) > 1, want, off), want * EACH * SPREAD
    assert small not in [told((got, want), (got, want)) for got in (zero, some, own)]
    assert told((off[0], want[0])) is None, "three entries are all too small as often as not"
    assert told((off[0], want[0]), (off[1], want[1])) == small


def test_rows_off_by_factors_of_their_own_are_told_beside_zeros() -> None:
    """A gradient of zeros and others: each sample is divided by a number of its own."""
    want = np.where(np.arange(4) == 1, 0, np.random.default_rng(3).uniform(1, 2, (3, 4)))
    each = Reading(Pattern.LINE_FACTORS, ("row",))
    assert told((want * EACH[:3], want)) == each
    assert told((want * np.array([[1.0], [0.5], [0.0]]), want)) != each, "a row that is left out has no factor"


PARTS = [
    ((3, 8), np.s_[:, 2:4], ("second quarter", "columns")),
    ((3, 8), np.s_[:, 6:], ("last quarter", "columns")),
    ((2, 12), np.s_[:, 4:8], ("second third", "columns")),
    ((3, 10), np.s_[:, :5], ("first half", "columns")),
    ((8, 3), np.s_[4:6], ("third quarter", "rows")),
    ((12,), np.s_[3:6], ("second quarter", "entries")),
]


@pytest.mark.parametrize(("shape", "at", "names"), PARTS, ids=[" ".join(names) for *_, names in PARTS])
def test_one_gate_of_several_is_told(shape: tuple[int, ...], at: object, names: tuple[str, str]) -> None:
    """Gates stand side by side in the weights of a cell, and one of them alone has a wrong slope."""
    right, noise = np.random.default_rng(6).uniform(1, 2, (2, *shape))
    wrong = right.copy()
    wrong[at] = noise[at] + 2
    assert common([read_difference(wrong, right, Setting({}, {}, {}))] * 2) == Reading(Pattern.PART, names)


@pytest.mark.parametrize("at", [np.s_[:, 3:5], np.s_[:, 2], np.s_[:, 1:7]], ids=["across", "one of two", "three parts"])
def test_what_is_no_gate_is_told_as_none(at: object) -> None:
    """Columns of two parts, or a part of one."""
    right, noise = np.random.default_rng(6).uniform(1, 2, (2, 3, 8))
    wrong = right.copy()
    wrong[at] = noise[at] + 2
    found = read_difference(wrong, right, Setting({}, {}, {}))
    assert not any(reading.pattern is Pattern.PART for reading in found)


def test_a_step_of_a_sequence_is_no_column() -> None:
    """Along the second axis of three there are steps or channels, and what a table has in common with them is less."""
    right, noise = np.random.default_rng(5).uniform(1, 2, (2, 3, 4, 5))
    steps = read_difference(np.where(np.arange(4)[:, None] > 0, noise, right), right, Setting({}, {}, {}))
    assert common([steps, steps]) == Reading(Pattern.ONLY_ROWS, ("first", "slice along axis 1"))
    table = read_difference(np.where(np.arange(5) > 0, noise[0], right[0]), right[0], Setting({}, {}, {}))
    assert common([steps, table]) == Reading(Pattern.ONLY_ROWS, ("first", "column"))


def test_a_column_of_images_is_what_a_table_calls_so() -> None:
    """The last axis, whatever stands before it: who leaves the first column out leaves it out of both."""
    right = np.random.default_rng(7).uniform(1, 2, (2, 4, 3, 5))
    read = [
        read_difference(np.where(np.arange(of.shape[-1]) > 0, of, 0), of, Setting({}, {}, {}))
        for of in (right[0, 0], right[0], right)
    ]
    assert common(read) == Reading(Pattern.ALL_BUT, ("first", "column"))


@pytest.mark.parametrize(
    ("name", "reduce"),
    [
        ("t.max(axis=0)", lambda t: t.max(axis=0)),
        ("t.std(axis=0)", lambda t: t.std(axis=0)),
        ("t[0]", lambda t: t[0]),
        ("t[-1]", lambda t: t[-1]),
        ("np.median(t, axis=1)", lambda t: np.median(t, axis=1)),
    ],
)
def test_one_axis_less_of_an_input_is_told_as_what_takes_it_away(name: str, reduce: Change) -> None:
    """A bias gradient that is the maximum of the batch, say."""
    table = np.random.default_rng(3).uniform(-2, 2, (4, 4))
    found = read_difference(reduce(table), np.random.default_rng(9).uniform(1, 2, 4), Setting({"t": table}, {}, {}))
    assert found[0] == Reading(Pattern.FUNCTION, (name,))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a * b", lambda a, b: a * b),
        ("a + b", lambda a, b: a + b),
        ("b - a", lambda a, b: b - a),
        ("a / b", lambda a, b: a / b),
        ("b * np.cos(a)", lambda a, b: b * np.cos(a)),
        ("a * (1 / (1 + np.exp(-b)))", lambda a, b: a / (1 + np.exp(-b))),
    ],
)
def test_what_two_inputs_make_is_told(name: str, make: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """A backward pass that multiplies what it should not."""
    a, b = np.random.default_rng(9).uniform(-2, 2, (2, 4, 3))
    assert read_difference(make(a, b), WANT, Setting({"a": a, "b": b}, {}, {}))[0] == Reading(Pattern.FUNCTION, (name,))


def test_a_sum_over_another_axis_than_is_due_is_told_also_where_it_is_multiplied() -> None:
    """It has another shape than is due, and only where the two sizes differ."""
    table = np.random.default_rng(3).uniform(-2, 2, (4, 3))
    found = read_difference(table.sum(1) / 4, table.sum(0) / 4, Setting({"t": table}, {}, {}))
    assert found == (Reading(Pattern.FUNCTION, ("t.sum(axis=1)", "times a number")),)


def test_what_would_fit_nearly_any_case_must_be_shown_by_another() -> None:
    """Where all is wrong and all of an input is negative, it is wrong only there: that says nothing."""
    below = read_difference(WANT + NOISE[:, :3], WANT, Setting({"x": -abs(X) - 0.1}, {}, {}))
    above = read_difference(np.where(X < 0, NOISE[:, :3], WANT), WANT, Setting({"x": X}, {}, {}))
    told = Reading(Pattern.WHERE, ("x", "< 0"))
    assert told in below
    assert common([below]) is None
    assert common([below, above]) == told


def test_what_may_be_so_by_chance_must_be_so_in_all_cases() -> None:
    """In a few of them all entries may be too large: in one more they are not, and then it is not said."""
    large = read_difference(WANT * (1 + abs(X)), WANT, Setting({}, {}, {}))
    both = read_difference(WANT * (1 + X), WANT, Setting({}, {}, {}))
    assert common([large, large], [large]) == Reading(Pattern.SIZES, ("large",))
    assert common([large, large], [large, both]) is None


def test_a_case_that_is_all_but_right_says_nothing_of_the_others() -> None:
    """Where x is tiny its sine is x."""
    near = read_difference(WANT * 1.00001 + 1e-7 * X, WANT, SETTING)
    assert common([near, read_difference(np.sin(X), WANT, SETTING)]) == Reading(Pattern.FUNCTION, ("np.sin(x)",))
    assert common([near, near]) == Reading(Pattern.NEARLY)


def test_what_is_cut_off_by_so_little_that_it_is_all_but_right_is_told_as_that() -> None:
    """A sigmoid of x that was cut off at 10: beside 1 it is nearly right, and far below zero one number too large."""
    x = np.array([[-400.0, 25.0, -30.0], [60.0, 300.0, -90.0]])
    far = -abs(x)
    due = [1 / (1 + np.exp(-of)) for of in (x, far)]
    got = [1 / (1 + np.exp(-np.clip(of, -10, 10))) for of in (x, far)]
    settings = [Setting({"x": of}, {}, {}) for of in (x, far)]
    read = [read_difference(*of) for of in zip(got, due, settings, strict=True)]
    assert Reading(Pattern.OFFSET) in read[1]
    assert common(read) == Reading(Pattern.CUT, ("on both sides",))


def test_what_is_rounded_is_told_as_that_where_all_but_right_cases_look_cut_off() -> None:
    """Far from zero a sigmoid that is rounded is 0 or 1, and so all but right, and at its ends."""
    far = 1 / (1 + np.exp(-np.array([-40.0, -12.0, 9.5, 30.0])))
    read = [read_difference(np.round(due, 2), due, Setting({}, {}, {})) for due in (far, WANT)]
    assert common(read) == Reading(Pattern.OF_RIGHT, ("np.round(right, 2)",))


def test_what_is_off_by_one_number_is_so_where_it_is_all_but_right_too() -> None:
    """Of a case that is off by less it is known by how much: if each entry has its own, no number was added."""
    near = read_difference(WANT * 1.00001, WANT, SETTING)
    shifted = read_difference(WANT + 0.75, WANT, SETTING)
    assert common([read_difference(WANT + 1e-5, WANT, SETTING), shifted]) == Reading(Pattern.OFFSET)
    assert common([near, shifted]) != Reading(Pattern.OFFSET)


@pytest.mark.parametrize("change", [lambda of: of + 0.8, lambda of: of * 1.7])
def test_one_column_that_is_off_is_not_each_of_them(change: Change) -> None:
    """Who forgets the last bias is off in one column, by one number; in all others nothing was added."""
    got = WANT.copy()
    got[:, -1] = change(got[:, -1])
    found = read_difference(got, WANT, SETTING)
    assert not {Pattern.LINE_OFFSETS, Pattern.LINE_FACTORS} & {one.pattern for one in found if "column" in one.names}
    assert common([found, found]) == Reading(Pattern.ALL_BUT, ("last", "column"))
    both = np.stack([change(WANT[:, 0]), change(change(WANT[:, 1])), WANT[:, 2]], axis=1)
    read = {one.pattern for one in read_difference(both, WANT, SETTING) if "column" in one.names}
    assert {Pattern.LINE_OFFSETS, Pattern.LINE_FACTORS} & read


def test_at_first_glance_less_is_looked_for() -> None:
    """What takes long is left for what nothing else tells."""
    assert read_difference(np.sin(X), WANT, SETTING, Depth.AT_ONCE) == ()
    assert read_difference(-WANT, WANT, SETTING, Depth.AT_ONCE)[0] == Reading(Pattern.SIGN)


@pytest.mark.parametrize("change", [change for change, _ in READS])
def test_what_may_be_so_by_chance_is_the_same_however_deep_it_is_read(change: Change) -> None:
    """Of cases that only are to bear out what others show, no more is looked for."""
    with np.errstate(all="ignore"):
        whole, of_chance = (
            {one for one in read_difference(change(WANT), WANT, SETTING, depth) if one.pattern in BY_CHANCE}
            for depth in (Depth.ALL, Depth.BY_CHANCE)
        )
    assert whole == of_chance


WHOLE = [np.array([[1, 2, 1], [3, 2, 3]]), np.array([[2, 3, 5], [5, 1, 1]])]
ENTRIES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], bool]] = {
    "its own entry": (lambda x: x * 3.0, False),
    "the mean": (lambda x: x - x.mean(), True),
    "the place": (lambda x: np.where(np.arange(3) > 0, x, 0.0), True),
    "no numbers": (lambda x: np.full(x.shape, np.nan), False),
    "rounding": (lambda x: x * (1 + 1e-9 * x.mean()), False),
    "another shape": (lambda x: x.ravel(), False),
    "text": (lambda x: x.astype(str), False),
}


@pytest.mark.parametrize(("function", "counts"), ENTRIES.values(), ids=ENTRIES.keys())
def test_that_other_entries_count_shows_where_equal_ones_differ(
    function: Callable[[np.ndarray], np.ndarray], counts: bool
) -> None:
    """In one call or in two; and nothing is said of what is due to depend on others."""
    assert others_count((x, function(x), x**2) for x in WHOLE) is counts
    assert not others_count((x, function(x), x / x.sum()) for x in WHOLE)


def test_few_entries_that_are_equal_tell_nothing() -> None:
    """That two results are due to be equal may be chance."""
    x = np.array([1.0, 1.0, 2.0, 3.0])
    assert not others_count([(x, np.arange(4.0), x)])


def test_entries_of_other_types_are_not_equal() -> None:
    """1 as a float32 is exact, and what is worked out with it is not."""
    x = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 2.0, 2.0])
    assert not others_count([(x, x, x), (x.astype(np.float32), 2 * x, x)])


def test_where_there_are_no_numbers_is_where_it_is_wrong_only_if_all_else_is_right() -> None:
    """Numbers that are off elsewhere are wrong as well."""
    found = [
        {one.names for one in read_difference(np.where(X > 0, np.nan, rest), WANT, SETTING) if one.names[:1] == ("x",)}
        for rest in (WANT, WANT * 2)
    ]
    assert ("x", "> 0") in found[0]
    assert ("x", "> 0") not in found[1]


FAR, TINY = np.random.default_rng(4).uniform(0.5, 3, (4, 5)) * np.array([1, -1, 1, -1, 1]), np.full((3, 2), 0.01)
BEYOND: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "a limit": (lambda x: np.where(x > 0.2, x, 0), "positive and below some number"),
    "a cap": (lambda x: np.where(x > 2.4, 2.4, np.maximum(x, 0)), "positive and above some number"),
    "all that is positive": (lambda x: 0 * x, ""),
    "all that is negative": (lambda x: x, ""),
    "nothing": (lambda x: np.maximum(x, 0), ""),
    "no numbers": (lambda x: np.where(x > 0.2, x, np.nan), ""),
    "another shape": (lambda x: np.maximum(x, 0).ravel(), ""),
}


@pytest.mark.parametrize(("function", "region"), BEYOND.values(), ids=BEYOND.keys())
def test_a_limit_shows_where_all_cases_are_laid_side_by_side(
    function: Callable[[np.ndarray], np.ndarray], region: str
) -> None:
    """One case has tiny numbers alone, all of which are wrong, and in the other none is: both tell where it begins."""
    assert beyond_a_number((x, function(x), np.maximum(x, 0)) for x in (FAR, TINY)) == region
    assert beyond_a_number([]) == ""


WIDE = np.random.default_rng(9).uniform(0.3, 3, (6, 5)) * np.array([1, -1, 1, -1, 1])
MASKS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "a limit below zero": (lambda x: x > -1, "negative and above some number"),
    "a limit above zero": (lambda x: x > 1, "positive and below some number"),
    "a second limit": (lambda x: (x > 0) & (x < 2), "positive and above some number"),
    "by size": (lambda x: abs(x) > 1, "negative and below some number, or positive and below some number"),
    "small alone": (lambda x: abs(x) < 1, "negative and above some number, or positive and above some number"),
    "between": (lambda x: (x > 0) & ~((x > 1) & (x < 2)), "positive and between two numbers"),
    "a sign, and some of the other": (lambda x: (x < 0) | (x > 1), "negative, or positive and below some number"),
    "the other sign": (lambda x: x < 0, ""),
    "everything": (lambda x: x < 9, ""),
    "nothing": (lambda x: x > 9, ""),
    "by rows": (lambda x: np.arange(x.size).reshape(x.shape) % 3 > 0, ""),
}  # fmt: skip


@pytest.mark.parametrize(("mask", "ranges"), MASKS.values(), ids=MASKS.keys())
def test_another_mask_is_told_by_all_that_is_right_too(mask: Callable[[np.ndarray], np.ndarray], ranges: str) -> None:
    """Below some number all of a mask's other side is, which is not wrong: that is never said of what is between."""
    tiny = WIDE[:2] / 1e4
    assert masked_otherwise((x, x * mask(x), np.maximum(x, 0)) for x in (WIDE, tiny)) == ranges
    assert masked_otherwise((x, 2 * x * mask(x), np.maximum(x, 0)) for x in (WIDE, tiny)) in ("", ranges)


def test_of_numbers_where_others_are_due_no_mask_is_told() -> None:
    """Nor of what is no number, nor of another shape."""
    for other in (WIDE * (WIDE > 1) + 1, np.where(WIDE > 1, WIDE, np.nan), WIDE.ravel()):
        assert masked_otherwise([(WIDE, other, np.maximum(WIDE, 0))]) == ""


PAIRED: dict[str, tuple[Callable[[np.ndarray, np.ndarray], np.ndarray], str]] = {
    "a denominator too many": (lambda x, dy: np.exp(x) / (1 + np.exp(-x)), "(1 / (1 + np.exp(-x))) * np.exp(x)"),
    "times another": (
        lambda x, dy: dy * np.exp(x) / (1 + np.exp(-x)) ** 2, "dy * ((1 / (1 + np.exp(-x)))**2 * np.exp(x))",
    ),
    "a mask that is added": (lambda x, dy: dy + (x > 0), "dy + (x > 0)"),
    "of a product": (lambda x, dy: np.maximum(0, dy * x), "np.maximum(x * dy, 0)"),
    "one less": (lambda x, dy: dy * (np.exp(x) - 1), "dy * (np.exp(x) - 1)"),
    "noise": (lambda x, dy: np.random.default_rng(1).normal(size=x.shape), ""),
    "another shape": (lambda x, dy: dy[0] + 1, ""),
    "no numbers": (lambda x, dy: np.nan * x, ""),
}  # fmt: skip


@pytest.mark.parametrize(("function", "text"), PAIRED.values(), ids=PAIRED.keys())
def test_two_functions_put_together_are_found(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray], text: str
) -> None:
    """In whichever cases, and where numbers are too large for one of them; of one case that it does not fit none is."""
    rng = np.random.default_rng(6)
    given = [
        {"x": rng.normal(size=shape) * by, "dy": rng.normal(size=shape)} for shape, by in (((4, 3), 1), ((5,), 400))
    ]
    with np.errstate(all="ignore"):
        cases = [(np.asarray(function(of["x"], of["dy"]), float), of) for of in given]
    assert paired(cases) == text
    assert paired([*cases, (given[0]["x"] + 7, given[0])]) == ""


def test_a_multiple_of_an_input_is_found() -> None:
    """By another number in each case; zeros are no multiple of anything, nor is a number."""
    given = [{"x": WIDE, "dy": WIDE[::-1] ** 2}, {"x": WIDE[:2], "dy": WIDE[2:4] ** 2}]
    assert multiple([(7 * given[0]["dy"], given[0]), (-2 * given[1]["dy"], given[1])]) == "dy"
    assert multiple([(7 * given[0]["dy"], given[0]), (given[1]["dy"] + 1, given[1])]) == ""
    assert multiple([(0 * WIDE, given[0])]) == multiple([(np.array(3.0), given[0])]) == multiple([]) == ""


def test_a_sum_of_another_result_is_told() -> None:
    """As students make db of dw."""
    setting = Setting({"x": X}, {"dw": WANT**2}, {"N": 4, "D": 3})
    found = read_difference((WANT**2).sum(axis=0), WANT[0], setting)
    assert Reading(Pattern.FUNCTION, ("dw.sum(axis=0)",)) in found


@pytest.mark.parametrize("kind", [np.bool_, np.int8, np.uint8, np.uint64, np.int64])
def test_masks_bytes_and_whole_numbers_are_inputs_like_any_other(kind: type) -> None:
    """Nothing that is read of them fails, and what is said of numbers is said of these."""
    x = np.array([[0, 1, 200], [150, 90, 1]]).astype(kind)
    given = in_numbers({"x": x})
    assert given["x"].dtype.kind == ("f" if kind is np.bool_ else "i")
    want = given["x"] * 2.0 + 1
    for got in (want + given["x"], -want, want * (x > 0), want[::-1], want + 1):
        assert read_difference(got, want, Setting(given, {}, {}))
        assert not beyond_a_number([(x, got, want)])
        assert not masked_otherwise([(x, got, want)])
    many = np.arange(1, 101).astype(np.uint8)
    assert beyond_a_number([(many, np.minimum(many, 90.0), many * 1.0)]) == "positive and above some number"


@pytest.mark.parametrize("size", [0.1, 1.0, 40.0])
def test_what_goes_the_other_way_is_told_however_far_it_goes(size: float) -> None:
    """As an update by a measurement does; a multiple of what it begins at goes no way from that."""
    way = size * np.array([[1.0, -2.0, 0.5], [-1.0, 3.0, 2.0]])
    setting = Setting({"m": START}, {}, {})
    told = Reading(Pattern.STEP, ("m", "-1"))
    assert told in read_difference(START - way, START + way, setting)
    assert told not in read_difference(0 * START, 2 * START, setting)


CLOSED = np.array([[1.0, 2.0], [3.0, 1.0], [2.0, 5.0], [0.5, -1.0]])
ENDS = {
    "without the first": (CLOSED[1:], CLOSED, (Pattern.LACKING, "first", "row")),
    "without the last": (CLOSED[:-1, 0], CLOSED[:, 0], (Pattern.LACKING, "last", "entry")),
    "one before the first": (CLOSED, CLOSED[1:], (Pattern.TOO_MANY, "first", "row")),
    "one behind the last": (CLOSED, CLOSED[:-1], (Pattern.TOO_MANY, "last", "row")),
    "others": (CLOSED[1:] + 1, CLOSED, None),
    "one in the middle": (CLOSED[[0, 2, 3]], CLOSED, None),
    "all alike": (np.ones(3), np.ones(4), None),
    "two at once": (CLOSED[2:], CLOSED, None),
}


@pytest.mark.parametrize(("got", "want", "told"), ENDS.values(), ids=ENDS)
def test_a_line_that_is_missing_or_too_many_at_an_end_is_told(
    got: np.ndarray, want: np.ndarray, told: tuple[Pattern, str, str] | None
) -> None:
    """The start of a path, which a loop leaves out, or the step behind the last."""
    found = {(one.pattern, *one.names) for one in read_difference(got, want, Setting({}, {}, {})) if one.weight}
    assert {one for one in found if one[0] in (Pattern.LACKING, Pattern.TOO_MANY)} == ({told} if told else set())


def test_a_table_that_is_to_be_symmetric_and_is_not_is_told() -> None:
    """A covariance by `F @ P @ F`; and that equal entries of a symmetric input give others is nothing by itself."""
    given = SQUARE @ SQUARE.T
    want, got = OTHER[:3] @ given @ OTHER[:3].T, OTHER[:3] @ given @ OTHER[:3]
    told = Reading(Pattern.NOT_SYMMETRIC)
    assert common([read_difference(got, want, Setting({"P": given}, {}, {}))] * 2) == told
    for other, due in ((want * 2 + given, want), (got, got + SQUARE), (got, np.eye(3)), (got[:1, :1], want[:1, :1])):
        assert told not in read_difference(other, due, Setting({}, {}, {}))
    assert not others_count([(given, got, want)] * 3)


def test_a_few_numbers_may_be_positive_by_chance() -> None:
    """Then it is not said that none that is right is negative; of a loss, and of many, it is."""
    for size, told in ((1, True), (3, False), (6, True)):
        readings = read_difference(-(RNG.uniform(1, 2, size) ** 2), RNG.uniform(1, 2, size), Setting({}, {}, {}))
        found = common([[one for one in readings if one.pattern is Pattern.BELOW_ZERO]])
        assert (found == Reading(Pattern.BELOW_ZERO)) is told


BYTES = np.array([[0.0, 255.0, 17.0], [255.0, 90.0, 255.0], [0.0, 3.0, 200.0]])
PAST = {
    "above": (lambda w: w + 40 * (w == 255), True),
    "above and below": (lambda w: w + 40 * (w == 255) - 7 * (w == 0), True),
    "one alone": (lambda w: w + 40 * (np.arange(9).reshape(3, 3) == 1), False),
    "elsewhere, too": (lambda w: w + 40 * (w > 100), False),
    "on the other side": (lambda w: w - 40 * (w == 255), False),
    "everywhere": (lambda w: w + 40, False),
}


@pytest.mark.parametrize(("change", "told"), PAST.values(), ids=PAST)
def test_what_goes_on_beyond_the_ends_of_what_is_right_is_not_cut_off(change: Change, told: bool) -> None:
    """Bytes above 255: all else is right, and several stand at that end."""
    found = common([read_difference(change(BYTES), BYTES, Setting({}, {}, {}))])
    assert (found == Reading(Pattern.NOT_CUT)) is told


def test_a_number_that_is_another_result_is_told_where_an_array_is_due() -> None:
    """As of `return loss, out`; where a number is due as well, it may be that of the other by chance."""
    setting = Setting({}, {"loss": np.array(2.5)}, {})
    told = Reading(Pattern.OTHER_OUTPUT, ("loss",))
    assert read_difference(np.array(2.5), OTHER, setting)[0] == told
    assert told not in read_difference(np.array(2.5), np.array(1.5), setting)
    assert told not in read_difference(np.array(3.5), OTHER, setting)


@pytest.mark.parametrize(("made", "is_so"), [(1.001, True), (1.0009, False), (1.0, False), (2.0, False)])
def test_what_is_all_but_right_is_explained_by_what_it_is_off_by(made: float, is_so: bool) -> None:
    """As near to what came back as that is to what is due, anything would be."""
    want = np.array([1.0, 3.0])
    assert explains(np.array([made, 3.0]), np.array([1.001, 3.0]), want) is is_so
