"""Masks that forwards keep: one that lets all through, or nothing, is many things, unless others of it do neither.

takes: what a forward keeps, each time that it is to be made right.
gives: which bytes may be those of something that was derived from its result.
must not know: what is asked, what is right.

A ReLU that gives zeros, and keeps false throughout, has no mask; one that is shifted has such masks too, and others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable

import numpy as np

from grader.harness.mending.mended import LARGEST


class Masks:
    """The masks of one program that were seen so far, by the function that takes them."""

    def __init__(self) -> None:
        self._are_mixed: dict[str, set[bool]] = defaultdict(set)

    def look(self, function: str, kept: Iterable[object]) -> None:
        """Note which of these let some through, and which do not."""
        for array in kept:
            if type(array) is np.ndarray and array.dtype.kind == "b" and 1 < array.size <= LARGEST:
                self._are_mixed[function].add(bool(array.any()) and not array.all())

    def derived(self, function: str, among: Container[bytes] | None) -> Container[bytes] | None:
        """The bytes of what may be derived, of these if they are known: no mask of one kind, where all are of one."""
        return _Mixed(among) if self._are_mixed[function] == {False} else among


class _Mixed(Container[bytes]):
    """Those in which not all bytes are the same."""

    def __init__(self, among: Container[bytes] | None) -> None:
        self._among = among

    def __contains__(self, numbers: object) -> bool:
        is_among = self._among is None or numbers in self._among
        return is_among and isinstance(numbers, bytes) and bool(numbers.strip(numbers[:1]))
