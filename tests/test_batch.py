"""A whole class: graded once, told the same whoever works on it, and judged again without anybody's code.

takes: a tiny assignment and a class of small hand-ins, written into a folder; the command line.
gives: one promise a test, said in its docstring.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import csv
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_compile_key import DOUBLE, LAYER, PASSES, TWICE, alternative, mistake, write

from grader.batch.here import Here
from grader.batch.pieces import Piece
from grader.batch.rejudging import FEW, Task, judged_anew
from grader.batch.saved_class import Class
from grader.batch.whole_class import grade_all
from grader.cli.keys import key_of_reports
from grader.folders import GRADEBOOK, RESERVED, folder_name
from grader.gradebook import REVIEW, Gradebook, Override, Record, Row, Saved
from grader.intake import submissions_in
from grader.report.page_context import PageContext
from tests.conftest import run_grader

RIGHT = "def double(x):\n    return 2 * x\n"
CLASS = {
    "ada": RIGHT,
    "bob": "def double(x):\n    return x / 2\n",
    "carl": "def double(x):\n    raise KeyError('k')\n",
    "dora": "def double(x):\n    return None\n",
    "eve": "def other(x):\n    return x\n",
    "finn": "def double(x):\n    return 2 * x + 1\n",
    "gina": "",
    "hugo": "import os\ndef double(x):\n    os._exit(3)\n",
}
STATUS_OF = {"gina": "unreadable"}
BUILDS = 'builds_on=("double",)'
SHEETS = ("grades.csv", "verdicts.jsonl", "index.html")


def grader(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_grader(*arguments, timeout=120)


def new_and_same(done: subprocess.CompletedProcess[str]) -> tuple[int, int]:
    """What a run says of how many it graded."""
    assert done.returncode in (0, 1), done.stdout + done.stderr
    line = next(line for line in done.stdout.splitlines() if "done now" in line)
    new, same = (int(part.split()[0]) for part in line.split(","))
    return new, same


def hand_in(at: Path, files: dict[str, str]) -> Path:
    for student, source in files.items():
        (at / student).mkdir(parents=True, exist_ok=True)
        (at / student / "layer.py").write_text(source)
    return at


class Desk:
    """A class, its assignment and its reports in one folder."""

    def __init__(self, at: Path, files: dict[str, str]) -> None:
        (at / "tiny").mkdir(parents=True)
        self.assignment = write(at / "tiny", mistakes=mistake("halves"))
        self.hand_ins = hand_in(at / "class", files)
        self.out = at / "out"

    def grade(self, *more: object) -> subprocess.CompletedProcess[str]:
        """By one process, where no number is asked for: to make a crew takes as long as to grade this class."""
        jobs = () if {"--jobs", "--dask"}.intersection(more) else ("--jobs", 1)
        line = ("grade", self.hand_ins, "--assignment", self.assignment, "--out", self.out, "--quiet", *jobs, *more)
        return grader(*line)

    def rejudge(self, *more: object) -> subprocess.CompletedProcess[str]:
        return grader("rejudge", self.out, *more)

    def verdicts(self) -> dict[str, dict[str, object]]:
        lines = (self.out / "verdicts.jsonl").read_text().splitlines()
        return {row["student_id"]: row for row in map(json.loads, lines)}

    def points(self) -> dict[str, str]:
        with (self.out / "grades.csv").open(newline="") as file:
            return {row["student_id"]: row["points"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The class, graded by one process. Nobody changes it."""
    desk = Desk(tmp_path_factory.mktemp("batch"), CLASS)
    assert new_and_same(desk.grade("--jobs", 1)) == (len(CLASS), 0)
    return desk


@pytest.fixture
def desk(graded: Desk, tmp_path: Path) -> Desk:
    """A copy of the graded class, to do things with."""
    return copy_of(graded, tmp_path)


def copy_of(graded: Desk, tmp_path: Path) -> Desk:
    copy = object.__new__(Desk)
    for name in ("assignment", "hand_ins", "out"):
        path = getattr(graded, name)
        shutil.copytree(path, tmp_path / path.name, symlinks=True)
        setattr(copy, name, tmp_path / path.name)
    with closing(sqlite3.connect(copy.out / GRADEBOOK)) as book, book:
        book.execute("UPDATE runs SET key_source = ?", (str(copy.assignment.resolve()),))
    return copy


# ---- what comes out ----------------------------------------------------------------------------------------------


def test_a_class_leaves_all_that_was_promised(graded: Desk) -> None:
    """A page for each student, the class page, two sheets and a gradebook; nothing half-written is left."""
    assert sorted(path.name for path in graded.out.iterdir() if path.is_dir()) == sorted(CLASS)
    assert all((graded.out / student / "report.html").is_file() for student in CLASS)
    assert set(SHEETS) <= {path.name for path in graded.out.iterdir()}
    assert not list(graded.out.rglob("*.part"))
    assert list(graded.verdicts()) == sorted(CLASS)
    assert {s: row["status"] for s, row in graded.verdicts().items()} == {s: STATUS_OF.get(s, "graded") for s in CLASS}


def test_each_hand_in_has_its_points(graded: Desk) -> None:
    """Right is all, the rest nothing here, and what could not be read has no number."""
    assert graded.points() == {s: {"ada": "2", "gina": ""}.get(s, "0") for s in CLASS}


def test_each_hand_in_is_one_of_a_file(graded: Desk) -> None:
    """Its name and digest stand in its row, also where it could not be read: another file is another hand-in."""
    digests = {student: hashlib.sha256(source.encode()).hexdigest() for student, source in CLASS.items()}
    rows = graded.verdicts()
    assert {s: (row["file"], row["sha256"]) for s, row in rows.items()} == {
        s: (f"{s}/layer.py", digest) for s, digest in digests.items()
    }


