"""What each case shows: one finding for each stage of a criterion, held against one variant of the answers.

Findings of hidden cases hold kinds and sizes, never numbers, inputs, or text that student code wrote.
"""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from grader.judge.compare import COMPLEX, SHORT, Ends, as_array, compare, leaves, wrong_count
from grader.judge.model import Finding, Flaw, Problem
from grader.key.model import REFERENCE, Basis, CriterionRule, Entry, Key
from grader.outcomes import Outcome, Outcomes, Status, Trouble
from grader.wire.program import Tree

NOT_ASKED = Outcome(Status.NOT_REACHED)
MOST_COUNTED = 9  # values of a hidden case; 10 stands for more: how many is a number that a program may choose
MOST_AXES = 6  # of a shape that is shown of a hidden case
WHOLE = ""  # of a behaviour: all its results together
_NUMBERS = ("got", "want", "index", "inputs")
PLAIN_TYPES = {COMPLEX, "ndarray", "list", "tuple", "dict", "set", "str", "int", "float", "complex", "bool"}
PLAIN_TYPES |= {"NoneType", "generator"}
_ERRORS = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)}


@dataclass(frozen=True)
class Stage:
    """One stage of an entry that was asked; `outcomes` are those of all its stages, `place` is its place in them."""

    number: int
    entry: Entry
    place: int
    outcomes: tuple[Outcome, ...]

    @cached_property  # all checks ask for it
    def outcome(self) -> Outcome:
        """What happened in it."""
        return self.outcomes[self.place] if self.place < len(self.outcomes) else NOT_ASKED

    @property
    def criterion(self) -> str:
        """The graded function that it is about."""
        return self.entry.stages[self.place]

    @cached_property
    def behaviour(self) -> str:
        """The behaviour that it shows; "" where it costs nothing."""
        return self.entry.behaviours.get(self.criterion, "")


def stages(key: Key, outcomes: Outcomes, criterion: str, basis: Basis) -> list[Stage]:
    """All stages of a criterion that were asked on one basis, those without points included."""
    return [
        Stage(number, entry, place, outcomes[number])
        for number, entry in enumerate(key.entries)
        if entry.basis is basis and number in outcomes
        for place, name in enumerate(entry.stages)
        if name == criterion
    ]


def find(key: Key, rule: CriterionRule, asked: Sequence[Stage], variant: str = REFERENCE) -> tuple[Finding, ...]:
    """Hold all stages that can cost points against the answers of one variant."""
    return _with_one_line([finding(key, rule, stage, variant) for stage in asked if stage.behaviour])


def finding(key: Key, rule: CriterionRule, stage: Stage, variant: str = REFERENCE) -> Finding:
    """Hold one stage against the answers of one variant."""
    entry, outcome = stage.entry, stage.outcome
    problems = problems_of(key, rule, stage, variant)
    problem = problems[0] if problems else None
    about = (stage.number, entry.case, entry.visibility, stage.behaviour, outcome.status)
    if problem is None:
        return Finding(*about)
    trouble = outcome.trouble if problem.flaw is Flaw.STATUS else None
    wrong = tuple(dict.fromkeys(one.result.partition("[")[0] for one in problems if one.result))
    blocked_by = _blocked_by(key, stage, problem)
    if entry.is_public:
        return Finding(*about, _with_inputs(problem, rule, stage), trouble, outcome.reason, wrong, blocked_by)
    found = Finding(*about, problem, trouble, outcome.reason, wrong, blocked_by)
    return _without_secrets(found, problem, entry, answer(key, stage, variant))


def answer(key: Key, stage: Stage, variant: str) -> Outcome:
    """What a variant returns in a stage; what the reference returns, where that is all there is."""
    given = key.answers.get(variant, {}).get(stage.number, ())
    if stage.place < len(given) and given[stage.place].status is Status.RETURNED:
        return given[stage.place]
    return key.answers[REFERENCE][stage.number][stage.place]


