"""The docs are run: every code block of the README and the docs does what it says."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from grader.cli import main
from grader.judge.model import Kind
from grader.outcomes import Status
from tests.verdicts.hand_ins import above

pytestmark = pytest.mark.xdist_group("docs")  # the course is graded once
ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WALK = ROOT / "docs" / "authors.md"  # run as a whole and in order, since each step needs the one before
STUDENTS = ("student-01", "student-02", "student-03", "student-27")
COPY = "cp reference/exercise_05/exercise_05.ipynb ."
COMPILE = "grader compile reference/exercise_05"
# These run when the course is made, or have tests of their own.
ELSEWHERE = (COMPILE, "grader selftest reference/exercise_05", "grader release reference/exercise_05")


def blocks(kind: str, *pages: Path) -> Iterator[str]:
    for page in pages:
        yield from (text for found, text in BLOCK.findall(page.read_text()) if found == kind)


COMMANDS = dict.fromkeys(
    line for text in blocks("sh", *(page for page in PAGES if page != WALK)) for line in text.strip().splitlines()
)


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as a reader does, with this very package in front."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    return subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def done(line: str, folder: Path, *codes: int) -> str:
    ended = run(line, folder)
    assert ended.returncode in (codes or (0,)), f"{line}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone with four submissions, graded once, after a student has copied the hand-out."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    for student in STUDENTS:
        shutil.copytree(above("submissions") / "exercise_05" / student, folder / "submissions/exercise_05" / student)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    [sheet] = [text for text in blocks("text", ROOT / "docs" / "tas.md") if text.startswith("student_id,criterion,")]
    (folder / "overrides.csv").write_text(sheet)
    for line in (COPY, COMPILE, "grader grade submissions/exercise_05"):
        done(line, folder)
    return folder


@pytest.mark.parametrize("line", [line for line in COMMANDS if line not in ELSEWHERE])
def test_every_command_works(course: Path, line: str) -> None:
    """What a reader copies from the docs runs and ends well; a check of an untouched hand-out ends with 1."""
    assert COMMANDS.keys() > {COPY, *ELSEWHERE}
    if line.startswith("make "):
        line = f"make --dry-run {line.removeprefix('make ')}"  # run for real it would run these tests
    if line.startswith("pip install"):
        line = f"{line} --dry-run --no-deps --no-build-isolation --quiet".replace(" . ", f" {ROOT} ")
    done(line, course, 0, int(line.startswith("grader check")))


@pytest.mark.parametrize("text", [*blocks("python", *(page for page in PAGES if page != WALK))])
def test_every_python_block_runs(text: str) -> None:
    """What an author copies from the docs is a valid declaration."""
    exec(compile(text, "docs", "exec"), {})


def placed(folder: Path, text: str) -> None:
    """Write a block of Python where its first line says: a whole file, or one value in it."""
    head = re.match(r"# (\S+\.py)(?:, in place of (\w+))?\n", text)
    assert head, text
    path, new = folder / head[1], text[head.end() :].strip() + "\n"
    if head[2]:
        before = path.read_text()
        [old] = [one for one in ast.parse(before).body if ast.unparse(one).startswith(f"{head[2]} = ")]
        new = before.replace(ast.get_source_segment(before, old) or "", new.strip())
    path.write_text(new)


def replaced(path: Path, text: str) -> None:
    """Change the master notebook line by line, as the page says: `old  ->  new`."""
    master = path.read_text()
    for old, new in re.findall(r"^(.+?) +->  (.+)$", text, re.MULTILINE):
        assert old in master, old
        master = master.replace(old, new)
    path.write_text(master)


def test_the_worked_assignment_works(tmp_path: Path) -> None:
    """An author who does what docs/authors.md says, in this order, has an exam that holds and a class that is graded."""
    for kind, text in BLOCK.findall(WALK.read_text()):
        if kind == "python":
            placed(tmp_path, text)
        elif text.startswith("Survived"):
            assert text.strip() in done("grader selftest reference/tanh", tmp_path, 1)
        elif " ->  " in text:
            replaced(tmp_path / "reference/tanh/master.ipynb", text)
        elif kind == "sh":
            for line in text.strip().splitlines():
                done(line, tmp_path)
    verdicts = (tmp_path / "reports/tanh/verdicts.jsonl").read_text()
    assert '"status": "graded"' in verdicts
    assert '"verdict": "known mistake"' in verdicts


def test_the_sheets_are_as_the_docs_say(course: Path) -> None:
    """The keys of `verdicts.jsonl` in their order, all words that may be in it, and the head of `grades.csv`."""
    page, reports = (ROOT / "docs" / "lms.md").read_text(), course / "reports" / "exercise_05"
    [shape] = [text for text in blocks("text", ROOT / "docs" / "lms.md") if text.startswith('{"student_id"')]
    line = json.loads((reports / "verdicts.jsonl").read_text().splitlines()[0])
    criterion = line["criteria"][0]
    assert re.findall(r'"(\w+)"', shape) == [*line, *criterion, *criterion["cases"][0]]
    assert f"`{','.join((reports / 'grades.csv').read_text().split(',')[:6])}`" in page
    rows = re.findall(r"^\| `(\w+)` \|(.*)$", page, re.MULTILINE)
    words = {key: re.findall(r"`([a-z ]+)`", row) for key, row in rows}
    assert words["verdict"] == list(Kind)
    assert words["outcome"] == list(Status)
    assert words["visibility"] == ["public", "hidden"]
    assert words["status"] == ["graded", "partly graded", "unreadable", "ungraded"]


def options_of(command: click.Command) -> set[str]:
    inner = [*command.commands.values()] if isinstance(command, click.Group) else []
    return {name for one in command.params for name in one.opts}.union(*map(options_of, inner))


def test_every_verb_and_option_of_the_docs_is_there() -> None:
    """No page names a verb or an option that does not exist, and every verb is on some page."""
    text = "\n".join(page.read_text() for page in PAGES)
    used = re.findall(r"(?:^|`)grader ([a-z]+)\b([^`\n]*)", text, re.MULTILINE)
    assert {verb for verb, _ in used} == {*main.commands}
    for verb, rest in used:
        assert set(re.findall(r" (--[a-z-]+)", rest)) <= options_of(main.commands[verb]), (verb, rest)
    assert set(re.findall(r"`(--[a-z-]+)(?: [A-Z]+)?`", text)) <= options_of(main)


def test_every_test_that_is_named_is_there() -> None:
    """The page about security points to tests that exist."""
    tests = {path.stem: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    defined = {name for source in tests.values() for name in re.findall(r"def (test_\w+)", source)}
    assert set(re.findall(r"\btest_\w+", (ROOT / "docs" / "security.md").read_text())) <= {*defined, *tests}


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Every page is in the menu, every link leads somewhere, and the browser asks no other site for anything."""
    for place in (above("docs/screenshots").parent, ROOT / "docs"):
        shutil.copytree(place, tmp_path / "docs", dirs_exist_ok=True)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    done("mkdocs build --strict --quiet", tmp_path)
    for page in (tmp_path / "site").rglob("*.html"):
        asked = re.findall(r"""<(?:script|link|img|iframe)[^>]+?(?:src|href)=["']?([^"' >]+)""", page.read_text())
        assert [url for url in asked if re.match(r"(?:https?:)?//", url)] == []


