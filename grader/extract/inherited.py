"""What a class may have from its bases, by reading: nothing that they leave open, anything of one that is not here.

takes: what the statements of a hand-in define, and which text of a method is no work.
gives: yes or no.
must not know: cells, answers, what is run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence

from grader.extract.nodes import IMPORTS

Defined = Mapping[str, Sequence[tuple[ast.stmt, list[str]]]]
"""By its name what defines it, each with the lines of its cell; methods as `Class.method`."""

_PLAIN = ("object", "ABC")  # bases from elsewhere that have no method to give
_GIVES_ANY = ("__getattr__", "__getattribute__", "__init_subclass__")


def may_inherit(
    made: ast.ClassDef,
    method: str,
    defined: Defined,
    changed: Collection[str],
    is_idle: Callable[[ast.stmt, list[str]], bool],
) -> bool:
    """Whether a base may give the method; one of the hand-in's own gives what is written in it, and no stub.

    Of what comes from elsewhere, or is changed by a call, nobody knows what it has.
    """
    waiting, looked_at = [*made.bases], {made.name}
    for base in waiting:  # it grows by the bases of each
        name = _name(base)
        known = [node for node, _ in defined.get(name, ())]
        if name in looked_at or (name in _PLAIN and all(isinstance(node, IMPORTS) for node in known)):
            continue
        looked_at.add(name)
        if not known or name in changed or any(f"{name}.{gives}" in defined for gives in _GIVES_ANY):
            return True
        if any(not is_idle(node, lines) for node, lines in defined.get(f"{name}.{method}", ())):
            return True
        for node in known:
            if not isinstance(node, ast.ClassDef) or node.decorator_list:
                return True
            waiting += node.bases
    return False


def _name(base: ast.expr) -> str:
    """What a base is called; nothing where it is worked out. `abc.ABC` is `ABC`, of others the whole counts."""
    if isinstance(base, ast.Attribute) and base.attr in _PLAIN:
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""
