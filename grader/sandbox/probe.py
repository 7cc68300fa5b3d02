"""The self-test: a real submission that tries to get out, and tells what it could do.

takes: a sandbox that has just been started.
gives: a list of what got through; empty is what is wanted.
must not know: how the walls are built.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.worker import StoppedError, Worker
from grader.wire import Piece, Question, Status, Step, WireError, encode_program, encode_questions, read_outcome

_SECONDS = 10.0
ESCAPES = (
    "reads a file outside",
    "writes a file outside",
    "sees our own source",
    "connects to a listener here",
    "opens a socket",
    "signals a process outside",
    "writes outside its scratch",
    "makes a namespace",
    "reads the memory of a process outside",
    "shortens a file outside",
    "changes the limits of a process outside",
    "traces a process outside",
    "keeps kernel keys",
    "makes a ring of io_uring",
)
_PROGRAM = """
import ctypes, os, socket
import numpy as np

def tries(attempt):
    try:
        return bool(attempt())
    except Exception:
        return False

def connects(port):
    with socket.create_connection(("127.0.0.1", port), 1):
        return True

def opens():
    with socket.socket():
        return True

def signals(pid):
    os.kill(pid, 0)
    return True

def calls(number, *arguments):
    return libc.syscall(number, *arguments) >= 0

def reads_memory(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        memory.seek(int(maps.readline().split("-")[0], 16))
        return memory.read(1)

def limits(pid):
    import resource
    return resource.prlimit(pid, resource.RLIMIT_CORE)

libc = ctypes.CDLL(None)
SEIZE = 0x4206  # unlike an attach it does not stop the process
KEYS = 248 if os.uname().machine == "x86_64" else 217

def probe(numbers, canary, source):
    port, *pids = (int(n) for n in numbers)
    canary, source = bytes(canary).decode(), bytes(source).decode()
    others = [pid for pid in pids if pid != os.getpid()]
    with open("scratch", "w") as own:
        own.write("this must work")
    return np.array([
        tries(lambda: open(canary).read()),
        tries(lambda: open(canary, "a").write("x")),
        tries(lambda: open(source).read()),
        tries(lambda: connects(port)),
        tries(opens),
        any(tries(lambda: signals(pid)) for pid in others),
        any(tries(lambda: open(f"{place}/x", "w").write("x")) for place in ("/tmp", "", "/dev/shm", "/usr")),
        tries(lambda: libc.unshare(0x10000000) == 0),
        any(tries(lambda: reads_memory(pid)) for pid in others),
        tries(lambda: os.truncate(canary, 0) is None),
        any(tries(lambda: limits(pid)) for pid in others),
        any(tries(lambda: libc.ptrace(SEIZE, pid, None, None) == 0) for pid in others),
        tries(lambda: calls(KEYS, b"user", b"grader", b"x", 1, -2)),
        tries(lambda: calls(425, 4, ctypes.create_string_buffer(120))),
    ])
"""


class Starts(Protocol):
    """What hands out workers."""

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        """Start a process for one submission."""


def find_escapes(sandbox: Starts) -> list[str]:
    """Let the probe loose; raises `SandboxError` where it cannot even run."""
    with _outside() as (canary, port):
        result = _run_probe(sandbox, canary, port)
    return [name for name, through in zip(ESCAPES, result, strict=True) if through]


@contextmanager
def _outside() -> Iterator[tuple[str, int]]:
    """Put something worth finding outside: a file and a listener."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as canary, socket.socket() as listener:
        canary.write("a secret")
        canary.flush()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield canary.name, listener.getsockname()[1]


def _run_probe(sandbox: Starts, canary: str, port: int) -> np.ndarray:
    # Process 2 is the zygote where submissions share its pid namespace; our own number and our parent's are not.
    numbers = np.array([port, os.getpid(), os.getppid(), 2])
    texts = [np.frombuffer(text.encode(), np.uint8) for text in (canary, str(Path(__file__).resolve()))]
    inputs = dict(zip(("numbers", "canary", "source"), (numbers, *texts), strict=True))
    question = Question(inputs, (Step("probe", tuple(inputs), ("result",)),))
    try:
        with sandbox.start(Limits(), _SECONDS) as worker:
            worker.send(encode_program([Piece(1, 1, _PROGRAM)], ["probe"]))
            worker.send(encode_questions([question]))
            worker.read(_SECONDS)
            outcome = read_outcome(worker.read(_SECONDS))
    except (StoppedError, WireError) as error:
        raise SandboxError("the sandbox's self-test did not run", str(error)) from error
    array = outcome.values["result"].array if outcome.status is Status.RETURNED else None
    if array is None or array.shape != (len(ESCAPES),) or array.dtype != bool:
        told = outcome.trouble.message if outcome.trouble else outcome.status
        raise SandboxError("the sandbox's self-test did not run", told)
    return array
