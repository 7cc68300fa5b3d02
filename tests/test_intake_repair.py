"""Notebooks as they really come in: broken by editors, tools and haste, and read wherever there is one way to.

takes: notebooks made here, whole and damaged.
gives: one promise a test, said in its docstring.
must not know: the sandbox, points.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbconvert
import nbformat
import pytest
from lms.exports import put

from grader.errors import SubmissionError
from grader.extract import choose
from grader.intake import submissions_in

WANTED = ("Sigmoid.forward", "Sigmoid.backward", "affine_forward")
SIGMOID = (
    "class Sigmoid:\n    def forward(self, x):\n        return 1, x\n\n"
    "    def backward(self, dout, cache):\n        return dout"
)
AFFINE = "def affine_forward(x, w, b):\n    return x @ w + b, (x, w, b)"


def cell(source: str | list[str], **more: object) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None} | more


def notebook(*cells: dict[str, object], **more: object) -> str:
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return json.dumps({k: v for k, v in (whole | more).items() if v is not None}, indent=1)


PLAIN = notebook(cell(SIGMOID), cell(AFFINE))


def read(tmp_path: Path, name: str, text: str | bytes) -> tuple[list[str], str]:
    """What is found of the graded names, and all that is said of the file and its cells."""
    put(tmp_path / "class", [(f"ada/{name}", text if isinstance(text, bytes) else text.encode())])
    chosen = choose(submissions_in(tmp_path / "class")[0], WANTED)
    places = [name for name in WANTED if name in chosen.extract.places]
    remarks = [remark for shown in chosen.extract.cells for remark in shown.remarks]
    return places, " | ".join([*chosen.extract.notes, *remarks])


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> feature/x\n"


WITHOUT = {key: value for key, value in cell(AFFINE).items() if key != "metadata"}
HALF = {"cell_type": "markdown", "metadata": {}, "source": "\ud83d"}
IN_OUTPUTS = PLAIN.replace(
    '   "execution_count": null', conflict('   "execution_count": 3', '   "execution_count": 7'), 1
)

REPAIRED = {
    "duplicate ids of cells": ("a.ipynb", notebook(cell(SIGMOID, id="x1"), cell(AFFINE, id="x1")), "the same id"),
    "no metadata in a cell": ("a.ipynb", notebook(cell(SIGMOID), WITHOUT), "Metadata is missing"),
    "lines without breaks": (
        "a.ipynb",
        notebook(cell(SIGMOID.split("\n")), cell(AFFINE.splitlines(True))),
        "no breaks between them",
    ),
    "no version": ("a.ipynb", notebook(cell(SIGMOID), cell(AFFINE), nbformat=None), "read as version 4"),
    "another version": ("a.ipynb", notebook(cell(SIGMOID), cell(AFFINE), nbformat=1), "says another version"),
    "half of an emoji": (
        "a.ipynb",
        notebook(cell(f"{SIGMOID} # \ud83d"), cell(f"{AFFINE}\ns = '\ude00'")),
        "Half of a",
    ),
    "half of an emoji in text": ("a.ipynb", notebook(cell(SIGMOID), cell(AFFINE), HALF), ""),
    "no metadata at all": ("a.ipynb", notebook(cell(SIGMOID), cell(AFFINE), metadata=None), "Metadata is missing"),
    "cells of one line": ("a.ipynb", notebook(cell(SIGMOID), cell(AFFINE), cell(["1 + 1"])), ""),
    "cells in another order": ("a.ipynb", notebook(cell(AFFINE), cell("# notes"), cell(SIGMOID)), ""),
    "renamed cells": ("a.ipynb", notebook(cell(SIGMOID, id="b"), cell(AFFINE, metadata={"name": "x"})), ""),
    "a conflict in what no cell says": ("a.ipynb", IN_OUTPUTS, "both sides have the same cells"),
    "a conflict with lines of Windows": ("a.ipynb", IN_OUTPUTS.replace("\n", "\r\n"), "both sides have the same cells"),
    "zeros behind the notebook": ("a.ipynb", PLAIN + "\0" * 512, "512 characters"),
    "a bracket behind the notebook": ("a.ipynb", PLAIN + "\n}\n", "Behind the notebook"),
    "a notebook saved as text": ("a.ipynb.txt", PLAIN, "does not end in .ipynb"),
    "a notebook saved as JSON": ("a.json", PLAIN, "does not end in .ipynb"),
    "Python saved as text": ("layer.py.txt", f"{SIGMOID}\n\n{AFFINE}\n", "does not end in .py"),
}


@pytest.mark.parametrize(("name", "text", "note"), REPAIRED.values(), ids=REPAIRED)
def test_what_can_be_read_is_read_with_a_note(tmp_path: Path, name: str, text: str, note: str) -> None:
    """Where there is one way to read a hand-in it is read, all of it, and what was done is said."""
    places, said = read(tmp_path, name, text)
    assert places == list(WANTED)
    assert note in said
    assert bool(said) == bool(note), "what needs no repair has no note"


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_an_html_export_is_read(tmp_path: Path, template: str) -> None:
    """A page exported by Jupyter holds every code cell; shown code and outputs are not taken for one."""
    cells = [
        nbformat.v4.new_markdown_cell("## Sigmoid - Forward\n```python\nimport not_this\n```"),
        nbformat.v4.new_code_cell("def forward(self, x):\n    return '<&>' if (x < 1).all() else 2, x"),
        nbformat.v4.new_code_cell(
            AFFINE, outputs=[nbformat.v4.new_output("stream", text="def affine_forward(): pass\n")]
        ),
    ]
    page = nbconvert.HTMLExporter(template_name=template).from_notebook_node(nbformat.v4.new_notebook(cells=cells))[0]
    put(tmp_path, [("class/ada/a.html", page.encode())])
    chosen = choose(submissions_in(tmp_path / "class")[0], WANTED)
    assert set(chosen.extract.places) & set(WANTED) == {"Sigmoid.forward", "affine_forward"}
    assert [c.source for c in chosen.extract.cells if c.kind == "code"] == [cells[1].source, cells[2].source]
    assert "exported as HTML" in " ".join(chosen.extract.notes)


REFUSED = {
    "a conflict between cells": ("a.ipynb", conflict(PLAIN, PLAIN.replace("dout", "1", 1)), "merge conflict"),
    "two notebooks in one": ("a.ipynb", PLAIN * 2, "not a whole notebook"),
    "half a notebook": ("a.ipynb", PLAIN[:-40], "not a whole notebook"),
    "a page that is no export": ("a.html", "<html><pre>def affine_forward(): pass</pre></html>", "HTML page"),
    "JSON that is no notebook": ("package.json", '{"name": "x"}', "not of a form"),
}


@pytest.mark.parametrize(("name", "text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_would_have_to_be_guessed_is_told_with_the_next_step(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    """Nothing is guessed: the sentence names the file, and the student reads what to do."""
    with pytest.raises(SubmissionError, match=sentence) as refused:
        read(tmp_path, name, text)
    assert name in str(refused.value)
    assert refused.value.hint


def test_other_endings_are_looked_at_only_where_nothing_better_is(tmp_path: Path) -> None:
    """A project's settings and pages are no hand-in beside its notebook; a notebook that a browser has renamed may be
    one, if nothing is written in those beside it."""
    files = {"a.ipynb": PLAIN, "package.json": "{}", "index.html": "<html></html>", "b.ipynb.txt": PLAIN}
    put(tmp_path, [(f"class/ada/{name}", text.encode()) for name, text in files.items()])
    assert [c.shown for c in submissions_in(tmp_path / "class")[0].candidates] == [
        "ada/a.ipynb",
        "ada/b.ipynb.txt",
    ]


# ---- conflicts within a cell -------------------------------------------------------------------------------------

HEAD = "import numpy as np\n\n"
SAME = HEAD + conflict(AFFINE, AFFINE.replace("(x, w, b):", "(x, w, b):  # mine"))
DIFFER = HEAD + conflict(AFFINE, AFFINE.replace("+ b", "- b")) + "\n" + SIGMOID
ONE_METHOD = SIGMOID.replace("        return dout", conflict("        return dout", "        return 2 * dout"))
WITH_BASE = f"<<<<<<< HEAD\n{AFFINE}\n||||||| merged\npass\n=======\n{AFFINE}\n>>>>>>> x\n"

CONFLICTS = {
    "both sides the same": (SAME, {"affine_forward"}, set()),
    "with the base shown": (WITH_BASE, {"affine_forward"}, set()),
    "a function differs": (DIFFER, {"Sigmoid.forward", "Sigmoid.backward"}, {"affine_forward"}),
    "a method differs": (ONE_METHOD, {"Sigmoid.forward"}, {"Sigmoid.backward"}),
    "one side has nothing": (
        conflict(AFFINE, "") + SIGMOID,
        {"Sigmoid.forward", "Sigmoid.backward"},
        {"affine_forward"},
    ),
}


@pytest.mark.parametrize(("source", "kept", "lost"), CONFLICTS.values(), ids=CONFLICTS)
def test_of_a_conflict_in_a_cell_only_what_differs_is_lost(
    tmp_path: Path, source: str, kept: set[str], lost: set[str]
) -> None:
    """Neither version is taken for the student's; the rest of the cell keeps its lines and is graded."""
    put(tmp_path, [("class/ada/a.ipynb", notebook(cell(source)).encode())])
    found = choose(submissions_in(tmp_path / "class")[0], WANTED).extract
    assert set(found.places) & set(WANTED) == kept
    assert set(found.lost) & set(WANTED) == lost
    assert all("merge conflict" in found.lost[name].message for name in lost)
    assert any("merge conflict" in remark for shown in found.cells for remark in shown.remarks)
    for name in kept - {"Sigmoid.forward", "Sigmoid.backward"}:
        assert source.split("\n")[found.places[name][1] - 1].startswith("def affine_forward")


def test_rows_of_equals_signs_are_no_conflict(tmp_path: Path) -> None:
    """Lines that only look like a mark, in text or comments, change nothing."""
    source = '"""\n=======\ntitle\n=======\n"""\n' + AFFINE
    places, said = read(tmp_path, "a.ipynb", notebook(cell(source)))
    assert places == ["affine_forward"]
    assert not said


def test_a_hostile_page_takes_linear_time(tmp_path: Path) -> None:
    """Pages that parsers need quadratic time for are read, or refused, at once: this test would take hours."""
    for part in ("<", "<!--", "<a ", "<h1 ", '<div class="hl-python', "<h1>", "&", '<div class="hl-python3"><pre>'):
        with pytest.raises(SubmissionError, match="HTML page"):
            read(tmp_path, "a.html", "<html>" + part * (2_000_000 // len(part)))
