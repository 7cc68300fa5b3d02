"""The warm sandbox: one zygote behind bubblewrap, and a fresh confined process of it for each submission.

takes: where bubblewrap is, and whether submissions get namespaces of their own (level A) or not (level B).
gives: a `Worker` for each submission.
must not know: programs, questions; what a worker is used for.
"""

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
import time
from pathlib import Path

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.ending import UNEXPLAINED, Ending, describe_code
from grader.sandbox.levels import Level
from grader.sandbox.pipes import open_pipe
from grader.sandbox.walls import build_walls
from grader.sandbox.worker import Worker

START_SECONDS = 20.0  # a cold disk may take seconds to import numpy from
FORK_SECONDS = 10.0  # a child takes 4 ms; a machine out of memory may take long
_END_SECONDS = 2.0
_MESSAGE_CAP = 4096
_TRIES = 2


class Warm:
    """A context manager that hands out workers; a zygote that has died is replaced."""

    def __init__(self, bwrap: str, level: Level) -> None:
        self.level = level
        self._bwrap = bwrap
        self._lock = threading.Lock()
        self._closed = False
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._start_zygote()

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        """Start a process for one submission; raises `SandboxError` where that fails twice."""
        for _ in range(_TRIES):
            try:
                return self._start(limits, load_seconds)
            except OSError as error:
                reason = str(error)
                self._renew()
        raise SandboxError(f"the sandbox could not start a process: {reason}", "try again with fewer jobs")

    def _start(self, limits: Limits, load_seconds: float) -> Worker:
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            request_far, request = open_pipe(theirs, ours)
            answer, answer_far = open_pipe(ours, theirs)
            output, output_far = open_pipe(ours, theirs)
            status, status_far = open_pipe(ours, theirs)
            reply, reply_far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            theirs.enter_context(reply_far)
            with reply:
                far = [request_far, answer_far, output_far, status_far, reply_far.fileno()]
                self._ask(describe_job(limits, load_seconds), far)
                theirs.close()  # so that the reply ends where their side does
                pidfd = _receive_pidfd(reply)
            ours.pop_all()
        stop = signal.SIGKILL if self.level is Level.A else signal.SIGTERM
        return Worker(Confined(pidfd, status, stop), (request, answer, output), limits.memory_mb)

    def _ask(self, job: bytes, descriptors: list[int]) -> None:
        with self._lock:
            if self._control is None:
                raise ConnectionError("there is no zygote")
            socket.send_fds(self._control, [job], descriptors)

    def _start_zygote(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        empty, nothing = os.pipe()
        os.close(nothing)
        nested = self.level is Level.A
        walls = build_walls(self._bwrap, empty, nested)
        settings = {"control": theirs.fileno(), "readable": walls.readable, "nested": nested}
        boot = (
            f"import sys; sys.path[:0] = {list(walls.path)!r}; "
            "from grader.harness.zygote import main; main(sys.argv[1])"
        )
        interpreter = str(Path(sys.executable).resolve())
        command = [*walls.command, interpreter, "-I", "-S", "-B", "-c", boot, json.dumps(settings)]
        try:
            self._zygote = subprocess.Popen(  # noqa: S603 - bwrap, and words of our own
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(), empty),
            )
        except OSError as error:
            ours.close()
            raise SandboxError("bubblewrap cannot be started", str(error)) from error
        finally:
            theirs.close()
            os.close(empty)
        self._control = ours
        ours.settimeout(START_SECONDS)
        try:
            ready = ours.recv(_MESSAGE_CAP)
        except OSError:
            ready = b""
        if ready != b"ready":
            raise SandboxError("the sandbox did not start", self._stop_zygote(grace=0))
        ours.settimeout(FORK_SECONDS)

    def _renew(self) -> None:
        """Replace a zygote that has gone; one that lives is left to those who use it."""
        with self._lock:
            if self._closed:
                raise SandboxError("the sandbox is closed already")
            if self._control is not None and self._answers(self._control):
                return
            self._stop_zygote(grace=0)
            self._start_zygote()

    @staticmethod
    def _answers(control: socket.socket) -> bool:
        """Tell whether the zygote still has its end of the control socket."""
        watch = select.poll()
        watch.register(control, 0)
        return not watch.poll(0)

    def _stop_zygote(self, grace: float = _END_SECONDS) -> str:
        """End the zygote and all below it; give the last line of what it, or bwrap, had to complain of."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._zygote is None:
            return ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if grace:
                self._zygote.wait(grace)
        # The zygote's end is the end of bwrap's pid namespace: the kernel ends all in it.
        self._zygote.kill()
        self._zygote.wait()
        said = b""
        if self._zygote.stderr is not None:
            with self._zygote.stderr as complaints:
                said = complaints.read()
        self._zygote = None
        lines = said.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def close(self) -> None:
        """End the zygote and every process of it."""
        with self._lock:
            self._closed = True
            self._stop_zygote()

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Confined:
    """The process of one submission, known by a pidfd of the process that watches over it."""

    def __init__(self, pidfd: int, status: int, stop: signal.Signals) -> None:
        self._pidfd = pidfd
        self._status = status
        self._stop = stop
        self.pid = _pid_of(pidfd)

    def kill(self) -> None:
        """End all of it."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, self._stop)

    def wait(self) -> Ending:
        """Read what the watching process said."""
        told = b""
        until = time.monotonic() + _END_SECONDS
        while time.monotonic() < until:
            if not select.select([self._status], [], [], until - time.monotonic())[0]:
                break
            data = os.read(self._status, _MESSAGE_CAP)
            if not data:
                break
            told += data
        if not told:
            return UNEXPLAINED
        report = json.loads(told.splitlines()[0])  # a fault in the set-up comes first
        if "fault" in report:
            return Ending(f"the sandbox failed: {report['fault']}", fault=True)
        return Ending(describe_code(report["code"]))

    def close(self) -> None:
        """Let go; the kernel takes it down while we go on."""
        os.close(self._pidfd)
        os.close(self._status)


def describe_job(limits: Limits, load_seconds: float) -> bytes:
    """Write down what the harness must know of the limits."""
    return json.dumps(
        {
            "load_seconds": load_seconds * 0.9,  # it stops slow statements itself, a little before we would
            "cpu_seconds": int(limits.total_seconds) + 1,
            "memory_mb": limits.memory_mb,
            "processes": limits.processes,
            "scratch_mb": limits.scratch_mb,
        }
    ).encode()


def _receive_pidfd(reply: socket.socket) -> int:
    reply.settimeout(FORK_SECONDS)
    text, descriptors, _, _ = socket.recv_fds(reply, _MESSAGE_CAP, 1)
    if descriptors:
        return descriptors[0]
    raise ConnectionError(json.loads(text).get("fault", "no process") if text else "no process was made")


def _pid_of(pidfd: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return 0
