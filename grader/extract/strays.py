"""Graded functions that read from the notebook what they are to be given: `x` of a cell that tries them out.

takes: the cells of a hand-in as they are read, and the graded names.
gives: what to say of each such function, if it is not right: in the student's kernel that `x` was the right one.
must not know: points, whether a function is right.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from itertools import islice

from grader.extract.notes import MOST, OnName, Place, said_of
from grader.extract.read_cells import ReadCell
from grader.extract.reading import globals_read
from grader.extract.statements import Function, Statement, names

_Assigning = ast.Assign | ast.AnnAssign


def on_strays(read: Sequence[ReadCell], wanted: Sequence[str], is_script: bool) -> Iterator[OnName]:
    """Say of each graded function which parameters and results of theirs it takes from the notebook."""
    return islice(_strays(read, wanted, is_script), MOST)


def _strays(read: Sequence[ReadCell], wanted: Sequence[str], is_script: bool) -> Iterator[OnName]:
    values: dict[str, Place] = {}
    graded: dict[str, tuple[Statement, ast.FunctionDef | ast.AsyncFunctionDef]] = {}
    for cell in read:
        for one in cell.statements:
            for name, definition in one.fact(names):
                if isinstance(definition, _Assigning) and not _is_store(definition.value):
                    values[name] = (cell.number, definition.lineno)
                elif isinstance(definition, Function) and name in wanted:
                    graded[name] = (one, definition)
    handed = values.keys() & {name for _, function in graded.values() for name in _handed(function)}
    handed -= {name for _, function in graded.values() for name in _shared(function)}
    for name, (one, _) in graded.items():
        if handed & one.fact(globals_read) and (stray := sorted(handed & _globals_of(name, one.text))):
            listed = " and ".join(f"`{one}`" for one in stray)
            where = said_of(values[stray[0]], is_script)
            found = f"`{name}` reads {listed} from the notebook ({where}), and not what it is called with"
            yield OnName(name, found, f"take {listed} from the parameters of the function, or out of what they hold")


def _handed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names of what a function is given, and of what it gives."""
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


def _shared(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names that a function says are the notebook's."""
    yield from (name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names)


def _globals_of(name: str, text: str) -> set[str]:
    """The globals that a function reads, which stands in this text; none where the compiler refuses it."""
    try:
        tables = [symtable.symtable(text, "hand-in", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    for part in name.split("."):
        tables = [child for table in tables for child in table.get_children() if child.get_name() == part]
    found: set[str] = set()
    while tables:
        table = tables.pop()
        found.update(one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced())
        tables.extend(table.get_children())
    return found
