"""Our ends of the two pipes to a process: requests out, answers in.

Neither side ever waits for the other with a full pipe: what cannot be sent yet is sent while we read. `Polled` is for
Linux and macOS, `Pumped` for Windows, where nothing can wait for two pipes.
"""

from __future__ import annotations

import os
import queue
import select
import threading
from contextlib import ExitStack, suppress

_CHUNK = 256 * 1024  # bytes of one read: a flood cannot keep us from looking at the clock
_MOST_WAITING = 8  # chunks that were read and not asked for yet: whoever floods us waits


def open_pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Open a pipe whose ends are closed with their owners; give its reading and its writing end."""
    read_end, write_end = os.pipe()
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end


class Polled:
    """Pipes that the kernel watches at once."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._open = requests, {requests, answers}
        self._pending = memoryview(b"")
        self._poll = select.poll()  # `select.select` takes no descriptor above 1023
        for fd in self._open:
            os.set_blocking(fd, False)
        self._poll.register(answers, select.POLLIN)

    def send(self, data: bytes) -> None:
        """Queue bytes; they are written now as far as the pipe takes them, and the rest while we wait."""
        self._pending = memoryview(bytes(self._pending) + data)
        self._write()
        if self._pending:
            self._poll.register(self._requests, select.POLLOUT)

    def answers(self, seconds: float) -> bytes | None:
        """Wait for one event; gives the answers that came, b"" if there will be no more, None if none came."""
        came = None
        for fd, _ in self._poll.poll(seconds * 1000 + 1):
            if fd == self._requests:
                self._write()
            else:
                came = self._read(fd)
        return came

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
        except OSError:  # the other side has closed it: the answers will end too
            self._pending = memoryview(b"")
        self._forget(self._requests)

    def _forget(self, fd: int) -> None:
        with suppress(KeyError):  # it never had to wait
            self._poll.unregister(fd)

    def _close(self, fd: int) -> None:
        self._open.discard(fd)
        self._forget(fd)
        os.close(fd)


class Pumped:
    """Pipes with a thread each, which owns it: closing a pipe that another thread waits for may never return."""

    def __init__(self, requests: int, answers: int) -> None:
        self._came: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._to_send: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for work, fd in ((self._write, requests), (self._read, answers)):
            threading.Thread(target=work, args=(fd,), daemon=True).start()

    def send(self, data: bytes) -> None:
        """Queue bytes, which are written as the pipe takes them."""
        self._to_send.put(data)

    def answers(self, seconds: float) -> bytes | None:
        """Wait for answers; gives those that came, b"" if there will be no more, None if none came."""
        with suppress(queue.Empty):
            return self._came.get(timeout=seconds)
        return None

    def close(self) -> None:
        """Let go of all pipes; each thread ends with its own."""
        self._to_send.put(b"")
        with suppress(queue.Empty):  # a thread may wait for room, and has little left to read
            while True:
                self._came.get_nowait()

    def _write(self, fd: int) -> None:
        with suppress(OSError):  # the other side has closed it: the answers will end too
            while data := self._to_send.get():
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(fd, rest) :]
        os.close(fd)

    def _read(self, fd: int) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(fd, _CHUNK)
            except OSError:
                data = b""
            self._came.put(data)
        os.close(fd)


Pipes = Polled | Pumped
