"""Results for other places: never a formula, never a bare zero, never another student's row or page."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lms import exports as lms
from lms.exports import ADA, JANE, OTHER_JANE, PEOPLE, WANG, ZOE, Person
from msgspec.structs import replace as change

from grader import gradebook
from grader.errors import ExportError, OverridesError, SheetError
from grader.export import filling, overrides, platforms, sheets, systems
from grader.export.feedback import write_feedback
from grader.export.filling import Filled, Wishes
from grader.folders import is_our_zip
from grader.gradebook import CaseRecord, CriterionRecord, Identity, Override, Places, Record, Ruling, Words, applied
from grader.intake import Arrival
from grader.key.model import BehaviourRule, CriterionRule, Handout, Key, Rubric

TITLE, SECRET = "Exercise 5: non-linearities and the affine layer", "0.61803398875"
RIGHT = CaseRecord("small", "public", "b", "returned", True, "Right.")
WRONG = change(RIGHT, right=False, detail="Off.")
CASES = (RIGHT, WRONG, change(WRONG, visibility="hidden", detail=SECRET))


def key_of(**worth: int) -> Key:
    rules = [CriterionRule(name, "", ("out",), (BehaviourRule("b", Fraction(most)),)) for name, most in worth.items()]
    return Key(Rubric("exercise_05", TITLE, tuple(rules), Handout("a.ipynb")), (), "", {})


KEY, TWO = key_of(f=100), key_of(f=10, g=10)


def criterion(name: str, verdict: str, points: Fraction | None, most: int = 10) -> CriterionRecord:
    words = Words(f"{name} is {verdict} \x1b, ü.", "Look.", ("A note.",))
    return CriterionRecord(name, Ruling(verdict), points, Fraction(most), words, (), CASES, Places(1, 5, 1, 7))


def record(student: str, *criteria: CriterionRecord, status: str = "graded", **more: Any) -> Record:
    points = sum((one.points or Fraction(0) for one in criteria), Fraction(0)) if criteria else None
    identity = Identity(student, "Ada", "a.ipynb", "9f" * 32, student)
    return Record(identity, status, points, Fraction(20), Words("Not read.", "Save it again."), criteria, **more)


def identified(one: Record, **changes: Any) -> Record:
    return change(one, identity=change(one.identity, **changes))


def arrived(one: Record, **changes: Any) -> Record:
    return identified(one, arrival=change(one.identity.arrival, **changes))


GRADED = record("ada", criterion("f", "correct", Fraction(10)), criterion("g", "partly", Fraction(15, 2)))
UNREADABLE = record("bob", status="unreadable")
PARTLY_GRADED = record("zoe", GRADED.criteria[0], criterion("g", "ungraded", None), status="partly graded")


def grades(one: Record) -> dict[str, str]:
    return next(csv.DictReader(io.StringIO(sheets.grades_csv(TWO, [one]).decode(), newline="")))


def test_the_sheets_have_the_columns_and_fields_that_were_agreed(tmp_path: Path) -> None:
    """One row and one line a submission; each written whole."""
    sheets.write_sheets(tmp_path, TWO, iter([GRADED, UNREADABLE]))
    assert (tmp_path / "grades.csv").read_bytes() == sheets.grades_csv(TWO, [GRADED, UNREADABLE])
    assert sheets.grades_csv(TWO, [GRADED, UNREADABLE]).decode().split("\r\n") == [
        "student_id,name,file,status,points,max_points,f,g", "ada,Ada,a.ipynb,graded,17.5,20,10,7.5",
        "bob,Ada,a.ipynb,unreadable,,20,,", "",
    ]  # fmt: skip
    first, second = map(json.loads, (tmp_path / "verdicts.jsonl").read_text(encoding="utf-8").splitlines())
    assert list(first) == ["student_id", "file", "sha256", "status", "points", "max_points", "criteria"]
    part = first["criteria"][1]
    assert list(part) == ["name", "verdict", "points", "max_points", "mistake", "headline", "notes", "cases"]
    assert list(part["cases"][0]) == ["name", "visibility", "outcome", "detail"]
    assert (part["points"], part["max_points"], part["mistake"], len(part["cases"])) == (7.5, 10, None, 3)
    blank = {"verdict": "ungraded", "points": None, "max_points": 10, "mistake": None, "headline": "Not read."}
    assert second["criteria"] == [{"name": n, **blank, "notes": ["Save it again."], "cases": []} for n in "fg"]
    said = {"g": Override("ada", "g", Fraction(9), "Fine.", "Kim", verdict_then="wrong")}
    document = systems.class_document(TWO, [applied(GRADED, said, TWO.rubric.worth), UNREADABLE])
    changed, same = document.pop("submissions")
    assert (same, document) == (second, {"assignment": "exercise_05", "title": TITLE, "max_points": 20})
    override = {"points": 9, "reason": "Fine.", "by": "Kim", "machine_points": 7.5, "changed_since": True}
    assert [one.get("override") for one in changed["criteria"]] == [None, override]
    marked = applied(UNREADABLE, {"f": Override("bob", "f", Fraction(8), "Read.")}, TWO.rubric.worth)
    assert {one["verdict"] for one in sheets.verdict_line(marked, TWO.rubric.worth)["criteria"]} == {"ungraded"}


@pytest.mark.parametrize(("verdict", "points", "cell"), [
    ("wrong", Fraction(0), "0"), ("not attempted", Fraction(0), "not attempted"), ("missing", Fraction(0), "missing"),
    ("crashed", Fraction(0), "crashed"), ("timed out", Fraction(0), "timed out"), ("crashed", Fraction(2), "2"),
    ("ungraded", None, "ungraded"), ("partly", Fraction(1, 3), "0.3333"),
])  # fmt: skip
def test_a_cell_says_why_there_is_no_number(verdict: str, points: Fraction | None, cell: str) -> None:
    """A zero is an answer that was read and found wrong, or one that a TA gave; everything else is said in words."""
    one = record("ada", criterion("f", verdict, points))
    assert grades(one)["f"] == cell
    by_hand = applied(one, {"f": Override("ada", "f", Fraction(0), "Copied.", "Kim")}, TWO.rubric.worth)
    assert grades(by_hand)["f"] == "0"


@given(*[st.lists(st.sampled_from([*";,=+-@'\"\n\r\t \u200b\uff1dab1"]), max_size=6).map("".join)] * 3)
def test_names_that_students_choose_are_no_formulas(student: str, name: str, file: str) -> None:
    """As a spreadsheet cuts the sheet at commas, and each cell at semicolons; taken back, it is what they wrote."""
    row = grades(identified(GRADED, student_id=student, name=name, file=file))
    for cell, text in zip((row["student_id"], row["name"], row["file"]), (student, name, file), strict=True):
        assert not re.search(r"(^|;)[\s\u200b]*[=+@\uff1d-]", cell)
        assert cell.replace("'", "") == text.replace("'", "")


def test_a_sheet_is_replaced_when_all_of_it_is_written(tmp_path: Path) -> None:
    """A run that breaks off leaves the sheets of the run before, and nothing of its own. Moves are in a third sheet."""
    sheets.write_sheets(tmp_path, TWO, [GRADED, identified(GRADED, student_id="caf\udce9")])
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def broken() -> Iterator[Record]:
        yield UNREADABLE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sheets.write_sheets(tmp_path, TWO, broken())
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    moves = [("=ada", "", None, Fraction(15, 2)), ("=ada", "f", Fraction(0), Fraction(15, 2))]
    sheets.write_moves(tmp_path / "moved.csv", [("2026-11-20", gradebook.Move(*one)) for one in moves])
    assert (tmp_path / "moved.csv").read_text().splitlines() == [
        "run,student_id,criterion,points_then,points", "2026-11-20,'=ada,total,,7.5", "2026-11-20,'=ada,f,0,7.5"
    ]  # fmt: skip


STUDENTS = ("ada", "bob", "=sum", "Zoë")
HEAD = "student_id,criterion,points,reason,by\n"


def read(tmp_path: Path, *sheets: str) -> list[Override]:
    paths = [tmp_path / f"{n}.csv" for n in range(len(sheets))]
    for path, text in zip(paths, sheets, strict=True):
        path.write_bytes(text.encode())
    return overrides.read_overrides(paths, TWO, STUDENTS, "now")


def test_overrides_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Thirds, comments alone, quotes, and what looks like a formula; in order of student and criterion."""
    every = [
        Override("=sum", "g", Fraction(2), "=Why not,", "", "now"),
        Override("Zoë", "f", None, 'A "word"; more', "Kim", "now"),
        Override("ada", "f", Fraction(1, 3), "-1 for style", "@kim", "now"),
        Override("ada", "g", Fraction(29, 4), "'quoted'", "Kim", "now"),
    ]  # fmt: skip
    said = {student: {o.criterion: o for o in every[::-1] if o.student_id == student} for student in STUDENTS}
    overrides.write_overrides(tmp_path / "o.csv", said)
    assert overrides.read_overrides([tmp_path / "o.csv"], TWO, STUDENTS, "now") == every
    overrides.write_overrides(tmp_path / "again.csv", said)
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "o.csv").read_bytes()
    assert overrides.override_row(every[2]) in (tmp_path / "o.csv").read_text().splitlines()


