"""A code cell as it is read: made to parse, with its statements; once for a class where cells are the same.

takes: the source of a code cell.
gives: `Parsed`; `SubmissionError` where too much of a hand-in is broken.
must not know: notebooks, graded names, which cell it is.
"""

from __future__ import annotations

import re
from dataclasses import field

from grader.extract.flow.statements import Statement, statements_of
from grader.extract.repairs.patience import Patience
from grader.extract.repairs.repair import repair
from grader.extract.repairs.repaired import Repaired
from grader.memo import Memo
from grader.wire.quick import dataclass

# A tree takes some 50 KB. Those of the hand-out come again, and what many write alike: of a thousand hand-ins a third
# of what 128 forget comes again, and 512 cost 11 MB more.
MOST_KEPT = 512
_NUMPY_NAME = re.compile(r"\b(?:np|numpy)\.([A-Za-z_]\w*)")
_parsed: Memo[Parsed] = Memo(most=MOST_KEPT)


@dataclass(frozen=True, eq=False)
class Parsed:
    """A cell after its repair; `numpy_names` are what it takes out of numpy."""

    fixed: Repaired
    lines: list[str] = field(init=False)
    statements: tuple[Statement, ...] = field(init=False)
    numpy_names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        source = self.fixed.source
        object.__setattr__(self, "lines", source.split("\n"))
        object.__setattr__(self, "statements", tuple(statements_of(self.fixed)))
        object.__setattr__(self, "numpy_names", frozenset(_NUMPY_NAME.findall(source)))


class Parser:
    """Parses the cells of one hand-in."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._patience = Patience()

    def parse(self, source: str) -> Parsed:
        """What a cell is; the statements of two cells are never the same ones, though their source may be."""
        if source in self._seen:
            return Parsed(repair(source, self._patience))
        self._seen.add(source)
        return _parsed.of_text(source, lambda: Parsed(repair(source, self._patience)))
