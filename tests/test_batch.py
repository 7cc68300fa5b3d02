"""A whole class: graded once, the same whoever works on it, resumed after a kill, and judged again without any code."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.folder import gradebook_in, one_run, sheet_is_edited, students_before, update_pages
from grader.batch.grading import Done, Progress, grade_all, moves_if_rejudged, rejudge_all
from grader.batch.order import Job, Order, require_same_key
from grader.batch.worker import graded as graded_by
from grader.edition import VERSION, digest_of, edition
from grader.errors import GradebookError
from grader.folders import RESERVED, folder_name
from grader.gradebook import REVIEW, Gradebook, Identity, Override
from grader.intake import Arrival, Submission, SubmittedFile, collect
from grader.key import Key, save_key
from grader.pipeline import Context
from grader.report import PageContext
from grader.sandbox import open_sandbox

AVERAGE = (
    "import numpy as np\ndef moving_average(x, width):\n    return np.convolve(x, np.ones(width)/width, 'valid')\n"
)
SOFTMAX = (
    "def softmax(scores):\n    e = np.exp(scores - scores.max(1, keepdims=True))\n    return e / e.sum(1)[:, None]"
)
RIGHT = AVERAGE + SOFTMAX
CLASS = {
    "ada": RIGHT,
    "bob": AVERAGE,
    "carl": RIGHT.replace("def", "import os\ndef", 1).replace("    return np", "    os._exit(3)\n    return np"),
    "dora": "",
    "eve": RIGHT.replace("/width", "/2"),
    "finn": "def moving_average(x, width):\n    return None\n",
    "gina": RIGHT.replace("e / ", "-e / "),
    "hugo": "print('hello')\n",
}
POINTS = {"ada": "10", "bob": "6", "carl": "4", "dora": "", "eve": "4", "finn": "0", "gina": "6", "hugo": "0"}
SHEETS = ("grades.csv", "verdicts.jsonl", "index.html")
put = msgspec.structs.replace


def telling(progress: Callable[..., object] = lambda *_: None, at_first: Callable[[], object] = int) -> Any:
    """Follow a run: `at_first` is called before anything is graded, `progress` after each submission."""

    @contextmanager
    def watch(count: int) -> Iterator[Progress]:
        at_first()
        yield lambda *done: (progress(*done), None)[1]

    return watch


follow = telling()


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
        return grade_all(self.order(**more), submissions or collect(self.hand_ins).submissions, watch, pool_of)

    def rejudge(self, **more: Any) -> Done:
        return rejudge_all(self.order(**more), follow)

    def book(self) -> AbstractContextManager[Gradebook]:
        return closing(gradebook_in(self.out))

    def say(self, reason: str, *students: str) -> None:
        words = [Override(student, "softmax", Fraction(1), reason, "TA", source=REVIEW) for student in students]
        with self.book() as book:
            book.overrides.put(words, book.runs.latest()["id"])

    def spoil(self, statement: str) -> None:
        with closing(sqlite3.connect(self.out / "gradebook.sqlite")) as connection, connection:
            connection.execute(statement)

    def points(self, column: str = "points") -> dict[str, str]:
        with (self.out / "grades.csv").open(newline="") as file:
            return {row["student_id"]: row[column] for row in csv.DictReader(file)}

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


def refused(act: Callable[[], object], hint: str, said: str = ".") -> None:
    """Assert that it is refused with a next step."""
    with pytest.raises(GradebookError, match=said) as caught:
        act()
    assert caught.value.hint
    assert hint in caught.value.hint


@pytest.fixture(scope="module")
def graded(key: Key, tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The class, graded by one worker. Nobody changes it."""
    graded = Class(tmp_path_factory.mktemp("graded"), key, CLASS)
    assert graded.grade().counts.graded == len(CLASS)
    return graded


@pytest.fixture
def room(graded: Class, tmp_path: Path) -> Class:
    """A copy of the graded class."""
    for path in (graded.hand_ins, graded.out):
        shutil.copytree(path, tmp_path / path.name)
    return Class(tmp_path, graded.key)


