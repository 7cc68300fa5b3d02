"""A layer that keeps its bias with another number of axes of one than the reference is asked with that.

takes: the folder of a small assignment whose check puts weights on a layer, and hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import changed
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.harness.calling.own_axes import OwnAxes
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox
from grader.wire import is_same_but_for_ones

LAYER = """
class Affine:
    def __init__(self, d, m):
        self.w = np.zeros((d, m))
        self.b = np.zeros(m)

    def forward(self, x):
        return x @ self.w + self.b

    def twice(self, x):
        return self.forward(x) + self.forward(x)

    def step(self, g):
        self.b = self.b - g
"""
CRITERIA = """
Criterion("Affine.forward", (AHEAD,), ("y",), (Behaviour("values", 1),), CASES),
Criterion("Affine.twice", (TWICE,), ("y",), (Behaviour("values", 1),), CASES, builds_on=("Affine.forward",)),
Criterion("Affine.step", (STEP,), ("b",), (Behaviour("values", 1),), CASES),
"""
CALLS = """
def layer(rng):
    shapes = {"x": (3, 2), "w": (2, 4), "b": 4, "g": 4}
    return {"d": 2, "m": 4, **{name: rng.uniform(0.5, 2, shape) for name, shape in shapes.items()}}

CASES = (Case("small", layer, "values"), Case("another", layer, "values", HIDDEN))
MADE = {"new": ("d", "m"), "sets": {"self.w": "w", "self.b": "b"}}
AHEAD = Call("Affine.forward", ("x",), ("y",), **MADE)
TWICE = Call("Affine.twice", ("x",), ("y",), **MADE)
STEP = Call("Affine.step", ("g",), (own("nothing"),), leaves={"b": "self.b"}, **MADE)
CASE"""
ROW = ("np.zeros(m)", "np.zeros((1, m))")


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "layer").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    passes = f"import numpy as np\n{LAYER}"
    return compile_key(write(tmp_path_factory.mktemp("axes"), whole=whole, passes=passes, handout="return y"), sandbox)


# what a hand-in has in the place of the reference's lines; what forward, twice and step earn
LAYERS: dict[str, tuple[list[tuple[str, str]], list[int]]] = {
    "a row": ([ROW], [1, 1, 1]),
    "a row that is repeated": ([ROW, ("+ self.b\n", "+ np.repeat(self.b, len(x), 0)\n")], [1, 1, 1]),
    "a row that is changed in place": ([ROW, ("self.b = self.b - g", "self.b -= g.reshape(1, -1)")], [1, 1, 1]),
    "a row that stays one": (
        [ROW, ("self.b = self.b - g", "was = self.b.shape; self.b = self.b - g[None]; assert self.b.shape == was")],
        [1, 1, 1],
    ),
    "a column": (
        [("np.zeros(m)", "np.zeros((m, 1))"), ("+ self.b\n", "+ self.b.T\n"), ("- g", "- g[:, None]")], [1, 1, 1],
    ),
    "a vector that becomes a row": ([("self.b - g", "self.b - g[None]")], [1, 1, 0]),
    "a row beside a wrong forward": ([ROW, ("+ self.b\n", "- np.repeat(self.b, len(x), 0)\n")], [0, 1, 1]),
    "nothing yet": ([("np.zeros(m)", "None")], [1, 1, 1]),
    "weights that are turned": ([("(d, m)", "(m, d)"), ("@ self.w", "@ self.w.T")], [0, 1, 1]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "points"), LAYERS.values(), ids=LAYERS.keys())
def test_what_is_put_has_the_axes_of_what_stands_there(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: list[int]
) -> None:
    """(4,) and (1, 4) are as good, and a layer relies on its own; what is read from there has those of the check."""
    (tmp_path / "layer.py").write_text(changed(f"import numpy as np\n{LAYER}", changes))
    graded = grade_one(Desk(key, sandbox), one_submission(tmp_path / "layer.py"))
    assert [one.points for one in graded.criteria] == points, [one.headline for one in graded.criteria]


def test_a_transpose_is_no_matter_of_axes() -> None:
    """What has as many axes is put as it is, and so is what has other numbers in a row."""
    alike = [((3,), (1, 3)), ((3, 1), (3,)), ((2, 3), (2, 1, 3)), ((), (1, 1))]
    others = [((3,), (3,)), ((3, 1), (1, 3)), ((2, 3), (3, 2, 1)), ((6,), (2, 3))]
    assert [is_same_but_for_ones(*shapes) for shapes in alike + others] == [True] * 4 + [False] * 4


ZEROS, ONES = np.zeros(2), np.ones(2)


class Noted(np.ndarray):
    """An array with a gradient."""


@pytest.mark.parametrize(
    ("there", "put", "stays"),
    [
        ([ZEROS], [np.zeros(2)], True),
        ((ZEROS, [ONES]), (np.zeros(2), [np.ones(2)]), True),
        ([ZEROS], [ONES], False),
        ([ZEROS], (np.zeros(2),), False),
        ([ZEROS], [np.zeros(2), ONES], False),
        ([ZEROS], [np.zeros(2, np.float32)], False),
        (ZEROS, np.zeros((1, 2)), False),
        (ONES.view(Noted), np.ones(2), True),
    ],
    ids=["arrays", "within", "other numbers", "another kind", "fewer", "another type", "another shape", "own class"],
)
def test_what_stands_there_already_is_left_there(there: object, put: object, stays: bool) -> None:
    """An own list may stand in two places, and what is written into it shows in both."""
    layer = SimpleNamespace(grads=there, within=SimpleNamespace(grads=there))
    OwnAxes().put(("Layer", "first", "self"), layer, ".grads", put)
    assert (layer.grads is layer.within.grads) == stays


def test_what_is_put_is_of_the_class_of_what_stands_there() -> None:
    """It may have attributes, or multiply otherwise, and what works on it counts on that."""
    layer = SimpleNamespace(w=np.zeros(2).view(Noted), b=np.zeros(2))
    for way in (".w", ".b"):
        OwnAxes().put(("Layer", "first", "self"), layer, way, np.ones(2))
    assert (type(layer.w), type(layer.b), layer.w.tolist(), layer.b.tolist()) == (Noted, np.ndarray, [1, 1], [1, 1])
