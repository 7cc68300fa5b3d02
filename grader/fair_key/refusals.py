"""What a key is refused for, all of it that can be seen at once: compiling takes seconds, and each refusal a run.

takes: `AuthorError`s, as they are raised.
gives: nothing where there is none; one `AuthorError` that has the others with it.
must not know: what is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import AuthorError

MOST_TOLD = 8
"""What fits on a screen; the rest is mostly of one cause with these."""


class Refusals:
    """Goes on behind what is refused, and tells it when all was looked at."""

    def __init__(self) -> None:
        self._found: list[AuthorError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Look at one thing: what is wrong with it is told later."""
        try:
            yield
        except AuthorError as error:
            self._found.append(error)

    def tell(self) -> None:
        """Raise what was found; no more of it than one reads."""
        if not self._found:
            return
        first, *others = self._found[:MOST_TOLD]
        if left := len(self._found[MOST_TOLD:]):
            others.append(AuthorError(f"and {left} more", "mend these first, and compile again"))
        raise AuthorError(str(first), first.hint, others) from first
