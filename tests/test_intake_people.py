"""What a TA knows of students: rosters, lateness, and sheets that are written again byte for byte."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lms import exports as lms
from lms.exports import ADA, JANE, OTHER_JANE, PEOPLE, WANG, ZOE

from grader.errors import SheetError
from grader.intake import Submission, collect, with_due, with_lateness, with_roster
from grader.intake.table import Table, read_table

Files = list[tuple[str, bytes]]


def class_of(at: Path, files: Files) -> list[Submission]:
    return collect(lms.as_form(at, "class_submissions", files, "zip")).submissions


def sheet(at: Path, text: str) -> Path:
    (at / "people.csv").write_text(text, encoding="utf-8")
    return at / "people.csv"


def by_id(found: list[Submission]) -> dict[str, Submission]:
    return {submission.student_id: submission for submission in found}


def line(one: Submission) -> str:
    """One student as the table below has it: name, address, lateness in hours, and what is said."""
    arrival, hours = one.arrival, one.arrival.late_by and f"late {one.arrival.late_by // 3600}"
    said = one.problem if arrival.absent else "; ".join(arrival.notes)
    return " | ".join(part for part in (one.name, arrival.email, hours, said) if part)


FOUR, NONE = PEOPLE[:4], "Nothing was handed in under this name."
HEAD = "Buddy;First name;Last name;Id\n"  # the first column has one of the ids; the last has all, behind a word
LIST = HEAD + "".join(f"{ADA.number};{p.first};{p.last};Participant {p.number}\n" for p in PEOPLE)
GROUPS = "ID,Name,Group\n" + "".join(f"{p.number},{p.name},{'G' * (p in (ADA, ZOE, WANG))}\n" for p in PEOPLE)
SHARED = f"Handed in by {ADA.name}, for the group G."
IDS = f"SID,Section,E-Mail,Name\n{ADA.sis.upper()},2,new@b.edu,Ada\n{JANE.sis},2,,\n{OTHER_JANE.sis},2,,\n"
ODD_IDS = 'id,name,late_hours\n="0017",Ada,2\n"=""0019""",Zoe,\nJOSE\u0301,Joe,1\njane,J,3\nJane,K,4\nJANE,L,5\n'
ROSTERS: dict[str, tuple[Files, str, dict[str, str]]] = {
    "Canvas's gradebook": (
        lms.canvas_files(FOUR), lms.canvas_sheet(),
        {str(p.number): f"{p.last}, {p.first}" for p in FOUR} | {str(WANG.number): f"王, 秀英 | {NONE}"},
    ),
    "a list of one's own": (
        lms.moodle_files(FOUR), LIST, {str(p.number): p.name for p in FOUR} | {str(WANG.number): f"秀英 王 | {NONE}"},
    ),
    "a list that takes nothing away": (
        lms.gradescope_files([[person] for person in FOUR]), IDS,
        {ADA.sis: "Ada | new@b.edu", ZOE.sis: f"{ZOE.name} | {ZOE.email} | Nobody of this id is on the roster."}
        | {one.sis: f"{one.name} | {one.email}" for one in (JANE, OTHER_JANE)},
    ),
    "groups, of which Canvas has one file": (
        lms.canvas_files([ADA, JANE]), GROUPS,
        {str(ADA.number): ADA.name, str(ZOE.number): f"{ZOE.name} | {SHARED}", str(JANE.number): JANE.name,
         str(WANG.number): f"{WANG.name} | {SHARED}", str(OTHER_JANE.number): f"{JANE.name} | {NONE}"},
    ),
    "zeros, accents and small letters": (
        [(f"{name}.py", b"x") for name in ("0017", "José", "jane", "Jane")], ODD_IDS,
        {"0017": "Ada | late 2", "0019": f"Zoe | {NONE}", "José": "Joe | late 1", "jane": "J | late 3",
         "Jane": "K | late 4", "JANE": f"L | {NONE}"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "text", "told"), ROSTERS.values(), ids=ROSTERS)
def test_a_roster_says_names_and_who_handed_in_nothing(
    tmp_path: Path, files: Files, text: str, told: dict[str, str]
) -> None:
    """Any sheet with the ids will do, in any language; what it leaves out stays, and its rows of nobody are nobody."""
    found = by_id(with_roster(class_of(tmp_path, files), sheet(tmp_path, text)))
    assert {student: line(one) for student, one in found.items()} == told
    assert all(bool(one.files) != (one.arrival.absent and bool(one.next_step)) for one in found.values())
    assert all(one.arrival.ids["canvas"] == one.student_id for one in found.values() if SHARED in one.arrival.notes)


LATE = {
    "hours": ("ID,late_hours\n10234,1.5\n10235,0\n", 5400), "seconds": ("ID,seconds_late\n10234,90\n10235,0\n", 90),
    "days": ("ID;late_days\n10234;2\n10235;0\n", 172800), "a comma": ("ID;Days late\n10234;0,5\n10235;0\n", 43200),
    "minutes": ("ID,late_minutes\n10234,90\n10235,0\n", 5400), "no unit": ("ID,late\n10234,2\n10235,0\n", 7200),
    "Gradescope's": ("ID,Lateness (H:M:S)\n10234,26:30:00\n10235,00:00:00\n", 95400),
}  # fmt: skip


@pytest.mark.parametrize(("text", "seconds"), LATE.values(), ids=LATE)
def test_lateness_comes_from_a_file(tmp_path: Path, text: str, seconds: int) -> None:
    """A zero is an extension, a student who is not in it is not touched, and a row of nobody is named."""
    delimiter = text[2]
    found, nobody = with_lateness(class_of(tmp_path, lms.canvas_files()), sheet(tmp_path, f"{text}999{delimiter}2\n"))
    late = {student: one.arrival.late_by for student, one in by_id(found).items()}
    assert (late["10234"], late["10235"], late["10301"]) == (seconds, 0, None)
    assert nobody == ["999 (line 4)"]


def test_lateness_comes_from_times_and_a_due_time(tmp_path: Path) -> None:
    """Where times are known; what a person says of somebody counts more than the clock."""
    due = datetime(2026, 11, 20, 21, tzinfo=UTC)
    stamped = class_of(tmp_path, lms.nbgrader_files([ADA, ZOE], stamp="2026-11-20 23:00:00 UTC"))
    found, _ = with_lateness(stamped, sheet(tmp_path, f"id,late_hours\n{ZOE.sis},0\n{ADA.sis},\n"))
    assert {one.student_id: one.arrival.late_by for one in with_due(found, due)} == {ADA.sis: 7200, ZOE.sis: 0}
    checkout = collect(lms.put(tmp_path / "exercise-5", lms.github_files())).submissions
    found, _ = with_lateness(checkout, sheet(tmp_path, lms.github_sheet()))
    assert {one.arrival.late_by for one in with_due(found, due)} == {3600}
    text = "id,handed_in\nzoe,2026-11-20 23:59\nwang,\nx,-\ny,20.11.2026\n"
    assert with_lateness(checkout, sheet(tmp_path, text))[1] == ["y (line 5)"]


REFUSED = {
    "two lines of one id": ("ID,Name\n10234,Ada\n10234,Bob\n", "lines 2 and 3 have the same id"),
    "no column of ids": ("Name,Mail\nAda,a@b.edu\n", "no column"), "lost zeros": ("Name,Id\nAda,0\n", "no column"),
    "not a span": ("ID,late_hours\n10234,yesterday\n", "not a time span"),
    "nothing about times": ("ID,Name\n10234,Ada\n", "how late"),
    "not a time": ("ID,handed_in\n10234,20.11.2026 23:59\n", "not a time"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_a_sheet_that_is_not_clear_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The file, the lines, and what to do; a lateness that cannot be read must not become none."""
    with pytest.raises(SheetError, match=said) as refused:
        with_lateness(class_of(tmp_path, lms.canvas_files()), sheet(tmp_path, text))
    assert "people.csv" in str(refused.value)
    assert refused.value.hint


CHANGES = st.lists(st.tuples(st.integers(0, 999), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=4)


@given(st.sampled_from([*(text for _, text, _ in ROSTERS.values()), *(text for text, _ in LATE.values())]), CHANGES)
def test_a_spoiled_sheet_is_read_or_refused(tmp_path: Path, text: str, changes: list[tuple[int, bytes, int]]) -> None:
    """Bytes changed anywhere in a roster or a list of late hand-ins: a class, or `SheetError`, and nothing else."""
    data = text.encode()
    for at, put, drop in changes:
        at %= len(data) + 1
        data = data[:at] + put + data[at + drop :]
    (tmp_path / "people.csv").write_bytes(data)
    arrived = [Submission(id_, id_) for id_ in (ADA.sis, str(ADA.number), "0017", "José", "jane")]
    for read in (with_roster, with_lateness):
        with suppress(SheetError):
            read(arrived, tmp_path / "people.csv")


# ---- sheets ------------------------------------------------------------------------------------------------------

CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
PLAIN = st.text(st.sampled_from("ab1é ;,\t\"\n'"), max_size=5)
ROWS = st.lists(st.lists(CELL | PLAIN, min_size=2, max_size=5), min_size=1, max_size=6)
MARKS = ("utf-8", "utf-8-sig", "utf-16")


def table(at: Path, data: bytes) -> Table:
    (at / "t.csv").write_bytes(data)
    return read_table(at / "t.csv")


@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(MARKS), st.booleans(), st.data())
def test_a_sheet_is_read_as_csv_reads_it_and_only_named_cells_change(
    tmp_path: Path, rows: list[list[str]], delimiter: str, end: str, encoding: str, quoted: bool, data: st.DataObject
) -> None:
    """Every cell says what it was written to say; what is around the cells that are filled in stays byte for byte."""
    quoting = csv.QUOTE_ALL if quoted or any("\r" in cell for row in rows for cell in row) else csv.QUOTE_MINIMAL
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([["id", "a", "b"], *rows])
    before = text.getvalue().encode(encoding)
    found = table(tmp_path, before)
    assert found.delimiter == delimiter
    assert [[cell.value for cell in cells] for cells in found.rows] == rows
    assert found.written({}) == before
    places = [(r, c) for r in range(len(rows)) for c in range(len(rows[r]))]
    changes = data.draw(st.dictionaries(st.sampled_from(places), PLAIN, max_size=4))
    again = table(tmp_path, found.written(changes))

    def around(one: Table) -> list[str]:
        spans = sorted((one.cell(*place).start, one.cell(*place).end) for place in changes)
        return [one.text[a:b] for a, b in zip([0, *(e for _, e in spans)], [*(s for s, _ in spans), None], strict=True)]

    assert around(again) == around(found)
    assert {place: again.cell(*place).value for place in places} == {
        place: changes.get(place, found.cell(*place).value) for place in places
    }


ODD = {
    "quotes": (b'id,"a",b\n1,"2",3\n', {(0, 0): "8", (0, 1): "7", (0, 2): "x,y"}, b'id,"a",b\n8,"7","x,y"\n'),
    "a short row": (b"id,a,b\n1\n2,3,4", {(0, 2): "9", (1, 2): "9"}, b"id,a,b\n1\n2,3,9"),
    "Excel's line": (b"sep=;\r\na;b\r\n1;2\r\n", {(0, 1): "9"}, b"sep=;\r\na;b\r\n1;9\r\n"),
    "blank lines": (b"\xef\xbb\xbf\r\na,b\r\n\r\n1,2", {(0, 1): "9"}, b"\xef\xbb\xbf\r\na,b\r\n\r\n1,9"),
    "old Macs": (b"a,b\r1,2\r", {(0, 1): "9"}, b"a,b\r1,9\r"), "no end": (b"a,b\n1,", {(0, 1): "9"}, b"a,b\n1,9"),
    "Windows": (b"a;b\n\x9c;1\n", {(0, 1): "9"}, b"a;b\n\x9c;9\n"), "bytes": (b"a;b\n\x81;1\n", {}, b"a;b\n\x81;1\n"),
    "commas in titles": (b'x;"a, b, c"\n1;2\n', {(0, 1): "9"}, b'x;"a, b, c"\n1;9\n'),
    "text behind a quote": (b'a,b\n"x"y,1\n', {(0, 1): "9"}, b'a,b\n"x"y,9\n'),
    "an open quote": (b'a,b\n1,"2\n3', {(0, 1): "9"}, b'a,b\n1,"9"'),
    "kept as text": (b'a,b\n="0017",1\n', {(0, 1): "9"}, b'a,b\n="0017",9\n'),
}  # fmt: skip


@pytest.mark.parametrize(("data", "changes", "written"), ODD.values(), ids=ODD)
def test_odd_sheets_come_back_as_they_were(
    tmp_path: Path, data: bytes, changes: dict[tuple[int, int], str], written: bytes
) -> None:
    """Letters of Windows, blank lines, Excel's first line, no end: nothing is tidied up, and the opening stays."""
    found = table(tmp_path, data)
    assert found.written({}) == data
    assert found.written(changes) == written
    assert written.startswith(found.opening)


NO_SHEETS = {
    "a spreadsheet": (b"PK\3\4" + bytes(50), "not a CSV"), "empty": (b"", "is empty"), "blank": (b"\n \n", "is empty"),
    "one column": (b"just text\nmore\n", "one column"), "half of UTF-16": (b"\xff\xfea\0b", "damaged"),
    "too many cells": (b"a,b\n" + b"," * 600_001, "more than 600000 cells"),
    "UTF-16 without its mark": ("id,Zoë\n1,2\n".encode("utf-16-le"), "without its mark"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "said"), NO_SHEETS.values(), ids=NO_SHEETS)
def test_what_is_no_sheet_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    """With its name and the next step; so is a letter that the sheet's encoding does not have."""
    with pytest.raises(SheetError, match=said) as refused:
        table(tmp_path, data)
    assert "t.csv" in str(refused.value)
    assert refused.value.hint
    with pytest.raises(SheetError, match=r"cp1252.* has no '✗'"):
        table(tmp_path, "id,Zoë\n1,2\n".encode("cp1252")).written({(0, 1): "✗"})
    with pytest.raises(SheetError, match="no file at"):
        read_table(tmp_path / "nowhere.csv")
