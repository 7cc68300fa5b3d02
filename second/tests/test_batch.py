"""A whole class: graded once, the same whoever works on it, resumed after a kill, and judged again without any code."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.batch.folder import gradebook_in, one_run, sheet_is_edited, update_pages
from grader.batch.grading import Done, Progress, grade_all, moves_if_rejudged, rejudge_all
from grader.batch.order import Order, require_same_key
from grader.compiling import compile_key
from grader.edition import VERSION, digest_of, edition
from grader.errors import GradebookError
from grader.folders import RESERVED, folder_name
from grader.gradebook import REVIEW, Gradebook, Override
from grader.intake import Arrival, Submission, SubmittedFile, collect
from grader.key import Key, load_key, save_key
from grader.sandbox import open_sandbox

ASSIGNMENTS = Path(__file__).parent / "assignments"
AVERAGE = (
    "import numpy as np\ndef moving_average(x, width):\n    return np.convolve(x, np.ones(width) / width, 'valid')\n"
)
SOFTMAX = (
    "def softmax(scores):\n    e = np.exp(scores - scores.max(1, keepdims=True))\n    return e / e.sum(1)[:, None]\n"
)
RIGHT = AVERAGE + SOFTMAX
CLASS = {
    "ada": RIGHT,
    "bob": AVERAGE,
    "carl": RIGHT.replace("def", "import os\ndef", 1).replace("    return np", "    os._exit(3)\n    return np"),
    "dora": "",
    "eve": RIGHT.replace("/ width", "/ 2"),
    "finn": "def moving_average(x, width):\n    return None\n",
    "gina": RIGHT.replace("e / ", "-e / "),
    "hugo": "print('hello')\n",
}
SHEETS = ("grades.csv", "verdicts.jsonl", "index.html")


@contextmanager
def follow(count: int) -> Iterator[Progress]:
    yield lambda student, status, sentence: None


class Class:
    """A class, its key and its reports, in one folder."""

    def __init__(self, at: Path, key: Key, files: Mapping[str, str] | None = None) -> None:
        self.hand_ins, self.out, self.key = at / "class", at / "out", key
        for student, source in (files or {}).items():
            self.hand_in(student, source)

    def hand_in(self, student: str, source: str, name: str = "layer.py") -> None:
        (self.hand_ins / student).mkdir(parents=True, exist_ok=True)
        (self.hand_ins / student / name).write_text(source)

    def order(self, **more: Any) -> Order:
        return Order(self.key, "the key", self.out, **more)

    def grade(self, submissions: Any = None, watch: Any = follow, pool_of: Any = None, **more: Any) -> Done:
        found = submissions or collect(self.hand_ins).submissions
        return grade_all(self.order(**more), found, watch, pool_of)

    def copy(self, at: Path) -> Class:
        for path in (self.hand_ins, self.out):
            shutil.copytree(path, at / path.name, symlinks=True)
        return Class(at, self.key)

    def book(self) -> closing[Gradebook]:
        return closing(gradebook_in(self.out))

    def verdicts(self) -> dict[str, Any]:
        return {
            row["student_id"]: row for row in map(json.loads, (self.out / "verdicts.jsonl").read_text().splitlines())
        }

    def points(self) -> dict[str, str]:
        with (self.out / "grades.csv").open(newline="") as file:
            return {row["student_id"]: row["points"] for row in csv.DictReader(file)}

    def page(self, student: str) -> str:
        return (self.out / student / "report.html").read_text()

    def files(self) -> dict[str, bytes]:
        """All reports but the gradebook."""
        paths = [path for path in self.out.rglob("*") if path.is_file() and "gradebook" not in path.name]
        return {str(path.relative_to(self.out)): path.read_bytes() for path in paths}

    def sheet(self, *rows: str) -> Path:
        path = self.out.parent / "changes.csv"
        path.write_text("\n".join(["student_id,criterion,points,reason,by", *rows, ""]))
        return path


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    path = tmp_path_factory.mktemp("key") / "key.npz"
    with open_sandbox() as sandbox:
        save_key(compile_key(ASSIGNMENTS / "moving_average", sandbox, 1), path)
    return load_key(path)


@pytest.fixture(scope="module")
def graded(key: Key, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The class, graded by one worker. Nobody changes it."""
    graded = Class(tmp_path_factory.mktemp("graded"), key, CLASS)
    assert graded.grade().counts.graded == len(CLASS)
    return graded


