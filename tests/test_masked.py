"""Numbers behind a mask: what hides them may be any where that makes no difference, and the scores may not.

takes: functions as a reference has them; a small assignment of attention, written into a folder, and hand-ins.
gives: one promise a test, said in its docstring.
must not know: how what is lent is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pytest
from conftest import changed
from test_odd_hand_ins import folder_of, write
from test_piecewise import asking, softmax

from grader.answer_key import LentCall
from grader.lending import Known
from grader.lending.masked import with_masks
from grader.lending.piecewise import with_parts
from grader.wire import Step
from tests.conftest import Graded

SCORES = np.array([[0.5, 0.0, 0.0], [0.25, -0.75, 0.0]])
HIDDEN = np.array([[False, True, True], [False, False, True]])


def masked(by: float, scores: np.ndarray = SCORES) -> np.ndarray:
    return np.where(HIDDEN, by, scores)


def clipped(z: np.ndarray) -> object:
    return np.maximum(z, -1e12)


def known_of(function: Callable[..., object], given: np.ndarray) -> Known:
    call = LentCall("f", (given,), (np.asarray(function(given)),))
    return Known.of(with_masks({7: (call,)}, {"f": Step("f", ("z",), ("y",))}, asking(function))[7])


@pytest.mark.parametrize("reference", [-1e9, -np.inf, -1e30])
@pytest.mark.parametrize("own", [-1e9, -np.inf, -1e6, -1e20])
def test_another_mask_is_the_same_call(reference: float, own: float) -> None:
    """Where the reference says so; other scores, or none, are none behind any mask."""
    known = known_of(softmax, masked(reference))
    assert known.find("f", (masked(own),)) >= 0
    assert known.find("f", (masked(own).astype("f4"),)) >= 0
    for scores in (2 * SCORES, 0 * SCORES, SCORES + 1):
        assert known.find("f", (masked(own, scores),)) == -1
    assert known.find("f", (SCORES,)) == -1
    assert known.find("f", (np.where(HIDDEN[::-1], own, SCORES),)) == -1
    assert known.find("f", (masked(-own),)) == -1


@pytest.mark.parametrize("reference", [-1e9, -np.inf])
@pytest.mark.parametrize("own", [-1e6, -np.inf, np.finfo(np.float64).min])
def test_parts_of_a_call_are_the_same_behind_another_mask(reference: float, own: float) -> None:
    """Rows in another order, which are put together; not other scores."""
    call = LentCall("f", (masked(reference),), (np.asarray(softmax(masked(reference))),))
    steps, ask = {"f": Step("f", ("z",), ("y",))}, asking(softmax)
    with np.errstate(invalid="ignore"):  # of infinity alone
        known = Known.of(with_masks(with_parts({7: (call,)}, steps, ask), steps, ask)[7])
    assert known.put_together("f", (masked(own)[::-1],)) is not None
    assert known.put_together("f", (masked(own, 2 * SCORES)[::-1],)) is None


@pytest.mark.parametrize("reference", [-1e9, -np.inf])
def test_a_mask_that_makes_a_difference_is_that_mask(reference: float) -> None:
    """As where it is among what is given back."""
    known = known_of(clipped, masked(reference))
    assert len(known.calls) == 1
    assert known.find("f", (masked(reference),)) == 0
    assert known.find("f", (masked(-1e6),)) == -1


def test_what_hides_nothing_is_asked_once() -> None:
    """Nothing is asked of the reference for it."""
    assert len(known_of(softmax, SCORES).calls) == 1
    assert len(known_of(softmax, np.full((2, 2), -1e9)).calls) == 1


RIGHT = """
HIDE = -1e9


def share(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attend(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[-1])
    return share(np.where(np.tri(len(q)) > 0, scores, HIDE)) @ v
"""
ASSIGNMENT = """
from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion

from . import passes


def graded(name, takes, *before):
    cases = [Case(f"{size} rows", table(size, *takes), "right values", *seen) for size, *seen in ((3,), (5, HIDDEN))]
    return Criterion(
        name, (Call(name, takes, ("y",)),), ("y",), (Behaviour("right values", 10),), tuple(cases), builds_on=before
    )


def table(rows, *names):
    return lambda rng: {name: rng.uniform(-1, 1, (rows, 4)) for name in names}


ASSIGNMENT = Assignment(
    name="masks", title="Masks", handout="masks.ipynb", seed=4, solution=passes,
    criteria=(graded("share", ("z",)), graded("attend", ("q", "k", "v"), "share")),
)
"""
EMPTY = "HIDE = -1e9\n" + "\n".join(f"{line}\n    pass\n" for line in RIGHT.splitlines() if line.startswith("def "))
WRONG = {"e / e.sum(axis=-1, keepdims=True)": "e / e.sum()"}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which functions get nothing
    "as the reference": (WRONG, "share"),
    "another number": (WRONG | {"HIDE = -1e9": "HIDE = -1e6"}, "share"),
    "infinity": (WRONG | {"HIDE = -1e9": "HIDE = -np.inf"}, "share"),
    "all right with infinity": ({"HIDE = -1e9": "HIDE = -np.inf"}, ""),
    "without the scale": (WRONG | {" / np.sqrt(q.shape[-1])": ""}, "share attend"),
    "without the scale, behind infinity":
        (WRONG | {" / np.sqrt(q.shape[-1])": "", "HIDE = -1e9": "HIDE = -np.inf"}, "share attend"),
    "without scores": (WRONG | {"q @ k.T / np.sqrt(q.shape[-1])": "0"}, "share attend"),
    "without scores, behind infinity":
        (WRONG | {"q @ k.T / np.sqrt(q.shape[-1])": "0", "HIDE = -1e9": "HIDE = -np.inf"}, "share attend"),
    "without a mask": (WRONG | {"np.tri(len(q)) > 0": "np.tri(len(q)) >= 0"}, "share attend"),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All hand-ins, graded as one class."""
    assignment, hand_ins = tmp_path_factory.mktemp("of") / "masks", tmp_path_factory.mktemp("masks")
    reference = f"import numpy as np\n{RIGHT}"
    notebook = ["import numpy as np\n", EMPTY]
    write(assignment, {"__init__.py": "", "assignment.py": ASSIGNMENT, "passes.py": reference, "masks.ipynb": notebook})
    for name, (changes, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"masks.ipynb": ["import numpy as np\n", changed(RIGHT, changes)]})
    return grade_folder(hand_ins, assignment, "masked")


@pytest.mark.parametrize("name", HAND_INS)
def test_attention_is_graded_by_its_scores(graded: Graded, name: str) -> None:
    """Whatever hides them, beside a wrong softmax; what a mask leaves no room for is no point."""
    lost = {one["name"] for one in graded[folder_of(name)]["criteria"] if Fraction(one["points"]) == 0}
    assert lost == set(HAND_INS[name][1].split())
