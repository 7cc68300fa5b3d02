"""A function that is not right is given all cells, where what it comes to may be set up by one that was left out.

takes: notebooks whose tables are filled in ways that nobody looks for; the exam that ships.
gives: one promise a test, said in its docstring.
must not know: pages.
"""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader.answer_key import load_key
from grader.assignment import Limits
from grader.errors import SandboxError
from grader.extract.flow.doubt import in_doubt
from grader.extract.flow.lasting import lasting
from grader.extract.flow.selection import select
from grader.extract.flow.statements import Statement
from grader.gradebook import Record
from grader.intake import Candidate, Submission
from grader.pipeline import Desk, examine
from grader.sandbox import Level, Sandbox
from grader.sandbox.worker import Worker

# ---- which functions are in doubt --------------------------------------------------------------------------------

WANTED = ("Relu.forward", "shift", "scale")
FUNCTIONS = """
import numpy as np
class Relu:
    def forward(self, x):
        return np.maximum(x, 0)
def step():
    return STEP
def shift(x):
    return x + step()
def scale(x):
    return x * SCALE
"""
DOUBT = {
    "numbers and texts, which no other line can change": ("STEP = -1.5\nSCALE = (1, 'a')\nprint(shift(2))", set()),
    "a list, whoever fills it": ("STEP = []\nSCALE = 1\nlist(map(STEP.append, [1]))", {"shift"}),
    "a list, where nothing was left out": ("STEP = [1]\nSCALE = 1", set()),
    "what another name leads to": ("TABLE = {}\nSTEP = TABLE\nSCALE = 1\nprint(3)", {"shift"}),
    "a list that no graded function comes to": ("LOSSES = []\nSTEP = SCALE = 1\nprint(LOSSES)", set()),
    "a name that only a line makes which was left out": ("STEP = 1\nget_ipython().push({'SCALE': 2})", {"scale"}),
    "a name that nothing makes": ("STEP = 1\nprint(3)", set()),
    "a name that a function makes global": (
        "STEP = None\ndef begin():\n    global STEP\nfor _ in [begin]: _()",
        {"shift"},
    ),
    "a function that something is done to": ("STEP = SCALE = 1\nstep.register(int, str)", {"shift"}),
    "a class whose children a loop sets something in": (
        "STEP = SCALE = 1\nclass Base: pass\nclass Relu(Base): pass\nfor c in Base.__subclasses__():\n    c.one = 1",
        {"Relu.forward"},
    ),
    "a class that a loop only looks at": (
        "STEP = SCALE = 1\nclass Base: pass\nclass Relu(Base): pass\nfor c in Base.__subclasses__():\n    print(c)",
        set(),
    ),
    "a module that something is done to": ("STEP = SCALE = 1\nnp.set_printoptions(3)", set()),
    "a list within the class": ("STEP = SCALE = 1\nclass Relu:\n    seen = []\nprint(Relu.seen)", {"Relu.forward"}),
    "a list that is put on the class": ("STEP = SCALE = 1\nRelu.seen = []\nprint(3)", {"Relu.forward"}),
}


@pytest.mark.parametrize(("source", "found"), DOUBT.values(), ids=DOUBT.keys())
def test_what_may_be_set_up_by_a_line_that_is_left_out_is_in_doubt(source: str, found: set[str]) -> None:
    """What holds something that can be filled, and what has no maker among the lines that are run."""
    text = FUNCTIONS + source
    statements = [Statement(node, ast.get_source_segment(text, node) or "") for node in ast.parse(text).body]
    assert in_doubt(statements, select([], statements, WANTED), WANTED) == found


