"""Cells that were code and are none any more: one key pressed in Jupyter makes a cell raw, or text.

takes: cells, and the graded names.
gives: the same cells, where an answer stands in one that is not code as code, and a note on each.
must not know: answers.

Only a cell that is Python as a whole and defines what no code cell does: else it is what its author wants it to be.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from grader.extract.formats.too_much import CODE_CAP, too_much
from grader.extract.repairs.patience import parse

Cells = list[tuple[str, str]]
_DEFINED = re.compile(r"^[ \t]*(?:def|class)[ \t]+(\w+)|^(\w+)\s*=", re.MULTILINE)


def answers_as_code(cells: Cells, wanted: Sequence[str]) -> tuple[Cells, tuple[str, ...]]:
    """Read such cells as code."""
    names = dict.fromkeys(name.split(".")[0] for name in wanted)
    there = _defined(source for kind, source in cells if kind == "code")
    missing = [name for name in names if name not in there]
    if not missing:
        return cells, ()
    made, notes = list(cells), []
    room = CODE_CAP - sum(len(source) for kind, source in cells if kind == "code")
    for n, (kind, source) in enumerate(cells):
        defined = _defined([source]) if kind != "code" else ()
        found = [name for name in missing if name in defined]
        if not found or len(source) > room or too_much([("code", source)]):  # then it is what it is: text
            continue
        room -= len(source)
        if isinstance(parse(source), ast.Module):
            made[n] = ("code", source)
            sort = "raw text" if kind == "raw" else kind
            notes.append(
                f"Cell {n + 1} is {sort}, not code. It was read as code, since it alone defines {', '.join(found)}."
            )
    return (cells, ()) if too_much(made) else (made, tuple(notes))


def _defined(sources: Iterable[str]) -> set[str]:
    return {made or given for source in sources for made, given in _DEFINED.findall(source)}
