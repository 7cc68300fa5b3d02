"""What TAs change survives: taken whole or not at all, told everywhere, kept when all is graded again.

takes: a tiny class, a sheet of changed points, the command line.
gives: one promise a test, said in its docstring.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_batch import Desk, copy_of, new_and_same
from test_compile_key import DOUBLE, mistake, write
from test_gradebook import FULL, RUN

from grader.cli.writing import order_of
from grader.errors import GradebookError, OverridesError
from grader.export import Roster, parse_points, read_overrides, show_exact, write_overrides
from grader.gradebook import (
    REVIEW,
    SHEET,
    BehaviourRecord,
    CaseRecord,
    CellRecord,
    Gradebook,
    Override,
    applied,
    prepare,
)
from grader.gradebook.rows import summed
from grader.review.desk import ReviewDesk

# The tiny exam has one criterion, `double`, worth two points; "halves" is its known mistake.
CLASS = {
    "ada": "def double(x):\n    return 2 * x\n",
    "bob": "def double(x):\n    return x / 2\n",
    "gina": "",
    "Zoë": "def double(x):\n    return x + 1\n",
    "=sum": "def double(x):\n    raise KeyError\n",
}
HEAD = "student_id,criterion,points,reason,by\n"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The class, graded, without any change. Nobody changes it."""
    desk = Desk(tmp_path_factory.mktemp("overrides"), CLASS)
    assert new_and_same(desk.grade()) == (len(CLASS), 0)
    return desk


@pytest.fixture
def desk(graded: Desk, tmp_path: Path) -> Desk:
    """A copy of it, to do things with: to grade it each time takes longer than all that is done with it."""
    return copy_of(graded, tmp_path)


@pytest.fixture
def new_desk(tmp_path: Path) -> Desk:
    """The class before anything was graded."""
    return Desk(tmp_path, CLASS)


