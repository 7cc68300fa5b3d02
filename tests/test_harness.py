"""Inside, an honest program is loaded as a notebook would run it, and described faithfully."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.wire.messages import At, CallOut, CallResult, Done, LoadReport, Raised, Report, Stage
from grader.wire.program import Ask, Binding, Other, Program, Tree, Unit
from tests.inside import run_inside

GRADED = ("f", "g", "h", "Relu.forward", "Relu.backward")


def load(*cells: str, modules: dict[str, str] | None = None, bindings: Sequence[Binding] = ()) -> Program:
    """A program of these cells, numbered from 1."""
    units = tuple(Unit(number, f"import numpy as np\n{source}") for number, source in enumerate(cells, start=1))
    return Program(units, modules or {}, tuple(bindings))


def ask(program: Program, driver: str, *asks: dict[str, Tree], **options: Any) -> tuple[LoadReport, list[Report]]:
    """Run a driver, the body of a function of `student` and its inputs, once for each set of inputs."""
    several = asks or ({},)
    lines = "".join(f"    {line}\n" for line in driver.strip().splitlines())
    questions = f"import numpy as np\ndef driver(student, {', '.join(several[0])}):\n{lines}"
    numbered = [Ask(number, "driver", inputs, **options) for number, inputs in enumerate(several)]
    return run_inside(program, questions, numbered, GRADED)


def values(program: Program, driver: str, **inputs: Tree) -> dict[str, Tree]:
    """What a driver yields that runs to its end."""
    _, messages = ask(program, driver, inputs)
    assert isinstance(messages[-1], Done), messages
    return {name: one for message in messages if isinstance(message, Stage) for name, one in message.values.items()}


def raised(program: Program, driver: str) -> Raised:
    """How a driver ends that does not run to its end."""
    last = ask(program, driver)[1][-1]
    assert isinstance(last, Raised)
    return last


# ---- results -------------------------------------------------------------------------------------------------------

RESULTS: dict[str, tuple[str, Any]] = {
    "none": ("None", None),
    "number": ("1.5", 1.5),
    "bool": ("True", True),
    "text": ("'ä\\n'", "ä\n"),
    "nested": ("[1, (2.0, {'k': None})]", [1, (2.0, {"k": None})]),
    "named tuple": ("collections.namedtuple('R', 'a b')(1, 2)", (1, 2)),
    "ordered dict": ("collections.OrderedDict(a=1)", {"a": 1}),
    "numpy scalar": ("np.float32(2)", np.array(2, np.float32)),
    "complex number": ("2j", np.array(2j)),
    "strided": ("np.arange(6.0)[::-2]", np.array([5.0, 3.0, 1.0])),
    "fortran": ("np.asfortranarray([[1, 2], [3, 4]])", np.array([[1, 2], [3, 4]])),
    "big endian": ("np.arange(3, dtype='>i2')", np.arange(3, dtype=np.int16)),
    "long double": ("np.ones(2, np.longdouble)", np.ones(2)),
    "matrix": ("np.asmatrix([[1.0, 2.0]])", np.array([[1.0, 2.0]])),
    "nothing masked": ("np.ma.array([1.0, 2.0])", np.array([1.0, 2.0])),
    "masked": ("np.ma.array([1.0, 2.0], mask=[0, 1])", Other("MaskedArray")),
    "own array": ("np.ones(2).view(Own)", np.ones(2)),
    "objects": ("np.array([1, None])", Other("ndarray of object")),
    "giant view": ("np.broadcast_to(0.0, (10**5, 10**5))", Other("ndarray, far too large")),
    "own object": ("Plain()", Other("Plain")),
    "generator": ("(touched.append(n) for n in range(3))", Other("generator")),
    "touched": ("touched", []),
    "set": ("{1}", Other("set")),
    "stand-in": ("torch.ones(3)", Other("stand-in for torch")),
}


def test_results_are_described_as_what_they_are() -> None:
    """Plain kinds as they are, kinds of arrays that keep their numbers as arrays, all else by name."""
    source = """
