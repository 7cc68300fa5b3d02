"""A form as it was sent -> overrides; a mistake in it is told beside its field, and nothing typed is lost.

takes: the fields of one hand-in's form, and the hand-in as it stands.
gives: the overrides that differ from what stands, or what is wrong by criterion.
must not know: HTTP, HTML, the gradebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grader.export import parse_points, show_exact
from grader.gradebook import Override, Record
from grader.report.review_page import Field

REASON_CAP = 1000  # characters; what a student reads on a page is a few sentences


def stands(record: Record, name: str) -> Field:
    """The form of one criterion as the gradebook has it."""
    override = next((c.override for c in record.criteria if c.name == name), None)
    if override is None:
        return Field("", "")
    return Field("" if override.points is None else show_exact(override.points), override.reason)


def read_form(
    record: Record, worth: Mapping[str, Fraction], form: Mapping[str, str]
) -> tuple[list[Override], dict[str, Field]]:
    """The changes a form asks for, and its fields as they were typed, with what is wrong in them."""
    changes: list[Override] = []
    fields: dict[str, Field] = {}
    for number, name in enumerate(worth):
        before = stands(record, name)
        # A comment that was picked counts where none was typed: so picking works without script too.
        reason = form.get(f"reason-{number}", "").strip() or form.get(f"again-{number}", "").strip()
        typed = Field(form.get(f"points-{number}", "").strip(), _plain(reason))
        fields[name] = typed
        if (typed.points, typed.reason) == (before.points, before.reason) and f"keep-{number}" not in form:
            continue
        try:
            changes.append(_override(record.student_id, name, typed, worth))
        except ValueError as error:
            fields[name] = Field(typed.points, typed.reason, str(error))
    return changes, fields


def _plain(text: str) -> str:
    return " ".join(text.split())


def _override(student: str, name: str, typed: Field, worth: Mapping[str, Fraction]) -> Override:
    points = None
    if len(typed.reason) > REASON_CAP:
        raise ValueError(
            f"a comment has at most {REASON_CAP:,} characters, and this one {len(typed.reason):,}: shorten it"
        )
    if typed.points:
        points = parse_points(typed.points, worth[name])
        if not typed.reason:
            raise ValueError("write a sentence beside the points: the student reads it on the page")
    return Override(student, name, points, typed.reason)
