"""One submission's process, seen from outside: send a request, read frames, end it.

takes: a `Process` that can be killed, its pipes, and the memory it may hold.
gives: frames as bytes, or the reason why there are none.
must not know: levels, what the frames say.
"""

from __future__ import annotations

import time
from collections import deque
from types import TracebackType
from typing import Protocol

from grader.sandbox.channel import Channel, EndedError, LateError
from grader.sandbox.memory import held_megabytes, waited_seconds
from grader.sandbox.output import Output
from grader.walls.ending import Ending, out_of_memory
from grader.wire import WireError, frame_length

# Address space bounds each process of a submission; all of them together may hold this much more.
_MEMORY_FACTOR = 1.5
_MOST_WAITING = 4  # a program may keep itself from a core, by many processes: there is an end to that
_WORTH_WAITING = 0.05  # of the seconds allowed: less is what every process waits
_GOODBYE_SECONDS = 0.5  # for a process that has answered all: then it is killed


class Process(Protocol):
    """What a sandbox hands out for each submission."""

    pid: int

    def kill(self) -> None:
        """End the process and all that it started."""

    def wait(self) -> Ending:
        """Tell how it ended; called after it has closed its pipe or was killed."""

    def close(self) -> None:
        """Leave nothing behind."""


class ExcessError(Exception):
    """The submission holds more than it may."""


class StoppedError(Exception):
    """There is no answer: the process ended, was late, or wrote no frame."""

    def __init__(self, kind: str, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.kind = kind  # "late", "ended", "unreadable"
        self.ending = ending

    @classmethod
    def unreadable(cls, why: str) -> StoppedError:
        """Say that something came that is no answer."""
        return cls("unreadable", Ending(f"its answer cannot be read: {why}"))


class Worker:
    """A context manager: at its end the process is gone."""

    def __init__(self, process: Process, pipes: tuple[int, int, int], memory_mb: int) -> None:
        self._process = process
        self._channel = Channel(*pipes, watch=self._look)
        self._most = int(memory_mb * _MEMORY_FACTOR)
        self._excess: Ending | None = None
        self._waited_before: float | None = None  # since the program was late with its answer
        self._dead = False
        self._ready: deque[bytes] = deque()  # frames that are all here, the next one first

    @property
    def output(self) -> Output:
        """What it has printed."""
        return self._channel.output

    def send(self, request: bytes, due: int = 1) -> None:
        """Send a request, to which so many answers are due."""
        self._channel.send(request, due)

    def at_hand(self) -> bytes | None:
        """The bytes of the next frame where they are here already: most are, as answers come many at once."""
        if not self._ready:
            try:
                self._ready.extend(self._channel.take(frame_length))
            except WireError as error:
                self.kill()
                raise StoppedError.unreadable(str(error)) from None
        return self._ready.popleft() if self._ready else None

    @property
    def has_more(self) -> bool:
        """Whether frames have come with the last one that was given out."""
        return bool(self._ready)

    def read(self, seconds: float, grace: float = 0.0) -> bytes:
        """Wait for the bytes of the next frame; raises `StoppedError`, after which the process is gone.

        `grace` is time on top that is not the program's own. Nor is the time that it waited for a core, which a busy
        machine may keep from it: that does not count either, up to `_MOST_WAITING` times the seconds allowed.
        """
        self._waited_before = None
        started = time.monotonic()
        until, last = started + seconds + grace, started + grace + (1 + _MOST_WAITING) * seconds
        try:
            while (frame := self.at_hand()) is None:
                try:
                    self._channel.wait(until)
                except LateError:
                    until = min(last, time.monotonic() + self._waited())
                    if until - time.monotonic() < _WORTH_WAITING * seconds:
                        raise
        except LateError:
            raise self.stop_late(seconds) from None
        except (EndedError, ExcessError):
            raise StoppedError("ended", self._ending()) from None
        return frame

    def stop_late(self, seconds: float) -> StoppedError:
        """End it, as one that has had these seconds."""
        self.kill()
        return StoppedError("late", Ending(f"stopped after {seconds:.3g} s"))

    def catch_up(self) -> None:
        """Read what it has printed up to its last answer."""
        self._channel.drain_output()

    def finish(self) -> bool:
        """Let it go; tell whether it had kept to what it was asked."""
        self._channel.close_request()
        try:
            more = bool(self._ready) or self._channel.end(time.monotonic() + _GOODBYE_SECONDS)
        except (LateError, ExcessError):
            more = False
        self.kill()
        return not more

    def kill(self) -> None:
        """End it now."""
        if not self._dead:
            self._dead = True
            self._process.kill()
            self._channel.drain_output()

    def _ending(self) -> Ending:
        ending = self._excess or self._process.wait()
        self.kill()
        return ending

    def _waited(self) -> float:
        """The seconds since the last look at it that it waited for a core."""
        waited, before = waited_seconds(self._process.pid), self._waited_before
        self._waited_before = waited
        return 0.0 if before is None else waited - before

    def _look(self) -> None:
        if self._waited_before is None:
            self._waited_before = waited_seconds(self._process.pid)
        held = held_megabytes(self._process.pid)
        if held > self._most:
            self._excess = out_of_memory(held, self._most)
            raise ExcessError

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._channel.close()
        self._process.close()
