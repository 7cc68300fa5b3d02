"""Layers of a base class that keep what they give on themselves: a backward that is handed no cache.

takes: the small assignment `layers`, and hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent, indent

import pytest
from test_given import notebook

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.gradebook import Record
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.plan import ALONE, Purpose
from grader.sandbox import Sandbox
from grader.selftest import prove

LAYERS = Path(__file__).parent / "assignments" / "layers"
REFERENCE = (LAYERS / "passes.py").read_text()
FULL = bool(os.environ.get("GRADER_TESTS_FULL"))
COMPUTE, PULL_BACK = "Softmax.compute", "Softmax.pull_back"


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return compile_key(LAYERS, sandbox)


def graded(key: AnswerKey, sandbox: Sandbox, folder: Path, pull_back: str, compute: str = "") -> Record:
    """What one layer earns whose forward takes the sum over the whole table; its base class is as students get it."""
    base = REFERENCE[REFERENCE.index("class Layer") : REFERENCE.index("class Softmax")]
    body = f"def pull_back(self, x, dout):\n{indent(dedent(pull_back), '    ')}"
    (folder / "a.ipynb").write_text(notebook("import numpy as np", base, (compute or OVER_ALL) + indent(body, "    ")))
    return grade_one(Desk(key, sandbox), one_submission(folder / "a.ipynb"))


OVER_ALL = """class Softmax(Layer):
    def compute(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.out = e / e.sum()
        return self.out

"""
RIGHT = """
    self.dx = s * (dout - (s * dout).sum(axis=1, keepdims=True))
    return self.dx
"""
HAND_INS = {
    "what it keeps": ("    s = self.out" + RIGHT, "correct"),
    "what it keeps anew": ("    self.compute(x)\n    s = self.out" + RIGHT, "correct"),
    "what it gives anew": ("    s = self.forward(x)" + RIGHT, "correct"),
    "dx is kept nowhere": ("    s = self.out" + RIGHT.replace("self.dx", "dx"), "partly"),
    "the diagonal alone": ("    self.dx = dout * self.out * (1 - self.out)\n    return self.dx", "known mistake"),
    "no product": ("    self.dx = dout - self.out\n    return self.dx", "wrong"),
}


@pytest.mark.parametrize(("pull_back", "verdict"), HAND_INS.values(), ids=HAND_INS.keys())
def test_a_wrong_forward_is_counted_there_alone(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, pull_back: str, verdict: str
) -> None:
    """Backward is asked with what forward keeps made right, also where it calls forward again for that."""
    first, second, *_ = graded(key, sandbox, tmp_path, pull_back).criteria
    assert (first.name, first.verdict, second.name) == (COMPUTE, "known mistake", PULL_BACK)
    assert second.verdict == verdict
    if verdict == "correct":
        assert second.points == second.max_points
        assert COMPUTE in second.headline


NOISES = {
    "what forward drops": ("self.mask", "consistent", 2),
    "what forward drops, not scaled": ("(self.mask > 0)", "wrong", 0),
    "others than forward drops": ("(np.random.random(x.shape) < self.p) / (1 - self.p)", "wrong", 0),
}


@pytest.mark.parametrize(("mask", "verdict", "points"), NOISES.values(), ids=NOISES.keys())
def test_what_draws_at_random_is_right_by_its_own_forward(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, mask: str, verdict: str, points: int
) -> None:
    """All that a backward of dropout can be held against is what its forward has dropped."""
    wrong = REFERENCE.replace(">= self.p)", "< self.p)").replace("dout * self.mask", f"dout * {mask}")
    (tmp_path / "a.ipynb").write_text(notebook(wrong))
    told = {one.name: one for one in grade_one(Desk(key, sandbox), one_submission(tmp_path / "a.ipynb")).criteria}
    assert told["Noise.compute"].verdict == "known mistake"
    assert (told["Noise.pull_back"].verdict, told["Noise.pull_back"].points) == (verdict, points)


def test_the_key_knows_what_the_hand_out_defines(key: AnswerKey) -> None:
    """Who has a method of the base class has not misspelt another."""
    assert {"Layer", "Layer.forward", "Layer.backward", "Noise.__init__", PULL_BACK} <= set(key.rubric.given)


NOT_THERE = {
    "it raises": ("self.out = np.zeros(3)\n        return x / self.out.nothing", "crashed"),
    "it leaves nothing": ("e = np.exp(x - x.max(1)[:, None])\n        return e / e.sum(1)[:, None]", "partly"),
    "it is not written": ("# TODO: keep it as self.out, and return it\n        return self.out", "not attempted"),
}


@pytest.mark.parametrize(("compute", "verdict"), NOT_THERE.values(), ids=NOT_THERE.keys())
def test_what_forward_is_to_leave_is_there_where_it_leaves_nothing(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, compute: str, verdict: str
) -> None:
    """Else one line that is missing in forward would cost all of backward."""
    wrong = OVER_ALL.partition("        e = ")[0] + f"        {compute}\n\n"
    first, second, *_ = graded(key, sandbox, tmp_path, HAND_INS["what it keeps"][0], wrong).criteria
    assert (first.verdict, second.verdict) == (verdict, "correct")
    assert second.points == second.max_points
    _, second, *_ = graded(key, sandbox, tmp_path, HAND_INS["no product"][0], wrong).criteria
    assert second.points == 0


def test_a_method_without_a_cache_is_handed_what_is_on_its_object(key: AnswerKey) -> None:
    """Alone on a new object the reference fails as well: its own forward has been called on that each time."""
    asked = [e for e in key.plan.entries if e.criterion == PULL_BACK]
    assert {e.purpose for e in asked} == {Purpose.CASE, *ALONE, Purpose.OWN_GRADIENT, Purpose.NUDGED}
    assert all(len(e.question.steps) == 2 for e in asked if e.purpose in ALONE)


@pytest.mark.xdist_group("layers")
def test_the_exam_of_it_holds(key: AnswerKey, sandbox: Sandbox) -> None:
    """The mutants of such a backward are tried in those cases alone, too. `make fuzz` proves the whole of it."""
    proof = prove(LAYERS, key, sandbox, only=() if FULL else (COMPUTE, PULL_BACK))
    assert proof.holds
    assert [row.tried for row in proof.rows if "right cache alone" in row.kind] != []
