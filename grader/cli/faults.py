"""What the machine refuses, as a sentence, a next step and an exit code.

takes: an `OSError` or a `MemoryError` that nobody nearer to it could mend.
gives: a `Fault`; whether it is only that nobody reads on.
must not know: which verb was at work.

`OSError` is one name for many things. What was named wrongly is the caller's to name again; what is short is to be
freed; and who stops reading (`| head`) is told nothing, since nobody is there.
"""

from __future__ import annotations

import errno
import os
import re
import select
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path

from grader.cli.exits import CALLERS, OUR_FAULT

NOBODY_READS = 141  # 128 + SIGPIPE, as shells have it
_PART = re.compile(r"(?:\.\d+)?\.part$")
_OUTPUTS = (1, 2)  # standard output and standard error

_NAME_ANOTHER = "name another place"
_AGAIN = "then run the same command: what is done is kept"
_PLACES = {
    errno.EISDIR: ("is a folder, where a file is to be", _NAME_ANOTHER),
    errno.ENOTDIR: ("lies below a file, where a folder is to be", _NAME_ANOTHER),
    errno.EEXIST: ("is there already, and is something else than what is to be", _NAME_ANOTHER),
    errno.ENOTEMPTY: ("is there already, with files in it", _NAME_ANOTHER),
    errno.ENOENT: ("is not there", "make the folder first, or name another place"),
    errno.ENAMETOOLONG: ("is a name too long for this disk", _NAME_ANOTHER),
}
_SHORT = {
    errno.ENOSPC: ("the disk is full", f"free some room, {_AGAIN}"),
    errno.EDQUOT: ("your share of the disk is used up", f"free some room, {_AGAIN}"),
    errno.EFBIG: ("files may not grow so large here", f"raise the limit (ulimit -f), {_AGAIN}"),
    errno.EMFILE: ("too many files are open", f"raise the limit (ulimit -n) or give fewer --jobs, {_AGAIN}"),
    errno.ENFILE: ("too many files are open on this machine", f"close other programs, {_AGAIN}"),
    errno.ENOMEM: ("memory is short", f"close other programs or give fewer --jobs, {_AGAIN}"),
    errno.EAGAIN: ("too many processes are at work", f"close other programs or give fewer --jobs, {_AGAIN}"),
    errno.EACCES: ("you may not read or write there", f"get the right or name another place, {_AGAIN}"),
    errno.EPERM: ("that is not allowed here", f"get the right or name another place, {_AGAIN}"),
    errno.EROFS: ("that disk can only be read", f"name another place, {_AGAIN}"),
    errno.EIO: ("the disk failed", f"look whether it is full or broken, {_AGAIN}"),
}


@dataclass(frozen=True)
class Fault:
    """What the caller reads, and the exit code."""

    sentence: str
    hint: str
    exit_code: int


def fault_of(error: OSError | MemoryError) -> Fault:
    """Say what an error of the machine is."""
    if isinstance(error, MemoryError):
        return Fault("memory is short", _SHORT[errno.ENOMEM][1], OUR_FAULT)
    place = _shown(error.filename2 or error.filename)
    if not place and error.errno == errno.ENOENT and _is_nowhere():
        return Fault("the folder that this terminal stands in is gone", f"go into another (cd ..), {_AGAIN}", CALLERS)
    if place and error.errno in _PLACES:
        sentence, hint = _PLACES[error.errno]
        return Fault(f"{place} {sentence}", hint, CALLERS)
    if error.errno in _SHORT:
        sentence, hint = _SHORT[error.errno]
        return Fault(f"{place}: {sentence}" if place else sentence, hint, OUR_FAULT)
    return Fault(f"{type(error).__name__}: {error}", f"look at what it names, {_AGAIN}", OUR_FAULT)


def _shown(name: object) -> str:
    """A name as the caller knows it: what is not written in whole yet has one of ours."""
    return _PART.sub("", os.fsdecode(name)) if isinstance(name, str | bytes | os.PathLike) else ""


def _is_nowhere() -> bool:
    """Whether the current folder was removed, or removed and made anew."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def forget_the_signal() -> None:
    """Let the exit code be ours after Ctrl-C.

    Where Ctrl-C met a text that is run as code (named tuples and dataclasses are made by one), the interpreter would
    end by the signal itself; it forgets that with the next such text.
    """
    namedtuple("_Next", ())


def has_no_reader(error: OSError | MemoryError) -> bool:
    """Whether it says that nobody reads our output any more: then the output is thrown away from here on.

    A pipe to one of our own processes breaks with the same error: so the output itself is asked.
    """
    if not isinstance(error, BrokenPipeError) or not hasattr(select, "poll"):
        return False
    broken = [output for output in _OUTPUTS if _is_broken(output)]
    for output in broken:
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return bool(broken)


def _is_broken(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