def test_a_sheet_is_read_as_spreadsheets_save_it(tmp_path: Path) -> None:
    """Decimal commas, cells kept as text, empty rows; columns in any order, small letters, parted accents."""
    other = "By,Reason,Points,Criterion,Student_ID,more\nKim,Why.,15/2,F,zoe\u0308,x\n"
    for sheet in ((HEAD + 'Zoë,f,="7.5",Why.,Kim\n,,,,\n').replace(",", ";").replace("7.5", "7,5"), other):
        assert read(tmp_path, sheet) == [Override("Zoë", "f", Fraction(15, 2), "Why.", "Kim", "now")]


def test_every_wrong_line_is_named_and_none_is_taken(tmp_path: Path) -> None:
    """An unknown student or criterion, points out of range or unreadable, no reason, two words on one criterion."""
    rows = ["add,f,1,Why.,", "ada,h,1,Why.,", "ada,f,11,Why.,", "ada,f,1e1,Why.,", "ada,f,1/0,Why.,", "ada,f,1,,"]
    rows += ["bob,f,1,Why.,", "bob,f,2,Why.,", "bob,f,1,Why.,"]
    with pytest.raises(OverridesError) as refused:
        read(tmp_path, HEAD + "\n".join(rows))
    said = str(refused.value)
    assert re.findall(r"line (\d+): ", said) == ["2", "3", "4", "5", "6", "7", "9"]
    for words in ("you mean ada?", "copy it from grades.csv", "11 points are", "'1e1' is not a number", "bob, f is in"):
        assert words in said


