"""Give a submission namespaces of its own, and shut it in.

takes: a `Job`, the walls, and the descriptors of the submission.
gives: a process that runs student code; to our side, by the status pipe, what went wrong in making it.
must not know: the program, the questions; it never reads a request.

The zygote forks the submission's process right into its new namespaces and hands a pidfd of it to our side. It
mounts, shuts itself in and serves; when it ends, or is killed by the pidfd, the kernel kills all that it started, as
it is the first process of its pid namespace. One more process to stand above it would cost a third of all that the
kernel has to do for a submission. What it would be for is done otherwise: the zygote tells how the process ended, and
a signal to itself, which the kernel keeps from a first process, ends it by the filter (`seccomp`).
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from typing import NoReturn

from grader.harness.job import STATUS, Job, take_descriptors
from grader.harness.runner import serve
from grader.harness.shut_in.confine import Walls, shut_in
from grader.harness.shut_in.linux import (
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    mount,
)

INNER_ID = 1000  # the user number inside; any but 0 will do
FAULT_EXIT = 70  # EX_SOFTWARE; the status pipe tells what it was


def be_nested(job: Job, walls: Walls, descriptors: list[int]) -> NoReturn:
    """Be the process of a submission, just forked into new namespaces."""
    take_descriptors(*descriptors, *walls.rules)
    guard(lambda: _set_up(job, walls), STATUS)


def _map_user(uid: int, gid: int) -> None:
    # The kernel wants setgroups given up before it takes a group map from a plain user.
    for name, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{INNER_ID} {gid} 1"),
        ("uid_map", f"{INNER_ID} {uid} 1"),
    ):
        # Not by pathlib: of a forked process each page that is used first is a copy, and it uses a hundred.
        place = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(place, text.encode())
        os.close(place)


def _set_up(job: Job, walls: Walls) -> None:
    # `kill(0, …)` reaches a whole group: in the zygote's, only a new Landlock would keep it and all others from that.
    os.setsid()
    _map_user(walls.uid, walls.gid)
    mount(None, b"/", MS_REC | MS_PRIVATE)
    # An empty /proc, not a fresh one: the kernel refuses a fresh one where parts of /proc are masked already.
    mount(b"tmpfs", b"/proc", MS_RDONLY | MS_NOSUID | MS_NODEV)
    options = f"size={job.scratch_mb}m,nr_inodes=1k,mode=700"
    mount(b"tmpfs", walls.scratch.encode(), MS_NOSUID | MS_NODEV, options.encode())
    os.chdir(walls.scratch)
    be_student(job, walls, walls.scratch)


def be_student(job: Job, walls: Walls, scratch: str) -> None:
    """Be the process that runs student code; does not return."""
    shut_in(job, walls, scratch)
    os.close(STATUS)
    serve(job.load_seconds)


def report_end(pipe: int, status: int) -> None:
    """Say on a status pipe how the student's process ended."""
    os.write(pipe, b'{"code": %d}\n' % os.waitstatus_to_exitcode(status))


def report_excess(pipe: int) -> None:
    """Say on a status pipe that more was written than allowed."""
    os.write(pipe, b'{"excess": true}\n')


def describe_fault(error: BaseException) -> bytes:
    """Describe a failure of our own machinery."""
    return json.dumps({"fault": f"{type(error).__name__}: {error}"[:500]}).encode() + b"\n"


def guard(work: Callable[[], None], status: int) -> NoReturn:
    """Run the rest of a process's life; what goes wrong in our own part is told on the status pipe."""
    try:
        work()
    except BaseException as error:
        try:
            os.write(status, describe_fault(error))
        except OSError:  # descriptors are moved, or closed: student code has begun
            traceback.print_exc()
            os._exit(FAULT_EXIT)
    os._exit(FAULT_EXIT)
