"""Which of several files of one student is graded, where as much is written in each: the newest by its name.

takes: names; hand-ins made here.
gives: one promise a test, said in its docstring.
must not know: points, the sandbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.extract import choose, refused_file
from grader.intake import Candidate, Submission, hand_ins_in, one_submission

# the files, in no order, and which of them is graded
NAMES: list[tuple[Sequence[str], str]] = [
    (["ex_v1.ipynb", "ex_v2.ipynb"], "ex_v2.ipynb"),
    (["ex_v9.ipynb", "ex_v10.ipynb"], "ex_v10.ipynb"),
    (["ex-V1.ipynb", "Ex v2.ipynb", "ex.version 3.py"], "ex.version 3.py"),
    (["ex.ipynb", "ex_v2.ipynb"], "ex_v2.ipynb"),
    (["ex.ipynb", "ex_v1.ipynb"], "ex.ipynb"),
    (["ex.ipynb", "ex (1).ipynb"], "ex (1).ipynb"),
    (["ex.ipynb", "ex(1).ipynb", "ex(2).ipynb"], "ex(2).ipynb"),
    (["ex (1).ipynb", "ex (3).ipynb"], "ex (3).ipynb"),
    (["ex.ipynb", "ex-1.ipynb"], "ex-1.ipynb"),
    (["ex.ipynb", "ex_2.ipynb"], "ex_2.ipynb"),
    (["ex.ipynb", "ex_1.ipynb"], "ex.ipynb"),
    (["ex.ipynb", "ex 2.ipynb"], "ex 2.ipynb"),
    (["ex_v1.ipynb", "ex_v1 (1).ipynb"], "ex_v1 (1).ipynb"),
    (["ex_v1 (4).ipynb", "ex_v2.ipynb"], "ex_v2.ipynb"),
    (["old/ex_v2.ipynb", "ex_v1.ipynb"], "old/ex_v2.ipynb"),
    # no versions: other exercises, other files, copies
    (["exercise_05.ipynb", "exercise_06.ipynb"], "exercise_05.ipynb"),
    (["blatt-5.ipynb", "blatt-6.ipynb"], "blatt-5.ipynb"),
    (["a.ipynb", "b_v2.ipynb"], "a.ipynb"),
    (["ex.ipynb", "ex-old.ipynb", "ex copy 2.ipynb", "ex-Copy1.ipynb", "ex_final.ipynb"], "ex.ipynb"),
    (["ex.ipynb", "ex-old (2).ipynb"], "ex.ipynb"),
    (["Copy of ex.ipynb", "Kopie von ex.ipynb", "ex.ipynb"], "ex.ipynb"),
    (["Copie de ex.ipynb", "Copy (2) of Ex.ipynb", "ex.ipynb"], "ex.ipynb"),
    (["Copy of Copy of ex.ipynb", "Copy of ex.ipynb"], "Copy of ex.ipynb"),
    (["Copy of ex.ipynb", "exercise.ipynb"], "Copy of ex.ipynb"),
    (["a copy of ex.ipynb", "my ex.ipynb", "ex.ipynb"], "a copy of ex.ipynb"),
    (["conv.ipynb", "conv2.ipynb"], "conv.ipynb"),
    (["v2.ipynb", "v10.ipynb"], "v10.ipynb"),
    (["(1).ipynb", "(2).ipynb"], "(1).ipynb"),
    (["ex_2026.ipynb", "ex.ipynb"], "ex.ipynb"),
]


def write(at: Path, names: Sequence[str], same: bool = False) -> Path:
    """Files with as much in them; what they do differs unless they are the same."""
    for n, name in enumerate(names):
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        source = f"def f(x):\n    return {0 if same else n}\n"
        cell = f'{{"cell_type": "code", "metadata": {{}}, "outputs": [], "source": {source!r}}}'.replace("'", '"')
        text = f'{{"nbformat": 4, "nbformat_minor": 4, "metadata": {{}}, "cells": [{cell}]}}'
        (at / name).write_text(text if name.endswith(".ipynb") else source)
    return at


@pytest.mark.parametrize(("names", "taken"), NAMES, ids=[" ".join(names) for names, _ in NAMES])
def test_the_newest_version_is_graded(tmp_path: Path, names: Sequence[str], taken: str) -> None:
    """By the number in its name; a number that may be an exercise's is none, and the note says why it was taken."""
    chosen = choose(one_submission(write(tmp_path / "ada", names)), ("f",))
    assert chosen.candidate.shown == f"ada/{taken}"
    assert f"ada/{taken} was graded, and not ada/" in chosen.note
    assert (", and by its name it is the newest of these." in chosen.note) == ((names, taken) in NEWER)