# ---- what comes out, and what is new ---------------------------------------------------------------------------------


def test_a_class_leaves_all_that_was_promised(graded: Class) -> None:
    """A page for each student, the class page, two sheets and a gradebook; nothing half-written, no file of theirs."""
    assert sorted(path.name for path in graded.out.iterdir() if path.is_dir()) == sorted(CLASS)
    assert all(student in graded.page(student) for student in CLASS)
    assert {*SHEETS, "gradebook.sqlite"} <= {path.name for path in graded.out.iterdir()}
    assert not list(graded.out.rglob("*.part"))
    assert graded.points() == POINTS
    assert {s: status for s, status in graded.points("status").items() if status != "graded"} == {"dora": "unreadable"}
    assert len([path for path in graded.hand_ins.rglob("*") if path.is_file()]) == len(CLASS)


CHANGES: dict[str, tuple[Callable[[Class], object], dict[str, Any], set[str]]] = {
    "nothing": (lambda room: None, {}, set()),
    "another file": (lambda room: room.hand_in("bob", RIGHT), {}, {"bob"}),
    "one file more": (lambda room: room.hand_in("bob", "x = 1\n", "helper.py"), {}, {"bob"}),
    "a new student": (lambda room: room.hand_in("zoe", RIGHT), {}, {"zoe"}),
    "a page is lost": (lambda room: (room.out / "eve" / "report.html").unlink(), {}, {"eve"}),
    "two sheets are lost": (lambda room: [(room.out / name).unlink() for name in SHEETS[1:]], {}, set()),
    "one is named": (lambda room: room.hand_in("bob", RIGHT), {"students": frozenset({"ada"})}, {"ada"}),
    "force": (lambda room: None, {"force": True}, {*CLASS}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_only_what_is_new_is_graded(room: Class, what: str) -> None:
    """What has changed or was asked for is graded, and a rendered notebook goes; where nothing has, no byte changes."""
    (change, more, expected), seen = CHANGES[what], set[str]()
    change(room)
    (room.out / "bob" / "notebook.html").touch()
    before, done = room.files(), room.grade(watch=telling(lambda student, *_: seen.add(student)), **more)
    assert seen == expected
    assert (done.counts.graded, done.counts.waiting) == (len(expected), int(what == "one is named"))
    assert not done.moved  # a new file is new work
    assert len(done.summary.rows) == done.counts.graded + done.counts.kept
    assert room.files() == before or what != "nothing"
    assert room.points()["bob"] == ("10" if what == "another file" else "6")
    assert all((room.out / name).exists() for name in (*SHEETS, "eve/report.html"))
    assert (room.out / "bob" / "notebook.html").exists() == ("bob" not in expected)


def test_only_the_named_function_is_asked_again(room: Class) -> None:
    """All outcomes of the other one stay as they are saved, be they from another time and machine."""
    with room.book() as book:
        (ada, bob), run = (book.record_of(student) for student in ("ada", "bob")), book.runs.latest()["id"]
        book.enter(put(ada, evidence=put(ada.evidence, outcomes=bob.evidence.outcomes)), run)
    assert room.grade(criteria=frozenset({"moving_average"})).counts.graded == len(CLASS)
    assert room.points() == POINTS | {"ada": "6"}  # the missing softmax of the other one
    assert room.grade(criteria=frozenset({"softmax"}), students=frozenset({"ada"})).counts.graded == 1
    assert room.points() == POINTS


def test_students_who_are_gone_leave_no_page(room: Class) -> None:
    """Row, page and rendered notebook go, a note of a TA stays; a page that we did not write is named and stays."""
    (room.out / "finn" / "notebook.html").write_text(room.page("finn"))
    (room.out / "gina" / "notes.txt").write_text("asked for a new deadline")
    (room.out / "other").mkdir()
    (room.out / "other" / "report.html").write_text("<title>coverage</title>")
    for student in ("finn", "gina"):
        shutil.rmtree(room.hand_ins / student)
    done = room.grade()
    assert (done.counts.graded, done.counts.removed, done.pages_removed) == (0, 2, 2)
    assert done.foreign_pages == (room.out / "other" / "report.html",)
    assert {path.name for path in (room.out / "gina").iterdir()} == {"notes.txt"}
    assert {path.name for path in room.out.iterdir() if path.is_dir()} == {*CLASS, "other"} - {"finn"}
    assert set(room.points()) == {*CLASS} - {"finn", "gina"}


def test_what_an_earlier_run_knew_is_missed(room: Class) -> None:
    """A roster's student without a file, an extension, another grader: the next run says what is not so any more."""
    found = collect(room.hand_ins).submissions
    late = replace(found[0], arrival=put(found[0].arrival, late_by=0))
    absent = Submission("zoe", "Zoe", problem="nothing was handed in", arrival=Arrival(absent=True))
    assert not room.grade([late, *found[1:], absent]).other_grader
    room.spoil("UPDATE runs SET grader_version = '0'")
    done = room.grade()
    assert (done.counts.graded, done.counts.removed, done.counts.off_roster, done.counts.late_lost) == (1, 1, 1, 1)
    assert done.other_grader


@pytest.mark.parametrize("what", ["other people", "another assignment", "other questions for the rest"])
def test_two_classes_are_never_mixed(room: Class, what: str) -> None:
    """It is refused with what to do, and nothing of the class that is there has changed."""
    before, named = room.files(), frozenset({"ada"} if what == "other questions for the rest" else ())
    if what == "other people":
        shutil.rmtree(room.hand_ins)
        room.hand_in("zoe", RIGHT)
    elif what == "another assignment":
        room.key = put(room.key, rubric=put(room.key.rubric, name="another"))
    else:
        room.key = put(room.key, digest="others")
    refused(lambda: room.grade(students=named), "")
    assert room.files() == before
    with room.book() as book:
        assert set(book.fingerprints()) == set(CLASS)


# ---- whatever happens ------------------------------------------------------------------------------------------------

KILLED = """
import sys
from pathlib import Path
import test_batch as t
from grader.key import load_key
done = []
watch = t.telling(lambda *_: done.append(1) or len(done) < 3 or t.os.kill(t.os.getpid(), t.signal.SIGKILL))
t.Class(Path(sys.argv[1]), load_key(Path(sys.argv[2]))).grade(watch=watch, jobs=2)
"""


def test_a_run_that_was_killed_goes_on(graded: Class, tmp_path: Path) -> None:
    """What was entered before is not graded again; in the end the sheets are those of one run by one worker."""
    room = Class(tmp_path, graded.key, CLASS)
    save_key(graded.key, tmp_path / "key.npz")
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(tmp_path / "key.npz")]
    run = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, timeout=100)
    assert (run.returncode, run.stderr) == (-signal.SIGKILL, b"")
    with room.book() as book:
        assert book.runs.stopped() == "grade"
    counts = room.grade(jobs=2).counts
    assert (counts.graded, counts.kept, counts.rejudged) == (len(CLASS) - 3, 3, 3)
    for name in ("grades.csv", "verdicts.jsonl"):
        assert (room.out / name).read_bytes() == (graded.out / name).read_bytes()


