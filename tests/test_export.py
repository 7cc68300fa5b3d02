"""The plain sheets: exact, complete, never a formula, and never a bare zero for what was not graded.

takes: records made here.
gives: one promise a test, said in its docstring.
must not know: the sandbox, HTML.
"""

from __future__ import annotations

import csv
import errno
import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.export import verdicts_through, write_grades
from grader.export.sheets import defused, plain_number, verdict_line, whole_file
from grader.gradebook import BehaviourRecord, CaseRecord, CriterionRecord, Override, Record, applied

CRITERIA = ("f", "g")
RUBRIC = dict.fromkeys(CRITERIA, Fraction(10))


def write_verdicts(path, worth, records):
    """`verdicts.jsonl` of these records."""
    list(verdicts_through(path, worth, records))


def criterion(name: str, verdict: str, points: Fraction | None) -> CriterionRecord:
    behaviours = (BehaviourRecord("right", points or Fraction(0), Fraction(10), "held"),)
    cases = (
        CaseRecord("small", "public", "right", "returned", True, "Right."),
        CaseRecord("large", "hidden", "right", "raised", False, "It raised KeyError."),
    )
    return CriterionRecord(name, verdict, points, Fraction(10), "", "Headline ü.", "", ("A note.",), behaviours, cases)


def record(student: str = "ada", *criteria: CriterionRecord, **changes: object) -> Record:
    points = sum((c.points for c in criteria if c.points is not None), Fraction(0))
    made = Record(student, "Ada", "a.ipynb", "9f" * 32, "graded", points, Fraction(20), student, criteria=criteria)
    return replace(made, **changes)


GRADED = record("ada", criterion("f", "correct", Fraction(10)), criterion("g", "partly", Fraction(15, 2)))
UNREADABLE = record("bob", status="unreadable", points=None, sentence="Not a notebook.", next_step="Save it again.")


