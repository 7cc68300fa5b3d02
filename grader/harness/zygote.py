"""Import everything once, then fork a fresh process for each submission.

takes: a control socket on which each message brings five descriptors and a `Job`.
gives: a process for each, which answers on descriptors of its own.
must not know: programs, questions, answers. It reads no request, ever: a child finds all its parent's memory.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
from typing import NoReturn

import numpy as np

from grader.harness.confine import OWN, Walls
from grader.harness.job import Job
from grader.harness.linux import EVERY_NAMESPACE, PR_SET_DUMPABLE, fork_into, prctl
from grader.harness.nest import FAULT_EXIT, be_first, describe_fault
from grader.harness.old_names import serve_old_names
from grader.harness.overseer import oversee
from grader.harness.quiet import fall_quiet
from grader.harness.rehearsal import rehearse
from grader.harness.warmth import import_late_parts

NOBODY = 65534  # the user that owns nothing, on every Linux
_MESSAGE_CAP = 4096
_DESCRIPTORS = 5  # request, answer, output, status, reply


def main(argument: str) -> None:
    """Serve until our side closes the control socket."""
    settings = json.loads(argument)
    control = socket.socket(fileno=settings.pop("control"))
    control.set_inheritable(False)
    drop_root()
    import_late_parts()
    serve_old_names(np)
    fall_quiet()
    rehearse()
    walls = Walls.plan(**settings)
    # Only what makes its own namespaces must own its entry in /proc; for all others nothing of it is to be reached.
    prctl(PR_SET_DUMPABLE, int(walls.own))
    _fall_silent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children of this process are reaped by the kernel
    gc.collect()
    gc.freeze()
    gc.disable()  # a child's collections would touch, and so copy, every page it shares
    control.send(json.dumps({"landlock": walls.landlock}).encode())
    while True:
        text, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_CAP, _DESCRIPTORS)
        if not text:
            return
        _fork_job(Job.read(text), descriptors, walls)


def _fork_job(job: Job, descriptors: list[int], walls: Walls) -> None:
    *pipes, reply = descriptors
    with socket.socket(fileno=reply) as talk:
        try:
            pid, pidfd = fork_into(EVERY_NAMESPACE if walls.namespaces == OWN else 0)
            if pid == 0:
                _begin(job, pipes, walls)
            socket.send_fds(talk, [b"{}"], [pidfd])
            os.close(pidfd)
        except OSError as error:
            talk.send(describe_fault(error))
    for descriptor in pipes:
        os.close(descriptor)


def _begin(job: Job, pipes: list[int], walls: Walls) -> NoReturn:
    try:
        start = be_first if walls.own else oversee
        start(job, walls, pipes)
    finally:
        os._exit(FAULT_EXIT)  # a child must never come back into the loop above


def drop_root() -> None:
    """Become nobody: the kernel does not count processes of user 0, and files would be its own."""
    if os.getuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _fall_silent() -> None:
    """Give up the streams of our side; each submission gets its own in their place."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.close(nothing)
