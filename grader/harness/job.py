"""What one submission may use, and where a child of the zygote finds its pipes.

takes: the request's JSON, written by our side.
gives: a `Job`; a process whose descriptors are the job's and no others.
must not know: the program, the questions.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass

with suppress(ImportError):  # a plain process on Windows reads this module too
    import fcntl

REQUEST, ANSWER, STATUS, RULES = 3, 4, 5, 6
"""The descriptors of a submission: requests in, answers out; STATUS and RULES are closed before student code runs."""
_ABOVE = 16


@dataclass(frozen=True)
class Job:
    """The limits of one submission, and the time its program may take to load."""

    load_seconds: float
    cpu_seconds: int
    memory_mb: int
    processes: int
    scratch_mb: int

    @classmethod
    def read(cls, text: bytes) -> Job:
        """Read the JSON of a request."""
        return cls(**json.loads(text))


def take_descriptors(request: int, answer: int, output: int, status: int, *rules: int) -> None:
    """Put the pipes where they belong, the output on 1 and 2, nothing on 0, and close all else."""
    # Copies above the targets first, so that no target is overwritten while it is still a source.
    above = [fcntl.fcntl(fd, fcntl.F_DUPFD, _ABOVE) for fd in (request, answer, status, *rules, output)]
    nothing = os.open(os.devnull, os.O_RDWR)
    targets = (REQUEST, ANSWER, STATUS, RULES)[: 3 + len(rules)]
    for source, target in zip([*above, above[-1], nothing], (*targets, 1, 2, 0), strict=True):
        os.dup2(source, target)
    os.closerange(targets[-1] + 1, 1024)
