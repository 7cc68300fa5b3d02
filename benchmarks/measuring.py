"""Clocks and scales: what a command takes in wall time, and what it and all that it starts hold in memory.

takes: a command line.
gives: seconds; peak megabytes of the first process and of the whole tree.
must not know: what the command is.

Memory of the tree is the sum of proportional set sizes, so that pages which forked processes share count once;
where the kernel does not tell those of a confined process, its own pages (resident less shared) stand in.
"""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

WORK = Path(__file__).resolve().parent / ".work"
"""Where everything lies that a bench makes; git does not see it."""

_SAMPLE = 0.05  # seconds between two looks at a tree
_KB_IN_MB = 1024

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Peak:
    """Megabytes at the highest, and the seconds that it took, looked at all the while."""

    first: float
    tree: float
    seconds: float


class CommandError(Exception):
    """A measured command failed, so its time means nothing."""


def environment() -> dict[str, str]:
    """What measured commands see: bytecode is kept, as it is where the grader was installed for use."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"OPENBLAS_NUM_THREADS": "1"}


def seconds(command: Command, fine: Sequence[int] = (0,), **extra: str) -> float:
    """Run a command and give its wall time; raises where it ends with a code that is not fine."""
    started = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=environment() | extra, check=False
    )
    taken = time.perf_counter() - started
    if done.returncode not in fine:
        raise CommandError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr[-2000:]}")
    return taken


def reaped_cpu_ms(command: Command) -> float:
    """Run a command, and give the processor time of it and of all children that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_turn(rounds: int, tasks: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Do all tasks once a round, one after the other, so that a busy minute falls on all of them."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            taken[name].append(task())
    return taken


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return median(a / b for a, b in zip(over, under, strict=True))


# ---- memory --------------------------------------------------------------------------------------------------


def peak_of(command: Command, fine: Sequence[int] = (0,)) -> Peak:
    """Run a command and look at its memory all the while."""
    first = tree = 0.0
    started = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    ) as process:
        while process.poll() is None:
            first = max(first, _field(process.pid, "status", "VmHWM"))
            tree = max(tree, sum(_own_share(pid) for pid in family(process.pid)))
            time.sleep(_SAMPLE)
    if process.returncode not in fine:
        raise CommandError(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return Peak(first, tree, time.perf_counter() - started)


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def cpu_ms(pid: int) -> float:
    """What a living process has used of the processor."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, IndexError):
        return 0.0


def _own_share(pid: int) -> float:
    share = _field(pid, "smaps_rollup", "Pss")
    return share or max(0.0, _field(pid, "status", "VmRSS") - _field(pid, "status", "RssFile"))


def _field(pid: int, file: str, name: str) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / _KB_IN_MB
    return 0.0


# ---- the machine ---------------------------------------------------------------------------------------------


def machine() -> str:
    """What was measured on, without its name."""
    import numpy as np

    model = platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return (
        f"{len(os.sched_getaffinity(0))} cores, {model}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def load() -> str:
    """The load average of the last minute and of the last five."""
    one, five, _ = os.getloadavg()
    return f"{one:.2f} / {five:.2f}"
