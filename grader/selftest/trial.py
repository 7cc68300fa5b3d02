"""Every variant sits the exam, and the table of who came through.

takes: an assignment's folder, its key, a sandbox.
gives: a `SelfTest`.
must not know: pages, submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path

from grader.answer_key import AnswerKey
from grader.assignment import Assignment, Mistake
from grader.compile_key.authored import load_assignment, source_of
from grader.compile_key.exam_room import ExamRoom
from grader.errors import AuthorError
from grader.judge import Kind, Outcomes, rule_on
from grader.plan import ALONE, Purpose
from grader.sandbox import Sandbox
from grader.score import Score, score
from grader.selftest.blind_spots import blind_spots
from grader.selftest.mutants import Mutant, mutate


@dataclass(frozen=True)
class Row:
    """One kind of variant: how many sat the exam, how many came out as they must, and who did not."""

    kind: str
    tried: int
    as_due: int
    excused: tuple[tuple[str, str], ...] = ()
    survivors: tuple[str, ...] = ()
    to_do: str = "add a case that tells"


@dataclass(frozen=True)
class CaseWorth:
    """What a case is there for: a variant that it alone catches, or the author's reason."""

    criterion: str
    case: str
    catches_alone: str = ""
    reason: str = ""


@dataclass
class SelfTest:
    """The whole proof; `idle_excuses` are names in `equivalents` that excuse nothing, since it is caught, or is not."""

    rows: list[Row] = field(default_factory=list)
    cases: list[CaseWorth] = field(default_factory=list)
    idle_excuses: tuple[str, ...] = ()

    @property
    def idle_cases(self) -> list[CaseWorth]:
        """Cases without which nothing would slip through, and no reason why they are there."""
        return [case for case in self.cases if not case.catches_alone and not case.reason]

    @property
    def holds(self) -> bool:
        """Nothing survived, and every case earns its place."""
        return not self.idle_cases and not any(row.survivors for row in self.rows)


Tell = Callable[[str], None]


def prove(
    folder: Path, key: AnswerKey, sandbox: Sandbox, tell: Tell = lambda line: None, only: Collection[str] = ()
) -> SelfTest:
    """Let everything sit the exam. `tell` hears of each kind as it is begun; `only` names criteria, none for all."""
    assignment = load_assignment(folder)
    names = [criterion.name for criterion in assignment.criteria]
    if unknown := [name for name in only if name not in names]:
        raise AuthorError(f"{unknown[0]} is no criterion of {assignment.name}", f"criteria: {', '.join(names)}")
    trial = _Trial(assignment, key, ExamRoom(assignment, key.plan, sandbox, key.rubric.files), only or names)
    proof = SelfTest()
    tell("the reference and the alternatives")
    proof.rows.append(trial.reference())
    proof.rows.append(trial.alternatives())
    mistakes = [mistake for mistake in assignment.mistakes if mistake.criterion in trial.only]
    tell(f"{len(mistakes)} known mistakes")
    proof.rows.append(trial.mistakes(mistakes))
    mutants = mutate(source_of(assignment.solution), [name for name in key.plan.functions if trial.is_of(name)])
    tell(f"{len(mutants)} mutants of the reference")
    proof.rows.append(trial.wrong("mutants of the reference", ((m.name, m.function, m.source, True) for m in mutants)))
    backwards = [mutant for mutant in mutants if mutant.function in trial.handed]
    if backwards:
        tell(f"{len(backwards)} of them with the right cache alone")
        proof.rows.append(trial.with_cache_alone("backwards, with a right cache alone", backwards))
    spots = [spot for spot in blind_spots(key.plan) if trial.is_of(spot.function)]
    tell(f"{len(spots)} functions with a blind spot")
    proof.rows.append(trial.wrong("blind spots", ((s.name, s.function, s.source, False) for s in spots)))
    proof.cases = [case for case in trial.worth() if case.criterion in trial.only]
    if not only:
        proof.idle_excuses = tuple(text for text in assignment.equivalents if text not in trial.excusing)
    return proof


def is_named(name: str, text: str) -> bool:
    """Whether a variant is the one that an author names: as it was printed, brackets and all, or with `*` in it."""
    return name == text or fnmatchcase(name, text) or fnmatchcase(name, text.replace("[", "[[]"))


