"""A cache that a caller lays out itself is known by the numbers in it.

takes: calls made here, of a step and of its gradient.
gives: one promise a test, said in its docstring.
must not know: an exam.
"""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer_key import LentCall
from grader.lending.laid_out import find_laid_out
from grader.wire import Told

X, H, NEXT, DOUT = np.ones(2), np.array([2.0, 3.0]), np.array([4.0, 5.0]), np.array([0.5, 0.25])
W = np.array([[1.0, 2.0, 3.0]])
CALLS = (
    LentCall("step", (X, H, W), (NEXT,)),
    LentCall("step", (X, NEXT, W), (7 * X,)),
    LentCall("back", (DOUT, (1,)), (X,)),
    LentCall("back", (DOUT, (0,)), (H,)),
    LentCall("plain", (DOUT, H, W), (H,)),
)
GIVEN: dict[str, tuple[list[Told], int]] = {
    "a tuple": ([DOUT, "4", X, H, W, NEXT], 3),
    "another order, and not all": ([DOUT, "2", NEXT, H], 3),
    "a dict": ([DOUT, '2: ["h", "x"]', H, X], 3),
    "one within another": ([DOUT, "2", X, "2", H, W], 3),
    "of one shape, which are told as one": ([DOUT, np.stack([X, H, NEXT])], 3),
    "of the other step": ([DOUT, "3", X, NEXT, 7 * X], 2),
    "numbers of two steps": ([DOUT, "3", H, NEXT, 7 * X], -1),
    "the same array twice": ([DOUT, "4", X, NEXT, W, NEXT], -1),
    "a number that is wrong": ([DOUT, "3", X, H, 1.01 * NEXT], -1),
    "another gradient": ([2 * DOUT, "3", X, H, NEXT], -1),
    "one array alone": ([DOUT, X], -1),
    "a number alone": ([DOUT, np.array(1.0)], -1),
    "a word in it": ([DOUT, "3", X, H, '"tanh"'], -1),
    "of an object": ([DOUT, "3", X, H, NEXT, ".w", W], -1),
    "nothing": ([], -1),
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_cache_that_is_laid_out_anew_is_that_of_the_call_with_its_numbers(name: str) -> None:
    """All numbers in it are what that call took or gave; what is called with no cache is no such call."""
    given, place = GIVEN[name]
    assert find_laid_out(CALLS, "back", given) == place
    assert find_laid_out(CALLS, "plain", given) == find_laid_out(CALLS, "none", given) == -1
