"""A cell of the hand-in as it was read, or the text of a module of its own; and which statements in it count.

takes: cells that were made to parse, in order; the graded names, and how the hand-out has its functions.
gives: `ReadCell`; cells in which only those statements are left that count; the methods that want no bare function.
must not know: answers, what is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.extract.extracted import Cell
from grader.extract.modules import LocalModule
from grader.extract.parsed import Parsed
from grader.extract.statements import Statement
from grader.extract.work import Placed, Stubs, that_count_aside


@dataclass(frozen=True)
class ReadCell:
    """`code` where it is that; `aside` are statements that count for nothing."""

    cell: Cell
    code: Parsed | None
    module: LocalModule | None = None
    aside: frozenset[Statement] = frozenset()

    @property
    def number(self) -> int:
        """The cell's number."""
        return self.cell.number

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Those that count."""
        if self.code is None:
            return ()
        every = self.code.statements
        return tuple(one for one in every if one not in self.aside) if self.aside else every

    @property
    def is_aside(self) -> bool:
        """Whether the student's own kernel does not run it."""
        return self.code is not None and self.code.fixed.is_aside


def statements_in(read: Iterable[ReadCell]) -> list[Statement]:
    """The statements of cells, in order."""
    return [statement for one in read if one.code for statement in one.statements]


def placed(read: Iterable[ReadCell]) -> Iterator[Placed]:
    """The same, with the lines that each stands in."""
    for one in read:
        if one.code:
            yield from ((statement, one.code.lines) for statement in one.statements)


def set_aside(mine: Sequence[ReadCell], wanted: Sequence[str], stubs: Stubs) -> list[ReadCell]:
    """Of cells that the student's kernel does not run, leave what is nowhere else."""
    if not any(one.is_aside for one in mine):
        return list(mine)
    seen = list(placed(one for one in mine if not one.is_aside))
    made = []
    for one in mine:
        count = that_count_aside(one.statements, seen, wanted, stubs) if one.is_aside else one.statements
        made.append(replace(one, aside=frozenset(one.statements).difference(count)))
    return made
