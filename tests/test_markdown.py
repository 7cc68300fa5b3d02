"""Notebooks that are kept as Markdown: what stands in their blocks of code is graded as in any other notebook.

takes: hand-ins as jupytext, MyST, Quarto and R Markdown have them, written by hand.
gives: one promise a test, said in its docstring.
must not know: how cells are run.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import indent

import pytest
from conftest import EXERCISE

from grader.answer_key import load_key
from grader.errors import SubmissionError
from grader.extract import Chosen, choose
from grader.extract.formats.markdown import NOTE, cells_of_markdown
from grader.gradebook import Record
from grader.intake import one_submission
from grader.pipeline import Desk, examine
from grader.sandbox import Sandbox

REFERENCE = (EXERCISE / "passes.py").read_text()
IMPORT, *PARTS = re.split(r"^(?=class |def affine_forward|def affine_backward)", REFERENCE, flags=re.MULTILINE)
WANTED = (*(f"{name}.{way}" for name in ("Sigmoid", "Relu") for way in ("forward", "backward")), "affine_forward",
          "affine_backward")  # fmt: skip
HEAD = "---\njupyter:\n  jupytext:\n    text_representation:\n      extension: .md\n---\n\n# Exercise\n\n"
WRONG = "def affine_forward(x, w, b):\n    return 0, 0\n"


def blocks(opens: str, closes: str = "```") -> str:
    """Each part in a block of its own, with a heading above it."""
    return "\n".join(f"## A part\n\n{opens}\n{part.strip()}\n{closes}\n" for part in ("import numpy as np", *PARTS))


WRITTEN: dict[str, tuple[str, str]] = {
    "jupytext": ("a.md", HEAD + blocks("```python")),
    "without a head": ("a.markdown", blocks('```python tags=["a", "b"] jupyter={"outputs_hidden": true}')),
    "MyST": ("a.md", blocks("```{code-cell} ipython3")),
    "MyST, with options": ("a.md", blocks("```{code-cell}\n:tags: [a]\n:name: b\n")),
    "MyST, with options between rules": ("a.md", blocks("```{code-cell} python3\n---\ntags: [a]\n---")),
    "MyST, by colons": ("a.md", "::::{grid}\n" + blocks(":::{code-cell} python", ":::") + "::::\n"),
    "Quarto": ("a.qmd", "---\ntitle: a\n---\n\n::: {.column}\n" + blocks("```{python}\n#| echo: false") + ":::\n"),
    "R Markdown": ("a.Rmd", "```{r setup}\nx <- 1\n```\n\n" + blocks("```{python a, echo=TRUE, eval=TRUE}")),
    "marimo": ("a.md", blocks('```python {.marimo hide_code="true"}')),
    "no language": ("a.md", blocks("```")),
    "tildes, and a capital": ("a.md", blocks("~~~~ Python", "~~~~")),
    "Windows's ends of lines": ("a.md", blocks("```python").replace("\n", "\r\n")),
    "in a list": ("a.md", "1. One.\n\n" + indent(blocks("```python"), "    ")),
    "blocks that are not ended": ("a.md", blocks("```python", "")),
    "code that is switched off": ("a.qmd", blocks("```{python}\n#| eval: false")),
    "code that is switched off, in R Markdown": ("a.Rmd", blocks("```{python, eval=FALSE}")),
    "what is only shown": ("a.md", blocks("```{code-cell}") + f"\n```python\n{WRONG}```\n"),
    "what is only shown, in a cell of text": (
        "a.md", HEAD + blocks("```python") + f"<!-- #region -->\nA hint:\n```python\n{WRONG}```\n<!-- #endregion -->\n",
    ),
    "what is not to be run": ("a.md", blocks("```python") + f"```python .noeval\n{WRONG}```\n"),
    "a block within a longer one": ("a.md", blocks("```python") + f"````text\n```python\n{WRONG}```\n````\n"),
    "its own JSON": ("a.md", json.dumps({"cells": [{"cell_type": "code", "source": REFERENCE}], "nbformat": 4})),
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(key: Path, sandbox: Sandbox) -> Desk:
    return Desk(load_key(key / "exercise_05.key.npz"), sandbox)


def graded(desk: Desk, folder: Path, name: str, text: str) -> Record:
    (folder / name).write_bytes(text.encode())
    record, *_ = examine(desk, one_submission(folder / name))
    return record


@pytest.mark.parametrize(("name", "text"), WRITTEN.values(), ids=WRITTEN.keys())
def test_what_stands_in_its_blocks_is_graded(desk: Desk, tmp_path: Path, name: str, text: str) -> None:
    """Right functions earn their points, whoever wrote the file; what is only shown to readers counts for nothing."""
    record = graded(desk, tmp_path, name, text)
    assert {one.name: one.verdict for one in record.criteria} == dict.fromkeys(WANTED, "correct")
    assert (NOTE in record.notes) == (not text.startswith("{"))


BARE = (
    "### Sigmoid - Forward\n\n```{FENCE}\ndef forward(self, x):\n    return (s := 1 / (1 + np.exp(-x))), s\n```\n"
    "\n### Relu - Forward\n\n```{FENCE}\ndef forward(self, x):\n    return np.maximum(x, 0), x\n```\n"
)


@pytest.mark.parametrize("fence", ["python", "{code-cell}", "{python}"])
def test_headings_tell_whose_a_bare_method_is(desk: Desk, tmp_path: Path, fence: str) -> None:
    """As in a notebook: the heading between two blocks counts."""
    record = graded(desk, tmp_path, "a.md", BARE.replace("{FENCE}", fence))
    verdicts = {one.name: one.verdict for one in record.criteria}
    assert (verdicts["Sigmoid.forward"], verdicts["Relu.forward"]) == ("correct", "correct")


def test_a_cell_has_the_number_that_it_has_in_the_notebook() -> None:
    """Text between two blocks is one cell, unless the file says that it is two."""
    text = HEAD + "One.\n\n```python\nX = 1\n```\n\nTwo.\n\n+++\n\nThree.\n\n```python\n\nY = (1\n```\n"
    kinds = [kind for kind, _ in cells_of_markdown(text)]
    assert kinds == ["markdown", "code", "markdown", "markdown", "code"]
    assert cells_of_markdown(text)[-1] == ("code", "\nY = (1")


def chosen(folder: Path, files: dict[str, str]) -> Chosen:
    (folder / "in").mkdir()
    for name, text in files.items():
        (folder / "in" / name).write_text(text)
    return choose(one_submission(folder / "in"), WANTED)


STUB = "def affine_forward(x, w, b):\n    pass\n"
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": STUB}], "nbformat": 4})
FULL = blocks("```python")
BESIDE: dict[str, tuple[dict[str, str], str]] = {
    "a notebook with nothing in it": ({"a.ipynb": NOTEBOOK, "notes.md": FULL}, "in/a.ipynb"),
    "a file with some of the work in it": ({"layer.py": IMPORT + PARTS[0], "notes.md": FULL}, "in/layer.py"),
    "a file with all of the work in it": ({"layer.py": REFERENCE, "notes.md": FULL}, "in/layer.py"),
    "a module that it imports": ({"a_module.py": "import numpy as np\n", "ex.qmd": FULL}, "in/ex.qmd"),
    "the hand-out's empty functions": ({"layer.py": STUB, "ex.md": FULL}, "in/ex.md"),
    "other texts": ({"a.md": "# One", "b.md": "```python\nimport os\n```\n", "c.md": FULL}, "in/c.md"),
    "a notebook exported as well": ({"ex.md": FULL, "notes.md": "# One"}, "in/ex.md"),
}


@pytest.mark.parametrize(("files", "expected"), BESIDE.values(), ids=BESIDE.keys())
def test_no_text_is_graded_where_the_work_stands_in_a_file_of_code(
    tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    """Notes on the work are no hand-in beside it; a notebook in Markdown is one beside its modules."""
    found = chosen(tmp_path, files)
    assert found.candidate.shown == expected
    passed_over = found.note.partition(" was graded, and not ")[2]
    assert ".md" not in passed_over, "nothing is said of what is no notebook"


def test_what_a_file_of_code_has_not_is_taken_from_the_notebook_beside_it(tmp_path: Path) -> None:
    """Layers in a module and the rest in the notebook that imports them: all of it is the work."""
    rest = f"```{{python}}\nimport numpy as np\nfrom layers import Sigmoid, Relu\n\n{''.join(PARTS[2:])}```\n"
    found = chosen(tmp_path, {"layers.py": IMPORT + "".join(PARTS[:2]), "ex.qmd": rest})
    assert found.candidate.shown == "in/layers.py"
    assert "they were taken from in/ex.qmd" in found.note


TEXTS = {
    "no code": ("notes.md", "# My notes\n\nIt was hard.\n", "no block of Python code"),
    "code of another language": ("notes.md", "```bash\nls\n```\n", "no block of Python code"),
    "code that is none of the work": ("notes.md", "```python\nimport numpy\n```\n", "none of the graded functions"),
    "output": ("notes.md", "```\n0.25 0.5\n```\n", "no block of Python code"),
}


@pytest.mark.parametrize(("name", "text", "sentence"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_alone_is_no_hand_in_of_zeros(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    """It becomes a row with a reason and a next step."""
    with pytest.raises(SubmissionError, match=sentence) as refused:
        chosen(tmp_path, {name: text})
    assert name in str(refused.value)
    assert ".ipynb" in refused.value.hint


@pytest.mark.parametrize(
    "text",
    ["```\n" * 200_000, "```{python" + "1." * 500_000, "```{code-cell}\n" + ":a:\n" * 200_000, "`" * 1_000_000],
    ids=["fences", "a version", "options", "signs"],
)
def test_a_hostile_text_is_read_in_time(text: str) -> None:
    """Each line is looked at once."""
    assert len(cells_of_markdown(text)) <= 1
