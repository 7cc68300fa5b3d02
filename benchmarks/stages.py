"""Where the time of one notebook goes: CPU by stage, ours and that of the processes behind the wall.

takes: a class, a key, a folder to grade it into, how many notebooks of it.
gives: one JSON object: stage -> [our CPU ms, children's CPU ms, wall ms] a notebook.
must not know: what a stage does.

The class is graded in this one process by `grade_all`, as `grader grade --jobs 1` does. `SEAMS` names the functions
between which the clock is handed over; time belongs to the innermost of them. Behind the wall the processor time of
a submission's processes is read when they have answered all, just before they are let go: what the kernel needs to
take them down is in nobody's count.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measuring import cpu_ms, family

# Stage by stage: where the name is looked up when it is called, so that is where the clock is put.
SEAMS = {
    "fingerprint": ("grader.batch.parts:feed_contents",),
    "choose + extract": ("grader.pipeline:choose",),
    "sandbox": ("grader.answering.sittings:sit",),
    "judge + score": (
        *(f"grader.answering.{room}:judge" for room in ("answered", "hand_in", "one_by_one", "turned")),
        *("grader.answering.hand_in:told", "grader.answering.one_by_one:told_of", "grader.answering.turned:told_of"),
        "grader.answering.sparing:needless",
    ),
    "record": ("grader.pipeline:graded_record", "grader.pipeline:pack_outcomes", "grader.batch.at_a_desk:prepare"),
    "page": ("grader.batch.at_a_desk:render_page", "grader.batch.at_a_desk:keep_page"),
    "gradebook": ("grader.gradebook:Gradebook.enter",),
    "sheets + class page": ("grader.batch.whole_class:write_out",),
}
REST = "the rest"
_LOOKING = "looking"  # what the measuring itself costs, told to nobody
FORK = "zygote's forks"


class Clock:
    """Hands the time to the stage that is innermost."""

    def __init__(self) -> None:
        self.ours: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)
        self.children: dict[str, float] = defaultdict(float)
        self._open = [REST]
        self._last = (time.process_time(), time.perf_counter())

    @property
    def stage(self) -> str:
        """The innermost stage."""
        return self._open[-1]

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count for a stage."""
        self._book()
        self._open.append(stage)
        try:
            yield
        finally:
            self._book()
            self._open.pop()

    def close(self) -> None:
        """Book what is still open."""
        self._book()

    def reset(self) -> None:
        """Begin anew; what warmed up does not count."""
        self._book()
        for counts in (self.ours, self.wall, self.children):
            counts.clear()

    def _book(self) -> None:
        now = (time.process_time(), time.perf_counter())
        self.ours[self.stage] += (now[0] - self._last[0]) * 1000
        self.wall[self.stage] += (now[1] - self._last[1]) * 1000
        self._last = now


def measure(folder: Path, key_path: Path, out: Path, count: int) -> dict[str, list[float]]:
    """Grade some notebooks of a class, after a few that only warm up."""
    from grader.answer_key import load_key
    from grader.batch.saved_class import Class
    from grader.batch.whole_class import grade_all
    from grader.intake import submissions_in

    clock = Clock()
    _put_clocks(clock)
    _watch_children(clock)
    order = Class(load_key(key_path), str(key_path), out)
    submissions = submissions_in(folder)
    warm = submissions[: min(10, len(submissions) // 2)]
    grade_all(order, warm, unfollowed)
    clock.reset()
    asked = submissions[len(warm) : len(warm) + count]
    # The warm ones are handed in again, unchanged, for a class forgets those who are not.
    grade_all(order, [*warm, *asked], unfollowed)
    clock.close()
    per = len(asked)
    stages = [*SEAMS, FORK, REST]
    return {s: [clock.ours[s] / per, clock.children[s] / per, clock.wall[s] / per] for s in stages}


@contextmanager
def unfollowed(total: int) -> Iterator[Callable[[str, str, str], None]]:
    """How a class gets on, told to nobody."""
    yield lambda student, status, sentence: None


def _put_clocks(clock: Clock) -> None:
    for stage, places in SEAMS.items():
        for place in places:
            module, _, path = place.partition(":")
            owner: Any = importlib.import_module(module)
            *outer, name = path.split(".")
            for part in outer:
                owner = getattr(owner, part)
            setattr(owner, name, _clocked(clock, stage, getattr(owner, name)))


def _clocked(clock: Clock, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with clock.on(stage):
            return function(*args, **kwargs)

    return wrapped


def _watch_children(clock: Clock) -> None:
    """Read what a submission's processes have used, when they have answered; and what forks them, since last time."""
    from grader.sandbox.worker import Worker

    finish: Callable[[Worker], bool] = Worker.finish
    forking: dict[int, float] = {}

    def watched(self: Worker) -> bool:
        stage = clock.stage
        with clock.on(_LOOKING):
            confined = set(family(self._process.pid))
            clock.children[stage] += sum(map(cpu_ms, confined))
            for pid in set(family(os.getpid())) - confined - {os.getpid()}:
                used = cpu_ms(pid)
                clock.children[FORK] += used - forking.get(pid, used)
                forking[pid] = used
        return finish(self)

    Worker.finish = watched  # type: ignore[method-assign]


def main() -> None:
    """Measure, and print."""
    folder, key_path, out, count = sys.argv[1:]
    print(json.dumps(measure(Path(folder), Path(key_path), Path(out), int(count))))


if __name__ == "__main__":
    main()
