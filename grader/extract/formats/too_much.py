"""How much of a file is read: beyond these sizes Python's parser, or ours, takes minutes or gigabytes.

takes: a hand-in's cells.
gives: a part of a sentence that says what there is too much of; "" where all of it can be read in a second or two.
must not know: Python's grammar, graded names, how a notebook is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MOST_CELLS = 5_000  # a long course has three hundred in one notebook
CODE_CAP = 2 << 20  # bytes of code in all; parsing more would take minutes, and no hand-in has a tenth of it
# Of code: what does not parse is looked at line by line, at some 0.2 ms each. A `;` makes a line as well.
MOST_LINES = 20_000
# On one letter, one behind the other: Python and we put them in order as we read a name, in quadratic time.
MOST_MARKS = 500
MOST_DOTS = 1000  # in one name: Python puts together each beginning of one that is imported, and runs out of memory
# Signs and words that join values, in one file: Python's tree takes up to a kilobyte for each, and a course has some
# thousands. Points are none: a decimal has one, and names have an end of their own.
MOST_SIGNS = 400_000
MOST_PLACES = 5_000  # in one f-string: before 3.12 Python looks through all of it for each of them
_TEXT = re.compile(
    r"""#[^\n]*|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|$)|\"\"\"(?:[^"\\]|\\.|"(?!""))*(?:\"\"\"|$)|"""
    r"""'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?""",
    re.DOTALL,
)
_JOINING = re.compile(r"[^\w\s.]|\b(?:and|or|not|in|is|if|else|for|lambda|await)\b")
# From one to so many, each looked at once: to look for so many from every dot on takes a minute for many long names.
_PARTS = re.compile(rf"(?:\.[\s\\]*[^\W\d]\w*[\s\\]*){{1,{MOST_DOTS}}}")
_FOREIGN = re.compile(rf"[^\x00-\x7f]{{{MOST_MARKS},}}")


def too_much(cells: Sequence[tuple[str, str]]) -> str:
    """What a file has more of than can be read in a second or two."""
    code = [source for kind, source in cells if kind == "code"]
    if len(cells) > MOST_CELLS:
        return f"has more than {MOST_CELLS} cells"
    if sum(map(len, code)) > CODE_CAP:
        return f"holds over {CODE_CAP >> 20} MB of code"
    if sum(s.count("\n") + s.count(";") for s in code) > MOST_LINES:
        return f"has more than {MOST_LINES} lines of code"
    if any(map(_has_many_marks, code)):
        return f"has a letter with more than {MOST_MARKS} marks on it"
    if any(len(source) > MOST_SIGNS and signs_in(source) > MOST_SIGNS for source in code):
        return f"has more than {MOST_SIGNS:,} signs in its code, as where data stands in it: data belongs in a file"
    if any(source.count("{") > MOST_PLACES and _has_many_places(source) for source in code):
        return f"has an f-string with more than {MOST_PLACES} places to fill in"
    has_long_name = any(source.count(".") >= MOST_DOTS and _has_long_name(source) for source in code)
    return f"has a name of more than {MOST_DOTS} parts" if has_long_name else ""


def signs_in(source: str) -> int:
    """How many values its code may hold; what stands in texts and comments is none, but for `{` of an f-string."""
    texts, within = 0, 0

    def count(found: re.Match[str]) -> str:
        nonlocal texts, within
        if found[0][0] != "#":
            texts, within = texts + 1, within + found[0].count("{")
        return " "

    rest = _TEXT.sub(count, source)
    return texts + within + sum(1 for _ in _JOINING.finditer(rest))


def _has_many_places(source: str) -> bool:
    texts = (found for found in _TEXT.finditer(source) if found[0].count("{") > MOST_PLACES)
    return any("f" in source[max(0, found.start() - 2) : found.start()].lower() for found in texts)


def _has_long_name(text: str) -> bool:
    return any(found[0].count(".") == MOST_DOTS for found in _PARTS.finditer(text))


def _has_many_marks(text: str) -> bool:
    """Whether accents and the like stand in one heap, such as Python takes minutes for."""
    if text.isascii():
        return False
    return any(_longest_heap(found[0]) > MOST_MARKS for found in _FOREIGN.finditer(text))


def _longest_heap(text: str) -> int:
    longest = heap = 0
    for letter in text:
        # What is no mark itself may be written as one, as the marks of half-width kana are.
        heap = heap + 1 if unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) else 0
        longest = max(longest, heap)
    return longest
