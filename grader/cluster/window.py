"""Parcels through an executor, a few in the air at a time; what kills its workers is found and given up.

takes: parcels, each with the pieces in it, and a way to send one; how many may be in the air.
gives: (piece, result) as they come; each piece once.
must not know: what the work is, where it is done.

A worker that dies costs nothing: the cluster gives its parcels to others. A parcel whose workers die again and again is
given back (`KilledWorker`), and so may others be that only waited beside it. So who is given back is tried alone, when
all others are done and nothing else is in the air: only a piece that kills its workers even then is given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Generic, TypeVar

from distributed import KilledWorker

from grader.errors import ClusterError

Piece = TypeVar("Piece")
Parcel = TypeVar("Parcel")
Result = TypeVar("Result")

LOOK_SECONDS = 5.0  # how often a wait looks whether anybody is still there
GO_ON = "what was graded is kept: see to the cluster, then run the same command, and it goes on"


class Window(Generic[Piece, Parcel, Result]):
    """`send` has a parcel worked on; `look` gives the most in the air, now and then, and raises if all is lost."""

    def __init__(self, send: Callable[[Parcel], Future[Sequence[Result]]], look: Callable[[], int]) -> None:
        self._send = send
        self._look = look
        self._in_air: dict[Future[Sequence[Result]], Sequence[Piece]] = {}

    def work_on(
        self,
        parcels: Iterator[tuple[Sequence[Piece], Parcel]],
        alone: Callable[[Piece], Parcel],
        give_up: Callable[[Piece, str], Result],
    ) -> Iterator[tuple[Piece, Result]]:
        """All pieces of all parcels, each once; `alone` packs a suspect, `give_up` makes the result of a killer."""
        suspects: list[Piece] = []
        yield from self._stream(parcels, suspects)
        for suspect in suspects:
            killers: list[Piece] = []
            yield from self._stream(iter([((suspect,), alone(suspect))]), killers)
            yield from ((piece, give_up(piece, ENDED)) for piece in killers)

    def _stream(
        self, parcels: Iterator[tuple[Sequence[Piece], Parcel]], suspects: list[Piece]
    ) -> Iterator[tuple[Piece, Result]]:
        self._fill(parcels)
        while self._in_air:
            done, _ = wait(self._in_air, LOOK_SECONDS, FIRST_COMPLETED)
            landed = [(self._in_air.pop(future), future) for future in done]
            # Others leave before the results are looked at, so that no worker waits for the driver.
            self._fill(parcels)
            for pieces, future in landed:
                yield from _results(pieces, future, suspects)

    def _fill(self, parcels: Iterator[tuple[Sequence[Piece], Parcel]]) -> None:
        most = self._look()
        while len(self._in_air) < most:
            following = next(parcels, None)
            if following is None:
                return
            pieces, parcel = following
            self._in_air[self._send(parcel)] = pieces


ENDED = "The workers that graded this ended under it, again and again, also with nothing else in their hands."


def _results(
    pieces: Sequence[Piece], future: Future[Sequence[Result]], suspects: list[Piece]
) -> Iterator[tuple[Piece, Result]]:
    try:
        results = future.result()
    except KilledWorker:
        suspects.extend(pieces)
        return
    except CancelledError as error:
        raise ClusterError("the Dask scheduler was lost in the middle of the work", GO_ON) from error
    yield from zip(pieces, results, strict=True)