def sheet(desk: Desk, *rows: str, head: str = HEAD) -> Path:
    path = desk.out.parent / "overrides.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def points_of(desk: Desk) -> dict[str, str]:
    with (desk.out / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"].lstrip("'"): row["points"] for row in csv.DictReader(file)}


def page_of(desk: Desk, student: str) -> str:
    return (desk.out / student / "report.html").read_text(encoding="utf-8")


# ---- a run with a sheet --------------------------------------------------------------------------------------------


def test_changed_points_are_told_everywhere(desk: Desk) -> None:
    """A TA's points stand in the sheets, and on the student's page with the reason and who gave them; the verdict's
    word stays the machine's, and the class page lists the change."""
    done = desk.grade("--overrides", sheet(desk, 'bob,double,1/3,"Right <b>idea</b>, told orally.",Kim'))
    assert "Changed by a TA: 1 criterion" in done.stdout
    assert points_of(desk)["bob"] == "0.3333"
    [criterion] = desk.verdicts()["bob"]["criteria"]
    assert criterion["verdict"] == "known mistake"
    assert criterion["points"] == 0.3333
    assert criterion["override"] == {
        "points": 0.3333, "reason": "Right <b>idea</b>, told orally.", "by": "Kim", "machine_points": 0,
        "changed_since": False,
    }  # fmt: skip
    page = page_of(desk, "bob")
    assert "changed by a teaching assistant" in page
    assert "Right &lt;b&gt;idea&lt;/b&gt;, told orally." in page
    assert "(Kim)" in page
    index = (desk.out / "index.html").read_text()
    assert "Changed by a teaching assistant" in index
    assert "told orally" in index
    assert "override" not in desk.verdicts()["ada"]["criteria"][0]


def test_points_are_kept_exactly(new_desk: Desk) -> None:
    """A third is a third in the gradebook and in the sheet that is written for keeping."""
    new_desk.grade("--overrides", sheet(new_desk, "bob,double,1/3,Why.,Kim"))
    with closing(sqlite3.connect(new_desk.out / "gradebook.sqlite")) as book:
        assert book.execute("SELECT points, run_id FROM overrides").fetchall() == [("1/3", 1)]
    assert "bob,double,1/3,Why.,Kim" in (new_desk.out / "overrides.csv").read_text()


def test_what_is_not_changed_is_not_graded_again(desk: Desk) -> None:
    """A sheet given later changes pages and sheets, and runs nobody's code."""
    desk.grade()
    before = page_of(desk, "ada")
    done = desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim"))
    assert new_and_same(done) == (0, 5)
    assert points_of(desk)["bob"] == "1"
    assert "Why." in page_of(desk, "bob")
    assert page_of(desk, "ada") == before


def test_a_run_that_finds_nothing_new_tells_the_class_with_them(desk: Desk) -> None:
    """What stands on the terminal is the class as it is on its page, also where nothing was graded or written."""
    runs = [desk.grade(), desk.grade()]
    runs += [desk.grade("--overrides", sheet(desk, "ada,double,1,Fine.,Kim")), desk.grade()]
    assert new_and_same(runs[1]) == new_and_same(runs[3]) == (0, len(CLASS))
    plain, plain_again, told, told_again = (run.stdout.split(" hand-ins: ")[1] for run in runs)
    assert plain == plain_again != told == told_again


def test_regrading_keeps_them(desk: Desk) -> None:
    """A later run without the sheet, a forced one and a rejudge leave a TA's points; so does a lost page."""
    desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim"))
    shutil.rmtree(desk.out / "bob")
    for again in (desk.grade, lambda: desk.grade("--force"), desk.rejudge):
        assert again().returncode in (0, 1)
        assert points_of(desk)["bob"] == "1"
        assert "Why." in page_of(desk, "bob")


def test_a_row_that_is_gone_gives_the_points_back(desk: Desk) -> None:
    """The sheet is the truth about what stands in it: without its row, the machine's points count again."""
    desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim", "ada,double,2,So.,Kim"))
    desk.grade("--overrides", sheet(desk, "ada,double,2,So.,Kim"))
    assert points_of(desk)["bob"] == "0"
    assert points_of(desk)["ada"] == "2"
    assert "Why." not in page_of(desk, "bob")


def test_what_a_sheet_takes_back_is_told_as_rows(desk: Desk) -> None:
    """Who gives the sheet of a colleague reads whose points it gives back, in the form in which a sheet takes them; a
    word of the review page is not taken back by any sheet."""
    desk.grade("--overrides", sheet(desk, 'bob,double,1,"Why, so.",Kim', "ada,double,2,So.,Kim"))
    with ReviewDesk(order_of(desk.out, None, None), "Kim") as review:
        ada = review.hand_in("ada")
        assert ada is not None
        review.change(ada, str(ada.version), [Override("ada", "double", Fraction(1), "Orally.")])
    done = desk.grade("--overrides", sheet(desk, "gina,double,2,So.,Lee"))
    assert 'count no more: 1\n  bob,double,1,"Why, so.",Kim\n  next: ' in done.stdout
    assert "count no more" not in desk.grade().stdout
    assert "count no more" not in desk.grade("--overrides", desk.out / "overrides.csv").stdout
    assert json.loads(desk.grade("--overrides", sheet(desk), "--json").stdout)["changes_taken_back"] == 1


def test_what_a_sheet_takes_back_gives_way_to_an_earlier_word(desk: Desk) -> None:
    """What counts then is the word of the review page, and not the machine's: nothing else is said."""
    desk.grade()
    with ReviewDesk(order_of(desk.out, None, None), "Kim") as review:
        ada = review.hand_in("ada")
        assert ada is not None
        review.change(ada, str(ada.version), [Override("ada", "double", Fraction(1), "Orally.")])
    desk.grade("--overrides", sheet(desk, "ada,double,0,No.,Lee"))
    assert points_of(desk)["ada"] == "0"
    done = desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Lee"))
    assert points_of(desk)["ada"] == "1"
    assert "so that they count no more: 1\n  ada,double,0,No.,Lee\n" in done.stdout
    assert "machine" not in done.stdout


def test_sheets_of_two_tas_are_one_sheet(desk: Desk) -> None:
    """Each went through a part of the class; a row that both have counts once, and two words on one are refused."""
    kim = sheet(desk, "bob,double,1,Why.,Kim", "ada,double,2,So.,Kim").rename(desk.out.parent / "kim.csv")
    lee = sheet(desk, "gina,double,2,Orally.,Lee", "ada,double,2,So.,Kim").rename(desk.out.parent / "lee.csv")
    desk.grade("--overrides", kim, "--overrides", lee)
    assert [points_of(desk)[student] for student in ("ada", "bob", "gina")] == ["2", "1", "2"]
    other = sheet(desk, "bob,double,2,Better.,Lee")
    done = desk.grade("--overrides", kim, "--overrides", other)
    assert done.returncode == 2
    assert f"{other}: bob, double stands in {kim} too" in done.stderr
    assert points_of(desk)["bob"] == "1"


def test_a_changed_verdict_is_flagged(desk: Desk) -> None:
    """Where the machine says something else than when the TA looked, the TA's points stand, and the terminal, the
    class page and the verdicts say so; where it says the same, nothing is flagged."""
    done = desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim", "ada,double,2,So.,Kim"))
    assert "something else since" not in done.stdout
    (desk.hand_ins / "bob" / "layer.py").write_text(CLASS["ada"])
    done = desk.grade()
    assert "something else since" in done.stdout
    assert f"grader review {desk.out}\n" in done.stdout
    assert "bob, double: was known mistake, 0; is correct" in done.stdout
    assert "ada, double" not in done.stdout
    assert points_of(desk)["bob"] == "1"
    index = (desk.out / "index.html").read_text()
    assert "changed since" in index
    assert "was known mistake, 0" in index
    flags = {name: row["criteria"][0].get("override", {}).get("changed_since") for name, row in desk.verdicts().items()}
    assert flags == {"ada": False, "bob": True, "gina": None, "Zoë": None, "=sum": None}
    done = desk.grade("--overrides", sheet(desk, "bob,double,1,Looked again.,Kim"))
    assert "something else since" not in done.stdout


def test_points_above_a_maximum_that_was_lowered_are_told_as_what_counts(desk: Desk) -> None:
    """What was given and what is counted, in the terminal and on each page; nothing says that the given one counts."""
    desk.grade("--overrides", sheet(desk, "bob,double,2,Why.,Kim"))
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 1)'), mistakes=mistake("halves"))
    done = desk.grade()
    assert "today's maximum, which counts:\n  bob, double: given 2, counted 1\n  confirm or change" in done.stdout
    assert "still count:" not in done.stdout
    assert "given 2, counted 1" in (desk.out / "index.html").read_text()
    assert "1 of 1 (given when it was worth more: 2; the maximum of today is counted)" in page_of(desk, "bob")
    assert points_of(desk)["bob"] == "1"
    [told] = desk.verdicts()["bob"]["criteria"]
    assert (told["points"], told["max_points"], told["override"]["points"]) == (1, 1, 2)


