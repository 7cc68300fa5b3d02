"""A loss that is a layer: what it keeps on its object is made right beside a wrong loss, whatever it is called there.

takes: a small assignment made here, of one loss with its backward, and hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import changed
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox

LOSS = """
import numpy as np

class Loss:
    def forward(self, x, t):
        e = np.exp(x)
        self.y = e / e.sum(axis=1, keepdims=True)
        self.t = t
        return -np.log(self.y[np.arange(len(t)), t]).mean()

    def backward(self):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dx / len(self.t)
"""
CALLS = """
def drawn(rng):
    return {"x": rng.uniform(-2, 2, (4, 3)), "t": rng.permutation([0, 1, 2, 1])}

AHEAD = Call("Loss.forward", ("x", "t"), ("loss",))
BACK = Call("Loss.backward", (), ("dx",))
BY_ITSELF = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))
CASE"""
CRITERIA = """
Criterion("Loss.forward", (AHEAD,), ("loss",), (Behaviour("values", 1),), BY_ITSELF),
Criterion("Loss.backward", (AHEAD, BACK), ("dx",), (Behaviour("values", 2),), BY_ITSELF,
    FollowThrough("Loss.forward", "loss", "", {"dx": "x"}, (drawn,), handed=BY_ITSELF, mended=True)),
"""


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    return compile_key(write(tmp_path_factory.mktemp("loss"), whole=whole, passes=LOSS, handout="loss, dx"), sandbox)


AXIS = {"axis=1": "axis=0"}
DOUBLED = {"return -np": "return -2 * np"}
OWN_NAMES = {"self.y": "self.p", "self.t": "self.labels"}
ONE_HOT = {
    "self.t = t": "self.t = np.eye(3)[t]",
    "dx = self.y.copy()\n        dx[np.arange(len(self.t)), self.t] -= 1": "dx = self.y - self.t",
}
DIFFERENCE = {
    "self.y = e": "p = e",
    "self.t = t": "self.d = (p - np.eye(3)[t]) / len(t)",
    "self.y[np": "p[np",
    "dx = self.y.copy()\n        dx[np.arange(len(self.t)), self.t] -= 1\n        return dx / len(self.t)":
        "return self.d",
}  # fmt: skip
ADDED = {"-= 1": "+= 1"}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which methods lose by it
    "along the other axis": (AXIS, "Loss.forward"),
    "under names of its own": (AXIS | OWN_NAMES, "Loss.forward"),
    "labels in another form": (AXIS | ONE_HOT, "Loss.forward"),
    "what its lines make of both": (AXIS | DIFFERENCE, "Loss.forward"),
    "the loss is wrong, too": (AXIS | OWN_NAMES | DOUBLED, "Loss.forward"),
    "the loss alone": (OWN_NAMES | DOUBLED, "Loss.forward"),
    "backward is wrong by itself": (AXIS | OWN_NAMES | ADDED, "Loss.forward Loss.backward"),
    "what its lines make of both, wrongly": (
        AXIS | DIFFERENCE | {"self.t = t": "self.d = (p + np.eye(3)[t]) / len(t)"}, "Loss.forward Loss.backward",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HAND_INS)
def test_a_backward_of_a_loss_pays_for_no_loss(name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    """The loss itself stands nowhere; by it is seen whether what it is made of is right."""
    changes, wrong = HAND_INS[name]
    (tmp_path / "loss.py").write_text(changed(LOSS, changes), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "loss.py"))
    lost = [one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)]
    assert lost == wrong.split()


ENTROPY = """
import numpy as np

def cross_entropy(p, t):
    t = t.argmax(axis=1) if t.ndim > 1 else t
    return -np.log(p[np.arange(len(t)), t]).mean()

def loss_of(x, t):
    e = np.exp(x)
    return cross_entropy(e / e.sum(axis=1, keepdims=True), t)
"""
OF_BOTH = """
def drawn(rng):
    p = rng.uniform(0.1, 1, (4, 3))
    p, labels = p / p.sum(axis=1, keepdims=True), np.eye(3, dtype=int)[[0, 1, 2, 1]]
    return {"p": p, "x": rng.uniform(-2, 2, (4, 3)), "t": labels}

BY_ITSELF = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))
CASE"""
BOTH = """
Criterion("cross_entropy", (Call("cross_entropy", ("p", "t"), ("loss",)),), ("loss",), (Behaviour("values", 1),),
    BY_ITSELF),
Criterion("loss_of", (Call("loss_of", ("x", "t"), ("loss",)),), ("loss",), (Behaviour("values", 2),), BY_ITSELF,
    builds_on=("cross_entropy",)),
"""


@pytest.fixture(scope="module")
def both(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", OF_BOTH, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = "import numpy as np\n" + whole.replace("MISTAKES", "").replace("CRITERIA,", BOTH.strip())
    return compile_key(write(tmp_path_factory.mktemp("both"), whole=whole, passes=ENTROPY, handout="loss"), sandbox)


@pytest.mark.parametrize("told", ["t", "t.argmax(axis=1)"])
def test_who_tells_labels_otherwise_pays_for_no_loss_either(
    both: AnswerKey, sandbox: Sandbox, tmp_path: Path, told: str
) -> None:
    """A right result is lent for a wrong one, whether labels are handed on one-hot or as numbers."""
    wrong = changed(ENTROPY, {".mean()": ".sum()", "keepdims=True), t)": f"keepdims=True), {told})"})
    (tmp_path / "loss.py").write_text(wrong, encoding="utf-8")
    record = grade_one(Desk(both, sandbox), one_submission(tmp_path / "loss.py"))
    lost = [one.name for one in record.criteria if Fraction(one.points or 0) < Fraction(one.max_points)]
    assert lost == ["cross_entropy"]
