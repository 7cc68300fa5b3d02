"""The pipes to one submission: every read and write has a deadline, every buffer a cap.

takes: our ends of three pipes (requests out, answers in, output in), and bytes to send.
gives: bytes, or `EndedError` (the other side is gone) or `LateError` (the deadline passed).
must not know: what the bytes mean; how the process is made or ended.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

from grader.sandbox.output import Output

# Bytes of one read: a round of them is bounded, so that a flood of output cannot keep us from looking at the clock.
_CHUNK = 256 * 1024
_SLICE = 0.1  # seconds between two looks at the memory of a submission that is at work
# Answers come every 50 microseconds: to wake for each would cost more than to read it. After some have come, the
# next look is this much later, and finds many.
_NAP = 0.0007
_PIPE_BYTES = 1 << 16  # what a pipe of Linux takes at once
_DRAINING_SECONDS = 0.2  # for what is left of the output of a process that is gone

Measure = Callable[[bytearray, int], int | None]
"""The length of the answer that begins at a place; None where too little of it is there to tell."""


class EndedError(Exception):
    """The submission's process is gone, or has closed its pipe."""


class LateError(Exception):
    """The deadline has passed."""


class Channel:
    """Polls three pipes at once, so that neither side ever waits for the other with a full pipe."""

    def __init__(self, request: int, answer: int, output: int, watch: Callable[[], None]) -> None:
        self.output = Output()
        self._request, self._answer, self._out = request, answer, output
        self._open = {request, answer, output}
        self._pending = memoryview(b"")
        self._inbox = bytearray()
        self._taken = 0  # bytes at the head of the inbox that were given out: cutting them off each time would copy all
        self._watch = watch
        self._looked = time.monotonic()
        self._served = 0.0
        self._poll = select.poll()
        for fd in self._open:
            os.set_blocking(fd, False)
        self._poll.register(answer, select.POLLIN)
        self._poll.register(output, select.POLLIN)

    def send(self, data: bytes) -> None:
        """Queue bytes; they are written now as far as the pipe takes them, and the rest while we read."""
        self._pending = memoryview(bytes(self._pending) + data)
        self._served = 0.0  # whoever is answered in the midst of a call waits for that alone
        self._write()
        if self._pending:
            self._poll.register(self._request, select.POLLOUT)

    def take(self, measure: Measure) -> list[bytes]:
        """The answers that are all here, whose lengths `measure` tells from their first bytes.

        What is wrong with one is raised where it is the next, and not before those that stand before it.
        """
        inbox, at, taken = self._inbox, self._taken, []
        try:
            while (size := measure(inbox, at)) is not None and len(inbox) >= at + size:
                taken.append(bytes(inbox[at : at + size]))
                at += size
        except ValueError:
            if not taken:
                raise
        self._taken = at
        return taken

    def wait(self, until: float) -> None:
        """Wait for more of the answers."""
        if self._answer not in self._open:
            raise EndedError
        self._forget_taken()
        self._round(until)

    def _forget_taken(self) -> None:
        del self._inbox[: self._taken]
        self._taken = 0

    def close_request(self) -> None:
        """Tell the other side that there is no further request."""
        self._pending = memoryview(b"")
        self._close(self._request)

    def end(self, until: float) -> bool:
        """Wait until the other side has closed its answers; tell whether it sent anything more."""
        self._forget_taken()
        while self._answer in self._open and not self._inbox:
            self._round(until)
        return bool(self._inbox)

    def drain_output(self) -> None:
        """Read what is left of the output; the process is gone, so there is little of it."""
        until = time.monotonic() + _DRAINING_SECONDS
        while self._out in self._open and time.monotonic() < until:
            data = self._read(self._out)
            if data is None:
                return
            self.output.feed(data)

    def close(self) -> None:
        """Close all pipes."""
        for fd in tuple(self._open):
            self._close(fd)

    def _round(self, until: float) -> None:
        """Wait for one event at most, and serve it."""
        now = time.monotonic()
        if now >= until:
            raise LateError
        if now - self._looked > _SLICE:
            self._looked = now
            self._watch()
        if now - self._served < _NAP:
            time.sleep(_NAP)
        for fd, _ in self._poll.poll(min(until - now, _SLICE) * 1000 + 1):
            if fd == self._request:
                self._write()
                continue
            data = self._read(fd)
            if data and fd == self._answer:
                self._inbox += data
                # A pipe that was full holds one large answer, and whoever writes it waits for us.
                self._served = now if len(data) < _PIPE_BYTES else 0.0
            elif data:
                self.output.feed(data)

    def _read(self, fd: int) -> bytes | None:
        """Read once; None where there is nothing now."""
        try:
            data = os.read(fd, _CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self._close(fd)
        return data

    def _write(self) -> None:
        try:
            while self._pending:
                self._pending = self._pending[os.write(self._request, self._pending) :]
        except BlockingIOError:
            return
        except OSError:  # the other side has closed it: the answers will end too
            self._pending = memoryview(b"")
        if self._request in self._open:
            self._forget(self._request)

    def _forget(self, fd: int) -> None:
        try:
            self._poll.unregister(fd)
        except KeyError:  # it never had to wait
            return

    def _close(self, fd: int) -> None:
        if fd in self._open:
            self._open.discard(fd)
            self._forget(fd)
            os.close(fd)
