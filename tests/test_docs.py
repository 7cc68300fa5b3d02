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

pytestmark = pytest.mark.xdist_group("docs")  # the course is graded once
ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WALK = ROOT / "docs" / "authors.md"  # run as a whole and in order, since each step needs the one before
OTHERS = [page for page in PAGES if page != WALK]
COPY = "cp reference/exercise_05/exercise_05.ipynb ."
COMPILE = "grader compile reference/exercise_05"
ELSEWHERE = (COMPILE, "grader selftest reference/exercise_05", "grader release reference/exercise_05")  # tested there


def blocks(kind: str, *pages: Path) -> Iterator[str]:
    for page in pages:
        yield from (text for found, text in BLOCK.findall(page.read_text()) if found == kind)


COMMANDS = dict.fromkeys(line for text in blocks("sh", *OTHERS) for line in text.strip().splitlines())


def done(line: str, folder: Path, *codes: int) -> str:
    """Run a line as a reader does, with this very package in front; gives what it printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert ended.returncode in (codes or (0,)), f"{line}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone with four submissions, graded once, after a student has copied the hand-out."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    for name in ("student-01", "student-02", "student-03", "student-27"):
        shutil.copytree(ROOT / "submissions/exercise_05" / name, folder / "submissions/exercise_05" / name)
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


@pytest.mark.parametrize("text", [*blocks("python", *OTHERS)])
def test_every_python_block_runs(text: str) -> None:
    """What an author copies from the docs is a valid declaration."""
    exec(compile(text, "docs", "exec"), {})


def values_in(source: str) -> dict[str, str]:
    """The values that a module sets, by name, each as it is written."""
    sets = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return {ast.unparse(node.targets[0]): ast.get_source_segment(source, node) or "" for node in sets}


def placed(folder: Path, text: str) -> None:
    """Write a block of Python where its first line says: a whole file, or values for those that are in it."""
    head, _, new = text.partition("\n")
    path, old = folder / head.split(",")[0].removeprefix("# "), ""
    if "in place of" in head:
        old, values = path.read_text(), values_in(new)
        for name, before in values_in(old).items():
            old = old.replace(before, values.get(name, before))
    path.write_text(old or new)


def test_the_worked_assignment_works(tmp_path: Path) -> None:
    """An author who does what docs/authors.md says, in this order, has an exam that holds and a graded class."""
    for kind, text in BLOCK.findall(WALK.read_text()):
        if kind == "python":
            placed(tmp_path, text)
        elif text.startswith("Survived"):
            assert text.strip() in done("grader selftest reference/tanh", tmp_path, 1)
        for line in text.strip().splitlines() if kind == "sh" else ():
            done(line, tmp_path)
        for old, new in re.findall(r"^(.+?) +->  (.+)$", text, re.MULTILINE):
            master = tmp_path / "reference/tanh/master.ipynb"
            assert old in master.read_text()
            master.write_text(master.read_text().replace(old, new))
    assert '"verdict": "wrong"' in (tmp_path / "reports/tanh/verdicts.jsonl").read_text()


def test_the_sheets_are_as_the_docs_say(course: Path) -> None:
    """The keys of `verdicts.jsonl` in their order, all words that may be in it, and the head of `grades.csv`."""
    page, reports = (ROOT / "docs" / "lms.md").read_text(), course / "reports" / "exercise_05"
    [shape] = [text for text in blocks("text", ROOT / "docs" / "lms.md") if text.startswith('{"student_id"')]
    line = json.loads((reports / "verdicts.jsonl").read_text().splitlines()[0])
    criterion = line["criteria"][0]
    assert re.findall(r'"(\w+)"', shape) == [*line, *criterion, *criterion["cases"][0]]
    assert f"`{','.join((reports / 'grades.csv').read_text().split(',')[:6])}`" in page
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", page, re.MULTILINE))
    words = {key: re.findall(r"`([a-z ]+)`", row) for key, row in rows.items()}
    assert (words["verdict"], words["outcome"]) == (list(Kind), list(Status))
    assert words["status"] == ["graded", "partly graded", "unreadable", "ungraded"]


def options_of(command: click.Command) -> set[str]:
    inner = [*command.commands.values()] if isinstance(command, click.Group) else []
    return {name for one in command.params for name in one.opts}.union(*map(options_of, inner))


def test_every_verb_and_option_of_the_docs_is_there() -> None:
    """No page names a verb, an option or a kind of block that does not exist, and every verb is on some page."""
    text = "\n".join(page.read_text() for page in PAGES)
    assert {kind for kind, _ in BLOCK.findall(text)} == {"sh", "text", "python"}
    used = re.findall(r"(?:^|`)grader ([a-z]+)\b([^`\n]*)", text, re.MULTILINE)
    assert {verb for verb, _ in used} == {*main.commands}
    for verb, rest in used:
        assert set(re.findall(r" (--[a-z-]+)", rest)) <= options_of(main.commands[verb]), (verb, rest)
    assert set(re.findall(r"`(--[a-z-]+)(?: [A-Z]+)?`", text)) <= options_of(main)


def test_every_test_that_is_named_is_there() -> None:
    """The page about security points to tests that exist."""
    tests = {path.stem: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    defined = re.findall(r"def (test_\w+)", "".join(tests.values()))
    assert set(re.findall(r"\btest_\w+", (ROOT / "docs" / "security.md").read_text())) <= {*defined, *tests}


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Every page is in the menu, every link leads somewhere, and the browser asks no other site for anything."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    done("mkdocs build --strict --quiet", tmp_path)
    fetches = re.compile(r"""<(?:script|link|img|iframe)[^>]+?(?:src|href)=["']?(?:https?:)?//""")
    assert not [page for page in (tmp_path / "site").rglob("*.html") if fetches.search(page.read_text())]


