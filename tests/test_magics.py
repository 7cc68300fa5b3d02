"""In the notebook: `%check` and `grader.check()` in a real Jupyter kernel."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.errors import GraderError
from grader.magics.kernel import notebook_of
from tests.command import NUMBER, RIGHT, SECOND, WRONG, full_key, public_key
from tests.test_cli import hidden_numbers

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
        """Run a cell that shows a card and nothing else; gives its text and the text of its HTML, each on one line."""
        told = self.run(source)
        assert [kind for kind, _ in told] == ["display_data"], told
        data = told[0][1]["data"]
        html = re.sub(r"<style.*?</style>|<[^>]+>", " ", data["text/html"], flags=re.DOTALL)
        assert "<script" not in data["text/html"]
        return " ".join(data["text/plain"].split()), " ".join(html.split())

    def stop(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setenv("PYTHONPATH", str(SECOND))
    public_key("exercise_05", tmp_path)
    started = Kernel(tmp_path)
    assert started.run("%load_ext grader") == []
    yield started
    started.stop()


def test_the_magic_shows_a_card(kernel: Kernel) -> None:
    """Each function with its verdict, what is wrong with its cell, what to try; nothing hidden, whichever key is given;
    and that hidden cases come."""
    assert kernel.run(WRONG) == []
    for told in kernel.card(f"%check --key {full_key('exercise_05')}"):
        for words in ("Sigmoid.forward", "affine_backward", "Try next:", "cell 2", "restart the kernel, run all"):
            assert words in told
        assert "the hidden cases, which have other numbers" in told
        assert not hidden_numbers() & set(re.findall(NUMBER, told))


def test_the_current_definitions_count_and_names_narrow_them_down(kernel: Kernel, tmp_path: Path) -> None:
    """A definition that is run again takes the place of the earlier one, whatever else the notebook did. Files that are
    called like libraries break the notebook, not the check, and no variable is made."""
    kernel.run(WRONG)
    kernel.run("!echo shell\n%timeit -n1 -r1 1 + 1\nx = 1 / 0")
    kernel.run("class Relu:\n    def forward(self, x:\n        return x")
    assert "known mistake" in kernel.card("%check Sigmoid.backward")[0].lower()
    for name in ("numpy", "click", "tempfile", "jinja2"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('mine')\n")
    kernel.run("import grader, os; os.environ['PYTHONPATH'] = f\"{os.getcwd()}:{os.environ['PYTHONPATH']}\"")
    kernel.run("before = set(globals())")
    kernel.run(RIGHT.replace("import numpy as np", ""))
    for call in ("%check Sigmoid Relu.forward", "grader.check(Sigmoid, 'Relu.forward')"):
        told = kernel.card(call)[0]
        assert re.search(r"Public checks: (\d+) of \1\.", told), told
        assert all(name in told for name in ("Sigmoid.forward", "Sigmoid.backward", "Relu.forward"))
        assert not any(name in told for name in ("affine", "Relu.backward"))
    new = kernel.run("print([n for n in set(globals()) - before if n[0] != '_' and n not in ('before', *dir())])")
    assert new[0][1]["text"] == "[]\n"


def test_own_modules_are_checked_and_an_endless_function_ends(kernel: Kernel, tmp_path: Path) -> None:
    """Functions from a file beside the notebook count, its lines are named, and the kernel lives on."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "deep.py").write_text("def nothing():\n    return None\n")
    (tmp_path / "helper.py").write_text("import deep\ndef half(x):\n    return deep.nothing() / 2\n")
    kernel.run("import sys\nsys.path.append('lib')\nimport helper as h, time\nmine = 5")
    kernel.run("class Relu:\n    def forward(self, x):\n        return h.half(x), x")
    kernel.run("def affine_forward(x, w, b):\n    while True: time.sleep(0.01)")
    told = kernel.card("%check Relu.forward affine_forward")[0]
    assert "NoneType" in told
    assert "line 3 of helper" in told
    assert "timed out" in told.lower()
    assert kernel.run("print(mine)")[0][1]["text"] == "5\n"


WRONG_LINES = [
    ("%check Sigmod", "no checked function is called Sigmod"),
    ("%check --key nowhere.npz", "came with the exercise"),
    ("%check --fast", "not how %check is used"),
    ("%check 'a", "not how %check is used"),
    ("import grader; grader.check('<b>x</b>')", "no checked function is called <b>x</b>"),
]


def test_a_mistyped_line_is_refused_with_a_next_step(kernel: Kernel, tmp_path: Path) -> None:
    """No traceback: a sentence, and what to do; text of the line is no markup. So where the key is missing."""
    for line, said in WRONG_LINES:
        text, html = kernel.card(line)
        assert said in text
        assert "next:" in text
        assert said.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in html
    (tmp_path / "exercise_05.public.key.npz").unlink()
    for told in kernel.card("%check"):
        assert re.search(r"no public key was found.*\.public\.key\.npz.*Colab.*%check --key FILE", told)


def test_outside_a_notebook_the_command_is_named() -> None:
    """`grader.check()` in a plain Python says what to run instead."""
    with pytest.raises(GraderError) as refused:
        grader.check()
    assert "grader check" in refused.value.hint


def test_cells_keep_the_numbers_of_the_kernel() -> None:
    """Cell n is `In [n]`: old ones are emptied and own calls taken out, and none is left away."""
    sources = ["a = 1", "%check Sigmoid", "if a:\n    grader.check()", "import layer"]
    cells = [cell["source"] for cell in json.loads(notebook_of(sources))["cells"]]
    assert cells == ["a = 1", "pass", "if a:\n    pass", "import layer"]
    many = json.loads(notebook_of([f"x = {n}" for n in range(4000)]))["cells"]
    assert (len(many), many[0]["source"], many[-1]["source"]) == (4000, "", "x = 3999")