LASTING = {
    "nothing but functions": ("STEP = SCALE = 1", set()),
    "a list in a class": ("STEP = SCALE = 1\nclass Relu:\n    seen = []", {"Relu.forward"}),
    "a number in a class": ("STEP = SCALE = 1\nclass Relu:\n    seen = 0", set()),
    "a number that a class counts up": (
        "STEP = SCALE = 1\nclass Relu:\n    n = 0\n    def forward(self, x):\n        Relu.n += 1",
        {"Relu.forward"},
    ),
    "the same by its type": (
        "STEP = SCALE = 1\nclass Relu:\n    def forward(self, x):\n        type(self).n = x",
        {"Relu.forward"},
    ),
    "a number on the object": (
        "STEP = SCALE = 1\nclass Relu:\n    n = 0\n    def forward(self, x):\n        self.n += 1",
        set(),
    ),
    "a default that can be filled": ("SCALE = 1\ndef step(seen=[]):\n    return seen", {"shift"}),
    "a default that cannot": ("SCALE = 1\ndef step(seen=None, eps=1e-8):\n    return seen", set()),
    "on a function": ("SCALE = 1\ndef step():\n    step.n = 1", {"shift"}),
    "a list of the program": ("STEP = []\nSCALE = 1", {"shift"}),
    "a global name": ("STEP = 1\ndef scale(x):\n    global SCALE\n    SCALE = x", {"scale"}),
}


@pytest.mark.parametrize(("source", "found"), LASTING.values(), ids=LASTING.keys())
def test_what_may_outlive_a_call_is_looked_for_where_a_function_comes_to_it(source: str, found: set[str]) -> None:
    """In a class, a default, on a function, or under a name of the program; what is on an object is not meant."""
    text = FUNCTIONS + source
    statements = [Statement(node, ast.get_source_segment(text, node) or "") for node in ast.parse(text).body]
    assert lasting(statements, select([], statements, WANTED), WANTED) == found


# ---- what comes of it --------------------------------------------------------------------------------------------

RELU = """class Relu:
    def forward(self, x):
        return np.maximum(x, 0), x
    def backward(self, dout, cache):
        return dout * (cache > 0)
"""
AFFINE = """def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout / len(x), dout.mean(axis=0)
"""
SIGMOID = """class Sigmoid:
    def forward(self, x):
        out = {}
        return out, out
    def backward(self, dout, cache):
        return dout * cache * (1 - cache)
"""
LISTED = "ONE[0] / (1 + np.exp(-x))"
REGISTER = """FOUND = {}
def register(name):
    def put(f):
        FOUND[name] = f
        return f
    return put
def logistic(x):
    return 1 / (1 + np.exp(-x))
"""
SET_UP = {
    "a list under another name": ("ONE = []\nmore = ONE", "more.append(1.0)", LISTED),
    "a list that map fills": ("ONE = []", "list(map(ONE.append, [1.0]))", LISTED),
    "a function that is registered": (REGISTER, "register('sigmoid')(logistic)", "FOUND['sigmoid'](x)"),
    "arguments of a command line": (
        "import argparse\nasked = argparse.ArgumentParser()",
        "asked.add_argument('--one', default=1.0)\nargs = asked.parse_args([])",
        "args.one / (1 + np.exp(-x))",
    ),
    "one more kind that a function takes": (
        "from functools import singledispatch\n@singledispatch\ndef logistic(x):\n    raise TypeError(x)",
        "logistic.register(np.ndarray, lambda x: 1 / (1 + np.exp(-x)))",
        "logistic(x)",
    ),
}
ALL_RIGHT = [10, 15, 10, 15, 20, 30]


@pytest.fixture(scope="module")
def desk(key: Path, sandbox: Sandbox) -> Desk:
    return Desk(load_key(key / "exercise_05.key.npz"), sandbox)


