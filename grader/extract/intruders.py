"""Lines at the left edge that stand within a class: a mark of a merge conflict, words without their `#`, one that slid.

takes: the lines of a cell, and a piece of it that does not parse behind a class.
gives: the lines with such a one moved to where it costs what it stands in; the methods that stand behind it.
must not know: graded names, what is dropped.

A class ends for Python where a line begins at the left edge. A method that is cut in two there would be taken for one
that ends there, and what stands behind such a line would be lost without a reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from grader.extract.patience import Patience

MOST_INTRUDERS = 20  # of one cell; for each the methods of its class are parsed anew

_CLASS = re.compile(r"class\s+(\w+)")
_BEGINS = re.compile(r"(?:async|case|class|def|for|if|match|try|while|with)\b|@")  # a block of its own
_LEAVES = re.compile(r"\s*(?:return|raise|pass)\b")  # how a method ends
_METHOD = re.compile(r"[ \t]+(?:async\s+)?def\s+(\w+)")


def moved_in(lines: Sequence[str], first: int, last: int, patience: Patience) -> list[str] | None:
    """All lines, the one at `first` being moved into the class above; none where it may belong to none.

    Within a method it costs that method, and behind one that is ended itself alone. It is broken where it is moved to:
    nothing is put back for a student, who may have meant it anywhere.
    """
    behind = next((_margin(line) for line in lines[first + 1 : last] if _is_code(line)), "")
    if not behind or _BEGINS.match(lines[first]) or not class_above(lines, first):
        return None
    is_broken = not isinstance(patience.parse(lines[first]), ast.Module)
    above = [line for line in lines[_start_above(lines, first) + 1 : first] if _is_code(line)]
    body = _margin(above[0]) if above else behind
    if len(behind) > len(body) and not _LEAVES.match(above[-1]):
        moved = f"{behind}{'' if is_broken else ' '}{lines[first]}"
    elif is_broken:
        moved = f"{body}{lines[first]}"
    else:
        return None
    return [*lines[:first], moved, *lines[first + 1 :]]


def class_above(lines: Sequence[str], first: int) -> str:
    """The name of the class that the nearest line at the left edge begins, if that is one."""
    begun = _CLASS.match(lines[_start_above(lines, first)])
    return begun[1] if begun else ""


def methods_behind(lines: Sequence[str], first: int, last: int) -> tuple[str, ...]:
    """The methods that lines hold which stand behind a class, and begin with no block of their own."""
    owner = "" if _BEGINS.match(lines[first]) else class_above(lines, first)
    found = [match[1] for line in lines[first + 1 : last] if (match := _METHOD.match(line))] if owner else []
    return tuple(f"{owner}.{name}" for name in found)


def _start_above(lines: Sequence[str], first: int) -> int:
    return next((n for n in range(first - 1, 0, -1) if _is_code(lines[n]) and not _margin(lines[n])), 0)


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
