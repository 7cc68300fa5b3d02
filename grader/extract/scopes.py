"""What one namespace is known to hold, by reading: where names are defined, what their text is, what was lost.

takes: definitions as they are read, in order.
gives: `Scope`; the digest of a function.
must not know: cells, graded names.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.extract.headings import Section
from grader.extract.nodes import Function
from grader.extract.titles import Part, part_at
from grader.memo import Memo
from grader.wire import Trouble

EMPTY = "empty"
"""The digest of a function whose body does nothing: pass, `...`, `return None, None`, NotImplementedError."""


@dataclass
class Scope:
    """The program's own namespace, or a local module's.

    `classes` have a `class` of their own, and `taken` are the graded methods that no bare function may be for.
    `section` is what the headings so far say, and `parts` those of a script, which has its headings in comments;
    `exported` what the module's `__all__` says, if it has one.
    """

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    lost: dict[str, Trouble] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    section: Section = field(default_factory=Section)
    parts: Sequence[Part] = ()
    exported: frozenset[str] | None = None

    def part_at(self, line: int, source: str) -> Part:
        """Where a line of a cell with this source stands: in all of the cell, or in a part of a script."""
        return part_at(self.parts, line) if self.parts else Part(0, source, self.section)

    def forget(self, name: str) -> None:
        """What had this name is replaced: a stub of the hand-out is no stub any longer."""
        for known in [known for known in self.digests if known == name or known.startswith(f"{name}.")]:
            del self.digests[known]

    def take_over(self, name: str, other: Scope, as_name: str) -> None:
        """`from other import name as as_name`; `*` is what `__all__` says, else all without an underscore."""

        def here(known: str) -> str:
            if name == "*":
                hidden = known.startswith("_") if other.exported is None else known.split(".")[0] not in other.exported
                return "" if hidden else known
            owner, _, rest = known.partition(".")
            return "" if owner != name else f"{as_name}.{rest}" if rest else as_name

        self.places.update({here(known): place for known, place in other.places.items() if here(known)})
        self.digests.update({here(known): digest for known, digest in other.digests.items() if here(known)})
        self.lost.update({here(known): why for known, why in other.lost.items() if here(known)})


_digests: Memo[str] = Memo(most=1024)


def digest_again(text: str, function: Function) -> str:
    """The digest of the function with this text, made once for a class."""
    return _digests.of_text(text, lambda: digest_of(function))


def digest_of(function: Function) -> str:
    """What a function's text is, without its docstring, comments, decorators, layout, and what only holds a place.

    A `pass` between the lines of a template is taken out by one student and left standing by the next.
    `ast.unparse`, not `ast.dump`: the text is the same in every version of Python, and keys travel.
    """
    body = [statement for statement in function.body if not _holds_a_place(statement)]
    if all(_does_nothing(statement) for statement in body):
        return EMPTY
    try:
        text = ast.unparse(function.args) + ":" + "\n".join(ast.unparse(statement) for statement in body)
    except (RecursionError, ValueError):
        return "unknown"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _holds_a_place(statement: ast.stmt) -> bool:
    """Whether it is `pass`, `...`, or a text or number by itself."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Return(value=ast.Tuple(elts=elements)) if elements:
            return all(isinstance(one, ast.Constant) and one.value is None for one in elements)
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case _:
            return False