class Trap(SubmittedFile):
    """A file that does something where it is read by a worker, and nothing where its digest is taken."""

    def read(self, cap: int = 1 << 20) -> bytes:
        if os.getpid() != HOME:
            WHAT[self.name]()
        return b""


def fill_memory() -> None:
    raise MemoryError


HOME = os.getpid()
WHAT: dict[str, Callable[[], object]] = {"bug": lambda: {}["secret"], "exit": lambda: os._exit(1), "full": fill_memory}
BUGS = [("bug", "KeyError in test_batch.py", 1), ("exit", "ended twice", 2)]


@pytest.mark.parametrize(("what", "said", "jobs"), BUGS)
def test_a_failure_of_ours_costs_one_submission_its_grade(
    key: Key, tmp_path: Path, capfd: pytest.CaptureFixture[str], what: str, said: str, jobs: int
) -> None:
    """It is ungraded, with the reason and never a zero; all others are graded, and the next run tries it again."""
    room = Class(tmp_path, key, {f"s{n}": AVERAGE for n in range(7)})
    found = [*collect(room.hand_ins).submissions, Submission("zoe", "Zoe", (Trap((what,), tmp_path / "layer.py"),))]
    assert room.grade(found, jobs=jobs).counts.graded == 8
    assert room.points() == {**{f"s{n}": "6" for n in range(7)}, "zoe": ""}
    assert said in room.page("zoe")
    assert "secret" not in room.page("zoe")
    assert room.grade(found).counts.graded == 1
    assert ("KeyError: 'secret'" in capfd.readouterr().err) == (what == "bug")


