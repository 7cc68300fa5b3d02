"""A hand-in's own cache with the right result in it, in whatever layout it is; and what must be left as it is."""

from __future__ import annotations

import time
from collections import deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from textwrap import dedent, indent
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.harness.calling.steps import Asking
from grader.harness.hearing import Hearing
from grader.harness.mending.masks import Masks
from grader.harness.mending.mended import mended
from grader.harness.mending.within import right_within
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


class Own(np.ndarray):
    """An array of an own class that is multiplied otherwise, as a matrix is."""

    def __mul__(self, other: Any) -> Any:
        return self @ other


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


def objects(*held: object) -> np.ndarray:
    """An array of whatever."""
    array = np.empty(len(held), dtype=object)
    array[:] = held
    return array


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
    "a list of its numbers": ({"out": WRONG.tolist()}, lambda cache: cache["out"]),
    "float32": (WRONG.astype("f4"), lambda cache: cache),
    "an axis more": (WRONG[None], lambda cache: cache[0]),
    "a stack": (np.stack([X, WRONG]), lambda cache: cache[1]),
    "a stack of columns": (np.stack([WRONG, X], axis=1), lambda cache: cache[:, 0]),
    "an array of objects": (objects(X, WRONG, "relu"), lambda cache: cache[1]),
    "one in the other": ({"all": [(X, (WRONG,))]}, lambda cache: cache["all"][0][1][0]),
}


@pytest.mark.parametrize(("cache", "out"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_right_result_stands_where_the_wrong_one_stood(cache: Any, out: Any) -> None:
    """In every layout that a student may choose, and only there."""
    assert np.array_equal(out(mended(cache, WRONG, RIGHT)), RIGHT)


@pytest.mark.parametrize("keep", [lambda out: out, lambda out: out > 0, np.asarray], ids=["it", "derived", "plain"])
def test_a_result_of_an_own_class_is_made_right_in_that_class(keep: Callable[[np.ndarray], np.ndarray]) -> None:
    """Whose `out * out` may be no square of its numbers, and is not to be raised of by us."""
    out, right = np.array([[1.0, -2.0, 3.0]]).view(Own), np.array([[-1.0, 2.0, 4.0]])
    kept = mended(keep(out), out, right)
    assert np.array_equal(kept, keep(right))
    assert type(kept) is type(keep(out)) or kept.dtype == bool


TABLE, RIGHT_TABLE = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) * 2
TURNED: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "flattened": lambda out: out.reshape(-1),
    "flattened by columns": lambda out: out.ravel(order="F"),
    "in another shape": lambda out: out.reshape(3, 1, 2),
    "transposed": lambda out: out.T,
    "in another shape and transposed": lambda out: out.reshape(3, 2).T,
    "in another order of memory": np.asfortranarray,
    "in a stack along the last axis": lambda out: np.stack([out * 0, out], axis=-1),
}


@pytest.mark.parametrize("turned", TURNED.values(), ids=TURNED.keys())
def test_what_is_kept_in_another_shape_is_mended_in_that_shape(turned: Callable[[np.ndarray], np.ndarray]) -> None:
    """And the hand-in's own array is left as it was."""
    kept = turned(TABLE)
    assert np.array_equal(mended(kept, TABLE, RIGHT_TABLE), turned(RIGHT_TABLE))
    assert np.array_equal(kept, turned(TABLE))


SQUARE = np.arange(9.0).reshape(3, 3) / 7


@pytest.mark.parametrize("kept", [SQUARE, SQUARE * 7 / 7, SQUARE.astype("f4")], ids=["it", "by rounding", "in float32"])
def test_what_is_right_already_is_not_turned_round_with_the_wrong_one(kept: np.ndarray) -> None:
    """A forward may give the transpose of what it keeps, or was run anew: a square shows no difference by its shape."""
    assert np.array_equal(mended(SimpleNamespace(s=kept), SQUARE.T, SQUARE).s, kept)


SIGNED = np.array([[-1.5, 0.0], [0.25, 2.0]])
DERIVED: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the slope of the sigmoid": lambda out: out * (1 - out),
    "the same, written otherwise": lambda out: out - out**2,
    "the same in float32": lambda out: (out * (1.0 - out)).astype("f4"),
    "what is left to one": lambda out: 1 - out,
    "the slope of tanh": lambda out: 1 - np.square(out),
    "a mask": lambda out: out > 0,
    "a mask of what is cut": lambda out: out <= 0,
    "a mask of numbers": lambda out: (out > 0).astype(float),
    "a mask of integers": lambda out: np.where(out > 0, 1, 0),
}


@pytest.mark.parametrize("derive", DERIVED.values(), ids=DERIVED.keys())
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_what_was_derived_from_the_wrong_result_is_derived_from_the_right_one(derive: Any, dtype: str) -> None:
    """A forward may keep what backward multiplies by, and not the result itself."""
    wrong = SIGNED.astype(dtype)
    kept = mended((X, derive(wrong)), wrong, SIGNED[::-1])[1]
    assert kept.dtype == derive(wrong).dtype
    assert np.allclose(kept, derive(SIGNED[::-1]), rtol=1e-6)


