"""Marks of an unresolved merge conflict: what is the same on both sides is kept, what differs is nobody's choice.

takes: text with git's marks (`<<<<<<<`, `|||||||`, `=======`, `>>>>>>>`).
gives: its two sides, line for line; a cell's source in which only what differs is left out, with what that cost.
must not know: notebooks, graded names, how else a cell is repaired.

Neither side is taken for what a student meant: a version that was thrown away must not be graded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.extract.nodes import DEFINITIONS, Definition
from grader.extract.repairs.patience import parse
from grader.wire import Trouble

OURS, BASE, THEIRS, END = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


@dataclass
class Settled:
    """A cell without its conflict: `lost` maps names that differ to the line where they stood.

    `others_differ` says that statements which define nothing differ too; the first side's are kept, for without
    them what is the same on both sides might not run.
    """

    source: str
    lost: dict[str, int] = field(default_factory=dict)
    others_differ: bool = False


def sides(text: str) -> tuple[str, str] | None:
    """Both versions of a text, each with as many lines as it has; `None` where it has no whole conflict."""
    ours: list[str] = []
    theirs: list[str] = []
    state, met = END, False
    for line in text.split("\n"):
        mark = next((m for m in (OURS, BASE, THEIRS, END) if line.startswith(m)), "")
        if mark:
            if mark not in {END: (OURS,), OURS: (BASE, THEIRS), BASE: (THEIRS,), THEIRS: (END,)}[state]:
                return None
            state, met = mark, True
        ours.append("" if mark or state in (BASE, THEIRS) else line)
        theirs.append("" if mark or state in (OURS, BASE) else line)
    return ("\n".join(ours), "\n".join(theirs)) if met and state == END else None


def settle(ours: str, theirs: str) -> Settled | None:
    """The first side without what differs on the second; `None` where one of them does not parse."""
    first, second = parse(ours), parse(theirs)
    if isinstance(first, Trouble) or isinstance(second, Trouble):
        return None
    here, there = dict(_definitions(first)), dict(_definitions(second))
    same = {name for name, node in here.items() if name in there and ast.dump(node) == ast.dump(there[name])}
    # A class that differs is looked into: of its methods those that are the same stay.
    differing = [name for name in here if name not in same and not _is_class_in_both(name, here, there)]
    only_there = {name: _line(node) for name, node in there.items() if name not in here}
    settled = Settled(ours, only_there, _others(first) != _others(second))
    lines = ours.split("\n")
    for name in differing:
        settled.lost[name] = _line(here[name])
        _blank(lines, here[name])
    settled.source = "\n".join(lines)
    return settled


def _others(tree: ast.Module) -> list[str]:
    return [ast.dump(node) for node in tree.body if not isinstance(node, DEFINITIONS)]


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    for node in tree.body:
        if isinstance(node, DEFINITIONS):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{n.name}", n) for n in node.body if isinstance(n, DEFINITIONS))


def _is_class_in_both(name: str, here: dict[str, Definition], there: dict[str, Definition]) -> bool:
    return isinstance(here[name], ast.ClassDef) and isinstance(there.get(name), ast.ClassDef)


def _line(node: Definition) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _blank(lines: list[str], node: Definition) -> None:
    """Leave a definition out, and something in its place that keeps a class's body a body."""
    first, last = _line(node), node.end_lineno or node.lineno
    lines[first - 1 : last] = [" " * node.col_offset + "pass", *[""] * (last - first)]
