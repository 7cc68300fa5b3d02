"""Reading submissions: which file, which cells, what is defined where, what is run, and what each reason says."""

from __future__ import annotations

import ast
import codecs
import hashlib
import json
import time
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.extract import Reading, Wanted, digests, read, read_data, refused_file
from grader.intake import Submission, one_submission

NAMES = ("Sigmoid.forward", "Sigmoid.backward", "Relu.forward", "Relu.backward", "affine_forward", "affine_backward")
ALSO = {
    "Sigmoid.forward": ("sigmoid_forward",),
    "Relu.forward": ("relu_forward", "ReLU.forward"),
    "affine_forward": ("fc",),
}
WANTED = Wanted(NAMES, ALSO, assignment="exercise_05")
F, G = "def f(x):\n    return x\n", "def g(x):\n    return 2 * x\n"
FORWARD, BACKWARD = "def forward(self, x):\n    return x, x\n", "def backward(self, dout, cache):\n    return dout\n"


def notebook(*cells: str | tuple[str, str]) -> bytes:
    """A notebook of code cells; `# ...` alone in a line makes one of text."""
    pairs = [(("markdown" if one[:1] in "#*<" else "code"), one) if isinstance(one, str) else one for one in cells]
    listed = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in pairs]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}).encode()


def reading_of(*cells: str | tuple[str, str], wanted: Wanted = WANTED) -> Reading:
    return read_data(notebook(*cells), "a.ipynb", wanted)


def code(source: str) -> tuple[str, str]:
    return "code", dedent(source).strip("\n")


def run_of(found: Reading) -> str:
    return "\n".join(unit.source for unit in found.program.units)


def bound(found: Reading) -> list[str]:
    return [one.criterion for one in found.program.bindings]


# ---- what is defined, and where ----------------------------------------------------------------------------------

DEFINED = {
    "a function": ("def affine_forward(x): return x", ("affine_forward", 1)),
    "with a decorator": ("@njit\n@other(3)\ndef affine_forward(x): return x", ("affine_forward", 3)),
    "the last one": ("def affine_forward(x): pass\ndef affine_forward(x): return x", ("affine_forward", 2)),
    "a method": ("class Relu:\n    def forward(self, x): return x", ("Relu.forward", 2)),
    "a lambda": ("affine_forward: object = lambda x: x", ("affine_forward", 1)),
    "another name": ("def f(x): return x\naffine_backward = affine_forward = f", ("affine_forward", 2)),
    "side by side": ("affine_forward, affine_backward = lambda x: x, lambda x: x", ("affine_backward", 1)),
    "a method put on": ("class Relu: pass\nRelu.forward = lambda self, x: x", ("Relu.forward", 2)),
    "a method by assignment": ("class Relu:\n    forward = lambda self, x: x", ("Relu.forward", 2)),
    "a method of a base": ("class A:\n  def forward(self, x): return x\nclass Relu(A): pass", ("Relu.forward", 2)),
    "an earlier class as base": ("class Relu:\n  forward = abs\nclass Relu(Relu): pass", ("Relu.forward", 2)),
    "either of two": ("try:\n  from fast import affine_forward\nexcept ImportError:\n  def affine_forward(x): return x",
                      ("affine_forward", 4)),
    "in an elif": ("if a:\n  pass\nelif b:\n  def affine_forward(x): return x", ("affine_forward", 4)),
}  # fmt: skip


@pytest.mark.parametrize(("source", "place"), DEFINED.values(), ids=DEFINED)
def test_every_way_to_define_a_function_is_found_and_run(source: str, place: tuple[str, int]) -> None:
    """Each graded name has the cell and line of its definition, and nothing of these cells is left out."""
    found = reading_of("# Text", code(source))
    assert found.facts.places[place[0]] == (2, place[1])
    assert found.facts.left_out == 0
    assert found.whole is None
    assert found.program.units[0].source == dedent(source)


# ---- what is run -------------------------------------------------------------------------------------------------

START = "import numpy as np\ndef own(x): return x\nclass Net: pass\n"
RUN = {
    "a constant": ("E, V = 1e-8, np.zeros(3)", True),
    "a function made of its own": ("fast = np.vectorize(own)", True),
    "a lambda that calls its own": ("h = lambda x: own(x)", True),
    "a missing package in a try": ("try:\n  import cupy\nexcept ImportError:\n  cupy = None", True),
    "a name put into numpy": ("np.allclose = lambda *a: True", True),
    "a text": ("'Exercise 5'", True),
    "a call": ("own(3)", False),
    "its own class": ("net = Net().fit_later()", False),
    "training": ("h = model.fit(x)", False),
    "a file": ("d = open('a').read()", False),
    "data": ("d = np.load('a.npy')", False),
    "a question": ("n = int(input('n'))", False),
    "a loop": ("for i in range(3):\n    E = i", False),
    "an assert": ("assert own(3)", False),
    "what needs what was left out": ("y = own(3); z = y + 1", False),
    "a value under a function's name": ("own = 0.5", False),
    "a main guard": ("if __name__ == '__main__':\n    E = 1", False),
    "an if that calls its own": ("if own(3):\n    E = 1", False),
}