NEWER = [(names, taken) for names, taken in NAMES[:15] if taken != "ex.ipynb"]


def test_more_work_counts_for_more_than_a_number(tmp_path: Path) -> None:
    """A second version that was hardly begun is not graded for its name."""
    write(tmp_path / "ada", ["ex_v2.py"])
    (tmp_path / "ada" / "ex_v1.py").write_text("def f(x):\n    return x\ndef g(x):\n    return x\n")
    assert choose(one_submission(tmp_path / "ada"), ("f", "g")).candidate.shown == "ada/ex_v1.py"


BROKEN = "def f(x):\n    return x\ndef g(x):\n    return (x\n"
WHOLE = "def f(x):\n    return x\ndef g(x):\n    return 2 * x\n"
READ = {
    "the one that can be read": ({"a.py": BROKEN, "layer.py": WHOLE}, "layer.py"),
    "the first of those": ({"a.py": BROKEN, "layer.py": WHOLE, "model.py": WHOLE}, "layer.py"),
    "the first where none can": ({"a.py": BROKEN, "layer.py": BROKEN}, "a.py"),
    "its newest version all the same": ({"a_v1.py": WHOLE, "a_v2.py": BROKEN}, "a_v2.py"),
    "no copy all the same": ({"a.py": BROKEN, "a copy.py": WHOLE}, "a.py"),
    "more work all the same": ({"a.py": BROKEN, "layer.py": WHOLE.partition("def g")[0]}, "a.py"),
}


@pytest.mark.parametrize(("files", "taken"), READ.values(), ids=READ.keys())
def test_of_as_much_work_that_which_can_be_read_is_graded(tmp_path: Path, files: dict[str, str], taken: str) -> None:
    """A bracket that was never closed cost a function which stood whole in the other file."""
    (tmp_path / "ada").mkdir()
    for name, text in files.items():
        (tmp_path / "ada" / name).write_text(text)
    chosen = choose(one_submission(tmp_path / "ada"), ("f", "g"))
    assert chosen.candidate.shown == f"ada/{taken}"
    assert (", and of this one more can be read." in chosen.note) == (taken == "layer.py")


def test_the_same_file_twice_is_no_newer_one(tmp_path: Path) -> None:
    """Downloaded again unchanged: nothing is said of versions."""
    chosen = choose(one_submission(write(tmp_path / "ada", ["ex.ipynb", "ex (1).ipynb"], same=True)), ("f",))
    assert chosen.candidate.shown == "ada/ex.ipynb"
    assert "newest" not in chosen.note


def test_canvas_s_numbers_are_no_versions(tmp_path: Path) -> None:
    """Canvas puts other numbers in front of every file: what the student called it is what counts."""
    names = ["doe_7_912_ex_v1.ipynb", "doe_7_913_ex_v2.ipynb", "poe_8_914_a.ipynb", "roe_9_915_a.ipynb"]
    found = hand_ins_in(write(tmp_path / "x_submissions", names)).submissions
    assert choose(found[0], ("f",)).candidate.shown == "doe_7_913_ex_v2.ipynb"


