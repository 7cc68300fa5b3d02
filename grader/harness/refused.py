"""Definitions that can be read and that the compiler refuses all the same: `break` outside of a loop, `nonlocal` of
nothing, a parameter twice.

takes: a statement that was refused, and what compiles one.
gives: the same without the functions that are refused by themselves, and what is wrong with each.
must not know: how statements are run, graded names.

The compiler takes a class as a whole, or a block: without this one line in one method would cost all others.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from copy import copy

from grader.harness.absent import DEFINITIONS

Compile = Callable[[ast.stmt], object]
Refused = tuple[Exception, int]
"""What the compiler says, and the line that it is about."""

REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def leave_out_tried(statement: ast.stmt, lines: Collection[int]) -> bool:
    """Put `pass` in the place of what only tries something in the body of a class, at one of these lines.

    Nothing is defined by it, and what it raises would cost all methods; at top level such a line is not even run.
    """
    body = statement.body if isinstance(statement, ast.ClassDef) else []
    for n, inner in enumerate(body):
        last = inner.end_lineno or inner.lineno
        if isinstance(inner, ast.Expr) and any(inner.lineno <= line <= last for line in lines):
            body[n] = ast.copy_location(ast.Pass(), inner)
            return True
    return False


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
