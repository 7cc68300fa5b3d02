"""What is known of one submission, as one value: every page and every sheet is written from it."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from grader.extract.model import Cell, Facts
from grader.intake.arrival import Arrival


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """Who handed in which file; `folder` is the name of the student's folder among the reports."""

    student_id: str
    name: str
    file: str = ""
    sha256: str = ""
    folder: str = ""
    arrival: Arrival = Arrival()


class CaseRecord(msgspec.Struct, frozen=True, array_like=True):
    """One case as it is shown: `detail` is the sentence, already without hidden numbers."""

    name: str
    visibility: str
    behaviour: str
    outcome: str
    right: bool
    detail: str


class BehaviourRecord(msgspec.Struct, frozen=True, array_like=True):
    """One behaviour with its points; `standing` is held, lost or not shown; `waits_for` is a lost one that it needs."""

    name: str
    points: Fraction
    max_points: Fraction
    standing: str
    waits_for: str = ""


class Ruling(msgspec.Struct, frozen=True, array_like=True):
    """The verdict's word, the basis that counted, and the names of what was recognised."""

    verdict: str
    basis: str = "own"
    mistake: str = ""
    alternative: str = ""


class Words(msgspec.Struct, frozen=True, array_like=True):
    """All that is said about a criterion; `snippet` is code that shows a failing public case again."""

    headline: str = ""
    next_step: str = ""
    notes: tuple[str, ...] = ()
    snippet: str = ""


class Places(msgspec.Struct, frozen=True, array_like=True):
    """Where a function is defined and where it failed: cells and lines, 0 for unknown."""

    cell: int = 0
    line: int = 0
    trouble_cell: int = 0
    trouble_line: int = 0


class Override(msgspec.Struct, frozen=True, array_like=True):
    """A TA's word on one criterion: points (None: a comment only), why, by whom and when, and from where.

    `verdict_then` and `points_then` are the machine's when it was made; "" as long as nothing had been graded.
    """

    student_id: str
    criterion: str
    points: Fraction | None
    reason: str
    made_by: str = ""
    made_at: str = ""
    source: str = "sheet"
    verdict_then: str = ""
    points_then: Fraction | None = None

    def says_the_same(self, other: Override | None) -> bool:
        """Whether a reader of the page would see no difference."""
        said = (self.points, self.reason, self.made_by)
        return other is not None and said == (other.points, other.reason, other.made_by)


class CriterionRecord(msgspec.Struct, frozen=True, array_like=True):
    """One graded function. With an `override`, `points` are what counts and `judged_points` the machine's."""

    name: str
    ruling: Ruling
    points: Fraction | None
    max_points: Fraction
    words: Words
    behaviours: tuple[BehaviourRecord, ...] = ()
    cases: tuple[CaseRecord, ...] = ()
    places: Places = Places()
    override: Override | None = None
    judged_points: Fraction | None = None

    @property
    def verdict(self) -> str:
        """The verdict's word."""
        return self.ruling.verdict

    @property
    def machine_points(self) -> Fraction | None:
        """The machine's points, whatever a TA said."""
        return self.judged_points if self.override else self.points

    @property
    def changed_by_hand(self) -> bool:
        """Whether the points are a person's."""
        return self.override is not None and self.override.points is not None

    @property
    def is_capped(self) -> bool:
        """Whether a TA gave more points than it is worth since its maximum was lowered: that maximum counts."""
        return self.override is not None and (self.override.points or 0) > self.max_points

    @property
    def changed_since(self) -> bool:
        """Whether the machine says something else than when the TA looked: somebody should look again."""
        if (override := self.override) is None:
            return False
        then = (override.verdict_then, override.points_then)
        return self.is_capped or (bool(override.verdict_then) and then != (self.verdict, self.judged_points))


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """What a record was made from, beside the key: facts of the program and the saved outcomes, and how they came.

    `fingerprint` is of all that was handed in, with the key and the grader's version.
    """

    facts: Facts
    outcomes: bytes = b""
    level: str = ""
    seconds: float = 0.0
    fingerprint: str = ""


class Record(msgspec.Struct, frozen=True, array_like=True):
    """All that is known of one submission.

    `status` is graded, partly graded, unreadable or ungraded; `words` are about the whole file and say why it is not
    graded. `deduction` is what lateness costs; `points` are what is left after it (None: not graded, never zero).
    """

    identity: Identity
    status: str
    points: Fraction | None
    max_points: Fraction
    words: Words = Words()
    criteria: tuple[CriterionRecord, ...] = ()
    cells: tuple[Cell, ...] = ()
    deduction: Fraction = Fraction(0)
    evidence: Evidence = Evidence(Facts())

    @property
    def student_id(self) -> str:
        """Who handed it in."""
        return self.identity.student_id

    @property
    def taken_off(self) -> Fraction:
        """Points that lateness took: never more than there were."""
        earned = sum((one.points or Fraction(0) for one in self.criteria), Fraction(0))
        return min(self.deduction, earned)

    @property
    def lost(self) -> Fraction:
        """Points not earned, of what could be graded."""
        graded = [one for one in self.criteria if one.points is not None]
        return sum((one.max_points - (one.points or 0) for one in graded), Fraction(0))
