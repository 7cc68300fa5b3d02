"""The TA's own sheet: the right cell of the right row, nothing else, and everything a person must know is said.

takes: records and sheets made here.
gives: one promise a test, said in its docstring.
must not know: the sandbox, HTML, the command line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lms import exports as lms
from lms.exports import ADA, JANE, OTHER_JANE, PEOPLE, ZOE, Person

from grader.errors import ExportError, SheetError
from grader.export.columns import MOST_LISTED, listed_titles
from grader.export.comments import comment
from grader.export.feedback import write_feedback
from grader.export.filling import Filled, Policy, fill, plain, read_number
from grader.export.nbgrader import nbgrader_csv
from grader.export.places import LOCATORS, Source, nbgrader_scores
from grader.export.teams import members_in
from grader.gradebook import CriterionRecord, Override, Record
from grader.intake import Arrival
from grader.intake.table import read_table

TITLE = "Exercise 5: non-linearities and the affine layer"
KINDS = {"canvas": "canvas", "moodle": "moodle", "github": "github", "nbgrader": "nbgrader"}


def record(person: Person, points: Fraction | int | None = 85, platform: str = "canvas", **changes: object) -> Record:
    key = {"canvas": str(person.number), "moodle": str(person.number), "github": person.account}.get(
        platform, person.sis
    )
    ids = {"sid": key, "email": person.email, "gradescope": "1"} if platform == "gradescope" else {platform: key}
    criterion = CriterionRecord(
        "f", "partly", None if points is None else Fraction(points), Fraction(100), "", "No.", "", (), (), ()
    )
    made = Record(
        key, person.name, "a.ipynb", "", "unreadable" if points is None else "graded",
        None if points is None else Fraction(points), Fraction(100), person.sis, criteria=(criterion,),
        arrival=Arrival(platform, ids, person.email, f"entry_{key}"),
    )  # fmt: skip
    return replace(made, **changes)


def filled(
    at: Path, platform: str, text: str | bytes, records: Sequence[Record], policy: Policy | None = None, **exam: str
) -> tuple[Filled, str]:
    (at / "sheet.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    table = read_table(at / "sheet.csv")
    places = LOCATORS[platform](table, Source("exercise_05", TITLE, records, **exam))
    done = fill(table, places, records, Fraction(100), policy or Policy())
    return done, done.data.decode(table.encoding)


def changed(before: str, after: str) -> list[str]:
    pairs = zip(before.splitlines(keepends=True), after.splitlines(keepends=True), strict=True)
    return [b for a, b in pairs if a != b]


SHEETS = {
    "canvas": lms.canvas_sheet(), "moodle": lms.moodle_sheet(), "gradescope": lms.gradescope_sheet(),
    "github": lms.github_sheet(), "nbgrader": lms.nbgrader_sheet(),
}  # fmt: skip


@pytest.mark.parametrize("platform", SHEETS)
def test_each_platforms_sheet_is_filled_in_by_its_own_ids(tmp_path: Path, platform: str) -> None:
    """Everybody's points go to everybody's own row, also those of two people of one name."""
    points = {person.sis: Fraction(n * 10 + 3) for n, person in enumerate(PEOPLE)}
    done, after = filled(tmp_path, platform, SHEETS[platform], [record(p, points[p.sis], platform) for p in PEOPLE])
    assert done.written == 5
    assert not done.nobody
    assert not done.no_row
    lines = changed(SHEETS[platform], after)
    assert len(lines) == 5
    for person in PEOPLE:
        key = {"canvas": str(person.number), "moodle": str(person.number), "github": person.account}.get(
            platform, person.sis
        )
        [line] = [line for line in lines if key in line]
        assert str(points[person.sis]) in line


@pytest.mark.parametrize("platform", SHEETS)
def test_a_sheet_that_is_filled_in_already_comes_back_as_it_is(tmp_path: Path, platform: str) -> None:
    """Filling in twice changes nothing the second time, and reports nothing as replaced."""
    records = [record(p, 85, platform) for p in PEOPLE]
    _, once = filled(tmp_path, platform, SHEETS[platform], records)
    done, twice = filled(tmp_path, platform, once, records)
    assert twice == once
    assert not done.replaced


def test_names_alone_match_nobody(tmp_path: Path) -> None:
    """A row of the same name with another id is not filled in: it is listed, and so is who has no row."""
    sheet = lms.canvas_sheet([OTHER_JANE, ADA])
    done, after = filled(tmp_path, "canvas", sheet, [record(JANE, 10), record(ADA, 20)])
    assert len(changed(sheet, after)) == 1
    assert done.nobody == [f"line 4: Doe, Jane, {OTHER_JANE.number}"]
    assert done.no_row == [f"{JANE.number} (Jane Doe)"]


def test_a_number_of_one_platform_is_no_number_of_another(tmp_path: Path) -> None:
    """Ada's Canvas number happens to be Bob's number at the university: Bob's row stays empty."""
    bob = Person("Bob", "Roe", 777, str(ADA.number), account="bob")
    sheet = lms.canvas_sheet([bob])
    done, after = filled(tmp_path, "canvas", sheet, [record(ADA)])
    assert after == sheet
    assert done.no_row
    assert done.nobody


