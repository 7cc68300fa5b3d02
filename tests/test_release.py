"""What goes out: a hand-out from its master, in which nothing is that students must not have; an autograder."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from command import RIGHT, SECOND, full_key, notebook

from grader.assignment.loading import sources_digest
from grader.errors import AuthorError
from grader.key import Key, load_key, save_key
from grader.release import bundle_gradescope, is_bundle, make_release, write_release
from grader.release.handout import Secret, make_handout, strip
from grader.release.leaks import find_leaks
from grader.release.writing import zip_of
from grader.sandbox import Sandbox
from grader.scaffold import begin_assignment

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
SOLVED = "### BEGIN SOLUTION\nx = f(3)\n### END SOLUTION"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    begin_assignment("small", tmp_path)
    return tmp_path / "reference" / "small"


def change(path: Path, old: str, new: str) -> None:
    before, _, after = path.read_text().partition(old)
    path.write_text(before + new + after)


def add_code(folder: Path, source: str) -> None:
    master = nbformat.read(folder / "master.ipynb", as_version=4)
    master.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(master, folder / "master.ipynb")


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_exercise_05_goes_out_as_it_is(tmp_path: Path, sandbox: Sandbox) -> None:
    """Its notebook byte for byte, a public key, a README; a zip of the same; the keys of this hand-out beside it."""
    skipped = shutil.ignore_patterns("*.npz", "__pycache__")
    folder = shutil.copytree(SECOND / "reference" / "exercise_05", tmp_path / "exercise_05", ignore=skipped)
    before = (folder / "exercise_05.ipynb").read_bytes()
    made = make_release(folder, sandbox)
    home, archive, key = write_release(made, folder, tmp_path / "dist")
    files = files_in(home)
    assert set(files) == {"exercise_05.ipynb", "exercise_05.public.key.npz", "README.txt"}
    assert files["exercise_05.ipynb"] == before == (folder / "exercise_05.ipynb").read_bytes()
    assert len(files["README.txt"].splitlines()) == 3
    with zipfile.ZipFile(archive) as archive:
        assert {name: archive.read(f"exercise_05/{name}") for name in files} == files
    assert (folder / "exercise_05.public.key.npz").read_bytes() == files["exercise_05.public.key.npz"]
    assert not load_key(key).is_public


def test_a_release_is_written_again_and_nothing_else_is_replaced(small: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """The same bytes for the same master and seed; a notebook written by hand is kept; what is not ours stays."""
    (small / "small.ipynb").write_text("mine")
    (tmp_path / "notes.txt").write_text("to read")
    out, archives = tmp_path / "dist", []
    for _ in range(2):
        made = make_release(small, sandbox, hidden_seed="1", extra=(tmp_path / "notes.txt",))
        archives.append(write_release(made, small, out)[1].read_bytes())
    assert archives[0] == archives[1]
    assert (out / "small.ipynb.old").read_text() + (out / "small" / "notes.txt").read_text() == "mineto read"
    assert load_key(small / "small.key.npz").sources == sources_digest(small)
    before = files_in(tmp_path)
    (small / "small.public.key.npz.part").mkdir()  # where it would be written first
    with pytest.raises(OSError, match=r"."):
        write_release(made._replace(files={**made.files, "README.txt": b"new"}), small, out)
    assert files_in(tmp_path) == before
    (out / "small" / "own.txt").touch()
    with pytest.raises(AuthorError, match="not of this release"):
        write_release(made, small, out)
    (out / "small.zip").unlink()
    (out / "small.zip").mkdir()
    with pytest.raises(AuthorError, match="no zip of this release"):
        write_release(made, small, out)
    change(small / "master.ipynb", "dx = None", "dx = 0")
    with pytest.raises(AuthorError, match="another hand-out"):
        make_release(small, sandbox, key=made.key)


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a solution in another cell": (lambda f: add_code(f, "y = 3\ndx=2*cache*dout # so"), "cell 4: dx = 2"),
    "a solution in a mistake's words": (lambda f: change(
        f / "mistakes.py", "Differentiate x", "Use dx = 2 * cache * dout. Differentiate x"), "public.key.npz.*dx = 2"),
    "a solution outside of its markers": (lambda f: change(
        f / "master.ipynb", '"    dx = 2 * cache * dout\\n",\n    "    ### END SOLUTION\\n",\n',
        '"    ### END SOLUTION\\n",\n    "    dx = 2 * cache * dout\\n",\n'), "square_backward .*5"),
    "a function that is no `def`": (lambda f: add_code(f, "square_backward = lambda dout, cache: None"),
        "not graded as not attempted: square_backward"),
    "a wrong master": (lambda f: change(f / "master.ipynb", "dx = 2 * cache", "dx = 3 * cache"), "not get full marks"),
    "no master": (lambda f: (f / "master.ipynb").unlink(), "no master notebook"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), REFUSED.values(), ids=REFUSED)
def test_what_must_not_go_out_is_refused(small: Path, sandbox: Sandbox, spoil: Callable[..., None], said: str) -> None:
    """With the place and a next step."""
    spoil(small)
    with pytest.raises(AuthorError, match=said) as refused:
        make_release(small, sandbox)
    assert refused.value.hint


FORMS: dict[str, Callable[[np.ndarray], bytes]] = {
    "one row of it": lambda a: b"head" + a[1].tobytes() + b"tail",
    "as float32, in a zip in a zip": lambda a: zip_of({"a": zip_of({"b": a.astype(np.float32).tobytes()})}),
    "one number a line of a notebook": lambda a: notebook("\n".join(map(str, a.ravel().tolist()))).encode(),
    "one number with all its digits": lambda a: f"it is {max(map(repr, a.ravel().tolist()), key=len)}".encode(),
    "as a table": lambda a: "\n".join(",".join(f"{v:.5f}" for v in row) for row in a).encode(),
}


def test_hidden_numbers_are_found_in_any_form_and_public_ones_are_no_leak(tmp_path: Path) -> None:
    """Each with the case that it belongs to; also typed into questions.py, which goes whole into the public key."""
    key = load_key(full_key("exercise_05"))
    public = [value for entry in key.entries if entry.is_public for value in entry.inputs.values()]
    hidden = next(n for n, entry in enumerate(key.entries) if not entry.is_public)
    answer = key.answers["reference"][hidden][0].values["out"]
    for name, questions in (("typed", f"x = 1\nANSWER = {answer.ravel().tolist()}\n"), ("plain", key.questions)):
        save_key(Key(key.rubric, (), questions, {}, is_public=True), tmp_path / name)
    files = {name: form(answer) for name, form in FORMS.items()} | files_in(tmp_path)
    files |= {"examples": "\n".join(str(one.tolist()) for one in public if isinstance(one, np.ndarray)).encode()}
    files |= {"anybody": b"use x = 0.5, or [1.0, 2.0, 3.0, 4.0], and get 100 points"}
    leaks = find_leaks(files, [], key)
    clean = {name for name in files if not any(leak.startswith(name) for leak in leaks)}
    assert clean == {"examples", "anybody", "plain"}
    assert all("the answer by reference of sigmoid, own case 'a square'" in leak for leak in leaks)


def test_which_lines_give_a_solution_away() -> None:
    """A formula however it is spaced or quoted; not a line that anybody writes."""
    secrets = ["s = 'a' + \"b\" + c", "out = 1.0 / (1.0 + np.exp(-x))  # so", "dx = None", "x, w, b = cache"]
    text = notebook("s = 'a' + \"b\" + c\n", "dx = None\nx, w, b = cache") + "\nout=1.0/(1.0 +\n np.exp(-x))"
    nothing = Key(load_key(full_key("exercise_05")).rubric, (), "", {})
    leaks = find_leaks({"f": text.encode()}, [Secret(one, 3, n, True) for n, one in enumerate(secrets)], nothing)
    assert [leak.partition(":")[0] for leak in leaks] == [f"f holds line {n} of the master's cell 3" for n in (0, 1)]


CELLS = {
    "nbgrader's region": (f"a = 1\n{SOLVED}\nc = 3", f"a = 1\n{STUB}\nc = 3"),
    "indented": ("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
                 "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"),
    "under a TODO": (f"y = 0\n# TODO: y\n####\n{SOLVED}\n####", "y = 0\n# TODO: y\n####\n\n\n####"),
    "a TODO above other code": (f"# TODO: f\ny = 0\n{SOLVED}", f"# TODO: f\ny = 0\n{STUB}"),
    "hidden tests": ("a\n### BEGIN HIDDEN TESTS\nassert a\n### END HIDDEN TESTS", "a"),
    "otter's region": ("# BEGIN SOLUTION\nx = f(3)\n# END SOLUTION\ny = 1", "...\ny = 1"),
    "otter's prompt": ('# BEGIN SOLUTION NO PROMPT\ny\n# END SOLUTION\n""" # BEGIN PROMPT\ny = ...\n""" # END PROMPT',
                       "y = ..."),
    "otter's lines": ("a, b['ü'] = (f(1), 2) # SOLUTION\ny = 1 # SOLUTION NO PROMPT\nz = 2", "a, b['ü'] = ...\nz = 2"),
    "a seed, and tests": ("np.random.seed(42) # SEED\n### HASHED AUTOTEST f(4)\nx = 1", "x = 1"),
    "no marker": ("x = 1  # the solution is elsewhere", "x = 1  # the solution is elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "shown"), CELLS.values(), ids=CELLS)
def test_what_students_see_of_a_cell(source: str, shown: str) -> None:
    """The cell without what is the teacher's alone, with the space to write in."""
    assert strip(source, 1, True, False, []) == shown


BROKEN = {
    "x\n### BEGIN SOLUTION\ny": "line 2: BEGIN SOLUTION is never closed",
    "### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\n": "line 2: BEGIN HIDDEN TESTS is inside BEGIN SOLUTION of line 1",
    "y\n### END SOLUTION": "line 2: END SOLUTION closes nothing",
    "def f():\n    # TODO\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION": "no longer Python",
}


@pytest.mark.parametrize(("source", "said"), BROKEN.items())
def test_a_marker_that_does_not_pair_is_named(source: str, said: str) -> None:
    """A region that never ends would give everything or nothing away: neither is guessed."""
    with pytest.raises(AuthorError, match=rf"cell 2.*{said}"):
        make_handout(notebook(SOLVED, source).encode(), "m.ipynb")


def test_nbgraders_and_otters_cells_become_students_cells() -> None:
    """Sealed as nbgrader does it; otter's raw cells go with the tests between them; outputs and old ids do too."""
    test = {"grade": True, "solution": False, "locked": True, "grade_id": "t", "points": 2, "schema_version": 3}
    raw = [("raw", f"# {mark}", {}) for mark in ("BEGIN SOLUTION", "END SOLUTION", "BEGIN TESTS", "END TESTS")]
    cells = (
        ("code", SOLVED, {}), ("code", "assert x", test), ("code", "y = f(3)", {"solution": True}),
        raw[0], ("code", "z = f(4) + 1", {}), ("markdown", "The answer is nine.", {}), raw[1],
        raw[2], ("code", "assert y == 9", {}), raw[3], ("code", "# IGNORE\nsecret = f(5)", {}), ("raw", "plain", {}),
    )  # fmt: skip
    ran = {"outputs": [{"output_type": "stream", "name": "stdout", "text": "42\n"}], "execution_count": 3}
    parts = [{"cell_type": kind, "source": text, "metadata": {"nbgrader": of} if of else {"collapsed": True},
              **(ran if kind == "code" else {})} for kind, text, of in cells]  # fmt: skip
    data = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {"widgets": {}}, "cells": parts}).encode()
    made = make_handout(data, "m.ipynb")
    assert make_handout(data, "m.ipynb") == made
    cells = nbformat.reads(made.text, as_version=4).cells
    assert [cell.source for cell in cells] == [STUB, "assert x", STUB, STUB, "plain"]
    sealed = hashlib.md5(b"assert xcodeTrueFalseTruet2.0").hexdigest()
    assert (cells[1].metadata.nbgrader.checksum, cells[1].metadata.editable) == (sealed, False)
    assert not [cell for cell in cells if cell.get("outputs") or "collapsed" in cell.metadata]
    assert [(one.text, one.cell) for one in made.secrets[-3::2]] == [("assert y == 9", 9), ("secret = f(5)", 11)]
    assert "raw cells" in made.notes[0]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "autograder.zip"
    path.write_bytes(bundle_gradescope(load_key(full_key("exercise_05")), "visible", unsafe=False))
    return path


