"""What a result is off by in all cases: a term that is missing, or one too many.

takes: made-up results of a loss and its gradient.
gives: one promise a test, said in its docstring.
must not know: how a single case is read, sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from grader.judge.patterns import A_NUMBER, Pattern, Reading
from grader.judge.summands import Off, by_summand, weighed

RNG = np.random.default_rng(3)
TABLES = [RNG.uniform(-1, 1, (3, 4)), RNG.uniform(-1, 1, (5, 2))]
RATES = [0.1, 0.5]
Term = Callable[[np.ndarray, float], float]


def losses(term: Term, told: bool = True) -> list[Off]:
    """A loss in two cases, which is off by a term."""
    return [
        Off(np.array(2.5 + n + term(w, reg)), np.array(2.5 + n), {"W": w, "y": np.array([0, 1])}, {"reg": reg}, told)
        for n, (w, reg) in enumerate(zip(TABLES, RATES, strict=True))
    ]


ADDED, OFFSET = Pattern.ADDED_INPUT, Pattern.OFFSET
TERMS: dict[str, tuple[Term, Reading | None]] = {
    "a weight decay": (lambda w, reg: -reg * float((w**2).sum()), Reading(ADDED, ("reg * (W**2).sum()",))),
    "half of it": (lambda w, reg: 0.5 * reg * float((w**2).sum()), Reading(ADDED, ("reg * (W**2).sum()", "0.5"))),
    "an odd part": (lambda w, reg: reg * float((w**2).sum()) / 7, Reading(ADDED, ("reg * (W**2).sum()", A_NUMBER))),
    "no weight": (lambda w, reg: float(abs(w).sum()), Reading(ADDED, ("abs(W).sum()",))),
    "one": (lambda w, reg: 1.0, Reading(OFFSET, ("1", "large"))),
    "less": (lambda w, reg: -0.25, Reading(OFFSET, ("0.25", "small"))),
    "neither": (lambda w, reg: reg * float((w**3).sum()), None),
    "rounding": (lambda w, reg: 1e-9, None),
}  # fmt: skip


@pytest.mark.parametrize(("term", "read"), TERMS.values(), ids=TERMS.keys())
def test_the_term_of_a_loss_that_is_missing_is_read(term: Term, read: Reading | None) -> None:
    """By name, as code, with how many times it is there too often; of one case alone nothing is known."""
    cases = losses(term)
    assert by_summand(cases) == read
    assert by_summand(cases[:1]) is None
    assert by_summand([*cases, replace(cases[0], got=cases[0].want + 0.3)]) is None


def test_what_hidden_cases_alone_show_has_no_number() -> None:
    """A program may choose by how much it is off, and so what it was given there."""
    assert by_summand(losses(lambda w, reg: 1.0, told=False)) is None
    assert by_summand(losses(lambda w, reg: 0.5 * float(w.sum()), told=False)) == Reading(ADDED, ("W.sum()", A_NUMBER))


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (lambda reg: -2 * reg, ("reg * W", "2")),
        (lambda reg: reg, ("reg * W",)),
        (lambda reg: 0.25, ("W", "0.25")),
        (lambda reg: reg**3, ("W", A_NUMBER)),
    ],
)
def test_a_gradient_is_off_by_a_weight_times_an_input(by: Callable[[float], float], names: tuple[str, ...]) -> None:
    """The weight is another one in each case; of one case alone any number would do."""
    cases = [
        replace(one, got=by(one.numbers["reg"]) * w, want=0 * w)
        for one, w in zip(losses(TERMS["one"][0]), TABLES, strict=True)
    ]
    assert weighed("W", cases) == Reading(ADDED, names)
    assert weighed("W", cases[:1]) == Reading(ADDED, ("W", A_NUMBER))
