"""Work in a function that reaches none of its results: `out == x`, what is kept nowhere, what is a comment, what a
`return` within a loop leaves undone.

takes: what is told of a function, and the cells.
gives: the same, with that line in its next step.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from textwrap import dedent

from grader.extract.repairs.patience import parse
from grader.feedback.case_wording import Place
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord
from grader.wire import Trouble

_NOTHING = re.compile(r"`(\w+)` is (?:zero everywhere|0 in each case that fails|None)\.|returned nothing \(None\)")
_LONGEST = 20_000  # characters of a function that is looked at
_COMPUTES = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare)
_SHOWN = 24  # characters of what is compared
_PLACE = r"`{}` \(`([^`]+)`\)"  # where a result is to be left, as a headline has it
_COMMENT = re.compile(r"\s*+#++(.*)")
_MAY_BE_LOST = re.compile(r"==|\b(?:for|while)\b")  # a function without these is not parsed for what came back wrong

Function = ast.FunctionDef | ast.AsyncFunctionDef


def told_by_unused(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name the line: one that compares in any function that is wrong, the others where nothing came back."""
    if told.verdict not in ("wrong", "partly", "not attempted") or not told.cell:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    nothing, is_idle = _NOTHING.search(told.headline), told.verdict == "not attempted"
    function = function_at(source, told.line) if nothing or is_idle or _MAY_BE_LOST.search(source) else None
    if function is None:
        return told
    found = [] if is_idle else [*_compared(function), *_ended_by_return(function)]
    if nothing:
        found += [*_kept_nowhere(function), *_behind_return(function), *_passed_over(function)]
    if nothing or is_idle:
        found += [*_commented_out(function, [line for _, line in body(source, told.line)]), *_quoted(function)]
    if nothing:
        left = re.search(_PLACE.format(nothing[1]), told.headline)
        found += [*_never_read(function, nothing[1] or "", left[1] if left else "")]
    if not found:
        return told
    line, (start, end) = found[0]
    return replace(told, next_step=f"{start} {place(told.cell, told.line + line - 1)} {end}")


Found = Iterator[tuple[int, tuple[str, str]]]
"""A line of the function, counted from its first, and what is said before and behind the place of it."""


def function_at(source: str, first: int) -> Function | None:
    """The function that begins in this line of a cell, if it can be read."""
    # Without comments: one at the left edge would keep a method from being moved there.
    text = dedent("\n".join("" if line.lstrip().startswith("#") else line for _, line in body(source, first)))
    tree = parse(text) if len(text) <= _LONGEST else None
    if tree is None or isinstance(tree, Trouble) or not tree.body or not isinstance(tree.body[0], Function):
        return None
    return tree.body[0]


def _compared(function: Function) -> Found:
    """`out == x @ w` as a statement."""
    for node in ast.walk(function):
        compared = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare) else None
        if compared and isinstance(compared.ops[0], ast.Eq) and _takes_a_value(compared.left):
            shown = f"{ast.unparse(compared.left)[:_SHOWN]} == ..."
            yield compared.lineno, (f"`{shown}` in", "compares, and gives nothing a value: write one `=` there.")


def _takes_a_value(left: ast.expr) -> bool:
    """Whether somebody may have meant to set it: `x.shape == y.shape` only looks."""
    match left:
        case ast.Name() | ast.Subscript() | ast.Attribute(value=ast.Name(id="self")):
            return True
        case _:
            return False


def _kept_nowhere(function: Function) -> Found:
    """`x @ w + b` as a statement."""
    for node in ast.walk(function):
        if isinstance(node, ast.Expr) and isinstance(node.value, _COMPUTES):
            yield node.lineno, ("What", "computes is kept nowhere: give it a name, and return that.")


