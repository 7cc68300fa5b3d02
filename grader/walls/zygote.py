"""One zygote: a warm process behind its walls, which forks a fresh one for each submission.

takes: a `Launch`: the command behind which it stands, and what it is told of its place.
gives: the pipes and the pidfd of each submission that it is asked for.
must not know: levels; programs, questions; what a submission is used for.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import SandboxError
from grader.walls.confined import Pipes
from grader.walls.pipes import open_pipe

if TYPE_CHECKING:
    from grader.assignment import Limits

START_SECONDS = 20.0  # a cold disk may take seconds to import numpy from
FORK_SECONDS = 10.0  # a child takes 4 ms; a machine out of memory may take long
END_SECONDS = 5.0
MESSAGE_CAP = 4096
# What `-I` is, but for the environment, which is ours alone, and says how texts are hashed.
ALONE = ("-s", "-P")


@dataclass(frozen=True)
class Launch:
    """How a zygote is started. `main` is the inner module's name; `keep` are descriptors it inherits."""

    command: tuple[str, ...]
    settings: Mapping[str, object]
    path: tuple[str, ...]
    main: str = "zygote"
    keep: tuple[int, ...] = ()
    environment: Mapping[str, str] | None = field(default=None)


class Zygote:
    """A process that lives until `stop`. It is started at once, and waited for when it is first needed."""

    def __init__(self, launch: Launch) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # What modules want done after each fork (`random` seeds itself anew, `threading` counts its threads) costs a
        # child a millisecond, and one that is forked by a single thread and seeded by us needs none of it.
        boot = (
            "import os, sys; os.register_at_fork = lambda **_: None; "
            f"sys.path[:0] = {list(launch.path)!r}; from grader.harness.{launch.main} import main; main(sys.argv[1])"
        )
        settings = json.dumps({"control": theirs.fileno(), **launch.settings})
        interpreter = str(Path(sys.executable).resolve())
        try:
            self._process = subprocess.Popen(  # noqa: S603 - bwrap or our own interpreter, and words of our own
                [*launch.command, interpreter, *ALONE, "-S", "-B", "-c", boot, settings],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(theirs.fileno(), *launch.keep),
                env=launch.environment,
                start_new_session=True,  # what is typed at the terminal is for the grader alone
            )
        except OSError as error:
            ours.close()
            raise SandboxError("a sandbox cannot be started", str(error)) from error
        finally:
            theirs.close()
        self._control = ours
        self._folder = str(launch.settings.get("folder", ""))
        self._lock = threading.Lock()
        self._landlock: int | None = None

    @property
    def pid(self) -> int:
        """Its process number, or that of what was started around it."""
        return self._process.pid

    def wait_until_ready(self) -> int:
        """Wait until it can fork; gives the version of Landlock that it found, 0 for none."""
        if self._landlock is None:
            self._landlock = self._wait_until_ready()
        return self._landlock

    def _wait_until_ready(self) -> int:
        # Its end is waited for too: bubblewrap may be killed before what it forked would end with it.
        control = self._control.fileno()
        try:
            ready = self._control.recv(MESSAGE_CAP) if control in self._wait_for_end(START_SECONDS, control) else b""
        except OSError:
            ready = b""
        if not ready:
            raise SandboxError("the sandbox did not start", self.stop(grace=0))
        self._control.settimeout(FORK_SECONDS)
        return int(json.loads(ready)["landlock"])

    def fork(self, limits: Limits, load_seconds: float) -> tuple[int, int, Pipes]:
        """Have a submission's process made; gives a pidfd, its status pipe, and its three pipes."""
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            request_far, request = open_pipe(theirs, ours)
            answer, answer_far = open_pipe(ours, theirs)
            output, output_far = open_pipe(ours, theirs)
            status, status_far = open_pipe(ours, theirs)
            with self._lock:
                far = [request_far, answer_far, output_far, status_far]
                socket.send_fds(self._control, [describe_job(limits, load_seconds)], far)
                pidfd = self._receive_pidfd()
            ours.pop_all()
        return pidfd, status, (request, answer, output)

    def _receive_pidfd(self) -> int:
        try:
            text, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_CAP, 1)
        except TimeoutError:
            self._control.close()  # should the reply still come, it is not to be taken for the next one's
            raise
        if descriptors:
            return descriptors[0]
        raise ConnectionError(json.loads(text).get("fault", "no process") if text else "no process was made")

    @property
    def lives(self) -> bool:
        """Tell whether it still has its end of the control socket."""
        if self._control.fileno() < 0:
            return False
        watch = select.poll()
        watch.register(self._control, 0)
        return not watch.poll(0)

    def _wait_for_end(self, seconds: float, *others: int) -> list[int]:
        """Wait until it ends, or another descriptor has something; give what has."""
        if self._process.returncode is not None:
            return []
        ended = os.pidfd_open(self._process.pid)
        try:
            return select.select([ended, *others], [], [], seconds)[0]
        finally:
            os.close(ended)

    def stop(self, grace: float = END_SECONDS) -> str:
        """End it and all below it; give the last line of what it, or bwrap, had to complain of."""
        self._control.close()
        if grace:
            self._wait_for_end(grace)
        # Behind bubblewrap its end is the end of a pid namespace: the kernel ends all in it. The group is for what
        # bubblewrap forked and had not set up yet when it was killed; it is not reaped yet, so its number is its own.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        if self._folder:  # on a crowded machine its janitor may not have come to its end
            shutil.rmtree(self._folder, ignore_errors=True)
        said = b""
        if self._process.stderr is not None and not self._process.stderr.closed:
            with self._process.stderr as complaints:
                os.set_blocking(complaints.fileno(), False)  # a process may live on that has it open
                said = complaints.read() or b""
        lines = said.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


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
