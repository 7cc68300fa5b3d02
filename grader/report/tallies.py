"""What is counted of a class: its rows, each criterion's tally, groups of students who share something.

takes: verdicts, one student after another.
gives: rows and tallies, small enough for ten thousand students.
must not know: whole records, HTML, terminals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from grader.gradebook import CriterionRecord, Override


@dataclass(frozen=True, slots=True)
class Mark:
    """One criterion of one student; `by_hand` where a TA gave the points."""

    verdict: str
    points: Fraction | None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One student, as the table and the lists show him or her."""

    student_id: str
    name: str
    file: str
    folder: str
    status: str
    points: Fraction | None
    marks: dict[str, Mark]
    seconds: float
    level: str
    sentence: str
    next_step: str

    @property
    def not_graded(self) -> list[str]:
        """The criteria that could not be graded."""
        return [name for name, mark in self.marks.items() if mark.points is None]


@dataclass(frozen=True, slots=True)
class Word:
    """A TA's word on one criterion of one student, beside what the machine says."""

    row: Row
    criterion: str
    points: Fraction | None
    judged_points: Fraction | None
    max_points: Fraction
    verdict: str
    override: Override
    changed_since: bool
    is_capped: bool = False


@dataclass
class BehaviourTally:
    """How many hold one behaviour, of those whose cases showed it, and what it earned them."""

    max_points: Fraction = Fraction(0)
    held: int = 0
    shown: int = 0
    _in_full: int = 0
    _others: Fraction = Fraction(0)

    def count(self, points: Fraction) -> None:
        """Add one student for whom it holds. Adding up fractions one by one is a tenth of a second for a thousand."""
        self.held += 1
        if points is self.max_points:
            self._in_full += 1
        else:
            self._others += points

    @property
    def total(self) -> Fraction:
        """What it earned all of them."""
        return self._in_full * self.max_points + self._others

    @property
    def mean(self) -> Fraction | None:
        """Mean points of those whose cases showed it."""
        return self.total / self.shown if self.shown else None


@dataclass
class CriterionTally:
    """How a class did on one criterion. `full`, `some` and `none` count those that were graded."""

    name: str
    max_points: Fraction
    full: int = 0
    some: int = 0
    none: int = 0
    ungraded: int = 0
    total: Fraction = Fraction(0)
    behaviours: dict[str, BehaviourTally] = field(default_factory=dict)

    @property
    def graded(self) -> int:
        """How many have points here, zero among them."""
        return self.full + self.some + self.none

    @property
    def mean(self) -> Fraction | None:
        """Mean points; `None` where nobody was graded."""
        return self.total / self.graded if self.graded else None

    def count(self, criterion: CriterionRecord) -> None:
        """Add one student's verdict."""
        if criterion.points is None:
            self.ungraded += 1
            return
        self.total += criterion.points
        if criterion.points == criterion.max_points:  # most are, and to compare fractions takes long
            self.full += 1
        else:
            self.none += criterion.points == 0
            self.some += 0 < criterion.points < criterion.max_points
        for behaviour in criterion.behaviours:
            tally = self.behaviours.get(behaviour.name)
            if tally is None:
                tally = self.behaviours[behaviour.name] = BehaviourTally(behaviour.max_points)
            if behaviour.standing == "not shown":
                continue
            tally.shown += 1
            if behaviour.standing == "held":
                tally.count(behaviour.points)


@dataclass
class Group:
    """All students with one mistake, or one kind of verdict, in one criterion; `told` counts their headlines."""

    criterion: str
    verdict: str
    mistake: str
    rows: list[Row] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    @property
    def headline(self) -> str:
        """What most of them were told: some read of their own code, or of the cache that they got, in its place."""
        return next((words for words, _ in self.told.most_common(1)), "")

    @property
    def told_to(self) -> int:
        """How many were told that: of the others it need not be true."""
        return self.told[self.headline]


@dataclass
class Trouble:
    """All students who could not be graded for one reason; `lost` names the criteria, if only some."""

    status: str
    sentence: str
    next_step: str
    lost: str
    rows: list[Row] = field(default_factory=list)
