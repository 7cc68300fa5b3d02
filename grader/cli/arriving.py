"""How a class comes in, as the command line says it: layout, pattern, roster, lateness.

takes: the options of a verb that reads a class.
gives: `arriving`, which adds the options; `Asked`, which reads the class as they say; what is said of a due time
that changes nothing.
must not know: how anything is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.exits import FILE
from grader.errors import SheetError

if TYPE_CHECKING:
    from grader.answer_key import LateRule
    from grader.intake import HandIns, Submission

# In words, since reading a class is imported only where one is read; a test holds them against the layouts there are.
_NAMES = (
    "canvas, moodle, gradescope, github, blackboard, brightspace, nbgrader or nbgrader:ASSIGNMENT, flat, folders, "
    "groups"
)


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    layout: str = ""
    pattern: str = ""
    roster: Path | None = None
    late: Path | None = None
    due: str = ""

    def read(self, path: Path, assignment: str) -> HandIns:
        """The class at `path`; `assignment` tells which one is meant where a tree holds several."""
        from grader.intake import Wishes, hand_ins_in, late_of_nobody, read_time, with_due, with_lateness, with_roster

        due = read_time(self.due) if self.due else None
        if self.due and due is None:
            raise SheetError(f"--due '{self.due}' is no time", "write 2026-11-20 23:59, with a zone or without")
        found = hand_ins_in(path, Wishes(self.layout, self.pattern, assignment))
        submissions = found.submissions
        if self.roster is not None:
            submissions = with_roster(submissions, self.roster)
        nobody: list[str] = []
        if self.late is not None:
            nobody = late_of_nobody(submissions, self.late)
            submissions = with_lateness(submissions, self.late)
        if due is not None:
            submissions = with_due(submissions, due)
        return replace(found, submissions=submissions, late_of_nobody=tuple(nobody))


def of_no_time(submissions: Sequence[Submission]) -> int:
    """Of how many nobody said when they came, or how late: neither --due nor a policy changes anything for them."""
    return sum(
        one.arrival.late_by is None and not one.arrival.handed_in and not one.arrival.absent for one in submissions
    )


def told_of_due(due: str, rule: LateRule | None, submissions: Sequence[Submission]) -> Iterator[str]:
    """What is said where a due time changes nothing: of --due (""), or of the assignment's own."""
    if due and rule is None:
        yield (
            "--due takes no points off: this assignment has no rule for lateness\n"
            "  next: give it a LatePolicy (docs/lms.md), then the same command again"
        )
    untimed, layouts = of_no_time(submissions), {one.arrival.layout for one in submissions}
    marked = not due and layouts == {"canvas"}  # what is late is marked there, and said on its page
    if untimed and rule is not None and (due or rule.due) and not marked:
        whose = "--due changes" if due else "the assignment's due time changes"
        yield (
            f"{whose} nothing for {untimed} of {len(submissions)} hand-ins: when they came is not known here\n"
            "  next: say it with --late FILE, a CSV of ids with late_hours, lateness (H:M:S) or submission_timestamp"
        )


def arriving(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a verb, which gets them as one `asked`."""

    @click.option(
        "--layout", default="", metavar="NAME", help=f"How it is laid out (default: as names tell): {_NAMES}."
    )
    @click.option(
        "--pattern", default="", help="A regular expression for names, with groups student_id, file_id (docs/lms.md)."
    )
    @click.option("--roster", type=FILE, help="A CSV with names; tells who handed in nothing.")
    @click.option("--late", type=FILE, help="A CSV that says who was late by how much (0: an extension).")
    @click.option("--due", default="", help="When it was due, where the layout has times: '2026-11-20 23:59'.")
    @wraps(verb)
    def read(
        *args: Any, layout: str, pattern: str, roster: Path | None, late: Path | None, due: str, **rest: Any
    ) -> Any:
        return verb(*args, asked=Asked(layout, pattern, roster, late, due), **rest)

    return read
