"""The house keeps its own plan: contracts hold and bite, every module says what it is, names say something."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(p for p in (ROOT / "grader").rglob("*.py") if p.read_text().strip())
REFERENCE = sorted((ROOT / "reference").rglob("*.py"))
LARGEST = 275  # lines; a file at this size is a room that wants a door
TOP = {  # what a newcomer sees first; reports/ has nothing but its own README
    ".ci", ".gitignore", "CHANGELOG.md", "Makefile", "README.md", "benchmarks", "docs", "grader", "mkdocs.yml",
    "pyproject.toml", "reference", "reports", "requirements-dev.lock", "requirements.lock", "second", "submissions",
    "tests",
}  # fmt: skip
FIRST_PAGE, MOST_TO_READ = ROOT / "grader" / "pipeline.py", 80  # lines of what is to be read first


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder), "PATH": ""}
    )


def test_the_contracts_hold() -> None:
    """Imports point one way, and every module is on the map."""
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_lies_at_the_top_that_does_not_belong_there() -> None:
    """A file that some program left behind was kept once: what is kept at the top is told here by name."""
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {path.split("/")[0] for path in kept.rstrip("\0").split("\0")} == TOP


def test_every_room_stands_in_the_plan_of_the_house() -> None:
    """The table of `docs/architecture.md` has each module and folder of the package, and none that is gone."""
    table = (ROOT / "docs" / "architecture.md").read_text().split("## The rooms")[1].split("\n\n")[1]
    told = {name.rstrip("/") for row in table.splitlines() for name in re.findall(r"`([\w./]+)`", row.split("|")[1])}
    there = {p.relative_to(ROOT / "grader").parts[0] for p in MODULES} - {"__init__.py", "__main__.py"}
    assert told == there


def test_every_module_of_a_room_that_is_told_in_full_stands_there() -> None:
    """So with the second table, whose rows are modules of a room."""
    table = (ROOT / "docs" / "architecture.md").read_text().split("### Inside five of them")[1].split("\n\n")[1]
    rows = [re.findall(r"`([\w./]+)`", "|".join(row.split("|")[1:3])) for row in table.splitlines()]
    told = {room + module for room, *modules in filter(None, rows) for module in modules}
    rooms = {place.split("/")[0] for place in told}
    there = {place for p in MODULES if (place := p.relative_to(ROOT / "grader").as_posix()).split("/")[0] in rooms}
    assert len(rooms) == 5
    assert told == {place for place in there if not place.endswith("__init__.py")}


PLANTED = [
    ("harness/loading.py", "import grader.judge"),
    ("wire/frames.py", "import grader.answer_key"),
    ("sandbox/worker.py", "import grader.harness"),
    ("pipeline.py", "def f():\n    import grader.harness.runner"),
    ("judge/compare.py", "import subprocess"),
    ("judge/ruling.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import reference"),
    ("score.py", "import grader.gradebook"),
    ("feedback/record.py", "import rich"),
    ("extract/repairs/repair.py", "import grader.extract.definitions"),
    ("gradebook.py", "import jinja2"),
    ("intake/submissions.py", "import nbformat"),
    ("../reference/exercise_05/passes.py", "import grader.judge"),
    ("surprise.py", "'''A room on no map.'''"),
]


@pytest.fixture(scope="module")
def told_of_planted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of the house with all of them in it: to look through it takes longer than to plant one."""
    folder = tmp_path_factory.mktemp("planted")
    for name in ("grader", "reference"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.npz*"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for file, line in PLANTED:
        planted = folder / "grader" / file
        planted.write_text((planted.read_text() if planted.exists() else "") + "\n" + line + "\n")
    done = lint_imports(folder)
    assert done.returncode != 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.xdist_group("planted")
@pytest.mark.parametrize(("file", "line"), PLANTED, ids=[f"{f}: {line.split()[-1]}" for f, line in PLANTED])
def test_a_planted_violation_is_caught(told_of_planted: str, file: str, line: str) -> None:
    """Each contract fails when it is broken, and names what breaks it: this import here, or a room on no map."""
    module = f"grader/{file}".replace("grader/../", "").removesuffix(".py").replace("/", ".")
    imported = re.search(r"import (\S+)$", line)
    told = f"{module} -> {imported[1]} " if imported else f"- {module}\n"
    assert "BROKEN" in told_of_planted
    assert told in told_of_planted


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_opens_with_its_contract(path: Path) -> None:
    """The first lines of each module say what it takes, gives, and must not know."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    for word in ("takes:", "gives:", "must not know:"):
        assert f"\n{word}" in f"\n{docstring}", f"{path} does not say '{word}'"


@pytest.mark.parametrize("path", MODULES + REFERENCE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_room_is_too_large_or_badly_named(path: Path) -> None:
    """Modules stay small, and their names say what is in them."""
    limit = LARGEST if path in MODULES else 1500
    assert len(path.read_text().splitlines()) <= limit
    assert path != FIRST_PAGE or len(path.read_text().splitlines()) <= MOST_TO_READ
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "manager"}


def calls_in(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            names.add(ast.unparse(node.func))
    return names


def test_code_is_loaded_by_path_in_one_place_and_executed_in_one_room() -> None:
    """Only authored loads modules by name; only the harness executes source; nobody unpickles."""
    for path in MODULES:
        calls, place = calls_in(path), path.relative_to(ROOT / "grader").as_posix()
        if place != "compile_key/authored.py" and not place.startswith("harness/"):
            assert not calls & {"importlib.import_module", "__import__"}, place
        if not place.startswith("harness/"):
            assert not calls & {"exec", "eval", "compile"}, place
        assert not any(call.startswith(("pickle.", "marshal.", "dill.", "shelve.")) for call in calls), place


def test_the_package_itself_imports_nothing() -> None:
    """`import grader` in a student's notebook loads no other module of ours, and neither numpy nor IPython."""
    command = (
        "import sys; before = set(sys.modules); import grader\n"
        "rooms = ('grader', 'numpy', 'IPython')\n"
        "print(sorted(name for name in set(sys.modules) - before if name.split('.')[0] in rooms))"
    )
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "['grader']", done.stderr


def test_one_version() -> None:
    """The version that records carry is the one that is installed."""
    from grader.version import VERSION

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def code_of(path: Path) -> str:
    """A module's code without comments and docstrings, where examples may stand."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree).lower()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_in_the_grader_knows_the_exercise(path: Path) -> None:
    """The grader knows no assignment: no sigmoids, no layers."""
    code = code_of(path)
    told = [word for word in ("affine", "sigmoid", "relu", "exercise_05") if word in code]
    assert not told


@pytest.mark.xdist_group("together")
def test_what_is_marked_as_a_group_is_run_by_one_worker(request: pytest.FixtureRequest) -> None:
    """What each makes for itself takes minutes; a pytest that the plugin does not know forms no groups in silence."""
    is_shared = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@together") or not is_shared