def test_of_a_class_from_canvas_only_canvas_numbers_count(tmp_path: Path) -> None:
    """What a roster tells of Ada beside it may be another student's Canvas number, and is not tried."""
    bob = Person("Bob", "Roe", 777, "ge99", account="bob")
    ada = record(ADA)
    ada = replace(ada, arrival=replace(ada.arrival, ids={**ada.arrival.ids, "roster: Matriculation": "777"}))
    sheet = lms.canvas_sheet([bob])
    done, after = filled(tmp_path, "canvas", sheet, [ada])
    assert after == sheet
    assert done.no_row


def test_an_id_that_two_answer_to_is_nobodys(tmp_path: Path) -> None:
    """Two hand-ins with one e-mail address: the row is left, and both are listed."""
    both = [replace(record(p, 85, "flat"), arrival=Arrival("flat", {}, "team@example.edu")) for p in (ADA, ZOE)]
    done, after = filled(tmp_path, "csv", "mail,points\nteam@example.edu,\n", both, column="points")
    assert after == "mail,points\nteam@example.edu,\n"
    assert len(done.no_row) == 2
    assert done.nobody


def test_every_member_of_a_team_gets_the_teams_points(tmp_path: Path) -> None:
    """GitHub Classroom has a row for each member, and one repository for all of them."""
    head, *rows = lms.github_sheet(PEOPLE[:3]).splitlines()
    teams = ("Red-Pandas", "red-pandas", "blue")
    sheet = "\n".join([f"{head},group_name", *(f"{row},{team}" for row, team in zip(rows, teams, strict=True))]) + "\n"
    team = replace(
        record(ADA, 70, "github"), student_id="red-pandas", arrival=Arrival("github", {"github": "red-pandas"})
    )
    done, after = filled(tmp_path, "github", sheet, [team])
    assert [line.split(",")[-3:] for line in changed(sheet, after)] == [
        ["70", "100", "Red-Pandas\n"], ["70", "100", "red-pandas\n"],
    ]  # fmt: skip
    assert len(done.nobody) == 1


GROUPS = """Identifier,Full name,Status,Group,Grade,Maximum Grade
Participant 12,Ada Kim,-,"Team: Red, A",,100
Participant 7,Zoe Li,-,"Team: Red, A",,100
Participant 13,Jane Doe,-,Blue_B,,100
Participant 14,Max Ott,-,Default group,,100
"""


def teams() -> list[Record]:
    """The hand-ins of two groups, each with a number that is a participant's of the other."""
    return [
        replace(
            record(ADA, points, "moodle"), name=name, student_id=number, folder=number,
            arrival=Arrival("moodle", {"moodle": number}, f"{name}_{number}"),
        )
        for points, name, number in ((85, "Team Red, A", "13"), (60, "Blue B", "7"))
    ]  # fmt: skip


def test_a_group_of_moodle_s_is_found_by_its_name_and_never_by_its_number(tmp_path: Path) -> None:
    """Its number is the group's own, and here by chance a participant's: each member gets the points of the group."""
    red, blue = teams()
    done, after = filled(tmp_path, "moodle", GROUPS, [red, blue])
    points = [line.rsplit(",", 2)[1] for line in after.splitlines()[1:]]
    assert (points, done.no_row, len(done.nobody)) == (["85", "85", "60", ""], [], 1)
    assert (done.written, done.students) == (3, {red.student_id, blue.student_id})


