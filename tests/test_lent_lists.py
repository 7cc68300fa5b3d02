"""Tuples and lists of arrays that a method leaves on its object are lent with its results.

takes: a small assignment made here, of one step and a walk of several, and hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import changed
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.harness.calling.lent import Lender, _keep_right
from grader.harness.calling.put_back import changed_in, put_back
from grader.harness.calling.told import Kept, held_by
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox
from grader.wire import HELD, Asked, Lent, Step, Told

WALK = """
import numpy as np

class Step:
    def __init__(self, w):
        self.w = w
        self.grads = [np.zeros_like(w), np.zeros(1)]
        self.cache = None

    def forward(self, x, h):
        out = np.tanh(x * self.w + h)
        self.cache = (x, out[None])
        return out

    def backward(self, dout):
        x, (out,) = self.cache
        dt = dout * (1 - out**2)
        self.grads[0][...] = dt * x
        self.grads[1][...] = dt.sum()
        return dt

class Walk:
    def __init__(self, w):
        self.w = w
        self.dw = np.zeros_like(w)

    def forward(self, xs):
        self.steps, h = [], np.zeros(xs.shape[1])
        for x in xs:
            step = Step(self.w)
            h = step.forward(x, h)
            self.steps.append(step)
        return h

    def backward(self, dout):
        self.dw[...] = 0
        for step in reversed(self.steps):
            dout = step.backward(dout)
            self.dw += step.grads[0]
        return dout
"""
CALLS = """
from grader.assignment import Tolerance

def drawn(rng):
    shapes = {"x": 3, "h": 3, "w": 3, "dout": 3, "xs": (2, 3)}
    return {name: rng.uniform(0.2, 1.5, shape) for name, shape in shapes.items()}

NEW = ("w",)
AHEAD = Call("Step.forward", ("x", "h"), ("out",), new=NEW)
BACK = Call("Step.backward", ("dout",), ("dt",), new=NEW, leaves={"dw": "self.grads[0]", "db": "self.grads[1]"})
THROUGH = Call("Walk.forward", ("xs",), ("last",), new=NEW)
AND_BACK = Call("Walk.backward", ("dout",), ("first",), new=NEW, leaves={"dw": "self.dw"})
STEPS = ("Step.forward", "Step.backward")
BY_ITSELF = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))
CASE"""
CRITERIA = """
Criterion("Step.forward", (AHEAD,), ("out",), (Behaviour("values", 1),), (Case("one", drawn, "values"),)),
Criterion("Step.backward", (AHEAD, BACK), ("dt", "dw", "db"), (Behaviour("values", 2),),
    (Case("one", drawn, "values"),), FollowThrough("Step.forward", "out", "dout", {}, (), BY_ITSELF, mended=True)),
Criterion("Walk.forward", (THROUGH,), ("last",), (Behaviour("values", 3),), (Case("one", drawn, "values"),),
    builds_on=("Step.forward",)),
Criterion("Walk.backward", (THROUGH, AND_BACK), ("first", "dw"), (Behaviour("values", 4),),
    (Case("one", drawn, "values"),), FollowThrough("Walk.forward", "last", "dout", {}, (), BY_ITSELF, mended=True),
    builds_on=STEPS),
