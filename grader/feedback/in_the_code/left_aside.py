"""What a wrong function makes and then leaves: a result by its own name where another is returned, what nobody reads.

takes: what is told of a function, and the cells.
gives: the same, with that line before its next step, where that says little.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.feedback.case_wording import Place
from grader.feedback.in_the_code.unused import Function, function_at
from grader.gradebook import CellRecord, CriterionRecord

OFF = re.compile(r"entries of `(\w+)` are off|^`(\w+)` (?:has shape|is -?[\d.])")
LITTLE = ("Work ", "Print the shape at each step", "All else holds: ")  # said where nothing more is known


def told_by_left_aside(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name the line of what is made and comes to nothing: it is right to look there first."""
    off = OFF.search(told.headline) if told.cell and told.next_step.startswith(LITTLE) else None
    if off is None:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    function = function_at(source, told.line)
    aside = _left_aside(function, off[1] or off[2]) if function else None
    if aside is None:
        return told
    name, line, said = aside
    return replace(told, next_step=f"`{name}` from {place(told.cell, told.line + line - 1)} {said} {told.next_step}")


def _left_aside(function: Function, output: str) -> tuple[str, int, str] | None:
    made: dict[str, int] = {}
    for name, line in _made_in(function):
        made[name] = max(line, made.get(name, 0))  # where it is made last
    nodes = list(ast.walk(function))
    ends = [node.value for node in nodes if isinstance(node, ast.Return)]
    other = ends[0].id if len(ends) == 1 and isinstance(ends[0], ast.Name) else ""
    if output in made and made.get(other, made[output]) < made[output]:
        return output, made[output], f"is not what is returned: that is `{other}`."
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    outside = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    unread = [name for name in made if name not in read | outside and not name.startswith("_")]
    return (unread[0], made[unread[0]], "is used nowhere: should it be?") if len(unread) == 1 else None


def _made_in(function: Function) -> Iterator[tuple[str, int]]:
    """Each name that a line gives what it computes; a size alone, `m = x.shape[1]`, is often there for nothing."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() | ast.UnaryOp() | ast.Call()):
                yield name, node.lineno
            case _:
                pass