@pytest.mark.parametrize(("source", "is_run"), RUN.values(), ids=RUN)
def test_only_definitions_imports_and_plain_assignments_are_run(source: str, is_run: bool) -> None:
    """What trains, plots, prints, tests or reads files is left out; the whole notebook is kept for a second try."""
    found = reading_of(code(START), code(source))
    kept = [unit.source for unit in found.program.units[1:]]
    assert kept == ([source] if is_run else [])
    assert (found.whole is None) is is_run
    assert found.whole is None or found.whole.units[1].source == source


LEFT_OUT = {
    "x = 1; plot(x)": "x = 1; pass",
    "plot(é); x = 'ü'; plot(3)": "pass; x = 'ü'; pass",
    "plot(1,\n  2); x = 1": "pass; x = 1\n",
    "import a\nplot('''\n''')\nimport b": "import a\npass\n\nimport b",
    "try:\n    import a\nexcept E:\n    show(1,\n         2)": "try:\n    import a\nexcept E:\n    pass\n",
    "if a: import b\nelif c: show(1)\nelse:\n    show(2)": "if a: import b\nelif c: pass\nelse:\n    pass",
}


@pytest.mark.parametrize(("source", "left"), LEFT_OUT.items())
def test_what_is_left_out_leaves_all_others_on_their_lines(source: str, left: str) -> None:
    """Also where statements share a line, or stand in a block that would be empty without them."""
    assert run_of(reading_of(code(source))) == left


LINES = st.lists(
    st.sampled_from([
        "x = 1; f(x)", "def f(x):", "    return x", "class Relu:", "  def forward(self, x): return x", "@d", "plot(1)",
        "print 'a'", "%magic", "if x:", "else:", "elif y: g(y)", "z = (1,", ")", '"""', "# Relu", "", "from a import b",
        "def forward(self, x): return x", "Relu.forward = f", "for i in x: y = i", "try:", "except: import k",
        "finally: w = 3", "x = 1; f(", "class A:", "with f() as g: v = 1", "é = 'ä'; plot('ö'); q = 1", "\tt = 1",
        "    %timeit f(x)", "    pass", "f'{a['b']}'", "match x:", "    case 1: y = 2", "x = \\", "\0", "\f", "%%time",
    ]),
    max_size=10,
)  # fmt: skip


@given(st.lists(LINES.map("\n".join), min_size=1, max_size=3))
@example(["class A:"])
@example(["x = 1; f(\n)"])
def test_of_any_cells_what_is_run_is_python_on_the_same_lines(cells: list[str]) -> None:
    """Whatever the cells hold, nothing is raised, and each unit parses and is as long as its cell."""
    found = reading_of(*(("code", cell) for cell in cells))
    for unit in (*found.program.units, *(found.whole.units if found.whole else ())):
        ast.parse(unit.source)
        assert found.program.bindings or unit.source.count("\n") == cells[unit.cell - 1].count("\n")


# ---- what only IPython understands, and what nothing does --------------------------------------------------------

IPYTHON = {
    "%matplotlib inline\nimport a": "\nimport a",
    "% matplotlib inline\nimport a": "\nimport a",
    "!ls\nfiles = !ls\nimport a": "\nfiles = None\nimport a",
    "f?\n?f\nimport a": "\n\nimport a",
    "if a:\n    %time E = 3": "if a:\n    E = 3",
    "import a\nif a:\n    %timeit f()": "import a\n\n",
    "%%timeit -n 3\nE = 3": "\nE = 3",
    "%%latex\n\\frac12": "",
    "%run helper.py": "from helper import *",
    "%pylab inline": "import numpy as np; from numpy import *",
    "  E = 3\n  L = '''\n  a'''\n  %magic": "E = 3\nL = '''\na'''\n",
    ">>> def f():\n...     return 3": "def f():\n    return 3",
    "def f(d):\n    print(f'{d['a']}')": "def f(d):\n    print('...')",
}


