"""Graded functions that a wrong one calls where the reference does not, and that are wrong themselves.

takes: what is told of all functions, the cells, and the key.
gives: the same, with a note on them: nothing could be lent in their place, and what is wrong may come from there.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.feedback.reshaping import body
from grader.gradebook import CellRecord, CriterionRecord

_CALLS = re.compile(r"(?<![\w.])(?<!def )([^\W\d]\w*)\s*\(")
_SO = "What is wrong may come from there: mend that first."
_MAY_FOLLOW = ("partly", "wrong", "crashed", "timed out")
_NOT_RIGHT = (*_MAY_FOLLOW, "known mistake", "consistent", "not attempted")


def told_by_called_too(
    told: Sequence[CriterionRecord], cells: Sequence[CellRecord], key: AnswerKey
) -> list[CriterionRecord]:
    """Say so of each that calls such ones by their names; of what it is known to call, all is said elsewhere."""
    wrong = {one.name for one in told if one.verdict in _NOT_RIGHT}
    if len(wrong) < 2:
        return list(told)
    known = {rule.name: {rule.name, rule.forward, *rule.calls} for rule in key.rubric.criteria}
    return [_with_note(one, wrong - known[one.name], cells) if one.verdict in _MAY_FOLLOW else one for one in told]


def _with_note(one: CriterionRecord, others: set[str], cells: Sequence[CellRecord]) -> CriterionRecord:
    source = next((cell.source for cell in cells if cell.number == one.cell), "") if others else ""
    lines = body(source, one.line) if source else []
    if one.trouble_cell == one.cell and all(case.outcome == "raised" for case in one.cases):
        lines = [(n, line) for n, line in lines if n <= one.trouble_line]  # what stands behind is never reached
    text = "\n".join(line.partition("#")[0] for _, line in lines)
    called = [name for name in dict.fromkeys(_CALLS.findall(text)) if name in others]
    are = "are" if len(called) > 1 else "is"
    said = f"It calls {', '.join(called)}, which {are} not right yet. {_SO}"
    return replace(one, notes=(*one.notes, said)) if called else one
