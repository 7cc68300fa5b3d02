"""What is said of how hand-ins came in: from where, what came twice, who was late, who handed in nothing.

takes: a record; or how many hand-ins came in which layout.
gives: short sentences for the class page and the terminal.
must not know: HTML, terminals, how a layout is told.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.feedback.points import show_count, show_points
from grader.gradebook import Record
from grader.intake import NOT_READ

NO_FORM, ABSENT = "", "absent"
_FROM = {
    "canvas": "from Canvas", "moodle": "from Moodle", "gradescope": "from Gradescope",
    "blackboard": "from Blackboard", "brightspace": "from Brightspace",
    "github": "from GitHub Classroom", "nbgrader": "from nbgrader's tree", "pattern": "read by a pattern",
    "folders": "in folders", "flat": "as flat files", NO_FORM: "under names of no known form",
    ABSENT: "of the roster, with nothing handed in",
}  # fmt: skip


def came_from(record: Record) -> str:
    """The word under which a hand-in is counted."""
    return ABSENT if record.arrival.absent else record.arrival.layout


def show_origins(counts: Mapping[str, int]) -> str:
    """`41 from Canvas, 1 under names of no known form`; nothing where there is nothing to tell."""
    if not set(counts) - {NO_FORM}:
        return ""
    return ", ".join(f"{n} {_FROM.get(layout, layout)}" for layout, n in sorted(counts.items(), key=lambda c: -c[1]))


def told_of(record: Record) -> tuple[str, ...]:
    """What a teaching assistant should know of how one hand-in came.

    What could not be read of it is news where points are lost: they may be in that.
    """
    is_short = record.points is not None and record.points < record.max_points
    unread = [note for note in record.notes if note.startswith(NOT_READ)] if is_short else []
    late = _late(record)
    # What an arrival tells stands among the notes, too.
    return tuple(dict.fromkeys([*record.arrival.notes, *unread, *([late] if late else [])]))


def _late(record: Record) -> str:
    arrival = record.arrival
    if record.taken_off:
        return f"Late: {show_points(record.taken_off)} points are taken off."
    if arrival.late_by:
        return "Late, and nothing is taken off."
    if arrival.marked_late and arrival.late_by is None:
        return "Marked as late, nobody knows by how much: nothing is taken off (--late says who was late by how much)."
    return ""


def show_told(number: int) -> str:
    """The heading of the list."""
    return f"About how {show_count(number, 'hand-in')} came in"
