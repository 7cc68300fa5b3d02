"""The confined process of one submission, known by a pidfd of the process that watches over it.

takes: the pidfd, the status pipe of the watching process, how it is stopped.
gives: a `Process` for a worker.
must not know: how it was started, what it is used for.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

from grader.walls.ending import TOO_MANY_FILES, UNEXPLAINED, UNWATCHED, Ending, ended_with

_END_SECONDS = 2.0
_MESSAGE_CAP = 4096

Pipes = tuple[int, int, int]
"""Our ends: requests, answers, output."""


class Confined:
    """A process that ends, with all it started, when it is killed; `after` is called when it is let go."""

    def __init__(
        self,
        pidfd: int,
        status: int,
        stop: signal.Signals,
        after: Callable[[], object],
    ) -> None:
        self._pidfd = pidfd
        self._status = status
        self._stop = stop
        self._after = after
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
                return _read(told) if told else UNWATCHED
            told += data
        return _read(told) if told else UNEXPLAINED

    def close(self) -> None:
        """Let go. Where the kernel takes all of it down at once we go on meanwhile; an overseer is waited for."""
        if self._stop is signal.SIGTERM:
            select.select([self._pidfd], [], [], _END_SECONDS)
        os.close(self._pidfd)
        os.close(self._status)
        self._after()


def _read(told: bytes) -> Ending:
    report = json.loads(told.splitlines()[0])  # a fault in the set-up comes first
    if "fault" in report:
        return Ending(f"the sandbox failed: {report['fault']}", fault=True)
    if "excess" in report:
        return TOO_MANY_FILES
    return ended_with(report["code"])


def _pid_of(pidfd: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return 0
