"""What runs on a worker: one warm sandbox a process, and one hand-in at a time in it.

takes: the terms of a run, and a parcel.
gives: a row and a page for each piece, in order; the level of the sandbox here.
must not know: the driver's disk, other workers.

A worker has threads, so nothing here forks it: the sandbox's zygote is started as a program of its own, once, and ends
with the worker. Whatever number of threads a worker has, they take turns: half of the work is Python.
"""

from __future__ import annotations

import json
import threading
import zlib
from multiprocessing.util import Finalize

from grader.batch.at_a_desk import graded
from grader.cluster.parcels import Packed, Parcel, Terms, makers_here
from grader.errors import ClusterError, SandboxError
from grader.gradebook import Row
from grader.pipeline import Desk
from grader.sandbox import Sandbox, open_sandbox

Result = tuple[bytes, bytes]
"""A row and its page as compressed JSON, a fifth of their size and made small where there are many hands; outcomes."""

_turn = threading.Lock()
_opened: list[Sandbox] = []  # at most one: a process keeps it for all runs, since opening takes longer than grading


def given(terms: Terms) -> Terms:
    """The terms as a task of their own, so that they reach each worker once, and again should all that had them die."""
    return terms


def grade_parcel(terms: Terms, parcel: Parcel) -> list[Result]:
    """Grade what is in a parcel.

    Raises `SandboxError` where no sandbox that `grade` accepts can be built here, and `ClusterError` where this is
    another grader than the driver's: a worker may have come when the run had begun.
    """
    if terms.makers != makers_here():
        raise ClusterError(
            f"{_name()} has {makers_here()}, the driver {terms.makers}: they could judge differently",
            "install the same there, and run the same command: it goes on",
        )
    with _turn:
        desk = Desk(terms.key, _sandbox(terms.unsafe))
        return [_graded(desk, terms, packed) for packed in parcel.packed]


def level_here(unsafe: bool) -> str:
    """How strong the sandbox of this worker is; raises `SandboxError` as grading would."""
    with _turn:
        return _sandbox(unsafe).level.value


def _graded(desk: Desk, terms: Terms, packed: Packed) -> Result:
    return press(*graded(desk, terms.page, packed.piece(), packed.said))


def press(row: Row, html: str) -> Result:
    """A row and its page, made small enough to be sent."""
    texts = [row.student_id, row.status, row.sentence, row.submission, row.verdicts, html]
    return zlib.compress(json.dumps(texts).encode("ascii"), 1), row.outcomes


def opened(result: Result) -> tuple[Row, str]:
    """What was pressed: the row and the page."""
    student_id, status, sentence, submission, verdicts, html = json.loads(zlib.decompress(result[0]))
    return Row(student_id, status, sentence, tuple(submission), result[1], tuple(map(tuple, verdicts))), html


def _sandbox(unsafe: bool) -> Sandbox:
    """This process's sandbox. One that was opened unsafe is no sandbox for a run that did not say so."""
    if _opened and not (_opened[0].level.confines or unsafe):
        _opened.pop().close()
    if not _opened:
        try:
            _opened.append(open_sandbox(unsafe))
        except SandboxError as error:
            raise SandboxError(f"{_name()}: {error}", error.hint) from None
        Finalize(None, _opened[0].close, exitpriority=10)
    return _opened[0]


def _name() -> str:
    from distributed import get_worker

    return f"the worker at {get_worker().address}"