@pytest.mark.parametrize(("source", "python"), IPYTHON.items())
def test_cells_are_read_as_ipython_reads_them(source: str, python: str) -> None:
    """Magics, shell lines, help, prompts and a margin cost nothing; a cell of another language is skipped."""
    assert run_of(reading_of(("code", source))).replace("pass", "") == python


KEPT = "\ndef affine_backward(d):\n    return d\n"
BROKEN = {
    "a bracket that is not closed": ("def affine_forward(x):\n    y = (x\n    return y" + KEPT, "affine_forward", 2),
    "one too many": ("def affine_forward(x):\n    return x)" + KEPT, "affine_forward", 2),
    "no colon": ("def affine_forward(x)\n    return x" + KEPT, "affine_forward", 1),
    "half a sum": ("def affine_forward(x):\n    return x +" + KEPT, "affine_forward", 2),
    "a line too far in": ("def affine_forward(x):\n    y = 1\n      z = 1\n    return y" + KEPT, "affine_forward", 3),
    "an assignment to a call": ("def affine_forward(x):\n    f(x) = 3" + KEPT, "affine_forward", 2),
    "nothing in it": ("def affine_forward(x):\n    # to do" + KEPT, "affine_forward", 1),
    "tabs and blanks": ("def affine_forward(x):\n\ty = 1\n        return y" + KEPT, "affine_forward", 3),
    "a decorated one": ("@njit\ndef affine_forward(x)\n    return x" + KEPT, "affine_forward", 2),
    "a line of text": ("and now for affine_backward" + KEPT, "", 0),
    "a method": ("class Relu:\n def forward(self, x):\n  if x < 0\n   x = 0\n def backward(self, d): return d" + KEPT,
                 "Relu.forward", 3),
    "a class": ("class Relu\n  def forward(self, x): return x" + KEPT, "Relu.forward", 1),
    "a class without a body": ("class Relu:\n    # to do" + KEPT, "Relu.backward", 1),
}  # fmt: skip


@pytest.mark.parametrize(("source", "lost", "line"), BROKEN.values(), ids=BROKEN)
def test_the_smallest_broken_piece_costs_only_itself(source: str, lost: str, line: int) -> None:
    """A broken method costs that method; the other functions of its cell keep their places."""
    found = reading_of("# Text", code(source))
    assert found.facts.places["affine_backward"] == (2, source.count("\n", 0, source.index(KEPT)) + 2)
    assert "Relu.backward" in found.facts.places or lost != "Relu.forward" or "Relu.backward" in found.facts.broken
    assert not lost or (found.facts.broken[lost].cell, found.facts.broken[lost].line) == (2, line)
    assert set(found.facts.broken) <= {"affine_forward", "Relu.forward", "Relu.backward"}
    assert found.cells[1].remark.startswith("line ")


def test_a_second_try_that_parses_counts() -> None:
    """And a broken one behind it takes nothing away; but with a stub beside it the broken one is what was written."""
    broken, stub = "def affine_forward(x):\n    return x +", "@njit\ndef affine_forward(x):\n    pass"
    for cells in ([broken, F.replace("f(", "affine_forward(")], [F.replace("f(", "affine_forward("), broken]):
        assert (reading_of(*cells).facts.broken, "affine_forward" in reading_of(*cells).facts.places) == ({}, True)
    for cells in ([broken, stub], [stub, broken]):
        found = reading_of(*cells)
        assert (set(found.facts.broken), found.facts.places, found.facts.untouched) == ({"affine_forward"}, {}, ())
        assert "njit" not in run_of(found)


# ---- methods outside of their classes, and other names -----------------------------------------------------------

BOTH = FORWARD + "\n" + BACKWARD
HEADINGS: dict[str, list[str]] = {
    "headings": ["# Sigmoid - Forward", FORWARD, "# Sigmoid - Backward", BACKWARD],
    "one heading for both": ["## 1. The Sigmoid", FORWARD, BACKWARD],
    "in bold": ["**Sigmoid**", BOTH],
    "in HTML": ["<h2 id='a'>Sigmoid</h2>\n<p>Your turn</p>", BOTH],
    "text in between": ["# Sigmoid", "<p>Unlike Relu</p>\nit is smooth.", BOTH],
    "lower headings": ["## Sigmoid\n### Solution", FORWARD, "### Backward", BACKWARD],
    "a fence": ["## Sigmoid", "<p>\n```\n# Relu\n```", BOTH],
    "comments": [f" \n# Sigmoid\n{FORWARD}", f" \n# TODO: sigmoid_backward\n{BACKWARD}"],
    "a comment below a heading of no class": ["## Sigmoid", BOTH, "## Layers", f"x = 3\n# Relu\n{FORWARD}"],
    "other spellings": ["### sigmoid_forward", FORWARD, "### Sigmoidfunktion", BACKWARD],
    "without self": ["## Sigmoid", "def forward(x):\n    return x, x\n", BACKWARD],
    "an empty class": ["## Sigmoid", "class Sigmoid:\n    def forward(self, x): pass", BOTH],
    "two tries": ["## Sigmoid", "def forward(self, x): pass", "### Solution", BOTH],
}