import collections, torch
touched = []
class Own(np.ndarray):
    def view(self, *a): raise SystemExit
    __eq__ = tobytes = astype = view
class Plain:
    __array__ = None
def f(what): return eval(what)
"""
    wanted = {name: expression for name, (expression, _) in RESULTS.items()}
    found = values(load(source), f"yield 'f', {{name: student.f(what) for name, what in {wanted!r}.items()}}")
    for name, (_, expected) in RESULTS.items():
        if isinstance(expected, np.ndarray):
            assert (found[name].dtype, found[name].tolist()) == (expected.dtype, expected.tolist()), name
        else:
            assert (type(found[name]), found[name]) == (type(expected), expected), name


def test_a_value_is_copied_at_the_yield() -> None:
    """What is yielded does not change when a later call changes it; each ask has fresh inputs."""
    source = "def f(x):\n    x += 1\n    return x"
    _, messages = ask(
        load(source), "yield 'f', {'x': student.f(x)}\nstudent.f(x)\nyield 'g', {}", *[{"x": np.ones(2)}] * 2
    )
    assert [one.values["x"].tolist() for one in messages if isinstance(one, Stage) and one.values] == [[2.0, 2.0]] * 2


def test_inputs_that_change_are_named_in_the_stage_that_changes_them() -> None:
    """Arrays, also in dicts and lists, and only those; a nan is no change."""
    inputs = {name: {"w": [np.array([np.nan, 1.0])]} for name in ("a", "b", "c")} | {"d": np.ones(2)}
    source = "def f(x): x['w'][0][1] = 5\ndef g(x): x['more'] = 1\ndef h(x): x.sort()"
    driver = "yield 'f', {'n': student.f(a)}\nyield 'g', {'n': student.g(b)}\nyield 'h', {'n': student.h(d)}\n"
    _, messages = ask(load(source), f"{driver}d[0] = 7; yield 'h', {{}}", inputs)
    assert [message.changed for message in messages if isinstance(message, Stage)] == [("a",), ("b",), (), ("d",)]


def test_the_drivers_calls_are_noted_with_what_came_back() -> None:
    """Function, type and length of each call that the driver makes, not of those among the student's functions."""
    source = """
class Relu:
    def forward(self, x): return f(x), g(x), f(x)
def f(x): return x, x
def g(x): return x
def h(x): return {'a': 1}
"""
    driver = """
relu = student.Relu()
yield "f", {"out": relu.forward(1)}
a, b = student.g(x)
student.h(x), student.g(1), student.f(x)
yield "g", {}
[student.g(3) for n in range(500)]
raise ValueError
"""
    _, messages = ask(load(source), driver, {"x": np.ones((2, 3))})
    calls = [message.calls for message in messages if isinstance(message, Stage | Raised)]
    assert calls[0] == (("Relu.forward", "tuple", 3),)
    assert calls[1] == (("g", "ndarray", 2), ("h", "dict", 1), ("g", "int", -1), ("f", "tuple", 2))
    assert calls[2] == (("g", "int", -1),) * 200  # the first of them


def test_warnings_are_values_and_cost_nothing() -> None:
    """Each once, five at most, in their stage, whatever the program has set to be raised."""
    source = """
import warnings
np.seterr(all="raise")
warnings.simplefilter("error")
def f(n):
    for k in range(n): warnings.warn(f"number {k // 2}")
    np.exp(np.array([1000.0]))
    return {}
"""
    _, messages = ask(load(source), "yield 'f', student.f(3)\nyield 'g', student.f(99)\nyield 'h', student.f(0)")
    heard = [message.warnings for message in messages if isinstance(message, Stage)]
    assert heard[0][:3] == ("number 0", "number 1", "overflow encountered in exp")
    assert [len(one) for one in heard] == [3, 5, 1]


def test_what_is_printed_asked_or_displayed_costs_nothing() -> None:
    """Whatever it is: half a letter, too; input comes to nothing."""
    source = "print('\\ud83d')\ndef f():\n    print('ü', end='')\n    display(1)\n    return input('?')"
    assert values(load(source), "yield 'f', {'x': student.f()}") == {"x": ""}


