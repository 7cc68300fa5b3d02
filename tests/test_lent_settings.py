"""What a class sets by itself keeps nothing from being lent to what calls its methods: a hand-in may hold it otherwise.

takes: a small assignment made here, of a layer, a block that holds one and a function that makes one; hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from conftest import changed
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey, LentCall
from grader.compile_key.compiling import compile_key
from grader.intake import one_submission
from grader.lending.alike import Parted
from grader.lending.settings import Settings
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox
from grader.wire import Told

SETS = '        self.eps = 1e-5\n        self.dim = -1\n        self.kind = "layer"\n        self.whole = True\n'
NORM = f"""
import numpy as np

class Norm:
    def __init__(self, g):
        self.g = g
        self.dg = np.zeros_like(g)
        self.unread = g + 3
{SETS}
    def forward(self, x):
        apart = x - x.mean(axis=self.dim, keepdims=True)
        return self.g * apart / np.sqrt(x.var(axis=self.dim, keepdims=True) + self.eps) + 0 * self.dg

class Block:
    def __init__(self, g):
        self.norm = Norm(g)

    def forward(self, x):
        return self.norm.forward(x) + x

def twice(x, g):
    layer = Norm(g)
    return 2 * layer.forward(x)
"""
CALLS = """
def drawn(rng):
    return {"x": rng.uniform(-2, 2, (4, 3)), "g": rng.uniform(1, 2, 3)}

CASES = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))

def of(name, takes, new=(), before=()):
    call = Call(name, takes, ("y",), new=new)
    return Criterion(name, (call,), ("y",), (Behaviour("values", 1),), CASES, builds_on=before)
