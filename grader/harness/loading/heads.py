"""Classes whose head raises: a base that a module has not, a decorator that fails, a keyword that nobody takes.

takes: a class that raised, what runs one.
gives: without which part of its head it runs; which of its methods raises where it is defined.
must not know: how statements are run, graded names.

The head is no method's fault, and would cost all of them. What of it is left out is as little as will do, so that a
class keeps its other bases.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy

from grader.harness.absent import based
from grader.harness.texts import NAME_CAP, cell_file

_KINDS = {"decorator_list": "decorator", "keywords": "keyword", "bases": "base"}
_MOST = 8  # of each kind, which are tried one by one
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def run_without(
    statement: ast.stmt, cell: int, error: BaseException, run: Callable[[ast.stmt], object]
) -> tuple[str, bool]:
    """Run a class without one part of its head, or without all of it, if its head raised.

    Gives what that was, which is left out of the statement then, and whether it ran: its body may raise as well.
    """
    if not isinstance(statement, ast.ClassDef) or not isinstance(error, Exception):  # or what ends all, or its time
        return "", False
    for named, changed in _changes(statement) if not _is_of_its_body(statement, cell, error) else ():
        left = _raised(changed, run)
        if left is None or _is_of_its_body(statement, cell, left):
            vars(statement).update(vars(changed))
            return named, left is None
    return "", False


def leave_out_method(statement: ast.stmt, lines: Collection[int]) -> int:
    """Put `pass` in the place of the method of a class whose decorator or default raised; give its line, or 0."""
    body = statement.body if isinstance(statement, ast.ClassDef) else []
    for n, inner in enumerate(body):
        if isinstance(inner, _FUNCTIONS) and any(
            first <= line <= last for line in lines for first, last in _head(inner)
        ):
            body[n] = ast.copy_location(ast.Pass(), inner)
            return inner.lineno
    return 0


def _head(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[int, int]]:
    """From which line to which each decorator and default of a function goes."""
    defaults = (*function.args.defaults, *filter(None, function.args.kw_defaults))
    for part in (*function.decorator_list, *defaults):
        yield part.lineno, part.end_lineno or part.lineno
    if function.decorator_list:  # where one is called that fails, it may be told of the line below
        yield function.lineno, function.lineno


def _is_of_its_body(statement: ast.ClassDef, cell: int, error: BaseException) -> bool:
    """Whether a line of the class's body raised, or what that has called."""
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if (code.co_name, code.co_filename) == (statement.name, cell_file(cell)):
            return True
        frame = frame.tb_next
    return False


def _changes(statement: ast.ClassDef) -> Iterator[tuple[str, ast.ClassDef]]:
    """The class without each part of its head, and without all of it; not without a base that is made by a call."""
    for field, kind in _KINDS.items():
        parts = getattr(statement, field)
        for n, part in enumerate(parts[:_MOST]):
            if field != "bases" or not isinstance(part, ast.Call):
                rest = [*parts[:n], *parts[n + 1 :]] or based(field == "bases")
                yield f"its {kind}{_text(part)}", _changed(statement, **{field: rest})
    bases = [base for base in statement.bases if isinstance(base, ast.Call)] or based(bool(statement.bases))
    yield "all of its head", _changed(statement, decorator_list=[], keywords=[], bases=bases)


def _text(part: ast.AST) -> str:
    try:
        return f" {ast.unparse(part)[:NAME_CAP]}"
    except RecursionError:  # it takes more frames for a part than the compiler does
        return ""


def _changed(statement: ast.ClassDef, **fields: Sequence[ast.AST]) -> ast.ClassDef:
    changed = copy(statement)
    for field, parts in fields.items():
        setattr(changed, field, parts)
    return ast.fix_missing_locations(changed)


def _raised(statement: ast.stmt, run: Callable[[ast.stmt], object]) -> BaseException | None:
    try:
        run(statement)
    except BaseException as error:  # what was to end all, or took too long, too
        return error
    return None
