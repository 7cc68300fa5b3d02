"""Python files that cells of a notebook write themselves: `%%writefile helper.py`, and then `import helper`.

takes: the cells of a hand-in, and what finds the files beside it.
gives: what finds both, those of its own first: in the student's run they are written over the others.
must not know: graded names, what is done with the cells themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.extract.imports.modules import Lookup, files_of

# The path may stand in quotes; other than Python files are nobody's modules.
_WRITES = re.compile(
    r"""\s*%%(?:writefile|file)[ \t]+(-a[ \t]+|--append[ \t]+)?["']?([^\s"']+\.py)["']?[ \t]*(?=\n|$)"""
)


def with_written(cells: Iterable[tuple[str, str]], look_up: Lookup | None) -> Lookup | None:
    """Find the modules that cells write, too; None where nothing can be found at all."""
    files: dict[str, str] = {}
    called: dict[str, list[str]] = {}  # the paths of files by their names: five thousand cells may write and import
    for kind, source in cells:
        if kind == "code" and "%%" in source and (match := _WRITES.match(source)):
            path = match[2].removeprefix("./")
            # The lines stay those of the cell, as its first is empty.
            text = "\n" * source.count("\n", 0, match.end()) + source[match.end() :]
            if path not in files:
                called.setdefault(path.rpartition("/")[2], []).append(path)
            files[path] = f"{files[path]}\n{text}" if match[1] and path in files else text

    def find(name: str) -> tuple[str, str] | None:
        mine = (
            (path, files[path])
            for place in files_of(name)
            for path in called.get(place.rpartition("/")[2], ())
            if f"/{path}".endswith(f"/{place}")
        )
        return next(mine, None) or (look_up(name) if look_up else None)

    return find if files else look_up
