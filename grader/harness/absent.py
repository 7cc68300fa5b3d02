"""Definitions that name what is not here: a decorator, a base class or a default of a package that is missing.

takes: statements, and names that an import should have bound.
gives: the same statements without the parts that read such a name.
must not know: how statements are run.

Only names of imports that failed, and of what was to be made of these: another name that the program itself should
define is missing for everybody. But for those that the head of a class names, as one would cost all of its methods.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

ANY = "*"
GONE = "__gone__"
"""What a program calls `Gone` by."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)


class Gone:
    """Stands for a base class that is not there: a constructor may hand that whatever it did."""

    def __init__(self, *given: Any, **named: Any) -> None:
        pass


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
    changed = False
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
