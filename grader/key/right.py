"""The right values of one result, made ready once for a key: their numbers in one form, and how near one must come.

An answer is a tuple of ends: the reference's tree and, where any value between two is right, the alternatives' trees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from grader.assignment.words import Tolerance
from grader.wire.program import Tree

Array = np.ndarray

APART = 1e4  # times all others: a millionth of such a number is a hundredth of them, more than a mistake may change
ROUNDING = 1e-9  # of a number: what rounding may leave of it where two of its kind should come to 0
MADE = 1e12  # no exam computes numbers above this: larger ones are written down, such as a mask's -1e30
MOST_ENTRIES = 1 << 22  # of a list that is read as an array


class Right:
    """What is right for one result; the reference's numbers are `array`, `None` where it gave anything else."""

    def __init__(self, name: str, ends: tuple[Tree, ...], tolerance: Tolerance) -> None:
        self.name, self.ends, self.tolerance, self.array = name, ends, tolerance, as_array(ends[0])
        is_plain = isinstance(ends[0], np.ndarray) and ends[0].dtype == np.float64
        self._bytes = ends[0].tobytes() if is_plain else None

    @cached_property
    def range(self) -> tuple[Array, Array]:
        """The lowest and the highest right value of each entry."""
        return range_of(self.ends)

    @cached_property
    def limits(self) -> tuple[Array, Array]:
        """How far each entry may be from its answer: of float64, and of types with fewer digits."""
        return limits(*self.range, self.tolerance), limits(*self.range, self.tolerance, self.tolerance.float32_factor)

    @cached_property
    def beyond(self) -> Array | None:
        """No limit is above this, whichever of the entries count; `None` where some are not finite."""
        sizes, tolerance = abs(self.range[0]), self.tolerance
        most = tolerance.scale * sizes.max(initial=0.0)
        return tolerance.relative * sizes + most + tolerance.absolute if np.isfinite(sizes).all() else None

    @cached_property
    def parts(self) -> Mapping[str | int, Right]:
        """What is right for each part of a list or dict, by its place or key."""
        steps = _steps(self.ends[0])
        alike = [end for end in self.ends if _steps(end) == steps]
        return {one: Right(f"{self.name}[{one!r}]", tuple(end[one] for end in alike), self.tolerance) for one in steps}

    def is_plainly(self, got: Tree) -> bool:
        """Whether floats are right at first sight: nearly always so, and found in a tenth of the time."""
        want = self.ends[0]
        if type(got) is float and type(want) is float:
            return abs(got - want) <= self.tolerance.absolute
        if self._bytes is None or not isinstance(got, np.ndarray) or got.dtype != want.dtype or got.shape != want.shape:
            return False
        # The same bytes are frequent, and compared at once.
        return got.tobytes() == self._bytes or int(np.count_nonzero(abs(got - want) <= self.limits[0])) == got.size


def _steps(tree: Tree) -> Collection[str | int]:
    """The keys of a dict, or the places of a list."""
    return tree.keys() if isinstance(tree, dict) else range(len(tree) if isinstance(tree, list | tuple) else 0)


def as_array(tree: Tree) -> Array | None:
    """The numbers of a tree as one array; `None` where it is anything else. No value from inside raises here."""
    if isinstance(tree, np.ndarray):
        return tree if tree.dtype.kind in "biufc" else None
    if not isinstance(tree, np.generic | bool | int | float | complex | list | tuple) or _entries(tree) > MOST_ENTRIES:
        return None
    try:
        array = np.asarray(tree)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if array.dtype.kind == "O" and isinstance(tree, int):
        return np.asarray(np.inf if tree > 0 else -np.inf)
    return array if array.dtype.kind in "biufc" else None


def _entries(tree: Tree) -> int:
    """How many numbers an array of it would hold; one array may be in a list many times."""
    if isinstance(tree, list | tuple):
        return sum(map(_entries, tree))
    return tree.size if isinstance(tree, np.ndarray) else 1


def as_numbers(array: Array) -> Array:
    """Floats or complex numbers: unsigned integers would wrap round when subtracted, and masks cannot be."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


def range_of(ends: tuple[Tree, ...]) -> tuple[Array, Array]:
    """The lowest and the highest right value of each entry; the very same array where only one value is right."""
    arrays = [as_numbers(array) for end in ends if (array := as_array(end)) is not None]
    alike = [array for array in arrays if array.shape == arrays[0].shape and array.dtype.kind == "f"]
    if len(alike) < 2:
        return arrays[0], arrays[0]
    return np.minimum.reduce(alike), np.maximum.reduce(alike)


def limits(low: Array, high: Array, tolerance: Tolerance, factor: float = 1.0) -> Array:
    """How far each entry may be from its answer (see `Tolerance`)."""
    size = np.maximum(abs(low), abs(high))
    size = np.where(np.isfinite(size), size, 0.0)
    limit: Array = factor * (tolerance.relative * size + tolerance.scale * largest_of(size)) + tolerance.absolute
    return limit


def largest_of(array: Array) -> float:
    """The largest size in an array, without numbers that only hide something (a mask's -1e9); 0 where there is none.

    Measured by a millionth of such a number, every other would be right.
    """
    sizes = abs(array[np.isfinite(array)])
    most = float(sizes.max(initial=0.0))
    if most < APART:
        return most
    least = max(1.0, ROUNDING * most) if most < MADE else 1.0
    ranked = np.sort(np.maximum(sizes, least))
    apart = np.flatnonzero(ranked[1:] / APART >= ranked[:-1])
    return float(ranked[apart[0]]) if len(apart) else most
