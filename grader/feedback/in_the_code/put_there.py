"""What stands on an object: where a function reads what a check puts there, or nothing, nobody is sent to look at it.

takes: what is told of a function, its rule, and the cells.
gives: the same, without the advice to see that it is read if the text of the function reads it all, and without that to
mend its forward first if that reads nothing which a forward can have left.
must not know: how a verdict was reached, points, the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from grader.answer_key import CriterionRule
from grader.feedback.failing_wording import BEHIND, forward_of
from grader.feedback.next_step.form_wording import say_put
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord


def told_by_places(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Leave that advice out where it is kept to already."""
    advice = next((said for said in map(partial(say_put, rule.put), (True, False)) if said in told.next_step), "")
    if not rule.put or not told.cell or not advice:
        return told
    text = "\n".join(_lines(told, cells))
    is_read = all(re.search(rf"{re.escape(place)}(?!\w|\s*=[^=])", text) for place in rule.put)
    return replace(told, next_step=told.next_step.replace(advice, "")) if is_read else told


def told_by_itself(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """A backward that says nothing of `self` works on what it is given alone."""
    first = re.match(BEHIND.format(re.escape(forward_of(rule)), "(is off|raises)"), told.next_step)
    if first is None or not rule.finds_all or not told.cell:
        return told
    _, *lines = _lines(told, cells)
    reads = any(re.search(r"\bself\b", line) for line in lines)
    return told if reads or not lines else replace(told, next_step=told.next_step[first.end() :])


def _lines(told: CriterionRecord, cells: Sequence[CellRecord]) -> list[str]:
    """The lines of a function without their comments, from its head on."""
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    return [line.partition("#")[0].replace('"', "'") for _, line in body(source, told.line)]