def test_a_driver_may_be_asked_up_to_a_stage() -> None:
    """What comes after is not run."""
    _, messages = ask(load("def f(): return 1"), "yield 'f', {}\nyield 'g', {}\nstudent.nowhere", until="g")
    assert [type(message) for message in messages] == [Stage, Stage]


def test_a_child_that_the_program_forks_answers_nothing() -> None:
    """Its answers would be taken for those of its parent."""
    source = (
        "import os, time\none = os.getpid()\ndef f():\n    os.fork() and time.sleep(0.2)\n    return os.getpid() == one"
    )
    assert values(load(source), "yield 'f', {'x': student.f()}") == {"x": True}


# ---- exceptions ----------------------------------------------------------------------------------------------------

LOUD = "class E(Exception):\n    def __str__(self): raise SystemExit\n    __repr__ = __str__\ndef f(x): raise E"
TROUBLES = {
    "def f(x):\n    return x + y": ("NameError", "name 'y' is not defined", 1, 3, ""),
    "def f(x): return np.zeros(3) @ np.zeros(4)": ("ValueError", "matmul", 1, 2, ""),
    "def g(x): return x / 0\ndef f(x): return g(x)": ("ZeroDivisionError", "division by zero", 1, 2, ""),
    "def f(x): raise SystemExit(3)": ("SystemExit", "3", 1, 2, ""),
    "def f(x): return f(x)": ("RecursionError", "maximum recursion depth exceeded", 1, 2, ""),
    LOUD: ("E", "(its text cannot be shown)", 1, 5, ""),
    "from tool import f": ("ZeroDivisionError", "division by zero", 0, 2, "tool"),
    "def f(): return 1": ("TypeError", "f() takes 0 positional arguments but 1 was given", 0, 0, ""),
    "def f(x): return eval('1 +')": ("SyntaxError", "invalid syntax", 1, 2, ""),
}


@pytest.mark.parametrize("source", TROUBLES)
def test_an_exception_is_described_at_the_last_place_of_the_program(source: str) -> None:
    """By cell and line, or by the helper module; 0 where none of its own lines is to blame."""
    program, (kind, message, *place) = load(source, modules={"tool": "def f(x):\n    return x / 0"}), TROUBLES[source]
    trouble = raised(program, "yield 'f', student.f(1)").trouble
    assert (trouble[0], trouble[1][: len(message)], *trouble[2:]) == (kind, message, *place)


MISSING = [
    ("", "f(1)", "f"),
    ("f = 3", "f(1)", "f"),
    ("from nowhere import f", "f(1)", "f"),
    ("Relu = None", "Relu(1).forward(2)", "Relu.forward"),
    ("class Relu: pass", "Relu().backward(2)", "Relu.backward"),
    ("class Relu: forward = property(lambda self: self.nowhere)", "Relu().forward(2)", ""),
    ("class Relu: pass", "Relu().w", ""),
    ("def f(): return g()", "f()", ""),
    ("class Relu: forward = 1\ndef f(x): return x.mask", "f(np.zeros(2) if student.Relu else 0)", ""),
]


@pytest.mark.parametrize(("source", "use", "missing"), MISSING)
def test_a_graded_name_that_is_not_there_is_missing(source: str, use: str, missing: str) -> None:
    """Functions, classes and their methods by their graded names; other errors are errors."""
    assert raised(load(source), f"yield 'f', student.{use}").missing == missing


# ---- loading -------------------------------------------------------------------------------------------------------


def test_a_statement_that_raises_costs_only_itself() -> None:
    """All others are run, those of a helper module too; each trouble has its place."""
    third = "exit()\nraise KeyboardInterrupt\nfrom tool import g\nimport tool, gone.x as h\nexec('import gone.y')"
    fourth = "class Relu:\n    forward = f\n    x: nowhere = 1"
    modules = {"tool": "a = b\ndef g(): return 2"}
    program = load("1/0\ndef f(): return 1", "def (", third, fourth, modules=modules)
    report, _ = ask(program, "yield 'f', {}")
    assert report.defined == ("f", "g", "Relu.forward")
    assert report.replaced == ("gone",)
    places = [(kind, cell, line, file) for kind, _, cell, line, file in report.troubles]
    assert places == [
        ("ZeroDivisionError", 1, 2, ""), ("SyntaxError", 2, 2, ""), ("SystemExit", 3, 2, ""),
        ("KeyboardInterrupt", 3, 3, ""), ("NameError", 0, 1, "tool"), ("ModuleNotFoundError", 3, 6, ""),
    ]  # fmt: skip


