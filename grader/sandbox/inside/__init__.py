"""What a process puts on itself before any student code runs: trusted, and a part of the wall.

This package, `grader.wire` and `grader.harness` are all of the grader that is visible inside. The last thing a process
does here is to call `harness.serve`: from then on nothing in it is trusted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

REQUESTS, ANSWERS, STATUS, RULES = 3, 4, 5, 6
"""The descriptors of a confined process: STATUS and RULES are closed before student code runs."""
NOBODY = 65534
"""The user that owns nothing, on every Linux: what root's warm process becomes."""
DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
"""What a submission finds of devices. Not zero: mapped, it is memory that is counted nowhere."""
ANY_BYTES = "latin-1"
"""How the kernel's figures on a process are read: it may name itself by any bytes, and its name is among them."""
# What `shutil.rmtree` cannot: folders ten thousand deep, and folders that may not be entered.
REMOVE = ("/bin/sh", "-c", 'PATH=/usr/bin:/bin; chmod -R u+rwx "$0"; rm -rf "$0"')


class Job(NamedTuple):
    """What one process may use; passed on as JSON."""

    cpu_seconds: int
    memory_mb: int
    processes: int
    scratch_mb: int


def descendants(pid: int) -> Iterator[int]:
    """List the processes below another; it may end at any moment, and so may each thread that started one."""
    children: list[str] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += (thread / "children").read_text(ANY_BYTES).split()
    for child in children:
        yield int(child)
        yield from descendants(int(child))


def main(argument: str) -> None:
    """Serve as a plain process, on any system: requests on stdin, answers on stdout."""
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    _limit(Job(*json.loads(argument)))
    from grader.harness.serve import serve

    serve(requests, answers)


def _limit(job: Job) -> None:
    """Set what limits the system has; not the number of processes, which counts all that the user runs."""
    try:
        import resource
    except ImportError:  # Windows
        return
    size = job.memory_mb << 20
    for name, limit in (("RLIMIT_AS", size), ("RLIMIT_CPU", job.cpu_seconds), ("RLIMIT_CORE", 0)):
        with suppress(AttributeError, ValueError, OSError):  # macOS has some of these and refuses others
            resource.setrlimit(getattr(resource, name), (limit, limit))