def test_the_locks_have_all_dependencies() -> None:
    """What is installed with hashes is what pyproject.toml asks for."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*asked["project"]["dependencies"], *asked["project"]["optional-dependencies"]["review"]]
    tools = [one for one in asked["dependency-groups"]["dev"] if isinstance(one, str)]
    for lock, names in (("requirements.lock", needed), ("requirements-dev.lock", [*needed, *tools])):
        pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        assert {re.split(r"[>=<; ]", name)[0] for name in names} <= pinned, lock


# ---- make ------------------------------------------------------------------------------------------------------------


def make(*words: str, at: Path) -> str:
    """What make does for a stranger: a `make check` around it would pass its own words on."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(["make", *words], cwd=at, env=environment, stdout=-1, text=True, check=True).stdout


def test_make_alone_lists_the_verbs() -> None:
    """All of them, each with what it does."""
    verbs = (ROOT / "Makefile").read_text().partition(".PHONY: ")[2].partition("\n")[0]
    assert {*verbs.split()} == {*re.findall(r"^  make ([a-z-]+) +\S", make(at=ROOT), re.MULTILINE)}


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
    python, stamp, grader = (tmp_path / ".venv" / name for name in ("bin/python", "runtime.stamp", "bin/grader"))
    grader.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    grader.chmod(0o755)
    python.touch()
    stamp.touch()  # last: it is newer than what it is made from
    assert make("grade", *filter(None, given.split("|")), at=tmp_path).splitlines() == CALLS[given].split("|")


def test_make_clean_removes_only_what_was_made(tmp_path: Path) -> None:
    """Reports of a class called `week 5 submissions` are one folder, and submissions are nobody's to remove."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = ("submissions/ada/a.ipynb", "reports/README.md", "reference/x/assignment.py", "week/a.ipynb")
    made = ("reports/week 5 submissions/index.html", "reports/it's (2)/index.html", "reference/x/x.key.npz")
    for name in (*kept, *made):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    make("clean", at=tmp_path)
    assert [name for name in (*kept, *made) if (tmp_path / name).exists()] == [*kept]
