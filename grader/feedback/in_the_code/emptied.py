"""The slice that left nothing of a result, because it ends at -0: `x[pad:-pad]` where `pad` is 0.

takes: what is told of a function, and the cells.
gives: the same, with that slice in its next step, if the shape that came has a size of 0 and there is one, or if it is
what raised where no shape is told.
must not know: how a verdict was reached, points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.feedback.case_wording import Place
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord

_EMPTY = re.compile(r"\bshape \((?:\d+, ?)*0\b[\d, ]*\)")
_UNTOLD = re.compile(r"\braised ValueError \(")  # on hidden inputs, without what it says
_TO_MINUS = re.compile(r"[\[,:]\s*(\w*)\s*:\s*-\s*([A-Za-z_]\w*)\s*[,\]]")


def told_by_slice(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name the first slice that counts from the end by a name, and what it does where that is 0."""
    is_told, own = _EMPTY.search(told.headline), told.trouble_cell == told.cell
    if not told.cell or not (is_told or (own and _UNTOLD.search(told.headline))):
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    lines = [(n, line) for n, line in body(source, told.line) if is_told or n == told.trouble_line]
    found = ((n, _TO_MINUS.search(line.partition("#")[0])) for n, line in lines)
    line, match = next(((n, match) for n, match in found if match), (0, None))
    if match is None:
        return told
    start, name = match.groups()
    front = f"`{start or 0}:{start or 0} + size`"
    step = (
        f"`{start}:-{name}` in {place(told.cell, line)} leaves nothing where `{name}` is 0, since -0 is 0: let it end "
        f"at a place that is counted from the front, such as {front}."
    )
    is_first = is_told and " In '" not in told.headline[: is_told.start()]
    return replace(told, next_step=step if is_first else f"{told.next_step} {step}")
