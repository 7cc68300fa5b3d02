"""What older numpy took: programs that use it run, and what was refused by all is still refused.

takes: expressions, each run in a process whose numpy takes old ways; small programs, graded in the sandbox.
gives: one promise a test, said in its docstring.
must not know: how numpy is brought to it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_wording import RULE

from grader.assignment import Limits
from grader.extract import extract
from grader.feedback.note_wording import say_note
from grader.harness.surroundings.old_ways import _FUNCTIONS
from grader.judge import Kind, Note, NoteKind, Verdict
from grader.sandbox import Sandbox, open_sandbox, sit
from grader.sandbox.plain import Plain
from grader.wire import OLD_WAYS, Outcome, Question, Status, Step

NEW = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 4)

# an expression, what it gives, and the old way that it uses
TAKEN = [
    ("float(one)", 3.0, "one element"),
    ("float(np.array([[2]]))", 2.0, "one element"),
    ("float(np.matrix([[2.0]]))", 2.0, "one element"),
    ("float(np.ones(1, np.float32))", 1.0, "one element"),
    ("float(np.array([[7.0]], dtype=object))", 7.0, "one element"),
    ("int(np.full((1, 1), 2.9))", 2, "one element"),
    ("complex(one).real", 3.0, "one element"),
    ("math.exp(0 * one)", 1.0, "one element"),
    ("'%.1f' % one", "3.0", "one element"),
    ("put(np.zeros(2), 0, one)", [3.0, 0.0], "one element"),
    ("put(np.zeros((1, 2)), (0, 1), np.dot(np.ones((1, 3)), np.ones((3, 1))))", [[0.0, 3.0]], "one element"),
    ("put(np.zeros(2, int), 0, one)", [3, 0], "one element"),
    ("put(np.zeros(2, np.float32), 0, one)", [3.0, 0.0], "one element"),
    ("put(np.zeros(2, complex), 0, one).real", [3.0, 0.0], "one element"),
    ("put(np.zeros((2, 2)).flat, 3, max(one, 0)).base", [[0.0, 0.0], [0.0, 3.0]], "one element"),
    ("np.fromiter((one for _ in range(2)), float)", [3.0, 3.0], "one element"),
    ("np.vectorize(lambda v: one if v > 0 else 0.0)(np.ones(2))", [3.0, 3.0], "one element"),
    ("np.sum(d for d in [1, 2])", 3, "generator"),
    ("np.sum((d for d in np.ones((2, 2))), axis=0)", [2.0, 2.0], "generator"),
    ("np.reshape(np.arange(2), newshape=(2, 1))", [[0], [1]], "newshape"),
    ("np.reshape(np.arange(4), newshape=(2, 2), order='F')", [[0, 2], [1, 3]], "newshape"),
    ("np.array([1, 2], copy=False)", [1, 2], "copy=False"),
    ("np.array(np.arange(2), dtype=float, copy=False)", [0.0, 1.0], "copy=False"),
    ("call(np.zeros(2), 'itemset', 1, 5)", [0.0, 5.0], "itemset"),
    ("call(np.zeros((2, 2)), 'itemset', 3, 5)", [[0.0, 0.0], [0.0, 5.0]], "itemset"),
    ("call(np.zeros((2, 2)), 'itemset', (1, 0), 5)", [[0.0, 0.0], [5.0, 0.0]], "itemset"),
    ("call(np.zeros((2, 2)), 'itemset', 1, 0, 5)", [[0.0, 0.0], [5.0, 0.0]], "itemset"),
    ("call(np.zeros((1, 1)), 'itemset', 5)", [[5.0]], "itemset"),
    ("np.array([1.0, 4.0]).ptp()", 3.0, "ptp"),
    ("np.array([[1.0, 4.0]]).ptp(axis=1, keepdims=True)", [[3.0]], "ptp"),
    ("np.matrix([[1.0, 4.0]]).ptp()", 3.0, ""),
    ("len(np.zeros(2).tostring())", 16, "tostring"),
    ("np.ones(1, '<i2').newbyteorder('>')", [256], "newbyteorder"),
]
# an expression, and what it raises in every numpy
REFUSED = [
    ("float(np.ones(2))", "TypeError"),
    ("float(np.ones(0))", "TypeError"),
    ("float(np.array(['a']))", "ValueError"),
    ("int(np.ones((2, 1)))", "TypeError"),
    ("math.exp(np.ones(3))", "TypeError"),
    ("put(np.zeros(2), 0, np.ones(2))", "ValueError"),
    ("put(np.zeros(2), 0, [1.0, 2.0])", "ValueError"),
    ("[1, 2][np.ones(1, int)]", "TypeError"),
    ("np.array([[1], [1, 2]])", "ValueError"),
    ("np.array([[1], [1, 2]], copy=False)", "ValueError"),
    ("np.reshape(np.ones(3), newshape=(2, 2))", "ValueError"),
    ("np.reshape(np.ones(3), form=3)", "TypeError"),
    ("call(np.zeros((2, 2, 2)), 'itemset', 1, 0, 5)", "ValueError"),
    ("call(np.zeros(2), 'itemset', 5)", "ValueError"),
    ("np.ones(2).no_such_method()", "AttributeError"),
    ("setattr(np.ndarray, 'ptp', None)", "TypeError"),
]
# an expression that all numpys take: the same result, and nothing is told
AS_EVER = [
    ("float(np.array(2.5))", 2.5),
    ("int(np.array(2.5))", 2),
    ("complex(np.array(2.5)).real", 2.5),
    ("put(np.zeros(2), 0, np.array(3.0))", [3.0, 0.0]),
    ("put(np.zeros(2), 0, np.ones(2)[0])", [1.0, 0.0]),
    ("np.sum([1, 2])", 3),
    ("np.sum(np.ones((2, 2)), 0, keepdims=True)", [[2.0, 2.0]]),
    ("np.reshape(np.arange(2), (2, 1))", [[0], [1]]),
    ("np.array(np.arange(2), copy=False)", [0, 1]),
    ("np.array([1, 2], float, ndmin=2)", [[1.0, 2.0]]),
    ("np.ptp(np.array([1.0, 4.0]))", 3.0),
]
ASK = """
import json, math, sys, warnings
import numpy as np
from grader.harness.surroundings import old_ways