def test_a_class_with_loss_ends_with_one(graded: Desk, tmp_path: Path) -> None:
    """1 where a hand-in could not be graded, 0 where all could."""
    assert Desk(tmp_path / "a", {"ada": RIGHT, "gina": ""}).grade().returncode == 1
    assert Desk(tmp_path / "b", {"ada": RIGHT, "bob": CLASS["bob"]}).grade().returncode == 0


def test_hand_ins_are_never_changed(graded: Desk) -> None:
    """What was handed in is as it was, with nothing beside it."""
    for student, source in CLASS.items():
        assert [path.name for path in (graded.hand_ins / student).iterdir()] == ["layer.py"]
        assert (graded.hand_ins / student / "layer.py").read_text() == source


@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_processes_tells_the_same(graded: Desk, tmp_path: Path, jobs: int) -> None:
    """The lines of verdicts are the same bytes, whoever worked on which hand-in in what order."""
    other = Desk(tmp_path, dict(reversed(CLASS.items())))
    assert new_and_same(other.grade("--jobs", jobs)) == (len(CLASS), 0)
    for name in ("verdicts.jsonl", "grades.csv"):
        assert (other.out / name).read_bytes() == (graded.out / name).read_bytes()


def ask_otherwise(desk: Desk) -> None:
    """Other questions, of the same rubric."""
    declared = (desk.assignment / "assignment.py").read_text()
    other = "\nfrom dataclasses import replace\nASSIGNMENT = replace(ASSIGNMENT, seed=99)\n"
    (desk.assignment / "assignment.py").write_text(declared + other)


# ---- the second run ----------------------------------------------------------------------------------------------


def test_a_second_run_grades_nothing_new(desk: Desk) -> None:
    """Nothing has changed: nothing is run, and what is there stays, to the byte."""
    before = {name: (desk.out / name).read_bytes() for name in ("verdicts.jsonl", "grades.csv")}
    assert new_and_same(desk.grade()) == (0, len(CLASS))
    assert {name: (desk.out / name).read_bytes() for name in before} == before


def test_a_changed_hand_in_alone_is_graded_again(desk: Desk) -> None:
    """Who handed in again has new verdicts, all others keep theirs."""
    before = desk.verdicts()
    hand_in(desk.hand_ins, {"bob": RIGHT})
    assert new_and_same(desk.grade()) == (1, len(CLASS) - 1)
    after = desk.verdicts()
    assert after["bob"]["points"] == 2
    assert {s: row for s, row in after.items() if s != "bob"} == {s: row for s, row in before.items() if s != "bob"}


def test_a_file_more_is_a_changed_hand_in(desk: Desk) -> None:
    """What else was handed in counts, and where a file lies."""
    (desk.hand_ins / "ada" / "notes.py").write_text("x = 1\n")
    (desk.hand_ins / "bob" / "layer.py").rename(desk.hand_ins / "bob" / "moved.py")
    assert new_and_same(desk.grade())[0] == 2


def test_a_key_that_asks_the_same_judges_everybody_anew(desk: Desk) -> None:
    """Other points: what was answered stays, nobody's code is run again, and the points are those of today. The run
    says so: "0 done now" read as if the new points had no effect."""
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    done = desk.grade()
    assert new_and_same(done) == (0, len(CLASS))
    assert f"judged again by today's key, from what was answered: {len(CLASS)}\n" in done.stdout
    assert desk.points()["ada"] == "4"
    assert "\n  ada: 2 -> 4 (double 2 -> 4)\n" in done.stdout
    again = desk.grade().stdout
    assert "judged again" not in again
    assert "moved" not in again


def test_a_key_that_asks_otherwise_grades_everybody_again(desk: Desk) -> None:
    """Other questions: the key is compiled anew and the whole class graded by it."""
    ask_otherwise(desk)
    assert new_and_same(desk.grade()) == (len(CLASS), 0)


def test_a_key_that_lends_more_grades_everybody_again(tmp_path: Path) -> None:
    """What calls a wrong function is asked again by a key that knows of it: the questions alone are the same."""
    desk = Desk(tmp_path, {"ada": "def double(x):\n    return 5 * x\n\ndef twice(x):\n    return double(double(x))\n"})
    passes = f"{PASSES}\n\ndef twice(x):\n    return double(double(x))\n"
    for built, points in (("", "0"), (BUILDS, "2")):
        write(desk.assignment, f"{DOUBLE.strip()}, {TWICE.replace(BUILDS, built)}", passes=passes)
        assert new_and_same(desk.grade()) == (1, 0)
        assert desk.points() == {"ada": points}
    assert new_and_same(desk.grade()) == (0, 1)


def test_an_export_of_another_key_names_the_verb_that_helps(desk: Desk) -> None:
    """Other points are judged anew; other questions must be asked, and judging would only be refused next."""
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    order = ("export", "csv", desk.out, "--out", desk.out.parent / "g.csv")
    assert "next: run 'grader rejudge" in grader(*order).stderr
    ask_otherwise(desk)
    assert "next: run 'grader grade' again first: the questions" in grader(*order).stderr


def test_who_is_gone_disappears(desk: Desk) -> None:
    """A student who left the class has no line and no row any more, though nobody else changed; how many is said."""
    shutil.rmtree(desk.hand_ins / "carl")
    done = desk.grade()
    assert new_and_same(done) == (0, len(CLASS) - 1)
    assert "taken out, since no longer among the hand-ins: 1" in done.stdout
    assert "taken out" not in desk.grade().stdout
    assert "carl" not in desk.verdicts()
    assert "carl" not in desk.points()
    assert "carl" not in (desk.out / "index.html").read_text()


