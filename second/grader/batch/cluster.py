"""Grade on the workers of a Dask cluster: one more pool. No disk is shared; this machine writes gradebook and pages."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import warnings
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Client, Future, KilledWorker, wait
from distributed.comm.addressing import get_address_host_port

from grader.batch.folder import write_page
from grader.batch.order import Job, Order
from grader.batch.worker import graded
from grader.edition import edition
from grader.errors import ClusterError, GraderError, SubmissionError
from grader.gradebook import Record
from grader.intake import SubmittedFile
from grader.pipeline import Context
from grader.report import PageContext
from grader.sandbox import Level, Sandbox, open_sandbox

Terms = tuple[Order, str, str]
"""What all jobs of a run have in common: the order, the date, and the software of the machine that leads."""

SECONDS = 60.0  # for the first worker (a batch system takes a while), and for the slowest one to open its sandbox
MAKERS = f"grader {edition()}, numpy {np.__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"
GO_ON = "what was graded is kept: look after the cluster, then run the same command again"
_turn = threading.Lock()  # a worker may have threads
_sandboxes: list[Sandbox] = []  # at most one, which a worker keeps for all runs


@contextmanager
def connect(address: str, patience: float = SECONDS) -> Iterator[Client]:
    """Connect to a scheduler; raises `ClusterError` where there is none, or no worker in `patience` seconds."""
    address = address if "://" in address else f"tcp://{address}"
    for handler in logging.getLogger("distributed").handlers:
        handler.setLevel(logging.CRITICAL + 1)  # what goes wrong is said in one sentence, without a traceback
    warnings.filterwarnings("ignore", "(?s).*Mismatched versions", UserWarning)  # `_sandbox` compares them
    try:
        _require_scheduler(address)
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


def _require_scheduler(address: str) -> None:
    """Raise where no Dask scheduler listens: a client would wait for ever for the first word of another server."""
    with socket.create_connection(get_address_host_port(address, strict=True), 10) as connection:
        said = connection.recv(8, socket.MSG_WAITALL)  # how many bytes will follow: some hundreds
    if len(said) < 8 or int.from_bytes(said, sys.byteorder) > 1 << 20:
        raise ValueError("what answers there is not a scheduler")


class ClusterPool:
    """The workers that a client is connected to, as the pool of one run."""

    def __init__(self, client: Client, order: Order, date: str) -> None:
        self._client, self._out = client, order.out
        # As a task of their own they reach each worker once, and again if all that had them die.
        self._terms = client.submit(lambda terms: terms, (order, date, MAKERS), pure=False)
        self._flying: dict[Future[Any], Job] = {}

    def begin(self) -> Level:
        """Open a sandbox on every worker; gives the weakest level."""
        tasks = {one: self._client.submit(_open, self._terms, workers=[one], pure=False) for one in self._workers()}
        levels = []
        for worker, task in tasks.items():
            try:
                levels.append(task.result(timeout=SECONDS))
            except Exception as error:  # ours, or whatever another grader, another Python or a lost worker raises
                kind = type(error) if isinstance(error, GraderError) else ClusterError
                hint = getattr(error, "hint", f"install there what is here: {MAKERS}")
                raise kind(f"the worker at {worker} cannot grade: {error}", hint) from error
        return max(levels, key=[*Level].index)

    def work_through(self, jobs: Iterable[Job]) -> Generator[tuple[Job, Record | None], None, None]:
        """Grade every job. What was on a worker that died again and again is tried alone, when all others are done."""
        suspects: list[Job] = []
        yield from self._stream(iter(jobs), suspects)
        for suspect in suspects:
            killers: list[Job] = []
            yield from self._stream(iter([suspect]), killers)
            yield from ((killer, None) for killer in killers)

    def close(self) -> None:
        """Leave what is in flight."""
        self._client.cancel([*self._flying, self._terms])  # type: ignore[no-untyped-call]

    def _stream(self, jobs: Iterator[Job], killed: list[Job]) -> Iterator[tuple[Job, Record | None]]:
        while True:
            room = max(8, 3 * len(self._workers())) - len(
                self._flying
            )  # 8: a cluster that grows with its work sees some
            for job in islice(jobs, max(room, 0)):
                self._flying[self._client.submit(_grade, self._terms, sendable(job), pure=False)] = job
            if not self._flying:
                return
            try:
                done = wait(list(self._flying), return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
            except CancelledError as error:
                raise ClusterError("the Dask scheduler was lost in the middle of the work", GO_ON) from error
            for job, task in [(self._flying.pop(task), task) for task in done]:
                if isinstance(task.exception(), KilledWorker):
                    killed.append(job)
                    continue
                record, html = task.result()
                write_page(self._out, job.identity.folder, html, is_graded=True)
                yield job, record

    def _workers(self) -> list[str]:
        try:
            return list(self._client.scheduler_info(n_workers=-1)["workers"])
        except OSError as error:
            raise ClusterError("the connection to the Dask scheduler was lost", GO_ON) from error


def sendable(job: Job) -> Job:
    """The job with the contents of its files, or why they cannot be read, in the place of their paths."""

    def read(file: SubmittedFile) -> SubmittedFile:
        try:
            contents: bytes | SubmissionError = file.read()
        except SubmissionError as error:
            contents = error.with_traceback(None)
        return replace(file, path=Path(file.name), inside=(), contents=contents)

    return replace(job, submission=replace(job.submission, files=tuple(map(read, job.submission.files))))


def _open(terms: Terms) -> Level:
    with _turn:
        return _sandbox(terms).level


def _grade(terms: Terms, job: Job) -> tuple[Record, str]:
    with _turn:
        (order, date, _), sandbox = terms, _sandbox(terms)
        return graded(Context(order.key, sandbox), PageContext(date, sandbox.level), job, order.criteria)


def _sandbox(terms: Terms) -> Sandbox:
    """This worker's sandbox. Other software than the leading machine's is refused: it could judge differently."""
    order, _, makers = terms
    if makers != MAKERS:
        raise ClusterError(f"it has {MAKERS}, and this machine {makers}", "install the same there")
    if _sandboxes and not (_sandboxes[0].level.confines or order.unsafe):
        _sandboxes.pop().close()  # it was opened for a run that asked for none
    if not _sandboxes:
        _sandboxes.append(open_sandbox(order.unsafe))
        Finalize(None, _sandboxes[0].close, exitpriority=10)
    return _sandboxes[0]
