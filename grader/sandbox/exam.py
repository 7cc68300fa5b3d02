"""The exam of one program: load it, ask it, and write down what happened; in a new process after each stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from grader.assignment.words import Limits
from grader.errors import SandboxError
from grader.outcomes import Call, Loaded, Outcome, Status, Trouble
from grader.sandbox.case import CaseRun
from grader.sandbox.pipes import StoppedError
from grader.sandbox.worker import Worker
from grader.wire.codec import WireError
from grader.wire.messages import Answer, At, CallOut, CallResult, Load, LoadReport, Raised, Stage, decode_inside, encode
from grader.wire.program import Ask, Other, Program, Tree, compiled

if TYPE_CHECKING:
    from grader.sandbox.opening import Sandbox

_MORE_RESTARTS = 3  # than there are graded functions: each of them may stop a process once
_MOST_FAULTS = 1  # of our own, after which a case is asked again
_MOST_LEFT_OUT = 5  # statements that end the loading; each costs up to the whole loading time
_MOST_MESSAGES = 20_000  # of one case, and statements announced by one cautious load
_FIRST_SECONDS = 0.5  # more for the first case of a round, which has the whole round to read
_ALWAYS_KEPT = 1 << 16  # bytes of an answer
_ROOM = 32 << 20  # bytes of larger answers that one exam keeps: hundreds of them would fill the memory
_STUCK = "loading the program ended the process each time"
_GIVEN_UP = "not asked: the process had to be started again too often"
_ENDED = "the driver ended before it"
_EARLIER = "an earlier call of this case did not return"

Answering = Callable[[int, str, tuple[Tree, ...], Mapping[str, Tree]], tuple[bool, Tree]]
"""From an entry's number and the call of a stub (function, arguments) to whether it was found, and its result."""
Recording = Callable[[int, Tree], None]
"""Gets what the program's own function gave back where a call was not found, the innermost first."""


class _UnaskedError(Exception):
    """A message that nobody asked for."""


