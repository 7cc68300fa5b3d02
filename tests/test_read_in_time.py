"""A hand-in is read in seconds, whatever is in it: nobody stops us where we read it, and others wait.

takes: code and notebooks that some way to read them takes hours or all memory for.
gives: one promise a test, said in its docstring.
must not know: what is graded in them.
"""

from __future__ import annotations

import io
import itertools
import json
import time
import unicodedata
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.errors import SubmissionError
from grader.extract import choose, extract
from grader.extract.formats.too_much import MOST_DOTS, MOST_MARKS, too_much
from grader.extract.repairs.patience import Patience
from grader.extract.repairs.repair import repair
from grader.intake import Candidate, Submission, submissions_in
from grader.intake.walk import Room
from grader.pipeline import TOO_LONG, _cells
from grader.sandbox.mending import drop_statement
from grader.wire import Piece

WANTED = ("good", "Layer.forward")
CODE = "def good(x):\n    return x + 1\n"
MANY = 300_000
SECONDS = 8.0  # of the processor; the slowest takes one, and each took minutes

READ = {
    "blanks behind a print": "print 'x'" + " " * MANY + "y\n",
    "prints to something, and blanks": "".join("print >>a" + " " * 1900 + f"x{n}\n" for n in range(30)),
    "what is measured, and blanks": "".join("%time " + " " * 1900 + f"]:{n}\n" for n in range(900)),
    "a signature of marimo that gives and gives": (
        "import marimo\napp = marimo.App()\n\n@app.cell\ndef f(" + ") ->" * 50_000 + "=\n"
    ),
    "brackets that close nothing": ")" * MANY + "x\n",
    "a word beside a sum": "def f(n):\n    s = '" + "a" * MANY + "'; n += 1\n",
    "blanks behind from": "s = '''\nfrom" + " " * MANY + "x\n'''\n",
    "marks, few on each letter": "s = '" + ("a" + "\u0327\u0301" * (MOST_MARKS // 4)) * 1000 + "'\n",
    "a name of many parts": "import " + "a." * (MOST_DOTS - 1) + "a\n",
    "what is taken out of many": "s = a" + ".b" * 900 + "\n",
    "box drawings": "# " + "\u2500" * MANY + "\n",
    "a comment of signs": "# " + "=" * 1_500_000 + "\n",
    "a text of signs": "s = '" + "+/" * 750_000 + "'\nt = '''" + "-" * 300_000 + "'''\n",
    "a table of data": "x = [" + "-1.5, " * 100_000 + "]\n",
    "a heading of one long word": "# Layer" + "forwards" * 60 + "X\ndef forward(self): pass\n",
    "broken functions like methods": ("def forward(self, x)" + " " * 80 + "\n    return x\n") * 3_000,
    "functions like methods": ("def forward(self, x): pass" + " " * 80 + "\n") * 4_000,
    "functions within one": "def f():\n" + "".join(f"    def g{n}(): x\n" for n in range(16_000)),
    "a text of braces that is no f-string": "x = '''" + '{"a": 1}\n' * 8_000 + "'''\n",
    "functions among names": "x = [" + ",".join(f"lambda:0,y{n}" for n in range(25_000)) + "]\ndef f(): x\n",
    "one value under many names, and a line that cannot be read": (
        "".join(f"x{n} = " for n in range(9_000)) + "1\nx = = 1\n"
    ),
    "a sum of a thousand texts, by itself and as a default": (
        "x = 'a'" + " + 'b'" * 1_000 + "\ndef f(x='a'" + " + 'b'" * 1_000 + "): f.x = x\n"
    ),
    "comprehensions among names": "x = [" + ",".join(f"[0for a in b],y{n}" for n in range(25_000)) + "]\ndef f(): x\n",
}
REFUSED = {
    "marks on one letter, in a name": ("a" + "\u0327\u0301" * 20_000 + " = 1\n", "marks on it"),
    "marks on one letter, in a text": ("s = 'a" + "\u0327\u0301" * MANY + "'\n", "marks on it"),
    "marks of other widths": ("s = 'a" + "\uff9e\u0301" * MANY + "'\n", "marks on it"),
    "an import of endless parts": ("import " + "a." * 20_000 + "a\n", "parts"),
    "an import of endless parts in many lines": ("import a" + ".\\\n  a" * 10_000 + "\n", "parts"),
    "statements in one line": ("a=1;" * MANY + "\n", "lines of code"),
    "statements in one block": ("if 1: " + "a=1;" * MANY + "\n", "lines of code"),
    "a list of a million": ("x = [" + "1," * 900_000 + "]\n", "signs in its code"),
    "a sum of a million": ("x = 1" + "-1" * 900_000 + "\n", "signs in its code"),
    "a chain of words": ("x = a" + " or -a" * 280_000 + "\n", "signs in its code"),
    "places of an f-string": ("x = f'" + "{a}" * 600_000 + "'\n", "signs in its code"),
    "places of an f-string, and text between them": ("x = Rf'" + "{a} b " * 300_000 + "'\n", "places to fill in"),
    "texts side by side": ("x = (" + "'' " * 600_000 + ")\n", "signs in its code"),
}


OUTPUTS = {"cell_type": "code", "metadata": {}, "source": 7, "execution_count": None}
HEADING = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "x"}
ODD_CELLS = {
    "outputs of no kind": ([{**OUTPUTS, "outputs": [{"output_type": "x"}] * 200_000}], ""),
    "attachments of no kind": ([{**HEADING, "attachments": {str(n): {"a": 1} for n in range(100_000)}}], ""),
    "cells without ids": ([{**OUTPUTS, "outputs": []}] * 50_000 + [HEADING], "more than 5000 cells"),
    "lines that are none": ([{**HEADING, "source": [7] * 300_000}], "lines"),
}


def in_time(source: str, file: str = "a.py") -> set[str]:
    began = time.process_time()
    found = extract(source.encode(), file, WANTED, lambda _: None)
    found.in_doubt(), found.lasting()  # both are asked where a function is not right
    assert time.process_time() - began < SECONDS
    return set(found.defined(WANTED))


@pytest.mark.parametrize("what", READ)
def test_what_is_odd_is_read_in_time(what: str) -> None:
    """Lines of a megabyte, and heaps of anything, take no longer than they are long."""
    assert in_time(CODE + READ[what]) == {"good"}


@pytest.mark.parametrize("what", REFUSED)
def test_what_python_itself_takes_hours_for_is_refused(what: str) -> None:
    """It is a row with a sentence, before anything is parsed."""
    source, sentence = REFUSED[what]
    began = time.process_time()
    with pytest.raises(SubmissionError, match=sentence) as refused:
        in_time(CODE + source)
    assert refused.value.hint
    assert time.process_time() - began < SECONDS


def test_many_names_of_many_parts_are_counted_once() -> None:
    """Each a few parts short of too many: from every part on anew, that took half a minute."""
    text = ("a" + ".b" * (MOST_DOTS - 1) + "\n") * 1000
    began = time.process_time()
    assert too_much([("code", text)]) == ""
    assert "parts" in too_much([("code", text + "a" + ".b" * MOST_DOTS)])
    assert time.process_time() - began < 3.0


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize("what", REFUSED)
def test_text_that_would_be_too_much_as_code_stays_text(what: str, kind: str) -> None:
    """A cell of text that defines a graded function is read as code, unless it is what no code may be."""
    texts = [f"def good(x): pass\n{REFUSED[what][0]}", "def good(x):\n    return x + 1\n"]
    cells: list[dict[str, object]] = [{"cell_type": kind, "metadata": {}, "source": source} for source in texts]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert in_time(text, "a.ipynb") == {"good"}


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("what", ODD_CELLS)
def test_what_nbformat_takes_minutes_for_is_left_out(what: str, version: int) -> None:
    """Old and odd notebooks are read without their outputs, which nothing depends on."""
    cells, sentence = ODD_CELLS[what]
    right = {"cell_type": "code", "metadata": {}, "outputs": [], "source": CODE, "input": CODE, "language": "python"}
    cells = [right, *cells]
    within: dict[str, object] = {"cells": cells} if version == 4 else {"worksheets": [{"metadata": {}, "cells": cells}]}
    text = json.dumps({"metadata": {"name": ""}, "nbformat": version, "nbformat_minor": 0, **within})
    if sentence:
        with pytest.raises(SubmissionError, match=sentence):
            in_time(text, "a.ipynb")
    else:
        assert in_time(text, "a.ipynb") == {"good"}


def test_names_with_a_mark_on_each_letter_are_names() -> None:
    """What is written in letters with marks, as a Mac stores them, is read as any other."""
    name = unicodedata.normalize("NFD", "größe" * 20)
    assert in_time(f"{name} = 1\n{CODE}# {name * 20}\n") == {"good"}


def test_cells_that_write_and_import_each_other_are_read_in_time() -> None:
    """Two thousand cells write a file each, and another imports all of them."""
    sources = [CODE, "".join(f"import a{n}\n" for n in range(2000))]
    sources += [f"%%writefile a{n}.py\nx = 1" for n in range(2000)]
    cells = [
        {"cell_type": "code", "metadata": {}, "source": s, "outputs": [], "execution_count": None} for s in sources
    ]
    assert in_time(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "a.ipynb") == {
        "good"
    }


@pytest.mark.parametrize(("most", "graded"), [(10_000, "c.py"), (1_000, "a.py")])
def test_of_many_large_files_no_more_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, graded: str
) -> None:
    """Fifty files of two megabytes fill the memory; what was read before counts, and the note names the others."""
    monkeypatch.setattr("grader.extract.choosing.room.MOST_CODE", most)
    sources = {
        "a.py": CODE,
        "b.py": "# " + "x" * 2_000,
        "c.py": CODE + "class Layer:\n    def forward(self): return 1\n",
    }
    for name, source in sources.items():
        (tmp_path / name).write_text(source)
    chosen = choose(Submission("s", "", tuple(Candidate(name, tmp_path / name) for name in sources)), WANTED)
    assert chosen.candidate.shown == graded
    assert chosen.note.startswith(f"Of 3 files handed in, {graded} was graded, and not ")


