"""Imports in a function of what is not here: they cost what uses it, and not the whole function.

takes: definitions, before they are run.
gives: the same, in which such an import binds names that raise when anything is asked of them.
must not know: graded names, which packages there are.

A debugger or a plot that was imported in a function and is not used in its answer must not cost it. Not in a `try`, and
not where the program catches such errors: what it does then is its own affair.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from grader.harness.absent import DEFINITIONS, bound_by
from grader.harness.loading.own_modules import apart

NAME = "__absent__"
"""What a program calls `Absent` by."""
_CATCHES = re.compile(
    r"\bexcept\s*:|\bexcept\s*(?:\([^)]*|[^(:\n]*)\b(?:Base)?Exception\b|\b(?:ImportError|ModuleNotFoundError|suppress)\b"
)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


class Absent:
    """A name of a package that is not here: whatever is asked of it, it raises what the import raised."""

    def __init__(self, error: ImportError) -> None:
        object.__setattr__(self, "_error", (type(error), str(error)))

    def _raise(self, *given: Any, **named: Any) -> Any:
        kind, message = object.__getattribute__(self, "_error")
        raise kind(message)

    __call__ = __getattr__ = __setattr__ = __getitem__ = __setitem__ = __iter__ = __len__ = __bool__ = _raise
    __enter__ = __contains__ = __float__ = __int__ = __index__ = __array__ = __eq__ = __lt__ = __gt__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = _raise
    __matmul__ = __rmatmul__ = __neg__ = __rpow__ = __le__ = __ge__ = __ne__ = _raise
    __hash__ = object.__hash__


def catches(source: str) -> bool:
    """Whether a program has anything by which it may catch what an import raises, wherever that is."""
    return _CATCHES.search(source) is not None


def excuse_imports(statement: ast.stmt) -> bool:
    """Change the imports in the functions of a definition; tell whether there were any."""
    if not isinstance(statement, DEFINITIONS):
        return False
    changed = _excuse(statement.body, not isinstance(statement, ast.ClassDef))
    if changed:
        ast.fix_missing_locations(statement)
    return changed


def _excuse(body: list[Any], within: bool) -> bool:
    changed, before = False, list(body)
    body.clear()
    for node in before:
        if within and isinstance(node, (ast.Import, ast.ImportFrom)) and "*" not in bound_by(node):
            body.extend(map(_tried, apart(node, in_package=True)))
            changed = True
            continue
        body.append(node)
        inner = within or (isinstance(node, DEFINITIONS) and not isinstance(node, ast.ClassDef))
        for field in _BODIES[isinstance(node, ast.Try) :]:
            parts = getattr(node, field, None)
            changed |= isinstance(parts, list) and _excuse(parts, inner)
    return changed


def _tried(node: ast.stmt) -> ast.stmt:
    """Catch what it raises; `__absent__` is looked up then, and not before."""
    lines = "".join(f"\n    {name} = {NAME}({NAME}_error)" for name in bound_by(node))
    tried = ast.parse(f"try: pass\nexcept ImportError as {NAME}_error:{lines}").body[0]
    assert isinstance(tried, ast.Try)
    tried.body = [node]
    for made in ast.walk(tried):
        if made is not node and hasattr(made, "lineno"):
            ast.copy_location(made, node)
    return tried