def test_sheets_of_two_tas_are_one(tmp_path: Path) -> None:
    """A row that both have counts once; two words on one criterion are refused, by line and file."""
    kim, lee = HEAD + "bob,f,1,Why.,Kim\nada,f,2,So.,Kim\n", HEAD + "ada,f,2,So.,Kim\nZoë,g,2,So.,Lee\n"
    assert [one.student_id for one in read(tmp_path, kim, lee)] == ["bob", "ada", "Zoë"]
    with pytest.raises(OverridesError, match=r"1\.csv.*\n.*line 2: bob, f is in .*0\.csv, line 2 already"):
        read(tmp_path, kim, HEAD + "bob,f,2,Better.,Lee\n")
    with pytest.raises(OverridesError, match="no column criterion, reason"):
        read(tmp_path, "student_id,points,by\nada,1,Kim\n")


def id_on(person: Person, platform: str) -> str:
    number = str(person.number)
    return {"canvas": number, "moodle": number, "github": person.account}.get(platform, person.sis)


def one_of(person: Person, points: int | Fraction | None = 85, platform: str = "canvas", **more: Any) -> Record:
    own = id_on(person, platform)
    ids = {"sid": own, "email": person.email, "gradescope": "1"} if platform == "gradescope" else {platform: own}
    arrival = Arrival(platform, {} if platform == "csv" else ids, person.email, f"entry_{own}")
    exact, status = (None, "unreadable") if points is None else (Fraction(points), "graded")
    identity, one = Identity(own, person.name, "a.ipynb", "", person.sis, arrival), criterion("f", "partly", exact, 100)
    return Record(identity, status, exact, Fraction(100), criteria=(one,), **more)


