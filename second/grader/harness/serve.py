"""The loop of the process: read a program, load it, answer questions until there are no more."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import Any, NoReturn

from grader.harness.asking import answer, describe_result, drivers_in
from grader.harness.loading import ABSENT, Loaded
from grader.harness.student import Student
from grader.wire.frames import FrameReader
from grader.wire.messages import (
    REQUEST_HEADER_CAP,
    At,
    Load,
    LoadReport,
    Report,
    Request,
    decode_outside,
    encode,
)
from grader.wire.program import Ask

_getpid, _write = os.getpid, os.write  # the program may put something else in their place
_CHUNK = 1 << 16


def serve(requests: int, answers: int) -> NoReturn:
    """Read a `Load`, then answer `Ask`s from one descriptor on the other until there are no more; end the process."""
    gc.enable()
    output = Output()
    channel = Channel(requests, answers, output)
    load = channel.receive()
    assert isinstance(load, Load)
    drivers = drivers_in(load.questions)
    announce = (lambda cell, line: channel.send(At(cell, line))) if load.cautious else None
    loaded = Loaded(load.program, announce, load.left_out)
    channel.send(_report(loaded, load.names))
    student = Student(loaded, load.names)
    while (ask := channel.receive()) is not None:
        assert isinstance(ask, Ask)
        answer(ask, drivers, student, channel.send, output.flushed)
    os._exit(0)  # nothing that the program registered for the end is run


def _report(loaded: Loaded, names: tuple[str, ...]) -> LoadReport:
    defined = tuple(name for name in names if loaded.find(name) is not ABSENT)
    return LoadReport(defined, tuple(loaded.troubles), tuple(loaded.imports.replaced))


class Channel:
    """Both ways to the outside, for the one process that is asked.

    A child that the program forks was asked nothing: its answers would be taken for those of its parent, so it ends.
    """

    def __init__(self, requests: int, answers: int, output: Output) -> None:
        self._requests, self._answers, self._output = requests, answers, output
        self._reader, self._process = FrameReader(REQUEST_HEADER_CAP), _getpid()

    def receive(self) -> Request | None:
        """Wait for the next message; None after the last."""
        while (frame := self._reader.next()) is None:
            data = os.read(self._requests, _CHUNK)
            if not data:
                return None
            self._reader.feed(data)
        return decode_outside(frame)

    def send(self, message: Report) -> None:
        """Send a message; what was printed before it is in the output before it."""
        data = memoryview(encode(message, describe_result))
        self._output.flushed()
        if _getpid() != self._process:
            os._exit(0)
        while data:
            data = data[_write(self._answers, data) :]


class Output:
    """Where `print` goes: new streams on descriptors 1 and 2, whose bytes are counted."""

    def __init__(self) -> None:
        self._raw = [_Counted(number, "w", closefd=False) for number in (1, 2)]
        sys.stdout, sys.stderr = [
            io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", "\n", line_buffering=True)
            for raw in self._raw
        ]

    def flushed(self) -> int:
        """Write what is still buffered, and return how many bytes were printed so far."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:  # noqa: S112 - whatever a replaced stream raises is not ours to report
                continue
        return sum(raw.count for raw in self._raw)


class _Counted(io.FileIO):
    count = 0

    def write(self, data: Any, /) -> int:
        written = super().write(data)
        self.count += written
        return written
