"""A submission sits the exam: load its program, ask every question, and write down what happened.

takes: a sandbox, a program, questions, limits.
gives: a `Sitting`: one outcome for every step of every question, whatever the program does.
must not know: answers, points, what any function is for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox.accepting import last_lines
from grader.sandbox.all_cells import merged, needing_all, worth_running_all
from grader.sandbox.opening import Sandbox
from grader.sandbox.rounds import Terms
from grader.sandbox.session import Clock, Session
from grader.sandbox.stops import Stops
from grader.sandbox.taking import Taking
from grader.sandbox.worker import StoppedError, Worker
from grader.wire import (
    NEEDLESS,
    Loaded,
    Outcome,
    Program,
    Question,
    Status,
    Step,
    encode_questions,
)

_MOST_FAULTS = 1  # of our own, after which a question is asked again
_FIRST_SECONDS = 0.5  # more for the first step of a request, which has the request to read
_NOT_RETURNED = "an earlier call of this case did not return"
# One outcome for all hand-ins: nearly each is spared the same, and what is concluded from shared ones is remembered.
_SPARED = Outcome(Status.NOT_REACHED, reason=NEEDLESS, shared=True)
_UNASKED = "the process wrote more answers than it was asked for"
_STOPS = {"late": Status.TIMED_OUT, "ended": Status.KILLED, "unreadable": Status.UNREADABLE}


@dataclass(frozen=True)
class Sitting:
    """What happened: `outcomes` runs parallel to the questions and their steps.

    `slowest` is the longest that was waited for the answer of one call, in seconds; 0 if none was waited for.
    """

    outcomes: tuple[tuple[Outcome, ...], ...]
    loaded: Loaded
    ran_every_cell: bool
    level: str
    slowest: float = 0.0


def sit(
    sandbox: Sandbox, program: Program, questions: Sequence[Question], limits: Limits, terms: Terms | None = None,
    clock: Clock | None = None,
) -> Sitting:  # fmt: skip
    """Let one submission sit one exam; a failure of ours is a `FAULT`. `clock` has its time, where it sat before."""
    terms, clock = terms or Terms.of(len(questions)), clock or Clock.start(limits.total_seconds)
    exam = _Exam(questions, limits, terms, last_lines((*program.definitions, *program.every)), clock)
    session = Session(sandbox, program.definitions, program.wanted, limits, limits.load_seconds, clock)
    sessions = [session]
    try:
        worker = session.open()
        later = needing_all(program, session, questions) if worker else set()
        exam.ask_all(session, worker, [[q for q in asked if q not in later] for asked in terms.rounds])
        if later or (worker and not questions and worth_running_all(program, session)):
            every = Session(sandbox, program.every, program.wanted, limits, limits.notebook_seconds, clock)
            sessions.append(every)
            exam.ask_all(every, every.open(), [[q for q in asked if q in later] for asked in terms.rounds])
        for one, among in zip(sessions, (set(range(len(questions))) - later, later), strict=False):
            exam.ask_after_all(one, among)
    except SandboxError as error:
        exam.fill_all(Status.FAULT, str(error))
    loaded = merged([s.loaded for s in sessions], program.wanted)
    outcomes = tuple(tuple(steps) for steps in exam.outcomes)
    return Sitting(outcomes, loaded, len(sessions) > 1, sandbox.level.value, exam.slowest)


class _Exam:
    """The outcomes so far, and how often each function had to be stopped."""

    def __init__(
        self, questions: Sequence[Question], limits: Limits, terms: Terms, last: Mapping[int, int], clock: Clock
    ) -> None:
        self.outcomes: list[list[Outcome]] = [[] for _ in questions]
        self.clock = clock
        self._questions = questions
        self._limits = limits
        self._terms = terms
        self._taking = Taking(questions, limits, terms, last, clock)
        self._stops = Stops()
        self._faults = 0
        self._again: set[int] = set()  # questions stopped for what may be no doing of their own

    @property
    def slowest(self) -> float:
        """The longest that was waited for one call's answer, in seconds."""
        return self._taking.slowest

    def ask_all(self, session: Session, worker: Worker | None, rounds: Sequence[list[int]]) -> None:
        """Ask until every question has its outcomes, in a new process after each stop."""
        left = [todo for todo in rounds if todo]
        if worker is not None and not left:
            with worker:
                worker.finish()
        while left:
            if worker is None:
                return self._fill(chain.from_iterable(left), Status.NOT_REACHED, session.failure)
            with worker:
                left = self._ask_rounds(session, worker, left)
            if left and self.clock.over:
                return self._fill(chain.from_iterable(left), Status.NOT_REACHED, self._used_up())
            if left:
                worker = session.open()
        return None

    def _ask_rounds(self, session: Session, worker: Worker, rounds: list[list[int]]) -> list[list[int]]:
        """Ask round by round, each when all before it is answered; give back what is left after a stop."""
        asked: list[tuple[int, int]] = []
        unasked: list[list[int]] = []
        for number, todo in enumerate(rounds):
            todo = self._quick_first(self._without_spared(todo) if number else todo)
            if not todo:
                continue
            if number and self._terms.afresh and not session.load_again(worker):
                unasked = rounds[number:]
                break
            stopped, left = self._ask_once(worker, todo, asked)
            if stopped:
                return [again for again in (left, *rounds[number + 1 :]) if again]
        # One that wrote more than was asked has answered nothing that could be told apart.
        if not worker.finish():
            for q, s in asked:
                self.outcomes[q][s] = Outcome(Status.UNREADABLE, reason=_UNASKED)
        return unasked

    def ask_after_all(self, session: Session, among: Collection[int]) -> None:
        """Ask what was spared and is needed by all that has been answered since, in a process that has seen nothing."""
        again = [q for q in sorted(among) if self.outcomes[q] and self.outcomes[q][0] is _SPARED]
        if self._terms.spare is None or not again:
            return
        spared = self._terms.spare(self.outcomes)
        again = [q for q in again if q not in spared]
        for q in again:
            self.outcomes[q] = []
        if self.clock.over:
            self._fill(again, Status.NOT_REACHED, self._used_up())
        elif again:
            self.ask_all(session, session.open(), [again])

    def _quick_first(self, todo: list[int]) -> list[int]:
        """The same questions, those behind that call what was slow in a round before: others may be out of time."""
        if not (slow := self._taking.slow()):
            return todo
        return sorted(todo, key=lambda q: any(step.function in slow for step in self._questions[q].steps))

    def _without_spared(self, todo: list[int]) -> list[int]:
        spared = self._terms.spare(self.outcomes) if self._terms.spare else ()
        self._fill_with([q for q in todo if q in spared], _SPARED)
        return [q for q in todo if q not in spared]

    def fill_all(self, status: Status, reason: str) -> None:
        """Give every step that has no outcome yet the same one."""
        self._fill(range(len(self._questions)), status, reason)

    def _ask_once(self, worker: Worker, todo: list[int], done: list[tuple[int, int]]) -> tuple[bool, list[int]]:
        """Ask what one round asks, and no call twice that several questions begin with.

        Each is asked where the first stands that it answers: what is stopped twice in it may be asked no more, and
        that is to cost a forward nothing that it would have answered by itself. Where something is slow each is asked
        by itself: what is slow may use up the time before what is quick is asked.
        """
        by = {} if self._taking.slow() else self._terms.answered_by_others(todo)
        stopped, left = self._ask(worker, list(dict.fromkeys([by.get(q, q) for q in todo])), done)
        open_ = set(left)
        for q, other in by.items():
            if other not in open_:
                self.outcomes[q] = self.outcomes[other][: len(self._questions[q].steps)]
                done += [(q, s) for s in range(len(self.outcomes[q]))]
        return stopped, [q for q in todo if by.get(q, q) in open_]

    def _ask(self, worker: Worker, todo: list[int], done: list[tuple[int, int]]) -> tuple[bool, list[int]]:
        """Ask what can be asked of one round; tell whether it was stopped, and what is left then."""
        asked = {q: self._stops.askable(self._questions[q]) for q in todo}
        steps = [(q, s) for q in todo for s in range(len(asked[q]))]
        worker.output.begin(len(steps) + 1)
        worker.send(encode_questions([self._as_asked(q, asked[q]) for q in todo if asked[q]]), len(steps))
        extra = _FIRST_SECONDS
        for number, (q, s) in enumerate(steps):
            try:
                self.outcomes[q].append(self._taking.outcome(worker, extra, q, s))
            except StoppedError as stopped:
                if stopped.ending.fault or self._may_be_of_others(q, stopped):
                    self._note_fault(stopped)
                    self.outcomes[q] = []
                    self._add_texts(worker, steps[: number - s])
                    self._fill(todo[: todo.index(q)], Status.NOT_REACHED, self._stops.given_up())
                    return True, todo[todo.index(q) :]
                self._stop(q, asked[q][s], _STOPS[stopped.kind], self._why(stopped))
                self._add_texts(worker, steps[: number + 1])
                self._add_text(q, s, worker.output.unfinished())
                self._fill(todo[: todo.index(q)], Status.NOT_REACHED, self._stops.given_up())
                return True, todo[todo.index(q) + 1 :]
            extra = 0.0
        done += steps
        worker.catch_up()  # what a later round prints must not be taken for this one's
        self._add_texts(worker, steps)
        if self._stops:
            self._fill(todo, Status.NOT_REACHED, self._stops.given_up())
        return False, []

    def _as_asked(self, q: int, steps: tuple[Step, ...]) -> Question:
        """The question itself where nothing of it is left out: then its bytes are known already."""
        question = self._questions[q]
        return question if len(steps) == len(question.steps) else replace(question, steps=steps)

    def _may_be_of_others(self, q: int, stopped: StoppedError) -> bool:
        """Whether it is to be asked again by itself: what stopped it may be no doing of its own."""
        if not stopped.ending.again or q in self._again:
            return False
        self._again.add(q)
        return True

    def _note_fault(self, stopped: StoppedError) -> None:
        """Let it pass once: a process of ours may have been killed. What happens again is told."""
        self._faults += stopped.ending.fault
        if self._faults > _MOST_FAULTS:
            raise SandboxError(stopped.ending.reason) from stopped

    def _used_up(self) -> str:
        return f"the submission's {self._limits.total_seconds:g} s were used up"

    def _why(self, stopped: StoppedError) -> str:
        """Why there is no answer; of one that is late by our limits: how much time it left is a number of its own."""
        if stopped.kind != "late":
            return stopped.ending.reason
        return self._used_up() if self.clock.over else f"stopped after {self._limits.call_seconds:.3g} s"

    def _stop(self, q: int, step: Step, status: Status, reason: str) -> None:
        self._stops.note(step.function)
        # What stopped it has no name: the function that was being called does.
        self.outcomes[q].append(Outcome(status, reason=f"{reason} in `{step.function}`"))
        self._fill([q], Status.NOT_REACHED, _NOT_RETURNED)

    def _add_texts(self, worker: Worker, steps: list[tuple[int, int]]) -> None:
        if worker.output.is_empty:
            return
        for number, (q, s) in enumerate(steps):
            # What the inside says was printed is not believed (`decode_outcome` drops it): the pipe is.
            self._add_text(q, s, worker.output.text(number + 1))

    def _add_text(self, q: int, s: int, text: str) -> None:
        if text:
            self.outcomes[q][s] = replace(self.outcomes[q][s], printed=text, shared=False)

    def _fill(self, questions: Iterable[int], status: Status, reason: str) -> None:
        self._fill_with(questions, Outcome(status, reason=reason))

    def _fill_with(self, questions: Iterable[int], outcome: Outcome) -> None:
        for q in questions:
            missing = len(self._questions[q].steps) - len(self.outcomes[q])
            self.outcomes[q] += [outcome] * missing