@pytest.fixture
def fill(tmp_path: Path) -> Any:
    def filled(platform: str, text: str, records: Sequence[Record], **wishes: Any) -> tuple[Filled, str]:
        (path := tmp_path / "sheet.csv").write_bytes(text.encode())
        done = filling.fill_sheet(platform, path, KEY, records, Wishes(**wishes))
        assert path.read_bytes() == text.encode()
        assert done.data.startswith(done.opening)
        return done, done.data.decode("utf-8")

    return filled


def changed(before: str, after: str) -> list[str]:
    return [b for a, b in zip(before.split("\n"), after.split("\n"), strict=True) if a != b]


PLATFORM_SHEETS = {
    "canvas": lms.canvas_sheet(), "moodle": lms.moodle_sheet(), "gradescope": lms.gradescope_sheet(),
    "github": lms.github_sheet(), "nbgrader": lms.nbgrader_sheet(),
    "csv": "id,name,pts\n" + "".join(f"{one.sis},{one.name},\n" for one in PEOPLE),
}  # fmt: skip


@pytest.mark.parametrize("platform", PLATFORM_SHEETS)
def test_each_platforms_sheet_is_filled_in_by_its_own_ids(fill: Any, platform: str) -> None:
    """Everybody's points go to their own row, also those of two people of one name; the second time nothing changes."""
    points = {person.sis: Fraction(n * 10 + 3) for n, person in enumerate(PEOPLE)}
    text, wishes = PLATFORM_SHEETS[platform], {"column": "pts"} if platform == "csv" else {}
    records = [one_of(person, points[person.sis], platform) for person in PEOPLE]
    done, after = fill(platform, text, records, **wishes)
    assert (done.rows, len(done.students), done.lost, len(changed(text, after))) == (5, 5, 0, 5)
    for person in PEOPLE:
        [line] = [line for line in changed(text, after) if id_on(person, platform) in line]
        assert str(points[person.sis]) in re.split("[,;\n]", line)
    again, twice = fill(platform, after, records, **wishes)
    assert (twice, again.remarks) == (after, {})


GROUPS = """Identifier,Full name,Status,Group,Grade,Maximum Grade
Participant 12,Ada Kim,-,"Team: Red, A",,100
Participant 7,Zoe Li,-,"Team: Red, A",,100
Participant 13,Jane Doe,-,Blue_B,,100
Participant 14,Max Ott,-,Default group,,100
"""


def teams() -> list[Record]:
    """What two groups handed in, each with a number that is a participant's of the other."""
    red, blue = (
        (one_of(ADA, points, "moodle"), Arrival("moodle", {"moodle": n})) for points, n in ((85, "13"), (60, "7"))
    )
    return [
        identified(red[0], student_id="13", name="Team Red, A", folder="13", arrival=red[1]),
        identified(blue[0], student_id="7", name="Blue B", folder="7", arrival=blue[1]),
    ]


def test_every_member_of_a_team_gets_the_teams_points(fill: Any) -> None:
    """By the team's name, in GitHub Classroom and Moodle; never by the number that a group happens to have."""
    done, after = fill("moodle", GROUPS, teams())
    assert [line.split(",")[-2] for line in after.splitlines()[1:]] == ["85", "85", "60", ""]
    assert (done.rows, done.students, done.lost) == (3, {"13", "7"}, 0)
    head, *rows = lms.github_sheet(PEOPLE[:3]).splitlines()
    sheet = "\n".join([f"{head},group_name", f"{rows[0]},Red", f"{rows[1]},red", f"{rows[2]},blue"]) + "\n"
    red = identified(one_of(ADA, 70, "github"), student_id="red", arrival=Arrival("github", {"github": "red"}))
    done, after = fill("github", sheet, [red])
    assert [line.split(",")[-3] for line in after.splitlines()[1:]] == ["70", "70", "0"]


