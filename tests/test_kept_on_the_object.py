"""Layers that keep on their object what backward works on, as `self.out`: it takes no cache, and has a second chance.

takes: the folder of a small assignment with such a layer, and hand-ins to it.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import changed
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.authored import load_assignment
from grader.compile_key.compiling import compile_key
from grader.compile_key.key_notes import Took, notes_on
from grader.errors import AuthorError
from grader.gradebook import CriterionRecord
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.plan import Purpose
from grader.sandbox import Sandbox
from grader.selftest import prove

QUICK = [Took(0.0002, 0.05)]
LAYER = """
class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dy):
        return dy * (1 - self.out**2)
"""
CRITERIA = """
Criterion("Tanh.forward", (AHEAD,), ("y",), (Behaviour("values", 1),), (Case("small", layer, "values"),)),
Criterion("Tanh.backward", (AHEAD, BACK), ("dx",), (Behaviour("values", 4),), (Case("small", layer, "values"),),
    FollowThrough("Tanh.forward", "y", "dy", {"dx": "x"}, (layer,), HANDED))
"""
HANDED = '(Case("alone", layer, "values"), Case("another", layer, "values", HIDDEN)), mended=True'
CALLS = """
def layer(rng):
    return {"x": rng.uniform(0.5, 2, (3, 2)), "dy": rng.uniform(0.5, 2, (3, 2))}

AHEAD = Call("Tanh.forward", ("x",), ("y",))
BACK = Call("Tanh.backward", ("dy",), ("dx",))
CASE"""
AFFINE = """
class Affine:
    def __init__(self, d, m):
        self.w = np.zeros((d, m))

    def set_weights(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, dy):
        self.dw = self.x.T @ dy
        return dy @ self.w.T
"""
WEIGHTED = """
Criterion("Affine.forward", (SET, AHEAD), ("y",), (Behaviour("values", 1),), (Case("small", layer, "values"),)),
Criterion("Affine.backward", (SET, AHEAD, BACK), ("dx", "dw"), (Behaviour("values", 4),),
    (Case("small", layer, "values"),),
    FollowThrough("Affine.forward", "y", "dy", {"dx": "x", "dw": "w"}, (layer,), HANDED))
"""
WEIGHTED_CALLS = """
def layer(rng):
    shapes = {"x": (3, 2), "w": (2, 4), "dy": (3, 4)}
    return {"d": 2, "m": 4, **{name: rng.uniform(0.5, 2, shape) for name, shape in shapes.items()}}

NEW = ("d", "m")
SET = Call("Affine.set_weights", ("w",), (own("nothing"),), new=NEW)
AHEAD = Call("Affine.forward", ("x",), ("y",), new=NEW)
BACK = Call("Affine.backward", ("dy",), ("dx",), new=NEW, leaves={"dw": "self.dw"})
CASE"""
SINH = ("np.tanh(x)", "np.sinh(x)")


def folder(
    at: Path, handed: str = HANDED, layer: str = LAYER, criteria: str = CRITERIA, calls: str = CALLS,
    says: str = "return y",
) -> Path:  # fmt: skip
    """The assignment, with these cases for backward alone, and what its hand-out says."""
    whole = ASSIGNMENT.replace("CASE", calls, 1).replace("INPUTS", "layer").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", criteria.strip().replace("HANDED", handed, 1) + ",")
    return write(at, whole=whole, passes=f"import numpy as np\n{layer}", handout=says)


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    return compile_key(folder(tmp_path_factory.mktemp("kept")), sandbox)


@pytest.fixture(scope="module")
def leaving_key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    at = tmp_path_factory.mktemp("left")
    return compile_key(folder(at, layer=LEAVING, calls=LEFT_ALONE, says="self.out"), sandbox)


def test_what_the_reference_leaves_is_put_there_by_name(key: AnswerKey) -> None:
    """Behind the hand-in's own forward, whose results are not sent; all else that this keeps stays."""
    handed = [entry for entry in key.plan.entries if entry.purpose is Purpose.HANDED_CACHE]
    assert [entry.criterion for entry in handed] == ["Tanh.backward"] * 2
    for entry in handed:
        ahead, back = entry.question.steps
        assert (ahead.function, ahead.graded) == ("Tanh.forward", frozenset())
        assert [place for place, _ in back.sets] == [".out"]
        assert np.allclose(entry.question.inputs[str(back.sets[0][1])], np.tanh(entry.question.inputs["x"]))


