"""A started process and the pipes to it, seen from outside. Nothing here needs numpy: it is begun while that loads."""

from __future__ import annotations

import os
import select
import signal
from contextlib import ExitStack
from typing import Protocol

CHUNK = 256 * 1024  # bytes of one read: a flood cannot keep us from looking at the clock
_FROM_OTHERS = (9, 15)  # SIGKILL, SIGTERM: behind the filter only others can send them
_FILTERED = 31  # SIGSYS: how the filter ends a process that sends itself an ending signal, or makes a foreign call


class StoppedError(Exception):
    """Why a process is gone, so that there is no answer.

    `late`: it had no time left. `fault`: our own machinery failed. `again`: the program may have no part in it, so that
    it is asked again.
    """

    def __init__(self, reason: str, late: bool = False, fault: bool = False, again: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.late, self.fault, self.again = reason, late, fault, again


UNEXPLAINED = "the process ended"


def ended_with(code: int) -> StoppedError:
    """How a process ended, by its exit code, negative for a signal. A machine short of memory kills what it likes."""
    if code >= 0:
        return StoppedError(f"{UNEXPLAINED}: exit code {code}")
    if -code == _FILTERED:
        return StoppedError("killed by a signal that it sent to itself, or for a system call that no exercise needs")
    name = f" ({signal.Signals(-code).name})" if -code in set(signal.Signals) else ""
    return StoppedError(f"killed by signal {-code}{name}", again=-code in _FROM_OTHERS)


class Process(Protocol):
    """What a sandbox starts for each submission; `close` leaves nothing behind."""

    @property
    def pid(self) -> int:
        """Its number while it lives."""

    def kill(self) -> None:
        """End the process and all that it started."""

    def wait(self) -> StoppedError:
        """How it ended; called after it has closed its pipe or was killed."""

    def close(self) -> None:
        """Let go of it."""


class Pipes(Protocol):
    """Our ends of the pipes to a process. Neither side ever waits for the other with a full pipe."""

    def send(self, data: bytes) -> None:
        """Queue bytes, which are written as the pipe takes them."""

    def answers(self, seconds: float) -> bytes | None:
        """Wait for answers; gives those that came, b"" if there will be no more, None if none came."""

    def close(self) -> None:
        """Let go of all pipes."""


def open_pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Open a pipe whose ends are closed with their owners; give its reading and its writing end."""
    read_end, write_end = os.pipe()
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end


class Polled:
    """Our ends of the two pipes to a process; what cannot be sent yet is sent while we wait for answers."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers, self._pending = requests, answers, memoryview(b"")
        for fd in (requests, answers):
            os.set_blocking(fd, False)

    def send(self, data: bytes) -> None:
        """Queue bytes; they are written now as far as the pipe takes them."""
        self._pending = memoryview(bytes(self._pending) + data)
        self._write()

    def answers(self, seconds: float) -> bytes | None:
        """Wait for one event; gives the answers that came, b"" if there will be no more, None if none came."""
        watch, came = select.poll(), None  # `select.select` takes no descriptor above 1023
        watch.register(self._answers, select.POLLIN)
        if self._pending:
            watch.register(self._requests, select.POLLOUT)
        for fd, _ in watch.poll(seconds * 1000 + 1):
            if fd == self._requests:
                self._write()
            else:
                came = self._read()
        return came

    def close(self) -> None:
        """Close both pipes."""
        os.close(self._requests)
        os.close(self._answers)

    def _read(self) -> bytes | None:
        try:
            return os.read(self._answers, CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _write(self) -> None:
        try:
            while self._pending:
                self._pending = self._pending[os.write(self._requests, self._pending) :]
        except BlockingIOError:
            return
        except OSError:  # the other side has closed it: the answers will end too
            self._pending = memoryview(b"")
