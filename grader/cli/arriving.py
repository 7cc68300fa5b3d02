"""How a class comes in, as the command line says it: layout, pattern, roster, lateness.

takes: the options of a verb that reads a class.
gives: `arriving`, which adds the options; `Asked`, which reads the class as they say.
must not know: how anything is graded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.exits import FILE
from grader.errors import SheetError

if TYPE_CHECKING:
    from grader.intake import HandIns


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


def arriving(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a verb, which gets them as one `asked`."""

    @click.option("--layout", default="", help="How the class is laid out (default: told by its names).")
    @click.option("--pattern", default="", help="Names by a regular expression with nbgrader's named groups.")
    @click.option("--roster", type=FILE, help="A CSV with names; tells who handed in nothing.")
    @click.option("--late", type=FILE, help="A CSV that says who was late by how much (0: an extension).")
    @click.option("--due", default="", help="When it was due, where the layout has times: '2026-11-20 23:59'.")
    @wraps(verb)
    def read(
        *args: Any, layout: str, pattern: str, roster: Path | None, late: Path | None, due: str, **rest: Any
    ) -> Any:
        return verb(*args, asked=Asked(layout, pattern, roster, late, due), **rest)

    return read