def test_nobody_gets_another_students_points(fill: Any) -> None:
    """Not by a name alone, not by a number of another platform, not by an id that two have; and two rows of one student
    are refused."""
    done, after = fill("canvas", lms.canvas_sheet([OTHER_JANE, ADA]), [one_of(JANE, 10), one_of(ADA, 20)])
    assert (done.students, done.lost) == ({str(ADA.number)}, 1)
    assert f"line 4: Doe, Jane, {OTHER_JANE.number}" in done.remarks["rows that match nobody who handed in"]
    bob = Person("Bob", "Roe", 777, str(ADA.number))
    roster = arrived(one_of(ADA), ids={"canvas": str(ADA.number), "roster: Matriculation": "777"})
    for one in (one_of(ADA), roster):
        done, after = fill("canvas", sheet := lms.canvas_sheet([bob]), [one])
        assert (after, done.lost) == (sheet, 1)
    both = [arrived(one_of(one, 85, "csv"), email="team@example.edu") for one in (ADA, ZOE)]
    done, after = fill("csv", sheet := "mail,pts\nteam@example.edu,\n", both, column="pts")
    assert (after, done.lost) == (sheet, 2)
    with pytest.raises(SheetError, match="lines 4 and 5 are both of"):
        fill("canvas", lms.canvas_sheet([ADA, ADA]), [one_of(ADA)])
    done, _ = fill("moodle", lms.moodle_sheet([JANE, OTHER_JANE]), [one_of(JANE, 85, "moodle")])
    assert done.rows == 1  # one name in two rows is no group
    with pytest.raises(SheetError, match="no column"):  # the names are there once each, with other numbers
        fill("moodle", GROUPS, [identified(one_of(ADA, 85, "moodle"), name="Ada Kim")])


def test_what_is_not_written_is_said(fill: Any) -> None:
    """Excused, unreadable, partly graded, absent, a row that ends too early, a value that was there before."""
    absent = arrived(one_of(WANG, None), absent=True)
    partly = change(one_of(OTHER_JANE, 40), status="partly graded")
    records = [one_of(ADA, 90), one_of(ZOE), one_of(JANE, None), partly, absent]
    sheet = lms.canvas_sheet(ada_ml="12.00", zoe="EX")
    done, after = fill("canvas", sheet, records)
    assert len(changed(sheet, after)) == 1
    assert done.remarks["had another value before"] == [f"line 4 ({ADA.number} ({ADA.name})): 12.00 -> 90"]
    left = [re.split(": |, so", line)[1] for line in done.remarks["left as they were"]]
    assert left == ["it says EX", "unreadable", "partly graded", "nothing was handed in"]
    assert ",-," in fill("canvas", sheet, records, nothing_as="-")[1].split("王")[1]
    done, _ = fill("csv", f"id,name,pts\n{ADA.sis},Ada\n", [one_of(ADA, 85, "csv")], column="pts")
    assert (done.rows, done.lost) == (0, 1)


@pytest.mark.parametrize("cells", ["x;85,52", "7,5;85,52", "7.5;85.52", "x\t85.52", "7,5\t85,52", "x,85.52"])
def test_decimals_are_written_as_the_sheet_has_them(fill: Any, cells: str) -> None:
    """With a comma where another cell has one, or cells end in semicolons. Halves are rounded up."""
    other, delimiter, written = re.split(r"([;\t]|,(?=85\.))", cells)
    sheet = delimiter.join(["id", "old", f"pts\n{ADA.sis}", other, "\n"])
    _, after = fill("csv", sheet, [one_of(ADA, Fraction(17103, 200), "csv")], column="pts")
    assert after == sheet[:-1] + written + "\n"


OF_TEN = [
    ("canvas", lms.canvas_sheet(points="10.00")),
    ("moodle", lms.moodle_sheet(most="10,00", language="de", delimiter=";")),
    ("gradescope", lms.gradescope_sheet().replace(",100.0,", ",10,")),
    ("csv", f"Username,{TITLE} [Total Pts: 10 Score] |4567\n{ADA.sis},\n"),
    ("csv", f"Username,{TITLE} <Numeric MaxPoints:10 Weight:5>\n{ADA.sis},\n"),
]


