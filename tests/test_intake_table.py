"""Somebody else's sheet: read as spreadsheets read it, and written again byte for byte.

takes: sheets made here, of every delimiter, encoding and end of line.
gives: one promise a test, said in its docstring.
must not know: what a column means.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SheetError
from grader.intake.table import Table, read_table

NEARBY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
PLAIN = st.text(st.sampled_from("ab1é ;,\t\"\n'"), max_size=5)
ROWS = st.lists(st.lists(CELL | PLAIN, min_size=2, max_size=5), min_size=1, max_size=6)
MARKS = {"utf-8": b"", "utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}


def table(at: Path, data: bytes) -> Table:
    (at / "t.csv").write_bytes(data)
    return read_table(at / "t.csv")


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> str:
    text = io.StringIO(newline="")
    if any("\r" in cell for row in rows for cell in row):  # Python before 3.13 writes it bare, as if the line ended
        quoting = csv.QUOTE_ALL
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue()


@NEARBY
@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(list(MARKS)), st.booleans())
def test_a_sheet_is_read_as_pythons_csv_reads_it(
    tmp_path: Path, rows: list[list[str]], delimiter: str, end: str, encoding: str, all_quoted: bool
) -> None:
    """Every cell of every row says what it was written to say, whatever is in it."""
    rows = [["id", "name", "points"], *rows]
    text = written(rows, delimiter, end, csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL)
    found = table(tmp_path, text.encode(encoding))
    assert found.delimiter == delimiter
    assert [[cell.value for cell in cells] for cells in (found.header, *found.rows)] == rows


@NEARBY
@given(ROWS, st.sampled_from(",;"), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(list(MARKS)), st.data())
def test_only_the_named_cells_change(
    tmp_path: Path, rows: list[list[str]], delimiter: str, end: str, encoding: str, data: st.DataObject
) -> None:
    """What is around the cells that are written stays byte for byte, and they say what they should."""
    text = written([["id", "name"], *rows], delimiter, end, csv.QUOTE_MINIMAL)
    before = text.encode(encoding)
    found = table(tmp_path, before)
    assert found.written({}) == before
    places = [(r, c) for r in range(len(found.rows)) for c in range(len(found.rows[r]))]
    changes = data.draw(st.dictionaries(st.sampled_from(places), PLAIN, max_size=4)) if places else {}
    after = found.written(changes)
    again = table(tmp_path, after)
    for row in range(len(found.rows)):
        for column, cell in enumerate(found.rows[row]):
            value = again.rows[row][column]
            assert value.value == changes.get((row, column), cell.value)
            if (row, column) not in changes:
                assert again.text[value.start : value.end] == found.text[cell.start : cell.end]
    spans = sorted((found.cell(*p).start, found.cell(*p).end) for p in changes)
    kept = "".join(
        found.text[a:b] for a, b in zip([0, *(e for _, e in spans)], [*(s for s, _ in spans), None], strict=True)
    )
    spans = sorted((again.cell(*p).start, again.cell(*p).end) for p in changes)
    assert kept == "".join(
        again.text[a:b] for a, b in zip([0, *(e for _, e in spans)], [*(s for s, _ in spans), None], strict=True)
    )


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\n\xe4;1\n",
        b"a;b\n\x9c;1\n",
        b"a;b\n\x9c\x81;1\n",
        b"\xef\xbb\xbfa,b\r\n\r\n1,2",
        b"sep=;\r\na;b\r\n1;2\r\n",
        b'a,b\n"x""y",\n',
    ],
)
def test_odd_sheets_come_back_as_they_were(tmp_path: Path, data: bytes) -> None:
    """Letters of Windows and what is none, blank lines, Excel's first line, no end: nothing is tidied up."""
    found = table(tmp_path, data)
    assert found.titles == ["a", "b"]
    assert found.written({}) == data
    assert found.written({(0, 1): "9"}) == data.replace(b";1", b";9").replace(b"1,2", b"1,9").replace(
        b"1;2", b"1;9"
    ).replace(b'y",\n', b'y",9\n')


@pytest.mark.parametrize("name", ["Zo\u0153", "O\u2019Brien", "\u0160imi\u010d", "\xc4rzte", "\u20ac"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_names_are_read_as_windows_writes_them(tmp_path: Path, name: str, encoding: str) -> None:
    """A spreadsheet's CSV has letters where latin-1 has none; a name with `\\x9c` in it is nobody's."""
    if encoding == "cp1252" and "\u010d" in name:
        name = name.replace("\u010d", "\u017e")
    assert table(tmp_path, f"id,name\n1,{name}\n".encode(encoding)).value(0, 1) == name


def test_quotes_are_kept_where_they_were(tmp_path: Path) -> None:
    """A cell that was quoted stays so, one that was not is quoted only where it must be."""
    found = table(tmp_path, b'id,"a","b",c\n1,"2",3,4\n')
    assert found.written({(0, 1): "7", (0, 2): "8", (0, 3): "x,y"}) == b'id,"a","b",c\n1,"7",8,"x,y"\n'


def test_a_row_that_ends_early_says_nothing_there(tmp_path: Path) -> None:
    """A short row is left as it is: nothing is put behind its end."""
    found = table(tmp_path, b"id,a,b\n1\n2,3,4\n")
    assert found.value(0, 2) == ""
    assert found.written({(0, 2): "9", (1, 2): "9"}) == b"id,a,b\n1\n2,3,9\n"
    assert found.lines == (2, 3)


NO_SHEETS = {
    "a spreadsheet": (b"PK\3\4" + bytes(50), "not a CSV"), "empty": (b"", "is empty"), "blank": (b"\n \n", "is empty"),
    "one column": (b"just text\nmore\n", "one column"), "half of UTF-16": (b"\xff\xfea\0b", "damaged"),
    "UTF-16 without its mark": ("id,Zoë\n1,2\n".encode("utf-16-le"), "without its mark"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), NO_SHEETS.values(), ids=NO_SHEETS)
def test_what_is_no_sheet_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    """With its name and the next step."""
    with pytest.raises(SheetError, match=said) as refused:
        table(tmp_path, data)
    assert "t.csv" in str(refused.value)
    assert refused.value.hint


def test_what_a_sheet_has_no_letter_for_is_told(tmp_path: Path) -> None:
    """Many a spreadsheet saves few letters: the one that is missing is named, and what to save."""
    found = table(tmp_path, "id,Zoë\n1,2\n".encode("cp1252"))
    with pytest.raises(SheetError, match=r"cp1252.* has no '✗'") as refused:
        found.written({(0, 1): "✗"})
    assert "UTF-8" in refused.value.hint


def test_a_sheet_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A misspelt path is the caller's to mend."""
    with pytest.raises(SheetError, match="no file at") as refused:
        read_table(tmp_path / "nowhere.csv")
    assert refused.value.hint


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('="0017"', "0017"), ('"=""0017"""', "0017"), (' ="0017" ', "0017"), ('"=""a""""b"""', 'a"b'),
        ('=""', ""), ("=17", "=17"), ('="17', '="17'), ('="1"&"2"', '="1"&"2"'),
    ],
)  # fmt: skip
def test_what_is_kept_as_text_says_the_text(tmp_path: Path, written: str, said: str) -> None:
    """`="0017"` is how sheets keep zeros, in quotes of CSV or without; formulas are what they are."""
    found = table(tmp_path, f"id,points\n{written},7\n".encode())
    assert found.value(0, 0) == said
    assert found.column(0) == [said]
    assert found.written({(0, 1): "8"}).decode() == f"id,points\n{written},8\n"