CASE"""
CRITERIA = """
of("Norm.forward", ("x",), ("g",)), of("Block.forward", ("x",), ("g",), ("Norm.forward",)),
of("twice", ("x", "g"), (), ("Norm.forward",)),
"""
WRONG = {"return self.g * apart": "return self.g + apart"}
NONE = {SETS: "", "axis=self.dim": "axis=1", "self.eps": "1e-5"}
OTHER_NAMES = {"self.eps": "self.epsilon", "self.dim": "self.axis"}
TAKEN = {
    "self, g):\n        self.g = g\n": "self, g, eps=1e-5):\n        self.g = g\n",
    "self.eps = 1e-5": "self.eps = eps",
}
LATER = "        self.dg = np.zeros_like(g)\n"
UNREAD = "        self.unread = g + 3\n"
CLASS = NORM[NORM.index("class Norm:") : NORM.index("class Block:")]
AT_RUN_TIME = {
    "class Norm:": "class _Norm:",
    "class Block:": 'Norm = type("Norm", (_Norm,), {})\n\n\nclass Block:',
    "        self.g = g\n": "        self.g, self.two = g, 2\n",
    "return 2 * layer": "return layer.two * layer",
}
NO_INIT = {"class Norm:\n    def __init__(self, g):": "class Norm:\n    def __init__(self, g:"}
CHOSEN = {"layer = Norm(g)": "layer = Norm(g, 0.5)"}
CALLERS = "Norm.forward Block.forward twice"
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which functions get nothing
    "all is right": ({}, ""),
    "as the reference": (WRONG, "Norm.forward"),
    "none of its settings": (WRONG | NONE, "Norm.forward"),
    "other names": (WRONG | OTHER_NAMES, "Norm.forward"),
    "the same axis from the other end": (WRONG | {"self.dim = -1": "self.dim = 1"}, "Norm.forward"),
    "taken": (WRONG | TAKEN, "Norm.forward"),
    "taken, and under another name": (WRONG | TAKEN | OTHER_NAMES, "Norm.forward"),
    # who calls it with another setting gets nothing lent, under whatever name that is held
    "taken, and another one chosen": (WRONG | TAKEN | CHOSEN, "Norm.forward twice"),
    "another one chosen, and its name": (
        WRONG | TAKEN | CHOSEN | {"self.eps": "self.epsilon"}, "Norm.forward twice",
    ),
    "another one chosen, in a dict": (
        WRONG | TAKEN | {"self.eps = eps": "self.more = {'eps': eps}", "self.eps": "self.more['eps']",
                         **CHOSEN}, "Norm.forward twice",
    ),
    "another axis": (WRONG | {"layer = Norm(g)": "layer = Norm(g)\n    layer.dim = 0"}, "Norm.forward twice"),
    # a class of which nothing is there, or no constructor
    "no such class": ({CLASS: ""}, "Norm.forward"),
    "nothing in it": ({CLASS: "class Norm:\n    pass\n\n"}, "Norm.forward"),
    "its first line cannot be read": ({"class Norm:": "class Norm"}, "Norm.forward"),
    "its constructor cannot be read": (NO_INIT, "Norm.forward"),
    "one that is made at run time": (WRONG | AT_RUN_TIME, "Norm.forward"),
    "no such class, and other weights": ({CLASS: "", "Norm(g)": "Norm(g + 1)"}, CALLERS),
    "its constructor cannot be read, and other weights": (
        NO_INIT | {"= Norm(g)": "= Norm(g + 1)"}, CALLERS,
    ),
    "a truth of its own": (WRONG | NONE | {LATER: "        self.trains = True\n"}, "Norm.forward"),
    "other weights": (WRONG | NONE | {"layer = Norm(g)": "layer = Norm(g + 1)"}, "Norm.forward twice"),
    "nothing for later": (WRONG | {LATER: ""}, "Norm.forward"),
    "a number for later": (WRONG | NONE | {"np.zeros_like(g)": "0.0"}, "Norm.forward"),
    "None for later": (WRONG | {"np.zeros_like(g)": "None"}, "Norm.forward"),
    "something for later, by another name": (WRONG | {"self.dg = np.zeros_like(g)": "self.grad = g + 1"}, CALLERS),
    "something for later": (WRONG | {"np.zeros_like(g)": "np.ones_like(g)"}, CALLERS),
    "nothing that makes no difference": (WRONG | {UNREAD: ""}, "Norm.forward"),
    "something else that makes no difference": (WRONG | {UNREAD: "        self.unread = [g]\n"}, "Norm.forward"),
    "weights under another name": (WRONG | {"self.g": "self.gamma"}, "Norm.forward"),
    "other weights so": (WRONG | {"self.g = g": "self.gamma = 2 * g", "self.g +": "self.gamma +"}, CALLERS),
}  # fmt: skip


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    says = "self.g, self.dg, self.unread, self.eps, self.dim, self.kind, self.whole, self.norm"
    return compile_key(write(tmp_path_factory.mktemp("norm"), whole=whole, passes=NORM, handout=says), sandbox)


@pytest.mark.parametrize("name", HAND_INS)
def test_what_a_class_sets_by_itself_it_may_hold_otherwise(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """What calls a wrong method of such a class is lent what is right; not where it chooses another setting."""
    changes, wrong = HAND_INS[name]
    (tmp_path / "norm.py").write_text(changed(NORM, changes), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "norm.py"))
    assert {one.name for one in record.criteria if Fraction(one.points or 0) == 0} == set(wrong.split())


X = np.ones((4, 3))
EPS, TWICE = np.array(1e-5), np.array(2e-5)


def told(*held: Told) -> tuple[Told, ...]:
    return X, *held


ALWAYS = {
    # what the reference's object holds in two calls, what a hand-in's holds, and what that is completed to
    "it has none": ((".eps", EPS), (".eps", EPS), (), (".eps", EPS)),
    "it has it": ((".eps", EPS), (".eps", EPS), (".eps", EPS), None),
    "another one": ((".eps", EPS), (".eps", EPS), (".e", TWICE), None),
    "of another kind": ((".eps", EPS), (".eps", EPS), (".e", np.array(True)), (".e", np.array(True), ".eps", EPS)),
    "not always the same": ((".eps", EPS), (".eps", TWICE), (), None),
    "not always there": ((".eps", EPS), (), (), None),
    "an array": ((".eps", X[0]), (".eps", X[0]), (), None),
    "the same axis": ((".axis", np.array(1)), (".axis", np.array(1)), (".axis", np.array(-1)), (".axis", np.array(1))),
    "another axis": ((".axis", np.array(1)), (".axis", np.array(1)), (".axis", np.array(0)), None),
    "an axis that is none": ((".axis", np.array(1)), (".axis", np.array(1)), (".axis", np.array(3)), None),
    "no axis by its name": ((".way", np.array(1)), (".way", np.array(1)), (".way", np.array(-1)), None),
}


@pytest.mark.parametrize("name", ALWAYS)
def test_a_call_is_completed_by_what_is_always_the_same(name: str) -> None:
    """A number, a truth or a word that each object of the reference holds, in the calls of that function."""
    one, other, own, due = ALWAYS[name]
    calls = [LentCall("f", told(*held), (X,), ()) for held in (one, other)]
    calls += [LentCall("g", told(".eps", TWICE, ".axis", EPS), (X,), ())]
    completed = Settings.of({0: tuple(calls)}, "f").completed(told(*own))
    assert (completed is None) == (due is None)
    assert due is None or list(map(str, completed or ())) == list(map(str, told(*due)))


def test_a_number_by_itself_has_no_axis() -> None:
    """Nothing is counted from its other end."""
    calls = (LentCall("f", (np.array(2.0), ".axis", np.array(0)), (X,), ()),)
    assert Settings.of({0: calls}, "f").completed((np.array(2.0), ".axis", np.array(-1))) is None


ZEROS, NOTHING = np.zeros(3), np.array(0.0)
FOR_LATER = {
    # what the reference's object holds, what a hand-in's holds, and whether that is as good
    "nothing": ((".dg", ZEROS), (), True),
    "the number zero": ((".dg", ZEROS), (".dg", NOTHING), True),
    "another number": ((".dg", ZEROS), (".dg", EPS), False),
    "zeros in another shape": ((".dg", ZEROS), (".dg", np.zeros(4)), False),
    "numbers": ((".dg", X[0]), (), False),
    "a number, which is zero": ((".dg", NOTHING), (), False),
    "zeros beside numbers": ((".dg", ZEROS, X[0]), (), False),
    "a word": ((".dg", '"zero"'), (), False),
    "numbers of its shape under another name": ((".dg", ZEROS), (".grad", X[0]), False),
    "zeros of its shape under another name": ((".dg", ZEROS), (".grad", ZEROS), True),
    "numbers of another shape under another name": ((".dg", ZEROS), (".grad", X), True),
    "numbers of its shape that the reference has, too": ((".dg", ZEROS, ".g", X[0]), (".g", X[0]), True),
}


@pytest.mark.parametrize("name", FOR_LATER)
def test_zeros_for_later_need_not_be_there(name: str) -> None:
    """Where nothing says that the object has something else in their place."""
    known, own, is_good = FOR_LATER[name]
    assert Parted.of(told(*own)).is_near(Parted.of(told(*known)), any_mask=False) == is_good
