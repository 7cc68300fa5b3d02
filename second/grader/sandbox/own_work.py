"""A plain child process, without walls, wherever Python runs: for one's own notebook only.

The process leads a group of its own, which is killed at the end; on Windows its descendants are looked up instead.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from grader.errors import SandboxError
from grader.sandbox.inside import Job
from grader.sandbox.pipes import Pipes, Polled, Pumped, open_pipe
from grader.sandbox.view import PACKAGE, environment, numpy_folders
from grader.sandbox.warm import ALONE
from grader.sandbox.worker import UNEXPLAINED, Ending, Process, ended_with

# Windows starts nothing that draws random numbers without the name of its own folder, and finds libraries by the path.
_WINDOWS = "SYSTEMROOT"
_PASSED_ON = (_WINDOWS, "PATH")
_END_SECONDS = 2.0
# What Ctrl-C in a console of Windows does not reach, as it does not reach a session of its own elsewhere.
_APART: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
# Of this room only `inside` is imported: a child does not need the rest.
_BOOT = (
    "import sys, types; sys.path[:0] = {!r}; sys.modules['grader.sandbox'] = room = types.ModuleType('room'); "
    "room.__path__ = [{!r}]; from grader.sandbox.inside import main; main(sys.argv[1])"
)


class Plain:
    """Starts processes without any confinement."""

    def start(self, job: Job) -> tuple[Process, Pipes]:
        """Start a process for one submission, in a folder of its own."""
        folder = mkdtemp(prefix="grader-")
        try:
            return _start(job, folder)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SandboxError(f"a process could not be started: {error}") from error

    def close(self) -> None:
        """Nothing is kept from one submission to the next."""


def _start(job: Job, folder: str) -> tuple[Process, Pipes]:
    boot = _BOOT.format([str(PACKAGE.parent), str(Path(numpy_folders()[0]).parent)], str(PACKAGE / "sandbox"))
    passed_on = {name: os.environ[name] for name in _PASSED_ON if _WINDOWS in os.environ}
    # Home and scratch, by whatever name a system has for them.
    homes = dict.fromkeys(("HOME", "TMPDIR", "USERPROFILE", "TEMP", "TMP"), folder)
    with ExitStack() as ours, ExitStack() as theirs:
        requests_far, requests = open_pipe(theirs, ours)
        answers, answers_far = open_pipe(ours, theirs)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, *ALONE, "-X", "utf8", "-c", boot, job.write().decode()],
            stdin=requests_far,
            stdout=answers_far,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment() | passed_on | homes,
            start_new_session=True,
            creationflags=_APART,
        )
        ours.pop_all()
    kind = Polled if hasattr(select, "poll") else Pumped
    return _Unconfined(process, folder), kind(requests, answers)


class _Unconfined:
    """A process and its group."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str) -> None:
        self._process, self._folder, self.pid = process, folder, process.pid

    def kill(self) -> None:
        """End the group, so far as it has stayed one."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            if hasattr(os, "killpg"):
                os.killpg(self.pid, signal.SIGKILL)
            elif self._process.poll() is None:
                ending = ["taskkill", "/T", "/F", "/PID", str(self.pid)]
                subprocess.run(ending, capture_output=True, timeout=_END_SECONDS, creationflags=_APART)  # noqa: S603
        self._process.kill()
        self._process.wait()

    def wait(self) -> Ending:
        """How the process ended."""
        try:
            return ended_with(self._process.wait(_END_SECONDS))
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return UNEXPLAINED

    def close(self) -> None:
        """Remove its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)
