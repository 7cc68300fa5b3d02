"""Methods that stand in no class: a solution sheet has such, below a heading that names theirs.

takes: a top-level statement, the graded names.
gives: yes or no.
must not know: headings, whose method it is.
"""

from __future__ import annotations

from collections.abc import Collection

from grader.extract.flow.statements import Statement
from grader.extract.nodes import Function


def is_bare_method(statement: Statement, wanted: Collection[str]) -> bool:
    """Whether it is `def forward(self, x)`, or `def forward(*args)`, of no class, and called like a graded method."""
    node = statement.node
    return isinstance(node, Function) and takes_itself(node) and is_called_so(node, wanted)


def takes_itself(node: Function) -> bool:
    """Whether it can be handed its object: the `self` may be gone where it was tried as a function, `forward(x)`."""
    named = [*node.args.posonlyargs, *node.args.args]
    return named[0].arg == "self" if named else node.args.vararg is not None


def is_called_so(node: Function, wanted: Collection[str]) -> bool:
    """Whether a graded method has its name."""
    return any(name.endswith(f".{node.name}") for name in wanted)