def ends(key: Key, rule: CriterionRule, stage: Stage, name: str, variant: str = REFERENCE) -> Ends:
    """The right value of a result, and those of the alternatives up to which any value is right."""
    right = answer(key, stage, variant).values
    others = [answer(key, stage, one.name).values for one in rule.alternatives if one.between]
    return tuple([one[name] for one in (right, *others) if name in one])


def results_of(rule: CriterionRule, stage: Stage, expected: Outcome) -> list[str]:
    """The results that the behaviour of a stage is about, in the order of the signature."""
    only = next((one.results for one in rule.behaviours if one.name == stage.behaviour), ()) or expected.values
    names = dict.fromkeys([*rule.results, *expected.values])
    return [name for name in names if name in expected.values and name in only]


def problems_of(key: Key, rule: CriterionRule, stage: Stage, variant: str) -> list[Problem]:
    """What is wrong with a stage as a whole, or with each result; nothing where it is right."""
    outcome, expected = stage.outcome, answer(key, stage, variant)
    if outcome.status is not Status.RETURNED:
        trouble, counted = outcome.trouble, wrong_count(outcome.calls, expected.calls)
        in_driver = outcome.status is Status.RAISED and not (trouble is not None and (trouble.cell or trouble.file))
        return [counted if counted is not None and in_driver else Problem(Flaw.STATUS)]
    found = []
    for name in results_of(rule, stage, expected):
        of = (name, outcome.values.get(name), ends(key, rule, stage, name, variant), rule.tolerance)
        problem = compare(*of)
        if problem is not None and any(map(is_short, stage.entry.inputs.values())):
            problem = compare(*of, loose=True)
        found += [problem] if problem is not None else []
    counted = wrong_count(outcome.calls, expected.calls) if found else None
    return found if counted is None else [counted]


def is_short(tree: Tree) -> bool:
    """Whether an array has numbers of fewer digits than float64."""
    if isinstance(tree, list | tuple | dict):
        return any(map(is_short, tree.values() if isinstance(tree, dict) else tree))
    return isinstance(tree, np.ndarray) and tree.dtype in SHORT


def _blocked_by(key: Key, stage: Stage, problem: Problem) -> str:
    """The other graded function that failed before, so that this one was not reached or had nothing to work with."""
    others = {rule.name for rule in key.rubric.criteria} - {stage.criterion}
    status, right = stage.outcome.status, key.answers[REFERENCE][stage.number]
    named = stage.outcome.reason if status is Status.MISSING else problem.facts.get("function", "")
    if named in others:
        return str(named)
    if status not in (Status.NOT_REACHED, Status.RAISED):
        return ""
    before = zip(stage.entry.stages[: stage.place], stage.outcomes, right, strict=False)
    return next((name for name, came, expected in before if name in others and _stopped(came, expected)), "")


def _stopped(came: Outcome, expected: Outcome) -> bool:
    """Whether a stage gave the next one nothing to work with."""
    if came.status is Status.RETURNED:
        counted = wrong_count(came.calls, expected.calls)
        return counted is not None and counted.facts.get("type", "NoneType") in PLAIN_TYPES
    return came.status is not Status.NOT_REACHED


def _with_inputs(problem: Problem, rule: CriterionRule, stage: Stage) -> Problem:
    """The same with the inputs at the entry that is off most, where each entry depends on its own inputs only."""
    facts, entry = problem.facts, stage.entry
    if (
        not rule.elementwise
        or entry.basis is not Basis.OWN
        or problem.flaw is not Flaw.VALUES
        or not facts.get("index")
    ):
        return problem
    # The first stage gets what its signature names; a later one gets the rest by the way of a cache.
    names = [name for name in entry.inputs if stage.place or name in re.findall(r"\w+", rule.signature)]
    arrays = {name: array for name in names if (array := as_array(entry.inputs[name])) is not None}
    index = tuple(facts["index"])
    there = {
        name: array[index].item()
        for name, array in arrays.items()
        if array.size == facts["size"] and array.ndim == len(index) and all(map(int.__lt__, index, array.shape))
    }
    return replace(problem, facts={**facts, "inputs": there}) if there else problem


