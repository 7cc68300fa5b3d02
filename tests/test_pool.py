"""Many jobs at once: each is done once and none is lost, whichever worker dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.batch.pool import WorkerPool

Work = Callable[[Any], Any]


def square(number: int) -> int:
    return number * number


def die_on(killer: int, once: Path | None, number: int) -> int:
    """End the process at one number: always, or once where there is a place for a mark."""
    if number == killer and not (once and once.exists()):
        if once:
            once.touch()
        os._exit(9)
    return square(number)


def die_while_answering(mark: Path, number: int) -> bytes:
    """Number 1 is killed the first time, when a part of its answer is written and nobody has read the rest."""
    if number == 1 and not mark.exists():
        mark.touch()
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return bytes(20_000_000 if number else 1)


def refuse(*number: int) -> Any:
    raise FileNotFoundError(number)


def set_up(work: Work, log: Path = Path("/dev/null")) -> tuple[str, Work]:
    """What each worker begins with; a log has the process of each that was set up."""
    with log.open("a") as file:
        file.write(f"{os.getpid()}\n")
    return "ready", work


def die_before_the_first(mark: Path) -> tuple[str, Work]:
    """The first worker that comes here ends; all others are ready."""
    with suppress(FileExistsError):
        mark.touch(exist_ok=False)
        os._exit(9)
    return set_up(square)


def done_by(jobs: Iterable[Any], work: Work, count: int, *more: Any) -> Iterator[tuple[Any, Any]]:
    with closing(WorkerPool(set_up, (work, *more), count)) as pool:
        yield from pool.work_through(jobs)


@pytest.mark.parametrize("count", [1, 3])
def test_every_job_is_done_once(tmp_path: Path, count: int) -> None:
    """Each comes back with its own result. A worker is set up once, for work alone, and none is left in the end."""
    log = tmp_path / "log"
    assert list(done_by([], square, count, log)) == []
    assert not log.exists()
    assert sorted(done_by(range(40), square, count, log)) == [(n, n * n) for n in range(40)]
    made = log.read_text().split()
    assert len(made) == len({*made} - {str(os.getpid())}) == count
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("killer", "count", "once"), [(3, 1, True), (3, 2, True), *((n, 2, False) for n in (1, 2, 3))])
def test_no_other_job_is_lost_where_workers_die(tmp_path: Path, killer: int, count: int, once: bool) -> None:
    """Another worker does the job of one that died; a job that kills each is given up, and its result is None.

    Results are taken slowly, and meanwhile a worker ends: what waited for it is there.
    """
    done: dict[int, object] = {}
    for number, result in done_by(range(12), partial(die_on, killer, tmp_path / "mark" if once else None), count):
        time.sleep(0 if done else 0.3)
        assert number not in done
        done[number] = result
    assert done == {n: None if n == killer and not once else n * n for n in range(12)}


def test_half_an_answer_keeps_nobody_waiting(tmp_path: Path) -> None:
    """A worker that is killed in the middle of its answer costs one more try, and no other waits for it."""
    sizes: dict[int, int] = {}
    for number, answer in done_by(range(6), partial(die_while_answering, tmp_path / "mark"), 2):
        time.sleep(0 if sizes else 0.8)
        sizes[number] = len(answer)
    assert sizes == {0: 1, **dict.fromkeys(range(1, 6), 20_000_000)}


def test_what_the_work_raises_is_raised_with_its_place() -> None:
    """An error of ours is no death of a worker, of whatever class it is."""
    with pytest.raises(FileNotFoundError) as caught:
        list(done_by(range(4), refuse, 2))
    assert "in refuse" in "".join(traceback.format_exception(caught.value))
    assert multiprocessing.active_children() == []


def test_jobs_are_taken_as_workers_are_free() -> None:
    """A class of any size fits into memory."""
    taken: list[int] = []
    work = done_by((taken.append(number) or number for number in range(100)), square, 2)  # type: ignore[func-returns-value]
    next(work)
    assert len(taken) <= 4
    assert len(list(work)) == 99


def test_a_pool_begins_before_there_is_work_though_a_worker_is_killed(tmp_path: Path) -> None:
    """What the set-up gave comes back; where it raises, or all workers die, that is said and no process is left."""
    with closing(WorkerPool[int, int](die_before_the_first, (tmp_path / "mark",), 2)) as pool:
        assert pool.begin() == "ready"
        assert dict(pool.work_through(range(9))) == {n: n * n for n in range(9)}
    for wrong, arguments, error in ((refuse, (), FileNotFoundError), (os._exit, (9,), ChildProcessError)):
        with closing(WorkerPool[int, int](wrong, arguments, 2)) as pool, pytest.raises(error):
            pool.begin()
    assert multiprocessing.active_children() == []


LEADER = """
import os, signal, sys, time
from pathlib import Path
import test_pool as t
def work(number):
    Path(sys.argv[1], str(os.getpid())).touch()
    while number and len(os.listdir(sys.argv[1])) < 3: time.sleep(0.01)
    if number: os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
for _ in t.done_by(range(3), work, 3): pass
"""


def test_workers_end_with_the_process_that_leads(tmp_path: Path) -> None:
    """It is killed, and within moments none of its workers runs on, whatever they were at; and none says a word."""
    command = [sys.executable, "-c", LEADER, str(tmp_path)]
    run = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, timeout=30)
    assert (run.returncode, run.stderr) == (-signal.SIGKILL, b"")
    workers, until = [Path("/proc", path.name) for path in tmp_path.iterdir()], time.monotonic() + 10
    while any(worker.exists() for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert [worker.exists() for worker in workers] == [False] * 3
