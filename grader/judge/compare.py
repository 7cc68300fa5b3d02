"""Compare one result with its answer: type, shape, finite numbers, values. The first check that fails is what is said.

An answer is a tuple of ends: the reference's tree and, where any value between two is right, the alternatives' trees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.assignment.words import Tolerance
from grader.judge.model import Flaw, Problem
from grader.outcomes import Call
from grader.wire.program import Other, Tree

Array = np.ndarray
Ends = tuple[Tree, ...]

APART = 1e4  # times all others: a millionth of such a number is a hundredth of them, more than a mistake may change
ROUNDING = 1e-9  # of a number: what rounding may leave of it where two of its kind should come to 0
MADE = 1e12  # no exam computes numbers above this: larger ones are written down, such as a mask's -1e30
SHORT = (np.float16, np.float32, np.complex64)  # types with fewer digits than float64
COMPLEX = "complex array"
MOST_ENTRIES = 1 << 22  # of a list that is read as an array


def compare(result: str, got: Tree, ends: Ends, tolerance: Tolerance, loose: bool = False) -> Problem | None:
    """Check one result; `None` where it is right. `loose` where float32 comes in, whose rounding all results carry.

    The result that a problem names has its path in a list or dict: `grads['dW']`.
    """
    want = ends[0]
    if got is None and want is not None:
        return Problem(Flaw.NONE, result)
    if want is None or isinstance(want, str | Other):
        if type(got) is type(want) and got == want:
            return None
        if isinstance(want, str) and isinstance(got, str):
            return Problem(Flaw.VALUES, result, {"wrong": 1, "size": 1, "got": got, "want": want})
        return Problem(Flaw.TYPE, result, _types(got, want))
    if isinstance(want, dict | list | tuple):
        lacking = _lacks_parts(got, want)
        if lacking:
            return Problem(Flaw.TYPE, result, {"type": type_name(got), "expected": lacking})
        found = (compare(f"{result}{path}", part, to, tolerance, loose) for path, part, to in _parts(got, ends))
        return next((problem for problem in found if problem is not None), None)
    return _compare_numbers(result, got, ends, tolerance, loose)


def _lacks_parts(got: Tree, want: Tree) -> str:
    """What is expected where a value has not the parts of its answer; further keys of a dict are fine."""
    if isinstance(want, dict):
        lacking = [key for key in want if not (isinstance(got, dict) and key in got)]
        return f"a dict with the key {lacking[0]!r}" if lacking else "" if isinstance(got, dict) else "a dict"
    is_list = isinstance(got, list | tuple) or (isinstance(got, np.ndarray) and got.ndim)
    return "" if is_list and len(got) == len(want) else f"a list of {len(want)}"


def _parts(got: Tree, ends: Ends) -> Iterator[tuple[str, Tree, Ends]]:
    """The parts of a list or dict, each with its path and beside those of its answer."""
    want = ends[0]
    if isinstance(want, dict):
        dicts = [end for end in ends if isinstance(end, dict) and end.keys() == want.keys()]
        yield from ((f"[{key!r}]", got[key], tuple(end[key] for end in dicts)) for key in want)
    else:
        lists = [end for end in ends if isinstance(end, list | tuple) and len(end) == len(want)]
        yield from ((f"[{n}]", part, tuple(end[n] for end in lists)) for n, part in enumerate(got))


def _compare_numbers(result: str, got: Tree, ends: Ends, tolerance: Tolerance, loose: bool) -> Problem | None:
    if _is_plainly_right(got, ends, tolerance):
        return None
    want, array = as_array(ends[0]), as_array(got)
    assert want is not None, "a key holds plain values only"
    if array is None:
        return Problem(Flaw.TYPE, result, _types(got, ends[0]))
    if array.dtype.kind == "c" != want.dtype.kind:
        return Problem(Flaw.TYPE, result, {"type": COMPLEX, "expected": "real numbers"})
    array = _fitted(array, want, isinstance(got, list | tuple))
    if array.shape != want.shape:
        shapes = {"got_shape": list(array.shape), "want_shape": list(want.shape)}
        return Problem(Flaw.SHAPE, result, {"type": type_name(got), **shapes})
    is_short = loose or any(one.dtype in SHORT for one in (array, want))
    with np.errstate(all="ignore"):
        low, high = range_of(ends)
        limit = limits(low, high, tolerance, tolerance.float32_factor if is_short else 1.0)
        number = as_numbers(array)
        error = abs(number - low) if low is high else np.maximum(low - number, number - high)
        # `error <= limit`, not `not error > limit`: a comparison with nan is False both ways.
        right = (error <= limit) | (number == low)
        if right.all():
            return None
        finite = np.isfinite(number) | right
        if not finite.all():
            first = np.unravel_index(int(np.argmin(finite)), number.shape)
            return Problem(Flaw.NOT_FINITE, result, {"index": [int(i) for i in first]})
        return Problem(Flaw.VALUES, result, _values(number, (low, high), right, np.asarray(error), limit))


def _is_plainly_right(got: Tree, ends: Ends, tolerance: Tolerance) -> bool:
    """Whether floats are as near as any tolerance allows: nearly always so, and found in a third of the time."""
    want = ends[0]
    if type(got) is float and type(want) is float:
        return abs(got - want) <= tolerance.absolute
    if not (isinstance(got, np.ndarray) and isinstance(want, np.ndarray) and got.dtype == want.dtype == np.float64):
        return False
    if got.shape != want.shape or got.tobytes() == want.tobytes():  # the same bytes are frequent, and compared at once
        return bool(got.shape == want.shape)
    with np.errstate(all="ignore"):
        return bool((abs(got - want) <= tolerance.absolute).all())


def _fitted(array: Array, want: Array, is_list: bool) -> Array:
    """One number is right with axes of one too, and so is each of a list of them."""
    fits = array.size == want.size and (not want.ndim or (is_list and array.shape[:1] == want.shape))
    return array.reshape(want.shape) if fits else array


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


def range_of(ends: Ends) -> tuple[Array, Array]:
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


def _values(number: Array, ends: tuple[Array, Array], right: Array, error: Array, limit: Array) -> dict[str, Any]:
    worst = np.unravel_index(int(np.argmax(np.where(right, -np.inf, error - limit))), number.shape)
    low, high = ends[0][worst].item(), ends[1][worst].item()
    got = number[worst].item()
    want, index = low if low == high or got < low else high, [int(i) for i in worst]
    return {"wrong": int((~right).sum()), "size": number.size, "index": index, "got": got, "want": want}


def type_name(tree: Tree) -> str:
    """What students call the type of a value."""
    return tree.type_name if isinstance(tree, Other) else type(tree).__name__


def _types(got: Tree, want: Tree) -> dict[str, str]:
    if isinstance(want, np.ndarray) and want.ndim:
        return {"type": type_name(got)}
    kinds = {str: "a string", dict: "a dict", list: "a list", tuple: "a list", bool: "True or False"}
    return {"type": type_name(got), "expected": "None" if want is None else kinds.get(type(want), "a number")}


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Array]]:
    """All arrays and numbers in a tree, each with its path."""
    if isinstance(tree, dict | list | tuple):
        parts = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for step, part in parts:
            yield from leaves(part, f"{path}[{step!r}]")
    elif (array := as_array(tree)) is not None:
        yield path, array


def wrong_count(calls: tuple[Call, ...], wants: tuple[Call, ...]) -> Problem | None:
    """Find the first call that gave another number of values than the reference's. Lists and tuples are the same.

    What else can be unpacked (the rows of an array, the keys of a dict, a generator) is one value, unless its parts
    prove to be right.
    """
    for call, want in zip(calls, wants, strict=False):
        if call.function != want.function:
            return None
        got, expected = _count(call), _count(want)
        if call.type_name == "NoneType" != want.type_name:
            return Problem(Flaw.NONE, "", {"function": call.function})
        if got != expected and want.type_name != "NoneType" and not (expected == 1 and call.length == want.length):
            facts = {"got": got, "want": expected, "type": call.type_name, "function": call.function}
            return Problem(Flaw.COUNT, "", facts)
    return None


def _count(call: Call) -> int:
    """How many values a student would say that a call returned."""
    return call.length if call.type_name in ("tuple", "list") else 1