def test_what_could_not_be_graded_can_be_marked_by_hand(desk: Desk) -> None:
    """Points for a file that no program could read count like others, and the page says that a person gave them."""
    done = desk.grade("--overrides", sheet(desk, "gina,double,2,Marked on paper.,Kim"))
    assert done.returncode == 0
    assert points_of(desk)["gina"] == "2"
    assert desk.verdicts()["gina"]["status"] == "graded"
    assert "Marked on paper." in page_of(desk, "gina")


def test_a_student_who_lost_points_to_a_person_reads_the_person_first(desk: Desk) -> None:
    """Where a TA took points from what the machine finds right, the top of the page says the TA's reason, and not
    that all is right."""
    desk.grade("--overrides", sheet(desk, "ada,double,1,Not your own work.,Kim"))
    start = page_of(desk, "ada").split("Start here:")[1].split("</p>")[0]
    assert "Not your own work." in start
    assert "Right" not in start


def test_a_change_about_who_is_gone_is_told(desk: Desk) -> None:
    """Whoever is graded no more loses no change, and the terminal says whose is kept; in the class again, it counts."""
    desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim"))
    away = desk.hand_ins.parent / "away"
    shutil.move(desk.hand_ins / "bob", away)
    for _ in range(2):  # the second run finds nothing new
        assert "1 change by a TA: bob (double)" in " ".join(desk.grade().stdout.split())
    shutil.move(away, desk.hand_ins / "bob")
    assert "about nobody" not in desk.grade().stdout
    assert points_of(desk)["bob"] == "1"


def test_zero_by_hand_is_a_number(desk: Desk) -> None:
    """Where a TA gives nothing, the sheet says 0 and not the machine's word."""
    desk.grade("--overrides", sheet(desk, "=sum,double,0,Copied.,Kim"))
    with (desk.out / "grades.csv").open(encoding="utf-8") as file:
        [row] = [row for row in csv.DictReader(file) if row["student_id"] == "'=sum"]
    assert row["double"] == "0"


def test_a_comment_alone_changes_no_points(desk: Desk) -> None:
    """A row without points is a comment: it stands on the page, and the machine's points count."""
    done = desk.grade("--overrides", sheet(desk, "bob,double,,See me about this.,Kim"))
    assert "0 criteria; 1 comment" in done.stdout
    assert points_of(desk)["bob"] == "0"
    assert "See me about this." in page_of(desk, "bob")


