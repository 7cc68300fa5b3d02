"""Python 2's `raise E, "why"` and `exec code in names` as calls, wherever they end.

takes: the lines of a cell, and one of them in which such statements may begin.
gives: the same lines with calls in their place.
must not know: what is defined in them, where parsing stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.extract.repairs.old_prints import MOST_LINES, PIECE, end_of, is_in_brackets, is_within

OLD_STATEMENT = "Python 2's raise or exec was read as Python 3's"
_BEGINS = re.compile(r"(?:^|(?<=[:;]))[ \t]*(?P<word>raise|exec)\b(?=[ \t\"'])")
_CLASS = re.compile(r"\s*[\w.]+\s*")
_PARTS = {"raise": re.compile(r","), "exec": re.compile(r"(?<!\w)in\b")}


def with_old_statements(lines: Sequence[str], at: int) -> list[str]:
    """The lines with each such statement that begins in line `at` as a call; all else, and their number, stays."""
    text = "\n".join(lines[at : at + MOST_LINES])
    starts = [match for match in _BEGINS.finditer(lines[at]) if not is_within(lines[at], match.end())]
    for match in reversed(starts):  # so that what stands before the next one keeps its place
        end = end_of(text, match.end())
        said = text[match.end() : end].rstrip() if end is not None else ""
        text = text[: match.end()] + _called(match["word"], said) + text[match.end() + len(said) :]
    return [*lines[:at], *text.split("\n"), *lines[at + MOST_LINES :]]


def _called(word: str, said: str) -> str:
    """What stands behind the word, as Python 3 has it; what is so already stays."""
    first, part, rest = _parted(said, _PARTS[word])
    if word == "raise":
        return f"{first.rstrip()}({rest.lstrip(' ')})" if part and _CLASS.fullmatch(first) else said
    if not said.strip() or said.lstrip()[0] == "=" or is_in_brackets(said.lstrip()):
        return said
    return f"({first.strip()}, {rest.lstrip()})" if part else f"({said.lstrip()})"


def _parted(said: str, by: re.Pattern[str]) -> tuple[str, str, str]:
    """A text in two at the first place that stands in no brackets and no text."""
    depth = 0
    for piece in PIECE.finditer(said):
        depth += (piece.lastgroup == "open") - (piece.lastgroup == "close")
        if depth == 0 and piece.lastgroup is None and (match := by.match(said, piece.start())):
            return said[: match.start()], match[0], said[match.end() :]
    return said, "", ""