# what is changed beside forward, which takes sinh for tanh; what backward earns
WRONG_FORWARDS: dict[str, tuple[list[tuple[str, str]], int]] = {
    "of the result": ([], 4),
    "of its result under another name": ([("self.out", "self.y")], 4),
    "of a slope that it keeps": (
        [("return self.out", "self.slope = 1 - self.out**2; return self.out"), ("1 - self.out**2)\n", "self.slope)\n")],
        4,
    ),
    "of a result that is asked for again": (
        [("self.out = np", "self.x = x; out = np"), ("return self.out", "return out"),
         ("1 - self.out**2", "1 - self.forward(self.x)**2")],
        4,
    ),
    "of a step before the last": (
        [("self.out = np.sinh(x)", "self.out = np.sinh(x); y = self.out + 1"), ("return self.out", "return y")], 4,
    ),
    "which is wrong as well": ([("self.out**2)", "self.out)")], 0),
    "which forgets what is above": ([("dy * (", "(")], 0),
}  # fmt: skip


def graded_with(
    key: AnswerKey, sandbox: Sandbox, folder: Path, layer: str, changes: list[tuple[str, str]]
) -> tuple[CriterionRecord, ...]:
    """What a layer with sinh for tanh is told, changed further."""
    (folder / "layers.py").write_text(changed(f"import numpy as np\n{layer}", [SINH, *changes]))
    return grade_one(Desk(key, sandbox), one_submission(folder / "layers.py")).criteria


@pytest.mark.parametrize(("changes", "points"), WRONG_FORWARDS.values(), ids=WRONG_FORWARDS.keys())
def test_one_error_costs_once(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: int
) -> None:
    """Beside a wrong forward backward is tried with right values on its object, however it keeps them."""
    forward, backward = graded_with(key, sandbox, tmp_path, LAYER, changes)
    assert (forward.points, backward.points) == (0, points)
    assert ("What fails is Tanh.forward, and it is counted there only" in backward.headline) is bool(points)
    assert "cache" not in backward.headline, "there is none"


LEAVING = LAYER.replace("        return self.out\n", "")
LEFT_ALONE = CALLS.replace('("x",), ("y",))', '("x",), (own("nothing"),), leaves={"y": "self.out"})')
LEAVING_WRONG: dict[str, tuple[list[tuple[str, str]], int]] = {
    "of the result": ([], 4),
    "of its result under another name as well": (
        [("sinh(x)\n", "sinh(x)\n        self.y = self.out\n"), ("self.out**2", "self.y**2")], 4,
    ),
    "of a slope that it keeps": (
        [("sinh(x)\n", "sinh(x)\n        self.slope = 1 - self.out**2\n"), ("1 - self.out**2)\n", "self.slope)\n")], 4,
    ),
    "of what its own lines derive": (
        [("sinh(x)\n", "sinh(x)\n        self.two = 2 * self.out\n"), ("self.out**2", "self.two**2 / 4")], 4,
    ),
    "which is wrong as well": (
        [("sinh(x)\n", "sinh(x)\n        self.y = self.out\n"), ("self.out**2", "self.y")], 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "points"), LEAVING_WRONG.values(), ids=LEAVING_WRONG.keys())
def test_one_error_costs_once_where_a_result_is_only_left(
    leaving_key: AnswerKey, sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: int
) -> None:
    """What forward leaves on its object and does not return is its result all the same, wherever else it stands."""
    forward, backward = graded_with(leaving_key, sandbox, tmp_path, LEAVING, changes)
    assert (forward.points, backward.points) == (0, points)


@pytest.mark.parametrize(
    ("draw", "survives"), [("layer", False), ('lambda rng: {**layer(rng), "dy": np.ones((3, 2))}', True)]
)
def test_what_the_handed_cases_do_not_tell_is_told(tmp_path: Path, sandbox: Sandbox, draw: str, survives: bool) -> None:
    """Beside a wrong forward they are all that is asked: a wrong backward has full points there."""
    at = folder(tmp_path, HANDED.replace("layer", draw))
    rows = prove(at, compile_key(at, sandbox), sandbox).rows
    [row] = [row for row in rows if row.kind == "backwards, with a right cache alone"]
    assert any("dy" in name for name in row.survivors) is survives


