"""One run at a time in a folder of reports: two at once would make one class of two.

takes: the folder.
gives: a hold on it for as long as a run is at work; a refusal where another run has it.
must not know: what is done there.

The hold is on the folder itself, so that nothing is left in it, and ends with the process, however that ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import GradebookError

with suppress(ImportError):  # on Windows
    import fcntl

_held: set[int] = set()


@contextmanager
def one_run(folder: Path) -> Iterator[None]:
    """Hold a folder; raises `GradebookError` where another run has it. What cannot be held is done without."""
    held = _hold(folder)
    try:
        yield
    finally:
        if held is not None:
            _held.discard(held)
            os.close(held)


def _hold(folder: Path) -> int | None:
    """A descriptor that holds the folder; `None` where there is no folder, or its disk knows no holds."""
    if "fcntl" not in globals():
        return None
    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError:
        return None  # whoever works there says what is wrong
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        if isinstance(error, BlockingIOError):
            raise GradebookError(
                f"another run of grader is at work in {folder}",
                "let it end, then run this again (fg brings back one that was stopped by Ctrl-Z); for another class, "
                "name another folder with --out",
            ) from error
        return None
    _held.add(held)
    return held


def _let_go() -> None:
    """In a process that was forked: the hold is its parent's, and is to end with that one."""
    for held in _held:
        with suppress(OSError):
            os.close(held)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
