"""What forward works out on the way is made right beside a wrong one: in whichever order and under whatever names.

takes: a made-up class whose steps of a GRU keep their gates as they like; arrays.
gives: one promise a test, said in its docstring.
must not know: how hand-ins are run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import test_odd_hand_ins as odd
from conftest import Graded

from grader.harness.mending.nearest import has_form_of, nearest

GATES = Path(__file__).parent / "assignments" / "gates"
TEXT = (GATES / "passes.py").read_text(encoding="utf-8")
SIGMOID, STEP, BACK = (part.strip("\n") + "\n" for part in TEXT.split("import numpy as np\n")[1].split("\n\n\n"))
KEPT = "x, prev_h, Wz, Wr, Wn, z, r, n"
NAMES = KEPT.split(", ")
LAYOUTS: dict[str, tuple[str, str]] = {
    # what forward keeps, and how backward takes it apart
    "as the reference": (f"({KEPT})", f"{KEPT} = cache"),
    "the other way round": (f"({', '.join(NAMES[::-1])})", f"{', '.join(NAMES[::-1])} = cache"),
    "a dict of other names": (
        "{" + ", ".join(f"'my_{name}': {name}" for name in NAMES) + "}",
        f"{KEPT} = (cache['my_' + name] for name in {NAMES})",
    ),
    "within each other": ("((x, prev_h), [Wz, Wr, Wn], {'gates': (n, r, z)})",
                          "(x, prev_h), (Wz, Wr, Wn), (n, r, z) = cache[0], cache[1], cache[2]['gates']"),
}  # fmt: skip
SLIPS = {
    "a gate by tanh": ("sigmoid(both @ Wz), ", "np.tanh(both @ Wz), "),
    "a gate without x": ("sigmoid(both @ Wr)", "sigmoid(prev_h @ Wr[x.shape[1] :])"),
    "the wrong sign": ("return 1 / (1 + np.exp(-a))", "return 1 / (1 + np.exp(a))"),
    "n without r": ("r * prev_h], axis=1) @ Wn)\n    return (", "prev_h], axis=1) @ Wn)\n    return ("),
    "the gates the other way": ("(1 - z) * n + z * prev_h", "z * n + (1 - z) * prev_h"),
}
FAULTS = {
    "a factor too few": ("(1 - n * n)", "1"),
    "z for r": ("prev_h * r * (1 - r)", "prev_h * z * (1 - z)"),
    "one path too few": (" + down[:, D:] * r", ""),
}


def hand_in(slip: tuple[str, str], layout: tuple[str, str], fault: tuple[str, str] = ("", "")) -> list[str]:
    """The reference, with a slip in its forward, a cache laid out so, and a fault in its backward."""
    ahead = f"{SIGMOID}\n{STEP}"
    assert slip[0] in ahead
    assert fault[0] in BACK
    ahead = ahead.replace(*slip, 1).replace(f"({KEPT})", layout[0])
    return [odd.NP, ahead, BACK.replace(f"{KEPT} = cache", layout[1]).replace(*fault, 1)]


RIGHT = {f"{slip}, {layout}": hand_in(SLIPS[slip], LAYOUTS[layout]) for slip in SLIPS for layout in LAYOUTS}
FAULTY = {
    f"{fault}, {slip}": hand_in(SLIPS[slip], LAYOUTS["a dict of other names"], FAULTS[fault])
    for fault in FAULTS
    for slip in SLIPS
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("nearest")
    for name, cells in {**RIGHT, **FAULTY}.items():
        odd.write(hand_ins / odd.folder_of(name), {"ex.ipynb": cells})
    return grade_folder(hand_ins, GATES, "nearest")


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_backward_reads_its_own_gates_and_pays_for_no_forward(graded: Graded, name: str) -> None:
    """Its forward is wrong, and so is what that keeps; the one error is counted there."""
    ahead, back = graded[odd.folder_of(name)]["criteria"]
    assert (ahead["points"], back["points"]) == (0, 10)


@pytest.mark.parametrize("name", FAULTY)
def test_a_wrong_backward_stays_wrong_with_right_gates(graded: Graded, name: str) -> None:
    """Nothing that is put there makes up for a fault of its own."""
    assert [one["points"] for one in graded[odd.folder_of(name)]["criteria"]] == [0, 0]


RNG = np.random.default_rng(3)
ONE, OTHER, GIVEN = (RNG.uniform(-1, 1, (3, 4)) for _ in range(3))


def test_axes_of_one_are_no_other_form() -> None:
    """A mean keeps its axis in one program, and takes it away in the next; what is put there has the axes of that."""
    right = RNG.uniform(1, 2, (4, 1))
    for held in (right.ravel() + 0.1, right + 0.1, right.T + 0.1):
        [(of, put)] = nearest([held], [right], [])
        assert (of.shape, put.shape) == (held.shape, held.shape)
        assert np.array_equal(put.ravel(), right.ravel())
    assert nearest([right.ravel()], [right], []) == []  # it is right, and so is left alone
    assert nearest([np.ones((2, 2)) * 1.5], [right], []) == []
    [(_, put)] = nearest([right + 0.1, right.ravel() + 0.1], [right], [])
    assert put.shape == right.shape  # of two that are as like it, the one of its own form


@pytest.mark.parametrize(
    ("shape", "due", "is_form"),
    [
        ((2, 3, 1, 1), (6, 1), True), ((6,), (2, 3, 1), True), ((2, 3, 2, 4), (2, 6, 4), True),
        ((2, 6, 4), (2, 3, 2, 4), True), ((2, 3), (6, 1), False), ((3, 2, 1), (2, 3), False),
        ((2, 4, 6), (6, 8), False), ((2, 3, 1, 1), (6, 2), False),
    ],
)  # fmt: skip
def test_an_axis_that_stands_as_several_is_no_other_form(
    shape: tuple[int, ...], due: tuple[int, ...], is_form: bool
) -> None:
    """Groups of an image have an axis of their own in one program, and are rows in the next."""
    array, right = RNG.uniform(1, 2, shape), RNG.uniform(1, 2, due)
    assert has_form_of(array, right) is is_form
    assert [put.shape for _, put in nearest([array], [right], [])] == [shape] * is_form


def test_each_is_made_right_by_what_it_is_most_like() -> None:
    """By another function of the same sums, too; what is right, or given, or of another shape, is left alone."""
    held = [GIVEN, np.tanh(OTHER) + 0.1, ONE * 1.2, RNG.uniform(-1, 1, 4), np.arange(12).reshape(3, 4)]
    (first, of_first), (then, of_then) = nearest(held, [ONE, OTHER], [GIVEN])
    assert (of_first is ONE, of_then is OTHER) == (True, True)
    assert np.array_equal(first, held[2])
    assert np.array_equal(then, held[1])
    assert nearest([ONE + 1e-12, OTHER], [OTHER, ONE], []) == []
    assert nearest([GIVEN], [ONE], [GIVEN]) == []
    (pair,) = nearest([ONE, OTHER * 3], [ONE, OTHER], [])
    assert pair[1] is OTHER
    assert nearest([np.full((3, 4), np.nan)], [ONE], []) == []
    divided = np.where(np.arange(4) == 1, np.nan, ONE * 1.2)  # by zero, in a column
    assert [right is ONE for _, right in nearest([OTHER, divided], [OTHER, ONE], [])] == [True]
    assert [right is ONE for _, right in nearest([np.zeros((3, 4))], [ONE], [])] == [True]


def test_a_long_sequence_is_looked_at_in_little_of_the_time_of_a_call() -> None:
    """Each of its arrays is held against each right one; all but the same begin with another number."""
    kept = [RNG.uniform(-1, 1, (3, 4)) for _ in range(160)]
    started = time.process_time()
    assert nearest([array + 1e-12 for array in kept], kept, [GIVEN]) == []
    assert time.process_time() - started < 0.3  # a seventh of that; looking at all their numbers takes 0.6
    same_begin = np.where(np.arange(12).reshape(3, 4) == 0, ONE, OTHER)
    assert [right is ONE for _, right in nearest([same_begin], [ONE], [])] == [True]
