"""Cells that were code and are none any more: one key pressed in Jupyter makes a cell raw, or text.

takes: cells, and the graded names.
gives: the same cells, where an answer stands in one that is not code as code, and a note on each.
must not know: answers.

Only a cell that is Python as a whole and defines what no code cell does: else it is what its author wants it to be.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from grader.extract.repair import parse

Cells = list[tuple[str, str]]


def answers_as_code(cells: Cells, wanted: Sequence[str]) -> tuple[Cells, tuple[str, ...]]:
    """Read such cells as code."""
    if all(kind == "code" for kind, _ in cells):
        return cells, ()
    names = dict.fromkeys(name.split(".")[0] for name in wanted)
    code = "\n".join(source for kind, source in cells if kind == "code")
    missing = [name for name in names if not _defines(code, name)]
    made, notes = list(cells), []
    for n, (kind, source) in enumerate(cells):
        found = [name for name in missing if kind != "code" and _defines(source, name)]
        if found and isinstance(parse(source), ast.Module):
            made[n] = ("code", source)
            sort = "raw text" if kind == "raw" else kind
            notes.append(
                f"Cell {n + 1} is {sort}, not code. It was read as code, since it alone defines {', '.join(found)}."
            )
    return made, tuple(notes)


def _defines(source: str, name: str) -> bool:
    return name in source and bool(
        re.search(rf"^[ \t]*(?:def|class)[ \t]+{re.escape(name)}\b|^{re.escape(name)}\s*=", source, re.MULTILINE)
    )
