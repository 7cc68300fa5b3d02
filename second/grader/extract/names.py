"""Which names a program defines, and where: functions, methods (`Relu.forward`), imports from its own modules."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.extract.selection import IMPORTS, bound_names, is_idle
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
            for inner in node.body:
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
        old = [name] if name in self.names else []
        if old and isinstance(self.names[name].node, ast.ClassDef) and name not in _bases(definition.node):
            old += [method for method in self.names if method.startswith(f"{name}.")]
        for one in old:
            self.earlier.setdefault(one, []).append(self.names.pop(one))
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


def _bases(node: ast.stmt) -> list[str]:
    return [base.id for base in node.bases if isinstance(base, ast.Name)] if isinstance(node, ast.ClassDef) else []


def digest_of(function: Function) -> str:
    """What a function says, without docstring, comments, decorators, layout, and what only holds a place."""
    try:
        texts = [ast.unparse(node) for node in function.body if not is_idle(node)]
        text = "\n".join([ast.unparse(function.args) + ":", *texts])
    except (RecursionError, ValueError):
        return "unknown"
    is_empty = all(map(_DOES_NOTHING.fullmatch, texts))
    return EMPTY if is_empty else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


# ---- methods outside of classes ----------------------------------------------------------------------------------

_LINE = 7  # the level of a line in bold, or of the only line of a cell: below all headings
_HEADING = re.compile(
    r"^ {0,3}(?:(#{1,6})[ \t]*([^\s#].*)|<h([1-6])[^<>]*>(.*)|\*\*([^*\n]+)\*\*[:.]?[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"#[ \t]?(?:%%[ \t]*(?:\[\w+\])?)?")  # of a comment, or of a cell in a script
_BEHIND = "forward|backward|pass|layer|function|class|method|activation|gradient|derivative|funktion|schicht|klasse"


class Headings:
    """Finds which graded method a bare `def forward(self, x)` is: that of the class which the heading above it names.

    Cells are read in order. A heading counts until another one of its level or above; in code, comments are headings.
    """

    def __init__(self, methods: Sequence[str]) -> None:
        self._methods = methods
        self._classes = {method.split(".")[0].lower(): method.split(".")[0] for method in methods}
        any_of = "|".join(map(re.escape, sorted(self._classes, key=len, reverse=True))) or "(?!)"
        self._named = re.compile(rf"(?<!\w)_*({any_of})(?:_*(?:{_BEHIND}))*s?_*(?!\w)", re.IGNORECASE)
        self._owner, self._level = "", 0  # the class that the last telling heading names
        self._is_direct = False  # whether that was the last heading of all

    def text(self, markdown: str) -> None:
        """Read a cell of text; its only line is a heading too."""
        text = _FENCED.sub("", markdown).strip()
        for marks, marked, level_in_html, in_html, bold in _HEADING.findall(text) or [("", text, "", "", "")]:
            level = len(marks) or int(level_in_html or _LINE)
            if level < _LINE or (self._level in (0, _LINE) and "\n" not in marked):
                owner = self._class_in(marked or in_html or bold)
                self._is_direct = bool(owner)
                if owner or level <= self._level:
                    self._owner, self._level = owner, level if owner else 0

    def code(self, source: str, body: Iterable[ast.stmt]) -> Iterator[tuple[str, Function]]:
        """Read a cell of code; yield the graded methods in it, and what they are named in the assignment."""
        lines, end, named = source.split("\n"), 0, self._class_in(source)
        for node in body:
            comments = [_MARK.sub("", line, count=1) for line in lines[end : node.lineno - 1] if line.startswith("#")]
            comment = "\n".join(line for line in comments if not line.startswith("    "))  # that is code, taken out
            if has_heading := bool(_HEADING.search(comment)):
                self.text(comment)
            end = node.end_lineno or node.lineno
            arguments = [*node.args.posonlyargs, *node.args.args] if isinstance(node, Function) else []
            said = ("", "") if has_heading or not arguments or arguments[0].arg != "self" else (comment, named)
            if isinstance(node, Function) and (method := self.method(node.name, *said)):
                yield method, node

    def method(self, name: str, comment: str = "", named: str = "") -> str:
        """The graded method that a function of this name is here, or "".

        The heading right above decides, then a comment above the function, a heading further up, and its cell's words.
        """
        owner = "" if self._is_direct else self._class_in(comment)
        method = f"{owner or self._owner or named}.{name}"
        return method if method in self._methods else ""

    def _class_in(self, text: str) -> str:
        """The one graded class that a text names; "" where it names none or several."""
        found = {self._classes[name.lower()] for name in self._named.findall(text)}
        return found.pop() if len(found) == 1 else ""
