"""Graded functions that use a variable of the notebook in place of their parameter: the `x` of a cell that tries them.

takes: the cells of a hand-in as they are read, and the graded names.
gives: what to say of each such function, should it not be right: in the student's kernel that `x` was the right one.
must not know: points, whether a function is right.

Constants, tables, and functions or objects that several functions share may well belong to the notebook. So a name
counts only if a cell passes it to a graded function or takes a result under it, and if these functions (or the methods
of this class) have a parameter or result of that name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from grader.extract.flow.reading import globals_read, table_of
from grader.extract.flow.statements import Statement, names
from grader.extract.flow.writes import called_name
from grader.extract.nodes import Function, walk
from grader.extract.notes import MOST, OnName, Place, said_of
from grader.extract.read_cells import ReadCell

SAME_IN_EACH_CALL = "the same whatever the function is called with"
_Assigning = ast.Assign | ast.AnnAssign
_Graded = Mapping[str, tuple[Statement, Function]]


def on_strays(read: Sequence[ReadCell], wanted: Sequence[str], is_script: bool) -> Iterator[OnName]:
    """Say of each graded function which parameters and results of theirs it takes from the notebook."""
    return islice(_strays(read, wanted, is_script), MOST)


def _strays(read: Sequence[ReadCell], wanted: Sequence[str], is_script: bool) -> Iterator[OnName]:
    values: dict[str, Place] = {}
    graded: dict[str, tuple[Statement, Function]] = {}
    called, tried = frozenset(name.rpartition(".")[2] for name in wanted), set[str]()
    for cell in read:
        for one in cell.statements:
            tried |= one.fact(_tried, called)
            for name, definition in one.fact(names):
                if isinstance(definition, _Assigning) and not _is_store(definition.value):
                    values[name] = (cell.number, definition.lineno)
                elif isinstance(definition, Function) and name in wanted:
                    graded[name] = (one, definition)
    for name, (one, function) in graded.items():
        # `X` in a cell that tries the function is what its parameter `x` is to be given.
        of_theirs = {one.lower() for one in _handed_in(_owner(name), graded)}
        handed = {one for one in values.keys() & tried & one.fact(globals_read) if one.lower() in of_theirs}
        read_here = handed & _globals_of(name, one.text) - _only_called(function) if handed else set()
        # Only where there is one: to see what is shared, all of each function is gone through.
        if read_here and (stray := sorted(read_here - _shared(graded))):
            listed = " and ".join(f"`{one}`" for one in stray)
            where = f"the {'file' if is_script else 'notebook'} ({said_of(values[stray[0]], is_script)})"
            same = "it is" if len(stray) == 1 else "they are"
            found = f"`{name}` reads {listed} from {where}, where {same} {SAME_IN_EACH_CALL}"
            to_do = f"see whether {listed} should come from the parameters of the function, or out of what they hold"
            yield OnName(name, found, to_do)


def _owner(name: str) -> str:
    return name.rpartition(".")[0]


def _tried(statement: Statement, called: frozenset[str]) -> frozenset[str]:
    """The names that are handed to a function so called, or that take what it gives: a fact of a statement."""
    if isinstance(statement.node, Function | ast.ClassDef) or not any(f"{one}(" in statement.text for one in called):
        return frozenset()
    found: set[str] = set()
    for node in walk(statement.node):
        if isinstance(node, ast.Call) and called_name(node) in called:
            found.update(_names_in(*node.args, *(keyword.value for keyword in node.keywords)))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called_name(node.value) in called:
            found.update(_names_in(*node.targets))
    return frozenset(found)


def _names_in(*nodes: ast.AST) -> Iterator[str]:
    yield from (inner.id for node in nodes for inner in walk(node) if isinstance(inner, ast.Name))


def _handed_in(owner: str, graded: _Graded) -> set[str]:
    """The names of what the methods of one class, or all functions of none, are given, and of what they give."""
    return {handed for name, (_, function) in graded.items() if _owner(name) == owner for handed in _handed(function)}


def _handed(function: Function) -> Iterator[str]:
    arguments = function.args
    given = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    yield from (name for name in given if name != "self")
    for node in function.body:
        if isinstance(node, ast.Return) and node.value is not None:
            parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            yield from (part.id for part in parts if isinstance(part, ast.Name))


def _is_store(value: ast.expr | None) -> bool:
    """Whether something is made to be filled: what forward puts there is backward's to read."""
    match value:
        case ast.Call(func=ast.Name(id="dict" | "list" | "set" | "deque" | "defaultdict")):
            return True
        case _:
            return value is None or isinstance(value, ast.Dict | ast.List | ast.Set | ast.Constant)


def _only_called(function: Function) -> set[str]:
    """The names that it uses as functions and as nothing else."""
    nodes = walk(function)
    callees = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    read = [node for node in nodes if isinstance(node, ast.Name)]
    return {node.id for node in read} - {node.id for node in read if id(node) not in callees}


def _shared(graded: _Graded) -> set[str]:
    """The names of the notebook that graded functions share: they say so, or keep something there."""
    found: set[str] = set()
    for name, (one, function) in graded.items():
        nodes = walk(function)
        found.update(said for node in nodes if isinstance(node, ast.Global) for said in node.names)
        kept = {to for node in nodes if (to := _kept_in(node))}
        if kept:
            found.update(kept & _globals_of(name, one.text))
    return found


def _kept_in(node: ast.AST) -> str:
    """What something is kept in: `kept.x = ...`, `kept["x"] = ...`, `kept.append(...)`."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str()), ctx=ast.Store()):
            return name
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name
        case _:
            return ""


def _globals_of(name: str, text: str) -> set[str]:
    """The globals that a function reads, which stands in this text; none where the compiler refuses it."""
    top = table_of(text)
    tables = [top] if top is not None else []
    for part in name.split("."):
        tables = [child for table in tables for child in table.get_children() if child.get_name() == part]
    found: set[str] = set()
    while tables:
        table = tables.pop()
        found.update(one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced())
        tables.extend(table.get_children())
    return found
