"""A hand-in in one line, for a column of comments.

takes: a record; the text of a cell.
gives: text; whether a text is of that form.
must not know: which sheet it is for, HTML.
"""

from __future__ import annotations

import re
from fractions import Fraction

from grader.export.filling import plain
from grader.gradebook import Record


def comment(record: Record) -> str:
    """A hand-in in one line for a column of comments: our own words and numbers alone, for LMSs show it as HTML."""
    told = [
        f"{c.name}: {'points by a TA' if c.changed_by_hand else c.verdict}, {_of(c.points, c.max_points)}"
        for c in record.criteria
    ]
    off = record.taken_off
    late = [f"late: {plain(off)} points taken off"] if off else []
    return "; ".join([f"{_of(record.points, record.max_points)} points", *told, *late])


_SCORE = r"(?:not graded|[\d.]+ of [\d.]+)"
# A comment of an earlier export, which says the points of then: nobody's own words are of this form.
_COMMENT = re.compile(rf"{_SCORE} points(?:; [^;]+: [a-z A-Z]+, {_SCORE})+(?:; late: [\d.]+ points taken off)?")


def is_comment(text: str) -> bool:
    """Whether it is such a line, of an earlier export."""
    return bool(_COMMENT.fullmatch(text))


def _of(points: Fraction | None, most: Fraction) -> str:
    return "not graded" if points is None else f"{plain(points)} of {plain(most)}"
