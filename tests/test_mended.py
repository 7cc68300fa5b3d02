"""A hand-in's own cache with the right result in it, in whatever layout it is; and what must be left as it is."""

from __future__ import annotations

import time
from collections import deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.harness.calling import Asking
from grader.harness.hearing import Hearing
from grader.harness.mended import mended
from grader.wire import Question, Step

X = np.array([1.0, 2.0, 3.0])
WRONG = X * 10
RIGHT = X * 2
Pair = namedtuple("Pair", "x out")


@dataclass(frozen=True)
class Kept:
    """A cache of a class of its own."""

    x: np.ndarray
    out: np.ndarray


class Slotted:
    """An object that has no dict."""

    __slots__ = ("nothing", "out")

    def __init__(self, out: np.ndarray) -> None:
        self.out = out


class Inherits(Slotted):
    """One with slots of its own."""

    __slots__ = "more"


class Private:
    """One whose slot nobody else is to see."""

    __slots__ = ("__out",)

    def __init__(self, out: np.ndarray) -> None:
        self.__out = out

    def get(self) -> np.ndarray:
        """What is in it."""
        return self.__out


@dataclass(frozen=True, slots=True)
class Frozen:
    """One that refuses to be changed."""

    out: np.ndarray


class Getter:
    """An object whose method is kept."""

    def __init__(self, out: np.ndarray) -> None:
        self.out = out

    def get(self) -> np.ndarray:
        return self.out


def enclosed(out: np.ndarray) -> Callable[[], np.ndarray]:
    """A function that keeps it, as the backward pass itself does where it is the cache."""
    return lambda: out


def nested(out: np.ndarray) -> Callable[[], np.ndarray]:
    """The same, with what is kept within what is kept."""
    kept = {"all": (X, out)}
    return lambda: kept["all"][1]


def noted(out: np.ndarray) -> Callable[[], np.ndarray]:
    """A function with the result on itself, as on a context."""

    def back() -> np.ndarray:
        return back.out  # type: ignore[attr-defined, no-any-return]

    back.out = out  # type: ignore[attr-defined]
    return back


def unset() -> Callable[[], np.ndarray]:
    """A function with a name of which nobody knows the value."""
    if X is None:
        out = WRONG
    return lambda: out


LAYOUTS: dict[str, tuple[Any, Any]] = {
    "the result": (WRONG, lambda cache: cache),
    "a copy of it": (WRONG.copy(), lambda cache: cache),
    "a tuple": ((X, WRONG), lambda cache: cache[1]),
    "a list": ([WRONG, X], lambda cache: cache[0]),
    "a dict": ({"out": WRONG, 3: X}, lambda cache: cache["out"]),
    "a named tuple": (Pair(X, WRONG), lambda cache: cache.out),
    "a frozen dataclass": (Kept(X, WRONG), lambda cache: cache.out),
    "an object": (SimpleNamespace(out=WRONG), lambda cache: cache.out),
    "an object with slots": (Slotted(WRONG), lambda cache: cache.out),
    "an object with slots that it inherits": (Inherits(WRONG), lambda cache: cache.out),
    "an object with a slot of a private name": (Private(WRONG), lambda cache: cache.get()),
    "a frozen dataclass with slots": (Frozen(WRONG), lambda cache: cache.out),
    "a deque": (deque([X, WRONG], maxlen=2), lambda cache: cache[1]),
    "a function that encloses it": (enclosed(WRONG), lambda cache: cache()),
    "a function that encloses a dict": (nested(WRONG), lambda cache: cache()),
    "a function with it on itself": (noted(WRONG), lambda cache: cache()),
    "a default": (lambda dout, out=WRONG: out, lambda cache: cache(X)),
    "a default that is given by name alone": (lambda dout, *, out=WRONG: out, lambda cache: cache(X)),
    "a partial": (partial(lambda out, dout: out, WRONG), lambda cache: cache(X)),
    "a partial by name": (partial(lambda dout, out: out, out=WRONG), lambda cache: cache(X)),
    "a partial of a function that encloses it": (partial(enclosed(WRONG)), lambda cache: cache()),
    "a method of an object": (Getter(WRONG).get, lambda cache: cache()),
    "one in the other": ({"all": [(X, (WRONG,))]}, lambda cache: cache["all"][0][1][0]),
}


@pytest.mark.parametrize(("cache", "out"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_right_result_stands_where_the_wrong_one_stood(cache: Any, out: Any) -> None:
    """In every layout that a student may choose, and only there."""
    assert np.array_equal(out(mended(cache, WRONG, RIGHT)), RIGHT)


LEFT = [None, 3, "text", X, (X, 3, None), [X * 1.5], {"mask": X > 1}, WRONG.astype("f4"), WRONG[None], len, np.ndarray,
        enclosed(X), unset(), partial(max, X), Getter(X).get, lambda out=X: out]  # fmt: skip


@pytest.mark.parametrize("cache", LEFT, ids=[str(n) for n in range(len(LEFT))])
def test_what_holds_no_such_result_is_left_as_it_is(cache: Any) -> None:
    """Inputs, masks, numbers and what only looks like it."""
    before = repr(cache)
    assert repr(mended(cache, WRONG, RIGHT)) == before
    assert repr(mended(cache, None, RIGHT)) == before  # forward gave nothing


def test_what_contains_itself_comes_to_an_end() -> None:
    """A cache may be anything."""
    knot: list[Any] = [WRONG]
    knot.append(knot)
    assert np.array_equal(mended(knot, WRONG, RIGHT)[0], RIGHT)


def test_what_stands_in_many_places_is_gone_through_once() -> None:
    """Sixty times itself, five deep, are a thousand million places: a right backward was stopped meanwhile."""
    shared: Any = [WRONG]
    pairs: Any = (WRONG, X)
    for _ in range(3):
        shared, pairs = [shared] * 60, (pairs,) * 60
    assert np.array_equal(mended(shared, WRONG, RIGHT)[3][59][0][0], RIGHT)
    assert np.array_equal(mended(pairs, WRONG, RIGHT)[3][59][0][0], RIGHT)
    start = time.perf_counter()
    mended([[shared] * 60], WRONG, RIGHT)
    mended(((pairs,) * 60,), WRONG, RIGHT)
    assert time.perf_counter() - start < 1


FORWARD = Step("Layer.forward", ("x",), ("=out", "=cache"))
BACKWARD = Step("Layer.backward", ("dout", "=cache"), ("dx",), mends=("=out", "right result"))


class InTuple:
    """A forward that is wrong, and a backward that is right by its own layout."""

    def forward(self, x: np.ndarray) -> Any:
        out = x * 10
        return out, (x, out)

    def backward(self, dout: np.ndarray, cache: Any) -> np.ndarray:
        return dout * cache[1]


class OnSelf(InTuple):
    """The same, with all on the object."""

    def forward(self, x: np.ndarray) -> Any:
        self.out = x * 10
        return self.out, None

    def backward(self, dout: np.ndarray, cache: Any) -> np.ndarray:
        return dout * self.out


@pytest.mark.parametrize("layer", [InTuple, OnSelf])
def test_backward_is_called_with_its_own_cache_mended(layer: type) -> None:
    """With what it keeps in a cache, or on its object."""
    question = Question({"x": X, "dout": X, "right result": RIGHT}, (FORWARD, BACKWARD))
    with Hearing() as hearing:
        asking = Asking({"Layer": layer}, question, hearing)
        asking.answer(FORWARD)
        assert np.array_equal(asking.answer(BACKWARD).values["dx"].array, X * RIGHT)