def test_a_worksheet_of_another_assignment_is_not_filled_in_by_names(tmp_path: Path) -> None:
    """All names are there, once each, with other numbers: nobody is found, as ever."""
    with pytest.raises(SheetError, match="no column"):
        filled(tmp_path, "moodle", GROUPS, [record(replace(ADA, first="Ada", last="Kim"), 85, "moodle")])


def test_a_row_without_a_cell_for_points_is_no_row_that_is_left_alone(tmp_path: Path) -> None:
    """A spreadsheet that cuts off empty cells at the end: their points are in no sheet, which is said as that."""
    records = [record(ADA, 85, "csv"), record(ZOE, None, "csv")]
    sheet = f"id,name,pts\n{ADA.sis},Ada\n{ZOE.sis},Zoë\n"
    done, after = filled(tmp_path, "csv", sheet, records, column="pts")
    assert after == sheet
    assert (done.written, done.no_row, len(done.left)) == (0, [], 1)
    assert done.too_short == [f"line 2 ({ADA.sis} ({ADA.name}))"]


MARKS = {  # another column says x, and 85.5 is written
    (";", "x"): "85,5", (";", "7,5"): "85,5", (";", "7.5"): "85.5", (";", "1.11.2026"): "85,5", ("\t", "x"): "85.5",
    ("\t", "7,5"): "85,5", (",", "x"): "85.5", (",", '"7,5"'): "85.5",
}  # fmt: skip


@pytest.mark.parametrize(("delimiter", "other"), MARKS)
def test_decimals_are_written_as_the_sheet_has_them(tmp_path: Path, delimiter: str, other: str) -> None:
    """Semicolons stand where commas are of decimals: a spreadsheet takes `7.5` for a day in May there."""
    sheet = f"id,old,pts\n{ADA.sis},OTHER,\n".replace(",", delimiter).replace("OTHER", other)
    _, after = filled(tmp_path, "csv", sheet, [record(ADA, Fraction(171, 2), "csv")], column="pts")
    assert after == sheet[:-1] + MARKS[delimiter, other] + "\n"


@pytest.mark.parametrize("cell", ["85.00", "85", "85.0", '"85"'])
def test_a_cell_that_says_the_number_already_keeps_its_form(tmp_path: Path, cell: str) -> None:
    """Nothing is written where nothing changes."""
    sheet = lms.canvas_sheet([ADA], ada_ml=cell)
    done, after = filled(tmp_path, "canvas", sheet, [record(ADA, 85)])
    assert after == sheet
    assert (done.written, done.replaced) == (1, [])


def test_two_rows_of_one_student_are_an_error(tmp_path: Path) -> None:
    """Which of them counts is the TA's to say: both lines are named."""
    sheet = lms.canvas_sheet([ADA, ADA])
    with pytest.raises(SheetError, match="lines 4 and 5 are both of") as refused:
        filled(tmp_path, "canvas", sheet, [record(ADA)])
    assert refused.value.hint


def test_what_is_excused_stays_excused(tmp_path: Path) -> None:
    """EX and N/A are never written over, and said."""
    sheet = lms.canvas_sheet(zoe="EX", wang="N/A")
    done, after = filled(tmp_path, "canvas", sheet, [record(p) for p in PEOPLE])
    assert len(changed(sheet, after)) == 3
    assert [line.split(": ")[-1] for line in done.left] == ["it says EX", "it says N/A"]


def test_what_has_no_final_points_is_left_and_said(tmp_path: Path) -> None:
    """Unreadable, partly graded and absent: no cell is written, each is listed with its reason."""
    absent = record(JANE, None, arrival=Arrival("", {"canvas": str(JANE.number)}, absent=True))
    records = [record(ADA, None), record(ZOE, 40, status="partly graded"), absent]
    sheet = lms.canvas_sheet(ada_ml="12.00")
    done, after = filled(tmp_path, "canvas", sheet, records)
    assert after == sheet
    assert [line.split(": ")[-1] for line in done.left] == [
        "unreadable, so there are no final points", "partly graded, so there are no final points",
        "nothing was handed in",
    ]  # fmt: skip
    done, after = filled(tmp_path, "canvas", sheet, records, Policy(nothing_as="0"))
    assert len(changed(sheet, after)) == 1


