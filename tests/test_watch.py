"""`grader check --watch`, and `--json`: what follows a save, and what a machine reads.

takes: a student's folder, the command line, editors' ways of saving.
gives: one promise a test, said in its docstring.
must not know: how a notebook is graded.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from test_cli import RIGHT, VERBS, WRONG, notebook, run

from grader.cli.saves import GONE_AFTER, saves_of
from grader.intake import Submission, read_candidate

WAIT = 60.0
PAUSE = 0.02


# ---- saves ---------------------------------------------------------------------------------------------------------


class Watched:
    """A path that is looked at by a thread, as the command does; what it sees comes through a queue."""

    def __init__(self, path: Path) -> None:
        self._seen: queue.Queue[Submission] = queue.Queue()
        threading.Thread(target=self._follow, args=(path,), daemon=True).start()
        self.next()

    def _follow(self, path: Path) -> None:
        for submission in saves_of(path, PAUSE):
            self._seen.put(submission)

    def next(self) -> Submission:
        return self._seen.get(timeout=WAIT)

    def nothing(self) -> bool:
        """Whether nothing is told in the time of twenty looks."""
        time.sleep(20 * PAUSE)
        return self._seen.empty()


def text_of(submission: Submission) -> str:
    [candidate] = submission.candidates
    return read_candidate(candidate).decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text("old")
    return path


@contextmanager
def closed_to_us(folder: Path) -> Iterator[None]:
    """Nothing in this folder may be looked at; root may look everywhere, and becomes nobody."""
    mode, root = folder.stat().st_mode, os.getuid() == 0
    folder.chmod(0)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(mode)


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def by_another_file(path: Path, text: str) -> None:
    """As vim, JupyterLab and most others save: a file beside it takes its place."""
    beside = path.with_name(".saving")
    beside.write_text(text)
    beside.replace(path)


def by_removing(path: Path, text: str) -> None:
    """As some do: the old file goes, and a new one comes a moment later."""
    path.unlink()
    time.sleep(2 * PAUSE)
    path.write_text(text)


def with_the_old_time(path: Path, text: str) -> None:
    """As a synchronised folder may: another file with the very same time and size."""
    stat = path.stat()
    beside = path.with_name(".synced")
    beside.write_text(text)
    os.utime(beside, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    beside.replace(path)


SAVES = [in_place, by_another_file, by_removing, with_the_old_time]


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_a_save_is_seen_once(path: Path, save: Callable[[Path, str], None]) -> None:
    """However the editor saves, there is one new hand-in, with the new text."""
    watched = Watched(path)
    save(path, "new")
    assert text_of(watched.next()) == "new"
    assert watched.nothing()


def test_a_save_in_pieces_is_seen_whole(path: Path) -> None:
    """While the file is being written nothing is told; then all of it is."""
    watched, saved = Watched(path), [time.monotonic()]
    for text in [*("x" * n for n in range(30)), "whole"]:
        path.write_text(text)
        saved.append(time.monotonic())
        time.sleep(PAUSE / 3)
    seen = text_of(watched.next())
    while seen != "whole":
        seen = text_of(watched.next())
    # Where the machine stood still for a moment, what was there then is told, and its text is read when it is whole.
    stood_still = any(later - earlier >= PAUSE for earlier, later in pairwise(saved))
    assert watched.nothing() or stood_still


def test_a_save_that_changes_nothing_is_no_news(path: Path) -> None:
    """Autosave is not answered."""
    watched = Watched(path)
    by_another_file(path, "old")
    path.touch()
    assert watched.nothing()


def test_a_file_that_is_gone_is_said_once_and_waited_for(path: Path) -> None:
    """A path that stays empty is told with a next step; when the file is there again it is seen, even unchanged."""
    watched = Watched(path)
    path.unlink()
    gone = watched.next()
    assert not gone.candidates
    assert "a.py" in gone.problem
    assert gone.next_step
    time.sleep(2 * GONE_AFTER * PAUSE)
    assert watched.nothing()
    path.write_text("old")
    assert text_of(watched.next()) == "old"


def test_a_place_that_is_closed_for_a_while_is_waited_for(path: Path) -> None:
    """A drive that may not be looked at ends no watch: it is told, and the next save is seen."""
    watched = Watched(path)
    with closed_to_us(path.parent):
        gone = watched.next()
    assert (gone.candidates, gone.next_step) == ((), "save it there again: it is waited for")
    assert "Permission denied" in gone.problem
    path.write_text("new")
    assert text_of(watched.next()) == "new"


def test_a_module_beside_the_notebook_is_watched_too(path: Path) -> None:
    """What the notebook imports is part of it: a save there is a save, and one of any other file is none."""
    helpers = [path.with_name("helper.py"), path.parent / "lib" / "deep.py"]
    helpers[1].parent.mkdir()
    for helper in helpers:
        helper.write_text("a = 1")
    watched = Watched(path)
    for helper in helpers:
        helper.write_text("a = 2")
        watched.next()
    path.with_name("notes.txt").write_text("x")
    assert watched.nothing()


def test_a_project_is_watched_with_all_its_files(tmp_path: Path) -> None:
    """A new file in a folder is a change too."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text("a")
    watched = Watched(folder)
    (folder / "b.py").write_text("b")
    assert len(watched.next().candidates) == 2


