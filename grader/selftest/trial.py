"""Every variant sits the exam, and the table of who came through.

takes: an assignment's folder, its key, a sandbox.
gives: a `SelfTest`.
must not know: pages, submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from grader.answer_key import AnswerKey
from grader.assignment import Assignment
from grader.compile_key.authored import load_assignment, source_of
from grader.errors import AuthorError
from grader.plan import ALONE, Purpose
from grader.sandbox import Sandbox
from grader.selftest.blind_spots import blind_spots
from grader.selftest.mutants import mutate
from grader.selftest.papers import Examiner, Marked, Paper, authors_own
from grader.selftest.seats import seated

ITS_OWN_TRANSPOSE = "what is transposed there has one axis in all cases, or none"


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
Seated = Callable[[Iterable[Paper]], Iterable[tuple[Paper, Marked]]]
Found = Sequence[tuple[Paper, Marked]]


@dataclass(frozen=True)
class _Kind:
    """Variants of one kind: what is told as they begin, and the row that they make in the end."""

    told: str
    papers: Sequence[Paper]
    row: Callable[[Found], Row]


def prove(
    folder: Path, key: AnswerKey, sandbox: Sandbox, tell: Tell = lambda line: None, only: Collection[str] = ()
) -> SelfTest:
    """Let everything sit the exam here. `tell` hears of each kind as it begins; `only` names criteria, none for all."""
    assignment = load_assignment(folder)
    examiner = Examiner(assignment, key, sandbox)
    return _prove(assignment, key, lambda papers: ((paper, examiner.mark(paper)) for paper in papers), tell, only)


def prove_at_once(
    folder: Path, key: AnswerKey, jobs: int, unsafe: bool, tell: Tell = lambda line: None, only: Collection[str] = ()
) -> SelfTest:
    """The same in `jobs` processes, each with a sandbox of its own."""
    seats = partial(seated, folder=folder, key=key, jobs=jobs, unsafe=unsafe)
    return _prove(load_assignment(folder), key, seats, tell, only)


def _prove(assignment: Assignment, key: AnswerKey, seats: Seated, tell: Tell, only: Collection[str]) -> SelfTest:
    names = [criterion.name for criterion in assignment.criteria]
    if unknown := [name for name in only if name not in names]:
        raise AuthorError(f"{unknown[0]} is no criterion of {assignment.name}", f"criteria: {', '.join(names)}")
    trial = _Trial(assignment, key, only or names)
    kinds = list(trial.kinds())
    marked = dict(seats(_begun(kinds, tell)))
    if probes := trial.probes(marked):
        trial.of_one_axis = {(paper.name, paper.purpose) for paper, came in seats(probes) if not came.loses}
    proof = SelfTest([kind.row([(paper, marked[paper]) for paper in kind.papers]) for kind in kinds])
    proof.cases = [case for case in trial.worth() if case.criterion in trial.only]
    if not only:
        proof.idle_excuses = tuple(text for text in assignment.equivalents if text not in trial.excusing)
    return proof


def _begun(kinds: Iterable[_Kind], tell: Tell) -> Iterator[Paper]:
    """All papers, one kind after the other."""
    for kind in kinds:
        if kind.told:
            tell(kind.told)
        yield from kind.papers


def is_named(name: str, text: str) -> bool:
    """Whether a variant is the one that an author names: as it was printed, brackets and all, or with `*` in it."""
    return name == text or fnmatchcase(name, text) or fnmatchcase(name, text.replace("[", "[[]"))


class _Trial:
    """The exam, and for every wrong variant the cases that it failed."""

    def __init__(self, assignment: Assignment, key: AnswerKey, only: Collection[str]) -> None:
        self.assignment, self.key, self.only = assignment, key, frozenset(only)
        # How each backward is tried beside a wrong forward; one that takes no cache with its own object, mended.
        alone = {e.criterion: p for p in reversed(ALONE) for e in key.plan.entries if e.purpose is p}
        self.handed = {criterion: purpose for criterion, purpose in alone.items() if criterion in self.only}
        self.excusing: set[str] = set()  # names in `equivalents` that a variant which kept its points answers to
        self.of_one_axis: set[tuple[str, Purpose]] = set()  # transposes of what is a table in no case
        self._probes: dict[str, str] = {}
        self._failed: list[tuple[str, frozenset[int]]] = []

    def probes(self, marked: Mapping[Paper, Marked]) -> list[Paper]:
        """Of each transpose that keeps its points, and has no reason, what tells whether it is ever one of a table."""
        kept = (paper for paper, came in marked.items() if not came.loses and paper.name in self._probes)
        return [replace(paper, source=self._probes[paper.name]) for paper in kept if not self._reasons(paper.name)]

    def _reasons(self, name: str) -> dict[str, str]:
        """What the author says of it, and under which names."""
        return {text: why for text, why in self.assignment.equivalents.items() if is_named(name, text)}

    def is_of(self, function: str) -> bool:
        """Whether a variant of this function is one of those that are to be proved, or what these are called with."""
        return bool(self._calling(function) & self.only)

    def kinds(self) -> Iterator[_Kind]:
        """All that sits the exam, in the order of the table."""
        everything = frozenset(rule.name for rule in self.key.rubric.criteria)
        right = [
            Paper(variant.name if variant else "the reference", everything, of_author=place)
            for place, variant in enumerate(authors_own(self.assignment)[: 1 + len(self.assignment.alternatives)])
        ]
        yield _Kind("the reference and the alternatives", right[:1], self._reference)
        yield _Kind("", right[1:], self._alternatives)
        named = {paper: name for paper, name in self._mistakes() if paper.criteria <= self.only}
        told = f"{len(set(named.values()))} known mistakes"
        yield _Kind(told, list(named), lambda found: self._known(found, named))
        functions = [name for name in self.key.plan.functions if self.is_of(name)]
        raising = {entry.criterion for entry in self.key.plan.entries if entry.raises}
        mutants = mutate(source_of(self.assignment.solution), functions, raising)
        self._probes = {mutant.name: mutant.probe for mutant in mutants if mutant.probe}
        whole = [Paper(m.name, self._calling(m.function), m.source, instead=True) for m in mutants]
        of_mutants = partial(self._wrong, "mutants of the reference")
        yield _Kind(f"{len(whole)} mutants of the reference", whole, of_mutants)
        backwards = [
            Paper(m.name, frozenset({m.function}), m.source, instead=True, purpose=self.handed[m.function])
            for m in mutants
            if m.function in self.handed
        ]
        if backwards:
            yield _Kind(f"{len(backwards)} of them with the right cache alone", backwards, self._with_cache_alone)
        spots = [spot for spot in blind_spots(self.key.plan) if self.is_of(spot.function)]
        narrow = [Paper(spot.name, self._calling(spot.function), spot.source) for spot in spots]
        yield _Kind(f"{len(narrow)} functions with a blind spot", narrow, partial(self._wrong, "blind spots"))

    def _mistakes(self) -> Iterator[tuple[Paper, str]]:
        """Every form of a known mistake, and as which it must be recognised."""
        place = len(self.assignment.alternatives)
        for mistake in self.assignment.mistakes:
            for form in mistake.forms:
                place += 1
                yield Paper(form.name, frozenset({form.criterion}), of_author=place), mistake.name

    def _reference(self, found: Found) -> Row:
        points = found[0][1].points
        full = points == self.key.rubric.points
        return Row("the reference", 1, int(full), survivors=() if full else (f"the reference gets {points}",))

    def _alternatives(self, found: Found) -> Row:
        short = tuple(paper.name for paper, came in found if came.points != self.key.rubric.points)
        return Row("accepted alternatives", len(found), len(found) - len(short), survivors=short)

    def _known(self, found: Found, named: Mapping[Paper, str]) -> Row:
        self._failed.extend((f"mistake: {paper.name}", came.failed) for paper, came in found)
        lost = tuple(paper.name for paper, came in found if came.mistake != named[paper])
        return Row("known mistakes, recognised as themselves", len(found), len(found) - len(lost), survivors=lost)

    def _wrong(self, kind: str, found: Found) -> Row:
        """Variants that must lose points; one that does not is excused by the author, or survives."""
        self._failed.extend((paper.name, came.failed) for paper, came in found)
        return self._row(kind, found)

    def _with_cache_alone(self, found: Found) -> Row:
        """Mutants of backwards whose forward came to nothing: the cases in `handed=` are all that is looked at then."""
        row = self._row("backwards, with a right cache alone", found)
        return replace(row, to_do="add a case that tells to handed=")

    def _row(self, kind: str, found: Found) -> Row:
        excused: list[tuple[str, str]] = []
        survivors: list[str] = []
        for name, purpose in ((paper.name, paper.purpose) for paper, came in found if not came.loses):
            reasons = self._reasons(name)
            self.excusing.update(reasons)
            if reasons or (name, purpose) in self.of_one_axis:
                excused.append((name, next(iter(reasons.values()), ITS_OWN_TRANSPOSE)))
            else:
                survivors.append(name)
        as_due = len(found) - len(excused) - len(survivors)
        return Row(kind, len(found), as_due, tuple(excused), tuple(survivors))

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

    def _calling(self, function: str) -> frozenset[str]:
        """The criteria in whose cases a function is called, since a wrong cache shows in backward only.

        Or which build on it: what a number of an own class keeps for its gradient shows where that is asked for. With
        their forwards: a backward is given the benefit of a forward that is not known to be right.
        """
        entries = self.key.plan.entries
        called = {e.criterion for e in entries if any(step.function == function for step in e.question.steps)}
        called |= {rule.name for rule in self.key.rubric.criteria if _is_called(function, rule.calls)}
        forwards = {rule.forward for rule in self.key.rubric.criteria if rule.name in called and rule.forward}
        return frozenset(called | forwards)


def _is_called(function: str, calls: Sequence[str]) -> bool:
    """Whether it is one of these, or makes the objects that one of them is a method of."""
    owner, _, method = function.rpartition(".")
    return function in calls or (method == "__init__" and any(name.startswith(f"{owner}.") for name in calls))
