"""What top-level statements are: which names they define, which are definitions, where their text stands.

takes: statements of a repaired cell, and the cell's lines.
gives: `Statement`, which keeps what is found out about it; names, yes or no, text with the same line numbers.
must not know: graded names, which cell it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Concatenate, ParamSpec, TypeVar, cast

from grader.extract.nodes import ASSIGNMENTS, DEFINITIONS, IMPORTS, Function, walk
from grader.extract.repairs.repaired import Repaired

T = TypeVar("T")
P = ParamSpec("P")

_BINDING = (*IMPORTS, *DEFINITIONS)
_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While, ast.Match)
_BRANCHES = (ast.ExceptHandler, ast.match_case)
PLAIN = (ast.Expr, *ASSIGNMENTS)
EXPORTED = "__all__"
_NAMESPACES = ("globals", "locals", "vars")
_NAMESPACE = re.compile(r"\b(?:exec|globals|locals|vars)\s*\(")


class Statement:
    """A top-level statement and its text; two are the same only where they are one and the same.

    What can be told of it alone is found out once, as several questions come back to it, and those of the hand-out
    stand in every hand-in.
    """

    __slots__ = ("_facts", "node", "text")

    def __init__(self, node: ast.stmt, text: str) -> None:
        self.node = node
        self.text = text
        self._facts: dict[object, object] = {}

    def fact(self, find: Callable[Concatenate[Statement, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `find` tells of this statement, which must be the same whatever else is in the hand-in."""
        place = (find, *args) if args else find
        try:
            return cast(T, self._facts[place])
        except KeyError:
            found = self._facts[place] = find(self, *args, **kwargs)
            return found


def names(statement: Statement) -> tuple[tuple[str, ast.stmt], ...]:
    """The names that it defines, as `names_in` has them: a fact of a statement."""
    return tuple(names_in(statement.node))


def names_in(node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """The names a top-level statement defines, methods as `Class.method`, also within if, try and with."""
    waiting = [node]
    while waiting:  # and no recursion: a chain of elif is as deep as it is long
        statement = waiting.pop(0)
        if isinstance(statement, Function):
            yield statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            yield statement.name, statement
            for inner in statement.body:
                yield from ((f"{statement.name}.{name}", definition) for name, definition in names_in(inner))
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from ((name, statement) for target in targets for name in _targets(target))
        elif isinstance(statement, IMPORTS):
            yield from ((alias.asname or alias.name.split(".")[0], statement) for alias in statement.names)
        elif isinstance(statement, ast.Expr):
            yield from ((name, statement) for name in _set_attributes(statement.value))
        elif isinstance(statement, _BLOCKS):
            waiting.extend(child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt))
            branches = [child for child in ast.iter_child_nodes(statement) if isinstance(child, _BRANCHES)]
            waiting.extend(inner for branch in branches for inner in branch.body)


def assigned_names(statement: Statement) -> frozenset[str]:
    """All names in what an assignment assigns to, `table` of `table[k] = f` too: a fact of a statement."""
    node = statement.node
    if not isinstance(node, ASSIGNMENTS):
        return frozenset()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return frozenset(inner.id for target in targets for inner in walk(target) if isinstance(inner, ast.Name))


def _set_attributes(call: ast.expr) -> Iterator[str]:
    """`setattr(Sigmoid, "forward", f)` defines as much as an assignment does."""
    match call:
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=owner), ast.Constant(value=str(name)), _]):
            yield f"{owner}.{name}"
        case _:
            return


def _targets(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            yield f"{owner}.{name}"
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            yield from (name for element in elements for name in _targets(element))
        case _:
            return


def is_definition(statement: Statement) -> bool:
    """Whether it may define something; others only try things out: a fact of a statement."""
    node = statement.node
    if isinstance(node, (*_BINDING, *ASSIGNMENTS)) or statement.fact(defines_by_text):
        return True
    if isinstance(node, ast.If) and _is_main_guard(node.test):  # what trains or plots when run as a program
        return any(isinstance(inner, DEFINITIONS) for inner in walk(node))
    if isinstance(node, (ast.If, ast.Try, ast.TryStar, ast.With, ast.Match)):
        return any(isinstance(inner, (*_BINDING, *ASSIGNMENTS)) for inner in walk(node))
    if isinstance(node, (ast.For, ast.While)):  # a loop that only computes may train for hours
        return any(isinstance(inner, _BINDING) for inner in walk(node))
    return isinstance(node, ast.Expr) and any(_set_attributes(node.value))


def defines_by_text(statement: Statement) -> bool:
    """Whether it gives names that are not written as names: `exec("E = 1")`, `globals()["E"] = 1`."""
    if isinstance(statement.node, DEFINITIONS) or not _NAMESPACE.search(statement.text):
        return False
    return any(_gives_names(inner) for inner in walk(statement.node))


def _gives_names(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="exec")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=of)), attr="update" | "setdefault")):
            return of in _NAMESPACES
        case ast.Subscript(value=ast.Call(func=ast.Name(id=of)), ctx=ast.Store()):
            return of in _NAMESPACES
        case _:
            return False


def _is_main_guard(test: ast.expr) -> bool:
    words = {inner.id for inner in walk(test) if isinstance(inner, ast.Name)}
    return "__name__" in words


def first_line(node: ast.stmt) -> int:
    """The line that a statement begins at, decorators included."""
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def statements_of(fixed: Repaired) -> Iterator[Statement]:
    """Every statement with its text; of a line that several share, each has its own part.

    Else ten thousand of them in one line would each be as long as all.
    """
    lines = fixed.source.split("\n")
    encoded: dict[int, bytes] = {}  # lines that are shared, since columns count bytes
    before = 0
    for node, following in zip_longest(fixed.tree.body, fixed.tree.body[1:]):
        first, last = first_line(node), node.end_lineno or node.lineno
        is_shared = following is not None and first_line(following) == last
        if first == last and (is_shared or before == first):
            line = encoded.setdefault(first, lines[first - 1].encode())
            yield Statement(node, line[node.col_offset : node.end_col_offset].decode())
        else:
            yield Statement(node, segment(lines, node))
        before = last


def name_of(node: ast.stmt) -> str:
    """A function's name; nothing of other statements."""
    return node.name if isinstance(node, Function) else ""


def segment(lines: list[str], node: ast.stmt) -> str:
    """The lines of a statement."""
    return "\n".join(lines[first_line(node) - 1 : node.end_lineno])


def only(lines: list[str], kept_ones: Sequence[Statement], among: Sequence[Statement]) -> str:
    """The source with only these statements, all on their own lines.

    Where statements share a line (`x = 1; plot(x)`) the line is kept whole: each still runs by itself.
    """
    if len(kept_ones) == len(among):
        return "\n".join(lines)
    wanted = set(kept_ones)
    kept = [""] * len(lines)
    last_kept = -1
    for one, following in zip(among, [*among[1:], None], strict=True):
        first, last = first_line(one.node) - 1, one.node.end_lineno or one.node.lineno
        shares_next = following is not None and following in wanted and first_line(following.node) == last
        if one in wanted or first < last_kept or shares_next:
            kept[first:last] = lines[first:last]
            last_kept = last
    return "\n".join(kept)
