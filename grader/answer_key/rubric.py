"""The rubric as the key holds it: points, tolerances, credits and messages, without any function.

takes: an `Assignment`; or the JSON of a key.
gives: `Rubric` and its parts, and their JSON.
must not know: arrays, files, how a verdict is reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from grader.assignment import Assignment, Call, Criterion, LatePolicy, Limits, Own, Tolerance


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
    values to where they are left (`self.dw`); `made` is how the object is made, where that takes arguments.
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

    @cached_property
    def points(self) -> Fraction:
        """All the points of this criterion."""
        return sum((behaviour.points for behaviour in self.behaviours), Fraction(0))


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
    the cases that come out right for them as they are. `files` are the sources of what is handed out with it, by name.
    """

    name: str
    title: str
    criteria: tuple[CriterionRule, ...]
    limits: Limits
    stubs: Mapping[str, tuple[str, ...]]
    late: LateRule | None = None
    given_away: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> Fraction:
        """All the points of the assignment."""
        return sum((criterion.points for criterion in self.criteria), Fraction(0))


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
    rule = criterion.follow_through
    return CriterionRule(
        criterion.name,
        signature(criterion.calls[-1]),
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
        None
        if rule is None
        else FollowThroughRule(
            rule.forward,
            rule.outputs,
            rule.upstreams,
            dict(rule.gradients),
            rule.credit,
            rule.averaged,
            *rule.batch_axis,
        ),
        dict(criterion.sizes),
        _left(criterion),
        _made(criterion.calls[-1]),
    )


def _left(criterion: Criterion) -> dict[str, str]:
    """Where results are left, in the calls of the criterion or of any of its cases."""
    last = (criterion.calls, *(case.calls for case in criterion.cases if case.calls))
    return {name: place for calls in last for name, place in calls[-1].leaves.items()}


def _made(call: Call) -> str:
    return f"{call.function.split('.')[0]}({', '.join(call.new)})" if call.new else ""


def signature(call: Call) -> str:
    """How a function is to be written: `(x, w, b) -> (out, cache)`."""

    def names(parts: tuple[str | Own, ...]) -> str:
        return ", ".join(part.name if isinstance(part, Own) else part for part in parts)

    takes = names(call.takes)
    if "." in call.function:
        takes = f"self, {takes}" if takes else "self"
    gives = names(call.gives)
    return f"({takes}) -> {f'({gives})' if len(call.gives) > 1 else gives}"


def rubric_to_json(rubric: Rubric) -> dict[str, Any]:
    """Plain JSON; fractions become text (`"15/2"`)."""
    plain = _plain(asdict(rubric))
    assert isinstance(plain, dict)
    return plain


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def rubric_from_json(data: Mapping[str, Any]) -> Rubric:
    """Read what `rubric_to_json` wrote; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    return Rubric(
        data["name"],
        data["title"],
        tuple(_criterion_from_json(entry) for entry in data["criteria"]),
        Limits(**data["limits"]),
        {name: tuple(digests) for name, digests in data["stubs"].items()},
        _late_from_json(data.get("late")),
        {name: tuple(cases) for name, cases in data["given_away"].items()},
        dict(data["files"]),
    )


def _late_from_json(data: Mapping[str, Any] | None) -> LateRule | None:
    """Keys from before there were late policies say nothing of one."""
    if data is None:
        return None
    return LateRule(**{**data, "per_day": Fraction(data["per_day"]), "cap": Fraction(data["cap"])})


def _mistake_from_json(data: Mapping[str, Any]) -> MistakeRule:
    return MistakeRule(**{**data, "credit": Fraction(data["credit"]), "forms": tuple(data["forms"])})


def _criterion_from_json(data: Mapping[str, Any]) -> CriterionRule:
    rule = data["follow_through"]
    return CriterionRule(
        data["name"],
        data["signature"],
        tuple(data["results"]),
        tuple(BehaviourRule(b["name"], Fraction(b["points"]), tuple(b["needs"])) for b in data["behaviours"]),
        Tolerance(**data["tolerance"]),
        tuple(AlternativeRule(**entry) for entry in data["alternatives"]),
        tuple(map(_mistake_from_json, data["mistakes"])),
        None
        if rule is None
        else FollowThroughRule(
            **{
                **rule,
                "credit": Fraction(rule["credit"]),
                **{name: tuple(rule[name]) for name in ("averaged", "output", "upstream")},
            },
        ),
        {name: (size[0], size[1]) for name, size in data["sizes"].items()},
        data.get("left", {}),
        data.get("made", ""),
    )
