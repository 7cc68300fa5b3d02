"""Watch a submission that has no namespaces of its own, and end all of it when told to.

takes: a `Job`, the walls, and the descriptors of the submission.
gives: to our side, by the status pipe, how the student's process ended, or that it has written too much.
must not know: the program, the questions; it never reads a request.

It is a subreaper: whatever the student's process forks and orphans becomes its child. It must be ended by
SIGTERM, not SIGKILL: then it kills its children until there are none, and clears the scratch folder. The same
happens where the zygote above it is gone, and where more is written than allowed: others share the file system.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from grader.harness.job import STATUS, Job, take_descriptors
from grader.harness.shut_in.confine import Walls
from grader.harness.shut_in.linux import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl
from grader.harness.shut_in.nest import be_student, guard, report_end, report_excess
from grader.harness.shut_in.scratch import clear
from grader.harness.shut_in.written import held_in

_WATCHED = {signal.SIGTERM, signal.SIGCHLD}
_SLICE = 0.1  # seconds between two looks at what is written
_STATE, _THREADS = 0, 17  # where these stand behind the name of a process (proc_pid_stat(5), fields 3 and 20)
_ANY_BYTES = "latin-1"  # of a process's name, which it chooses: what cannot be read would end who is to end it


def oversee(job: Job, walls: Walls, descriptors: list[int]) -> NoReturn:
    """Be the overseer of one submission."""
    take_descriptors(*descriptors)
    guard(lambda: _oversee(job, walls), STATUS)


def _oversee(job: Job, walls: Walls) -> None:
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != walls.zygote:
        raise OSError("the zygote is gone")
    scratch = Path(f"{walls.scratch}/{os.getpid()}")
    scratch.mkdir(0o700)
    student = os.fork()
    if student == 0:
        guard(lambda: _become_student(job, walls, scratch), STATUS)
    os.closerange(0, STATUS)
    _watch(student, scratch, job.scratch_mb << 20)
    _end_children()
    clear(scratch)
    os._exit(0)


def _become_student(job: Job, walls: Walls, scratch: Path) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Where a process of a group is stopped, and another ends, the kernel itself may hang up on the whole group.
    os.setsid()
    os.chdir(scratch)
    be_student(job, walls, str(scratch))


def _watch(student: int, scratch: Path, most: int) -> None:
    """Return where it has ended, is to end, or has written more bytes than allowed."""
    looked = time.monotonic()
    while True:
        heard = signal.sigtimedwait(_WATCHED, _SLICE)
        if (heard and heard.si_signo == signal.SIGTERM) or _has_ended(student):
            return
        # By the clock, and not where nothing was heard: children that end all the time would keep us from it.
        if time.monotonic() - looked >= _SLICE:
            if held_in(scratch, most) > most:
                report_excess(STATUS)
                return
            looked = time.monotonic()


def _has_ended(student: int) -> bool:
    """Reap all that have ended, and tell how the student's process has, if it is among them."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if ended == student:
            report_end(STATUS, status)
        if ended in (0, student):
            return ended == student


def _end_children() -> None:
    """Kill all below this process, then reap.

    In this order: the dead count as processes until they are reaped, so what forks for ever finds no room to. That none
    of those that were found lives says nothing yet: one may have forked and ended while they were looked at. That all
    who are found were dead before does: the dead fork no more, and whoever lives stands below one that does, or here.
    """
    dead: set[int] = set()
    while unsure := [pid for pid in _below(os.getpid()) if pid not in dead]:
        for pid in unsure:
            if not _lives(pid):
                dead.add(pid)
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _below(pid: int) -> Iterator[int]:
    """List the descendants of a process, but for children of its threads, which their end will bring to us."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(_ANY_BYTES).split()
    except OSError:
        return
    for child in children:
        yield int(child)
        yield from _below(int(child))


def _lives(pid: int) -> bool:
    """Whether any thread of it does: the state that is told is that of its first one, which may end by itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(_ANY_BYTES).rpartition(")")[2].split()
    except OSError:
        return False
    return fields[_STATE] not in "ZX" or int(fields[_THREADS]) > 1
