"""Statements that await something at top level, as a notebook may: its kernel runs them, and plain Python refuses them.

takes: a statement; its code, compiled so that it may await, and the namespace it is run in.
gives: whether it awaits anything; what the code does there.
must not know: cells, graded names.

There is no event loop in here: what awaits is asked to go on until it is done, which does for all that computes.
"""

from __future__ import annotations

import ast
from functools import partial
from types import CodeType
from typing import Any

MOST_TURNS = 100_000  # what waits for something from outside waits for ever


def awaits(statement: ast.stmt) -> bool:
    """Whether it awaits something outside of all functions."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def run_awaiting(code: CodeType, namespace: dict[str, Any]) -> None:
    """Run it to its end, as an event loop with nothing else to do."""
    awaited: Any = partial(eval, code, namespace)()  # running it is what this room is for
    try:
        for _ in range(MOST_TURNS):
            awaited.send(None)
    except StopIteration:
        return
    finally:
        awaited.close()
    raise TimeoutError("what is awaited there never came")