def test_points_of_another_size_are_refused_or_converted(tmp_path: Path) -> None:
    """85 of 100 is not 85 of 10: an error, unless the TA wants it converted, exactly."""
    sheet = lms.canvas_sheet(points="10.00")
    with pytest.raises(SheetError, match="out of 10 points, and the exam of 100") as refused:
        filled(tmp_path, "canvas", sheet, [record(ADA)])
    assert "--scale" in refused.value.hint
    _, after = filled(tmp_path, "canvas", sheet, [record(ADA)], Policy(scale=True))
    assert ",8.5," in changed(sheet, after)[0]


OUT_OF_TEN = {
    "Blackboard": "Exercise 5 [Total Pts: 10 Score] |4567",
    "Blackboard's total": "Exercise 5 [Total Pts: 10.0 Percentage] |4567",
    "Brightspace": "Exercise 5 Points Grade <Numeric MaxPoints:10 Weight:5 Category:Labs CategoryWeight:20>",
}


@pytest.mark.parametrize("title", OUT_OF_TEN.values(), ids=OUT_OF_TEN)
def test_a_title_that_says_what_points_are_out_of_is_read(tmp_path: Path, title: str) -> None:
    """Both platforms would take 85 of 10: it is refused like elsewhere, and converted where that is wanted."""
    sheet = f"Username,{title}\n{ADA.number},\n"
    with pytest.raises(SheetError, match="out of 10 points, and the exam of 100"):
        filled(tmp_path, "csv", sheet, [record(ADA)], column="Exercise 5")
    _, after = filled(tmp_path, "csv", sheet, [record(ADA)], Policy(scale=True), column="Exercise 5")
    assert after == f"Username,{title}\n{ADA.number},8.5\n"


def test_nothing_is_converted_to_points_out_of_none(tmp_path: Path) -> None:
    """Everybody would have 0; and to say --scale again is no way out."""
    with pytest.raises(SheetError, match="out of 0 points") as refused:
        filled(tmp_path, "canvas", lms.canvas_sheet(points="0.00"), [record(ADA)], Policy(scale=True))
    assert "--scale" not in refused.value.hint
    assert "maximum" in refused.value.hint


# ---- columns -----------------------------------------------------------------------------------------------------


def test_a_title_is_never_added_and_never_guessed(tmp_path: Path) -> None:
    """An unknown title would make a new assignment in Canvas: the error lists what there is."""
    sheet = lms.canvas_sheet().replace("Exercise 5: non", "Exercise V: non")
    with pytest.raises(SheetError) as refused:
        filled(tmp_path, "canvas", sheet, [record(ADA)])
    assert "Quiz 1 (445500)" in refused.value.hint
    assert "#7" in refused.value.hint
    for column in ("445566", "Exercise V", "#7", "Exercise V: non-linearities and the affine layer (445566)"):
        done, after = filled(tmp_path, "canvas", sheet, [record(ADA)], column=column)
        assert done.column.startswith("Exercise V")
        assert after.splitlines()[0] == sheet.splitlines()[0]
    with pytest.raises(SheetError, match="fits"):
        filled(tmp_path, "canvas", sheet, [record(ADA)], column="e")
    with pytest.raises(SheetError, match="holds ids"):
        filled(tmp_path, "canvas", sheet, [record(ADA)], column="ID")
    with pytest.raises(SheetError, match="no column"):
        filled(tmp_path, "canvas", sheet, [record(ADA)], column="Exercise 6")


def test_two_columns_of_one_title_are_not_chosen_between(tmp_path: Path) -> None:
    """Canvas may have the exercise twice, with two numbers: the TA says which."""
    sheet = lms.canvas_sheet().replace("Quiz 1 (445500)", f"{TITLE} (445500)")
    with pytest.raises(SheetError, match="several columns"):
        filled(tmp_path, "canvas", sheet, [record(ADA)])


