"""One exam in the words of two peers: six functions on five inputs each, held against the reference by `np.allclose`.

It knows neither other conventions nor partial credit, as tests that are written in an evening.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reference.exercise_05 import reference

SHAPES = ((3, 4), (2, 6), (5, 2), (2, 3, 4), (2, 8))
FUNCTIONS = tuple(f"{one}{way}" for one in ("Sigmoid.", "Relu.", "affine_") for way in ("forward", "backward"))

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Case:
    """Lines that make the inputs and call; then what must be true."""

    function: str
    name: str
    lines: tuple[str, ...]
    checks: tuple[str, ...]


def cases() -> Iterator[Case]:
    """Five cases of each function, in order: outputs of forward, and of backward with the student's own cache."""
    for function in FUNCTIONS:
        layer, backward = function.removesuffix("forward").removesuffix("backward"), function.endswith("backward")
        for number, shape in enumerate(SHAPES, start=1):
            rng = np.random.default_rng(10 * number + len(layer))
            x = _drawn(rng, shape)
            given = (
                {"x": x, "w": _drawn(rng, (x[0].size, 3)), "b": _drawn(rng, (3,))} if layer == "affine_" else {"x": x}
            )
            call = layer if layer == "affine_" else f"{layer[:-1]}()."
            lines = [f"{name} = {_written(value)}" for name, value in given.items()]
            lines.append(f"out, cache = {call}forward({', '.join(f'{name}.copy()' for name in given)})")
            names: dict[str, Any] = {**vars(reference), "np": np}
            exec("\n".join(lines), names)
            results = ["out"]
            if backward:
                results = ["dx", "dw", "db"] if layer == "affine_" else ["dx"]
                lines.append(f"dout = {_written(_drawn(rng, names['out'].shape))}")
                lines.append(f"{', '.join(results)} = {call}backward(dout.copy(), cache)")
                exec("\n".join(lines), names)
            checks = tuple(f"np.allclose({name}, {_written(names[name])})" for name in results)
            yield Case(function, f"{function.replace('.', '-')}_{number}", ("import numpy as np", *lines), checks)


def _drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers of size 0.1 to 3 and either sign, none of them at the kink of ReLU."""
    return np.asarray(np.round(rng.uniform(0.1, 3.0, shape), 2) * rng.choice([-1.0, 1.0], shape))


def _written(array: Array) -> str:
    return f"np.array({array.tolist()})"


def nbgrader_source() -> str:
    """The instructor's notebook for nbgrader: one locked test cell of a point for each case."""
    cells = []
    for case in cases():
        told = {"schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False}
        source = "\n".join([*case.lines, *(f"assert {check}" for check in case.checks)])
        cell = {
            "cell_type": "code",
            "execution_count": None,
            "id": f"test-{case.name}",
            "outputs": [],
            "source": source,
        }
        cells.append({**cell, "metadata": {"nbgrader": {**told, "grade_id": case.name, "points": 1}}})
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def as_handed_in(student: str, released: str) -> str:
    """A student's notebook with the test cells of the released one at its end, as if it had been worked on there."""
    notebook, tests = json.loads(student), json.loads(released)
    notebook["cells"] += tests["cells"]
    return json.dumps(notebook)


def write_otter_tests(folder: Path) -> None:
    """One file of otter's default format (doctests) for each function, five public cases of a point in each."""
    folder.mkdir(parents=True, exist_ok=True)
    for function in FUNCTIONS:
        shown = []
        for case in (case for case in cases() if case.function == function):
            lines = [f">>> {line}" for line in case.lines]
            lines += [line for check in case.checks for line in (f">>> bool({check})", "True")]
            shown.append({"code": "\n".join(lines) + "\n", "hidden": False, "locked": False, "points": 1})
        suites = [{"cases": shown, "scored": True, "type": "doctest"}]
        test = {"name": function.replace(".", "_"), "points": None, "suites": suites}
        (folder / f"{test['name']}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", encoding="utf-8")