def test_a_cautious_load_says_where_it_is_and_leaves_statements_out() -> None:
    """So that the outside knows which statement ended the process, and can go on without it."""
    program = load("import os\ndef f(): return 1", "os._exit(3)\ndef g(): return 2")
    report, messages = run_inside(program, "", [], GRADED, cautious=True)
    assert (report, messages[-1]) == (LoadReport(), At(2, 2))
    report, messages = run_inside(program, "", [], GRADED, cautious=True, left_out=((2, 2),))
    assert (report.defined, messages[-1]) == (("f", "g"), At(2, 3))


def test_a_program_is_a_notebook() -> None:
    """Its module is `__main__`, its source can be read, its data files are where it runs."""
    source = """
from __future__ import annotations
import inspect, pickle
from dataclasses import dataclass
@dataclass
class Cache:
    x: NDArray
def f(): return pickle.loads(pickle.dumps(Cache(2))).x, inspect.getsource(f)[:5], np.load("data/a.npy").sum()
if __name__ == "__main__":
    def g(mode): return mode is "train"
"""
    np.save(file := io.BytesIO(), np.ones(3))
    program = Program(load(source).units, files={"data/a.npy": file.getvalue()})
    found = values(program, "yield 'f', {'f': student.f(), 'g': student.g(mode)}", mode="train")
    assert found == {"f": (2, "def f", np.array(3.0)), "g": True}


MODULES = {
    "layers": "from helpers.math import double\ndef f(x): return double(x)",
    "helpers": "",
    "helpers.math": "from . import names\nfrom .names import TWO\ndef double(x): return names.TWO * x * TWO",
    "helpers.names": "TWO = 2",
    "pack": "from .inner import g",
    "pack.inner": "def g(x): return 10 * x",
    "json": "def h(x): return 'own json'",
}


@pytest.mark.parametrize("first", ["from layers import f", "from .layers import *", "import layers; f = layers.f"])
def test_helper_modules_are_imported_as_from_files(first: str) -> None:
    """By every kind of import, packages and relative imports too; what Python itself has loaded keeps its place."""
    program = load(f"{first}\nfrom pack import g\nimport json\ndef h(): return json.dumps([1])", modules=MODULES)
    found = values(program, "yield 'f', {'f': student.f(3), 'g': student.g(3), 'h': student.h()}")
    assert found == {"f": 12, "g": 30, "h": "[1]"}


@pytest.mark.parametrize(
    ("source", "forward", "backward"),
    [
        ("def f1(self, x): return x\ndef b1(dout, cache): return dout + cache", "f1", "b1"),
        ("class Relu:\n    def forward(self, x): return x\ndef b1(self, d, c): return d + c", "", "b1"),
        ("class ReLU:\n    c = 0\n    def forward(self, x): return x\n    def b(self, d, c): return d + c + self.c",
         "ReLU.forward", "ReLU.b"),
    ],
)  # fmt: skip
def test_functions_under_other_names_become_a_class(source: str, forward: str, backward: str) -> None:
    """`self` is passed only if the signature begins with it; what the program's own class has stays."""
    named = {"Relu.forward": forward, "Relu.backward": backward}
    program = load(source, bindings=[Binding(name, other) for name, other in named.items() if other])
    driver = "relu = student.Relu()\nyield 'f', {'out': relu.forward(1), 'dx': relu.backward(2, 3)}"
    stage = ask(program, driver)[1][0]
    assert isinstance(stage, Stage)
    assert stage.values == {"out": 1, "dx": 5}
    assert [name for name, *_ in stage.calls] == ["Relu.forward", "Relu.backward"]


