"""What a module gives to `from it import *` where it says so itself: its `__all__`.

takes: the top-level statements of a module.
gives: the names; None where it does not say, or not so that it can be read.
must not know: graded names, which statements are run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from grader.extract.flow.reading import words
from grader.extract.flow.statements import EXPORTED, Statement


def says_what_is_exported(statement: Statement) -> bool:
    """Whether it gives or changes `__all__`: a fact of a statement."""
    return EXPORTED in statement.text and EXPORTED in statement.fact(words)


def exported(statements: Iterable[Statement]) -> frozenset[str] | None:
    """The names in `__all__`."""
    found: frozenset[str] | None = None
    for one in statements:
        if one.fact(says_what_is_exported):
            match one.node:
                case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                    found, more = frozenset(), _texts(value)
                case ast.AugAssign(target=ast.Name(id="__all__"), op=ast.Add(), value=value):
                    more = _texts(value)
                case ast.Expr(value=ast.Call(func=ast.Attribute(ast.Name(id="__all__"), "extend"), args=[value])):
                    more = _texts(value)
                case ast.Expr(value=ast.Call(func=ast.Attribute(ast.Name(id="__all__"), "append"), args=[value])):
                    more = _texts(ast.List([value], ast.Load()))
                case _:
                    continue
            found = found | more if found is not None and more is not None else None
    return found


def _texts(value: ast.expr) -> frozenset[str] | None:
    match value:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            texts = [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            return frozenset(texts) if len(texts) == len(elements) else None
        case _:
            return None
