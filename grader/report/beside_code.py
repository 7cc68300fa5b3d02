"""Which other functions of a hand-in belong beside a graded one: what it stands for, and what it calls.

takes: the lines of a graded function, the sources of all cells.
gives: the names, each with the place where it is defined.
must not know: verdicts, HTML.

By names alone: the source is never parsed as Python here (`code_view` says why). A name that is defined at several
places is passed over where it is called, since which one counts is not to be told so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

MOST_BESIDE = 2  # functions beside a graded one; who calls more has them in the list of cells
_MOST_NAMES = 50  # that are looked up of those called

_DEFINITION = re.compile(r"[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)")
_STANDS_FOR = re.compile(r"[ \t]*[\w.]+[ \t]*=[ \t]*(?:staticmethod\()?(\w+)\)?[ \t]*(?:#.*)?$")
_CALLED = re.compile(r"(?<![\w.])(?:self\.)?(\w+)[ \t]*\(")

Place = tuple[int, int]
"""A cell and a line in it."""


class Beside(NamedTuple):
    """A function beside a graded one; `why` is said of it."""

    name: str
    place: Place
    why: str


class Definitions:
    """Where each function of a hand-in is defined, by its bare name."""

    def __init__(self, sources: Mapping[int, str]) -> None:
        self._sources = sources

    @cached_property
    def _places(self) -> dict[str, list[Place]]:
        places: dict[str, list[Place]] = {}
        for cell, source in self._sources.items():
            for number, line in enumerate(source.split("\n"), start=1):
                if "def" in line and (found := _DEFINITION.match(line)):
                    places.setdefault(found[1], []).append((cell, number))
        return places

    def beside(self, place: Place, lines: str) -> list[Beside]:
        """The functions that belong beside the one in these lines, which begin at a place."""
        if stands_for := _STANDS_FOR.match(lines):
            places = self._places.get(stands_for[1], [])
            above = [at for at in places if at < place] or places[:1]  # a file that is imported comes behind all cells
            return [Beside(stands_for[1], max(above), "which it stands for")] if above else []
        own = {found[1] for line in lines.split("\n") if (found := _DEFINITION.match(line))}
        called = [name for name in list(dict.fromkeys(_CALLED.findall(lines)))[:_MOST_NAMES] if name not in own]
        known = [(name, self._places.get(name, [])) for name in called]
        return [Beside(name, at[0], "which it calls") for name, at in known if len(at) == 1][:MOST_BESIDE]
