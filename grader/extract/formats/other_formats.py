"""Notebooks of old versions, and those that do not have the plain form of today's, read by nbformat.

takes: a notebook's JSON, read.
gives: `(kind, source)` for every cell, in order; `SubmissionError` for what Jupyter does not know.
must not know: Python, graded names, files.

nbformat takes longer to import than all the rest of a check, and looks at every output, attachment and line by a
schema, which takes minutes where there are a million. So it is given what kinds and sources depend on, and no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from grader.errors import SubmissionError

MOST_PARTS = 100_000  # lines that stand by themselves, in all cells


def cells_by_nbformat(notebook: Mapping[str, Any], file: str, most: int) -> list[tuple[str, str]]:
    """The cells of a notebook, `most` of them at most."""
    parts = [cell for holder in _holders(notebook) for cell in holder]
    if len(parts) > most:
        raise SubmissionError(f"{file} has more than {most} cells", "hand in the exercise's notebook only")
    lines = sum(len(value) for cell in parts for value in _values(cell) if isinstance(value, list))
    if lines > MOST_PARTS:
        raise SubmissionError(f"{file} has more than {MOST_PARTS} lines", "hand in the exercise's notebook only")
    return _read(json.dumps(_bare(notebook)), file)


def _holders(notebook: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The lists of cells: one, or one for each sheet."""
    sheets = notebook.get("worksheets")
    for holder in (notebook, *(sheets if isinstance(sheets, list) else ())):
        if isinstance(holder, dict) and isinstance(holder.get("cells"), list):
            yield holder["cells"]


def _values(cell: object) -> list[object]:
    return [value for key, value in cell.items() if key != "outputs"] if isinstance(cell, dict) else []


def _bare(holder: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook or a sheet of it, with what it says of itself, and of its cells only what they are."""
    bare: dict[str, Any] = {key: _emptied(value) for key, value in holder.items()}
    bare |= dict.fromkeys({"cells", "worksheets"} & bare.keys(), 0)  # which is refused, as all that is no list
    if isinstance(cells := holder.get("cells"), list):
        bare["cells"] = [_bare_cell(cell) if isinstance(cell, dict) else _emptied(cell) for cell in cells]
    if isinstance(sheets := holder.get("worksheets"), list):
        bare["worksheets"] = [_bare(sheet) if isinstance(sheet, dict) else _emptied(sheet) for sheet in sheets]
    return bare


def _bare_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {key: [] if key == "outputs" else _with_lines(value) for key, value in cell.items() if key != "attachments"}


def _with_lines(value: object) -> object:
    """Lines stay; what is among them and is none is as wrong when it is empty."""
    return list(map(_emptied, value)) if isinstance(value, list) else _emptied(value)


def _emptied(value: object) -> object:
    return type(value)() if isinstance(value, (dict, list)) else value


def _read(text: str, file: str) -> list[tuple[str, str]]:
    import logging
    import warnings

    import nbformat

    log = logging.getLogger("traitlets")  # nbformat tells there what is odd, in the hand-in's own words
    silent, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids and the like: they matter to nobody here
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        return [(str(cell.cell_type), str(cell.source)) for cell in notebook.cells]
    except Exception as error:
        raise SubmissionError(
            f"{file} is not a notebook: it is JSON, but not of a form that Jupyter knows",
            "open it in Jupyter, save it again, and hand in the new file",
        ) from error
    finally:
        log.disabled = silent