# ---- surroundings --------------------------------------------------------------------------------------------------

USES = {
    "decorators": "@numba.njit(cache=True)\n@numba.jit\ndef f(): return 3",
    "bases": "class A(nn.X, nn.Y, dict):\n    def __init__(self): super().__init__()\ndef f(): return 3 + len(A())",
    "plots": "def f():\n    fig, (a, b) = plt.subplots(2)\n    line, = a.plot()\n    a.c['x'] = b.x = 1\n    return 3",
    "bars": "def f():\n    bar = tqdm([1, 2])\n    bar.write('x')\n    return sum(bar) + len(list(trange(0)))",
    "with": "def f():\n    with torch.no_grad() as g:\n        assert not isinstance(3, torch.Tensor)\n    return 3",
    "tried": "try:\n    import cupy as xp\nexcept Exception:\n    xp = np\ndef f(): return int(xp.sum([1, 2]))",
    "loops": "def f():\n    for x in plt.lines: raise ValueError\n    return 3 if plt.is_on() else 4",
    "debugger": "import pdb\ndef f():\n    breakpoint()\n    pdb.set_trace()\n    return 3",
    "in a function": "def f():\n    import pandas.io as p\n    from sklearn.x import y\n    p.read(y)\n    return 3",
}


@pytest.mark.parametrize("use", USES)
def test_packages_that_are_not_here_cost_nothing(use: str) -> None:
    """Whatever a function does with them beside its answer."""
    head = "import torch, numba, matplotlib.pyplot as plt\nfrom torch import nn\nfrom tqdm import tqdm, trange\n"
    assert values(load(head + USES[use]), "yield 'f', {'x': student.f()}") == {"x": 3}


@pytest.mark.parametrize(
    "use", ["np.ones(2) * t", "t + 1", "np.asarray(t).astype(float)", "float(t)", "np.exp(t)", "[*t]"]
)
def test_a_stand_in_never_is_a_number(use: str) -> None:
    """What is computed from one raises, or is none."""
    found = ask(load(f"import torch\nt = torch.ones(2)\ndef f(): return {use}"), "yield 'f', {'x': student.f()}")[1][0]
    assert isinstance(found, Raised) or found.values["x"] in ([], Other("stand-in for torch"))


def test_functions_of_scipy_special_are_there() -> None:
    """With the values of mathematics, also where exp overflows; float32 stays float32."""
    source = "import scipy\nfrom scipy.special import *\nfrom scipy.special import expit, erf, logsumexp, xlogy\n"
    source += "def f(x): return expit(x), scipy.special.softmax(x), logsumexp(x), erf(x), xlogy(0, 0)"
    x = np.array([-1000.0, 0.0, 1.0])
    found = values(load(source), "yield 'f', {'all': student.f(x)}", x=x)["all"]
    expected = [[0, 0.5, 1 / (1 + 1 / math.e)], [0, 1 / (1 + math.e), 1 / (1 + 1 / math.e)], math.log(1 + math.e)]
    for one, other in zip(found, [*expected, [-1, 0, math.erf(1)], 0], strict=True):
        assert np.asarray(one).tolist() == pytest.approx(other)
    small = values(load(source), "yield 'f', {'x': student.f(x)[0]}", x=np.ones(2, np.float32))["x"]
    assert small.dtype == np.float32


OLD = {
    "np.float(3), np.int(2.5), np.bool(1), np.product((2, 3)), np.Inf": "(3.0, 2, True, 6, inf)",
    "np.round_(2.6), np.in1d([1], [1, 2]), np.asscalar(np.ones(1)), np.alltrue([1])": "(3, [True], 1, True)",
    "np.lib.pad([1], 1), np.mat([1]).shape, np.row_stack([[1], [2]])": "([0, 1, 0], (1, 1), [[1], [2]])",
    "average([1, 3]), numpy.linalg.linalg.norm([3, 4])": "(2.0, 5.0)",
    "product([2, 3]), float": "(6, float)",
    "np.sum(i for i in [np.ones(2)] * 3), np.reshape([1, 2], newshape=(2, 1))": "([3, 3], [[1], [2]])",
    "np.array([1, 2], copy=False), np.array([1, 3]).ptp(), put(np.zeros(2), np.ones(1))": "([1, 2], 2, [1.0, 0.0])",
    "float(np.ones((1, 1))), math.exp(np.zeros(1)), int(np.ones(1))": "(1.0, 1.0, 1)",
    "itemset(np.zeros((2, 2)), (0, 1), 5), itemset(np.zeros((2, 2)), 2, 5)": "([[0, 5], [0, 0]], [[0, 0], [5, 0]])",
}


