"""The docs are run: every code block of the README and docs does what it says."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.judge import Kind
from grader.wire import Status

pytestmark = pytest.mark.xdist_group("docs")  # the course is graded once
ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WALK = ROOT / "docs" / "authors.md"  # run as a whole and in order, since each step needs the one before
# Once each, whatever pages have them: the proof of an exam, which two pages show, takes as long as all other commands.
COMMANDS = dict.fromkeys(
    line
    for page in PAGES
    if page != WALK
    for kind, text in BLOCK.findall(page.read_text())
    if kind == "sh"
    for line in text.strip().splitlines()
)
PROOF = "grader selftest reference/exercise_05"
RELEASE = "grader release reference/exercise_05"
COMPILE = "grader compile reference/exercise_05"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a course has it, graded once, with a student's notebook and the public key beside it."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("reference", "submissions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.npz*"))
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    few = sorted((folder / "submissions/exercise_05").iterdir())[4:]
    for hand_in in few:
        shutil.rmtree(hand_in) if hand_in.is_dir() else hand_in.unlink()
    shutil.copy(next((folder / "submissions/exercise_05/student-01").glob("*.ipynb")), folder / "exercise_05.ipynb")
    compiled = run(COMPILE, folder)  # or the class would have it compiled, and the page's command would do it once more
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    run("grader grade submissions/exercise_05", folder)
    [sheet] = [text for text in texts_of(ROOT / "docs" / "tas.md") if text.startswith("student_id,criterion,")]
    (folder / "overrides.csv").write_text(sheet)
    return folder


def texts_of(page: Path) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text()) if kind == "text"]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        line, shell=True, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path}
    )


@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in (PROOF, RELEASE, COMPILE)])
def test_every_command_in_the_docs_works(course: Path, line: str) -> None:
    """What a reader copies from the docs runs, and ends well.

    The proof of the exam does in `test_selftest.py`, its release in `test_release.py`, and it was compiled for this.
    """
    assert {PROOF, RELEASE, COMPILE} < COMMANDS.keys()
    if line.startswith("make "):
        line = f"make --dry-run {line.removeprefix('make ')}"  # run for real it would run these tests
    if line.startswith("pip install"):
        line = f"{line} --dry-run --no-deps --no-build-isolation --quiet".replace(" . ", f" {ROOT} ")
    done = run(line, course)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sheets_are_as_the_docs_say(course: Path) -> None:
    """The keys of `verdicts.jsonl` in their order, all words that may stand there, and the head of `grades.csv`."""
    page = (ROOT / "docs" / "lms.md").read_text()
    [shape] = [text for text in texts_of(ROOT / "docs" / "lms.md") if text.startswith('{"student_id"')]
    reports = course / "reports" / "exercise_05"
    line = json.loads((reports / "verdicts.jsonl").read_text().splitlines()[0])
    criterion = line["criteria"][0]
    assert re.findall(r'"(\w+)"', shape) == [*line, *criterion, *criterion["cases"][0]]
    assert f"`{','.join((reports / 'grades.csv').read_text().split(',')[:6])}`" in page
    words = {
        key: re.findall(r"`([a-z ]+)`", row) for key, row in re.findall(r"^\| `(\w+)` \|(.*)$", page, re.MULTILINE)
    }
    assert words["verdict"] == list(Kind)
    assert words["outcome"] == list(Status)
    assert words["visibility"] == ["public", "hidden"]
    assert words["status"] == ["graded", "partly graded", "unreadable", "ungraded"]


def test_who_sets_up_by_make_is_told_where_the_grader_is() -> None:
    """`make grade` installs into `.venv`: the next command of the page was not found."""
    for page in (ROOT / "README.md", ROOT / "docs" / "tas.md"):
        after = page.read_text().split("make grade", 1)[1]
        assert after.index("source .venv/bin/activate") < after.index("\ngrader ")
    assert "BIN := .venv/bin\n" in (ROOT / "Makefile").read_text()


def make(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    """What make does for a stranger: within a `make check` it would say where it is, and know that make's words."""
    of_another = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ASSIGNMENT", "SUBMISSIONS", "OUT")
    told = {name: value for name, value in os.environ.items() if name not in of_another}
    return subprocess.run(["make", *words], cwd=at, env=told, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], ["grade", "submissions/exercise_05", "--assignment", "reference/exercise_05"]),
        (["SUBMISSIONS=my class (2).zip"], ["grade", "my class (2).zip", "--assignment", "reference/exercise_05"]),
        (
            ["SUBMISSIONS=class's", "OUT=its reports"],
            ["grade", "class's", "--assignment", "reference/exercise_05", "--out", "its reports"],
        ),
        (["ASSIGNMENT=tanh"], ["grade", "submissions/tanh", "--assignment", "reference/tanh"]),
    ],
)
def test_make_grades_whatever_a_class_is_called(tmp_path: Path, given: list[str], told: list[str]) -> None:
    """A name with spaces is one name; without OUT a class goes into a folder of its own name, and not into the place
    of the sample class."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("bin/python", "runtime.stamp"):
        (tmp_path / ".venv" / name).touch()
    grader = tmp_path / ".venv" / "bin" / "grader"
    grader.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    grader.chmod(0o755)
    done = make("grade", *given, at=tmp_path)
    assert done.stdout.splitlines() == told, done.stderr


def test_make_clean_takes_nothing_but_what_was_made(tmp_path: Path) -> None:
    """Reports of a class `week 5 submissions` are one folder: it was taken for three, one of them the hand-ins'."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = ("submissions/ada/a.ipynb", "reports/README.md", "reference/x/assignment.py", "week/a.ipynb")
    made = ("reports/week 5 submissions/index.html", "reports/it's (2)/index.html", "reference/x/x.key.npz")
    for name in (*kept, *made):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    done = make("clean", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert all((tmp_path / name).exists() for name in kept)
    assert not any((tmp_path / name).exists() for name in made)


PYTHON = [
    pytest.param(text, id=f"{page.name} {n}")
    for page in PAGES
    if page != WALK
    for n, (kind, text) in enumerate(BLOCK.findall(page.read_text()))
    if kind == "python"
]


@pytest.mark.parametrize("text", PYTHON)
def test_every_python_block_in_the_docs_runs(text: str) -> None:
    """What an author copies from the docs is valid, and says what it says."""
    exec(compile(text, "docs", "exec"), {})


PLACED = re.compile(r"# (\S+\.py)(?:, (at the end|in place of (\w+)))?\n")
ARROW = re.compile(r"^(.+?) +->  (.+)$", re.MULTILINE)


def put(course: Path, text: str) -> None:
    """Do with a block of Python what its first line says: a whole file, its end, or one value in it."""
    placed = PLACED.match(text)
    assert placed, text
    path, rest = course / placed[1], text[placed.end() :]
    if placed[3]:
        before = path.read_text()
        [old] = [
            s for s in ast.parse(before).body if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == placed[3]
        ]
        path.write_text(before.replace(ast.get_source_segment(before, old) or "", rest.strip()))
    else:
        path.write_text(path.read_text() + "\n\n" + rest if placed[2] else rest)


def write_solution(course: Path, text: str) -> None:
    """Change the master notebook as the page says, line by line."""
    path = course / "reference/tanh/master.ipynb"
    master = path.read_text()
    for old, new in ARROW.findall(text):
        assert old in master
        master = master.replace(old, new)
    path.write_text(master)


def test_the_worked_assignment_works(tmp_path: Path) -> None:
    """Whoever does what docs/authors.md says, in this order, has an assignment that holds and a class that is graded;
    where the page says that wrong answers pass, just those pass."""
    for kind, text in BLOCK.findall(WALK.read_text()):
        if kind == "python":
            put(tmp_path, text)
        elif text.startswith("Survived"):
            done = run("grader selftest reference/tanh", tmp_path)
            assert done.returncode == 1
            assert text.strip() in done.stdout
        elif ARROW.search(text):
            write_solution(tmp_path, text)
        else:
            for line in text.strip().splitlines() if kind == "sh" else []:
                done = run(line, tmp_path)
                assert done.returncode == 0, line + "\n" + done.stdout + done.stderr
    verdicts = (tmp_path / "reports/tanh/verdicts.jsonl").read_text()
    assert '"status": "graded"' in verdicts
    assert '"verdict": "wrong"' in verdicts


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Every page is in the menu, every link leads somewhere, and a reader's browser asks no other site for anything."""
    bin_folder = Path(sys.executable).parent
    done = subprocess.run(
        [bin_folder / "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for page in (tmp_path / "site").rglob("*.html"):
        asked = re.findall(r"""<(?:script|link|img|iframe)[^>]+?(?:src|href)=["']?([^"' >]+)""", page.read_text())
        assert [url for url in asked if re.match(r"(?:https?:)?//", url)] == []


def test_every_kind_of_block_is_known() -> None:
    """A code block that no test runs is told apart by its kind, or fails here."""
    kinds = {kind for page in PAGES for kind, _ in BLOCK.findall(page.read_text())}
    assert kinds <= {"sh", "text", "python"}, kinds


def test_make_alone_lists_the_verbs() -> None:
    """`make` says what there is to do."""
    done = run("make", ROOT)
    assert done.returncode == 0
    for verb in ("grade", "check", "test", "key", "demo", "clean"):
        assert re.search(rf"^  make {verb}\b", done.stdout, re.MULTILINE)


def test_every_verb_has_help() -> None:
    """`grader VERB --help` answers for every verb."""
    from grader.cli import main

    for name in main.commands:
        done = run(f"grader {name} --help", ROOT)
        assert done.returncode == 0
        assert done.stdout.startswith(f"Usage: grader {name}")
