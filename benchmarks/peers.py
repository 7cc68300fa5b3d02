"""The same notebooks through nbgrader, otter and this grader, in one run: `make bench-peers`.

takes: how many notebooks of the made-up class (20); the network, the first time.
gives: times as ratios, and where verdicts differ; printed and written to `benchmarks/results-peers.md`.
must not know: how any of the three works inside.

Each peer has an environment of its own below `benchmarks/.work`, with pinned versions. Neither has a sandbox that
needs no container: the notebooks run with your rights there. So this is for the made-up class alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import peers_exam
from benchmarks.make_class import NOTEBOOK, SEED, make_class
from benchmarks.measuring import WORK, CommandError, environment, load, machine
from benchmarks.peers_page import OTTER, OURS, WHOLE_CLASS, Cost, Measured, page
from benchmarks.peers_verdicts import read_nbgrader, read_otter

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results-peers.md"
# matplotlib, since a part of the class imports it, as students do; pip, since some call it.
PEERS = {
    "nbgrader": ("nbgrader==0.9.6", "ipykernel", "numpy", "matplotlib", "pip"),
    "otter": ("otter-grader==7.0.0", "ipykernel", "numpy", "matplotlib", "pip"),
}
ASSIGNMENT = "exercise_05"
_SCORES = f"""
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    for handed_in in book.assignment_submissions("{ASSIGNMENT}"):
        for notebook in handed_in.notebooks:
            for grade in notebook.grades:
                print(json.dumps([handed_in.student.id, grade.name, grade.score]))
