"""Whose method a bare `def forward(self, x)` is: a solution sheet has such, under headings that name a class.

takes: the text cells above it in order, the code of its own cell, and the graded classes.
gives: the graded method that it stands for, if any.
must not know: how a method is put on its class, answers.

A heading that names a class counts until another of the same or a higher level comes, or one that names another class:
"### Solution" and "**Hint**" below it change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grader.memo import Memo

LOWEST = 6  # of the levels that a heading can have
TITLE = LOWEST + 1  # a line in bold, or the only line of a cell
SENTENCE = TITLE + 1  # the same where it reads as a remark: it is a title to those who have no headings
_SHORT = 3  # words; "Sigmoid - Forward." is a title all the same
_MARKED = re.compile(r"^(#{1,6})(.*)$")
_HTML = re.compile(r"^<h([1-6])\b[^<>]*>(.*)$", re.IGNORECASE)
_UNDERLINE = re.compile(r"^(?:=+|-+)$")
_BOLD = re.compile(r"^\*\*[^*]+\*\*[:.]?$")
# What a class's name may have behind it within one word: SigmoidForward, sigmoid_backward, Sigmoidfunktion, ReLUs.
# A plural is the last of them alone: with two ways to read each `forwards`, a word of forty of them takes hours.
_BEHIND = (
    r"(?:forward|backward|pass|layer|function|class|methode|method|activation|gradient|derivative|vorwärts|rückwärts"
    r"|funktion|schicht|klasse|aktivierung|ableitung|s)"
)
_FENCES = ("```", "~~~")
_headings: Memo[tuple[tuple[int, str], ...]] = Memo(most=512)


@dataclass
class Section:
    """Where one stands: the class that the last telling heading names, and whether that was the last of all.

    `given` tells under which heading a method was written that has work in it.
    """

    owner: str = ""
    level: int = 0
    direct: bool = False
    number: int = 0
    given: dict[str, int] = field(default_factory=dict)

    def go_on(self, markdown: str, classes: Collection[str]) -> None:
        """Read a text cell; `classes` are the graded ones that want a method."""
        for level, text in _headings.of_text(markdown, lambda: tuple(headings_in(markdown))):
            named = named_in(text, classes)
            only_said = level == SENTENCE and (not named or 0 < self.level < TITLE)
            if not only_said:
                self._enter(level, named[0] if len(named) == 1 else "")

    def _enter(self, level: int, named: str) -> None:
        self.number += 1
        self.direct = bool(named)
        if named or level <= self.level:
            self.owner, self.level = named, level if named else 0

    def method(self, name: str, sources: Iterable[str], methods: Sequence[str]) -> str:
        """The one of `methods` that a bare function stands for; `sources` are its own text, and that of its cell.

        The heading right above decides, then their comments, then a heading further up. The last must not
        cost what is there already: a `forward` under "### Tanh" below "## Sigmoid" is another one.
        """
        mine = f"{self.owner}.{name}" if f"{self.owner}.{name}" in methods else ""
        if mine and self.direct:
            return mine
        for source in sources:
            owners = named_in(source, list(dict.fromkeys(method.split(".")[0] for method in methods)))
            named = [method for method in methods if method.split(".")[0] in owners]
            if len(named) == 1:
                return named[0]
        return mine if self.given.get(mine, self.number) == self.number else ""


def named_in(text: str, classes: Collection[str]) -> list[str]:
    """The classes that a text names, in whatever case; of two that begin alike the longer one."""
    return list(_named_in(text, tuple(classes))) if classes else []


@lru_cache(maxsize=8)  # a cell of ten thousand bare functions is looked through once, and not for each of them
def _named_in(text: str, classes: tuple[str, ...]) -> tuple[str, ...]:
    found = {match.lastgroup for match in _names(classes).finditer(text)}
    return tuple(name for name in classes if name in found)


@lru_cache(maxsize=64)
def _names(classes: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these names as a word, or at the beginning of one that says what of it is meant."""
    longest_first = sorted(classes, key=len, reverse=True)
    any_of = "|".join(f"(?P<{name}>{name})" for name in longest_first)
    return re.compile(rf"(?<!\w)_*(?:{any_of})(?:_*{_BEHIND})*_*(?!\w)", re.IGNORECASE)


def headings_in(markdown: str) -> Iterator[tuple[int, str]]:
    """The headings of a text cell with their levels, in each way to write one; else its only line."""
    lines = list(_outside_fences(markdown))
    found = [heading for pair in zip(lines, [*lines, ""][1:], strict=True) if (heading := _heading(*pair))]
    text = list(filter(None, lines))
    if not found and len(text) == 1:
        found = [(_rank(text[0]), text[0])]
    yield from found


def _heading(line: str, below: str) -> tuple[int, str] | None:
    if match := _MARKED.match(line):
        return len(match[1]), match[2]
    if match := _HTML.match(line):
        return int(match[1]), match[2]
    if line and _UNDERLINE.match(below) and not _UNDERLINE.match(line):
        return 1 if below[0] == "=" else 2, line
    return (_rank(line), line) if line.startswith("**") else None


def _rank(line: str) -> int:
    if _BOLD.match(line) or len(line.split()) <= _SHORT:
        return TITLE
    return SENTENCE if line.startswith("**") or line.endswith((".", "!", "?")) else TITLE


def _outside_fences(markdown: str) -> Iterator[str]:
    """The lines that are no code: a comment within a fence is no heading."""
    fenced = False
    for line in map(str.strip, markdown.split("\n")):
        if line.startswith(_FENCES):
            fenced = not fenced
        elif not fenced:
            yield line
