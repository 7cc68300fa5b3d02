"""The docs are run: every code block of the README and docs does what it says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [
    pytest.param(line, id=f"{page.name}: {line}")
    for page in PAGES
    for kind, text in BLOCK.findall(page.read_text())
    if kind == "sh"
    for line in text.strip().splitlines()
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a course has it, graded once, with a student's notebook and the public key beside it."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("reference", "submissions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.npz*"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    few = sorted((folder / "submissions/exercise_05").iterdir())[4:]
    for hand_in in few:
        shutil.rmtree(hand_in) if hand_in.is_dir() else hand_in.unlink()
    shutil.copy(next((folder / "submissions/exercise_05/student-01").glob("*.ipynb")), folder / "exercise_05.ipynb")
    run("grader grade submissions/exercise_05", folder)
    return folder


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        line, shell=True, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path}
    )


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_in_the_docs_works(course: Path, line: str) -> None:
    """What a reader copies from the docs runs, and ends well."""
    if line.startswith("make "):
        line = f"make --dry-run {line.removeprefix('make ')}"  # run for real it would run these tests
    if line.startswith("pip install"):
        line = f"{line} --dry-run --no-deps --no-build-isolation --quiet".replace(" . ", f" {ROOT} ")
    done = run(line, course)
    assert done.returncode == 0, done.stdout + done.stderr


PYTHON = [
    pytest.param(text, id=f"{page.name} {n}")
    for page in PAGES
    for n, (kind, text) in enumerate(BLOCK.findall(page.read_text()))
    if kind == "python"
]


@pytest.mark.parametrize("text", PYTHON)
def test_every_python_block_in_the_docs_runs(text: str) -> None:
    """What an author copies from the docs is valid, and says what it says."""
    exec(compile(text, "docs", "exec"), {})


def test_every_kind_of_block_is_known() -> None:
    """A code block that no test runs is told apart by its kind, or fails here."""
    kinds = {kind for page in PAGES for kind, _ in BLOCK.findall(page.read_text())}
    assert kinds <= {"sh", "text", "python"}, kinds


def test_make_alone_lists_the_verbs() -> None:
    """`make` says what there is to do."""
    done = run("make", ROOT)
    assert done.returncode == 0
    for verb in ("grade", "check", "test", "key", "demo", "clean"):
        assert re.search(rf"^  make {verb}\b", done.stdout, re.MULTILINE)


def test_every_verb_has_help() -> None:
    """`grader VERB --help` answers for every verb."""
    from grader.cli import main

    for name in main.commands:
        done = run(f"grader {name} --help", ROOT)
        assert done.returncode == 0
        assert done.stdout.startswith(f"Usage: grader {name}")
