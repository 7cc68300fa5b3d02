"""What is said of a hand-in's definitions where they do not count as their author thinks.

takes: what was found, by cell and line.
gives: one sentence each, with what to do; few of a sort, since a page is read by a person.
must not know: how anything was found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

MOST = 6  # of one sort

Place = tuple[int, int]
"""A cell, counted from 1, and a line in it."""


@dataclass(frozen=True)
class OnName:
    """Why what was written for a graded name does not count, or is not right, and what to do about it, if anything."""

    name: str
    found: str
    to_do: str

    @property
    def sentence(self) -> str:
        """Both, as a note on the file."""
        return f"{self.found}: {self.to_do}."


def said_of(place: Place, is_script: bool) -> str:
    """Where something stands."""
    cell, line = place
    return f"line {line}" if is_script else f"cell {cell}, line {line}"


def on_homeless(
    functions: Iterable[tuple[str, Place]],
    wanted: Sequence[str],
    there: Mapping[str, object],
    taken: Collection[str],
    is_script: bool,
) -> Iterator[str]:
    """A bare `def forward(self, x)` where a graded class lacks that method: nobody can tell which class it is for.

    No heading helps those that are `taken`, as their class may inherit them.
    """
    missing = {name.partition(".")[2]: name.split(".")[0] for name in reversed(wanted) if name not in there}
    for name, place in islice((pair for pair in functions if pair[0] in missing), MOST):
        or_there = "" if f"{missing[name]}.{name}" in taken else ", or below a heading that names the class"
        yield (
            f"`def {name}(self, ...)` in {said_of(place, is_script)} belongs to no class, so it counts for none: write "
            f"it into its class (`class {missing[name]}:`){or_there}."
        )


def on_rebound(lines: Iterable[tuple[Iterable[str], Place]], is_script: bool) -> Iterator[str]:
    """A line that gives a function's name to a value, and was left out."""
    for names, place in islice(lines, MOST):
        listed = " and ".join(f"`{name}`" for name in sorted(names))
        where = said_of(place, is_script)
        yield (
            f"{where[0].upper()}{where[1:]} gives {listed} to something else, though it is still called as it was: "
            "that was left out. When the cells are run a second time it is an error; use another name there."
        )
