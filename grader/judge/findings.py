"""What each case shows: one finding for each stage of a criterion, held against one variant of the answers.

Findings of hidden cases hold kinds and sizes, never numbers, inputs, or text that student code wrote.
"""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from msgspec.structs import replace

from grader.judge.compare import COMPLEX, SHORT, compare, leaves, wrong_count
from grader.judge.model import Finding, Flaw, Problem
from grader.key.model import REFERENCE, Basis, CriterionRule, Entry, Key, Stage
from grader.key.right import as_array
from grader.outcomes import Outcome, Outcomes, Status, Trouble
from grader.wire.program import Tree

MOST_COUNTED = 9  # values of a hidden case; 10 stands for more: how many is a number that a program may choose
MOST_AXES = 6  # of a shape that is shown of a hidden case
WHOLE = ""  # of a behaviour: all its results together
_NUMBERS = ("got", "want", "index", "inputs")
PLAIN_TYPES = {COMPLEX, "ndarray", "list", "tuple", "dict", "set", "str", "int", "float", "complex", "bool"}
PLAIN_TYPES |= {"NoneType", "generator"}
_ERRORS = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)}


def stages(key: Key, outcomes: Outcomes, criterion: str, basis: Basis) -> list[Stage]:
    """All stages of a criterion that were asked on one basis, those without points included."""
    every = key.stages.get((criterion, basis), ())
    return [replace(one, outcomes=outcomes[one.number]) for one in every if one.number in outcomes]


@np.errstate(all="ignore")
def find(asked: Sequence[Stage], variant: str = REFERENCE) -> tuple[Finding, ...]:
    """Hold all stages that can cost points against the answers of one variant."""
    return _with_one_line([finding(stage, variant) for stage in asked if stage.behaviour])


def finding(stage: Stage, variant: str = REFERENCE) -> Finding:
    """Hold one stage against the answers of one variant."""
    entry, outcome = stage.entry, stage.outcome
    problems = problems_of(stage, variant)
    about = (stage.number, entry.case, entry.visibility, stage.behaviour, outcome.status)
    if not problems:
        return Finding(*about)
    problem = _with_inputs(problems[0], stage) if entry.is_public else problems[0]
    trouble = outcome.trouble if problem.flaw is Flaw.STATUS else None
    wrong = tuple(dict.fromkeys(one.result.partition("[")[0] for one in problems if one.result))
    found = Finding(*about, problem, trouble, outcome.reason, wrong, _blocked_by(stage, problem))
    return found if entry.is_public else _without_secrets(found, problem, entry, stage.answer(variant))


def problems_of(stage: Stage, variant: str) -> list[Problem]:
    """What is wrong with a stage as a whole, or with each result; nothing where it is right."""
    outcome = stage.outcome
    if outcome.status is not Status.RETURNED:
        is_counted = outcome.status is Status.RAISED and is_of_driver(outcome)
        counted = wrong_count(outcome.calls, stage.answer(variant).calls) if is_counted else None
        return [counted or Problem(Flaw.STATUS)]
    found = []
    for right in stage.rights(variant):
        got = outcome.values.get(right.name)
        problem = compare(got, right)
        if problem is not None and any(map(is_short, stage.entry.inputs.values())):
            problem = compare(got, right, loose=True)
        found += [problem] if problem is not None else []
    counted = wrong_count(outcome.calls, stage.answer(variant).calls) if found else None
    return found if counted is None else [counted]


def is_of_driver(outcome: Outcome) -> bool:
    """Whether what was raised is of no line of the program's own."""
    return outcome.trouble is None or not (outcome.trouble.cell or outcome.trouble.file)


def is_short(tree: Tree) -> bool:
    """Whether an array has numbers of fewer digits than float64."""
    if isinstance(tree, list | tuple | dict):
        return any(map(is_short, tree.values() if isinstance(tree, dict) else tree))
    return isinstance(tree, np.ndarray) and tree.dtype in SHORT


def _blocked_by(stage: Stage, problem: Problem) -> str:
    """The other graded function that failed before, so that this one was not reached or had nothing to work with."""
    others = {rule.name for rule in stage.key.rubric.criteria} - {stage.rule.name}
    status, right = stage.outcome.status, stage.key.answers[REFERENCE][stage.number]
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


def _with_inputs(problem: Problem, stage: Stage) -> Problem:
    """The same with the inputs at the entry that is off most, where each entry depends on its own inputs only."""
    facts, entry, rule = problem.facts, stage.entry, stage.rule
    has_place = problem.flaw is Flaw.VALUES and facts.get("index")
    if not has_place or not rule.elementwise or entry.basis is not Basis.OWN:
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
    raised = {n: one.trouble for n, one in enumerate(found) if one.trouble is not None}
    public = {_place(trouble) for n, trouble in raised.items() if found[n].is_public}
    others = {n: trouble for n, trouble in raised.items() if _place(trouble) not in public}
    if len({*map(_place, others.values())}) > 1:
        bare = {n: Trouble(trouble.type_name, trouble.message) for n, trouble in others.items()}
        found = [replace(one, trouble=bare[n]) if n in bare else one for n, one in enumerate(found)]
    return tuple(found)


def _place(trouble: Trouble) -> tuple[int, int, str]:
    return trouble.cell, trouble.line, trouble.file


def held(rule: CriterionRule, found: Sequence[Finding]) -> dict[str, Fraction]:
    """The points of each behaviour that holds: those of its `results`, in equal parts, that are right in all its cases.

    What it needs must hold too: for the same result, where both have such parts. The whole is lost with any part.
    """
    shown, points = {one.behaviour for one in found}, dict[str, Fraction]()
    lost, known = {(one.behaviour, name) for one in found if not one.right for name in one.wrong or (WHOLE,)}, 0
    while known < len(lost):  # what needs something lost is lost, and so on
        known = len(lost)
        for one in rule.behaviours:
            among = {part for name, part in lost if name in (one.name, *one.needs)}
            parts = [part for part in one.results or (WHOLE,) if (among if part == WHOLE else among & {part, WHOLE})]
            lost |= {(one.name, part) for part in parts}
    for one in rule.behaviours:
        parts = [part for part in one.results or (WHOLE,) if (one.name, part) not in lost]
        if parts and one.name in shown:
            points[one.name] = one.points * len(parts) / (len(one.results) or 1)
    return points
