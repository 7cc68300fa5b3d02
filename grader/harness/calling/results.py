"""What a student's function returned, made into plain values that can cross the wall.

takes: any object.
gives: the results in it, and of each a `Value`: an array of plain numbers, none, or the name of what it was.
must not know: what was expected.

All of this is for honest programs: our side checks what arrives and trusts none of it.
"""

from __future__ import annotations

import copy
import math
import numbers
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from typing import Any

import numpy as np

from grader.harness.texts import NAME_CAP, NoParts, name_type
from grader.wire import Value
from grader.wire.frames import ARRAY_CAP, MAX_DIMS, MAX_ITEMSIZE, PLAIN_KINDS

_NATIVE = frozenset(np.dtype(kind) for kind in ("f8", "f4", "i8", "i4", "?"))
_NUMBERS = (bool, int, float, complex)
# Cyclic or very long lists are turned away before numpy walks them.
_LIST_CAP = 1 << 20
_COUNT_CAP = 1 << 20
_PARTS_CAP = 1 << 12  # things that an iterator gives: one that never ends is not waited for
# Python unpacks these too, into characters, keys, and members in any order: nobody means that.
_NOT_SEVERAL = (str, bytes, bytearray, Mapping, Set)


def results_in(returned: object, due: int) -> tuple[Sequence[object], int]:
    """Take apart what came back as `a, b = f(x)` does: the results, if they are as many as are due, and their count.

    Where one is due, or None came back, nothing is taken apart. What is no tuple or list counts as several only where
    exactly as many come out. An array of numbers may be one result whose rows happen to be as many: its count stays
    that of one value, and whoever judges says so where the rows are not right.
    """
    if due == 1:
        return (returned,), -1
    if type(returned) is tuple or type(returned) is list:
        count = len(returned)
        return (tuple(returned) if count == due else ()), min(count, _COUNT_CAP)
    if returned is None:
        return (None,) * due, -1
    results = _unpacked(returned, due)
    if isinstance(returned, np.ndarray) and returned.dtype != object:
        return results, -1
    if isinstance(returned, (tuple, list)) and not results:
        return results, min(_length(returned), _COUNT_CAP)
    return results, len(results) or -1


def _unpacked(returned: object, due: int) -> tuple[object, ...]:
    """What comes out where it is as many as are due; an endless generator is asked for one more, and no further."""
    if isinstance(returned, _NOT_SEVERAL):
        return ()
    try:
        parts = iter(returned)  # type: ignore[call-overload]
    except TypeError:
        return ()
    results = tuple(islice(parts, due + 1))
    return results if len(results) == due else ()


def _length(returned: tuple[object, ...] | list[object]) -> int:
    """Of a subclass, whatever it says of itself."""
    return tuple.__len__(returned) if isinstance(returned, tuple) else list.__len__(returned)


def gone_through(result: object, many: int, is_begun: bool = False) -> object:
    """What an iterator gives, as a list, so many or all of it (-1); anything else as it is.

    Each part is copied when it comes: `for batch in batches` may be handed the same array filled anew, and is right.
    `is_begun` says that `iter` gave it, which a loop asks once: one that shuffles there would be shuffled twice.
    """
    parts = _parts_of(result, is_begun)
    if parts is None:
        return result
    given = islice(parts, _PARTS_CAP if many < 0 else min(many, _PARTS_CAP))
    return [_as_it_is(part) for part in given] or NoParts()


def _parts_of(result: Any, is_begun: bool) -> Iterable[object] | None:
    """What a loop would be given; nothing of what has its parts by number or key, unless it is an iterator as well."""
    is_iterator, parts = hasattr(result, "__next__"), result
    if is_iterator and (
        is_begun or not hasattr(result, "__iter__")
    ):  # a loop asks no iterator for one, and it need not give one
        parts = _one_after_another(result)
    by_number = hasattr(result, "__getitem__") or isinstance(result, Set) or not hasattr(result, "__iter__")
    return parts if is_iterator or not by_number else None


def _one_after_another(iterator: Any) -> Iterator[object]:
    while True:
        try:
            part = next(iterator)
        except StopIteration:
            return
        yield part


def _as_it_is(part: object) -> object:
    try:
        return copy.deepcopy(part)
    except Exception:  # what cannot be copied can hardly be filled anew
        return part


def describe_value(value: object) -> Value:
    """Make a result a plain value; what is no plain array of numbers is only named.

    An array may be the program's own, not a copy: it is to be encoded before the program runs on.
    """
    if type(value) is np.ndarray and value.dtype in _NATIVE and value.ndim <= MAX_DIMS and value.nbytes <= ARRAY_CAP:
        return Value("array", "ndarray", value)  # nearly every result of a class is one of these
    try:
        return _describe(value)
    except Exception:
        return Value("other", name_type(value))


def _describe(value: object) -> Value:
    if value is None:
        return Value("none", "NoneType")
    if np.ma.is_masked(value):  # where a mask hides something, there is no number; one that hides nothing is no matter
        return Value("other", name_type(value))
    if isinstance(value, np.ndarray):
        return _describe_array(value)
    if isinstance(value, (np.generic, *_NUMBERS)):
        return _plain(np.asarray(value), name_type(value))
    if _is_real(value):  # alone, where a number is due; arrays of such ones are arrays of objects
        return _plain(np.array(float(value)), name_type(value))  # type: ignore[arg-type]
    if isinstance(value, (list, tuple)) and len(value) <= _LIST_CAP:
        return _plain(np.array(value), "list" if isinstance(value, list) else "tuple")
    # A deque, a range: what has its numbers in a row, by their places, and is handed to numpy as a list would be.
    if isinstance(value, Sequence) and not isinstance(value, _NOT_SEVERAL) and len(value) <= _LIST_CAP:
        return _plain(np.array(value), name_type(value))
    return Value("other", name_type(value))


def _describe_array(value: np.ndarray) -> Value:
    # The view of `ndarray` itself: a subclass may have a `view`, and arithmetic, of its own.
    base = np.ndarray.view(value, np.ndarray)
    # From the shape, before anything is made contiguous: np.broadcast_to(0.0, 10**9) is 8 bytes until copied.
    size = math.prod(base.shape) * base.dtype.itemsize
    if size > ARRAY_CAP:
        return Value("other", f"ndarray of {size} bytes"[:NAME_CAP])
    return _plain(base, name_type(value))


def _is_real(value: object) -> bool:
    """Whether it is a number of one part, whoever made its class: a Fraction is, and a Decimal."""
    is_one = isinstance(value, numbers.Number) and not isinstance(value, numbers.Complex)
    return is_one or isinstance(value, numbers.Real)


def _plain(array: np.ndarray, type_name: str) -> Value:
    dtype = array.dtype
    if dtype.kind not in PLAIN_KINDS or dtype.fields or dtype.itemsize > MAX_ITEMSIZE:
        named = f"{type_name} of {dtype.name}" if type_name == "ndarray" else type_name
        return Value("other", named[:NAME_CAP])
    if array.ndim > MAX_DIMS or array.nbytes > ARRAY_CAP:
        return Value("other", f"{type_name} of {array.ndim} dimensions, {array.nbytes} bytes"[:NAME_CAP])
    return Value("array", type_name, np.array(array, dtype=dtype.newbyteorder("="), order="C"))
