"""The same three pipes where nothing can wait for several of them: Windows. Each has a thread of its own.

takes: our ends of the pipes (requests out, answers in, output in), and bytes to send.
gives: what has come, as soon as anything has.
must not know: deadlines, what the bytes mean.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

from grader.sandbox.polled import CHUNK

_MOST_WAITING = 8  # chunks that were read and not asked for yet: whoever floods us waits
# Output comes through a thread, and may be a little behind the answer that was written after it.
_BEHIND = 0.02


class Pumped:
    """A thread owns the pipe that it reads or writes, and closes it: to close one that another thread waits for may
    itself wait for ever."""

    def __init__(self, request: int, answer: int, output: int) -> None:
        self._came: queue.Queue[tuple[bool, bytes]] = queue.Queue(_MOST_WAITING)
        self._put_off: list[tuple[bool, bytes]] = []  # answers that came while only the output was asked for
        self._to_send: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._output_is_open = True
        self._over = False
        for work, *pipe in ((self._write, request), (self._read, answer, True), (self._read, output, False)):
            threading.Thread(target=work, args=pipe, daemon=True).start()

    def send(self, data: bytes) -> None:
        """Queue bytes, which are written as the pipe takes them."""
        self._to_send.put(data)

    def close_request(self) -> None:
        """Tell the other side that there is nothing further."""
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
                data = os.read(fd, CHUNK)
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
