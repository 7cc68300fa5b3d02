"""Files that came with the exercise: nobody hands them in, and what imports them works when it is graded.

takes: a tiny assignment that gives students `helper.py`, and hand-ins that import it in one way or another.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.answer_key import AnswerKey, load_key, save_key
from grader.batch.parts import _pieces
from grader.compile_key.authored import load_assignment, sources_digest
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.extract import with_given
from grader.gradebook import Record
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.release import make_release, write_release
from grader.sandbox import Sandbox
from grader.similar import own_text_of

HELPER = "import numpy as np\n\ndef squash(z):\n    return np.tanh(z), z\n\nTWO = 2.0\n"
PASSES = """
import numpy as np
from .helper import TWO, squash

def ahead(x):
    return squash(TWO * x)
"""
ASSIGNMENT = """
from grader.assignment import *
from . import passes

def draw(rng):
    return {"x": rng.uniform(0.5, 2.0, (3, 2))}

ASSIGNMENT = Assignment("tiny", "Tiny", "tiny.ipynb", 7, passes, (
    Criterion("ahead", (Call("ahead", ("x",), ("y", own("cache"))),), ("y",), (Behaviour("values", 2),),
        (Case("small", draw, "values"), Case("other", draw, "values", HIDDEN))),
), files=FILES)
"""
IMPORT = "import numpy as np\nfrom helper import squash, TWO\n"
BODY = "    y, cache = squash(TWO * x)\n"


def function(body: str) -> str:
    return f"def ahead(x):\n{body}    return y, cache\n"


MASTER = function(f"    y = cache = None\n    # TODO\n    ### BEGIN SOLUTION\n{BODY}    ### END SOLUTION\n")
HANDOUT = function("    y = cache = None\n    # TODO\n\n\n")


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": c} for c in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": made})


def write(folder: Path, files: str = '("helper.py",)') -> Path:
    contents = {
        "assignment.py": ASSIGNMENT.replace("FILES", files), "passes.py": PASSES, "helper.py": HELPER,
        "tiny.ipynb": notebook(IMPORT, HANDOUT), "master.ipynb": notebook(IMPORT, MASTER),
    }  # fmt: skip
    for name, text in contents.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    return compile_key(write(tmp_path_factory.mktemp("assignment")), sandbox)


def graded(key: AnswerKey, sandbox: Sandbox, folder: Path, files: dict[str, str]) -> Record:
    for name, text in files.items():
        (folder / name).write_text(text)
    return grade_one(Desk(key, sandbox), one_submission(folder if len(files) > 1 else folder / next(iter(files))))


OWN_WAY = "def squash(z):\n    return z / (1 + abs(z)), z\n\nTWO = 2.0\n"
HAND_INS: dict[str, tuple[dict[str, str], str]] = {
    "a notebook alone": ({"a.ipynb": notebook(IMPORT, function(BODY))}, "correct"),
    "a script alone": ({"a.py": IMPORT + function(BODY)}, "correct"),
    "with a star": ({"a.py": "from helper import *\n" + function(BODY)}, "correct"),
    "as a module": ({"a.py": "import helper as h\n" + function("    y, cache = h.squash(h.TWO * x)\n")}, "correct"),
    "the file handed in with it": (
        {"a.ipynb": notebook(IMPORT, function(BODY)), "helper.py": HELPER}, "correct",
    ),
    "a file of that name that says something else": (
        {"a.ipynb": notebook(IMPORT, function(BODY)), "helper.py": OWN_WAY}, "wrong",
    ),
    "a file of another name": ({"a.py": "from helpers import squash, TWO\n" + function(BODY)}, "crashed"),
    "nothing imported": ({"a.py": function(BODY)}, "crashed"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "verdict"), HAND_INS.values(), ids=HAND_INS.keys())
def test_what_came_with_the_exercise_need_not_be_handed_in(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, files: dict[str, str], verdict: str
) -> None:
    """It is found by its name, as on the student's disk; a file of the student's own comes before it."""
    record = graded(key, sandbox, tmp_path, files)
    assert (record.status, record.criteria[0].verdict) == ("graded", verdict)
    # Who handed the file in is told that it was used; of what everybody has, nothing is said.
    assert ("helper.py" in str(record.notes)) == ("helper.py" in files)


def test_the_public_key_gives_it_too(key: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    """Both keys hold the file as it is, and keep it when they are written and read."""
    save_key(key.public(), tmp_path / "key.npz")
    public = load_key(tmp_path / "key.npz")
    assert public.rubric.files == {"helper.py": HELPER}
    record = graded(public, sandbox, tmp_path, {"a.ipynb": notebook(IMPORT, function(BODY))})
    assert record.criteria[0].verdict == "correct"


def test_a_class_is_graded_again_where_it_has_changed(key: AnswerKey, tmp_path: Path) -> None:
    """What a hand-in answers depends on it: a changed file is a changed exam."""
    (tmp_path / "a.py").write_text(IMPORT + function(BODY))
    changed = replace(key, rubric=replace(key.rubric, files={"helper.py": OWN_WAY}))
    without = replace(key, rubric=replace(key.rubric, files={}))
    # Of two files that define as much the one with work in it is graded: what is work, the forms of the hand-out say.
    templates = replace(key, rubric=replace(key.rubric, stubs={"ahead": (*key.rubric.stubs["ahead"], "1f")}))
    prints = [
        piece.fingerprint
        for k in (key, key, changed, without, templates)
        for piece in _pieces(k, [one_submission(tmp_path)])
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


def test_it_goes_out_with_the_hand_out(sandbox: Sandbox, tmp_path: Path) -> None:
    """A release holds it, and proves the master beside it."""
    release = make_release(write(tmp_path), sandbox)
    assert release.files["helper.py"] == HELPER.encode()
    with pytest.raises(AuthorError, match=r"helper\.py"):
        make_release(tmp_path, sandbox, extra=(tmp_path / "helper.py",))


def test_nobody_copied_it_from_anybody(tmp_path: Path) -> None:
    """Whole classes share it: in a search for similar hand-ins it counts as the hand-out does."""
    assert HELPER in own_text_of(write(tmp_path)).handout


def test_it_may_lie_in_a_folder(sandbox: Sandbox, tmp_path: Path) -> None:
    """A course's package goes out as one, and both the reference and hand-ins import from it."""
    folder = tmp_path / "assignment"
    (folder / "lib").mkdir(parents=True)
    write(folder, '("lib/__init__.py", "lib/helper.py")')
    (folder / "helper.py").rename(folder / "lib" / "helper.py")
    (folder / "lib" / "__init__.py").write_text("from .helper import TWO\n")
    (folder / "passes.py").write_text(PASSES.replace(".helper", ".lib.helper"))
    imports = "from lib import TWO\nfrom lib.helper import squash\n"
    for name, body in (("tiny.ipynb", HANDOUT), ("master.ipynb", MASTER)):
        (folder / name).write_text(notebook(imports, body))
    key = compile_key(folder, sandbox)
    assert graded(key, sandbox, tmp_path, {"a.py": imports + function(BODY)}).criteria[0].verdict == "correct"
    for _ in range(2):  # the second replaces the first, and nobody else's files
        write_release(make_release(folder, sandbox), folder, tmp_path / "dist")
        assert (tmp_path / "dist" / "assignment" / "lib" / "helper.py").read_text() == HELPER
    (tmp_path / "dist" / "assignment" / "lib" / "mine.py").write_text("")
    with pytest.raises(AuthorError, match="not of this release"):
        write_release(make_release(folder, sandbox), folder, tmp_path / "dist")
    before = sources_digest(folder)
    (folder / "lib" / "helper.py").write_text(HELPER + "\n")
    assert sources_digest(folder) != before


