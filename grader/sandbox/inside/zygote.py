"""The warm process: it imports everything once, then forks a confined process for each submission.

Where children have namespaces of their own, the kernel ends all that a submission started as soon as its first process
ends. Elsewhere a watcher is between this process and the submission, and ends it by looking for its processes.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from grader.harness.serve import serve
from grader.harness.surroundings import furnish
from grader.sandbox.inside import ANSWERS, ANY_BYTES, NOBODY, REMOVE, REQUESTS, RULES, STATUS, Job, confine, descendants
from grader.sandbox.inside.rehearsal import rehearse
from grader.sandbox.inside.relocate import copy_all

_MESSAGE_CAP = 4096
_DESCRIPTORS = 3  # requests, answers, status
_ABOVE = 16
_FAULT_EXIT = 70  # EX_SOFTWARE; the status pipe says what it was
_WATCHED = {signal.SIGTERM, signal.SIGCHLD}
_SLICE = 0.1  # seconds between two looks at what is written
_ENTRY = 4096  # bytes that a file costs at least: a million empty ones fill a disk too
_STATE, _THREADS = 0, 17  # where these are behind the name of a process (proc_pid_stat(5), fields 3 and 20)


def main(argument: str) -> None:
    """Serve until our side closes the control socket."""
    settings = json.loads(argument)
    if view := settings.pop("view", ""):
        copy_all(view)
    if os.getuid() == 0:  # the kernel does not count processes of user 0, and files would be its own
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    # Only what makes its own namespaces must own its entry in /proc; of all others nothing is to be reachable.
    confine.prctl(confine.PR_SET_DUMPABLE, int(settings["nested"]))
    if view:  # a new program, so that no page of the files that it came from is left in it
        confine.move_into(view)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:-1], json.dumps(settings)])  # noqa: S606 - our own
    control = socket.socket(fileno=settings.pop("control"))
    control.set_inheritable(False)
    walls = confine.Walls.plan(**settings)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # each submission gets its own in their place
        os.dup2(nothing, stream)
    os.close(nothing)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file over its limit is an error to catch, not an end
    if not walls.nested:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # watchers are reaped by the kernel
    furnish()
    rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()  # a child's collections would touch, and so copy, every page it shares
    control.send(b"{}")
    _serve(control, walls)
    os._exit(0)  # whoever let go of it waits, and taking apart all that was imported takes longer than ending


def _serve(control: socket.socket, walls: confine.Walls) -> None:
    """Fork what is asked for, until our side closes the control socket; report how each process ended."""
    living: dict[int, tuple[int, socket.socket]] = {}  # pidfd -> process number, where its end is reported
    asked: dict[int, int] = {}  # the same socket -> pidfd
    watch = select.poll()
    watch.register(control, select.POLLIN)  # the first to be looked at: later a number may be that of another socket
    while True:
        for ready, _ in watch.poll():
            if ready == control.fileno():
                text, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_CAP, _DESCRIPTORS)
                if not text:
                    return
                if started := _start(text, descriptors, walls):
                    pid, pidfd, status = started
                    living[pidfd], asked[status.fileno()] = (pid, status), pidfd
                    watch.register(pidfd, select.POLLIN)
                    watch.register(status, 0)
            elif ready in asked:  # whoever asked for it has let go of it, or has ended
                watch.unregister(ready)
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(asked.pop(ready), signal.SIGKILL if walls.nested else signal.SIGTERM)
            elif ready in living:
                watch.unregister(ready)
                pid, status = living.pop(ready)
                if asked.pop(status.fileno(), None):
                    watch.unregister(status)
                _report_end(ready, pid, status, walls)


def _start(text: bytes, descriptors: list[int], walls: confine.Walls) -> tuple[int, int, socket.socket] | None:
    """Fork a process for a submission and tell whoever asked for it; gives its number, a pidfd, and where to report."""
    *pipes, far = descriptors
    status = socket.socket(fileno=far)
    with contextlib.suppress(ConnectionError):  # whoever asked has ended, which is seen soon
        try:
            pid, pidfd = confine.fork_into(confine.OWN_NAMESPACES if walls.nested else 0)
            if pid == 0:
                _begin(text, descriptors, walls)
        except OSError as error:
            pid = 0
            status.send(_describe_fault(error))
        else:
            socket.send_fds(status, [b"{}"], [pidfd])
    for descriptor in pipes:
        os.close(descriptor)
    return (pid, pidfd, status) if pid else None


def _report_end(pidfd: int, pid: int, status: socket.socket, walls: confine.Walls) -> None:
    if walls.nested:  # else its watcher has reported, and the kernel has reaped it
        _, ended = os.waitpid(pid, 0)
        with contextlib.suppress(ConnectionError):  # our side has let go of it, and does not ask
            _report_code(status.fileno(), ended)
    os.close(pidfd)
    status.close()


def _report_code(pipe: int, status: int) -> None:
    os.write(pipe, b'{"code": %d}\n' % os.waitstatus_to_exitcode(status))


def _begin(text: bytes, pipes: list[int], walls: confine.Walls) -> NoReturn:
    try:
        job = Job(*json.loads(text))  # not read before the fork: all that is touched there is copied each time
        _take_descriptors(*pipes, *walls.rules)
        _guard(lambda: _be_nested(job, walls) if walls.nested else _watch_over(job, walls))
    finally:
        os._exit(_FAULT_EXIT)  # a child must never come back into the loop above


def _take_descriptors(requests: int, answers: int, status: int, *rules: int) -> None:
    """Put the pipes where they belong, nothing on 0, 1 and 2, and close all else. What is printed is lost."""
    # Copies above the targets first, so that no target is overwritten while it is still a source.
    above = [fcntl.fcntl(fd, fcntl.F_DUPFD, _ABOVE) for fd in (requests, answers, status, *rules)]
    targets = (REQUESTS, ANSWERS, STATUS, RULES)[: len(above)]
    nothing = os.open(os.devnull, os.O_RDWR)  # opened here: what is shared with others would be a way to tell them
    for source, target in zip([*above, *[nothing] * 3], (*targets, 0, 1, 2), strict=True):
        os.dup2(source, target)
    os.closerange(targets[-1] + 1, 1024)


def _guard(work: Callable[[], None]) -> NoReturn:
    """Run the rest of a process's life; what goes wrong in our own part is reported on the status pipe."""
    try:
        work()
    except BaseException as error:
        try:
            os.write(STATUS, _describe_fault(error))
        except OSError:  # descriptors are moved, or closed: student code has begun
            traceback.print_exc()
    os._exit(_FAULT_EXIT)


