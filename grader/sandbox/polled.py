"""Three pipes that are watched at once by the kernel's `poll`: Linux and macOS.

takes: our ends of the pipes (requests out, answers in, output in), and bytes to send.
gives: what has come, as soon as anything has.
must not know: deadlines, what the bytes mean.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

# Bytes of one read: a round of them is bounded, so that a flood of output cannot keep us from looking at the clock.
CHUNK = 256 * 1024


class Polled:
    """Neither side ever waits for the other with a full pipe: what cannot be sent yet is sent while we read."""

    def __init__(self, request: int, answer: int, output: int) -> None:
        self._request, self._answer, self._output = request, answer, output
        self._open = {request, answer, output}
        self._pending = memoryview(b"")
        self._poll = select.poll()
        for fd in self._open:
            os.set_blocking(fd, False)
        self._poll.register(answer, select.POLLIN)
        self._poll.register(output, select.POLLIN)

    def send(self, data: bytes) -> None:
        """Queue bytes; they are written now as far as the pipe takes them, and the rest while we wait."""
        self._pending = memoryview(bytes(self._pending) + data)
        self._write()
        if self._pending:
            self._poll.register(self._request, select.POLLOUT)

    def close_request(self) -> None:
        """Tell the other side that there is nothing further."""
        self._pending = memoryview(b"")
        self._close(self._request)

    def came(self, seconds: float) -> Iterator[tuple[bool, bytes]]:
        """Wait, and give what has come: whether it is of the answers, and the bytes; none where that pipe has ended."""
        for fd, _ in self._poll.poll(seconds * 1000 + 1):
            if fd == self._request:
                self._write()
            elif (data := self._read(fd)) is not None:
                yield fd == self._answer, data

    def output_left(self, seconds: float) -> Iterator[bytes]:
        """What of the output is here and was not given yet; waits for no more of it."""
        while self._output in self._open and (data := self._read(self._output)):
            yield data

    def close(self) -> None:
        """Close all pipes."""
        for fd in tuple(self._open):
            self._close(fd)

    def _read(self, fd: int) -> bytes | None:
        """Read once; None where there is nothing now."""
        try:
            data = os.read(fd, CHUNK)
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