@pytest.fixture
def room(graded: Class, tmp_path: Path) -> Class:
    """A copy of the graded class."""
    return graded.copy(tmp_path)


def half_the_points(key: Key) -> Key:
    """The same questions with another rubric."""
    rules = [
        msgspec.structs.replace(
            rule, behaviours=tuple(msgspec.structs.replace(one, points=one.points / 2) for one in rule.behaviours)
        )
        for rule in key.rubric.criteria
    ]
    return msgspec.structs.replace(key, rubric=msgspec.structs.replace(key.rubric, criteria=tuple(rules)))


# ---- what comes out, and what is new ---------------------------------------------------------------------------------


def test_a_class_leaves_all_that_was_promised(graded: Class) -> None:
    """A page for each student, the class page, two sheets and a gradebook; nothing half-written, no file of theirs."""
    assert sorted(path.name for path in graded.out.iterdir() if path.is_dir()) == sorted(CLASS)
    assert all(student in graded.page(student) for student in CLASS)
    assert {*SHEETS, "gradebook.sqlite"} <= {path.name for path in graded.out.iterdir()}
    assert not list(graded.out.rglob("*.part"))
    assert list(graded.verdicts()) == sorted(CLASS)
    assert {s: row["status"] for s, row in graded.verdicts().items() if row["status"] != "graded"} == {
        "dora": "unreadable"
    }
    points = {student: points for student, points in graded.points().items() if points not in ("", "0")}
    assert points == {"ada": "10", "bob": "6", "carl": "4", "eve": "4", "gina": "6"}
    assert {str(path.relative_to(graded.hand_ins)) for path in graded.hand_ins.rglob("*.*")} == {
        f"{student}/layer.py" for student in CLASS
    }


@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_workers_says_the_same(graded: Class, tmp_path: Path, jobs: int) -> None:
    """The sheets are the same bytes, whoever worked on which submission in what order."""
    other = Class(tmp_path, graded.key, CLASS)
    other.grade(jobs=jobs)
    for name in ("grades.csv", "verdicts.jsonl"):
        assert (other.out / name).read_bytes() == (graded.out / name).read_bytes()


def test_a_second_run_grades_nothing_and_changes_nothing(room: Class) -> None:
    """Nothing is new: every report stays as it is, to the byte, and the class is still summed up."""
    before = room.files()
    done = room.grade()
    assert (done.counts.graded, done.counts.kept, done.counts.rejudged) == (0, len(CLASS), 0)
    assert len(done.summary.rows) == len(CLASS)
    assert room.files() == before


