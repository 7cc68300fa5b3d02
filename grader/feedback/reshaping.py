"""Which line of a function made a result's shape another one, where its numbers are right.

takes: what is told of a function, and the cells.
gives: the same, with that line in its next step if there is one alone that may have done it.
must not know: how a verdict was reached, points, the shapes themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.feedback.case_wording import Place
from grader.gradebook import CellRecord, CriterionRecord

ONLY_ITS_SHAPE = "only its shape is not"
NOT_EITHER = "Not right either: "  # what stands behind it is of other results, and the next step is of the first
_CALL = re.compile(
    r"\.(flatten|ravel|reshape|squeeze|transpose|swapaxes)\s*\(|\.(T)\b|\bnp\.(ravel|reshape|squeeze)\s*\("
    r"|\b(keepdims)\s*=\s*(?:True|1)\b"
)
_DOES = {
    "flatten": "makes one long row",
    "ravel": "makes one long row",
    "squeeze": "takes each axis of size one away, that of a batch of one too",
    "keepdims": "keeps the axis that was summed over, as one of size one",
}
_ADDS_ONES = ("keepdims", "reshape")
_TURNS = ("T", "transpose", "swapaxes")  # another order of the axes, and as many of them as before
_SHAPES = re.compile(r"(?:`(\w+)` )?has shape \(([\d, ]*)\), where \(([\d, ]*)\) is due")
_OVER_AN_AXIS = re.compile(r"\.(sum|mean|max|min|prod|std|var|median)\s*\((?=-?\d\s*\)|.*(?:axis\s*=|,\s*-?\d\s*\)))")


def told_by_call(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Name the call that flattens, reshapes, transposes or sums, as a student may not know what it does."""
    if ONLY_ITS_SHAPE not in told.headline.partition(NOT_EITHER)[0] or not told.cell:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    lines = [(n, line.partition("#")[0]) for n, line in body(source, told.line)]
    got, due = _sizes(told.headline)
    found = _that_may_do_it(lines, got, due)
    if not found and _has_more_ones(due, got):
        return _told_by_sum(told, lines, place)
    if len(found) > 1 and _has_more_ones(due, got):  # only one of these takes away what is missing
        found = [(n, match) for n, match in found if "squeeze" in match.groups()]
    if len(found) != 1:
        return told
    line, match = found[0]
    call = next(filter(None, match.groups()))
    does = _DOES.get(call, "changes the shape")
    shown = {"T": "`.T`", "keepdims": "`keepdims=True`"}.get(call, f"`{call}(...)`")
    when = "before more is worked out of it" if NOT_EITHER in told.headline else "at the end"
    to_do = f"leave it out, or give the result the shape that is due {when}"
    return replace(told, next_step=f"{shown} in {place(told.cell, line)} {does}: {to_do}.")


def _that_may_do_it(
    lines: Sequence[tuple[int, str]], got: Sequence[str], due: Sequence[str]
) -> list[tuple[int, re.Match[str]]]:
    """The calls that can make such a shape of the one that is due: none that turns it round adds or takes an axis."""
    found = [(n, match) for n, line in lines for match in _CALL.finditer(line)]
    if _has_more_ones(got, due):
        return [(n, match) for n, match in found if not {*_ADDS_ONES}.isdisjoint(match.groups())]
    found = [(n, match) for n, match in found if "keepdims" not in match.groups()]
    if _has_more_ones(due, got):
        found = [(n, match) for n, match in found if {*_TURNS}.isdisjoint(match.groups())]
    return found


def _told_by_sum(told: CriterionRecord, lines: Sequence[tuple[int, str]], place: Place) -> CriterionRecord:
    """Name the sum over an axis that takes this away: in the line that makes the result, where there is one."""
    sums = [(n, line, m[1]) for n, line in lines if "keepdims" not in line for m in _OVER_AN_AXIS.finditer(line)]
    shape = _SHAPES.search(told.headline)
    made = re.compile(rf"\b{shape[1]}\s*=[^=]" if shape and shape[1] else "(?!)")
    sums = [one for one in sums if made.search(one[1])] or sums
    if len(sums) != 1:
        return told
    line, _, call = sums[0]
    step = (
        f"`{call}(...)` in {place(told.cell, line)} takes away the axis that it goes over: with `keepdims=True` that "
        "stays, of size one."
    )
    return replace(told, next_step=step)


def _sizes(headline: str) -> tuple[list[str], list[str]]:
    """The sizes of what came and of what is due."""
    told = _SHAPES.search(headline)
    got, due = (re.findall(r"\d+", sizes) for sizes in told.groups()[1:]) if told else ([], [])
    return got, due


def _has_more_ones(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a shape is another one with more axes of size one: no transpose comes to that."""
    return len(one) > len(other) and [size for size in one if size != "1"] == [size for size in other if size != "1"]


def body(source: str, first: int) -> list[tuple[int, str]]:
    """The lines of the function that begins there, numbered: those that stand further in, and the end of its head.

    A comment at the left edge ends nothing, for Python either; below the last line it may be about what comes next.
    """
    lines = source.split("\n")
    if first > len(lines):
        return []
    margin = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    found: list[tuple[int, str]] = [(first, lines[first - 1])]
    open_ones: list[tuple[int, str]] = []  # comments at the left edge, and empty lines behind these
    for n, line in enumerate(lines[first:], start=first + 1):
        is_outside = line.strip() and len(line) - len(line.lstrip()) <= margin and line.lstrip()[0] not in ")]"
        if is_outside and not line.lstrip().startswith("#"):
            break
        open_ones.append((n, line))
        if not is_outside and (line.strip() or len(open_ones) == 1):
            found += open_ones
            open_ones = []
    return found
