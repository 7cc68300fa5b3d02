"""Write the rubric of an assignment: its criteria with their signatures, and what students were given."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from grader.assignment.checks import resolve
from grader.assignment.words import Assignment, Criterion
from grader.compiling.exams import bytes_of, given_files
from grader.errors import AuthorError, SubmissionError
from grader.extract import digests, read_data
from grader.extract.model import Reading, Wanted
from grader.key.model import AlternativeRule, BehaviourRule, CriterionRule, GradientRule, Handout, MistakeRule, Rubric
from grader.key.stubs import parameters_of


def rubric_of(
    assignment: Assignment, questions: str, gradients: tuple[GradientRule, ...], handouts: Iterable[str]
) -> Rubric:
    """The rubric of an assignment whose drivers have this source, and which notebooks were handed out."""
    settings, drivers = assignment.settings, ast.parse(questions)
    criteria = tuple(_criterion(assignment, one, drivers) for one in assignment.criteria)
    handout = _handout(assignment, handouts)
    return Rubric(assignment.name, assignment.title, criteria, handout, gradients, settings.limits, settings.late)


def _criterion(assignment: Assignment, criterion: Criterion, questions: ast.Module) -> CriterionRule:
    name = criterion.name
    takes, returns = _takes(resolve(assignment.reference, name)), _returns(criterion, questions)
    rules, mistakes = criterion.rules.items(), (one for one in assignment.mistakes if one.criterion == name)
    return CriterionRule(
        name,
        f"{takes} -> {returns}",
        criterion.results,
        tuple(BehaviourRule(title, Fraction(one.points), one.needs, one.results) for title, one in rules),
        criterion.tolerance,
        tuple(AlternativeRule(o.name, o.note, o.between) for o in assignment.alternatives if o.criterion == name),
        tuple(MistakeRule(o.name, o.feedback, o.next_step, Fraction(o.credit), tuple(o.forms)) for o in mistakes),
        criterion.also_named,
        criterion.sizes,
        criterion.elementwise,
    )


def _takes(function: Any) -> str:
    """The parameters of a function; a default that cannot be written is `...`."""
    plain = [one.replace(annotation=one.empty) for one in inspect.signature(function).parameters.values()]
    return re.sub(r"<.*?>(?: at 0x\w+>)?", "...", str(inspect.Signature(plain)))


def _returns(criterion: Criterion, questions: ast.Module) -> str:
    """The names that a driver gives to what comes back, `(out, cache)`; else the graded results."""
    drivers = [one for one in questions.body if f"'{criterion.name}'" in ast.unparse(one)]
    for node in (node for driver in drivers for node in ast.walk(driver)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called, target = getattr(node.value.func, "attr", ""), node.targets[0]
            names = {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
            if called == criterion.name.rpartition(".")[2] and names.issuperset(criterion.results):
                return ast.unparse(target)
    return criterion.results[0] if len(criterion.results) == 1 else f"({', '.join(criterion.results)})"


def _handout(assignment: Assignment, handouts: Iterable[str]) -> Handout:
    names = [criterion.name for criterion in assignment.criteria]
    untouched: dict[str, dict[str, None]] = {}
    for file in handouts:
        for name, digest in digests(bytes_of(assignment, file), file, names).items():
            untouched.setdefault(name, {})[digest] = None
    forms = {name: tuple(found) for name, found in untouched.items()}
    return Handout(assignment.handout, forms, _texts(assignment))


def read_handouts(assignment: Assignment) -> dict[str, Reading]:
    """The hand-out and the templates, read as submissions are."""
    also_named = {criterion.name: criterion.also_named for criterion in assignment.criteria}
    wanted = Wanted(tuple(also_named), also_named, {}, _texts(assignment), assignment.name)
    found = {}
    for file in (assignment.handout, *assignment.settings.templates):
        try:
            found[file] = read_data(bytes_of(assignment, file), file, wanted)
        except SubmissionError as error:
            raise AuthorError(f"The hand-out {file} cannot be read: {error}", "save it with Jupyter again") from error
    return found


def _texts(assignment: Assignment) -> dict[str, str]:
    return {name: data.decode("utf-8", "replace") for name, data in given_files(assignment).items()}


def parameters_in(reading: Reading) -> dict[str, dict[str, str]]:
    """The parameters of each graded function that a notebook defines, with their defaults as text ("": none)."""
    cells = {unit.cell: unit.source for unit in reading.program.units}
    return {
        name: {one: ast.unparse(default) if default else "" for one, default in parameters_of(node.args).items()}
        for name, (cell, line) in reading.facts.places.items()
        for node in ast.walk(ast.parse(cells.get(cell, "")))
        if isinstance(node, ast.FunctionDef) and node.lineno == line and not node.decorator_list
    }