def test_what_the_machine_lacks_ends_the_run(key: Key, tmp_path: Path) -> None:
    """It meets everybody: a row for each would say the same a thousand times."""
    with pytest.raises(MemoryError):
        Class(tmp_path, key).grade([Submission("zoe", "Zoe", (Trap(("full",), tmp_path / "layer.py"),))])


def test_a_failure_of_the_sandbox_is_tried_again_by_the_next_run(key: Key, tmp_path: Path) -> None:
    """The record is ungraded, and has no fingerprint by which it would be taken for done."""
    [ada] = collect(Class(tmp_path, key, {"ada": RIGHT}).hand_ins).submissions
    with open_sandbox() as closed:
        context, page = Context(key, closed), PageContext("today", closed.level)
    record, _ = graded_by(context, page, Job(Identity("ada", "Ada"), ada, "f"), frozenset())
    assert (record.status, record.points, record.evidence.fingerprint) == ("ungraded", None, "")


def test_a_file_that_was_away_for_a_moment_is_graded_by_the_next_run(room: Class) -> None:
    """It went after the class was listed, and came back as it was: the row says so, and does not stay."""
    room.hand_in("bob", RIGHT)
    assert room.grade(watch=telling(at_first=(room.hand_ins / "bob" / "layer.py").unlink)).counts.graded == 1
    assert room.points("status")["bob"] == "unreadable"
    room.hand_in("bob", RIGHT)
    assert room.grade().counts.graded == 1
    assert room.points()["bob"] == "10"


def test_one_run_at_a_time(room: Class) -> None:
    """A second run into the same folder is refused with what to do; afterwards it can be had."""
    for act in (room.grade, room.rejudge):
        with one_run(room.out):
            refused(act, "--out", "at work in")
    assert room.grade().counts.kept == len(CLASS)


# ---- judged again ----------------------------------------------------------------------------------------------------


def half_the_points(key: Key) -> Key:
    """The same questions with another rubric."""
    rules = []
    for rule in key.rubric.criteria:
        halves = tuple(put(behaviour, points=behaviour.points / 2) for behaviour in rule.behaviours)
        rules.append(put(rule, behaviours=halves))
    return put(key, rubric=put(key.rubric, criteria=tuple(rules)))


@pytest.mark.parametrize("verb", ["grade", "rejudge"])
def test_another_rubric_needs_nobodys_code(room: Class, verb: str) -> None:
    """Points, pages and sheets are those of today's key; the points that moved are said, but for those by hand."""
    room.grade(overrides=(room.sheet("bob,softmax,1,by hand,TA"),))
    room.key = half_the_points(room.key)
    with room.book() as book:
        refused(lambda: require_same_key(book, room.order()), f"grader rejudge {room.out}")
    before, would_move = room.files(), moves_if_rejudged(room.order(), follow)
    assert room.files() == before
    done = room.grade(jobs=2) if verb == "grade" else room.rejudge(jobs=2)
    assert (done.counts.graded, done.counts.rejudged) == (0, len(CLASS))
    assert list(done.moved) == would_move
    totals = {move.student_id: (move.then, move.now) for move in done.moved if not move.criterion}
    assert totals == {"ada": (10, 5), "carl": (4, 2), "eve": (4, 2), "gina": (6, 3)}
    assert (room.points()["ada"], room.points()["bob"]) == ("5", "4")
    assert (room.out / "moved.csv").read_text().count("ada") == 3
    assert "<strong>5</strong>/5" in room.page("ada")
    assert "by hand" in room.page("bob")


