"""A `return` that stands behind its function and no longer within it, by its indentation.

takes: the source of a cell and its tree; cells as they are read, and the graded names.
gives: the functions that one stands behind, and the source without those that would cost a whole class; what to say.
must not know: points, what the functions are to do.

`ast.parse` reads it; the compiler refuses all of the class or cell. A broken line costs only its own function, so in a
class it is put aside; at top level it is left out as every other statement that defines nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from grader.extract.nodes import Function
from grader.extract.notes import MOST, OnName, Place, said_of


def returns_outside(source: str, tree: ast.Module) -> tuple[str, dict[str, int]]:
    """The source in which a class has no such line, and what each stands behind; the tree is changed alike."""
    behind: dict[str, int] = {}
    lines: list[str] = []
    last = ""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            last = _in_class(node, source, lines, behind)
        else:
            last = _behind(node, last, "", behind)
    return ("\n".join(lines) if lines else source), behind


def _in_class(owner: ast.ClassDef, source: str, lines: list[str], behind: dict[str, int]) -> str:
    """Put aside each `return` in the body of a class; the method that one behind the class would belong to."""
    last = ""
    for n, (inner, following) in enumerate(zip_longest(tuple(owner.body), owner.body[1:])):
        last = _behind(inner, last, f"{owner.name}.", behind)
        if isinstance(inner, ast.Return):
            lines[:] = lines or source.split("\n")
            owner.body[n] = _put_aside(inner, following, lines)
    return last


def _behind(node: ast.stmt, last: str, owner: str, behind: dict[str, int]) -> str:
    """Note what a `return` stands behind; the function that the next one would: none that ends in one of its own."""
    if isinstance(node, ast.Return) and last:
        behind.setdefault(last, node.lineno)
    if isinstance(node, Function):
        return "" if isinstance(node.body[-1], ast.Return) else f"{owner}{node.name}"
    return last


def _put_aside(line: ast.Return, following: ast.stmt | None, lines: list[str]) -> ast.stmt:
    """Write `pass` in its place, with as many lines as it had; what shares a line with others stays."""
    first, last = line.lineno - 1, line.end_lineno or line.lineno
    if not lines[first].lstrip().startswith("return") or (following and following.lineno <= last):
        return line
    margin = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    lines[first:last] = [f"{margin}pass", *[""] * (last - first - 1)]
    return ast.copy_location(ast.Pass(), line)


def on_outside(places: Mapping[str, Place], wanted: Sequence[str], is_script: bool) -> Iterator[OnName]:
    """Say of each graded function that a `return` stands behind it, by the places of those."""
    found = {name: place for name, place in places.items() if name in wanted}
    for name, place in list(found.items())[:MOST]:
        where = said_of(place, is_script)
        found_there = f"The `return` in {where} stands behind `{name}`, not within it"
        yield OnName(name, found_there, f"move the `return` in {where} to the right, into `{name}`")
