"""Whether the hand-out can be called, and answers, as the exam asks, and the reference as well.

takes: an assignment, its hand-out as it lies there, the names of the graded functions.
gives: `AuthorError` where all who fill in the hand-out would fail; how functions are called, and what they take.
must not know: answers, how anything is run, what else students are given.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from grader.assignment import Assignment, Call, Criterion, Own
from grader.assignment.heads import found_in, parameters_of
from grader.errors import AuthorError
from grader.extract import extract

Written = Mapping[str, ast.FunctionDef]
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (inspect.Parameter.KEYWORD_ONLY,)
Given = tuple[list[str], tuple[str, ...]]
"""The names of what a call hands over by place, and of what it hands over by name."""


def check_signatures(assignment: Assignment, handout: Path, functions: Sequence[str]) -> None:
    """Refuse a hand-out, or a reference, that takes or gives something else than the calls do."""
    written = written_in(handout, functions)
    for call in calls_of(assignment.criteria):
        _check_callable(assignment, call.function)
        for function, given in called_by(call):
            ours = _of_reference(assignment.solution, function, given)
            theirs = [_of_handout(written[function].args)] if function in written else []
            handed_out = f"the hand-out {handout.name}"
            for of, where, takes in (
                *(("hand-out", handed_out, t) for t in theirs),
                ("reference", _file(assignment), ours),
            ):
                fault, alone = _fault(given, takes)
                if fault:
                    raise AuthorError(f"{where}: {function} takes {fault}", _hint(alone, of, call, function))
        if call.function in written and (fault := _returned_otherwise(assignment, call, written[call.function])):
            raise AuthorError(
                f"the hand-out {handout.name}: {call.function} {fault}",
                "let the return line there and gives= of the call name the same results, in one order",
            )


def _check_callable(assignment: Assignment, function: str) -> None:
    """Refuse a property: reading it is all that can be done with it."""
    if isinstance(found_in(assignment.solution, function), (property, cached_property)):
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


def unread_in(file: Path, functions: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """At which places the functions of a file take what they never read; the object that is asked is no place."""
    found = {}
    for name, function in written_in(file, functions).items():
        takes = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]["." in name :]
        read = {node.id for part in function.body for node in ast.walk(part) if isinstance(node, ast.Name)}
        unread = tuple(n for n, taken in enumerate(takes) if taken not in read)
        if unread and name in functions and read.isdisjoint(("locals", "vars", "eval", "exec")):
            found[name] = unread
    return found


def calls_of(criteria: Iterable[Criterion]) -> Iterator[Call]:
    """All calls of some criteria, those of single cases too."""
    for criterion in criteria:
        yield from (*criterion.calls, *(call for case in criterion.cases for call in case.calls))


def called_by(call: Call) -> Iterator[tuple[str, Given]]:
    """The function, and the names that it is called with; before it the constructor of an object made with some."""
    owner = call.function.rpartition(".")[0]
    if call.new:
        yield f"{owner}.__init__", (["self", *call.new[: len(call.new) - len(call.new_named)]], call.new_named)
    by_place = [*(["self"] if owner else []), *(n.name if isinstance(n, Own) else n for n in call.by_place)]
    yield call.function, (by_place, call.named)


def _hint(alone: Sequence[str], of: str, call: Call, function: str) -> str:
    names = "takes=" if function == call.function else "new="
    if alone:
        listed = " and ".join(f'"{name}="' for name in alone)
        return f"write {listed} in {names} of the call, behind all others: so it is handed over by name"
    return f"let the {of} and {names} of the call name the same arguments, in one order"


@dataclass(frozen=True)
class _Takes:
    """What a function takes by place, and what by name alone; which of it is needed; whether it takes any more."""

    by_place: Sequence[str]
    by_name: Sequence[str]
    needed: Collection[str]
    any_place: bool
    any_name: bool

    @property
    def written(self) -> str:
        return f"({', '.join([*self.by_place, *(name for name in self.by_name if name in self.needed)])}) there"


def _of_handout(args: ast.arguments) -> _Takes:
    by_place, by_name = ([arg.arg for arg in of] for of in ((*args.posonlyargs, *args.args), args.kwonlyargs))
    needed = by_place[: len(by_place) - len(args.defaults)]
    needed += [name for name, value in zip(by_name, args.kw_defaults, strict=True) if value is None]
    return _Takes(by_place, by_name, needed, args.vararg is not None, args.kwarg is not None)


def _of_reference(solution: ModuleType, function: str, given: Given) -> _Takes:
    """As its signature says; how many it takes shows when it is called."""
    taken = parameters_of(solution, function)
    by_place, by_name = ([one.name for one in taken if one.kind in kinds] for kinds in (_BY_PLACE, _BY_NAME))
    needed = [one.name for one in taken if one.default is one.empty and (one.kind in _BY_NAME or one.name in given[0])]
    return _Takes(by_place, by_name, needed, True, not taken or any(one.kind is one.VAR_KEYWORD for one in taken))


def _fault(given: Given, takes: _Takes) -> tuple[str, Sequence[str]]:
    """How a call and a signature differ, in how many there are, in names or in the order of the same names; and what
    has to be handed over by name."""
    by_place, named = given
    rest = [*takes.by_place[len(by_place) :], *takes.by_name]
    alone = [n for n in takes.by_name if n not in named and (n in takes.needed or n in by_place)]
    missing = [name for name in rest if name in takes.needed and name not in named]
    strange = [name for name in named if name not in rest and not takes.any_name]
    called = f"and is called with ({', '.join([*by_place, *(f'{name}=' for name in named)])})"
    if alone:
        return f"{takes.written}, {' and '.join(alone)} by name alone, {called}", alone
    if missing or strange or (len(by_place) > len(takes.by_place) and not takes.any_place):
        return f"{takes.written}, {called}", ()
    first = takes.by_place[: len(by_place)]
    return ("" if sorted(first) != sorted(by_place) or first == by_place else f"{takes.written}, {called}"), ()


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