def test_a_lost_gradebook_loses_no_changes(desk: Desk) -> None:
    """`overrides.csv` among the reports has all of them, and can be given back as it is."""
    desk.grade("--overrides", sheet(desk, 'bob,double,1.5,"A ""word"", and more",Kim', "'=sum,double,2,=Why not,"))
    kept = desk.out.parent / "kept.csv"
    shutil.copy(desk.out / "overrides.csv", kept)
    shutil.rmtree(desk.out)
    desk.grade("--overrides", kept)
    assert points_of(desk)["bob"] == "1.5"
    assert points_of(desk)["=sum"] == "2"
    assert (desk.out / "overrides.csv").read_bytes() == kept.read_bytes()


LOSSES: dict[str, Callable[[Path], object]] = {
    "moved away": lambda book: book.rename(book.with_name("old.sqlite")),
    "empty": lambda book: book.write_bytes(b""),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_new_gradebook_leaves_the_sheet_of_a_lost_one(desk: Desk, loss: str) -> None:
    """Grading without --overrides, judging anew and a later word in review keep what the new gradebook does not know,
    say how much that is, and what takes it."""
    desk.grade("--overrides", sheet(desk, "bob,double,1.5,Right idea.,Kim", "'=sum,double,2,=Why not,"))
    kept = desk.out / "overrides.csv"
    before = kept.read_bytes()
    for beside in desk.out.glob("gradebook.sqlite-*"):
        beside.unlink()
    LOSSES[loss](desk.out / "gradebook.sqlite")
    for again in (desk.grade, desk.grade, desk.rejudge):
        said = " ".join(again().stdout.split())
        assert f"{kept} holds 2 changes that this gradebook does not know" in said
        assert f"next: to take what stands there, grade with --overrides {kept}" in said
        assert kept.read_bytes() == before
    assert points_of(desk)["bob"] == "0"
    change_in_review(desk, "ada", "double", Fraction(1), "Told orally.")
    assert kept.read_text().splitlines()[1] == "ada,double,1,Told orally.,Kim"
    assert kept.read_text().splitlines()[2:] == before.decode().splitlines()[1:]
    assert "does not know" not in desk.grade("--overrides", kept).stdout
    assert [points_of(desk)[student] for student in ("ada", "bob", "=sum")] == ["1", "1.5", "2"]


def change_in_review(desk: Desk, student: str, criterion: str, points: Fraction, reason: str) -> None:
    with ReviewDesk(order_of(desk.out, None, None), "Kim") as review:
        hand_in = review.hand_in(student)
        assert hand_in is not None
        assert review.not_taken() == 2
        review.change(hand_in, str(hand_in.version), [Override(student, criterion, points, reason)])


def test_another_sheet_leaves_what_stands_in_a_lost_gradebook_s(desk: Desk) -> None:
    """What another sheet does not name is kept too; and what the last sheet took back is not: it was known."""
    desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim", "gina,double,1,Orally.,Kim"))
    (desk.out / "gradebook.sqlite").unlink()
    done = desk.grade("--overrides", sheet(desk, "bob,double,2,Better.,Kim"))
    assert "holds 1 change that" in done.stdout
    assert (desk.out / "overrides.csv").read_text().splitlines()[1:] == [
        "bob,double,2,Better.,Kim",
        "gina,double,1,Orally.,Kim",
    ]
    desk.grade("--overrides", desk.out / "overrides.csv")
    assert "does not know" not in desk.grade("--overrides", sheet(desk)).stdout
    assert (desk.out / "overrides.csv").read_text() == HEAD


@pytest.mark.parametrize("between", ["nothing", "judging anew", "a word in review"])
def test_what_somebody_wrote_into_the_kept_sheet_stays_there(desk: Desk, between: str) -> None:
    """Who changes points in `overrides.csv` among the reports reads that they do not count yet, and how they will; no
    run puts ours in their place, nor says that of what a spreadsheet has only written another way."""
    desk.grade("--overrides", sheet(desk, "bob,double,1.5,Right idea.,Kim", "ada,double,2,So.,Kim"))
    kept = desk.out / "overrides.csv"
    kept.write_text(
        "student_id;criterion;points;reason;by\r\nada;double;2,0;So.;Kim\r\nbob;double;1,50;Right idea.;Kim\r\n"
    )
    assert "does not know" not in desk.grade().stdout
    desk.rejudge()
    changed = kept.read_text().replace("bob,double,1.5,Right idea.", "bob,double,1,Half of it.")
    assert changed != kept.read_text()
    kept.write_text(changed)
    if between == "judging anew":
        assert f"{kept} holds 1 change that this gradebook does not know" in desk.rejudge().stdout
    if between == "a word in review":
        with ReviewDesk(order_of(desk.out, None, None), "Kim") as review:
            gina = review.hand_in("gina")
            assert gina is not None
            review.change(gina, str(gina.version), [Override("gina", "double", Fraction(1), "Orally.")])
    said = desk.grade().stdout
    assert f"{kept} holds 1 change that this gradebook does not know" in said
    assert points_of(desk)["bob"] == "1.5"
    assert "bob,double,1,Half of it.,Kim" in kept.read_text()
    assert "Right idea." not in kept.read_text()
    done = desk.grade("--overrides", kept)
    assert "does not know" not in done.stdout
    assert points_of(desk)["bob"] == "1"
    assert "does not know" not in desk.rejudge().stdout


def test_a_kept_sheet_that_cannot_be_read_is_not_written_over(desk: Desk) -> None:
    """What may stand in it is worth more than our run: it is told before anything is changed."""
    desk.grade("--overrides", sheet(desk, "bob,double,1,Why.,Kim"))
    kept = desk.out / "overrides.csv"
    kept.write_bytes(b"\0" * 99)
    for again in (desk.grade("--force"), desk.rejudge()):
        assert again.returncode == 2
        assert "what TAs changed cannot be read" in again.stderr
        assert f"move {kept} away, or mend it" in again.stderr
        assert kept.read_bytes() == b"\0" * 99
    kept.write_bytes(b"")
    assert desk.grade("--force").returncode == 1
    assert "bob,double,1,Why.,Kim" in kept.read_text()


def test_machines_are_told_too(new_desk: Desk) -> None:
    """`--json` prints one document with every submission as in verdicts.jsonl, and nothing else."""
    done = new_desk.grade("--overrides", sheet(new_desk, "bob,double,1,Why.,Kim"), "--json")
    told = json.loads(done.stdout)
    assert (told["graded_now"], told["unchanged"]) == (5, 0)
    assert {row["student_id"]: row for row in told["submissions"]} == new_desk.verdicts()
    assert done.returncode == 1  # gina
    assert not done.stderr
    assert json.loads(new_desk.grade("--json", "--overrides", "nowhere.csv").stdout)["error"]["exit_code"] == 2


# ---- a sheet that is wrong -----------------------------------------------------------------------------------------

WRONG = [
    ("bbo,double,1,Why.,Kim", "no student in this class called 'bbo'; is bob meant?"),
    ("nobody at all,double,1,Why.,Kim", "copy it from grades.csv"),
    (",double,1,Why.,Kim", "student_id is empty"),
    ("bob,duoble,1,Why.,Kim", "no criterion of this assignment called 'duoble'; is double meant?"),
    ("bob,double,11,Why.,Kim", "from 0 to 3"),
    ("bob,double,-1,Why.,Kim", "out of range"),
    ("bob,double,much,Why.,Kim", "'much' is no number of points"),
    ("bob,double,1/0,Why.,Kim", "no number"),
    ("bob,double,1e9,Why.,Kim", "no number"),
    ("bob,double,1_0,Why.,Kim", "'1_0' is no number"),
    ("bob,double,nan,Why.,Kim", "no number"),
    ("bob,double,1,,Kim", "no reason"),
    ("bob,double,1", "no reason"),
]


@pytest.fixture(scope="module")
def roster() -> Roster:
    return Roster(list(CLASS), {"double": Fraction(3)})


@pytest.mark.parametrize(("row", "said"), WRONG, ids=[row for row, _ in WRONG])
def test_a_wrong_row_is_named_by_its_line(tmp_path: Path, roster: Roster, row: str, said: str) -> None:
    """The file, the line and what to do; a right row beside it is not taken either."""
    path = tmp_path / "o.csv"
    path.write_text(f"{HEAD}ada,double,1,Fine.,Kim\n{row}\n")
    with pytest.raises(OverridesError) as refused:
        read_overrides(path, roster, "now")
    assert "o.csv: 1 line is wrong, and nothing of it was taken" in str(refused.value)
    assert "line 3: " in str(refused.value)
    assert said in str(refused.value)
    assert "run the same command again" in refused.value.hint


def test_ids_that_are_kept_as_text_are_understood(tmp_path: Path) -> None:
    """`="0017"`, with quotes of CSV or without, is the student 0017."""
    path = tmp_path / "o.csv"
    path.write_text(f'{HEAD}="0017",double,1,Fine.,Kim\n"=""0018""",double,2,Fine.,Kim\n')
    found = read_overrides(path, Roster(["0017", "0018"], {"double": Fraction(3)}), "now")
    assert [(one.student_id, one.points) for one in found] == [("0017", 1), ("0018", 2)]


def test_a_row_twice_is_told_with_both_lines(tmp_path: Path, roster: Roster) -> None:
    """Which of two rows counts is not guessed."""
    path = tmp_path / "o.csv"
    path.write_text(f"{HEAD}ada,double,1,Fine.,Kim\nbob,double,1,Fine.,Kim\nada,double,2,Fine.,Lee\n")
    with pytest.raises(OverridesError, match="line 4: ada, double stands in line 2 already"):
        read_overrides(path, roster, "now")


def test_all_wrong_rows_are_told_at_once(tmp_path: Path, roster: Roster) -> None:
    """A TA mends a sheet once: every wrong line is named; on a terminal of very many some, and the others counted."""
    path = tmp_path / "o.csv"
    path.write_text(HEAD + "".join(f"x{n},double,1,Why.,Kim\n" for n in range(15)))
    for most, named in ((None, 15), (10, 10), (15, 15)):
        with pytest.raises(OverridesError) as refused:
            read_overrides(path, roster, "now", most)
        assert "15 lines are wrong" in str(refused.value)
        assert str(refused.value).count("\n  line ") == named
        assert ("and 5 more (2> wrong.txt has all)" in str(refused.value)) == (named == 10)


def test_a_pipe_and_a_machine_are_told_every_wrong_line(desk: Desk) -> None:
    """Only a screen is short: where what is said goes elsewhere, nothing is left out."""
    wrong = sheet(desk, *(f"x{n},double,1,Why.,Kim" for n in range(12)))
    told = json.loads(desk.grade("--overrides", wrong, "--json").stdout)["error"]["sentence"]
    for said in (told, desk.grade("--overrides", wrong).stderr):
        assert said.count("there is no student") == 12
        assert "more" not in said


HEADS = [
    ("", "no column student_id, criterion, points, reason"),
    ("student,criterion,points,reason\n", "no column student_id"),
    ("student_id,criterion,points,points,reason\n", "a column twice"),
    ("PK\x03\x04", "no column"),
]


@pytest.mark.parametrize(("head", "said"), HEADS)
def test_a_wrong_head_is_told(tmp_path: Path, roster: Roster, head: str, said: str) -> None:
    """The first line must name the columns, and the error says which they are."""
    path = tmp_path / "o.csv"
    path.write_text(head)
    with pytest.raises(OverridesError, match=said) as refused:
        read_overrides(path, roster, "now")
    assert "student_id,criterion,points,reason,by" in refused.value.hint


def test_a_spreadsheet_itself_is_told_as_that(tmp_path: Path, roster: Roster) -> None:
    """A sheet is often given as it lies there; no first line mends that."""
    path = tmp_path / "o.xlsx"
    path.write_bytes(b"PK\3\4" + bytes(50))
    with pytest.raises(OverridesError, match=r"o\.xlsx") as refused:
        read_overrides(path, roster, "now")
    assert refused.value.hint.startswith("save the spreadsheet as CSV")


def test_the_line_above_the_titles_is_no_title(tmp_path: Path, roster: Roster) -> None:
    """Spreadsheets write `sep=;` there to be read again; what is wrong is told by the lines of the file."""
    path = tmp_path / "o.csv"
    path.write_bytes(
        b"sep=;\r\nstudent_id;criterion;points;reason;by\r\nada;double;1,5;Why.;Kim\r\nada;double;9;Why.;Kim\r\n"
    )
    with pytest.raises(OverridesError, match="line 4: double: 9 points are out of range"):
        read_overrides(path, roster, "now")
    path.write_bytes(path.read_bytes().replace(b"ada;double;9;Why.;Kim\r\n", b""))
    [override] = read_overrides(path, roster, "now")
    assert override.points == Fraction(3, 2)
    path.write_bytes(b"sep=;\r\n")
    with pytest.raises(OverridesError, match="line 2: it has no column"):
        read_overrides(path, roster, "now")


SAVED = [
    ("utf-8", ",", "1.5"), ("utf-8-sig", ",", "1.5"), ("utf-8-sig", ";", "1,5"), ("utf-16", "\t", "1.5"),
    ("cp1252", ";", "3/2"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "parting", "points"), SAVED)
def test_sheets_of_all_spreadsheets_are_read(
    tmp_path: Path, roster: Roster, encoding: str, parting: str, points: str
) -> None:
    """With commas, semicolons or tabs, in the encodings that spreadsheets save, with decimal commas, in any order of
    columns, with empty lines and columns of one's own, and letters with accents in either form."""
    rows = [
        ["Criterion", "reason", "POINTS ", "student_id", "mood"],
        [],
        ["double", "Größer: é", points, "Zoe\u0308", ":)"],
    ]
    if encoding == "cp1252":
        rows[2][3] = "Zoë"
    path = tmp_path / "o.csv"
    path.write_text("\r\n".join(parting.join(row) for row in rows), encoding=encoding)
    [override] = read_overrides(path, roster, "now")
    assert override == Override("Zoë", "double", Fraction(3, 2), "Größer: é", "", "now")


def test_a_wrong_sheet_stops_the_run_before_anything_is_graded(new_desk: Desk) -> None:
    """Nothing is written, the lines are named, and the exit code is the caller's."""
    done = new_desk.grade("--overrides", sheet(new_desk, "bbo,double,1,Why.,Kim"))
    assert done.returncode == 2
    assert "line 2" in done.stderr
    assert "next:" in done.stderr
    assert not new_desk.out.exists()


POINTS = st.fractions(0, 100, max_denominator=999)


@given(POINTS)
def test_points_are_read_as_they_are_written(points: Fraction) -> None:
    """What `overrides.csv` says is what it was."""
    assert parse_points(show_exact(points), Fraction(100)) == points


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n\x85\u2028\u2029"), min_size=1, max_size=30).map(
    lambda text: text.strip()
)


