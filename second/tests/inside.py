"""Run programs inside a child process without any sandbox, for tests of rooms that need real outcomes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.wire.frames import FrameReader
from grader.wire.messages import (
    Answer,
    CallOut,
    Done,
    Load,
    LoadReport,
    Raised,
    Report,
    decode_inside,
    encode,
)
from grader.wire.program import Ask, Program, Tree

Answerer = Callable[[int, str, tuple[Tree, ...], dict[str, Tree]], tuple[bool, Tree]]
_SERVE = "import os; from grader.harness.serve import serve; pipes = os.dup(0), os.dup(1); os.dup2(2, 1); serve(*pipes)"
_HOME = Path(__file__).parents[1]


def run_inside(
    program: Program,
    questions: str,
    asks: Sequence[Ask],
    names: Sequence[str],
    answer: Answerer | None = None,
    cautious: bool = False,
) -> tuple[LoadReport, list[Report]]:
    """Load a program and ask it; `answer` looks calls of stubs up: (number, function, args, kwargs) -> (found, value).

    Returns the report of the load and all other messages in order, `CallOut`s among them. The process may end early.
    """
    messages: list[Report] = []
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            [sys.executable, "-B", "-c", _SERVE],
            stdin=subprocess.PIPE, bufsize=0, stdout=subprocess.PIPE, stderr=printed, cwd=scratch,
            env={**os.environ, "PYTHONPATH": str(_HOME)},
        )  # fmt: skip
        try:
            _talk(process, [Load(program, questions, tuple(names), cautious), *asks], messages, answer)
        finally:
            process.kill()
            process.communicate()
        printed.seek(0)
        if not messages:
            raise AssertionError(printed.read().decode("utf-8", "replace"))
    report = next((message for message in messages if isinstance(message, LoadReport)), LoadReport())
    return report, [message for message in messages if message is not report]


def _talk(
    process: subprocess.Popen[bytes], requests: list[Load | Ask], messages: list[Report], answer: Answerer | None
) -> None:
    """Send the requests one by one, each when the one before has been answered."""
    assert process.stdin
    assert process.stdout
    reader = FrameReader()
    for request in requests:
        process.stdin.write(encode(request))
        while (message := _next(process.stdout.fileno(), reader)) is not None:
            messages.append(message)
            if isinstance(message, CallOut) and answer:
                found = answer(message.number, message.function, message.args, dict(message.kwargs))
                process.stdin.write(encode(Answer(*found)))
            elif isinstance(message, LoadReport | Raised | Done):
                break
        else:
            return


def _next(descriptor: int, reader: FrameReader) -> Report | None:
    while (frame := reader.next()) is None:
        data = os.read(descriptor, 1 << 16)
        if not data:
            return None
        reader.feed(data)
    return decode_inside(frame)
