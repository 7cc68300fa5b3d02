"""CSV sheets, read so that they can be written again byte for byte with a few cells changed; and columns of ids.

Everything is kept by position: a cell that is not filled in is never written again, so nothing about it can change.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grader.errors import SheetError
from grader.intake.arrival import folded
from grader.intake.files import read_file

SHEET_CAP = 8 << 20  # bytes; a gradebook of ten thousand students with fifty columns has five million
MOST_CELLS = 600_000  # so many take 140 MB while they are read
DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_KEPT_AS_TEXT = re.compile(r'="([^"]*(?:""[^"]*)*+)"')  # keeps a spreadsheet from reading 0017 as a number
# One cell and what ends it. Text after a closing quote is part of the cell; an open quote ends with the file.
_CELL = r'(?:"([^"]*(?:""[^"]*)*+)(?:"|\Z))?([^{0}\r\n]*)({0}|\r\n|\r|\n|\Z)'

Reader = Callable[[str], str]  # reads an id out of a cell: all of its text, or the number in it


def meant(value: str) -> str:
    """What a cell says: without blanks around it, and `0017` for `="0017"`."""
    text = value.strip()
    kept = _KEPT_AS_TEXT.fullmatch(text)
    return kept[1].replace('""', '"').strip() if kept else text


class Cell(NamedTuple):
    """One cell: its value, and where it is in the text, quotes included; -1 for one past the end of a short row."""

    value: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True)
class Table:
    """A sheet: `header`, and `rows` below it, without blank lines. `lines` are the rows' lines in the file."""

    path: Path
    mark: bytes
    encoding: str
    text: str
    delimiter: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]

    @property
    def titles(self) -> list[str]:
        """The titles of the columns."""
        return [meant(cell.value) for cell in self.header]

    @property
    def opening(self) -> bytes:
        """The bytes up to the end of the titles: the same sheet begins so, whatever is in its rows."""
        return self.mark + self.text[: self.header[-1].end].encode(self.encoding)

    def cell(self, row: int, column: int) -> Cell:
        """A cell by position."""
        cells = self.rows[row]
        return cells[column] if 0 <= column < len(cells) else Cell()

    def value(self, row: int, column: int) -> str:
        """What a cell says; nothing past the end of a short row."""
        return meant(self.cell(row, column).value)

    def column(self, column: int) -> list[str]:
        """What all cells of a column say."""
        return [self.value(row, column) for row in range(len(self.rows))]

    def written(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The file's bytes with the cells at `(row, column)` replaced. All else stays as it is."""
        parts, at = [], 0
        places = [(self.cell(*place), value) for place, value in changes.items()]
        for cell, value in sorted(places, key=lambda place: place[0].start):
            if cell.start >= 0:
                parts += [self.text[at : cell.start], self._quoted(cell, value)]
                at = cell.end
        try:
            return self.mark + "".join([*parts, self.text[at:]]).encode(self.encoding)
        except UnicodeEncodeError as error:
            said = f"{self.path} is in an encoding ({self.encoding}) that has no '{error.object[error.start]}'"
            raise SheetError(said, "save it as 'CSV UTF-8', and name that file") from error

    def _quoted(self, cell: Cell, value: str) -> str:
        was_quoted = self.text[cell.start : cell.end].startswith('"')
        must_be = any(sign in value for sign in (self.delimiter, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if was_quoted or must_be else value


def read_table(path: Path) -> Table:
    """Read a sheet; raises `SheetError`."""
    if not path.is_file():
        raise SheetError(f"there is no file at {path}", "check the spelling of the path")
    mark, encoding, text = _decoded(read_file(path, SHEET_CAP), path)
    excels = re.match(r"sep=[^\n]*(?:\n|\Z)", text, re.IGNORECASE)  # a line before the titles
    start = excels.end() if excels else 0
    unquoted = re.sub(r'"[^"]*(?:"|\Z)', "", text[start:])
    first = next((line for line in re.split(r"[\r\n]", unquoted) if any(sign in line for sign in DELIMITERS)), "")
    delimiter = max(DELIMITERS, key=first.count)
    if sum(text.count(sign) for sign in (delimiter, "\n", "\r")) > MOST_CELLS:
        raise SheetError(f"{path} has more than {MOST_CELLS} cells", "leave the rows and columns of this class in it")
    rows = [(line, cells) for line, cells in _rows(text, start, delimiter) if len(cells) > 1 or cells[0].value.strip()]
    if not rows:
        raise SheetError(f"{path} is empty", "name the sheet that was exported, with its line of titles")
    header, below = rows[0][1], rows[1:]
    if len(header) < 2:
        hint = "it must be a CSV file; of a spreadsheet (.xlsx, .ods), save it as CSV first"
        raise SheetError(f"{path} has one column: '{header[0].value[:60]}'", hint)
    lines, cells = tuple(line for line, _ in below), tuple(cells for _, cells in below)
    return Table(path, mark, encoding, text, delimiter, header, cells, lines)


def _decoded(data: bytes, path: Path) -> tuple[bytes, str, str]:
    """The mark at the beginning, the encoding, and the text behind the mark."""
    if data[:4] == b"PK\3\4":
        raise SheetError(f"{path} is a spreadsheet or a zip, not a CSV file", "save it as CSV, and name that file")
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    if not mark and 4 * data.count(0) > len(data):  # every other byte, of western letters
        raise SheetError(f"{path} is not text, or UTF-16 text without its mark", "save it as 'CSV UTF-8'")
    # Windows has letters such as œ and ’ where latin-1 has none; in latin-1 every byte is a letter, so none is lost.
    for name in (encoding,) if mark else ("utf-8", "cp1252", "latin-1"):
        try:
            return mark, name, data[len(mark) :].decode(name)
        except UnicodeDecodeError:
            continue
    raise SheetError(f"{path} is damaged: it is not the text that it says it is", "export it again")


def _rows(text: str, start: int, delimiter: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The rows with the lines they begin in."""
    cells: list[Cell] = []
    line = at = 1 + text.count("\n", 0, start)
    for match in re.compile(_CELL.format(re.escape(delimiter))).finditer(text, start):
        value = (match[1] or "").replace('""', '"') + match[2]
        cells.append(Cell(value, match.start(), match.start(3)))
        line += match[0].count("\n") or match[0].count("\r")
        if match[3] != delimiter:
            yield at, tuple(cells)
            cells, at = [], line
        if not match[3]:
            return


def number_in(text: str) -> str:
    """The number of `Participant 4711`, in any language; empty for a text without one number at its end."""
    match = re.fullmatch(r"[^\d]*?(\d+)", text)
    return match[1] if match else ""


def id_column(table: Table, ids: Iterable[str]) -> tuple[int, Reader] | None:
    """The column with most of these ids, and how one is read; None where no column has any."""
    known = set(map(folded, ids))
    ways: list[tuple[int, Reader]] = [(n, read) for read in (str, number_in) for n in range(len(table.titles))]
    texts = [set(table.column(n)) for n in range(len(table.titles))]
    counts = [len(known.intersection(folded(read(text)) for text in texts[n])) for n, read in ways]
    return ways[counts.index(max(counts))] if any(counts) else None
