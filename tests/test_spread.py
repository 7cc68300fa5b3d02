"""Arrays that numpy spreads by itself: a mask for all heads at once, or one for each of them, is the same mask.

takes: what the reference calls a method with, and what a hand-in does.
gives: one promise a test, said in its docstring.
must not know: how what is lent is asked for.
"""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer_key import LentCall
from grader.lending import Known

N, H, L, S, E = 2, 5, 3, 4, 6
SCORES = np.random.default_rng(3).uniform(-1, 1, (N, H, L, E))
SEEN = np.random.default_rng(4).uniform(size=(N, 1, L, S)) < 0.5
CAUSAL = np.tri(L, S, dtype=bool)


def is_found(known: np.ndarray, own: np.ndarray, beside: np.ndarray = SCORES) -> bool:
    call = LentCall("f", (beside, known), (np.zeros(2),))
    return Known.of((call,)).find("f", (beside, own)) == 0


def all_heads(mask: np.ndarray) -> np.ndarray:
    return np.broadcast_to(mask, (N, H, L, S)).copy()


@pytest.mark.parametrize("small", [SEEN, CAUSAL, CAUSAL[None, None], SEEN.astype(float), SEEN * -0.25])
def test_what_numpy_spreads_over_axes_that_are_given_is_the_same(small: np.ndarray) -> None:
    """Whichever of both is spread, the reference's or that of a hand-in; and other numbers are others."""
    assert is_found(all_heads(small), small)
    assert is_found(small, all_heads(small))
    other = 1 - small.astype(float)
    assert not is_found(all_heads(small), other)
    assert not is_found(other, all_heads(small))


def test_what_is_the_same_for_some_heads_alone_is_not_spread() -> None:
    """One number that differs is enough."""
    for_each = all_heads(SEEN)
    for_each[1, 2, 0, 0] ^= True
    assert not is_found(for_each, SEEN)


@pytest.mark.parametrize(("known", "own"), [((4, 3), (1, 3)), ((4, 3), (3,)), ((1, 3), (3,)), ((3, 4), (4, 3))])
def test_axes_that_nothing_else_has_make_another_call(known: tuple[int, ...], own: tuple[int, ...]) -> None:
    """What comes out would have other axes, too: rows of weights say nothing of how many rows x has."""
    assert not is_found(np.ones(known), np.ones(own), beside=np.ones((3, 5)))
