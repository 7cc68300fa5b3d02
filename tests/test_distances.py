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

from grader.judge.reading.at_labels import by_labels
from grader.judge.reading.distances import by_distance
from grader.judge.reading.patterns import Pattern, Reading
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
