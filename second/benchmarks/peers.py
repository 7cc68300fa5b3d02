"""The same notebooks by nbgrader, otter and this grader, in one run: `make bench-peers`.

Each peer has an environment of its own below `benchmarks/.work`, with pinned versions. Neither has a sandbox that needs
no container, so the notebooks run there with your rights: this is for the made-up class alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.make_class import NOTEBOOK, SEED, make_class
from benchmarks.measuring import WORK, cost, facts, load, markdown, run
from benchmarks.peers_exam import FUNCTIONS, SHAPES, as_handed_in, nbgrader_source, write_otter_tests

RESULTS = Path(__file__).with_name("results-peers.md")
# matplotlib, since a part of the class imports it, as students do; pip, since some call it.
PEERS = {name: (name, "ipykernel", "numpy", "matplotlib", "pip") for name in ("nbgrader==0.9.6", "otter-grader==7.0.0")}
ASSIGNMENT, WHOLE = "exercise_05", 1000  # submissions of the class that the peers' few are the first of
BOTH = "nbgrader autograde + generate_feedback"
_SCORES = f"""
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    for one in book.assignment_submissions("{ASSIGNMENT}"):
        for grade in (grade for notebook in one.notebooks for grade in notebook.grades):
            print(json.dumps([one.student.id, grade.name, grade.score]))
"""

Costs = dict[str, tuple[float, float]]
"""A command -> seconds of wall and of processor time."""
Full = dict[tuple[str, str], bool]
"""Student and function -> whether it has full credit."""


def _in(place: Path, package: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """What runs a peer's programs in a folder; its environment is made where it is missing."""
    folder, wanted = WORK / f"peer-{package}", " ".join(PEERS[package])
    if not (folder / "made").is_file():
        print(f"making an environment for {package} ...", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder])
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PEERS[package]])
        (folder / "made").write_text(wanted)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return partial(run, cwd=place, PATH=path, PYTHONPATH="")


def run_nbgrader(files: Sequence[Path], course: Path, costs: Costs) -> Full:
    """Release, hand in, autograde, feedback; only the last two are measured."""
    there = _in(course, "nbgrader==0.9.6")
    source = course / "source" / ASSIGNMENT / NOTEBOOK
    source.parent.mkdir(parents=True)
    source.write_text(nbgrader_source(), encoding="utf-8")
    there(["nbgrader", "generate_assignment", ASSIGNMENT])
    released = (course / "release" / ASSIGNMENT / NOTEBOOK).read_text(encoding="utf-8")
    for file in files:
        handed_in = course / "submitted" / file.parent.name / ASSIGNMENT / NOTEBOOK
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text(as_handed_in(file.read_text(encoding="utf-8"), released), encoding="utf-8")
    for verb in ("autograde", "generate_feedback"):  # ends with 1 where one notebook could not be graded
        costs[f"nbgrader {verb}"] = cost(partial(there, ["nbgrader", verb, ASSIGNMENT], (0, 1)))
    costs[BOTH] = tuple(map(sum, zip(*costs.values(), strict=True)))  # type: ignore[assignment]
    scores: dict[tuple[str, str], float] = {}
    for student, case, score in map(json.loads, there(["python", "-c", _SCORES]).stdout.splitlines()):
        one = student, case.rpartition("_")[0].replace("-", ".")
        scores[one] = scores.get(one, 0) + (score or 0)
    return {one: score == len(SHAPES) for one, score in scores.items()}


def run_otter(files: Sequence[Path], folder: Path, costs: Costs) -> Full:
    """Make the autograder, then `otter run` for each notebook; only that is measured."""
    write_otter_tests(folder / "tests")
    there, full, taken = _in(folder, "otter-grader==7.0.0"), Full(), [(0.0, 0.0)]
    there(["otter", "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"])
    for file in files:
        student, out = file.parent.name, folder / file.parent.name
        out.mkdir()
        command = ["otter", "run", "-a", "autograder.zip", "-o", out, "--no-logo", file]
        taken.append(cost(partial(there, command, (0, 1))))
        results = out / "results.json"
        for test in json.loads(results.read_text())["tests"] if results.is_file() else ():
            full[student, test["name"]] = test.get("score") == test.get("max_score")
    costs["otter run, for each notebook"] = tuple(map(sum, zip(*taken, strict=True)))  # type: ignore[assignment]
    return {(s, f): full.get((s, f.replace(".", "_")), False) for s, _ in full for f in FUNCTIONS}


def run_ours(students: int, work: Path, costs: Costs) -> Full:
    """Compile the exam that ships and grade; only grading is measured: of the same few, and of a whole class."""
    grader = [sys.executable, "-m", "grader"]
    run([*grader, "compile", "reference/exercise_05", "--out", work / "key"])
    for count in (WHOLE, students):
        make_class(work / f"class-{count}", count)
        key, out = work / "key" / "exercise_05.key.npz", work / f"out-{count}"
        command = [*grader, "grade", work / f"class-{count}", "--key", key, "--out", out, "--quiet"]
        taken = cost(partial(run, command, (0, 1)))
        costs["grader grade" if count == students else "whole"] = taken
    rows = map(json.loads, (work / f"out-{students}" / "verdicts.jsonl").read_text().splitlines())
    return {(r["student_id"], one["name"]): one["points"] == one["max_points"] for r in rows for one in r["criteria"]}


def table(costs: Costs, students: int) -> str:
    """A row for each command, a notebook each; the last column compares with ours in the whole class."""
    whole, ours = costs["whole"][0] / WHOLE, costs["grader grade"][0] / students
    rows = []
    for what, (wall, cpu) in costs.items():
        count, name = (WHOLE, f"grader grade, a class of {WHOLE:,}") if what == "whole" else (students, what)
        milliseconds = (f"{1000 * taken / count:,.0f} ms" for taken in (wall, cpu))
        rows.append((name, *milliseconds, *(f"{wall / count / against:.1f} ×" for against in (ours, whole))))
    head = ("whole command, start-up included", "wall a notebook", "CPU a notebook", "wall ÷ ours")
    return markdown((*head, f"wall ÷ ours in a class of {WHOLE:,}"), rows)


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
        peers = {name: by(files, work / name, costs) for name, by in (("nbgrader", run_nbgrader), ("otter", run_otter))}
        ours = run_ours(asked.students, work, costs)
    same = ", ".join(f"{name} on {sum(full.get(o) == v for o, v in ours.items())}" for name, full in peers.items())
    told = [
        *facts(before),
        f"{asked.students} made-up notebooks of seed {SEED}, one run of each; {' and '.join(PEERS)}",
        "the peers run one notebook at a time, without a sandbox, and run every cell (`%timeit` takes seconds); the"
        " grader uses all cores, in its sandbox, runs what the functions need, and writes its pages",
        f"of {len(ours)} functions, full credit or not is the same as here: {same}; the peers ask thirty public cases,"
        " and here the whole exam is asked, with partial credit and a given cache",
    ]
    text = "# Results of `make bench-peers`\n\n" + "\n".join(f"- {one}" for one in told)
    asked.results.write_text(f"{text}\n\n{table(costs, asked.students)}\n", encoding="utf-8")
    print(asked.results.read_text())


if __name__ == "__main__":
    main()
