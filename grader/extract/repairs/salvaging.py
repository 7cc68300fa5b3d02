"""What of a broken cell can be kept: every piece that parses by itself, and of a class each method that does.

takes: the lines of a cell that does not parse, and what was found of it so far.
gives: the lines with the others blank; troubles, with the names that each one cost.
must not know: notebooks, graded names, how a line is mended.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from grader.extract.repairs.conflicts import END, OURS, THEIRS
from grader.extract.repairs.intruders import (
    MOST_INTRUDERS,
    Block,
    Intrusion,
    begins_block,
    block_at,
    header_of,
    intrusion,
    is_code,
    margin_of,
    methods_behind,
)
from grader.extract.repairs.patience import Patience
from grader.extract.repairs.repaired import Repaired
from grader.wire import Trouble

EDGE = "unindent in the middle of a function"
MARK = "a mark of a merge conflict that is not resolved"
DEFINED = re.compile(r"^(\s*)(?:async\s+)?([dD]ef|[cC]lass)\s+(\w+)")  # a phone begins a line with a capital
_CONTINUES = re.compile(r"^(?:elif\b|else\b|except\b|finally\b|[)\]}])")
_ON_LINE = re.compile(r"\bon line (\d+)")
_LEAVES = re.compile(r"\s+(?:return|raise)\b")
_DETECTED = re.compile(r" \(detected at line \d+\)")


def salvage(lines: list[str], found: Repaired) -> list[str]:
    """Keep every top-level piece that parses by itself; blank the others, each with a trouble of its own."""
    kept = [""] * len(lines)
    starts = _piece_starts(lines)
    pieces = list(zip(starts, [*starts[1:], len(lines)], strict=True))
    at = since = intruders = 0
    block: Block | None = None
    while at < len(pieces):
        end_at = _longest_parsing(lines, starts, at, found.patience)
        first, last = starts[at], pieces[max(end_at - 1, at)][1]
        before = len(found.troubles)
        if end_at > at:
            kept[first:last] = lines[first:last]
        else:
            is_tried = block is not None and intruders < MOST_INTRUDERS
            entered = _enter(lines, block, pieces[since:at], pieces[at:], kept, found) if block and is_tried else None
            if entered:
                lines, intruders = entered.lines, intruders + 1
                at = since = at + entered.pieces
                continue
            end_at = at + 1
            _drop(lines, first, last, kept, found)
        if begins_block(lines[first]):
            block, since = block_at(lines, first, last, before), end_at
        at = end_at
    return kept


def _enter(
    lines: list[str], block: Block, between: list[tuple[int, int]], behind: list[tuple[int, int]], kept: list[str],
    found: Repaired,
) -> Intrusion | None:  # fmt: skip
    """What stands at the left edge moved into the block above, of which only functions are lost for it; or none."""
    entered = intrusion(lines, block, between, behind, found.patience)
    if entered is None:
        return None
    last = behind[entered.pieces - 1][1]
    told = found.troubles[block.before :]
    del found.troubles[block.before :]
    if not _settle(entered, block, last, kept, found):
        found.troubles[block.before :] = told
        return None
    found.remarks += entered.remarks
    slid = {n + 1 for n in entered.slid}
    found.troubles[block.before :] = [
        (Trouble("IndentationError", EDGE, one.cell, one.line) if one.line in slid else one, names)
        for one, names in found.troubles[block.before :]
    ]
    return entered


def _settle(entered: Intrusion, block: Block, last: int, kept: list[str], found: Repaired) -> bool:
    """Keep of the block what can be: all of it, of a class its other methods, and of a function nothing."""
    first, lines = block.first, entered.lines
    parsed = found.patience.parse("\n".join(lines[first:last]))
    if not isinstance(parsed, Trouble):
        kept[first:last] = lines[first:last]
        return True
    placed = _placed(parsed, parsed.line + first, lines)
    if block.is_class:
        return _salvage_class(lines, first, last, kept, found, placed, True)
    kept[first:last] = [""] * (last - first)
    found.troubles.append((placed, (block.name,)))
    return True


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
    begun = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    return starts if starts and starts[0] <= begun else [begun, *starts]  # an `else` of nothing is told as well


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
    header = header_of(lines, first, last)
    if lines[header].startswith("class "):
        if _salvage_class(lines, header, last, kept, found, placed):
            kept[first:header] = lines[first:header]
        return
    misfit = _misfit(trouble, first, lines)
    if misfit > first and isinstance(found.patience.parse("\n".join(lines[first:misfit])), ast.Module):
        kept[first:misfit] = lines[first:misfit]
        found.troubles.append((placed, _begun_in(lines[misfit:last])))
        return
    names = tuple(match[3] for line in piece if (match := DEFINED.match(line)) and not match[1])
    found.troubles.append((placed, names or methods_behind(lines, first, last)))


def _misfit(wrong: object, first: int, lines: list[str]) -> int:
    """The line at which a definition begins that is none of what stands above it; else -1.

    It has a margin that nothing there has, or slid to the right behind a line that leaves what stands above.
    """
    if not isinstance(wrong, Trouble) or wrong.type_name != "IndentationError":
        return -1
    if wrong.message.startswith("unindent"):
        at = first + wrong.line - 1
        return at if at < len(lines) and DEFINED.match(lines[at]) else -1
    header = _ON_LINE.search(wrong.message)  # of a definition whose lines are not further in
    at = first + int(header[1]) - 1 if header else first
    return at if at > first and DEFINED.match(lines[at]) and _is_left(lines[first:at], lines[at]) else -1


def _is_left(above: list[str], line: str) -> bool:
    """Whether the line above, as far in as this one, leaves the function: nothing that stands behind it is reached."""
    before = next((one for one in reversed(above) if is_code(one)), "")
    return _LEAVES.match(before) is not None and margin_of(before) == margin_of(line)


def _begun_in(lines: list[str]) -> tuple[str, ...]:
    """What these lines define, of which the first is a definition; not what stands within that."""
    matches = list(filter(None, map(DEFINED.match, lines)))
    return tuple(match[3] for match in matches if len(match[1]) <= len(matches[0][1]))


def _placed(trouble: Trouble, at: int, lines: list[str]) -> Trouble:
    """The trouble of a piece, by its line in the cell; a mark that is left of a merge conflict is told as that."""
    is_mark = 0 < at <= len(lines) and lines[at - 1].lstrip().startswith((OURS, THEIRS, END))
    # Another line that the message names is counted from the beginning of the piece.
    message = _ON_LINE.sub(lambda match: f"on line {int(match[1]) + at - trouble.line}", trouble.message)
    message = _DETECTED.sub("", message)  # and of where it ends the place says enough
    return Trouble(trouble.type_name, MARK if is_mark else message, 0, at)


def _salvage_class(
    lines: list[str], first: int, last: int, kept: list[str], found: Repaired, trouble: Trouble, goes_on: bool = False
) -> bool:
    """Drop only the methods that do not parse; where that does not help, the whole class, and tell so of each.

    Of one that goes on behind these lines its first line is kept, if there is no more.
    """
    match = DEFINED.match(lines[first])
    name = match[3] if match else "?"
    body = [n for n in range(first + 1, last) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
    indent = lines[body[0]][: len(lines[body[0]]) - len(lines[body[0]].lstrip())] if body else ""
    edges = [n for n in body if lines[n].startswith(indent) and not lines[n][len(indent) :][:1].isspace()]
    decorated = {n for before, n in pairwise(edges) if lines[before].lstrip().startswith("@")}
    starts = [n for n in edges if n not in decorated]
    trial = lines[first:last]
    lost: list[tuple[Trouble, tuple[str, ...]]] = []
    for start, end in zip(starts, [*starts[1:], last], strict=False):  # no starts: a class without a body
        above = lines[first].split("#")[0]
        wrong = found.patience.parse("\n".join([above, *lines[start:end]]))
        if isinstance(wrong, Trouble):
            misfit = _misfit(wrong, start - 1, lines)
            is_whole = misfit > start and not isinstance(
                found.patience.parse("\n".join([above, *lines[start:misfit]])), Trouble
            )
            gone = misfit if is_whole else start
            trial[gone - first : end - first] = [""] * (end - gone)
            placed = _placed(wrong, wrong.line + start - 1, lines)
            lost.append((placed, tuple(f"{name}.{method}" for method in _begun_in(lines[gone:end]))))
    if lost and starts and not any(map(str.strip, trial[1:])) and goes_on:
        trial[starts[0] - first] = f"{indent}pass"
    if lost and isinstance(found.patience.parse("\n".join(trial)), ast.Module):
        kept[first:last] = trial
        found.troubles.extend(lost)
        return True
    found.troubles.append((trouble, (name, *(method for _, methods in lost for method in methods))))
    return False
