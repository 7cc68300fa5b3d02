"""What code writes into, by reading: `table[k] = v`, `cls.forward = f`, `queue.append(v)`, `np.put(m, 0, 1)`.

takes: statements, or the body of a function.
gives: the names that it binds, and the names of what it changes otherwise.
must not know: what functions of the hand-in's own do, graded names.

What is changed under another name is not seen: `t = table; t[0] = 1`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.extract.nodes import DEFINITIONS, walk

# The methods of lists, dicts, sets, deques and arrays that change them.
CHANGING = {
    "append", "appendleft", "extend", "extendleft", "insert", "add", "update", "setdefault", "pop", "popleft",
    "popitem", "remove", "discard", "clear", "sort", "reverse", "fill", "put", "itemset", "resize", "setflags",
}  # fmt: skip
# Functions of Python and numpy that change their first argument.
CHANGING_FIRST = {
    "setattr", "delattr", "setitem", "__setattr__", "heappush", "heappop", "heapify", "insort", "insort_left",
    "insort_right", "next", "shuffle", "fill_diagonal", "put", "place", "putmask", "copyto", "put_along_axis", "at",
}  # fmt: skip
# Functions of numpy that write into their last argument where they are given one more than they need.
_TAKE_OUT = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "dot", "matmul"), 2),
    **dict.fromkeys(("exp", "log", "sqrt", "square", "negative", "abs"), 1),
}
MAY_TAKE_OUT = frozenset(_TAKE_OUT)


@dataclass
class Written:
    """The names that a piece of code binds, and those of what it changes otherwise."""

    bound: set[str] = field(default_factory=set)
    into: set[str] = field(default_factory=set)


def written(body: Sequence[ast.AST], imported: frozenset[str] = frozenset()) -> Written:
    """What code binds and writes into; `imported` are names of modules, as `np.append(x, 1)` changes no list."""
    return written_by(outer(body), imported)


def written_by(nodes: Iterable[ast.AST], imported: frozenset[str]) -> Written:
    """The same, of nodes that stand one by one."""
    found = Written()
    loops: list[ast.For] = []
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.bound.add(name)
            case ast.Subscript() | ast.Attribute() if not isinstance(node.ctx, ast.Load):
                found.into.add(root(node))
            case ast.Call():
                found.into.update(_changed_by_call(node, imported))
            case ast.For():
                loops.append(node)
            case _:
                pass
    for loop in reversed(loops):  # the inner ones first: `for cls in (Sigmoid, Relu): cls.forward = f`
        if {name.id for name in walk(loop.target) if isinstance(name, ast.Name)} & found.into:
            found.into.update(_plain_names(loop.iter))
    found.into.discard("")
    return found


def outer(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """All nodes but those within functions and classes; of a comprehension its variables are its own."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (*DEFINITIONS, ast.Lambda)):
            continue
        waiting.extend([*node.ifs, node.iter] if isinstance(node, ast.comprehension) else ast.iter_child_nodes(node))


def called_name(call: ast.Call) -> str:
    """`put` of `np.put(m, 0, 1)`, `setattr` of `setattr(a, "b", c)`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def root(node: ast.AST) -> str:
    """The name that `a.b[0].c` begins with; empty where it begins with a call."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _changed_by_call(call: ast.Call, imported: frozenset[str]) -> Iterator[str]:
    if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING and root(call.func) not in imported:
        yield root(call.func)
    if called_name(call) in CHANGING_FIRST and call.args:
        yield root(call.args[0])
    yield from (root(keyword.value) for keyword in call.keywords if keyword.arg == "out")
    if isinstance(call.func, ast.Attribute) and root(call.func) in imported:  # np.add(a, 1, a)
        needs = _TAKE_OUT.get(call.func.attr, len(call.args))
        yield from (root(argument) for argument in call.args[needs:])


def _plain_names(iterated: ast.expr) -> Iterator[str]:
    """What a loop goes over, as far as it has names: `Sigmoid` of `(Sigmoid, Relu)`, and none of `[Sigmoid()]`."""
    waiting: list[ast.AST] = [iterated]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node.id
        waiting.extend(node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node))