@pytest.mark.parametrize(("platform", "sheet"), OF_TEN)
def test_points_of_another_size_are_refused_or_converted(fill: Any, platform: str, sheet: str) -> None:
    """85 of 100 is not 85 of 10: an error, unless the TA wants it converted; and out of 0 nothing is converted."""
    wishes = {"column": "Exercise"} if platform == "csv" else {}
    with pytest.raises(SheetError, match="out of 10 points, and the exam of 100") as refused:
        fill(platform, sheet, [one_of(ADA, 85, platform)], **wishes)
    assert "--scale" in refused.value.hint
    _, after = fill(platform, sheet, [one_of(ADA, 85, platform)], scale=True, **wishes)
    assert re.search("8[.,]5", changed(sheet, after)[0])
    with pytest.raises(SheetError, match="out of 0 points") as refused:
        fill("canvas", lms.canvas_sheet(points="0.00"), [one_of(ADA)], scale=True)
    assert "--scale" not in refused.value.hint


def test_a_column_is_never_added_and_never_guessed(fill: Any) -> None:
    """An unknown title would make a new assignment in Canvas: the error lists what there is, by number."""
    sheet = lms.canvas_sheet().replace("Exercise 5: non", "Exercise V: non")
    with pytest.raises(SheetError, match="not clear which column") as refused:
        fill("canvas", sheet, [one_of(ADA)])
    assert "#6 'Quiz 1 (445500)', #7 'Exercise V" in refused.value.hint
    for column in ("445566", "exercise v", "#7"):
        assert fill("canvas", sheet, [one_of(ADA)], column=column)[0].column.startswith("Exercise V")
    for column, said in (("e", "fits"), ("ID", "holds ids"), ("Exercise 6", "is not a column")):
        with pytest.raises(SheetError, match=said):
            fill("canvas", sheet, [one_of(ADA)], column=column)
    named = f'a,b,pts\nNo. {ADA.number},="{ZOE.number}",\n'  # ids are read out of cells, which stay as they are
    for column, one in (("a", ADA), ("b", ZOE)):
        done, after = fill("csv", named, [one_of(ADA), one_of(ZOE)], column="pts", id_column=column)
        assert (done.students, after) == ({str(one.number)}, named[:-1] + "85\n")
    with pytest.raises(SheetError, match="not clear"):  # the exercise is there twice
        fill("canvas", lms.canvas_sheet().replace("Quiz 1 (445500)", f"{TITLE} (445500)"), [one_of(ADA)])
    with pytest.raises(SheetError, match="holds ids of this class") as refused:
        fill("csv", "id,points\nx,1\n", [one_of(ADA)], column="points")
    assert "roster" in refused.value.hint


@pytest.mark.parametrize("late", [0, 10])
def test_a_comment_says_the_points_of_today_and_keeps_a_persons_word(fill: Any, late: int) -> None:
    """Ours of an earlier export is replaced; a TA's is never written over."""
    before = one_of(ADA, 75, "moodle", deduction=Fraction(late))
    _, sheet = fill("moodle", lms.moodle_sheet([ADA, ZOE]), [before])
    assert ("late: 10 points taken off" in sheet) == bool(late)
    override = {"f": Override(before.student_id, "f", Fraction(90), "Fine.", "Kim")}
    _, again = fill("moodle", sheet, [applied(before, override, {"f": Fraction(100)})])
    assert f"{90 - late} of 100 points; f: points by a TA, 90 of 100" in again
    assert "75" not in again
    for comment in ("85 of 100 points", "85 of 100 points; f: partly, 85 of 100; well done"):
        theirs = lms.moodle_sheet([ADA]).replace(",-,\n", f",-,{comment}\n")
        assert f",{comment}\n" in fill("moodle", theirs, [one_of(ADA, 90, "moodle")])[1]
    _, without = fill("moodle", lms.moodle_sheet([ADA]), [before], comments=False)
    assert "partly" not in without


