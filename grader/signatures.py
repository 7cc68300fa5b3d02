"""Whether what students are given can be called, and answers, as the exam asks; and what they are not told.

takes: an assignment, its hand-out as it lies there, the names of the graded functions, and the words of what is drawn.
gives: `AuthorError` where all who fill in the hand-out would fail; sentences on names and defaults to be guessed.
must not know: answers, how anything is run, what else students are given.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.assignment import Assignment, Call, Criterion, Own
from grader.errors import AuthorError
from grader.extract import code_of, extract

Written = Mapping[str, ast.FunctionDef]
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = "takes= hands all over by place: take the * out there, or give it a default and leave it out of takes="
_PART = re.compile(r"\.(\w+)(?![\w(])|\['([^']+)'\]")  # an attribute or a key, and not `.mean()`
_AS_NAMES = re.compile(r"(?:[.`'\"]|\bdef )(\w+)")  # `W` as a matrix of a formula tells nobody to keep it as self.W
_PLAIN = (bool, int, float, str, type(None))


# ---- what is refused -------------------------------------------------------------------------------------------


def check_signatures(assignment: Assignment, handout: Path, functions: Sequence[str]) -> None:
    """Refuse a hand-out, or a reference, that takes or gives something else than the calls do."""
    written = _written(handout, functions)
    for call in _calls(assignment.criteria):
        _check_callable(assignment, call.function)
        for function, given in _called(call):
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


def _written(handout: Path, functions: Sequence[str]) -> Written:
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


def _calls(criteria: Iterable[Criterion]) -> Iterator[Call]:
    for criterion in criteria:
        yield from (*criterion.calls, *(call for case in criterion.cases for call in case.calls))


def _called(call: Call) -> Iterator[tuple[str, list[str]]]:
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
    return [one.name for one in _signature(solution, function) if one.kind in _BY_PLACE]


def _signature(solution: ModuleType, function: str) -> Sequence[inspect.Parameter]:
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
    forms = {len(one.gives) for one in _calls(assignment.criteria) if one.function == call.function}
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


# ---- what is noted ---------------------------------------------------------------------------------------------


def notes_on_defaults(assignment: Assignment, handout: Path, functions: Sequence[str]) -> Iterator[str]:
    """Arguments that a call leaves out, and that have another default in the hand-out than in the reference."""
    written, told = _written(handout, functions), set()
    for call in _calls(assignment.criteria):
        for function, given in _called(call):
            ours = {one.name: one.default for one in _signature(assignment.solution, function)}
            for name, theirs in _defaults(written.get(function)):
                if name in given or (function, name) in told or not isinstance(ours.get(name, ...), _PLAIN):
                    continue
                if theirs != ours[name]:
                    told.add((function, name))
                    yield (
                        f"{function} has {name}={theirs!r} in the hand-out and {name}={ours[name]!r} in the reference, "
                        f"and is called without it: who leaves it as it was handed out computes with {theirs!r}. "
                        "Write the same in both"
                    )


def _defaults(function: ast.FunctionDef | None) -> Iterator[tuple[str, object]]:
    """What has a default that can be read, and which."""
    if function is None:
        return
    args = function.args
    by_place = [*args.posonlyargs, *args.args]
    pairs = [*zip(by_place[len(by_place) - len(args.defaults) :], args.defaults, strict=True)]
    for arg, value in (*pairs, *zip(args.kwonlyargs, args.kw_defaults, strict=True)):
        with suppress(ValueError):
            if value is not None:
                yield arg.arg, ast.literal_eval(value)


def notes_on_constants(assignment: Assignment, handout: Path) -> Iterator[str]:
    """Names that have one value in the hand-out and another one in the reference."""
    for name, theirs in _constants(code_of(handout.read_bytes(), handout.name)):
        ours = getattr(assignment.solution, name, theirs)
        if isinstance(ours, _PLAIN) and theirs != ours:
            yield (
                f"{name} is {theirs!r} in the hand-out and {ours!r} in the reference: who computes with it gets other "
                "results. Write the same in both"
            )


def _constants(cells: Iterable[str]) -> Iterator[tuple[str, object]]:
    """What stands at top level as a name and its value."""
    for source in cells:
        body: list[ast.stmt] = []
        with suppress(SyntaxError, ValueError):
            body = ast.parse(source).body
        for node in body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                with suppress(ValueError):
                    yield node.targets[0].id, ast.literal_eval(node.value)


def notes_on_names(assignment: Assignment, said: str, drawn: Container[str]) -> Iterator[str]:
    """Names of attributes and keys by which the exam goes, and which students cannot know.

    `said` is the text of all that they are given, `drawn` the words of what a call is given: its keys are no secret.
    """
    told = {*re.findall(r"\w+", said), *(f".{name}" for name in _AS_NAMES.findall(said))}
    for criterion in assignment.criteria:
        unsaid: dict[str, list[str]] = {}
        for place in _gone_by(criterion):
            for name in _names(place):
                if name not in told and name not in drawn:
                    unsaid.setdefault(name, []).append(place)
        if unsaid:
            places = dict.fromkeys(place for places in unsaid.values() for place in places)
            yield (
                f"{criterion.name}: the exam goes by {', '.join(places)} (leaves=, sets=), and nothing that students "
                f"get says {', '.join(unsaid)}: who takes another name is wrong. Let the hand-out's text tell it"
            )


def _gone_by(criterion: Criterion) -> Iterator[str]:
    """Where results are left on an object or in what is the hand-in's own, and where inputs are put on an object."""
    calls = tuple(_calls([criterion]))
    own = {"self", *(name.name for call in calls for name in call.gives if isinstance(name, Own))}
    for call in calls:
        yield from (call.leaves[name] for name, (root, _) in call.places.items() if root in own)
        yield from (place for place in call.sets if place.startswith("self."))


def _names(place: str) -> Iterator[str]:
    """The attributes (`.dW`) and keys on the way to a place; what every array has needs no telling."""
    for attribute, key in _PART.findall(place):
        if key or not hasattr(np.ndarray, attribute):
            yield key or f".{attribute}"
