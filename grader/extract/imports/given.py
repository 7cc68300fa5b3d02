"""Files that came with the exercise: a hand-in imports them, and nobody hands them in.

takes: their names and sources, and what finds the modules of the hand-in's own.
gives: what finds both, the hand-in's own first: as on a student's disk, a file that was changed is the one that is run;
which of some files a hand-out needs.
must not know: graded names, assignments.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.extract.formats.notebook import read_hand_in
from grader.extract.imports.modules import Lookup, files_of, local_modules


def with_given(look_up: Lookup | None, files: Mapping[str, str]) -> Lookup | None:
    """Find the files that came with the exercise, too; None where nothing can be found at all."""
    if not files:
        return look_up

    def find(name: str) -> tuple[str, str] | None:
        given = ((place, files[place]) for place in files_of(name) if place in files)
        return (look_up(name) if look_up else None) or next(given, None)

    return find


def needed_of(data: bytes, file: str, beside: Mapping[str, str]) -> tuple[str, ...]:
    """Of the files beside a hand-out, those that it imports, and those that these import."""
    find = with_given(None, beside)
    return tuple(module.file for module in local_modules(code_of(data, file), find)) if find else ()


def code_of(data: bytes, file: str) -> list[str]:
    """The sources of a hand-out, cell by cell."""
    return [source for kind, source in read_hand_in(data, file).cells if kind == "code"]


def words_of(data: bytes, file: str) -> str:
    """All that stands in the cells of a hand-out, code and text."""
    return "\n".join(source for _, source in read_hand_in(data, file).cells)