CHANGES: dict[str, tuple[Callable[[Class], object], dict[str, Any], set[str]]] = {
    "another file": (lambda room: room.hand_in("bob", RIGHT), {}, {"bob"}),
    "one file more": (lambda room: room.hand_in("bob", "x = 1\n", "helper.py"), {}, {"bob"}),
    "a new student": (lambda room: room.hand_in("zoe", RIGHT), {}, {"zoe"}),
    "a page is lost": (lambda room: (room.out / "eve" / "report.html").unlink(), {}, {"eve"}),
    "a sheet is lost": (lambda room: [(room.out / name).unlink() for name in SHEETS[1:]], {}, set()),
    "one is named": (lambda room: room.hand_in("bob", RIGHT), {"students": frozenset({"ada"})}, {"ada"}),
    "force": (lambda room: None, {"force": True}, {*CLASS}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_only_what_is_new_is_graded(room: Class, what: str) -> None:
    """What has changed or was asked for is graded, everything else keeps its row."""
    change, more, expected = CHANGES[what]
    change(room)
    seen: set[str] = set()

    @contextmanager
    def watch(count: int) -> Iterator[Progress]:
        yield lambda student, status, sentence: seen.add(student)

    done = room.grade(watch=watch, **more)
    assert seen == expected
    assert done.counts.graded == len(expected)
    assert done.counts.waiting == (1 if what == "one is named" else 0)
    assert room.points()["bob"] == ("10" if what == "another file" else "6")
    assert room.page("eve")
    assert all((room.out / name).exists() for name in SHEETS)


def test_only_the_named_function_is_asked_again(room: Class) -> None:
    """All outcomes of the other one stay as they are saved, be they from another time and machine."""
    with room.book() as book:
        (ada, bob), run = (book.record_of(student) for student in ("ada", "bob")), book.runs.latest()["id"]
        swapped = msgspec.structs.replace(ada.evidence, outcomes=bob.evidence.outcomes)
        book.enter(msgspec.structs.replace(ada, evidence=swapped), run)
    assert room.grade(criteria=frozenset({"moving_average"})).counts.graded == len(CLASS)
    assert room.points()["ada"] == "6"  # the missing softmax of the other one
    assert room.grade(criteria=frozenset({"softmax"}), students=frozenset({"ada"})).counts.graded == 1
    assert room.points()["ada"] == "10"


def test_students_who_are_gone_leave_no_page(room: Class) -> None:
    """Row, page and rendered notebook go, a note of a TA stays; a page that we did not write is named and stays."""
    page = room.page("finn")
    shutil.rmtree(room.hand_ins / "finn")
    (room.hand_ins / "gina").rename(room.hand_ins / "gerd")
    (room.out / "finn" / "notebook.html").write_text(page)
    (room.out / "gina" / "notes.txt").write_text("asked for a new deadline")
    (room.out / "other").mkdir()
    (room.out / "other" / "report.html").write_text("<title>coverage</title>")
    done = room.grade()
    assert (done.counts.graded, done.counts.removed, done.pages_removed) == (1, 2, 2)
    assert done.foreign_pages == (room.out / "other" / "report.html",)
    assert {path.name for path in (room.out / "gina").iterdir()} == {"notes.txt"}
    assert {path.name for path in room.out.iterdir() if path.is_dir()} == {*CLASS, "gerd", "other"} - {"finn"}
    assert set(room.points()) == {*CLASS, "gerd"} - {"finn", "gina"}


def test_what_an_earlier_run_knew_is_missed(room: Class) -> None:
    """A roster's student without a file, and an extension: the next run without them says how many it lost."""
    found = collect(room.hand_ins).submissions
    late = replace(found[0], arrival=msgspec.structs.replace(found[0].arrival, late_by=0))
    absent = Submission("zoe", "Zoe", problem="nothing was handed in", arrival=Arrival(absent=True))
    room.grade([late, *found[1:], absent])
    counts = room.grade().counts
    assert (counts.graded, counts.removed, counts.off_roster, counts.late_lost) == (1, 1, 1, 1)


@pytest.mark.parametrize("what", ["other people", "another assignment", "other questions for the rest"])
def test_two_classes_are_never_mixed(room: Class, what: str) -> None:
    """It is refused with what to do, and nothing of the class that is there has changed."""
    before, more = room.files(), {}
    if what == "other people":
        shutil.rmtree(room.hand_ins)
        room.hand_in("zoe", RIGHT)
    elif what == "another assignment":
        room.key = msgspec.structs.replace(room.key, rubric=msgspec.structs.replace(room.key.rubric, name="another"))
    else:
        room.key, more = msgspec.structs.replace(room.key, digest="others"), {"students": frozenset({"ada"})}
    with pytest.raises(GradebookError) as caught:
        room.grade(**more)
    assert caught.value.hint
    assert room.files() == before
    with room.book() as book:
        assert set(book.fingerprints()) == set(CLASS)


# ---- whatever happens ------------------------------------------------------------------------------------------------

KILLED = """
import sys
from pathlib import Path
import test_batch as t
@t.contextmanager
def watch(count):
    done = []
    yield lambda *_: done.append(1) or len(done) < 3 or t.os.kill(t.os.getpid(), t.signal.SIGKILL)
t.Class(Path(sys.argv[1]), t.load_key(Path(sys.argv[2]))).grade(watch=watch, jobs=2)
"""


def test_a_run_that_was_killed_goes_on(graded: Class, tmp_path: Path) -> None:
    """What was entered before is not graded again, and in the end all is as if nothing had happened."""
    room = Class(tmp_path, graded.key, CLASS)
    save_key(graded.key, tmp_path / "key.npz")
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(tmp_path / "key.npz")]
    run = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, timeout=100)
    assert (run.returncode, run.stderr) == (-signal.SIGKILL, b"")
    with room.book() as book:
        assert book.runs.stopped() == "grade"
    counts = room.grade().counts
    assert (counts.graded, counts.kept, counts.rejudged) == (len(CLASS) - 3, 3, 3)
    for name in ("grades.csv", "verdicts.jsonl"):
        assert (room.out / name).read_bytes() == (graded.out / name).read_bytes()


