"""Lines that decide whether numpy's errors and Python's warnings are raised: `np.seterr(all="raise")`.

takes: the top-level statements of a hand-in, what is changed by which, and the graded names.
gives: such lines, where something that a graded function comes to would catch what is raised.
must not know: which statements are run otherwise, what is raised.

Where nothing catches it, such a line only made its author find something, and would cost right values now.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from grader.extract.flow.reach import reached
from grader.extract.flow.statements import PLAIN, Statement, names

_SETS = re.compile(r"\b(?:seterr|seterrcall|simplefilter|filterwarnings|resetwarnings)\s*\(")
_CATCHES = re.compile(r"\b(?:except|suppress)\b")


def settings(
    statements: Sequence[Statement],
    wanted: Collection[str],
    changes: Mapping[Statement, Collection[str]],
    one_namespace: bool = True,
) -> set[Statement]:
    """The lines that are to be run."""
    found = {one for one in statements if isinstance(one.node, PLAIN) and _sets(one.text)}
    if not found:
        return found
    within = reached(statements, wanted, changes, one_namespace)
    catching = (one for one in statements if _CATCHES.search(one.text))
    return found if any(_gives(one, within) for one in catching) else set()


def _sets(text: str) -> bool:
    # What stands in hardly any line is looked for in the cheapest way first.
    return ("seterr" in text or "filter" in text or "resetwarn" in text) and bool(_SETS.search(text))


def _gives(statement: Statement, within: Collection[str]) -> bool:
    return any(name.split(".")[0] in within for name, _ in statement.fact(names))