def test_every_kind_of_block_is_known() -> None:
    """A code block that no test runs is marked as text."""
    assert {kind for page in PAGES for kind, _ in BLOCK.findall(page.read_text())} <= {"sh", "text", "python"}


def test_the_locks_have_all_dependencies() -> None:
    """What is installed with hashes is what pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["review"]]
    tools = [one for one in project["dependency-groups"]["dev"] if isinstance(one, str)]
    for lock, names in (("requirements.lock", asked), ("requirements-dev.lock", [*asked, *tools])):
        pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        assert {re.split(r"[>=<; ]", name)[0] for name in names} <= pinned, lock


# ---- make ------------------------------------------------------------------------------------------------------------


def make(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    """What make does for a stranger: within a `make check` it would know that one's words."""
    inherited = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ASSIGNMENT", "SUBMISSIONS", "OUT")
    environment = {name: value for name, value in os.environ.items() if name not in inherited}
    return subprocess.run(["make", *words], cwd=at, env=environment, capture_output=True, text=True)


def test_make_alone_lists_the_verbs() -> None:
    """All of them, each with what it does."""
    verbs = re.search(r"^\.PHONY: (help .*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    listed = re.findall(r"^  make ([a-z-]+) +\S", make(at=ROOT).stdout, re.MULTILINE)
    assert verbs
    assert sorted(set(listed)) == sorted(verbs[1].split())


CALLS = {
    "": "grade|submissions/exercise_05|--assignment|reference/exercise_05",
    "SUBMISSIONS=it's (2).zip": "grade|it's (2).zip|--assignment|reference/exercise_05",
    "ASSIGNMENT=tanh|OUT=its reports": "grade|submissions/tanh|--assignment|reference/tanh|--out|its reports",
}


@pytest.mark.parametrize("given", CALLS)
def test_make_grades_any_class(tmp_path: Path, given: str) -> None:
    """A name with spaces is one name; without OUT a class goes into a folder of its own name."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("bin/python", "runtime.stamp"):
        (tmp_path / ".venv" / name).touch()
    grader = tmp_path / ".venv" / "bin" / "grader"
    grader.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    grader.chmod(0o755)
    called = make("grade", *filter(None, given.split("|")), at=tmp_path).stdout
    assert called.splitlines() == CALLS[given].split("|")


def test_make_clean_removes_only_what_was_made(tmp_path: Path) -> None:
    """Reports of a class called `week 5 submissions` are one folder, and submissions are nobody's to remove."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = ("submissions/ada/a.ipynb", "reports/README.md", "reference/x/assignment.py", "week/a.ipynb")
    made = ("reports/week 5 submissions/index.html", "reports/it's (2)/index.html", "reference/x/x.key.npz")
    for name in (*kept, *made):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert make("clean", at=tmp_path).returncode == 0
    assert [name for name in (*kept, *made) if (tmp_path / name).exists()] == [*kept]
