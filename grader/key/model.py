"""The key as plain values: questions, answers and rubric. The public key that students hold is a cut of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

import msgspec

from grader.assignment.words import LatePolicy, Limits, Tolerance
from grader.outcomes import Outcomes
from grader.wire.program import Tree

REFERENCE = "reference"
"""The name of the reference's own answers among those of all variants."""


class Basis(StrEnum):
    """Whose results a graded function works with, and what it is compared with (design of fairness)."""

    OWN = "own"
    GIVEN = "given"
    RELATIVE = "relative"


class Nudge(msgspec.Struct, frozen=True):
    """One of the two steps of a central difference: every entry of input `wrt` is moved, by `sign * step` at most."""

    gradient: int  # index into Rubric.gradients
    wrt: str
    sign: int


class Entry(msgspec.Struct, frozen=True):
    """One case of one question; it has no field that could hold an answer.

    `stages` are the criteria that the reference yields for it; `behaviours` maps each to the behaviour that it shows
    ("": a note). One of `needs` must be wrong before a given case earns points; `stubs` are replaced. The steps of a
    gradient check have a `nudge`.
    """

    driver: str
    case: str
    visibility: str
    basis: Basis
    stages: tuple[str, ...]
    behaviours: Mapping[str, str]
    inputs: Mapping[str, Tree]
    needs: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    nudge: Nudge | None = None

    @property
    def is_public(self) -> bool:
        """Whether students hold it."""
        return self.visibility == "public"


class BehaviourRule(msgspec.Struct, frozen=True):
    """One behaviour; `needs` must hold before it counts; with `results` it is about these, which share its points."""

    name: str
    points: Fraction
    needs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


class AlternativeRule(msgspec.Struct, frozen=True):
    """Another right answer; with `between`, all values from the reference's to this one are right."""

    name: str
    note: str
    between: bool = False


class MistakeRule(msgspec.Struct, frozen=True):
    """What to say about a mistake, and the part of the points it earns; `forms` name the answers it gives."""

    name: str
    feedback: str
    next_step: str
    credit: Fraction
    forms: tuple[str, ...]


class CriterionRule(msgspec.Struct, frozen=True):
    """One graded function with its `signature`, `(self, dout, cache) -> dx`: what it is worth, how it is compared."""

    name: str
    signature: str
    results: tuple[str, ...]
    behaviours: tuple[BehaviourRule, ...]
    tolerance: Tolerance = Tolerance()
    alternatives: tuple[AlternativeRule, ...] = ()
    mistakes: tuple[MistakeRule, ...] = ()
    also_named: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[str, int]] = {}
    elementwise: bool = False

    @property
    def points(self) -> Fraction:
        """All the points of this criterion."""
        return sum((behaviour.points for behaviour in self.behaviours), Fraction(0))


class GradientRule(msgspec.Struct, frozen=True):
    """A `Gradient` of the author's: `base` is the entry whose `of` stage is compared with central differences."""

    of: str
    output: str
    upstream: str
    gradients: Mapping[str, str]
    averaged: tuple[str, ...]
    batch: str
    worth: Fraction
    base: int
    step: float


class Handout(msgspec.Struct, frozen=True):
    """What students were given: files with their text, and digests of each graded function as it was handed out."""

    file: str
    untouched: Mapping[str, tuple[str, ...]] = {}
    files: Mapping[str, str] = {}


class Rubric(msgspec.Struct, frozen=True):
    """The rubric of an assignment, without any function."""

    name: str
    title: str
    criteria: tuple[CriterionRule, ...]
    handout: Handout
    gradients: tuple[GradientRule, ...] = ()
    limits: Limits = Limits()
    late: LatePolicy | None = None

    @property
    def points(self) -> Fraction:
        """All the points of the assignment."""
        return sum((rule.points for rule in self.criteria), Fraction(0))

    @property
    def worth(self) -> dict[str, Fraction]:
        """The points of each criterion, by name and in order."""
        return {rule.name: rule.points for rule in self.criteria}


class Recorded(msgspec.Struct, frozen=True):
    """One call of a graded function that the reference made within a given case: arguments by name, and its result.

    `ignored` are parameters that make no difference to the result (a flag that only prints).
    """

    function: str
    arguments: Mapping[str, Tree]
    result: Tree
    ignored: tuple[str, ...] = ()


class Key(msgspec.Struct, frozen=True):
    """All that an assignment was compiled to.

    `questions` is the source of the drivers. `answers` maps a variant (`reference`, an alternative, a mistake's form)
    to its outcomes by entry number; `recordings` an entry with stubs to the reference's calls. `digest` names what is
    asked, not the rubric; `sources` the author's files. Hidden inputs are drawn by `seed`; a public key has none.
    """

    rubric: Rubric
    entries: tuple[Entry, ...]
    questions: str
    answers: Mapping[str, Outcomes]
    recordings: Mapping[int, tuple[Recorded, ...]] = {}
    digest: str = ""
    sources: str = ""
    seed: str = ""
    is_public: bool = False

    def rule(self, criterion: str) -> CriterionRule:
        """The rule of one criterion."""
        return next(rule for rule in self.rubric.criteria if rule.name == criterion)


def needed_by(key: Key, number: int) -> frozenset[str]:
    """The graded functions of which one must be wrong before a given case earns points."""
    entry = key.entries[number]
    called = {call.function for call in key.recordings.get(number, ())} if entry.stubs else set()
    return frozenset({*entry.needs, *called} - {*entry.stages})
