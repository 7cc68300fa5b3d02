"""The answers of one submission, each taken in the time that its call may have.

takes: a worker, questions, the limits of an assignment, a clock, and what is lent.
gives: one `Outcome` at a time, `StoppedError` where there is none; what was slow so far.
must not know: in which order questions are asked, what becomes of a stop.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from grader.assignment import Limits
from grader.sandbox.accepting import accepted, in_its_place, without_arrays
from grader.sandbox.rounds import Terms
from grader.sandbox.session import Clock
from grader.sandbox.worker import StoppedError, Worker
from grader.wire import Asked, Outcome, Question, WireError, decode, encode_lent, read_message

_A_LOAN = 0.001  # seconds that asking takes inside: the harness's work, and no part of what the program does
_SLOW_PART = 0.05  # of the time of a hand-in: a function that has taken as much of it is slow
_MOST_LOANS = 4096  # of one call that get time of their own: one that asks without end is late all the same


class Taking:
    """Reads answers; `slowest` is the longest that was waited for one call's, in seconds."""

    def __init__(
        self, questions: Sequence[Question], limits: Limits, terms: Terms, last: Mapping[int, int], clock: Clock
    ) -> None:
        self.slowest = 0.0
        self._questions = questions
        self._limits = limits
        self._terms = terms
        self._last = last
        self._clock = clock
        self._waited: dict[str, float] = defaultdict(float)  # seconds for the answers of each function

    def outcome(self, worker: Worker, grace: float, q: int, number: int) -> Outcome:
        """The answer to one step of a question, cut where it is too large to be kept."""
        data = worker.at_hand() or self._waited_for(worker, grace, self._questions[q].steps[number].function)
        try:
            if self._questions[q].lends:
                data = self._after_lending(worker, q, data)
            outcome = accepted(data, self._questions[q], number)
        except WireError as error:
            worker.kill()
            raise StoppedError.unreadable(str(error)) from None
        if outcome.trouble is not None:
            outcome = in_its_place(outcome, self._last)
        return outcome if len(data) <= self._terms.most_bytes[q] else without_arrays(outcome)

    def slow(self) -> set[str]:
        """The functions that have taken so long that their time is not to be that of all others."""
        most = _SLOW_PART * self._limits.total_seconds
        return {function for function, seconds in self._waited.items() if seconds > most}

    def _waited_for(self, worker: Worker, grace: float, function: str) -> bytes:
        started = time.monotonic()
        data = worker.read(self._clock.left(self._limits.call_seconds), grace)
        took = time.monotonic() - started
        self._waited[function] += took
        if not grace:  # else the request was read meanwhile, too
            self.slowest = max(self.slowest, took)
        return data

    def _after_lending(self, worker: Worker, q: int, data: bytes) -> bytes:
        """Answer what is asked in the midst of a call until that is over.

        All of it has the time of one call, and what asking takes is no part of that where it waits for the answer.
        """
        lender, lends = self._terms.lender, len(self._questions[q].lends)
        until, loans = time.monotonic() + self._limits.call_seconds, _MOST_LOANS
        while (message := read_message(decode(data), lends)) is not None:
            if lender is None:
                raise WireError("nothing is lent")
            if isinstance(message, Asked):
                waits, began = not worker.has_more and loans > 0, time.monotonic()
                if worker.has_more and began > until:  # it does not wait for what it asks
                    raise worker.stop_late(self._limits.call_seconds)
                worker.send(encode_lent(lender.asked(q, message)))
                loans, until = loans - 1, until + waits * (_A_LOAN + time.monotonic() - began)
            else:
                lender.gave(q, message)
            data = worker.at_hand() or worker.read(self._clock.left(until - time.monotonic()))
        return data