SEEDED = """
import numpy as np

def ahead(x):
    np.random.seed(1)
    return np.random.randn(*x.shape), x
"""


def test_numbers_that_a_public_case_gives_away_are_told_as_such(sandbox: Sandbox, tmp_path: Path) -> None:
    """What is drawn from one seed begins alike in all cases; no line of the master is to blame."""
    (write(tmp_path, "()") / "passes.py").write_text(SEEDED)
    two_sizes = (tmp_path / "assignment.py").read_text().replace('Case("other", draw', 'Case("other", more')
    more = "def more(rng):\n    return {'x': rng.uniform(0.5, 2.0, (3, 4))}\n\nASSIGNMENT ="
    (tmp_path / "assignment.py").write_text(two_sizes.replace("ASSIGNMENT =", more))
    solved = SEEDED.replace(
        "    return np.random.randn(*x.shape), x",
        "    y = cache = None\n    # TODO\n    ### BEGIN "
        "SOLUTION\n    y, cache = np.random.randn(*x.shape), x\n    ### END SOLUTION\n    return y, cache",
    )
    for name in ("master.ipynb", "tiny.ipynb"):
        (tmp_path / name).write_text(notebook(solved))
    with pytest.raises(AuthorError, match=r"public\.key.* holds numbers of .*which is hidden") as refused:
        make_release(tmp_path, sandbox)
    assert "let both cases be public" in refused.value.hint


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file that is not there": (lambda at: write(at, '("gone.py",)'), "gone.py"),
    "one name in the place of a tuple": (lambda at: write(at, '"helper.py"'), "files="),
    "a file in a folder that is not there": (lambda at: write(at, '("lib/helper.py",)'), "lib/helper.py"),
    "a file in a folder above": (lambda at: write(at, '("../helper.py",)'), "'../helper.py'"),
    "a file of the whole disk": (lambda at: write(at, '("/helper.py",)'), "'/helper.py'"),
    "a file in a folder that is not given": (
        lambda at: (
            (write(at, "()") / "lib").mkdir(),
            (at / "lib" / "helper.py").write_text(HELPER),
            (at / "tiny.ipynb").write_text(notebook("from lib.helper import squash", HANDOUT)),
        ),
        'files=("lib/helper.py",)',
    ),
    "a file that nobody can import": (lambda at: write(at, '("my-helper.py",)'), "'my-helper.py'"),
    "a table": (lambda at: write(at, '("data.csv",)'), "'data.csv'"),
    "an import of the hand-out that is not given": (lambda at: write(at, "()"), 'files=("helper.py",)'),
    "an import of what is given that is not given": (
        lambda at: (
            (write(at) / "helper.py").write_text(f"import deeper\n{HELPER}"),
            (at / "deeper.py").write_text("ONE = 1\n"),
        ),
        'files=("deeper.py",)',
    ),
    "a file with what is asked for": (
        lambda at: (write(at) / "helper.py").write_text(HELPER + function(BODY)), "helper.py, which students get",
    ),
    "a file that is no text": (lambda at: (write(at) / "helper.py").write_bytes(b"x = '\xff'"), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_declaration_is_refused(
    sandbox: Sandbox, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    """With the name of the file."""
    make(tmp_path)
    (tmp_path / "passes.py").write_text("def ahead(x):\n    return 2 * x, x\n")
    with pytest.raises(AuthorError) as refused:
        compile_key(tmp_path, sandbox)
    assert said in f"{refused.value} {refused.value.hint}"


def test_a_file_that_students_write_themselves_is_not_given(sandbox: Sandbox, tmp_path: Path) -> None:
    """The template of a file that is handed in may lie beside the notebook that imports it."""
    (write(tmp_path, "()") / "helper.py").write_text(HANDOUT)
    (tmp_path / "tiny.ipynb").write_text(notebook("from helper import ahead"))
    (tmp_path / "passes.py").write_text("def ahead(x):\n    return 2 * x, x\n")
    assert not compile_key(tmp_path, sandbox).rubric.files


FOUND = [("a", ("a.py", "1")), ("b", ("b.py", "own")), ("c", ("c.py", "own")), ("d", None), ("a.b", None)]


@pytest.mark.parametrize(("name", "found"), FOUND)
def test_the_hand_ins_own_files_come_first(name: str, found: tuple[str, str] | None) -> None:
    """Both are looked through, and nothing is found that neither has."""
    own = {"b": ("b.py", "own"), "c": ("c.py", "own")}
    find = with_given(own.get, {"a.py": "1", "b.py": "2"})
    assert find is not None
    assert find(name) == found


def test_where_there_is_nothing_nothing_is_looked_for() -> None:
    """A class without such files takes no longer than before."""
    assert with_given(None, {}) is None


LIB = {
    "lib/__init__.py": "",
    "lib/base.py": "from lib.numbers import TWO\nimport lib.numbers as others\n",
    "lib/numbers.py": "TWO = 2.0\n",
}
WAYS = {
    "as students do": "from lib.base import TWO\nfrom helper import squash\n",
    "as Python does in a package": "from .lib.base import TWO\nfrom .helper import squash\n",
    "as modules": "import helper, lib.base\nsquash, TWO = helper.squash, lib.base.others.TWO\n",
    "both ways": "from .lib import base\nimport lib.base\nTWO = lib.base.TWO * (lib.base is base)\n"
    "from helper import squash\n",
}


@pytest.mark.parametrize("imports", WAYS.values(), ids=WAYS.keys())
def test_files_of_an_assignment_import_each_other(sandbox: Sandbox, tmp_path: Path, imports: str) -> None:
    """By the names that they have on a student's disk too, here and where they are run; no name of theirs stays."""
    folder = write(tmp_path, repr(("helper.py", *LIB)))
    (folder / "lib").mkdir()
    for name, text in LIB.items():
        (folder / name).write_text(text)
    (folder / "passes.py").write_text(f"import numpy as np\n{imports}\ndef ahead(x):\n    return squash(TWO * x)\n")
    before = set(sys.modules)
    key = compile_key(folder, sandbox)
    assert not [name for name in set(sys.modules) - before if name.split(".")[0] in ("lib", "helper")]
    assert graded(key, sandbox, tmp_path, {"a.py": IMPORT + function(BODY)}).criteria[0].verdict == "correct"


@pytest.mark.parametrize(
    "inside", [True, False], ids=["in the assignment", "beside a folder and a file of these names"]
)
def test_where_the_verb_is_typed_changes_nothing(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    """`python -m` looks for modules there first, and takes an empty folder for one."""
    folder, beside = tmp_path / "made", tmp_path / "beside"
    for place in (folder, beside):
        (place / "lib").mkdir(parents=True)
    write(folder, repr(("helper.py", *LIB)))
    (beside / "helper.py").write_text("raise ValueError\n")
    for name, text in LIB.items():
        (folder / name).write_text(text)
    (folder / "passes.py").write_text(
        f"import numpy as np\n{WAYS['as modules']}\ndef ahead(x):\n    return squash(TWO * x)\n"
    )
    monkeypatch.chdir(folder if inside else beside)
    monkeypatch.syspath_prepend("")
    given = load_assignment(Path() if inside else folder).solution.squash
    assert given.__module__.startswith("_assignment_")  # and is not loaded a second time, under a name that stays
    assert compile_key(Path() if inside else folder, sandbox)


def test_what_is_installed_is_never_a_file_of_an_assignment(sandbox: Sandbox, tmp_path: Path) -> None:
    """A `json.py` beside it is imported by nobody who says `import json`; and what is nowhere is told as ever."""
    folder = write(tmp_path)
    (folder / "json.py").write_text("raise ValueError\n")
    (folder / "passes.py").write_text("import json\n" + PASSES)
    assert compile_key(folder, sandbox)
    (folder / "passes.py").write_text("import nowhere\n" + PASSES)
    with pytest.raises(AuthorError, match="No module named 'nowhere'"):
        compile_key(folder, sandbox)
