"""Python source -> streams of tokens, one for each function and one for the rest, each token with its place.

takes: source that may not even parse.
gives: streams without comments, docstrings and white space.
must not know: hand-ins, what is shared.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import GraderError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MOST_TOKENS = 20_000  # of one hand-in; a long one has two thousand
_PARTS = (8 * MOST_TOKENS, 64 * MOST_TOKENS)  # bytes: five are a token, and there may be comments between them
_TEXTS = re.compile(
    rb"""#[^\n]*|('{3}|"{3})(?:[^\\]|\\.)*?(?:(\1)|\Z)|'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?""", re.DOTALL
)
_SKIPPED = {"comment", "line_continuation"}
_WHOLE = {"string", "concatenated_string"}  # taken as one token, whatever is in it
_NUMBERS = {"integer", "float"}
_GIVEN = {"attribute": "attribute", "keyword_argument": "name"}  # kinds of nodes, and the part that is a given name


class Token(NamedTuple):
    """A token's text, whether it is a name that may be called otherwise, and the bytes it stands at."""

    text: str
    is_own_name: bool
    start: int
    end: int


Stream = list[Token]
"""Tokens that belong together: those of a function, or those that stand outside of functions."""


@lru_cache(maxsize=1024)
def streams_of(source: str) -> tuple[Stream, ...]:
    """Read a cell. Inner functions belong to the function they stand in. Cells that many hand in are read once."""
    data = source.encode("utf-8", "replace")
    streams: dict[int, Stream] = {}
    for node, function, given in _first_leaves(data):
        streams.setdefault(function, []).append(_token(node, data, given))
    return tuple(streams.values())


def _first_leaves(data: bytes) -> list[tuple[Node, int, bool]]:
    """As many leaves as are compared. Of a long cell no more is parsed than they take: parsing is most of the time."""
    found: list[tuple[Node, int, bool]] = []
    for part in (*_beginnings(data), data):
        found = list(islice(_leaves(_parser().parse(part).root_node), MOST_TOKENS))
        if len(found) == MOST_TOKENS:
            break
    return found


def _beginnings(data: bytes) -> Iterator[bytes]:
    """Parts of a long source, none of which ends within a text: what that holds so far would be read as code."""
    for size in _PARTS:
        if size < len(data):
            part = data[: data.rfind(b"\n", 0, size) + 1 or size]
            last = deque(_TEXTS.finditer(part), maxlen=1)
            if not (last and last[0].end() == len(part) and last[0][1] and not last[0][2]):
                yield part


@lru_cache(maxsize=1)
def _parser() -> Parser:
    try:
        import tree_sitter_python
        from tree_sitter import Language, Parser
    except ImportError as error:
        raise GraderError(
            "finding similar hand-ins needs tree-sitter, which is not installed", "pip install 'grader[similar]'"
        ) from error
    return Parser(Language(tree_sitter_python.language()))


def _leaves(root: Node) -> Iterator[tuple[Node, int, bool]]:
    """Leaves in order: each with where the outermost function begins that it stands in (-1: none), and if it is given.

    Given names are somebody else's: what stands behind a dot, and a keyword of a call.
    """
    waiting: list[tuple[Node, int, bool]] = [(root, -1, False)]
    while waiting:  # and no recursion: a hand-in may be as deep as it likes
        node, function, given = waiting.pop()
        kind = node.type
        if kind in _SKIPPED or _is_docstring(node):
            continue
        if kind in _WHOLE or not node.children:
            if node.end_byte > node.start_byte:
                yield node, function, given
            continue
        if function < 0 and kind == "function_definition":
            function = node.start_byte
        named = node.child_by_field_name(_GIVEN[kind]) if kind in _GIVEN else None
        waiting.extend((child, function, child == named) for child in reversed(node.children))


def _is_docstring(node: Node) -> bool:
    return node.type == "expression_statement" and len(node.children) == 1 and node.children[0].type in _WHOLE


def _token(node: Node, data: bytes, given: bool) -> Token:
    text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if node.type in _WHOLE:
        text = "a string"
    elif node.type in _NUMBERS:
        text = _same_number(text)
    return Token(text, node.type == "identifier" and not given, node.start_byte, node.end_byte)


def _same_number(text: str) -> str:
    """1 and 1.0 and 1. are one number."""
    try:
        return repr(float(text))
    except ValueError:
        return text
