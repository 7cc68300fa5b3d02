"""No sandbox: a plain process for each submission, with time limits. For a student's own notebook only.

takes: limits.
gives: a `Worker` for each submission.
must not know: programs, questions; what a worker is used for.

It works wherever Python does: Linux, macOS, Windows. The process leads a group of its own, which is killed at the end;
on Windows, which has no such groups, what it has started is found by who started it.
"""

from __future__ import annotations

import contextlib
import os
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
from grader.walls.ending import UNEXPLAINED, Ending, ended_with
from grader.walls.levels import Level
from grader.walls.pipes import open_pipe
from grader.walls.zygote import ALONE, describe_job

# Windows starts nothing that draws random numbers without the name of its own folder, and finds libraries by the path.
_WINDOWS = "SYSTEMROOT"
_PASSED_ON = (_WINDOWS, "PATH")
_END_SECONDS = 2.0
_OWN_FOLDER = str(Path(__file__).resolve().parents[2])
# What Ctrl-C in a console of Windows does not reach, as it does not reach a session of its own elsewhere.
_APART: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Plain:
    """A context manager that hands out workers without any confinement."""

    level = Level.D

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
                [sys.executable, *ALONE, "-B", "-X", "utf8", "-c", boot, describe_job(limits, load_seconds).decode()],
                stdin=request_far,
                stdout=answer_far,
                stderr=output_far,
                cwd=folder,
                env=_environment(folder),
                start_new_session=True,
                creationflags=_APART,
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
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        elif self._process.poll() is None:
            _end_family(self.pid)
            self._process.kill()
        self._process.wait()

    def wait(self) -> Ending:
        """Tell how the process ended."""
        try:
            return ended_with(self._process.wait(_END_SECONDS))
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return UNEXPLAINED

    def close(self) -> None:
        """Remove its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _environment(folder: str) -> dict[str, str]:
    """The environment of a submission, whose home and scratch is one folder, by whatever name a system knows them."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if _WINDOWS in os.environ}
    return environment() | passed_on | dict.fromkeys(("HOME", "TMPDIR", "USERPROFILE", "TEMP", "TMP"), folder)


def _end_family(pid: int) -> None:
    """End a process of Windows and all that it started, by the command that Windows has for it."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own words
            ["taskkill", "/T", "/F", "/PID", str(pid)],  # noqa: S607 - which folder Windows lies in is not for us to say
            capture_output=True, check=False, timeout=_END_SECONDS, creationflags=_APART,
        )  # fmt: skip
