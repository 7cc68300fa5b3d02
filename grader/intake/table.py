"""A CSV file read so that it can be written again byte for byte, with a few cells changed.

takes: the bytes of a sheet: any delimiter, any ends of lines, with a mark of the order of bytes or not.
gives: `Table`: its cells, and the same bytes with only the named cells replaced.
must not know: what a column means.

Everything is kept by position: a cell that nobody names is never written anew, so nothing about it can change.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SheetError
from grader.intake.archive import read_file

SHEET_CAP = 32 << 20  # bytes; a gradebook of ten thousand students with fifty columns has five million
DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


_KEPT_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # as sheets keep a spreadsheet from taking 0017 for a number


def meant(value: str) -> str:
    """What a cell means: without blanks around it, and without what keeps it text."""
    text = value.strip()
    kept = _KEPT_AS_TEXT.fullmatch(text)
    return kept[1].replace('""', '"').strip() if kept else text


@dataclass(frozen=True)
class Cell:
    """One cell: what it says, and where it stands in the text, quotes included."""

    value: str
    start: int
    end: int

    @property
    def is_there(self) -> bool:
        """Whether the row goes as far as this cell."""
        return self.start >= 0


_NO_CELL = Cell("", -1, -1)


@dataclass(frozen=True)
class Table:
    """A sheet: `header`, and `rows` below it; blank lines are no rows. `lines` are the rows' lines in the file."""

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
        """The titles of the columns as they stand in the file, without blanks around them."""
        return [meant(cell.value) for cell in self.header]

    @property
    def opening(self) -> bytes:
        """The bytes up to the end of the titles: what the same sheet begins with, whatever its rows say."""
        return self.mark + self.text[: self.header[-1].end].encode(self.encoding)

    def cell(self, row: int, column: int) -> Cell:
        """A cell; one past the end of a short row says nothing."""
        cells = self.rows[row]
        return cells[column] if 0 <= column < len(cells) else _NO_CELL

    def value(self, row: int, column: int) -> str:
        """What a cell says, without blanks around it; what is kept as text by `="0017"` says `0017`."""
        return meant(self.cell(row, column).value)

    def column(self, column: int) -> list[str]:
        """What all cells of a column say."""
        return [self.value(row, column) for row in range(len(self.rows))]

    def written(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The file's bytes with the cells at `(row, column)` replaced. All else stays as it is."""
        places = [(self.cell(*place), value) for place, value in changes.items() if self.cell(*place).is_there]
        places.sort(key=lambda place: place[0].start)
        parts, at = [], 0
        for cell, value in places:
            parts += [self.text[at : cell.start], self._quoted(cell, value)]
            at = cell.end
        try:
            return self.mark + "".join([*parts, self.text[at:]]).encode(self.encoding)
        except UnicodeEncodeError as error:
            raise SheetError(
                f"{self.path} is in an encoding ({self.encoding}) that has no '{error.object[error.start]}'",
                "save it as 'CSV UTF-8', and name that file",
            ) from error

    def _quoted(self, cell: Cell, value: str) -> str:
        was_quoted = self.text[cell.start : cell.end].startswith('"')
        if was_quoted or any(c in value for c in (self.delimiter, '"', "\n", "\r")):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_table(path: Path) -> Table:
    """Read a sheet; raises `SheetError` for what is none."""
    if not path.is_file():
        raise SheetError(f"there is no file at {path}", "check the spelling of the path")
    data = read_file(path, SHEET_CAP)
    mark, encoding, text = _decoded(data, path)
    start = _after_hint(text)
    delimiter = _delimiter(text, start)
    read = _rows(text, start, delimiter)
    if not read:
        raise SheetError(f"{path} is empty", "name the sheet that was exported, with its line of titles")
    (_, header), *rows = read
    if len(header) < 2:
        raise SheetError(
            f"{path} has one column: '{header[0].value[:60]}'",
            "it must be a CSV file; of a spreadsheet (.xlsx, .ods), save it as CSV first",
        )
    return Table(
        path, mark, encoding, text, delimiter, header, tuple(cells for _, cells in rows), tuple(n for n, _ in rows)
    )


def _decoded(data: bytes, path: Path) -> tuple[bytes, str, str]:
    if data[:4] == b"PK\3\4":
        raise SheetError(f"{path} is a spreadsheet or a zip, not a CSV file", "save it as CSV, and name that file")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return mark, encoding, data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise SheetError(f"{path} is damaged: it is not the text that it says it is", "export it again") from (
                    error
                )
    if 4 * data.count(0) > len(data):  # every other byte, of western letters
        raise SheetError(f"{path} is no text, or text without its mark (UTF-16)", "save it as 'CSV UTF-8'")
    for encoding in ("utf-8", "cp1252"):  # Windows has letters such as œ and ’ where latin-1 has none
        try:
            return b"", encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return b"", "latin-1", data.decode("latin-1")  # every byte is a letter there, so none is lost


def _after_hint(text: str) -> int:
    """Where the titles begin: after the line `sep=;` that Excel likes to have."""
    if text[:4].lower() != "sep=":
        return 0
    end = text.find("\n")
    return end + 1 if end >= 0 else len(text)


def _delimiter(text: str, start: int) -> str:
    """The delimiter that the line of titles has most often outside quotes."""
    counts, quoted = dict.fromkeys(DELIMITERS, 0), False
    for c in text[start:]:
        if c == '"':
            quoted = not quoted
        elif c in "\r\n" and not quoted and any(counts.values()):
            break
        elif c in counts and not quoted:
            counts[c] += 1
    return max(DELIMITERS, key=lambda c: counts[c])


def _rows(text: str, start: int, delimiter: str) -> list[tuple[int, tuple[Cell, ...]]]:
    """The rows with the lines they begin in."""
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    at, line = start, 1 + text.count("\n", 0, start)
    while at < len(text):
        cells, end = _row(text, at, delimiter)
        if len(cells) > 1 or cells[0].value.strip():
            rows.append((line, tuple(cells)))
        line += text.count("\n", at, end) or text.count("\r", at, end)
        at = end
    return rows


def _row(text: str, at: int, delimiter: str) -> tuple[list[Cell], int]:
    """The cells of the row that begins here, and where the next one begins."""
    cells = []
    while True:
        cell = _cell(text, at, delimiter)
        cells.append(cell)
        at = cell.end
        if at < len(text) and text[at] == delimiter:
            at += 1
            continue
        if text[at : at + 2] == "\r\n":
            return cells, at + 2
        return cells, min(at + 1, len(text))


def _cell(text: str, start: int, delimiter: str) -> Cell:
    """One cell. Text after a closing quote belongs to the cell, as spreadsheets and Python's csv have it."""
    at, value = start, ""
    if text[at : at + 1] == '"':
        while True:
            end = text.find('"', at + 1)
            if end < 0:  # never closed: the rest of the file is this cell
                return Cell(value + text[at + 1 :], start, len(text))
            value += text[at + 1 : end]
            at = end + 1
            if text[at : at + 1] != '"':
                break
            value += '"'
    stop = at
    while stop < len(text) and text[stop] not in (delimiter, "\r", "\n"):
        stop += 1
    return Cell(value + text[at:stop], start, stop)