def test_what_newer_numpy_dropped_still_works() -> None:
    """Names, parts, methods and ways to call; what is an error in every numpy is one here."""
    source = """
import math, numpy.linalg.linalg
from numpy import *
from numpy.lib.function_base import average
def put(a, value):
    a[0] = value
    return a
def itemset(a, *given):
    a.itemset(*given)
    return a
def g(what):
    try: return eval(what)
    except (TypeError, ValueError) as error: return type(error).__name__
def plain(a): return tuple(map(plain, a)) if isinstance(a, tuple) else getattr(a, "tolist", lambda: a)()
def f(old, new): return plain(eval(old)) == eval(new) or f"{old}: {plain(eval(old))}"
"""
    driver = f"yield 'f', {{'old': [student.f(old, new) for old, new in {OLD!r}.items()]}}\n"
    refused = ["float(np.ones(2))", "np.array([[1], [1, 2]])", "np.reshape([1], (2,))", "np.sum(3, 4, 5, 6, 7, 8, 9)"]
    found = values(load(source), f"{driver}yield 'g', {{'new': [student.g(one) for one in {refused!r}]}}")
    assert found["old"] == [True] * len(OLD)
    assert found["new"] == ["TypeError", "ValueError", "ValueError", "TypeError"]


def test_random_numbers_are_the_same_each_time() -> None:
    """At load and in each ask, of all generators without a seed; two of them draw other numbers."""
    source = """
import random
def draw(): return random.random(), np.random.rand(), np.random.default_rng().random(), np.random.default_rng().random()
top = draw()
def f(): return [*top, *draw()]
"""
    _, one = ask(load(source), "yield 'f', {'x': student.f()}", {}, {})
    _, other = ask(load(source), "yield 'f', {'x': student.f()}", {})
    drawn = [message.values["x"] for message in [*one, *other] if isinstance(message, Stage)]
    assert drawn[0] == drawn[1] == drawn[2]
    assert drawn[0][:4] == drawn[0][4:]
    assert len(set(map(float, drawn[0]))) == 4


@pytest.mark.parametrize(
    ("own", "drawn"), [("from random import random as f", "student.f()"), ("f = float", "np.random.rand()")]
)
def test_random_numbers_of_a_module_or_a_driver_are_the_same_each_time(own: str, drawn: str) -> None:
    """Where the notebook itself names none."""
    _, messages = ask(load("from own import f", modules={"own": own}), f"yield 'f', {{'x': {drawn}}}", {}, {})
    first, second = [message.values["x"] for message in messages if isinstance(message, Stage)]
    assert first == second


# ---- stubs ---------------------------------------------------------------------------------------------------------

F = "def d(student, x): yield 'f', {'y': student.f(x)}"
HELD = {
    "a global": "def f(x): return g(x)",
    "another name": "sig = g\ndef f(x): return sig(x)",
    "a default": "def f(x, *, act=g): return act(x)",
    "a closure in a dict": "table = {'g': [lambda x: own(x) for own in [g]]}\ndef f(x): return table['g'][0](x)",
    "a class": "class A:\n    a = staticmethod(g)\n    def run(self, x): return self.a(x)\ndef f(x): return A().run(x)",
    "a method": "class Relu:\n    @staticmethod\n    def forward(x): return -x\ndef f(x): return Relu().forward(x)",
    "a helper module": "from tool import twice\ndef f(x): return twice(x) / 2",
    "a caller's own import": "def f(x):\n    from tool import g as own\n    return own(x)",
}  # fmt: skip


