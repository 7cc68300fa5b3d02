"""The exam of one program: load it in a process, ask it, and write down what happened, in a new process after a stop."""

from __future__ import annotations

import ast
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import msgspec

from grader.assignment.words import Limits
from grader.errors import SandboxError
from grader.outcomes import Call, Loaded, Outcome, Status, Trouble
from grader.sandbox.worker import StoppedError, Worker
from grader.wire.frames import WireError
from grader.wire.messages import Answer, At, CallOut, CallResult, Load, LoadReport, Raised, Stage, decode_inside, encode
from grader.wire.program import Ask, Other, Program, Tree

if TYPE_CHECKING:
    from grader.sandbox.opening import Sandbox

_MOST_RESTARTS = 3
_MOST_FAULTS = 1  # of our own, after which a question is asked again
_MOST_LEFT_OUT = 5  # statements that end the loading; each costs up to the whole loading time
_MOST_MESSAGES = 20_000  # of one case, and statements announced by one cautious load
_FIRST_SECONDS = 0.5  # more for the first case of a round, which has the whole round to read
_ALWAYS_KEPT = 1 << 16  # bytes of an answer
_ROOM = 32 << 20  # bytes of larger answers that one exam keeps: hundreds of them would fill the memory
_STUCK = "loading the program ended the process each time"
_UNASKED = "the process wrote answers that it was not asked for"
_GIVEN_UP = f"not asked: the process had to be started again {_MOST_RESTARTS} times"
_EARLIER = "an earlier call of this case did not return"
_ENDED_EARLY = "the driver ended before it"

Answering = Callable[[int, str, tuple[Tree, ...], Mapping[str, Tree]], tuple[bool, Tree]]
"""From an entry's number and the call of a stub (function, arguments) to whether it was found, and its result."""
Recording = Callable[[int, Tree], None]
"""Gets what the program's own function gave back where a call was not found, the innermost first."""


class _UnaskedError(Exception):
    """A message that nobody asked for."""


@dataclass
class _Case:
    """What is known of one case so far. Without `names`, every stage that is yielded counts."""

    ask: Ask
    names: tuple[str, ...] | None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    printed: dict[str, tuple[int, int | None]] = field(default_factory=dict)  # where in the output, by stage
    rest: str = ""  # why the stages behind `ask.until` are not asked
    was_again: bool = False

    @property
    def in_progress(self) -> str:
        """The first stage that was not yielded; "" behind the last one."""
        return next((name for name in self.names or () if name not in self.outcomes), "")

    def end(self, reason: str, outcome: Outcome | None = None) -> None:
        """Give the stage in progress this outcome, if any, and those behind it one with the reason."""
        if outcome is not None and (self.names is None or self.in_progress):
            self.outcomes[self.in_progress] = outcome
        for name in self.names or ():
            self.outcomes.setdefault(name, Outcome(Status.NOT_REACHED, reason=self.rest or reason))

    def void(self) -> None:
        """Believe nothing that was said of it."""
        self.outcomes = dict.fromkeys(self.names or self.outcomes, Outcome(Status.KILLED, reason=_UNASKED))