def record_of(desk: Desk, folder: Path, *cells: str) -> Record:
    listed = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    file = folder / "exercise_05.ipynb"
    file.write_text(json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return examine(desk, Submission("student-01", "student-01", (Candidate("exercise_05.ipynb", file),)))[0]


def points(record: Record) -> list[int | None]:
    return [None if one.points is None else int(one.points) for one in record.criteria]


def told(record: Record) -> list[str]:
    return [note for note in record.notes if "all cells were run in order" in note]


@pytest.mark.parametrize(("made", "set_up", "value"), SET_UP.values(), ids=SET_UP.keys())
def test_what_other_cells_set_up_counts(desk: Desk, tmp_path: Path, made: str, set_up: str, value: str) -> None:
    """Whichever way they do it; and the file's notes say for which functions all cells were run."""
    record = record_of(desk, tmp_path, "import numpy as np", made, set_up, SIGMOID.format(value), RELU, AFFINE)
    assert points(record) == ALL_RIGHT
    (note,) = told(record)
    assert note.startswith("For Sigmoid.forward, Sigmoid.backward all cells were run")


NO_GAIN = {
    "no better with all cells": ("ONE = [2.0]\nprint(ONE)", SIGMOID.format(LISTED), ""),
    "worse with all cells": (
        "ONE = [1.0]",
        SIGMOID.format("ONE[0] / (1 + np.exp(-x)) + 1"),
        "ONE[:] = [0.0]\nONE.sort()",
    ),
    "nothing in doubt": ("ONE = 2.0", SIGMOID.format("ONE / (1 + np.exp(-x))"), "print(ONE)"),
}


@pytest.mark.parametrize(("made", "layer", "later"), NO_GAIN.values(), ids=NO_GAIN.keys())
def test_what_gains_nothing_stays_as_it_was(desk: Desk, tmp_path: Path, made: str, layer: str, later: str) -> None:
    """A wrong forward earns what it did, its backward too, and nothing is said of other cells."""
    record = record_of(desk, tmp_path, "import numpy as np", made, layer, RELU, AFFINE, later)
    assert points(record)[0] == 0
    assert points(record)[1:] == ALL_RIGHT[1:]
    assert told(record) == []


def test_what_was_right_keeps_its_first_answers(desk: Desk, tmp_path: Path) -> None:
    """All cells may break other functions, or never end: these are not asked again."""
    cells = [
        "import numpy as np\nONE = []",
        "more = ONE\nmore.append(1.0)",
        SIGMOID.format(LISTED),
    ]
    record = record_of(desk, tmp_path, *cells, RELU, AFFINE, "import os\nlist(map(setattr, [Relu], ['forward'], [1]))")
    assert points(record) == ALL_RIGHT
    assert len(told(record)) == 1


def test_a_pair_is_answered_by_one_run(desk: Desk, tmp_path: Path) -> None:
    """Backward, which was right with the reference's cache alone, is asked again with its forward: the same points."""
    cells = ["import numpy as np\nONE = []\nmore = ONE", "more.append(1.0)"]
    late = SIGMOID.format(LISTED).replace("out, out", "out, (ONE, out)")
    late = late.replace("dout * cache * (1 - cache)", "dout * cache[1] * (cache[0][0] - cache[1])")
    assert points(record_of(desk, tmp_path, *cells, late, RELU, AFFINE)) == ALL_RIGHT


class OnceOnly:
    """A sandbox that starts one process, and then fails, as where a machine runs out of memory."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._left = sandbox, 1
        self.failed = False
        self.level: Level = sandbox.level

    def start(self, limits: Limits, load_seconds: float) -> Worker:
        if not self._left:
            self.failed = True
            raise SandboxError("no process was made")
        self._left -= 1
        return self._sandbox.start(limits, load_seconds)

    def close(self) -> None:
        self._sandbox.close()


def test_a_failure_of_ours_is_nobodys_loss(desk: Desk, tmp_path: Path) -> None:
    """What all cells would have earned is not known then: the pair is not graded, which is tried again; no zero."""
    cells = [
        "import numpy as np\nONE = []\nmore = ONE",
        "more.append(1.0)",
        SIGMOID.format(LISTED),
    ]
    record = record_of(replace(desk, sandbox=OnceOnly(desk.sandbox)), tmp_path, *cells, RELU, AFFINE)
    assert record.status == "partly graded"
    assert points(record) == [None, None, *ALL_RIGHT[2:]]


def test_the_time_that_a_hand_in_has_in_all_is_not_given_twice(desk: Desk, tmp_path: Path) -> None:
    """One that has used it up is not begun again: it would hold up a class for twice what its author allows."""
    limits = replace(desk.key.rubric.limits, total_seconds=0.3)
    key = replace(desk.key, rubric=replace(desk.key.rubric, limits=limits))
    sandbox = OnceOnly(desk.sandbox)
    slow = SIGMOID.format("time.sleep(0.2) or ONE[0] / (1 + np.exp(-x))")
    cells = ["import numpy as np, time\nONE = []\nmore = ONE", "more.append(1.0)", slow]
    record = record_of(replace(desk, key=key, sandbox=sandbox), tmp_path, *cells, RELU, AFFINE)
    assert record.status == "graded"
    assert not sandbox.failed
