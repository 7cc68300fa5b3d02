"""Many hand-ins at once: a crew of processes, each with its own desk, fed through a small window.

takes: a function that sets a process's desk up, one that does a piece of work at it, and the pieces.
gives: (piece, result) as they come; a process that dies costs the pieces in its hands one more try.
must not know: what the work is.

Processes and not threads: half of the work on our side of the wall is Python, and would take turns.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

WINDOW = 4  # pieces in the air for each process: enough that none waits, few enough that memory stays flat


def work_on(
    pieces: Iterable[Piece],
    work: Callable[[Piece], Result],
    set_up: Callable[..., None],
    arguments: tuple[object, ...],
    jobs: int,
    give_up: Callable[[Piece], Result],
) -> Generator[tuple[Piece, Result], None, None]:
    """Do the work on every piece, `jobs` at a time. `give_up` makes the result of a piece that cannot be done."""
    rest = iter(pieces)
    first = list(islice(rest, 1))
    if not first:
        return  # a desk is not set up for nothing
    rest = chain(first, rest)
    if jobs == 1:
        set_up(*arguments)
        yield from ((piece, work(piece)) for piece in rest)
        return
    while True:
        in_air: dict[Future[Result], Piece] = {}
        with _pool(jobs, set_up, arguments) as pool:
            try:
                yield from _feed(pool, rest, work, in_air, jobs * WINDOW)
                return
            except BrokenProcessPool:
                suspects = list(in_air.values())
            except (KeyboardInterrupt, GeneratorExit):
                _stop(pool)
                raise
        # One of these ended its process, and which one cannot be told: each is tried again, alone.
        for piece in suspects:
            yield piece, _alone(piece, work, set_up, arguments, give_up)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the crew at once: what is in its hands may take a minute, and is done again."""
    for process in multiprocessing.active_children():
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _alone(
    piece: Piece,
    work: Callable[[Piece], Result],
    set_up: Callable[..., None],
    arguments: tuple[object, ...],
    give_up: Callable[[Piece], Result],
) -> Result:
    with _pool(1, set_up, arguments) as pool:
        try:
            return pool.submit(work, piece).result()
        except BrokenProcessPool:
            return give_up(piece)


def _pool(jobs: int, set_up: Callable[..., None], arguments: tuple[object, ...]) -> ProcessPoolExecutor:
    # fork where it is safe (Linux, and nothing has started a thread yet): a spawned one imports numpy anew.
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=partial(_join, set_up), initargs=arguments)


def _join(set_up: Callable[..., None], *arguments: object) -> None:
    """Become one of the crew, which ends with the process that called it together, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of the crew; whoever leads it ends it
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    set_up(*arguments)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # a pool's process would wait for work for ever


def _feed(
    pool: ProcessPoolExecutor,
    pieces: Iterator[Piece],
    work: Callable[[Piece], Result],
    in_air: dict[Future[Result], Piece],
    window: int,
) -> Iterator[tuple[Piece, Result]]:
    def throw(piece: Piece) -> None:
        try:
            future = pool.submit(work, piece)
        except BrokenProcessPool as error:  # found out when there was no more to wait for: the piece is a suspect too
            future = Future()
            future.set_exception(error)
        in_air[future] = piece

    for piece in islice(pieces, window):
        throw(piece)
    while in_air:
        done, _ = wait(in_air, return_when=FIRST_COMPLETED)
        for future in done:
            result = future.result()
            # Out of the air only now, and given out before another is thrown: whatever ends here, none is lost.
            yield in_air.pop(future), result
            for following in islice(pieces, 1):
                throw(following)
