"""The words of the judge: what a comparison finds, and the verdicts that findings amount to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any

import msgspec

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


RIGHT = frozenset({Kind.CORRECT, Kind.ALTERNATIVE})
"""What earns all points."""


class Flaw(StrEnum):
    """The checks in their order; the first that fails is what is said."""

    STATUS = "status"  # it did not return
    COUNT = "count"
    NONE = "none"
    TYPE = "type"
    SHAPE = "shape"
    NOT_FINITE = "not finite"
    VALUES = "values"


class Problem(msgspec.Struct, frozen=True):
    """The first check that failed, for which result ("": for all of them), and its facts.

    - COUNT: `got` and `want` values came back, in a `type`; `function`, where a call of another function gave them
    - TYPE: `type` and, where that is no array, what is `expected`; SHAPE: `type`, `got_shape` and `want_shape`
    - VALUES: `wrong` of `size` entries
    - of public cases alone: `index` of the worst entry, what was `got` and `want` there, `inputs`

    In a list or dict the result is named with its path: `grads['dW'][0]`. Of a hidden case 10 values mean 10 or more.
    """

    flaw: Flaw
    result: str = ""
    facts: Mapping[str, Any] = {}


class Finding(msgspec.Struct, frozen=True):
    """One outcome held against one expected answer: right, or the first problem with it.

    `wrong` names all results that are not right. `blocked_by` is the graded function that failed earlier in the case.
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

    @property
    def is_public(self) -> bool:
        """Whether its numbers may be shown."""
        return self.visibility == "public"


class Difference(msgspec.Struct, frozen=True):
    """How a wrong result differs in all cases in which it is wrong; the names are listed in `differences.py`."""

    name: str
    result: str = ""
    facts: Mapping[str, Any] = {}


class NoteKind(StrEnum):
    """What is worth saying though it costs nothing, and what `Note.about` names."""

    CHANGED = "changed"  # the inputs that were changed in place
    WARNED = "warned"  # numpy's own words
    OTHER_TYPE = "other type"  # a result and its type
    OTHER_DTYPE = "other dtype"  # a result and its dtype
    BETWEEN = "between"  # alternatives of which values in between were given
    ALTERNATIVE = "alternative"  # the alternative's note: a wrong result is nearer to it than to the reference
    TRIED = "tried"  # cases without points that are not right
    CONSISTENT = "consistent"  # with its own forward


class Note(msgspec.Struct, frozen=True):
    """Something worth saying that costs nothing."""

    kind: NoteKind
    about: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True):
    """One opinion on one criterion, on one basis.

    `held` has the points of the behaviours that hold, at least in part. `mistake` and `alternative` name what was
    recognised. A verdict that does not count is for a sentence only: what it was given was right anyway.
    """

    criterion: str
    kind: Kind
    basis: Basis = Basis.OWN
    findings: tuple[Finding, ...] = ()
    held: Mapping[str, Fraction] = {}
    mistake: str = ""
    alternative: str = ""
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = ()
    counts: bool = True

    @property
    def trouble(self) -> Trouble | None:
        """What the first failing case raised, public cases first."""
        raised = [finding for finding in self.findings if finding.trouble is not None and not finding.right]
        return min(raised, key=lambda finding: not finding.is_public).trouble if raised else None
