"""How much code the files of one hand-in may have together.

takes: the code of one file after the other.
gives: whether another may come in.
must not know: which file is graded, what stands in any.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.extract.formats.too_much import CODE_CAP, MOST_SIGNS, signs_in

# Characters of all files of a hand-in and of what each imports: a project of fifty files has a tenth of it.
MOST_CODE = 4 * CODE_CAP


class Room:
    """What is left of it: by length, and by what Python's trees of it take."""

    def __init__(self) -> None:
        self._length = self._signs = 0
        self._uncounted: list[str] = []

    def take(self, code: Sequence[str]) -> None:
        """Take a file's code in."""
        self._length += sum(map(len, code))
        self._uncounted += code
        if self._length > MOST_SIGNS:  # no sign is shorter than a letter, so that before there is nothing to count
            self._signs += sum(map(signs_in, self._uncounted))
            self._uncounted = []

    @property
    def is_full(self) -> bool:
        """Whether no further file may come in."""
        return self._length >= MOST_CODE or self._signs > MOST_SIGNS
