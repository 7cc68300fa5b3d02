"""Objects that hold objects are lent to: what those hold is told with it, and what a call leaves in them is put there.

takes: a small assignment made here, of a bend, a cell that holds one, and a tower of cells; hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import changed
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.harness.calling.put_back import changed_in, put_back
from grader.harness.calling.told import Kept, held_by
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox
from grader.wire import IF_THERE, UNTOLD, put

TOWER = """
import numpy as np

class Bend:
    def __init__(self, k):
        self.k = k

    def forward(self, x):
        self.out = np.tanh(self.k * x)
        return self.out

    def backward(self, dout):
        return dout * self.k * (1 - self.out**2)

class Cell:
    def __init__(self, w):
        self.w = w
        self.bend = Bend(2.0)

    def forward(self, x):
        self.x = x
        return self.bend.forward(self.w * x) + x

    def backward(self, dout):
        dz = self.bend.backward(dout)
        self.dw = self.x * dz
        return self.w * dz + dout

class Tower:
    def __init__(self, w):
        self.cells = [Cell(w), Cell(w - 1)]

    def forward(self, x):
        for cell in self.cells:
            x = cell.forward(x)
        return x

    def backward(self, dout):
        for cell in reversed(self.cells):
            dout = cell.backward(dout)
        return dout
"""
CALLS = """
from grader.assignment import Tolerance

def drawn(rng):
    return {"k": 1.5, **{name: rng.uniform(0.2, 1.5, 3) for name in ("x", "w", "dout")}}

CASES = (Case("one", drawn, "values"),)
BY_ITSELF = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))

def of(name, new, leaves, before):
    ahead = Call(f"{name}.forward", ("x",), ("out",), new=new)
    back = Call(f"{name}.backward", ("dout",), ("dx",), new=new, leaves=leaves)
    wants = FollowThrough(f"{name}.forward", "out", "dout", {}, (), BY_ITSELF, mended=True)
    both = tuple(f"{one}.{way}" for one in before for way in ("forward", "backward"))
    return (
        Criterion(f"{name}.forward", (ahead,), ("out",), (Behaviour("values", 1),), CASES, builds_on=both[:1]),
        Criterion(f"{name}.backward", (ahead, back), ("dx", *leaves), (Behaviour("values", 2),), CASES, wants,
            builds_on=both),
    )