class Trap(SubmittedFile):
    """A file that does something where it is read by a worker, and nothing where its digest is taken."""

    def read(self, cap: int = 1 << 20) -> bytes:
        if os.getpid() != HOME:
            WHAT[self.name]()
        return b""


def _raise(error: Exception) -> Callable[[], None]:
    def trap() -> None:
        raise error

    return trap


HOME = os.getpid()
WHAT = {"bug": _raise(KeyError("x")), "exit": lambda: os._exit(1), "full": _raise(MemoryError())}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("what", "said"), [("bug", "KeyError in test_batch.py"), ("exit", "process ended twice")])
def test_a_failure_of_ours_costs_one_submission_its_grade(
    key: Key, tmp_path: Path, capfd: pytest.CaptureFixture[str], what: str, said: str, jobs: int
) -> None:
    """It is ungraded, with the reason and never a zero; all others are graded, and the next run tries it again."""
    room = Class(tmp_path, key, {f"s{n}": AVERAGE for n in range(7)})
    found = [*collect(room.hand_ins).submissions, Submission("zoe", "Zoe", (Trap((what,), tmp_path / "layer.py"),))]
    assert room.grade(found, jobs=jobs).counts.graded == 8
    assert room.points() == {**{f"s{n}": "6" for n in range(7)}, "zoe": ""}
    assert said in room.page("zoe")
    assert "'x'" not in room.page("zoe")
    assert room.grade(found).counts.graded == 1
    assert ("KeyError: 'x'" in capfd.readouterr().err) == (what == "bug")


def test_what_the_machine_lacks_ends_the_run(key: Key, tmp_path: Path) -> None:
    """It meets everybody: a row for each would say the same a thousand times."""
    room = Class(tmp_path, key)
    with pytest.raises(MemoryError):
        room.grade([Submission("zoe", "Zoe", (Trap(("full",), tmp_path / "layer.py"),))])


def test_a_file_that_was_away_for_a_moment_is_graded_by_the_next_run(room: Class) -> None:
    """It went after the class was listed, and came back as it was: the row says so, and does not stay."""
    room.hand_in("bob", RIGHT)

    @contextmanager
    def watch(count: int) -> Iterator[Progress]:
        (room.hand_ins / "bob" / "layer.py").unlink()
        yield lambda *_: None

    assert room.grade(watch=watch).counts.graded == 1
    assert room.verdicts()["bob"]["status"] == "unreadable"
    room.hand_in("bob", RIGHT)
    assert room.grade().counts.graded == 1
    assert room.points()["bob"] == "10"


def test_one_run_at_a_time(room: Class) -> None:
    """A second run into the same folder is refused with what to do; afterwards it grades."""
    room.hand_in("bob", RIGHT)
    with one_run(room.out), pytest.raises(GradebookError, match="at work in") as caught:
        room.grade()
    assert "--out" in caught.value.hint
    assert room.grade().counts.graded == 1


# ---- judged again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["grade", "rejudge"])
def test_another_rubric_needs_nobodys_code(room: Class, verb: str) -> None:
    """Points, pages and sheets are those of today's key, which points moved is said, and no program is run."""
    room.key = half_the_points(room.key)
    with room.book() as book, pytest.raises(GradebookError) as caught:
        require_same_key(book, room.order())
    assert f"grader rejudge {room.out}" in caught.value.hint
    before, would_move = room.files(), moves_if_rejudged(room.order(), follow)
    assert room.files() == before
    if verb == "rejudge":
        shutil.rmtree(room.hand_ins)
        done = rejudge_all(room.order(jobs=2), follow)
    else:
        done = room.grade(jobs=2)
    assert (done.counts.graded, done.counts.rejudged) == (0, len(CLASS))
    assert list(done.moved) == would_move
    totals = {move.student_id: (move.then, move.now) for move in done.moved if not move.criterion}
    assert totals == {"ada": (10, 5), "bob": (6, 3), "carl": (4, 2), "eve": (4, 2), "gina": (6, 3)}
    assert room.points()["ada"] == "5"
    assert (room.out / "moved.csv").read_text().count("ada") == 3
    assert "<strong>5</strong>/5" in room.page("ada")
    assert done.summary.rows


