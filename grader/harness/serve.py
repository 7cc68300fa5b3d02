"""The loop of the process: read a program, load it, run drivers on fresh inputs, and describe what they yield."""

from __future__ import annotations

import gc
import marshal
import os
import sys
import warnings
from collections import deque
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from grader.harness.graded import Graded, Student, copied
from grader.harness.loading import Loaded, show, trouble_of
from grader.harness.surroundings import StandIn, furnish, seed_all
from grader.wire.codec import REQUEST_CAP, FrameReader, describe
from grader.wire.messages import Answer, At, Done, Load, LoadReport, Raised, Report, Stage, decode_outside, encode
from grader.wire.program import Ask, Other, Tree

_getpid, _read, _write, _exit = os.getpid, os.read, os.write, os._exit  # the program may replace them
_CHUNK = 1 << 16
_WARNINGS = 5  # reported for one stage


def serve(requests: int, answers: int) -> None:
    """Read a `Load`, then answer `Ask`s from one descriptor on the other until there are no more; end the process."""
    gc.enable()
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115, PTH123
    channel = Channel(requests, answers)
    furnish()
    be_examined(channel.receive, channel.send, channel.hear_answer)


def be_examined(receive: Callable[[], object], send: Callable[[Report], None], hear: Callable[[], Answer]) -> None:
    """Take a `Load`, then one `Ask` after the other, until something else is received."""
    load = receive()
    assert isinstance(load, Load)
    drivers = drivers_in(load.drivers)
    seed_all()
    loaded = Loaded(load, lambda cell, line: send(At(cell, line)))
    graded = Graded(loaded, load.names, send, hear)
    with warnings.catch_warnings(), np.errstate():
        loaded.run(graded.wrap)
    defined = tuple(name for name in load.names if callable(loaded.find(name)))
    send(LoadReport(defined, tuple(loaded.troubles), tuple(loaded.imports.replaced)))
    is_random = _names_random(load)
    while isinstance(ask := receive(), Ask):
        if is_random:
            seed_all()
        answer(ask, drivers, graded, send)


def _names_random(load: Load) -> bool:
    """Whether a program or the drivers may draw random numbers: seeding for each question takes a tenth of its time."""
    sources = (*(unit.source for unit in load.program.units), *load.program.modules.values())
    return b"rand" in load.drivers or any("rand" in source or "statistics" in source for source in sources)


class Channel:
    """Both ways to the outside, for the one process that is asked.

    A child that the program forks was asked nothing: its answers would be taken for those of its parent, so it ends.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = requests, answers
        self._reader, self._process = FrameReader(REQUEST_CAP), _getpid()
        self._waiting: deque[Load | Ask] = deque()

    def receive(self) -> Load | Ask | Answer:
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
            _exit(1)
        while data:
            data = data[_write(self._answers, data) :]

    def _next(self) -> Load | Ask | Answer:
        while (frame := self._reader.next()) is None:
            data = _read(self._requests, _CHUNK)
            if not data:
                _exit(0)  # nothing that the program registered for its end is run
            self._reader.feed(data)
        return decode_outside(frame)


# ---- drivers -------------------------------------------------------------------------------------------------------


def drivers_in(compiled: bytes) -> ModuleType:
    """Run the author's `questions.py` in a module of its own."""
    module = ModuleType("questions")
    exec(marshal.loads(compiled), vars(module))  # noqa: S102, S302 - it is the author's
    return module


def answer(ask: Ask, drivers: ModuleType, graded: Graded, send: Callable[[Report], None]) -> None:
    """Run a driver: send a `Stage` for each yield; after the last, unless it is `until`, `Done` or what it raised."""
    inputs, before = {name: copied(value) for name, value in ask.inputs.items()}, dict(ask.inputs)
    graded.begin(ask)
    with warnings.catch_warnings(record=True) as heard, np.errstate():
        warnings.simplefilter("always")
        try:
            for name, values in getattr(drivers, ask.driver)(Student(graded), **inputs):
                calls, changed = graded.take_calls(), _changed(before, inputs)
                send(Stage(ask.number, name, dict(values), calls, changed, _texts(heard)))
                if name == ask.until:
                    return
        except BaseException as error:
            send(Raised(ask.number, trouble_of(error), graded.missing_in(error), graded.take_calls()))
        else:
            send(Done(ask.number))


def describe_result(value: object) -> Tree:
    """What stands for a value of no plain kind; a kind of array becomes a plain one where that keeps its numbers."""
    if isinstance(value, StandIn):
        return Other(f"stand-in for {value._package}")
    if issubclass(type(value), np.ndarray) and not np.ma.is_masked(value):
        return np.ndarray.view(value, np.ndarray)  # type: ignore[call-overload]
    return describe(value)


def _changed(before: dict[str, Tree], inputs: Mapping[str, Tree]) -> tuple[str, ...]:
    """Name the inputs that were changed since this was last asked."""
    names = tuple(name for name, value in inputs.items() if not _is_same(before[name], value))
    before.update({name: copied(inputs[name]) for name in names})
    return names


def _is_same(one: Tree, other: Tree) -> bool:
    kind: Any = type(one)
    if type(other) is not kind:
        return False
    if kind is np.ndarray:
        return bool(one.dtype == other.dtype) and one.shape == other.shape and one.tobytes() == other.tobytes()
    if kind in (list, tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if kind is dict:
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    return one is other or bool(one == other)


def _texts(heard: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """The first few warnings since this was last asked, each once."""
    texts = tuple(dict.fromkeys(show(warning.message) for warning in heard[:1000]))[:_WARNINGS]
    heard.clear()
    return texts