def test_whoever_stood_in_a_roster_alone_is_missed(desk: Desk, tmp_path: Path) -> None:
    """Who handed in nothing has a row by the roster, and none without it: that is said, with what to do."""
    roster = tmp_path / "roster.csv"
    roster.write_text("student_id,name\nada,Ada\nbob,Bob\nzoe,Zoe\n", encoding="utf-8")
    missed = "of these, in the roster of an earlier run and without a hand-in: 1; give --roster with every run"
    assert missed not in desk.grade("--roster", roster).stdout
    assert "zoe" in desk.verdicts()
    shutil.rmtree(desk.hand_ins / "carl")
    told = desk.grade().stdout
    assert "taken out, since no longer among the hand-ins: 2" in told
    assert missed in told
    assert missed not in desk.grade().stdout
    desk.grade("--roster", roster)
    assert json.loads(desk.grade("--json").stdout)["off_roster"] == 1


def test_a_class_of_which_nobody_is_among_the_hand_ins_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    """One notebook that is only tried is called as its exercise, and so is the class's folder of reports by default:
    all rows of the class were gone."""
    before = desk.verdicts()
    one = tmp_path / "class.py"
    one.write_text(CLASS["ada"])
    done = grader("grade", one, "--assignment", desk.assignment, "--out", desk.out)
    assert done.returncode == 2
    assert f"holds a class of {len(CLASS)}, and none of them is among these hand-ins" in done.stderr
    assert "next: name another folder with --out" in done.stderr
    assert new_and_same(desk.grade()) == (0, len(CLASS))
    assert desk.verdicts() == before


def test_folders_with_a_dot_in_their_names_have_reports_of_their_own(desk: Desk, tmp_path: Path) -> None:
    """`2026.spring` and `2026.autumn` both went into `reports/2026`."""
    for term in ("2026.spring", "2026.autumn"):
        hand_in(tmp_path / term, {"ada": CLASS["ada"]})
        command = [sys.executable, "-m", "grader", "grade", term, "--assignment", desk.assignment]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "reports" / term / "index.html").is_file()


def test_a_class_of_another_assignment_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    """The same --out given for next week's class: it is refused, with what is there, and nothing of that is changed."""
    (tmp_path / "week6").mkdir()
    other = Desk(tmp_path / "week6", {"ada": RIGHT})
    declared = (other.assignment / "assignment.py").read_text()
    (other.assignment / "assignment.py").write_text(declared.replace('Assignment("tiny"', 'Assignment("later"'))
    before = {path: path.read_bytes() for path in desk.out.rglob("*") if path.is_file()}
    other.out = desk.out
    done = other.grade()
    assert done.returncode == 2
    assert "graded by 'tiny', and this is 'later'" in done.stderr
    assert "--out" in done.stderr.split("next: ")[1]
    assert {path: path.read_bytes() for path in desk.out.rglob("*") if path.is_file()} == before


def test_who_is_new_is_graded_alone(desk: Desk) -> None:
    """One more hand-in costs the time of one."""
    hand_in(desk.hand_ins, {"ivan": RIGHT})
    assert new_and_same(desk.grade()) == (1, len(CLASS))
    assert desk.points()["ivan"] == "2"


def test_force_grades_everybody_again(desk: Desk) -> None:
    """Also where nothing has changed, with the same result."""
    before = (desk.out / "verdicts.jsonl").read_bytes()
    assert new_and_same(desk.grade("--force")) == (len(CLASS), 0)
    assert (desk.out / "verdicts.jsonl").read_bytes() == before


@pytest.mark.parametrize("lost", ["ada/report.html", "grades.csv", "index.html", "verdicts.jsonl"])
def test_what_was_deleted_from_the_reports_comes_back(desk: Desk, lost: str) -> None:
    """A page or a sheet that is gone is made again by the same command."""
    (desk.out / lost).unlink()
    desk.grade()
    assert (desk.out / lost).is_file()


def test_a_sheet_of_grades_that_somebody_changed_is_kept(desk: Desk) -> None:
    """It is written anew, and what was written into it lies beside it, as often as that happens; what nobody has
    changed is only written."""
    desk.grade()
    sheet, ours = desk.out / "grades.csv", (desk.out / "grades.csv").read_bytes()
    assert "was changed" not in desk.rejudge().stdout
    for text, kept in ((b"with my notes", "grades.before.csv"), (b"and more", "grades.before-2.csv")):
        sheet.write_bytes(ours + text)
        told = " ".join(desk.rejudge().stdout.split())
        assert f"kept beside it as {kept} next: points that are to stay" in told
        assert (desk.out / kept).read_bytes() == ours + text
        assert sheet.read_bytes() == ours
    sheet.unlink()
    assert json.loads(desk.grade("--json").stdout)["grades_put_aside"] == ""
    sheet.write_bytes(ours + b"and more")
    assert json.loads(desk.rejudge("--json").stdout)["grades_put_aside"] == kept
    assert len(list(desk.out.glob("grades*"))) == 3


