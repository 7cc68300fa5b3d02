"""One cell of code -> statements. What only IPython understands is taken out; what does not parse costs only itself."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.outcomes import Trouble

LONGEST_LINE = 1_000  # of IPython's: patterns take quadratic time
MOST_REPAIRED = 60_000, 5_000  # characters of a cell, and of its longest line: parso takes quadratic time

# Cell magics below which the cell is Python all the same.
_PYTHON_MAGICS = ("time", "timeit", "capture", "prun", "python", "python3", "debug", "memit", "mprun", "lprun", "wandb")
_LINES = [
    (re.compile(r"^(\s*)%(?:time|prun)\s+([\w.,*\s]+=(?!=).*)$"), r"\1\2"),
    (re.compile(r"^(\s*)%pylab\b.*"), r"\1import numpy as np; from numpy import *"),
    (re.compile(r"""^(\s*)%run\s+(?:-\w+\s+)*["']?(?:\./)?(\w+)\.py["']?\s*$"""), r"\1from \2 import *"),
    (re.compile(r"^(\s*)([\w.,\s]+=\s*)[%!].*$"), r"\1\2None"),
    (re.compile(r"^(\s*)(?:%[A-Za-z]|% (?:matplotlib|load_ext|autoreload)\b|[!?]).*$"), r"\1pass"),
    (re.compile(r"^(\s*)[\w.]+\?{1,2}\s*$"), r"\1pass"),
    (re.compile(r"^(?:>>>|\.\.\.)(?: |$)"), ""),
]
"""Lines of IPython's, and what they are in Python."""
if sys.version_info < (3, 12):  # a quote within an f-string of the same quotes; such a string is a message, as a rule
    _LINES.append((re.compile(r"""^(.*)\b[rR]?[fF][rR]?(["'])(?=.*\{[^{}]*\2.*\}).*\2"""), r"\1\2...\2"))
_HEADER = re.compile(r"^([ \t]*)(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_PLACE = re.compile(r" on line \d+| \(detected at line \d+\)")


@dataclass(frozen=True)
class ParsedCell:
    """Python that parses, on the lines of its cell; `broken` maps what is defined in pieces that do not to why."""

    source: str
    tree: ast.Module
    broken: Mapping[str, Trouble] = field(default_factory=dict)
    remark: str = ""


def parse_cell(source: str) -> ParsedCell:
    """Parse one cell; nothing is raised, whatever it holds."""
    if isinstance(tree := parse(source), ast.Module):
        return ParsedCell(source, tree)
    plain, remark = _without_ipython(source)
    if isinstance(tree := parse(plain), ast.Module):
        return ParsedCell(plain, tree, remark=remark)
    plain, broken = _repaired(plain, tree)
    in_order = sorted(broken.values(), key=lambda one: one.line)
    remark = "; ".join(dict.fromkeys(f"line {one.line}: {one.type_name}: {one.message}" for one in in_order))
    return ParsedCell(plain, ast.parse(plain), broken, remark)


def parse(source: str, before: int = 0) -> ast.Module | Trouble:
    """The tree, or what is wrong and in which line; `before` lines are above it in the cell."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown escape such as "\d" is nobody's concern here
            return ast.parse(source)
    except SyntaxError as error:
        line = min(error.lineno or 1, source.count("\n") + 1)
        return Trouble(type(error).__name__, _PLACE.sub("", error.msg), line=before + line)
    except (ValueError, RecursionError, MemoryError) as error:  # a zero byte; what is nested too deeply
        return Trouble(type(error).__name__, str(error), line=before + 1)


def _without_ipython(source: str) -> tuple[str, str]:
    """The cell as IPython reads it, dedented, without magics and prompts; and a remark."""
    lines = source.split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    margin = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines = [line.removeprefix(margin) for line in lines]
    if lines[at].startswith("%%"):
        name, lines[at] = (lines[at][2:].split() or [""])[0], ""
        if name not in _PYTHON_MAGICS:
            return "", f"skipped: %%{name} is not Python"
    for pattern, instead in _LINES:
        lines = [pattern.sub(instead, line) if len(line) <= LONGEST_LINE else line for line in lines]
    return "\n".join(lines), ""


# ---- what does not parse -----------------------------------------------------------------------------------------


def _repaired(source: str, wrong: Trouble) -> tuple[str, dict[str, Trouble]]:
    """The source with `pass` in the place of each piece that does not parse, and what was defined in those."""
    import parso  # 0.07 s

    lines, broken = source.split("\n"), dict[str, Trouble]()
    is_short = len(source) <= MOST_REPAIRED[0] and max(map(len, lines)) <= MOST_REPAIRED[1]
    try:
        pieces = list(_pieces(parso.parse(source))) if is_short else []  # type: ignore[no-untyped-call]
    except (RecursionError, ValueError):
        pieces = []
    for first, last, owner in pieces:
        text = "\n".join(lines[first - 1 : last])
        found = parse(f"if 1:\n{text}", first - 2) if owner else parse(text, first - 1)
        if isinstance(found, Trouble):
            broken |= dict.fromkeys(_names_in(text, owner), found)
            margin = text[: len(text) - len(text.lstrip())] if owner else ""
            lines[first - 1 : last] = [f"{margin}pass", *[""] * (last - first)]
    if isinstance(parse("\n".join(lines)), ast.Module):
        return "\n".join(lines), broken
    return "", dict.fromkeys(_names_in(source), wrong)


def _pieces(block: Any, owner: str = "") -> Iterator[tuple[int, int, str]]:
    """The statements of a module or a class, each with what follows further in: its first line, its last, its class.

    What is in a class comes before the class itself.
    """
    nodes = [node for node in block.children if node.type not in ("newline", "endmarker")]
    column = nodes[0].start_pos[1] if owner and nodes else 0
    starts = [n for n, node in enumerate(nodes) if not n or (node.start_pos[1] == column and node.type != "error_leaf")]
    for start, end in zip(starts, [*starts[1:], len(nodes)], strict=True):
        made = nodes[start].children[-1] if nodes[start].type == "decorated" else nodes[start]
        if made.type == "classdef" and made.children[-1].type == "suite":
            yield from _pieces(made.children[-1], f"{owner}.{made.name.value}".lstrip("."))
        first, (last, last_column) = nodes[start].start_pos[0], nodes[end - 1].end_pos
        yield first, max(first, last if last_column else last - 1), owner


def _names_in(text: str, owner: str = "") -> list[str]:
    """What a piece defines: the names that are least indented, and always ""."""
    found = [(len(margin.expandtabs()), name) for margin, name in _HEADER.findall(text)]
    return ["", *(f"{owner}.{name}".lstrip(".") for indent, name in found if indent == min(found)[0])]
