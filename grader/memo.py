"""What was made once of the very same values is not made again: a class has most of its texts in common.

takes: values, and how to make something of them.
gives: what was made, the same object again where it is asked for with the same objects.
must not know: what is made.

Values are told apart by identity, since to hash a criterion with its cases and fractions takes longer than to write
it down. What is remembered holds its values, so no other object can come to stand at their addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
TEXT_CAP = 4096  # characters of a text that something is remembered by, so that hand-ins cannot fill the memory
MOST = 2048  # things that one memo surely remembers; a key of six functions makes some 500, hand-ins none


class Memo(Generic[T]):
    """Remembers by a plain key and the identity of some values.

    What has not been asked for since `most` others were is forgotten: never more than twice as many are kept. Of the
    texts of hand-ins most come once, and must not drive out those that come in every one.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: dict[Hashable, tuple[tuple[Any, ...], T]] = {}
        self._older: dict[Hashable, tuple[tuple[Any, ...], T]] = {}

    def get(self, key: Hashable, values: Iterable[object], make: Callable[[], T]) -> T:
        """What was made for this key of these very objects, or what `make` makes now."""
        held = tuple(values)
        place = (key, *map(id, held))
        found = self._made.get(place)
        if found is None:
            found = self._older.pop(place, None) or (held, make())
            if len(self._made) >= self._most:
                self._older, self._made = self._made, {}
            self._made[place] = found
        return found[1]

    def of_text(self, text: str, make: Callable[[], T]) -> T:
        """The same for a text of a hand-in, such as a function's: those of the hand-out come in every one."""
        return self.get(text, (), make) if len(text) <= TEXT_CAP else make()
