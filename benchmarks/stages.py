"""Where the time of one submission goes: CPU by stage, ours and that of the processes behind the wall.

A class is graded in this one process. `SEAMS` names the functions between which the clock is handed over, where they
are looked up; time belongs to the innermost of them. The processor time behind the wall is read just before a process
is ended: what the kernel needs to take it down is in nobody's count.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from statistics import mean
from typing import Any, ClassVar

from benchmarks.measuring import cpu_ms, family

SEAMS = {
    "read": ("grader.batch.order:fingerprint", "grader.pipeline:read"),
    "ask": ("grader.pipeline:ask",),
    "judge": ("grader.pipeline:judge", "grader.pipeline:score_all", "grader.asking:not_right"),
    "word": ("grader.pipeline:graded_record",),
    "page": ("grader.batch.worker:render_student_page", "grader.batch.worker:write_page"),
    "gradebook": ("grader.pipeline:pack_outcomes", "grader.gradebook:Gradebook.enter"),
    "sheets": ("grader.batch.folder:write_sheets_and_class",),
}
REST, FORKS, _LOOKING = "the rest", "zygote's forks", "looking"  # the last is what measuring costs
WARM = 10  # submissions that only warm up


class Clock:
    """Gives the time to the stage that is innermost: milliseconds of our CPU, of that behind the wall, and of wall."""

    def __init__(self) -> None:
        self.costs: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._open, self._last = [REST], (time.process_time(), time.perf_counter())

    @contextmanager
    def on(self, stage: str) -> Iterator[str]:
        """Count for a stage; yields the one before."""
        self.book()
        self._open.append(stage)
        yield self._open[-2]
        self.book()
        self._open.pop()

    def book(self) -> None:
        now, cost = (time.process_time(), time.perf_counter()), self.costs[self._open[-1]]
        cost[0] += (now[0] - self._last[0]) * 1000
        cost[2] += (now[1] - self._last[1]) * 1000
        self._last = now

    def put_on(self, stage: str, place: str) -> None:
        """Count for a stage whenever a function runs, which is given by its module and name."""
        module, _, path = place.partition(":")
        *outer, name = path.split(".")
        owner: Any = functools.reduce(getattr, outer, importlib.import_module(module))
        function = getattr(owner, name)

        def clocked(*args: Any, **kwargs: Any) -> Any:
            with self.on(stage):
                return function(*args, **kwargs)

        setattr(owner, name, clocked)


class HerePool:
    """A pool of no processes; it notes the milliseconds of each submission, by whether it has full points."""

    took: ClassVar[dict[bool, list[float]]] = {}

    def __init__(self, order: Any, date: str) -> None:
        from grader.batch.worker import grading
        from grader.report import prepare
        from grader.sandbox import open_sandbox

        prepare()
        self._sandbox = open_sandbox(order.unsafe)
        self._level, self._grade = grading(order, date, self._sandbox)
        self.took.update({True: [], False: []})

    def begin(self) -> Any:
        return self._level

    def work_through(self, jobs: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        for job in jobs:
            started = time.perf_counter()
            record = self._grade(job)
            self.took[record.points == record.max_points].append(1000 * (time.perf_counter() - started))
            yield job, record

    def close(self) -> None:
        """End the sandbox."""
        self._sandbox.close()


def _follow(total: int) -> AbstractContextManager[Callable[..., None]]:
    return nullcontext(lambda *_: None)


def watch_children(clock: Clock) -> None:
    """Read what a submission's process has used before it is ended; and what forks them has used since last time."""
    from grader.sandbox.worker import Worker

    close, forking = Worker.close, dict[int, float]()

    def watched(self: Any) -> None:
        with clock.on(_LOOKING) as stage:
            confined = set(family(self._process.pid))
            clock.costs[stage][1] += sum(map(cpu_ms, confined))
            for pid in set(family(os.getpid())) - confined - {os.getpid()}:
                used = cpu_ms(pid)
                clock.costs[FORKS][1] += used - forking.get(pid, used)
                forking[pid] = used
        close(self)

    Worker.close = watched  # type: ignore[method-assign]


def measure(folder: Path, key_path: Path, out: Path) -> dict[str, Any]:
    """Grade a class, after a few of it that only warm up."""
    from grader.batch.grading import grade_all
    from grader.batch.order import Order
    from grader.intake import collect
    from grader.key import load_key

    clock = Clock()
    for stage, places in SEAMS.items():
        for place in places:
            clock.put_on(stage, place)
    watch_children(clock)
    order, asked = Order(load_key(key_path), str(key_path), out), collect(folder).submissions
    warm = asked[: min(WARM, len(asked) // 2)]
    grade_all(order, warm, _follow, HerePool)  # type: ignore[arg-type]
    clock.costs.clear()
    grade_all(order, asked, _follow, HerePool)  # type: ignore[arg-type]
    clock.book()
    per = len(asked) - len(warm)
    costs = {stage: [part / per for part in clock.costs[stage]] for stage in (*SEAMS, FORKS, REST)}
    return {"costs": costs, "right": mean(HerePool.took[True] or [1]), "wrong": mean(HerePool.took[False] or [0])}


if __name__ == "__main__":
    print(json.dumps(measure(*map(Path, sys.argv[1:]))))
