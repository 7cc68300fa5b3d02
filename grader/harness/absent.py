"""Definitions that name what is not here: a decorator, a base class or a default of a package that is missing.

takes: statements, and names that an import should have bound.
gives: the same statements without the parts that read such a name.
must not know: how statements are run.

Only names of imports that failed, and of what was to be made of these: another name that the program itself should
define is missing for everybody. But for those that the head of a class names, as one would cost all of its methods.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

ANY = "*"
GONE = "__gone__"
"""What a program calls `Gone` by."""
PUT_ON = "__put_on__"
"""And `put_on`."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)


class Gone:
    """Stands for a base class that is not there: a constructor may hand that whatever it did."""

    def __init__(self, *given: Any, **named: Any) -> None:
        pass


def put_on(hinted: str, *owners: Any) -> Callable[[Any], Any]:
    """Stands for a decorator that is not there and was handed a class: it makes a method of what stands below it.

    `hinted` is the name of one in a hint, which may be no name at all.
    """

    def put(function: Any) -> Any:
        for owner in (*owners, getattr(function, "__globals__", {}).get(hinted)):
            if isinstance(owner, type):
                setattr(owner, function.__name__, function)
        return function

    return put


STAND_INS = {GONE: Gone, PUT_ON: put_on}
"""What a program is given of these, by its name."""


def based(is_without: bool) -> list[ast.expr]:
    """The bases of a class that has none, or none left."""
    return [ast.Name(GONE, ast.Load())] if is_without else []


def bound_by(statement: ast.stmt) -> Iterator[str]:
    """Give the names that an import binds, `*` where they may be any; those that an assignment does."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.split(".")[0] for alias in statement.names)
    elif isinstance(statement, ast.Assign):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def take_out(statement: ast.stmt, name: str) -> bool:
    """Take out of a definition all that reads a name before it is called; tell whether that was anything."""
    if not isinstance(statement, DEFINITIONS):
        return False
    changed = isinstance(statement, _FUNCTIONS) and _put_on_its_class(statement, name)
    for node in ast.walk(statement):
        if isinstance(node, DEFINITIONS):
            changed |= _filter(node.decorator_list, name)
        if isinstance(node, _FUNCTIONS):
            changed |= _clear(node.args.defaults, name) | _clear(node.args.kw_defaults, name)
        if isinstance(node, ast.ClassDef):
            is_without = _filter(node.bases, name)
            changed |= is_without | _filter(node.keywords, name) | _filter(node.body, name)
            node.body = node.body or [ast.Pass()]
            node.bases = node.bases or based(is_without)
    ast.fix_missing_locations(statement)
    return changed


def _put_on_its_class(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Let `put_on` stand for a decorator of a bare method: `@add_to_class(Relu)`, or `@patch` above `self: Relu`."""
    first = (*function.args.posonlyargs, *function.args.args)[:1]
    if not first or first[0].arg != "self":
        return False
    hint = first[0].annotation
    hinted = hint.id if isinstance(hint, ast.Name) else ""
    changed = False
    for n, decorator in enumerate(function.decorator_list):
        given = [*decorator.args, *(one.value for one in decorator.keywords)] if isinstance(decorator, ast.Call) else []
        owners = [one for one in given if isinstance(one, ast.Name) and one.id != name]
        if (owners or hinted) and _reads(decorator, name):
            put = ast.Call(ast.Name(PUT_ON, ast.Load()), [ast.Constant(hinted), *owners], [])
            function.decorator_list[n] = ast.copy_location(put, decorator)
            changed = True
    return changed


def names_in_head(statement: ast.stmt) -> set[str]:
    """The names that the bases, the keywords and the decorators of a class read; none of what is no class."""
    if not isinstance(statement, ast.ClassDef):
        return set()
    head = (*statement.bases, *statement.keywords, *statement.decorator_list)
    return {inner.id for part in head for inner in ast.walk(part) if isinstance(inner, ast.Name)}


def _filter(parts: list[Any], name: str) -> bool:
    """Leave out what reads the name; what a class defines is looked into by itself."""
    kept = [part for part in parts if isinstance(part, DEFINITIONS) or not _reads(part, name)]
    changed = len(kept) < len(parts)
    parts[:] = kept
    return changed


def _clear(defaults: list[Any], name: str) -> bool:
    """Put None in the place of a default that reads the name."""
    cleared = [ast.Constant(None) if default and _reads(default, name) else default for default in defaults]
    changed = any(new is not old for new, old in zip(cleared, defaults, strict=True))
    defaults[:] = cleared
    return changed


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
