"""Names that a program uses and never defines, where it is plain what they stand for.

takes: all code of a hand-in, or of one of its modules, as text.
gives: the statements that define them, and a note on each.
must not know: graded names, cells.

`np` is missing where the cell that imports it was not handed in, or a start-up file of the student's imports it.
The others are Python 2's. By words: a name that is bound anywhere, in whatever way, is left to the program. A package
for both Pythons (`from past.builtins import xrange`) binds none: courses that used it are older than what is installed
today, and where it is there, its own name takes the place of ours. So it is with packages that have numpy's functions
under numpy's names, for graphics cards or to take gradients (`import autograd.numpy as np`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NP = ("import numpy as np", "The file never says `import numpy as np`; `np` was taken for numpy.")
_PYTHON_2 = {
    "xrange": ("xrange = range", "range"),
    "unicode": ("unicode = str", "str"),
    "basestring": ("basestring = str", "str"),
    "long": ("long = int", "int"),
    "reduce": ("from functools import reduce", "functools.reduce"),
}
_USED = {
    "np": re.compile(r"(?<![\w.])np\s*\."),
    # A type also stands where another is asked for, `isinstance(name, basestring)`.
    **{
        name: re.compile(rf"(?<![\w.]){name}\s*\(|\bisinstance\s*\([^\n]*,[^\n]*(?<![\w.]){name}\b")
        for name in _PYTHON_2
    },
}
_BINDS = {
    name: (
        re.compile(rf"\bas\s+{name}\b|\b{name}\s*(?:=(?!=)|,|:)|\b(?:def|class|for)\s+{name}\b"),
        re.compile(rf"\b{name}\b"),
    )
    for name in _USED
}
_FOR_BOTH = re.compile(r"[ \t]*from[ \t]+(?:past|future|six)\b[\w.]*[ \t]+import\b")
_LIKE_NUMPY = re.compile(  # as the packages themselves say to import them
    r"^[ \t]*import[ \t]+(cupy|(?:autograd|jax|minpy)\.numpy)[ \t]+as[ \t]+(\w+)[ \t]*$", re.MULTILINE
)
_STAR = re.compile(r"\bimport\s*\*")


def stand_ins(code: str) -> Iterator[tuple[str, str]]:
    """A statement, and a note on it ("": it may not have been needed), for each name."""
    for name, used in _USED.items():
        # Cheapest first: nearly every hand-in has `np`, and says so in its first line.
        if name not in code or _is_bound(name, code) or not used.search(code):
            continue
        statement, note = _NP if name == "np" else (_PYTHON_2[name][0], _note(name))
        yield statement, "" if _STAR.search(code) else note
    if any(package in code for package in ("cupy", "autograd", "jax", "minpy")):
        yield from _like_numpy(code)


def _like_numpy(code: str) -> Iterator[tuple[str, str]]:
    """Each name that is to stand for a package which is used as numpy is; where that is there, it takes our place."""
    for name, package in {match[2]: match[1] for match in _LIKE_NUMPY.finditer(code)}.items():
        if re.search(rf"(?<![\w.]){name}\s*\.", code):
            yield (
                f"import numpy as {name}",
                f"`{package}` is not there when it is graded; `{name}` was taken for numpy.",
            )


def _note(name: str) -> str:
    return f"`{name}` is Python 2's; it was read as `{_PYTHON_2[name][1]}`. Python 3 has no such name."


def _is_bound(name: str, code: str) -> bool:
    binds, word = _BINDS[name]
    # Line by line, and no `.*` between two words: a line of a million words must not take a minute.
    at = code.find(name)
    while at >= 0:
        start, end = code.rfind("\n", 0, at) + 1, code.find("\n", at)
        line = code[start : end if end >= 0 else len(code)].split("#")[0]
        imports = line.find("import ")
        if not _FOR_BOTH.match(line) and (binds.search(line) or (imports >= 0 and word.search(line, imports))):
            return True
        at = code.find(name, end) if end >= 0 else -1
    return False
