"""What a TA knows of people: names, groups, who handed in nothing, who was late by how much.

takes: classes and rosters made here.
gives: one promise a test, said in its docstring.
must not know: notebooks, points.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lms import exports as lms
from lms.exports import ADA, JANE, NOTEBOOK, OTHER_JANE, PEOPLE, WANG, ZOE

from grader.errors import SheetError
from grader.intake import Submission, hand_ins_in, late_of_nobody, read_candidate, with_due, with_lateness, with_roster


def class_of(at: Path, files: list[tuple[str, bytes]]) -> list[Submission]:
    return hand_ins_in(lms.as_form(at, "class_submissions", files, "zip")).submissions


def sheet(at: Path, text: str) -> Path:
    (at / "people.csv").write_text(text, encoding="utf-8")
    return at / "people.csv"


def by_id(found: list[Submission]) -> dict[str, Submission]:
    return {submission.student_id: submission for submission in found}


ROSTERS = {
    "Canvas's gradebook": (lms.canvas_files(PEOPLE[:4]), lms.canvas_sheet(), "王, 秀英"),
    "Moodle's worksheet": (lms.moodle_files(PEOPLE[:4]), lms.moodle_sheet(language="de", delimiter=";"), "10400"),
    "a list of one's own": (
        lms.canvas_files(PEOPLE[:4]),
        "First name;Last name;Canvas number\n" + "".join(f"{p.first};{p.last};{p.number}\n" for p in PEOPLE),
        "秀英 王",
    ),
}


@pytest.mark.parametrize(("files", "text", "name"), ROSTERS.values(), ids=ROSTERS)
def test_a_roster_tells_names_and_who_handed_in_nothing(
    tmp_path: Path, files: list[tuple[str, bytes]], text: str, name: str
) -> None:
    """Any sheet with the ids will do: the platform's own, in any language; its rows of nobody are nobody."""
    found = by_id(with_roster(class_of(tmp_path, files), sheet(tmp_path, text)))
    assert set(found) == {str(person.number) for person in PEOPLE}
    absent = found[str(WANG.number)]
    assert absent.arrival.absent
    assert absent.name == name
    assert "Nothing was handed in" in absent.problem
    assert absent.next_step
    assert sum(s.arrival.absent for s in found.values()) == 1


def test_who_is_not_on_the_roster_keeps_a_row(tmp_path: Path) -> None:
    """A hand-in of nobody known is graded, and said to be so."""
    found = by_id(with_roster(class_of(tmp_path, lms.canvas_files()), sheet(tmp_path, f"ID,Name\n{ADA.number},Ada\n")))
    assert found[str(ZOE.number)].arrival.notes == ("Nobody of this id is on the roster.",)
    assert found[str(ADA.number)].name == "Ada"


def test_what_a_roster_does_not_tell_stays_as_it_came(tmp_path: Path) -> None:
    """A list of ids alone takes nobody's name or address away; what it does tell counts."""
    files = lms.gradescope_files([[person] for person in PEOPLE[:4]])
    before = by_id(class_of(tmp_path, files))
    sids = "".join(f"{one},2\n" for one in before)
    after = by_id(with_roster(class_of(tmp_path, files), sheet(tmp_path, f"SID,Section\n{sids}")))
    assert {one.student_id: (one.name, one.arrival.email) for one in after.values()} == {
        one.student_id: (one.name, one.arrival.email) for one in before.values()
    }
    assert all(one.name and one.arrival.email for one in after.values())
    rows = "".join(f"{one},new@b.edu\n" for one in before)
    told = by_id(with_roster(class_of(tmp_path, files), sheet(tmp_path, f"SID,Email\n{rows}")))
    assert {one.arrival.email for one in told.values()} == {"new@b.edu"}


def test_a_group_shares_the_hand_in_of_one(tmp_path: Path) -> None:
    """Canvas hands out a group's file once: a roster with groups gives every member a row of it."""
    text = "ID,Name,Group\n" + "".join(f"{p.number},{p.name},G{p in (ADA, ZOE, WANG)}\n" for p in PEOPLE)
    found = by_id(with_roster(class_of(tmp_path, lms.canvas_files([ADA, JANE, OTHER_JANE])), sheet(tmp_path, text)))
    for person in (ZOE, WANG):
        mine = found[str(person.number)]
        assert read_candidate(mine.candidates[0]) == NOTEBOOK
        assert mine.arrival.notes[0] == f"Handed in by {ADA.name}, for the group GTrue."
        assert mine.name == person.name
        assert mine.arrival.ids["canvas"] == str(person.number)
    assert found[str(JANE.number)].arrival.notes == ()