def test_a_mask_of_integers_is_derived_from_integers() -> None:
    """Where no number has a last place."""
    wrong = np.array([2, 0, -1])
    assert np.array_equal(mended(wrong > 0, wrong, wrong[::-1]), [False, False, True])


LOOKS_DERIVED = [
    SIGNED > 1,
    np.ones_like(SIGNED),
    SIGNED * (2 - SIGNED),
    (SIGNED < 0) * 1.0,
]


@pytest.mark.parametrize("kept", LOOKS_DERIVED)
def test_what_only_looks_derived_is_left_as_it_is(kept: np.ndarray) -> None:
    """Another mask, another slope, and ones, which are many things."""
    assert mended(kept, SIGNED, SIGNED[::-1]) is kept
    assert mended(kept, np.abs(SIGNED) + 1, SIGNED) is kept


ALL, NONE, SOME = np.ones((2, 2), bool), np.zeros((2, 2), bool), np.eye(2, dtype=bool)


@pytest.mark.parametrize(
    ("seen", "counts"),
    [([ALL], False), ([NONE], False), ([ALL, NONE], False), ([ALL, SOME], True), ([SOME, NONE], True), ([], True)],
)
def test_a_mask_of_one_kind_is_one_where_others_are_mixed(seen: list[np.ndarray], counts: bool) -> None:
    """Who keeps a mask that lets all through, whatever comes, has worked out none; a row of small numbers has such."""
    masks = Masks()
    for mask in seen:
        masks.look("back", [mask, SIGNED, "text"])
    derived = masks.derived("back", {ALL.tobytes(), SOME.tobytes()} if counts else None)
    wrong = np.abs(SIGNED) + 1
    assert np.array_equal(mended(ALL, wrong, SIGNED, derived=derived), SIGNED > 0 if counts else ALL)
    assert np.array_equal(mended(SOME, SOME - 0.5, SIGNED, derived=derived), SIGNED > 0)
    assert masks.derived("of another", None) is None


def test_of_one_number_throughout_nothing_is_derived() -> None:
    """A forward that gives 0.5 for all, and keeps 0.25, has worked out no slope; beside a single number it may have."""
    half = np.full(SIGNED.shape, 0.5)
    assert mended(kept := half * (1 - half), half, SIGNED) is kept
    assert mended(half[:1, :1] * 0.5, half[:1, :1], np.array([[0.8]])) == pytest.approx(0.16)


LEFT = [None, 3, "text", X, (X, 3, None), [X * 1.5], {"mask": X > 1}, WRONG.astype("i4"), WRONG[None, ::-1], WRONG[:2],
        WRONG[:2].tolist(), [X] * 3, [[1.0]] * 3,
        np.stack([X, X]), np.array(10.0), objects(X, None), noted(X), np, len, np.ndarray,
        enclosed(X), unset(), partial(max, X), Getter(X).get, lambda out=X: out]  # fmt: skip


@pytest.mark.parametrize("cache", LEFT, ids=[str(n) for n in range(len(LEFT))])
def test_what_holds_no_such_result_is_left_as_it_is(cache: Any) -> None:
    """Inputs, masks, numbers and what only looks like it."""
    before = repr(cache)
    assert repr(mended(cache, WRONG, RIGHT)) == before
    assert repr(mended(cache, None, RIGHT)) == before  # forward gave nothing


def test_a_result_that_is_larger_than_memory_is_looked_for_nowhere() -> None:
    """A view of one number costs nothing to return, and every look at all of it does."""
    giant, single = np.broadcast_to(1.0, (3, 1 << 46)), np.broadcast_to(np.float32(1.0), (3, 1 << 46))
    kept = [single, giant[:2], giant.T, giant[None], [[1.0]] * 3]
    assert all(part is other for part, other in zip(mended(list(kept), giant, RIGHT), kept, strict=True))
    with right_within({"__name__": "__main__", "giant": giant}, None, giant, RIGHT):
        pass


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
    start = time.process_time()
    mended([[shared] * 60], WRONG, RIGHT)
    mended(((pairs,) * 60,), WRONG, RIGHT)
    assert time.process_time() - start < 1


FORWARD = Step("Layer.forward", ("x",), ("=out", "=cache"))
BACKWARD = Step("Layer.backward", ("dout", "=cache"), ("dx",), mends=(("=out", "right result"),))


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


class Swapped:
    """Two results that come back in each other's place, and are kept as they are."""

    def forward(self, x: np.ndarray) -> Any:
        return x + 1, x * 10, (x * 10, x + 1)

    def backward(self, dout: np.ndarray, cache: Any) -> np.ndarray:
        return dout * cache[0] - cache[1]


