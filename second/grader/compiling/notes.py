"""What is not refused in a key, and is worth an author's look."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

from grader.assignment.words import Assignment, resolve
from grader.key.model import Basis, CriterionRule, Key, needed_by

ROOM = 10  # times what the reference takes: a right answer with loops does, and other machines are slower


def notes_on(
    key: Key, assignment: Assignment, seconds: float, written: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """What was seen and what to write; `seconds` is what the reference took, `written` are the hand-out's functions."""
    for rule in key.rubric.criteria:
        yield from _on_cases(key, rule)
        if rule.name not in written:
            yield f"{rule.name}{rule.signature} is not in the hand-out: its text must name it"
        for name in _called(assignment, rule.name):
            if not any(name in needed_by(key, n) for n, entry in enumerate(key.entries) if rule.name in entry.stages):
                yield f'{rule.name} calls {name}, whose errors cost points in both: add Given(…, stubs=("{name}",))'
        ours = inspect.signature(resolve(assignment.reference, rule.name)).parameters
        for name, default in written.get(rule.name, {}).items():
            if default and name in ours and default.replace('"', "'") != repr(ours[name].default):
                yield f"{rule.name}: {name}={default} in the hand-out, {ours[name]} in the reference"
    limit = key.rubric.limits.total_seconds
    if limit < ROOM * seconds:
        yield (
            f"total_seconds={limit:g} is little: the reference took {seconds:.2g} s, and right answers with loops take "
            f"{ROOM} times as long: write Settings(limits=Limits(total_seconds={ROOM * seconds:.0f}))"
        )


def _on_cases(key: Key, rule: CriterionRule) -> Iterator[str]:
    """Points that nobody can lose, check before handing in, or earn beside a wrong callee."""
    shown = {(entry.basis, entry.visibility, entry.behaviours.get(rule.name)) for entry in key.entries}
    given = {behaviour for basis, _, behaviour in shown if basis is Basis.GIVEN and behaviour}
    if not rule.points:
        yield f"{rule.name} is worth 0 points: a wrong one costs nothing"
    if not any(behaviour for _, visibility, behaviour in shown if visibility == "public"):
        yield f"{rule.name} has no public case: students cannot check it before they hand in"
    for one in rule.behaviours:
        if given and one.points and one.name not in given:
            yield f"{rule.name}, behaviour '{one.name}': no Given case shows it, so a wrong callee costs it too"


def _called(assignment: Assignment, function: str) -> Iterator[str]:
    """The graded functions, and methods of its own class, that a function of the reference calls by name."""
    code = getattr(resolve(assignment.reference, function), "__code__", None)
    owner = function.rpartition(".")[0]
    for criterion in assignment.criteria:
        other, _, name = criterion.name.rpartition(".")
        if criterion.name != function and code and name in code.co_names and other in ("", owner):
            yield criterion.name
