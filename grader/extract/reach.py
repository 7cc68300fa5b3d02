"""What the graded functions may read: the globals that they read, those that these are made of, and so on.

takes: the top-level statements of a hand-in with their text, and the graded names.
gives: names.
must not know: which statements are run.

Not what all definitions read: `train()` fills a list that `train` reads, and nobody else.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.extract.reading import globals_read, words_of
from grader.extract.statements import names_in

_MAKING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def reached(
    statements: Sequence[tuple[ast.stmt, str]],
    wanted: Collection[str],
    changes: Mapping[int, Collection[str]],
    one_namespace: bool = True,
) -> set[str]:
    """The graded names, and all that is read on the way from them; `changes` tells what statements change by their ids.

    For `attach(Sigmoid)` makes the Sigmoid as much as its class does.
    """
    reads = globals_read if one_namespace else words_of
    makers: dict[str, list[str]] = {}
    for node, text in statements:
        for name in {*_made(node), *changes.get(id(node), ())}:
            makers.setdefault(name, []).append(text)
    found: set[str] = set()
    waiting = [part for name in wanted for part in name.split(".")]  # a bare `def forward` may be a class's too
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(read for text in makers.get(name, ()) for read in reads(text))
    return found


def _made(node: ast.stmt) -> Iterator[str]:
    """The names that a statement makes or adds to: `Sigmoid` where `Sigmoid.forward = f`, or `@add_to(Sigmoid)`."""
    yield from (name.split(".")[0] for name, _ in names_in(node))
    for decorator in node.decorator_list if isinstance(node, _MAKING) else ():
        yield from (inner.id for inner in ast.walk(decorator) if isinstance(inner, ast.Name))
