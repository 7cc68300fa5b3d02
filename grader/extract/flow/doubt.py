"""Which graded functions may depend on a statement that is not run.

takes: the top-level statements of a hand-in, which of them are run, and the graded names.
gives: graded names.
must not know: answers, whether such a function is right.

What fills a table or registers a function is looked for before anything is run, but there are more ways to write it
than reading can recognise (`fill = T.append`, `list(map(T.append, sizes))`). So this asks only whether a function uses
a table at all: if it does, and is not right, all cells are run for it.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Sequence

from grader.extract.flow.reach import reached
from grader.extract.flow.reading import words
from grader.extract.flow.selection import Selection
from grader.extract.flow.statements import EXPORTED, Statement, assigned_names, names
from grader.extract.flow.writes import root
from grader.extract.nodes import IMPORTS, walk

_BUILTIN = frozenset(vars(builtins))
_ASSIGNING = (ast.Assign, ast.AnnAssign)
_PARTS = (ast.Attribute, ast.Subscript)
_GLOBAL = re.compile(r"\bglobal\b([^\n;#]*)")
# What nothing that is left out can change: numbers and texts, functions, and other names, which are followed.
_FIXED = (ast.Constant, ast.Lambda, ast.Name, ast.Attribute)


def in_doubt(
    statements: Sequence[Statement], selection: Selection, wanted: Collection[str], one_namespace: bool = True
) -> frozenset[str]:
    """The graded functions that use a name which what is run does not make, or which what is left out may change."""
    run = [one for one in statements if one in selection.run]
    left_out = [one for one in statements if one not in selection.run]
    if not left_out:
        return frozenset()
    made = {name for one in run for name in _made(one)}.union(*selection.changing.values(), _BUILTIN, {EXPORTED})
    imported = {name for one in run if isinstance(one.node, IMPORTS) for name, _ in one.fact(names)}
    changeable = {name for one in run for name in one.fact(changeable_in)}
    changeable |= {name for one in left_out for name in one.fact(_touched)} - imported
    # Not every name that is nowhere made is made by what is left out: most are typing errors.
    may_be_made = set().union(*(one.fact(words) for one in left_out)) - made
    doubtful = changeable | may_be_made

    def comes_to_any(wanted: Collection[str]) -> bool:
        within = reached(statements, wanted, selection.changing, one_namespace)
        owners = {name.split(".")[0] for name in wanted}
        parts = {part for name in wanted for part in name.split(".")}
        return bool((within - parts) & doubtful or owners & changeable)

    # Hardly any hand-in has such names, so all functions are asked about at once before each is.
    return frozenset(name for name in wanted if comes_to_any([name])) if comes_to_any(wanted) else frozenset()


def _made(statement: Statement) -> Iterator[str]:
    yield from (name.split(".")[0] for name, _ in statement.fact(names))
    yield from statement.fact(assigned_names)


def changeable_in(statement: Statement) -> frozenset[str]:
    """Names in it that hold something which can be filled or set elsewhere: a fact of a statement."""
    node = statement.node
    within = (name for listed in _GLOBAL.findall(statement.text) for name in re.findall(r"\w+", listed))
    if isinstance(node, ast.ClassDef) and any(_holds(inner) for inner in node.body):
        return frozenset([node.name, *within])
    return frozenset([*(statement.fact(assigned_names) if _holds(node) else ()), *within])


def _touched(statement: Statement) -> Collection[str]:
    """What a line that is left out may do anything to: `{"f"}` of `f.register(float, g)`, and all that a loop names
    which sets attributes or entries of something. A fact of a statement.
    """
    match statement.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            return {root(method)} - {""}
        case ast.Expr() | ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return ()
        case block:
            sets = any(isinstance(part, _PARTS) and isinstance(part.ctx, ast.Store) for part in walk(block))
            return statement.fact(words) if sets else ()


def _holds(node: ast.stmt) -> bool:
    return isinstance(node, _ASSIGNING) and node.value is not None and not is_fixed(node.value)


def is_fixed(value: ast.expr) -> bool:
    """Whether it is a number, a text, a function or a name, or made of these: nothing that can be filled."""
    waiting = [value]
    while waiting:  # no call within a call: a text of some hundred parts that are added up is as deep
        one = waiting.pop()
        if isinstance(one, (ast.UnaryOp, ast.BinOp, ast.Tuple)):
            waiting += [inner for inner in ast.iter_child_nodes(one) if isinstance(inner, ast.expr)]
        elif not isinstance(one, _FIXED):
            return False
    return True
