"""What went wrong in a program, and texts that come of one: read as a stranger's.

takes: parts of a header of unknown origin.
gives: `Trouble`, and texts of printable letters; or `WireError`.
must not know: what was asked.
"""

from __future__ import annotations

from grader.wire.frames import TEXT_CAP, WireError, plain_text
from grader.wire.quick import dataclass


@dataclass(frozen=True)
class Trouble:
    """An exception or a warning in the student's code, by cell and line where that is known (else 0)."""

    type_name: str
    message: str
    cell: int = 0
    line: int = 0


def read_trouble(entry: object) -> Trouble | None:
    """A trouble, or none; raises `WireError`."""
    if entry is None:
        return None
    if not (isinstance(entry, list) and len(entry) == 4):
        raise WireError("a trouble is not described rightly")
    type_name, message, cell, line = entry
    if not all(type(n) is int and 0 <= n < 1 << 31 for n in (cell, line)):
        raise WireError("a trouble's place is not a number")
    return Trouble(read_text(type_name), read_text(message), cell, line)


def read_text(value: object, cap: int = TEXT_CAP) -> str:
    """A text, cut at a length; raises `WireError`."""
    if not isinstance(value, str):
        raise WireError("a text is not text")
    return plain_text(value, cap)


def read_texts(value: object) -> tuple[str, ...]:
    """A list of texts; raises `WireError`."""
    if not isinstance(value, list) or len(value) > 1000:
        raise WireError("a list of texts is not one")
    return tuple(read_text(entry) for entry in value)
