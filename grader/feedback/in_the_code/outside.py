"""What a function reads from the notebook, and not from what it is called with: `x` in `forward(self, z)`, a size `N`.

takes: what is told of a function, the cells, and the sizes that its author has named.
gives: the same, with that name in its next step, and the line that makes it.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.extract.repairs.patience import parse
from grader.extract.strays import SAME_IN_EACH_CALL
from grader.feedback.case_wording import Place
from grader.feedback.in_the_code.unused import Function, function_at
from grader.gradebook import CellRecord, CriterionRecord
from grader.wire import Trouble

_FAILS = ("wrong", "partly", "crashed")
_NUMPY = ("np", "numpy")
_MAKE_NONE = ("load", "loadtxt", "genfromtxt", "vectorize", "dtype", "errstate", "default_rng", "RandomState")
"""What gives no array of the notebook's own."""
NO_SIZES: Mapping[str, tuple[str, int]] = {}
_GIVEN = re.compile(r"\b(\w+)\s*=\W*(?:np|numpy)\.")
"""Names that something of numpy may be given to, as text."""


def told_by_outside(
    told: CriterionRecord, cells: Sequence[CellRecord], place: Place, sizes: Mapping[str, tuple[str, int]] = NO_SIZES
) -> CriterionRecord:
    """Name the first array, or size, that it reads and that is none of its own."""
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    is_told = "NameError" in told.headline or any(SAME_IN_EACH_CALL in note for note in told.notes)
    if told.verdict not in _FAILS or not told.cell or is_told:
        return told
    lines = list(_sizes_set(cells, sizes))
    function = function_at(source, told.line) if lines or _makes_any(cells) else None
    read = _read_outside(function) if function is not None else {}
    # To parse all cells takes a third of all that is told of a hand-in.
    arrays = _made([cell for cell in cells if not read.keys().isdisjoint(_GIVEN.findall(cell.source))])
    for name, cell, line in (*lines, *arrays):
        if name in read:
            here = place(told.cell, told.line + read[name] - 1)
            step = (
                f"`{name}` in {here} is none of its parameters, and not made there: it is a name from outside, the "
                f"same in each call ({place(cell, line)} gives it a value)."
            )
            to_do = _to_take(function, *sizes[name]) if name in sizes else "See whether a parameter is meant."
            return replace(told, next_step=f"{step} {to_do} {told.next_step}".rstrip())
    return told


def _to_take(function: Function | None, of: str, axis: int) -> str:
    """What has that size, under a name that the function has for it."""
    nodes = [*ast.walk(function)] if function else []
    is_there = any(of == (getattr(node, "arg", "") or getattr(node, "id", "")) for node in nodes)
    return f"Take `{of}.shape[{axis}]`." if is_there else "Take it from the shape of what it works with."


def _sizes_set(cells: Sequence[CellRecord], sizes: Mapping[str, object]) -> Iterator[tuple[str, int, int]]:
    """The sizes that a line outside of all functions sets, as `N, D = 3, 4` does: the name, the cell and the line."""
    for cell in cells if sizes else ():
        for number, line in enumerate(cell.source.split("\n"), start=1):
            left, sign, right = line.partition("=")
            if sign and not right.startswith("=") and not line[:1].isspace():
                yield from ((name, cell.number, number) for one in left.split(",") if (name := one.strip()) in sizes)


def _makes_any(cells: Sequence[CellRecord]) -> bool:
    return any(f"= {numpy}." in cell.source for cell in cells for numpy in _NUMPY)


def _read_outside(function: Function) -> dict[str, int]:
    """The names that it reads and does not make, each with the first line that does."""
    nodes = list(ast.walk(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    own |= {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    own |= {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    own |= {node.name for node in nodes[1:] if isinstance(node, Function | ast.ClassDef)}
    read = (node for node in nodes if isinstance(node, ast.Name) and node.id not in own)
    return {node.id: node.lineno for node in sorted(read, key=lambda node: -node.lineno)}


def _made(cells: Sequence[CellRecord]) -> Iterator[tuple[str, int, int]]:
    """The arrays that cells make outside of all functions: the name, the cell and the line."""
    for cell in cells:
        tree = parse(cell.source)
        for node in tree.body if isinstance(tree, ast.Module) and not isinstance(tree, Trouble) else ():
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made)) if _is_of_numpy(made):
                    yield name, cell.number, node.lineno
                case _:
                    pass


def _is_of_numpy(made: ast.expr) -> bool:
    """Whether numpy makes it: `np.ones`, `np.random.randn`, `np.linspace(0, 1, 6).reshape`."""
    match made:
        case ast.Attribute(value=ast.Call(func=first)):
            return _is_of_numpy(first)
        case ast.Attribute(value=ast.Name(id=module) | ast.Attribute(value=ast.Name(id=module)), attr=name):
            return module in _NUMPY and name not in _MAKE_NONE
        case _:
            return False
