"""Shut this process in for good: capabilities, privileges, limits, files, system calls.

takes: a `Job`, what may be read, and the one folder that may be written.
gives: nothing; raises `OSError` where the kernel refuses, and then no student code may run.
must not know: the program, the questions.
"""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.harness.job import RULES, Job
from grader.harness.shut_in.landlock import landlock_version, make_rules, restrict_files
from grader.harness.shut_in.linux import PR_SET_NO_NEW_PRIVS, drop_capabilities, prctl
from grader.harness.shut_in.seccomp import build_filter, install_filter

_MB = 1 << 20
OPEN_FILES = 64
SIGNALS = 64  # queued, each timer counting as one: the kernel has so many for all that a user runs
STACK_MB = 8  # C recursion ends in SIGSEGV here, instead of eating memory
DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")  # not zero: mapped, it is memory that is counted nowhere


OWN, SHARED, SINGLE = "own", "shared", "single"
"""Whose namespaces a submission lives in: its own, those of all, or those of a zygote that serves it alone."""


@dataclass(frozen=True)
class Walls:
    """What is the same for every submission: worked out once, before any is forked."""

    readable: tuple[str, ...]
    listable: tuple[str, ...]
    scratch: str
    namespaces: str
    zygote: int  # its process number: who must still be there when a submission is set up
    uid: int
    gid: int
    machine: str
    landlock: int
    program: bytes
    rules: tuple[int, ...] = ()  # Landlock's, made once for all whose scratch is a file system of its own

    @classmethod
    def plan(cls, readable: Sequence[str], listable: Sequence[str], scratch: str, namespaces: str) -> Walls:
        """Ask the kernel what it has, build the filter, and make the rules where they are the same for all."""
        machine, version = platform.machine(), landlock_version()
        rules: tuple[int, ...] = ()
        if version and namespaces == OWN:
            # What is written in a file system of one's own is, to Landlock, written below the folder that it is
            # mounted in; nobody can write in that folder itself, as it stands in one that is read-only.
            above = os.path.dirname(scratch)  # noqa: PTH120 - of a word, no path
            rules = (make_rules(version, readable, listable, DEVICES, above),)
        places = (tuple(readable), tuple(listable), scratch, namespaces, os.getpid())
        return cls(*places, os.getuid(), os.getgid(), machine, version, build_filter(machine), rules)

    @property
    def own(self) -> bool:
        """Tell whether each submission has namespaces of its own."""
        return self.namespaces == OWN


def limit_resources(job: Job, processes: int) -> None:
    """Set the limits of the kernel; those that a system lacks are left out."""
    limits = [
        ("RLIMIT_AS", job.memory_mb * _MB, job.memory_mb * _MB),
        # SIGXCPU at the soft limit can be ignored, SIGKILL at the hard one cannot.
        ("RLIMIT_CPU", job.cpu_seconds, job.cpu_seconds + 1),
        ("RLIMIT_FSIZE", job.scratch_mb * _MB, job.scratch_mb * _MB),
        ("RLIMIT_NOFILE", OPEN_FILES, OPEN_FILES),
        ("RLIMIT_STACK", STACK_MB * _MB, STACK_MB * _MB),
        ("RLIMIT_NPROC", processes, processes),
        ("RLIMIT_CORE", 0, 0),
        ("RLIMIT_MEMLOCK", 0, 0),
        ("RLIMIT_MSGQUEUE", 0, 0),
        ("RLIMIT_SIGPENDING", SIGNALS, SIGNALS),
    ]
    for name, soft, hard in limits:
        if hasattr(resource, name):
            _limit(getattr(resource, name), soft, hard)


def _limit(kind: int, soft: int, hard: int) -> None:
    """Set a limit; one that whoever runs this machine has set lower stays, as nobody may raise it."""
    there = resource.getrlimit(kind)[1]
    if there != resource.RLIM_INFINITY:
        soft, hard = min(soft, there), min(hard, there)
    resource.setrlimit(kind, (soft, hard))


def shut_in(job: Job, walls: Walls, scratch: str) -> None:
    """Confine this process.

    Where it has no namespaces of its own, the kernel counts all processes of the user together, and signals must
    be kept from the others by the filter.
    """
    limit_resources(job, job.processes if walls.own else _running() + 2 * job.processes)
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if walls.landlock:
        places = (walls.readable, walls.listable, DEVICES, scratch)
        restrict_files(RULES if walls.rules else make_rules(walls.landlock, *places))
    elif walls.namespaces == SHARED:
        raise OSError("Landlock is missing, and without it submissions that share namespaces see each other")
    install_filter(walls.program if walls.own else build_filter(walls.machine, os.getpid()))


def _running() -> int:
    """Count the processes and threads of this user that can be seen."""
    threads = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if place.stat().st_uid == os.getuid():
                threads += sum(1 for _ in (place / "task").iterdir())
        except OSError:  # it has just ended
            continue
    return threads
