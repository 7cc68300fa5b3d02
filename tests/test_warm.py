"""The warm command, by which most tests run the grader, is the command itself: the same output, the same exit code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_grader
from tests.warm import is_warm

COLD = {"PYTHONNODEBUGRANGES": "1"}  # it changes nothing that is printed
COMMANDS = {
    "help": ["--help"],
    "no verb": ["grde"],
    "no such folder": ["grade", "nowhere", "--assignment", "reference/exercise_05"],
    "what a machine reads": ["explain", "nowhere", "student-01", "--json"],
    "what an exam asks": ["show", "tests/assignments/contract"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_it_says_what_a_command_begun_from_nothing_says(command: list[str]) -> None:
    """To the letter, on both outputs, with the same exit code."""
    warm, cold = run_grader(*command), run_grader(*command, **COLD)
    assert (warm.returncode, warm.stdout, warm.stderr) == (cold.returncode, cold.stdout, cold.stderr)
    assert warm.stdout + warm.stderr


def test_folder_and_environment_are_its_own(tmp_path: Path) -> None:
    """Each command has those that it was given, and what one was given is not there for the next."""
    (tmp_path / "class").mkdir()
    told = [run_grader("--help", COLUMNS="40").stdout, run_grader("--help").stdout]
    assert max(map(len, told[0].splitlines())) < max(map(len, told[1].splitlines()))
    said = [json.loads(run_grader("grade", "class", "--json", cwd=at).stdout)["error"] for at in (tmp_path, ROOT)]
    assert said[0] != said[1]


def test_outputs_are_pipes_as_those_of_any_command(key: Path, tmp_path: Path) -> None:
    """What is written to `/dev/stderr` by its name comes through it, and what is printed through the other one."""
    (tmp_path / "layer.py").write_text((ROOT / "reference/exercise_05/passes.py").read_text())
    check = ["check", "layer.py", "--key", key / "exercise_05.public.key.npz", "--html"]
    done = run_grader(*check, "/dev/stderr", cwd=tmp_path)
    assert done.stderr.startswith("<!doctype html>")
    assert done.stderr.rstrip().endswith("</html>")
    assert "Correct" in done.stdout


@pytest.mark.parametrize(
    ("name", "warm"), [("COLUMNS", True), ("PYTHONPATH", False), ("LC_ALL", False), ("OPENBLAS_NUM_THREADS", False)]
)
def test_what_python_reads_when_it_begins_needs_one_that_begins(name: str, warm: bool) -> None:
    assert is_warm(os.environ | {name: "7"}) is warm


def test_one_that_does_not_end_is_ended_and_the_next_one_runs(tmp_path: Path, key: Path) -> None:
    """As whoever begins a command with a time limit expects."""
    (tmp_path / "layer.py").write_text("x = 1\n")
    watch = ["check", "layer.py", "--watch", "--key", key / "exercise_05.public.key.npz"]
    with pytest.raises(subprocess.TimeoutExpired):
        run_grader(*watch, cwd=tmp_path, timeout=2.0)
    assert run_grader("--help").returncode == 0
