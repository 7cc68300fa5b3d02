"""Top-level statements that define nothing and yet count: they fill what the definitions read.

takes: the top-level statements of a hand-in with their text, in order.
gives: those of the loops, calls and blocks that are otherwise left out which change a global that a function reads.
must not know: graded names, cells.

`for k in range(8): table[k] = f(k)`, `settings.update(eps=1e-8)`, `setup()` where that has a `global`. A training loop
changes names too, but hardly ever those that a graded function reads as globals: so what is read is asked of the
symbol tables of the compiler, not of words, by which `w` and `x` are everywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from grader.extract.reading import globals_read, words_of

# The methods of lists, dicts, sets, deques and arrays that change them.
_CHANGING = {
    "append", "appendleft", "extend", "extendleft", "insert", "add", "update", "setdefault", "pop", "popleft",
    "popitem", "remove", "discard", "clear", "sort", "reverse", "fill", "put", "itemset", "resize", "setflags",
}  # fmt: skip
_CALLS_CHANGING = re.compile(rf"\.(?:{'|'.join(sorted(_CHANGING))})\s*\(")
_BLOCKS = (ast.For, ast.While, ast.With, ast.If, ast.Try)
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INNER = (*_DEFINING, ast.Lambda)


def changing_statements(statements: Sequence[tuple[ast.stmt, str]]) -> set[int]:
    """The ids of statements that must be run for what they change."""
    defining = [(node, text) for node, text in statements if isinstance(node, _DEFINING)]
    setters = {node.name for node, text in defining if "global " in text and _has_global(node)}
    changes: dict[int, set[str]] = {}
    for node, text in statements:
        # Most of what is left out prints or plots one thing, and its text shows that it changes none.
        if isinstance(node, _BLOCKS) or (isinstance(node, ast.Expr) and (setters or _CALLS_CHANGING.search(text))):
            changes[id(node)] = set(_changed(node, setters))
    if not any(changes.values()):
        return set()
    named = set().union(*changes.values())
    if not named & {*words_of("\n".join(text for _, text in defining)), *setters}:
        return set()
    read = setters.union(*(globals_read(text) for _, text in defining)) - (
        {node.name for node, _ in defining} - setters
    )
    return {node for node, names in changes.items() if names & read}


def _changed(statement: ast.stmt, setters: Collection[str]) -> Iterator[str]:
    """The names of what a statement binds or writes into, of what it calls a changing method of, and of called setters.

    Not of all that it calls: `range` and `print` are globals that functions read, too.
    """
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _INNER):
            continue
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                yield _root(node)
            case ast.Call(func=ast.Attribute(attr=method) as called) if method in _CHANGING:
                yield _root(called)
            case ast.Call(func=ast.Name(id=name)) if name in setters:
                yield name
            case _:
                pass
        waiting.extend(ast.iter_child_nodes(node))


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _has_global(node: ast.stmt) -> bool:
    return any(isinstance(inner, ast.Global) for inner in ast.walk(node))