@settings(max_examples=60)
@given(st.lists(st.tuples(POINTS, TEXTS.filter(bool), TEXTS), min_size=1, max_size=4))
def test_a_sheet_that_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Fraction, str, str]]
) -> None:
    """Whatever TAs wrote: quotes, commas, formulas, letters of any script."""
    path = tmp_path_factory.mktemp("sheet") / "o.csv"
    given = [Override(f"s{n}", "f", points, reason, by, "now") for n, (points, reason, by) in enumerate(rows)]
    write_overrides(path, {override.student_id: {"f": override} for override in given})
    roster = Roster([override.student_id for override in given], {"f": Fraction(100)})
    assert read_overrides(path, roster, "now") == given


# ---- the table -----------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "gradebook.sqlite"
    with Gradebook(path) as book:
        book.runs.begin(RUN, "now")
        book.enter(FULL, 1)
    return path


def one(points: int | None, reason: str, source: str = SHEET, criterion: str = "f") -> Override:
    return Override("ada", criterion, None if points is None else Fraction(points), reason, "Kim", "now", source)


def counts(book: Gradebook) -> str:
    return "; ".join(o.reason for o in book.overrides.of("ada").values())


def test_the_later_word_counts(path: Path) -> None:
    """Between the sheet and the review page, whichever was made later; an unchanged row of a sheet is not made anew."""
    with Gradebook(path) as book:
        book.overrides.take_sheet([one(1, "sheet")], 1)
        book.overrides.put([one(2, "review", REVIEW)], 1)
        assert counts(book) == "review"
        assert book.overrides.take_sheet([one(1, "sheet")], 2) == set()
        assert counts(book) == "review"
        assert book.overrides.take_sheet([one(1, "sheet, changed")], 3) == {"ada"}
        assert counts(book) == "sheet, changed"
        assert book.overrides.take_sheet([], 4) == {"ada"}
        assert counts(book) == "review"


