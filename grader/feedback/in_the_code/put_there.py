"""Values that the check puts on an object: where a function reads them, nobody is sent to see whether it does.

takes: what is told of a function, its rule, and the cells.
gives: the same, without the advice to see that they are read if the text of the function reads them all.
must not know: how a verdict was reached, points, the values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from grader.answer_key import CriterionRule
from grader.feedback.next_step.form_wording import say_put
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord


def told_by_places(told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord]) -> CriterionRecord:
    """Leave that advice out where it is kept to already."""
    advice = next((said for said in map(partial(say_put, rule.put), (True, False)) if said in told.next_step), "")
    if not rule.put or not told.cell or not advice:
        return told
    source = next((cell.source for cell in cells if cell.number == told.cell), "")
    text = "\n".join(line.partition("#")[0] for _, line in body(source, told.line)).replace('"', "'")
    is_read = all(re.search(rf"{re.escape(place)}(?!\w|\s*=[^=])", text) for place in rule.put)
    return replace(told, next_step=told.next_step.replace(advice, "")) if is_read else told