class ExamRun:
    """A context manager. `loaded` is what came of loading the program; `failure` says why there is no process.

    `stages` are the names that each case was asked for or, where none were given, the names that it yielded.
    """

    def __init__(
        self, sandbox: Sandbox, program: Program, questions: str, names: Sequence[str],
        limits: Limits, load_seconds: float, frames: Mapping[int, bytes] = {},
    ) -> None:  # fmt: skip
        self.loaded, self.failure = Loaded(), ""
        self.stages: dict[int, tuple[str, ...]] = {}
        self._sandbox, self._limits, self._load_seconds = sandbox, limits, load_seconds
        self._frames, self._load = frames, Load(program, compiled(questions), tuple(names))
        self._until = time.monotonic() + limits.total_seconds
        self._used_up = f"the submission's {limits.total_seconds:g} s were used up"
        self._worker: Worker | None = None
        self._left_out: tuple[Trouble, ...] = ()
        self._stopped: dict[bool, dict[str, str]] = {True: {}, False: {}}  # with stubs or not: stage -> why not asked
        self._stops = self._faults = 0
        self._room, self._has_loaded = _ROOM, False
        self._answer: Answering | None = None
        self._record: Recording | None = None
        self._open()

    def ask(
        self, asks: Sequence[Ask], stages: Mapping[int, tuple[str, ...]],
        answer: Answering | None = None, record: Recording | None = None, fresh: bool = False,
    ) -> dict[int, tuple[Outcome, ...]]:  # fmt: skip
        """Ask one round; gives one outcome for each of the `stages` of a case, by entry number.

        A case that has no `stages` gets one for each stage that it yields. `answer` and `record` are for stubs. With
        `fresh` the round has a process of its own. Raises `SandboxError` for a fault of ours.
        """
        self._answer, self._record = answer, record
        cases = left = [CaseRun(ask, stages.get(ask.number)) for ask in asks]
        if fresh:
            self.close()
        while left:
            if reason := self._why_not():
                for case in left:
                    case.end(reason)
                break
            left = self._round(left)
        if fresh:
            self.close()
        for case in cases:
            self.stages[case.ask.number] = case.names or tuple(filter(None, case.outcomes))
        return {case.ask.number: tuple(case.outcomes[name] for name in case.names or case.outcomes) for case in cases}

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _left(self, seconds: float = 1.0) -> float:
        """What is left of the time of the whole submission, at most `seconds`."""
        return max(0.0, min(seconds, self._until - time.monotonic()))

    def _why_not(self) -> str:
        """Why nothing more can be asked; "" if there is a process, which is a new one if need be."""
        if not self._left():
            return self._used_up
        if self._stops > _MORE_RESTARTS + len(self._load.names):
            return _GIVEN_UP
        if self._worker is None and not self.failure:
            self._open()
        return "" if self._worker else self.failure

    def _open(self) -> None:
        """Load the program in a new process. A statement that ends or hangs it is left out.

        It is found by a cautious load, which announces each.
        """
        for attempt in range(2 * _MOST_LEFT_OUT + 1):
            if not self._left():
                self.failure = "the time was used up by loading the program"
            elif not self.failure:
                self._load_once(cautious=attempt % 2 == 1)
            if self._worker or self.failure:
                return
        self.failure = _STUCK

    def _load_once(self, cautious: bool) -> None:
        worker, place = self._sandbox.start(self._limits), (0, 0)
        try:
            worker.send(encode(replace(self._load, cautious=cautious)))
            for _ in range(_MOST_MESSAGES):
                message = decode_inside(worker.read(self._left(self._load_seconds)))
                if isinstance(message, LoadReport):
                    self._note_load(message)
                    self._worker = worker
                    return
                if not isinstance(message, At):
                    raise WireError("it is no report")
                place = (message.cell, message.line)
            self.failure = _STUCK
        except StoppedError as stopped:
            self._note_stuck(stopped, place, cautious)
        except WireError:
            self.failure = "the program's report cannot be read"
        finally:
            if self._worker is None:
                worker.close()

    def _note_load(self, report: LoadReport) -> None:
        """Keep what the first process reports: a later one may have heard from it what was asked."""
        if not self._has_loaded:
            self._has_loaded = True
            troubles = (*(self._trouble(*parts) for parts in report.troubles), *self._left_out)
            defined = tuple(name for name in self._load.names if name in report.defined)
            self.loaded = Loaded(defined, troubles, report.replaced)

    def _note_stuck(self, stopped: StoppedError, place: tuple[int, int], cautious: bool) -> None:
        """Leave out the statement that stopped a cautious load, and keep it as a trouble."""
        if stopped.fault:
            self._note_fault(stopped)
        elif cautious and place == (0, 0):
            self.failure = _STUCK if self._has_loaded else stopped.reason
        elif cautious:
            kind = "TimeoutError" if stopped.late else "ProcessEnded"
            self._left_out += (Trouble(kind, f"this statement was left out: {stopped.reason}", *place),)
            self._load = replace(self._load, left_out=(*self._load.left_out, place))
            if not self._has_loaded:
                self.loaded = Loaded(troubles=self._left_out)

    def _note_fault(self, stopped: StoppedError) -> None:
        """Let it pass once: a process of ours may have been killed. What happens again is raised."""
        self._faults += 1
        if self._faults > _MOST_FAULTS:
            raise SandboxError(stopped.reason) from stopped

    def _round(self, cases: list[CaseRun]) -> list[CaseRun]:
        """Ask in one process; gives the cases that are left after a stop."""
        worker = self._worker
        assert worker is not None
        asked = [case for case in cases if case.is_askable(self._stopped[bool(case.ask.stubs)])]
        worker.send(b"".join(map(self._frame, asked)))
        for number, case in enumerate(asked):
            try:
                self._read(worker, case, 0.0 if number else _FIRST_SECONDS)
                if case is asked[-1] and worker.has_more:
                    raise _UnaskedError
            except StoppedError as stopped:
                self.close()
                return asked[number + self._note_stop(case, stopped) :]
            except _UnaskedError:
                self.close()
                self._stops += 1
                for one in asked[: number + 1]:
                    one.void()
                return asked[number + 1 :]
        return []

    def _frame(self, case: CaseRun) -> bytes:
        frame = None if case.rest else self._frames.get(case.ask.number)
        return encode(case.ask) if frame is None else frame

    def _read(self, worker: Worker, case: CaseRun, extra: float) -> None:
        """Read all about a case; each stage has the seconds of one call."""
        until = time.monotonic() + self._limits.call_seconds + extra
        for _ in range(_MOST_MESSAGES):
            data = worker.read(self._left(until - time.monotonic()))
            try:
                message = decode_inside(data)
            except WireError as error:
                raise worker.stop(f"its answer cannot be read: {error}") from None
            if isinstance(message, LoadReport | At) or message.number != case.ask.number:
                raise _UnaskedError
            if isinstance(message, CallOut):
                until += self._answered(worker, case.ask, message)
            elif isinstance(message, CallResult):
                if self._record is None or not case.ask.record:
                    raise _UnaskedError
                self._record(message.number, message.value)
            elif isinstance(message, Stage):
                if case.expects(message.name):
                    case.outcomes[message.name] = self._returned(case, message, len(data))
                    until = time.monotonic() + self._limits.call_seconds
                if message.name == case.ask.until:
                    return case.end(_ENDED)
            elif isinstance(message, Raised):
                return case.end(_EARLIER, self._raised(message))
            else:
                return case.end(_ENDED)
        raise worker.stop("it sent more messages than any driver does", late=True)

    def _answered(self, worker: Worker, ask: Ask, call: CallOut) -> float:
        """Answer the call of a stub; gives the seconds that it took us, which are not the program's."""
        if self._answer is None or call.function not in ask.stubs:
            raise _UnaskedError
        began = time.monotonic()
        worker.send(encode(Answer(*self._answer(call.number, call.function, call.args, call.kwargs))))
        return time.monotonic() - began

    def _returned(self, case: CaseRun, stage: Stage, size: int) -> Outcome:
        values = stage.values
        if size > _ALWAYS_KEPT:
            self._room -= size
            if self._room < 0:
                values = dict.fromkeys(values, Other("a result that is far too large"))
        changed = tuple(name for name in stage.changed if name in case.ask.inputs)
        return Outcome(Status.RETURNED, values, _calls(stage), changed, stage.warnings)

    def _raised(self, raised: Raised) -> Outcome:
        """The outcome of a stage that raised; where a graded name is not there, `reason` is that name."""
        if raised.missing in self._load.names:
            return Outcome(Status.MISSING, calls=_calls(raised), reason=raised.missing)
        return Outcome(Status.RAISED, calls=_calls(raised), trouble=self._trouble(*raised.trouble))

    def _note_stop(self, case: CaseRun, stopped: StoppedError) -> int:
        """Write down a stop; gives 0 where the program may have no part in it, so that it is asked again, else 1."""
        if stopped.fault:
            self._note_fault(stopped)
        if (stopped.fault or stopped.again) and not case.was_again:
            case.was_again = True
            case.outcomes.clear()
            return 0
        status = Status.TIMED_OUT if stopped.late else Status.KILLED
        reason = f"stopped after {self._limits.call_seconds:.3g} s" if stopped.late else stopped.reason
        self._stops += 1
        self._stopped[bool(case.ask.stubs)][case.in_progress] = f"not asked: {status} before"
        reason = reason if self._left() else self._used_up
        case.end(_EARLIER, Outcome(status, reason=reason))
        return 1

    def _trouble(self, type_name: str, message: str, cell: int, line: int, file: str) -> Trouble:
        """A trouble at a line that there is: code that is compiled inside may name any number."""
        program = self._load.program
        cells = {unit.cell: unit.source for unit in program.units}
        source = cells.get(cell) if cell else program.modules.get(file)
        if source is None or line > source.count("\n") + 1:
            cell, line, file = 0, 0, ""
        return Trouble(type_name, message, cell, line, file)


def _calls(message: Stage | Raised) -> tuple[Call, ...]:
    return tuple(Call(*parts) for parts in message.calls)
