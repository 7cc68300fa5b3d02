"""What forward works out on the way (gates, a normalised x), made right in a hand-in's own cache: each by the nearest.

takes: what a hand-in keeps, and what the reference keeps of the same inputs.
gives: the same with the right values in it, where it is clear what stands for what.
must not know: what is asked, what is expected of backward.

Nobody knows how a hand-in calls its parts, or in which order it keeps them. But a gate without its bias is still more
like that gate than like any other. What is right is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from types import CodeType
from typing import Any

import numpy as np

from grader.harness.mending.mended import LARGEST, is_equal, mended
from grader.wire import NEAREST, Step

_DEEPEST = 3  # of what is kept within what is kept
_MOST = 64  # things in one of them
UNLIKE = -2.0  # of what cannot stand for the same; else it is at least -1
_OF_ANOTHER_FORM = 1e-3  # less: of two that are as like the one of its own shape is meant
_EPSILON = 1e-4  # more than the usual 1e-5 in a root makes of numbers near one
_CLOSE = 1e-6  # of what is right, and rounded otherwise


Pair = tuple[np.ndarray, np.ndarray]
"""A wrong array and the right one."""


@dataclass(frozen=True)
class Left:
    """What is left to be made right where a forward has been run anew.

    `as_before` has the bytes of what it keeps as it did when it was run first, `nameless` of what of that has no name;
    `parts` stood nowhere. `pairs` were put: a wrong array each, and what is right for it.
    """

    as_before: frozenset[bytes]
    nameless: frozenset[bytes]
    parts: Sequence[np.ndarray]
    pairs: Sequence[Pair]

    @classmethod
    def of(
        cls,
        kept: Iterable[np.ndarray],
        parts: Sequence[np.ndarray],
        named: Iterable[np.ndarray],
        pairs: Sequence[Pair],
    ) -> Left:
        """What it kept when it was run first, parts that stand nowhere by now, what has a name by now, what was put."""
        as_before = frozenset(array.tobytes() for array in kept)
        return cls(as_before, as_before - {array.tobytes() for array in named}, parts, pairs)


def nearest_put(
    step: Step, arguments: list[Any], inputs: Mapping[str, np.ndarray], asked: object, known: Iterable[np.ndarray],
    left: Left | None = None,
) -> list[Any]:  # fmt: skip
    """What backward takes, with the right parts in it, or those `left`; what stands on its object is put there."""
    rights = [inputs[name] for own, name in step.mends if own == NEAREST] if left is None else list(left.parts)
    own = [given for taken, given in zip(step.takes, arguments, strict=True) if taken not in inputs]
    kept = list(parts_kept([*own, asked])) if rights else []
    closed = [array for array in kept if left is not None and array.tobytes() not in left.nameless]
    for wrong, right in nearest(kept, rights, [*known, *closed]):
        mended(asked, wrong, right)
        pairs = zip(step.takes, arguments, strict=True)
        arguments = [given if taken in inputs else mended(given, wrong, right) for taken, given in pairs]
    return arguments


def nearest(held: Iterable[np.ndarray], rights: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> list[Pair]:
    """Pairs of a wrong array and the right one that it is most like, of those that nobody else is more like."""
    held = [array for array in held if array.dtype.kind == "f" and 1 < array.size <= LARGEST]
    with np.errstate(all="ignore"):
        open_ones = [right for right in rights if not any(has_numbers_of(array, right) for array in held)]
        wrong = [array for array in held if not any(has_numbers_of(array, right) for right in rights)]
        wrong = [array for array in wrong if not any(is_equal(array, one) for one in known)]
        found = [
            (likeness_of(array, right), n, m) for n, array in enumerate(wrong) for m, right in enumerate(open_ones)
        ]
    pairs: dict[int, int] = {}
    for likeness, n, m in sorted(found, reverse=True):
        if likeness > UNLIKE and n not in pairs and m not in pairs.values():
            pairs[n] = m
    return [(wrong[n].copy(), in_form_of(wrong[n], open_ones[m])) for n, m in pairs.items()]


def in_form_of(array: np.ndarray, right: np.ndarray) -> np.ndarray:
    """What is right, with the axes that stand there."""
    return right if right.shape == array.shape else right.reshape(array.shape)


def has_form_of(array: np.ndarray, right: np.ndarray) -> bool:
    """Whether it has the same axes but for those of one, which a mean keeps or takes away, and for one that stands in
    the other as several: (N * groups, 1) and (N, groups, 1, 1)."""
    if array.shape == right.shape or array.size != right.size:
        return array.shape == right.shape
    few, many = sorted((array, right), key=lambda of: of.ndim)
    ends, other = (set(accumulate((n for n in of.shape if n != 1), mul)) for of in (few, many))
    return ends == other or (ends < other and few.ndim < many.ndim)


def has_numbers_of(array: np.ndarray, right: np.ndarray) -> bool:
    """Whether they are the same, rounded otherwise, or but for an epsilon."""
    if not has_form_of(array, right):
        return False
    one, other = array.ravel(), right.ravel()
    if one.size and not abs(one.item(0) - other.item(0)) <= _CLOSE * (1 + abs(other.item(0))):
        return False  # as most are, of the many that long sequences keep
    return bool(np.allclose(one, other, _CLOSE, _CLOSE))


def is_near(array: np.ndarray, right: np.ndarray) -> bool:
    """Whether they are the same but for an epsilon in a root, with or without axes of one."""
    with np.errstate(all="ignore"):
        return has_form_of(array, right) and bool(np.allclose(array.ravel(), right.ravel(), _EPSILON, _EPSILON))


def likeness_of(array: np.ndarray, right: np.ndarray) -> float:
    """How their numbers, or the order of these, go together, less by how far they are apart."""
    is_number = np.isfinite(array)
    if not has_form_of(array, right) or not is_number.any():
        return UNLIKE
    one, other = np.where(is_number, array, 0.0).ravel(), right.ravel()
    together = max(_together(one, other), _together(_order(one), _order(other)))
    sizes = float(np.linalg.norm(one) + np.linalg.norm(other)) or 1.0
    is_other = _OF_ANOTHER_FORM if array.shape != right.shape else 0.0
    return together - float(np.linalg.norm(one - other)) / sizes - is_other


def _together(one: np.ndarray, other: np.ndarray) -> float:
    """Whether one grows as the other does, or shrinks: the sigmoid of the wrong sign is one less that of the right."""
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt(one @ one) * np.sqrt(other @ other))
    return min(abs(float(np.nan_to_num(one @ other / size))), 1.0) if size else 0.0


def _order(numbers: np.ndarray) -> np.ndarray:
    """The place of each number among all: another function of the same sums keeps it."""
    return np.argsort(np.argsort(numbers))


def parts_kept(kept: Iterable[object], depth: int = 0) -> Iterator[np.ndarray]:
    """The arrays in what is kept, as deep as a cache goes."""
    for part in list(kept)[:_MOST]:
        if isinstance(part, np.ndarray):
            yield from [part] if part.size <= LARGEST else []
        elif depth < _DEEPEST and isinstance(part, (tuple, list)):
            yield from parts_kept(part, depth + 1)
        elif depth < _DEEPEST and isinstance(part, dict):
            yield from parts_kept(part.values(), depth + 1)
        elif depth < _DEEPEST and isinstance(held := getattr(part, "__dict__", None), dict):
            yield from parts_kept(held.values(), depth + 1)


def read_by_name(namespace: Mapping[str, Any], step: Step) -> list[object]:
    """What a function reads under names of its program: a forward may have kept its numbers there (`global zs`)."""
    owner, method = step.path
    found = namespace.get(owner)
    code = getattr(getattr(found, method, None) if method else found, "__code__", None)
    things = (namespace.get(name) for name in code.co_names) if isinstance(code, CodeType) else ()
    return [thing for thing in things if isinstance(thing, np.ndarray | list | tuple | dict)]