def test_other_questions_need_another_run(room: Class) -> None:
    """Saved outcomes do not answer them: all that would judge them refuses and names `grade`, which grades all."""
    room.key = put(room.key, digest="others")
    refused(room.rejudge, "grader grade", "changed")
    refused(lambda: moves_if_rejudged(room.order(), follow), "grader grade", "changed")
    with room.book() as book:
        refused(lambda: require_same_key(book, room.order()), "grader grade", "changed")
    assert room.grade().counts.graded == len(CLASS)


def test_after_a_run_that_was_stopped_all_is_written_again(room: Class) -> None:
    """Some pages may be of one key and some of another."""
    for act in (room.rejudge, room.grade):
        with room.book() as book:
            book.runs.finish(book.runs.latest()["id"], None)
        done = act()
        assert (done.counts.rejudged, done.unfinished) == (len(CLASS), act == room.rejudge)
    assert not room.rejudge().unfinished


def test_damaged_outcomes_name_the_student_and_the_way_out(room: Class) -> None:
    """`rejudge` says whose they are, and the command that it names makes them again."""
    room.spoil("UPDATE submissions SET outcomes = x'00' WHERE student_id = 'eve'")
    refused(room.rejudge, "--student 'eve'", "eve: ")
    assert room.grade(students=frozenset({"eve"})).counts.graded == 1
    assert room.rejudge().counts.rejudged == len(CLASS)


# ---- what TAs say ----------------------------------------------------------------------------------------------------


def test_a_sheet_of_changed_points_is_taken_and_kept(room: Class) -> None:
    """It shows on page and sheets without a run of anybody's code, stays in later runs, and can be taken back."""
    done = room.grade(overrides=(room.sheet("ada,softmax,1,generous before,TA", "bob,softmax,1/3,by hand,TA"),))
    assert (done.counts.graded, done.sheet_edited) == (0, False)
    with room.book() as book:
        assert book.overrides.effective()["ada"]["softmax"].verdict_then == "correct"
    for act in (int, lambda: room.grade(force=True), room.rejudge, room.grade):
        act()
        assert (room.points()["ada"], "generous before" in room.page("ada")) == ("7", True)
    done = room.grade(overrides=(room.sheet("bob,softmax,1/3,by hand,TA"),))
    assert [one.reason for one in done.taken_back] == ["generous before"]
    assert room.points()["ada"] == "10"
    assert "generous before" not in room.page("ada") + (room.out / "overrides.csv").read_text()


@pytest.mark.parametrize("how", ["edited", "saved by a spreadsheet"])
def test_an_edited_sheet_is_not_overwritten(room: Class, how: str) -> None:
    """What somebody wrote into `overrides.csv` stays there, is said not to count yet, and counts when it is given."""
    room.grade(overrides=(room.sheet("ada,softmax,1,first,TA"),))
    sheet = room.out / "overrides.csv"
    text = sheet.read_text() + ("bob,softmax,2,second,TA\n" if how == "edited" else "\n")
    sheet.write_text(text)
    for act in (lambda: room.grade(force=True), room.rejudge):
        assert act().sheet_edited
        assert sheet.read_text() == text
    assert not room.grade(overrides=(sheet,)).sheet_edited
    assert not room.grade().sheet_edited
    assert (room.points()["ada"], room.points()["bob"]) == ("7", "8" if how == "edited" else "6")
    assert "first" in sheet.read_text()