@pytest.mark.parametrize("held", HELD)
def test_a_stub_stands_wherever_the_function_is_held(held: str) -> None:
    """In globals of all modules, defaults, classes, dicts and closures; a function of its name elsewhere is another."""
    tool = "def g(x): return -x\ndef twice(x): return 2 * g(x)"
    other = "from other import g\n"
    program = load(f"{other}from tool import g\n{HELD[held]}", modules={"tool": tool, "other": "def g(x): return 0"})
    asks = [Ask(1, "d", {"x": 3.0}, stubs=("g", "Relu.forward")), Ask(2, "d", {"x": 3.0})]
    _, messages = run_inside(program, F, asks, GRADED, lambda number, name, args, kwargs: (True, args[0] * 100))
    stages = [message.values["y"] for message in messages if isinstance(message, Stage)]
    assert stages == [300.0, -3.0]
    assert {message.number for message in messages if isinstance(message, CallOut)} == {1}


@pytest.mark.parametrize("source", ["class Relu:\n    def forward(self, x): return x + 5", "class Relu: pass", ""])
def test_a_stub_may_be_a_method_that_is_not_there(source: str) -> None:
    """Its arguments are those behind `self`; a class that is missing is made."""
    program = load(f"{source}\ndef f(x): return Relu().forward(x) + h(y=x)")
    asks = [Ask(1, "d", {"x": 1.0}, stubs=("Relu.forward", "h"))]
    _, messages = run_inside(program, F, asks, GRADED, lambda number, name, args, kwargs: (True, 7.0))
    assert messages[:2] == [CallOut(1, "Relu.forward", (1.0,), {}), CallOut(1, "h", (), {"y": 1.0})]
    assert isinstance(messages[2], Stage)
    assert messages[2].values == {"y": 14.0}


def test_a_call_that_is_not_found_goes_to_the_programs_own_function() -> None:
    """Its result is reported where that is asked for, nested ones first; what is nowhere is a NameError."""
    source = "def g(x): return h(x) + 1\ndef h(x): return 2 * x\ndef f(x):\n    return g(x), g(5), nowhere(x)"
    asks = [Ask(1, "d", {"x": np.ones(2)}, stubs=("g", "h"), record=True), Ask(2, "d", {"x": 3.0})]

    def answer(number: int, name: str, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> tuple[bool, Tree]:
        return name == "g" and isinstance(args[0], int), 4.0

    _, messages = run_inside(load(source), F, asks, GRADED, answer)
    kinds = [(type(message).__name__, getattr(message, "function", "")) for message in messages]
    assert kinds[:4] == [("CallOut", "g"), ("CallOut", "h"), ("CallResult", ""), ("CallResult", "")]
    results = [message.value for message in messages if isinstance(message, CallResult)]
    assert [one.tolist() for one in results] == [[2.0, 2.0], [3.0, 3.0]]
    assert kinds[4:] == [("CallOut", "g"), ("Raised", ""), ("Raised", "")]
    assert isinstance(messages[-1], Raised)
    assert messages[-1].trouble[:4] == ("NameError", "name 'nowhere' is not defined", 1, 5)


def test_asks_that_come_before_an_answer_wait_for_their_turn() -> None:
    """The outside sends all asks at once, and answers calls in between; what a stub returns can be written to."""
    source = "def f(x):\n    y = g(x)\n    y['w'] += 1\n    return y['w'], type(y['c']).__name__"
    asks = [Ask(number, "d", {"x": 1.0}, stubs=("g",)) for number in range(3)]

    def answer(number: int, name: str, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> tuple[bool, Tree]:
        return True, {"w": np.full(2, number), "c": np.array(2.0)}

    _, messages = run_inside(load(source), F, asks, GRADED, answer, at_once=True)
    found = [message.values["y"] for message in messages if isinstance(message, Stage)]
    assert [(w.tolist(), kind) for w, kind in found] == [([n + 1, n + 1], "float64") for n in range(3)]
