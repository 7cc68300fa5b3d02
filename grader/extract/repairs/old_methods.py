"""Methods that Python 2's dicts had and Python 3's have not, by the names of today.

takes: source that parses, and its tree.
gives: the same, line for line, with `d.items()` where it says `d.iteritems()`.
must not know: what is a dict.

No name that Python 3 has is touched, and a cell that defines such a method itself is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

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
    lines = [line.encode() for line in source.split("\n")]  # as the tree counts columns
    found = [node.func for node in nodes if isinstance(node, ast.Call) and _is_old(node)]
    for last, end, name in sorted(_ends(found), reverse=True):
        if name not in own:
            lines[last] = lines[last][: end - len(name)] + _NEWER[name].encode() + lines[last][end:]
    return b"\n".join(lines).decode()


def _ends(methods: Sequence[ast.expr]) -> Iterator[tuple[int, int, str]]:
    """Where each name ends, as line and column from 0, and which it is."""
    for method in methods:
        assert isinstance(method, ast.Attribute), "what is old is a method"
        yield (method.end_lineno or method.lineno) - 1, method.end_col_offset or 0, method.attr


def _is_old(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in _NEWER
        and not call.keywords
        and len(call.args) == _TAKES.get(call.func.attr, 0)
    )
