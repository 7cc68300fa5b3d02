"""Which graded method a bare `def forward(self, x)` is: that of the class which the heading above it names.

A heading counts until another one of its level or above. In code, comments are headings too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from grader.extract.names import Function

_LINE = 7  # the level of a line in bold, or of the only line of a cell: below all headings
_HEADING = re.compile(
    r"^ {0,3}(?:(#{1,6})[ \t]*([^\s#].*)|<h([1-6])[^<>]*>(.*)|\*\*([^*\n]+)\*\*[:.]?[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"#[ \t]?(?:%%[ \t]*(?:\[\w+\])?)?")  # of a comment, or of a cell in a script
_BEHIND = "forward|backward|pass|layer|function|class|method|activation|gradient|derivative|funktion|schicht|klasse"


class Headings:
    """Goes through the cells of a submission in order; `methods` are the graded ones that no class has."""

    def __init__(self, methods: Sequence[str]) -> None:
        self._methods = methods
        self._classes = {method.split(".")[0].lower(): method.split(".")[0] for method in methods}
        any_of = "|".join(map(re.escape, sorted(self._classes, key=len, reverse=True))) or "(?!)"
        self._named = re.compile(rf"(?<!\w)_*({any_of})(?:_*(?:{_BEHIND}))*s?_*(?!\w)", re.IGNORECASE)
        self._owner, self._level = "", 0  # the class that the last telling heading names
        self._is_direct = False  # whether that was the last heading of all

    def text(self, markdown: str) -> None:
        """Read a cell of text."""
        for level, line in _headings_in(_FENCED.sub("", markdown)):
            if level < _LINE or self._level in (0, _LINE):
                owner = self._class_in(line)
                self._is_direct = bool(owner)
                if owner or level <= self._level:
                    self._owner, self._level = owner, level if owner else 0

    def code(self, source: str, body: Iterable[ast.stmt]) -> Iterator[tuple[str, Function]]:
        """Read a cell of code; yield the graded methods in it, and what they are named in the assignment."""
        lines, end = source.split("\n"), 0
        for node in body:
            comments = [_MARK.sub("", line, count=1) for line in lines[end : node.lineno - 1] if line.startswith("#")]
            comment = "\n".join(line for line in comments if not line.startswith("    "))  # that is code, taken out
            if _HEADING.search(comment):
                self.text(comment)
            end = node.end_lineno or node.lineno
            if not isinstance(node, Function):
                continue
            arguments = [*node.args.posonlyargs, *node.args.args]
            is_method = arguments[0].arg == "self" if arguments else node.args.vararg is not None
            if method := self._method(node.name, comment, source if is_method else ""):
                yield method, node

    def _method(self, name: str, comment: str, source: str) -> str:
        """The heading right above decides; then comments above, a heading further up, and whatever the cell says."""
        above = self._class_in(comment) if source and not self._is_direct else ""
        owner = above or self._owner or self._class_in(source)
        return method if (method := f"{owner}.{name}") in self._methods else ""

    def _class_in(self, text: str) -> str:
        """The one graded class that a text names; "" where it names none or several."""
        found = {self._classes[name.lower()] for name in self._named.findall(text)}
        return found.pop() if len(found) == 1 else ""


def _headings_in(text: str) -> Iterator[tuple[int, str]]:
    """The headings of a text and their levels; of a text with a single line, that."""
    found = _HEADING.findall(text)
    lines = [line for line in text.split("\n") if line.strip()]
    if not found and len(lines) == 1:
        yield _LINE, lines[0]
    for marks, marked, level, in_html, bold in found:
        yield len(marks) or int(level or _LINE), marked or in_html or bold
