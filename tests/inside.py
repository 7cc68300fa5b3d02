"""Run programs inside a child process without any sandbox, for tests of rooms that need real outcomes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grader.wire.codec import FrameReader
from grader.wire.messages import Answer, CallOut, Done, Load, LoadReport, Raised, Report, Stage, decode_inside, encode
from grader.wire.program import Ask, Program, Tree, compiled

Answerer = Callable[[int, str, tuple[Tree, ...], dict[str, Tree]], tuple[bool, Tree]]
_SERVE = "from grader.harness.serve import serve; serve(0, 1)"


def run_inside(
    program: Program, questions: str, asks: Sequence[Ask], names: Sequence[str], answer: Answerer | None = None,
    cautious: bool = False, left_out: tuple[tuple[int, int], ...] = (), at_once: bool = False,
) -> tuple[LoadReport, list[Report]]:  # fmt: skip
    """Load a program and ask it; `answer` looks calls of stubs up: (number, function, args, kwargs) -> (found, value).

    Returns the report of the load and all other messages in order, `CallOut`s among them. The process may end early.
    With `at_once` all asks are sent before any is answered.
    """
    messages: list[Report] = []
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command, pipe = [sys.executable, "-B", "-c", _SERVE], subprocess.PIPE
    with (
        tempfile.TemporaryDirectory() as scratch,
        subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, cwd=scratch, env=environment) as process,
        contextlib.suppress(BrokenPipeError),
    ):
        assert process.stdin
        assert process.stdout
        arriving = _messages(process.stdout.fileno())
        requests: list[Load | Ask] = [Load(program, compiled(questions), tuple(names), cautious, left_out), *asks]
        for several in [requests[:1], requests[1:]] if at_once else [[one] for one in requests]:
            process.stdin.write(b"".join(map(encode, several)))
            while several and (message := next(arriving, None)):
                messages.append(message)
                is_last = isinstance(message, Stage) and message.name == getattr(several[-1], "until", None)
                if is_last or isinstance(message, LoadReport | Raised | Done):
                    several.pop()
                if isinstance(message, CallOut) and answer:
                    found = answer(message.number, message.function, message.args, dict(message.kwargs))
                    process.stdin.write(encode(Answer(*found)))
    report = next((message for message in messages if isinstance(message, LoadReport)), LoadReport())
    return report, [message for message in messages if message is not report]


def _messages(descriptor: int) -> Iterator[Report]:
    reader = FrameReader()
    while data := os.read(descriptor, 1 << 16):
        reader.feed(data)
        while (frame := reader.next()) is not None:
            yield decode_inside(frame)
