"""Grade on the workers of a Dask cluster: one more pool. No disk is shared; this machine writes gradebook and pages."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import warnings
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Client, Future, KilledWorker, wait
from distributed.comm.addressing import get_address_host_port

from grader.batch.folder import write_page
from grader.batch.order import Job, Order
from grader.batch.worker import be_quick, graded
from grader.edition import edition
from grader.errors import ClusterError, GraderError, SubmissionError
from grader.gradebook import Record
from grader.intake import SubmittedFile
from grader.pipeline import Context
from grader.report import PageContext
from grader.sandbox import Level, Sandbox, open_sandbox

SECONDS = 60.0  # for the first worker (a batch system takes a while), and for the slowest one to open its sandbox
BATCH = 5  # submissions of a task: each task costs Dask 15 ms, on scheduler, worker and this machine together
MAKERS = f"grader {edition()}, numpy {np.__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"
_turn = threading.Lock()  # a worker may have threads
_sandboxes: dict[bool, Sandbox] = {}  # of this worker, for all runs: unsafe or not


@contextmanager
def connect(address: str, patience: float = SECONDS) -> Iterator[Client]:
    """Connect to a scheduler; raises `ClusterError` where there is none, or no worker in `patience` seconds."""
    address = address if "://" in address else f"tcp://{address}"
    logging.getLogger("distributed").handlers[:] = [logging.NullHandler()]  # what goes wrong is said in a sentence
    warnings.filterwarnings("ignore", "(?s).*(Mismatched versions|large graph)", UserWarning)  # `_sandbox` compares
    try:
        # A scheduler says at once how many bytes follow; a client would wait for ever where another server listens.
        with socket.create_connection(get_address_host_port(address, strict=True), 10) as connection:
            said = connection.recv(8, socket.MSG_WAITALL)
        if len(said) < 8 or int.from_bytes(said, sys.byteorder) > 1 << 20:
            raise ValueError("what answers there is not a scheduler")
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        hint = "give the address that 'dask scheduler' prints, as tcp://10.0.0.5:8786 (8787 is its dashboard)"
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}", hint) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError:
            hint = f"start some: dask worker {address} --nworkers -1 --nthreads 1"
            raise ClusterError(f"the Dask scheduler at {address} has no workers", hint) from None
        yield client


class ClusterPool:
    """The workers that a client is connected to, as the pool of one run."""

    def __init__(self, client: Client, order: Order, date: str) -> None:
        self._client, self._out = client, order.out
        # As a task of their own they reach each worker once, and again if all that had them die.
        self._terms = client.submit(lambda terms: terms, (order, date, MAKERS), pure=False)
        self._flying: dict[Future[Any], list[Job]] = {}

    def begin(self) -> Level:
        """Open a sandbox on every worker; gives the weakest level."""
        submit, levels = partial(self._client.submit, lambda terms: _sandbox(terms).level, self._terms, pure=False), []
        for worker, task in [(one, submit(workers=[one])) for one in self._workers()]:
            try:
                levels.append(task.result(timeout=SECONDS))
            except Exception as error:  # ours, or whatever another grader, another Python or a lost worker raises
                kind = type(error) if isinstance(error, GraderError) else ClusterError
                hint = getattr(error, "hint", f"install there what is here: {MAKERS}")
                raise kind(f"the worker at {worker} cannot grade: {error}", hint) from error
        return max(levels, key=[*Level].index)

    def work_through(self, jobs: Iterable[Job]) -> Generator[tuple[Job, Record | None], None, None]:
        """Grade every job, in batches while many are left.

        What was on a worker that died again and again is tried alone, when all others are done.
        """
        jobs, suspects, is_alone = iter(jobs), list[Job](), False
        while True:
            try:
                most = max(8, 3 * len(self._workers()))  # 8: a cluster that grows with its work has to see some
                room = BATCH * most - sum(map(len, self._flying.values()))
                new = list(islice(jobs, max(0, room)))
                size = BATCH if len(new) == room else 1
                if is_alone := not (new or self._flying):
                    new = [suspects.pop()] if suspects else []
                for batch in [new[start : start + size] for start in range(0, len(new), size)]:
                    task = self._client.submit(_grade, self._terms, [*map(sendable, batch)], pure=False)
                    self._flying[task] = batch
                if not self._flying:
                    return
                done = wait(list(self._flying), return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
                ended = [(self._flying.pop(task), task.exception(), task) for task in done]
            except (CancelledError, OSError) as error:
                hint = "what was graded is kept: look after the cluster, then run the same command again"
                raise ClusterError("the Dask scheduler was lost in the middle of the work", hint) from error
            for batch, failure, task in ended:
                if not isinstance(failure, KilledWorker):
                    for job, (record, html) in zip(batch, task.result(), strict=True):
                        write_page(self._out, job.identity.folder, html, is_graded=True)
                        yield job, record
                elif is_alone:
                    yield batch[0], None
                else:
                    suspects += batch

    def close(self) -> None:
        """Leave what is in flight."""
        self._client.cancel([*self._flying, self._terms])  # type: ignore[no-untyped-call]

    def _workers(self) -> list[str]:
        return list(self._client.scheduler_info(n_workers=-1)["workers"])


def sendable(job: Job) -> Job:
    """The job with the contents of its files in the place of their paths."""
    files = (replace(one, path=Path(one.name), inside=(), contents=_contents(one)) for one in job.submission.files)
    return replace(job, submission=replace(job.submission, files=tuple(files)))


def _contents(file: SubmittedFile) -> bytes | SubmissionError:
    try:
        return file.read()
    except SubmissionError as error:
        return error.with_traceback(None)


def _grade(terms: tuple[Order, str, str], batch: Sequence[Job]) -> list[tuple[Record, str]]:
    with _turn:
        (order, date, _), sandbox = terms, _sandbox(terms)
        context, page = Context(order.key, sandbox), PageContext(date, sandbox.level)
        return [graded(context, page, job, order.criteria) for job in batch]


def _sandbox(terms: tuple[Order, str, str]) -> Sandbox:
    """This worker's sandbox. Other software than the leading machine's is refused: it could judge differently."""
    order, _, makers = terms
    if makers != MAKERS:
        raise ClusterError(f"it has {MAKERS}, and this machine {makers}", "install the same there")
    if order.unsafe not in _sandboxes:
        _sandboxes[order.unsafe] = open_sandbox(order.unsafe)
        be_quick()
        Finalize(None, _sandboxes[order.unsafe].close, exitpriority=10)
    return _sandboxes[order.unsafe]
