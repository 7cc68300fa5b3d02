"""The hand-out: what goes out, what must not, and what is proved first.

takes: the assignment that ships, and a small one made by `grader new`, broken in one way or another.
gives: one promise a test, said in its docstring.
must not know: how anything is searched for.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import EXERCISE, run_grader

from grader.answer_key import AnswerKey, load_key
from grader.errors import AuthorError
from grader.plan import CallPlan
from grader.release import make_release, write_release
from grader.release.leaks import find_leaks
from grader.release.markers import Secret
from grader.sandbox import Sandbox
from grader.scaffold import begin_assignment

pytestmark = pytest.mark.xdist_group("release")  # Exercise 5 is given out once
NAME = "small"


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("course")
    begin_assignment(NAME, course)
    return course / "reference" / NAME


@pytest.fixture
def small(new: Path, tmp_path: Path) -> Path:
    """A small assignment of one's own, to be broken."""
    folder = tmp_path / NAME
    shutil.copytree(new, folder)
    return folder


def change(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


# ---- what goes out ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def given_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """Exercise 5 given out by the command: its copied folder, the place of releases, and what was said."""
    course = tmp_path_factory.mktemp("course")
    folder = course / "reference" / "exercise_05"
    shutil.copytree(EXERCISE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    done = run_grader("release", "reference/exercise_05", cwd=course)  # as the docs have it
    assert done.returncode == 0, done.stderr
    return folder, course / "dist", done.stdout


def test_the_master_of_exercise_5_makes_its_hand_out(given_out: tuple[Path, Path, str]) -> None:
    """The students' notebook that ships is what its master gives, byte for byte."""
    folder, out, said = given_out
    assert (out / "exercise_05" / "exercise_05.ipynb").read_bytes() == (EXERCISE / "exercise_05.ipynb").read_bytes()
    assert not list(folder.glob("*.old"))
    assert "100 of 100 points" in said
    assert "not attempted" in said


def test_a_folder_and_a_zip_of_the_same(given_out: tuple[Path, Path, str]) -> None:
    """Notebook, public key and a README of three lines; nothing else, and the zip holds the same in one folder."""
    _, out, _ = given_out
    files = {path.name: path.read_bytes() for path in (out / "exercise_05").iterdir()}
    assert set(files) == {"exercise_05.ipynb", "exercise_05.public.key.npz", "README.txt"}
    assert len(files["README.txt"].decode().splitlines()) == 3
    with zipfile.ZipFile(out / "exercise_05.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"exercise_05/{name}": data for name, data in files.items()
        }
    assert load_key(out / "exercise_05" / "exercise_05.public.key.npz").visibility == "public"


def test_students_can_check_what_they_got(given_out: tuple[Path, Path, str], tmp_path: Path) -> None:
    """Unpacked, the check finds its key; untouched, nothing is wrong yet."""
    with zipfile.ZipFile(given_out[1] / "exercise_05.zip") as archive:
        archive.extractall(tmp_path)
    done = run_grader("check", tmp_path / "exercise_05" / "exercise_05.ipynb")
    assert done.stdout.lower().count("not attempted") >= 6


def test_the_keys_of_the_assignment_are_of_this_hand_out(given_out: tuple[Path, Path, str]) -> None:
    """What is handed out and what will be graded by are one: nothing has to be compiled in between."""
    folder, out, _ = given_out
    public = (folder / "exercise_05.public.key.npz").read_bytes()
    assert public == (out / "exercise_05" / "exercise_05.public.key.npz").read_bytes()
    assert load_key(folder / "exercise_05.key.npz").visibility == "full"


def test_the_same_master_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """A release says nothing of when and where it was made; a second one replaces the first."""
    out, made = tmp_path / "dist", []
    for _ in range(2):
        done = run_grader("release", small, "--out", out)
        assert done.returncode == 0, done.stderr
        made.append((out / f"{NAME}.zip").read_bytes())
    assert made[0] == made[1]
    assert {path.name for path in out.iterdir()} == {NAME, f"{NAME}.zip"}


def test_a_key_of_this_hand_out_is_taken_and_another_is_not(small: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """--key spares the compiling; one that was compiled for another notebook would call students' stubs wrong."""
    write_release(make_release(small, sandbox), small, tmp_path / "dist")
    key = small / f"{NAME}.key.npz"
    assert run_grader("release", small, "--key", key, "--out", tmp_path / "dist").returncode == 0
    change(small / "master.ipynb", "dx = None", "dx = 0")
    done = run_grader("release", small, "--key", key, "--out", tmp_path / "dist")
    assert done.returncode == 2
    assert "another hand-out" in done.stderr


# ---- what must not go out ---------------------------------------------------------------------------------------


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def add_cell(folder: Path, kind: str, source: str) -> None:
    path = folder / "master.ipynb"
    notebook = json.loads(path.read_text())
    cell = {"cell_type": kind, "id": "added", "metadata": {}, "source": source}
    notebook["cells"].append(cell if kind == "markdown" else {**cell, "outputs": [], "execution_count": None})
    path.write_text(json.dumps(notebook))


REFUSED: list[tuple[str, Callable[[Path], None], str]] = [
    ("a solution in another cell", lambda f: add_cell(f, "code", "y = 3\ndx=2*cache*dout # so"),
     "line .* of the master's cell"),
    ("a solution in words", lambda f: add_cell(f, "markdown", "Hint: `dx = 2 * cache * dout`."), "dx = 2 \\* cache"),
    ("a solution in the known mistakes", lambda f: change(
        f / "mistakes.py", "Differentiate x squared once more", "Write dx = 2 * cache * dout"),
     "public.key.npz.*dx = 2"),
    ("a function without markers", lambda f: change(
        f / "master.ipynb", '    "    ### BEGIN SOLUTION\\n",\n    "    dx', '    "    dx'),
     "closes nothing"),
    ("a solution outside of its markers", lambda f: (
        change(f / "master.ipynb", '    "    dx = 2 * cache * dout\\n",\n    "    ### END SOLUTION\\n",\n',
               '    "    ### END SOLUTION\\n",\n    "    dx = 2 * cache * dout\\n",\n')),
     r"earns points before anybody wrote a line: square_backward \(5 of 5(.|\n)*needs="),
    ("a stub that is no function", lambda f: add_cell(f, "code", "square_backward = lambda dout, cache: None"),
     "untouched hand-out is not graded as not attempted: square_backward"),
    ("a wrong master", lambda f: change(f / "master.ipynb", "dx = 2 * cache", "dx = 3 * cache"),
     "does not get full marks: square_backward"),
    ("a master without one function", lambda f: change(
        f / "master.ipynb", "def square_backward", "def backward_of_square"),
     "does not get full marks: square_backward"),
    ("no master", lambda f: (f / "master.ipynb").unlink(), "no master notebook"),
    ("no notebook", lambda f: (f / "master.ipynb").write_text("{"), "master.ipynb cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_must_not_go_out_is_refused_and_nothing_is_written(
    small: Path, spoil: Callable[[Path], None], said: str
) -> None:
    """2, a sentence with the place, a next step; not a byte is changed, and nothing is left lying about."""
    spoil(small)
    before = files_of(small.parent)
    done = run_grader("release", small, "--out", small.parent / "dist")
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert "next:" in done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert files_of(small.parent) == before


def arrays_of_hidden_cases(key: AnswerKey) -> list[np.ndarray]:
    entries = [e for e in key.plan.entries if e.visibility == "hidden"]
    return [array for entry in entries for array in entry.question.inputs.values() if array.size >= 6]


def npz(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=array)
    return buffer.getvalue()


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/data.bin", data)
    return buffer.getvalue()


FORMS: list[tuple[str, Callable[[np.ndarray], bytes]]] = [
    ("as bytes", lambda a: b"head" + a.tobytes() + b"tail"),
    ("one row of it", lambda a: b"head" + a[1].tobytes()),
    ("in an npz", npz),
    ("as float32", lambda a: npz(a.astype(np.float32))),
    ("in a zip in a zip", lambda a: zipped(zipped(a.tobytes()))),
    ("printed by numpy", lambda a: str(a).encode()),
    ("as a list", lambda a: f"x = {a.tolist()}".encode()),
    ("in a notebook", lambda a: json.dumps({"cells": [{"source": [f"x = {a.tolist()}\n"]}]}).encode()),
    ("one number a line", lambda a: "\n".join(map(str, a.ravel().tolist())).encode()),
    ("as a table", lambda a: "\n".join(",".join(f"{v:.5f}" for v in row) for row in np.atleast_2d(a)[:, :6]).encode()),
]  # fmt: skip


@pytest.fixture(scope="module")
def full(given_out: tuple[Path, Path, str]) -> AnswerKey:
    return load_key(given_out[0] / "exercise_05.key.npz")


@pytest.fixture(scope="module")
def leaks(given_out: tuple[Path, Path, str], full: AnswerKey) -> Callable[[str], list[str]]:
    """What is found in a file, of all that are searched here: at once, since the key is read anew for each search."""
    array = next(
        a
        for a in arrays_of_hidden_cases(full)
        if a.dtype == np.float64
        and a.ndim == 2
        and min(a.shape) >= 4
        and len(set(a.flat)) == a.size
        and (a != np.rint(a)).any(1).all()  # a few whole numbers in a row tell nothing
    )
    n = next(n for n, e in enumerate(full.plan.entries) if e.visibility == "hidden")
    answer = float(full.answers["reference"][n].values["out"].array.flat[0])  # type: ignore[union-attr]
    shown = [e for e in full.plan.entries if e.visibility == "public"]
    files = {f"{form}.dat": write(array) for form, write in FORMS} | {
        "answer.txt": f"the result is {answer!r}, you see".encode(),
        "anybody.txt": b"use x = 0.5 or [1.0, 2.0, 3.0, 4.0] and 100 points",
        "examples.txt": "\n".join(str(a.tolist()) for e in shown for a in e.question.inputs.values()).encode(),
        "k.npz": (given_out[0] / "exercise_05.public.key.npz").read_bytes(),
    }
    found = find_leaks(files, [], full)

    def of(name: str) -> list[str]:
        assert name in files
        return [leak for leak in found if leak.startswith((f"{name} ", f"{name}, member "))]

    assert sum(len(of(name)) for name in files) == len(found)
    return of


@pytest.mark.parametrize("form", [form for form, _ in FORMS])
def test_a_hidden_array_is_found_in_any_form(leaks: Callable[[str], list[str]], form: str) -> None:
    """Bytes in both widths, compressed, packed, printed: each is told with the case that it belongs to."""
    found = leaks(f"{form}.dat")
    assert found
    assert "hidden" in found[0]


def test_one_hidden_answer_with_all_its_digits_is_enough(leaks: Callable[[str], list[str]]) -> None:
    """A number that only a hidden case has is found, as the reference's; a short one that anybody writes is not."""
    [leak] = leaks("answer.txt")
    assert "by reference" in leak
    assert not leaks("anybody.txt")


def test_the_full_key_is_never_taken_for_something_students_need(small: Path, sandbox: Sandbox) -> None:
    """--add of the wrong file is caught like any other leak."""
    out = small.parent / "dist"
    write_release(make_release(small, sandbox), small, out)
    key = small / f"{NAME}.key.npz"
    done = run_grader("release", small, "--out", out, "--key", key, "--add", key)
    assert done.returncode == 2
    assert "which is hidden" in done.stderr


def test_public_numbers_are_no_leak(leaks: Callable[[str], list[str]]) -> None:
    """The public key itself, and public cases written out, are what students may have."""
    assert not leaks("examples.txt")
    assert not leaks("k.npz")


@pytest.fixture(scope="module")
def without_numbers(full: AnswerKey) -> AnswerKey:
    """The key without its questions: all its hidden numbers are looked for in any text, which takes seconds."""
    return replace(full, plan=CallPlan(()), answers={})


LINES = [
    ("out = 1.0 / (1.0 + np.exp(-x))", b'"out=1.0/(1.0+np.exp(-x))"', True),
    ("out = 1.0 / (1.0 + np.exp(-x))  # so", b"out = 1.0 / (1.0 +\n np.exp(-x))", True),
    ("s = 'a' + \"b\" + c", rb'{"source": ["s = \'a\' + \"b\" + c\n"]}'.replace(rb"\'", b"'"), True),
    ("out = None", b"out = None", False),
    ("return out, cache", b"return out, cache", False),
    ("x, w, b = cache", b"x, w, b = cache", False),
    ("pass", b"pass", False),
]


@pytest.mark.parametrize(("line", "text", "found"), LINES)
def test_which_lines_tell_a_solution(without_numbers: AnswerKey, line: str, text: bytes, found: bool) -> None:
    """A formula is found however it is spaced or quoted; a line that anybody writes gives nothing away."""
    assert bool(find_leaks({"f": text}, [Secret(line, 3, 1, True)], without_numbers)) is found


# ---- what is left as it is --------------------------------------------------------------------------------------


def test_a_hand_out_written_by_hand_is_kept(small: Path) -> None:
    """Where the notebook in the assignment's folder is another one, it is kept beside the new one."""
    (small / f"{NAME}.ipynb").write_text((small / "master.ipynb").read_text())
    done = run_grader("release", small, "--out", small.parent / "dist")
    assert done.returncode == 0, done.stderr
    assert (small / f"{NAME}.ipynb.old").read_text() == (small / "master.ipynb").read_text()
    assert "BEGIN SOLUTION" not in (small / f"{NAME}.ipynb").read_text()


def test_what_students_get_is_no_master(small: Path) -> None:
    """Solutions that stand in the assignment's own notebook would be written over by what is left without them."""
    own = small / f"{NAME}.ipynb"
    own.write_text((small / "master.ipynb").read_text())
    done = run_grader("release", small, "--master", own, "--out", small.parent / "dist")
    assert done.returncode == 2
    assert "is the notebook that students get" in done.stderr
    assert own.read_text() == (small / "master.ipynb").read_text()
    assert not (small.parent / "dist").exists()


def test_the_first_hand_out_needs_no_older_one(small: Path) -> None:
    """A master is enough to begin with: the students' notebook is made, here and for them."""
    (small / f"{NAME}.ipynb").unlink()
    done = run_grader("release", small, "--out", small.parent / "dist")
    assert done.returncode == 0, done.stderr
    made = (small / f"{NAME}.ipynb").read_bytes()
    assert made == (small.parent / "dist" / NAME / f"{NAME}.ipynb").read_bytes()
    assert not list(small.glob("*.old"))


def test_a_zip_of_other_things_is_not_replaced(small: Path) -> None:
    """The hand-ins as they were downloaded may be called as the assignment: they stay, and nothing is written."""
    out = small.parent / "dist"
    out.mkdir()
    theirs = out / f"{small.name}.zip"
    with zipfile.ZipFile(theirs, "w") as archive:
        archive.writestr(f"{small.name}/ada.ipynb", b"1")
    before = theirs.read_bytes()
    done = run_grader("release", small, "--out", out)
    assert done.returncode == 2
    assert f"{theirs} is there already, and is no zip of this release" in done.stderr
    assert theirs.read_bytes() == before
    assert [path.name for path in out.iterdir()] == [theirs.name]
    theirs.unlink()
    for _ in range(2):
        assert run_grader("release", small, "--out", out).returncode == 0


def test_a_folder_of_other_things_is_not_replaced(small: Path) -> None:
    """A release never takes anybody's files away."""
    (small.parent / "dist" / NAME).mkdir(parents=True)
    (small.parent / "dist" / NAME / "notes.txt").write_text("mine")
    done = run_grader("release", small, "--out", small.parent / "dist")
    assert done.returncode == 2
    assert "notes.txt" in done.stderr or "not of this release" in done.stderr
    assert (small.parent / "dist" / NAME / "notes.txt").read_text() == "mine"


def test_a_file_that_students_need_goes_along(small: Path, sandbox: Sandbox) -> None:
    """--add puts it beside the notebook; two of one name are told."""
    extra = small.parent / "picture.txt"
    extra.write_text("a picture")
    made = make_release(small, sandbox, extra=(extra,))
    write_release(made, small, small.parent / "dist")
    assert (small.parent / "dist" / NAME / "picture.txt").read_text() == "a picture"
    with pytest.raises(AuthorError, match=r"picture\.txt"):
        make_release(small, sandbox, extra=(extra, extra))


def test_what_is_noted_of_this_hand_out_is_told(small: Path, sandbox: Sandbox) -> None:
    """The one that was compiled before it was another: what the exam goes by may be between the markers alone."""
    kept = 'gives=("out", own("cache")), leaves={"all": "cache[\'twofold\']"})'
    change(small / "assignment.py", 'gives=("out", own("cache")))', kept)
    change(small / "passes.py", "return x * x, x", 'return x * x, {"twofold": x * x, "x": x}')
    change(small / "passes.py", "dout * cache", 'dout * cache["x"]')
    change(small / "mistakes.py", "2.0 * x, x", '2.0 * x, {"twofold": 2.0 * x, "x": x}')
    for line in ("2.0 * cache", "dout * cache"):
        change(small / "mistakes.py", line, f'{line}["x"]')
    change(small / "master.ipynb", "cache = x\\n", "cache = dict(twofold=out, x=x)\\n")
    change(small / "master.ipynb", "2 * cache * dout", "2 * cache['x'] * dout")
    made = make_release(small, sandbox)
    assert [note for note in made.notes if "says twofold" in note]


def test_what_is_refused_is_named_where_the_author_has_it(small: Path, sandbox: Sandbox) -> None:
    """A key is compiled in a copy of the folder, which is gone when anybody reads of it."""
    change(
        small / "assignment.py",
        "    equivalents=EQUIVALENTS,\n",
        '    equivalents=EQUIVALENTS,\n    files=("toy.py",),\n',
    )
    with pytest.raises(AuthorError) as refused:
        make_release(small, sandbox)
    assert str(refused.value).startswith(f"{small / 'toy.py'}, named in files=")


@pytest.mark.parametrize("place", ["dist/small.zip", "small/small.ipynb", "small/small.public.key.npz"])
def test_a_disk_that_cannot_be_written_leaves_the_old_release(small: Path, sandbox: Sandbox, place: str) -> None:
    """If one file cannot be written, what was there before is there still, and nothing lies beside it."""
    made = make_release(small, sandbox)
    write_release(made, small, small.parent / "dist")
    before = files_of(small.parent)
    change(small / "master.ipynb", "Squaring, entry by entry.", "Squaring.")
    before[small / "master.ipynb"] = (small / "master.ipynb").read_bytes()
    blocked = small.parent / f"{place}.part"  # where it would be written first
    blocked.mkdir()
    with pytest.raises(OSError, match=r"."):
        write_release(make_release(small, sandbox), small, small.parent / "dist")
    blocked.rmdir()
    (small / "small.ipynb.old").unlink()
    assert files_of(small.parent) == before