@pytest.mark.parametrize(("values", "graded"), [(200, "c.py"), (600, "a.py")])
def test_of_many_files_of_data_no_more_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: int, graded: str
) -> None:
    """Thirty files with a list of a hundred thousand each take as much memory as one of three million."""
    monkeypatch.setattr("grader.extract.choosing.room.MOST_SIGNS", 500)
    sources = {
        "a.py": CODE,
        "b.py": "x = [" + "1, " * values + "]\n",
        "c.py": CODE + "class Layer:\n    def forward(self): return 1\n",
    }
    for name, source in sources.items():
        (tmp_path / name).write_text(source)
    chosen = choose(Submission("s", "", tuple(Candidate(name, tmp_path / name) for name in sources)), WANTED)
    assert chosen.candidate.shown == graded


def test_a_library_beside_it_takes_no_room_from_the_exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies nearest is read first, whatever it is called: a library lies in a folder of its own."""
    monkeypatch.setattr("grader.extract.choosing.room.MOST_CODE", 10)
    (tmp_path / "library").mkdir()
    names = ("library/a.py", "library/b.py", "work.py")
    for name in names:
        (tmp_path / name).write_text(CODE)
    chosen = choose(Submission("s", "", tuple(Candidate(name, tmp_path / name) for name in names)), WANTED)
    assert chosen.candidate.shown == "work.py"


@pytest.mark.parametrize(("most", "there"), [(10_000, {"good", "Layer.forward"}), (1_000, {"good"})])
def test_of_many_large_modules_no_more_are_read(monkeypatch: pytest.MonkeyPatch, most: int, there: set[str]) -> None:
    """What a file imports is bounded, too: what comes behind is as a file that cannot be read."""
    monkeypatch.setattr("grader.extract.imports.modules.MOST_CODE", most)
    sources = {"big": "# " + "x" * 2_000, "layers": "class Layer:\n    def forward(self): return 1\n"}
    source = "from big import *\nfrom layers import Layer\n" + CODE
    found = extract(
        source.encode(), "a.py", WANTED, lambda name: (f"{name}.py", sources[name]) if name in sources else None
    )
    assert set(found.defined(WANTED)) == there


def test_of_files_that_take_long_to_read_no_further_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of fifty broken files may take ten seconds to be mended: all of them together take twice that."""
    monkeypatch.setattr("grader.extract.choosing.choice.MOST_SECONDS", 0.01)
    (tmp_path / "a.py").write_text(CODE)
    (tmp_path / "b.py").write_text(CODE + "x = [1, 2]\n" * 3_000)
    candidates = (Candidate("deep/a.py", tmp_path / "a.py"), Candidate("b.py", tmp_path / "b.py"))
    assert choose(Submission("s", "", candidates), WANTED).candidate.shown == "b.py"
    monkeypatch.setattr("grader.extract.choosing.choice.MOST_SECONDS", 10.0)
    assert choose(Submission("s", "", candidates), WANTED).candidate.shown == "deep/a.py"


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("room", "looked_into"),
    [
        (Room(), {"a.zip", "b.zip", "c.zip"}),
        (Room(entries=7), {"a.zip", "b.zip"}),  # five of the outer one, then one each
        (Room(unpacked=200), {"a.zip", "b.zip"}),
        (Room(unpacked=1), {"a.zip"}),
        (Room(entries=1), set()),
    ],
)
def test_of_many_archives_within_an_archive_no_more_are_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: Room, looked_into: set[str]
) -> None:
    """A hundred thousand names are fourteen kilobytes there: a file of a megabyte took a minute, and others hours."""
    monkeypatch.setattr("grader.intake.items.Room", lambda: replace(room))
    inner = zipped(x_py=CODE.encode())
    assert 100 < len(inner) < 200
    outer = zipped(a_zip=inner, b_zip=inner, c_zip=inner, d_txt=b"", z_py=CODE.encode())
    (tmp_path / "student").mkdir()
    (tmp_path / "student" / "all.zip").write_bytes(outer)
    (found,) = submissions_in(tmp_path)
    shown = [candidate.shown.removeprefix("student/all.zip/") for candidate in found.candidates]
    assert shown == [*(f"{name}/x.py" for name in sorted(looked_into)), "z.py"]
    left = sorted({"a.zip", "b.zip", "c.zip"} - looked_into)
    assert [name for name in left if f"{name} is one of too many archives" in " ".join(found.arrival.notes)] == left


