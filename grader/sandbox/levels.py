"""How strong a sandbox is: one word for the report, and what it promises.

takes: nothing.
gives: `Level`.
must not know: how a level is reached.
"""

from __future__ import annotations

from enum import Enum


class Level(Enum):
    """From full (A) to none (D)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def title(self) -> str:
        """Name the level and what it is made of."""
        return _TITLES[self]

    @property
    def promise(self) -> str:
        """Say in one sentence what holds at this level."""
        return _PROMISES[self]

    @property
    def confines(self) -> bool:
        """Tell whether other people's notebooks may be run at this level."""
        return self is not Level.D


_TITLES = {
    Level.A: "full (bubblewrap, namespaces, seccomp)",
    Level.B: "strong (bubblewrap, Landlock, seccomp)",
    Level.C: "partial (Landlock, seccomp)",
    Level.D: "none (a plain process with time limits)",
}
_PROMISES = {
    Level.A: "A submission reads no file of yours, has no network, sees no other one, and ends at its limits.",
    Level.B: (
        "A submission reads no file of yours, has no network, cannot touch another submission, and ends at its limits."
    ),
    Level.C: "Files, network, signals and processes are confined, but there are no namespaces.",
    Level.D: "No sandbox: the notebook can do whatever you can. Use it on your own work only.",
}
