"""How much memory a process and all its children hold right now.

takes: a process number.
gives: megabytes; 0 where the system does not tell.
must not know: limits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_MOST = 500  # processes looked at; a submission may have far fewer


def held_megabytes(pid: int) -> int:
    """Sum the resident memory of a process and its descendants, without what is shared with files."""
    pages = 0
    for count, process in enumerate(_family(pid)):
        if count >= _MOST:
            break
        try:
            _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text().split()
        except (OSError, ValueError):  # it has just ended
            continue
        pages += int(resident) - int(shared)
    return pages * _PAGE >> 20


def _family(pid: int) -> Iterator[int]:
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))
