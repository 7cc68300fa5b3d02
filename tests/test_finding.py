"""Where a student's public key is found, and what is said of it.

takes: folders made here; the command line.
gives: one promise a test, said in its docstring.
must not know: what is in a key.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from test_cli import desk, notebook, run  # noqa: F401 - a fixture

from grader.answer_key import find_public_key
from grader.errors import KeyFileError

E5, E6 = "ex_05.public.key", "ex_06.public.key"
# the files, and which of them is the key of sheet/ex_05.ipynb
PLACES: list[tuple[Sequence[str], str | None]] = [
    ([f"sheet/{E5}.npz"], f"sheet/{E5}.npz"),
    ([f"sheet/{E5} (1).npz"], f"sheet/{E5} (1).npz"),
    ([f"sheet/{E5}(2).npz"], f"sheet/{E5}(2).npz"),
    ([f"sheet/{E5}-1.npz"], f"sheet/{E5}-1.npz"),
    ([f"sheet/{E5} 2.npz"], f"sheet/{E5} 2.npz"),
    ([f"sheet/{E5}.npz", f"sheet/{E5} (2).npz", f"sheet/{E5} (10).npz"], f"sheet/{E5} (10).npz"),
    ([f"sheet/{E5}.npz", f"sheet/{E6}.npz"], f"sheet/{E5}.npz"),
    ([f"sheet/{E6}.npz", "sheet/ex_07.public.key.npz"], None),
    ([f"{E5}.npz", f"{E6} (1).npz"], f"{E5}.npz"),
    ([f"{E6}.npz"], f"{E6}.npz"),
    ([f"sheet/{E6}.npz", f"{E5}.npz"], f"sheet/{E6}.npz"),
    (["sheet/ex_05.key.npz", f"sheet/{E5}.npz.part", f"sheet/{E5} old.npz"], None),
    (["reference/a/a.public.key (1).npz"], "reference/a/a.public.key (1).npz"),
    (["reference/a/a.public.key.npz", "reference/b/b.public.key.npz"], None),
    ([], None),
]


@pytest.mark.parametrize(("files", "found"), PLACES, ids=[" ".join(files) or "none" for files, _ in PLACES])
def test_the_nearest_key_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Sequence[str], found: str | None
) -> None:
    """Beside the notebook, above it, or in the assignments here; the later download; of several the one of its name."""
    for file in (*files, "sheet/ex_05.ipynb"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    if found is None:
        with pytest.raises(KeyFileError, match="public key") as refused:
            find_public_key(tmp_path / "sheet/ex_05.ipynb")
        assert "--key" in refused.value.hint
    else:
        assert find_public_key(Path("sheet/ex_05.ipynb")) == tmp_path / found


def test_the_key_within_a_folder_is_nearest_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project's folder has its key among its files; the one beside it is for a folder that has none."""
    for file in (f"sheet/{E5}.npz", f"{E6}.npz", "other/mine.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    assert find_public_key(Path("sheet")) == tmp_path / f"sheet/{E5}.npz"
    assert find_public_key(Path("other")) == tmp_path / f"{E6}.npz"


def test_a_file_beside_that_has_what_is_missing_is_named(desk: Path) -> None:  # noqa: F811
    """An exercise may be given out in several files: who checks one of them reads where the rest was found."""
    (desk / "sheet").mkdir()
    source = (desk / "layer.py").read_text()
    for file, name in (("part.py", "Relu"), ("rest.py", "Sigmoid"), ("own.py", "Own")):
        (desk / "sheet" / file).write_text(source.replace("class Sigmoid", f"class {name}"))
    said = run("check", "sheet/part.py", cwd=desk).stdout
    assert "What is missing is in rest.py: grader check sheet looks at the whole folder.\n" in said
    assert "whole folder" not in run("check", "sheet/rest.py", cwd=desk).stdout
    for number in range(1, 6):
        shutil.copy(desk / "sheet/rest.py", desk / f"sheet/old{number}.py")
    said = " ".join(run("check", "sheet/part.py", cwd=desk).stdout.split())
    assert "What is missing is in old1.py, old2.py, old3.py and 3 more: grader check sheet" in said


@pytest.mark.skipif(os.name == "nt", reason="pipes")
def test_what_is_no_file_beside_holds_nothing_up(desk: Path) -> None:  # noqa: F811
    """A folder, a pipe that nobody writes to, and a link to nothing may have a Python file's name."""
    (desk / "sheet" / "folder.py").mkdir(parents=True)
    os.mkfifo(desk / "sheet" / "pipe.py")
    (desk / "sheet" / "link.py").symlink_to("nothing.py")
    (desk / "sheet" / "part.py").write_text((desk / "layer.py").read_text().replace("class Sigmoid", "class Relu"))
    done = run("check", "sheet/part.py", cwd=desk)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Nothing named Sigmoid" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_key_is_looked_for_beside_a_link_too(desk: Path) -> None:  # noqa: F811
    """A notebook that is linked into the folder with the key is checked like one that lies there."""
    (desk / "far").mkdir()
    (desk / "right.ipynb").rename(desk / "far/mine.ipynb")
    (desk / "near/key").mkdir(parents=True)
    (desk / "exercise_05.public.key.npz").rename(desk / "near/key/exercise_05.public.key (1).npz")
    (desk / "near/key/link.ipynb").symlink_to(desk / "far/mine.ipynb")
    done = run("check", "near/key/link.ipynb", cwd=desk)
    assert done.returncode == 0, done.stderr
    assert "Checked by near/key/exercise_05.public.key (1).npz\n" in done.stdout


def test_of_what_was_not_checked_no_key_is_told(desk: Path) -> None:  # noqa: F811
    """A file that cannot be read was checked by none."""
    assert "Checked by" not in run("check", "broken.ipynb", cwd=desk).stdout


ANOTHER = "None of the functions of this key is there. It is of 'Exercise 5"
SOURCES = [
    ("def tanh(x):\n    return x\n", True),
    ("x = 1\n", True),
    ("class Relu:\n    def forward(self, x):\n        return x, x\n", False),
    ("class Sigmoid:\n    def forward(self, x:\n        return x\n", False),
    ("from course.layers import Relu\n", False),
    ("from course.layers import Tanh\n", True),
]


@pytest.mark.parametrize(("source", "is_another"), SOURCES)
def test_a_key_of_another_exercise_is_told(desk: Path, source: str, is_another: bool) -> None:  # noqa: F811
    """Where none of its functions is there, it may be the wrong key; a slip in a cell of theirs is no sign of that."""
    (desk / "other.ipynb").write_text(notebook(source))
    for more in ([], ["--key", "exercise_05.public.key.npz"]):
        done = run("check", "other.ipynb", *more, cwd=desk)
        assert done.returncode == 1
        assert (ANOTHER in " ".join(done.stdout.split())) == is_another
        assert ("Checked by" in done.stdout) == (not more)  # who names a key knows it
