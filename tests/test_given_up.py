"""Work that cannot be read or run, beside the stub that it was meant to replace: nobody reads that nothing was written.

Each hand-in is right but for one function, which the hand-out's cell still has as a stub. What it must get was decided
from the law of fairness: the reason for a zero is what stopped the student's own code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import test_odd_hand_ins as odd
from test_odd_hand_ins import EXERCISE, NP, RELU, folder_of, write

from tests.conftest import Graded

HAND_OUT = json.loads((EXERCISE / "exercise_05.ipynb").read_text(encoding="utf-8"))["cells"]
SIGMOID_STUB = "".join(HAND_OUT[3]["source"])
AHEAD_STUB = "".join(HAND_OUT[8]["source"])
SIGMOID, AFFINE = odd.SIGMOID.strip(), odd.AFFINE.strip()
AHEAD = AFFINE[: AFFINE.index("def affine_backward")]
BACK = AFFINE[len(AHEAD) :]
METHOD = "def forward(self, x):\n    out = 1 / (1 + np.exp(-x)\n    return out, out"
BROKEN_AHEAD = AHEAD.replace("return x.reshape(", "return x.reshape((")
LOOSE = "".join(f"def my_{part}\n" for part in SIGMOID.split("    def ")[2:])
PUT_ON = "exec('Sigmoid.forward, Sigmoid.backward = my_forward, my_backward')"
DERIVED = SIGMOID.replace("class Sigmoid:", "class Sigmoid(Layer):")
BOTH, FORWARD = ("Sigmoid.forward", "Sigmoid.backward"), ("affine_forward",)


def sigmoid(*cells: str) -> list[str]:
    """A hand-in with the stub of Sigmoid, and these cells below it."""
    return [NP, "markdown:## Sigmoid", SIGMOID_STUB, *cells, RELU, AFFINE]


def affine(*cells: str) -> list[str]:
    """A hand-in with these cells in the place of `affine_forward`."""
    return [NP, SIGMOID, RELU, *cells, BACK]


# What is handed in, the functions that are not attempted, those that are missing, and what the page says.
GIVEN_UP: dict[str, tuple[list[str], tuple[str, ...], tuple[str, ...], str]] = {
    "a broken method below": (sigmoid(METHOD), BOTH[1:], BOTH[:1], "'(' was never closed (cell 4, line 2)"),
    "a broken class below": (
        sigmoid(f"class Sigmoid:\n    {METHOD.replace(chr(10), chr(10) + '    ')}"),
        BOTH[1:],
        BOTH[:1],
        "'(' was never closed (cell 4, line 3)",
    ),
    "a class whose first line is broken": (
        sigmoid(SIGMOID.replace(":", "", 1)),
        (),
        BOTH,
        "expected ':' (cell 4, line 1)",
    ),
    "a broken function below": (affine(AHEAD_STUB, BROKEN_AHEAD), (), FORWARD, "was never closed (cell 5, line 2)"),
    "a broken function above": (affine(BROKEN_AHEAD, AHEAD_STUB), (), FORWARD, "was never closed (cell 4, line 2)"),
    "a base that is not there": (
        sigmoid(DERIVED),
        (),
        (),
        "cell 4, line 1 did not run: NameError: name 'Layer' is not defined; it was run again without that.",
    ),
    "a base that a module has not": (
        sigmoid(DERIVED.replace("(Layer)", "(np.Layer)")),
        (),
        (),
        "AttributeError: module 'numpy' has no attribute 'Layer'; it was run again without its base np.Layer.",
    ),
    "a decorator that is not there": (
        affine(AHEAD_STUB, f"@njit\n{AHEAD}"),
        (),
        FORWARD,
        "affine_forward could not be defined: NameError: name 'njit'",
    ),
    "a default that is not there": (
        affine(AHEAD_STUB, AHEAD.replace("w, b):", "w, b=BIAS):")),
        (),
        FORWARD,
        "could not be defined: NameError: name 'BIAS' is not defined (cell 5, line 1)",
    ),
    "twice what does not run": (
        affine(AHEAD_STUB, f"@njit\n{AHEAD}", f"@jit\n{AHEAD}"),
        (),
        FORWARD,
        "NameError: name 'jit'",
    ),
    "first whole, then broken": (affine(AHEAD_STUB, AHEAD, BROKEN_AHEAD), (), (), ""),
    "first broken, then whole": (affine(AHEAD_STUB, BROKEN_AHEAD, AHEAD), (), (), ""),
    "whole, and then what does not run": (affine(AHEAD_STUB, AHEAD, f"@njit\n{AHEAD}"), (), (), ""),
    "put in its place by a text": (sigmoid(METHOD, LOOSE, PUT_ON), (), (), ""),
    "a base that stands below": (sigmoid(DERIVED, "class Layer:\n    pass"), (), (), ""),
    "the stub alone": (affine(AHEAD_STUB), FORWARD, (), "as the hand-out left it"),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins: Path = tmp_path_factory.mktemp("given_up")
    for name, (cells, *_) in GIVEN_UP.items():
        write(hand_ins / folder_of(name), {"ex.ipynb": cells})
    wrong = DERIVED.replace("np.exp(-x)", "np.exp(x)").replace("cache * (1", "cache + (1")
    write(hand_ins / "late-and-wrong", {"ex.ipynb": sigmoid(wrong, "class Layer:\n    pass")})
    return grade_folder(hand_ins, EXERCISE, "given_up")


@pytest.mark.parametrize("name", GIVEN_UP)
def test_what_stopped_the_work_is_told_and_not_that_there_is_none(graded: Graded, name: str) -> None:
    """All others have full points, backward too; the page has the place and the cause."""
    _, not_attempted, missing, says = GIVEN_UP[name]
    row = graded[folder_of(name)]
    short = {one["name"]: one["verdict"] for one in row["criteria"] if one["points"] != one["max_points"]}
    assert short == dict.fromkeys(not_attempted, "not attempted") | dict.fromkeys(missing, "missing")
    assert says in row["page"].replace("`", "")


def test_what_ran_in_the_end_is_told_as_what_it_gives(graded: Graded) -> None:
    """A class that was run again behind its base is there, right or wrong."""
    told = {one["name"]: one["verdict"] for one in graded["late-and-wrong"]["criteria"]}
    assert told["Sigmoid.forward"] == "known mistake"
    assert told["Sigmoid.backward"] == "wrong"
