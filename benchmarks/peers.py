"""The same notebooks by nbgrader, otter and this grader, in one run: `make bench-peers`.

Each peer has an environment of its own below `benchmarks/.work`, with pinned versions. Neither has a sandbox that needs
no container, so the notebooks run there with your rights: this is for the made-up class alone. The peers' exam is six
functions on five inputs each, held against the reference by `np.allclose`, as tests that are written in an evening.
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks.make_class import NOTEBOOK, SEED, make_class
from benchmarks.measuring import WORK, cost, load, machine, run, write_page
from reference.exercise_05 import reference

RESULTS = Path(__file__).with_name("results-peers.md")
NBGRADER, OTTER = "nbgrader==0.9.6", "otter-grader==7.0.0"
BESIDE = ("ipykernel", "numpy", "matplotlib", "pip")  # what a part of the class imports, or calls
ASSIGNMENT, WHOLE = "exercise_05", 1000  # submissions of the class that the peers' few are the first of
SHAPES = ((3, 4), (2, 6), (5, 2), (2, 3, 4), (2, 8))

Costs = dict[str, tuple[float, float]]
"""A command -> seconds of wall and of processor time."""


class Case(NamedTuple):
    """Lines that make the inputs and call; then what must be true."""

    function: str
    name: str
    lines: list[str]
    checks: list[str]


def cases() -> Iterator[Case]:
    """Five cases of each function, in order: outputs of forward, and of backward with the student's own cache."""
    for call, way in ((one, way) for one in ("Sigmoid().", "Relu().", "affine_") for way in ("forward", "backward")):
        for number, shape in enumerate(SHAPES):
            draw, is_affine = partial(_drawn, np.random.default_rng([number, len(call)])), call == "affine_"
            given = {"x": shape} | ({"w": (math.prod(shape[1:]), 3), "b": (3,)} if is_affine else {})
            lines = ["import numpy as np", *(f"{name} = {draw(one)}" for name, one in given.items())]
            lines.append(f"out, cache = {call}forward({', '.join(f'{name}.copy()' for name in given)})")
            results = ["out"]
            if way == "backward":
                results = ["dx", "dw", "db"] if is_affine else ["dx"]
                lines.append(f"dout = {draw((shape[0], 3) if is_affine else shape)}")
                lines.append(f"{', '.join(results)} = {call}backward(dout.copy(), cache)")
            names: dict[str, Any] = {**vars(reference)}
            exec("\n".join(lines), names)
            checks = [f"np.allclose({name}, np.array({names[name].tolist()}))" for name in results]
            function = f"{call}{way}".replace("().", "_")
            yield Case(function, f"{function}_{number}", lines, checks)


def _drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> str:
    """Numbers of size 0.1 to 3 and either sign, none of them at the kink of ReLU."""
    return f"np.array({(np.round(rng.uniform(0.1, 3.0, shape), 2) * rng.choice([-1.0, 1.0], shape)).tolist()})"