"""


def make_environment(name: str) -> Path:
    """The folder of a peer's programs, made where it is missing."""
    folder = WORK / f"peer-{name}"
    done = folder / "made"
    wanted = " ".join(PEERS[name])
    if not done.is_file() or done.read_text() != wanted:
        print(f"making an environment for {name} ...", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        uv = shutil.which("uv")
        make = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        _run([*make, folder])
        python = folder / "bin" / "python"
        install = (
            [uv, "pip", "install", "--quiet", "--python", python] if uv else [python, "-m", "pip", "install", "-q"]
        )
        _run([*install, *PEERS[name]])
        done.write_text(wanted)
    return folder / "bin"


def _run(
    command: Sequence[str | Path], cwd: Path = ROOT, programs: Path | None = None, fine: Sequence[int] = (0,)
) -> subprocess.CompletedProcess[str]:
    """Run a command; `programs` is the folder of the environment it belongs to."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}" if programs else os.environ["PATH"]
    told = environment() | {"PATH": path, "PYTHONPATH": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=told, capture_output=True, text=True)
    if done.returncode not in fine:
        raise CommandError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr[-3000:]}")
    return done


def measured(run: Callable[[], object]) -> Cost:
    """The cost of what a function starts and waits for."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    taken, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


# ---- the three ---------------------------------------------------------------------------------------------------


def run_nbgrader(files: Sequence[Path], work: Path, found: Measured) -> None:
    """Release, hand in, autograde, feedback; only the last two are measured."""
    programs = make_environment("nbgrader")
    course = work / "course"
    source = course / "source" / ASSIGNMENT / NOTEBOOK
    source.parent.mkdir(parents=True)
    source.write_text(peers_exam.nbgrader_source(), encoding="utf-8")
    nbgrader = programs / "nbgrader"
    _run([nbgrader, "generate_assignment", ASSIGNMENT], course, programs)
    released = (course / "release" / ASSIGNMENT / NOTEBOOK).read_text(encoding="utf-8")
    for file in files:
        handed_in = course / "submitted" / file.parent.name / ASSIGNMENT / NOTEBOOK
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text(peers_exam.as_handed_in(file.read_text(encoding="utf-8"), released), encoding="utf-8")
    for verb in ("autograde", "generate_feedback"):
        # It ends with 1 where a single notebook could not be graded, and goes on with the others.
        found.costs[f"nbgrader {verb}"] = measured(
            partial(_run, [nbgrader, verb, ASSIGNMENT], course, programs, (0, 1))
        )
    found.nbgrader = read_nbgrader(_run([programs / "python", "-c", _SCORES], course, programs).stdout)
    found.versions["nbgrader"] = _version(programs, "nbgrader")


def run_otter(files: Sequence[Path], work: Path, found: Measured) -> None:
    """Make the autograder, then `otter run` for each notebook; only that is measured."""
    programs = make_environment("otter")
    folder = work / "otter"
    peers_exam.write_otter_tests(folder / "tests")
    otter = programs / "otter"
    _run([otter, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], folder, programs)
    cost = Cost()
    for file in files:
        out = folder / "results" / file.parent.name
        out.mkdir(parents=True)
        command = [otter, "run", "-a", "autograder.zip", "-o", out, "--no-logo", file]
        cost += measured(partial(_run, command, folder, programs, (0, 1)))
        found.otter[file.parent.name] = read_otter(out / "results.json")
    found.costs[OTTER] = cost
    found.versions["otter"] = _version(programs, "otter-grader")


def run_ours(folder: Path, work: Path, found: Measured) -> None:
    """Compile the exam that ships, and grade; only grading is measured: of the same few, and of a whole class."""
    _run([sys.executable, "-m", "grader", "compile", "reference/exercise_05", "--out", work / "key"])
    found.costs[OURS] = _cost_of_grading(folder, work, "out")
    found.verdicts = (work / "out" / "verdicts.jsonl").read_text(encoding="utf-8")
    make_class(work / "whole", WHOLE_CLASS)
    found.whole = _cost_of_grading(work / "whole", work, "whole-out").shared_by(WHOLE_CLASS)


def _cost_of_grading(folder: Path, work: Path, out: str) -> Cost:
    key = work / "key" / "exercise_05.key.npz"
    grade = [sys.executable, "-m", "grader", "grade", folder, "--key", key, "--out", work / out, "--quiet"]
    return measured(partial(_run, grade, fine=(0, 1)))


def _version(programs: Path, package: str) -> str:
    words = f"from importlib.metadata import version; print(version({package!r}), version('numpy'))"
    package_version, numpy = _run([programs / "python", "-c", words]).stdout.split()
    return f"{package} {package_version} (numpy {numpy})"


# ---- what it depends on ----------------------------------------------------------------------------------------


def _timing(files: Sequence[Path]) -> int:
    return sum("%timeit" in file.read_text(encoding="utf-8") for file in files)


def _facts(files: Sequence[Path], before: str, found: Measured) -> list[str]:
    """What the figures depend on."""
    return [
        machine(),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; load average (1 / 5 min) {before} before, {load()} after: with more"
        " than the run itself at work, trust ratios to a factor of two and seconds not at all",
        f"{len(files)} made-up notebooks of seed {SEED}, none of which hangs; one run of each; "
        + "; ".join(found.versions.values()),
        "nbgrader and otter run notebooks one at a time and without a sandbox here (otter's containers were not used);"
        " the grader uses all cores, in its sandbox, and writes its pages",
        f"{_timing(files)} of the notebooks time themselves by `%timeit`, some seconds each: the peers run every cell,"
        " and the grader what the functions need, so this is a part of the difference",
        f"the grader's start-up is a large part of so few notebooks, so that it also grades a class of {WHOLE_CLASS:,},"
        f" of which these are the first {len(files)}; the peers take each notebook by itself, and were given no more",
        "CPU leaves out what runs behind the grader's wall, which no process of its own waits for: wall counts it",
    ]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="The same made-up notebooks through nbgrader, otter and this grader.")
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    before, found = load(), Measured()
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="peers-") as temporary:
        work = Path(temporary)
        files = make_class(work / "class", asked.students)
        for run in (run_nbgrader, run_otter):
            run(files, work, found)
        run_ours(work / "class", work, found)
        facts = _facts(files, before, found)
    text = page(found, asked.students, facts)
    asked.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