"""


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    says = "out, dt, last, first, self.grads, self.dw"
    return compile_key(write(tmp_path_factory.mktemp("walk"), whole=whole, passes=WALK, handout=says), sandbox)


SIGMOID = {"np.tanh(x * self.w + h)": "1 / (1 + np.exp(-x * self.w - h))"}
KEEPS_NOTHING = {"        self.cache = (x, out[None])\n": "        self.caches = (x, out[None])\n"}
SQUARED = {"(1 - out**2)": "(1 - out) ** 2"}
AWAY = {"    def backward(self, dout):\n        x, (out": "    def back(self, dout):\n        x, (out"}
STILL = {"dout = step.backward": "step.backward"}
KEPT, READ = "self.cache = (x, out[None])", "x, (out,) = self.cache\n"
BY_NAME = {KEPT: "self.cache = {'x': x, 'out': out}", READ: "x, out = self.cache.values()\n"}
LONGER = {KEPT: "self.cache = (x, h, out)", READ: "x, _, out = self.cache\n"}
FORWARD_AGAIN = {
    "self.steps, h = [], ": "self.xs, self.steps, h = xs, [], ",
    "dout = step.backward(dout)": "step.forward(self.xs[0], self.xs[1]); dout = step.backward(dout)",
}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which methods lose by it
    "all is right": ({}, ""),
    "another bend": (SIGMOID, "Step.forward"),
    "one that raises": ({"np.tanh(": "np.tanhh("}, "Step.forward"),
    "zeros, as its gradients are before": ({"np.tanh(x * self.w + h)": "0 * x"}, "Step.forward"),
    "another slope": (SQUARED, "Step.backward"),
    "no way back": (AWAY, "Step.backward"),
    "another bend and slope": (SIGMOID | SQUARED, "Step.forward Step.backward"),
    "a cache of another form": (BY_NAME, ""),
    "another bend, and a cache of another form": (SIGMOID | BY_NAME, "Step.forward"),
    "another bend, and a cache of another length": (SIGMOID | LONGER, "Step.forward"),
    "another bend and slope, and a cache of another form": (SIGMOID | SQUARED | BY_NAME, "Step.forward Step.backward"),
    "a cache of another form, and a walk that stands still": (
        SIGMOID | BY_NAME | STILL,
        "Step.forward Walk.backward",
    ),
    "a cache of another form, and a forward of something else": (
        SIGMOID | BY_NAME | FORWARD_AGAIN,
        "Step.forward Walk.backward",
    ),
    "another bend, and a walk that stands still": (SIGMOID | STILL, "Step.forward Walk.backward"),
    "another slope, and a walk that stands still": (SQUARED | STILL, "Step.backward Walk.backward"),
}


@pytest.mark.parametrize("name", HAND_INS)
def test_who_builds_on_what_a_method_leaves_in_a_tuple_or_a_list_is_graded_by_himself(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The cache of each step and its gradients are right where the step is lent; who goes wrong by himself loses."""
    changes, wrong = HAND_INS[name]
    (tmp_path / "walk.py").write_text(changed(WALK, changes), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "walk.py"))
    lost = [one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)]
    assert lost == wrong.split()