def test_other_questions_need_another_run(room: Class) -> None:
    """Saved outcomes do not answer them: `rejudge` refuses and names `grade`, which grades all."""
    room.key = msgspec.structs.replace(room.key, digest="others")
    for act in (rejudge_all, moves_if_rejudged):
        with pytest.raises(GradebookError, match="questions have changed") as caught:
            act(room.order(), follow)
        assert "grader grade" in caught.value.hint
    with room.book() as book, pytest.raises(GradebookError) as caught:
        require_same_key(book, room.order())
    assert "grader grade" in caught.value.hint
    assert room.grade().counts.graded == len(CLASS)


def test_a_run_that_was_stopped_leaves_no_page_of_another_key(room: Class) -> None:
    """Some pages may be of one key and some of another: the next run writes all that stay again."""
    with room.book() as book:
        book.runs.finish(book.runs.latest()["id"], None)
    assert rejudge_all(room.order(), follow).unfinished
    with room.book() as book:
        book.runs.finish(book.runs.latest()["id"], None)
    assert room.grade().counts.rejudged == len(CLASS)
    assert not rejudge_all(room.order(), follow).unfinished


def test_damaged_outcomes_name_the_student_and_the_way_out(room: Class) -> None:
    """`rejudge` says whose they are, and the command that it names makes them again."""
    with closing(sqlite3.connect(room.out / "gradebook.sqlite")) as connection, connection:
        connection.execute("UPDATE submissions SET outcomes = x'00' WHERE student_id = 'eve'")
    with pytest.raises(GradebookError, match="eve: ") as caught:
        rejudge_all(room.order(), follow)
    assert "--student 'eve'" in caught.value.hint
    assert room.grade(students=frozenset({"eve"})).counts.graded == 1
    assert rejudge_all(room.order(), follow).counts.rejudged == len(CLASS)


# ---- what TAs say --------------------------------------------------------------------------------------------------


def test_a_sheet_of_changed_points_is_taken_and_kept(room: Class) -> None:
    """It shows on page and sheets without a run of anybody's code, stays in later runs, and can be taken back."""
    sheet = room.sheet("ada,softmax,1,generous before,TA", "bob,softmax,1/3,by hand,TA")
    done = room.grade(overrides=(sheet,))
    assert (done.counts.graded, done.sheet_edited) == (0, False)
    assert "generous before" in room.page("ada")
    assert room.points()["ada"] == "7"
    for act in (lambda: room.grade(force=True), lambda: rejudge_all(room.order(), follow), room.grade):
        act()
        assert (room.points()["ada"], "generous before" in room.page("ada")) == ("7", True)
    done = room.grade(overrides=(room.sheet("bob,softmax,1/3,by hand,TA"),))
    assert [one.reason for one in done.taken_back] == ["generous before"]
    assert room.points()["ada"] == "10"
    assert "generous before" not in room.page("ada") + (room.out / "overrides.csv").read_text()


@pytest.mark.parametrize("how", ["edited", "lost gradebook"])
def test_an_edited_sheet_is_not_overwritten(room: Class, how: str) -> None:
    """What somebody wrote into `overrides.csv` stays there, is said not to count yet, and counts when it is given."""
    room.grade(overrides=(room.sheet("ada,softmax,1,first,TA"),))
    sheet = room.out / "overrides.csv"
    if how == "edited":
        sheet.write_text(sheet.read_text() + "bob,softmax,2,second,TA\n")
    else:
        (room.out / "gradebook.sqlite").unlink()
    text = sheet.read_text()
    for act in (lambda: room.grade(force=True), lambda: rejudge_all(room.order(), follow)):
        assert act().sheet_edited
        assert sheet.read_text() == text
    done = room.grade(overrides=(sheet,))
    assert not done.sheet_edited
    assert not room.grade().sheet_edited
    assert room.points()["ada"] == "7"
    assert room.points()["bob"] == ("8" if how == "edited" else "6")
    assert "first" in sheet.read_text()