SPREAD = {
    "what is missing": ("def g(x):\n    return x\n", ("g",)),
    "an empty one, which is not attempted": ("def g(x):\n    pass\n", ("g",)),
    "none": ("def h(x):\n    return x\n", ()),
    "one that cannot be read": ("def g(x:\n    return x\n", ()),
}


@pytest.mark.parametrize(("beside", "taken"), SPREAD.values(), ids=SPREAD.keys())
def test_what_a_file_lacks_altogether_is_taken_from_another(tmp_path: Path, beside: str, taken: Sequence[str]) -> None:
    """Work that is spread over two files is one hand-in's, and the note says what comes from where."""
    write(tmp_path / "ada", ["a.py"])
    (tmp_path / "ada" / "b.py").write_text(beside)
    chosen = choose(one_submission(tmp_path / "ada"), ("f", "g"))
    assert chosen.candidate.shown == "ada/a.py"
    assert chosen.extract.defined(("f", "g")) == ["f", *taken]
    assert ("g is not in ada/a.py: it was taken from ada/b.py." in chosen.note) is bool(taken)


def test_several_that_a_file_lacks_are_told_as_several(tmp_path: Path) -> None:
    """With what comes from where, in one sentence a file."""
    write(tmp_path / "ada", ["a.py"])
    (tmp_path / "ada" / "b.py").write_text("def g(x):\n    return x\ndef h(x):\n    return x\n")
    (tmp_path / "ada" / "a.py").write_text("".join(f"def {name}(x):\n    return x\n" for name in "fkl"))
    chosen = choose(one_submission(tmp_path / "ada"), tuple("fghkl"))
    assert "g, h are not in ada/a.py: they were taken from ada/b.py." in chosen.note


def test_what_a_file_has_is_its_answer(tmp_path: Path) -> None:
    """Be it empty: an older file with work in it is what its author left behind."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "a.py").write_text("def f(x):\n    return x\ndef g(x):\n    pass\n")
    (tmp_path / "ada" / "b.py").write_text("def g(x):\n    return x\n")
    chosen = choose(one_submission(tmp_path / "ada"), ("f", "g"))
    assert chosen.candidate.shown == "ada/a.py"
    assert "taken" not in chosen.note
    assert not any(cell.file for cell in chosen.extract.cells)


# the files of a whole course, and which of them, or which of what came with the exercise, `helper` is
ANOTHERS: list[tuple[list[str], bool, str]] = [
    (["exercise_05/a.py", "exercise_04/helper.py"], True, "helper.py"),
    (["exercise_05/a.py", "exercise_04/helper.py", "exercise_05/helper.py"], True, "ada/exercise_05/helper.py"),
    (["exercise_05/a.py", "exercise_04/helper.py", "exercise_05/lib/helper.py"], True, "ada/exercise_05/lib/helper.py"),
    (["exercise_05/a.py", "exercise_04/helper.py"], False, "ada/exercise_04/helper.py"),
]


@pytest.mark.parametrize(("files", "is_given", "found"), ANOTHERS)
def test_what_came_with_the_exercise_comes_before_files_of_another(
    tmp_path: Path, files: list[str], is_given: bool, found: str
) -> None:
    """A file of the same name in another exercise's folder stood in its place: right functions were wrong."""
    for file in files:
        at = tmp_path / "ada" / file
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(f"k = {file!r}\n" if file.endswith("helper.py") else "from helper import k\ndef f(x): return k\n")
    given = {"helper.py": "k = 'helper.py'\n"} if is_given else {}
    chosen = choose(one_submission(tmp_path / "ada"), ("f",), name="exercise_05", files=given)
    assert chosen.candidate.shown == "ada/exercise_05/a.py"
    assert {cell.file for cell in chosen.extract.cells if cell.file} == {found}


