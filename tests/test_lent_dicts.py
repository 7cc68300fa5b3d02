"""Dicts of arrays that a method leaves on its object are lent with its results.

takes: a small assignment made here, of one optimizer and who takes two steps with it, and hand-ins to it.
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
from grader.harness.calling.put_back import changed_in, put_back
from grader.harness.calling.told import Kept, held_by
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox

X = np.arange(3.0)
OWN_DICTS: dict[str, tuple[Any, Mapping[object, object] | None, bool]] = {
    # what stands there, what is there since, and whether what is right would stand there as well
    "nothing": (None, {"W": [0, 1, 2], 1: 2.0}, False),
    "an empty one": ({}, {"W": [0, 1, 2], 1: 2.0}, False),
    "a part of it": ({"W": X * 2}, {"W": [0, 1, 2], 1: 2.0}, False),
    "all of it": ({1: 5.0, "W": X * 2}, {1: 2.0, "W": [0, 1, 2]}, False),
    "its number as a word": ({"1": 5.0, "W": X * 2}, {"1": 2.0, "W": [0, 1, 2]}, False),
    "more than that": ({"W": X * 2, 1: 5.0, "z": "own"}, {"W": [0, 1, 2], 1: 2.0, "z": "own"}, True),
    "another one": ({"w": X * 2}, {"w": [0, 2, 4]}, True),
    "something else": ((X * 2,), None, True),
}


@pytest.mark.parametrize("name", OWN_DICTS)
def test_what_is_left_in_a_dict_stands_in_the_dict_that_the_hand_in_has(name: str) -> None:
    """It is the same one, which others may hold as well; one with other names is the hand-in's own."""
    own, due, is_beside = copy.deepcopy(OWN_DICTS[name])
    step = SimpleNamespace(grads=own)
    told = held_by(SimpleNamespace(grads={"W": X, 1: np.array(2.0)}), Kept())
    beside, _ = put_back(step, changed_in({}, told))
    assert step.grads is own or own is None
    if due is not None:
        assert {key: getattr(one, "tolist", lambda one=one: one)() for key, one in step.grads.items()} == due
    assert [*beside] == ["grads"] * is_beside
    assert not is_beside or list(map(str, beside["grads"])) == list(map(str, told["grads"]))


MOMENTUM = """
import numpy as np

class Momentum:
    def __init__(self, lr):
        self.lr = lr
        self.v = {}

    def update(self, w, grad):
        self.v["W"] = 0.9 * self.v.get("W", 0) - self.lr * grad
        return w + self.v["W"]

def descend(w, grad, lr):
    optimizer = Momentum(lr)
    return optimizer.update(optimizer.update(w, grad), grad / 2)
"""
OF_DICTS = """
Criterion("Momentum.update", (UPDATE, AGAIN), ("again",), (Behaviour("values", 2),), (Case("one", drawn, "values"),)),
Criterion("descend", (Call("descend", ("w", "grad", "lr"), ("last",)),), ("last",), (Behaviour("values", 3),),
    (Case("one", drawn, "values"),), builds_on=("Momentum.update",)),
"""
UPDATES = """
from grader.assignment import own

def drawn(rng):
    return {"w": rng.uniform(0.2, 1.5, 3), "grad": rng.uniform(0.2, 1.5, 3), "lr": 0.1}

UPDATE = Call("Momentum.update", ("w", "grad"), (own("once"),), new=("lr",))
AGAIN = Call("Momentum.update", (own("once"), "grad"), ("again",), new=("lr",))
CASE"""


@pytest.fixture(scope="module")
def key_of_dicts(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", UPDATES, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", OF_DICTS.strip())
    return compile_key(write(tmp_path_factory.mktemp("dicts"), whole=whole, passes=MOMENTUM, handout="once"), sandbox)


