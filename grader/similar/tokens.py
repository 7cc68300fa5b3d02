"""Python source -> streams of tokens, one for each function and one for the rest, each token with its place.

takes: source that may not even parse.
gives: streams without comments, docstrings and white space.
must not know: hand-ins, what is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from grader.errors import GraderError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MOST_TOKENS = 20_000  # of one cell; a long hand-in has two thousand in all
_SKIPPED = {"comment", "line_continuation"}
_WHOLE = {"string", "concatenated_string"}  # taken as one token, whatever is in it
_NUMBERS = {"integer", "float"}


@dataclass(frozen=True)
class Token:
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
    for node, function in islice(_leaves(_parser().parse(data).root_node), MOST_TOKENS):
        streams.setdefault(function, []).append(_token(node, data))
    return tuple(streams.values())


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


def _leaves(root: Node) -> Iterator[tuple[Node, int]]:
    """Leaves in order, each with where the outermost function begins that it stands in; -1 for none."""
    waiting: list[tuple[Node, int]] = [(root, -1)]
    while waiting:  # and no recursion: a hand-in may be as deep as it likes
        node, function = waiting.pop()
        kind = node.type
        if kind in _SKIPPED or _is_docstring(node):
            continue
        if kind in _WHOLE or not node.children:
            if node.end_byte > node.start_byte:
                yield node, function
            continue
        if function < 0 and kind == "function_definition":
            function = node.start_byte
        waiting.extend((child, function) for child in reversed(node.children))


def _is_docstring(node: Node) -> bool:
    return node.type == "expression_statement" and len(node.children) == 1 and node.children[0].type in _WHOLE


def _token(node: Node, data: bytes) -> Token:
    text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
    own = False
    if node.type == "identifier":
        own = not _is_given_name(node)
    elif node.type in _WHOLE:
        text = "a string"
    elif node.type in _NUMBERS:
        text = _same_number(text)
    return Token(text, own, node.start_byte, node.end_byte)


def _is_given_name(node: Node) -> bool:
    """Whether a name is somebody else's: what stands behind a dot, and a keyword of a call."""
    parent = node.parent
    if parent is None:
        return False
    field_name = {"attribute": "attribute", "keyword_argument": "name"}.get(parent.type)
    if field_name is None:
        return False
    named = parent.child_by_field_name(field_name)
    return named is not None and named.start_byte == node.start_byte


def _same_number(text: str) -> str:
    """1 and 1.0 and 1. are one number."""
    try:
        return repr(float(text))
    except ValueError:
        return text
