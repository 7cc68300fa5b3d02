"""Results that a function gives within a dict: found there to be told, and put there where right ones are lent.

takes: a step, what its function gave.
gives: the arrays under the names by which they cross the wall, and the same results with other arrays in them.
must not know: what is right, when anything is lent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.harness.calling.results import describe_value
from grader.wire import PACKED, Step


def packed_in(step: Step, results: Sequence[Any]) -> dict[str, np.ndarray | None]:
    """Each such result by its name; None where it is no array, or not there."""
    gave = dict(zip(step.gives, results, strict=False))
    found = ((name, gave.get(root), key) for name, root, key in step.packed)
    return {
        f"{PACKED}{name}": describe_value(kept[key]).array if isinstance(kept, dict) and key in kept else None
        for name, kept, key in found
    }


def with_packed(step: Step, results: Sequence[Any], lent: Mapping[str, np.ndarray]) -> list[Any]:
    """The same results, in which dicts hold what is lent; where none is given, it is a dict of that alone."""
    found = list(results)
    for name, root, key in step.packed:
        place, right = step.gives.index(root), lent.get(f"{PACKED}{name}")
        if right is not None:
            found[place] = {**(found[place] if isinstance(found[place], dict) else {}), key: right}
    return found
