"""Graded definitions that stand within a function, or functions within a class: no name outside of it calls them.

takes: functions and classes as they are read; which names are defined elsewhere.
gives: `Nested`, and what to say of each.
must not know: points, what is in the definitions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.extract.nodes import Function
from grader.extract.notes import MOST, OnName, Place, said_of
from grader.extract.read_cells import ReadCell

BLOCKS = ast.If | ast.For | ast.While | ast.With | ast.Try


@dataclass(frozen=True)
class Nested:
    """A graded name whose definition (`def forward`, `class Relu`) stands within the function or class `outer`.

    `takes_self`: a graded function that is written as a method.
    """

    name: str
    definition: str
    outer: str
    place: Place
    takes_self: bool = False


def nested_in(name: str, outer: ast.stmt, cell: int, wanted: Sequence[str]) -> Iterator[Nested]:
    """The graded names that a function of this name defines for itself, of a method those of its class; and what a
    class holds that is graded by a name of its own.

    Within a method that is not graded, as `__init__` is, only what takes `self` was meant for a method.
    """
    owner = name.rpartition(".")[0]
    if not isinstance(outer, Function | ast.ClassDef):
        return
    shared = {shared for node in outer.body if isinstance(node, ast.Global) for shared in node.names}
    for inner in outer.body:
        if not isinstance(inner, Function | ast.ClassDef) or inner.name in shared:
            continue
        if owner and name not in wanted and not _takes_self(inner):
            continue
        is_class = isinstance(inner, ast.ClassDef)
        full = f"{owner}.{inner.name}" if owner else inner.name
        for graded in wanted:
            if graded == full or (is_class and graded.startswith(f"{full}.")):
                definition = f"{'class' if is_class else 'def'} {inner.name}"
                yield Nested(graded, definition, outer.name, (cell, inner.lineno), not owner and _takes_self(inner))


def _takes_self(inner: ast.stmt) -> bool:
    return isinstance(inner, Function) and inner.args.args[:1] != [] and inner.args.args[0].arg == "self"


def slid_in(read: Sequence[ReadCell]) -> Iterator[tuple[str, Place]]:
    """The methods that stand in a block or a function at top level: a line at the left edge has ended their class."""
    for cell in read:
        for one in cell.statements:
            if not isinstance(one.node, BLOCKS | Function):
                continue
            for inner in one.node.body:
                if isinstance(inner, Function) and inner.args.args and inner.args.args[0].arg == "self":
                    yield inner.name, (cell.number, inner.lineno)


def nowhere_else(nested: Sequence[Nested], there: Mapping[str, object]) -> list[Nested]:
    """Those of which nothing else may have defined the name: it, or its class by an assignment."""
    opened = {name.split(".")[0] for name in there if "." in name}
    gone = [one for one in nested if one.name not in there]
    return [one for one in gone if "." not in one.name or _owner(one) in opened or _owner(one) not in there]


def _owner(one: Nested) -> str:
    return one.name.split(".")[0]


def on_nested(names: Sequence[Nested], is_script: bool) -> Iterator[OnName]:
    """What was written into a function or a class, by its indentation or on purpose, is not there outside of it."""
    first: dict[str, Nested] = {}
    for one in names:
        first.setdefault(one.name, one)
    for one in first.values():
        where = said_of(one.place, is_script)
        owner, _, method = one.name.partition(".")
        if method and one.definition == f"def {method}":
            found = f"`{one.definition}` in {where} stands within `{one.outer}`, so {owner} has no `{method}`"
            yield OnName(one.name, found, f"move it to the left, below `def {one.outer}`")
        else:
            found = f"`{one.definition}` in {where} stands within `{one.outer}`, and is not there outside of it"
            without = ", and take `self` out of it: it is called as a function" if one.takes_self else ""
            yield OnName(one.name, found, f"move it to the left, out of `{one.outer}`{without}")


def noted(nested: Sequence[OnName]) -> list[str]:
    """The same as notes on the file; a class has one for each of its methods."""
    return list(dict.fromkeys(one.sentence for one in nested))[:MOST]
