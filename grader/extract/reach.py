"""What the graded functions may read: the globals that they read, those that these are made of, and so on.

takes: the top-level statements of a hand-in, and the graded names.
gives: names.
must not know: which statements are run.

Not what all definitions read: `train()` fills a list that `train` reads, and nobody else.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.extract.reading import globals_read, words
from grader.extract.statements import Statement, names

_MAKING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reached(
    statements: Sequence[Statement],
    wanted: Collection[str],
    changes: Mapping[Statement, Collection[str]],
    one_namespace: bool = True,
) -> set[str]:
    """The graded names, and all that is read on the way from them; `changes` tells what statements change.

    For `attach(Sigmoid)` makes the Sigmoid as much as its class does.
    """
    makers: dict[str, list[Statement]] = {}
    for one in statements:
        for name in one.fact(_made).union(changes.get(one, ())):
            makers.setdefault(name, []).append(one)
    found: set[str] = set()
    waiting = [part for name in wanted for part in name.split(".")]  # a bare `def forward` may be a class's too
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for one in makers.get(name, ()):
                waiting.extend(one.fact(globals_read) if one_namespace else one.fact(words))
    return found


def _made(statement: Statement) -> frozenset[str]:
    """The names that a statement makes or adds to: `Sigmoid` where `Sigmoid.forward = f`, or `@add_to(Sigmoid)`."""
    return frozenset([*(name.split(".")[0] for name, _ in statement.fact(names)), *_decorating(statement.node)])


def _decorating(node: ast.stmt) -> Iterator[str]:
    for decorator in node.decorator_list if isinstance(node, _MAKING) else ():
        yield from (inner.id for inner in ast.walk(decorator) if isinstance(inner, ast.Name))
