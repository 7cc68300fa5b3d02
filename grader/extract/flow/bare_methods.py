"""Methods that stand in no class: a solution sheet has such, below a heading that names theirs.

takes: top-level statements, the graded names.
gives: yes or no; which methods such a function may stand for without a `self`.
must not know: headings, whose method it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from grader.extract.flow.statements import Statement, names
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


def made_by_nothing(statements: Iterable[Statement], wanted: Iterable[str]) -> frozenset[str]:
    """The methods whose class no statement makes or imports, nor a function of both names (`sigmoid_forward`).

    Of a class that is written so each method is: a `forward(x)` without any `backward` is a network's, or a test's, and
    what it would stand for may be made where reading finds nothing.
    """
    wanted = tuple(wanted)
    made = {name for one in statements for name, _ in one.fact(names)}
    whole = {name.replace("_", "").lower() for name in made}
    short = {n.split(".")[0] for n in wanted if n.rpartition(".")[2] not in made}
    return frozenset(
        n for n in wanted if n.split(".")[0] not in made | short and n.replace(".", "").lower() not in whole
    )
