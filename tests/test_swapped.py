"""Two arguments that may change places: who calls a kernel as `k(Z, X)` is lent what is right for that.

takes: functions as a reference has them.
gives: one promise a test, said in its docstring.
must not know: how what is lent is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from test_piecewise import asking

from grader.answer_key import LentCall
from grader.lending import Known
from grader.lending.piecewise import with_parts
from grader.lending.swapped import with_columns, with_one_hot, with_swaps
from grader.wire import Step

RNG = np.random.default_rng(9)
X, Z = RNG.uniform(-1, 1, (4, 2)), RNG.uniform(-1, 1, (3, 2))
STEP = Step("f", ("x", "z", "length"), ("k",))

Function = Callable[..., object]


def kernel(x: np.ndarray, z: np.ndarray, length: float) -> np.ndarray:
    return np.asarray(np.exp(-((x[:, None] - z) ** 2).sum(-1) / length))


def distance(x: np.ndarray, z: np.ndarray, length: float) -> float:
    return float(abs(x.sum() - z.sum()) / length)


def weighed(x: np.ndarray, z: np.ndarray, length: float) -> np.ndarray:
    return kernel(x, z, length) * x[:, :1]


def product(x: np.ndarray, z: np.ndarray, length: float) -> np.ndarray:
    return np.asarray(x @ z.T @ z)


def known_of(function: Function, *given: object) -> Known:
    call = LentCall("f", (*map(np.asarray, given),), (np.asarray(function(*given)),))
    lent = with_swaps({7: (call,)}, {"f": STEP}, asking(function))
    return Known.of(with_parts(lent, {"f": STEP}, asking(function))[7])


@pytest.mark.parametrize("function", [kernel, distance])
def test_what_gives_the_same_turned_round_is_known_turned_round(function: Function) -> None:
    """Or that transposed; of other numbers nothing is known."""
    known = known_of(function, X, Z, 0.5)
    place = known.find("f", (Z, X, np.array(0.5)))
    assert np.allclose(known.calls[place].results[0], np.asarray(function(Z, X, 0.5)))
    assert known.find("f", (X, Z, np.array(0.5))) == 0 != place
    for other in ((Z, X, np.array(2.0)), (Z, Z, np.array(0.5)), (Z, 2 * X, np.array(0.5))):
        assert known.find("f", other) == -1


def test_a_loop_over_the_other_argument_is_known_too() -> None:
    """As one over the first of the reference's call is."""
    known = known_of(kernel, X, Z, 0.5)
    assert known.find("f", (Z[:1], X, np.array(0.5))) >= 0


@pytest.mark.parametrize(("function", "given"), [(weighed, (X, Z, 0.5)), (product, (X, Z, 0.5)), (kernel, (X, X, 0.5))])
def test_what_gives_something_else_or_is_the_same_call_is_known_once(
    function: Function, given: tuple[object, ...]
) -> None:
    """Nobody gets what the reference would not give for it."""
    known = known_of(function, *given)
    assert [call.part for call in known.calls].count(0) == 1


@pytest.mark.parametrize(
    ("given", "turned"),
    [
        ((X, Z), True),
        (('"cat"', '"horse"'), True),
        (('"cat"', '"cat"'), False),
        (('"cat"', X), False),
        (("@a", "@b"), False),
    ],
)
def test_two_arrays_or_two_words_that_differ_are_turned_round(given: tuple[Any, Any], turned: bool) -> None:
    """Such as an edit distance; a word and an array are no two of a kind, and of other objects nobody knows."""
    asked: list[object] = []

    def ask(questions: Sequence[object]) -> list[tuple[np.ndarray, ...]]:
        asked.extend(questions)
        return [(np.array(2.0),) for _ in questions]

    call = LentCall("f", given, (np.array(2.0),))
    lent = with_swaps({7: (call,)}, {"f": Step("f", ("a", "b"), ("d",))}, ask)
    assert [one.given for one in lent[7]][1:] == [given[::-1]] * turned
    assert bool(asked) is turned


def test_of_a_function_that_may_not_be_turned_round_one_call_is_asked() -> None:
    """A network may call its layer some hundred times."""
    asked: list[int] = []
    calls = tuple(LentCall("f", (X + n, Z, np.array(0.5)), (weighed(X + n, Z, 0.5),)) for n in range(20))
    lent = with_swaps({7: calls}, {"f": STEP}, lambda questions: [asked.append(1) for _ in questions])
    assert (lent, len(asked)) == ({7: calls}, 1)


LABELS = np.array([1, 0, 1, 1])


def of_both(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(x[np.arange(len(x)), y.ravel()])


def of_a_row(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(x[np.arange(len(x)), y])


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None]], ids=["a row", "a column"])
def test_labels_are_known_in_a_row_and_in_a_column_where_that_is_the_same(labels: np.ndarray) -> None:
    """One's layer flattens them, and another's wants a column; of other labels nothing is known."""
    calls = (LentCall("f", (X, labels), (of_both(X, labels),)),)
    lent = with_columns({7: calls}, {"f": Step("f", ("x", "y"), ("p",))}, asking(of_both))
    known = Known.of(lent[7])
    other = LABELS[:, None] if labels.ndim == 1 else LABELS
    assert (known.find("f", (X, labels)), known.find("f", (X, other)), known.find("f", (X, 1 - other))) == (0, 1, -1)


@pytest.mark.parametrize("second", [LABELS, X[:, 0]], ids=["labels that are to stand in a row", "other numbers"])
def test_what_is_not_the_same_in_a_column_or_no_label_is_known_once(second: np.ndarray) -> None:
    """Whoever puts labels there that the reference would read otherwise has made a mistake of their own."""
    calls = (LentCall("f", (X, second), (np.zeros(4),)),)
    assert with_columns({7: calls}, {"f": Step("f", ("x", "y"), ("p",))}, asking(of_a_row)) == {7: calls}


ONE_HOT = np.eye(2, dtype=int)[LABELS]


def of_either(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return of_a_row(x, y.argmax(axis=1) if y.ndim == 2 else y)


@pytest.mark.parametrize("told", [LABELS, ONE_HOT, ONE_HOT.astype(float)], ids=["numbers", "rows", "rows of floats"])
def test_labels_are_known_one_hot_and_as_numbers_where_that_is_the_same(told: np.ndarray) -> None:
    """A layer that makes numbers of them before it calls the loss is as right; of other labels nothing is known."""
    calls = (LentCall("f", (X, told), (of_a_row(X, LABELS),)),)
    lent = with_one_hot({7: calls}, {"f": Step("f", ("x", "y"), ("p",))}, asking(of_either))
    known = Known.of(lent[7])
    found = [
        known.find("f", (X, one)) for one in (told, LABELS if told.ndim == 2 else ONE_HOT, 1 - LABELS, 1 - ONE_HOT)
    ]
    assert found == [0, 1, -1, -1]


@pytest.mark.parametrize("second", [LABELS, ONE_HOT, ONE_HOT[:, :1], 2 * ONE_HOT, LABELS + 1, X])
def test_what_is_not_the_same_one_hot_or_no_label_is_known_once(second: np.ndarray) -> None:
    """Only what the reference takes in both forms is known in both."""
    calls = (LentCall("f", (X, second), (np.zeros(4),)),)
    assert with_one_hot({7: calls}, {"f": Step("f", ("x", "y"), ("p",))}, asking(of_a_row)) == {7: calls}
