"""An assignment to start from: it works as it is, and nothing of anybody's is overwritten.

takes: the command as an author types it, in an empty folder.
gives: one promise a test, said in its docstring.
must not know: what the sample assignment asks.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import AuthorError
from grader.scaffold import begin_assignment

ROOT = Path(__file__).resolve().parent.parent


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = shlex.split(line)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path})


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A course with one new assignment, and what was said when it was made."""
    course = tmp_path_factory.mktemp("course")
    done = run("grader new exercise_06", course)
    assert done.returncode == 0, done.stderr
    return course, done.stdout


def next_commands(said: str) -> list[str]:
    return [re.split(r"\s{3,}", line.strip())[0] for line in said.splitlines() if line.startswith("  grader ")]


def test_the_next_commands_work_as_they_are_told(begun: tuple[Path, str]) -> None:
    """It compiles, is proved, graded and given out by the very lines that `grader new` ends with."""
    course, said = begun
    commands = next_commands(said)
    assert [command.split()[1] for command in commands] == ["compile", "selftest", "grade", "release"]
    for command in commands:
        done = run(command, course)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    rows = (course / "reports" / "exercise_06" / "verdicts.jsonl").read_text().splitlines()
    assert [json.loads(row)["status"] for row in rows] == ["graded"]
    assert [c["verdict"] for c in json.loads(rows[0])["criteria"]] == ["correct", "known mistake"]


def test_a_new_assignment_can_be_given_out(begun: tuple[Path, str]) -> None:
    """Its master makes the very hand-out that lies beside it, and the release is proved."""
    course, _ = begun
    handout = (course / "reference" / "exercise_06" / "exercise_06.ipynb").read_bytes()
    done = run("grader release reference/exercise_06", course)
    assert done.returncode == 0, done.stderr
    assert (course / "dist" / "exercise_06" / "exercise_06.ipynb").read_bytes() == handout


def test_it_explains_itself(begun: tuple[Path, str]) -> None:
    """Every file says what it is, every function what it does; the words are explained where they stand."""
    folder = begun[0] / "reference" / "exercise_06"
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text())
        assert "must not know:" in (ast.get_docstring(tree) or "")
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and not n.name.startswith("draw")]
        undocumented = [f.name for f in functions if not ast.get_docstring(f) and f.name not in ("zeroed",)]
        assert not undocumented, path
    comments = [line for line in (folder / "assignment.py").read_text().splitlines() if line.lstrip().startswith("#")]
    assert len(comments) >= 12
    assert "$" not in "".join(path.read_text() for path in folder.glob("*[yb]"))


def test_it_is_written_as_this_project_is(begun: tuple[Path, str]) -> None:
    """The sample keeps the style of the house."""
    for verb in ("format --check", "check"):
        done = run(f"ruff {verb} --config {ROOT / 'pyproject.toml'} reference", begun[0])
        assert done.returncode == 0, done.stdout


def test_nothing_is_overwritten(begun: tuple[Path, str]) -> None:
    """A name that is taken is refused with a next step, and every file stays what it was."""
    course, _ = begun
    before = {path: path.read_bytes() for path in (course / "reference").rglob("*") if path.is_file()}
    done = run("grader new exercise_06", course)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert "next:" in done.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_hand_ins_that_are_there_already_are_left_alone(tmp_path: Path) -> None:
    """Submissions under that name block it, and no half of an assignment is written."""
    (tmp_path / "submissions" / "mine").mkdir(parents=True)
    with pytest.raises(AuthorError, match="is there already"):
        begin_assignment("mine", tmp_path)
    assert not (tmp_path / "reference").exists()


BAD = [
    ("exercise 6", "exercise_6"),
    ("6", "exercise_6"),
    ("../elsewhere", "elsewhere"),
    ("a/b", "a_b"),
    ("class", "exercise_class"),
    ("Übung", "bung"),
    ("", "exercise"),
    ("x.y", "x_y"),
    ("master", "exercise_master"),  # the hand-out was written over the notebook with the solutions
    ("-", "exercise"),
]


@pytest.mark.parametrize(("name", "better"), BAD)
def test_a_name_that_will_not_do_gets_a_sentence_and_a_better_one(tmp_path: Path, name: str, better: str) -> None:
    """What cannot be a folder and a package is refused; the better name that is offered works."""
    with pytest.raises(AuthorError, match="cannot name an assignment") as refused:
        begin_assignment(name, tmp_path)
    assert f"'{better}'" in refused.value.hint
    assert not list(tmp_path.iterdir())
    assert begin_assignment(better, tmp_path)


def test_two_assignments_do_not_share_their_numbers(tmp_path: Path) -> None:
    """The seed comes from the name, so a key of one is no help with the other."""
    seeds = set()
    for name in ("one", "two"):
        begin_assignment(name, tmp_path)
        seeds.add(re.search(r"seed=(\d+)", (tmp_path / "reference" / name / "assignment.py").read_text())[1])  # type: ignore[index]
    assert len(seeds) == 2


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Where the course cannot be written to, no half of it is left behind."""
    (tmp_path / "reference").write_text("a file where a folder should be")
    with pytest.raises(OSError, match=r"."):
        begin_assignment("one", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"reference"}
