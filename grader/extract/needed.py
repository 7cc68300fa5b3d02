"""Which top-level assignments the definitions need: the others are somebody trying things out.

takes: the top-level statements of a hand-in, in order, and the graded names.
gives: the assignments that nothing defined reads; they need not be run, and `out, cache = forward(x, w, b)` may hang.
must not know: values, cells.

By names alone, and in favour of running: a name that any function, class or kept statement reads anywhere keeps every
assignment to it, and code that looks names up by text keeps all.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign
_LOOKED_UP = {"globals", "eval", "exec", "locals", "vars", "getattr", "__dict__", "__globals__", "modules"}


def idle_assignments(statements: Sequence[ast.stmt], wanted: Collection[str]) -> set[int]:
    """The ids of the assignment nodes that can be left out."""
    assignments = [node for node in statements if isinstance(node, Assignment)]
    if not assignments:
        return set()
    needed = {*wanted, *(name.split(".")[0] for name in wanted)}
    for statement in statements:
        if not isinstance(statement, (Assignment, ast.Expr)):
            needed.update(_names_read(statement))
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            # Of calls only setattr is run; what it puts somewhere is needed, and so are its names.
            function = statement.value.func
            needed.update(_names_read(statement) if isinstance(function, ast.Name) and function.id == "setattr" else ())
    if needed & _LOOKED_UP:
        return set()
    idle = {id(node): node for node in assignments}
    found = True
    while found:
        kept = [node for node in idle.values() if _assigns_to(node, needed)]
        for node in kept:
            needed.update(_names_read(node))
            del idle[id(node)]
        found = bool(kept)
    return set(idle)


def _assigns_to(node: Assignment, needed: Collection[str]) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(isinstance(target, ast.Attribute) for target in targets):
        return True  # a method put on a class, a function put into numpy
    return any(isinstance(inner, ast.Name) and inner.id in needed for target in targets for inner in ast.walk(target))


def _names_read(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.Global):
            yield from inner.names
