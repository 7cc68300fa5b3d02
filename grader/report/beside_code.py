"""Which other functions of a hand-in belong beside a graded one: what it stands for, what wraps it, what it calls.

takes: the lines of a graded function, the sources of all cells.
gives: the names, each with the place where it is defined.
must not know: verdicts, HTML.

By names alone: the source is never parsed as Python here (`code_view` says why). What may be something else is passed
over, since no function may be told that is not the one: a name that is defined at several places, a parameter, a method
by the name that a function is called by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

MOST_BESIDE = 2  # functions beside a graded one; who calls more has them in the list of cells
_MOST_NAMES = 50  # that are looked up of those called

_DEFINITION = re.compile(r"([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)")
_STANDS_FOR = re.compile(r"([ \t]*)[\w.]+[ \t]*=[ \t]*(?:staticmethod\()?(\w+)\)?[ \t]*(?:#.*)?$")
_WRAPPED = re.compile(r"^[ \t]*@(\w+)[ \t]*(?:\(.*)?$", re.MULTILINE)
_CALLED = re.compile(r"(?<![\w.])(self\.)?(\w+)[ \t]*\(")
_HEADER = re.compile(r".*?:[ \t]*$", re.MULTILINE | re.DOTALL)  # of a function over several lines
_ASSIGNED = re.compile(r"(?<![\w.])(\w+)[ \t]*=(?!=)")
_TEXT = re.compile(
    r"\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|#[^\n]*", re.DOTALL
)

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
    def _places(self) -> dict[str, list[tuple[Place, str]]]:
        """Of each name the places with their margins: a function has none, a method or an inner function has one."""
        places: dict[str, list[tuple[Place, str]]] = {}
        for cell, source in self._sources.items():
            for number, line in enumerate(_without_texts(source).split("\n"), start=1):
                if "def" in line and (found := _DEFINITION.match(line)):
                    places.setdefault(found[2], []).append(((cell, number), found[1]))
        return places

    def beside(self, place: Place, lines: str) -> list[Beside]:
        """The functions that belong beside the one in these lines, which begin at a place."""
        if stands_for := _STANDS_FOR.match(lines):
            margin, name = stands_for.groups()
            places = [at for at, its in self._places.get(name, []) if its in ("", margin)]
            above = [at for at in places if at < place] or places[:1]  # a file that is imported comes behind all cells
            return [Beside(name, max(above), "which it stands for")] if above else []
        text = _without_texts(lines)
        own = _own_names(text)
        called = [
            one for one in list(dict.fromkeys(_CALLED.findall(text)))[:_MOST_NAMES] if one[0] or one[1] not in own
        ]
        wrapping = [self._only(name, "", "which wraps it") for name in _WRAPPED.findall(text)]
        calling = [self._only(name, owner, "which it calls") for owner, name in called]
        return [one for one in (*wrapping, *calling) if one][:MOST_BESIDE]

    def _only(self, name: str, owner: str, why: str) -> Beside | None:
        """The one definition of a function, or of a method where an `owner` is called for it."""
        places = self._places.get(name, [])
        if len(places) != 1 or bool(places[0][1]) is not bool(owner):
            return None
        return Beside(name, places[0][0], why)


def _without_texts(source: str) -> str:
    """The source without strings and comments, and with as many lines."""
    return _TEXT.sub(lambda found: "\n" * found[0].count("\n"), source)


def _own_names(text: str) -> set[str]:
    """The names that are a function's own: its parameters, what it assigns, what it defines."""
    inner = {found[2] for line in text.split("\n") if (found := _DEFINITION.match(line))}
    header = _HEADER.match(text) if inner else None
    parameters = header[0] if header else text.partition(":")[0]
    return {*re.findall(r"\w+", parameters), *_ASSIGNED.findall(text), *inner}
