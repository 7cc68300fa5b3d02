"""Characters that word processors, web pages and other keyboards put in the place of Python's, read as what they say.

takes: a line at which parsing stopped, and what the parser said.
gives: the same line as Python reads it; what has more than one meaning stays as it is.
must not know: cells, graded names, which lines are mended.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

RETYPED = "characters of a word processor or of another keyboard were read as Python's"
TAB_WIDTHS = (8, 4)  # what Python 2 took a tab for, and what editors show

_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u00b4"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_QUOTES = str.maketrans({**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), "\uff07": "'", "\uff02": '"'})
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_BLANK = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_OTHERS = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00d7\u2217", "*"),
        **dict.fromkeys("\u00f7\u2215\u2044", "/"),
        **dict.fromkeys("\x0b\x85\u2028\u2029", ";"),  # a line that ends where Python sees no end
        "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2026": "...",
        **{chr(full): chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F) if full not in (0xFF02, 0xFF07)},
    }
)  # fmt: skip
_ODD_MARGIN = re.compile(f"[ \\t{_BLANK}{_INVISIBLE}]*[{_BLANK}{_INVISIBLE}]")
_NOT_SEEN = re.compile(f"[{_INVISIBLE}]")
_CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})")
_TRIPLE = re.compile(f"[\"{_DOUBLE}]{{3}}|['{_SINGLE}]{{3}}")


def retyped(line: str, message: str) -> str:
    """A line in which Python cannot read the character that the message names.

    Quotes are rewritten where one is in the way, and nowhere else: within a text they are the text's own.
    """
    named = _CODE_POINT.search(message)
    at_fault = chr(int(named[1], 16)) if named else ""
    if at_fault.translate(_QUOTES) != at_fault:
        return line.translate(_QUOTES)
    return "".join(map(_blank, _NOT_SEEN.sub("", line))).translate(_OTHERS)


def _blank(letter: str) -> str:
    return " " if unicodedata.category(letter) == "Zs" else letter


def with_plain_margin(line: str) -> str:
    """A line whose margin is of blanks that Python does not count, or of what nobody sees."""
    found = _ODD_MARGIN.match(line)
    margin = "".join(map(_blank, _NOT_SEEN.sub("", found[0]))) if found else ""
    return margin + line[found.end() :] if found else line


def closing(lines: Sequence[str], opened: int) -> tuple[int, str] | None:
    """The line behind one that opens a text over several, in which typographic quotes close it; none if none do."""
    for n in range(opened + 1, len(lines)):
        if found := _TRIPLE.search(lines[n]):
            plain = found[0].translate(_QUOTES)
            return (n, lines[n].replace(found[0], plain, 1)) if plain != found[0] else None
    return None


HTML = {"&gt;": ">", "&lt;": "<", "&amp;": "&", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&nbsp;": " "}
"""What a web page has for a character: what is pasted out of its source has it still."""

_ENTITY = re.compile("|".join(map(re.escape, HTML)))


def without_entities(line: str) -> str:
    """A line with the characters that such names stand for."""
    return _ENTITY.sub(lambda found: HTML[found[0]], line) if "&" in line else line
