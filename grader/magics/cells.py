"""What a kernel has run -> the hand-in that it amounts to.

takes: the sources that were run, in order; the student's own modules that names in the kernel come from.
gives: a notebook as text, in which cell n is what was run as `In [n]`.
must not know: IPython, which names are graded. Standard library only: it stands in the student's kernel.

A definition that was run again stands twice, and the later one wins, as in the kernel. A module of the student's own
(`from layer import Sigmoid`, `%run layer.py`) stands behind the cell that brought it in: the check sees one program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

MOST_CELLS = 3000  # of the newest; a long evening has some hundreds
# A call of the check itself, in one line: the program that is checked must not ask for its own check.
_OWN_CALL = re.compile(
    r"^([ \t]*)(?:%check\b.*|%(?:re)?load_ext[ \t]+grader\b.*"
    r"|(?:import grader[ \t]*;[ \t]*)?grader\.check\(.*\)[ \t]*;?[ \t]*)$",
    re.MULTILINE,
)
_RUN = re.compile(r"^[ \t]*%run[ \t]+(\S+\.py)[ \t]*$", re.MULTILINE)


def notebook_of(sources: Sequence[str], modules: Mapping[str, str]) -> str:
    """The notebook that these sources make; `modules` maps names of own modules to their source."""
    cells = [_cell(source) for source in _with_modules(sources, modules)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def own_modules(namespace: Mapping[str, Any], loaded: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The modules in the student's folder that classes and functions in the kernel come from, with their source."""
    names = {
        value.__name__ if isinstance(value, ModuleType) else value.__module__
        for value in list(namespace.values())
        if isinstance(value, type | FunctionType | ModuleType)
    }
    found: dict[str, str] = {}
    for name in sorted(str(name) for name in names if name != "__main__"):
        file = getattr(loaded.get(name), "__file__", None)
        if file and file.endswith(".py") and Path(file).resolve().is_relative_to(folder.resolve()):
            with suppress(OSError):
                found[name] = Path(file).read_text(encoding="utf-8", errors="replace")
    return found


def run_files(sources: Sequence[str], folder: Path) -> dict[str, str]:
    """The files that `%run FILE.py` brought in, with their source: what they define says it comes from nowhere."""
    found: dict[str, str] = {}
    for name in (name for source in sources for name in _RUN.findall(source)):
        with suppress(OSError):
            found[name] = (folder / name).read_text(encoding="utf-8", errors="replace")
    return found


def _cell(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}


def _with_modules(sources: Sequence[str], modules: Mapping[str, str]) -> list[str]:
    newest = len(sources) - MOST_CELLS
    cells = ["" if n < newest else _OWN_CALL.sub(r"\1pass", source) for n, source in enumerate(sources)]
    for name, text in modules.items():
        brings = re.compile(
            rf"^[ \t]*%run\s+{re.escape(name)}\s*$"
            if name.endswith(".py")
            else rf"^[ \t]*(?:from\s+{re.escape(name)}\s+import\b|import\s+{re.escape(name)}\b).*$",
            re.MULTILINE,
        )
        last = max((n for n, source in enumerate(cells) if brings.search(source)), default=None)
        if last is None:
            cells.append(text)
        else:
            own = brings.sub("# (its source stands below)", cells[last])
            cells[last] = f"{own}\n{text}"
    return cells
