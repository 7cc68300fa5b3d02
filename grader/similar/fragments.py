"""Streams of tokens -> fragments: a number for each run of tokens, the same for the same run under other names.

takes: a hand-in's cells, and lines that are nobody's own.
gives: `Fragments`: which fragments a hand-in holds, and where.
must not know: other hand-ins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.similar.tokens import MOST_TOKENS, Token, streams_of

LENGTH = 12  # tokens of a fragment: about one and a half lines. Shorter ones are everybody's, longer ones easily broken


class Place(NamedTuple):
    """Where a token stands: its cell, counted from 0 among those given, and the bytes of it."""

    cell: int
    start: int
    end: int


@dataclass
class Fragments:
    """All tokens of a hand-in in order, each fragment with the numbers of the tokens that begin it, and the own tokens.

    `own` are the numbers of tokens that do not stand on a line of the hand-out.
    """

    places: list[Place] = field(default_factory=list)
    begins: dict[int, list[int]] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)


def fragments_of(cells: Sequence[str], given: Set[str] = frozenset()) -> Fragments:
    """Read a hand-in's cells of code; `given` are lines of the hand-out, as `lines_of` gives them."""
    found = Fragments()
    for number, source in enumerate(cells):
        if len(found.places) > MOST_TOKENS:
            break
        own_bytes = _own_bytes(source, given)
        for tokens in streams_of(source):
            first = len(found.places)
            found.places.extend(Place(number, token.start, token.end) for token in tokens)
            found.own.update(first + n for n, token in enumerate(tokens) if own_bytes[token.start])
            for start, fragment in enumerate(_fragments(tokens)):
                found.begins.setdefault(fragment, []).append(first + start)
    return found


def lines_of(cells: Iterable[str]) -> set[str]:
    """The lines of some cells without the white space round them."""
    return {line.strip() for source in cells for line in source.split("\n")}


def _own_bytes(source: str, given: Set[str]) -> bytearray:
    """For each byte of a cell, 1 where its line is not one of the hand-out's."""
    own = bytearray()
    for line in source.split("\n"):
        own.extend((b"\0" if line.strip() in given else b"\1") * (len(line.encode("utf-8", "replace")) + 1))
    return own


def _fragments(tokens: Sequence[Token]) -> Iterable[int]:
    for start in range(len(tokens) - LENGTH + 1):
        yield _number(tokens[start : start + LENGTH])


def _number(tokens: Sequence[Token]) -> int:
    """A number for a run of tokens; own names count by the order of their first use in it."""
    names: dict[str, int] = {}
    texts = [f"\x01{names.setdefault(t.text, len(names))}" if t.is_own_name else t.text for t in tokens]
    return int.from_bytes(hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).digest())