UPHILL, ONCE = (
    {"- self.lr": "+ self.lr"},
    {"optimizer.update(optimizer.update(w, grad), grad / 2)": "optimizer.update(w, grad)"},
)
NONE_YET = {"self.v = {}": "self.v = None", "        self.v[": "        self.v = self.v or {}\n        self.v["}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ""),
        (UPHILL, "Momentum.update"),
        (UPHILL | {"self.v": "self.velocity"}, "Momentum.update"),
        (UPHILL | NONE_YET, "Momentum.update"),
        ({"0.9 * self.v.get": "0 * self.v.get"}, "Momentum.update"),
        (UPHILL | {"        self.v[": "        self.v['t'] = self.lr\n        self.v["}, "Momentum.update"),
        (UPHILL | ONCE, "Momentum.update descend"),
    ],
)
def test_who_builds_on_what_a_method_leaves_in_a_dict_is_graded_by_himself(
    changes: Mapping[str, str], wrong: str, key_of_dicts: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The velocity is right where the update is lent, whatever the hand-in keeps there."""
    (tmp_path / "momentum.py").write_text(changed(MOMENTUM, changes), encoding="utf-8")
    record = grade_one(Desk(key_of_dicts, sandbox), one_submission(tmp_path / "momentum.py"))
    assert [
        one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)
    ] == wrong.split()


TRAIN = """
def step(params, grads, lr):
    for k in params:
        params[k] -= lr * grads[k]

def train(w, grad, lr):
    params = {"U": w.copy(), "V": 2 * w, "b": w[:1].copy()}
    held = params["U"]
    for _ in range(2):
        step(params, {"U": grad, "V": params["U"] * grad, "b": grad[:1]}, lr)
    return held * params["V"] + params["b"]
"""
OF_TRAIN = """
Criterion("step", (Call("step", ("params", "grads", "lr"), (own("nothing"),), leaves={"W": "params['W']"}),), ("W",),
    (Behaviour("values", 2),), (Case("one", stepped, "values"),)),
Criterion("train", (Call("train", ("w", "grad", "lr"), ("last",)),), ("last",), (Behaviour("values", 3),),
    (Case("one", drawn, "values"),), builds_on=("step",)),
"""
STEPPED = """
def stepped(rng):
    return {"params": {"W": rng.uniform(0.2, 1.5, 3)}, "grads": {"W": rng.uniform(0.2, 1.5, 3)}, "lr": 0.1}
CASE"""
IN_A_LIST = {
    "for k in params": "for k in range(len(params))",
    '{"U": w.copy(), "V": 2 * w, "b": w[:1].copy()}': "[w.copy(), 2 * w, w[:1].copy()]",
    '{"U": grad, "V": params["U"] * grad, "b": grad[:1]}': "[grad, params[0] * grad, grad[:1]]",
    '"U"': "0", '"V"': "1", '"b"': "2",
}  # fmt: skip


@pytest.mark.parametrize("in_a_list", [False, True])
def test_all_of_a_dict_or_a_list_of_parameters_is_put_right_whatever_it_holds(
    in_a_list: bool, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The parameters of a network have other names than those of the question by which its step is graded."""
    whole = ASSIGNMENT.replace("CASE", UPDATES.replace("CASE", STEPPED), 1).replace("INPUTS", "drawn")
    whole = whole.replace("ALTERNATIVES", "").replace("MISTAKES", "").replace("CRITERIA,", OF_TRAIN.strip())
    train = changed(TRAIN, IN_A_LIST) if in_a_list else TRAIN
    if in_a_list:
        whole = whole.replace("params['W']", "params[0]").replace('{"W": rng.uniform(0.2, 1.5, 3)}', "[np.ones(3)]")
    (tmp_path / "given").mkdir()
    key = compile_key(
        write(tmp_path / "given", whole=whole, passes=f"import numpy as np\n{train}", handout="-"), sandbox
    )
    for wrong, changes in {"step": {}, "step train": {"range(2)": "range(1)"}}.items():
        (tmp_path / "train.py").write_text(changed(train, {"-= lr": "+= lr", **changes}), encoding="utf-8")
        record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "train.py"))
        lost = [one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)]
        assert lost == wrong.split()
