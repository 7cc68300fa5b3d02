"""What would be right for another array than the one that is due is told by that array, and by nothing else.

takes: right values made here of inputs, and wrong ones made of others.
gives: one promise a test, said in its docstring.
must not know: verdicts, words.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.judge.reading.as_if import Case, as_if
from grader.judge.reading.patterns import Pattern, Reading, Setting

Array = np.ndarray
Function = Callable[..., Array]


def cases(due: Function, made: Function, *shapes: tuple[tuple[int, ...], int]) -> list[Case]:
    """Of a layer of these shapes: what is due, and what came back of a formula that is wrong."""
    rng = np.random.default_rng(11)
    found = []
    for shape, outputs in shapes or (((3, 4), 2), ((5, 3), 6), ((4, 2, 3), 5)):
        w, b = rng.uniform(-2, 2, (int(np.prod(shape[1:])), outputs)), rng.uniform(-2, 2, outputs)
        x, dout = rng.uniform(-2, 2, shape), rng.uniform(-2, 2, (shape[0], outputs))
        setting = Setting({"x": x, "w": w, "b": b, "dout": dout}, {}, {"N": len(x)})
        rows = x.reshape(len(x), -1)
        found.append((made(rows, w, b, dout), due(rows, w, b, dout), setting))
    return found


def slope(x: Array) -> Array:
    return np.exp(-x) / (1 + np.exp(-x)) ** 2


def forward(x: Array, w: Array, b: Array, dout: Array) -> Array:
    return x @ w + b


def weights(x: Array, w: Array, b: Array, dout: Array) -> Array:
    return x.T @ dout / len(x)


def bias(x: Array, w: Array, b: Array, dout: Array) -> Array:
    return dout.mean(axis=0)


ONE_ROW = "rest behind the first row"
OF_LAYERS: dict[str, tuple[Function, Function, tuple[str, str] | None]] = {
    "sizes": (weights, lambda x, w, b, d: weights(abs(x), w, b, d), ("x", "abs(x)")),
    "squares": (forward, lambda x, w, b, d: forward(x**2, w, b, d), ("x", "x**2")),
    "the next line": (weights, lambda x, w, b, d: weights(np.roll(x, 1, 0), w, b, d), ("x", "np.roll(x, 1, axis=0)")),
    "means": (weights, lambda x, w, b, d: np.outer(x.mean(0), d.mean(0)), ("x", "x.mean(axis=0)")),
    "one bias": (forward, lambda x, w, b, d: forward(x, w, b[0], d), ("b", "b[0]")),
    "a loop that ends early": (forward, lambda x, w, b, d: x[:, :-1] @ w[:-1] + b, ("w", "last row")),
    "a loop that begins late": (forward, lambda x, w, b, d: x[:, 1:] @ w[1:] + b, ("w", "first row")),
    "an example too few": (bias, lambda x, w, b, d: d[:-1].sum(axis=0) / len(d), ("dout", "last row")),
    "one example alone": (weights, lambda x, w, b, d: np.outer(x[0], d[0]) / len(x), ("x", ONE_ROW)),
    "reshaped": (weights, lambda x, w, b, d: x.reshape(x.shape[::-1]) @ d / len(x), ("x", "reshape")),
    "another product": (forward, lambda x, w, b, d: np.sin(x) @ w + b, None),
    "nothing of it": (bias, lambda x, w, b, d: np.tan(d).mean(axis=0), None),
}  # fmt: skip


@pytest.mark.parametrize(("due", "made", "names"), OF_LAYERS.values(), ids=OF_LAYERS.keys())
def test_of_a_product_or_a_sum_what_stands_in_the_place_of_an_input_is_told(
    due: Function, made: Function, names: tuple[str, str] | None
) -> None:
    """Also of images, which are read as rows; and nothing is told of what is none of these."""
    told = as_if(cases(due, made))
    pattern = Pattern.LEFT_OUT if names and names[1].endswith("row") else Pattern.AS_IF
    assert told == (Reading(pattern, names) if names else None)


def test_a_square_that_is_turned_is_told_as_that_and_not_as_reshaped() -> None:
    """Both give the same there, and who wrote `.T` looks for no reshape; of other shapes it is one."""
    squares = cases(forward, lambda x, w, b, d: x @ w.T + b, ((3, 4), 4), ((5, 3), 3))
    assert as_if(squares) == Reading(Pattern.AS_IF, ("w", "w.T"))
    assert as_if(cases(weights, OF_LAYERS["reshaped"][1])) == Reading(Pattern.AS_IF, ("x", "reshape"))


def test_another_array_taken_away_is_told() -> None:
    """As of weights that were updated before they are used: what is added is none of the formula."""
    of = [
        (x @ (w - dw), x @ w, Setting({"x": x, "w": w}, {"dw": dw}, {}))
        for x, w, dw in ((np.random.default_rng(n).normal(size=(3, 4, 4))) for n in (1, 2))
    ]
    assert as_if(of) == Reading(Pattern.AS_IF, ("w", "w - dw"))


BY_ENTRIES: dict[str, tuple[Function, Function, tuple[str, str] | None]] = {
    "a row of sums": (lambda x, d: d * (x > 0), lambda x, d: d.sum(axis=0) * (x > 0), ("dout", "dout.sum(axis=0)")),
    "the slope at another point": (lambda x, d: d * slope(x), lambda x, d: d * slope(d), ("x", "dout")),
    "the slope of another line": (lambda x, d: d * slope(x), lambda x, d: d * slope(np.roll(x, -1, 0)),
                                  ("x", "np.roll(x, -1, axis=0)")),
    "a limit that is none": (lambda x, d: d * (x > 0), lambda x, d: d * (np.rint(x) > 0), None),
    "zeros are due": (lambda x, d: 0 * x, lambda x, d: 0 * x + 1, None),
}  # fmt: skip
OF_ONE: dict[str, tuple[Function, Function, tuple[str, str] | None]] = {
    "to the power of 2": (lambda x, d: 1 / (1 + np.exp(-x)), lambda x, d: 1 / (1 + 2.0**-x), ("x", "np.log(2) * x")),
    "centred": (lambda x, d: np.tanh(x), lambda x, d: np.tanh(x - x.mean()), ("x", "x - x.mean()")),
    "two inputs": (lambda x, d: d * slope(x), lambda x, d: d * slope(d), None),
}
EVERY = [(*one, False) for one in BY_ENTRIES.values()] + [(*one, True) for one in OF_ONE.values()]


@pytest.mark.parametrize(("due", "made", "names", "of_one"), EVERY, ids=[*BY_ENTRIES, *OF_ONE])
def test_of_a_function_of_each_entry_it_is_told_as_well(
    due: Function, made: Function, names: tuple[str, str] | None, of_one: bool
) -> None:
    """Of what is only asked on which side of zero it is, no rounding is told: a limit is."""
    rng, found = np.random.default_rng(5), []
    for shape in ((3, 4), (2, 3, 4), (6,)):
        x, dout = rng.uniform(-2, 2, shape), rng.uniform(-2, 2, shape)
        found.append((made(x, dout), due(x, dout), Setting({"x": x, "dout": dout}, {}, {})))
    assert as_if(found, of_one) == (Reading(Pattern.AS_IF, names) if names else None)


def test_all_cases_that_fail_must_show_it() -> None:
    """A case of another shape, or one that fits something else, leaves nothing to be told."""
    [first, second, third] = cases(weights, OF_LAYERS["sizes"][1])
    assert as_if([first, second, third])
    assert as_if([first, second, (third[0][:1], *third[1:])]) is None
    assert as_if([first, second, (third[0] + 1, *third[1:])]) is None
    assert as_if([]) is None


def test_what_is_no_product_is_none_of_another_array() -> None:
    """The nearest product is not the right result, and what comes out of it otherwise says nothing."""
    found = []
    for got, want, setting in cases(weights, OF_LAYERS["sizes"][1]):
        near, other = got.copy(), np.cos(want)
        near *= np.vdot(other, want) / np.vdot(want, want)  # as far as the product goes in what is due now
        found.append((near, other, setting))
    assert as_if(found) is None


def test_few_numbers_tell_nothing_by_themselves() -> None:
    """Two entries fit something by chance sooner than three; where others show it, they do not stand against it."""
    few = cases(bias, OF_LAYERS["an example too few"][1], ((3, 4), 1), ((4, 4), 2))
    assert as_if(few) is None
    assert as_if([*few, *cases(bias, OF_LAYERS["an example too few"][1])])


@pytest.mark.parametrize("name", ["x(0)", "a b"])
def test_what_code_cannot_name_is_left_out(name: str) -> None:
    """What an object is made with stands in no line of the function."""
    x = np.random.default_rng(2).uniform(-2, 2, (3, 4))
    assert as_if([(np.tanh(abs(x)), np.tanh(x), Setting({name: x}, {}, {}))], of_one=True) is None
    told = as_if([(np.tanh(abs(x)), np.tanh(x), Setting({"x": x}, {}, {}))], of_one=True)
    assert told == Reading(Pattern.AS_IF, ("x", "abs(x)"))


@pytest.mark.parametrize(("shape", "is_tried"), [((8, 90), True), ((200, 90), False), ((5000, 30), False)])
def test_what_would_take_long_is_not_tried(shape: tuple[int, ...], is_tried: bool) -> None:
    """Of large cases nothing is worked out anew, also where a small one shows it."""
    due, made, _ = OF_LAYERS["sizes"]
    assert (as_if(cases(due, made, (shape, 3))) is not None) is is_tried
    beside = as_if([*cases(due, made), *cases(due, made, (shape, 3))])
    assert (beside is not None) is (shape != (5000, 30))
