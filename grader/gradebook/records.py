"""What is known of a hand-in, as one value.

takes: what `report.record` puts together.
gives: `Record` and its parts, all exact and immutable.
must not know: the database, HTML, CSV, how a verdict was reached, how a record is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any

from grader.gradebook.overrides import Override
from grader.intake import Arrival
from grader.wire.quick import dataclass


@dataclass(frozen=True)
class CaseRecord:
    """One case as it is told: `detail` is the sentence, already without hidden numbers."""

    name: str
    visibility: str
    behaviour: str
    outcome: str
    right: bool
    detail: str


@dataclass(frozen=True)
class BehaviourRecord:
    """One behaviour with its points; `standing` is held, lost or not shown.

    `waits_for` is set where all its own cases are right: the behaviours, in one text, that it needs and that are lost.
    """

    name: str
    points: Fraction
    max_points: Fraction
    standing: str
    waits_for: str = ""


@dataclass(frozen=True)
class CriterionRecord:
    """One graded function: the verdict's word, the points (None: ungraded), and all that is said about it.

    `cell` and `line` tell where its definition begins, `trouble_cell` and `trouble_line` where it failed; 0 is
    unknown. `variant` names the alternative that it was compared with ("": the reference); `take_home` is code
    that shows a failing public case again. `override` is a TA's word; with one, `points` are what counts and
    `judged_points` are the machine's. Neither is kept with the record.
    """

    name: str
    verdict: str
    points: Fraction | None
    max_points: Fraction
    mistake: str
    headline: str
    next_step: str
    notes: tuple[str, ...]
    behaviours: tuple[BehaviourRecord, ...]
    cases: tuple[CaseRecord, ...]
    cell: int = 0
    line: int = 0
    trouble_cell: int = 0
    trouble_line: int = 0
    variant: str = ""
    take_home: tuple[str, ...] = ()
    override: Override | None = None
    judged_points: Fraction | None = None

    @property
    def mistake_here(self) -> str:
        """The mistake's name without that of the function, which it may end with: no two of an assignment are alike."""
        return self.mistake.removesuffix(f", {self.name}")

    @property
    def public_cases(self) -> list[CaseRecord]:
        """The cases that students hold."""
        return [case for case in self.cases if case.visibility == "public"]

    @property
    def hidden_cases(self) -> list[CaseRecord]:
        """All other cases."""
        return [case for case in self.cases if case.visibility != "public"]

    @property
    def machine_points(self) -> Fraction | None:
        """The machine's points, whatever a TA said over them."""
        return self.judged_points if self.override else self.points

    @property
    def changed_by_hand(self) -> bool:
        """Whether the points are a person's."""
        return self.override is not None and self.override.points is not None

    @property
    def changed_since(self) -> bool:
        """Whether the machine says something else than when the TA looked: somebody should look again."""
        override = self.override
        if override is None:
            return False
        then = (override.verdict_then, override.points_then)
        return self.is_capped or (bool(override.verdict_then) and then != (self.verdict, self.judged_points))

    @property
    def is_capped(self) -> bool:
        """Whether a TA gave more points than it is worth since its maximum was lowered: that maximum counts."""
        return self.override is not None and (self.override.points or 0) > self.max_points


@dataclass(frozen=True)
class CellRecord:
    """One cell of the hand-in as the student wrote it; `remark` is what was wrong or left out in it.

    `file` is set where it is no cell but a Python file that the hand-in imports.
    """

    number: int
    kind: str
    source: str
    remark: str = ""
    file: str = ""


@dataclass(frozen=True)
class Record:
    """All that is known of one submission.

    `status` is graded, partly graded, unreadable or ungraded; `sentence` and `next_step` say why where it is
    not graded. `notes` are about the file as a whole. `outcomes` and `evidence` are what it was judged from.
    `fingerprint` is of all that was handed in, with the key and the grader that it was graded by. `arrival` is how
    it came; `deduction` is what lateness costs, and `points` are what is left after it.
    """

    student_id: str
    name: str
    file: str
    sha256: str
    status: str
    points: Fraction | None
    max_points: Fraction
    folder: str
    sentence: str = ""
    next_step: str = ""
    notes: tuple[str, ...] = ()
    criteria: tuple[CriterionRecord, ...] = ()
    cells: tuple[CellRecord, ...] = ()
    evidence: Mapping[str, Any] | None = None
    level: str = ""
    seconds: float = 0.0
    outcomes: bytes = b""
    fingerprint: str = ""
    arrival: Arrival = field(default_factory=Arrival)
    deduction: Fraction = Fraction(0)

    @property
    def taken_off(self) -> Fraction:
        """Points that lateness took: never more than there were."""
        if not self.deduction:
            return self.deduction
        return min(self.deduction, sum((c.points or Fraction(0) for c in self.criteria), Fraction(0)))

    @property
    def lost(self) -> Fraction:
        """Points not earned, of what could be graded."""
        graded = [c for c in self.criteria if c.points is not None]
        return sum((c.max_points - (c.points or 0) for c in graded), Fraction(0))
