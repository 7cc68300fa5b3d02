"""What of another language, or of arithmetic on paper, stands in a line that Python cannot read.

takes: what is told of a function that is missing, and the cells.
gives: the same, with what to write in the place of it.
must not know: how a verdict was reached, points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.gradebook import CellRecord, CriterionRecord

_TEXTS = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|#.*""")
_SLIPS = (
    (r"&&", "Write `and` in the place of `&&`, and `&` between masks, each in brackets"),
    (r"\|\|", "Write `or` in the place of `||`, and `|` between masks, each in brackets"),
    (r"\w\+\+", "Write `+= 1` in the place of `++`"),
    (r"\w--\s*$", "Write `-= 1` in the place of `--`"),
    (r"^\s*(?:elseif|elsif|else\s+if)\b", "Write `elif`"),
    (r"=<|=>", "Write `<=` or `>=`: the `=` comes last"),
    (r"<>", "Write `!=` in the place of `<>`"),
    (r"!(?!=)", "Write `not` in the place of `!`"),
    (r"^\s*(?:function|func|fn)\b", "A function begins with `def`"),
    (r"^\s*(?:var|let|const|double|float|int)\s+\w+\s*=", "A name needs no type before it: write `name = ...`"),
    (
        r"^\s*(?:for|if|while)\b.*\{\s*$",
        "Write a colon in the place of the brace, and the block further in",
    ),
    (r"`", "Python has no backticks: write a quote, or leave them out"),
    (r"\?.*:", "Write `a if condition else b` in the place of `condition ? a : b`"),
)


def told_by_line(told: CriterionRecord, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Name what is to be written otherwise, if the line has something known."""
    if told.verdict != "missing" or "SyntaxError: invalid syntax" not in told.headline:
        return told
    source = next((cell.source for cell in cells if cell.number == told.trouble_cell), "")
    line = _TEXTS.sub("_", "".join(source.split("\n")[told.trouble_line - 1 : told.trouble_line]))
    step = next((step for pattern, step in _SLIPS if re.search(pattern, line)), "")
    return replace(told, next_step=f"{step}; then run the cell in a fresh kernel, and save.") if step else told
