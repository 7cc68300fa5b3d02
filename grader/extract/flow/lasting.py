"""Which graded functions may keep something from one call to the next, outside of the objects that they are called on.

takes: the top-level statements of a hand-in, which of them are run, and the graded names.
gives: graded names.
must not know: answers, whether anything is kept there in fact.

A list that stands in a class is one for all of its objects, one that is the default of an argument is one for all
calls. This asks only whether there is such a place: what is kept in it shows when it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from grader.extract.flow.doubt import changeable_in, is_fixed
from grader.extract.flow.reach import reached
from grader.extract.flow.selection import Selection
from grader.extract.flow.statements import Statement, names
from grader.extract.nodes import Function, walk

_OF_A_CLASS = ("cls", "__class__")


def lasting(
    statements: Sequence[Statement], selection: Selection, wanted: Collection[str], one_namespace: bool = True
) -> frozenset[str]:
    """The graded functions that come to a place which outlives a call, and the object that it was on."""
    run = [one for one in statements if one in selection.run]
    places = {name for one in run for name in one.fact(_places)}
    if not places:
        return frozenset()
    return frozenset(name for name in wanted if places & reached(statements, [name], selection.changing, one_namespace))


def _places(statement: Statement) -> frozenset[str]:
    """The names of a statement by which something that lasts may be come to: a fact of it."""
    held = statement.fact(changeable_in)
    if any(_lasting_in(statement.node)):
        return held.union(name.split(".")[0] for name, _ in statement.fact(names))
    return held


def _lasting_in(node: ast.stmt) -> Iterator[bool]:
    """Whether there is a function with a default that can be filled, whether something is set of a class by the word
    for it, or of a function or class within that by its name: `SGD.t += 1`, `step.t = 0`."""
    made, set_in = set[str](), set[str]()
    for one in walk(node):
        if isinstance(one, Function):
            made.add(one.name)
            yield not all(is_fixed(default) for default in (*one.args.defaults, *filter(None, one.args.kw_defaults)))
        elif isinstance(one, ast.ClassDef):
            made.add(one.name)
        elif isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            yield _is_class(one.value)
            set_in |= {one.value.id} if isinstance(one.value, ast.Name) else set()
    yield not made.isdisjoint(set_in)


def _is_class(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _OF_A_CLASS
        case ast.Call(func=ast.Name(id="type")):
            return True
        case _:
            return False
