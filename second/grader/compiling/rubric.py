"""Write the rubric of an assignment: its criteria with their signatures, and what students were given."""

from __future__ import annotations

import ast
import contextlib
import inspect
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from grader.assignment.words import Assignment, Criterion, resolve
from grader.compiling.sitting import folder_of, given_files
from grader.errors import AuthorError, SubmissionError
from grader.extract import digests, read_data
from grader.extract.model import Reading, Wanted
from grader.key.model import (
    AlternativeRule,
    BehaviourRule,
    CriterionRule,
    GradientRule,
    Handout,
    MistakeRule,
    Rubric,
)


def rubric_of(assignment: Assignment, questions: str, gradients: tuple[GradientRule, ...]) -> Rubric:
    """The rubric of an assignment whose drivers have this source."""
    settings = assignment.settings
    criteria = tuple(_criterion(assignment, one, ast.parse(questions)) for one in assignment.criteria)
    return Rubric(
        assignment.name, assignment.title, criteria, _handout(assignment), gradients, settings.limits, settings.late
    )  # fmt: skip


def _criterion(assignment: Assignment, criterion: Criterion, questions: ast.Module) -> CriterionRule:
    name, own = criterion.name, [one for one in assignment.mistakes if one.criterion == criterion.name]
    return CriterionRule(
        name,
        f"{_takes(resolve(assignment.reference, name))} -> {_returns(criterion, questions)}",
        criterion.results,
        tuple(
            BehaviourRule(title, Fraction(one.points), one.needs, one.results) for title, one in criterion.rules.items()
        ),
        criterion.tolerance,
        tuple(AlternativeRule(o.name, o.note, o.between) for o in assignment.alternatives if o.criterion == name),
        tuple(MistakeRule(o.name, o.feedback, o.next_step, Fraction(o.credit), tuple(o.forms)) for o in own),
        criterion.also_named,
        dict(criterion.sizes),
        criterion.elementwise,
    )


def _takes(function: Any) -> str:
    """The parameters of a function; a default that is no literal is written as `...`."""
    parameters = inspect.signature(function).parameters.values()
    plain = (one.replace(annotation=one.empty, default=_literal(one.default), kind=_kind(one)) for one in parameters)
    return str(inspect.Signature(list(plain))).replace("Ellipsis", "...")


def _kind(parameter: inspect.Parameter) -> Any:
    by_place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return by_place if parameter.kind is inspect.Parameter.POSITIONAL_ONLY else parameter.kind


def _literal(default: Any) -> Any:
    with contextlib.suppress(ValueError, SyntaxError):
        ast.literal_eval(repr(default))
        return default
    return default if default is inspect.Parameter.empty else ...


def _returns(criterion: Criterion, questions: ast.Module) -> str:
    """The names that a driver gives to what comes back, `(out, cache)`; else the graded results."""
    drivers = [one for one in questions.body if f"'{criterion.name}'" in ast.unparse(one)]
    for node in (node for driver in drivers for node in ast.walk(driver)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            called = function.attr if isinstance(function, ast.Attribute) else ""
            target = ast.unparse(node.targets[0])
            if called == criterion.name.rpartition(".")[2] and all(one in target for one in criterion.results):
                return target
    return criterion.results[0] if len(criterion.results) == 1 else f"({', '.join(criterion.results)})"


# ---- what students were given ----------------------------------------------------------------------------------------


def _handout(assignment: Assignment) -> Handout:
    wanted = wanted_in(assignment)
    untouched: dict[str, list[str]] = {}
    names: set[str] = set()
    for file in (assignment.handout, *assignment.settings.templates):
        for name, digest in digests(_bytes(assignment, file), file, wanted).items():
            untouched.setdefault(name, []).append(digest)
        names |= set(written_in(read_handout(assignment, file)))
    forms = {name: tuple(dict.fromkeys(found)) for name, found in untouched.items()}
    return Handout(assignment.handout, forms, tuple(sorted(names)), wanted.files)


def wanted_in(assignment: Assignment) -> Wanted:
    """What is looked for in the hand-out."""
    files = {name: data.decode("utf-8", "replace") for name, data in given_files(assignment).items()}
    also_named = {criterion.name: criterion.also_named for criterion in assignment.criteria}
    return Wanted(tuple(also_named), also_named, {}, files, assignment.name)


def read_handout(assignment: Assignment, file: str) -> Reading:
    """A notebook that was handed out, read as a submission is."""
    try:
        return read_data(_bytes(assignment, file), file, wanted_in(assignment))
    except SubmissionError as error:
        raise AuthorError(f"The hand-out {file} cannot be read: {error}", "save it with Jupyter again") from error


def _bytes(assignment: Assignment, file: str) -> bytes:
    path = folder_of(assignment) / file
    if not path.is_file():
        raise AuthorError(f"There is no {file} beside assignment.py", "handout= and templates= name notebooks there")
    return path.read_bytes()


def written_in(reading: Reading) -> Mapping[str, ast.stmt]:
    """The functions, methods and classes of a program, by their graded or own names."""
    found: dict[str, ast.stmt] = {}
    bound = {(one.cell, one.name): one.criterion for one in reading.program.bindings}
    for unit in reading.program.units:
        with contextlib.suppress(SyntaxError, ValueError):
            for name, node in _definitions(ast.parse(unit.source)):
                found[bound.get((unit.cell, name), bound.get((0, name), name))] = node
    return found


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        for one in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(one, ast.FunctionDef):
                yield f"{node.name}.{one.name}", one  # type: ignore[attr-defined]
