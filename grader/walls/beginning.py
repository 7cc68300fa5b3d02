"""The ladder of levels that a machine may have, and its topmost rung begun early.

takes: what bubblewraps there are.
gives: the rungs, from the strongest down; a `Beginning`.
must not know: whether a level holds; what a zygote is used for.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Self

from grader.errors import SandboxError
from grader.walls.bubblewrap import find_bubblewraps
from grader.walls.launching import behind_bubblewrap
from grader.walls.levels import Level
from grader.walls.zygote import Zygote

MACHINES = ("x86_64", "aarch64")  # whose system calls the filter knows

Rung = tuple[Level, str | None]
"""A level, and the bubblewrap that it is tried with."""


def is_known() -> bool:
    """Tell whether this is a system that walls can be built on."""
    return sys.platform == "linux" and platform.machine() in MACHINES


def ladder() -> Iterator[Rung]:
    """Give what is to be tried, from the strongest down."""
    bwraps: list[str | None] = [*find_bubblewraps()]
    for bwrap in bwraps or [None]:
        for level in (Level.A, Level.B, Level.B_FRESH):
            yield level, bwrap
    yield Level.C, None


class Beginning:
    """The strongest sandbox begun: its zygote gets warm while the caller reads a key, which takes as long.

    A context manager; what was begun and never taken is stopped at its end.
    """

    def __enter__(self) -> Self:
        self._begun: dict[Rung, Zygote] = {}
        level, bwrap = next(ladder()) if is_known() else (Level.D, None)
        if level is Level.A and bwrap is not None:
            with suppress(SandboxError), behind_bubblewrap(bwrap, "own") as launch:
                self._begun[level, bwrap] = Zygote(launch)
        return self

    def take(self, rung: Rung) -> Zygote | None:
        """Hand over what was begun for a rung, if anything was: whoever takes it stops it."""
        return self._begun.pop(rung, None)

    def __exit__(self, *_: object) -> None:
        for zygote in self._begun.values():
            zygote.stop(grace=0)
