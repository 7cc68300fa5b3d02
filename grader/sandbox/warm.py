"""The warm sandboxes: a zygote behind its walls, and a fresh confined process of it for each submission.

takes: a way to launch a zygote, and the level that it stands for.
gives: a `Worker` for each submission.
must not know: programs, questions; what a worker is used for; how the walls are built.

`Warm` has one zygote for all submissions; `Fresh` has one for each, which is slower by its start, and is for
where two submissions of one zygote could not be kept apart.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.worker import Worker
from grader.walls.confined import Confined
from grader.walls.levels import Level
from grader.walls.zygote import Launch, Zygote

_TRIES = 2

Launching = Callable[[], AbstractContextManager[Launch]]
"""Makes what a zygote needs to start; what it opened for that is closed when the zygote stands."""


class Warm:
    """A context manager that hands out workers; a zygote that has died is replaced. The first may have begun before."""

    def __init__(self, launching: Launching, level: Level, begun: Zygote | None = None) -> None:
        self.level = level
        self._launching = launching
        self._lock = threading.Lock()
        self._closed = False
        self._zygote = begun or self._launch()
        self._zygote.wait_until_ready()

    @property
    def landlock(self) -> int:
        """The version of Landlock that the zygote found; 0 for none."""
        return self._zygote.wait_until_ready()

    @property
    def pid(self) -> int:
        """The zygote's process, or what stands around it."""
        return self._zygote.pid

    def _launch(self) -> Zygote:
        with self._launching() as launch:
            zygote = Zygote(launch)
            zygote.wait_until_ready()
            return zygote

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        """Start a process for one submission; raises `SandboxError` where that fails twice."""
        for _ in range(_TRIES):
            try:
                return self._start(self._zygote, limits, load_seconds)
            except OSError as error:
                reason = str(error)
                self._renew()
        raise SandboxError(f"the sandbox could not start a process: {reason}", "try again with fewer jobs")

    def _start(self, zygote: Zygote, limits: Limits, load_seconds: float) -> Worker:
        pidfd, status, pipes = zygote.fork(limits, load_seconds)
        stop = signal.SIGKILL if self.level is Level.A else signal.SIGTERM
        return Worker(Confined(pidfd, status, stop, lambda: None), pipes, limits.memory_mb)

    def _renew(self) -> None:
        """Replace a zygote that has gone; one that lives is left to those who use it."""
        with self._lock:
            if self._closed:
                raise SandboxError("the sandbox is closed already")
            if not self._zygote.lives:
                self._zygote.stop(grace=0)
                self._zygote = self._launch()

    def close(self) -> None:
        """End the zygote and every process of it."""
        with self._lock:
            self._closed = True
            self._zygote.stop()

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Fresh:
    """A context manager that hands out workers, each with a zygote of its own."""

    def __init__(self, launching: Launching, level: Level) -> None:
        self.level = level
        self._launching = launching

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        """Start a zygote and a process of it for one submission."""
        with self._launching() as launch:
            zygote = Zygote(launch)
            zygote.wait_until_ready()
        try:
            pidfd, status, pipes = zygote.fork(limits, load_seconds)
        except OSError as error:
            zygote.stop(grace=0)
            raise SandboxError(
                f"the sandbox could not start a process: {error}", "try again with fewer jobs"
            ) from error
        # The zygote's end is the end of all: there is nothing else that it serves.
        process = Confined(pidfd, status, signal.SIGTERM, lambda: zygote.stop(grace=0))
        return Worker(process, pipes, limits.memory_mb)

    def close(self) -> None:
        """Nothing is kept from one submission to the next."""

    def __enter__(self) -> Fresh:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