def test_of_long_texts_no_more_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty megabytes of text became a hundred in the gradebook, read for every sheet; of code nothing is left out."""
    monkeypatch.setattr("grader.pipeline.MOST_TEXT", 8)
    kinds = [("markdown", "12345"), ("code", CODE), ("raw", "6789"), ("markdown", "x")]
    cells = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in kinds]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    chosen = choose(Submission("s", "", (Candidate("a.ipynb", tmp_path / "a.ipynb"),)), WANTED)
    kept = [(cell.source, TOO_LONG in cell.remark) for cell in _cells(chosen)]
    assert kept == [("12345", False), (CODE, False), ("678", True), ("", True)]


@pytest.mark.parametrize("lines", ["print 'a'\n" * 150, "x = (\n" * 150], ids=["Python 2", "open brackets"])
def test_there_is_an_end_to_mending(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """Each line that is mended has all of a cell parsed again: of a megabyte that is not done a hundred times."""
    clock = SimpleNamespace(thread_time=itertools.count().__next__)  # each parse takes a second
    monkeypatch.setattr("grader.extract.repairs.patience.time", clock)
    patience = Patience()
    patience._left = 100
    with pytest.raises(SubmissionError, match="broken in too many places") as refused:
        repair(lines, patience)
    assert "run all cells" in refused.value.hint
    patience._left = 10_000
    assert repair(lines, patience)


def test_a_long_script_of_python_2_is_mended_long_before_that() -> None:
    """A hundred prints in a script of a thousand lines: patience is not for them."""
    source = "".join(f"def f{n}(x):\n    y = x * {n}\n    print 'f', y\n    return y\n" for n in range(100)) * 3
    began = time.process_time()
    assert in_time(source[: source.index("def f99")] + CODE) == {"good"}
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "source",
    [
        "def good(x):\n    1if x else 2\n    return x\n",
        "<<<<<<< a\ny = 1if 2else 3\n=======\ny = 1if 2else 4\n>>>>>>> b\n" + CODE,
    ],
)
def test_what_python_warns_of_in_a_hand_in_is_not_said(source: str) -> None:
    """Its sentences quote the hand-in, and would stand on the terminal of whoever runs the grader."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert in_time(source) == {"good"}
        drop_statement([Piece(1, 1, source)], 1, 1)
    assert said == []