def test_a_notebook_that_is_shown_tells_the_class_by_its_own_key(desk: Desk) -> None:
    """The class page links to it; not where the exam has changed since, of which nobody's points are. A sheet that
    somebody has changed is kept, and that is said."""
    with (desk.out / "grades.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("my notes")
    shown = grader("notebook", desk.out, "ada", "--submissions", desk.hand_ins)
    assert "kept beside it as grades.before.csv" in shown.stdout
    assert 'href="./ada/notebook.html"' in (desk.out / "index.html").read_text()
    before = (desk.out / "index.html").read_text()
    declared = desk.assignment / "assignment.py"
    declared.write_text(declared.read_text().replace('"Tiny"', '"Another title"'))
    shown = grader("notebook", desk.out, "bob", "--submissions", desk.hand_ins)
    assert (desk.out / "bob" / "notebook.html").is_file()
    assert "does not link to it: the assignment has changed" in shown.stdout
    assert f"next: run 'grader rejudge {desk.out}' first" in shown.stdout
    assert (desk.out / "index.html").read_text() == before


def test_a_class_is_not_judged_anew_by_another_assignment(desk: Desk) -> None:
    """Not where it asks the same questions either: its points are its own, and the class's assignment would be
    another one for every verb that comes after."""
    declared = desk.assignment / "assignment.py"
    declared.write_text(declared.read_text().replace('Assignment("tiny"', 'Assignment("last_year"'))
    before = (desk.out / "verdicts.jsonl").read_bytes(), (desk.out / "ada" / "report.html").read_bytes()
    refused = desk.rejudge()
    assert refused.returncode == 2
    assert "holds a class that was graded by 'tiny', and this key is of 'last_year'" in refused.stderr
    assert ((desk.out / "verdicts.jsonl").read_bytes(), (desk.out / "ada" / "report.html").read_bytes()) == before
    declared.write_text(declared.read_text().replace('"last_year"', '"tiny"'))
    assert desk.rejudge().returncode == 1


def test_what_a_stopped_run_has_written_was_changed_by_nobody(desk: Desk) -> None:
    """A run that comes to its end in the midst of its sheets has not noted them: the next one lays nothing aside."""
    other = desk.out / "verdicts.jsonl"
    other.unlink()
    other.mkdir()  # where a file is to be
    assert desk.rejudge().returncode == 2
    (desk.out / "grades.csv").write_text("as that run would have written it")
    other.rmdir()
    assert json.loads(desk.rejudge("--json").stdout)["grades_put_aside"] == ""


class Meanwhile(Here):
    """A crew of this machine that finds one file gone when it comes to it."""

    def grade(self, *given: Any, **named: Any) -> Generator[tuple[Piece, Row], None, None]:
        (self.gone / "layer.py").unlink()
        yield from super().grade(*given, **named)


def test_a_file_that_was_away_for_a_moment_is_graded_by_the_next_run(desk: Desk) -> None:
    """It went after the class was listed, as on a network drive, and came back as it was: the row says that, and
    does not stay."""
    key, source = key_of_reports(desk.out, None, None)
    order, hand_ins = Class(key, source, desk.out, force=True), submissions_in(desk.hand_ins)
    with Meanwhile(order, len(hand_ins)) as crew:
        crew.gone = desk.hand_ins / "ada"
        grade_all(order, hand_ins, lambda _: nullcontext(lambda *_: None), crew)
    assert desk.verdicts()["ada"]["status"] == "unreadable"
    assert "layer.py is not there any more" in (desk.out / "ada" / "report.html").read_text()
    assert "run the same command again" in (desk.out / "ada" / "report.html").read_text()
    desk.rejudge()
    (desk.hand_ins / "ada" / "layer.py").write_text(CLASS["ada"])
    assert new_and_same(desk.grade()) == (1, len(CLASS) - 1)
    assert desk.points()["ada"] == "2"
    assert new_and_same(desk.grade()) == (0, len(CLASS))


class Reviewed(Here):
    """A crew of this machine, while whose work a TA changes points in another process."""

    def grade(self, *given: Any, **named: Any) -> Generator[tuple[Piece, Row], None, None]:
        word = Override("ada", "double", Fraction(1), "Said while it ran.", "Kim", "now", REVIEW)
        with Gradebook(self.book) as book:
            book.overrides.put([word], 1)
        yield from super().grade(*given, **named)


def test_a_word_that_is_said_while_a_class_is_graded_is_on_the_page(desk: Desk) -> None:
    """The crew was sent off with what had been said before: sheet and page tell the same all the same."""
    key, source = key_of_reports(desk.out, None, None)
    order, hand_ins = Class(key, source, desk.out, force=True), submissions_in(desk.hand_ins)
    with Reviewed(order, len(hand_ins)) as crew:
        crew.book = desk.out / GRADEBOOK
        grade_all(order, hand_ins, lambda _: nullcontext(lambda *_: None), crew)
    assert desk.points()["ada"] == "1"
    assert "Said while it ran." in (desk.out / "ada" / "report.html").read_text()


def test_a_run_that_was_killed_goes_on(desk: Desk) -> None:
    """What was entered before the end is not graded again."""
    with closing(sqlite3.connect(desk.out / GRADEBOOK)) as book, book:
        book.execute("DELETE FROM submissions WHERE student_id > 'd'")
    assert new_and_same(desk.grade()) == (5, 3)
    assert list(desk.verdicts()) == sorted(CLASS)


# ---- judged again ------------------------------------------------------------------------------------------------


def test_judging_again_runs_nobodys_code(desk: Desk) -> None:
    """It needs no hand-in: all of them may be gone, and every verdict is made again, to the byte."""
    before = {name: (desk.out / name).read_bytes() for name in ("verdicts.jsonl", "grades.csv")}
    shutil.rmtree(desk.hand_ins)
    done = desk.rejudge()
    assert done.returncode == 1, done.stdout + done.stderr  # gina
    assert f"{len(CLASS)} judged again" in done.stdout
    assert {name: (desk.out / name).read_bytes() for name in before} == before
    assert all((desk.out / student / "report.html").is_file() for student in CLASS)


def test_judging_again_follows_the_key_of_today(desk: Desk) -> None:
    """Other points, words and mistakes count at once; pages and sheets say so."""
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 9)'),
          mistakes=mistake("halves").replace("It does so.", "A new sentence about halves."))  # fmt: skip
    desk.rejudge()
    assert desk.points()["ada"] == "9"
    assert "A new sentence about halves." in (desk.out / "bob" / "report.html").read_text()
    assert desk.points()["gina"] == ""
    write(desk.assignment, alternatives=alternative("tripled"))
    told = desk.rejudge().stdout
    assert desk.points()["ada"] == "2"
    assert f"points moved, though the hand-in is the same: 1 student ({desk.out / 'moved.csv'})\n" in told
    assert "\n  ada: 9 -> 2 (double 9 -> 2)\n" in told
    with (desk.out / "moved.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["student_id"] == "ada"]
    assert [(row["criterion"], row["points_then"], row["points"]) for row in rows] == [
        ("total", "9", "2"), ("double", "9", "2"), ("total", "2", "9"), ("double", "2", "9"),
    ]  # fmt: skip


def test_what_would_move_is_told_and_nothing_changed(desk: Desk) -> None:
    """Before the rubric is changed for good: whose points would move, of which nothing is kept."""
    key = {"criteria": DOUBLE.replace('"values", 2)', '"values", 9)'), "mistakes": mistake("halves")}
    write(desk.assignment, **key)
    before = in_it(desk.out)
    done = desk.rejudge("--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "points would move: 1 student. Nothing was changed\n  ada: 2 -> 9 (double 2 -> 9)\n"
    told = json.loads(desk.rejudge("--dry-run", "--json").stdout)
    assert [row["criterion"] for row in told["points_moved"]] == [None, "double"]
    assert in_it(desk.out) == before
    assert "\n  ada: 2 -> 9 (double 2 -> 9)\n" in desk.rejudge().stdout
    assert desk.rejudge("--dry-run").stdout == "points would move: 0 students. Nothing was changed\n"
    ask_otherwise(desk)
    refused = desk.rejudge("--dry-run")
    assert refused.returncode == 2
    assert "run 'grader grade' again" in refused.stderr


def test_points_that_moved_are_told_to_machines_and_not_those_of_who_handed_in_again(desk: Desk) -> None:
    """Who handed in another file expects other points; a TA's points stand, whatever the machine says now."""
    hand_in(desk.hand_ins, {"bob": RIGHT, "finn": RIGHT})
    assert json.loads(desk.grade("--json").stdout)["points_moved"] == []
    hand_in(desk.hand_ins, {"ada": f"{RIGHT}\n# once more\n"})
    sheet = desk.out.parent / "overrides.csv"
    sheet.write_text("student_id,criterion,points,reason,by\nbob,double,1,Well tried.,Kim\n")
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    assert "bob" in desk.rejudge("--dry-run").stdout
    told = json.loads(desk.grade("--overrides", sheet, "--json").stdout)
    assert [desk.points()[student] for student in ("ada", "bob", "finn")] == ["4", "1", "4"]
    moved = {"student_id": "finn", "points_then": 2, "points": 4}
    assert told["points_moved"] == [{**moved, "criterion": None}, {**moved, "criterion": "double"}]
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 6)'), mistakes=mistake("halves"))
    assert "bob" not in desk.rejudge("--dry-run").stdout


def test_a_class_graded_by_a_key_just_compiled_can_be_judged_again(tmp_path: Path) -> None:
    """The first run compiles the key, the next command reads it from its file: both ask the same questions."""
    desk = Desk(tmp_path, {"ada": PASSES})
    write(desk.assignment, LAYER)
    assert desk.grade().returncode == 0
    done = desk.rejudge()
    assert done.returncode == 0, done.stderr


def test_a_key_that_is_no_longer_where_it_was_is_told_as_that(desk: Desk) -> None:
    """Nobody has typed that path, so there is no spelling to look at; said anew, it is found."""
    desk.grade()
    elsewhere = desk.assignment.rename(desk.assignment.with_name("elsewhere"))
    for verb in (("rejudge", desk.out), ("export", "json", desk.out, "--out", desk.out.parent / "r.json")):
        done = grader(*verb)
        assert done.returncode == 2
        assert f"{desk.out} was graded by {desk.assignment}, which is not there any more" in done.stderr
        assert "--assignment" in done.stderr.split("next: ")[1]
    assert grader("rejudge", desk.out, "--assignment", elsewhere).returncode == 1  # gina


def test_a_key_of_another_exercise_is_told_as_that(graded: Desk, tmp_path: Path) -> None:
    """Nothing has changed, and to grade again by that key is no help."""
    other = Desk(tmp_path, {"ada": PASSES})
    ask_otherwise(other)
    declared = (other.assignment / "assignment.py").read_text()
    (other.assignment / "assignment.py").write_text(declared.replace("seed=99", 'seed=99, name="other"'))
    for verb in (("rejudge", graded.out), ("export", "json", graded.out, "--out", tmp_path / "r.json")):
        done = grader(*verb, "--assignment", other.assignment)
        assert done.returncode == 2
        assert "graded by 'tiny', and this key is of 'other'" in done.stderr, done.stderr
        assert "has changed" not in done.stderr


def test_other_questions_cannot_be_answered_by_saved_outcomes(desk: Desk) -> None:
    """Where a case changed, saved outcomes answer another exam: that is refused, with what to do."""
    before = (desk.out / "verdicts.jsonl").read_bytes()
    write(desk.assignment, DOUBLE.replace('"other"', '"another"'), mistakes=mistake("halves"))
    done = desk.rejudge()
    assert done.returncode == 2
    assert "questions" in done.stderr
    assert "grader grade" in done.stderr
    assert (desk.out / "verdicts.jsonl").read_bytes() == before


def test_grading_after_judging_again_goes_on_as_before(desk: Desk) -> None:
    """To judge again changes no hand-in: the next run of `grade` by the same key finds nothing new."""
    desk.rejudge()
    assert new_and_same(desk.grade()) == (0, len(CLASS))


def test_judging_again_ends_as_grading_does(desk: Desk) -> None:
    """1 where a hand-in has no points, 0 where all have; the same where a machine is told."""
    for more in ((), ("--json",)):
        assert grader("rejudge", desk.out, *more).returncode == 1
    shutil.rmtree(desk.hand_ins / "gina")
    desk.grade()
    for more in ((), ("--json",)):
        assert grader("rejudge", desk.out, *more).returncode == 0


def test_who_was_asked_other_questions_is_not_judged_with_the_rest(desk: Desk) -> None:
    """A run by other questions that was stopped half-way leaves rows of both: nobody is judged by answers to something
    else, and the next step is that run."""
    ask_otherwise(desk)
    assert new_and_same(desk.grade()) == (len(CLASS), 0)
    with closing(sqlite3.connect(desk.out / GRADEBOOK)) as book, book:
        book.execute("UPDATE submissions SET run_id = 1 WHERE student_id IN ('bob', 'carl')")
    before = (desk.out / "verdicts.jsonl").read_bytes()
    done = desk.rejudge()
    assert done.returncode == 2
    assert f"2 of {len(CLASS)}" in done.stderr
    assert "grader grade" in done.stderr
    assert (desk.out / "verdicts.jsonl").read_bytes() == before


def spoil_outcomes(desk: Desk, student: str, how: str = "outcomes = x'0102'") -> None:
    with closing(sqlite3.connect(desk.out / GRADEBOOK)) as book, book:
        book.execute(f"UPDATE submissions SET {how} WHERE student_id = ?", (student,))


def test_damage_to_what_is_saved_of_one_is_no_fault_of_ours(desk: Desk) -> None:
    """Answers that are cut off between two questions, or notes on the program that make no sense."""
    spoil_outcomes(desk, "ada", "outcomes = x''")
    spoil_outcomes(desk, "bob", "record = json_set(record, '$.evidence', json('{\"is_script\": 1}'))")
    done = desk.rejudge()
    assert (done.returncode, done.stderr.count("Traceback")) == (1, 0)
    assert {s for s, row in desk.verdicts().items() if row["status"] == "ungraded"} == {"ada", "bob"}
    assert all("cannot be read back" in (desk.out / s / "report.html").read_text() for s in ("ada", "bob"))
    assert new_and_same(desk.grade()) == (2, len(CLASS) - 2)


SPOILED = ["record = substr(record, 1, 40)", "record = json_set(record, '$.points', 'many')"]


@pytest.mark.parametrize("how", SPOILED, ids=["cut off", "a number that is none"])
@pytest.mark.parametrize("verb", ["rejudge", "grade"])
def test_a_record_that_cannot_be_read_costs_nobody_else_anything(desk: Desk, verb: str, how: str) -> None:
    """All others are judged by today's key; `rejudge` says who is left and what makes that one anew."""
    spoil_outcomes(desk, "bob", how)
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    if verb == "rejudge":
        done = desk.rejudge()
        assert done.returncode == 1, done.stderr
        assert "What was saved of this hand-in is damaged" in done.stdout
        assert "run 'grader grade' again" in done.stdout
        assert {s for s, row in desk.verdicts().items() if row["status"] == "ungraded"} == {"bob"}
        assert "is damaged" in (desk.out / "bob" / "report.html").read_text()
        assert desk.points()["ada"] == "4"
    assert new_and_same(desk.grade()) == (1, len(CLASS) - 1)
    assert desk.verdicts()["bob"]["status"] == "graded"


def test_a_record_that_cannot_be_read_waits_where_another_is_graded(desk: Desk) -> None:
    """It has no points meanwhile, and nothing of it is touched; its page stays where it lies."""
    spoil_outcomes(desk, "bob", SPOILED[0])
    page = (desk.out / "bob" / "report.html").read_bytes()
    done = desk.grade("--student", "ada")
    assert done.returncode == 1, done.stderr
    assert "not named by --student: 1" in done.stdout
    assert (desk.verdicts()["bob"]["status"], desk.points()["bob"]) == ("ungraded", "")
    assert (desk.out / "bob" / "report.html").read_bytes() == page
    assert new_and_same(desk.grade("--criterion", "double")) == (len(CLASS), 0)
    assert desk.verdicts()["bob"]["status"] == "graded"


def test_a_damaged_record_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """Where it cannot say which is its own, that is found out as at first: it never takes another's."""
    desk = Desk(tmp_path, {"Jane": RIGHT, "jane": RIGHT})
    desk.grade()
    folders = {path.parent.name for path in desk.out.glob("*/report.html")}
    for student in ("Jane", "jane"):
        spoil_outcomes(desk, student, SPOILED[0])
        assert desk.rejudge().returncode == 1
        assert {path.parent.name for path in desk.out.glob("*/report.html")} == folders
        assert desk.grade().returncode == 0


@pytest.mark.parametrize("verb", ["rejudge", "grade"])
def test_who_cannot_be_judged_again_costs_nobody_else_anything(desk: Desk, verb: str) -> None:
    """One student's saved outcomes are damaged: `rejudge` leaves that one ungraded, with the reason and no points, and
    `grade` asks that one again; all others are judged by today's key."""
    spoil_outcomes(desk, "bob")
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    if verb == "rejudge":
        done = desk.rejudge()
        assert done.returncode == 1, done.stderr
        assert "cannot be read back" in done.stdout
        assert "(bob)" in done.stdout
        assert "next: run 'grader grade' again" in done.stdout
        row = desk.verdicts()["bob"]
        assert (row["status"], row["points"]) == ("ungraded", None)
        assert "cannot be read back" in (desk.out / "bob" / "report.html").read_text()
        assert desk.points()["ada"] == "4"
    done = desk.grade()
    assert new_and_same(done) == (1, len(CLASS) - 1)
    assert "cannot be read back" not in done.stdout
    assert desk.points()["ada"] == "4"
    assert desk.verdicts()["bob"]["status"] == "graded"


# An SQLite that takes less than any real one does: a hand-in of a gigabyte takes minutes.
SMALL = """
import sqlite3, sys
connect = sqlite3.connect
def small(*given, **named):
    book = connect(*given, **named)
    book.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 60_000)
    return book
sqlite3.connect = small
from grader.cli import main
main(sys.argv[1:])
"""


def test_a_hand_in_too_large_for_the_gradebook_stops_nobody(tmp_path: Path) -> None:
    """It is ungraded, with the reason; all others are graded, whether they come before it or after."""
    desk = Desk(tmp_path, {"ada": RIGHT, "bob": f"{RIGHT}# {'long ' * 20_000}\n", "carl": RIGHT})
    line = ["grade", desk.hand_ins, "--assignment", desk.assignment, "--out", desk.out, "--jobs", 1]
    done = subprocess.run([sys.executable, "-c", SMALL, *map(str, line)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stderr
    assert {s: (row["status"], row["points"]) for s, row in desk.verdicts().items()} == {
        "ada": ("graded", 2), "bob": ("ungraded", None), "carl": ("graded", 2),
    }  # fmt: skip
    assert "larger than a gradebook takes" in done.stdout
    assert "larger than a gradebook takes" in (desk.out / "bob" / "report.html").read_text()
    assert new_and_same(desk.grade()) == (1, 2)
    assert desk.points()["bob"] == "2"


MANY = FEW + 4  # more than one process is given


@pytest.fixture(scope="module")
def many_graded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A class that is judged again by a crew. Nobody changes it."""
    desk = Desk(tmp_path_factory.mktemp("many"), {f"student-{n:02}": list(CLASS.values())[n % 6] for n in range(MANY)})
    assert new_and_same(desk.grade()) == (MANY, 0)
    return desk


@pytest.fixture
def many(many_graded: Desk, tmp_path: Path) -> Desk:
    """A copy of it, to do things with."""
    return copy_of(many_graded, tmp_path)


def in_it(out: Path) -> dict[str, bytes]:
    """All that lies in a folder but for the gradebook, and without the time that pages tell."""
    files = [path for path in out.rglob("*") if path.is_file() and GRADEBOOK not in path.name]
    return {str(path.relative_to(out)): re.sub(rb"\d\d:\d\d UTC", b"", path.read_bytes()) for path in files}


def test_many_processes_judge_again_as_one_does(many: Desk) -> None:
    """What comes out is the same to the byte, also for one whose outcomes cannot be read."""
    spoil_outcomes(many, "student-07")
    write(many.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    found = []
    for jobs in (1, 3):
        done = many.rejudge("--jobs", jobs)
        assert done.returncode == 1, done.stderr  # student-07
        assert f"{MANY} of {MANY} hand-ins judged" in done.stderr
        assert "student-07: ungraded: What this program answered cannot be read back" in done.stderr
        found.append(in_it(many.out))
    assert found[0] == found[1]
    assert many.points()["student-00"] == "4"
    assert not many.rejudge("--quiet").stderr


class Deadly(Saved):
    """One that ends every process of a crew that reads it."""

    def read(self) -> Record:
        if multiprocessing.parent_process():
            os._exit(3)
        return super().read()


def test_one_under_which_processes_end_is_ungraded_and_all_others_are_judged(many: Desk) -> None:
    """It costs nobody else anything, and its page tells why."""
    key, source = key_of_reports(many.out, None, None)
    order = Class(key, source, many.out, jobs=2)
    page = PageContext("Tiny", "now", key.digest, "1", "full", "")
    with Gradebook(many.out / GRADEBOOK) as book:
        kept = [book.saved(student) for student in sorted(book.fingerprints())]
    kept[3] = Deadly(**vars(kept[3]))
    rows = [row for _, row in judged_anew(order, [Task(one, page, {}) for one in kept], len(kept))]
    assert len(rows) == len(kept)
    told = {row.student_id: row.sentence for row in rows if row.status != "graded"}
    assert told.keys() == {"student-03"}
    assert "process ended while it judged this" in told["student-03"]
    assert "process ended while it judged this" in (many.out / "student-03" / "report.html").read_text()


# A bug of ours that one hand-in meets; what it says holds a number that is nobody's to know.
BUG = """
import sys
import grader.batch.at_a_desk, grader.batch.rejudging
def with_bug(module, name, whose):
    right = getattr(module, name)
    def wrong(*given):
        if whose(given) == "bob":
            raise {raised}
        return right(*given)
    setattr(module, name, wrong)
with_bug(grader.batch.at_a_desk, "examine", lambda given: given[1].student_id)
with_bug(grader.batch.rejudging, "judge_again", lambda given: given[1].student_id)
from grader.cli import main
main(sys.argv[1:])
"""


def with_bug(raised: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BUG.format(raised=raised), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("raised", ["KeyError(2640)", "FileNotFoundError(2, 'gone', '/proc/2640/task')"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bug_of_ours_costs_one_hand_in_its_grade_and_stops_nobody(tmp_path: Path, raised: str, jobs: int) -> None:
    """It is ungraded, with the place of the bug and none of its values; all others are graded, and judged anew."""
    desk = Desk(tmp_path, dict.fromkeys(("ada", "bob", "carl", "dora", "eve", "finn", "gus"), RIGHT))
    asked = ["--assignment", desk.assignment, "--jobs", jobs, "--quiet"]
    for verb in (["grade", desk.hand_ins, "--out", desk.out], ["rejudge", desk.out]):
        if verb[0] == "rejudge":
            assert desk.grade().returncode == 0  # without the bug it is graded after all
        done = with_bug(raised, *verb, *asked)
        assert done.returncode == 1, done.stderr
        assert "Traceback" in done.stderr  # for whoever mends it
        told = {student: (row["status"], row["points"]) for student, row in desk.verdicts().items()}
        assert told == {**dict.fromkeys(told, ("graded", 2)), "bob": ("ungraded", None)}
        page = (desk.out / "bob" / "report.html").read_text()
        assert "The grader itself failed on this hand-in" in page
        assert "2640" not in page


NO_READING = """
import sys
import grader.judge.telling
def wrong(*given):
    raise IndexError(2640)
grader.judge.telling.reading_of = wrong
from grader.cli import main
main(sys.argv[1:])
"""


def test_a_bug_of_ours_in_how_results_differ_costs_nobody_a_grade(tmp_path: Path) -> None:
    """The points are those that they are without it; that no more is told, and why, is said beside them."""
    desk = Desk(tmp_path, {"ada": RIGHT, "bob": "def double(x):\n    return 7 * x\n"})
    assert desk.grade().returncode == 0
    points = desk.points()
    asked = ["rejudge", str(desk.out), "--jobs", "1", "--quiet"]
    done = subprocess.run([sys.executable, "-c", NO_READING, *asked], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "IndexError: 2640" in done.stderr  # for whoever mends it
    assert desk.points() == points
    page = (desk.out / "bob" / "report.html").read_text()
    assert "The grader itself failed at telling how it differs (IndexError" in page
    assert "2640" not in page


def test_points_by_hand_are_on_the_page_of_what_we_failed_to_grade(tmp_path: Path) -> None:
    """A TA has marked it instead, and it is tried again by each run, which writes its page anew."""
    desk = Desk(tmp_path, {"ada": RIGHT, "bob": RIGHT})
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("student_id,criterion,points,reason,by\nbob,double,1.5,Marked on paper.,Kim\n")
    asked = ["grade", desk.hand_ins, "--assignment", desk.assignment, "--out", desk.out, "--quiet"]
    for more in (["--overrides", sheet], []):
        with_bug("KeyError(2640)", *asked, *more)
        assert desk.points() == {"ada": "2", "bob": "1.5"}
        assert "Marked on paper." in (desk.out / "bob" / "report.html").read_text()


def test_what_the_machine_lacks_is_told_once(tmp_path: Path) -> None:
    """It meets everybody: a row for each would say the same a thousand times."""
    desk = Desk(tmp_path, {"ada": RIGHT, "bob": RIGHT})
    asked = ["grade", desk.hand_ins, "--assignment", desk.assignment, "--out", desk.out]
    done = with_bug("OSError(28, 'No space left on device')", *asked)
    assert done.returncode == 3
    assert "the disk is full" in done.stderr


def test_a_folder_without_a_gradebook_cannot_be_judged_again(tmp_path: Path, desk: Desk) -> None:
    """It is named, with what should be named instead."""
    (tmp_path / "nothing").mkdir()
    done = grader("rejudge", tmp_path / "nothing", "--assignment", desk.assignment)
    assert done.returncode == 2
    assert "no gradebook" in done.stderr


# ---- names -------------------------------------------------------------------------------------------------------

AWKWARD = {
    "a b": RIGHT, "Ünï <b>cödé": RIGHT, "x" * 100: RIGHT, "CON": RIGHT, "=1+1": RIGHT, "a'; DROP TABLE runs": RIGHT,
    "-rf": RIGHT, "ADA": RIGHT, "ada": RIGHT, "index.html": RIGHT, "verdicts.jsonl": RIGHT, GRADEBOOK: RIGHT,
}  # fmt: skip


def test_any_students_name_is_graded(tmp_path: Path) -> None:
    """Blanks, letters of all kinds, formulas, names of our own files: each has a line and a page of its own."""
    desk = Desk(tmp_path, AWKWARD)
    assert desk.grade().returncode == 0
    assert set(desk.verdicts()) == set(AWKWARD)
    pages = {path.parent for path in desk.out.glob("*/report.html")}
    assert len(pages) == len(AWKWARD)
    assert all((desk.out / name).is_file() for name in SHEETS)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_in_no_encoding_is_graded(tmp_path: Path) -> None:
    """A folder or file whose name is no UTF-8 ends nothing: all hand-ins have a line and a page."""
    desk = Desk(tmp_path, {"ada": RIGHT})
    for name in (b"caf\xe9", b"bob"):
        folder = os.fsencode(desk.hand_ins) + b"/" + name
        os.mkdir(folder)
        with open(folder + b"/lay\xe9r.py", "w") as file:
            file.write(RIGHT)
    done = desk.grade()
    assert done.returncode == 0, done.stderr
    assert sorted(row["points"] for row in desk.verdicts().values()) == [2, 2, 2]
    assert len(list(desk.out.glob("*/report.html"))) == 3


ODD_NAMES = [
    ".", "..", "/", "a/b", "..\\x", "a b", "CON", "ada", "Ada", "ADA", " ", "index.html", "x" * 300, "\0", "~", "é",
    "e\u0301", GRADEBOOK,
]  # fmt: skip
STUDENTS = st.text(min_size=1, max_size=80) | st.sampled_from(ODD_NAMES)


@settings(max_examples=300, deadline=None)
@given(st.lists(STUDENTS, unique=True, max_size=12))
def test_a_folders_name_is_one_safe_part_of_a_path(students: list[str]) -> None:
    """For any names: one plain part, short enough, no hidden file, none of our own, and each student's own."""
    taken = set(RESERVED)
    for student in students:
        name = folder_name(student, taken)
        assert Path(name).name == name
        assert name not in ("", ".", "..")
        assert not name.startswith(".")
        assert not set('/\\:*?"<>|\0') & set(name)
        assert name.isprintable()
        assert len(name.encode("utf-8", "surrogatepass")) < 250
        assert name.casefold() not in taken
        taken.add(name.casefold())


def test_a_plain_name_is_kept() -> None:
    """Most students find their folder by their own name, and the same name gives the same folder."""
    for name in ("ada", "student-07", "müller_b", "a.b"):
        assert folder_name(name, set()) == name
    assert folder_name("a b", set()) == folder_name("a b", set())
    assert folder_name("a b", set()).startswith("a_b-")


def test_nobody_can_take_anothers_folder() -> None:
    """Who calls himself as another's folder will be called has a folder of his own all the same."""
    victim = folder_name("a~b", set())
    assert folder_name("a~b", {victim.casefold()}) != victim
