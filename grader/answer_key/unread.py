"""The answers of one variant as a key's file holds them: each is read when it is first asked for.

takes: the bytes of a key, and where in them each answer lies.
gives: a mapping of places in the plan to outcomes; `ValueError` where one lies outside the bytes.
must not know: files, what the answers mean.

A key has some five thousand answers, most of them of mistakes that nobody in a class has made: to read them all takes
as long as all else of a key together, and a run that finds nothing new to grade needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.wire import Outcome, decode, decode_outcome


class Unread(Mapping[int, Outcome]):
    """Answers by their place in the plan, in the order of `specs`: (dtype, [bytes], offset) of each frame."""

    def __init__(self, data: bytes, specs: Mapping[str, Any]) -> None:
        self._data = data
        self._lie = {int(place): _lies(spec, len(data)) for place, spec in specs.items()}
        self._read: dict[int, Outcome] = {}

    def __getitem__(self, place: int) -> Outcome:
        read = self._read.get(place)
        if read is None:
            begins, ends = self._lie[place]
            read = self._read[place] = decode_outcome(decode(self._data[begins:ends]), inside=False)
        return read

    def __contains__(self, place: object) -> bool:
        return place in self._lie

    def __iter__(self) -> Iterator[int]:
        return iter(self._lie)

    def __len__(self) -> int:
        return len(self._lie)


def _lies(spec: Any, length: int) -> tuple[int, int]:
    kind, (size,), begins = spec
    if kind != "|u1" or not 0 <= begins <= begins + size <= length:
        raise ValueError("an answer lies outside the file")
    return begins, begins + size
