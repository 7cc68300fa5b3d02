"""The crew of this machine: each of its processes has a sandbox of its own, and grades what it is given.

takes: a class to be graded, and its hand-ins one by one.
gives: a row for each, whose page lies in its place before.
must not know: what is new in a class, gradebooks; how one is graded.

What grades is imported when somebody is to be graded: a class in which nothing is new would wait for it, too. It is
imported here and not in each process, which are forked.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from grader.batch.crew import Hands
from grader.batch.pieces import Piece
from grader.batch.saved_class import Class
from grader.gradebook import Overrides, Row
from grader.report.page_context import PageContext
from grader.walls import Level

if TYPE_CHECKING:
    from grader.batch.at_a_desk import Task

FEW = 6  # hand-ins that one process grades sooner than a crew is made


class Here:
    """The crew of this machine: a context manager, at whose end no process is left."""

    def __init__(self, order: Class, count: int) -> None:
        self._order, self._jobs = order, 1 if count <= FEW else order.jobs

    @cached_property
    def _hands(self) -> Hands[Task, Row]:
        from grader.batch.at_a_desk import given_up, set_up, work

        return Hands(work, set_up, (self._order,), self._jobs, partial(given_up, self._order))

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        if "_hands" in vars(self):
            self._hands.stop()

    def level(self, order: Class) -> Level:
        """How strong a sandbox is here; raises `SandboxError`. Whoever is to grade opens one, and keeps it."""
        level: Level = self._hands.begin()
        return level

    def grade(
        self, order: Class, page: PageContext, said: Overrides, pieces: Iterable[Piece], count: int
    ) -> Generator[tuple[Piece, Row], None, None]:
        """Grade every piece; each process writes the pages of its own."""
        if not count:
            return
        from grader.batch.at_a_desk import Task

        tasks = (Task(piece, page, said.get(piece.submission.student_id, {})) for piece in pieces)
        for task, row in self._hands.go_through(tasks):
            yield task.piece, row