def test_an_edited_grade_sheet_is_kept_beside_the_new_one(room: Class) -> None:
    """As often as that happens; what nobody has changed leaves no copy."""
    one = {"force": True, "students": frozenset({"ada"})}
    for text, name in [("mine", "grades.before.csv"), ("mine", "grades.before.csv"), ("other", "grades.before-2.csv")]:
        (room.out / "grades.csv").write_text(text)
        assert room.grade(**one).summary.put_aside == name
        assert (room.out / name).read_text() == text
        assert room.points() == POINTS
    assert not room.grade(**one).summary.put_aside
    assert len(list(room.out.glob("grades*.csv"))) == 3


@pytest.mark.parametrize("how", ["deleted", "emptied"])
def test_a_lost_gradebook_takes_no_sheet_with_it(room: Class, how: str) -> None:
    """The class begins again, and what stood in the sheet of grades, with all points by hand, is kept beside it."""
    room.grade(overrides=(room.sheet("ada,softmax,1,by hand,TA"),))
    old = (room.out / "grades.csv").read_bytes()
    assert students_before(room.out) == {*CLASS}
    (room.out / "gradebook.sqlite").unlink()
    if how == "emptied":
        (room.out / "gradebook.sqlite").touch()
    assert students_before(room.out) is None
    done = room.grade()
    assert (done.summary.put_aside, done.sheet_edited) == ("grades.before.csv", True)
    assert (room.out / "grades.before.csv").read_bytes() == old
    assert "by hand" in (room.out / "overrides.csv").read_text()
    assert (room.grade().summary.put_aside, students_before(room.out)) == ("", {*CLASS})


def test_what_is_said_while_a_class_is_graded_is_on_the_page(room: Class) -> None:
    """Of those that are graded and of those that stay: sheet and page say the same."""
    room.hand_in("bob", RIGHT)
    room.grade(watch=telling(lambda *_: room.say("said meanwhile", "bob", "eve")))
    assert room.points() == POINTS | {"bob": "7", "eve": "1"}
    assert all("said meanwhile" in room.page(student) for student in ("bob", "eve"))


def test_a_change_is_shown_at_once(room: Class) -> None:
    """One page and all sheets are written; an override about a student who is not here is counted as a stray."""
    (room.out / "bob" / "report.html").write_text("not touched")
    room.say("seen", "ada", "zoe")
    with room.book() as book:
        summary = update_pages(book, room.order(), ["ada"])
        assert not sheet_is_edited(book, room.out)
    assert [one.student_id for one in summary.strays] == ["zoe"]
    assert "seen" in room.page("ada")
    assert room.points() == POINTS | {"ada": "7"}
    assert room.page("bob") == "not touched"


# ---- names, and which grader -----------------------------------------------------------------------------------------


FOLDERS = {
    "ada": "ada", "ada-1": "ada-1", "Ada-1": "Ada-1-", "O'Neil, Ø": "O_Neil_Ø-", "index.html": "index.html-",
    "": "student-", "-rf": "rf-", "..": "student-", "x" * 99: "x" * 60 + "-",
}  # fmt: skip


@given(st.lists(st.text(max_size=20), max_size=20))
def test_a_folders_name_is_one_safe_part_of_a_path(students: list[str]) -> None:
    """A plain id is its own name; any other is made plain, with a digest, so that no two share one on any system."""
    taken = {*RESERVED}
    for n, student in enumerate([*FOLDERS, *students]):
        name, begin = folder_name(student, taken), FOLDERS[student] if n < len(FOLDERS) else ""
        assert re.fullmatch(r"[^\W_][\w.-]*", name)
        assert name.startswith(begin)
        assert name.casefold() not in taken
        assert name == student or not begin or begin != student
        taken.add(name.casefold())


def test_another_grader_of_the_same_version_is_another_edition(tmp_path: Path) -> None:
    """Its files count, wherever they are and whatever Python and editors leave beside them."""
    digests = set[str]()
    for name in ("a.py", "sub/a.py", "__pycache__/a.pyc", "sub/a.py.swp", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
        digests.add(digest_of(tmp_path))
    assert len(digests) == 2
    assert edition().startswith(f"{VERSION}+")
