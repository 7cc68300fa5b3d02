"""What a kernel has run -> the hand-in that it amounts to.

takes: the sources that were run, in order; where modules are imported from.
gives: a notebook as text, in which cell n is what was run as `In [n]`; the folders of the student's own modules.
must not know: IPython, which names are graded. Standard library only: it stands in the student's kernel.

A definition that was run again stands twice, and the later one wins, as in the kernel. What a cell imports from
files of the student's own is found by the check itself, as it is for `grader check`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MOST_CELLS = 3000  # of the newest; a long evening has some hundreds
# A call of the check itself, in one line: the program that is checked must not ask for its own check.
_OWN_CALL = re.compile(
    r"^([ \t]*)(?:%check\b.*|%(?:re)?load_ext[ \t]+grader\b.*"
    r"|(?:import grader[ \t]*;[ \t]*)?grader\.check\(.*\)[ \t]*;?[ \t]*)$",
    re.MULTILINE,
)


def notebook_of(sources: Sequence[str]) -> str:
    """The notebook that these sources make."""
    newest = len(sources) - MOST_CELLS
    cells = [_cell("" if n < newest else _OWN_CALL.sub(r"\1pass", source)) for n, source in enumerate(sources)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def own_folders(path: Sequence[str], folder: Path) -> list[str]:
    """The student's folder, and those within it that `sys.path` names: own modules are imported from there."""
    here = folder.resolve()
    named = [Path(place).resolve() for place in path if place and "site-packages" not in place]
    return [str(place) for place in dict.fromkeys([here, *named]) if place.is_relative_to(here)]


def _cell(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
