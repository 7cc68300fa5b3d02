"""What is not refused in a key, and is worth an author's look."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping

from grader.assignment.words import Assignment, resolve
from grader.key.model import Basis, Key

ROOM = 10  # times what the reference takes: a right answer with loops does, and other machines are slower


def notes_on(key: Key, assignment: Assignment, seconds: float, written: Mapping[str, ast.stmt]) -> Iterator[str]:
    """What was seen and what to write; `seconds` is what the reference took, `written` are the hand-out's functions."""
    for rule in key.rubric.criteria:
        shown = {(entry.basis, entry.behaviours.get(rule.name)) for entry in key.entries}
        public = [entry for entry in key.entries if entry.is_public and entry.behaviours.get(rule.name)]
        if not rule.points:
            yield f"{rule.name} is worth 0 points: a wrong one costs nothing"
        if not public:
            yield f"{rule.name} has no public case: students cannot check it before they hand in"
        if rule.name not in written:
            yield f"{rule.name}{rule.signature} is not in the hand-out: its text must name it"
        if any(basis is Basis.GIVEN for basis, behaviour in shown if behaviour):
            for one in rule.behaviours:
                if one.points and (Basis.GIVEN, one.name) not in shown:
                    yield f"{rule.name}, behaviour '{one.name}': no Given case shows it, so a wrong callee costs it too"
        for name in _called(assignment, rule.name):
            if not any(name in entry.needs and rule.name in entry.stages for entry in key.entries):
                yield f'{rule.name} calls {name}, and an error in that costs points in both: add Given(…, stubs=("{name}",))'
    yield from _other_defaults(assignment, written)
    limit = key.rubric.limits.total_seconds
    if limit < ROOM * seconds:
        yield (
            f"total_seconds={limit:g} is little: the reference took {seconds:.2g} s, and right answers with loops take "
            f"{ROOM} times as long: write Settings(limits=Limits(total_seconds={ROOM * seconds:.0f}))"
        )


def _called(assignment: Assignment, function: str) -> Iterator[str]:
    """The graded functions, and methods of its own class, that a function of the reference calls by name."""
    code = getattr(resolve(assignment.reference, function), "__code__", None)
    owner = function.rpartition(".")[0]
    for criterion in assignment.criteria:
        other, _, name = criterion.name.rpartition(".")
        if criterion.name != function and code and name in code.co_names and other in ("", owner):
            yield criterion.name


def _other_defaults(assignment: Assignment, written: Mapping[str, ast.stmt]) -> Iterator[str]:
    """Parameters that have one default in the hand-out and another one in the reference."""
    for criterion in assignment.criteria:
        node = written.get(criterion.name)
        if isinstance(node, ast.FunctionDef):
            ours = inspect.signature(resolve(assignment.reference, criterion.name)).parameters
            by_place = [*node.args.posonlyargs, *node.args.args]
            for one, value in zip(reversed(by_place), reversed(node.args.defaults), strict=False):
                default = repr(ours[one.arg].default) if one.arg in ours else ""
                if default and isinstance(value, ast.Constant) and repr(value.value) != default:
                    yield f"{criterion.name}: {one.arg}={value.value!r} in the hand-out, {default} in the reference"