@pytest.mark.parametrize(
    ("handed", "told"), [(HANDED, False), ("()", True), ('(), credit=__import__("fractions").Fraction(1)', False)]
)
def test_a_backward_without_a_second_chance_is_told(tmp_path: Path, handed: str, told: bool) -> None:
    """One error costs twice there, which an author is told with what to write; not where its own gradient is all."""
    notes = list(notes_on(load_assignment(folder(tmp_path, handed)), QUICK, True, ()))
    assert ["Tanh.backward" in note and "mended=True" in note for note in notes] == [True] * told


PREPARED = {
    "right": ([], (1, 4)),
    "a forward of half, and its own backward": (
        [("return x @ self.w", "return x @ self.w / 2"), ("x.T @ dy", "x.T @ dy / 2"),
         ("dy @ self.w.T", "dy @ self.w.T / 2")],
        (0, 2),
    ),
    "a forward of half, and a right backward": ([("return x @ self.w", "return x @ self.w / 2")], (0, 4)),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "points"), PREPARED.values(), ids=PREPARED.keys())
def test_an_object_may_be_prepared_by_a_call(
    sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: tuple[int, int]
) -> None:
    """A method that sets the weights is called first, also where its gradient is checked and with right values."""
    prepared = compile_key(folder(tmp_path, HANDED, AFFINE, WEIGHTED, WEIGHTED_CALLS), sandbox)
    source = changed(f"import numpy as np\n{AFFINE}", changes)
    (tmp_path / "layers.py").write_text(source)
    graded = grade_one(Desk(prepared, sandbox), one_submission(tmp_path / "layers.py")).criteria
    assert tuple(criterion.points for criterion in graded) == points


def test_a_gradient_of_what_forward_does_not_take_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nothing could be moved a little: the sentence says which calls take what."""
    unset = WEIGHTED.replace("(SET, AHEAD), (", "(AHEAD,), (").replace(", (layer,), HANDED", ", (layer,)")
    with pytest.raises(AuthorError, match="must be of inputs that Affine") as refused:
        compile_key(folder(tmp_path, HANDED, AFFINE, unset, WEIGHTED_CALLS), sandbox)
    assert "'w' is none" in str(refused.value)


BROKEN: dict[str, tuple[list[tuple[str, str]], int]] = {
    "before it is kept": ([("np.tanh(x)", "np.tanh(X)")], 4),
    "with a name of its own": (
        [("self.out = np.tanh(x)", "out = np.tanh(X); self.out = out"), ("return self.out", "return out")], 4,
    ),
    "for its shape": ([("np.tanh(x)", "np.tanh(x) + np.ones(7)")], 4),
    "beside what it keeps else": (
        [("self.out = np", "self.x = x; self.out = nq"), ("self.out**2", "np.tanh(self.x)**2")], 4,
    ),
    "and backward is wrong": ([("np.tanh(x)", "np.tanh(X)"), ("self.out**2)", "self.out)")], 0),
}  # fmt: skip


@pytest.mark.parametrize("imported", [False, True], ids=["itself", "imported"])
@pytest.mark.parametrize(("changes", "points"), BROKEN.values(), ids=BROKEN.keys())
def test_a_forward_that_raises_costs_once(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: int, imported: bool
) -> None:
    """Its other lines are run, and what it was to give stands where it was kept; so in a file that is imported."""
    source = changed(f"import numpy as np\n{LAYER}", changes)
    (tmp_path / "layers.py").write_text(source)
    (tmp_path / "ex.py").write_text("from layers import Tanh\n")
    submission = one_submission(tmp_path / ("ex.py" if imported else "layers.py"), own_work=True)
    forward, backward = grade_one(Desk(key, sandbox), submission).criteria
    assert (forward.points, backward.points) == (0, points)


PARTS = """
class Tanh:
    def forward(self, x):
        self.kept = np.exp(x), x
        return self.kept[0] + x

    def backward(self, dy):
        return dy * (self.kept[0] + 1)
