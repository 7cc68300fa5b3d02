"""An array as a small grid of text: at most a window of it, with its shape and dtype.

takes: an array, the window to show, a signed level for each entry.
gives: `Grid`: labelled rows of short cells, and a sentence about what is outside the window.
must not know: what the array is, right and wrong, HTML.

An array of more than two dimensions is shown as rows along its last axis, each labelled by the axes before it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from grader.wire.quick import dataclass

ROWS, COLUMNS = 6, 8  # what fits beside another grid on a laptop; half of it on a phone
DIGITS = 5  # significant: enough to recognise a number, few enough to compare by eye
MORE_DIGITS = 10  # where five digits would show a wrong entry and its answer as the same text

WORST = 3  # the highest level of an entry
_ARROWS = {(True, True): "▲", (True, False): "△", (False, True): "▼", (False, False): "▽"}  # too large, far


@dataclass(frozen=True)
class Window:
    """The rows and columns that are shown."""

    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Cell:
    """One entry: its text, how wrong it is (0: not), and a symbol that says so without colour."""

    text: str
    level: int = 0
    symbol: str = ""


@dataclass(frozen=True)
class Row:
    """One row and its index."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, eq=False)
class Grid:
    """A window of an array. `form` is shape and dtype; `cut` says what the window leaves out.

    Two are equal if they are one object: grids of inputs and answers are made once for a whole class.
    """

    name: str
    form: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    cut: str = ""

    @cached_property
    def text(self) -> str:
        """The grid as lines of plain text, in columns."""
        width = max((len(cell.text) for row in self.rows for cell in row.cells), default=0)
        lines = (" ".join(cell.text.rjust(width) for cell in row.cells) for row in self.rows)
        labels = (f"[{row.label}]  " if "," in row.label else "" for row in self.rows)
        return "\n".join(label + line for label, line in zip(labels, lines, strict=True)) or "(empty)"

    @cached_property
    def weight(self) -> int:
        """About how many characters of a page it takes."""
        return 120 + sum(len(cell.text) + 12 for row in self.rows for cell in row.cells)


def window_of(shape: tuple[int, ...], place: int) -> Window:
    """The first window, or the one that holds the entry at the flat `place`."""
    height, width = _flat(shape)
    row, column = divmod(place, width) if width else (0, 0)
    return Window(_start(row, height, ROWS), _start(column, width, COLUMNS))


def grid_of(name: str, array: np.ndarray, window: Window | None = None) -> Grid:
    """Show a window of an array."""
    window = window or Window()
    shown = _cropped(array, window)
    return _grid(name, array.shape, window, shown.tobytes(), shown.dtype, shown.shape)


def marked_grids(name: str, got: np.ndarray, want: np.ndarray, window: Window, levels: np.ndarray) -> tuple[Grid, Grid]:
    """Show the same window of two arrays; entries with a level (signed by direction) are marked in the first.

    Where both would read the same there, they get more digits.
    """
    first, second = grid_of(name, got, window), grid_of(name, want, window)
    signs, mine, right = (_cropped(array, window).tolist() for array in (levels, got, want))
    cells = [list(row.cells) for row in first.rows]
    others = [list(row.cells) for row in second.rows]
    closer = False
    for r, line in enumerate(signs):
        for c, sign in enumerate(line):
            if not sign:
                continue
            text = cells[r][c].text
            if text == others[r][c].text:
                closer, text = True, _number(mine[r][c], MORE_DIGITS)
                others[r][c] = Cell(_number(right[r][c], MORE_DIGITS))
            cells[r][c] = _marked(text, sign, math.isfinite(mine[r][c]))
    return _with_cells(first, cells), _with_cells(second, others) if closer else second


def _with_cells(grid: Grid, cells: Sequence[Sequence[Cell]]) -> Grid:
    rows = tuple(Row(row.label, tuple(line)) for row, line in zip(grid.rows, cells, strict=True))
    return replace(grid, rows=rows)


@lru_cache(maxsize=512)
def _grid(
    name: str,
    whole: tuple[int, ...],
    window: Window,
    data: bytes,
    dtype: np.dtype[np.generic],
    shape: tuple[int, int],
) -> Grid:
    # Inputs and answers are the same for a whole class, so their grids are made once; a window has 48 entries.
    array = np.frombuffer(data, dtype).reshape(shape)
    rows = tuple(
        Row(_label(whole, window.row + r), tuple(Cell(_number(value, DIGITS)) for value in line))
        for r, line in enumerate(array.tolist())  # Python's own numbers are written much faster than numpy's
    )
    columns = tuple(str(window.column + c) for c in range(shape[1]))
    return Grid(name, f"shape {whole}, {dtype}", columns, rows, _cut(whole, window))


def _flat(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns: all axes but the last, and the last."""
    return (math.prod(shape[:-1]), shape[-1]) if shape else (1, 1)


def _start(index: int, length: int, shown: int) -> int:
    if index < shown:
        return 0
    return max(0, min(index - shown // 2, length - shown))


def _cropped(array: np.ndarray, window: Window) -> np.ndarray:
    flat = array.reshape(_flat(array.shape))
    return flat[window.row : window.row + ROWS, window.column : window.column + COLUMNS]


def _number(value: Any, digits: int) -> str:
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        return str(value)
    return f"{value + 0:.{digits}g}"  # + 0 makes of -0 what it is worth


@lru_cache(maxsize=4096)
def _marked(text: str, sign: int, finite: bool) -> Cell:
    level = abs(sign)
    arrow = "!" if not finite else _ARROWS[sign > 0, level > 1]
    return Cell(text, level, arrow * 2 if level == WORST else arrow)


def _label(shape: tuple[int, ...], row: int) -> str:
    if len(shape) < 2:
        return ""
    return ", ".join(str(int(i)) for i in np.unravel_index(row, shape[:-1]))


def _cut(shape: tuple[int, ...], window: Window) -> str:
    height, width = _flat(shape)
    parts = []
    if height > ROWS:
        parts.append(f"rows {window.row} to {min(window.row + ROWS, height) - 1} of {height}")
    if width > COLUMNS:
        parts.append(f"columns {window.column} to {min(window.column + COLUMNS, width) - 1} of {width}")
    return f"shown: {', '.join(parts)}" if parts else ""
