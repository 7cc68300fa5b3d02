"""Many hand-ins at once: a crew of processes, each with its own desk, fed through a small window.

takes: a function that sets a process's desk up, one that does a piece of work at it, and the pieces.
gives: what the first set-up gave; (piece, result) as they come; a piece whose process died gets one more try.
must not know: what the work is.

Processes and not threads: half of the work on our side of the wall is Python, and would take turns. And no pool of the
standard library: its processes share queues and their locks, so one that is killed while it holds a lock, or has
written half of a result, keeps all others and us waiting for ever. Here each has a pipe to itself, which ends with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

WINDOW = 2  # pieces with each process: one at work and one that waits, so that it never does; memory stays flat
_GONE = (EOFError, OSError)  # what a pipe raises whose other end has died, in the middle of a message too


@dataclass
class _Hand(Generic[Piece]):
    """One process of the crew, our end of its pipe, and the pieces that it has, the one at work first.

    What its set-up gave comes before all answers, and makes it `ready`.
    """

    process: BaseProcess
    talk: Connection
    pieces: deque[Piece] = field(default_factory=deque)
    ready: bool = False

    def hear(self) -> tuple[bool, Any]:
        """Wait for what its set-up gave."""
        done, given = self.talk.recv()
        self.ready = done
        return done, given


class Hands(Generic[Piece, Result]):
    """The processes that are there now; of one job, this process itself.

    Each calls `set_up(*arguments)` before its first piece. `give_up` makes the result of a piece that cannot be done.
    Use it as a context manager, at whose end no process is left.
    """

    def __init__(
        self,
        work: Callable[[Piece], Result],
        set_up: Callable[..., object],
        arguments: tuple[object, ...],
        jobs: int,
        give_up: Callable[[Piece], Result],
    ) -> None:
        self._work, self._set_up, self._arguments, self._give_up = work, set_up, arguments, give_up
        self._jobs = jobs
        self._hands: list[_Hand[Piece]] = []
        self._is_set_up = False  # this process, where it works alone

    def __enter__(self) -> Hands[Piece, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def begin(self) -> Any:
        """Have all processes set up before there is a piece; gives what that gave in the first, or raises what it did.

        Meanwhile the caller goes on: the others are waited for when they are first needed.
        """
        if self._jobs == 1:
            self._is_set_up = True
            return self._set_up(*self._arguments)
        for _ in range(self._jobs):
            self._hire()
        while self._hands:
            try:
                given = self._hands[0].hear()
            except _GONE:  # killed before it was ready: another one may be luckier
                self._bury(self._hands[0])
            else:
                return _result(given)
        raise ChildProcessError("all processes of the crew have ended before they began")

    def go_through(self, pieces: Iterable[Piece]) -> Generator[tuple[Piece, Result], None, None]:
        """Hand out the pieces and give results as they come; a desk is not set up for nothing."""
        rest = iter(pieces)
        if self._jobs > 1:
            yield from self._share_out(rest)
            return
        for piece in rest:
            if not self._is_set_up:
                self.begin()
            yield piece, self._work(piece)

    def _share_out(self, pieces: Iterator[Piece]) -> Generator[tuple[Piece, Result], None, None]:
        while True:
            pieces = self._hand_out(pieces)
            busy = {hand.talk: hand for hand in self._hands if hand.pieces}
            if not busy:
                return self._let_go()
            for talk in wait(list(busy)):
                hand = busy[talk]  # type: ignore[index]
                try:
                    if not hand.ready and hand.hear()[0]:
                        continue
                    answer = hand.talk.recv() if hand.ready else None
                except _GONE:
                    answer = None
                piece = hand.pieces.popleft()
                if answer is None:
                    # Only what it was at may have ended it; what waited there goes to the next.
                    pieces = chain(tuple(hand.pieces), pieces)
                    self._bury(hand)
                    yield piece, self._alone(piece)
                else:
                    yield piece, _result(answer)

    def _hand_out(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """Give every process what it has room for; the one with least first."""
        while len(self._hands) < self._jobs or any(len(hand.pieces) < WINDOW for hand in self._hands):
            taken = list(islice(pieces, 1))
            if not taken:
                return iter(())
            idle = next((hand for hand in self._hands if not hand.pieces), None)
            if idle is None and len(self._hands) < self._jobs:
                idle = self._hire()
            _give(idle or min(self._hands, key=lambda hand: len(hand.pieces)), taken[0])
        return pieces

    def _hire(self) -> _Hand[Piece]:
        # fork where it is safe (Linux, and nothing has started a thread yet): a spawned one imports numpy anew.
        method = "fork" if sys.platform == "linux" else "spawn"
        context: Any = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        # A fork has copies of our ends of the other pipes: as long as it keeps them, they do not end with us.
        others = (*(hand.talk for hand in self._hands), ours) if method == "fork" else ()
        process = context.Process(target=_join, args=(theirs, others, self._work, self._set_up, self._arguments))
        process.start()
        theirs.close()
        hand: _Hand[Piece] = _Hand(process, ours)
        self._hands.append(hand)
        return hand

    def _alone(self, piece: Piece) -> Result:
        """Try a piece again in a process that has nothing else; one that ends this one too is given up."""
        hand = self._hire()
        _give(hand, piece)
        try:
            answer = hand.talk.recv() if hand.hear()[0] else None
        except _GONE:
            answer = None
        if answer is None:
            self._bury(hand)
            return self._give_up(piece)
        with suppress(*_GONE):
            hand.talk.send(None)
        hand.process.join()
        hand.talk.close()
        self._hands.remove(hand)
        return _result(answer)  # type: ignore[no-any-return]

    def _bury(self, hand: _Hand[Piece]) -> None:
        self._hands.remove(hand)
        hand.talk.close()
        hand.process.kill()  # where only its pipe has ended
        hand.process.join()

    def _let_go(self) -> None:
        """End the crew, which has nothing left to do."""
        for hand in self._hands:
            with suppress(*_GONE):
                hand.talk.send(None)
        for hand in self._hands:
            hand.process.join()

    def stop(self) -> None:
        """End the crew at once: what is in its hands may take a minute, and is done again."""
        for hand in self._hands:
            hand.process.terminate()
        for hand in self._hands:
            hand.process.join()
            hand.talk.close()
        self._hands.clear()


def _give(hand: _Hand[Piece], piece: Piece) -> None:
    hand.pieces.append(piece)
    with suppress(*_GONE):  # it has died: that is seen where its answer is read
        hand.talk.send((piece,))


def _result(answer: tuple[bool, Any]) -> Any:
    """Give what the work gave; what it raised is raised here."""
    done, result = answer
    if not done:
        raise result
    return result


# ---- in the process of a hand ----------------------------------------------------------------------------------


def _join(
    talk: Connection,
    others: tuple[Connection, ...],
    work: Callable[[Any], object],
    set_up: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    """Become one of the crew, which ends with the process that called it together, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of the crew; whoever leads it ends it
    for other in others:
        other.close()
    inbox: SimpleQueue[tuple[Any] | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(talk, inbox), daemon=True).start()
    ready, given = _tried(set_up, arguments)
    _tell(talk, (ready, given))
    while ready and (piece := inbox.get()) is not None:
        _tell(talk, _tried(work, piece))


def _tell(talk: Connection, said: object) -> None:
    """Say it; where whoever led the crew has gone meanwhile, end as `_listen` does, without a word."""
    try:
        talk.send(said)
    except _GONE:
        os._exit(1)


def _tried(function: Callable[..., object], arguments: tuple[object, ...]) -> tuple[bool, object]:
    """What it gives, or what it raises."""
    try:
        return True, function(*arguments)
    except Exception as error:
        error.add_note(f"Raised by one of the crew:\n{traceback.format_exc()}")  # what is sent has lost where it was
        return False, error


def _listen(talk: Connection, inbox: SimpleQueue[tuple[Any] | None]) -> None:
    """Take in what comes, whatever the work is at: so nobody who gives waits for somebody who answers."""
    try:
        while (given := talk.recv()) is not None:
            inbox.put(given)
    except _GONE:
        os._exit(1)  # whoever led the crew is gone
    inbox.put(None)
