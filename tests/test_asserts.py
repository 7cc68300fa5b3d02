"""An assert that does not hold costs what it is about, and not what is right beside that.

Each hand-in of the class is right but for what is said of it. Hand-outs end functions with asserts: who keeps them must
not lose more than who takes them out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import test_odd_hand_ins as odd
from test_odd_hand_ins import EXERCISE, NP, folder_of, write

from grader.extract import without_asserts
from grader.wire import Piece, Program
from tests.conftest import Graded

AFFINE = """def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    assert out.shape == (len(x), len(b))
    return out, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout / len(x)
    db = dout.sum(axis=0) / len(x)
    assert (dx.shape == x.shape)
    assert (dw.shape ==
            w.shape)
    assert (db.shape == b.shape)
    return dx, dw, db
"""
CHECKED = (
    "def check(x):\n    assert x.ndim == 2\n"
    + odd.RELU.replace("        return np.max", "        check(x)\n        return np.max")
    + AFFINE.replace("    out = x", "    check(x)\n    out = x")
)
BACK, FORWARD = "affine_backward", "affine_forward"
NOTED = "was tried without its asserts, as one does not hold"
HAND_INS: dict[str, tuple[tuple[str, str], dict[str, int], bool]] = {
    # what is changed, the points that are lost, and whether the page says that it was tried without
    "all hold": (("", ""), {}, False),
    "db keeps an axis": (("axis=0)", "axis=0, keepdims=True)"), {BACK: 6}, True),
    "dw is turned round": (("x.reshape(len(x), -1).T @ dout", "dout.T @ x.reshape(len(x), -1)"), {BACK: 7}, True),
    "one that refuses what is asked": (("    out = x", "    assert x.ndim == 2\n    out = x"), {FORWARD: 6}, False),
    "one that nothing satisfies": (("    return dx", "    assert dx is None\n    return dx"), {BACK: 30}, False),
    "one in what two functions call": ((odd.RELU + AFFINE, CHECKED), {"Relu.forward": 2}, True),
    "one raised by hand": (("    return dx", "    raise AssertionError\n    return dx"), {BACK: 30}, False),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins: Path = tmp_path_factory.mktemp("asserts")
    for name, ((old, new), *_) in HAND_INS.items():
        layers = odd.RELU + AFFINE
        assert old in layers
        write(hand_ins / folder_of(name), {"ex.ipynb": [NP, odd.SIGMOID, layers.replace(old, new, 1)]})
    return grade_folder(hand_ins, EXERCISE, "asserts")


@pytest.mark.parametrize("name", HAND_INS)
def test_an_assert_costs_what_it_is_about(graded: Graded, name: str) -> None:
    """As much as without it; but one that stops a function which is right otherwise is what is wrong with it, once."""
    _, lost, noted = HAND_INS[name]
    row = graded[folder_of(name)]
    found = {one["name"]: Fraction(one["max_points"]) - Fraction(one["points"]) for one in row["criteria"]}
    assert {name: points for name, points in found.items() if points} == lost
    assert (NOTED in row["page"]) is noted
    assert (f"{FORWARD}: all that was asked is right without the assert" in row["page"]) is ("refuses" in name)


SOURCES = {
    "on a line": ("def f(x):\n    assert x, 'no'\n    return x", "def f(x):\n    pass\n    return x"),
    "over several": ("assert (x ==\n  y), [\n 1]; z = 2\na = 1", "pass; z = 2\n\n\na = 1"),
    "two on a line": ("if é: assert é; assert é, 'é'; b = é", "if é: pass; pass; b = é"),
    "the word alone": ("asserted = 'assert x'\n# assert y", "asserted = 'assert x'\n# assert y"),
    "what cannot be read": ("assert x\ndef", "assert x\ndef"),
}


@pytest.mark.parametrize(("source", "left"), SOURCES.values(), ids=SOURCES.keys())
def test_an_assert_is_blanked_out_where_it_stands(source: str, left: str) -> None:
    """All else stays, on the line that it was on."""
    piece = Piece(3, 7, source, "f", "Relu.f")
    made = without_asserts(Program((piece,), (piece, Piece(4, 1, "a = 1")), ("Relu.f",)))
    assert made == Program(
        (Piece(3, 7, left, "f", "Relu.f"),), (Piece(3, 7, left, "f", "Relu.f"), Piece(4, 1, "a = 1")), ("Relu.f",)
    )
    assert source == left or ast.parse(left)
