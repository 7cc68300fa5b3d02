"""A histogram as a drawing that can also be read: every bar carries its count and its range as text.

takes: counts, the points at the end of the last bin.
gives: `Bar` values with their places in a drawing of `WIDTH` by `HEIGHT`, and a sentence for those who hear it.
must not know: students, what the points are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.feedback.points import show_points

WIDTH, HEIGHT = 640, 220  # units of the drawing; it is scaled to its place
BASE = HEIGHT - 26  # where the bars stand; the ranges are written below
TOP = 20  # room for the count above the highest bar
GAP = 8


@dataclass(frozen=True)
class Bar:
    """One bar: its box, its count, its range."""

    x: int
    y: int
    width: int
    height: int
    count: int
    label: str

    @property
    def middle(self) -> int:
        """Where its texts are centred."""
        return self.x + self.width // 2


@dataclass(frozen=True)
class Chart:
    """The drawing of a histogram."""

    bars: tuple[Bar, ...]
    sentence: str
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def draw_histogram(counts: Sequence[int], end: Fraction) -> Chart:
    """Lay out one bar a count; an empty bin keeps its place and its zero."""
    step = WIDTH // max(len(counts), 1)
    highest = max([*counts, 1])
    bars = []
    for n, count in enumerate(counts):
        height = (BASE - TOP) * count // highest
        low, high = end * n / len(counts), end * (n + 1) / len(counts)
        label = f"{show_points(low)}–{show_points(high)}"
        bars.append(Bar(n * step + GAP // 2, BASE - height, step - GAP, height, count, label))
    said = "; ".join(f"{bar.label} points: {bar.count}" for bar in bars)
    return Chart(tuple(bars), f"Number of students by points. {said}.")
