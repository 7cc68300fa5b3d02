"""A file that cannot be read, beside others that can: nobody gets a zero for what lies in it, and all are told of it.

takes: hand-ins made here: a broken notebook, a zip with a password, an empty module, and what lies beside them.
gives: one promise a test, said in its docstring.
must not know: points, the sandbox.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from test_report import criterion, record

from grader.errors import SubmissionError
from grader.extract import choose, refused_file, stub_digests
from grader.extract.choosing.refusing import MOST_TOLD
from grader.feedback.arrival_wording import told_of
from grader.intake import Arrival, one_submission

BROKEN = '{"cells": [{"cell_type": "code", "source": "def f(x):'
EMPTY, WORK, OTHER = "def f(x):\n    pass\n", "def f(x):\n    return x\n", "def plot(x):\n    return x\n"
STUBS = {"f": [*stub_digests(EMPTY.encode(), "a.py", ("f",))["f"]]}


def hand_in(at: Path, **files: str) -> Path:
    at.mkdir()
    for name, text in files.items():
        (at / name.replace("__", ".")).write_text(text)
    return at


@pytest.mark.parametrize(
    "beside", [OTHER, EMPTY, "", "x = 1\n"], ids=["helpers", "the hand-out", "nothing", "a number"]
)
def test_a_notebook_that_cannot_be_read_is_what_is_told_where_nothing_else_is_written(
    tmp_path: Path, beside: str
) -> None:
    """Its work may be all there is: neither missing nor not attempted is true of it."""
    submission = one_submission(hand_in(tmp_path / "ada", a__py=beside, ex__ipynb=BROKEN))
    with pytest.raises(SubmissionError, match="not a whole notebook") as refused:
        choose(submission, ("f",), STUBS)
    assert "open it in Jupyter" in refused.value.hint
    assert refused_file(submission, "", refused.value) == ("ada/ex.ipynb", BROKEN.encode())


def test_beside_what_is_graded_it_is_told_with_what_to_do(tmp_path: Path) -> None:
    """It was passed over since it cannot be read, and not since the other has most written."""
    chosen = choose(one_submission(hand_in(tmp_path / "ada", a__py=WORK, b__py=OTHER, ex__ipynb=BROKEN)), ("f",), STUBS)
    assert chosen.candidate.shown == "ada/a.py"
    assert chosen.note.startswith("Of 3 files handed in, ada/a.py was graded, and not ada/b.py: it has most written")
    [unread] = chosen.unread
    assert unread.startswith(
        "Not read: ada/ex.ipynb cannot be read: it is not a whole notebook (line 1). What to do: open it"
    )
    alone = choose(one_submission(hand_in(tmp_path / "bob", a__py=WORK, ex__ipynb=BROKEN)), ("f",), STUBS)
    assert (alone.note, len(alone.unread)) == ("", 1)


NOTEBOOK = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": WORK}
RENAMED = {
    "ex__ipynb__txt": json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [NOTEBOOK]}),
    "ex__ipynb__json": json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [NOTEBOOK]}),
    "ex__py__txt": WORK,
}


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize("beside", ["a__py", "a__ipynb"])
def test_what_a_browser_has_renamed_is_read_where_nothing_else_is_written(
    tmp_path: Path, name: str, beside: str
) -> None:
    """`ex.ipynb.txt` is read where it lies alone, and is as good beside helpers, or the hand-out."""
    cell = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{**NOTEBOOK, "source": EMPTY}]})
    there = {beside: EMPTY if beside == "a__py" else cell}
    chosen = choose(one_submission(hand_in(tmp_path / "ada", **there, **{name: RENAMED[name]})), ("f",), STUBS)
    assert chosen.candidate.shown == f"ada/{name.replace('__', '.')}"
    worked = {beside: WORK if beside == "a__py" else cell.replace("pass", "return 2")}
    chosen = choose(one_submission(hand_in(tmp_path / "bob", **worked, **{name: RENAMED[name]})), ("f",), STUBS)
    assert (chosen.candidate.shown, chosen.note) == (f"bob/{beside.replace('__', '.')}", "")


def test_of_many_that_cannot_be_read_some_are_told(tmp_path: Path) -> None:
    """The others are counted."""
    broken = {f"b{n}__ipynb": BROKEN for n in range(MOST_TOLD + 2)}
    notes = choose(one_submission(hand_in(tmp_path / "ada", a__py=WORK, **broken)), ("f",), STUBS).unread
    assert len(notes) == MOST_TOLD + 1
    assert notes[-1] == "Not read: 2 more of them."


def test_whoever_grades_is_told_where_points_are_lost() -> None:
    """They may be in the file that cannot be read; where none are lost there is nothing to look at."""
    note = "Not read: ada/ex.ipynb is empty. What to do: save it again."
    short = replace(record(criterion(points=Fraction(3))), notes=("Another one.", note))
    assert told_of(short) == (note,)
    assert told_of(replace(short, points=short.max_points)) == ()
    assert told_of(replace(short, arrival=Arrival(notes=(note,)))) == (note,), "and once"


def test_an_empty_module_is_no_work_that_cannot_be_read(tmp_path: Path) -> None:
    """Each project has some: who has written nothing beside one has not attempted it. An empty notebook went wrong."""
    nothing = {"__init____py": "", "a__py": EMPTY}
    chosen = choose(one_submission(hand_in(tmp_path / "ada", **nothing)), ("f",), STUBS)
    assert (chosen.candidate.shown, chosen.unread) == ("ada/a.py", ())
    with pytest.raises(SubmissionError, match=r"ex\.ipynb is empty"):
        choose(one_submission(hand_in(tmp_path / "bob", **nothing, ex__ipynb="")), ("f",), STUBS)


def test_what_is_known_not_to_be_read_counts_the_same(tmp_path: Path) -> None:
    """A zip with a password beside helpers is told for itself; beside work it is a note, as before."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("ex.ipynb", json.dumps({}))
    closed = bytearray(data.getvalue())
    closed[closed.rindex(b"PK\1\2") + 8] |= 1
    for name, beside in (("ada", OTHER), ("bob", WORK)):
        (hand_in(tmp_path / name, a__py=beside) / "all.zip").write_bytes(closed)
    submission = one_submission(tmp_path / "ada")
    with pytest.raises(SubmissionError, match="encrypted") as refused:
        choose(submission, ("f",), STUBS)
    assert "without a password" in refused.value.hint
    assert refused_file(submission, "", refused.value) == ("ada/all.zip/ex.ipynb", None)
    bob = one_submission(tmp_path / "bob")
    assert choose(bob, ("f",), STUBS).unread == ()
    assert bob.arrival.notes == ("Not read: bob/all.zip/ex.ipynb is encrypted.",)
