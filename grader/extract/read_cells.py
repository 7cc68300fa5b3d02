"""A cell of the hand-in as it was read, or the text of a module of its own; and which statements in it count.

takes: cells and modules in order; the graded names, and how the hand-out has its functions.
gives: `HandIn`, in whose cells only those statements are left that count.
must not know: answers, what is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from grader.extract.extracted import Cell
from grader.extract.flow.statements import Statement
from grader.extract.imports.modules import LocalModule
from grader.extract.notes import Place
from grader.extract.parsed import Parsed, Parser
from grader.extract.work import Placed, Stubs, given_by, that_count_aside
from grader.wire.quick import dataclass


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

    def shown(self) -> Cell:
        """The cell, with what was repaired in it and what was lost."""
        if self.code is None or not (self.code.fixed.remarks or self.code.fixed.troubles):
            return self.cell
        fixed = self.code.fixed
        troubles = [f"line {trouble.line}: {trouble.type_name}: {trouble.message}" for trouble, _ in fixed.troubles]
        return replace(self.cell, remarks=(*fixed.remarks, *troubles))


@dataclass(frozen=True)
class HandIn:
    """The cells of a hand-in and those that the modules beside it make, with the statements that count in each."""

    mine: Sequence[ReadCell]
    theirs: Sequence[ReadCell]
    statements: Sequence[Statement]
    imported: Sequence[Statement]

    @property
    def outside(self) -> dict[str, Place]:
        """The functions behind which a `return` stands that is no longer within them, and its place."""
        read = [(one.number, one.code.fixed.outside) for one in self.mine if one.code]
        return {name: (number, line) for number, outside in read for name, line in outside.items()}


def read_all(
    cells: Sequence[tuple[str, str]], modules: Sequence[LocalModule], wanted: Sequence[str], stubs: Stubs
) -> HandIn:
    """Parse every cell, and every module as one cell more."""
    parse = Parser().parse
    mine = [
        ReadCell(Cell(number, kind, source), parse(source) if kind == "code" else None)
        for number, (kind, source) in enumerate(cells, start=1)
    ]
    mine = set_aside(mine, wanted, stubs)
    theirs = [
        ReadCell(Cell(number, "code", module.source, file=module.file), parse(module.source), module)
        for number, module in enumerate(modules, start=len(mine) + 1)
    ]
    return HandIn(mine, theirs, statements_in(mine), statements_in(theirs))


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
    given = given_by(list(placed(one for one in mine if not one.is_aside)), wanted, stubs)
    made = []
    for one in mine:
        count = that_count_aside(one.statements, given) if one.is_aside else one.statements
        made.append(replace(one, aside=frozenset(one.statements).difference(count)))
    return made
