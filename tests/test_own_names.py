"""Objects that hold what the reference's hold, under names of their own: calls of their methods are the same calls.

takes: what the reference's object holds in a call, and what a hand-in's does.
gives: one promise a test, said in its docstring.
must not know: how what is lent is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from grader.answer_key import LentCall
from grader.lending import Known
from grader.wire import HELD, Told

X, W, V = np.arange(1.0, 4.0), np.array([[0.5, 0.25, 1.0]]), np.array([[0.75, 0.5, -1.0]])
Holding = Mapping[str, Told]


def told(held: Holding) -> tuple[Told, ...]:
    return (X, *(part for name, one in held.items() for part in (f"{HELD}{name}", one)))


def is_found(known: Holding, own: Holding) -> bool:
    return Known.of((LentCall("f", told(known), (X,)),)).find("f", told(own)) == 0


SAME: dict[str, tuple[Holding, Holding]] = {
    "weights": ({"W": W}, {"weight": W}),
    "with another axis": ({"b": W}, {"bias": W[0]}),
    "two of them": ({"W": W, "V": V}, {"v": V, "w": W}),
    "beside more": ({"W": W}, {"weight": W, "kept": V}),
    "one under its own name": ({"W": W, "V": V}, {"V": V, "weight": W}),
}
ANOTHER: dict[str, tuple[Holding, Holding]] = {
    "other numbers": ({"W": W}, {"weight": V}),
    "nothing": ({"W": W}, {}),
    "other numbers under the reference's name": ({"W": W}, {"W": V, "weight": W}),
    "what is another of the reference's": ({"W": W, "V": W}, {"W": W}),
}


@pytest.mark.parametrize(("known", "own"), SAME.values(), ids=SAME.keys())
def test_what_an_object_holds_may_have_a_name_of_its_own(known: Holding, own: Holding) -> None:
    """It is known by its numbers."""
    assert is_found(known, own)


@pytest.mark.parametrize(("known", "own"), ANOTHER.values(), ids=ANOTHER.keys())
def test_an_object_that_holds_something_else_is_another(known: Holding, own: Holding) -> None:
    """A name of the reference means what it means there."""
    assert not is_found(known, own)
