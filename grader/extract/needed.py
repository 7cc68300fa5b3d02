"""Which top-level assignments the definitions need: the others are somebody trying things out.

takes: the top-level statements of a hand-in with their text, in order, and the graded names.
gives: the assignments that nothing defined reads; they need not be run, and `out, cache = forward(x, w, b)` may hang.
must not know: values, cells.

By words alone, and in favour of running: a word that any function, class or kept statement has anywhere keeps every
assignment to a name that it may be, and code that looks names up by text keeps all. Words of the text and not names of
the tree: a comment that keeps an assignment costs nothing, and walking every tree takes longer than all other reading.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

_WORD = re.compile(r"[^\W\d]\w*")
Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign
_LOOKED_UP = {"globals", "eval", "exec", "locals", "vars", "getattr", "__dict__", "__globals__", "modules"}


def idle_assignments(
    statements: Sequence[tuple[ast.stmt, str]], wanted: Collection[str], run: Collection[int] = ()
) -> set[int]:
    """The ids of the assignments that can be left out; `run` are statements that are run though they define nothing."""
    idle = {id(node): (node, text) for node, text in statements if isinstance(node, Assignment)}
    if not idle:
        return set()
    needed = {*wanted, *(name.split(".")[0] for name in wanted)}
    for node, text in statements:
        # Of calls hardly any but setattr are run; what it puts somewhere is needed, and so are its names.
        is_run = id(node) in run or (isinstance(node, ast.Expr) and _is_setattr(node.value))
        if is_run or not isinstance(node, (Assignment, ast.Expr)):
            needed.update(_WORD.findall(text))
    if needed & _LOOKED_UP:
        return set()
    found = True
    while found:
        kept = [(node, text) for node, text in idle.values() if _assigns_to(node, needed)]
        for node, text in kept:
            needed.update(_WORD.findall(text))
            del idle[id(node)]
        found = bool(kept)
    return set(idle)


def _is_setattr(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "setattr"


def _assigns_to(node: Assignment, needed: Collection[str]) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(isinstance(target, ast.Attribute) for target in targets):
        return True  # a method put on a class, a function put into numpy
    return any(isinstance(inner, ast.Name) and inner.id in needed for target in targets for inner in ast.walk(target))
