"""marimo's notebooks, which are Python files: what stands in their cells is graded as in any other notebook.

takes: hand-ins as that editor saves them, written by hand.
gives: one promise a test, said in its docstring.
must not know: how cells are run.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest
from conftest import EXERCISE

from grader.answer_key import load_key
from grader.extract import choose
from grader.extract.formats.marimo import NOTE, code_of_marimo
from grader.extract.formats.notebook import read_hand_in
from grader.gradebook import Record
from grader.intake import Candidate, Submission
from grader.pipeline import Desk, examine
from grader.sandbox import Sandbox

HEAD = "import marimo\n\n__generated_with = '0.17.0'\napp = marimo.App(width='medium')\n\n\n"
FOOT = "if __name__ == '__main__':\n    app.run()\n"
REFERENCE = (EXERCISE / "passes.py").read_text()
IMPORTS = "@app.cell\ndef _():\n    import numpy as np\n    return (np,)\n\n\n"
TITLE = '@app.cell(hide_code=True)\ndef _(mo):\n    mo.md(\n        r"""\n    # One\n    """\n    )\n    return\n\n\n'
SETUP = "with app.setup:\n    import numpy as np\n\n\n"


def cell(source: str, taken: str = "np", returned: str = "(Sigmoid,)") -> str:
    return f"@app.cell\ndef _({taken}):\n{indent(source, '    ')}\n    return {returned}\n\n\n"


PARTS = re.split(r"^(?=class |def affine_forward)", REFERENCE, flags=re.MULTILINE)[1:]  # two classes, two functions
LONG_NAMES, LONG_RESULTS = "\n    np,\n    mo,\n", "(\n        Sigmoid,\n        Relu,\n    )"
WRITTEN: dict[str, str] = {
    "a cell for all": HEAD + TITLE + cell(REFERENCE) + FOOT,
    "a cell each": HEAD + IMPORTS + "".join(map(cell, PARTS)) + FOOT,
    "names and results, one a line": HEAD + cell(REFERENCE, LONG_NAMES, LONG_RESULTS) + FOOT,
    "what comes first is set up": HEAD + SETUP + "".join(map(cell, PARTS)) + FOOT,
    "what stands alone": HEAD + IMPORTS + "".join(f"@app.class_definition\n{one}\n\n\n" for one in PARTS[:2])
    + "".join(map(cell, PARTS[2:])) + FOOT,
    "no end, as a file that is cut off has it": HEAD + IMPORTS + "".join(map(cell, PARTS)),
    "Windows's ends of lines": (HEAD + cell(REFERENCE) + FOOT).replace("\n", "\r\n"),
    "a cell that cannot be read": HEAD + IMPORTS + cell("x = (1\ny = [") + "".join(map(cell, PARTS)) + FOOT,
    "a cell that raises": HEAD + IMPORTS + cell("nothing_of_that_name()") + "".join(map(cell, PARTS)) + FOOT,
    "a cell without a return": HEAD + IMPORTS + cell(REFERENCE).replace("    return (Sigmoid,)\n", "") + FOOT,
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(key: Path, sandbox: Sandbox) -> Desk:
    return Desk(load_key(key / "exercise_05.key.npz"), sandbox)


def graded(desk: Desk, folder: Path, text: str) -> Record:
    file = folder / "exercise_05.py"
    file.write_bytes(text.encode())
    record, *_ = examine(desk, Submission("student-01", "student-01", (Candidate(file.name, file),)))
    return record


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_stands_in_its_cells_is_graded(desk: Desk, tmp_path: Path, text: str) -> None:
    """Right functions earn their points, whatever that editor has written around them."""
    record = graded(desk, tmp_path, text)
    assert {one.name: one.verdict for one in record.criteria} == dict.fromkeys(
        (one.name for one in record.criteria), "correct"
    )
    assert NOTE in record.notes


UNREAD = """app._unparsable_cell(
    r\"\"\"
    class Relu:
        def forward(self, x):
            \\"\\"\\"Of x the part above zero.\\"\\"\\"
            mark = 'a \\\\ and a \\"'
            return np.maximum(x, 0), x

        def backward(self, dout, cache):
            if cache < 0
                dout = 0
            return dout
    \"\"\",
    name="_"
)


"""


@pytest.mark.parametrize("prefix", ["", "r"])
def test_a_cell_that_python_cannot_read_takes_no_other_function_with_it(
    desk: Desk, tmp_path: Path, prefix: str
) -> None:
    """That editor keeps it as a text; what is right in it is right, and the line that is not is named by its number."""
    unread = UNREAD.replace('r"""', f'{prefix}"""')
    unread = unread.replace("\\", "") if prefix else unread
    others = [part for part in PARTS if not part.startswith("class Relu")]
    text = HEAD + IMPORTS + unread + "".join(map(cell, others)) + FOOT
    record = graded(desk, tmp_path, text)
    verdicts = {one.name: one.verdict for one in record.criteria}
    assert (verdicts.pop("Relu.backward"), set(verdicts.values())) == ("missing", {"correct"})
    [line] = [n for n, written in enumerate(text.split("\n"), start=1) if "cache < 0" in written]
    assert next(one.trouble_line for one in record.criteria if one.name == "Relu.backward") == line


def test_a_line_has_the_number_that_it_has_in_the_file(desk: Desk, tmp_path: Path) -> None:
    """The page points into the file, and the student's editor counts as it does."""
    broken = REFERENCE.replace("np.maximum(x, 0)", "np.maximum(x, nothing)")
    text = HEAD + TITLE + cell(broken) + FOOT
    record = graded(desk, tmp_path, text)
    [line] = [n for n, written in enumerate(text.split("\n"), start=1) if "nothing" in written]
    found = next(one for one in record.criteria if one.name == "Relu.forward")
    assert (found.verdict, found.trouble_line) == ("crashed", line)


def test_lines_stay_where_they_are() -> None:
    """Each line is that of the file without blanks before it, or none; what is in a text of several lines may stay."""
    text = HEAD + TITLE + cell('TEXT = """\nat the edge\n"""\nX = 1').replace("    at the edge", "at the edge") + FOOT
    before, after = text.split("\n"), code_of_marimo(text).split("\n")
    assert len(before) == len(after)
    assert all(new in ("", old, old[4:]) for old, new in zip(before, after, strict=True))
    names: dict[str, object] = {}
    exec(code_of_marimo(text).replace("mo.md", "str"), names)
    assert (names["TEXT"], names["X"]) == ("\nat the edge\n", 1)


PLAIN = {
    "imports it": "import marimo\n\ndef f(x):\n    return x\n",
    "a decorator of another": "@app.cell\ndef f(x):\n    return x\n",
    "says so in a text": "NOTE = 'app = marimo.App()'\n",
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN.keys())
def test_other_files_are_read_as_they_are(text: str) -> None:
    """Nothing is taken out of what is no notebook of that editor."""
    read = read_hand_in(text.encode(), "a.py")
    assert (read.cells, read.notes) == ([("code", text)], ())


def test_an_untouched_one_is_not_attempted(tmp_path: Path) -> None:
    """A function in a cell has the text that it has elsewhere, so that an empty one is known."""
    body = "def affine_forward(x, w, b):\n    out = None\n    return out\n"
    (tmp_path / "plain.py").write_text(body)
    (tmp_path / "cells.py").write_text(HEAD + cell(body) + FOOT)
    digests = [
        choose(Submission("s", "", (Candidate(name, tmp_path / name),)), ("affine_forward",)).extract.digests
        for name in ("plain.py", "cells.py")
    ]
    assert digests[0] == digests[1] != {}
