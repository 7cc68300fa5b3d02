"""Clocks and scales: what a command takes in wall time, processor time and memory; and tables of it.

Memory of a tree of processes is the sum of proportional set sizes: pages that forked processes share count once. Where
the kernel does not say that of a confined process, its own pages (resident less those of files) count. Each file system
in memory that is a process's root counts as a whole, and its pages with no process.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(__file__).resolve().parent / ".work"
"""Where everything is that a bench makes; git ignores it."""
_SAMPLE = 0.05  # seconds between two looks at the memory of a tree

Command = Sequence[object]


def run(
    command: Command, fine: Sequence[int] = (0,), cwd: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command; raises where it ends with a code that is not `fine`. Bytecode is kept, as in real use."""
    there = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    given = there | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)} | variables
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=given, capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr[-3000:]}")
    return done


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall, and of processor time of the children that this process waited for meanwhile."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    taken, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def seconds(command: Command, fine: Sequence[int] = (0,)) -> float:
    return cost(lambda: run(command, fine))[0]


def in_turn(rounds: int, tasks: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Do all tasks once a round, one after the other, so that a busy minute falls on all of them."""
    taken = [[task() for task in tasks.values()] for _ in range(rounds)]
    return {name: [one[place] for one in taken] for place, name in enumerate(tasks)}


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return median(a / b for a, b in zip(over, under, strict=True))


# ---- processes and memory --------------------------------------------------------------------------------------------


def peak_of(command: Command) -> tuple[float, float, float]:
    """Run a command; gives the most megabytes of its first process and of all, and the seconds that it took."""
    first, tree, started, null = 0.0, 0.0, time.perf_counter(), subprocess.DEVNULL
    variables = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=null, stderr=null, env=variables) as process:
        while process.poll() is None:
            first = max(first, _field(process.pid, "status", "VmHWM"))
            pids = [*family(process.pid)]
            tree = max(tree, sum(map(_own_share, pids)) + sum(dict(map(_view, pids)).values()))
            time.sleep(_SAMPLE)
    return first, tree, time.perf_counter() - started


def family(pid: int) -> Iterator[int]:
    """A process and all its descendants."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def cpu_ms(pid: int) -> float:
    """The processor time of a living process."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    return 0.0


def _own_share(pid: int) -> float:
    if share := _field(pid, "smaps_rollup", "Pss"):
        return share - _field(pid, "smaps_rollup", "Pss_Shmem")
    return _field(pid, "status", "RssAnon")


def _view(pid: int) -> tuple[int, float]:
    """The number of a process's root, and the megabytes that it holds; none where it is the machine's own."""
    with suppress(OSError):
        root, number = os.statvfs(f"/proc/{pid}/root"), Path(f"/proc/{pid}/root").stat().st_dev
        if number != Path("/").stat().st_dev:
            return number, (root.f_blocks - root.f_bfree) * root.f_frsize / 1024**2
    return 0, 0.0


def _field(pid: int, file: str, name: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return 0.0


# ---- pages -----------------------------------------------------------------------------------------------------------


def write_page(path: Path, verb: str, facts: Sequence[str], head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write and print a page: facts, and rows in a table that is as wide as its cells."""
    lines = [list(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = ["| " + " | ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    text = [f"# Results of `{verb}`\n", *(f"- {fact}" for fact in facts), "", shown[0], rule, *shown[1:]]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))


def load() -> str:
    """The load average of the last minute and of the last five."""
    return "{:.2f} / {:.2f}".format(*os.getloadavg())


def machine(before: str) -> list[str]:
    """The machine without its name, the date, and the load `before` and now."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    system = f"{model or platform.machine()}, {platform.system()} {platform.release()}"
    return [
        f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}, numpy {np.__version__}",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; load average (1 / 5 min) {before} before, {load()} after",
    ]
