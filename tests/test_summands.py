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

from grader.judge.reading.patterns import A_NUMBER, Pattern, Reading
from grader.judge.reading.summands import Off, but_for, by_one_factor, by_summand, how_far, offset, weighed

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
    "a one of each entry": (lambda w, reg: -0.5 * w.shape[1], Reading(ADDED, ("W.shape[1]", "0.5"))),
    "of each example": (lambda w, reg: float(np.exp(w).sum()) / len(w), Reading(ADDED, ("np.exp(W).sum() / len(W)",))),
    "nearly beyond all numbers": (lambda w, reg: 1e307 * abs(w).sum(), Reading(ADDED, ("abs(W).sum()", A_NUMBER))),
    "neither": (lambda w, reg: reg * float((w**3).sum()), None),
    "rounding": (lambda w, reg: 1e-9, None),
}  # fmt: skip


@pytest.mark.parametrize(("term", "read"), TERMS.values(), ids=TERMS.keys())
def test_the_term_of_a_loss_that_is_missing_is_read(term: Term, read: Reading | None) -> None:
    """By name, as code, with how many times it is there too often; of one case alone where that is a plain number."""
    cases = losses(term)
    assert by_summand(cases) == read
    is_plain = read is not None and read.pattern is ADDED and A_NUMBER not in read.names
    assert by_summand(cases[:1]) == (read if is_plain and "shape" not in str(read) else None)
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
    """The weight is another one in each case; of one case alone any number would do that is not once, twice or half."""
    cases = [
        replace(one, got=by(one.numbers["reg"]) * w, want=0 * w)
        for one, w in zip(losses(TERMS["one"][0]), TABLES, strict=True)
    ]
    assert weighed("W", cases) == Reading(ADDED, names)
    assert weighed("W", cases[:1]) == Reading(ADDED, names if "reg * W" in names else ("W", A_NUMBER))


@pytest.mark.parametrize(
    ("factor", "names"),
    [
        (lambda w: len(w), ("W.shape[0]", "reg * (W**2).sum()")),
        (lambda w: 0.5, ("0.5", "reg * (W**2).sum()")),
        (lambda w: 1 / w.size, ("1/W.size", "reg * (W**2).sum()")),
    ],
)
def test_a_factor_that_a_right_term_hides_is_read(
    factor: Callable[[np.ndarray], float], names: tuple[str, str]
) -> None:
    """A loss of the examples is a sum where a mean is due, and its weight decay is right."""
    cases = []
    for loss, one in zip((2.5, 3.5), losses(TERMS["one"][0]), strict=True):
        decay = one.numbers["reg"] * float((one.inputs["W"] ** 2).sum())
        cases.append(replace(one, got=np.array(factor(one.inputs["W"]) * loss + decay), want=np.array(loss + decay)))
    assert but_for(cases) == Reading(Pattern.FACTOR, names)
    assert but_for(cases[:1]) is None


def test_a_gradients_factor_is_read_beside_its_weight_decay() -> None:
    """Which is there twice, or once, or by half."""
    cases = [
        replace(one, got=3.0 * (w**3) + 2 * one.numbers["reg"] * w, want=w**3 + 2 * one.numbers["reg"] * w)
        for one, w in zip(losses(TERMS["one"][0]), TABLES, strict=True)
    ]
    assert but_for(cases) == Reading(Pattern.FACTOR, ("3", "2 * reg * W"))


def test_a_factor_is_read_beside_an_input_that_is_added_to() -> None:
    """By its own name, and not as so many times a number that is one in all cases."""
    cases = [
        replace(one, got=w + len(w) * w**3, want=w + w**3, numbers={"outputs": 1.0})
        for one, w in zip(losses(TERMS["one"][0]), TABLES, strict=True)
    ]
    assert but_for(cases) == Reading(Pattern.FACTOR, ("W.shape[0]", "W"))
    given_back = [replace(one, got=w - one.want) for one, w in zip(cases, TABLES, strict=True)]
    assert but_for(given_back) is None  # that is said as it is: W - right


def test_how_far_a_step_goes_is_read_where_that_is_a_number_of_each_case() -> None:
    """How many examples are, or a rate; of one factor alone no more is known than that it is one."""
    step = Reading(Pattern.STEP, ("W",))
    for times, names in ((len, ("W", "W.shape[0]")), (lambda w: 1.5, ("W",))):
        cases = [
            replace(one, got=w - times(w) * w**3, want=w - w**3)
            for one, w in zip(losses(TERMS["one"][0]), TABLES, strict=True)
        ]
        assert how_far(step, cases) == replace(step, names=names)
    assert how_far(step, [replace(cases[0], inputs={}), cases[1]]) == step


def test_one_factor_of_all_numbers_is_read_and_a_logarithm_by_its_base() -> None:
    """Two numbers are off by some factor in any case; a number that no public case shows is not told."""
    for factor, name in ((0.37, "0.37"), (1 / np.log(10), "1/np.log(10)")):
        cases = losses(lambda w, reg: 0.0)
        cases = [replace(one, got=factor * one.want) for one in cases]
        assert by_one_factor(cases) == Reading(Pattern.FACTOR, (name,))
        assert by_one_factor(cases[:1]) == (Reading(Pattern.FACTOR, (name,)) if "log" in name else None)
        assert by_one_factor([replace(one, is_told=False) for one in cases]) is None
        assert by_one_factor([cases[0], replace(cases[1], got=cases[1].got + 0.1)]) is None


@pytest.mark.parametrize(
    ("by", "read"),
    [
        (lambda reg: -reg, Reading(ADDED, ("reg",))),
        (lambda reg: 2.0, Reading(OFFSET, ("2", "large"))),
        (lambda reg: 3 * reg, Reading(OFFSET)),
    ],
)
def test_an_array_that_is_off_throughout_is_off_by_a_number_of_the_call(
    by: Callable[[float], float], read: Reading
) -> None:
    """A bias that is one number, and is forgotten; or the same in all cases."""
    of = zip(losses(TERMS["one"][0]), TABLES, strict=True)
    cases = [replace(one, got=w + by(one.numbers["reg"]), want=w) for one, w in of]
    assert offset(cases) == read
    hidden = [replace(one, is_told=False) for one in cases]
    assert offset(hidden) == (read if read.pattern is ADDED else Reading(OFFSET))


def test_a_weight_of_zero_is_none() -> None:
    """A case without decay tells nothing of it, and is divided by nothing."""
    cases = losses(lambda w, reg: float(w.sum()))
    cases = [cases[0], replace(cases[1], numbers={"reg": 0.0})]
    assert by_summand(cases) == Reading(ADDED, ("W.sum()",))
    off = zip(cases, (2.0, 3.0), strict=True)
    gradients = [replace(one, got=by * one.inputs["W"], want=0.0 * one.inputs["W"]) for one, by in off]
    assert weighed("W", gradients) == Reading(ADDED, ("W", A_NUMBER))
