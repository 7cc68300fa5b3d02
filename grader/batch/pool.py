"""A pool of worker processes that survives the death of any of them.

Processes and not threads: half of the work on our side of the wall is Python. And no pool of the standard library: its
processes share queues and their locks, so one that is killed while it holds a lock, or has written half of a result,
keeps all others waiting for ever. Here each worker has a pipe to itself, which ends with it, and one job at a time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
SetUp = Callable[..., tuple[Any, Callable[[Job], Result]]]
"""Called once in each worker; gives what `WorkerPool.begin` gives, and the function that does a job."""
Answer = tuple[bool, Any]
"""Whether a function returned, and what it returned or raised."""

_GONE = (EOFError, OSError)  # raised by a pipe whose other end has died, in the middle of a message too


@dataclass
class _Worker:
    """A process and our end of its pipe. `job` holds the job in progress; `deaths` is how many workers it has ended."""

    process: BaseProcess
    pipe: Connection
    job: tuple[Any, ...] = ()
    deaths: int = 0

    def give(self, job: tuple[Any, ...], deaths: int = 0) -> None:
        """Hand a job over; () says that there is none any more."""
        self.job, self.deaths = job, deaths
        with suppress(*_GONE):  # it has died: that is seen where its answer is read
            self.pipe.send(job)

    def hear(self) -> Answer | None:
        """Wait for its next answer, the first of which is about its set-up; None where it has died."""
        with suppress(*_GONE):
            answer: Answer = self.pipe.recv()
            return answer
        return None


class WorkerPool(Generic[Job, Result]):
    """So many workers; `close` leaves none behind."""

    def __init__(self, set_up: SetUp[Job, Result], arguments: tuple[object, ...], count: int) -> None:
        self._set_up, self._arguments, self._count = set_up, arguments, count
        self._workers: list[_Worker] = []
        self._again: list[Job] = []  # jobs of which one worker has died

    def begin(self) -> Any:
        """Start all workers; gives what the set-up gave in one of them, or raises what it raised."""
        given = None
        for worker in [self._start() for _ in range(self._count)]:
            answer = worker.hear()
            if answer is None:  # killed before it was ready
                self._end(worker)
            else:
                given = _result(answer)
        if not self._workers:
            raise ChildProcessError("all workers have ended before they began")
        return given

    def work_through(self, jobs: Iterable[Job]) -> Generator[tuple[Job, Result | None], None, None]:
        """Give each job with its result as it is done, and None for a job of which two workers have died.

        Jobs are taken as workers are free.
        """
        jobs = iter(jobs)
        while True:
            self._hand_out(jobs)
            busy: dict[Any, _Worker] = {worker.pipe: worker for worker in self._workers if worker.job}
            if not busy:
                break
            done = [one for pipe in wait(list(busy)) for one in self._done(busy[pipe])]
            self._hand_out(jobs)  # before the results are looked at: no worker waits for that
            for job, answer in done:
                yield job, None if answer is None else _result(answer)
        for worker in self._workers:
            worker.give(())
        while self._workers:
            _wait_for(self._workers.pop())

    def close(self) -> None:
        """End all workers at once."""
        while self._workers:
            self._end(self._workers[0])

    def _done(self, worker: _Worker) -> Iterator[tuple[Job, Answer | None]]:
        """The job that a worker has done, with its answer; None where it is the second that died of it."""
        answer, (job,), worker.job = worker.hear(), worker.job, ()
        if answer is None:
            self._end(worker)
        if answer is None and not worker.deaths:
            self._again.append(job)
        else:
            yield job, answer

    def _hand_out(self, jobs: Iterator[Job]) -> None:
        """Give every free worker a job, and start those that are missing."""
        while len(self._workers) < self._count or not all(worker.job for worker in self._workers):
            again = [self._again.pop()] if self._again else []
            taken = again or list(islice(jobs, 1))
            if not taken:
                return
            worker = next((worker for worker in self._workers if not worker.job), None)
            if worker is None:
                worker = self._start()
                worker.hear()
            worker.give((taken[0],), len(again))

    def _start(self) -> _Worker:
        # fork where it is safe (Linux, and nothing has started a thread yet): a spawned process imports numpy again.
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._set_up, self._arguments))
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.terminate()
        _wait_for(worker)


def _wait_for(worker: _Worker) -> None:
    worker.process.join()
    worker.pipe.close()


def _result(answer: Answer) -> Any:
    returned, result = answer
    if not returned:
        raise result
    return result


# ---- in the worker -----------------------------------------------------------------------------------------------


def _serve(pipe: Connection, set_up: SetUp[Any, Any], arguments: tuple[object, ...]) -> None:
    """Work until there is nothing left to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of us; the process that leads ends the others
    threading.Thread(target=_end_with_the_leader, daemon=True).start()
    with suppress(*_GONE):  # the leader has ended
        returned, given = _called(set_up, arguments)
        pipe.send((returned, given[0] if returned else given))
        while returned and (job := pipe.recv()):
            pipe.send(_called(given[1], job))


def _end_with_the_leader() -> None:
    """End without a word when the process that leads the pool has ended, in whatever way and whatever we are at."""
    leader = multiprocessing.parent_process()
    assert leader is not None
    wait([leader.sentinel])
    os._exit(1)


def _called(function: Callable[..., Any], arguments: tuple[object, ...]) -> Answer:
    try:
        return True, function(*arguments)
    except Exception as error:
        error.add_note(f"Raised in a worker process:\n{traceback.format_exc()}")  # what is sent has no traceback
        return False, error