def test_what_is_taken_back_counts_no_more(path: Path) -> None:
    """An empty word of the review page lets the machine's points stand, over the sheet's too."""
    with Gradebook(path) as book:
        book.overrides.take_sheet([one(1, "sheet")], 1)
        book.overrides.put([one(None, "", REVIEW)], 1)
        assert book.overrides.effective() == {}


def test_a_kept_sheet_given_back_is_no_news(path: Path) -> None:
    """The sheet among the reports holds words of the review page; given back as a sheet it changes nothing."""
    with Gradebook(path) as book:
        book.overrides.put([one(2, "review", REVIEW)], 1)
        assert book.overrides.take_sheet([one(2, "review")], 2) == set()
        assert [o.source for o in book.overrides.of("ada").values()] == [REVIEW]


def test_words_on_who_is_gone_are_kept(path: Path) -> None:
    """A class that is graded from the wrong folder once loses no TA's work."""
    with Gradebook(path) as book:
        book.overrides.put([one(2, "review", REVIEW)], 1)
        book.keep_only(set())
        assert counts(book) == "review"


def test_reviewed_is_about_the_file_that_was_seen(path: Path) -> None:
    """A mark holds for one file's digest, and can be taken back."""
    with Gradebook(path) as book:
        book.overrides.mark_reviewed("ada", "9f", "Kim", "now")
        assert book.overrides.reviewed() == {"ada": "9f"}
        book.overrides.unmark_reviewed("ada")
        assert book.overrides.reviewed() == {}


