"""Turn what the machine refuses (an `OSError`, a `MemoryError`) into a sentence, a next step and an exit code.

`OSError` is one name for many things. What was named wrongly is the caller's to name again, what is short has to be
freed, and a reader who has gone (`| head`) is told nothing.
"""

from __future__ import annotations

import errno
import os
import re
import select
from pathlib import Path

from grader.cli.options import CALLERS, OUR_FAULT

NOBODY_READS = 141  # 128 + SIGPIPE, as shells have it
_PART = re.compile(r"(?:\.\d+)?\.part$")  # the end of a name of ours, of a file that is not written in whole yet
_ANOTHER = "name another place"
_AGAIN = "then run the same command: what is done is kept"
_PLACES = {
    errno.EISDIR: ("is a folder, and a file is needed there", _ANOTHER),
    errno.ENOTDIR: ("is below a file, and a folder is needed there", _ANOTHER),
    errno.EEXIST: ("is there already, and is something else", _ANOTHER),
    errno.ENOTEMPTY: ("is there already, with files in it", _ANOTHER),
    errno.ENOENT: ("is not there", "make the folder first, or name another place"),
    errno.ENAMETOOLONG: ("is a name too long for this disk", _ANOTHER),
}
_SHORT = {
    errno.ENOSPC: ("the disk is full", f"free some room, {_AGAIN}"),
    errno.EDQUOT: ("your share of the disk is used up", f"free some room, {_AGAIN}"),
    errno.EMFILE: ("too many files are open", f"raise the limit (ulimit -n) or give fewer --jobs, {_AGAIN}"),
    errno.ENOMEM: ("memory is short", f"close other programs or give fewer --jobs, {_AGAIN}"),
    errno.EAGAIN: ("too many processes are at work", f"close other programs or give fewer --jobs, {_AGAIN}"),
    errno.EACCES: ("you may not read or write there", f"get the right or name another place, {_AGAIN}"),
    errno.EPERM: ("that is not allowed here", f"get the right or name another place, {_AGAIN}"),
    errno.EROFS: ("that disk can only be read", f"name another place, {_AGAIN}"),
}


def fault_of(error: OSError | MemoryError) -> tuple[str, str, int]:
    """Say what an error of the machine is: the sentence, the next step, and the exit code."""
    if isinstance(error, MemoryError):
        return *_SHORT[errno.ENOMEM], OUR_FAULT
    name, number = error.filename2 or error.filename, error.errno or 0
    place = _PART.sub("", os.fsdecode(name)) if isinstance(name, str | bytes | os.PathLike) else ""
    if not place and number == errno.ENOENT and _is_nowhere():
        return "the folder that this terminal is in is gone", f"go into another (cd ..), {_AGAIN}", CALLERS
    if place and number in _PLACES:
        sentence, hint = _PLACES[number]
        return f"{place} {sentence}", hint, CALLERS
    sentence, hint = _SHORT.get(number, (f"{type(error).__name__}: {error}", f"look at what it names, {_AGAIN}"))
    return f"{place}: {sentence}" if place and number in _SHORT else sentence, hint, OUR_FAULT


def _is_nowhere() -> bool:
    """Whether the current folder was removed, or removed and made again."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def has_no_reader(error: OSError | MemoryError) -> bool:
    """Whether nobody reads our output any more; what is printed from here on is then thrown away.

    A pipe to one of our own processes breaks with the same error: so the output itself is asked.
    """
    if not isinstance(error, BrokenPipeError) or not hasattr(select, "poll"):
        return False
    broken = [output for output in (1, 2) if _is_broken(output)]
    for output in broken:
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return bool(broken)


def _is_broken(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
