"""A notebook that is kept as Markdown: its blocks of code, and the text between them, as cells.

takes: the text of a Markdown file.
gives: its cells, in order; nothing for a text in which no block of Python stands.
must not know: Python, graded names.

Four ways to write one: jupytext's (a block of `python`), MyST's (`{code-cell}`), and Quarto's and R Markdown's
(`{python}`). Where a file has blocks that are run, one of `python` is shown to readers and is no cell; and where it
has neither, blocks of no language may be meant. Line by line, and each line once: a file is hostile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.intake.walk import MARKDOWN

NOTE = (
    "This is a notebook in Markdown: its cells are its blocks of Python code, and the text between them, counted from "
    "the top."
)
Cells = list[tuple[str, str]]
_FENCE = re.compile(r"(?P<in>[ \t]*)(?P<fence>`{3,}(?=[^`]*$)|~{3,}|:{3,}(?=[ \t]*\{code-cell\}))[ \t]*(?P<info>.*)$")
_PYTHON = r"(?:i?python|py)[\d.]{0,9}"
# What a block is, by what stands behind its fence.
_SORTS = (
    ("off", re.compile(rf"\{{{_PYTHON}[ ,][^}}]*\b(?:eval ?= ?(?:F|FALSE|false)|active ?= ?\"\")(?!\w)")),
    ("run", re.compile(rf"\{{code-cell\}}[ \t]*(?:{_PYTHON})?[ \t]*$", re.IGNORECASE)),
    ("run", re.compile(rf"\{{{_PYTHON}(?:[ ,][^{{}}]*)?\}}[ \t]*$", re.IGNORECASE)),
    ("run", re.compile(r"(?:python )?\{\.(?:python[ .]\.?)?marimo\b[^{}]*\}[ \t]*$", re.IGNORECASE)),
    ("shown", re.compile(rf"(?:\{{code(?:-block)?\}}[ \t]*|\{{?\.)?{_PYTHON}(?![\w-])(?!.*\.noeval\b)", re.IGNORECASE)),
    ("bare", re.compile(r"$")),
)
_SWITCHED_OFF = re.compile(r"#\|[ \t]*eval:[ \t]*false\b", re.IGNORECASE)
_REGION = re.compile(r"<!--[ \t]*#(?P<end>end)?(?:region|md|markdown|raw)\b")
_OPTION = re.compile(r":[\w-]+:")
_BREAK = re.compile(r"\+\+\+(?:[ \t]|$)")  # between two cells of text, in MyST
_DEFINES = re.compile(r"^(?:def|class)[ \t]+\w+", re.MULTILINE)


@dataclass
class _Part:
    """A block of code of one sort, or the text between two such: sort "" for that."""

    sort: str = ""
    lines: list[str] = field(default_factory=list)
    opened: str = ""

    @property
    def indent(self) -> int:
        """How far in its fence stands, and its lines with it."""
        return len(self.opened) - len(self.opened.lstrip())

    @property
    def source(self) -> str:
        return "\n".join(self.lines)


def is_markdown(file: str) -> bool:
    """Whether a file is Markdown by its name."""
    return file.lower().endswith(MARKDOWN)


def cells_of_markdown(text: str) -> Cells:
    """The cells of a notebook in Markdown; none where nothing in it is Python."""
    head, lines = _parted(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    parts = list(_parts(lines, any("jupytext" in line for line in head)))
    sort = _that_counts(parts)
    if not sort:
        return []
    return [cell for part in _joined(parts, sort) for cell in (_code(part) if part.sort else _texts(part.lines))]


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """What stands above it between two rules, and is said of the whole; and all below."""
    if lines[0].rstrip() == "---":
        end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")), 0)
        return lines[:end], lines[end + 1 :] if end else lines
    return [], lines


def _parts(lines: Iterable[str], has_regions: bool) -> Iterator[_Part]:
    """The blocks and what is between them. What jupytext marks as one cell of text is that, whatever stands in it."""
    part, region = _Part(), False
    for line in lines:
        if has_regions and not part.opened and (mark := _REGION.match(line)):
            region = not mark["end"]
        found = None if region else _FENCE.match(line)
        if part.opened and _closes(line, part.opened):
            yield part
            part = _Part()
        elif found and _opens(found, part.opened):
            yield part
            part = _Part(_sort(found["info"]), [], found["in"] + found["fence"])
        else:
            part.lines.append(line if line[: part.indent].strip() else line[part.indent :])
    yield part


def _opens(found: re.Match[str], opened: str) -> bool:
    """Whether a block begins: so it does too where somebody forgot to end the one before."""
    return not opened or (_sort(found["info"]) in ("run", "shown") and _closes(found["fence"], opened))


def _closes(line: str, opened: str) -> bool:
    """Whether a line ends a block: nothing but as many of the same signs, or more."""
    fence, line = opened.strip(), line.strip()
    return len(line) >= len(fence) and not line.strip(fence[0])


def _sort(info: str) -> str:
    return next((sort for sort, pattern in _SORTS if pattern.match(info)), "text")


def _that_counts(parts: Sequence[_Part]) -> str:
    """Which sort of blocks is its code."""
    sorts = {part.sort for part in parts}
    if "off" in sorts:
        return "run"
    bare = any(part.sort == "bare" and _DEFINES.search(part.source) for part in parts)
    return next((sort for sort in ("run", "shown") if sort in sorts), "bare" if bare else "")


def _joined(parts: Iterable[_Part], sort: str) -> Iterator[_Part]:
    """The same, with all that is no code in one piece; the fences of what is shown stay, so that it is seen to be."""
    text = _Part()
    for part in parts:
        if part.sort in (sort, "off"):
            yield from (text, part)
            text = _Part()
        else:
            text.lines += [part.opened, *part.lines, part.opened] if part.opened else part.lines
    yield text


def _code(part: _Part) -> Iterator[tuple[str, str]]:
    source = _without_options(part.lines) if part.sort == "run" else part.source
    yield "raw" if part.sort == "off" or _SWITCHED_OFF.match(source) else "code", source


def _texts(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The cells of text between two of code, of which all but the first begin at a mark."""
    texts: list[list[str]] = [[]]
    for line in lines:
        if _BREAK.match(line) or _REGION.match(line):
            texts.append([])
        else:
            texts[-1].append(line)
    yield from (("markdown", text) for lines in texts if (text := "\n".join(lines).strip("\n")).strip())


def _without_options(lines: list[str]) -> str:
    """The code of a cell without what MyST has above it: lines of `:name: value`, or what stands between two rules."""
    first = next((n for n, line in enumerate(lines) if not _OPTION.match(line)), len(lines))
    if lines and lines[0].rstrip() == "---":
        first = next((n for n, line in enumerate(lines[1:], start=2) if line.rstrip() == "---"), 0)
    blank = first and first < len(lines) and not lines[first].strip()
    return "\n".join(lines[first + 1 if blank else first :])