def test_a_gradebook_of_before_is_taken_over(path: Path) -> None:
    """One of the first version, whose table of overrides nothing had written to, is brought up to date with its
    records; one of a later grader is refused with a next step."""
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "DROP TABLE overrides; DROP TABLE reviews; PRAGMA user_version = 1;"
            "CREATE TABLE overrides (student_id TEXT, criterion TEXT, points TEXT, reason TEXT, made_by TEXT);"
        )
    with Gradebook(path) as book:
        book.overrides.put([one(2, "review", REVIEW)], 1)
        assert [record.student_id for record in book.records()] == ["ada"]
        assert counts(book) == "review"
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(GradebookError, match="newer grader") as refused:
        Gradebook(path)
    assert refused.value.hint


def _named(kind: type, values: list[object]) -> dict[str, object]:
    return dict(zip((field.name for field in fields(kind)), values, strict=True))


def _name_all(data: dict[str, Any]) -> None:
    data["cells"] = [_named(CellRecord, cell) for cell in data["cells"]]
    for criterion in data["criteria"]:
        criterion["cases"] = [_named(CaseRecord, case) for case in criterion["cases"]]
        criterion["behaviours"] = [_named(BehaviourRecord, held) for held in criterion["behaviours"]]


@pytest.mark.parametrize("version", [2, 5])
def test_records_of_earlier_versions_are_read_as_they_are(path: Path, version: int) -> None:
    """Cases were no text of their own; in the second the fields of cells, cases and behaviours had names, and there was
    no checksum."""
    with Gradebook(path) as book:
        before = list(book.records())
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(f"PRAGMA user_version = {version}")
        for student, text in old.execute("SELECT student_id, record FROM submissions").fetchall():
            data = json.loads(text)
            assert data.pop("sum")
            for criterion in data["criteria"]:
                criterion["cases"] = json.loads(criterion["cases"])
            if version == 2:
                _name_all(data)
            record = json.dumps(data) if version == 2 else summed(data)
            old.execute("UPDATE submissions SET record = ? WHERE student_id = ?", (record, student))
    with Gradebook(path) as book:
        assert list(book.records()) == before
    assert any(criterion.cases and criterion.behaviours for record in before for criterion in record.criteria)


