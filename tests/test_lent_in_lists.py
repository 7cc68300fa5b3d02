"""Lists of arrays that a function gives are lent whole: what calls it pays for no fault in them.

takes: a small assignment made here, of gradients in a list for each layer and a step that calls it, and hand-ins to it.
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
from grader.harness.calling.packed import packed_in, with_packed
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox
from grader.wire import Step

NET = """
import numpy as np

class Net:
    def __init__(self, weights):
        self.weights = weights

    def slopes(self, x, y):
        outs = [x]
        for w in self.weights:
            outs.append(w @ outs[-1])
        delta, found, sums = outs[-1] - y, [], []
        for w, out in zip(self.weights[::-1], outs[-2::-1]):
            found.insert(0, np.outer(delta, out))
            sums.insert(0, delta)
            delta = w.T @ delta
        return sums, found

    def step(self, pairs, rate):
        for x, y in pairs:
            sums, found = self.slopes(x, y)
            self.weights = [w - rate * slope - rate * own[:, None] for w, slope, own in zip(self.weights, found, sums)]
"""
CALLS = """
def drawn(rng):
    sizes = (3, 2, 4, 2)
    pairs = [(rng.uniform(0.2, 1.5, 3), rng.uniform(0.2, 1.5, 2)) for _ in range(2)]
    weights = [rng.uniform(0.2, 1.5, (m, n)) for n, m in zip(sizes, sizes[1:])]
    return {"weights": weights, "pairs": pairs, "x": pairs[0][0], "y": pairs[0][1], "rate": 0.25}

AT = {"db": "sums[0]", "dw": "found[0]", "last": "found[-1]"}
SLOPES = Call("Net.slopes", ("x", "y"), (own("sums"), own("found")), new=("weights",), leaves=AT)
STEP = Call("Net.step", ("pairs", "rate"), (own("none"),), new=("weights",), leaves={
    "first": "self.weights[0]", "middle": "self.weights[1]"})
CASES = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))
CASE"""
CRITERIA = """
Criterion("Net.slopes", (SLOPES,), ("db", "dw", "last"), (Behaviour("values", 2),), CASES),
Criterion("Net.step", (STEP,), ("first", "middle"), (Behaviour("values", 3),), CASES, builds_on=("Net.slopes",)),
"""


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    at = tmp_path_factory.mktemp("net")
    return compile_key(write(at, whole=whole, passes=NET, handout="sums, found, self.weights"), sandbox)


OTHER_SIGN = {"outs[-1] - y": "y - outs[-1]"}
UPHILL = {"w - rate * slope": "w + rate * slope"}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which methods lose by it
    "all is right": ({}, ""),
    "another sign": (OTHER_SIGN, "Net.slopes"),
    "in tuples": (OTHER_SIGN | {"return sums, found": "return tuple(sums), tuple(found)"}, "Net.slopes"),
    "another order": ({"return sums, found": "return found, sums"}, "Net.slopes"),
    "another order, and one that takes it so": (
        {"return sums, found": "return found, sums", "sums, found = self": "found, sums = self"}, "Net.slopes",
    ),
    "one that raises": ({"delta = w.T @ delta": "delta = w @ delta"}, "Net.slopes"),
    "nothing": ({"return sums, found": "pass"}, "Net.slopes"),
    "a step that climbs": (UPHILL, "Net.step"),
    "another sign, and a step that climbs": (OTHER_SIGN | UPHILL, "Net.slopes Net.step"),
}  # fmt: skip


@pytest.mark.parametrize("name", HAND_INS)
def test_who_builds_on_gradients_in_lists_is_graded_by_himself(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """They are right where they are lent, those at no graded place among them; who goes wrong by himself loses."""
    changes, wrong = HAND_INS[name]
    (tmp_path / "net.py").write_text(changed(NET, changes), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "net.py"))
    lost = [one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)]
    assert lost == wrong.split()


GIVES = Step("outs", ("x",), ("=outs",), leaves=(("last", "=outs", "[-1]"),))
X = np.arange(3.0)
TOLD: dict[str, tuple[Any, list[str]]] = {
    "a list": ([X, X], ["==outs[0]", "==outs[1]"]),
    "a tuple": ((X,), ["==outs[0]"]),
    "numbers": ([1.0, 2.0], ["==outs"]),
    "an array": (X, ["==outs"]),
    "nothing": (None, ["==outs"]),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_list_is_told_if_it_holds_nothing_but_arrays(name: str) -> None:
    """By its places; else there is no result to be lent."""
    gave, names = TOLD[name]
    told = packed_in(GIVES, [gave])
    assert list(told) == names
    assert all((array is None) == (not one.endswith("]")) for one, array in told.items())


LENT = {"==outs[0]": X, "==outs[1]": X + 1}
IN_LISTS: dict[str, tuple[Any, list[list[float]]]] = {
    # what the hand-in gives, and what that is with the lent results in it
    "nothing": (None, [[0, 1, 2], [1, 2, 3]]),
    "wrong ones": ([X * 5, X * 7], [[0, 1, 2], [1, 2, 3]]),
    "one more": ([X * 3, X * 5, X * 7], [[0, 3, 6], [0, 5, 10], [1, 2, 3]]),
    "none": ([], []),
    "others beside the right one": ([X * 5, X + 1 + 1e-9], [[0, 5, 10], [1, 2, 3]]),
}


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("name", IN_LISTS)
def test_what_stands_beside_right_results_is_the_hand_ins_own(name: str, kind: type) -> None:
    """Wrong ones are right afterwards: all, where there are as many, or those that are graded."""
    own, due = IN_LISTS[name]
    (found,) = with_packed(GIVES, [kind(own) if own is not None else None], LENT)
    assert [np.round(one, 6).tolist() for one in found] == due
    assert own is None or type(found) is kind
