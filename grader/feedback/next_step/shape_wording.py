"""What to try next where shapes do not fit: which sizes met, and what would have fitted.

takes: the message of a `ValueError`, of numpy's own words.
gives: one sentence or two; "" where the message tells nothing of what did not fit.
must not know: what the function is to compute, HTML, arrays, points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_CORE = re.compile(r"^matmul: .* mismatch in its core dimension 0, .* \(size (\d+) is different from (\d+)\)")
_ALIGNED = re.compile(r"not aligned: (\d+) \(dim \d+\) != (\d+) \(dim \d+\)$")
_TOGETHER = re.compile(
    r"^operands could not be broadcast together with shapes \(([\d,]*)\) \(([\d,]*)\)(?: \([\d,]*\))?\s*$"
)
_RESHAPED = re.compile(r"^cannot reshape array of size (\d+) into shape \(([\w,]*)\)$")
_NO_ARRAY = "does not have enough dimensions (has 0"


def after_shapes(message: str) -> str:
    """What to try, by the sizes that the message names."""
    if found := _CORE.search(message):
        rows, columns = found.groups()
        return _after_product(columns, rows)
    if found := _ALIGNED.search(message):
        return _after_product(*found.groups())
    if _NO_ARRAY in message:
        return (
            "One factor of that product is no array but a single number or None: print both just before that line. "
            "What changes an array in place, such as `x.resize(...)`, gives None."
        )
    if found := _TOGETHER.search(message):
        return _after_broadcast(*map(_sizes, found.groups()))
    if found := _RESHAPED.search(message):
        return _after_reshape(int(found[1]), found[2].strip(",").split(","))
    if message.startswith("output array is not acceptable"):
        return "`out=` takes an array of the very type and shape that comes out: write `y = ...` without it."
    if message.startswith("either both or neither of x and y"):
        return "`np.where` takes what is to stand where the condition does not hold, too: `np.where(mask, a, b)`."
    return ""


def _sizes(shape: str) -> tuple[int, ...]:
    return tuple(int(size) for size in shape.split(",") if size)


def _after_product(columns: str, rows: str) -> str:
    return (
        f"A product `A @ B` goes over the columns of A and the rows of B, and these are {columns} and {rows} here: "
        "print both shapes just before that line, and see which factor is to be turned round or reshaped."
    )


def _after_broadcast(one: Sequence[int], other: Sequence[int]) -> str:
    """Which sizes met, and whether a matrix product, or a row in the place of a column, would have fitted."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    met = next((f"{a} meets {b}" for a, b in pairs if a != b and 1 not in (a, b)), "")
    if not met:
        return ""
    step = f"numpy lines shapes up at their ends; two sizes must be equal, or one of them 1, and here {met}."
    product = len(one) == len(other) == 2 and one[1] == other[0]
    if product:
        step += " If a matrix product is meant, write `@`: `*` takes each entry with its own."
    for column, to in ((one, other), (other, one)):
        if len(column) == 2 and column[1] == 1 and to[-1] == column[0]:
            start = " If not: with" if product else " With"
            return f"{step}{start} shape ({column[0]},) in the place of ({column[0]}, 1) they fit."
    return step


def _after_reshape(size: int, asked: Sequence[str]) -> str:
    """What does not fit. Of a -1 that comes first numpy says nothing: (-1, 7, 1) is told as (7,1)."""
    known = math.prod(int(one) for one in asked if one.isdigit())
    fits = known > 0 and size % known == 0
    if not fits and not all(one.isdigit() for one in asked):
        return f"{size} numbers are no multiple of {known}: see which array it is, and where that comes from."
    what = f"the new shape is for {known}" if fits else f"the sizes that are asked for make {known}, which does not fit"
    return (
        f"The array there has {size} numbers, and {what}: see which array it is, and take the sizes from its own "
        "shape; -1 stands for whatever is left."
    )