def nbgrader_cells() -> Iterator[Any]:
    """One locked test cell of a point for each case."""
    for case in cases():
        marks = {"schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False, "points": 1}
        source = "\n".join([*case.lines, *(f"assert {check}" for check in case.checks)])
        yield new_code_cell(source, metadata={"nbgrader": {**marks, "grade_id": case.name}})


def write_otter_tests(folder: Path) -> None:
    """One file of otter's default format (doctests) for each function, five public cases of a point in each."""
    folder.mkdir(parents=True)
    for function in dict.fromkeys(case.function for case in cases()):
        shown = []
        for case in (case for case in cases() if case.function == function):
            checks = [line for check in case.checks for line in (f">>> bool({check})", "True")]
            code = "\n".join([*(f">>> {line}" for line in case.lines), *checks])
            shown.append({"code": f"{code}\n", "hidden": False, "locked": False, "points": 1})
        test = {"name": function, "points": None, "suites": [{"cases": shown, "scored": True, "type": "doctest"}]}
        (folder / f"{function}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n")


# ---- the three -------------------------------------------------------------------------------------------------------


def _in(place: Path, package: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """What runs a peer's programs in a folder; its environment is made where it is missing."""
    folder = WORK / f"peer-{package}"
    if not (folder / "made").is_file():
        print(f"making an environment for {package} ...", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder])
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", package, *BESIDE])
        (folder / "made").touch()
    return partial(run, cwd=place, PATH=f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", PYTHONPATH="")


def run_nbgrader(files: Sequence[Path], course: Path, costs: Costs) -> None:
    """Release, hand in, autograde, feedback; only the last two are measured."""
    there, source = _in(course, NBGRADER), course / "source" / ASSIGNMENT / NOTEBOOK
    source.parent.mkdir(parents=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(new_notebook(cells=[*nbgrader_cells()], metadata={"kernelspec": kernel}), source)
    there(["nbgrader", "generate_assignment", ASSIGNMENT])
    released = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, 4)
    for file in files:
        notebook, handed_in = nbformat.read(file, 4), course / "submitted" / file.parent.name / ASSIGNMENT / NOTEBOOK
        notebook.cells += released.cells
        handed_in.parent.mkdir(parents=True)
        nbformat.write(notebook, handed_in)
    for verb in ("autograde", "generate_feedback"):  # ends with 1 where one notebook could not be graded
        costs[f"nbgrader {verb}"] = cost(partial(there, ["nbgrader", verb, ASSIGNMENT], (0, 1)))


def run_otter(files: Sequence[Path], folder: Path, costs: Costs) -> None:
    """Make the autograder, then `otter run` for each notebook; only that is measured."""
    there, name = _in(folder, OTTER), "otter run, for each notebook"
    write_otter_tests(folder / "tests")
    there(["otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"])
    for file in files:
        out, before = folder / file.parent.name, costs.get(name, (0.0, 0.0))
        out.mkdir()
        taken = cost(partial(there, ["otter", "run", "-a", "autograder.zip", "-o", out, "--no-logo", file], (0, 1)))
        costs[name] = (before[0] + taken[0], before[1] + taken[1])


def run_ours(students: int, work: Path, costs: Costs) -> None:
    """Compile the exam that ships and grade; only grading is measured: of the same few, and of a whole class."""
    grader = [sys.executable, "-m", "grader"]
    run([*grader, "compile", "reference/exercise_05", "--out", work / "key"])
    for count, name in ((WHOLE, "whole"), (students, "grader grade")):
        make_class(work / f"class-{count}", count)
        places = ["--key", work / "key" / "exercise_05.key.npz", "--out", work / f"out-{count}"]
        costs[name] = cost(partial(run, [*grader, "grade", work / f"class-{count}", *places, "--quiet"], (0, 1)))


def rows(costs: Costs, students: int) -> Iterator[Sequence[str]]:
    """A row for each command, a notebook each; the last column compares with ours in the whole class."""
    whole, ours = costs["whole"][0] / WHOLE, costs["grader grade"][0] / students
    for what, (wall, cpu) in costs.items():
        count, name = (WHOLE, f"grader grade, a class of {WHOLE:,}") if what == "whole" else (students, what)
        milliseconds = (f"{1000 * taken / count:,.0f} ms" for taken in (wall, cpu))
        yield (name, *milliseconds, *(f"{wall / count / against:.1f} ×" for against in (ours, whole)))


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="The same made-up notebooks by nbgrader, otter and this grader.")
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked, before, costs = parser.parse_args(), load(), Costs()
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="peers-") as temporary:
        work = Path(temporary)
        files = make_class(work / "class", asked.students)
        run_nbgrader(files, work / "nbgrader", costs)
        run_otter(files, work / "otter", costs)
        run_ours(asked.students, work, costs)
        graded = len([*work.glob("nbgrader/feedback/*/*/*.html")]), len([*work.glob("otter/*/results.json")])
    facts = [
        f"{asked.students} made-up notebooks of seed {SEED}, one run of each; {NBGRADER} and {OTTER}",
        "the peers run one notebook at a time, without a sandbox, and run every cell (`%timeit` takes seconds); the"
        " grader uses all cores, in its sandbox, runs what the functions need, and writes its pages",
        "nbgrader wrote feedback for {} of them, and otter results for {}".format(*graded),
    ]
    head = ("command, start-up included", "wall each", "CPU each", "wall ÷ ours", f"÷ ours in a class of {WHOLE:,}")
    write_page(asked.results, "make bench-peers", [*machine(before), *facts], head, rows(costs, asked.students))


if __name__ == "__main__":
    main()
