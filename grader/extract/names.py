"""Which names a program defines, and where: functions, methods (`Relu.forward`), imports from its own modules."""

from __future__ import annotations

import ast
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


class Definition(NamedTuple):
    """The cell and the statement that bind a name; for an import from elsewhere that is the import."""

    cell: int
    node: ast.stmt


class Namespace:
    """The last definitions of a program's global names; `broken` are those whose definition does not parse."""

    def __init__(self, untouched: Mapping[str, Collection[str]]) -> None:
        self.names: dict[str, Definition] = {}
        self.broken: dict[str, Trouble] = {}
        self._untouched = untouched
        self._digests: dict[ast.stmt, str] = {}

    def take(self, node: ast.stmt, cell: int, library: Namespace | None = None) -> None:
        """Bind what a statement binds; `library` has what it imports from the submission's own modules.

        A class replaces one of its name with all methods, and has those of its bases.
        """
        methods: dict[str, Definition] = {}
        for prefix in (f"{ast.unparse(base)}." for base in getattr(node, "bases", ())):
            methods |= {one.removeprefix(prefix): made for one, made in self.names.items() if one.startswith(prefix)}
        for name in (one for one in bound_names(node) if "." not in one or one.split(".")[0] in self.names):
            if name in self.names and isinstance(self.names[name].node, ast.ClassDef):
                self.names = {one: made for one, made in self.names.items() if not one.startswith(f"{name}.")}
            self.names[name] = Definition(cell, node)
        if isinstance(node, ast.ClassDef):
            methods |= {name: Definition(cell, inner) for inner in node.body for name in bound_names(inner)}
            self.names |= {f"{node.name}.{method}": made for method, made in methods.items()}
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

    def is_untouched(self, name: str, made: Definition) -> bool:
        """Whether this definition of a graded name is as the hand-out has it, or does nothing."""
        if isinstance(made.node, Function) and made.node not in self._digests:  # it is asked for some times
            self._digests[made.node] = digest_of(made.node)
        return self._digests.get(made.node) in (EMPTY, *self._untouched.get(name, ()))

    def is_worked(self, name: str, made: Definition | None = None) -> bool:
        """Whether somebody wrote this graded function, in this definition or in the last one."""
        made = made or self.names.get(name)
        return made is not None and not isinstance(made.node, IMPORTS) and not self.is_untouched(name, made)


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

    Cells are read in order. A heading counts until another one of its level or above; in code, comments are headings,
    and one right above a function decides.
    """

    def __init__(self, methods: Sequence[str]) -> None:
        self._methods = methods
        self._classes = {method.split(".")[0].lower(): method.split(".")[0] for method in methods}
        any_of = "|".join(map(re.escape, sorted(self._classes, key=len, reverse=True))) or "(?!)"
        self._named = re.compile(rf"(?<!\w)_*({any_of})(?:_*(?:{_BEHIND}))*s?_*(?!\w)", re.IGNORECASE)
        self._owner, self._level = "", 0  # the class that the last telling heading names

    def text(self, markdown: str) -> None:
        """Read a cell of text; its only line is a heading too."""
        text = _FENCED.sub("", markdown).strip()
        for marks, marked, level_in_html, in_html, bold in _HEADING.findall(text) or [("", text, "", "", "")]:
            level = len(marks) or int(level_in_html or _LINE)
            if level < _LINE or (self._level in (0, _LINE) and "\n" not in marked):
                owner = self._class_in(marked or in_html or bold)
                if owner or level <= self._level:
                    self._owner, self._level = owner, level if owner else 0

    def code(self, source: str, body: Iterable[ast.stmt]) -> Iterator[tuple[str, Function]]:
        """Read a cell of code; yield the graded methods in it, and what they are named in the assignment."""
        lines, end, named = source.split("\n"), 0, self._class_in(source)
        for node in body:
            comments = [_MARK.sub("", line, count=1) for line in lines[end : node.lineno - 1] if line.startswith("#")]
            comment = "\n".join(line for line in comments if not line.startswith("    "))  # that is code, taken out
            if _HEADING.search(comment):
                self.text(comment)
            end = node.end_lineno or node.lineno
            if isinstance(node, Function):
                words = named if [one.arg for one in node.args.args[:1]] == ["self"] else ""
                if method := self.method(node.name, comment, words):
                    yield method, node

    def method(self, name: str, comment: str = "", named: str = "") -> str:
        """The graded method that a function is here: by the comment above it, a heading, or its cell's words; or ""."""
        method = f"{self._class_in(comment) or self._owner or named}.{name}"
        return method if method in self._methods else ""

    def _class_in(self, text: str) -> str:
        """The one graded class that a text names; "" where it names none or several."""
        found = {self._classes[name.lower()] for name in self._named.findall(text)}
        return found.pop() if len(found) == 1 else ""
