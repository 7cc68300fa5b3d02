"""The house keeps its own plan: contracts hold and bite, rooms stay small, names and words say something."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.size import LARGEST_RECORD, MOST_LONG, ROOT, rooms, sizes

MODULES = sorted((ROOT / "grader").rglob("*.py"))
LARGEST_MODULE = 320  # lines
PLANTED = (
    ("harness/loading.py", "import grader.judge"),
    ("wire/codec.py", "import nbformat"),
    ("judge/compare.py", "import grader.harness"),
    ("pipeline.py", "def f():\n    import reference"),
    ("score.py", "import subprocess"),
    ("gradebook/book.py", "import jinja2"),
    ("key/store.py", "import grader.feedback"),
    ("../reference/exercise_05/reference.py", "import grader.judge"),
    ("surprise.py", "'''A room on no map.'''"),
)


def lint_imports(folder: Path) -> str:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = {"PYTHONPATH": str(folder), "PATH": ""}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def test_the_contracts_hold() -> None:
    """Imports point one way, and every module is on the map."""
    assert lint_imports(ROOT).startswith("0\n")


def test_each_planted_violation_is_caught(tmp_path: Path) -> None:
    """Each contract fails when it is broken, and names the import that breaks it."""
    for name in ("grader", "reference"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.npz*"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in PLANTED:
        planted = tmp_path / "grader" / file
        planted.write_text((planted.read_text() if planted.exists() else "") + "\n" + line + "\n")
    told = lint_imports(tmp_path)
    for file, line in PLANTED:
        module = f"grader/{file}".replace("grader/../", "").removesuffix(".py").replace("/", ".")
        imported = re.search(r"import (\S+)$", line)
        assert (f"{module} -> {imported[1]} " if imported else f"- {module}\n") in told, (file, line)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_and_stays_small(path: Path) -> None:
    """Each opens with a docstring, has at most 320 lines, and is not named after nothing."""
    source = path.read_text()
    assert ast.get_docstring(ast.parse(source)) or not source.strip()
    assert len(source.splitlines()) <= LARGEST_MODULE
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "manager"}


def test_every_room_is_on_the_page_of_the_architecture() -> None:
    """The table of `docs/architecture.md` has each room of the package, and none that is gone."""
    page = ROOT / "docs" / "architecture.md"
    table = page.read_text().split("## The rooms")[1].split("\n\n")[1]
    named = {name.rstrip("/") for row in table.splitlines() for name in re.findall(r"`([\w./]+)`", row.split("|")[1])}
    assert named == {path.relative_to(ROOT / "grader").parts[0] for path in MODULES} - {"__init__.py", "__main__.py"}


# The author's drivers are compiled outside, and sent inside as code.
DRIVERS = {"wire/program.py": {"compile", "marshal.dumps"}, "harness/serve.py": {"marshal.loads"}}


def test_code_is_executed_in_one_room_and_nothing_is_unpickled() -> None:
    """Only the harness executes source; only the author's assignment is loaded by its path; nobody reads pickles."""
    for path in MODULES:
        place = path.relative_to(ROOT / "grader").as_posix()
        calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
        calls -= DRIVERS.get(place, set())
        if not place.startswith("harness/"):
            assert not calls & {"exec", "eval", "compile"}, place
        if not place.startswith(("harness/", "assignment/loading.py")):
            assert not calls & {"importlib.import_module", "__import__"}, place
        assert not any(call.startswith(("pickle.", "marshal.", "dill.", "shelve.")) for call in calls), place


def test_functions_and_records_stay_small() -> None:
    """Few functions are longer than 40 lines, no record has more than ten fields, the page to read first is short."""
    measured = sizes(ROOT / "grader")
    assert len(measured.long_functions) <= MOST_LONG, measured.long_functions
    assert not [name for name, fields in measured.records.items() if fields > LARGEST_RECORD], measured.records
    assert rooms(ROOT)["pipeline.py"][0] <= 80


# ---- words -----------------------------------------------------------------------------------------------------------

# What a reader sees is in plain English. Only words that mean nothing else are listed: `who` is English too.
PAGES = [
    ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", ".ci/run", "reports/README.md", "pyproject.toml")
]
PAGES += sorted((ROOT / "docs").glob("*.md"))
SOURCES = [*MODULES, *sorted((ROOT / "reference").rglob("*.py"))]
TEMPLATES = sorted(
    path for path in (ROOT / "grader").rglob("*") if path.suffix in (".html", ".js", ".css", ".yml", ".txt")
)
GONE = {
    r"anew": "again",
    r"mend(?:s|ed|ing)?": "fix",
    r"hand-ins|(?:a|the|this|that|each|every|one|same|whole|another|next) hand-in(?!-)": "submission",
    r"lent|lends?|lending": "stub",
    r"spared": "skipped",
    r"needless": "within tolerance, or not needed",
    r"parcels?": "chunk",
    r"circumstances?": "condition",
    r"culprits?": "line that raised",
    r"(?:is|are|was|were) due (?:there|here|back)": "is expected",
    r"is due(?=[.,;`'\")]|$)": "is expected",
    r"is told(?: by| that| as| in)": "is reported, is said",
    r"must not know:": "the signature says it",
    r"costs? nobody a point": "costs no points",
    r"how the points lie": "score distribution",
    r"notes, which cost nothing": "notes (no points lost)",
    r"turned round": "swapped",
    r"rough answers?": "within tolerance",
    r"forthwith|thereof|therein|whence|hitherto|heretofore": "a plain word",
}
KEPT = {("grader/export/systems.py", "the hand-in")}  # a name in JUnit files, which programs read
FORBIDDEN = re.compile(r"\b(?:" + "|".join(f"(?:{word})" for word in GONE) + r")", re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("path", [*PAGES, *SOURCES, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_todays(path: Path) -> None:
    """Pages, messages, docstrings and comments use the words of the design's table."""
    found = {match[0] for match in FORBIDDEN.finditer(path.read_text(encoding="utf-8"))}
    assert not {word for word in found if (str(path.relative_to(ROOT)), word) not in KEPT}
