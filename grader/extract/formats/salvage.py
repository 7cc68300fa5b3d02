"""A notebook's file that is not JSON as it stands, read where there is only one way to read it.

takes: the text of the file, and the reader of JSON.
gives: the notebook with a note on what was done; `None` where anything would have to be guessed.
must not know: cells' contents, graded names.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from grader.extract.repairs.conflicts import sides

Load = Callable[[str], Any]
"""Reads JSON; raises `ValueError`."""


def salvage(text: str, load: Load, start: Callable[[str], tuple[Any, int]]) -> tuple[Any, str] | None:
    """Read a file with something behind the notebook, or with a conflict that touches no cell."""
    return _with_one_meaning(text, load) or _without_the_rest(text, start)


def _with_one_meaning(text: str, load: Load) -> tuple[Any, str] | None:
    """A merge conflict in outputs, counts or metadata: both sides have the same cells."""
    both = sides(text.replace("\r\n", "\n"))
    if both is None:
        return None
    try:
        ours, theirs = (load(side) for side in both)
    except ValueError:
        return None
    if what_counts(ours) is None or what_counts(ours) != what_counts(theirs):
        return None
    return ours, "The file holds marks of a merge conflict; both sides have the same cells, so it was read."


def what_counts(notebook: Any) -> list[tuple[Any, str]] | None:
    """Kinds and sources of all cells; `None` for what is no notebook of today's form."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return None
    return [(cell.get("cell_type"), _joined(cell.get("source"))) for cell in cells]


def _joined(source: Any) -> str:
    parts = source if isinstance(source, list) else [source]
    return "".join(part for part in parts if isinstance(part, str))


def _without_the_rest(text: str, start: Callable[[str], tuple[Any, int]]) -> tuple[Any, str] | None:
    """Something that is no second notebook behind a whole one: what a failing disk or a careless tool leaves."""
    try:
        notebook, end = start(text.lstrip())
    except ValueError:
        return None
    rest = text.lstrip()[end:]
    if not what_counts(notebook) or '"cell_type"' in rest or '"source"' in rest:
        return None
    told = json.dumps(rest.strip()[:20])
    return (
        notebook,
        f"Behind the notebook the file goes on ({len(rest.strip())} characters: {told}); that was left out.",
    )
