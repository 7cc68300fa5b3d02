"""What a process and all its children hold of memory right now, and how long they have waited for a core.

takes: a process number.
gives: megabytes, seconds; 0 where the system does not tell.
must not know: limits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
# `shared` of statm holds the first, and the pages of files. What is put on a disk is held too, and not resident:
# a process may have its own pages put there.
_HELD_TOO = re.compile(r"^(?:RssShmem|VmSwap):\s+(\d+) kB", re.MULTILINE)
_MOST = 500  # processes looked at; a submission may have far fewer
# A process may name itself by any bytes, and the name stands among its figures: nothing of it may be unreadable.
_ANY_BYTES = "latin-1"


def held_megabytes(pid: int) -> int:
    """Sum the memory of a process and its descendants, resident or swapped out, without that of files.

    What processes share and no file is behind counts for each that has it: nothing else would count at all.
    """
    return sum(_held_bytes(process) for process in islice(_family(pid), _MOST)) >> 20


def _held_bytes(pid: int) -> int:
    """Of one process. Where its first thread has ended, only the others still tell."""
    held = _told_by(Path(f"/proc/{pid}"))
    if held == 0:
        with suppress(OSError):
            held = max(map(_told_by, Path(f"/proc/{pid}/task").iterdir()), default=0)
    return held


def _told_by(place: Path) -> int:
    try:
        _, resident, shared, *_ = (place / "statm").read_text(_ANY_BYTES).split()
        told = _HELD_TOO.findall((place / "status").read_text(_ANY_BYTES))
    except (OSError, ValueError):  # it has just ended
        return 0
    return (int(resident) - int(shared)) * _PAGE + (sum(map(int, told)) << 10)


def waited_seconds(pid: int) -> float:
    """Sum the time that a process and its descendants were ready to run and had no core to run on.

    The second figure of `schedstat`, in nanoseconds (Documentation/scheduler/sched-stats.rst of the kernel).
    """
    waited = 0
    for process in islice(_family(pid), _MOST):
        try:
            waited += int(Path(f"/proc/{process}/schedstat").read_text(_ANY_BYTES).split()[1])
        except (OSError, ValueError, IndexError):  # it has just ended, or the kernel keeps no such figures
            continue
    return waited / 1e9


def _family(pid: int) -> Iterator[int]:
    yield pid
    children: list[str] = []
    with suppress(OSError):  # it may end at any moment, and each of its threads
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += (thread / "children").read_text(_ANY_BYTES).split()
    for child in children:
        yield from _family(int(child))
