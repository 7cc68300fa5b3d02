"""Wrong programs sit the exam in a pool of worker processes, and are marked on their own and on given results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.assignment.loading import load_assignment
from grader.batch.pool import WorkerPool
from grader.compiling import ExamRoom, program_of
from grader.errors import SandboxError
from grader.judge.findings import find, held, stages
from grader.key import Basis, CriterionRule, Key, stub_answerer
from grader.key.model import REFERENCE, Stage
from grader.outcomes import Outcomes
from grader.sandbox import Sandbox, open_sandbox


@dataclass(frozen=True)
class Paper:
    """A wrong variant: its kind and name, the function that is wrong, and the source of a reference with it."""

    kind: str
    name: str
    function: str
    source: str = ""


@dataclass(frozen=True)
class Mark:
    """What one criterion came to: its points, and for each behaviour that it lost the entries that show it."""

    points: Fraction
    lost: Mapping[str, frozenset[int]]


Marks = Mapping[tuple[str, Basis], Mark]


def sit_all(papers: Iterable[Paper], folder: Path, key: Key, jobs: int, unsafe: bool) -> Iterator[tuple[Paper, Marks]]:
    """What each program came to, as they come; raises `SandboxError` where no sandbox can be had."""
    with open_sandbox(unsafe) as sandbox, closing(WorkerPool(_set_up, (folder, key, sandbox), jobs)) as pool:
        pool.begin()
        for paper, marks in pool.work_through(papers):
            if marks is None:
                raise SandboxError(f"the grader's own process ended twice at '{paper.name}'", "run it again")
            yield paper, marks


def _set_up(folder: Path, key: Key, sandbox: Sandbox) -> tuple[None, Callable[[Paper], Marks]]:
    assignment, room, answer = load_assignment(folder), ExamRoom(sandbox, key), stub_answerer(key)

    def sit(paper: Paper) -> Marks:
        return mark(key, room.sit(program_of(assignment, source=paper.source), _asked(key, paper.function), answer))

    return None, sit


def _asked(key: Key, function: str) -> Iterator[int]:
    """The own cases whose driver calls a function, and those in which it is given right results."""
    for number, outcomes in key.answers[REFERENCE].items():
        called = {call.function for one in outcomes for call in one.calls}
        if function in {*called, *key.entries[number].stages}:
            yield number


def mark(key: Key, outcomes: Outcomes, rules: Iterable[CriterionRule] | None = None) -> Marks:
    """Mark these criteria (all) that were asked, on their own results and on given ones."""
    marks = {}
    for rule in key.rubric.criteria if rules is None else rules:
        for basis in (Basis.OWN, Basis.GIVEN):
            if graded := [one for one in stages(key, outcomes, rule.name, basis) if one.behaviour]:
                tried = [_mark(rule, graded, variant) for variant in rule.variants]
                marks[rule.name, basis] = max(tried, key=lambda one: one.points)
    return marks


def _mark(rule: CriterionRule, graded: list[Stage], variant: str) -> Mark:
    found = find(graded, variant)
    lost = dict[str, frozenset[int]]()
    for one in rule.behaviours if any(not one.right for one in found) else ():
        wrong = frozenset(it.entry for it in found if it.behaviour == one.name and not it.right)
        lost |= {one.name: wrong} if wrong and one.points else {}
    return Mark(sum(held(rule, found).values(), Fraction(0)), lost)
