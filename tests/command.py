"""The command line as a user runs it, keys that are compiled once, and notebooks to give it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from grader.cli import main

SECOND = Path(__file__).resolve().parent.parent
ASSIGNMENTS = {"trial": SECOND / "tests/assignments/trial", "exercise_05": SECOND / "reference/exercise_05"}
NUMBER = r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)"  # as Python writes it: 0.25, 1e-05, 2000
COMMAND = [sys.executable, "-m", "grader"]
RIGHT = (ASSIGNMENTS["exercise_05"] / "reference.py").read_text()
WRONG = RIGHT.replace("return dout * cache * (1.0 - cache)", "return dout * cache")
TRIAL = (ASSIGNMENTS["trial"] / "reference.py").read_text()
NEAR = TRIAL.replace("np.exp(-np.logaddexp(0.0, -x))", "1 / (1 + np.exp(-np.clip(x, -5, 5)))")  # one of two points


def environment(**more: str) -> dict[str, str]:
    """This process' own, with this very package in front."""
    path = os.pathsep.join(filter(None, [more.pop("PYTHONPATH", ""), str(SECOND)]))
    return {**os.environ, "COLUMNS": "100", **more, "PYTHONPATH": path}


def run(*arguments: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own, where neither the reference nor a key is around."""
    words = [*COMMAND, *map(str, arguments)]
    return subprocess.run(words, cwd=cwd, env=environment(**more), capture_output=True, text=True, timeout=120)


def start(*arguments: str, cwd: Path, stdout: Any = -1, stderr: Any = -1, **more: str) -> subprocess.Popen[str]:
    """Start the command there, to be waited for; what it prints goes into pipes."""
    words = [*COMMAND, *arguments]
    return subprocess.Popen(words, cwd=cwd, env=environment(**more), stdout=stdout, stderr=stderr, text=True)


def invoke(*arguments: object) -> Result:
    """The command within this process, in its own folder: that starts sooner."""
    return CliRunner().invoke(main, [*map(str, arguments)], prog_name="grader", terminal_width=80)


@cache
def keys(name: str) -> Path:
    """A folder with the keys of an assignment, always the same ones, for this run of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="grader-keys-"))
    done = run("compile", ASSIGNMENTS[name], "--out", folder, "--hidden-seed", 5, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def full_key(name: str) -> Path:
    return keys(name) / f"{name}.key.npz"


def public_key(name: str, to: Path) -> Path:
    return Path(shutil.copy(keys(name) / f"{name}.public.key.npz", to))


def notebook(*sources: str) -> str:
    """The text of a notebook with these cells."""
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def class_of(folder: Path, **sources: str) -> Path:
    """A folder with one submission a student."""
    for student, source in sources.items():
        (folder / student).mkdir(parents=True)
        name = "layer.ipynb" if source.startswith("{") else "layer.py"
        (folder / student / name).write_text(source)
    return folder
