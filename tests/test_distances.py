"""Losses that are other losses, and gradients that are wrong at the labels alone.

takes: made-up results of a loss and its gradient.
gives: one promise a test, said in its docstring.
must not know: how a single case is read, sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from grader.judge.reading.at_labels import by_labels, by_one, by_repeats, by_row
from grader.judge.reading.distances import by_distance
from grader.judge.reading.patterns import A_NUMBER, Pattern, Reading
from grader.judge.reading.summands import Off

RNG = np.random.default_rng(5)
PAIRS = [(RNG.uniform(-2, 2, (3, 4)), RNG.uniform(-2, 2, (3, 4))), (RNG.uniform(-2, 2, 5), RNG.uniform(-2, 2, 5))]
Loss = Callable[[np.ndarray, np.ndarray], float]

LOSSES: dict[str, Loss] = {
    "((a - b)**2).mean()": lambda a, b: float(np.mean((a - b) ** 2)),
    "abs(a - b).max()": lambda a, b: float(np.max(abs(a - b))),
    "(a - b).mean()**2": lambda a, b: float(np.mean(a - b)) ** 2,
    "((a + b)**2).sum()": lambda a, b: float(np.sum((a + b) ** 2)),
    "": lambda a, b: float(np.sum(a**2 * b)),
}


@pytest.mark.parametrize(("text", "loss"), LOSSES.items())
def test_which_loss_came_back_is_told_as_code(text: str, loss: Loss) -> None:
    """What a student can read beside the formula that is due; one case tells: no other has all these digits."""
    cases = [Off(np.array(loss(a, b)), np.array(7.0), {"a": a, "b": b}, {}, True) for a, b in PAIRS]
    assert by_distance(cases) == (Reading(Pattern.FUNCTION, (text,)) if text else None)
    assert by_distance(cases[:1]) == by_distance(cases)
    assert by_distance([*cases, replace(cases[0], got=np.array(9.0))]) is None


LABELS = [np.array([0, 2, 1, 1]), np.array([1, 0, 1])]


def gradients(change: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> list[Off]:
    """Gradients of scores, changed; each row has three."""
    due = [RNG.uniform(0.1, 0.9, (len(labels), 3)) for labels in LABELS]
    return [Off(change(w, y), w, {"w": w, "y": y}, {}, True) for w, y in zip(due, LABELS, strict=True)]


def at_labels(want: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return want + np.eye(3)[labels]


def test_a_gradient_that_is_wrong_at_the_labels_alone_is_read_so() -> None:
    """The one that is taken off there is forgotten, or added."""
    assert by_labels(gradients(at_labels)) == Reading(Pattern.AT_LABELS, ("y",))
    for change in (lambda w, y: w + 1, lambda w, y: at_labels(w, np.roll(y, 1)), lambda w, y: w + np.eye(3)[0]):
        assert by_labels(gradients(change)) is None


@pytest.mark.parametrize("labels", [np.array([0, 3, 1, 1]), np.array([0, -1, 1, 1]), np.array([0.0, 2.0, 1.0, 1.0])])
def test_what_names_no_column_are_no_labels(labels: np.ndarray) -> None:
    """Numbers of another range, or of another kind, are something else."""
    first, _ = gradients(at_labels)
    assert by_labels([replace(first, inputs={"y": labels})]) is None


WORDS = [np.array([0, 2, 2]), np.array([[1, 4], [4, 1], [3, 0]])]


def sums(change: Callable[[np.ndarray, np.ndarray, np.ndarray], None], columns: tuple[int, ...] = (3,)) -> list[Off]:
    """What is added up for words, of five, otherwise than it is due."""
    cases = []
    for words in WORDS:
        want, got, each = np.zeros((5, *columns)), np.zeros((5, *columns)), RNG.uniform(1, 2, (*words.shape, *columns))
        np.add.at(want, words, each)
        change(got, words, each)
        cases.append(Off(got, want, {"each": each, "words": words}, {}, True))
    return cases


def added_once(got: np.ndarray, words: np.ndarray, each: np.ndarray) -> None:
    got[words] += each


def kept(got: np.ndarray, words: np.ndarray, each: np.ndarray) -> None:
    got[words] = each


def half(got: np.ndarray, words: np.ndarray, each: np.ndarray) -> None:
    np.add.at(got, words, each / 2)


@pytest.mark.parametrize("change", [added_once, kept])
def test_what_is_added_once_for_equal_places_is_read_so(
    change: Callable[[np.ndarray, np.ndarray, np.ndarray], None],
) -> None:
    """`a[i] += b` forgets all but one of those with the same `i`; another mistake shows in other rows as well."""
    assert by_repeats(sums(change)) == Reading(Pattern.REPEATED, ("words", "row"))
    assert by_repeats(sums(change, ())) == Reading(Pattern.REPEATED, ("words", "entry"))
    assert by_repeats(sums(change)[:1]) is None  # one row of two that show something
    assert by_repeats(sums(half)) is None
    assert by_repeats([replace(one, inputs={"words": one.inputs["words"] * 1.0}) for one in sums(change)]) is None
    assert by_repeats([replace(one, inputs={"words": one.inputs["words"] + 3}) for one in sums(change)]) is None


def test_counts_that_are_made_shares_are_not_added_once() -> None:
    """What is left of whole numbers is whole: of a table in which each row is divided by its sum it is not."""
    words = np.array([0, 2, 2, 4, 2, 4])
    table = np.zeros((5, 6))
    np.add.at(table, (words, [1, 2, 3, 0, 2, 0]), 1)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    for got, told in ((shares, None), (np.minimum(table, 1), Reading(Pattern.REPEATED, ("words", "row")))):
        assert by_repeats([Off(got, table, {"words": words}, {}, True)] * 2) == told


def test_the_one_row_that_a_number_names_is_read() -> None:
    """As that of the word that is right, where its one is not taken off."""
    cases = []
    for word in (1, 3):
        want = RNG.uniform(1, 2, (5, 3))
        cases.append(Off(want + np.eye(5)[word][:, None], want, {}, {"rate": 0.5, "word": float(word)}, True))
    assert by_one(cases) == Reading(Pattern.AT_NAMED, ("word", "row"))
    assert by_one(cases[:1]) is None  # one of five is named by chance, too
    assert by_one([replace(one, numbers={"word": 2.0}) for one in cases]) is None
    assert by_one([replace(one, got=one.want + 1) for one in cases]) is None


def off_by_rows(times: Callable[[int], float], size: int = 3) -> list[Off]:
    """Results that are off by so many times the row which a number names."""
    cases = []
    for word in (1, 3):
        table, want = RNG.uniform(1, 2, (5, size)), RNG.uniform(1, 2, size)
        numbers = {"rate": 0.5, "word": float(word)}
        cases.append(Off(want + times(word) * table[word], want, {"table": table, "want": want}, numbers, True))
    return cases


def test_what_is_off_by_the_row_that_a_number_names_is_read() -> None:
    """Of a right word: its row is forgotten, or weighed otherwise."""
    assert by_row(off_by_rows(lambda _: -1.0)) == Reading(Pattern.ADDED_INPUT, ("table[word]",))
    assert by_row(off_by_rows(lambda word: 0.3 * word)) == Reading(Pattern.ADDED_INPUT, ("table[word]", A_NUMBER))
    assert by_row(off_by_rows(lambda _: -1.0, size=2)) is None
    others = [replace(one, numbers={"word": 2.0, "half": 0.5, "far": 9.0}) for one in off_by_rows(lambda _: -1.0)]
    assert by_row(others) is None
    assert by_row([]) is None
