"""No sandbox: a plain process for each submission, with time limits. For a student's own notebook only.

takes: limits.
gives: a `Worker` for each submission.
must not know: programs, questions; what a worker is used for.

It works wherever Python does and `select.poll` is there: Linux and macOS. The process leads a group of its own,
which is killed at the end.
"""

from __future__ import annotations

import contextlib
import os
import platform
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.worker import Worker
from grader.walls.bubblewrap import environment, numpy_folder
from grader.walls.ending import UNEXPLAINED, Ending, describe_code
from grader.walls.levels import Level
from grader.walls.pipes import open_pipe
from grader.walls.zygote import describe_job

# Windows runs Linux by one command, and the notebook's own page in Colab is a Linux too.
ELSEWHERE = (
    "run the same command where there is Linux or macOS: WSL is one ('wsl --install' sets it up), and for a check "
    "a notebook in Colab"
)
_END_SECONDS = 2.0
_OWN_FOLDER = str(Path(__file__).resolve().parents[2])


def is_possible() -> bool:
    """Whether this system can run a notebook at all: pipes that can be waited for, and groups of processes."""
    return hasattr(select, "poll") and hasattr(os, "killpg")


class Plain:
    """A context manager that hands out workers without any confinement; raises `SandboxError` where none can be had."""

    level = Level.D

    def __init__(self) -> None:
        if not is_possible():
            raise SandboxError(f"notebooks cannot be run on {platform.system()} itself", ELSEWHERE)

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        """Start a process for one submission."""
        folder = tempfile.mkdtemp(prefix="grader-")
        try:
            return self._start(limits, load_seconds, folder)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SandboxError(f"a process could not be started: {error}") from error

    def _start(self, limits: Limits, load_seconds: float, folder: str) -> Worker:
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            request_far, request = open_pipe(theirs, ours)
            answer, answer_far = open_pipe(ours, theirs)
            output, output_far = open_pipe(ours, theirs)
            boot = (
                f"import sys; sys.path[:0] = {[_OWN_FOLDER, str(numpy_folder().parent)]!r}; "
                "from grader.harness.runner import main; main(sys.argv[1])"
            )
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
                [sys.executable, "-I", "-B", "-c", boot, describe_job(limits, load_seconds).decode()],
                stdin=request_far,
                stdout=answer_far,
                stderr=output_far,
                cwd=folder,
                env=environment() | {"HOME": folder, "TMPDIR": folder},
                start_new_session=True,
            )
            ours.pop_all()
        return Worker(Unconfined(process, folder), (request, answer, output), limits.memory_mb)

    def close(self) -> None:
        """Nothing is kept from one submission to the next."""

    def __enter__(self) -> Plain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Unconfined:
    """A process and its group."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str) -> None:
        self._process = process
        self._folder = folder
        self.pid = process.pid

    def kill(self) -> None:
        """End the group, so far as it has stayed one."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def excess(self) -> Ending | None:
        """Nothing is counted here."""
        return None

    def wait(self) -> Ending:
        """Tell how the process ended."""
        try:
            return Ending(describe_code(self._process.wait(_END_SECONDS)))
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return UNEXPLAINED

    def close(self) -> None:
        """Remove its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)
