"""The rubric as the key holds it: points, tolerances, credits and messages, without any function.

takes: an `Assignment`.
gives: `Rubric` and its parts.
must not know: arrays, files, JSON, how a verdict is reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from grader.assignment import Assignment, Call, Criterion, FollowThrough, LatePolicy, Limits, Own, Tolerance
from grader.assignment.heads import parameters_of
from grader.wire import by_name, parted


@dataclass(frozen=True)
class BehaviourRule:
    """One behaviour and its points; `needs` must hold before it counts."""

    name: str
    points: Fraction
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlternativeRule:
    """Another right answer; with `between`, all values from the reference's to this one are right."""

    name: str
    note: str
    between: bool = False


@dataclass(frozen=True)
class MistakeRule:
    """What to say about a known mistake, and the part of the points it earns; `forms` name the answers it gives."""

    name: str
    feedback: str
    next_step: str
    credit: Fraction
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowThroughRule:
    """How a backward pass is judged where its forward is wrong; the words of `assignment.FollowThrough`."""

    forward: str
    output: tuple[str, ...]
    upstream: tuple[str, ...]
    gradients: Mapping[str, str]
    credit: Fraction
    averaged: tuple[str, ...] = ()
    batch: str = ""
    batch_axis: int = 0


@dataclass(frozen=True)
class CriterionRule:
    """One graded function: how it is called, what it is worth, and how it is compared.

    `sizes` maps a name such as N to an input and the axis whose length it is. `left` maps results that are no return
    values to where they are left (`self.dw`); `made` is how the object is made, where that takes arguments; `put` are
    the places on it where a check puts values of its own before the call. `calls` are the graded functions that it
    comes to call. `named` are the parameters that it is given by name. `drawn` are those that are no own values.
    """

    name: str
    signature: str
    results: tuple[str, ...]
    behaviours: tuple[BehaviourRule, ...]
    tolerance: Tolerance
    alternatives: tuple[AlternativeRule, ...] = ()
    mistakes: tuple[MistakeRule, ...] = ()
    follow_through: FollowThroughRule | None = None
    sizes: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    put: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()

    @cached_property
    def points(self) -> Fraction:
        """All the points of this criterion."""
        return sum((behaviour.points for behaviour in self.behaviours), Fraction(0))

    @property
    def takes(self) -> str:
        """The parameters as they are to be written: `(self, dout, cache)`."""
        return self.signature.partition(" -> ")[0]

    @property
    def gives(self) -> str:
        """What is due in return, as it is to be written: `(dx, dw, db)`."""
        return self.signature.partition(" -> ")[2]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The same by their names alone, without `self`."""
        names = (name.removesuffix("=...") for name in self.takes.strip("()").split(", "))
        return tuple(name for name in names if name not in ("self", "*"))

    def place_of(self, result: str) -> str:
        """Where a result is to be left: of `std(self.w)` that is `self.w`."""
        return self.left[result].rpartition("(")[2].removesuffix(")")

    def is_text(self, result: str) -> bool:
        """Whether a result is spelt out, as words are."""
        return self.left.get(result, "").startswith("text(")

    def is_count(self, result: str) -> bool:
        """Whether a result is how many there are of something, `len(xs)`."""
        return self.left.get(result, "").startswith("len(")

    @property
    def finds_all(self) -> bool:
        """Whether a backward takes no cache, and finds all on its object beside what is drawn (what comes from above,
        what forward took, labels) and what forward gave: `bprop(x, y, dy)`."""
        rule = self.follow_through
        known = {*rule.upstream, *rule.gradients.values(), *rule.output, *self.drawn} if rule else set()
        return self.takes.startswith("(self") and set(self.parameters) <= known

    @property
    def forward(self) -> str:
        """The forward whose backward this is; "" where it is none."""
        return self.follow_through.forward if self.follow_through else ""


@dataclass(frozen=True)
class LateRule:
    """What lateness costs, as `assignment.LatePolicy` says it: parts of all points, seconds, an ISO 8601 time."""

    per_day: Fraction
    cap: Fraction
    grace: int
    due: str = ""


@dataclass(frozen=True)
class Rubric:
    """The rubric of a whole assignment.

    `stubs` maps a function's name to digests of its untouched forms in the hand-out; `given_away` maps a criterion's to
    the cases that come out right for them as they are. `files` are the sources of what is handed out with it, by name;
    `given` are the names that the hand-out defines; `whole` the graded functions that it has as the reference has them,
    so that they are right where what they call is. `unread` tells at which places the reference's functions take what
    they never read: that nobody need read.
    """

    name: str
    title: str
    criteria: tuple[CriterionRule, ...]
    limits: Limits
    stubs: Mapping[str, tuple[str, ...]]
    late: LateRule | None = None
    given_away: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    unread: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def spelt(self) -> frozenset[str]:
        """Names that stand for what they say: a hand-in that has one of them has not misspelt another."""
        return frozenset((*self.given, *(criterion.name for criterion in self.criteria)))

    @property
    def points(self) -> Fraction:
        """All the points of the assignment."""
        return sum((criterion.points for criterion in self.criteria), Fraction(0))

    @property
    def worth(self) -> dict[str, Fraction]:
        """The points of each criterion, by name and in order."""
        return {criterion.name: criterion.points for criterion in self.criteria}


def write_rubric(assignment: Assignment, stubs: Mapping[str, tuple[str, ...]]) -> Rubric:
    """Take from an assignment all that is not code."""
    criteria = tuple(_criterion(assignment, criterion) for criterion in assignment.criteria)
    return Rubric(assignment.name, assignment.title, criteria, assignment.limits, stubs, _late(assignment.late))


def _late(policy: LatePolicy | None) -> LateRule | None:
    if policy is None:
        return None
    due = policy.due.isoformat() if policy.due else ""
    return LateRule(Fraction(policy.per_day), Fraction(policy.cap), round(policy.grace.total_seconds()), due)


def _criterion(assignment: Assignment, criterion: Criterion) -> CriterionRule:
    others = [case.calls[-1] for case in criterion.cases if case.calls]
    return CriterionRule(
        criterion.name,
        signature(criterion.calls[-1], others, _by_name_alone(assignment.solution, criterion.name)),
        criterion.calls[-1].results,
        tuple(BehaviourRule(b.name, Fraction(b.points), b.needs) for b in criterion.behaviours),
        criterion.tolerance,
        tuple(
            AlternativeRule(a.name, a.note, a.between) for a in assignment.alternatives if a.criterion == criterion.name
        ),
        tuple(
            MistakeRule(m.name, m.feedback, m.next_step, m.credit, tuple(form.name for form in m.forms))
            for m in assignment.mistakes
            if m.criterion == criterion.name
        ),
        _follow_through(criterion.follow_through),
        dict(criterion.sizes),
        _left(criterion),
        _made(criterion.calls[-1]),
        tuple(place for place in criterion.calls[-1].sets if not parted(place)[0]),
        assignment.called_by(criterion),
        tuple(dict.fromkeys(name for call in (criterion.calls[-1], *others) for name in call.named)),
        tuple(part.removesuffix("=") for part in criterion.calls[-1].takes if not isinstance(part, Own)),
    )


def _follow_through(rule: FollowThrough | None) -> FollowThroughRule | None:
    if rule is None:
        return None
    return FollowThroughRule(
        rule.forward, rule.outputs, rule.upstreams, dict(rule.gradients), rule.credit, rule.averaged, *rule.batch_axis
    )


def _left(criterion: Criterion) -> dict[str, str]:
    """Where results are left, in the calls of the criterion or of any of its cases."""
    last = (criterion.calls, *(case.calls for case in criterion.cases if case.calls))
    return {name: place for calls in last for name, place in calls[-1].leaves.items()}


def _made(call: Call) -> str:
    return f"{call.function.split('.')[0]}({', '.join(by_name(call.new, call.new_named))})" if call.new else ""


def _by_name_alone(solution: object, function: str) -> tuple[str, ...]:
    """The parameters that stand behind a `*` in the reference."""
    return tuple(one.name for one in parameters_of(solution, function) if one.kind is one.KEYWORD_ONLY)


def signature(call: Call, others: Sequence[Call] = (), alone: Sequence[str] = ()) -> str:
    """How a function is to be written: `(x, w, b) -> (out, cache)`, `(w, g, *, rate) -> w`.

    `others` are calls of it with more arguments, or with fewer: what is not always given is shown as `mask=...`. What
    is given by name and is one of those `alone` stands behind a `*`.
    """
    alike = [other for other in others if all(a == b for a, b in zip(other.by_place, call.by_place, strict=False))]
    asked = (call, *alike)
    longest, always = (of((one.by_place for one in asked), key=len) for of in (max, min))
    names = [part.name if isinstance(part, Own) else part for part in longest]
    written = [name if n < len(always) else f"{name}=..." for n, name in enumerate(names)]
    named = [name for name in dict.fromkeys(name for one in asked for name in one.named) if name not in names]
    named.sort(key=lambda name: (name in alone, not all(name in one.named for one in asked)))
    for n, name in enumerate(named):
        written += ["*"] if name in alone and not set(alone) & set(named[:n]) else []
        written.append(name if all(name in one.named for one in asked) else f"{name}=...")
    takes = ", ".join(["self", *written] if "." in call.function else written)
    gives = ", ".join(part.name if isinstance(part, Own) else part for part in call.gives)
    return f"({takes}) -> {f'({gives})' if len(call.gives) > 1 else gives}"