CASE"""
CRITERIA = """
*of("Bend", ("k",), {}, ()), *of("Cell", ("w",), {"dw": "self.dw"}, ("Bend",)),
*of("Tower", ("w",), {"dw": "self.cells[0].dw"}, ("Cell",)),
"""


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    says = "out, dx, self.dw, self.cells"
    return compile_key(write(tmp_path_factory.mktemp("tower"), whole=whole, passes=TOWER, handout=says), sandbox)


APART = {"+ x\n": "- x\n"}
RAISES = {"(self.w * x) + x": "(self.w * x) + y"}
NO_WAY_BACK = {"        self.dw = self.x * dz\n": "        self.dw = self.dx * dz\n"}
OTHER_WEIGHTS = {"Cell(w - 1)": "Cell(w)"}
OTHER_BEND = {"x = cell.forward(x)": "cell.bend.k = 1.0\n            x = cell.forward(x)"}
BENDS_X = {"self.bend.forward(self.w * x)": "self.bend.forward(x)"}
BENDS_NOTHING = {"self.bend.forward(self.w * x)": "1 + np.tanh(2 * self.w * x)"}
OWN_NAMES = {"self.out": "self.kept"}
OTHER_NAME = {"self.bend": "self.curve"}
FIRST_ALONE = {"reversed(self.cells)": "self.cells[:1]"}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which methods lose by it
    "all is right": ({}, ""),
    "a cell that takes away": (APART, "Cell.forward"),
    "a cell that raises": (RAISES, "Cell.forward"),
    "a cell that keeps nothing to go back by": (NO_WAY_BACK, "Cell.backward"),
    "a bend that is a line": ({"np.tanh(self.k * x)": "self.k * x"}, "Bend.forward"),
    "a cell that takes away, in a tower of other weights": (APART | OTHER_WEIGHTS, "Cell.forward Tower.forward"),
    "a cell that takes away, and another bend in each": (APART | OTHER_BEND, "Cell.forward Tower.forward"),
    "a cell that takes away, and one alone goes back": (APART | FIRST_ALONE, "Cell.forward Tower.backward"),
    "cells in a tuple": (APART | {"[Cell(w), Cell(w - 1)]": "(Cell(w), Cell(w - 1))"}, "Cell.forward"),
    "a cell that bends something else": (BENDS_X, "Cell.forward"),
    "a cell that bends something else, kept otherwise": (BENDS_X | OWN_NAMES, "Cell.forward"),
    "a cell that has not bent anything": (BENDS_NOTHING, "Cell.forward"),
    "a cell that has not bent anything, kept otherwise": (BENDS_NOTHING | OWN_NAMES, "Cell.forward"),
    "a cell that bends once more": (
        {
            "return self.bend.forward(self.w * x) + x": "y = self.bend.forward(self.w * x) + x\n"
            "        self.bend.forward(x)\n        return y"
        }
        | OWN_NAMES,
        "Cell.backward",
    ),
    "a tower of one cell": ({"for cell in self.cells": "for cell in self.cells[:1]"} | OWN_NAMES, "Tower.forward"),
    # there the tower's forward is right by what it is lent, and its backward by what it was not
    "a cell that takes away, whose bend has another name": (APART | OTHER_NAME, "Cell.forward"),
    "and in a tower of other weights": (APART | OTHER_NAME | OTHER_WEIGHTS, "Cell.forward Tower.forward"),
    "and one alone goes back": (APART | OTHER_NAME | FIRST_ALONE, "Cell.forward Tower.backward"),
    "a cell that takes away, whose bend has another name, and is another": (
        APART | OTHER_NAME | {"x = cell.forward(x)": "cell.curve.k = 1.0\n            x = cell.forward(x)"},
        "Cell.forward Tower.forward",
    ),
    "one more thing in a cell": (APART | {"self.w = w\n": "self.w, self.seen = w, [Bend(1.0)]\n"}, "Cell.forward"),
}


@pytest.mark.parametrize("name", HAND_INS)
def test_who_builds_on_an_object_that_holds_objects_is_graded_by_himself(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """It is lent what is right where all within it holds what the reference's does; who sets it otherwise loses.

    A backward finds right values on what its object holds, too, where its forward has left wrong ones or none there.
    """
    changes, wrong = HAND_INS[name]
    (tmp_path / "tower.py").write_text(changed(TOWER, changes), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "tower.py"))
    lost = {one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)}
    wrongly = {name.replace("forward", "backward") for name in wrong.split() if name.startswith("Tower.f")}
    assert lost - wrongly == set(wrong.split())


def test_nobody_reads_that_right_results_were_there_where_none_were(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """They are lent to its backward alone, where each cell holds something else when it goes ahead."""
    (tmp_path / "tower.py").write_text(changed(TOWER, APART | NO_WAY_BACK | OTHER_BEND), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "tower.py"))
    (notes,) = (" ".join(one.notes) for one in record.criteria if one.name == "Tower.forward")
    assert "It builds on Cell.forward, which is not right yet." in notes
    assert "right results" not in notes


class Thing:
    """Of this file, which stands for the program here."""

    def __init__(self, **held: Any) -> None:
        vars(self).update(held)


X = np.arange(2.0)
OF_THIS = Kept(modules=[__name__])
WITHIN: dict[str, tuple[object, dict[str, object]]] = {
    "an object": (Thing(b=Thing(k=2, X=X)), {"b": ['"Thing"'], "b.X": [[0.0, 1.0]], "b.k": [2.0]}),
    "objects in a list": (Thing(b=[Thing(k=2), Thing()]),
                          {"b": ["2"], "b.0": ['"Thing"'], "b.0.k": [2.0], "b.1": ['"Thing"']}),
    "objects in a dict": (Thing(b={"in": Thing(k=2)}), {"b": ["1"], "b.in": ['"Thing"'], "b.in.k": [2.0]}),
    "objects by numbers": (Thing(b={1: Thing(k=2)}), {"b": [UNTOLD]}),
    "an object and a number": (Thing(b=[Thing(k=2), 3]), {"b": [UNTOLD]}),
    "no object of the program's own": (Thing(b=np.random.default_rng(1)), {"b": [UNTOLD]}),
    "nothing": (Thing(b=[], c={}), {}),
}  # fmt: skip


@pytest.mark.parametrize("what", WITHIN)
def test_what_stands_within_an_object_is_told_by_its_way(what: str) -> None:
    """That of a list or a dict only if all in it are objects, whose classes are the program's own."""
    thing, told = WITHIN[what]
    found = held_by(thing, OF_THIS)
    assert {name: [getattr(one, "tolist", lambda one=one: one)() for one in of] for name, of in found.items()} == told


def test_an_object_that_holds_itself_is_told_once() -> None:
    """A layer may know the one before it, and that one the one behind it."""
    one = Thing(k=1)
    one.behind = Thing(before=one)  # type: ignore[attr-defined]
    assert held_by(one, OF_THIS)["behind.before"] == [UNTOLD]


def test_what_is_left_within_an_object_is_put_there() -> None:
    """In an object of an object, of a list and of a dict; what the hand-in has not stays away."""
    thing = Thing(b=Thing(), all=[Thing(), Thing(X=X)], by={"in": Thing()})
    before = held_by(thing, OF_THIS)
    thing.b.Y, thing.all[1].X, thing.by["in"].Z = X + 1, X + 2, X + 3  # type: ignore[attr-defined]
    left = changed_in(before, held_by(thing, OF_THIS))
    own = Thing(b=Thing(), all=[Thing(), Thing()])
    put_back(own, left)
    assert left.keys() == {"b.Y", "all.1.X", "by.in.Z"}
    assert (own.b.Y.tolist(), own.all[1].X.tolist()) == ([1.0, 2.0], [2.0, 3.0])  # type: ignore[attr-defined]
    assert vars(own).keys() == {"b", "all"}


def test_what_need_not_be_there_is_put_where_it_can_be() -> None:
    """In what an object holds, a list and a dict; where nothing is, or a number, nothing happens."""
    own = Thing(fc=Thing(), all=[Thing()], by={"in": Thing()}, k=2)
    for way in (".fc.x", ".all[0].x", ".all[1].x", ".by['in'].x", ".gone.x", ".k.x"):
        put(own, f"{IF_THERE}{way}", X)
    assert own.fc.x is own.all[0].x is own.by["in"].x is X  # type: ignore[attr-defined]
    assert vars(own).keys() == {"fc", "all", "by", "k"}
