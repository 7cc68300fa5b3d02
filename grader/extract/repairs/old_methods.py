"""Methods that Python 2's dicts had and Python 3's have not, by the names of today.

takes: source that parses, and its tree.
gives: the same, line for line, with `d.items()` where it says `d.iteritems()`.
must not know: what is a dict.

No name that Python 3 has is touched, and a cell that defines such a method itself is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from grader.extract.repairs.edited import Edit, edited

OLD_METHOD = "Python 2's method of a dict was read as Python 3's"
_NEWER = {
    **{f"{how}{what}": what for how in ("iter", "view") for what in ("items", "values", "keys")},
    "has_key": "__contains__",
}
_TAKES = {"has_key": 1}  # arguments; of the others none: `six.iteritems(d)` is a function
_CALLED = re.compile(rf"\.\s*(?:{'|'.join(_NEWER)})\s*\(")


def with_newer_methods(source: str, tree: ast.Module) -> str:
    """Call them by their names of today."""
    if not _CALLED.search(source):
        return source
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return edited(source, (_renamed(method) for method in _old_in(nodes) if method.attr not in own))


def _renamed(method: ast.Attribute) -> Edit:
    end = method.end_col_offset or 0  # where its name ends, too
    return Edit(method.end_lineno or method.lineno, end - len(method.attr), end, _NEWER[method.attr])


def _old_in(nodes: Iterable[ast.AST]) -> Iterator[ast.Attribute]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=name) as method, args=given, keywords=[]) if name in _NEWER:
                yield from [method] if len(given) == _TAKES.get(name, 0) else []
