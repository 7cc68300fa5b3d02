"""Our ends of the three pipes to a process: requests out, answers in, output in. What the bytes mean is not known here.

Neither side ever waits for the other with a full pipe: what cannot be sent yet is sent while we read. `Polled` is for
Linux and macOS, `Pumped` for Windows, where nothing can wait for several pipes.
"""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Protocol

_CHUNK = 256 * 1024  # bytes of one read: a flood of output cannot keep us from looking at the clock
_MOST_WAITING = 8  # chunks that were read and not asked for yet: whoever floods us waits
_BEHIND = 0.02  # seconds that output, which comes through a thread, may be behind the answer written after it


class Pipes(Protocol):
    """What both kinds can do."""

    def send(self, data: bytes) -> None:
        """Queue bytes; they are written as the pipe takes them."""

    def close_requests(self) -> None:
        """Show the other side that there is nothing further."""

    def came(self, seconds: float) -> Iterator[tuple[bool, bytes]]:
        """Wait, and give what has come: whether it is of the answers, and the bytes; none where that pipe has ended."""

    def output_left(self, seconds: float) -> Iterator[bytes]:
        """What of the output is here and was not given yet."""

    def close(self) -> None:
        """Close all pipes."""


def open_pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Open a pipe whose ends are closed with their owners; give its reading and its writing end."""
    read_end, write_end = os.pipe()
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end


class Polled:
    """Pipes that the kernel watches at once."""

    def __init__(self, requests: int, answers: int, output: int) -> None:
        self._requests, self._answers, self._output = requests, answers, output
        self._open = {requests, answers, output}
        self._pending = memoryview(b"")
        self._poll = select.poll()  # `select.select` takes no descriptor above 1023
        for fd in self._open:
            os.set_blocking(fd, False)
        self._poll.register(answers, select.POLLIN)
        self._poll.register(output, select.POLLIN)

    def send(self, data: bytes) -> None:
        """Queue bytes; they are written now as far as the pipe takes them, and the rest while we wait."""
        self._pending = memoryview(bytes(self._pending) + data)
        self._write()
        if self._pending:
            self._poll.register(self._requests, select.POLLOUT)

    def close_requests(self) -> None:
        """Show the other side that there is nothing further."""
        self._pending = memoryview(b"")
        self._close(self._requests)

    def came(self, seconds: float) -> Iterator[tuple[bool, bytes]]:
        """Wait, and give what has come: whether it is of the answers, and the bytes; none where that pipe has ended."""
        for fd, _ in self._poll.poll(seconds * 1000 + 1):
            if fd == self._requests:
                self._write()
            elif (data := self._read(fd)) is not None:
                yield fd == self._answers, data

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
                self._pending = self._pending[os.write(self._requests, self._pending) :]
        except BlockingIOError:
            return
        except OSError:  # the other side has closed it, or we have: the answers will end too
            self._pending = memoryview(b"")
        if self._requests in self._open:
            self._forget(self._requests)

    def _forget(self, fd: int) -> None:
        with suppress(KeyError):  # it never had to wait
            self._poll.unregister(fd)

    def _close(self, fd: int) -> None:
        if fd in self._open:
            self._open.discard(fd)
            self._forget(fd)
            os.close(fd)


class Pumped:
    """Pipes with a thread each, which owns and closes it: closing one that another thread waits for may never return."""

    def __init__(self, requests: int, answers: int, output: int) -> None:
        self._came: queue.Queue[tuple[bool, bytes]] = queue.Queue(_MOST_WAITING)
        self._put_off: list[tuple[bool, bytes]] = []  # answers that came while only the output was asked for
        self._to_send: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._output_is_open = True
        self._over = False
        for work, *pipe in ((self._write, requests), (self._read, answers, True), (self._read, output, False)):
            threading.Thread(target=work, args=pipe, daemon=True).start()

    def send(self, data: bytes) -> None:
        """Queue bytes, which are written as the pipe takes them."""
        self._to_send.put(data)

    def close_requests(self) -> None:
        """Show the other side that there is nothing further."""
        self._to_send.put(b"")

    def came(self, seconds: float) -> Iterator[tuple[bool, bytes]]:
        """Wait, and give what has come: whether it is of the answers, and the bytes; none where that pipe has ended."""
        put_off, self._put_off = self._put_off, []
        yield from put_off
        if not put_off:
            with suppress(queue.Empty):
                yield self._next(seconds)

    def output_left(self, seconds: float) -> Iterator[bytes]:
        """What of the output is here and was not given yet; waits for more only as long as a thread may be behind."""
        until = time.monotonic() + seconds
        with suppress(queue.Empty):
            while self._output_is_open and (left := until - time.monotonic()) > 0:
                is_answer, data = self._next(min(left, _BEHIND))
                if is_answer:
                    self._put_off.append((is_answer, data))
                else:
                    yield data

    def close(self) -> None:
        """Let go of all pipes; a thread that still waits for one ends with it."""
        self._over = True
        self._to_send.put(b"")
        with suppress(queue.Empty):  # a thread may wait for room
            while True:
                self._came.get_nowait()

    def _next(self, seconds: float) -> tuple[bool, bytes]:
        is_answer, data = self._came.get(timeout=seconds)
        self._output_is_open &= is_answer or bool(data)
        return is_answer, data

    def _read(self, fd: int, is_answer: bool) -> None:
        data = b"-"
        while data and not self._over:
            try:
                data = os.read(fd, _CHUNK)
            except OSError:
                data = b""
            self._came.put((is_answer, data))
        os.close(fd)

    def _write(self, fd: int) -> None:
        with suppress(OSError):  # the other side has closed it: the answers will end too
            while data := self._to_send.get():
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(fd, rest) :]
        os.close(fd)
