"""What of a broken cell can be kept: every piece that parses by itself, and of a class each method that does.

takes: the lines of a cell that does not parse, and what was found of it so far.
gives: the lines with the others blank; troubles, with the names that each one cost.
must not know: notebooks, graded names, how a line is mended.
"""

from __future__ import annotations

import ast
import re

from grader.extract.conflicts import END, OURS, THEIRS
from grader.extract.intruders import MOST_INTRUDERS, methods_behind, moved_in
from grader.extract.patience import Patience
from grader.extract.repaired import Repaired
from grader.wire import Trouble

EDGE = "unindent in the middle of a method"
MARK = "a mark of a merge conflict that is not resolved"
DEFINED = re.compile(r"^(\s*)(?:async\s+)?(def|class)\s+(\w+)")
_CONTINUES = re.compile(r"^(?:elif\b|else\b|except\b|finally\b|[)\]}])")
_Opened = tuple[int, int]
"""Where a class begins, and how many troubles there were before it."""


def salvage(lines: list[str], found: Repaired) -> list[str]:
    """Keep every top-level piece that parses by itself; blank the others, each with a trouble of its own."""
    kept = [""] * len(lines)
    starts = _piece_starts(lines)
    at = intruders = 0
    opened: _Opened | None = None
    while at < len(starts):
        end_at = _longest_parsing(lines, starts, at, found.patience)
        first, last = starts[at], starts[end_at] if end_at < len(starts) else len(lines)
        before = len(found.troubles)
        if end_at == at:
            end_at = at + 1
            last = starts[end_at] if end_at < len(starts) else len(lines)
            joined = _rejoin(lines, opened, first, last, kept, found) if opened and intruders < MOST_INTRUDERS else None
            if joined:
                lines, intruders = joined, intruders + 1
            else:
                _drop(lines, first, last, kept, found)
        else:
            kept[first:last] = lines[first:last]
        if lines[first].startswith("class "):
            opened = first, before
        elif not lines[first][:1].isspace():
            opened = None
        at = end_at
    return kept


def _rejoin(
    lines: list[str], opened: _Opened, first: int, last: int, kept: list[str], found: Repaired
) -> list[str] | None:
    """The lines with what stands at `first` moved into its class, of which only methods are lost for it; or none."""
    start, before = opened
    joined = moved_in(lines, first, last, found.patience)
    trouble = found.patience.parse("\n".join(joined[start:last])) if joined else None
    if not joined or not isinstance(trouble, Trouble):
        return None
    told = found.troubles[before:]
    del found.troubles[before:]
    if _salvage_class(joined, start, last, kept, found, _placed(trouble, trouble.line + start, joined), True):
        found.troubles[before:] = [(_as_written(one, first + 1), names) for one, names in found.troubles[before:]]
        return joined
    found.troubles[before:] = told
    return None


def _as_written(trouble: Trouble, line: int) -> Trouble:
    """What a line that slid to the left edge is told of, which Python says of the line behind it."""
    slid = trouble.line == line and trouble.type_name == "IndentationError"
    return Trouble(trouble.type_name, EDGE, trouble.cell, line) if slid else trouble


def _piece_starts(lines: list[str]) -> list[int]:
    """Lines at which a top-level statement may begin; a decorator belongs to what it decorates."""
    starts: list[int] = []
    decorated = False
    for n, line in enumerate(lines):
        if not line.strip() or line[0] in " \t#" or _CONTINUES.match(line):
            continue
        if not decorated:
            starts.append(n)
        decorated = line.startswith("@")
    return starts or [0]


def _longest_parsing(lines: list[str], starts: list[int], at: int, patience: Patience) -> int:
    """The place in `starts` after the first piece that parses, taken together with up to 20 that follow it.

    Together, since a string of several lines may hold text that looks like a beginning. `at` means: none does.
    """
    for end_at in range(at + 1, min(at + 21, len(starts)) + 1):
        last = starts[end_at] if end_at < len(starts) else len(lines)
        if isinstance(patience.parse("\n".join(lines[starts[at] : last])), ast.Module):
            return end_at
    return at


def _drop(lines: list[str], first: int, last: int, kept: list[str], found: Repaired) -> None:
    piece = lines[first:last]
    trouble = found.patience.parse("\n".join(piece))
    assert isinstance(trouble, Trouble), "only pieces that do not parse are dropped"
    placed = _placed(trouble, trouble.line + first, lines)
    if piece[0].startswith("class "):
        _salvage_class(lines, first, last, kept, found, placed)
        return
    names = tuple(match[3] for line in piece if (match := DEFINED.match(line)) and not match[1])
    found.troubles.append((placed, names or methods_behind(lines, first, last)))


def _placed(trouble: Trouble, at: int, lines: list[str]) -> Trouble:
    """The trouble of a piece, by its line in the cell; a mark that is left of a merge conflict is told as that."""
    is_mark = 0 < at <= len(lines) and lines[at - 1].lstrip().startswith((OURS, THEIRS, END))
    return Trouble(trouble.type_name, MARK if is_mark else trouble.message, 0, at)


def _salvage_class(
    lines: list[str], first: int, last: int, kept: list[str], found: Repaired, trouble: Trouble, goes_on: bool = False
) -> bool:
    """Drop only the methods that do not parse; where that does not help, the whole class, and tell so.

    Of one that goes on behind these lines its first line is kept, if there is no more.
    """
    match = DEFINED.match(lines[first])
    name = match[3] if match else "?"
    body = [n for n in range(first + 1, last) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
    indent = lines[body[0]][: len(lines[body[0]]) - len(lines[body[0]].lstrip())] if body else ""
    starts = [n for n in body if lines[n].startswith(indent) and not lines[n][len(indent) :][:1].isspace()]
    trial = lines[first:last]
    lost: list[tuple[Trouble, tuple[str, ...]]] = []
    for start, end in zip(starts, [*starts[1:], last], strict=False):  # no starts: a class without a body
        piece = "\n".join([lines[first].split("#")[0], *lines[start:end]])
        wrong = found.patience.parse(piece)
        if isinstance(wrong, Trouble) and not lines[start].lstrip().startswith("@"):
            trial[start - first : end - first] = [""] * (end - start)
            found_name = DEFINED.match(lines[start])
            placed = _placed(wrong, wrong.line + start - 1, lines)
            lost.append((placed, (f"{name}.{found_name[3]}",) if found_name else ()))
    if lost and starts and not any(map(str.strip, trial[1:])) and goes_on:
        trial[starts[0] - first] = f"{indent}pass"
    if lost and isinstance(found.patience.parse("\n".join(trial)), ast.Module):
        kept[first:last] = trial
        found.troubles.extend(lost)
        return True
    found.troubles.append((trouble, (name,)))
    return False