class ExamRun:
    """A context manager. `loaded` is what came of loading the program; `failure` says why there is no process.

    `stages` are the names that each case was asked for or, where none were given, the names that it yielded.
    """

    def __init__(
        self, sandbox: Sandbox, program: Program, questions: str, names: Sequence[str], limits: Limits, load_seconds: float
    ) -> None:  # fmt: skip
        self.loaded, self.failure = Loaded(), ""
        self.stages: dict[int, tuple[str, ...]] = {}
        self._sandbox, self._limits, self._load_seconds = sandbox, limits, load_seconds
        self._load = Load(program, questions, tuple(names))
        self._until = time.monotonic() + limits.total_seconds
        self._worker: Worker | None = None
        self._left_out: list[Trouble] = []
        self._stopped: defaultdict[str, dict[str, str]] = defaultdict(dict)  # by driver: stage -> why it is not asked
        self._stops = self._faults = self._printed = 0
        self._room = _ROOM
        self._has_loaded = False
        self._open()

    def ask(
        self,
        asks: Sequence[Ask],
        stages: Mapping[int, tuple[str, ...]],
        answer: Answering | None = None,
        record: Recording | None = None,
        fresh: bool = False,
        printed: bool = False,
    ) -> dict[int, tuple[Outcome, ...]]:
        """Ask one round; gives one outcome for each of the `stages` of a case, by entry number.

        A case that has no `stages` gets one for each stage that it yields. `answer` and `record` are for stubs. With
        `fresh` the round has a process of its own; with `printed` outcomes hold what was printed. Raises `SandboxError`
        for a fault of ours.
        """
        cases = left = [_Case(ask, stages.get(ask.number)) for ask in asks]
        if fresh:
            self.close()
        while left:
            if reason := self._why_not():
                for case in left:
                    case.end(reason)
                break
            left = self._round(left, answer, record, printed)
        if fresh:
            self.close()
        for case in cases:
            self.stages[case.ask.number] = case.names or tuple(filter(None, case.outcomes))
        return {case.ask.number: tuple(case.outcomes[name] for name in case.names or case.outcomes) for case in cases}

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.__exit__()
        self._worker = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _left(self, seconds: float) -> float:
        return max(0.0, min(seconds, self._until - time.monotonic()))

    def _why_not(self) -> str:
        """Why nothing more can be asked; "" if there is a process, which is a new one if need be."""
        if not self._left(1.0):
            return self._used_up()
        if self._stops > _MOST_RESTARTS:
            return _GIVEN_UP
        if self._worker is None and not self.failure:
            self._open()
        return "" if self._worker else self.failure

    def _used_up(self) -> str:
        return f"the submission's {self._limits.total_seconds:g} s were used up"

    # Loading

    def _open(self) -> None:
        """Load the program in a new process. A statement that ends or hangs it is found by announcing each, and left out."""
        while self._left(1.0) and self._worker is None and not self.failure:
            self._worker = self._load_once(cautious=False)
            if self._worker is None and len(self._left_out) < _MOST_LEFT_OUT:
                self._worker = self._load_once(cautious=True)
            elif self._worker is None:
                self.failure = self.failure or _STUCK
        if self._worker is None and not self.failure:
            self.failure = "the time was used up by loading the program"

    def _load_once(self, cautious: bool) -> Worker | None:
        if self.failure:
            return None
        worker, place = self._sandbox.start(self._limits), (0, 0)
        try:
            worker.send(encode(replace(self._load, cautious=cautious)))
            for _ in range(_MOST_MESSAGES):
                message = decode_inside(worker.read(self._left(self._load_seconds)))
                if isinstance(message, LoadReport):
                    self._note_load(message, worker)
                    return worker
                if not isinstance(message, At):
                    raise WireError("it is no report")
                place = (message.cell, message.line)
            self.failure = _STUCK
        except StoppedError as stopped:
            self._note_stuck(stopped, place, cautious)
        except WireError:
            self.failure = "the program's report cannot be read"
        except BaseException:
            worker.__exit__()
            raise
        worker.__exit__()
        return None

    def _note_load(self, report: LoadReport, worker: Worker) -> None:
        """Keep what the first process reports: a later one may have been told by it what was asked."""
        worker.catch_up()
        self._printed = len(worker.output)
        if not self._has_loaded:
            self._has_loaded = True
            troubles = (*(self._trouble(*parts) for parts in report.troubles), *self._left_out)
            defined = tuple(name for name in self._load.names if name in report.defined)
            self.loaded = Loaded(defined, troubles, report.replaced)

    def _note_stuck(self, stopped: StoppedError, place: tuple[int, int], cautious: bool) -> None:
        """Leave out the statement that stopped a cautious load, and keep it as a trouble."""
        if stopped.ending.fault:
            self._note_fault(stopped)
        elif cautious and place == (0, 0):
            self.failure = _STUCK if self._has_loaded else stopped.ending.reason
        elif cautious:
            kind = "TimeoutError" if stopped.late else "ProcessEnded"
            self._left_out.append(Trouble(kind, f"this statement was left out: {stopped.ending.reason}", *place))
            self._load = replace(self._load, program=without_statement(self._load.program, *place))
            if not self._has_loaded:
                self.loaded = Loaded(troubles=tuple(self._left_out))

    def _note_fault(self, stopped: StoppedError) -> None:
        """Let it pass once: a process of ours may have been killed. What happens again is raised."""
        self._faults += 1
        if self._faults > _MOST_FAULTS:
            raise SandboxError(stopped.ending.reason) from stopped

    # Asking

    def _round(
        self, cases: list[_Case], answer: Answering | None, record: Recording | None, printed: bool
    ) -> list[_Case]:
        """Ask in one process; gives the cases that are left after a stop."""
        worker = self._worker
        assert worker is not None
        asked, left, is_over = [case for case in cases if self._is_askable(case)], [], False
        worker.send(b"".join([encode(case.ask) for case in asked]))
        for number, case in enumerate(asked):
            try:
                self._read(worker, case, answer, record, _FIRST_SECONDS if not number else 0.0)
                if case is asked[-1] and worker.has_more:
                    raise _UnaskedError
                continue
            except StoppedError as stopped:
                left = asked[number + self._note_stop(case, stopped) :]
            except _UnaskedError:
                self._stops += 1
                left = asked[number + 1 :]
                for one in asked[: number + 1]:
                    one.void()
            is_over = True
            break
        if printed:
            self._add_printed(worker, asked)
        if is_over:
            self.close()
        return left

    def _is_askable(self, case: _Case) -> bool:
        """Ask for the stages before the first that stopped this driver's process before; tell whether there are any."""
        stopped = self._stopped[case.ask.driver]
        names = case.names or ()
        first = next((number for number, name in enumerate(names) if name in stopped), len(names))
        if first < len(names):
            case.rest = stopped[names[first]]
        if names and not first:
            case.end("")
        elif names and stopped:
            case.ask = replace(case.ask, until=names[first - 1])
        return not names or first > 0

    def _read(
        self, worker: Worker, case: _Case, answer: Answering | None, record: Recording | None, extra: float
    ) -> None:
        """Read what a case has to say; each stage has the seconds of one call."""
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
                until += _answered(worker, case.ask, message, answer)
            elif isinstance(message, CallResult):
                if record is None or not case.ask.record:
                    raise _UnaskedError
                record(message.number, message.value)
            elif isinstance(message, Stage):
                if self._keep(case, message, len(data)):
                    until = time.monotonic() + self._limits.call_seconds
            else:
                case.end(_EARLIER, self._raised(case, message)) if isinstance(message, Raised) else case.end(_ENDED_EARLY)
                return
        raise worker.stop("it sent more messages than any driver has", late=True)

    def _keep(self, case: _Case, stage: Stage, size: int) -> bool:
        """Keep what a stage yielded, unless it is unknown or was yielded before; a very large one is only named."""
        if stage.name in case.outcomes or (case.names is not None and stage.name not in case.names):
            return False
        if size > _ALWAYS_KEPT:
            self._room -= size
        values = stage.values
        if size > _ALWAYS_KEPT and self._room < 0:
            values = dict.fromkeys(values, Other("a result that is far too large"))
        case.outcomes[stage.name] = Outcome(
            Status.RETURNED, values, _calls(stage), _of(case.ask.inputs, stage.changed), stage.warnings
        )
        self._note_printed(case, stage.name, stage.printed)
        return True

    def _raised(self, case: _Case, raised: Raised) -> Outcome:
        """The outcome of a stage that raised; where a graded name is not there, `reason` is that name."""
        self._note_printed(case, case.in_progress, raised.printed)
        if raised.missing in self._load.names:
            return Outcome(Status.MISSING, calls=_calls(raised), reason=raised.missing)
        return Outcome(Status.RAISED, calls=_calls(raised), trouble=self._trouble(*raised.trouble))

    def _note_printed(self, case: _Case, stage: str, end: int) -> None:
        case.printed[stage], self._printed = (self._printed, end), end

    def _note_stop(self, case: _Case, stopped: StoppedError) -> int:
        """Write down a stop; gives 0 if the case is to be asked again, as the program may have no part in it, else 1."""
        ending = stopped.ending
        if ending.fault:
            self._note_fault(stopped)
        if (ending.fault or ending.again) and not case.was_again:
            case.was_again = True
            case.outcomes.clear()
            return 0
        status = Status.TIMED_OUT if stopped.late else Status.KILLED
        reason = f"stopped after {self._limits.call_seconds:.3g} s" if stopped.late else ending.reason
        self._stops += 1
        self._stopped[case.ask.driver][case.in_progress] = f"not asked: {status} before"
        case.printed[case.in_progress] = (self._printed, None)
        case.end(_EARLIER, Outcome(status, reason=reason if self._left(1.0) else self._used_up()))
        return 1

    def _add_printed(self, worker: Worker, cases: Sequence[_Case]) -> None:
        worker.catch_up()
        for case in cases:
            for name, place in case.printed.items():
                text = worker.printed(*place)
                if text and name in case.outcomes:
                    case.outcomes[name] = msgspec.structs.replace(case.outcomes[name], printed=text)

    def _trouble(self, type_name: str, message: str, cell: int, line: int, file: str) -> Trouble:
        """A trouble at a line that there is: code that is compiled inside may name any number."""
        source = next((unit.source for unit in self._load.program.units if unit.cell == cell), None)
        if cell and (source is None or line > source.count("\n") + 1):
            cell = line = 0
        return Trouble(type_name, message, cell, line, file if file in self._load.program.modules else "")