def test_a_run_that_is_killed_while_it_writes_sheets_has_edited_nothing(room: Class) -> None:
    """They are ours to write again: nothing is put aside, and nothing is said to be edited."""
    room.grade(overrides=(room.sheet("ada,softmax,1,first,TA"),))
    for name in ("overrides.csv", "grades.csv"):
        with room.book() as book:
            book.note_written(name, "")
        (room.out / name).write_text("half a sheet")
    done = room.grade(force=True)
    assert not done.sheet_edited
    assert not done.summary.put_aside
    assert "first" in (room.out / "overrides.csv").read_text()


def test_an_edited_grade_sheet_is_kept_beside_the_new_one(room: Class) -> None:
    """As often as that happens; what nobody has changed leaves no copy."""
    for text, name in (
        ("mine\n", "grades.before.csv"),
        ("mine\n", "grades.before.csv"),
        ("other\n", "grades.before-2.csv"),
    ):
        (room.out / "grades.csv").write_text(text)
        assert room.grade(force=True, students=frozenset({"ada"})).summary.put_aside == name
        assert (room.out / name).read_text() == text
        assert room.points()["ada"] == "10"
    assert not room.grade(force=True, students=frozenset({"ada"})).summary.put_aside
    assert len(list(room.out.glob("grades*.csv"))) == 3


def test_what_is_said_while_a_class_is_graded_is_on_the_page(room: Class) -> None:
    """A worker was sent off with what had been said before: sheet and page say the same all the same."""
    room.hand_in("bob", RIGHT)

    @contextmanager
    def watch(count: int) -> Iterator[Progress]:
        def progress(student: str, status: str, sentence: str) -> None:
            word = Override(student, "softmax", Fraction(1), "said meanwhile", "TA", source=REVIEW)
            with room.book() as book:
                book.overrides.put([word, msgspec.structs.replace(word, student_id="eve")], book.runs.latest()["id"])

        yield progress

    room.grade(watch=watch)
    for student, points in (("bob", "7"), ("eve", "1")):
        assert "said meanwhile" in room.page(student)
        assert room.points()[student] == points


def test_a_change_is_shown_at_once(room: Class) -> None:
    """One page and all sheets are written; an override about a student who is not here is counted as a stray."""
    words = [Override(student, "softmax", Fraction(1), "seen", "TA", source=REVIEW) for student in ("ada", "zoe")]
    (room.out / "bob" / "report.html").write_text("not touched")
    with room.book() as book:
        book.overrides.put(words, book.runs.latest()["id"])
        summary = update_pages(book, room.order(), ["ada"])
        assert not sheet_is_edited(book, room.out)
    assert [one.student_id for one in summary.strays] == ["zoe"]
    assert "seen" in room.page("ada")
    assert room.points()["ada"] == "7"
    assert room.page("bob") == "not touched"


# ---- names, and which grader ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("student", "folder"),
    [("ada", "ada"), ("O'Neil, Ø", "O_Neil_Ø-"), ("index.html", "index.html-"), ("", "student-"), ("-rf", "rf-"),
     ("..", "student-"), ("x" * 99, "x" * 60 + "-")],
)  # fmt: skip
def test_a_folders_name_is_one_safe_part_of_a_path(student: str, folder: str) -> None:
    """A plain id is its own name; any other is made plain, with a digest, so that no two share a folder."""
    name = folder_name(student, {*RESERVED})
    assert name.startswith(folder)
    assert (name == folder) == (student == "ada")
    assert folder_name(student, {*RESERVED, name.casefold()}) != name


def test_another_grader_of_the_same_version_is_another_edition(tmp_path: Path) -> None:
    """Its files count, wherever they are and whatever Python and editors leave beside them."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_text("x = 1\n")
    before = digest_of(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").touch()
    (tmp_path / "sub" / "a.py.swp").touch()
    assert digest_of(tmp_path) == before
    (tmp_path / "sub" / "a.py").rename(tmp_path / "sub" / "b.py")
    assert digest_of(tmp_path) != before
    assert edition().startswith(f"{VERSION}+")