def put(array, index, value):
    array[index] = value
    return array

def call(array, method, *given):
    getattr(array, method)(*given)
    return array

one = np.full(1, 3.0)
warnings.simplefilter("ignore")
sources = json.load(sys.stdin)
old_ways.serve_old_ways()
old_ways.serve_old_calls(np, sources)
for source in sources:
    old_ways.used.clear()
    try:
        got = eval(source)
    except Exception as error:
        got = type(error).__name__
    plain = got.tolist() if isinstance(got, (np.ndarray, np.generic)) else got
    print(json.dumps([source, plain, sorted(old_ways.used)]))
"""


@pytest.fixture(scope="module")
def answered() -> dict[str, tuple[Any, list[str]]]:
    sources = [entry[0] for entry in (*TAKEN, *REFUSED, *AS_EVER)]
    done = subprocess.run(
        [sys.executable, "-c", ASK], input=json.dumps(sources), capture_output=True, text=True,
        cwd=Path(__file__).parent.parent, check=True,
    )  # fmt: skip
    return {source: (got, used) for source, got, used in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize(("source", "due", "way"), TAKEN)
def test_what_older_numpy_took_is_taken(answered: dict[str, Any], source: str, due: object, way: str) -> None:
    """The result is what older numpy gave, and the old way is known afterwards."""
    got, used = answered[source]
    assert got == due
    if NEW:
        assert used == ([OLD_WAYS[way]] if way else [])


@pytest.mark.parametrize(("source", "error"), REFUSED)
def test_what_no_numpy_took_is_refused(answered: dict[str, Any], source: str, error: str) -> None:
    """More than one element is no number, and an array's type is closed again."""
    assert answered[source][0] == error


@pytest.mark.parametrize(("source", "due"), AS_EVER)
def test_what_every_numpy_takes_is_as_ever(answered: dict[str, Any], source: str, due: object) -> None:
    """What needs nothing old gives what it gave, and nothing is told of it."""
    assert answered[source] == (due, [])


SIGNS = [
    ("sum", "return np.sum(d for d in dout)", True),
    ("sum", "return np.sum(\n    d\n    for d in dout\n)", True),
    ("sum", "def rows(x):\n    yield x", True),
    ("sum", "for n in range(N):\n    out += np.sum(x[n])", False),
    ("sum", "    for n in range(N):  # each row\n        pass", False),
    ("reshape", "np.reshape(x, newshape=(2, -1))", True),
    ("reshape", "np.reshape(x, (2, -1))", False),
    ("array", "np.array(x, copy = False)", True),
    ("array", "y = np.array(x.copy())", False),
]


@pytest.mark.parametrize(("name", "source", "is_changed"), SIGNS)
def test_a_function_is_changed_only_for_who_may_need_it(name: str, source: str, is_changed: bool) -> None:
    """Each call of a changed function takes longer, so a program that says nothing of the old way keeps numpy's."""
    assert bool(_FUNCTIONS[name][0](source)) is is_changed


PROGRAM = """
import numpy as np
START = float(np.ones(1))
def f(x):
    out = np.zeros(x.shape)
    for n in range(len(x)):
        out[n, 0] = np.dot(x[n:n + 1], np.ones((x.shape[1], 1)))
    return out
def g(x):
    return np.array([[1.0]], copy=False) + x.ptp()
def h(x):
    return x
"""


@pytest.mark.parametrize("opens", [open_sandbox, Plain])
def test_a_hand_in_that_ran_on_older_numpy_runs_and_says_so(opens: Callable[[], Sandbox]) -> None:
    """Behind the wall and where there is none; each call tells of its own old ways alone."""
    found = extract(PROGRAM.encode(), "old.py", ("f", "g", "h"))
    asked = [Question({"x": np.ones((2, 3))}, (Step(name, ("x",), ("y",)),)) for name in ("f", "h", "g", "h")]
    with opens() as sandbox:
        outcomes: list[Outcome] = [steps[0] for steps in sit(sandbox, found.program, asked, Limits()).outcomes]
    assert [outcome.status for outcome in outcomes] == [Status.RETURNED] * 4
    assert outcomes[0].values["y"].array is not None
    assert outcomes[0].values["y"].array[0, 0] == 3.0
    if NEW:
        told = [outcome.warnings for outcome in outcomes]
        assert told == [(OLD_WAYS["one element"],), (), tuple(sorted((OLD_WAYS["copy=False"], OLD_WAYS["ptp"]))), ()]


@pytest.mark.parametrize("way", OLD_WAYS)
def test_every_old_way_is_told_with_what_to_write_today(way: str) -> None:
    """A note for each, which costs nothing."""
    told = say_note(RULE, Verdict(RULE.name, Kind.CORRECT), Note(NoteKind.OLD_WAY, (way,)))
    assert told.startswith("numpy 2.")
    assert told.endswith("costs nothing.")