def _without_secrets(found: Finding, problem: Problem, entry: Entry, expected: Outcome) -> Finding:
    """What may be said of a hidden case: what happened, kinds, known sizes; no value, and no text of student code."""
    problem, trouble = replace(problem, facts=_sound_facts(problem.facts, entry, expected)), found.trouble
    if trouble is not None:
        known = trouble.type_name if trouble.type_name in _ERRORS else "an exception"
        trouble = Trouble(known, "", trouble.cell, trouble.line, trouble.file)
    # Exit codes, signals and sizes are a student's to choose; only what our side ends has a reason of ours.
    ours = found.status in (Status.TIMED_OUT, Status.NOT_REACHED, Status.FAULT)
    return replace(found, problem=problem, trouble=trouble, reason=found.reason if ours else "")


def _sound_facts(facts: Mapping[str, Any], entry: Entry, expected: Outcome) -> dict[str, Any]:
    sound = {name: value for name, value in facts.items() if name not in _NUMBERS}
    if isinstance(facts.get("got"), int) and "index" not in facts and "function" in facts:
        sound |= {"got": min(facts["got"], MOST_COUNTED + 1), "want": facts["want"]}
    if sound.get("type") not in PLAIN_TYPES:
        sound.pop("type", None)
    shape = facts.get("got_shape", ())
    if shape and (len(shape) > MOST_AXES or not set(shape) <= _known_sizes(entry, expected)):
        sound["got_shape"] = None
    return sound


def _known_sizes(entry: Entry, expected: Outcome) -> set[int]:
    """The sizes that an honest slip gives a result: those of inputs and answers, and what reshaping makes of them."""
    shapes = [array.shape for tree in (entry.inputs, expected.values) for _, array in leaves(dict(tree))]
    runs = (shape[start:end] for shape in shapes for start in range(len(shape)) for end in range(start, len(shape) + 1))
    return {0, 1, *(size for shape in shapes for size in shape), *map(math.prod, runs)}


def _with_one_line(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same, where hidden cases name one line at most that no public case names.

    A program of thousands of lines, each of which may raise, chooses one by a hidden number. A slip raises in one line.
    """
    public = {_place(one.trouble) for one in found if one.is_public}
    shown = public if len({_place(one.trouble) for one in found} - public - {None}) > 1 else None
    return tuple(
        one
        if one.trouble is None or shown is None or _place(one.trouble) in shown
        else replace(one, trouble=Trouble(one.trouble.type_name, one.trouble.message))
        for one in found
    )


def _place(trouble: Trouble | None) -> tuple[int, int, str] | None:
    return None if trouble is None else (trouble.cell, trouble.line, trouble.file)


def held(rule: CriterionRule, found: Sequence[Finding]) -> dict[str, Fraction]:
    """The points of each behaviour that holds: those of its `results`, in equal parts, that are right in all its cases.

    What it needs must hold too: for the same result, where both have such parts.
    """
    parts = [(one, part) for one in rule.behaviours for part in one.results or (WHOLE,)]
    lost = {(one.behaviour, name) for one in found if not one.right for name in one.wrong or (WHOLE,)}
    for _ in rule.behaviours:  # what needs something lost is lost, and so on
        concerned = {one.name: [part for name, part in lost if name in (one.name, *one.needs)] for one, _ in parts}
        lost |= {(one.name, part) for one, part in parts if _is_among(part, concerned[one.name])}
    shown, points = {one.behaviour for one in found}, dict[str, Fraction]()
    for one, part in parts:
        if one.name in shown and (one.name, part) not in lost:
            points[one.name] = points.get(one.name, Fraction(0)) + one.points / max(1, len(one.results))
    return points


def _is_among(part: str, others: Sequence[str]) -> bool:
    """Whether a part of a behaviour is among others, as the whole always is."""
    return part in others or (bool(others) and WHOLE in (part, *others))
