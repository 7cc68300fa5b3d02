"""A line that sets something to None, as hand-outs leave it: that is what an error or a missing result comes from.

takes: what is told of a function, and the cells.
gives: the same, with that line in its next step.
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

_NOTHING = re.compile(r"(?:Nothing is left in `(?:[^`]*\W)?(\w+)(?:'\])?`|`(\w+)` is None\.)")


def told_by_none(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name the line that sets to None what an error is about, or what is due as a result."""
    nothing, is_error = _NOTHING.search(told.headline), "NoneType" in told.headline
    is_here = is_error and told.trouble_cell == told.cell and told.trouble_line >= told.line
    if not told.cell or not (nothing or is_here):
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    function = function_at(source, told.line)
    if function is None:
        return told
    name = "" if is_here else next(filter(None, nothing.groups()), "") if nothing else ""
    found = _used_at(function, told.trouble_line - told.line + 1) if is_here else _due(function, name)
    if found is None:
        return told
    shown, line, is_all = found
    where = place(told.cell, told.line + line - 1)
    step = f"`{shown}` is set to None in {where}: put there what it is to be."
    return replace(told, next_step=step if is_all else f"{step} {told.next_step}")


Assigned = Iterator[tuple[str, ast.Assign]]


def _assigned(function: Function) -> Assigned:
    """What each line gives a value, as it is written: `x`, `self.x`, `self.l[i].w`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            yield from ((ast.unparse(target), node) for target in node.targets)


def _is_none(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.Constant) and node.value.value is None


Found = tuple[str, int, bool]
"""What is set to None as it is written, the line, counted from the function's first, and whether no line sets more."""


def _given(function: Function) -> dict[str, list[ast.Assign]]:
    given: dict[str, list[ast.Assign]] = {}
    for shown, node in _assigned(function):
        given.setdefault(shown, []).append(node)
    return given


def _used_at(function: Function, line: int) -> Found | None:
    """What the statement at a line reads, and no line gives anything but None."""
    spans = (node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function)
    at = [node for node in spans if node.lineno <= line <= (node.end_lineno or node.lineno)]
    if not at:
        return None
    parts = [node for node in ast.walk(at[-1]) if isinstance(node, ast.Name | ast.Attribute)]
    read = {ast.unparse(node) for node in parts if isinstance(node.ctx, ast.Load)}
    given = _given(function).items()
    empty = [(shown, nodes[-1].lineno, True) for shown, nodes in given if shown in read and all(map(_is_none, nodes))]
    return empty[0] if empty else None


def _due(function: Function, name: str) -> Found | None:
    """A line that sets a thing of this name to None."""
    for shown, nodes in _given(function).items():
        empty = [node.lineno for node in nodes if _is_none(node)]
        if empty and re.search(rf"(?:^|\W){name}(?:['\"]\])?$", shown):
            return shown, empty[-1], len(empty) == len(nodes)
    return None
