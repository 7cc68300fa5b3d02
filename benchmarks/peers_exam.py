"""One exam in the words of two peers: six functions on five inputs each, held against the reference by `np.allclose`.

takes: the reference implementation of Exercise 5.
gives: an nbgrader source notebook with thirty test cells, and otter's six test files of five cases.
must not know: how any of them is run, what anybody handed in.

It asks what the public cases of Exercise 5 ask in spirit: outputs of forward; and of backward with the cache of the
student's own forward. It knows neither other conventions nor partial credit, as a test that is written in an evening.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reference.exercise_05 import passes

SHAPES = ((3, 4), (2, 6), (5, 2), (2, 3, 4), (2, 8))
FUNCTIONS = (
    "Sigmoid.forward",
    "Sigmoid.backward",
    "Relu.forward",
    "Relu.backward",
    "affine_forward",
    "affine_backward",
)
SEED = 11

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Case:
    """Lines that make the inputs and call; then pairs of what must be close to what."""

    function: str
    number: int
    lines: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]

    @property
    def grade_id(self) -> str:
        """A name that nbgrader takes."""
        return f"{self.function.replace('.', '-')}_{self.number}"


def cases() -> Iterator[Case]:
    """Five cases of each function, in order."""
    for function in FUNCTIONS:
        for number, shape in enumerate(SHAPES, start=1):
            make = _affine if function.startswith("affine") else _unary
            yield make(function, number, shape)


def _unary(function: str, number: int, shape: tuple[int, ...]) -> Case:
    layer, way = function.split(".")
    rng = np.random.default_rng(SEED + number)
    x, dout = _drawn(rng, shape), _drawn(rng, shape)
    right = getattr(passes, layer)()
    out, cache = right.forward(x)
    lines = (f"x = {_written(x)}", f"out, cache = {layer}().forward(x.copy())")
    if way == "forward":
        return Case(function, number, lines, (("out", _written(out)),))
    back = (f"dout = {_written(dout)}", f"dx = {layer}().backward(dout.copy(), cache)")
    return Case(function, number, lines + back, (("dx", _written(right.backward(dout, cache))),))


def _affine(function: str, number: int, shape: tuple[int, ...]) -> Case:
    rng = np.random.default_rng(SEED + 100 + number)
    x = _drawn(rng, shape)
    w, b, dout = _drawn(rng, (x[0].size, 3)), _drawn(rng, (3,)), _drawn(rng, (shape[0], 3))
    out, cache = passes.affine_forward(x, w, b)
    lines = (
        *(f"{name} = {_written(value)}" for name, value in (("x", x), ("w", w), ("b", b))),
        "out, cache = affine_forward(x.copy(), w.copy(), b.copy())",
    )
    if function == "affine_forward":
        return Case(function, number, lines, (("out", _written(out)),))
    right = passes.affine_backward(dout, cache)
    back = (f"dout = {_written(dout)}", "dx, dw, db = affine_backward(dout.copy(), cache)")
    pairs = tuple((name, _written(value)) for name, value in zip(("dx", "dw", "db"), right, strict=True))
    return Case(function, number, lines + back, pairs)


def _drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers of size 0.1 to 3 and either sign, with three digits, none of them at ReLU's kink."""
    values: Array = np.round(rng.uniform(0.1, 3.0, shape), 2) * rng.choice([-1.0, 1.0], shape)
    return values


def _written(array: Array) -> str:
    return f"np.array({array.tolist()})"


# ---- nbgrader ------------------------------------------------------------------------------------------------


def nbgrader_source() -> str:
    """The instructor's notebook: one locked test cell of a point for each case."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cells = [_nbgrader_cell(case) for case in cases()]
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1)


def _nbgrader_cell(case: Case) -> dict[str, object]:
    asserts = [f"assert np.allclose({name}, {right})" for name, right in case.pairs]
    told = {
        "schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False,
        "grade_id": case.grade_id, "points": 1,
    }  # fmt: skip
    return {
        "cell_type": "code", "execution_count": None, "id": f"test-{case.grade_id}", "metadata": {"nbgrader": told},
        "outputs": [], "source": "\n".join(["import numpy as np", *case.lines, *asserts]),
    }  # fmt: skip


def as_handed_in(student: str, released: str) -> str:
    """A student's notebook with the test cells of the released one at its end, as if it had been worked on there."""
    notebook, tests = json.loads(student), json.loads(released)
    notebook["cells"] += tests["cells"]
    return json.dumps(notebook, indent=1)


# ---- otter ---------------------------------------------------------------------------------------------------


def write_otter_tests(folder: Path) -> None:
    """One file of otter's default format (doctests) for each function, five public cases of a point in each."""
    folder.mkdir(parents=True, exist_ok=True)
    for function in FUNCTIONS:
        own = [case for case in cases() if case.function == function]
        name = function.replace(".", "_")
        suites = [{"cases": [_otter_case(case) for case in own], "scored": True, "type": "doctest"}]
        test = {"name": name, "points": None, "suites": suites}
        (folder / f"{name}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", encoding="utf-8")


def _otter_case(case: Case) -> dict[str, object]:
    lines = [f">>> {line}" for line in ("import numpy as np", *case.lines)]
    for name, right in case.pairs:
        lines += [f">>> bool(np.allclose({name}, {right}))", "True"]
    return {"code": "\n".join(lines) + "\n", "hidden": False, "locked": False, "points": 1}
