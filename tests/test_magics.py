"""In the notebook: `%check` and `grader.check()` in a real Jupyter kernel.

takes: kernels started in a student's folder, with the public key in it.
gives: one promise a test, said in its docstring.
must not know: anything inside the grader.
"""

from __future__ import annotations

import json
import re
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_cli import RIGHT, WRONG

from grader.magics.cells import notebook_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of paths, at import
    from jupyter_client.manager import KernelManager

WAIT = 120.0  # seconds; a busy machine is no failure


class Kernel:
    """A kernel at work in a folder, as Jupyter starts one."""

    def __init__(self, folder: Path) -> None:
        self._manager = KernelManager(kernel_name="python3", transport="ipc", ip=str(folder / "k"))
        self._manager.start_kernel(cwd=str(folder))
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=WAIT)

    def run(self, source: str) -> list[tuple[str, dict[str, Any]]]:
        """Run a cell; gives the messages that it made."""
        told: list[tuple[str, dict[str, Any]]] = []
        self._client.execute_interactive(
            source, timeout=WAIT, output_hook=lambda message: told.append((message["msg_type"], message["content"]))
        )
        return [(kind, content) for kind, content in told if kind not in ("status", "execute_input")]

    def card(self, source: str) -> tuple[str, str]:
        """Run a cell that shows a card and nothing else; gives its text and its HTML."""
        told = self.run(source)
        assert [kind for kind, _ in told] == ["display_data"], told
        data = told[0][1]["data"]
        return data["text/plain"], data["text/html"]

    def stop(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@pytest.fixture
def folder(tmp_path: Path, key: Path) -> Path:
    shutil.copy(key / "exercise_05.public.key.npz", tmp_path)
    return tmp_path


@pytest.fixture
def kernel(folder: Path) -> Iterator[Kernel]:
    started = Kernel(folder)
    yield started
    started.stop()


def words(html: str) -> str:
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def test_the_magic_shows_a_card(kernel: Kernel) -> None:
    """`%load_ext grader`, `%check`: each function with its verdict, what is wrong with its cell, and what to try;
    the same as text for places that show no HTML."""
    assert kernel.run("%load_ext grader") == []
    assert kernel.run(WRONG) == []
    text, html = kernel.card("%check")
    for told in (text, words(html)):
        for name in ("Sigmoid.forward", "Sigmoid.backward", "Relu.backward", "affine_backward"):
            assert name in told
        assert "Try next:" in told
        assert "cell 2" in told
        assert re.search(r"31 of 36", told)
    assert "\x1b" not in text
    assert "<script" not in html


def test_the_current_definitions_count(kernel: Kernel) -> None:
    """A definition that is run again takes the place of the earlier one, whatever else the notebook did."""
    kernel.run("%load_ext grader\nprint('hello')")
    kernel.run(WRONG)
    kernel.run("!echo shell\n%timeit -n1 -r1 1 + 1\nx = 1 / 0")
    assert "known mistake" in kernel.card("%check Sigmoid.backward")[0].lower()
    kernel.run(RIGHT)
    text, html = kernel.card("%check Sigmoid.backward")
    assert "5 of 5 public checks" in text
    assert "5 of 5 public checks pass" in words(html)


def test_a_function_a_class_or_all(kernel: Kernel) -> None:
    """Names narrow down what is shown: a method, a class with all its methods, several."""
    kernel.run("%load_ext grader")
    kernel.run(RIGHT)
    for line, shown, hidden in (
        ("%check Sigmoid.backward", ["Sigmoid.backward"], ["Sigmoid.forward", "Relu", "affine"]),
        ("%check Relu", ["Relu.forward", "Relu.backward"], ["Sigmoid", "affine"]),
        ("%check affine_forward Sigmoid", ["affine_forward", "Sigmoid.forward"], ["Relu", "affine_backward"]),
    ):
        text, _ = kernel.card(line)
        assert all(name in text for name in shown)
        assert not any(name in text for name in hidden)


def test_the_function_call_is_the_same(kernel: Kernel) -> None:
    """`grader.check()` needs no magic, takes names or the things themselves, and gives back nothing to print."""
    kernel.run("import grader")
    kernel.run(RIGHT)
    assert "36 of 36" in kernel.card("grader.check()")[0]
    assert "5 of 5" in kernel.card("grader.check('Sigmoid.backward')")[0]
    assert "10 of 10" in kernel.card("grader.check(Sigmoid)")[0]
    assert "6 of 6" in kernel.card("import grader; grader.check(Relu.forward)")[0]
    assert "did not run" not in kernel.card("grader.check(Relu)")[0]


def hidden_of(full: Path) -> tuple[set[str], set[str]]:
    """The names of hidden cases that no public one has, and their numbers as text."""
    with np.load(full) as members:
        header, data = json.loads(members["header"].tobytes()), members["data"].tobytes()
    names: dict[bool, set[str]] = {True: set(), False: set()}
    numbers: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in header["plan"]:
        hidden = entry["visibility"] == "hidden"
        names[hidden].add(entry["name"])
        for dtype, shape, at in entry["inputs"].values():
            array = np.frombuffer(data, dtype, int(np.prod(shape)), at)
            if array.dtype.kind == "f":
                numbers[hidden] |= {f"{abs(n):.6g}" for n in array.tolist()}
    return names[True] - names[False], {n for n in numbers[True] - numbers[False] if len(n) > 6}


def test_nothing_hidden_is_told_even_with_the_full_key(kernel: Kernel, key: Path) -> None:
    """Neither a name nor a number of a hidden case, whichever key is given; and it is said that they exist."""
    kernel.run("%load_ext grader")
    kernel.run(WRONG)
    text, html = kernel.card(f"%check --key {key / 'exercise_05.key.npz'}")
    names, numbers = hidden_of(key / "exercise_05.key.npz")
    assert len(names) > 30
    assert len(numbers) > 100
    for told in (text, html):
        assert not [name for name in names if len(name) > 10 and name in told]
        assert not numbers & set(re.findall(r"\d+\.\d+(?:e-?\d+)?", told))
        assert "Not checked: the hidden checks, with other numbers" in " ".join(told.split())


def test_what_was_not_checked_is_counted_by_name(kernel: Kernel) -> None:
    """What only hidden cases are about is named, so that who passes all public checks does not think all is done."""
    kernel.run("%load_ext grader")
    kernel.run(RIGHT)
    text = " ".join(kernel.card("%check")[0].split())
    assert "2 properties are seen by them alone" in text
    assert "one example of any shape (affine_forward, affine_backward)" in text
    assert "restart the kernel, run all, save" in text


def test_files_that_are_called_like_libraries_harm_nothing(folder: Path) -> None:
    """The kernel's folder is no place that the check looks for modules in: its numpy.py breaks the notebook, not us."""
    kernel = Kernel(folder)
    try:
        kernel.run("%load_ext grader")
        for name in ("numpy", "click", "rich", "tempfile", "jinja2"):
            (folder / f"{name}.py").write_text("raise ImportError('mine')\n")
        kernel.run("import os; os.environ['PYTHONPATH'] = os.getcwd()")
        kernel.run(RIGHT)
        assert "36 of 36" in kernel.card("%check")[0]
    finally:
        kernel.stop()


def test_code_of_one_s_own_module_is_checked(folder: Path) -> None:
    """Functions that come from a file beside the notebook are followed there: imported, run, and what the notebook
    defines after that wins."""
    (folder / "layer.py").write_text(WRONG)
    kernel = Kernel(folder)
    try:
        kernel.run("%load_ext grader\nfrom layer import *")
        assert "0 of 5" in kernel.card("%check Sigmoid.backward")[0]
        assert "6 of 6" in kernel.card("%check Relu.forward")[0]
        kernel.run(RIGHT)
        assert "5 of 5" in kernel.card("%check Sigmoid.backward")[0]
        kernel.run("%run layer.py")
        assert "0 of 5" in kernel.card("%check Sigmoid.backward")[0]
    finally:
        kernel.stop()


def test_modules_of_modules_are_followed(folder: Path) -> None:
    """A helper under its own name, one in a folder that `sys.path` names; the card says which line of which file."""
    (folder / "lib").mkdir()
    (folder / "lib" / "deep.py").write_text("def nothing():\n    return None\n")
    (folder / "helper.py").write_text("import deep\ndef half(x):\n    return deep.nothing() / 2\n")
    kernel = Kernel(folder)
    try:
        kernel.run("%load_ext grader\nimport sys\nsys.path.append('lib')\nimport helper as h")
        kernel.run("class Relu:\n    def forward(self, x):\n        return h.half(x), x")
        text = " ".join(kernel.card("%check Relu.forward")[0].split())
        assert "(line 3 of helper.py)" in text
        assert "NoneType" in text
    finally:
        kernel.stop()


def test_a_cell_that_does_not_parse_leaves_what_the_kernel_has(kernel: Kernel) -> None:
    """As in the kernel, the definition before it is the current one."""
    kernel.run("%load_ext grader")
    kernel.run(RIGHT)
    [(kind, _)] = kernel.run("class Sigmoid:\n    def backward(self, dout, cache:\n        return dout")
    assert kind == "error"
    assert "5 of 5" in kernel.card("%check Sigmoid.backward")[0]


def test_an_endless_function_ends_at_its_limit(kernel: Kernel) -> None:
    """The kernel lives on, with all its variables, and the card says which function ran too long."""
    kernel.run("%load_ext grader\nmine = 5")
    kernel.run(RIGHT)
    kernel.run("import time\ndef affine_forward(x, w, b):\n    while True: time.sleep(0.01)")
    text, _ = kernel.card("%check affine_forward Relu")
    assert "timed out" in text.lower()
    assert "6 of 6" in text
    assert kernel.run("print(mine)")[0][1]["text"] == "5\n"


def test_the_check_leaves_the_kernel_alone(kernel: Kernel) -> None:
    """No variable is made, no module of the check stays loaded but the small ones that stand in the kernel."""
    kernel.run("%load_ext grader")
    kernel.run("import sys; before = set(globals()), set(sys.modules)")
    kernel.run("%check")
    made = kernel.run("print(sorted(set(sys.modules) - before[1]))")[0][1]["text"]
    assert not re.search(r"numpy|jinja2|rich|grader\.(?:judge|report|sandbox|answer_key)", made)
    new = kernel.run("print([n for n in set(globals()) - before[0] if not n.startswith('_') and n != 'before'])")
    assert new[0][1]["text"] == "[]\n"


WRONG_LINES = [
    ("%check Sigmod", ["no checked function is called Sigmod", "Sigmoid.forward, Sigmoid.backward"]),
    ("%check --key nowhere.npz", ["nowhere.npz", "came with the hand-out"]),
    ("%check --fast", ["not how %check is used", "%check NAME"]),
    ("%check 'a", ["not how %check is used"]),
    ("%check --key", ["not how %check is used"]),
    ("grader.check('Sigmod')", ["no checked function is called Sigmod"]),
    ("%check <b>x</b>", ["no checked function is called <b>x</b>"]),
]


def test_what_is_mistyped_is_told_with_a_next_step(kernel: Kernel) -> None:
    """No traceback: a sentence, and what to do; text of the line is no markup."""
    kernel.run("%load_ext grader\nimport grader")
    for line, said in WRONG_LINES:
        text, html = kernel.card(line)
        assert all(part in text for part in said), text
        assert "next:" in text
        assert "<b>x</b>" not in html


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    """What is missing, where it comes from, and where it goes, in Colab too."""
    kernel = Kernel(tmp_path)
    try:
        kernel.run("%load_ext grader")
        text, html = kernel.card("%check")
        for told in (text, words(html)):
            assert "no public key was found" in told
            assert ".public.key.npz" in told
            assert "Colab" in told
            assert "%check --key FILE" in told
    finally:
        kernel.stop()


def test_outside_a_notebook_the_command_is_named() -> None:
    """`grader.check()` in a plain Python says what to run instead."""
    import grader
    from grader.errors import GraderError

    with pytest.raises(GraderError) as refused:
        grader.check()
    assert "grader check" in refused.value.hint


def test_cells_keep_the_numbers_of_the_kernel() -> None:
    """Cell n is `In [n]`: old ones are emptied and own calls taken out, and none is left away."""
    sources = ["a = 1", "%check Sigmoid", "if a:\n    grader.check()", "import layer", "b = 2"]
    cells = [cell["source"] for cell in json.loads(notebook_of(sources))["cells"]]
    assert cells == ["a = 1", "pass", "if a:\n    pass", "import layer", "b = 2"]
    many = json.loads(notebook_of([f"x = {n}" for n in range(4000)]))["cells"]
    assert len(many) == 4000
    assert (many[0]["source"], many[-1]["source"]) == ("", "x = 3999")
