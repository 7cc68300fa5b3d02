"""What the text of a function tells more than what came of it: each thing that is looked for, one after another.

takes: what is told of a function, its rule, and the cells.
gives: the same, with what the text shows in its words.
must not know: how a verdict was reached, points, values.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.answer_key import CriterionRule
from grader.feedback.case_wording import Place
from grader.feedback.in_the_code.emptied import told_by_slice
from grader.feedback.in_the_code.left_aside import told_by_left_aside
from grader.feedback.in_the_code.no_constructor import told_by_no_constructor
from grader.feedback.in_the_code.outside import told_by_outside
from grader.feedback.in_the_code.overwritten import told_by_overwritten
from grader.feedback.in_the_code.parameters import (
    told_by_decorator,
    told_by_making,
    told_by_order,
    told_by_other_name,
    told_by_place,
    told_by_self,
)
from grader.feedback.in_the_code.put_there import told_by_itself, told_by_places
from grader.feedback.in_the_code.set_to_none import told_by_none
from grader.feedback.in_the_code.slip_wording import told_by_attribute, told_by_line, told_by_name
from grader.feedback.in_the_code.unused import told_by_unused
from grader.feedback.reshaping import told_by_call
from grader.gradebook import CellRecord, CriterionRecord


def told_by_text(
    told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord], place: Place
) -> CriterionRecord:
    """The same, where the text of the function tells more than what came of it."""
    try:
        return _told_by_text(told, rule, cells, place)
    except RecursionError:  # an expression of some hundred parts: to write it takes more frames than to parse it
        return told


def _told_by_text(
    told: CriterionRecord, rule: CriterionRule, cells: Sequence[CellRecord], place: Place
) -> CriterionRecord:
    told = told_by_other_name(told_by_making(told_by_order(told, rule, cells), rule, cells), rule, cells)
    told = told_by_no_constructor(told_by_place(told, rule, cells, place), rule, cells)
    told = told_by_attribute(told_by_line(told_by_self(told, cells, place), cells), rule, cells)
    told = told_by_name(told_by_slice(told_by_call(told, cells, place), cells, place), cells, place)
    told = told_by_overwritten(_told_by_lines(told, cells, place), cells, place)
    told = told_by_left_aside(told, cells, place)
    told = told_by_outside(told, cells, place, rule.sizes)
    return told_by_itself(told_by_places(told, rule, cells), rule, cells)


def _told_by_lines(told: CriterionRecord, cells: Sequence[CellRecord], place: Place) -> CriterionRecord:
    """Work that reaches no result tells more than the hand-out's line that sets this result to None."""
    lost = told_by_decorator(told_by_unused(told, cells, place), cells, place)
    return lost if lost != told else told_by_none(told, cells, place)
