"""The arrays in what a hand-in keeps from forward to backward, so that a change of them in place can be told.

takes: a cache in whatever layout.
gives: the bytes of its arrays.
must not know: what is asked; classes of the hand-in's own: no code of theirs is to be called here.
"""

from __future__ import annotations

import numpy as np

_DEEPEST = 4  # of what is kept within what is kept
_MOST = 64  # things in one of them
_LARGEST = 1 << 20  # bytes: no case has more, and it is only for a note


def bytes_kept(kept: object, depth: int = 0) -> list[bytes]:
    """The bytes of each array in a tuple, a list or a dict, and in those within it, in their order."""
    # Exact types: a class that inherits from one of these may run what it likes.
    if type(kept) is np.ndarray:
        return [kept.tobytes()] if kept.nbytes <= _LARGEST and kept.dtype.kind != "O" else []
    if depth > _DEEPEST or type(kept) not in (tuple, list, dict):
        return []
    parts = list(kept.values()) if isinstance(kept, dict) else list(kept)  # type: ignore[call-overload]
    return [found for part in parts[:_MOST] for found in bytes_kept(part, depth + 1)]
