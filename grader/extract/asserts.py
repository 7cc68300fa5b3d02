"""A program without its asserts: each is blanked out, so that every line stands where it stood.

takes: a program.
gives: the same program without them.
must not know: what is graded, answers, points. Code is parsed, never run.

An assert only looks. Hand-outs end their functions with some, and one that does not hold takes the function's other
results with it, which may be right.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from grader.extract.repairs.patience import parse
from grader.wire import Piece, Program

_INSTEAD = b"pass"


def without_asserts(program: Program) -> Program:
    """The same program, in which no assert can stop a function."""
    made: dict[Piece, Piece] = {}
    for piece in (*program.definitions, *program.every):
        if piece not in made:
            made[piece] = replace(piece, source=_blanked(piece.source)) if "assert" in piece.source else piece
    definitions, every = (tuple(map(made.__getitem__, pieces)) for pieces in (program.definitions, program.every))
    return replace(program, definitions=definitions, every=every)


def _blanked(source: str) -> str:
    tree = parse(source)
    if not isinstance(tree, ast.Module):
        return source
    lines = [line.encode() for line in source.split("\n")]  # places in a line are counted in bytes
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    for node in sorted(found, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        rest = lines[last][node.end_col_offset :]
        lines[first] = lines[first][: node.col_offset] + _INSTEAD + rest
        lines[first + 1 : last + 1] = [b""] * (last - first)
    return b"\n".join(lines).decode()
