"""The warm process behind its walls, and the confined process that it forks for each submission."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox.inside import REMOVE, Job
from grader.sandbox.pipes import UNEXPLAINED, Pipes, Polled, Process, StoppedError, ended_with, open_pipe

# What `-I` is, but for the environment, which is ours alone, and says how strings are hashed.
ALONE = ("-s", "-P", "-B")
_START_SECONDS = 20.0  # a cold disk may take seconds to import numpy from
_FORK_SECONDS = 10.0  # a child takes 4 ms; a machine out of memory may take long
_END_SECONDS = 5.0
_REPORT_SECONDS = 2.0
_MESSAGE_CAP = 4096
_TRIES = 2
# What modules want done after each fork (`random` seeds itself, `threading` counts its threads) costs a child a
# millisecond, and one that is forked by a single thread and seeded by us needs none of it.
_BOOT = (
    "import os, sys; os.register_at_fork = lambda **_: None; sys.path[:0] = {!r}; "
    "from grader.sandbox.inside.zygote import main; main(sys.argv[1])"
)


@dataclass(frozen=True)
class Launch:
    """How a warm process is started: a command in front of the interpreter, what it reads of its place, `sys.path`.

    `folder` is removed at its end.
    """

    command: tuple[str, ...]
    settings: Mapping[str, object]
    path: tuple[str, ...]
    environment: Mapping[str, str]
    folder: str = ""


Launching = Callable[[], Launch]
"""Makes what is needed to start."""


class Warm:
    """Starts confined processes, for several threads and forks of ours; `process` forks them, replaced if it dies.

    It is begun at once, and can fork when `wait_until_ready` returns.
    """

    def __init__(self, launching: Launching) -> None:
        self._launching = launching
        self._lock = threading.Lock()
        self._closed = False
        self._begin()

    def start(self, job: Job) -> tuple[Process, Pipes]:
        """Start a process for one submission; raises `SandboxError` if that fails twice."""
        reason = ""
        for _ in range(_TRIES):
            try:
                return self._fork(job)
            except OSError as error:
                reason = str(error)
                self._renew()
        raise SandboxError(f"the sandbox could not start a process: {reason}", "try again with fewer jobs")

    def close(self) -> None:
        """End the warm process and every process of it."""
        with self._lock:
            self._closed = True
            self._stop(_END_SECONDS)

    def _begin(self) -> None:
        launch = self._launching()
        self._folder = launch.folder
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self.process = _launched(launch, theirs.fileno())
            except OSError as error:
                self._control.close()
                self._remove_folder()
                raise SandboxError("a sandbox cannot be started", str(error)) from error

    def wait_until_ready(self) -> None:
        """Wait until the warm process can fork; raises `SandboxError` if it ends before."""
        # Its end is waited for too: bubblewrap may be killed before what it forked would end with it.
        control, ready = self._control.fileno(), b""
        with contextlib.suppress(OSError):
            ready = self._control.recv(_MESSAGE_CAP) if control in self._wait(_START_SECONDS, control) else b""
        if not ready:
            raise SandboxError("the sandbox did not start", self._stop(0))
        self._control.settimeout(_FORK_SECONDS)

    def _fork(self, job: Job) -> tuple[Process, Pipes]:
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            requests_far, requests = open_pipe(theirs, ours)
            answers, answers_far = open_pipe(ours, theirs)
            # Its own: others may ask at the same time, and when we end, it is the end of what we asked for.
            status, status_far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.enter_context(status)
            theirs.enter_context(status_far)
            socket.send_fds(self._control, [json.dumps(job).encode()], [requests_far, answers_far, status_far.fileno()])
            theirs.close()
            pidfd = self._receive_pidfd(status)
            ours.pop_all()
        # Behind bubblewrap the kernel ends all of a submission with its first process; else its watcher does.
        stop_by = signal.SIGTERM if self._folder else signal.SIGKILL
        return _Confined(pidfd, status.detach(), stop_by), Polled(requests, answers)

    def _receive_pidfd(self, status: socket.socket) -> int:
        status.settimeout(_FORK_SECONDS)
        try:
            text, descriptors, _, _ = socket.recv_fds(status, _MESSAGE_CAP, 1)
        except TimeoutError:
            self._control.close()  # it lives, and is to be replaced all the same
            raise
        if descriptors:
            return descriptors[0]
        raise ConnectionError(json.loads(text).get("fault", "no process") if text else "no process was made")

    def _renew(self) -> None:
        """Replace a warm process that has gone; one that lives is left to those who use it."""
        with self._lock:
            if self._closed:
                raise SandboxError("the sandbox is closed already")
            if not self._lives():
                self._stop(0)
                self._begin()
                self.wait_until_ready()

    def _lives(self) -> bool:
        if self._control.fileno() < 0:
            return False
        watch = select.poll()
        watch.register(self._control, 0)
        return not watch.poll(0)

    def _stop(self, grace: float) -> str:
        """End the warm process and all below it; give the last line of what it, or bwrap, complained about."""
        self._control.close()
        if grace:
            self._wait(grace)
        # Behind bubblewrap its end is the end of a pid namespace: the kernel ends all in it. The group is for what
        # bubblewrap forked and had not set up yet when it was killed; it is not reaped yet, so its number is its own.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.process.returncode is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self._remove_folder()
        said = b""
        if self.process.stderr is not None and not self.process.stderr.closed:
            with self.process.stderr as complaints:
                os.set_blocking(complaints.fileno(), False)  # a process may live on that has it open
                said = complaints.read() or b""
        return (said.decode(errors="replace").strip().splitlines() or [""])[-1]

    def _remove_folder(self) -> None:
        if self._folder:
            subprocess.run([*REMOVE, self._folder], check=False, capture_output=True)  # noqa: S603 - our own words

    def _wait(self, seconds: float, *others: int) -> list[int]:
        """Wait until the warm process ends, or another descriptor has something; give what has."""
        if self.process.returncode is not None:
            return []
        ended = os.pidfd_open(self.process.pid)
        try:
            return select.select([ended, *others], [], [], seconds)[0]
        finally:
            os.close(ended)


def _launched(launch: Launch, control: int) -> subprocess.Popen[bytes]:
    interpreter, settings = str(Path(sys.executable).resolve()), json.dumps({"control": control, **launch.settings})
    return subprocess.Popen(  # noqa: S603 - bwrap or our own interpreter, and words of our own
        [*launch.command, interpreter, *ALONE, "-S", "-c", _BOOT.format(list(launch.path)), settings],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(control,),
        env=launch.environment,
        start_new_session=True,  # what is typed at the terminal is for the grader alone
    )


class _Confined:
    """A process that ends, with all that it started, when it is killed; known by a pidfd."""

    def __init__(self, pidfd: int, status: int, stop_by: signal.Signals) -> None:
        self._pidfd, self._status, self._stop_by = pidfd, status, stop_by

    @property
    def pid(self) -> int:
        """Its number while it lives, else -1; few submissions run long enough to be asked for it."""
        facts = Path(f"/proc/self/fdinfo/{self._pidfd}").read_text().splitlines()
        return next(int(line.split()[1]) for line in facts if line.startswith("Pid:"))

    def kill(self) -> None:
        """End all of it."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, self._stop_by)

    def wait(self) -> StoppedError:
        """Read what the zygote or the watcher reported; a fault in the set-up comes first."""
        if not select.select([self._status], [], [], _REPORT_SECONDS)[0]:
            return StoppedError(UNEXPLAINED)
        report = os.read(self._status, _MESSAGE_CAP)  # one is written at once, and is shorter than this
        if not report:  # student code cannot end the process that reports: something else on this machine has
            return StoppedError("the sandbox failed: the watching process was killed", fault=True)
        told = json.loads(report.splitlines()[0])
        if "fault" in told:
            return StoppedError(f"the sandbox failed: {told['fault']}", fault=True)
        if "excess" in told:
            return StoppedError("stopped: it wrote more files than allowed", again=True)
        return ended_with(told["code"])

    def close(self) -> None:
        """Let go. The kernel takes a namespace down while we go on; a watcher is waited for."""
        if self._stop_by is signal.SIGTERM:
            select.select([self._pidfd], [], [], _REPORT_SECONDS)
        os.close(self._pidfd)
        os.close(self._status)
