"""A class graded in part on purpose, or stopped on the way: by student, by function, by Ctrl-C.

takes: the small class of `test_batch`; the command line.
gives: one promise a test, said in its docstring.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_batch import CLASS, RIGHT, Desk, ask_otherwise, desk, graded, grader, new_and_same  # noqa: F401 - two are fixtures
from test_compile_key import DOUBLE, LAYER, PASSES, mistake, write

from grader.cli.selecting import known, with_methods
from grader.errors import SelectionError
from grader.folders import GRADEBOOK
from grader.gradebook import Gradebook
from grader.wire import encode_outcome, unpack_outcomes

RANDOM = "import os\nimport numpy as np\ndef any(*shape): return np.frombuffer(os.urandom(8 * 64), 'u1')[:12] * 1.0\n"
DRAWING = RANDOM + "def ahead(x, w): return any(), 0\ndef back(dy, cache): return any(), any()\n"


def outcomes_of(desk: Desk, student: str) -> list[list[bytes]]:  # noqa: F811
    with Gradebook(desk.out / GRADEBOOK) as book:
        return [[encode_outcome(o) for o in steps] for steps in unpack_outcomes(book.record_of(student).outcomes)]


def test_a_student_named_is_graded_alone_changed_or_not(desk: Desk) -> None:  # noqa: F811
    """Of all others nothing is touched, not even those who changed their hand-in; the next run finds these."""
    for student in ("bob", "eve"):
        (desk.hand_ins / student / "layer.py").write_text("def double(x):\n    return 2 * x\n")
    before = desk.points()
    assert new_and_same(desk.grade("--student", "bob", "--student", "ada")) == (2, len(CLASS) - 2)
    after = desk.points()
    assert (before["bob"], after["bob"]) == ("0", "2")
    assert after == before | {"bob": "2"}
    assert new_and_same(desk.grade()) == (1, len(CLASS) - 1)
    assert desk.points()["eve"] == "2"


CALLS = [
    ("ADA", "ada", ""),
    ("Jose\u0301", "Jos\u00e9", ""),
    ("jose", None, "is it --student 'Jos\u00e9'?"),
    ("bbo", None, "is it --student 'bob'?"),
    ("12345678", None, "there is, for instance: Jos\u00e9, ada, bob"),
    ("anna", "anna", ""),
    ("ANNA", None, "is it --student 'Anna'?"),
]


@pytest.mark.parametrize(("call", "who", "following"), CALLS, ids=[ascii(call) for call, _, _ in CALLS])
def test_a_student_is_found_as_in_sheets(call: str, who: str | None, following: str) -> None:
    """By the id as it is, else in another case and with accents written otherwise, where that is one person; who may be
    meant else is said and never taken."""
    there = ["ada", "bob", "Jos\u00e9"] + ["Anna", "anna"] * (call.lower() == "anna")
    if who:
        assert known("student", [call], there) == {who}
        return
    with pytest.raises(SelectionError, match="there is no student") as refused:
        known("student", [call], there)
    assert refused.value.hint == following


def test_a_class_stands_for_its_methods() -> None:
    """In any case, as functions do; what is no class stays what it is, and is refused later if it is nothing."""
    there = ("Relu.forward", "Relu.backward", "affine", "ReluX.forward")
    assert with_methods(["relu", "affine", "Rel"], there) == ("Relu.forward", "Relu.backward", "affine", "Rel")


def test_what_was_not_asked_for_is_said(desk: Desk) -> None:  # noqa: F811
    """Who is new or has changed and was not named is no row that is as it should be: the run says how many."""
    (desk.hand_ins / "eve" / "layer.py").write_text("def double(x):\n    return 2 * x\n")
    shutil.copytree(desk.hand_ins / "ada", desk.hand_ins / "ivan")
    said = desk.grade("--student", "ada").stdout
    assert "not named by --student: 2" in said
    assert "not named by --student" not in desk.grade().stdout


@pytest.mark.parametrize("more", [(), ("--criterion", "double")])
def test_one_class_has_one_exam(desk: Desk, more: tuple[str, ...]) -> None:  # noqa: F811
    """The questions have changed: to grade one student by them would leave the others, whose answers are to other
    questions, beside that one or judge them wrongly. It is refused before anything is changed, and the whole class
    can be graded."""
    before = (desk.out / "grades.csv").read_bytes(), (desk.out / GRADEBOOK).read_bytes()
    ask_otherwise(desk)
    done = desk.grade("--student", "ada", *more)
    assert done.returncode == 2
    assert f"have changed since {len(CLASS) - 1} of the others" in done.stderr
    assert "without --student" in done.stderr.split("next: ")[1]
    assert ((desk.out / "grades.csv").read_bytes(), (desk.out / GRADEBOOK).read_bytes()) == before
    assert desk.grade("--student", "ada", "--json").returncode == 2
    assert new_and_same(desk.grade(*more)) == (len(CLASS), 0)
    assert desk.points()["ada"] == "2"


def test_a_student_is_graded_before_anybody_else_was(tmp_path: Path) -> None:
    """Into a fresh folder, and beside others who have no row yet: each has a row of his own, and nobody else has."""
    desk = Desk(tmp_path, {"ada": RIGHT, "bob": RIGHT, "carl": RIGHT})  # noqa: F811
    for number, student in enumerate(("ada", "carl")):
        assert new_and_same(desk.grade("--student", student)) == (1, number)
    assert desk.points() == {"ada": "2", "carl": "2"}
    assert new_and_same(desk.grade()) == (1, 2)


def test_a_new_student_is_graded_alone_by_a_key_with_other_points(desk: Desk) -> None:  # noqa: F811
    """The questions are the same: all others are judged anew by what they answered, also who handed in anew and was
    not named, since one class has one key, and that hand-in may come back; who was never graded has no row."""
    before = (desk.hand_ins / "bob" / "layer.py").read_text()
    for student in ("ivan", "jane", "bob"):
        shutil.copytree(desk.hand_ins / "ada", desk.hand_ins / student, dirs_exist_ok=True)
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    done = desk.grade("--student", "ivan")
    assert new_and_same(done) == (1, len(CLASS))
    assert "not named by --student: 2" in done.stdout
    assert desk.points()["ada"] == desk.points()["ivan"] == "4"
    assert desk.verdicts()["bob"]["max_points"] == 4
    assert "jane" not in desk.points()
    (desk.hand_ins / "bob" / "layer.py").write_text(before)
    assert new_and_same(desk.grade()) == (1, len(CLASS) + 1)
    assert desk.verdicts()["bob"]["max_points"] == 4


def test_a_function_named_is_asked_again_alone(tmp_path: Path) -> None:
    """Its outcomes are new, those of all other functions are those of before, and the verdicts are made from both."""
    desk = Desk(tmp_path, {"ada": PASSES, "bob": DRAWING})  # noqa: F811
    write(desk.assignment, LAYER)
    assert new_and_same(desk.grade()) == (2, 0)
    before, told = outcomes_of(desk, "bob"), desk.verdicts()
    assert new_and_same(desk.grade("--criterion", "back")) == (2, 0)
    after = outcomes_of(desk, "bob")
    changed = [n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert 0 < len(changed) < len(before)
    assert desk.verdicts()["ada"] == told["ada"]
    assert new_and_same(desk.grade("--criterion", "ahead", "--student", "bob")) == (1, 1)
    assert all(one != other for one, other in zip(before, outcomes_of(desk, "bob"), strict=True))


def test_how_other_functions_were_asked_is_still_told(tmp_path: Path) -> None:
    """One that keeps something was asked each question by itself, which its page says; to ask another function alone
    leaves the page what it is."""
    double = "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x + len(calls) - 1\n"
    desk = Desk(tmp_path, {"ada": PASSES + double})  # noqa: F811
    write(desk.assignment, f"{DOUBLE.strip()}, {LAYER}")
    pages = []
    for more in ((), ("--criterion", "back")):
        desk.grade(*more)
        pages.append((desk.out / "ada" / "report.html").read_text().partition("<footer")[0])
    assert "something is kept" in pages[0]
    assert pages[0] == pages[1]


def test_a_hand_in_that_changed_is_asked_everything(tmp_path: Path) -> None:
    """Outcomes of another program are never mixed with those of this one."""
    desk = Desk(tmp_path, {"ada": DRAWING})  # noqa: F811
    write(desk.assignment, LAYER)
    desk.grade()
    (desk.hand_ins / "ada" / "layer.py").write_text(PASSES)
    assert new_and_same(desk.grade("--criterion", "back")) == (1, 0)
    assert desk.points()["ada"] == "4"


@pytest.mark.parametrize(
    ("what", "named", "near"), [("--student", "boob", "bob"), ("--criterion", "doubled", "double")]
)
def test_a_name_that_is_not_there_is_refused(desk: Desk, what: str, named: str, near: str) -> None:  # noqa: F811
    """Nothing is graded, and near names are told."""
    before = (desk.out / "verdicts.jsonl").read_bytes()
    done = desk.grade(what, named)
    assert done.returncode == 2
    assert f"'{named}'" in done.stderr
    assert near in done.stderr.split("next: ")[1]
    assert (desk.out / "verdicts.jsonl").read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="a crew elsewhere is stopped by its parent's end alone")
@pytest.mark.parametrize("jobs", [1, 2])
def test_control_c_stops_at_once_and_the_next_run_goes_on(tmp_path: Path, jobs: int) -> None:
    """What is done is kept, what hangs is not waited for, the way on is told, and nothing is left running."""
    right = "def double(x):\n    return 2 * x\n"
    hang = "def double(x):\n    while True: pass\n"
    desk = Desk(tmp_path, {f"s{n}": right if n < 8 else hang for n in range(10)})  # noqa: F811
    assert grader("compile", desk.assignment).returncode == 0
    line = [sys.executable, "-m", "grader", "grade", desk.hand_ins, "--assignment", desk.assignment, "--out", desk.out]
    run = subprocess.Popen(
        [*map(str, line), "--jobs", str(jobs)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until and len(list(desk.out.glob("s*/report.html"))) < 8:
        time.sleep(0.05)
    time.sleep(1)  # a page lies there a moment before its row: the rows of these eight are to be there too
    started = time.monotonic()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert time.monotonic() - started < 15  # the two that hang would take longer, one after the other
    assert run.returncode == 130, said
    assert "kept" in said
    assert "run the same command" in said
    assert "Traceback" not in said
    for student in ("s8", "s9"):
        (desk.hand_ins / student / "layer.py").write_text(right)
    new, same = new_and_same(desk.grade())
    assert new <= 3
    assert new + same == 10
    assert set(desk.points().values()) == {"2"}
