"""What a loop sets anew in each round, where all rounds are to count: `db = dout[i]` for `db += dout[i]`.

takes: what is told of a function, and the cells.
gives: the same, with that line as its next step, if a result of its name is off, or where that step says little, or to
look at a loop.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.feedback.case_wording import Place
from grader.feedback.in_the_code.left_aside import LITTLE, OFF
from grader.feedback.in_the_code.unused import Function, function_at
from grader.gradebook import CellRecord, CriterionRecord

_LOOPS = (ast.For, ast.While)
_LEAVES = (ast.Break, ast.Continue, ast.Return, ast.Yield, ast.Try)  # by which the last round need not be what is left
_ZEROS = {"zeros", "zeros_like"}
_SAID = "is set anew in each round of its loop, so that the last round alone is left: if all are to count, write `+=`."


def told_by_overwritten(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name the line by which a loop forgets all rounds but the last."""
    off = OFF.search(told.headline) if told.cell else None
    source = next((cell.source for cell in cells if cell.number == told.cell), "") if off else ""
    function = function_at(source, told.line) if "for " in source or "while " in source else None
    if off is None or function is None:
        return told
    is_open = told.next_step.startswith(LITTLE) or "loop" in told.next_step
    for target in _overwritten(function):
        if is_open or _base(target) in (off[1], off[2]):
            shown = f"`{ast.unparse(target)}` in {place(told.cell, told.line + target.lineno - 1)}"
            return replace(told, next_step=f"{shown} {_SAID}")
    return told


def _overwritten(function: Function) -> Iterator[ast.expr]:
    """What is set in a loop, by itself and nothing of it, and read there by nobody."""
    begun = _begun_with_zeros(function)
    for loop in ast.walk(function):
        if not isinstance(loop, _LOOPS) or any(isinstance(node, _LEAVES) for node in ast.walk(loop)):
            continue
        for line in loop.body:
            if isinstance(line, ast.Assign) and len(line.targets) == 1 and _given_in(loop) & _names(line.value):
                match line.targets[0]:
                    case ast.Name(id=name) as target if name in begun and not _reads(loop, name):
                        yield target
                    case ast.Subscript(value=ast.Name(id=name), slice=index) as target if _reads(loop, name) == 1:
                        if not _given_in(loop) & {name, *_names(index)} and not _may_be_another(index):
                            yield target
                    case _:
                        pass


def _begun_with_zeros(function: Function) -> set[str]:
    """Names that zeros, or 0, were put into: whoever does so means to add to them. A name for each round has none."""
    begun = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=0)):
                begun.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(attr=made))) if (
                made in _ZEROS
            ):
                begun.add(name)
            case _:
                pass
    return begun


def _given_in(loop: ast.AST) -> set[str]:
    """The names that are another thing in each round."""
    return {node.id for node in ast.walk(loop) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _may_be_another(index: ast.expr) -> bool:
    """Whether a place may be another in each round though no name of it is set there: `self.t`, `next(places)`."""
    return any(isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)) for node in ast.walk(index))


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _reads(loop: ast.AST, name: str) -> int:
    """How often a name is read in a loop; to put something into a place of it is once."""
    return sum(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(loop))


def _base(target: ast.expr) -> str:
    return next(node.id for node in ast.walk(target) if isinstance(node, ast.Name))
