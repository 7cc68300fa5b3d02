"""Import everything once, then fork a fresh process for each submission.

takes: a control socket on which each message brings four descriptors and a `Job`.
gives: a process for each, which answers on descriptors of its own, and its pidfd; how it ended, where nobody else can.
must not know: programs, questions, answers. It reads no request, ever: a child finds all its parent's memory.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

import numpy as np

from grader.harness.job import Job
from grader.harness.rehearsal import rehearse
from grader.harness.shut_in.confine import Walls
from grader.harness.shut_in.linux import EVERY_NAMESPACE, PR_SET_DUMPABLE, fork_into, prctl
from grader.harness.shut_in.nest import FAULT_EXIT, be_nested, describe_fault, report_end
from grader.harness.shut_in.overseer import oversee
from grader.harness.surroundings.old_names import serve_old_modules, serve_old_names
from grader.harness.surroundings.old_ways import serve_old_ways
from grader.harness.surroundings.quiet import fall_quiet
from grader.harness.surroundings.special import serve_special
from grader.harness.surroundings.warmth import import_late_parts

NOBODY = 65534  # the user that owns nothing, on every Linux
_MESSAGE_CAP = 4096
_DESCRIPTORS = 4  # request, answer, output, status


def main(argument: str) -> None:
    """Serve until our side closes the control socket."""
    settings = json.loads(argument)
    control = socket.socket(fileno=settings.pop("control"))
    control.set_inheritable(False)
    drop_root()
    import_late_parts()
    serve_old_names(np)
    serve_old_modules(sys.modules)
    serve_old_ways()
    fall_quiet()
    serve_special()
    rehearse()
    walls = Walls.plan(**settings)
    # Only what makes its own namespaces must own its entry in /proc; for all others nothing of it is to be reached.
    prctl(PR_SET_DUMPABLE, int(walls.own))
    _fall_silent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file over its limit is an error to catch, not an end
    if not walls.own:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # what has an overseer is reaped by the kernel
    gc.collect()
    gc.freeze()
    gc.disable()  # a child's collections would touch, and so copy, every page it shares
    control.send(json.dumps({"landlock": walls.landlock}).encode())
    _serve(control, walls)
    os._exit(0)  # whoever has let go of it waits, and to take all apart that was imported takes longer than to end


def _serve(control: socket.socket, walls: Walls) -> None:
    """Fork what is asked for, until our side closes the control socket; tell of each process how it ended."""
    living: dict[int, Living] = {}
    watch = select.poll()
    watch.register(control, select.POLLIN)
    while True:
        for ready, _ in watch.poll():
            if ready in living:
                watch.unregister(ready)
                _report(ready, living.pop(ready))
                continue
            text, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_CAP, _DESCRIPTORS)
            if not text:
                return
            forked = _fork_job(text, descriptors, walls, control)
            if forked is not None:
                living[forked[0]] = forked[1:]
                watch.register(forked[0], select.POLLIN)


Living = tuple[int, int]
"""A process that nobody stands above, by its number, and its status pipe."""


def _fork_job(text: bytes, pipes: list[int], walls: Walls, control: socket.socket) -> tuple[int, int, int] | None:
    """Fork a process and tell our side; gives its pidfd, number and status pipe where we are to tell of its end."""
    kept = None
    try:
        pid, pidfd = fork_into(EVERY_NAMESPACE if walls.own else 0)
        if pid == 0:
            _begin(text, pipes, walls)
        socket.send_fds(control, [b"{}"], [pidfd])
        if walls.own:
            kept = (pidfd, pid, pipes.pop())
        else:
            os.close(pidfd)
    except OSError as error:
        control.send(describe_fault(error))
    for descriptor in pipes:
        os.close(descriptor)
    return kept


def _report(pidfd: int, forked: Living) -> None:
    pid, pipe = forked
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # our side has let go of it, and does not ask
        report_end(pipe, status)
    os.close(pidfd)
    os.close(pipe)


def _begin(text: bytes, pipes: list[int], walls: Walls) -> NoReturn:
    try:
        start = be_nested if walls.own else oversee
        start(Job.read(text), walls, pipes)  # not read before the fork: all that is touched there is copied each time
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
