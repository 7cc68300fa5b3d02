"""The machine's record as it is told: with what a teaching assistant said over it.

takes: a `Record` as the machine made it, its overrides, and the points of each criterion.
gives: the `Record` that pages and sheets are written from. The verdict's word stays the machine's.
must not know: the database, where an override was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from grader.gradebook.overrides import Override
from grader.gradebook.records import CriterionRecord, Record
from grader.lateness import after_deduction

BY_HAND = "A teaching assistant has marked it by hand."


def applied(record: Record, overrides: Mapping[str, Override], worth: Mapping[str, Fraction]) -> Record:
    """The record with overrides in it; `worth` has the criteria in order, with their points.

    A hand-in that could not be read at all gets its criteria, ungraded, so that a person can mark it.
    """
    used = {name: override for name, override in overrides.items() if name in worth}
    if not used:
        return record
    criteria = record.criteria or tuple(_blank(name, most, record) for name, most in worth.items())
    criteria = tuple(_overridden(c, used[c.name]) if c.name in used else c for c in criteria)
    graded = [c.points for c in criteria if c.points is not None]
    status = "graded" if len(graded) == len(criteria) else "partly graded" if graded else record.status
    points = after_deduction(sum(graded, Fraction(0)), record.deduction) if graded else None
    if status == "graded" != record.status:
        record = replace(record, sentence=f"{record.sentence} {BY_HAND}".strip(), next_step="")
    return replace(record, criteria=criteria, points=points, status=status)


def _blank(name: str, most: Fraction, record: Record) -> CriterionRecord:
    return CriterionRecord(name, record.status, None, most, "", record.sentence, record.next_step, (), (), ())


def _overridden(criterion: CriterionRecord, override: Override) -> CriterionRecord:
    if override.points is None:
        return replace(criterion, override=override, judged_points=criterion.points)
    # Where the rubric was cut since, nobody has more than all points; `is_capped` tells the TA so.
    points = min(override.points, criterion.max_points)
    return replace(criterion, override=override, judged_points=criterion.points, points=points)
