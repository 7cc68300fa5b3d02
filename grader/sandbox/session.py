"""A program loaded in a process, again and again if need be; a statement that ends the process is left out.

takes: a sandbox, the pieces of a program, the time allowed.
gives: workers that hold the loaded program, and what came of loading it.
must not know: the questions.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.mending import drop_statement
from grader.sandbox.opening import Sandbox
from grader.sandbox.worker import StoppedError, Worker
from grader.wire import (
    Frame,
    Loaded,
    Piece,
    Trouble,
    WireError,
    decode,
    decode_loaded,
    encode_again,
    encode_program,
)

# Each round costs up to the whole loading time; a notebook with more such statements does not want to be loaded.
_MOST_DROPPED = 5
_MOST_REPORTS = 20_000  # statements announced by one cautious load
_STUCK = "loading the program ended the process each time"


@dataclass(frozen=True)
class Clock:
    """The time that one submission has in all."""

    until: float

    @classmethod
    def start(cls, seconds: float) -> Clock:
        """Start it now."""
        return cls(time.monotonic() + seconds)

    def left(self, seconds: float) -> float:
        """Give what is left of it, at most `seconds`."""
        return max(0.0, min(seconds, self.until - time.monotonic()))

    @property
    def over(self) -> bool:
        """Tell whether it is used up."""
        return time.monotonic() >= self.until


class Session:
    """Opens workers for one program. `loaded` is what came of it, `failure` why there is no worker.

    What came of it is told by the first process that stands. A later one comes after questions were asked, and may be
    told of them by the one before it: by when that ended, if by nothing else.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        pieces: Sequence[Piece],
        wanted: Sequence[str],
        limits: Limits,
        seconds: float,
        clock: Clock,
    ) -> None:
        self.loaded = Loaded((), ())
        self.failure = ""
        self._sandbox = sandbox
        self._pieces = tuple(pieces)
        self._wanted = tuple(wanted)
        self._limits = limits
        self._seconds = seconds
        self._clock = clock
        self._dropped: list[Trouble] = []
        self._stood = False
        self._faults = 0
        self._loads_again = True

    def open(self) -> Worker | None:
        """Load the program in a fresh process; None where that cannot be done."""
        while not self._clock.over:
            worker = self._load(cautious=False)
            if worker is None and len(self._dropped) < _MOST_DROPPED:
                worker = self._load(cautious=True)
            elif worker is None:
                break
            if worker is not None:
                return worker
            if self.failure:
                return None
        self.failure = "the time was used up by loading the program" if self._clock.over else _STUCK
        return None

    def load_again(self, worker: Worker) -> bool:
        """Load the program anew in its process; false where that ends it, or something else comes back, and from then
        on, as to find that out may take as long as a program may."""
        if self._loads_again:
            worker.send(encode_again())
            try:
                decode_loaded(decode(worker.read(self._clock.left(self._seconds))))
            except (StoppedError, WireError):
                self._loads_again = False
        return self._loads_again

    def _load(self, cautious: bool) -> Worker | None:
        worker = self._sandbox.start(self._limits, self._seconds)
        place: tuple[int, int] | None = None
        try:
            worker.send(encode_program(self._pieces, self._wanted, cautious))
            for _ in range(_MOST_REPORTS):
                frame = decode(worker.read(self._clock.left(self._seconds)))
                if "at" not in frame.header:
                    self._keep(decode_loaded(frame))
                    return worker
                place = _place(frame)
            self.failure = _STUCK
        except StoppedError as stopped:
            self._note(stopped, place, cautious)
        except WireError:
            self.failure = "the program's report cannot be read"
        except BaseException:
            worker.__exit__(None, None, None)
            raise
        worker.__exit__(None, None, None)
        return None

    def _keep(self, loaded: Loaded) -> None:
        if self._stood:
            return
        self._stood, known = True, set(self._wanted)
        defined = tuple(name for name in loaded.defined if name in known)
        self.loaded = Loaded(defined, (*loaded.troubles, *self._dropped))

    def _note(self, stopped: StoppedError, place: tuple[int, int] | None, cautious: bool) -> None:
        """Drop the statement that stopped a cautious load, and keep it as a trouble."""
        if stopped.ending.fault:
            self._faults += 1
            if self._faults > 1:
                raise SandboxError(stopped.ending.reason)
        elif cautious and place is None:
            self.failure = _STUCK if self._stood else stopped.ending.reason
        elif place is not None:
            kind = "TimeoutError" if stopped.kind == "late" else "ProcessEnded"
            self._dropped.append(Trouble(kind, f"this statement was left out: {stopped.ending.reason}", *place))
            self._pieces = drop_statement(self._pieces, *place)
            if not self._stood:
                self.loaded = Loaded((), tuple(self._dropped))


def _place(frame: Frame) -> tuple[int, int]:
    at = frame.header["at"]
    if not (isinstance(at, list) and len(at) == 2 and all(type(n) is int and 0 <= n < 1 << 31 for n in at)):
        raise WireError("a statement's place is not two numbers")
    return at[0], at[1]
