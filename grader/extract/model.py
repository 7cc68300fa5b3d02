"""What is read of one submission: its cells as the student wrote them, a program that can be run, and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from grader.outcomes import Trouble
from grader.wire.program import Program


class Cell(msgspec.Struct, frozen=True):
    """One cell as the student wrote it; `remark` is what was wrong with it; `file` names a helper module."""

    number: int
    kind: str  # code, markdown or raw
    source: str
    remark: str = ""
    file: str = ""


class Facts(msgspec.Struct, frozen=True):
    """What is known of a program without running it; saved with the outcomes, so that they can be judged again.

    `places` maps graded names to the cell and line where they are defined; `untouched` are those that are as the
    hand-out left them; `broken` maps those that could not be read to the reason. `hints` maps a graded name that is not
    there to a sentence. `files` maps cells that are helper modules to their file. `failed` are statements that failed
    when the program was loaded, and `replaced` packages that a silent stand-in replaced: known only then.
    """

    is_script: bool = False
    places: Mapping[str, tuple[int, int]] = {}
    untouched: tuple[str, ...] = ()
    broken: Mapping[str, Trouble] = {}
    hints: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    files: Mapping[int, str] = {}
    left_out: int = 0
    failed: tuple[Trouble, ...] = ()
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the graded names with their other names, and what the hand-out looked like."""

    names: tuple[str, ...]
    also_named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    untouched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    assignment: str = ""


@dataclass(frozen=True)
class Reading:
    """One submission, read. `whole` is the whole notebook in order, where statements were left out of `program`."""

    file: str
    sha256: str
    cells: tuple[Cell, ...]
    program: Program
    whole: Program | None
    facts: Facts
