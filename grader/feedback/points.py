"""Numbers as people read them: points, shares and times.

takes: exact points (fractions, or `None` where we could not grade), counts, seconds.
gives: short text.
must not know: HTML, terminals, what the points are for.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

NOT_GRADED = "not graded"
"""What stands where points would, when there are none: never a zero."""


def show_points(points: Fraction | int | None) -> str:
    """Exact where two decimals suffice (`7.5`), else rounded and marked so (`≈ 3.33`)."""
    if points is None:
        return NOT_GRADED
    return _shown(points.numerator, points.denominator)


@lru_cache(maxsize=1024)
def _shown(part: int, of: int) -> str:
    hundredfold = Fraction(part, of) * 100
    if hundredfold.denominator == 1:
        return _decimal(int(hundredfold))
    return f"≈ {_decimal(round(hundredfold))}"


def _decimal(hundredths: int) -> str:
    sign, (whole, rest) = "-" if hundredths < 0 else "", divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".")


def show_share(part: int, whole: int) -> str:
    """A whole percentage; a dash where there is nothing to divide by."""
    return f"{Fraction(100 * part, whole).__round__()} %" if whole else "–"


def show_seconds(seconds: float) -> str:
    """A tenth of a second matters below ten seconds, none above a minute."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def show_count(number: int, one: str, many: str = "") -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