def test_the_bundle_grades_as_gradescope_runs_it(bundle: Path, tmp_path: Path) -> None:
    """A right submission gets full marks by the bundle's own grader; where our side fails, nothing is written."""
    for name in ("source", "submission", "results"):
        (tmp_path / name).mkdir()
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "source")
    (tmp_path / "submission" / "layer.py").write_text(RIGHT)
    env = {**os.environ, "GRADER_AUTOGRADER": str(tmp_path), "GRADER_PYTHON": sys.executable, "TMPDIR": str(tmp_path)}
    command, results = ["bash", tmp_path / "source" / "run_autograder"], tmp_path / "results" / "results.json"
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert json.loads(results.read_text())["score"] == 100, done.stderr
    (tmp_path / "source" / "exercise_05.key.npz").write_bytes(b"PK")
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode
    assert "is no zero" in done.stderr
    assert not results.exists()
    assert not list(tmp_path.glob("tmp.*"))


def test_a_bundle_is_whole_and_known(bundle: Path, tmp_path: Path) -> None:
    """No word is left to be filled in; by the author's word it may run without a sandbox, and the README says so."""
    with zipfile.ZipFile(bundle) as archive:
        names, modes = archive.namelist(), {one.filename: one.external_attr >> 16 for one in archive.infolist()}
        texts = {name: archive.read(name).decode() for name in names if "/" not in name and not name.endswith(".npz")}
    assert not [name for name in names if "__pycache__" in name or name.startswith("reference")]
    assert not re.search(r"@[A-Z]+@|--unsafe", "".join(texts.values()))
    assert [modes[name] & 0o111 for name in ("run_autograder", "setup.sh", "README.txt")] == [0o111, 0o111, 0]
    assert all("==" in line for line in texts["requirements.txt"].splitlines() if ";" not in line)
    (tmp_path / "other.zip").write_bytes(zip_of({"run_autograder": b"mine"}))
    assert (is_bundle(bundle), is_bundle(tmp_path / "other.zip")) == (True, False)
    data = bundle_gradescope(load_key(full_key("exercise_05")), "hidden", unsafe=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"--quiet --unsafe-no-sandbox\n" in archive.read("run_autograder")
        assert b"WITHOUT A SANDBOX" in archive.read("README.txt")
