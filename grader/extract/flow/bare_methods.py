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
    if not isinstance(node, Function):
        return False
    named = [*node.args.posonlyargs, *node.args.args]
    takes_itself = named[0].arg == "self" if named else node.args.vararg is not None
    return takes_itself and any(name.endswith(f".{node.name}") for name in wanted)
