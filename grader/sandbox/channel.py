"""The pipes to one submission: every read and write has a deadline, every buffer a cap.

takes: our ends of three pipes (requests out, answers in, output in), and bytes to send.
gives: bytes, or `EndedError` (the other side is gone) or `LateError` (the deadline passed).
must not know: what the bytes mean; how the process is made or ended; how several pipes are waited for.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from grader.sandbox.output import Output
from grader.sandbox.polled import Polled
from grader.sandbox.pumped import Pumped

_SLICE = 0.1  # seconds between two looks at the memory of a submission that is at work
# Answers come every 50 microseconds: to wake for each would cost more than to read it. After some have come, the
# next look is this much later, and finds many: or sooner, where what is still due will be here by then.
_NAP = 0.0007
_AN_ANSWER = 0.00004  # seconds
_PIPE_BYTES = 1 << 16  # what a pipe of Linux takes at once
_FEW_BYTES = 1 << 12  # of output: a program may print line by line, tens of thousands in one call
_DRAINING_SECONDS = 0.2  # for what is left of the output of a process that is gone

Measure = Callable[[bytearray, int], int | None]
"""The length of the answer that begins at a place; None where too little of it is there to tell."""


class EndedError(Exception):
    """The submission's process is gone, or has closed its pipe."""


class LateError(Exception):
    """The deadline has passed."""


class Channel:
    """Serves three pipes at once, so that neither side ever waits for the other with a full pipe."""

    def __init__(self, request: int, answer: int, output: int, watch: Callable[[], None]) -> None:
        self.output = Output()
        # What waits for pipes differs; `select.select` is no third way: it takes no descriptor above 1023.
        self._pipes = (Polled if hasattr(select, "poll") else Pumped)(request, answer, output)
        self._has_ended = False  # what is answered, not the process
        self._inbox = bytearray()
        self._taken = 0  # bytes at the head of the inbox that were given out: cutting them off each time would copy all
        self._watch = watch
        self._looked = time.monotonic()
        self._served = 0.0
        self._printed = False  # whether what came last was output
        self._due = 0  # answers that are still to come, as far as that is known

    def send(self, data: bytes, due: int = 1) -> None:
        """Queue bytes; they are written now as far as the pipe takes them, and the rest while we read.

        `due` are the answers to them, for which more than one look may be worth while.
        """
        self._served = 0.0  # whoever is answered in the midst of a call waits for that alone
        self._due = due
        self._pipes.send(data)

    def take(self, measure: Measure) -> list[bytes]:
        """The answers that are all here, whose lengths `measure` tells from their first bytes.

        What is wrong with one is raised where it is the next, and not before those that stand before it.
        """
        inbox, at, taken = self._inbox, self._taken, []
        try:
            while (size := measure(inbox, at)) is not None and len(inbox) >= at + size:
                taken.append(bytes(inbox[at : at + size]))
                at += size
        except ValueError:
            if not taken:
                raise
        self._taken = at
        self._due -= len(taken)
        return taken

    def wait(self, until: float) -> None:
        """Wait for more of the answers."""
        if self._has_ended:
            raise EndedError
        self._forget_taken()
        self._round(until)

    def close_request(self) -> None:
        """Tell the other side that there is no further request."""
        self._pipes.close_request()

    def end(self, until: float) -> bool:
        """Wait until the other side has closed its answers; tell whether it sent anything more."""
        self._forget_taken()
        while not self._has_ended and not self._inbox:
            self._round(until)
        return bool(self._inbox)

    def drain_output(self) -> None:
        """Read what is left of the output; the process is gone, so there is little of it."""
        until = time.monotonic() + _DRAINING_SECONDS
        for data in self._pipes.output_left(_DRAINING_SECONDS):
            self.output.feed(data)
            if time.monotonic() >= until:
                return

    def close(self) -> None:
        """Close all pipes."""
        self._pipes.close()

    def _forget_taken(self) -> None:
        del self._inbox[: self._taken]
        self._taken = 0

    def _round(self, until: float) -> None:
        """Wait for one event at most, and serve it."""
        now = time.monotonic()
        if now >= until:
            raise LateError
        if now - self._looked > _SLICE:
            self._looked = now
            self._watch()
        if now - self._served < _NAP and (nap := self._nap()):
            time.sleep(nap)
        for is_answer, data in self._pipes.came(min(until - now, _SLICE)):
            if is_answer:
                self._inbox += data
                self._has_ended |= not data
            else:
                self.output.feed(data)
            self._printed = not is_answer
            # A pipe that was full holds one large answer, and whoever writes it waits for us; so with much output.
            few = _PIPE_BYTES if is_answer else _FEW_BYTES
            self._served = now if data and len(data) < few else 0.0

    def _nap(self) -> float:
        """Until more of the same has come, and no longer than until all has; one that is due alone is waited for."""
        if self._printed:
            return _NAP
        return min(_NAP, self._due * _AN_ANSWER) if self._due > 1 else 0.0
