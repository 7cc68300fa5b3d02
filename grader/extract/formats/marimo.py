"""A marimo notebook, a Python file with a function around each cell, as the code that stands in its cells.

takes: the text of a `.py` file.
gives: the same lines without what marimo puts around them, each with its number; "" where the file is no such notebook.
must not know: graded names, what the code means.

Line by line and not by Python's parser, since a cell that cannot be read must not take the others with it. `@app.cell`
stands over `def _(names):`, whose last line returns what the cell defines; `@app.function` and `@app.class_definition`
over what stands alone; `with app.setup:` over what comes first; and a cell that Python cannot read is a text in
`app._unparsable_cell(` (as marimo 0.25 writes them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NOTE = "This is a marimo notebook: the code of its cells was read, in the order of the file."
_IS_ONE = re.compile(r"^\w+ = marimo\.App\(", re.MULTILINE)
# What begins a part of the file, at its left edge; of these parts only cells and what is set up stand further in.
_BEGINS = (
    ("decorated", re.compile(r"@\w+\.cell\b")),
    ("outside", re.compile(r"@\w+\.(?:function|class_definition)\b")),
    ("cell", re.compile(r"with \w+\.setup\b")),
    ("header", re.compile(r"(?:import marimo\s*$|__generated_with\b|\w+ = marimo\.App\()")),
    ("footer", re.compile(r"if __name__ ==")),
    ("unread", re.compile(r"\w+\._unparsable_cell\(")),
)
_NAMED = re.compile(r"(?:async )?def \w+\(")
_GIVING = re.compile(r"\) *->")
_RETURNS = re.compile(r"    return\b")
_OPENS = re.compile(r"    (r?)\"\"\"\s*$")
_CLOSES = re.compile(r"    \"\"\",\s*$")
_ESCAPED = re.compile(r"\\([\"\\])")
_STEP = 4  # blanks


def code_of_marimo(text: str) -> str:
    """The code of its cells, each line where it stands in the file."""
    return "\n".join(_lines(text.split("\n"))) if _IS_ONE.search(text) else ""


def _lines(lines: list[str]) -> Iterator[str]:
    part = "outside"
    for line in lines:
        at_edge = line[:1].strip() != ""
        begun = next((name for name, begins in _BEGINS if begins.match(line)), "") if at_edge else ""
        if begun:
            part, line = begun, ""
        elif part in ("decorated", "signature") and (part == "signature" or _NAMED.match(line)):
            part, line = ("cell" if _ends_signature(line) else "signature"), ""
        elif part == "unread" and (opens := _OPENS.match(line)):
            part, line = ("raw text" if opens[1] else "text"), ""
        elif part in ("text", "raw text"):
            part, line = ("footer", "") if _CLOSES.match(line) else (part, _as_typed(line, part == "raw text"))
        elif part == "cell" and _RETURNS.match(line):
            part, line = "returned", ""
        elif part == "cell":
            line = line[_STEP:] if not line[:_STEP].strip() else line  # a text of several lines may stand at the edge
        elif part != "outside":
            part, line = ("outside", line) if at_edge and line.strip() != ")" else (part, "")
        yield line


def _ends_signature(line: str) -> bool:
    """Whether a line is the last of a signature, which may have one name a line."""
    line = line.rstrip()
    return line.endswith("):") or (line.endswith(":") and bool(_GIVING.search(line)))


def _as_typed(line: str, is_raw: bool) -> str:
    """A line of a cell that is kept as a text."""
    line = line[_STEP:] if not line[:_STEP].strip() else line
    return line if is_raw else _ESCAPED.sub(r"\1", line)
