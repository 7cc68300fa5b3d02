"""The workers of a cluster as a crew: `batch` cannot tell them from this machine's own processes.

takes: a connected client; an order, its page context and pieces.
gives: the level that all workers reach; (piece, row) as they come, each with its page written.
must not know: how the connection was made, how one hand-in is graded.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import CancelledError
from functools import partial
from typing import TYPE_CHECKING, Any

import dask
from distributed import KilledWorker

from grader.batch.at_a_desk import keep, ungraded
from grader.batch.pieces import Piece
from grader.batch.saved_class import Class
from grader.cluster.parcels import Parcel, Terms, pack
from grader.cluster.window import GO_ON, Window
from grader.cluster.worker import Result, given, grade_parcel, level_here, opened, press
from grader.errors import ClusterError
from grader.gradebook import Overrides, Row
from grader.report.page_context import PageContext
from grader.sandbox import Level

if TYPE_CHECKING:
    from distributed import Client

PARCELS = 3  # in the air for each worker: one in its hands, the next on its table, one under way
FEWEST = 8  # in the air at least, so that a cluster that grows with its work sees some
LEVEL_SECONDS = 120.0  # for the slowest worker to build and try its sandbox
PATIENCE_SECONDS = 120.0  # without any worker: a nanny starts one anew in seconds, a batch system in a minute
_COUNT_SECONDS = 2.0  # between two looks at how many workers there are
# Dask warns of tasks that hold more than 10 MB. Ours are the contents of hand-ins, and bounded.
_LARGE = {"distributed.admin.large-graph-warning-threshold": "1GiB"}


class ClusterCrew:
    """Grades on the workers that a client knows; the driver's own memory holds no more than the window."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address
        self._counted = 0.0
        self._seen = 0.0
        self._most = FEWEST

    @property
    def greeting(self) -> str:
        """Who will grade, in a line; and what would make them faster."""
        workers = self._workers()
        line = f"graded by {len(workers)} worker{'s' if len(workers) != 1 else ''} of {self._address}"
        if all(worker["nthreads"] == 1 for worker in workers.values()):
            return line
        return f"{line} (a worker grades one hand-in at a time: N workers of one thread use N cores)"

    def level(self, order: Class) -> Level:
        """The weakest level among the workers; raises `SandboxError` where one of them has no sandbox."""
        tried = [
            self._client.submit(level_here, order.unsafe, workers=[worker], allow_other_workers=False, pure=False)
            for worker in self._workers()
        ]
        try:
            levels = [Level(one.result(timeout=LEVEL_SECONDS)) for one in tried]
        except (TimeoutError, KilledWorker, CancelledError) as error:
            raise ClusterError(f"not every worker of {self._address} could say which sandbox it has", GO_ON) from error
        if not levels:
            raise ClusterError(f"the cluster at {self._address} has no workers any more", GO_ON)
        return max(levels, key=list(Level).index)

    def grade(
        self, order: Class, page: PageContext, said: Overrides, pieces: Iterable[Piece], count: int
    ) -> Generator[tuple[Piece, Row], None, None]:
        """Grade every piece; all files are written here."""
        with dask.config.set(_LARGE):
            terms = self._client.submit(given, Terms(order.key, page, order.unsafe), pure=False)
            executor = self._client.get_executor(pure=False)  # type: ignore[no-untyped-call]
            window: Window[Piece, Parcel, Result] = Window(partial(executor.submit, grade_parcel, terms), self._look)

            def alone(piece: Piece) -> Parcel:
                return next(pack([piece], said))[1]

            def give_up(piece: Piece, reason: str) -> Result:
                return press(*ungraded(order.key, page, piece, said.get(piece.submission.student_id, {}), reason))

            try:
                for piece, result in window.work_on(pack(pieces, said), alone, give_up):
                    row, html = opened(result)
                    keep(order, piece, html)
                    yield piece, row
            finally:
                executor.shutdown(wait=False)  # what is in the air when all is over is nobody's any more
                terms.release()  # type: ignore[no-untyped-call]

    def _look(self) -> int:
        """How many parcels may be in the air, by how many workers there are now."""
        now = time.monotonic()
        if now - self._counted < _COUNT_SECONDS:
            return self._most
        count = len(self._workers())
        self._counted, self._most = now, max(FEWEST, PARCELS * count)
        if count or not self._seen:
            self._seen = now
        if now - self._seen > PATIENCE_SECONDS:
            raise ClusterError(f"the cluster at {self._address} has no workers any more", GO_ON)
        return self._most

    def _workers(self) -> Mapping[str, Any]:
        try:
            workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        except OSError as error:
            raise ClusterError(f"the connection to {self._address} was lost", GO_ON) from error
        return workers
