"""Which files of a hand-in are of another exercise, by their names: `exercise_06/` beside `exercise_05/`.

takes: the files' names, and the assignment's.
gives: those of another exercise; none where no file says that it is of this one.
must not know: what is in a file.

A whole course handed in at once has the same functions in later exercises, written by the course itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

_NUMBERED = re.compile(r"(.*?)[ _.-]*0*(\d+)", re.DOTALL)  # `exercise_05`, `week5`, `ps 2`


def passed_over(files: Sequence[str], name: str) -> Set[str]:
    """The files that by their names are of another exercise, where there is more than one."""
    return of_another(files, name) if len(files) > 1 else set()


def of_another(files: Iterable[str], name: str) -> set[str]:
    """The files whose names have the assignment's word with other numbers only."""
    numbered = _NUMBERED.fullmatch(name.lower())
    if numbered is None or not numbered[1]:
        return set()
    word = re.compile(rf"(?<![a-z]){re.escape(numbered[1])}[ _.-]*0*(\d+)(?!\d)")
    numbers = {file: {int(number) for number in word.findall(file.lower())} for file in files}
    mine = int(numbered[2])
    if not any(mine in found for found in numbers.values()):
        return set()
    return {file for file, found in numbers.items() if found and mine not in found}
