"""A class graded in part on purpose, or stopped on the way: by student, by function, by Ctrl-C.

takes: the small class of `test_batch`; the command line.
gives: one promise a test, said in its docstring.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_batch import CLASS, Desk, desk, graded, grader, new_and_same  # noqa: F401 - two are fixtures
from test_compile_key import LAYER, PASSES, write

from grader.class_folder import GRADEBOOK
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
