"""What is known of one submission, as one value: every page and every sheet is written from it."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from grader.extract.model import Cell, Facts
from grader.intake.arrival import Arrival


class Identity(msgspec.Struct, frozen=True):
    """Who handed in which file; `folder` is the name of the student's folder among the reports."""

    student_id: str
    name: str
    file: str = ""
    sha256: str = ""
    folder: str = ""
    arrival: Arrival = Arrival()


class CaseRecord(msgspec.Struct, frozen=True):
    """One case as it is shown: `detail` is the sentence, already without hidden numbers."""

    name: str
    visibility: str
    behaviour: str
    outcome: str
    right: bool
    detail: str


class BehaviourRecord(msgspec.Struct, frozen=True):
    """One behaviour with its points; `standing` is held, lost or not shown; `waits_for` is a lost one that it needs."""

    name: str
    points: Fraction
    max_points: Fraction
    standing: str
    waits_for: str = ""


class Ruling(msgspec.Struct, frozen=True):
    """The verdict's word, the basis that counted, and the names of what was recognised."""

    verdict: str
    basis: str = "own"
    mistake: str = ""
    alternative: str = ""


class Words(msgspec.Struct, frozen=True):
    """All that is said about a criterion; `snippet` is code that shows a failing public case again."""

    headline: str = ""
    next_step: str = ""
    notes: tuple[str, ...] = ()
    snippet: str = ""


class Places(msgspec.Struct, frozen=True):
    """Where a function is defined and where it failed: cells and lines, 0 for unknown."""

    cell: int = 0
    line: int = 0
    trouble_cell: int = 0
    trouble_line: int = 0


class Override(msgspec.Struct, frozen=True):
    """A TA's word on one criterion: points (None: only a comment), why, who; and the machine's word at that time."""

    student_id: str
    criterion: str
    points: Fraction | None
    reason: str
    by: str
    verdict_then: str = ""
    points_then: Fraction | None = None


class CriterionRecord(msgspec.Struct, frozen=True):
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


class Evidence(msgspec.Struct, frozen=True):
    """What a record was made from, beside the key: facts of the program and the saved outcomes, and how they came.

    `fingerprint` is of all that was handed in, with the key and the grader's version.
    """

    facts: Facts
    outcomes: bytes = b""
    level: str = ""
    seconds: float = 0.0
    fingerprint: str = ""


class Record(msgspec.Struct, frozen=True):
    """All that is known of one submission.

    `status` is graded, partly graded, unreadable or ungraded; `words` are about the file as a whole and say why where it is
    not graded. `deduction` is what lateness costs; `points` are what is left after it (None: not graded, never zero).
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
