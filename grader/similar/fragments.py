"""Read code into fragments: runs of tokens in which names are numbered by their first use, so renaming changes nothing.

A regular expression finds the tokens, since the `tokenize` module stops at code that does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from keyword import iskeyword
from typing import NamedTuple

LENGTH = 12  # tokens of a fragment: about one and a half lines. Shorter ones are everybody's, longer ones easily broken
MOST_TOKENS = 20_000  # of one submission; a long one has two thousand
_LONG = r"(?>[rbfuRBFU]{0,2}(?:'{3}(?:[^\\]|\\.)*?(?:'{3}|\Z)|\"{3}(?:[^\\]|\\.)*?(?:\"{3}|\Z)))"
_TOKEN = re.compile(
    rf"(?P<skipped>\#[^\n]*|\\\n|\n|^[ \t]*{_LONG}[ \t]*$|[^\S\n]+)"  # a long text on lines of its own: a docstring
    rf"|(?P<text>(?<!\w)(?:{_LONG}|[rbfuRBFU]{{0,2}}(?:'(?:[^'\\\n]|\\.)*'?|\"(?:[^\"\\\n]|\\.)*\"?)))"
    r"|(?P<number>\.?\d(?:[eE][-+]|[\w.])*)|(?P<name>\w+)|(?P<sign>\*\*=?|//=?|[-+*/%@&|^<>=!:]=|->|.)",
    re.DOTALL | re.MULTILINE,
)


class Token(NamedTuple):
    """A token's text, whether it is a name that may be called otherwise, its cell and line (from 0)."""

    text: str
    is_own_name: bool
    cell: int
    line: int


class Fragments(NamedTuple):
    """The tokens of a submission, whether each is on a line of the student's own, and where each fragment begins."""

    tokens: list[Token]
    own: list[bool]
    begins: dict[int, list[int]]


def fragments_of(cells: Sequence[str], given: Set[str] = frozenset(), known: Set[int] = frozenset()) -> Fragments:
    """Read cells; `given` lines and `known` fragments are nobody's own. No fragment crosses a `def` or a cell."""
    found = Fragments([], [], {})
    for number, source in enumerate(cells):
        first, lines = len(found.tokens), source.split("\n")
        for at, token in enumerate(islice(_tokens(source, number), MOST_TOKENS - first), start=first):
            first = at if token.text in ("def", "class") else first
            found.tokens.append(token)
            found.own.append(lines[token.line].strip() not in given)
            names, run = dict[str, int](), found.tokens[-LENGTH:]  # own names count by the order of their first use
            texts = tuple(names.setdefault(one.text, len(names)) if one.is_own_name else one.text for one in run)
            if at - first >= LENGTH - 1 and hash(texts) not in known:
                found.begins.setdefault(hash(texts), []).append(at - LENGTH + 1)
    return found


def _tokens(source: str, cell: int) -> Iterator[Token]:
    """The tokens of a cell, without comments, docstrings and white space."""
    depth, line, before = 0, 0, ""
    for match in _TOKEN.finditer(source):
        text, kind = match[0], match.lastgroup
        if kind != "skipped":
            depth += (text in "([{") - (text in ")]}")
            # Names behind a dot, and those of arguments, are somebody else's.
            is_given = before == "." or (depth > 0 and re.compile(r"\s*=(?!=)").match(source, match.end()) is not None)
            said = "a text" if kind == "text" else re.sub(r"\.0*$", "", text) if kind == "number" else text
            yield Token(said, kind == "name" and not iskeyword(text) and not is_given, cell, line)
            before = text
        line += text.count("\n")
