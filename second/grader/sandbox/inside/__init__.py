"""What a process puts on itself before any student code runs: trusted, and a part of the wall.

This package, `grader.wire` and `grader.harness` are all of the grader that is visible inside. The last thing a process
does here is `hand_over`: from then on nothing in it is trusted.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from dataclasses import asdict, dataclass

REQUESTS, ANSWERS, STATUS, RULES = 3, 4, 5, 6
"""The descriptors of a confined process: STATUS and RULES are closed before student code runs."""


@dataclass(frozen=True)
class Job:
    """What one process may use."""

    cpu_seconds: int
    memory_mb: int
    processes: int
    scratch_mb: int

    @classmethod
    def read(cls, text: bytes) -> Job:
        """Read what `write` wrote."""
        return cls(**json.loads(text))

    def write(self) -> bytes:
        """Write it down as JSON."""
        return json.dumps(asdict(self)).encode()


def hand_over(requests: int, answers: int) -> None:
    """Let the harness serve on these descriptors, with streams that write what is printed at once, and as UTF-8."""
    from grader.harness.serve import serve

    gc.enable()
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(fd, "wb", closefd=False), "utf-8", "backslashreplace", "\n", line_buffering=True)
        for fd in (1, 2)
    )
    serve(requests, answers)


def main(argument: str) -> None:
    """Serve as a plain process, on any system: requests on stdin, answers on stdout, what is printed on stderr."""
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    _limit(Job.read(argument.encode()))
    hand_over(requests, answers)


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
        except (AttributeError, ValueError, OSError):  # macOS has some of these and refuses others
            continue
