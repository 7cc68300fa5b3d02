"""The table that a bench prints and keeps.

takes: rows, and words about the machine and the run.
gives: Markdown, as wide as its cells.
must not know: how anything was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("what", "measured", "against", "ratio or value", "bar")


@dataclass(frozen=True)
class Row:
    """One line. `value` is held against `most` (or, with `at_least`, must reach it); None where there is no bar."""

    what: str
    measured: str
    against: str = ""
    value: float | None = None
    most: float | None = None
    unit: str = "×"

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """The row as text."""
        value = "" if self.value is None else f"{self.value:.3g} {self.unit}"
        return self.what, self.measured, self.against, value, self._bar()

    def _bar(self) -> str:
        if self.most is None or self.value is None:
            return ""
        return f"≤ {self.most:g}: {'holds' if self.value <= self.most else 'MISSED'}"


def markdown(rows: Sequence[Row]) -> str:
    """All rows as one table."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = ["| " + " | ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]])


def page(rows: Sequence[Row], facts: Sequence[str]) -> str:
    """The whole results page."""
    return "# Results of `make bench`\n\n" + "\n".join(f"- {fact}" for fact in facts) + f"\n\n{markdown(rows)}\n"
