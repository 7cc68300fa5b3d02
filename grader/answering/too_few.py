"""A function that returns fewer results than are due, as one is forgotten: each of them is taken for one that is due.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which those that are right count.
must not know: records, pages.

Which one is forgotten their shapes tell, or the numbers of those that have the same. A forward that keeps no cache is
not of that kind: what its backward has of it is told by itself.
"""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.answering.answered import Answered, better_of, saying
from grader.answering.instead import module_of, with_instead
from grader.answering.sittings import Known, sit_exam
from grader.extract import Chosen, with_gaps
from grader.feedback.file_notes import note_on_too_few
from grader.judge import RIGHT, Flaw, Outcomes, Verdict, is_bare
from grader.largest import near_in
from grader.plan import Purpose
from grader.sandbox import Clock, Sandbox
from grader.wire import Value

NEAR = 1e-4  # of the largest number: it is told which result one is, and not whether it is right


def with_too_few(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask each of them again, with something that is no result in the place of what is missing."""
    forwards = {rule.forward for rule in key.rubric.criteria}
    best = first
    for rule, score in zip(key.rubric.criteria, first.scores, strict=True):
        count = _count(score.verdict) if rule.name in short - forwards else 0
        if not 0 < count < len(re.findall(r"\w+", rule.gives)):
            continue
        kept, asked = tuple(range(count)), Known(frozenset([rule.name]), first.outcomes)
        again = _with_gaps(key, sandbox, chosen, rule, kept, asked, clock)
        if (fitting := _fitting(key, rule.name, again, count)) != kept:
            again = _with_gaps(key, sandbox, chosen, rule, fitting, asked, clock)
        now = better_of(key, best, again, [(rule.name,)], saying(note_on_too_few))
        # Where what is missing is in no case, nobody would see that it is.
        is_right = any(one.verdict.criterion == rule.name and one.verdict.kind in RIGHT for one in now.scores)
        best = best if is_right else now
    return best


def _count(verdict: Verdict) -> int:
    """How many results each of its calls gave, where that is another number than is due; else 0."""
    problems = [finding.problem for finding in verdict.findings if finding.problem]
    counts = {problem.facts["got"] for problem in problems if problem.flaw is Flaw.COUNT}
    return abs(counts.pop()) if is_bare(verdict) and len(counts) == 1 else 0


def _with_gaps(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, rule: CriterionRule, kept: tuple[int, ...], asked: Known,
    clock: Clock,
) -> Outcomes:  # fmt: skip
    """What it answers where its results stand at these places."""
    due, found = len(re.findall(r"\w+", rule.gives)), chosen.extract
    piece = with_gaps(rule.name, rule.takes, kept, due, module_of(found, rule.name))
    program = with_instead(found.program, {rule.name: piece})
    return sit_exam(key, sandbox, program, asked, clock=clock).outcomes


def _fitting(key: AnswerKey, name: str, outcomes: Outcomes, count: int) -> tuple[int, ...]:
    """At which places those results belong, in their order, that stand at the first: by the shapes that are due, and of
    those of one shape (the gates of a cell) by the numbers."""
    fits: dict[tuple[int, ...], tuple[int, int]] = {}
    for place, entry in enumerate(key.plan.entries):
        if entry.criterion != name or entry.purpose is not Purpose.CASE or not outcomes[place]:
            continue
        gives, right = entry.question.steps[-1].gives, key.answers[REFERENCE][place].values
        came = [_array(outcomes[place][-1].values.get(one)) for one in gives[:count]]
        due = [_array(right.get(one)) for one in gives]
        alike = [[_alike(one, other) for other in due] for one in came]
        for kept in combinations(range(len(gives)), count):
            pairs = [fits.get(kept, (0, 0)), *(of[at] for of, at in zip(alike, kept, strict=True))]
            fits[kept] = sum(shape for shape, _ in pairs), sum(numbers for _, numbers in pairs)
    return max(fits, key=lambda kept: fits[kept], default=tuple(range(count)))


def _array(value: Value | None) -> np.ndarray | None:
    return value.array if value is not None else None


def _alike(one: np.ndarray | None, other: np.ndarray | None) -> tuple[bool, bool]:
    """Whether they have the same shape, and whether the same numbers."""
    if one is None or other is None or one.shape != other.shape:
        return False, False
    return True, bool(near_in(one, other, NEAR).all())
