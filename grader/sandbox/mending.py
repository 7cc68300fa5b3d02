"""Take one statement out of a program, so that the rest of it can be loaded.

takes: pieces, and the cell and line of a statement that ends or hangs the process.
gives: pieces without it; every other line keeps its number.
must not know: how that statement was found.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import replace

from grader.wire import Piece


def drop_statement(pieces: Sequence[Piece], cell: int, line: int) -> tuple[Piece, ...]:
    """Blank the statement at a line of a cell; where nothing of the kind is there, give the pieces back."""
    return tuple(_without(piece, line) if _holds(piece, cell, line) else piece for piece in pieces)


def _holds(piece: Piece, cell: int, line: int) -> bool:
    return piece.cell == cell and piece.first <= line < piece.first + piece.source.count("\n") + 1


def _without(piece: Piece, line: int) -> Piece:
    within = line - piece.first + 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are the hand-in's, and no concern of whoever runs the grader
            body = ast.parse(piece.source).body  # parsed only: nothing of a hand-in ever runs on our side
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return replace(piece, source="")
    lines = piece.source.split("\n")
    for statement in body:
        end = statement.end_lineno or statement.lineno
        if _first_line(statement) <= within <= end:
            first = _first_line(statement) - 1
            lines[first:end] = [""] * (end - first)
    return replace(piece, source="\n".join(lines))


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])
