"""Source changed at places that its tree names.

takes: source, and what is to stand where.
gives: the source with that.
must not know: why, nor what the source does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """What is to stand between two columns of a line: counted as a tree does, lines from 1, columns in bytes."""

    line: int
    start: int
    end: int
    text: str


def edited(source: str, edits: Iterable[Edit]) -> str:
    """The same with all of them; none lies within another."""
    lines = [line.encode() for line in source.split("\n")]
    for line, start, end, text in sorted(edits, reverse=True):  # so that those before it keep their places
        lines[line - 1] = lines[line - 1][:start] + text.encode() + lines[line - 1][end:]
    return b"\n".join(lines).decode()
