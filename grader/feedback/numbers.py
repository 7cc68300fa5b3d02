"""Numbers as people read them: points, shares, counts, times, and array values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

NOT_GRADED = "not graded"  # what replaces points where there are none: never a zero
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def show_points(points: Fraction | int | None) -> str:
    """Exact where two decimals are enough (`7.5`), else rounded and marked so (`≈ 3.33`)."""
    if points is None:
        return NOT_GRADED
    if points.denominator == 1:  # most are, and a page shows a hundred of them
        return str(points.numerator)
    hundredths = Fraction(points) * 100
    text = f"{round(hundredths) / 100:.2f}".rstrip("0").rstrip(".")
    return text if hundredths.denominator == 1 else f"≈ {text}"


def show_span(seconds: int) -> str:
    """The two largest units of a time span: `1 day 3 hours`."""
    parts = []
    for size, unit in UNITS:
        number, seconds = divmod(seconds, size)
        parts += [show_count(number, unit)] if number else []
    return " ".join(parts[:2])


def show_count(number: int, one: str, many: str = "") -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def show_list(names: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else ""


def show_names(names: Sequence[str], word: str = "and") -> str:
    """The same with each name as code."""
    return show_list([f"`{name}`" for name in names], word)


def show_value(value: Any) -> str:
    """One number of a result, with six digits; anything else as Python writes it, cut."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, float | complex) and not isinstance(value, bool):
        return f"{value + 0:.6g}"  # no -0
    return repr(value)[:80]
