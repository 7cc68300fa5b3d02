"""What a very large class costs, calculated and simulated: `python -m benchmarks.scale`, no submission is graded.

The figures of one submission are those that `make bench` measured; give your own. One machine is arithmetic. A cluster
is simulated: the leading machine reads, sends and enters one submission after the other, a worker has one at a time,
and at most three for each worker are under way, as in `grader/batch/cluster.py`.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, fields

AHEAD = 3  # submissions under way for each worker
ORDINARY = range(50, 151)  # percent of the mean time: how much submissions differ


@dataclass(frozen=True)
class Costs:
    """What one submission costs; milliseconds of processor time, kilobytes."""

    grade: float = 36.0  # on a worker, or on one core of this machine
    lead: float = 2.3  # of the leading machine with a cluster: read, send, enter, write
    rejudge: float = 10.0  # on one core
    unchanged: float = 0.6
    gradebook: float = 14.0
    page: float = 35.0
    sheets: float = 10.0
    sent: float = 54.0  # to a worker and back
    known: float = 12.0  # memory of the leading process
    hung: float = 1500.0  # what a submission that hangs costs more, at its limits
    hanging: float = 0.01  # share of those


def one_machine(costs: Costs, students: int, cores: int) -> float:
    """Seconds for a class on all cores; a hanging one keeps a worker, but no core."""
    return students * (costs.grade + costs.hanging * costs.hung / cores) / cores / 1000


def cluster(costs: Costs, students: int, workers: int, seed: int = 1) -> tuple[float, float]:
    """Seconds for a class, and the share of them in which the leading machine has work."""
    rng, free, under_way = random.Random(seed), [0.0] * workers, list[float]()
    leading = last = 0.0
    for _ in range(students):
        if len(under_way) >= AHEAD * workers:
            leading = max(leading, heapq.heappop(under_way))
        leading += costs.lead / 1000
        begun = max(leading, heapq.heappop(free))
        hung = costs.hung if rng.random() < costs.hanging else 0.0
        ended = begun + (costs.grade * rng.choice(ORDINARY) / 100 + hung) / 1000
        heapq.heappush(free, ended)
        heapq.heappush(under_way, ended)
        last = max(last, ended)
    return last, students * costs.lead / 1000 / last


def lines(costs: Costs, students: int) -> Iterator[tuple[str, str]]:
    """What and how much."""
    for cores in (2, 8, 32):
        yield f"one machine, {cores} cores", _minutes(one_machine(costs, students, cores))
    for workers in (2, 10, 20, 40, 80):
        seconds, busy = cluster(costs, students, workers)
        network = students * costs.sent / seconds / 1024
        yield f"cluster, {workers} workers", f"{_minutes(seconds)}; leading {busy:.0%} busy; {network:.1f} MB/s"
    yield "rejudge, 2 cores", _minutes(students * costs.rejudge / 2 / 1000)
    yield "a second run, nothing changed", _minutes(students * costs.unchanged / 1000)
    for what, each in (("gradebook", costs.gradebook), ("pages", costs.page), ("sheets", costs.sheets)):
        yield what, f"{students * each / 1e6:.1f} GB"
    yield "memory of the leading process", f"{students * costs.known / 1e6:.1f} GB at most"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} minutes"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Calculate and simulate a very large class.")
    parser.add_argument("--students", type=int, default=100_000)
    for field in fields(Costs):
        parser.add_argument(f"--{field.name}", type=float, default=field.default)
    asked = vars(parser.parse_args())
    students = asked.pop("students")
    for what, how in lines(Costs(**asked), students):
        print(f"{what:32} {how}")


if __name__ == "__main__":
    main()
