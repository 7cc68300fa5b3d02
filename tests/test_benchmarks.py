"""The benchmarks run, on the same class each time. Nothing here looks at a clock."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks.make_class import make_class, make_notebook

ROOT = Path(__file__).parent.parent
STUDENTS = ("student-01", "student-02", "student-03")  # one more than are at work at once
PASSES = (ROOT / "reference" / "exercise_05" / "passes.py").read_text(encoding="utf-8")


def digests(folder: Path, students: int, **asked: float) -> list[str]:
    files = make_class(folder, students, **asked)
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def test_the_same_seed_makes_the_same_class_of_distinct_notebooks(tmp_path: Path) -> None:
    """Equal bytes for an equal seed, others for another, and no notebook twice."""
    first, again = (digests(tmp_path / name, 60) for name in ("first", "again"))
    assert first == again
    assert len(set(first)) == 60
    assert not set(first) & set(digests(tmp_path / "other", 60, seed=6))


def test_a_larger_class_begins_with_the_smaller_one(tmp_path: Path) -> None:
    """A notebook depends on its number alone, so that classes of two sizes can be compared."""
    assert digests(tmp_path / "large", 30)[:10] == digests(tmp_path / "small", 10)


def test_hanging_ones_are_the_only_difference(tmp_path: Path) -> None:
    """A class with a share that hangs is the other class but for that share."""
    plain, hung = digests(tmp_path / "plain", 40), digests(tmp_path / "hung", 40, hanging=0.1)
    assert sum(a != b for a, b in zip(plain, hung, strict=True)) == 4


def test_a_hanging_notebook_has_a_loop_without_end() -> None:
    """What hangs is one function, and the notebook is otherwise as before."""
    assert any("while True" in make_notebook(n, hangs=True) for n in range(10))
    assert not any("while True" in make_notebook(n) for n in range(200))


def test_the_smallest_grader_knows_right_from_wrong(tmp_path: Path) -> None:
    """What it says of a notebook is true, so that what it costs is what grading costs."""
    told = {}
    kept = PASSES.replace("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)")
    for name, passes in (("right", PASSES), ("wrong", PASSES.replace("np.exp", "np.cos")), ("db as a row", kept)):
        for student in STUDENTS:
            (tmp_path / name / student).mkdir(parents=True)
            notebook = new_notebook(cells=[new_code_cell(passes)])
            nbformat.write(notebook, tmp_path / name / student / "exercise_05.ipynb")
        command = [sys.executable, "-m", "benchmarks.least", str(tmp_path / name), str(tmp_path / "out" / name)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        told[name] = done.stdout
        assert all((tmp_path / "out" / name / student / "report.html").is_file() for student in STUDENTS)
    right = {"right": 40, "wrong": 30, "db as a row": 35}
    assert told == {name: f"3 notebooks, {3 * count} right answers\n" for name, count in right.items()}


def test_a_short_bench_runs_and_writes_its_table(tmp_path: Path) -> None:
    """All of it runs: every line is there, whatever it says."""
    results = tmp_path / "results.md"
    command = [sys.executable, "-m", "benchmarks.run", "--students", "4", "--quick", "--results", str(results)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    text = results.read_text(encoding="utf-8")
    assert text.strip() == done.stdout.strip()
    for words in (
        "floor",
        "smallest grader",
        "unchanged",
        "anew",
        "hanging",
        "check",
        "--help",
        "class of 4",
        "stage: sandbox",
        "functions called",
        "class page",
    ):
        assert words in text, words
    assert str(ROOT) not in text


def test_the_counter_of_calls_knows_all_that_is_asked() -> None:
    """It answers once more what each process was sent, a program that is loaded anew too."""
    asked = (
        "import numpy as np\nfrom benchmarks import calls\n"
        "from grader.wire import Piece, Question, Step, encode_again, encode_program, encode_questions\n"
        "question = Question({'x': np.ones(2)}, (Step('f', ('x',), ('y',)),))\n"
        "program = encode_program([Piece(1, 1, 'def f(x):\\n    return x')], ['f'])\n"
        "print(calls._calls(lambda: calls._answer([program, encode_again(), encode_questions([question])])))\n"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
