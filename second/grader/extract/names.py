"""Which names a program defines, and where: functions, methods (`Relu.forward`), imports from its own modules."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.extract.selection import IMPORTS, Block, bound_names, parts_of
from grader.outcomes import Trouble

EMPTY = "empty"
"""The digest of a function that does nothing, in any of the ways to say so."""
_DOES_NOTHING = re.compile(r"return(?: \(?None(?:, None)*\)?)?|raise NotImplementedError(?:\(.*\))?", re.DOTALL)
Function = ast.FunctionDef | ast.AsyncFunctionDef
_ALIKE = 0.85  # `affine_forwad` is like `affine_forward`, `affine_backward` is not


class Definition(NamedTuple):
    """The cell and the statement that bind a name; for an import from elsewhere that is the import."""

    cell: int
    node: ast.stmt


class Namespace:
    """The global names of a program, bound statement by statement; the last definition counts.

    `broken` are names that were meant to be there and do not parse; `earlier` are definitions that others replaced.
    """

    def __init__(self, untouched: Mapping[str, Collection[str]]) -> None:
        self.names: dict[str, Definition] = {}
        self.broken: dict[str, Trouble] = {}
        self.earlier: dict[str, list[Definition]] = {}
        self._untouched = untouched

    def take(self, node: ast.stmt, cell: int, library: Namespace | None = None) -> None:
        """Bind what a statement binds; `library` has what it imports from the submission's own modules."""
        for name in bound_names(node):
            self._bind(name, Definition(cell, node))
        if isinstance(node, ast.ClassDef):
            for inner in without_blocks(node.body):
                for name in bound_names(inner):
                    self._bind(f"{node.name}.{name}", Definition(cell, inner))
        if isinstance(node, ast.ImportFrom) and library:
            for alias in node.names:
                self._take_over(library, alias.name, alias.asname or alias.name)

    def _take_over(self, library: Namespace, name: str, as_name: str) -> None:
        for known in (*library.names, *library.broken):
            owner, dot, rest = known.partition(".")
            if owner == name or (name == "*" and not owner.startswith("_")):
                here = (owner if name == "*" else as_name) + dot + rest
                self.broken |= {here: library.broken[known]} if known in library.broken else {}
                self.names |= {here: library.names[known]} if known in library.names else {}

    def _bind(self, name: str, definition: Definition) -> None:
        """A class replaces one of its name with all methods, if that is not its base."""
        inherits = name in _bases(definition.node)
        for old in [old for old in self.names if old == name or (old.startswith(f"{name}.") and not inherits)]:
            self.earlier.setdefault(old, []).append(self.names.pop(old))
        self.names[name] = definition

    def find(self, name: str) -> Definition | None:
        """The definition of a name; of a method that a class inherits from another one here, that of its base."""
        owner, _, method = name.rpartition(".")
        seen = [owner] if owner in self.names else []
        for one in seen:
            if found := self.names.get(f"{one}.{method}"):
                return found
            seen += [base for base in _bases(self.names[one].node) if base in self.names and base not in seen]
        return None if owner else self.names.get(name)

    def is_untouched(self, name: str, definition: Definition | None) -> bool:
        """Whether this definition of a graded name is as the hand-out has it, or does nothing."""
        node = definition.node if definition else None
        return isinstance(node, Function) and digest_of(node) in (EMPTY, *self._untouched.get(name, ()))

    def is_worked(self, name: str, definition: Definition | None = None) -> bool:
        """Whether somebody wrote this graded function, in this definition or in the last one."""
        found = definition or self.find(name)
        return found is not None and not isinstance(found.node, IMPORTS) and not self.is_untouched(name, found)

    def near(self, spellings: Iterable[str], taken: Collection[str]) -> str:
        """A function whose name is nearly one of these; "" where there is none."""
        functions = {one.lower(): one for one, made in self.names.items() if isinstance(made.node, Function)}
        free = [lower for lower, one in functions.items() if one not in taken]
        close = (difflib.get_close_matches(one.lower(), free, 1, _ALIKE) for one in spellings)
        return next((functions[found[0]] for found in close if found), "")


def without_blocks(body: Iterable[ast.stmt], left_out: Collection[ast.stmt] = ()) -> Iterator[ast.stmt]:
    """The statements that are not left out; of `if`, `try` and `with` those within."""
    for node in body:
        if isinstance(node, Block) and node not in left_out:
            yield from (inner for part in parts_of(node)[1] for inner in without_blocks(part, left_out))
        elif node not in left_out:
            yield node


def _bases(node: ast.stmt) -> list[str]:
    return [base.id for base in node.bases if isinstance(base, ast.Name)] if isinstance(node, ast.ClassDef) else []


def digest_of(function: Function) -> str:
    """What a function says, without docstring, comments, decorators, layout, and what only holds a place."""
    body = [node for node in function.body if not isinstance(node, ast.Pass) and not _is_constant(node)]
    try:
        texts = list(map(ast.unparse, body))
        text = ast.unparse(function.args) + ":" + "\n".join(texts)
    except (RecursionError, ValueError):
        return "unknown"
    if all(map(_DOES_NOTHING.fullmatch, texts)):
        return EMPTY
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
