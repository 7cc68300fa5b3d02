"""Compare one result with what is right: type, shape, finite numbers, values. The first check that fails is said."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.judge.model import Flaw, Problem
from grader.key.right import Array, Right, as_array, as_numbers
from grader.outcomes import Call
from grader.wire.program import Other, Tree

SHORT = (np.float16, np.float32, np.complex64)  # types with fewer digits than float64
COMPLEX = "complex array"


def compare(got: Tree, right: Right, loose: bool = False) -> Problem | None:
    """Check one result; `None` where it is right. `loose` where float32 comes in, whose rounding all results carry.

    The result that a problem names has its path in a list or dict: `grads['dW']`.
    """
    want = right.ends[0]
    if right.is_plainly(got):
        return None
    if got is None and want is not None:
        return Problem(Flaw.NONE, right.name)
    if want is None or isinstance(want, str | Other):
        if type(got) is type(want) and got == want:
            return None
        if isinstance(want, str) and isinstance(got, str):
            return Problem(Flaw.VALUES, right.name, {"wrong": 1, "size": 1, "got": got, "want": want})
        return Problem(Flaw.TYPE, right.name, _types(got, want))
    if isinstance(want, dict | list | tuple):
        lacking = _lacks_parts(got, want)
        if lacking:
            return Problem(Flaw.TYPE, right.name, {"type": type_name(got), "expected": lacking})
        found = (compare(got[step], part, loose) for step, part in right.parts.items())
        return next((problem for problem in found if problem is not None), None)
    return _compare_numbers(got, right, loose)


def _lacks_parts(got: Tree, want: Tree) -> str:
    """What is expected where a value has not the parts of its answer; further keys of a dict are fine."""
    if isinstance(want, dict):
        lacking = [key for key in want if not (isinstance(got, dict) and key in got)]
        return f"a dict with the key {lacking[0]!r}" if lacking else "" if isinstance(got, dict) else "a dict"
    is_list = isinstance(got, list | tuple) or (isinstance(got, np.ndarray) and got.ndim)
    return "" if is_list and len(got) == len(want) else f"a list of {len(want)}"


def _compare_numbers(got: Tree, right: Right, loose: bool) -> Problem | None:
    want, array = right.array, as_array(got)
    assert want is not None, "a key holds plain values only"
    if array is None:
        return Problem(Flaw.TYPE, right.name, _types(got, right.ends[0]))
    if array.dtype.kind == "c" != want.dtype.kind:
        return Problem(Flaw.TYPE, right.name, {"type": COMPLEX, "expected": "real numbers"})
    # One number is right with axes of one too, and so is each of a list of them.
    is_row = isinstance(got, list | tuple) and array.shape[:1] == want.shape
    array = array.reshape(want.shape) if array.size == want.size and (is_row or not want.ndim) else array
    if array.shape != want.shape:
        shapes = {"got_shape": list(array.shape), "want_shape": list(want.shape)}
        return Problem(Flaw.SHAPE, right.name, {"type": type_name(got), **shapes})
    is_short = loose or any(one.dtype in SHORT for one in (array, want))
    number, (low, high), limit = as_numbers(array), right.range, right.limits[is_short]
    error = abs(number - low) if low is high else np.maximum(low - number, number - high)
    # `error <= limit`, not `not error > limit`: a comparison with nan is False both ways.
    is_right = (error <= limit) | (number == low)
    wrong = number.size - int(np.count_nonzero(is_right))  # three times as quick as `all`
    if not wrong:
        return None
    finite = np.isfinite(number) | is_right
    if np.count_nonzero(finite) < number.size:
        first = np.unravel_index(int(np.argmin(finite)), number.shape)
        return Problem(Flaw.NOT_FINITE, right.name, {"index": [int(i) for i in first]})
    worst = int(np.argmax(np.where(is_right, -np.inf, error - limit)))
    came, least, most = number.item(worst), low.item(worst), high.item(worst)
    expected, index = least if least == most or came < least else most, np.unravel_index(worst, number.shape)
    facts = {"wrong": wrong, "size": number.size, "index": [int(i) for i in index], "got": came, "want": expected}
    return Problem(Flaw.VALUES, right.name, facts)


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