LANGUAGES = {"en": ",", "de": ";", "fi": ";"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_worksheet_is_read_in_any_language(tmp_path: Path, language: str) -> None:
    """Moodle translates its titles: points are before the constant maximum, ids are the numbers, commas stay commas."""
    sheet = lms.moodle_sheet(PEOPLE, language, LANGUAGES[language], "100,00" if language != "en" else "100.00")
    done, after = filled(tmp_path, "moodle", sheet, [record(p, Fraction(171, 2), "moodle") for p in PEOPLE])
    assert done.written == 5
    points = "85.5" if language == "en" else "85,5"
    assert [points in line for line in changed(sheet, after)] == [True] * 5


def test_a_column_of_points_is_not_guessed_from_too_little(tmp_path: Path) -> None:
    """A group's number is constant too, and in a single row everything is: asked for, not guessed."""
    sheet = lms.moodle_sheet(PEOPLE, "fi", ";")
    grouped = sheet.replace(';"Submitted for grading - ";', ";7;").replace(";Tila;", ";Ryhmä;")
    records = [record(p, 85, "moodle") for p in PEOPLE]
    done, after = filled(tmp_path, "moodle", grouped, records)
    assert done.column == "Pisteet (x)"
    assert len(changed(grouped, after)) == 5
    with pytest.raises(SheetError, match="not clear which column") as refused:
        filled(tmp_path, "moodle", lms.moodle_sheet([ADA], "fi", ";"), records[:1])
    assert "#5 'Pisteet (x)'" in refused.value.hint


def test_comments_of_a_ta_are_kept(tmp_path: Path) -> None:
    """The column of comments is filled in only where nobody has said anything; markup is never in it."""
    sheet = lms.moodle_sheet([ADA, ZOE]).replace(",-,\n", ",-,Well done!\n", 1)
    _, after = filled(tmp_path, "moodle", sheet, [record(p, 85, "moodle") for p in (ADA, ZOE)])
    first, second = changed(sheet, after)
    assert first.endswith(",-,Well done!\n")
    assert "85 of 100 points; f: partly, 85 of 100" in second
    assert "<" not in second
    _, without = filled(tmp_path, "moodle", sheet, [record(p, 85, "moodle") for p in (ADA, ZOE)], comments=False)
    assert "f: partly" not in without


THEIRS = (
    "85 of 100 points",
    "85 of 100 points; see me: f is partly right",
    "85 of 100 points; f: partly, 85 of 100; well done",
)


@pytest.mark.parametrize("late", [Fraction(0), Fraction(10)])
def test_a_comment_of_an_earlier_export_says_the_points_of_today(tmp_path: Path, late: Fraction) -> None:
    """The worksheet comes back from Moodle with what was filled in before: points and comment are of one day."""
    before = record(ADA, 75, "moodle", deduction=late)
    _, sheet = filled(tmp_path, "moodle", lms.moodle_sheet([ADA, ZOE]), [before])
    [criterion] = before.criteria
    by_hand = replace(
        criterion, points=Fraction(90), override=Override(before.student_id, "f", Fraction(90), "Fine.", "Kim")
    )
    after = replace(before, points=90 - late, deduction=late, criteria=(by_hand,))
    _, again = filled(tmp_path, "moodle", sheet, [after])
    assert "75" not in again
    assert f"{90 - late} of 100 points; f: points by a TA, 90 of 100" in again
    assert again.count("late: 10 points taken off") == bool(late)


@pytest.mark.parametrize("comment", THEIRS)
def test_a_comment_that_is_like_ours_is_kept(tmp_path: Path, comment: str) -> None:
    """Whoever has added a word of theirs keeps it."""
    sheet = lms.moodle_sheet([ADA, ZOE]).replace(",-,\n", f",-,{comment!r}\n".replace("'", '"'), 1)
    _, after = filled(tmp_path, "moodle", sheet, [record(ADA, 90, "moodle")])
    assert comment in after


def test_a_sheet_of_another_form_is_told(tmp_path: Path) -> None:
    """nbgrader's titles must be its own, a sheet of other people is not this course's."""
    with pytest.raises(SheetError, match="not nbgrader's"):
        filled(tmp_path, "nbgrader", "assignment,score\nx,1\n", [record(ADA, 85, "nbgrader")])
    with pytest.raises(SheetError, match="no row of an assignment that is called exercise_05") as refused:
        filled(tmp_path, "nbgrader", lms.nbgrader_sheet(PEOPLE, "ps1"), [record(ADA, 85, "nbgrader")])
    assert "there are: ps0, ps1" in refused.value.hint
    with pytest.raises(SheetError, match=r"no column of .* holds ids") as refused:
        filled(tmp_path, "csv", "id,points\nx,1\n", [record(ADA)], column="points")
    assert "roster" in refused.value.hint
    with pytest.raises(SheetError, match=r"no column of .* holds ids") as refused:
        filled(tmp_path, "csv", "id,points\n10234,1\n", [record(ADA, platform="sis", student_id="0010234")], column="p")
    assert "#1 'id' has 10234 for 0010234" in refused.value.hint


NAMES = [
    ("Ada Lovelace", "Ada", "Lovelace"),
    ("Ana de la Cruz", "Ana de la", "Cruz"),
    ("Plato", "", "Plato"),
    ("u-7", "", ""),
]


@pytest.mark.parametrize(("name", "first", "last"), NAMES)
def test_nbgraders_sheet_has_first_and_last_names(name: str, first: str, last: str) -> None:
    """The last word is the last name; where only the id is known, it stands in no name's place."""
    made = record(replace(ADA, sis="u-7"), 85, "nbgrader", name=name)
    [row] = csv.DictReader(io.StringIO(nbgrader_csv("exercise_05", "", [made])))
    assert (row["student_id"], row["first_name"], row["last_name"]) == ("u-7", first, last)


def test_nbgrader_keeps_the_penalty_apart(tmp_path: Path) -> None:
    """Raw score, what lateness took, and what is left: three columns, and they add up."""
    late = record(ADA, 75, "nbgrader", deduction=Fraction(10))
    late = replace(late, criteria=(replace(late.criteria[0], points=Fraction(85)),))
    assert nbgrader_scores(late) == {
        "raw_score": "85",
        "late_submission_penalty": "10",
        "score": "75",
        "max_score": "100",
    }
    assert comment(late).endswith("late: 10 points taken off")
    unreadable = nbgrader_scores(record(ADA, None))
    assert unreadable["score"] == ""


# ---- numbers -----------------------------------------------------------------------------------------------------


@given(st.fractions(0, 1000))
def test_points_are_written_to_the_nearest_hundredth(points: Fraction) -> None:
    """Never off by more than half a hundredth, and never with an exponent or a blank."""
    number = read_number(plain(points))
    assert number is not None
    assert abs(number - points) <= Fraction(1, 200)
    assert number * 100 == int(number * 100)


@pytest.mark.parametrize(
    ("points", "text"),
    [(Fraction(1, 3), "0.33"), (Fraction(1, 8), "0.13"), (Fraction(0), "0"), (Fraction(15, 2), "7.5")],
)
def test_halves_are_rounded_up(points: Fraction, text: str) -> None:
    """As people do, and in the student's favour."""
    assert plain(points) == text


def test_formulas_are_defused_in_what_is_written(tmp_path: Path) -> None:
    """Text of ours that a spreadsheet could run is not written as such."""
    evil = record(ADA, 85, "moodle")
    evil = replace(evil, criteria=(replace(evil.criteria[0], name="=cmd"),), max_points=Fraction(100))
    table_text = lms.moodle_sheet([ADA])
    _, after = filled(tmp_path, "moodle", table_text, [evil])
    assert ",=" not in after
    assert ',"=' not in after


# ---- pages back --------------------------------------------------------------------------------------------------


def pages(at: Path, records: Sequence[Record]) -> Path:
    lms.put(at / "reports", [(f"{r.folder}/report.html", r.student_id.encode()) for r in records])
    return at / "reports"


NAMES: Mapping[str, tuple[str, str]] = {
    "canvas": ("doejane_LATE_7_9_a b.ipynb", "doejane_LATE_7_9_feedback.html"),
    "moodle": ("Jane Doe_7", "Jane Doe_7_assignfeedback_file_feedback.html"),
    "github": (
        "exercise-5-jane",
        "ge44abe.html",
    ),  # takes no pages back: they are named after students, as in a plain zip
}


@pytest.mark.parametrize("platform", NAMES)
def test_pages_go_back_under_the_names_their_place_knows(tmp_path: Path, platform: str) -> None:
    """The name a file came under tells whose it is; the zip repeats what counts in it."""
    import zipfile

    entry, name = NAMES[platform]
    mine = record(JANE, 85, platform)
    mine = replace(mine, arrival=replace(mine.arrival, entry=entry))
    done = write_feedback(tmp_path / "f.zip", pages(tmp_path, [mine]), [mine])
    assert (done.layout, done.written) == ("plain" if platform == "github" else platform, 1)
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        assert archive.namelist() == [name]


@pytest.mark.parametrize(
    "entry",
    ["doejane_7_9_my_link.ipynb", "123_LATE_7_9_5_6_a.ipynb", "doe_7_9_link", "LATE_7_9_x.zip", "é_7_9_._a.ipynb"],
)
def test_canvas_finds_the_student_in_every_name(tmp_path: Path, entry: str) -> None:
    """Its rule: the first two parts of digits alone are user and file, and a last part `link…` is no file at all."""
    import zipfile

    mine = record(JANE, 85, "canvas")
    mine = replace(mine, arrival=replace(mine.arrival, entry=entry))
    write_feedback(tmp_path / "f.zip", pages(tmp_path, [mine]), [mine])
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        [name] = archive.namelist()
    parts = name.split("_")
    assert [part for part in parts if re.fullmatch(r"\d+", part)][:2] == ["7", "9"]
    assert not parts[-1].startswith("link")
    assert not name.startswith("._")


def test_a_text_typed_into_canvas_takes_no_page_back(tmp_path: Path) -> None:
    """There is no file that Canvas could show it beside; it is told, and the others' pages are written."""
    mine, other = record(JANE, None, "canvas"), record(ADA, 85, "canvas")
    mine = replace(mine, arrival=replace(mine.arrival, entry="doejane_7_text.html"))
    other = replace(other, arrival=replace(other.arrival, entry="ada_8_9_a.ipynb"))
    done = write_feedback(tmp_path / "f.zip", pages(tmp_path, [mine, other]), [mine, other])
    assert (done.written, done.no_place) == (1, [f"{mine.student_id}: the name it came under tells no place"])


@pytest.mark.parametrize("platform", ["moodle", "nbgrader", "flat"])
@pytest.mark.parametrize("name", ["../../x_7", "..\\..\\x_7_9_a.ipynb", "/etc/x_7", "C:x_7_9_a.ipynb", ".."])
def test_a_name_leads_nowhere_out_of_the_zip(tmp_path: Path, platform: str, name: str) -> None:
    """Names come from students: what could climb out is made harmless."""
    import zipfile

    evil = record(JANE, 85, platform)
    evil = replace(
        evil,
        file=f"{name}/{name}/a.ipynb",
        student_id=name,
        arrival=replace(evil.arrival, entry=name),
    )
    write_feedback(tmp_path / "f.zip", pages(tmp_path, [evil]), [evil])
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        [made] = archive.namelist()
    assert not set(made) & set("\\:")
    assert ".." not in made.split("/")
    assert not made.startswith("/")


DEVICES = ["aux", "CON", "nul", "prn", "Com1", "lpt9", "com¹", "aux.a", "con .b", "nul ", "x.", "x ", "CONIN$"]
PLAIN = ["auxiliary", "console", "com", "com10", "x.aux", "null", ".con", "Conny"]


@pytest.mark.parametrize("platform", ["nbgrader", "flat", "moodle"])
@pytest.mark.parametrize("name", [*DEVICES, *PLAIN])
def test_windows_can_unpack_every_page(tmp_path: Path, platform: str, name: str) -> None:
    """It makes no file or folder called like one of its devices, and cuts dots and blanks off at the end of a name."""
    import zipfile

    mine = record(JANE, 85, platform)
    folder = name.strip(" .$") if platform == "flat" else mine.folder
    mine = replace(
        mine, student_id=name, folder=folder, file=f"{name}/{name}/a.ipynb", arrival=replace(mine.arrival, entry=name)
    )
    write_feedback(tmp_path / "f.zip", pages(tmp_path, [mine]), [mine])
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        [made] = archive.namelist()
    for part in made.split("/"):
        stem = part.split(".")[0].rstrip(" ").lower()
        assert not re.fullmatch(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]", stem)
        assert part == part.rstrip(". ")
    if name in PLAIN and platform == "nbgrader":
        assert made.split("/")[0] == name


def test_two_pages_never_have_one_name(tmp_path: Path) -> None:
    """Else one is unpacked over the other, and a student reads another's."""
    import zipfile

    mine, other = record(JANE, 85, "nbgrader"), record(ADA, 85, "nbgrader")
    mine, other = (
        replace(one, student_id=name, file="in/ps1/a.ipynb") for one, name in ((mine, "aux"), (other, "aux_"))
    )
    done = write_feedback(tmp_path / "f.zip", pages(tmp_path, [mine, other]), [mine, other])
    assert (done.written, done.no_place) == (1, ["aux_: another page is called aux_/ps1/a.html"])
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        assert archive.namelist() == ["aux_/ps1/a.html"]


def test_every_member_of_a_group_of_moodle_s_gets_its_page(tmp_path: Path) -> None:
    """By the member's own number, which the worksheet knows: by the group's, it would be somebody else's page."""
    import zipfile

    sheet = tmp_path / "sheet.csv"
    sheet.write_text(GROUPS.replace("Blue_B", "Green"), encoding="utf-8")
    groups = teams()
    found = members_in(read_table(sheet), groups)
    done = write_feedback(tmp_path / "f.zip", pages(tmp_path, groups), groups, members=found)
    assert (done.written, done.no_place) == (2, ["Blue B: no row of the worksheet is of this group"])
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        made = {name: archive.read(name) for name in archive.namelist()}
    assert made == {
        f"Team Red, A_{n}_assignfeedback_file_feedback.html": groups[0].student_id.encode() for n in (12, 7)
    }


NO_GROUPS = {
    "none has a group's name": (GROUPS.replace("Team: Red", "Tutorial"), "no column .* groups"),
    "each name stands there once": (GROUPS.replace("Team: Red, A", "Team: Red, B", 1), "no column .* groups"),
    "no numbers of participants": (GROUPS.replace("Participant ", "Student no. "), ""),
    "numbers alone, which may be of any kind": (GROUPS.replace("Participant ", ""), "`Participant`"),
    "one number twice": (GROUPS.replace("Participant 7", "Participant 12"), "`Participant`"),
}


@pytest.mark.parametrize(("sheet", "said"), NO_GROUPS.values(), ids=NO_GROUPS.keys())
def test_of_a_worksheet_that_tells_no_members_no_page_is_handed_back(tmp_path: Path, sheet: str, said: str) -> None:
    """Another sheet than that of this assignment, or one whose rows are nobody's for sure; any language will do."""
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    table = read_table(tmp_path / "sheet.csv")
    if not said:
        assert members_in(table, teams()) == {"13": ["12", "7"], "7": ["13"]}
        return
    with pytest.raises(SheetError, match=said) as refused:
        members_in(table, teams())
    assert refused.value.hint


def test_a_zip_that_nobody_could_place_is_not_written(tmp_path: Path) -> None:
    """Of a class that did not come from Canvas no zip for Canvas is made, and the reason is said."""
    mine = record(JANE, 85, "nbgrader")
    with pytest.raises(ExportError, match="canvas") as refused:
        write_feedback(tmp_path / "f.zip", pages(tmp_path, [mine]), [mine], "canvas")
    assert refused.value.hint
    assert not list(tmp_path.glob("f.zip*"))


@pytest.mark.parametrize("cell", ['="0017"', '"=""0017"""'])
def test_an_id_that_is_kept_as_text_is_found_and_stays(tmp_path: Path, cell: str) -> None:
    """The row is filled in, and its id is byte for byte what it was; so is a cell that says the points already."""
    one = replace(record(ADA, 85, "flat"), student_id="0017", arrival=Arrival("flat", {}))
    done, after = filled(tmp_path, "csv", f'="id",points\n{cell},\n', [one], column="points")
    assert (done.written, done.nobody, after) == (1, [], f'="id",points\n{cell},85\n')
    _, again = filled(tmp_path, "csv", f'id,points\n{cell},="85"\n', [one], column="points")
    assert again == f'id,points\n{cell},="85"\n'


@pytest.mark.parametrize(("more", "end"), [(0, f"#{MOST_LISTED} 'c'"), (1, ", …")], ids=["all", "too many"])
def test_an_error_lists_columns_by_number_and_says_where_there_are_more(more: int, end: str) -> None:
    """A course's gradebook has hundreds of columns, of which an error names the first."""
    titles = ["c"] * (MOST_LISTED + more)
    told = listed_titles(titles, range(len(titles)))
    assert told.startswith("#1 'c', #2 'c', ")
    assert told.endswith(end)
    assert told.count("#") == MOST_LISTED