class _Trial:
    """The exam, and for every wrong variant the cases that it failed."""

    def __init__(self, assignment: Assignment, key: AnswerKey, room: ExamRoom, only: Collection[str]) -> None:
        self.assignment, self.key, self.room, self.only = assignment, key, room, frozenset(only)
        # How each backward is tried beside a wrong forward; one that takes no cache with its own object, mended.
        alone = {e.criterion: p for p in reversed(ALONE) for e in key.plan.entries if e.purpose is p}
        self.handed = {criterion: purpose for criterion, purpose in alone.items() if criterion in self.only}
        self.excusing: set[str] = set()  # names in `equivalents` that a variant which kept its points answers to
        self._failed: list[tuple[str, frozenset[int]]] = []

    def is_of(self, function: str) -> bool:
        """Whether a variant of this function is one of those that are to be proved, or what these are called with."""
        return bool(self._calling(function) & self.only)

    def reference(self) -> Row:
        points = self._points(self.room.sit(None))
        full = points == self.key.rubric.points
        return Row("the reference", 1, int(full), survivors=() if full else (f"the reference gets {points}",))

    def alternatives(self) -> Row:
        found = self.assignment.alternatives
        short = tuple(a.name for a in found if self._points(self.room.sit(a, whole=True)) != self.key.rubric.points)
        return Row("accepted alternatives", len(found), len(found) - len(short), survivors=short)

    def mistakes(self, mistakes: Sequence[Mistake]) -> Row:
        lost: list[str] = []
        forms = [(mistake.name, form) for mistake in mistakes for form in mistake.forms]
        for name, form in forms:
            outcomes = self.room.sit(form)
            verdicts = rule_on(self.key, outcomes, {})[form.criterion]
            if next((v.mistake for v in verdicts if v.kind is Kind.KNOWN_MISTAKE), "") != name:
                lost.append(form.name)
            self._note(f"mistake: {form.name}", outcomes, {form.criterion})
        tried = len(forms)
        return Row("known mistakes, recognised as themselves", tried, tried - len(lost), survivors=tuple(lost))

    def wrong(self, kind: str, variants: Iterable[tuple[str, str, str, bool]]) -> Row:
        """Variants that must lose points; one that does not is excused by the author, or survives."""
        sat = self._sat(variants)
        return self._row(kind, ((name, self._note(name, outcomes, criteria)) for name, criteria, outcomes in sat))

    def with_cache_alone(self, kind: str, mutants: Sequence[Mutant]) -> Row:
        """Mutants of backwards whose forward came to nothing: the cases in `handed=` are all that is looked at then."""
        row = self._row(kind, ((mutant.name, self._is_caught_alone(mutant)) for mutant in mutants))
        return replace(row, to_do="add a case that tells to handed=")

    def _is_caught_alone(self, mutant: Mutant) -> bool:
        criterion = mutant.function
        # What is not asked is not reached, as all is that needs a forward which came to nothing.
        outcomes = self.room.sit_source(mutant.source, {criterion}, instead=True, purpose=self.handed[criterion])
        rule = next(rule for rule in self.key.rubric.criteria if rule.name == criterion)
        return _loses(score(rule, rule_on(self.key, outcomes, {})[criterion]))

    def _row(self, kind: str, caught: Iterable[tuple[str, bool]]) -> Row:
        tried = 0
        excused: list[tuple[str, str]] = []
        survivors: list[str] = []
        for name, is_caught in caught:
            tried += 1
            if is_caught:
                continue
            reasons = {text: why for text, why in self.assignment.equivalents.items() if is_named(name, text)}
            self.excusing.update(reasons)
            if reasons:
                excused.append((name, next(iter(reasons.values()))))
            else:
                survivors.append(name)
        as_due = tried - len(excused) - len(survivors)
        return Row(kind, tried, as_due, tuple(excused), tuple(survivors))

    def _sat(self, variants: Iterable[tuple[str, str, str, bool]]) -> Iterator[tuple[str, set[str], Outcomes]]:
        """Let variants sit the exam, one after the other."""

        def sit(variant: tuple[str, str, str, bool]) -> tuple[str, set[str], Outcomes]:
            name, function, source, whole = variant
            criteria = self._calling(function)
            return name, criteria, self.room.sit_source(source, criteria, instead=whole)

        # One after the other: the interpreter's parser is not safe to use from several threads (CPython 3.11).
        yield from map(sit, variants)

    def worth(self) -> list[CaseWorth]:
        """For each case a variant that keeps a behaviour's points but for this case."""
        behaviour = {n: (e.criterion, e.behaviour) for n, e in enumerate(self.key.plan.entries)}
        reasons = {(c.name, case.name): case.feedback for c in self.assignment.criteria for case in c.cases}
        alone: dict[int, str] = {}
        for name, failed in self._failed:
            for place in failed:
                if place not in alone and not any(m != place and behaviour[m] == behaviour[place] for m in failed):
                    alone[place] = name
        return [
            CaseWorth(e.criterion, e.name, alone.get(n, ""), reasons.get((e.criterion, e.name), ""))
            for n, e in enumerate(self.key.plan.entries)
            if e.purpose is Purpose.CASE
        ]

    def _calling(self, function: str) -> set[str]:
        """The criteria in whose cases a function is called, since a wrong cache shows in backward only.

        Or which build on it: what a number of an own class keeps for its gradient shows where that is asked for. With
        their forwards: a backward is given the benefit of a forward that is not known to be right.
        """
        entries = self.key.plan.entries
        called = {e.criterion for e in entries if any(step.function == function for step in e.question.steps)}
        called |= {rule.name for rule in self.key.rubric.criteria if _is_called(function, rule.calls)}
        return called | {rule.forward for rule in self.key.rubric.criteria if rule.name in called and rule.forward}

    def _note(self, name: str, outcomes: Outcomes, criteria: set[str]) -> bool:
        """Keep which cases a variant failed; tell whether it lost any points."""
        ruled = rule_on(self.key, outcomes, {})
        rules = [rule for rule in self.key.rubric.criteria if rule.name in criteria]
        scores = [score(rule, ruled[rule.name]) for rule in rules]
        wrong = {
            (rule.name, finding.case)
            for rule, one in zip(rules, scores, strict=True)
            for finding in one.verdict.findings
            if not finding.right
        }
        entries = enumerate(self.key.plan.entries)
        failed = {n for n, e in entries if e.purpose is Purpose.CASE and (e.criterion, e.name) in wrong}
        self._failed.append((name, frozenset(failed)))
        return any(map(_loses, scores))

    def _points(self, outcomes: Outcomes) -> Fraction:
        ruled = rule_on(self.key, outcomes, {})
        return sum((score(r, ruled[r.name]).points or Fraction(0) for r in self.key.rubric.criteria), Fraction(0))


def _is_called(function: str, calls: Sequence[str]) -> bool:
    """Whether it is one of these, or makes the objects that one of them is a method of."""
    owner, _, method = function.rpartition(".")
    return function in calls or (method == "__init__" and any(name.startswith(f"{owner}.") for name in calls))


def _loses(one: Score) -> bool:
    return one.points is not None and one.points < one.max_points
