"""Definitions that can be read and that the compiler refuses all the same: `break` outside of a loop, `nonlocal` of
nothing, a parameter twice.

takes: a statement that was refused, and what compiles one.
gives: the same without the functions that are refused by themselves, and what is wrong with each.
must not know: how statements are run, graded names.

The compiler takes a class as a whole, or a block: without this one line in one method would cost all others.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy

from grader.harness.absent import DEFINITIONS

Compile = Callable[[ast.stmt], object]
Refused = tuple[Exception, int]
"""What the compiler says, and the line that it is about."""

REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def leave_out_tried(statement: ast.stmt, lines: Collection[int]) -> bool:
    """Put `pass` in the place of what no method needs in the body of a class, at one of these lines.

    What only tries something defines nothing; a body that slid out of its method sets names that only this body reads.
    What that raises would cost all methods; at top level such a line is not even run.
    """
    body = statement.body if isinstance(statement, ast.ClassDef) else []
    for n, inner in enumerate(body):
        last = inner.end_lineno or inner.lineno
        if any(inner.lineno <= line <= last for line in lines) and _is_needless(inner, body):
            body[n] = ast.copy_location(ast.Pass(), inner)
            return True
    return False


def _is_needless(statement: ast.stmt, body: Sequence[ast.stmt]) -> bool:
    """Whether none of the methods of a class can need what a statement of its body sets; with none, others read it."""
    if isinstance(statement, ast.Expr):
        return True
    if isinstance(statement, ast.Pass) or any(isinstance(node, DEFINITIONS) for node in ast.walk(statement)):
        return False
    rest = [inner for inner in body if not isinstance(inner, DEFINITIONS)]
    own = {name for inner in rest for name in _set_by(inner)}
    needed = {name for inner in body for name in _needed_by(inner)} & own
    for inner in reversed(rest):  # what is set further up is read further down
        if needed.intersection(_touched_by(inner)):
            needed |= own.intersection(_touched_by(inner))
    return len(rest) < len(body) and not needed.intersection(_touched_by(statement))


def _needed_by(inner: ast.stmt) -> Iterator[str]:
    """What a definition may read of the class around it: attributes, words, and names outside of its own body."""
    if not isinstance(inner, DEFINITIONS):
        return
    for node in ast.walk(inner):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    shell = copy(inner)
    shell.body = []  # a name in it is never looked up in the class
    yield from _touched_by(shell)


def _touched_by(statement: ast.stmt) -> Iterator[str]:
    """The names in a statement: it may set what they stand for, or change that."""
    return (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))


def _set_by(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def refusal(statement: ast.stmt, compiled: Compile) -> Refused | None:
    """Why a statement is refused, if it is."""
    try:
        compiled(statement)
    except REFUSALS as error:
        return error, getattr(error, "lineno", None) or statement.lineno
    return None


def leave_out_refused(statement: ast.stmt, compiled: Compile) -> list[Refused]:
    """Put `pass` in the place of all that is refused within a class or a block; say why, in the order of lines.

    What is left may be refused still: a function by itself, or a block for what stands in it beside definitions.
    """
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    found: list[Refused] = []
    for body in _bodies(statement):
        for n, inner in enumerate(body):
            if isinstance(statement, ast.ClassDef):
                found += _without(body, n, statement, compiled)
            elif isinstance(inner, DEFINITIONS):
                found += _without(body, n, None, compiled)
            else:
                found += leave_out_refused(inner, compiled)
    return found


def _without(body: list[ast.stmt], n: int, owner: ast.ClassDef | None, compiled: Compile) -> list[Refused]:
    """Leave one statement of a body out if it is refused, or what is refused in it; `owner` is the class around it."""
    if (why := _alone(body[n], owner, compiled)) is None:
        return []
    within = leave_out_refused(body[n], compiled)
    if within and _alone(body[n], owner, compiled) is None:
        return within
    body[n] = ast.copy_location(ast.Pass(), body[n])
    return [why]


def _alone(statement: ast.stmt, owner: ast.ClassDef | None, compiled: Compile) -> Refused | None:
    if owner is None:
        return refusal(statement, compiled)
    shell = copy(owner)
    shell.bases, shell.keywords, shell.decorator_list, shell.body = [], [], [], [statement]
    return refusal(shell, compiled)


def _bodies(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in _BODIES:
        parts = getattr(statement, field, None)
        if not isinstance(parts, list):
            continue
        if parts and not isinstance(parts[0], ast.stmt):  # the branches of a `try` or a `match`
            for branch in parts:
                yield from _bodies(branch)
        else:
            yield parts