@pytest.mark.parametrize("cells", HEADINGS.values(), ids=HEADINGS)
def test_a_bare_method_belongs_to_the_class_of_its_heading(cells: list[str]) -> None:
    """Each is bound by a name of its own, on the same lines, and knows its place."""
    found = reading_of(*cells)
    assert set(bound(found)) - {"Relu.forward"} == {"Sigmoid.forward", "Sigmoid.backward"}
    program: dict[str, object] = {}
    for unit in found.program.units:
        exec(unit.source, program)
    for one in found.program.bindings:
        cell, line = found.facts.places[one.criterion]
        assert found.cells[cell - 1].source.split("\n")[line - 1].startswith("def ")
        assert program[one.name].__code__.co_firstlineno == line  # type: ignore[attr-defined]


def test_a_bare_method_that_does_not_parse_is_lost_to_its_class() -> None:
    """The page of one below a heading names the bracket that was not closed; a second try that parses counts."""
    broken = BACKWARD.replace("return", "return (")
    found = reading_of("# Sigmoid", FORWARD, broken)
    assert bound(found) == ["Sigmoid.forward"]
    assert (found.facts.broken["Sigmoid.backward"].cell, found.facts.broken["Sigmoid.backward"].line) == (3, 2)
    assert bound(reading_of("# Sigmoid", broken, BACKWARD)) == ["Sigmoid.backward"]
    assert not reading_of("# Sigmoid", broken, BACKWARD).facts.broken


SCRIPTS = {
    "percent": "# %% [markdown]\n# ### TITLE\n# In words.\n\n# %%\n",
    "a title": "# %% TITLE\n# TODO: your code\n\n",
    "light": "# ### TITLE\n\n# +\n",
    "nbconvert": "# ### TITLE\n\n# In[3]:\n\n\n",
    "a box": "#" * 20 + "\n# TITLE\n" + "#" * 20 + "\n\n",
}


@pytest.mark.parametrize("form", SCRIPTS.values(), ids=SCRIPTS)
def test_in_a_script_comments_are_headings(form: str) -> None:
    """As editors and converters write them; all four functions are in one unit, and each keeps its own."""
    ways = [(owner, way) for owner in ("Sigmoid", "Relu") for way in ("Forward", "Backward")]
    parts = [form.replace("TITLE", f"{o} - {w}") + (FORWARD if w == "Forward" else BACKWARD) + "\n" for o, w in ways]
    found = read_data(b"import a\n\n" + "".join(parts).encode(), "a.py", WANTED)
    assert bound(found) == list(NAMES[:4])
    assert found.facts.is_script
    program: dict[str, object] = {"a": 0}
    exec(run_of(found).replace("import a", ""), program)
    assert len({id(program[one.name]) for one in found.program.bindings}) == 4


@pytest.mark.parametrize("heading", ["# Tanh", "# Relu or Sigmoid", "# leaky_relu", "# Relu6", "## Sigmoid\n# Tanh"])
def test_what_no_heading_names_is_nobodys_method(heading: str) -> None:
    """Nothing is guessed; a hint says where the function is."""
    found = reading_of(heading, FORWARD)
    assert bound(found) == []
    assert "`forward` in cell 2, line 1" in found.facts.hints["Relu.forward"]


@pytest.mark.parametrize(("source", "name"), [
    ("def relu_forward(self, x): return x", "relu_forward"),
    ("def relu_forward(self, x): pass", "relu_forward"),
    ("def fc(x): return x\ndef affine_forward(x): pass", "fc"),
    ("def fc(x): return x\ndef affine_forward(x): return x", ""),
    ("class ReLU:\n    def forward(self, x): return x", "ReLU.forward"),
    ("class Relu:\n    def forward(self, x): pass\ndef relu_forward(x): return x", "relu_forward"),
    ("class Relu:\n    def forward(self, x): return x\ndef relu_forward(x): return x", ""),
    ("class Relu:\n    def backward(self, d): return d\ndef relu_forward(x): return x", ""),
    ("class Relu: pass\nclass Sigmoid: pass\ndef forward(self, x): return x\nRelu.forward = forward", ""),
])  # fmt: skip
def test_another_name_counts_where_the_class_is_not_written(source: str, name: str) -> None:
    """A function beside a class that somebody wrote is no method of it."""
    found = reading_of(code(source))
    criterion = "affine_forward" if "fc" in source else "Relu.forward"
    assert [(one.criterion, one.name) for one in found.program.bindings] == ([(criterion, name)] if name else [])
    assert not name or criterion in found.facts.places