def grades(path: Path, *records: Record) -> list[dict[str, str]]:
    write_grades(path / "grades.csv", CRITERIA, records)
    with (path / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verdicts(path: Path, *records: Record) -> list[dict[str, object]]:
    write_verdicts(path / "verdicts.jsonl", RUBRIC, records)
    return [json.loads(line) for line in (path / "verdicts.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]


def test_the_grade_sheet_has_the_columns_that_were_agreed(tmp_path: Path) -> None:
    """Seven fields at most before the criteria, in this order, one row a submission."""
    rows = grades(tmp_path, GRADED, UNREADABLE)
    assert list(rows[0]) == ["student_id", "name", "file", "status", "points", "max_points", "f", "g"]
    assert list(rows[0].values()) == ["ada", "Ada", "a.ipynb", "graded", "17.5", "20", "10", "7.5"]
    assert len(rows) == 2


def test_what_could_not_be_graded_has_no_points_in_the_sheet(tmp_path: Path) -> None:
    """Unreadable is an empty cell and a status, never a zero."""
    row = grades(tmp_path, UNREADABLE)[0]
    assert (row["status"], row["points"], row["f"], row["g"]) == ("unreadable", "", "", "")


CELLS = [
    ("wrong", Fraction(0), "0"),
    ("not attempted", Fraction(0), "not attempted"),
    ("missing", Fraction(0), "missing"),
    ("crashed", Fraction(0), "crashed"),
    ("timed out", Fraction(0), "timed out"),
    ("crashed", Fraction(2), "2"),
    ("ungraded", None, "ungraded"),
    ("partly", Fraction(1, 3), "0.3333"),
]


@pytest.mark.parametrize(("verdict", "points", "cell"), CELLS)
def test_a_cell_says_why_there_is_no_number(tmp_path: Path, verdict: str, points: Fraction | None, cell: str) -> None:
    """A zero is an answer that was read and found wrong; everything else is said in words."""
    assert grades(tmp_path, record("ada", criterion("f", verdict, points)))[0]["f"] == cell


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\u00a0=1", "=cmd|' /C calc'!A0", "\u2003+1",
            "\uff1d1+1", "\uff20SUM(A1)", "\u200b=1", "\ufeff-1"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_defused_wherever_text_of_a_hand_in_stands(tmp_path: Path, text: str) -> None:
    """Folder names, names and file names are chosen by students: none of them is run by a spreadsheet."""
    row = grades(tmp_path, replace(GRADED, student_id=text, name=text, file=text))[0]
    assert row["student_id"] == row["name"] == row["file"] == f"'{text}"


def test_no_name_is_a_formula_where_a_semicolon_parts_cells(tmp_path: Path) -> None:
    """Where a comma is the decimal sign, spreadsheets part a row there: what stands behind it begins a cell too."""
    row = grades(tmp_path, replace(GRADED, student_id="a;=1+1;b", name="a; +1", file="a;b;c-1.py"))[0]
    assert (row["student_id"], row["name"], row["file"]) == ("a;'=1+1;b", "a;' +1", "a;b;c-1.py")


@settings(max_examples=300)
@given(
    st.text(max_size=12)
    | st.tuples(st.text(" \t\r\n\u00a0", max_size=3), st.text("=+-@\t\ra", max_size=3)).map("".join)
)
def test_no_cell_begins_with_a_formula(text: str) -> None:
    """For any text, also behind blanks; and what is harmless is left as it is."""
    cell = defused(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell in (text, f"'{text}")


@pytest.mark.parametrize("text", ["ada", "student-53 Ünïcödé", "", "'quoted", "a=b", "2+2"])
def test_harmless_text_is_left_alone(text: str) -> None:
    """Only what begins like a formula is changed."""
    assert defused(text) == text


@settings(max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), max_size=5))
def test_any_name_is_one_cell(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """Commas, quotes and line breaks in a name make neither a column nor a row."""
    rows = grades(tmp_path_factory.getbasetemp(), *(replace(GRADED, name=name) for name in names))
    assert [row["name"] for row in rows] == [defused(name) for name in names]
    assert all(row["g"] == "7.5" for row in rows)


@pytest.mark.parametrize(
    ("points", "number"),
    [(None, None), (Fraction(0), 0), (Fraction(20), 20), (Fraction(15, 2), 7.5), (Fraction(1, 3), 0.3333)],
)
def test_points_are_plain_numbers(points: Fraction | None, number: float | None) -> None:
    """Whole where they are whole, null where there are none, rounded only where no decimal is exact."""
    assert plain_number(points) == number
    assert type(plain_number(points)) is type(number)


def test_a_verdict_line_has_the_fields_that_were_agreed(tmp_path: Path) -> None:
    """Machines read these names: a line a submission, a part a criterion, a part a case."""
    line = verdicts(tmp_path, GRADED)[0]
    assert list(line) == ["student_id", "file", "sha256", "status", "points", "max_points", "criteria"]
    part = line["criteria"][0]
    assert list(part) == ["name", "verdict", "points", "max_points", "mistake", "headline", "notes", "cases"]
    assert list(part["cases"][0]) == ["name", "visibility", "outcome", "detail"]
    assert (line["points"], part["points"], part["mistake"], part["headline"]) == (17.5, 10, None, "Headline ü.")


def test_a_hand_in_without_verdicts_has_one_for_every_criterion(tmp_path: Path) -> None:
    """Where nothing could be graded each criterion says ungraded and why, with points null, and what it is worth."""
    line = verdicts(tmp_path, UNREADABLE)[0]
    assert line["points"] is None
    assert sum(part["max_points"] for part in line["criteria"]) == line["max_points"] == 20
    for part, name in zip(line["criteria"], CRITERIA, strict=True):
        assert (part["name"], part["verdict"], part["points"], part["cases"]) == (name, "ungraded", None, [])
        assert part["headline"] == "Not a notebook."
        assert part["notes"] == ["Save it again."]


def test_a_line_is_one_line(tmp_path: Path) -> None:
    """Line breaks in what is told stay within their line; other letters are written as themselves."""
    odd = replace(GRADED, student_id="a\nb\u2028c", file="ü\r\n.ipynb")
    write_verdicts(tmp_path / "v", RUBRIC, [odd, GRADED])
    raw = (tmp_path / "v").read_bytes()
    assert raw.count(b"\n") == 2
    assert "Headline ü.".encode() in raw
    assert json.loads(raw.split(b"\n")[0])["student_id"] == "a\nb\u2028c"


def test_a_function_of_an_unreadable_hand_in_is_ungraded_also_beside_one_that_a_ta_marked() -> None:
    """*Unreadable* is what a hand-in is, and no verdict on a function."""
    marked = applied(UNREADABLE, {"f": Override("bob", "f", Fraction(8), "Read by hand.")}, RUBRIC)
    for line in (verdict_line(UNREADABLE, RUBRIC), verdict_line(marked, RUBRIC)):
        assert {criterion["verdict"] for criterion in line["criteria"]} == {"ungraded"}
    assert verdict_line(marked, RUBRIC)["points"] == 8


@pytest.mark.parametrize("name", ["caf\udce9", "\ud83d"])
def test_a_name_in_no_encoding_ends_no_sheet(tmp_path: Path, name: str) -> None:
    """Names of files come from other systems in other encodings: they are written somehow, and the sheet goes on."""
    odd = replace(GRADED, student_id=name, name=name, file=f"{name}.ipynb")
    assert len(grades(tmp_path, odd, GRADED)) == 2
    assert len(verdicts(tmp_path, odd, GRADED)) == 2


def test_what_a_killed_run_left_of_a_sheet_goes(tmp_path: Path) -> None:
    """The beginning of a sheet that nobody writes any more; what another process writes just now stays, and so does all
    that is called otherwise."""
    names = ("g.csv.17.part", "g.csv.18.part", "g.csv.mine.part", "g.csv.part", "other.csv.17.part")
    for name in names:
        (tmp_path / name).write_text("half")
        if "18" not in name:
            os.utime(tmp_path / name, (0, 0))
    write_grades(tmp_path / "g.csv", CRITERIA, [])
    assert {path.name for path in tmp_path.iterdir()} == {"g.csv", *names} - {"g.csv.17.part"}


@pytest.mark.parametrize(("write", "criteria"), [(write_grades, CRITERIA), (write_verdicts, RUBRIC)])
def test_a_sheet_is_written_whole_or_not_at_all(tmp_path: Path, write: object, criteria: object) -> None:
    """A run that breaks off leaves the sheet of the run before, to the byte, and nothing of its own."""
    path = tmp_path / "sheet"
    write(path, criteria, [GRADED])
    before = path.read_bytes()

    def records() -> object:
        yield UNREADABLE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, criteria, records())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_says_of_which_sheet(tmp_path: Path) -> None:
    """The machine's error names no file; who reads it must know which disk is full."""
    with pytest.raises(OSError, match="No space") as caught, whole_file(tmp_path / "sheet"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert Path(caught.value.filename).name.startswith("sheet")


def test_the_same_record_makes_the_same_line() -> None:
    """A line depends on the record alone; how long it took and on what machine are no part of it."""
    other = replace(GRADED, seconds=9.0, level="own work", fingerprint="f", folder="elsewhere")
    assert verdict_line(GRADED, RUBRIC) == verdict_line(other, RUBRIC)