def _describe_fault(error: BaseException) -> bytes:
    return json.dumps({"fault": f"{type(error).__name__}: {error}"[:500]}).encode() + b"\n"


def _be_nested(job: Job, walls: confine.Walls) -> None:
    confine.enter_own_view(job, walls)
    _be_student(job, walls, walls.scratch)


def _be_student(job: Job, walls: confine.Walls, scratch: str) -> None:
    """Be the process that runs student code; does not return."""
    confine.shut_in(job, walls, scratch)
    os.close(STATUS)
    serve(REQUESTS, ANSWERS)


def _watch_over(job: Job, walls: confine.Walls) -> None:
    """Be the watcher of a submission without namespaces of its own.

    Whatever the student's process forks and orphans becomes a child of this one. It must be ended by SIGTERM, not by
    SIGKILL: then it kills its children until there are none, and removes the scratch folder. The same happens when the
    zygote is gone, and when more is written than allowed: others share the file system.
    """
    confine.prctl(confine.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    confine.prctl(confine.PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != walls.zygote:
        raise OSError("the zygote is gone")
    scratch = f"{walls.scratch}/{os.getpid()}"
    Path(scratch).mkdir(0o700)
    student = os.fork()
    if student == 0:
        _guard(lambda: _be_watched(job, walls, scratch))
    os.closerange(0, STATUS)
    _watch(student, scratch, job.scratch_mb << 20)
    _end_children()
    os.execv(REMOVE[0], [*REMOVE, scratch])  # noqa: S606 - our own words


def _be_watched(job: Job, walls: confine.Walls, scratch: str) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    confine.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL)
    # Where a process of a group is stopped, and another ends, the kernel itself may hang up on the whole group.
    os.setsid()
    os.chdir(scratch)
    _be_student(job, walls, scratch)


def _watch(student: int, scratch: str, most: int) -> None:
    """Return when the student's process has ended, is to end, or has written more bytes than allowed."""
    look_at = 0.0
    while True:
        heard = signal.sigtimedwait(_WATCHED, _SLICE)
        if (heard and heard.si_signo == signal.SIGTERM) or _has_ended(student):
            return
        # By the clock, and not where nothing was heard: children that end all the time would keep us from it.
        if time.monotonic() >= look_at:
            if holds_too_much(scratch, most):
                os.write(STATUS, b'{"excess": true}\n')
                return
            look_at = time.monotonic() + _SLICE


def _has_ended(student: int) -> bool:
    """Reap all that have ended, and report how the student's process has, if it is among them."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if ended == student:
            _report_code(STATUS, status)
        if ended in (0, student):
            return ended == student


def _end_children() -> None:
    """Kill all below this process, then reap.

    In this order: the dead count as processes until they are reaped, so what forks for ever finds no room to. That none
    of those that were found lives proves nothing yet: one may have forked and ended while they were looked at. That all
    that are found were dead before does: the dead fork no more, and whatever lives is below one that does, or here.
    """
    dead: set[int] = set()
    while unsure := {*descendants(os.getpid())} - dead:
        dead |= {pid for pid in unsure if not _lives(pid)}
        for pid in unsure - dead:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _lives(pid: int) -> bool:
    """Whether any thread of it does: the state in its file is that of the first one, which may end by itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(ANY_BYTES).rpartition(")")[2].split()
    except OSError:
        return False
    return fields[_STATE] not in "ZX" or int(fields[_THREADS]) > 1


def holds_too_much(folder: str, most: int) -> bool:
    """Whether more bytes were written below a folder; what cannot be looked into is too much."""
    held = 0
    try:
        for path, folders, files in os.walk(folder, onerror=_unless_gone):
            held += _ENTRY * len(folders)
            for file in files:
                held += _ENTRY
                with contextlib.suppress(FileNotFoundError):  # gone meanwhile: it must not hide those behind it
                    held += os.lstat(f"{path}/{file}").st_blocks * 512
            if held > most:
                return True
    except (OSError, RecursionError):
        return True
    return False


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