def test_one_result_is_not_taken_for_the_other() -> None:
    """Where the wrong one has the numbers of another right one, that may stand in a cache as well."""
    forward = replace(FORWARD, gives=("=times", "=more", "=cache"))
    backward = replace(BACKWARD, mends=(("=times", "right result, times"), ("=more", "right result, more")))
    rights = {"right result, times": X * 10, "right result, more": X + 1}
    with Hearing() as hearing:
        asking = Asking({"Layer": Swapped}, Question({"x": X, "dout": X, **rights}, (forward, backward)), hearing)
        asking.answer(forward)
        assert np.array_equal(asking.answer(backward).values["dx"].array, X * X * 10 - (X + 1))


WITHIN = {
    "a name": """
        def forward(self, x):
            global KEPT
            KEPT = x * 10
            return KEPT, None
        def backward(self, dout, cache):
            return dout * KEPT
    """,
    "a table under a name": """
        def forward(self, x):
            TABLE["out"] = x * 10
            return TABLE["out"], "out"
        def backward(self, dout, cache):
            return dout * TABLE[cache]
    """,
    "its class": """
        def forward(self, x):
            Layer.out = x * 10
            return Layer.out, None
        def backward(self, dout, cache):
            return dout * self.out
    """,
    "forward again": """
        def forward(self, x):
            return x * 10, x
        def backward(self, dout, cache):
            out, _ = self.forward(cache)
            return dout * out
    """,
    "forward of another object": """
        def forward(self, x):
            return x * 10, x
        def backward(self, dout, cache):
            return dout * Layer().forward(cache)[0]
    """,
    "a function of both": """
        def forward(self, x):
            return times(x), x
        def backward(self, dout, cache):
            return dout * times(cache)
    """,
    "a method of both": """
        @staticmethod
        def value(x):
            return x * 10
        @classmethod
        def again(cls, x):
            return cls.value(x)
        def forward(self, x):
            return self.value(x), x
        def backward(self, dout, cache):
            return dout * self.again(cache)
    """,
}
WITHIN["what is made of a function"] = WITHIN["a function of both"].replace("times(", "each(")
WITHIN["an object that is called"] = WITHIN["a function of both"].replace("times(", "times_ten(")
WITHIN["the same number everywhere"] = WITHIN["forward again"].replace("x * 10", "np.maximum(x, 10)")
ELSEWHERE = {
    "a wrong backward": ("return dout * times(cache) * 2", X * RIGHT * 2),
    "the same line written out": ("return dout * (cache * 10)", X * WRONG),
    "other numbers of the same function": ("return dout * times(cache * 2)", X * WRONG * 2),
}


def asked_alone(body: str, x: np.ndarray = X) -> tuple[np.ndarray, dict[str, Any], dict[str, Any]]:
    """What a backward gives with right values in all that is its own, and its program before and afterwards."""
    program: dict[str, Any] = {"__name__": "__main__", "np": np}
    source = "TABLE, odd = {}, type('')\ndef times(x):\n    return x * 10\neach = np.vectorize(times)\n"
    source += (
        "class Times:\n    __slots__ = ()\n    def __call__(self, x):\n        return x * 10\ntimes_ten = Times()\n"
    )
    exec(source + "class Layer:\n" + indent(dedent(body), "    "), program)
    program[3] = "no name"  # type: ignore[index]
    before = {**program, **vars(program["Layer"])}
    question = Question({"x": x, "dout": x, "right result": x * 2}, (FORWARD, BACKWARD))
    with Hearing() as hearing:
        asking = Asking(program, question, hearing)
        asking.answer(FORWARD)
        dx = asking.answer(BACKWARD).values["dx"].array
    assert dx is not None
    return dx, before, {**program, **vars(program["Layer"])}


@pytest.mark.parametrize("body", WITHIN.values(), ids=WITHIN.keys())
def test_what_a_backward_finds_in_its_program_is_right_too(body: str) -> None:
    """Under a name, or by asking again what forward goes by: its error is forward's, which is counted there."""
    dx, before, after = asked_alone(body)
    assert np.array_equal(dx, X * RIGHT)
    functions = [
        name for name, part in before.items() if callable(part) or isinstance(part, (staticmethod, classmethod))
    ]
    assert functions
    assert all(after[name] is before[name] for name in functions), "only while it is asked"


@pytest.mark.parametrize(("body", "dx"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_backward_that_is_wrong_stays_wrong_in_its_program(body: str, dx: np.ndarray) -> None:
    """Only what comes out as forward's own result is put right."""
    forward = "def forward(self, x):\n    return times(x), x\n"
    assert np.array_equal(asked_alone(f"{forward}def backward(self, dout, cache):\n    {body}")[0], dx)


def test_a_result_of_zeros_is_looked_for_nowhere_but_in_the_cache() -> None:
    """Many things are all zeros."""
    body = "def forward(self, x):\n    return x * 0, x\ndef backward(self, dout, cache):\n    return times(cache * 0)"
    assert not asked_alone(body)[0].any()