def returned(at: Path, records: Sequence[Record], *layout: str, **more: Any) -> tuple[list[str], dict[str, str]]:
    """Who has no place, and the pages by the names in the zip; a page is its student's id."""
    lms.put(at / "reports", [(f"{one.identity.folder}/report.html", one.student_id.encode()) for one in records])
    done = write_feedback(at / "f.zip", at / "reports", records, *layout, **more)
    assert is_our_zip(at / "f.zip", lambda names: len(names) == done.written)
    with zipfile.ZipFile(at / "f.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    return done.no_place, pages


@pytest.mark.parametrize(("entry", "platform", "name"), [
    ("doejane_LATE_7_9_a b.ipynb", "canvas", "doejane_LATE_7_9_feedback.html"),
    ("doejane_7_9_my_link.ipynb", "canvas", "doejane_7_9_feedback.html"),
    ("123_LATE_7_9_5_6_a.ipynb", "canvas", "student_LATE_7_9_feedback.html"),
    ("Jane Doe_7", "moodle", "Jane Doe_7_assignfeedback_file_feedback.html"),
    ("exercise-5-jane", "github", "ge44abe.html"),  # takes no pages back: named after students
])  # fmt: skip
def test_pages_go_back_under_the_names_their_place_knows(tmp_path: Path, entry: str, platform: str, name: str) -> None:
    """The name a file came under says whose it is. A text typed into Canvas has no file; its student is listed."""
    typed = identified(arrived(one_of(ADA, None, platform), entry="ada_8_text.html"), folder="typed")
    no_place, pages = returned(tmp_path, [arrived(one_of(JANE, 85, platform), entry=entry), typed])
    assert name in pages
    assert no_place == ([f"{ADA.number}: no name that canvas knows"] if platform == "canvas" else [])


@pytest.mark.parametrize("platform", ["moodle", "nbgrader", "plain"])
@pytest.mark.parametrize("name", ["../../x_7", "..\\..\\x_7_9_a.ipynb", "/etc/x_7", "C:x_7", "..", "x. ", "a/\x00b"])
def test_a_name_leads_nowhere_out_of_the_zip(tmp_path: Path, platform: str, name: str) -> None:
    """Names come from students: what could climb out, or that Windows cannot make, becomes harmless."""
    evil = identified(one_of(JANE, 85, platform), file=f"{name}/{name}/a.ipynb", student_id=name)
    _, pages = returned(tmp_path, [arrived(evil, entry=name)])
    parts = next(iter(pages)).split("/")
    assert all(part and part == part.rstrip(". ") and not set(part) & set("\\:\x00") for part in parts)


def test_no_student_reads_anothers_page(tmp_path: Path) -> None:
    """Two names that become one are one page; a group's goes to its members, by their numbers."""
    one = identified(one_of(JANE, 85, "nbgrader"), student_id="a:", file="in/ps1/a.ipynb")
    two = identified(one, student_id="a_")
    no_place, pages = returned(tmp_path, [one, two])
    assert (no_place, pages) == (["a_: another page is called a_/ps1/a.html"], {"a_/ps1/a.html": "a_"})
    (tmp_path / "sheet.csv").write_text(GROUPS.replace("Blue_B", "Green"), encoding="utf-8")
    members = platforms.group_members(tmp_path / "sheet.csv", teams())
    no_place, pages = returned(tmp_path, teams(), members=members)
    assert pages == {f"Team Red, A_{n}_assignfeedback_file_feedback.html": "13" for n in (12, 7)}
    assert no_place == ["7: no name that moodle knows"]
    with pytest.raises(ExportError, match="canvas"):
        returned(tmp_path, [one], "canvas")
    assert not [*tmp_path.glob("*.part")]
    for old, new in (("Team: Red", "Tutorial"), ("Participant ", ""), ("Participant 7", "Participant 12")):
        (tmp_path / "sheet.csv").write_text(GROUPS.replace(old, new).replace("Blue_B", "Green"), encoding="utf-8")
        with pytest.raises(SheetError, match="`Participant`"):
            platforms.group_members(tmp_path / "sheet.csv", teams())


# The fields that the documentation of each lists; nothing else is allowed, so that a typing error is found.
GRADESCOPE = (
    "score output output_format test_output_format test_name_format visibility stdout_visibility extra_data tests"
)
GRADESCOPE_TEST = "score max_score status name name_format number output output_format tags visibility extra_data"
GITHUB = "version status message max_score tests"
GITHUB_TEST = "name status message test_code filename line_no duration score max_score task_id output"


def test_results_have_the_documented_fields_and_keep_hidden_cases() -> None:
    """Gradescope's and GitHub Classroom's; what is hidden is in none, and nothing that is ungraded becomes a zero."""
    for one in (GRADED, UNREADABLE, PARTLY_GRADED):
        github = systems.github_result(one)
        statuses = {"ada": ("fail", ["pass", "fail"]), "bob": ("error", []), "zoe": ("error", ["pass", "error"])}
        assert (github["status"], [test["status"] for test in github["tests"]]) == statuses[one.student_id]
        assert {*github} <= {*GITHUB.split()}
        assert {name for test in github["tests"] for name in test} <= {*GITHUB_TEST.split()}
        assert SECRET not in json.dumps(github)
        assert all(test["output"] == "small: Off." for test in github["tests"])
    with pytest.raises(ExportError, match="could not be graded in whole"):
        systems.gradescope_result(PARTLY_GRADED)
    unread = systems.gradescope_result(UNREADABLE)
    assert (unread["score"], unread["output"].startswith("Not graded, and not meant as a zero: Not read.")) == (0, True)
    result = systems.gradescope_result(change(GRADED, deduction=Fraction(2), points=Fraction(31, 2)))
    assert {*result} <= {*GRADESCOPE.split()}
    assert {name for test in result["tests"] for name in test} <= {*GRADESCOPE_TEST.split()}
    assert SECRET not in json.dumps(result)
    assert (result["score"], "lateness: 2" in result["output"]) == (15.5, True)
    shown, scored = result["tests"][2:]  # what public checks say is seen at once, points when they may be
    assert ("score" in shown, shown["visibility"], scored["visibility"]) == (False, "visible", "after_published")
    assert (scored["score"], scored["output"].split("\n")[-1]) == (7.5, "Hidden checks: 0 of 1 pass.")


def test_junit_tells_failures_from_errors_and_skipped() -> None:
    """A function not attempted is skipped, one that we could not grade is an error; times of hidden cases are kept."""
    tried = record("jo", criterion("f", "not attempted", Fraction(0)), criterion("g", "wrong", Fraction(0)))
    data = systems.junit_xml(TWO, [GRADED, UNREADABLE, PARTLY_GRADED, tried])
    assert (data.startswith(systems.OPENINGS["junit"]), SECRET.encode() in data) == (True, False)
    root = ET.fromstring(data)
    titles = ("tests", "failures", "errors", "skipped")
    assert ["".join(one.attrib[t] for t in titles) for one in (*root, root)] == ["2100", "1010", "2010", "2101", "7221"]
    assert [suite.get("time") is not None for suite in root] == [False, True, False, False]


@pytest.mark.parametrize("names", ["Ana de la|Cruz", "|Plato", "|"])
def test_nbgraders_sheet_has_names_and_the_penalty_apart(names: str) -> None:
    """The last word is the last name; where only the id is known it is no name. What is not final is empty."""
    first, last = names.split("|")
    name = f"{first} {last}".strip() or ADA.sis
    late = identified(change(one_of(ADA, 85, "nbgrader"), points=Fraction(75), deduction=Fraction(10)), name=name)
    late = arrived(identified(late, file="x/entry_ge42abc/ps1/a.ipynb"), handed_in="2026-11-20T22:30:00+00:00")
    first_line, one, other, _ = systems.nbgrader_csv(KEY, [late, one_of(ZOE, None, "nbgrader")]).decode().split("\r\n")
    assert first_line == systems.OPENINGS["nbgrader"].decode()
    assert one == f"ps1,,2026-11-20T22:30:00+00:00,ge42abc,{last},{first},{ADA.email},85,10,75,100"
    assert other.endswith(",,,,100")