RUBRIC = {"f": Fraction(10), "g": Fraction(11, 3)}


def test_a_person_s_points_take_the_machine_s_place() -> None:
    """The sum is of what counts, less what lateness costs; the rest of the record is as it was, and an ungraded part
    may be marked by hand."""
    said = {"f": one(4, "why"), "g": one(1, "why", criterion="g")}
    told = applied(FULL, said, RUBRIC)
    assert (told.points, told.status) == (Fraction(5) - FULL.deduction, "graded")
    assert [(c.points, c.judged_points, c.changed_by_hand) for c in told.criteria] == [
        (Fraction(4), Fraction(1, 3), True), (Fraction(1), None, True),
    ]  # fmt: skip
    assert [(c.verdict, c.headline) for c in told.criteria] == [(c.verdict, c.headline) for c in FULL.criteria]
    assert applied(FULL, {}, RUBRIC) is FULL


def test_a_smaller_rubric_caps_a_person_s_points_and_flags_them() -> None:
    """Nobody has more than all points; that the exam was changed under the TA's number is told."""
    [first, _] = applied(FULL, {"f": one(99, "why")}, RUBRIC).criteria
    assert first.points == Fraction(10)
    assert first.changed_since


def test_a_word_on_a_criterion_that_is_gone_is_no_error() -> None:
    """It is kept in the table, and nothing is said of it."""
    assert applied(FULL, {"old": one(1, "why", criterion="old")}, RUBRIC) is FULL


def test_the_machine_s_record_never_holds_a_person_s_points() -> None:
    """What is entered is what the machine said: a told record is refused."""
    with pytest.raises(AssertionError):
        prepare(applied(FULL, {"f": one(4, "why")}, RUBRIC))


def test_a_sheet_that_cannot_be_opened_is_told(tmp_path: Path, roster: Roster) -> None:
    """A folder of that name, which not even root can read as a file, is named."""
    path = tmp_path / "o.csv"
    path.mkdir()
    with pytest.raises(OverridesError, match="cannot be read"):
        read_overrides(path, roster, "now")
