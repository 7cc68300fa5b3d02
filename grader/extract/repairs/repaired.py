"""A cell whose source parses, and what had to be done to it.

takes: nothing.
gives: `Repaired`.
must not know: how a line is mended, graded names.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.extract.repairs.patience import Patience
from grader.wire import Trouble


@dataclass
class Repaired:
    """Source that parses, and its tree; `remarks` for a reader; `troubles` with the names that each one cost.

    `is_aside` where the student's own kernel does not run it: it goes to a file, or to another process. `patience` is
    for all that has to be parsed again. `outside` has functions, `Class.method` too, behind which a `return` stands
    that is no longer within them, and its line.
    """

    source: str
    patience: Patience = field(default_factory=Patience, compare=False, repr=False)
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []), compare=False, repr=False)
    remarks: list[str] = field(default_factory=list)
    troubles: list[tuple[Trouble, tuple[str, ...]]] = field(default_factory=list)
    is_aside: bool = False
    outside: dict[str, int] = field(default_factory=dict)
