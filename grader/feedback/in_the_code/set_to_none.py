"""A line that sets something to None, as hand-outs leave it: that is what an error or a missing result comes from.

takes: what is told of a function, and the cells.
gives: the same, with that line in its next step.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
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
    at = told.trouble_line - told.line + 1
    found = _used_at(function, at) if is_here else _due(function, name)
    if found is None:
        kept = _kept_nowhere(source, told.line, function, at) if is_here else None
        return told if kept is None else _told_of_object(told, *kept, place)
    shown, line, is_all = found
    where = place(told.cell, told.line + line - 1)
    step = f"`{shown}` is set to None in {where}: put there what it is to be."
    return replace(told, next_step=step if is_all else f"{step} {told.next_step}")


def _told_of_object(told: CriterionRecord, shown: str, line: int, place: Place) -> CriterionRecord:
    where = place(told.cell, line)
    step = (
        f"`{shown}` is set to None in {where}, and nothing else in the class puts anything there: let forward, or what "
    )
    return replace(told, next_step=f"{step}is called before, keep there what this works on.")


Found = tuple[str, int, bool]
"""What is set to None as it is written, the line, counted from the function's first, and that nothing else sets it."""


def _set_to_none(function: Function) -> list[Found]:
    """Each thing that a line sets to None: `x`, `self.x`, `self.l[i].w`."""
    nodes = list(ast.walk(function))
    stored = [ast.unparse(node) for node in nodes if isinstance(getattr(node, "ctx", None), ast.Store)]
    lines: dict[str, list[int]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None:
            for target in node.targets:
                lines.setdefault(ast.unparse(target), []).append(node.lineno)
    return [(shown, max(at), stored.count(shown) == len(at)) for shown, at in lines.items()]


def _used_at(function: Function, line: int) -> Found | None:
    """What the statement at a line reads, and no line gives anything but None."""
    read = _read_at(function, line)
    return next((one for one in _set_to_none(function) if one[0] in read and one[2]), None)


def _read_at(function: Function, line: int) -> list[str]:
    """What the statement at a line reads, each as it is written."""
    spans = (node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function)
    at = [node for node in spans if node.lineno <= line <= (node.end_lineno or node.lineno)]
    parts = [part for head in _head(at[-1]) for part in ast.walk(head)] if at else []
    read = (ast.unparse(part) for part in parts if isinstance(getattr(part, "ctx", None), ast.Load))
    return list(dict.fromkeys(read))


def _kept_nowhere(source: str, first: int, function: Function, line: int) -> tuple[str, int] | None:
    """What a method reads from its object, of which nothing else in its class tells but a line that sets it to None."""
    lines = source.split("\n")
    begins = max((n for n in range(first) if _CLASS.match(lines[n])), default=0)
    ends = next((n for n in range(first, len(lines)) if _CLASS.match(lines[n])), len(lines))
    own = range(first - 1, first - 1 + (function.end_lineno or 0))
    for shown in (one for one in _read_at(function, line) if _OF_OBJECT.fullmatch(one)):
        said = [n for n in range(begins, ends) if n not in own and re.search(rf"{re.escape(shown)}\b", lines[n])]
        to_none = re.compile(rf"\s*{re.escape(shown)}\s*=\s*None\s*(?:#.*)?")
        if said and all(to_none.fullmatch(lines[n]) for n in said) and "setattr" not in source:
            return shown, said[0] + 1
    return None


_CLASS = re.compile(r"class\b")
_OF_OBJECT = re.compile(r"self\.\w+")


def _head(statement: ast.stmt) -> list[ast.AST]:
    """What of a statement is run at its own line: not what stands further in."""
    match statement:
        case ast.For():
            return [statement.iter]
        case ast.While() | ast.If():
            return [statement.test]
        case ast.With():
            return [item.context_expr for item in statement.items]
        case _:
            return [statement]


def _due(function: Function, name: str) -> Found | None:
    """A thing of this name that is set to None."""
    ends = re.compile(rf"(?:^|\W){name}(?:['\"]\])?$")
    return next((one for one in _set_to_none(function) if ends.search(one[0])), None)
