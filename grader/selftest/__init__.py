"""The exam proves itself: right variants pass, wrong ones lose points, and every case is needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path

from grader.assignment.loading import load_assignment
from grader.assignment.words import Assignment, Mistake, Question
from grader.errors import AuthorError
from grader.key import Basis, CriterionRule, Key
from grader.report.staff_views import Row
from grader.selftest.blind_spots import TABLE, blind_spots, guesses
from grader.selftest.mutants import mutate
from grader.selftest.sitting import Marks, Paper, mark, sit_all

MUTANTS, SPOTS, GUESSES = "mutants", "blind spots", "guesses beside the public answers"


@dataclass(frozen=True)
class Proof:
    """What sat the exam, what survived by name, and what is there for nothing; `cases` has a line for each case."""

    rows: Sequence[Row]
    idle_cases: Sequence[str] = ()
    idle_excuses: Sequence[str] = ()
    cases: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Nothing survived, and every case is needed."""
        return not self.idle_cases and not any(row.survivors for row in self.rows)


@dataclass
class _Excuses:
    """The author's reasons, by names with `*`; and those names that excused something."""

    reasons: Mapping[str, str]
    used: set[str] = field(default_factory=set)

    def row(self, kind: str, tried: int, kept: Collection[str], to_do: str = "add a case that shows it") -> Row:
        """The row of variants of which these kept their points."""
        named = {name: [text for text in self.reasons if is_named(name, text)] for name in kept}
        self.used.update(text for texts in named.values() for text in texts)
        excused = tuple((name, self.reasons[texts[0]]) for name, texts in named.items() if texts)
        survivors = tuple(name for name, texts in named.items() if not texts)
        return Row(kind, tried, tried - len(kept), excused, survivors, to_do)


def is_named(name: str, text: str) -> bool:
    """Whether a variant is the one that an author names: as it is printed, brackets and all, or with `*`."""
    return name == text or fnmatchcase(name, text) or fnmatchcase(name, text.replace("[", "[[]"))


def prove(
    folder: Path, key: Key, jobs: int, unsafe: bool, tell: Callable[[str], None] = print, only: Collection[str] = ()
) -> Proof:
    """Let all variants sit the exam of a key; `tell` is called as each kind begins.

    `only` names criteria (none: all). With it cases and excuses are not looked at: they may be there for others.
    """
    assignment, names = load_assignment(folder), [rule.name for rule in key.rubric.criteria]
    if unknown := {*only} - {*names}:
        raise AuthorError(f"{min(unknown)} is no criterion of {key.rubric.name}", f"there are: {', '.join(names)}")
    rules = [rule for rule in key.rubric.criteria if rule.name in (only or names)]
    sat = dict(sit_all(_mutants(assignment, rules, tell), folder, key, jobs, unsafe))
    for kind, make in ((SPOTS, blind_spots), (GUESSES, guesses)):
        sat |= {Paper(kind, name, of.name): mark(key, came, [of]) for of in rules for name, came in make(key, of)}
    excuses = _Excuses(assignment.settings.equivalents)
    rows = [
        *_rows_of_declared(assignment, rules),
        _row_of_wrong(excuses, sat, MUTANTS, Basis.OWN),
        _row_of_wrong(excuses, sat, MUTANTS, Basis.GIVEN),
        _row_of_wrong(excuses, sat, SPOTS, Basis.OWN),
        *_rows_of_guesses(excuses, sat, rules),
    ]
    if only:
        return Proof(rows)
    cases = _cases(assignment, key, sat)
    idle = [label for label, needed in cases.items() if not needed]
    rows.append(Row("cases that are needed", len(cases), len(cases) - len(idle)))
    lines = [f"{label}: {needed or 'no wrong variant needs it'}" for label, needed in cases.items()]
    return Proof(rows, idle, sorted({*excuses.reasons} - excuses.used), lines)


def _mutants(assignment: Assignment, rules: Sequence[CriterionRule], tell: Callable[[str], None]) -> Iterator[Paper]:
    source = Path(str(assignment.reference.__file__)).read_text("utf-8")
    for rule in rules:
        mutants = [Paper(MUTANTS, name, rule.name, text) for name, text in mutate(source, rule.name)]
        tell(f"{len(mutants)} mutants of {rule.name}")
        yield from mutants


def _rows_of_declared(assignment: Assignment, rules: Sequence[CriterionRule]) -> Iterator[Row]:
    """What sat the exam when the key was compiled, which refuses what does not come out right."""
    declared = [one for one in assignment.variants if one.criterion in {rule.name for rule in rules}]
    forms = [isinstance(one, Mistake) for one in declared for _ in one.forms]
    for kind, count in (("the reference", 1), ("alternatives", forms.count(False)), ("known mistakes", sum(forms))):
        yield Row(kind, count, count)


def _row_of_wrong(excuses: _Excuses, sat: Mapping[Paper, Marks], kind: str, basis: Basis) -> Row:
    """Variants that must lose points, on their own or where right results are given to them."""
    tried = {}
    for paper, marks in sat.items():
        losses = [bool(one.lost) for (_, on), one in marks.items() if on is basis]
        if paper.kind == kind and losses:
            tried[paper.name] = any(losses)
    kept = [name for name, loses in tried.items() if not loses]
    if basis is Basis.GIVEN:
        return excuses.row(f"{kind}, given right results", len(tried), kept, "add a Given case that shows it")
    return excuses.row(kind, len(tried), kept)


def _rows_of_guesses(excuses: _Excuses, sat: Mapping[Paper, Marks], rules: Sequence[CriterionRule]) -> Iterator[Row]:
    """What earns most in each function: a table of the public answers earns nothing, and guesses a tenth at most."""
    guessed = ((paper, marks) for paper, marks in sat.items() if paper.kind == GUESSES)
    points = {paper: max(one.points for one in marks.values()) for paper, marks in guessed}
    for kind, limit in ((TABLE, Fraction(0)), (GUESSES, Fraction(1, 10))):
        papers = [paper for paper in points if paper.name.endswith(TABLE) is (kind == TABLE)]
        best = [max((one for one in papers if one.function == rule.name), key=points.__getitem__) for rule in rules]
        is_little = sum(points[one] for one in best) <= limit * sum(rule.points for rule in rules)
        kept = [one.name for one in best if points[one] and not is_little]
        yield excuses.row(kind, len(papers), kept, "let its behaviours need others")


def _cases(assignment: Assignment, key: Key, sat: Mapping[Paper, Marks]) -> dict[str, str]:
    """Why each case is there: a wrong variant that keeps a behaviour without it, or the author's reason."""
    wrong = {paper.name: marks for paper, marks in sat.items() if paper.kind != GUESSES}
    wrong |= {f"mistake: {form}": mark(key, key.answers[form]) for one in assignment.mistakes for form in one.forms}
    alone: dict[int, str] = {}
    for name, marks in wrong.items():
        for entries in (lost for (_, basis), one in marks.items() if basis is Basis.OWN for lost in one.lost.values()):
            for number in entries if len(entries) == 1 else ():
                alone.setdefault(number, f"it alone catches {name}")
    asked = [one for one in assignment.questions if type(one) is Question]
    because = {(one.driver.__name__, case.name): case.because for one in asked for case in one.cases}
    own = [(n, one.driver, one.case) for n, one in enumerate(key.entries) if one.basis is Basis.OWN]
    return {f"{driver}, '{case}'": alone.get(n) or because[driver, case] for n, driver, case in own}