# ---- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, key: Path) -> Path:
    shutil.copy(key / "exercise_05.public.key.npz", tmp_path)
    (tmp_path / "a.ipynb").write_text(notebook(WRONG))
    return tmp_path


class Check:
    """`grader check … --watch` at work."""

    def __init__(self, desk: Path, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "grader", "check", "a.ipynb", "--watch", *more],
            cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, end: str) -> str:
        """All that is printed up to a line that has `end` in it."""
        told = ""
        while True:
            line = self._lines.get(timeout=WAIT)
            told += line
            if end in line:
                return told

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=WAIT)
        assert self.process.stderr
        return code, self.process.stderr.read()


@pytest.fixture
def check(desk: Path) -> Iterator[Check]:
    started = Check(desk)
    yield started
    started.process.kill()
    started.process.wait()
    for pipe in (started.process.stdout, started.process.stderr):
        assert pipe
        pipe.close()


def test_each_save_is_checked_and_what_changed_is_told(desk: Path, check: Check) -> None:
    """Wrong, then right, then broken, then right again; a broken save between two does not hide what changed."""
    assert "Known mistake" in check.until("Ctrl-C ends")
    by_another_file(desk / "a.ipynb", notebook(RIGHT))
    told = check.until("Ctrl-C ends")
    assert "Sigmoid.backward: Known mistake -> Correct" in told
    assert "Public checks: 36 of 36" in told
    in_place(desk / "a.ipynb", "{")
    assert "cannot be read" in check.until("Ctrl-C ends")
    in_place(desk / "a.ipynb", notebook(WRONG))
    assert "Sigmoid.backward: Correct -> Known mistake" in check.until("Ctrl-C ends")


def test_ctrl_c_ends_with_what_was_found_last(desk: Path, check: Check) -> None:
    """No traceback, and the exit code of the last check."""
    check.until("Ctrl-C ends")
    in_place(desk / "a.ipynb", notebook(RIGHT))
    check.until("Ctrl-C ends")
    code, said = check.stop()
    assert code == 0
    assert said == "\nstopped watching\n"


def test_a_path_that_never_was_is_an_error(desk: Path) -> None:
    """A misspelt name is told at once, and not waited for."""
    done = run("check", "b.ipynb", "--watch", cwd=desk)
    assert done.returncode == 2
    assert "b.ipynb" in done.stderr


# ---- for machines --------------------------------------------------------------------------------------------------

SHAPE = {"student_id", "file", "sha256", "status", "points", "max_points", "criteria"}
CRITERION = {"name", "verdict", "points", "max_points", "mistake", "headline", "notes", "cases"}


@pytest.mark.parametrize(("source", "code"), [(notebook(RIGHT), 0), (notebook(WRONG), 1), ("{", 2)])
def test_a_check_for_machines_is_one_document(desk: Path, source: str, code: int) -> None:
    """Of the shape of a line of verdicts.jsonl, whatever was found; the exit code is the same; nothing else is said."""
    (desk / "a.ipynb").write_text(source)
    done = run("check", "a.ipynb", "--json", cwd=desk)
    assert done.returncode == code
    assert not done.stderr
    told = json.loads(done.stdout)
    assert set(told) == SHAPE | {"scope"}
    assert all(set(criterion) == CRITERION for criterion in told["criteria"])
    assert len(told["criteria"]) == 6
    assert all(case["visibility"] == "public" for criterion in told["criteria"] for case in criterion["cases"])


