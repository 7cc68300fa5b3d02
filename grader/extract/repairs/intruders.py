"""Lines at the left edge that stand within a class or a function: a mark of a merge conflict, words without their `#`,
a line that slid, or one that tries something out between two methods.

takes: the lines of a cell, the block above, and the pieces between it and what is further in again.
gives: `Intrusion`: the lines with such ones moved to where they cost what they stand in; the methods behind them.
must not know: graded names, what is dropped.

A class ends for Python where a line begins at the left edge. A method that is cut in two there would be taken for one
that ends there, and what stands behind such a line would be lost without a reason.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.extract.nodes import IMPORTS, Function
from grader.extract.repairs.patience import Patience

MOST_INTRUDERS = 20  # of one cell; for each the methods of its class are parsed anew
MOST_AHEAD = 20  # pieces that are looked at, for what is further in again
LONGEST_STATEMENT = 20  # lines of one at the left edge
LEFT_OUT = "it stands at the left edge, between methods: it was left out, and the methods behind it are in their class"
READ_ABOVE = "it stands at the left edge, between methods: it was read as though it stood above the class"

_CLASS = re.compile(r"class\s+(\w+)")
_BLOCK = re.compile(r"(class|(?:async\s+)?def)\s+(\w+)")
_BEGINS = re.compile(r"(?:async|case|class|def|for|if|match|try|while|with)\b|@")  # a block of its own
_LEAVES = re.compile(r"\s*(?:return|raise|pass)\b")  # how a method ends
_RETURNS = re.compile(r"[ \t]+return\b")
_METHOD = re.compile(r"[ \t]+(?:async\s+)?def\s+(\w+)")
_HARMLESS = (
    ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.expr_context,
)  # fmt: skip
_Piece = tuple[int, int]
"""The first line of a piece, and the first behind it."""


@dataclass(frozen=True)
class Block:
    """A class or a function at the left edge: where it begins, and how many troubles there were before it."""

    first: int
    is_class: bool
    name: str
    before: int


@dataclass(frozen=True)
class Intrusion:
    """`lines` with all of it moved into the block; `slid` are the places of lines that slid out of a function.

    `pieces` are as many as it takes up, the one behind included; `remarks` tell of what stands between methods.
    """

    lines: list[str]
    slid: frozenset[int]
    pieces: int
    remarks: tuple[str, ...]


def block_at(lines: Sequence[str], first: int, last: int, before: int) -> Block | None:
    """The block that a piece begins, decorators before it or not, if it begins one."""
    header = header_of(lines, first, last)
    found = _BLOCK.match(lines[header])
    is_class = found is not None and found[1] == "class"
    return Block(header if is_class else first, is_class, found[2], before) if found else None


def header_of(lines: Sequence[str], first: int, last: int) -> int:
    """The line of a piece that stands behind its decorators."""
    return next((n for n in range(first, last) if is_code(lines[n]) and not lines[n].startswith("@")), first)


def begins_block(line: str) -> bool:
    """Whether a line at the left edge begins a block, of whatever kind."""
    return _BEGINS.match(line) is not None


def intrusion(
    lines: Sequence[str], block: Block, between: Sequence[_Piece], behind: Sequence[_Piece], patience: Patience
) -> Intrusion | None:
    """What stands between a block and what is further in again; none where that may not belong to the block.

    `between` are the pieces since the block that can be read, `behind` the one that cannot and those that follow it.
    Within a function it costs that, and behind one that is ended itself alone. It is broken where it is moved to:
    nothing is put back for a student, who may have meant it anywhere.
    """
    found = _until_further_in(lines, behind, patience)
    if found is None:
        return None
    taken, edge = found
    margin = margin_of(next(line for line in lines[edge : behind[taken - 1][1]] if is_code(line)))
    pieces = [*between, *behind[: taken - 1], (behind[taken - 1][0], edge)]
    above = [line for line in lines[block.first : pieces[0][0]] if is_code(line) and margin_of(line)]
    begins_own = lines[edge - 1].split("#")[0].rstrip().endswith(":")  # `deff h(x):`, whose lines these are
    if not block.is_class:
        is_cut = not begins_own and _is_cut(lines, block.first, pieces[0][0], (edge, behind[taken - 1][1]), patience)
        return _within(lines, pieces, margin, taken, patience) if is_cut else None
    if begins_own or _is_ended(above, margin):
        return _between(lines, pieces, margin_of(above[0]) if above else margin, taken, patience)
    return _within(lines, pieces, margin, taken, patience)


def _until_further_in(lines: Sequence[str], behind: Sequence[_Piece], patience: Patience) -> tuple[int, int] | None:
    """How many pieces there are up to the one in which lines are further in again, and where these begin."""
    for n, (first, last) in enumerate(behind[:MOST_AHEAD], start=1):
        if begins_block(lines[first]):
            return None
        if not any(is_code(line) and margin_of(line) for line in lines[first + 1 : last]):
            continue
        edge = _end_of_statement(lines, first, last, patience)
        if any(is_code(line) for line in lines[edge:last]):
            return n, edge
    return None


def _end_of_statement(lines: Sequence[str], first: int, last: int, patience: Patience) -> int:
    """Where the statement at the left edge ends that a piece begins with: one that cannot be read is one line."""
    for end in range(first + 1, min(first + LONGEST_STATEMENT, last) + 1):
        if isinstance(patience.parse("\n".join(lines[first:end])), ast.Module):
            return end
    return first + 1


def _is_ended(above: Sequence[str], margin: str) -> bool:
    """Whether the method is ended that stands above lines of this margin."""
    if not above or len(margin) <= len(margin_of(above[0])):
        return True
    return _LEAVES.match(above[-1]) is not None and len(margin_of(above[-1])) <= len(margin)


def _is_cut(lines: Sequence[str], first: int, end: int, behind: _Piece, patience: Patience) -> bool:
    """Whether a function goes on behind what stands at the left edge: it gives nothing back yet, and there it does.

    One that is to give nothing back, and writes into what it was given, may be whole: it stays as it is.
    """
    if not any(_RETURNS.match(line) for line in lines[slice(*behind)]):
        return False
    above = _parsed(lines, first, end, patience)
    function = above.body[-1] if above and above.body else None
    return not isinstance(function, Function) or not _always_leaves(function.body[-1])


def _always_leaves(statement: ast.stmt) -> bool:
    """Whether nothing that stands behind a statement is reached; of a loop, if no `break` leaves it."""
    match statement:
        case ast.Return() | ast.Raise():
            return True
        case ast.With(body=body):
            return _always_leaves(body[-1])
        case ast.If(body=body, orelse=[*_, other]):
            return _always_leaves(body[-1]) and _always_leaves(other)
        case ast.Try(body=body, finalbody=[*_, last]) if _always_leaves(last) or _always_leaves(body[-1]):
            return True
        case ast.Try(body=body, handlers=handlers):
            return _always_leaves(body[-1]) and all(_always_leaves(one.body[-1]) for one in handlers)
        case ast.While(test=ast.Constant(value=value)):
            return bool(value)
        case _:
            return False


def _within(lines: Sequence[str], pieces: Sequence[_Piece], margin: str, taken: int, patience: Patience) -> Intrusion:
    moved, slid = list(lines), set[int]()
    for first, last in pieces:
        if _parsed(lines, first, last, patience):
            slid.update(n for n in range(first, last) if is_code(lines[n]))
        for n in range(first, last):
            moved[n] = f"{margin}{'?' if n in slid else lines[n]}"
    return Intrusion(moved, frozenset(slid), taken, ())


def _between(lines: Sequence[str], pieces: Sequence[_Piece], margin: str, taken: int, patience: Patience) -> Intrusion:
    moved, remarks = list(lines), []
    for first, last in pieces:
        tree = _parsed(lines, first, last, patience)
        if tree is None:
            moved[first:last] = [f"{margin}{line}" if line.strip() else line for line in lines[first:last]]
            continue
        names = list(_safely_bound(tree))
        if names:
            moved[first] = f"{margin}global {', '.join(names)}; {lines[first]}"
        else:
            moved[first:last] = [""] * (last - first)
        if tree.body:
            remarks.append(f"line {first + 1}: {READ_ABOVE if names else LEFT_OUT}")
    return Intrusion(moved, frozenset(), taken, tuple(remarks))


def _parsed(lines: Sequence[str], first: int, last: int, patience: Patience) -> ast.Module | None:
    tree = patience.parse("\n".join(lines[first:last]))
    return tree if isinstance(tree, ast.Module) else None


def _safely_bound(tree: ast.Module) -> Iterator[str]:
    """The names that one import or one assignment binds, if it cannot fail, wherever it stands; else none."""
    match tree.body:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)]:
            yield from [name] if all(isinstance(node, _HARMLESS) for node in ast.walk(value)) else []
        case [ast.Import(names=aliases) | ast.ImportFrom(names=aliases) as node]:
            assert isinstance(node, IMPORTS)
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            origins = [module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in aliases]
            roots = {origin.split(".")[0] for origin in origins}
            if roots <= {*sys.stdlib_module_names, "numpy"} and all(alias.name != "*" for alias in aliases):
                yield from (alias.asname or alias.name.split(".")[0] for alias in aliases)
        case _:
            return


def class_above(lines: Sequence[str], first: int) -> str:
    """The name of the class that the nearest line at the left edge begins, if that is one."""
    begun = _CLASS.match(lines[_start_above(lines, first)])
    return begun[1] if begun else ""


def methods_behind(lines: Sequence[str], first: int, last: int) -> tuple[str, ...]:
    """The methods that lines hold which stand behind a class, and begin with no block of their own.

    Behind something else they are functions that stand too far in.
    """
    if begins_block(lines[first]):
        return ()
    owner = class_above(lines, first)
    found = [match[1] for line in lines[first + 1 : last] if (match := _METHOD.match(line))]
    return tuple(f"{owner}.{name}" if owner else name for name in found)


def _start_above(lines: Sequence[str], first: int) -> int:
    return next((n for n in range(first - 1, 0, -1) if is_code(lines[n]) and not margin_of(lines[n])), 0)


def is_code(line: str) -> bool:
    """Whether something stands there that is more than a remark."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def margin_of(line: str) -> str:
    """What a line begins with, up to its first character."""
    return line[: len(line) - len(line.lstrip())]
