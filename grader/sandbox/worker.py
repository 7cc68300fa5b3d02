"""One submission's process, seen from outside: send requests, read frames, end it. All has a deadline or a cap."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from grader.sandbox.inside import ANY_BYTES, descendants
from grader.sandbox.pipes import Pipes, Process, StoppedError
from grader.wire.codec import FrameReader, WireError

_MEMORY_FACTOR = 1.5  # address space bounds each process of a submission; all of them together may hold this much more
_SLICE = 0.1  # seconds between two looks at the memory of a submission that is at work
_MOST_WAITING = 4  # a program may keep itself from a core, by many processes: there is an end to that
_WORTH_WAITING = 0.05  # of the seconds allowed: less is what every process waits
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
# `shared` of statm holds the first, and the pages of files. What was swapped out is held too, and not resident.
_HELD_TOO = re.compile(r"^(?:RssShmem|VmSwap):\s+(\d+) kB", re.MULTILINE)
_MOST_PROCESSES = 500  # looked at; a submission may have far fewer


class Worker:
    """The process of one submission, until `close`."""

    def __init__(self, process: Process, pipes: Pipes, memory_mb: int) -> None:
        self._process, self._pipes = process, pipes
        self._most = int(memory_mb * _MEMORY_FACTOR)
        self._frames = FrameReader()
        self._waited_before: float | None = None  # since the program was late with its answer
        self._looked = time.monotonic()
        self._dead = False

    def send(self, request: bytes) -> None:
        """Send a request; what the pipe does not take now is sent while answers are read."""
        self._pipes.send(request)

    def read(self, seconds: float) -> bytes:
        """Wait for the next frame; raises `StoppedError`, after which the process is gone.

        The time that it waited for a core, which a busy machine may keep from it, does not count, up to `_MOST_WAITING`
        times the seconds allowed.
        """
        self._waited_before = None
        started = time.monotonic()
        until, last = started + seconds, started + (1 + _MOST_WAITING) * seconds
        while (frame := self._next()) is None:
            now = time.monotonic()
            if now >= until:
                until = min(last, now + self._waited())
                if until - now < _WORTH_WAITING * seconds or until <= now:
                    raise self.stop(f"stopped after {seconds:.3g} s", late=True)
            if now - self._looked > _SLICE:
                self._look(now)
            data = self._pipes.answers(min(until - now, _SLICE))
            if data == b"":
                ending = self._process.wait()
                self._kill()
                raise ending
            self._frames.feed(data or b"")
        return frame

    @property
    def has_more(self) -> bool:
        """Whether a frame has come that was not read."""
        return self._next() is not None

    def stop(self, reason: str, late: bool = False) -> StoppedError:
        """End it, for this reason."""
        self._kill()
        return StoppedError(reason, late)

    def close(self) -> None:
        """End it, and leave nothing behind."""
        self._kill()
        self._pipes.close()
        self._process.close()

    def _next(self) -> bytes | None:
        try:
            return self._frames.next()
        except WireError as error:
            raise self.stop(f"its answer cannot be read: {error}") from None

    def _kill(self) -> None:
        if not self._dead:
            self._process.kill()
            self._dead = True

    def _waited(self) -> float:
        """The seconds since the last look that it waited for a core."""
        waited, before = waited_seconds(self._process.pid), self._waited_before
        self._waited_before = waited
        return 0.0 if before is None else waited - before

    def _look(self, now: float) -> None:
        self._looked = now
        if self._waited_before is None:
            self._waited_before = waited_seconds(self._process.pid)
        held = held_megabytes(self._process.pid)
        if held > self._most:
            raise self.stop(f"stopped: its processes held {held} MB of memory, and {self._most} MB are allowed")


def held_megabytes(pid: int) -> int:
    """Sum the memory of a process and its descendants, resident or swapped out, without that of files.

    What processes share and no file is behind counts for each that has it: nothing else would count at all. Each thread
    has the figures of its process, but not the first one where it has ended.
    """
    held = 0
    for process in _family(pid):
        with suppress(OSError):
            held += max(map(_figures, Path(f"/proc/{process}/task").iterdir()), default=0)
    return held >> 20


def waited_seconds(pid: int) -> float:
    """Sum the time that a process and its descendants were ready to run and had no core to run on.

    The second figure of `schedstat`, in nanoseconds (Documentation/scheduler/sched-stats.rst of the kernel).
    """
    waited = 0
    for process in _family(pid):
        with suppress(OSError, ValueError, IndexError):  # it has just ended, or the kernel keeps no such figures
            waited += int(Path(f"/proc/{process}/schedstat").read_text(ANY_BYTES).split()[1])
    return waited / 1e9


def _figures(place: Path) -> int:
    with suppress(OSError, ValueError):  # it has just ended
        _, resident, shared, *_ = (place / "statm").read_text(ANY_BYTES).split()
        held_too = _HELD_TOO.findall((place / "status").read_text(ANY_BYTES))
        return (int(resident) - int(shared)) * _PAGE + (sum(map(int, held_too)) << 10)
    return 0


def _family(pid: int) -> Iterator[int]:
    return islice(chain([pid], descendants(pid)), _MOST_PROCESSES)
