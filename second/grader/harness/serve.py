"""The loop of the process: read a program, load it, answer questions until there are no more."""

from __future__ import annotations

import gc
import io
import os
import sys
import warnings
from collections import deque
from typing import Any, NoReturn

import numpy as np

from grader.harness.asking import answer, describe_result, drivers_in
from grader.harness.loading import ABSENT, Loaded
from grader.harness.stubs import Stubs
from grader.harness.student import Student
from grader.harness.surroundings import furnish, seed_all
from grader.wire.frames import FrameReader
from grader.wire.messages import (
    REQUEST_HEADER_CAP,
    Answer,
    At,
    Load,
    LoadReport,
    Report,
    Request,
    decode_outside,
    encode,
)  # fmt: skip
from grader.wire.program import Ask

_getpid, _read, _write, _exit = os.getpid, os.read, os.write, os._exit  # the program may replace them
_CHUNK = 1 << 16


def serve(requests: int, answers: int) -> NoReturn:
    """Read a `Load`, then answer `Ask`s from one descriptor on the other until there are no more; end the process."""
    gc.enable()
    output = Output()
    channel = Channel(requests, answers, output)
    furnish()
    load = channel.receive()
    assert isinstance(load, Load)
    drivers = drivers_in(load.questions)
    announce = (lambda cell, line: channel.send(At(cell, line))) if load.cautious else None
    seed_all()
    with warnings.catch_warnings(), np.errstate():
        loaded = Loaded(load.program, announce, load.left_out)
    student = Student(loaded, load.names)
    stubs = Stubs(loaded, student, channel.send, channel.hear_answer)
    channel.send(_report(loaded, load.names))
    while True:
        ask = channel.receive()
        assert isinstance(ask, Ask)
        stubs.begin(ask)
        answer(ask, drivers, student, channel.send, output.flushed)


def _report(loaded: Loaded, names: tuple[str, ...]) -> LoadReport:
    found = {name: loaded.find(name) for name in names}
    defined = tuple(name for name, value in found.items() if value is not ABSENT and callable(value))
    return LoadReport(defined, tuple(loaded.troubles), tuple(loaded.imports.replaced))


class Channel:
    """Both ways to the outside, for the one process that is asked.

    A child that the program forks was asked nothing: its answers would be taken for those of its parent, so it ends.
    """

    def __init__(self, requests: int, answers: int, output: Output) -> None:
        self._requests, self._answers, self._output = requests, answers, output
        self._reader, self._process = FrameReader(REQUEST_HEADER_CAP), _getpid()
        self._waiting: deque[Request] = deque()

    def receive(self) -> Request:
        """Wait for the next `Load` or `Ask`; after the last one the process ends."""
        return self._waiting.popleft() if self._waiting else self._next()

    def hear_answer(self) -> Answer:
        """Wait for the answer to a `CallOut`; an `Ask` that comes before it waits for its turn."""
        while not isinstance(message := self._next(), Answer):
            self._waiting.append(message)
        return message

    def send(self, message: Report) -> None:
        """Send a message, behind all that was printed before it."""
        data = memoryview(encode(message, describe_result))
        self._output.flushed()
        if _getpid() != self._process:
            _exit(0)
        while data:
            data = data[_write(self._answers, data) :]

    def _next(self) -> Request:
        while (frame := self._reader.next()) is None:
            data = _read(self._requests, _CHUNK)
            if not data:
                _exit(0)  # nothing that the program registered for its end is run
            self._reader.feed(data)
        return decode_outside(frame)


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
