"""A slip of the pen in one line costs the function that it stands in, and no other: whichever line, whichever slip.

takes: the hand-out of Exercise 5, filled in as students fill it in, in several styles and layouts of a cache.
gives: one law, for a slip in any line of any of them.
must not know: what is said of it; that is `test_slips.py`.

A backward may need what the slip is in: lines with a `!` before them make what it reads. Seeded. GRADER_FUZZ_SEED names
another seed; GRADER_FUZZ=n makes n times as many, which is what `make fuzz` does.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import EXERCISE, Graded
from test_odd_hand_ins import write

SEED = int(os.environ.get("GRADER_FUZZ_SEED", "20261126"))
HAND_INS = 60 * int(os.environ.get("GRADER_FUZZ", "1"))
HAND_OUT = json.loads((EXERCISE / "exercise_05.ipynb").read_text(encoding="utf-8"))["cells"]
CELLS = [("" if cell["cell_type"] == "code" else "markdown:") + "".join(cell["source"]) for cell in HAND_OUT]
TODO = re.compile(r"^( *)# TODO: the (\w+) pass of (?:the )?([A-Za-z]+).*\n( *#+\n)", re.MULTILINE)
FUNCTIONS = {
    ("forward", "sigmoid"): "Sigmoid.forward", ("backward", "sigmoid"): "Sigmoid.backward",
    ("forward", "ReLU"): "Relu.forward", ("backward", "ReLU"): "Relu.backward",
    ("forward", "affine"): "affine_forward", ("backward", "affine"): "affine_backward",
}  # fmt: skip
BACKWARD_OF = {"Sigmoid.forward": "Sigmoid.backward", "Relu.forward": "Relu.backward", "affine_forward": ""}

AFFINE_BACKWARD = [
    "n = len(x)", "flat = x.reshape(n, -1)", "dx = np.dot(dout, w.T).reshape(x.shape)", "dw = flat.T @ dout / n",
    "db = np.sum(dout, axis=0) / n",
]  # fmt: skip
STYLES: tuple[Mapping[str, list[str]], ...] = (
    {
        "Sigmoid.forward": ["out = 1 / (1 + np.exp(-x))", "!cache = out"],
        "Sigmoid.backward": ["s = cache", "dx = dout * s * (1 - s)"],
        "Relu.forward": ["out = np.array(x)", "out[x < 0] = 0", "!cache = (x > 0)"],
        "Relu.backward": ["mask = cache", "dx = dout * mask"],
        "affine_forward": ["flat = x.reshape(len(x), -1)", "out = np.dot(flat, w)", "out = out + b"],
        "affine_backward": AFFINE_BACKWARD,
    },
    {
        "Sigmoid.forward": ["e = np.exp(-abs(x))", "out = np.where(x > 0, 1 / (1 + e), e / (1 + e))", "!self.s = out"],
        "Sigmoid.backward": ["dx = self.s * (1 - self.s)", "dx = dx * dout"],
        "Relu.forward": ["!self.kept = np.where(x > 0, 1.0, 0.0)", "out = np.maximum(x, 0)"],
        "Relu.backward": ["dx = np.multiply(dout, self.kept)"],
        "affine_forward": ["rows = x.reshape((x.shape[0], w.shape[0]))", "out = rows.dot(w) + b.reshape(1, -1)"],
        "affine_backward": AFFINE_BACKWARD,
    },
    {
        "Sigmoid.forward": ["out = np.zeros(x.shape)", "out += 1 / (1 + np.exp(-x))", "!cache = {'out': out}"],
        "Sigmoid.backward": ["out = cache['out']", "slope = out * (1 - out)", "dx = dout * slope"],
        "Relu.forward": ["out = x * (x > 0)", "!cache = (x, out)"],
        "Relu.backward": ["x, out = cache", "dx = np.array(dout)", "dx[x <= 0] = 0"],
        "affine_forward": ["out = x.reshape(len(x), -1) @ w", "out += b"],
        "affine_backward": AFFINE_BACKWARD,
    },
)

SLIPS: dict[str, Callable[[str], str]] = {
    "left out": lambda line: "",
    "a comment": lambda line: re.sub(r"^( *)", r"\1# ", line),
    "a bracket too few": lambda line: "".join(line.rsplit(")", 1)),
    "a bracket too many": lambda line: f"{line})",
    "compared": lambda line: line.replace(" = ", " == ", 1),
    "a quote": lambda line: f"{line}'",
    "further out": lambda line: line[4:],
    "further in": lambda line: f"  {line}",
    "another name": lambda line: re.sub(r"\b(out|cache|dx|dw|db|flat|mask|s)\b", r"\1_", line, count=1),
    "numpy by no name": lambda line: line.replace("np.", "", 1),
    "x too often": lambda line: re.sub(r"\bx\b", "xx", line),
    "dout too often": lambda line: re.sub(r"\bdout\b", "ddout", line),
    "returned": lambda line: re.sub(r"\S+ = ", "return ", line, count=1),
    "a colon": lambda line: line.replace(" = ", " := ", 1),
}


def filled_in(style: Mapping[str, list[str]], function: str = "", at: int = 0, slip: str = "") -> list[str]:
    """The hand-out with these lines in it, one of them with a slip."""

    def work(match: re.Match[str]) -> str:
        name = FUNCTIONS[match[2], match[3]]
        lines = [f"{match[1]}{line.removeprefix('!')}" for line in style[name]]
        if name == function:
            lines[at] = SLIPS[slip](lines[at])
        return match[0] + "\n".join(lines) + "\n"

    return [TODO.sub(work, cell) for cell in CELLS]


def slips() -> dict[str, tuple[int, str, int, str]]:
    """By the name of a hand-in: its style, and the function, line and kind of its slip."""
    every = [
        (number, function, at, slip)
        for number, style in enumerate(STYLES)
        for function, lines in style.items()
        for at, line in enumerate(lines)
        for slip, change in SLIPS.items()
        if change(f"        {line.removeprefix('!')}") != f"        {line.removeprefix('!')}"
    ]
    chosen = random.Random(SEED).sample(every, min(HAND_INS, len(every)))
    return {f"slip-{n:04}": one for n, one in enumerate(chosen)}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them as one class, and each style without a slip."""
    folder: Path = tmp_path_factory.mktemp("slips")
    for name, (number, function, at, slip) in slips().items():
        write(folder / name, {"ex.ipynb": filled_in(STYLES[number], function, at, slip)})
    for number, style in enumerate(STYLES):
        write(folder / f"whole-{number}", {"ex.ipynb": filled_in(style)})
    return grade_folder(folder, EXERCISE, "one-slip")


def short(graded: Graded, name: str) -> set[str]:
    """The functions without full points."""
    return {one["name"] for one in graded[name]["criteria"] if one["points"] != one["max_points"]}


@pytest.mark.xdist_group("one-slip")
def test_each_style_is_right(graded: Graded) -> None:
    """Else the law would hold of nothing."""
    assert [short(graded, f"whole-{number}") for number, _ in enumerate(STYLES)] == [set()] * len(STYLES)


@pytest.mark.xdist_group("one-slip")
def test_a_slip_costs_its_own_function_alone(graded: Graded) -> None:
    """And the backward that reads what that line makes; most slips do cost something."""
    costly = 0
    for name, (number, function, at, slip) in slips().items():
        line = STYLES[number][function][at]
        may_cost = {function, BACKWARD_OF.get(function, "")} if line.startswith("!") else {function}
        assert short(graded, name) <= may_cost, f"{name}, style {number}, {function}: {line} ({slip})"
        costly += bool(short(graded, name))
    assert costly > HAND_INS / 2
