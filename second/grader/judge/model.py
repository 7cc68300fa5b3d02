"""The words of the judge: what a comparison finds, and the verdicts that findings amount to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from grader.key.model import Basis
from grader.outcomes import Status, Trouble


class Kind(StrEnum):
    """What the findings of one criterion amount to. These words are part of `verdicts.jsonl`."""

    CORRECT = "correct"
    ALTERNATIVE = "alternative"
    KNOWN_MISTAKE = "known mistake"
    CONSISTENT = "consistent"
    PARTLY = "partly"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    MISSING = "missing"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    UNGRADED = "ungraded"


class Flaw(StrEnum):
    """The checks in their order; the first that fails is what is said."""

    STATUS = "status"  # it did not return
    COUNT = "count"
    NONE = "none"
    TYPE = "type"
    SHAPE = "shape"
    NOT_FINITE = "not finite"
    VALUES = "values"


@dataclass(frozen=True)
class Difference:
    """How a wrong result differs, as a name and its facts: `factor` with {"name": "N", "value": 3}."""

    name: str
    result: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """The first check that failed, for which result, and its facts. Numbers of answers only for public cases."""

    flaw: Flaw
    result: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One outcome held against one expected answer: right, or the first problem with it.

    `wrong` names all results that are not right. `blocked_by` names the graded function that failed earlier in the case.
    """

    entry: int
    case: str
    visibility: str
    behaviour: str
    status: Status
    problem: Problem | None = None
    trouble: Trouble | None = None
    reason: str = ""
    wrong: tuple[str, ...] = ()
    blocked_by: str = ""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self.problem is None


@dataclass(frozen=True)
class Note:
    """Something worth saying that costs nothing: a kind, and the names or texts it is about."""

    kind: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One opinion on one criterion, on one basis.

    `held` names the behaviours that hold. `mistake` and `alternative` name what was recognised. `difference` was checked
    against all cases that fail.
    """

    criterion: str
    kind: Kind
    basis: Basis = Basis.OWN
    findings: tuple[Finding, ...] = ()
    held: tuple[str, ...] = ()
    mistake: str = ""
    alternative: str = ""
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = ()
    trouble: Trouble | None = None