def _answered(worker: Worker, ask: Ask, call: CallOut, answer: Answering | None) -> float:
    """Answer the call of a stub; gives the seconds that it took us, which are not the program's."""
    if answer is None or call.function not in ask.stubs:
        raise _UnaskedError
    began = time.monotonic()
    worker.send(encode(Answer(*answer(call.number, call.function, call.args, call.kwargs))))
    return time.monotonic() - began


def _calls(message: Stage | Raised) -> tuple[Call, ...]:
    return tuple(Call(*parts) for parts in message.calls)


def _of(inputs: Mapping[str, Tree], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in inputs)


def without_statement(program: Program, cell: int, line: int) -> Program:
    """Blank the statement at a line of a cell, so that the rest can be loaded; all other lines keep their numbers."""
    units = [replace(unit, source=_blanked(unit.source, line)) if unit.cell == cell else unit for unit in program.units]
    return replace(program, units=tuple(units))


def _blanked(source: str, line: int) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are the hand-in's, and no concern of whoever runs the grader
            body = ast.parse(source).body  # parsed only: nothing of a hand-in ever runs on our side
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    lines = source.split("\n")
    for statement in body:
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(one.lineno for one in decorators)])
        last = statement.end_lineno or statement.lineno
        if first <= line <= last:
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(lines)