WRONG = {
    "two lines of one id": ("ID,Name\n10234,Ada\n10234,Bob\n", "lines 2 and 3 have the same id"),
    "no column of ids": ("Name,Mail\nAda,a@b.edu\n", "no column"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_roster_that_is_not_clear_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The file, the lines, and what to do."""
    with pytest.raises(SheetError, match=said) as refused:
        with_roster(class_of(tmp_path, lms.canvas_files()), sheet(tmp_path, text))
    assert "people.csv" in str(refused.value)
    assert refused.value.hint


LATE = {
    "hours": ("ID,late_hours\n10234,1.5\n10235,0\n", 5400),
    "days": ("ID;late_days\n10234;2\n10235;0\n", 172800),
    "days the other way about": ("ID;Days late\n10234;0,5\n10235;0\n", 43200),
    "hours the other way about": ("ID;hours_late\n10234;1,5\n10235;0\n", 5400),
    "minutes": ("ID,late_minutes\n10234,90\n10235,0\n", 5400),
    "seconds": ("ID,seconds_late\n10234,90\n10235,0\n", 90),
    "no unit, so hours": ("ID,late\n10234,2\n10235,0\n", 7200),
    "Gradescope's": ("ID,Lateness (H:M:S)\n10234,26:30:00\n10235,00:00:00\n", 95400),
}


@pytest.mark.parametrize(("text", "seconds"), LATE.values(), ids=LATE)
def test_lateness_comes_from_a_file(tmp_path: Path, text: str, seconds: int) -> None:
    """Who was late by how much; a zero is an extension, and who is not in it is not touched."""
    found = by_id(with_lateness(class_of(tmp_path, lms.canvas_files()), sheet(tmp_path, text)))
    assert found["10234"].arrival.late_by == seconds
    assert found["10235"].arrival.late_by == 0
    assert found["10301"].arrival.late_by is None


def test_lateness_comes_from_times_and_a_due_time(tmp_path: Path) -> None:
    """Where times are known; what a person says of somebody counts more than the clock."""
    stamped = lms.nbgrader_files([ADA, ZOE], stamp="2026-11-21 01:00:00 UTC")
    found = with_lateness(class_of(tmp_path, stamped), sheet(tmp_path, f"id,late_hours\n{ZOE.sis},0\n{ADA.sis},\n"))
    found = with_due(found, datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    assert {s.student_id: s.arrival.late_by for s in found} == {ADA.sis: 7200, ZOE.sis: 0}


def test_times_of_github_classroom_come_from_its_sheet(tmp_path: Path) -> None:
    """Its CSV has a time for each repository, which the checkout has not."""
    found = hand_ins_in(lms.github_checkout(tmp_path)).submissions
    found = with_lateness(found, sheet(tmp_path, lms.github_sheet()))
    found = with_due(found, datetime(2026, 11, 20, 21, 0, tzinfo=UTC))
    assert {s.arrival.late_by for s in found} == {3600}


NOBODY = {
    "hours, of people some of whom handed in nothing": (
        "ID,late_hours\n10234,1\n1234,0\n999,2\n",
        ["1234 (line 3)", "999 (line 4)"],
    ),
    "times, and none of who handed in nothing": ("ID,handed_in\n10234,2026-11-20 23:59\n1234,\n999,-\n", []),
    "a time that cannot be read": ("ID,handed_in\n10234,2026-11-20 23:59\n999,20.11.2026\n", ["999 (line 3)"]),
}


@pytest.mark.parametrize(("text", "told"), NOBODY.values(), ids=NOBODY)
def test_of_lateness_that_is_nobodys_the_row_is_named(tmp_path: Path, text: str, told: list[str]) -> None:
    """An extension for somebody whose id a spreadsheet has changed must not be lost in silence."""
    found = class_of(tmp_path, lms.canvas_files())
    assert late_of_nobody(found, sheet(tmp_path, text)) == told
    assert by_id(with_lateness(found, sheet(tmp_path, text))).keys() == by_id(found).keys()


@pytest.mark.parametrize(
    "text",
    ["ID,late_hours\n10234,yesterday\n", "ID,Name\n10234,Ada\n", "ID,handed_in\n10234,20.11.2026 23:59\n"],
)
def test_a_file_of_lateness_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    """A lateness that cannot be read must not become none."""
    with pytest.raises(SheetError) as refused:
        with_lateness(class_of(tmp_path, lms.canvas_files()), sheet(tmp_path, text))
    assert refused.value.hint


def test_a_roster_without_the_zeros_is_told_as_that(tmp_path: Path) -> None:
    """Who saves it from a spreadsheet has lost them, and reads that; a number or two by chance say nothing."""
    found = class_of(tmp_path, [("0010234.ipynb", NOTEBOOK), ("0010235.ipynb", NOTEBOOK), ("0000009.ipynb", NOTEBOOK)])
    for rows, is_said in (("10234,x\n10235,y\n9,z\n", True), ("9,x\n10,y\n", False)):
        with pytest.raises(SheetError, match="holds the ids") as refused:
            with_roster(found, sheet(tmp_path, f"id,name\n{rows}"))
        assert ("'id' has 10234 for 0010234" in refused.value.hint) is is_said


def test_a_roster_keeps_zeros_as_spreadsheets_do(tmp_path: Path) -> None:
    """`="0017"` in a roster is the student 0017, in a table of lateness too."""
    class_ = class_of(tmp_path, [("0017.py", b"x = 1\n"), ("0018.py", b"x = 1\n")])
    path = sheet(tmp_path, 'id,name,late_hours\n="0017",Ada,2\n"=""0019""",Zoe,\n')
    found = by_id(with_roster(class_, path))
    assert (set(found), found["0017"].name) == ({"0017", "0018", "0019"}, "Ada")
    assert by_id(with_lateness(class_, path))["0017"].arrival.late_by == 7200
