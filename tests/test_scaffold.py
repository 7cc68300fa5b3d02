"""A new assignment works as it is, and nothing of anybody's is replaced."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from command import SECOND, run

from grader.errors import AuthorError
from grader.scaffold import begin_assignment

NAME = "exercise_06"


def test_the_commands_that_it_ends_with_work(tmp_path: Path) -> None:
    """It is compiled, proved, graded and given out by the very lines that `grader new` prints; the hand-out stays."""
    begun = run("new", NAME, cwd=tmp_path)
    commands = re.findall(r"^  grader (\S+ \S+)", begun.stdout, re.MULTILINE)
    assert [line.split()[0] for line in commands] == ["compile", "selftest", "grade", "release"]
    handout = (tmp_path / "reference" / NAME / f"{NAME}.ipynb").read_bytes()
    for line in commands:
        done = run(*line.split(), cwd=tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    row = json.loads((tmp_path / "reports" / NAME / "verdicts.jsonl").read_text())
    assert [one["verdict"] for one in row["criteria"]] == ["correct", "known mistake"]
    assert (tmp_path / "dist" / NAME / f"{NAME}.ipynb").read_bytes() == handout


def test_it_is_explained_and_written_as_this_project_is(tmp_path: Path) -> None:
    """Each file and function says what it does, and ruff finds nothing."""
    begin_assignment(NAME, tmp_path)
    folder = tmp_path / "reference" / NAME
    for tree in [ast.parse(path.read_text()) for path in folder.glob("*.py")]:
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert all(ast.get_docstring(one) for one in [tree, *functions])
    assert not [path for path in tmp_path.rglob("*.*") if "$" in path.read_text()]
    shutil.copy(SECOND / "pyproject.toml", tmp_path)
    for verb in (("format", "--check"), ("check",)):
        command = [Path(sys.executable).parent / "ruff", *verb, "--no-cache", "reference"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("taken", [f"reference/{NAME}", f"submissions/{NAME}"])
def test_what_is_there_is_not_replaced(tmp_path: Path, taken: str) -> None:
    """A name that is taken on either side is refused, and no half of an assignment is written."""
    (tmp_path / taken).mkdir(parents=True)
    with pytest.raises(AuthorError, match="is there already"):
        begin_assignment(NAME, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


BAD = {
    "exercise 6": "exercise_6", "6": "exercise_6", "../elsewhere": "elsewhere", "a/b": "a_b", "class": "exercise_class",
    "Übung": "bung", "": "exercise", "x.y": "x_y", "-": "exercise",
    "master": "exercise_master",  # its hand-out would replace the notebook with the solutions
}  # fmt: skip


@pytest.mark.parametrize(("name", "better"), BAD.items())
def test_a_name_that_will_not_do_is_refused_with_a_better_one(tmp_path: Path, name: str, better: str) -> None:
    """What cannot be a folder and a package is refused; the name that is offered works."""
    with pytest.raises(AuthorError, match="cannot name an assignment") as refused:
        begin_assignment(name, tmp_path)
    assert f"'{better}'" in refused.value.hint
    paths = begin_assignment(better, tmp_path)
    assert f"seed={zlib.crc32(better.encode())}" in paths[0].read_text()  # other names, other numbers