def _behind_return(function: Function) -> Found:
    """What computes something behind a `return` that ends the function."""
    ends = [n for n, one in enumerate(function.body) if isinstance(one, ast.Return)]
    behind = function.body[ends[0] + 1 :] if ends else []
    if any(isinstance(node, ast.BinOp | ast.Call) for one in behind for node in ast.walk(one)):
        ends_here = function.body[ends[0]].lineno
        yield ends_here, ("What stands behind the `return` in", "is never run: move that `return` to the end.")


def _ended_by_return(function: Function) -> Found:
    """A `return` that every first round of a loop comes to."""
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.While) and not any(isinstance(one, ast.Continue) for one in ast.walk(node)):
            for one in node.body:
                if isinstance(one, ast.Return):
                    yield one.lineno, ("The `return` in", "ends the loop in its first round: move it out of the loop.")


def _passed_over(function: Function) -> Found:
    """An `except` that does nothing about an error, or only prints something."""
    for node in ast.walk(function):
        if isinstance(node, ast.ExceptHandler) and all(map(_does_nothing, node.body)):
            yield (
                node.lineno,
                ("The `except` in", "passes over errors: run what stands in its `try` without that, to see them."),
            )


def _does_nothing(statement: ast.stmt) -> bool:
    """Whether it is `pass` or a text, or prints something."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="warnings" | "logging" | "traceback")))):
            return True
        case _:
            return False


def _commented_out(function: Function, lines: Sequence[str]) -> Found:
    """`# out = x @ w + b`, where nothing else gives what is returned a value."""
    names = _returned(function)
    for number, line in enumerate(lines, start=1):
        comment = _COMMENT.fullmatch(line)
        if comment and "=" in line and (name := _set_in(comment[1].strip(), names)):
            yield number, (f"`{name} = ...` in", "is a comment, and so is never run: take the `#` away there.")


def _quoted(function: Function) -> Found:
    """The same in a text between quotes, but for what the function says of itself."""
    names = _returned(function)
    for one in function.body[1:]:
        match one:
            case ast.Expr(value=ast.Constant(value=str(text))) if name := _set_in(dedent(text).strip(), names):
                yield one.lineno, (f"`{name} = ...` in", "is a text, and so is never run: take the quotes away there.")


def _returned(function: Function) -> set[str]:
    """The names that stand behind a `return`."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
    return {node.id for value in returned for node in ast.walk(value) if isinstance(node, ast.Name)}


def _set_in(text: str, names: Collection[str]) -> str:
    """The first of the names that is given what is worked out there."""
    tree = parse(text)
    for one in tree.body if isinstance(tree, ast.Module) else ():
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                if not isinstance(value, ast.Constant):
                    return name
    return ""


def _never_read(function: Function, output: str, to: str) -> Found:
    """A name that is given a value, or an inner function, and occurs nowhere else; `to` is where that is to be left.

    Of several that nobody reads, sizes among them, none is more likely to be meant than another.
    """
    nodes = list(ast.walk(function))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
    meant = f": is it what `{output}` is to be?" if output else ": is it what is to be returned?"
    unread = {name for node in nodes if (name := _given(node)) and name not in read}
    for node in reversed(nodes):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() | ast.Call()) if name in unread:
                if name == output:
                    yield node.lineno, (f"`{name}` from", _missing(name, to, any(map(_is_return, nodes))))
                elif unread == {name}:
                    yield node.lineno, (f"`{name}` from", f"is used nowhere{meant}")
            case ast.FunctionDef(name=name) if node is not function and name not in read:
                where = f"The inner function `{name}` in"
                yield node.lineno, (where, "is never called: call it, and return what it gives.")
            case _:
                pass


def _missing(name: str, to: str, returns: bool) -> str:
    """What is to be done with a result that reaches nothing."""
    if to:
        return f"goes nowhere: put it into `{to}`."
    where = "it behind the `return`" if returns else f"`return {name}`"
    return f"is never returned: write {where} at the end."


def _is_return(node: ast.AST) -> bool:
    return isinstance(node, ast.Return)


def _given(node: ast.AST) -> str:
    """The name that a line gives what it computes."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() | ast.Call()):
            return name
        case _:
            return ""