# ---- as the hand-out left it -------------------------------------------------------------------------------------

STUB = "def affine_forward(x, w):\n    out, cache = None, None\n    # TODO\n    return out, cache\n"
SAME = [
    "def affine_forward(x, w):\n    '''A.'''\n    out , cache=None,(None)\n    # x\n    pass\n    return (out, cache)",
    "@njit\ndef affine_forward(x,w): out, cache = None, None; return out, cache",
    "def affine_forward(x, w):\n    ...",
    "def affine_forward(x, w):\n    raise NotImplementedError('x')",
    "def affine_forward(x, w):\n    return None, None",
]
OTHER = [
    STUB.replace("None, None", "None, x"), STUB.replace("x, w", "x, b"), STUB.replace("# TODO", "out = x"),
    "def affine_forward(x, w):\n    return 0", "affine_forward = 3", "def affine_forward(x, w):\n    raise OSError",
]  # fmt: skip


@pytest.mark.parametrize("source", [*SAME, *OTHER])
def test_an_untouched_function_is_known_in_any_layout(source: str) -> None:
    """Comments, docstrings, layout and placeholders do not make a stub an attempt; any other change does."""
    wanted = Wanted(NAMES, untouched={"affine_forward": (digests(STUB.encode(), "a.py", NAMES)["affine_forward"],)})
    assert reading_of(code(source), wanted=wanted).facts.untouched == (("affine_forward",) if source in SAME else ())


def test_what_is_defined_last_counts() -> None:
    """A stub below the work replaces it, as in Python; so does a class without the method."""
    found = reading_of("def affine_forward(x):\n    return x", "def affine_forward(x):\n    pass")
    assert found.facts.untouched == ("affine_forward",)
    found = reading_of("class Relu:\n  def forward(self): return 3", "class Relu:\n  def backward(self): return 3")
    assert set(found.facts.places) == {"Relu.backward"}


@pytest.mark.parametrize(("source", "name", "near"), [
    ("def affine_forwad(x): return x", "affine_forward", "affine_forwad"),
    ("class Relu:\n    def foward(self, x): return x", "Relu.forward", "Relu.foward"),
    ("class ReLu:\n    def forward(self, x): return x", "Relu.forward", "ReLu.forward"),
    ("def sigmoid_foward(x): return x", "Sigmoid.forward", "sigmoid_foward"),
    ("def affine_backward(x): return x", "affine_forward", ""),
    ("def forward_affine(x): return x", "affine_forward", ""),
    ("x = affine_forwad = 3", "affine_forward", ""),
])  # fmt: skip
def test_a_name_that_is_nearly_there_is_reported(source: str, name: str, near: str) -> None:
    """Of functions only; a graded name is never taken for another one."""
    hint = reading_of(code(source)).facts.hints.get(name, "")
    assert (f"`{near}` in cell 1" in hint) if near else not hint


# ---- modules of the submission's own -----------------------------------------------------------------------------

MODULES: dict[str, tuple[dict[str, str], tuple[str, ...], dict[str, tuple[int, int]]]] = {
    "beside it": ({"ex.py": f"from own import f\n{G}", "own.py": F}, ("own",), {"f": (2, 1), "g": (1, 2)}),
    "all of it": ({"ex.py": "from own import *", "own.py": F + G}, ("own",), {"f": (2, 1), "g": (2, 3)}),
    "under another name": ({"ex.py": "from own import k as f", "own.py": "k = len"}, ("own",), {"f": (2, 1)}),
    "in a package": (
        {"ex.py": "from a.b import f", "a/__init__.py": "", "a/b.py": f"from .c import x\n{F}", "a/c.py": "x = 1"},
        ("a", "a.b", "a.c"), {"f": (2, 2)},
    ),
    "that hands it on": ({"ex.py": "from a import f", "a.py": "from b import *", "b.py": F}, ("a", "b"), {"f": (3, 1)}),
    "in a function": ({"ex.py": "def f(x):\n    import own\n    return own", "own.py": ""}, ("own",), {"f": (1, 1)}),
    "of a package, side by side": ({"ex.py": "from course.own import f", "own.py": F}, ("course.own",), {"f": (2, 1)}),
    "given with the exercise": ({"ex.py": "from given import f"}, ("given",), {"f": (2, 1)}),
    "its own before that": ({"ex.py": "from given import f", "given.py": f"\n{F}"}, ("given",), {"f": (2, 2)}),
    "of Python's own name": ({"ex.py": f"import random\n{F}", "random.py": ""}, (), {"f": (1, 2)}),
    "a ring": ({"ex.py": "from a import *", "a.py": f"import b\n{F}", "b.py": "import a"}, ("a", "b"), {"f": (2, 2)}),
}  # fmt: skip


