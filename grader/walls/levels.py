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
    B_FRESH = "B'"
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
    Level.B_FRESH: "strong, slower (a bubblewrap for each submission, seccomp)",
    Level.C: "partial (Landlock, seccomp, no namespaces)",
    Level.D: "none (a plain process with time limits)",
}
_PROMISES = {
    Level.A: "A submission reads no file of yours, has no network, sees no other one, and ends at its limits.",
    Level.B: (
        "A submission reads no file of yours, has no network, cannot touch another submission, and ends at its limits."
    ),
    Level.B_FRESH: (
        "A submission reads no file of yours, has no network, is alone in its sandbox, and ends at its limits."
    ),
    Level.C: (
        "Partial: a submission reads and changes no file of yours, has no network, signals no process, and ends at "
        "its limits; but there are no namespaces, so it can see which files there are."
    ),
    Level.D: "No sandbox: the notebook can do whatever you can. Use it on your own work only.",
}
