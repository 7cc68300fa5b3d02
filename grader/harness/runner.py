"""The process that student code lives in: read a request, do it, write the answers, again.

takes: frames on one descriptor, each asking to load a program or to answer questions.
gives: frames on another; between steps a mark on standard output, so that our side can tell what belongs to which.
must not know: answers; whether it stands in a sandbox.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any, BinaryIO, NoReturn

import numpy as np

from grader.harness.calling.lent import Lender
from grader.harness.calling.steps import Asking
from grader.harness.hearing import Hearing
from grader.harness.job import ANSWER, REQUEST, Job
from grader.harness.loading.program import Loader
from grader.harness.surroundings.new_names import serve_new_names
from grader.harness.surroundings.old_ways import serve_old_calls
from grader.wire import (
    Asked,
    Frame,
    Lent,
    decode_program,
    decode_questions,
    encode,
    encode_asked,
    encode_gave,
    encode_loaded,
    encode_outcome,
    read_frame,
    read_lent,
)
from grader.wire.frames import REQUEST_HEADER_CAP

_getpid = os.getpid  # the program may put something else in its place
STEP_MARK = b"\0step %d\0"
"""Written to the output after each step that printed something; our side knows the same bytes."""
Read = Callable[[int], bytes]
_AS_IT_IS = nullcontext()


class ClosedError(Exception):
    """There is no further request."""


def serve(load_seconds: float, request: int = REQUEST, answer: int = ANSWER) -> NoReturn:
    """Answer requests until there are no more, then end the process."""
    gc.enable()
    _open_streams()
    read = _reader(os.fdopen(request, "rb"))
    answers = _Answers(answer)
    loader = Loader(load_seconds, None)
    try:
        while True:
            frame = read_frame(read, header_cap=REQUEST_HEADER_CAP)
            if frame.header["ask"] == "load":
                loader = _load(frame, load_seconds, answers)
            elif frame.header["ask"] == "again":
                _open_streams()
                loader = _load_again(loader, answers)
            else:
                _answer(frame, loader, answers, read)
    except ClosedError:
        with suppress(OSError):  # our side goes on: a millisecond, which it takes the kernel to take this process down
            os.close(answer)
        os._exit(0)


def _load(frame: Frame, seconds: float, answers: _Answers) -> Loader:
    pieces, wanted, cautious = decode_program(frame.header)

    def announce(cell: int, line: int) -> None:
        answers.write(encode({"at": [cell, line]}))

    sources = [piece.source for piece in pieces]
    serve_old_calls(np, sources)
    serve_new_names(sources)
    loader = Loader(seconds, announce if cautious else None)
    loaded = loader.load(pieces, wanted)
    answers.write(encode_loaded(loaded), step=0)
    return loader


def _load_again(loader: Loader, answers: _Answers) -> Loader:
    again = loader.anew()
    gc.collect()  # what the one before held, and is in a circle: a large table a question fills the memory
    answers.write(encode_loaded(again.load(*again.given)), step=0)
    return again


def _answer(frame: Frame, loader: Loader, answers: _Answers, read: Read) -> None:
    number = 0

    def ask(asked: Asked) -> Lent:
        answers.write(encode_asked(asked))
        return read_lent(read_frame(read, header_cap=REQUEST_HEADER_CAP))

    lender = Lender(ask, lambda gave: answers.write(encode_gave(gave)))
    with Hearing(loader.strictness) as hearing:
        for question in decode_questions(frame):
            known = (loader.watched, loader.imported, loader.masks)
            asking = Asking(loader.namespace, question, hearing, loader.draws, *known)
            lends = question.lends
            with lender.standing_in(lends, loader.namespaces, asking.given) if lends else _AS_IT_IS:
                for step in question.steps:
                    answer = encode_outcome(asking.answer(step))
                    number += 1
                    answers.write(answer, step=number)


def _end_step(number: int) -> None:
    """Flush what the step printed and mark its end; a program may have closed or replaced any of this."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: S112 - whatever a replaced stream raises is not ours to report
            continue
    if _Printed.anything:
        _Printed.anything = False
        with suppress(OSError):
            os.write(1, STEP_MARK % number)


class _Printed(io.FileIO):
    """The raw end of a stream, which notices that it is written to: most steps print nothing, and need no mark."""

    anything = False

    def write(self, data: Any, /) -> int:
        _Printed.anything = True
        return super().write(data)


def _open_streams() -> None:
    # New ones, as those that the process was started with remember another file. What ends a line is the same on all
    # systems, and by lines, so that what was printed before a crash arrives.
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            io.BufferedWriter(_Printed(fd, "w", closefd=False)), "utf-8", "backslashreplace", "\n", line_buffering=True
        )
        for fd in (1, 2)
    )


def _reader(stream: BinaryIO) -> Read:
    def read(size: int) -> bytes:
        data = stream.read(size)
        if len(data) < size:
            raise ClosedError
        return data

    return read


class _Answers:
    """The way to our side, of the one process that is asked.

    A child that the program forks, and that comes back out of it by a return or an error, was asked nothing: its
    answers would be taken for those of its parent to other questions. It ends here.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._asked = descriptor, _getpid()

    def write(self, data: bytes, step: int | None = None) -> None:
        """Send a frame; `step` is the one that it ends, if any."""
        if _getpid() != self._asked:
            os._exit(0)
        if step is not None:
            _end_step(step)
        sent = os.write(self._descriptor, data)
        while sent < len(data):
            sent += os.write(self._descriptor, memoryview(data)[sent:])


def main(argument: str) -> None:
    """Run as a plain process, without a sandbox: requests on standard input, answers on standard output.

    What student code prints goes to standard error, which our side reads as the output.
    """
    from grader.harness.surroundings.old_names import serve_old_modules, serve_old_names
    from grader.harness.surroundings.old_ways import serve_old_ways
    from grader.harness.surroundings.quiet import fall_quiet
    from grader.harness.surroundings.special import serve_special

    job = Job.read(argument.encode())
    request, answer = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    serve_old_names(np)
    serve_old_modules(sys.modules)
    serve_old_ways()
    fall_quiet()
    serve_special()
    _limit(job)
    serve(job.load_seconds, request, answer)


def _limit(job: Job) -> None:
    """Set what limits the system has; not the number of processes, which counts all that the user runs."""
    try:
        import resource
    except ImportError:  # Windows
        return
    size = job.memory_mb << 20
    for name, limit in (("RLIMIT_AS", size), ("RLIMIT_CPU", job.cpu_seconds), ("RLIMIT_CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, name), (limit, limit))
        except (AttributeError, ValueError, OSError):  # macOS knows some of these and refuses others
            continue
