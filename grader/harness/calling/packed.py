"""Results within a dict, a list or a cache that a function gives: told from there, put there where right ones are lent.

takes: a step, what its function gave.
gives: the arrays under the names by which they cross the wall, and the same results with other arrays in them.
must not know: what is right, when anything is lent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from grader.harness.calling.results import describe_value
from grader.harness.mending.mended import mended
from grader.wire import PACKED, Step


def packed_in(step: Step, results: Sequence[Any]) -> dict[str, np.ndarray | None]:
    """Each such result by its name, of a list all that is in it; None where it is no array, or not there."""
    gave = dict(zip(step.gives, results, strict=False))
    found = ((name, gave.get(root), key) for name, root, key in step.packed)
    in_dicts = {
        f"{PACKED}{name}": describe_value(kept[key]).array if isinstance(kept, dict) and key in kept else None
        for name, kept, key in found
    }
    return in_dicts | {name: array for root in step.listed for name, array in _in_list(root, gave.get(root))}


def _in_list(root: str, kept: object) -> Iterator[tuple[str, np.ndarray | None]]:
    """What is in a list or a tuple of nothing but arrays, by places: numbers that are counted may be too many."""
    if not isinstance(kept, list | tuple) or not all(isinstance(part, np.ndarray) for part in kept):
        yield f"{PACKED}{root}", None
        return
    yield from ((f"{PACKED}{root}[{n}]", describe_value(part).array) for n, part in enumerate(kept))


def with_packed(
    step: Step, results: Sequence[Any], lent: Mapping[str, np.ndarray], taken: Sequence[object] = ()
) -> list[Any]:
    """The same results, in which dicts and lists hold what is lent; where none is given, it is one of that alone.

    A dict stays the same one, as a state may be held elsewhere, too; where it gives none, that is what it has `taken`.
    """
    found = list(results)
    for name, root, key in step.packed:
        place, right = step.gives.index(root), lent.get(f"{PACKED}{name}")
        if right is not None:
            if not isinstance(found[place], dict):
                found[place] = _state_in(taken, key)
            found[place][key] = right
    for root, places in step.listed.items():
        rights = [array for name, array in lent.items() if name.startswith(f"{PACKED}{root}[")]
        at = step.gives.index(root)
        found[at] = _with_rights(found[at], rights, places) if rights else found[at]
    return found


def _state_in(taken: Sequence[object], key: str) -> dict[Any, Any]:
    """The one dict that has such a key, or nothing yet; a new one else: parameters are no gradients."""
    dicts = [one for one in taken if isinstance(one, dict)]
    return dicts[0] if len(dicts) == 1 and (not dicts[0] or key in dicts[0]) else {}


def _with_rights(own: object, rights: list[np.ndarray], places: Sequence[int]) -> object:
    """A list with right arrays: all of them where it has as many, else those at the places that are graded; it itself
    where these are right, since what stands beside them is its own."""
    if not isinstance(own, list | tuple):
        return rights
    if all(_is_right(own, rights, n) for n in places):
        return own
    parts = rights if len(own) == len(rights) else list(own)
    for n in places:
        with suppress(IndexError):
            parts[n] = rights[n]
    return tuple(parts) if isinstance(own, tuple) else parts


def _is_right(own: Sequence[Any], rights: Sequence[np.ndarray], place: int) -> bool:
    try:
        return own[place].shape == rights[place].shape and np.allclose(own[place], rights[place], 1e-3)
    except Exception:  # it may be anything, or there may be none
        return False


def with_right(kept: Any, results: Sequence[Any], due: Mapping[int, np.ndarray]) -> Any:
    """What is kept for another, with right results in it."""
    for n, right in due.items():
        with suppress(Exception):  # what a hand-in keeps may refuse to be looked at
            kept = mended(kept, results[n], right)
    return kept