def test_a_watch_for_machines_is_one_document_a_line(desk: Path) -> None:
    """Each check is a line, for an editor to read."""
    check = Check(desk, "--json")
    first = json.loads(check.until("student_id"))
    in_place(desk / "a.ipynb", notebook(RIGHT))
    second = json.loads(check.until("student_id"))
    verdicts = [{c["name"]: c["verdict"] for c in told["criteria"]}["Sigmoid.backward"] for told in (first, second)]
    assert verdicts == ["known mistake", "correct"]
    assert check.stop()[0] == 0
    for pipe in (check.process.stdout, check.process.stderr):
        assert pipe
        pipe.close()


MISTAKEN = [
    ["check", "nowhere.ipynb", "--json"],
    ["check", "--json"],
    ["check", "a.ipynb", "--json", "--nope"],
    ["check", "a.ipynb", "--json", "--key", "a.ipynb"],
    ["grade", "nowhere", "--json"],
    ["grade", "a.ipynb", "--json", "--jobs", "none"],
    ["rejudge", "nowhere", "--json"],
    ["chekc", "--json"],
]


@pytest.mark.parametrize("arguments", MISTAKEN, ids=" ".join)
def test_an_error_for_machines_is_a_document_too(desk: Path, arguments: list[str]) -> None:
    """With the sentence, the next step and the exit code, on standard output; nothing else is printed."""
    done = run(*arguments, cwd=desk)
    error = json.loads(done.stdout)["error"]
    assert done.returncode == error["exit_code"] == 2
    assert error["sentence"]
    assert error["next_step"]
    assert not done.stderr


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="nobody can write there, whoever it is")
def test_what_is_short_is_told_to_machines(desk: Path, key: Path) -> None:
    """Our own faults as well."""
    full = key / "exercise_05.key.npz"
    done = run("grade", "a.ipynb", "--key", full, "--out", "/sys/kernel/out", "--json", cwd=desk)
    assert json.loads(done.stdout)["error"]["exit_code"] == done.returncode == 3


# ---- the terminal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_what_is_printed_fits(desk: Path, columns: str) -> None:
    """At most eighty columns, fewer where the terminal has fewer, and no colours where it is none."""
    done = run("check", "a.ipynb", cwd=desk, COLUMNS=columns)
    assert max(len(line) for line in done.stdout.splitlines()) <= min(80, int(columns))
    assert "\x1b" not in done.stdout


def in_a_terminal(desk: Path, *arguments: str, **environment: str) -> str:
    """What the command prints where its output is a terminal."""
    import pty

    outer, inner = pty.openpty()
    env = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments], cwd=desk, stdout=inner, stderr=inner, stdin=inner,
        env={**env, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    ) as process:  # fmt: skip
        os.close(inner)
        told = b""
        while True:
            try:
                part = os.read(outer, 65536)
            except OSError:  # Linux says so at the end
                break
            if not part:
                break
            told += part
        os.close(outer)
        process.wait(timeout=WAIT)
    return told.decode()


def test_colours_are_for_terminals_that_want_them(desk: Path) -> None:
    """A terminal gets colours; with NO_COLOR it gets none, and the words and symbols say all the same."""
    assert "\x1b[31m" in in_a_terminal(desk, "check", "a.ipynb")
    plain = in_a_terminal(desk, "check", "a.ipynb", NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert "✗" in plain
    assert "Known mistake" in plain


def test_a_class_fits_and_wants_no_colours(desk: Path, key: Path) -> None:
    """The summary of a class in a terminal of eighty columns: nothing is wider but the path at its end, which is to be
    clicked; with NO_COLOR there is no colour in it."""
    arguments = ("grade", "a.ipynb", "--key", str(key / "exercise_05.key.npz"), "--out", "out")
    told = in_a_terminal(desk, *arguments, NO_COLOR="1")
    assert "\x1b[3" not in told
    lines = [re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", line) for line in re.split(r"[\r\n]+", told)]
    assert max(len(line) for line in lines if not line.startswith("Class page:")) <= 80
    assert "Most frequent mistakes" in told


def test_machines_get_no_colours_in_a_terminal(desk: Path) -> None:
    """One line of ASCII."""
    told = in_a_terminal(desk, "check", "a.ipynb", "--json")
    assert json.loads(told)["student_id"] == "a"
    assert told.isascii()


def test_every_verb_that_machines_read_says_so(desk: Path) -> None:
    """`--json` stands in the help of each verb that has it."""
    with_json = {verb for verb in VERBS if "--json" in run(verb, "--help", cwd=desk).stdout}
    assert with_json == {"grade", "check", "rejudge"}
