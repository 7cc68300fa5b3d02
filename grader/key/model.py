"""The key as plain values: questions, answers and rubric. The public key that students hold is a cut of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

import msgspec

from grader.assignment.words import LatePolicy, Limits, Tolerance
from grader.key.right import Right
from grader.outcomes import Outcome, Outcomes, Status
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


class CriterionRule(msgspec.Struct, frozen=True, dict=True):
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

    @cached_property
    def points(self) -> Fraction:
        """All the points of this criterion."""
        return sum((behaviour.points for behaviour in self.behaviours), Fraction(0))

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """The reference and the alternatives with answers of their own, in the order in which they are tried."""
        return (REFERENCE, *(alternative.name for alternative in self.alternatives if not alternative.between))


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


class Rubric(msgspec.Struct, frozen=True, dict=True):
    """The rubric of an assignment, without any function."""

    name: str
    title: str
    criteria: tuple[CriterionRule, ...]
    handout: Handout
    gradients: tuple[GradientRule, ...] = ()
    limits: Limits = Limits()
    late: LatePolicy | None = None

    @cached_property
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


class Key(msgspec.Struct, frozen=True, dict=True):
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

    @cached_property
    def snippets(self) -> dict[tuple[int, str, str], str]:
        """Code that shows a public entry again, by its number, criterion and variant; written when it is first said."""
        return {}

    @cached_property
    def stages(self) -> Mapping[tuple[str, Basis], list[Stage]]:
        """All stages of each criterion on each basis, those without points included; nothing came of them yet."""
        rules = {rule.name: rule for rule in self.rubric.criteria}
        found: dict[tuple[str, Basis], list[Stage]] = {}
        for number, entry in enumerate(self.entries):
            for place, name in enumerate(entry.stages):
                stage = Stage(self, rules[name], entry, number, place, entry.behaviours.get(name, ""))
                found.setdefault((name, entry.basis), []).append(stage)
        return found


class Stage(msgspec.Struct, frozen=True):
    """One stage of an entry: the behaviour that it shows ("": it costs nothing), what is right in it, what came of it.

    `outcomes` are those of all stages of the entry. What is right is `made` ready once, for all programs.
    """

    key: Key
    rule: CriterionRule
    entry: Entry
    number: int
    place: int
    behaviour: str
    outcomes: tuple[Outcome, ...] = ()
    made: dict[str, tuple[Right, ...]] = {}

    @property
    def outcome(self) -> Outcome:
        """What happened in it."""
        return self.outcomes[self.place] if self.place < len(self.outcomes) else Outcome(Status.NOT_REACHED)

    def came(self, variant: str) -> Outcome | None:
        """What a variant came to, where it was asked."""
        given = self.key.answers.get(variant, {}).get(self.number, ())
        return given[self.place] if self.place < len(given) else None

    def answer(self, variant: str) -> Outcome:
        """What a variant returns; what the reference returns, where that is all there is."""
        if (came := self.came(variant)) is not None and came.status is Status.RETURNED:
            return came
        return self.key.answers[REFERENCE][self.number][self.place]

    def rights(self, variant: str) -> tuple[Right, ...]:
        """The results that its behaviour is about, in the order of the signature; of a mistake's form all results."""
        if variant not in self.made:
            rule, values = self.rule, self.answer(variant).values
            is_right = not any(variant in mistake.forms for mistake in rule.mistakes)
            only = next((one.results for one in rule.behaviours if is_right and one.name == self.behaviour), ())
            between = [self.answer(one.name).values for one in rule.alternatives if is_right and one.between]
            wanted = dict.fromkeys(one for one in (*rule.results, *values) if one in values and one in (only or values))
            ends = [tuple(several[one] for several in (values, *between) if one in several) for one in wanted]
            self.made[variant] = tuple(Right(*pair, rule.tolerance) for pair in zip(wanted, ends, strict=True))
        return self.made[variant]


def needed_by(key: Key, number: int) -> frozenset[str]:
    """The graded functions of which one must be wrong before a given case earns points."""
    entry = key.entries[number]
    called = {call.function for call in key.recordings.get(number, ())} if entry.stubs else set()
    return frozenset({*entry.needs, *called} - {*entry.stages})
