"""What the graded functions may read: the globals that they read, those that these are made of, and so on.

takes: the top-level statements of a hand-in, and the graded names.
gives: names.
must not know: which statements are run.

Not what all definitions read: `train()` fills a list that `train` reads, and nobody else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from grader.extract.flow.reading import as_python, globals_read, words_of
from grader.extract.flow.statements import EXPORTED, Statement, assigned_names, names
from grader.extract.nodes import DEFINITIONS, IMPORTS, walk

_IMPORT = re.compile(r"^[ \t]*(?:import|from[ \t]+\S+[ \t]+import)\b.*", re.MULTILINE)
_OF_ANOTHER = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\.\s*([^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*)")


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
        for name in one.fact(_made):
            makers.setdefault(name, []).append(one)
    for one, changed in changes.items():
        for name in changed:
            makers.setdefault(name, []).append(one)
    modules = None if one_namespace else _imported(statements)
    found: set[str] = set()
    # A bare `def forward` may be a class's, too; `from helper import *` reads that module's `__all__`.
    waiting = [EXPORTED, *(part for name in wanted for part in name.split("."))]
    gone_through: set[Statement] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for one in makers.get(name, ()):
                if one not in gone_through:  # a loop may change as many names as it has lines
                    gone_through.add(one)
                    waiting.extend(_read(one, modules))
    return found


def _imported(statements: Iterable[Statement]) -> frozenset[str]:
    return frozenset(name for one in statements if isinstance(one.node, IMPORTS) for name, _ in one.fact(names))


def _read(statement: Statement, modules: Collection[str] | None) -> Iterator[str]:
    """What a statement reads; of an own module, `helper.EPS` and what `from helper import f as g` takes there, too.

    Not its words, of which a training loop changes some: `x`, `w` and `loss` stand in every docstring.
    """
    yield from statement.fact(globals_read)
    if modules is None:
        return
    text = statement.text
    imports = [text] if isinstance(statement.node, IMPORTS) else _IMPORT.findall(text)
    yield from (word for line in imports for word in words_of(line))
    for owner, parts in statement.fact(_attributes):
        if imports or owner in modules:
            yield from parts


def _attributes(statement: Statement) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is taken out of something with a name, by words: `("np", ("linalg", "norm"))`."""
    found = _OF_ANOTHER.findall(as_python(statement.text))
    return tuple((owner, tuple(part.strip() for part in parts.split("."))) for owner, parts in set(found))


def _made(statement: Statement) -> frozenset[str]:
    """The names that a statement makes or adds to: `Sigmoid` where `Sigmoid.forward = f`, or `@add_to(Sigmoid)`."""
    given = (name.split(".")[0] for name, _ in statement.fact(names))
    return frozenset([*given, *statement.fact(assigned_names), *_decorating(statement.node)])


def _decorating(node: ast.stmt) -> Iterator[str]:
    for decorator in node.decorator_list if isinstance(node, DEFINITIONS) else ():
        yield from (inner.id for inner in walk(decorator) if isinstance(inner, ast.Name))
