"""How a submission's process ended, in words.

takes: exit codes, signals, reports of the watching process.
gives: `Ending`.
must not know: what the process did.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """Why a process is gone.

    `fault` tells a failure of our own machinery; `again` what may be no doing of the call that was made last, which is
    to be asked again: all calls so far have a part in it, or something else on this machine has.
    """

    reason: str
    fault: bool = False
    again: bool = False


# SIGKILL, which Windows has no name for, and SIGTERM: behind a filter only others can send them.
_FROM_OTHERS = (9, 15)
_FILTERED = 31  # SIGSYS: how the filter ends what sends itself a signal to end by (`harness/shut_in/seccomp`)


def describe_code(code: int) -> str:
    """Put an exit code, negative for a signal, in words."""
    if code >= 0:
        return f"the process ended: exit code {code}"
    if -code == _FILTERED:
        return "killed by a signal that it sent to itself"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"killed by signal {-code}{name}"


def ended_with(code: int) -> Ending:
    """How a process ended by its code. A machine that is short of memory kills what it likes."""
    return Ending(describe_code(code), again=-code in _FROM_OTHERS)


def out_of_memory(held: int, allowed: int) -> Ending:
    """Say that all its processes together held too much."""
    return Ending(f"stopped: its processes held {held} MB of memory, and {allowed} MB are allowed")


TOO_MANY_FILES = Ending("stopped: it wrote more files than allowed", again=True)
# Student code cannot end the process that watches over it: something else on this machine has.
UNWATCHED = Ending("the sandbox failed: the watching process was killed", fault=True)
UNEXPLAINED = Ending("the process ended")
