"""Shut this process in for good: capabilities, privileges, limits, files, system calls.

takes: a `Job`, what may be read, and the one folder that may be written.
gives: nothing; raises `OSError` where the kernel refuses, and then no student code may run.
must not know: the program, the questions.
"""

from __future__ import annotations

import os
import platform
import resource
from dataclasses import dataclass

from grader.harness.job import Job
from grader.harness.landlock import landlock_version, restrict_files
from grader.harness.linux import PR_SET_NO_NEW_PRIVS, drop_capabilities, prctl
from grader.harness.seccomp import build_filter, install_filter

_MB = 1 << 20
OPEN_FILES = 64
STACK_MB = 8  # C recursion ends in SIGSEGV here, instead of eating memory
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


@dataclass(frozen=True)
class Walls:
    """What is the same for every submission: worked out once, before any is forked."""

    readable: tuple[str, ...]
    uid: int
    gid: int
    machine: str
    landlock: int
    program: bytes

    @classmethod
    def plan(cls, readable: tuple[str, ...]) -> Walls:
        """Ask the kernel what it has and build the filter."""
        machine = platform.machine()
        return cls(readable, os.getuid(), os.getgid(), machine, landlock_version(), build_filter(machine))


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
    ]
    for name, soft, hard in limits:
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (soft, hard))


def shut_in(job: Job, walls: Walls, scratch: str, alone: bool) -> None:
    """Confine this process; `alone` says that it has namespaces of its own.

    Where it has not, the kernel counts the processes of all submissions together, and signals must be kept from
    the neighbours by the filter.
    """
    limit_resources(job, job.processes if alone else 8 * job.processes)
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if walls.landlock:
        restrict_files(walls.landlock, walls.readable, DEVICES, scratch)
    elif not alone:
        raise OSError("Landlock is missing, and without it submissions that share namespaces see each other")
    install_filter(walls.program if alone else build_filter(walls.machine, os.getpid()))
