"""What is known of a hand-in when it has been read: its cells, the program in it, and where its names stand.

takes: values.
gives: `Cell` and `Extract`.
must not know: how any of it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from grader.extract.formats.notebook import is_script
from grader.extract.notes import OnName
from grader.extract.replaced import Made
from grader.wire import Program, Trouble
from grader.wire.quick import dataclass


@dataclass(frozen=True)
class Cell:
    """One cell as the student wrote it, counted from 1; `remarks` tell what was left out or read otherwise.

    The text of a local module is one cell more, behind all others: `file` is where it stands.
    """

    number: int
    kind: str
    source: str
    remarks: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Extract:
    """A program and its map.

    `places` maps each name that is defined to its cell and line; `digests` tells what a function's text is,
    so that an untouched one is known; `lost` maps names to why their definition could not be read; `left_out`
    counts statements that define nothing; `notes` say what had to be done to read the file; `history` has all
    definitions of graded names in their order, those too that were replaced; `on_names` says of graded names why what
    was written for them does not count, `asides` what to know of what does, should it not be right; `below_stubs` where
    that begins which replaces a stub, by name; `in_doubt` finds the graded names that may miss what was left out, and
    `lasting` those that may keep something from call to call outside of their objects, which takes some time.
    """

    file: str
    cells: tuple[Cell, ...]
    program: Program
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, Trouble] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()
    history: tuple[Made, ...] = ()
    on_names: tuple[OnName, ...] = ()
    asides: tuple[OnName, ...] = ()
    in_doubt: Callable[[], frozenset[str]] = field(default=frozenset, compare=False)
    lasting: Callable[[], frozenset[str]] = field(default=frozenset, compare=False)
    below_stubs: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def is_script(self) -> bool:
        """Whether the hand-in is a Python file, so that lines are counted in the file."""
        return is_script(self.file)

    def defined(self, wanted: Iterable[str]) -> list[str]:
        """Which of the graded names are there, may be there, or were meant to be."""
        return [name for name in wanted if self._has(name)]

    def _has(self, name: str) -> bool:
        owner = name.split(".")[0]
        if name in self.places or name in self.lost or owner in self.lost:
            return True
        # `Relu = type(...)`, `Relu = layers.Relu`: what is in it shows when it is run.
        return owner in self.places and not any(known.startswith(f"{owner}.") for known in self.places)