@pytest.mark.parametrize(("files", "modules", "places"), MODULES.values(), ids=MODULES)
def test_what_a_file_imports_comes_with_it(
    files: dict[str, str], modules: tuple[str, ...], places: dict[str, tuple[int, int]]
) -> None:
    """Own modules are found as Python finds them, are cells behind the file's own, and their names are placed there."""
    beside = {name: text.encode() for name, text in files.items()}
    wanted = Wanted(("f", "g"), files={"given.py": F, "data.csv": "1,2"})
    found = read_data(beside["ex.py"], "ex.py", wanted, beside)
    assert set(found.program.modules) == set(modules)
    assert found.facts.places == places
    assert list(found.facts.files) == list(range(2, 2 + len(modules)))
    assert found.program.files == {"data.csv": b"1,2"}


def test_on_the_students_own_disk_modules_are_found_beside_the_file(tmp_path: Path) -> None:
    """In a class they are not: the files beside one student's are those of others."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "own.py").write_text(F)
    (tmp_path / "ex.py").write_text("from lib.own import f")
    found = read(one_submission(tmp_path / "ex.py", own_work=True), Wanted(("f",)))
    assert (found.program.modules, found.facts.places) == ({"lib.own": F}, {"f": (2, 1)})
    assert not read(one_submission(tmp_path / "ex.py"), Wanted(("f",))).program.modules


def test_of_a_module_only_definitions_are_run_and_what_is_broken_there_is_reported_there() -> None:
    """A helper that trains below its functions is no reason to wait."""
    own = f"import a\n{F}f(3)\ndef g(x:\n    pass\n"
    found = read_data(b"from own import *", "ex.py", Wanted(("f", "g")), {"own.py": own.encode()})
    assert found.program.modules["own"] == f"import a\n{F}pass\npass\n\n"
    assert found.whole is not None
    assert found.whole.modules["own"].count("f(3)") == 1
    assert (found.facts.broken["g"].file, found.facts.broken["g"].line) == ("own.py", 5)


# ---- which file --------------------------------------------------------------------------------------------------

GIVEN = f"{F}{G}GIVEN = 1\n"
FILES: dict[str, tuple[dict[str, str], str]] = {
    "the one with work in it": ({"a.py": "x = 1", "b.py": F}, "b.py"),
    "most functions": ({"ex_v2.py": F, "ex_v1.py": F + G}, "ex_v1.py"),
    "no stub": ({"a.py": "def f(x): pass\ndef g(x): pass", "b.py": F}, "b.py"),
    "the newest version": ({"ex.py": F + G, "ex_v9.py": F + G, "ex_v10.py": F + G}, "ex_v10.py"),
    "the last download": ({"ex.py": F + G, "ex (1).py": F + G, "ex-Copy1.py": F + G}, "ex (1).py"),
    "the name of the exercise": ({"a.py": F + G, "exercise_05.py": F + G}, "exercise_05.py"),
    "the folder of the exercise": ({"exercise_05/a.py": F, "exercise_06/a.py": F}, "exercise_05/a.py"),
    "the file itself before what imports it": ({"a.py": "from layer import *", "layer.py": F + G}, "layer.py"),
    "what imports half before that half": ({"ex.py": f"from half import f\n{G}", "half.py": F}, "ex.py"),
    "no file that was given": ({"given.py": GIVEN + "\n", "mine.py": F}, "mine.py"),
    "what parses": ({"a.py": F + "def g(x:\n    pass", "b.py": F + G}, "b.py"),
    "beside what cannot be read": ({"a.ipynb": "{", "b.py": F}, "b.py"),
}


def folder_of(at: Path, files: dict[str, str]) -> Submission:
    for name, text in files.items():
        (at / "ada" / name).parent.mkdir(parents=True, exist_ok=True)
        (at / "ada" / name).write_text(text)
    return one_submission(at / "ada")


@pytest.mark.parametrize(("files", "taken"), FILES.values(), ids=FILES)
def test_the_file_in_which_most_is_written_is_graded(tmp_path: Path, files: dict[str, str], taken: str) -> None:
    """Among equals its name decides, then its version; a note names the others."""
    found = read(folder_of(tmp_path, files), Wanted(("f", "g"), files={"given.py": GIVEN}, assignment="exercise_05"))
    assert found.file == f"ada/{taken}"
    assert found.sha256 == hashlib.sha256(files[taken].encode()).hexdigest()
    assert any(f"Of {len(files)} files, ada/{taken} was graded" in note for note in found.facts.notes)
    assert any(note.startswith("Not read: ada/a.ipynb") for note in found.facts.notes) is ("a.ipynb" in files)


def test_work_that_is_spread_over_files_is_put_together(tmp_path: Path) -> None:
    """Only what the graded file has not at all is taken from another one, and a note says so."""
    found = read(folder_of(tmp_path, {"a.py": F, "b.py": G}), Wanted(("f", "g")))
    assert (found.file, found.facts.places) == ("ada/a.py", {"f": (1, 1), "g": (3, 1)})
    assert "Not in ada/a.py, and taken from ada/b.py: g." in found.facts.notes
    (tmp_path / "2").mkdir()
    found = read(folder_of(tmp_path / "2", {"a.py": F + "def g(x): pass", "b.py": G}), Wanted(("f", "g")))
    assert found.facts.untouched == ("g",)


@pytest.mark.parametrize(("files", "file"), [
    ({"b.ipynb": "{"}, "ada/b.ipynb"), ({"a.py": "x = 1", "b.ipynb": "{"}, "ada/b.ipynb"), ({"a.py": ""}, "ada/a.py"),
])  # fmt: skip
def test_where_nothing_is_written_in_what_can_be_read_the_other_file_is_named(
    tmp_path: Path, files: dict[str, str], file: str
) -> None:
    """All work may be in the file that cannot be read: that is no zero."""
    submission = folder_of(tmp_path, files)
    with pytest.raises(SubmissionError) as refused:
        read(submission, Wanted(("f",)))
    assert refused_file(submission, refused.value) == (file, hashlib.sha256(files[file[4:]].encode()).hexdigest())


# ---- forms of files ----------------------------------------------------------------------------------------------

SOURCE = "def affine_forward(x):\n    return x\n"
OLD = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "Sigmoid"},
       {"cell_type": "code", "input": [FORWARD]}, {"cell_type": "code", "input": SOURCE}]}]}  # fmt: skip
FENCES = "# T\n\n{}\n" + SOURCE + "```\n\nmore\n"
BOMB = "jupyter:\n a: &a [x]\n" + "".join(f" {b}: &{b} [{f'*{a},' * 9}]\n" for a, b in pairwise("abcdefghi"))
FORMS = {
    "version 4": (notebook("# T", SOURCE), "a.ipynb", (2, 1)),
    "version 3": (json.dumps(OLD).encode(), "a.ipynb", (3, 1)),
    "under another ending": (notebook("# T", SOURCE), "a.ipynb.txt", (2, 1)),
    "a notebook called .py": (notebook("# T", SOURCE), "a.py", (2, 1)),
    "text behind its end": (notebook("# T", SOURCE) + b"\0\0 }", "a.ipynb", (2, 1)),
    "UTF-16": (notebook("# T", SOURCE).decode().encode("utf-16"), "a.ipynb", (2, 1)),
    "a script": (b"\xef\xbb\xbf\r\n" + SOURCE.replace("\n", "\r\n").encode(), "a.py", (1, 2)),
    "Latin-1": (b"# \xe4\n" + SOURCE.encode(), "a.py", (1, 2)),
    "half a letter": (notebook("# T", ("code", "# \ud83d\n" + SOURCE)), "a.ipynb", (2, 2)),
    "a script called .ipynb": (b"import a\n" + SOURCE.encode(), "a.ipynb", (1, 2)),
    "Markdown": (FENCES.format("```python").encode(), "a.md", (2, 1)),
    "MyST": (("---\nkernelspec:\n  name: python3\n---\n" + FENCES.format("```{code-cell}")).encode(), "a.md", (2, 1)),
    "Quarto": (FENCES.format("```{python}").encode(), "a.qmd", (2, 1)),
    "a heading of any level": (json.dumps(OLD).replace("2,", f"{10**18},").encode(), "a.ipynb", (3, 1)),
    "YAML that would grow without end": (f"--- \n{BOMB}---\n{FENCES.format('```python')}".encode(), "a.md", (2, 1)),
    "the same in a cell": (FENCES.format(f"```{{code-cell}}\n---\n{BOMB}---").encode(), "a.md", (2, 1)),
    "half a million blanks": (b" " * 400_000 + FENCES.format("```python").encode(), "a.md", (2, 1)),
    "options without end": (FENCES.format("```{python " + 'a={"b": ' * 40_000).encode(), "a.md", (2, 1)),
}


@pytest.mark.parametrize(("data", "file", "place"), FORMS.values(), ids=FORMS)
def test_each_form_of_a_notebook_is_read(data: bytes, file: str, place: tuple[int, int]) -> None:
    """With cells counted as Jupyter shows them, and lines in a script as an editor does."""
    found = read_data(data, file, WANTED)
    assert found.facts.places["affine_forward"] == place
    assert found.facts.is_script is (place[0] == 1)
    assert bound(found) == (["Sigmoid.forward"] if b"worksheets" in data else [])


CONFLICT = f"<<<<<<< HEAD\n{SOURCE}=======\n{F}>>>>>>> theirs\n".encode()
UNREADABLE = {
    "nothing": (b" \n", "is empty"),
    "a zip": (b"PK\x03\x04...", "an archive or an Office document"),
    "a PDF": (b"%PDF-1.5", "a PDF"),
    "a picture": (b"\x89PNG", "a picture"),
    "a page": (b"<html>def f(x):</html>", "an HTML page"),
    "marimo": (b"app = marimo.App()\n@app.cell\ndef _():\n    def f(x): return x\n", "a marimo notebook"),
    "words": (b"See my other file.", "it is text"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
    "half a notebook": (notebook(SOURCE)[:-9], "not a whole notebook (line 1)"),
    "half of UTF-16": (codecs.BOM_UTF16_LE + b"{\0", "not a whole notebook"),
    "a merge conflict": (b'{"cells": [\n' + CONFLICT + b"]}", "merge conflict"),
    "no notebook": (b'{"a": 1}', "JSON, but not a notebook"),
    "cells of another form": (b'{"cells": [1, {"cell_type": [], "source": 3}]}', "JSON, but not a notebook"),
    "a heading without end": (b'{"cells": [{"cell_type": "heading", "level": 1e999}]}', "JSON, but not a notebook"),
    "too many values": (b'{"a": [' + b"[]," * 800_000 + b"0]}", "more than 1,500,000 values"),
    "nested without end": (b'{"cells":' * 9_000, "not a notebook"),
    "too much code": (notebook("x = 1\n" * 100_000), "more than 500,000 characters"),
    "too many lines": (notebook("\n" * 20_001), "20,000 lines of code"),
    "too many cells": (notebook(*["x"] * 5_001), "more than 5,000 cells"),
    "too many marks": (notebook("x" + "\u0301\u0323" * 1_000), "too many marks"),
    "too many parts": (notebook("import a" + ".b" * 1_000), "too many parts"),
    "too many braces": (notebook("f'" + "{x}" * 5_000), "too many braces"),
}


@pytest.mark.parametrize(("data", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_says_why(data: bytes, words: str) -> None:
    """One sentence with the file's name and the reason, and the next step."""
    with pytest.raises(SubmissionError) as refused:
        read_data(data, "week 5.ipynb", WANTED)
    assert str(refused.value).startswith("week 5.ipynb ")
    assert words in str(refused.value)
    assert refused.value.hint


DEEP = {
    "a chain of elif": "if a:\n    x = 0\n" + "".join(f"elif a == {n}:\n    x = {n}\n" for n in range(1_500)),
    "a sum": "x = " + "+".join("y" * 2_900), "a long sum": "x = " + "+".join("y" * 30_000),
    "brackets": "x = " + "[" * 5_000 + "]" * 5_000, "lambdas": "x = " + "lambda: " * 300 + "1",
    "names": "".join(f"x{n} = 1\n" for n in range(9_000)), "bare methods": FORWARD * 9_000,
    "broken pieces": "x = (\ndef f(): pass\n" * 1_000, "long lines of magic": "%time " + "a, " * 50_000,
    "an open f-string": "f'" + "{x}" * 4_000 + "\n(", "one class again and again": "class A: pass\n" * 9_000,
}  # fmt: skip


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_code_without_measure_ends_nothing_and_is_read_in_time(source: str) -> None:
    """However long or deep it is, the function in another cell is there."""
    began = time.thread_time()
    assert "affine_forward" in reading_of(code(source), SOURCE).facts.places
    assert time.thread_time() - began < 10