# files that define `f` and `g`, what came with the exercise, and the file of them that is graded
BOTH, ONE = "def f(x): return x\ndef g(x): return x\n", "def f(x): return -x\n"
GIVEN: list[tuple[dict[str, str], Sequence[str], str]] = [
    ({"a.py": BOTH, "b.py": BOTH}, (), "a.py"),
    ({"a.py": BOTH, "b.py": BOTH}, ("a.py",), "b.py"),
    ({"a.py": BOTH, "b.py": ONE}, ("a.py",), "b.py"),
    ({"lib/a.py": BOTH, "b.py": ONE}, ("lib/a.py",), "b.py"),
    ({"a.py": BOTH, "b.py": "n = 1\n"}, ("a.py",), "a.py"),
    ({"a.py": BOTH, "week_two.py": BOTH}, (), "week_two.py"),
    ({"a.py": BOTH, "week_two.py": ONE}, (), "a.py"),
    ({"a.py": BOTH, "Week_Two.py": BOTH, "week_two_v2.py": f"{BOTH}n = 1\n"}, (), "week_two_v2.py"),
]


@pytest.mark.parametrize(("files", "given", "taken"), GIVEN)
def test_parts_of_a_course_that_ask_for_the_same_names_are_told_apart(
    tmp_path: Path, files: dict[str, str], given: Sequence[str], taken: str
) -> None:
    """What came with the exercise is none of the work in it, whatever it has; of others the name decides."""
    for file, source in files.items():
        (tmp_path / "ada" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ada" / file).write_text(source)
    came = dict.fromkeys(given, "k = 1\n")
    chosen = choose(one_submission(tmp_path / "ada"), ("f", "g"), name="week_two", files=came)
    assert chosen.candidate.shown == f"ada/{taken}"
    assert "taken from" not in chosen.note
    assert ("this one is called as the exercise is" in chosen.note) is (
        taken.startswith("week_two") and "v2" not in taken
    )


GOOD, BROKEN = "def f(x): return x\n", "{"
# what was handed in that cannot be read, the file that is told of, and whether its bytes are known
REFUSED: list[tuple[dict[str, str], str, bool]] = [
    ({"ex.ipynb": BROKEN}, "ada/ex.ipynb", True),
    ({"ex.py": ""}, "ada/ex.py", True),
    ({"b.ipynb": "[]", "a.ipynb": BROKEN}, "ada/a.ipynb", True),
    ({"exercise_04.py": GOOD, "exercise_05.ipynb": BROKEN}, "ada/exercise_05.ipynb", True),
    ({"ex.zip": "no archive"}, "", False),
    ({"picture.png": ""}, "", False),
    ({}, "", False),
]


@pytest.mark.parametrize(
    ("files", "told", "is_known"), REFUSED, ids=[" ".join(files) or "none" for files, *_ in REFUSED]
)
def test_of_what_cannot_be_read_the_file_is_known(
    tmp_path: Path, files: dict[str, str], told: str, is_known: bool
) -> None:
    """A hand-in that is refused is still one of a file, whose name and bytes are told; where there is one."""
    (tmp_path / "ada").mkdir()
    for name, text in files.items():
        (tmp_path / "ada" / name).write_text(text)
    submission = one_submission(tmp_path / "ada")
    with pytest.raises(SubmissionError) as refused:
        choose(submission, ("f",), name="exercise_05")
    file, data = refused_file(submission, "exercise_05")
    assert (file, data) == (told, files[Path(told).name].encode() if is_known else None)
    assert file in str(refused.value)


def test_a_file_that_cannot_be_had_is_still_named() -> None:
    """What lies within a damaged archive is told by its name; nobody knows its bytes."""
    candidate = Candidate("ada/ex.zip/ex.ipynb", Path("ex.zip"), contents=SubmissionError("it cannot be unpacked"))
    assert refused_file(Submission("ada", "Ada", (candidate,))) == ("ada/ex.zip/ex.ipynb", None)
