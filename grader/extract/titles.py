"""The text between the statements of a script: what a notebook has in cells of its own stands there in comments.

takes: the lines of a script, and its statements.
gives: each text as Markdown, with the line that it ends in; and the parts of the script that stand between two of them.
must not know: graded names, what a text says.

A comment that stands by itself is text; one right above code is the code's own. `# %% Sigmoid` begins a cell and is its
title; `# +` (jupytext) and `# In[1]:` (nbconvert) only begin one. A string that is a statement is text as well.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.extract.flow.statements import Statement, first_line
from grader.extract.headings import LOWEST, Section

_MARK = re.compile(r"#[ \t]*(?:%%+(?P<title>.*)|[+-](?:[ \t]+[\w\[{].*)?$|In ?\[[ \d*]*\]|<\w*cell>)")
_TAGS = re.compile(r"\[\w+\]|\b\w+[ \t]*=.*|\{.*")  # what jupytext says of a cell, beside its title
_COMMENT = re.compile(r"# ?(.*)")
_INDENTED = "    "  # as in Markdown: code, such as was taken out by a #


@dataclass(frozen=True)
class Part:
    """What stands below a text, up to the next: the line above it, its source, and what the headings so far say."""

    above: int
    source: str
    section: Section


def part_at(parts: Sequence[Part], line: int) -> Part:
    """The part that a line stands in."""
    return parts[bisect_right(parts, line, key=lambda part: part.above + 1) - 1]


def parts_of(
    lines: Sequence[str], statements: Iterable[Statement], section: Section, classes: Sequence[str]
) -> list[Part]:
    """A script by its texts; none where no text names a class. `section` is what was said before, and what was given is
    known to all of them."""
    found: list[Part] = []
    above = 0
    for first, last, text in (*texts_in(lines, statements), (len(lines) + 1, 0, "")):
        found.append(Part(above, "\n".join(lines[above : first - 1]), replace(section)))
        section.go_on(text, classes)
        above = last
    return found if any(part.section.owner for part in found) else []


def texts_in(lines: Sequence[str], statements: Iterable[Statement]) -> Iterator[tuple[int, int, str]]:
    """Each text with its first line and its last; one that is empty only begins a cell."""
    code, strings = bytearray(len(lines) + 1), dict[int, tuple[int, str]]()
    for one in statements:
        first, last = first_line(one.node), one.node.end_lineno or one.node.lineno
        code[first : last + 1] = b"\1" * (last + 1 - first)
        match one.node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                strings[last] = first, text
            case _:
                pass
    run: list[str] = []
    for number, line in enumerate(lines, start=1):
        comment = None if code[number] else _COMMENT.match(line)
        mark = comment and _MARK.match(line)
        if run and not code[number] and (mark or not line.strip()):
            yield number - len(run), number - 1, "\n".join(run)
        if comment and not mark:
            run.append(_as_text(comment[1]))
        else:
            run = []
        if mark:
            title = _TAGS.sub("", mark["title"] or "").strip()
            yield number, number, f"{'#' * LOWEST} {title}" if title else ""
        elif number in strings:
            yield strings[number][0], number, strings[number][1]


def _as_text(line: str) -> str:
    """A line of a comment; nothing of a rule, or of code in it."""
    return "" if line.startswith(_INDENTED) or not line.strip("#") else line
