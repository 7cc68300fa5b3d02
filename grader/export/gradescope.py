"""Gradescope's `results.json`: one test a criterion with its points, and one with what the public checks say.

takes: the record of one hand-in, and when points may be seen.
gives: the document, as Gradescope's autograder specification has it; `ExportError` where we could not grade.
must not know: files, HTML.

Points of a criterion depend on hidden checks, and could be used to find out about them by handing in again and
again; so they become visible when the caller says (by default when grades are published). Public checks are always
visible, and carry no points.
"""

from __future__ import annotations

from typing import Any

from grader.errors import ExportError
from grader.export.sheets import plain_number
from grader.gradebook import CriterionRecord, Record


def gradescope_results(record: Record, visibility: str = "after_published") -> dict[str, Any]:
    """One hand-in's results. What could not be read has a score of 0, since there must be one, and says why."""
    if record.status in ("ungraded", "partly graded"):
        raise ExportError(
            f"'{record.student_id}' could not be graded in whole, and Gradescope has no word for that",
            "grade again; nothing was written, so that Gradescope says that the autograder failed, and no zero",
        )
    score = plain_number(record.points)
    return {
        "score": 0 if score is None else score,
        "output": _output(record),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": record.status, "student_id": record.student_id, "sha256": record.sha256},
        "tests": [test for n, c in enumerate(record.criteria, start=1) for test in _tests(n, c, visibility)],
    }


def _output(record: Record) -> str:
    lines = []
    if record.points is None:
        lines = [f"Not graded, and not meant as a zero: {record.sentence}", f"What to do: {record.next_step}"]
    lines += [f"Note: {note}" for note in record.notes]
    if off := record.taken_off:
        lines.append(f"Points taken off for lateness: {plain_number(off)}")
    return "\n".join(lines)


def _tests(number: int, criterion: CriterionRecord, visibility: str) -> list[dict[str, Any]]:
    public, hidden = criterion.public_cases, criterion.hidden_cases
    right = criterion.points == criterion.max_points
    checks = [f"{'pass' if case.right else 'fail'}  {case.name}: {case.detail}".rstrip(": ") for case in public]
    told = [criterion.headline, criterion.next_step and f"Try next: {criterion.next_step}", *criterion.notes]
    if hidden:
        told.append(f"Hidden checks: {sum(case.right for case in hidden)} of {len(hidden)} pass.")
    shown = {
        "name": f"{criterion.name}: public checks",
        "number": f"{number}.1",
        "status": "passed" if all(case.right for case in public) else "failed",
        "output": "\n".join(checks),
        "visibility": "visible",
    }
    scored = {
        "name": criterion.name,
        "number": str(number),
        "score": plain_number(criterion.points),
        "max_score": plain_number(criterion.max_points),
        "status": "passed" if right else "failed",
        "output": "\n".join(line for line in told if line),
        "tags": [criterion.verdict],
        "visibility": visibility,
        "extra_data": {"verdict": criterion.verdict, "mistake": criterion.mistake},
    }
    return [shown, scored] if public else [scored]
