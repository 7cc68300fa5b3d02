"""A plain child process, without walls, wherever Python runs: for one's own notebook only.

The process leads a group of its own, which is killed at the end; on Windows its descendants are looked up instead.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from grader.errors import SandboxError
from grader.sandbox.inside import Job
from grader.sandbox.pipes import CHUNK, UNEXPLAINED, Pipes, Polled, Process, StoppedError, ended_with, open_pipe
from grader.sandbox.view import PACKAGE, environment, package_folders
from grader.sandbox.warm import ALONE

# Windows starts nothing that draws random numbers without the name of its own folder, and finds libraries by the path.
_WINDOWS = "SYSTEMROOT"
_PASSED_ON = (_WINDOWS, "PATH")
_END_SECONDS = 2.0
_MOST_WAITING = 8  # chunks that were read and not asked for yet: whoever floods us waits
# What Ctrl-C in a console of Windows does not reach, as it does not reach a session of its own elsewhere.
_APART: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_PATHS = dict.fromkeys((str(PACKAGE.parent), *(str(Path(one).parent) for one in package_folders())))
# Of this room only `inside` is imported: a child does not need the rest.
_BOOT = (
    f"import sys, types; sys.path[:0] = {[*_PATHS]!r}; "
    "sys.modules['grader.sandbox'] = room = types.ModuleType('room'); "
    f"room.__path__ = [{str(PACKAGE / 'sandbox')!r}]; from grader.sandbox.inside import main; main(sys.argv[1])"
)


class Plain:
    """Starts processes without any confinement."""

    def start(self, job: Job) -> tuple[Process, Pipes]:
        """Start a process for one submission, in a folder of its own."""
        folder = mkdtemp(prefix="grader-")
        # Home and scratch, by whatever name a system has for them.
        homes = dict.fromkeys(("HOME", "TMPDIR", "USERPROFILE", "TEMP", "TMP"), folder)
        passed_on = {name: os.environ[name] for name in _PASSED_ON if _WINDOWS in os.environ}
        try:
            with ExitStack() as ours, ExitStack() as theirs:
                requests_far, requests = open_pipe(theirs, ours)
                answers, answers_far = open_pipe(ours, theirs)
                process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
                    [sys.executable, *ALONE, "-X", "utf8", "-c", _BOOT, json.dumps(job)],
                    stdin=requests_far,
                    stdout=answers_far,
                    stderr=subprocess.DEVNULL,
                    cwd=folder,
                    env=environment() | passed_on | homes,
                    start_new_session=True,
                    creationflags=_APART,
                )
                ours.pop_all()
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SandboxError(f"a process could not be started: {error}") from error
        kind = Polled if hasattr(select, "poll") else Pumped
        return _Unconfined(process, folder), kind(requests, answers)

    def close(self) -> None:
        """Nothing is kept from one submission to the next."""


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

    def wait(self) -> StoppedError:
        """How the process ended."""
        try:
            return ended_with(self._process.wait(_END_SECONDS))
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return StoppedError(UNEXPLAINED)

    def close(self) -> None:
        """Remove its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Pumped:
    """As `Polled`, for Windows, where nothing can wait for two pipes: each has a thread, which owns it.

    Closing a pipe that another thread waits for may never return.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._came: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._to_send: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for work, fd in ((self._write, requests), (self._read, answers)):
            threading.Thread(target=work, args=(fd,), daemon=True).start()

    def send(self, data: bytes) -> None:
        """Queue bytes, which are written as the pipe takes them."""
        self._to_send.put(data)

    def answers(self, seconds: float) -> bytes | None:
        """Wait for answers; gives those that came, b"" if there will be no more, None if none came."""
        with contextlib.suppress(queue.Empty):
            return self._came.get(timeout=seconds)
        return None

    def close(self) -> None:
        """Let go of all pipes; each thread ends with its own."""
        self._to_send.put(b"")
        with contextlib.suppress(queue.Empty):  # a thread may wait for room, and has little left to read
            while True:
                self._came.get_nowait()

    def _write(self, fd: int) -> None:
        with contextlib.suppress(OSError):  # the other side has closed it: the answers will end too
            while data := self._to_send.get():
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(fd, rest) :]
        os.close(fd)

    def _read(self, fd: int) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(fd, CHUNK)
            except OSError:
                data = b""
            self._came.put(data)
        os.close(fd)
