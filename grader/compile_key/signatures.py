"""Whether the hand-out can be called, and answers, as the exam asks, and the reference as well.

takes: an assignment, its hand-out as it lies there, the names of the graded functions.
gives: `AuthorError` where all who fill in the hand-out would fail; how functions are called, and what they take.
must not know: answers, how anything is run, what else students are given.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.assignment import Assignment, Call, Criterion, Own
from grader.errors import AuthorError
from grader.extract import extract

Written = Mapping[str, ast.FunctionDef]
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = "takes= hands all over by place: take the * out there, or give it a default and leave it out of takes="


def check_signatures(assignment: Assignment, handout: Path, functions: Sequence[str]) -> None:
    """Refuse a hand-out, or a reference, that takes or gives something else than the calls do."""
    written = written_in(handout, functions)
    for call in calls_of(assignment.criteria):
        _check_callable(assignment, call.function)
        for function, given in called_by(call):
            if function in written and (fault := _fault(given, written[function].args)):
                hint = _BY_NAME if "by name" in fault else _same("hand-out", call, function)
                raise AuthorError(f"the hand-out {handout.name}: {function} takes {fault}", hint)
            if fault := _other_order(given, _parameters(assignment.solution, function)):
                raise AuthorError(f"{_file(assignment)}: {function} takes {fault}", _same("reference", call, function))
        if call.function in written and (fault := _returned_otherwise(assignment, call, written[call.function])):
            raise AuthorError(
                f"the hand-out {handout.name}: {call.function} {fault}",
                "let the return line there and gives= of the call name the same results, in one order",
            )


def _check_callable(assignment: Assignment, function: str) -> None:
    """Refuse a property: reading it is all that can be done with it."""
    if isinstance(_found(assignment.solution, function), (property, cached_property)):
        owner, _, name = function.rpartition(".")
        raise AuthorError(
            f"{_file(assignment)}: {function} is a property, which no call can be of",
            f'grade it where a call leaves it, of {owner}.__init__ for one: leaves={{"{name}": "self.{name}"}}',
        )


def _file(assignment: Assignment) -> str:
    return f"the reference ({Path(assignment.solution.__file__ or '').name})"


def written_in(handout: Path, functions: Sequence[str]) -> Written:
    """The functions of the hand-out; not those that are decorated, which may be called otherwise."""
    found = {}
    for piece in extract(handout.read_bytes(), handout.name, functions).program.definitions:
        for node in ast.parse(piece.source).body:
            within = node.body if isinstance(node, ast.ClassDef) else [node]
            prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            for one in within:
                if isinstance(one, ast.FunctionDef) and not one.decorator_list:
                    found[piece.bind or f"{prefix}{one.name}"] = one
    return found


def calls_of(criteria: Iterable[Criterion]) -> Iterator[Call]:
    """All calls of some criteria, those of single cases too."""
    for criterion in criteria:
        yield from (*criterion.calls, *(call for case in criterion.cases for call in case.calls))


def called_by(call: Call) -> Iterator[tuple[str, list[str]]]:
    """The function, and the names that it is called with; before it the constructor of an object made with some."""
    owner = call.function.rpartition(".")[0]
    if call.new:
        yield f"{owner}.__init__", ["self", *call.new]
    yield call.function, [*(["self"] if owner else []), *(n.name if isinstance(n, Own) else n for n in call.takes)]


def _same(of: str, call: Call, function: str) -> str:
    names = "takes=" if function == call.function else "new="
    return f"let the {of} and {names} of the call name the same arguments, in one order"


def _fault(given: list[str], args: ast.arguments) -> str:
    """How a call and a signature differ: in how many there are, or in the order of the same names."""
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    asked = [arg.arg for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is None]
    least, most = len(names) - len(args.defaults), len(given) if args.vararg else len(names)
    if not asked and least <= len(given) <= most:
        return _other_order(given, names)
    by_name = f", {' and '.join(asked)} by name alone" if asked else ""
    return f"({', '.join(names + asked)}) there{by_name}, and is called with ({', '.join(given)})"


def _other_order(given: list[str], names: list[str]) -> str:
    first = names[: len(given)]
    if sorted(first) != sorted(given) or first == given:
        return ""
    return f"({', '.join(names)}) there, and is called with ({', '.join(given)})"


def _parameters(solution: ModuleType, function: str) -> list[str]:
    """What a function of the reference takes by place."""
    return [one.name for one in signature_of(solution, function) if one.kind in _BY_PLACE]


def signature_of(solution: ModuleType, function: str) -> Sequence[inspect.Parameter]:
    """What a function of the reference takes; nothing where nobody can tell."""
    with suppress(TypeError, ValueError):
        return list(inspect.signature(_found(solution, function), follow_wrapped=False).parameters.values())
    return []


def _found(solution: ModuleType, function: str) -> Any:
    found: Any = solution
    for name in function.split("."):
        found = getattr(found, name, None)
    return found


def _returned_otherwise(assignment: Assignment, call: Call, function: ast.FunctionDef) -> str:
    """How the one return line of a template differs from what its call gives; of one result it may be a part."""
    gives = [name.name if isinstance(name, Own) else name for name in call.gives]
    forms = {len(one.gives) for one in calls_of(assignment.criteria) if one.function == call.function}
    names = _returned(function)
    if not names or len(gives) == 1 or len(forms) > 1:
        return ""
    common = [name for name in names if name in gives]
    if len(names) == len(gives) and common == [name for name in gives if name in names]:
        return ""
    return f"returns ({', '.join(names)}) there, and gives= of its call names ({', '.join(gives)})"


def _returned(function: ast.FunctionDef) -> list[str]:
    """The names in a function's return line, where there is one and it has several."""
    found = [node for node in _within(function.body) if isinstance(node, ast.Return)]
    parts = found[0].value.elts if len(found) == 1 and isinstance(found[0].value, ast.Tuple) else []
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) > 1 else []


def _within(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All of a function but what other functions in it hold."""
    for node in body:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _within(ast.iter_child_nodes(node))