"""


@pytest.mark.parametrize(("changes", "points"), [([], 4), ([("self.kept[0] + 1", "self.kept[0]")], 0)])
def test_what_the_reference_leaves_in_a_tuple_is_put_there_whole(
    sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: int
) -> None:
    """A backward reads its parts: beside a forward that keeps wrong ones it is right for right ones."""
    key = compile_key(folder(tmp_path, layer=PARTS), sandbox)
    (tmp_path / "layers.py").write_text(
        changed(f"import numpy as np\n{PARTS}", [("np.exp(x)", "np.exp(2*x)"), *changes])
    )
    forward, backward = grade_one(Desk(key, sandbox), one_submission(tmp_path / "layers.py")).criteria
    assert (forward.points, backward.points) == (0, points)


SHARED = """
class Part:
    def __init__(self):
        self.grads = [np.zeros((3, 2))]


class Tanh:
    def __init__(self):
        self.part = Part()
        self.grads = self.part.grads

    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dy):
        self.part.grads[0][...] = dy * (1 - self.out**2)
"""
SHARED_CALLS = CALLS.replace('("dy",), ("dx",)', '("dy",), (own("nothing"),), leaves={"dx": "self.grads[0]"}')


@pytest.mark.parametrize(
    ("changes", "points"), [([], 4), ([("self.grads = self.part.grads", "self.grads = list(self.part.grads)")], 4),
    ([("self.part.grads[0][...] =", "dx =")], 0)],
    ids=["one list", "the same array", "wrong"],
)  # fmt: skip
def test_what_stands_in_two_places_is_left_there_together(
    sandbox: Sandbox, tmp_path: Path, changes: list[tuple[str, str]], points: int
) -> None:
    """A part's gradients may be the whole layer's: what backward writes into the one is read from the other."""
    at = folder(tmp_path, layer=SHARED, calls=SHARED_CALLS, says="self.grads[0]")
    key = compile_key(at, sandbox)
    (tmp_path / "layers.py").write_text(changed(f"import numpy as np\n{SHARED}", [SINH, *changes]))
    forward, backward = grade_one(Desk(key, sandbox), one_submission(tmp_path / "layers.py")).criteria
    assert (forward.points, backward.points) == (0, points)


OF_RESULT = """
class Tanh:
    def forward(self, x):
        return np.tanh(x)

    def backward(self, x, y, dy):
        return dy * (1 - y**2)
"""
WITH_STATE = changed(
    OF_RESULT, [("return np", "self.x = x\n        return np"), ("(1 - y**2)", "(1 - y * np.tanh(self.x))")]
)
HANDED_ON = CALLS.replace('("dy",)', '("x", own("y"), "dy")').replace(
    "CASE", 'KEPT = Call("Tanh.forward", ("x",), (own("y"),))\nCASE'
)
WITH_KEPT = CRITERIA.replace("(AHEAD, BACK)", "(KEPT, BACK)")
OWN = ("1 - y**2", "np.cosh(x)")
# the reference, what is changed beside a forward that takes sinh for tanh; what backward earns
OF_RESULTS: dict[str, tuple[str, list[tuple[str, str]], int]] = {
    "of the result that it is handed": (OF_RESULT, [], 4),
    "of that and what is on its object": (WITH_STATE, [("np.tanh(self.x)", "y")], 4),
    "which is that of its own forward": (OF_RESULT, [OWN], 2),
    "which is wrong as well": (OF_RESULT, [("y**2", "y")], 0),
    "which forgets what is above": (WITH_STATE, [("dy * (", "(")], 0),
}


@pytest.mark.parametrize(("layer", "changes", "points"), OF_RESULTS.values(), ids=OF_RESULTS.keys())
def test_a_backward_may_be_handed_what_its_forward_gave(
    sandbox: Sandbox, tmp_path: Path, layer: str, changes: list[tuple[str, str]], points: int
) -> None:
    """`bprop(x, y, dy)` takes forward's graded result, and finds all else on its object: both are right for it."""
    key = compile_key(folder(tmp_path, layer=layer, criteria=WITH_KEPT, calls=HANDED_ON), sandbox)
    forward, backward = graded_with(key, sandbox, tmp_path, layer, changes)
    assert (forward.points, backward.points) == (0, points), backward.headline


def test_what_forward_gave_is_the_references_where_backward_is_asked_by_itself(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Also where nothing of the hand-in's own is made right."""
    alone = HANDED.removesuffix(", mended=True")
    key = compile_key(folder(tmp_path, alone, OF_RESULT, WITH_KEPT, HANDED_ON), sandbox)
    assert [one.points for one in graded_with(key, sandbox, tmp_path, OF_RESULT, [])] == [0, 4]