def test_a_class_is_lent_to_wherever_a_file_of_a_package_has_it(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The file that is graded has been given a class of its own, where it does not import that by its name."""
    step, walk = changed(WALK, SIGMOID | {"Step(self.w)": "cells.Step(self.w)"}).split("class Walk:")
    (tmp_path / "steps").mkdir()
    files = {"cells": step, "walk": f"import numpy as np\nfrom . import cells\n\nclass Walk:{walk}"}
    for name, source in files.items():
        (tmp_path / "steps" / f"{name}.py").write_text(source, encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path))
    lost = [one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)]
    assert lost == ["Step.forward"]


X = np.arange(3.0)


def test_what_an_object_leaves_in_a_tuple_or_a_list_is_told_by_its_places() -> None:
    """All of it as soon as one of it is new; not where something else than arrays stands in it."""
    step = SimpleNamespace(
        cache=None, grads=[X * 0, np.zeros(1)], pair=(), steps=[object()], words=["a: b"], size=(2, 3)
    )
    step.velocity, step.mixed, step.name = {}, {"W": X}, "a: b"
    before = held_by(step, Kept())
    step.grads[1] += 1
    step.cache, step.steps, step.words = (X, np.ones(2)), [object(), object()], ["a", "b"]
    step.pair = (X, X + 1)  # of one shape, they are one array
    step.velocity, step.mixed, step.name = {"b": X, 1: X + 1}, {"W": X, "of": "W"}, "c: d"
    found = changed_in(before, held_by(step, Kept()))
    assert {name: array.tolist() for name, array in found.items()} == {
        "cache[0]": [0, 1, 2], "cache[1]": [1, 1], "grads[0]": [0, 0, 0], "grads[1]": [1],
        "pair": [[0, 1, 2], [1, 2, 3]], 'velocity["1"]': [1, 2, 3], 'velocity["b"]': [0, 1, 2],
    }  # fmt: skip


OWN: dict[str, tuple[Any, Any]] = {
    "nothing": (None, (X, X + 1)),
    "a tuple": ((X * 2, X * 3), (X, X + 1)),
    "a list": ([X * 2, X * 3], [X, X + 1]),
    "a list of another form": ([np.zeros((1, 3)), None], [X, X + 1]),
    "one of another length": ((X * 2,), (X * 2,)),
}
LEFT = {"by their places": {"cache[0]": X.copy(), "cache[1]": X + 1}, "of one shape": {"cache": np.stack([X, X + 1])}}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT.keys())
@pytest.mark.parametrize("name", OWN)
def test_what_is_left_stands_in_what_the_hand_in_has(name: str, left: Mapping[str, np.ndarray]) -> None:
    """A list is the same one, and so are its arrays: what else holds them has what is right in it, too."""
    own, due = copy.deepcopy(OWN[name])
    step = SimpleNamespace(cache=own)
    arrays = [one for one in own or () if isinstance(one, np.ndarray) and one.shape == X.shape]
    put_back(step, {**left, "rate": np.array(2.0)})
    assert step.rate == 2
    if "cache" in left and name in ("nothing", "one of another length"):
        assert step.cache is left["cache"]
        return
    assert type(step.cache) is type(due)
    assert [one.tolist() for one in step.cache] == [one.tolist() for one in due]
    if isinstance(own, list):
        assert step.cache is own
        assert all(is_now is was for is_now, was in zip(step.cache, arrays, strict=False))


class Noted(np.ndarray):
    """An array with a gradient."""


@pytest.mark.parametrize(("own", "stays"), [(X, True), (X + 1, False), (X[None], False)], ids=str)
def test_what_is_left_is_of_the_class_of_what_stands_there(own: np.ndarray, stays: bool) -> None:
    """What is right already is the very array, with all that has been noted on it."""
    layer = SimpleNamespace(out=own.copy().view(Noted))
    before = layer.out
    put_back(layer, {"out": X})
    assert (type(layer.out), layer.out.tolist(), layer.out is before) == (Noted, X.tolist(), stays)


def test_what_an_object_holds_under_its_own_name_as_well_is_told_once() -> None:
    """It may be put under the reference's name for who reads that; its own code goes on with its own."""
    layer, kept = SimpleNamespace(activation=X.copy(), mask=X > 1), Kept()
    for right in (X, X + 1):
        layer.activation = right[None].copy()
        another, twice = put_back(layer, {"out": right.copy()}, kept.is_twice)
        kept.note_twice(twice)
        layer.activation = 3 * X  # what its own code puts there
        assert (another, layer.out.tolist()) == ({}, right.tolist())
        assert [*held_by(layer, kept)] == ["activation", "mask"]
    put_back(layer, {"out": X + 1}, kept.is_twice)  # who reads that has something else than its own code by then
    assert [*held_by(layer, kept)] == ["activation", "mask", "out"]
    layer.out = X + 2
    assert [*held_by(layer, kept)] == ["activation", "mask", "out"]
    kept.note_twice(put_back(layer, {"other": X + 9, "out": 3 * X}, kept.is_twice)[1])
    assert [*held_by(layer, kept)] == ["activation", "mask", "other", "out"]


def test_an_object_keeps_what_is_right_where_it_has_kept_what_its_method_gave() -> None:
    """Under whatever name, and in a cache; not where that is what the method was given, or what stood there before."""
    wrong, right = X + 5, X * 2
    layer = SimpleNamespace(out=wrong, cache=(X, wrong), x=X)
    _keep_right(layer, (X,), [(wrong, right)])
    assert (layer.out.tolist(), layer.cache[1].tolist(), layer.x is X) == (right.tolist(), right.tolist(), True)
    _keep_right(layer, (X,), [(X, right)])
    assert layer.x is X
    _keep_right(None, (X,), [(wrong, right)])


def test_an_object_goes_on_with_what_is_right_by_its_own_name() -> None:
    """From call to call, and what it holds under the reference's as well is told of none of them."""
    program: dict[str, Any] = {"__name__": "__main__"}
    exec("class Bend:\n    def forward(self, x):\n        self.mine = x + 9\n        return self.mine\n", program)
    told: list[list[Told]] = []

    def ask(asked: Asked) -> Lent:
        told.append([one for one in asked.given if isinstance(one, str) and one.startswith(HELD)])
        return Lent((asked.given[0] / 2, asked.given[0] / 2), ("out",))  # type: ignore[operator]

    with Lender(ask, lambda _: None).standing_in([Step("Bend.forward", ("x",), ("y",))], [program]):
        bend = program["Bend"]()
        for n in range(3):
            given = bend.forward(X + n)
            assert [one.tolist() for one in (given, bend.mine, bend.out)] == [((X + n) / 2).tolist()] * 3
    assert told == [[], [f"{HELD}mine"], [f"{HELD}mine"]]


class Closed:
    """What it holds is nobody's to see."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


def test_an_object_that_refuses_to_be_looked_through_costs_nobody_anything() -> None:
    """It keeps what it keeps."""
    _keep_right(Closed(), (), [(X + 5, X)])


def test_an_object_that_refuses_holds_what_it_held() -> None:
    """A class of a hand-in's own may do so."""

    class Closed:
        __slots__ = ()

    put_back(Closed(), {"out": X, "cache[0]": X})
