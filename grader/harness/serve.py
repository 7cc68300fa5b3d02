"""The loop of the process: read a program, load it, answer questions until there are no more."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections import deque

import numpy as np

from grader.harness.asking import answer, describe_result, drivers_in
from grader.harness.graded import Graded
from grader.harness.loading import Loaded
from grader.harness.surroundings import furnish, seed_all
from grader.wire.codec import FrameReader
from grader.wire.messages import REQUEST_CAP, Answer, At, Load, LoadReport, Report, Request, decode_outside, encode
from grader.wire.program import Ask

_getpid, _read, _write, _exit = os.getpid, os.read, os.write, os._exit  # the program may replace them
_CHUNK = 1 << 16


def serve(requests: int, answers: int) -> None:
    """Read a `Load`, then answer `Ask`s from one descriptor on the other until there are no more; end the process."""
    gc.enable()
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115, PTH123
    channel = Channel(requests, answers)
    furnish()
    load = channel.receive()
    assert isinstance(load, Load)
    drivers = drivers_in(load.questions)
    announce = (lambda cell, line: channel.send(At(cell, line))) if load.cautious else None
    seed_all()
    loaded = Loaded(load.program, announce, load.left_out)
    graded = Graded(loaded, load.names, channel.send, channel.hear_answer)
    with warnings.catch_warnings(), np.errstate():
        loaded.run(graded.wrap)
    defined = tuple(name for name in load.names if callable(loaded.find(name)))
    channel.send(LoadReport(defined, tuple(loaded.troubles), tuple(loaded.imports.replaced)))
    while isinstance(ask := channel.receive(), Ask):
        answer(ask, drivers, graded, channel.send)


class Channel:
    """Both ways to the outside, for the one process that is asked.

    A child that the program forks was asked nothing: its answers would be taken for those of its parent, so it ends.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = requests, answers
        self._reader, self._process = FrameReader(REQUEST_CAP), _getpid()
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
        """Send a message."""
        data = memoryview(encode(message, describe_result))
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
