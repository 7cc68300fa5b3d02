"""Right answers in odd dress: each of these hand-ins is right, whatever it looks like, and gets every point."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from tests.conftest import Graded

ROOT = Path(__file__).resolve().parent.parent
EXERCISE = ROOT / "reference" / "exercise_05"

SIGMOID = """
class Sigmoid:
    def __init__(self):
        pass

    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        return out, out

    def backward(self, dout, cache):
        return dout * cache * (1 - cache)
"""
RELU = """
class Relu:
    def __init__(self):
        pass

    def forward(self, x):
        return np.maximum(x, 0), x

    def backward(self, dout, cache):
        return dout * (cache > 0)
"""
AFFINE = """
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), flat.T @ dout / len(x), dout.sum(axis=0) / len(x)
"""
NP = "import numpy as np\n"
LAYERS = SIGMOID + RELU
ALL = NP + LAYERS + AFFINE
BY_MODULE = LAYERS.replace("1 / (1 + np.exp(-x))", "h.sig(x)")
USES_HELPERS = LAYERS.replace("1 / (1 + np.exp(-x))", "sig(x)")
HELPER = NP + "def sig(x):\n    return 1 / (1 + np.exp(-x))\n"
PYTHON_2 = ALL.replace("        return out, out", "        for i in xrange(0): print i\n        return out, out")
_SHOWN = """        from itertools import izip
        sizes = {"rows": len(x), "columns": x.size}; print "sizes #", sizes; assert sizes.has_key("rows")
        for (name, size), n in izip(sizes.iteritems(), range(2)):
            print "%s: %d; of %d" % (name, size,
                                     n)
            print("%s is %d") % (name, size)
        if not isinstance("rows", basestring): print("{}").format(n)
        return out, out"""
PYTHON_2_SHOWS = ALL.replace("        return out, out", _SHOWN)
BARE = LAYERS.replace("np.", "") + AFFINE
EXECUTED = "exec('''" + SIGMOID + "''')\n"
LOOPED = AFFINE.replace(
    "x.reshape(len(x), -1) @ w + b, (x, w, b)",
    "np.array([[sum(r * c for r, c in zip(row.ravel(), col)) + v for col, v in zip(w.T, b)] for row in x])"
    ".reshape(len(x), len(b)), (x, w, b)",
)

HINTED = ALL.replace("forward(self, x)", "forward(self, x: NDArray)")
GUARDED = f"{NP}if __name__ == '__main__':\n" + indent(LAYERS + AFFINE, "    ")
TRIED = f"{ALL}\nif __name__ == '__main__':\n    import matplotlib.pyplot as plt\n    plt.plot(open('data'))\n"
LAYER = NP + "class Layer:\n    def keep(self, out):\n        return out, out\n"
INHERITED = SIGMOID.replace("class Sigmoid:", "class Sigmoid(Layer):").replace("out, out", "self.keep(out)")
ON_SELF = ALL.replace("return out, out", "self.out = out\n        return out, None")
ON_SELF = ON_SELF.replace("dout * cache * (1 - cache)", "dout * self.out * (1 - self.out)")
FROM_LAYERS = f"{NP}from lib.layers import Relu\n" + AFFINE.replace("+ b, (x", "+ b, (x if Relu else x")
FROM_PACKAGE = FROM_LAYERS.replace("lib.layers", "lib")
IMPORTS = "from layers.sigmoid import Sigmoid\nfrom layers.relu import MyRelu as Relu\nfrom layers import *"
ON_PATH = "import sys\nsys.path.append('src')\nfrom layers import *\n"

OUT = "        return out, out"
FOR_BOTH = "from past.builtins import xrange\n" + ALL.replace(OUT, f"        for i in xrange(0): i\n{OUT}")
SHOWN = (
    "        fig, ax = plt.subplots()\n        ax.plot(out.ravel())\n        plt.show()\n        display(out)\n"
    "        for row in tqdm(out, desc='rows'): plt.hist(row)\n" + OUT
)
NEWER = """def told(d):\n    return f"{d["a"]}"\n"""
ELSEWHERE = NP + "from course.layers import Layer\nfrom numba import njit\n"
BASED = SIGMOID.replace("class Sigmoid:", "class Sigmoid(Layer):").replace("    def b", "    @njit\n    def b")
FILLED = NP + "signs = {}\nscale = []\nfor sign in (0, 1):\n    signs[bool(sign)] = sign\nscale.append(1.0)\n"
LOOKED_UP = ALL.replace("dout * (cache > 0)", "dout * np.vectorize(signs.get, otypes=[float])(cache > 0) * scale[0]")
PROMPTED = "".join(f"{'...' if line[:1] in ' ' else '>>>'} {line}\n" for line in AFFINE.strip().split("\n"))
TAKEN = "import layers\nSigmoid = layers.Sigmoid\nRelu = layers.Relu"
COLAB = "!pip install torch\nfrom google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive\n"
ENDS = "import sys, os\nx = input()\nos.chdir('/content')\nassert False\nsys.exit()"

METHODS = SIGMOID.replace("class Sigmoid:", "").split("    def ")[2:]
BARE_FORWARD, BARE_BACKWARD = ("def " + method.replace("\n    ", "\n") for method in METHODS)
SHEET = [
    "markdown:## Sigmoid",
    "markdown:### Forward",
    BARE_FORWARD,
    "markdown:### Backward",
    "markdown:**Remark:** easy.",
]

OPEN = (
    "from abc import ABC, abstractmethod\nclass Layer(ABC):\n    @abstractmethod\n    def backward(self, dout): pass\n"
)
UNDER_A_BASE = NP + SIGMOID.replace("class Sigmoid", "class Sigmoid(Layer)").split("    def backward")[0]
SHEET_OF_BASE = ["markdown:## Sigmoid - Backward", BARE_BACKWARD, "markdown:## The rest", RELU, AFFINE]

D2L = f"{NP}from d2l import torch as d2l\nfrom fastcore.basics import *\n"
LAYERS_BY_D2L = SIGMOID.replace("cache * (1 - cache)", "0").replace(
    "class Sigmoid", "class Sigmoid(d2l.HyperParameters)"
)
BY_D2L = [f"@d2l.add_to_class(Sigmoid)  #@save\n{BARE_FORWARD}", f"@d2l.add_to_class(cls=Sigmoid)\n{BARE_BACKWARD}"]
BY_FLAT = AFFINE.replace("x.reshape(len(x), -1) @ w", "flat(None, x) @ w")
BY_PATCH = [
    "class Relu: pass",
    "@patch\ndef forward(self: Relu, x):\n    return np.maximum(x, 0), x\n",
    "@patch()\ndef backward(self: Relu, dout, cache):\n    return dout * (cache > 0)\n",
    "@patch\ndef flat(self: Nowhere, x):\n    return x.reshape(len(x), -1)\n",
]

AWAY = (
    "sum = 0\nfor v in (1, 2):\n    sum += v\ndel sum\n",
    "def flat(x): return x.reshape(len(x), -1)\n",
    AFFINE.replace("x.reshape(len(x), -1) @ w + b", "np.stack([sum(r[:, None] * w) for r in flat(x)]) + b"),
    "x = np.ones((2, 3))\nflat = flat(x)\naffine_forward, cache = affine_forward(x, x.T, np.ones(2))\nsum = np.sum(x)",
)
BY_BUILTINS = RELU.replace("np.maximum(x, 0)", "np.array([max(v, 0.0) for v in x.ravel()]).reshape(x.shape)")
BEST = "losses = [0.5, 0.3]\nmax = losses[0]\nexec('sum = 3')\nprint(sorted(globals()))"
SET_UP = (
    "CONST = {}\ndef fill(table, n):\n    table['one'] = n\nfill(CONST, 1)\n",
    "def attach(cls):\n    def forward(self, x):\n        out = CONST['one'] / (1 + np.exp(-x))\n"
    "        return out, out\n    cls.forward = forward\n",
    "class Sigmoid: pass\nattach(Sigmoid)\ndef backward(self, dout, cache): return dout * cache * (1 - cache)\n"
    "for name, f in {'backward': backward}.items():\n    setattr(Sigmoid, name, f)\n",
)

BY_ROWS = AFFINE.replace("x.reshape(len(x), -1)", "rows(x)")
ROWS = "def rows(x): return x.reshape(len(x), -1)"
TABLE = NP + "FS = []\ndef sig(x): return 1 / (1 + np.exp(-x))\ndef slope(y): return y * (1 - y)\n"
READS_TABLE = SIGMOID.replace("1 / (1 + np.exp(-x))", "FS[0](x)").replace("cache * (1 - cache)", "FS[1](cache)")
REGISTER = "def register(name):\n    def put(f):\n        FS[name] = f\n        return f\n    return put\n"
REGISTERED = REGISTER + "register(0)(sig)\nregister(1)(slope)"
PARSED = "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--one', type=float, default=1.0)\n"
READS_PARSED = SIGMOID.replace("1 / (", "args.one / (")
DISPATCHED = "from functools import singledispatch\n@singledispatch\ndef act(kind, x): raise NotImplementedError\n"
WANTS = SIGMOID.replace("(self):\n        pass", "(self, one):\n        self.one = one")
ABSTRACT = NP + "import abc\nclass Layer(abc.ABC):\n    @abc.abstractmethod\n    def names(self): pass\n"
ALL_CELLS = "all cells were run in order"

WRONG = "wrong-in-a-helper"
UNREAD = "unread"
MISSPELT = "misspelt-below-a-base"
IN_ANOTHER_FILE = {
    "misspelt-elsewhere": RELU + AFFINE.partition("def affine_backward")[0],
    "misspelt-and-imported": "from layers.activation import Sigmoid\n"
    + RELU
    + AFFINE.partition("def affine_backward")[0],
}
ALONE, UNTOUCHED = "a-notebook-alone", "an-untouched-layer-py"
IMPORTING = ["from course.layers import Sigmoid, Relu\nfrom course.tests import *", "print(SigmoidTest()())"]
LAYER_PY = """
class Sigmoid:
    def forward(self, x):
        shape = x.shape
        out, cache = np.zeros(shape), np.zeros(shape)
        ####
        # TODO: the sigmoid
        ####
        pass
        return out, cache

    def backward(self, dout, cache):
        dx = None
        return dx

class Relu:
    def forward(self, x):
        out = None
        cache = None
        return out, cache

    def backward(self, dout, cache):
        dx = None
        return dx

def affine_forward(x, w, b):
    out = None
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    return dx, dw, db
"""
STUBS = NP + "class Layer:\n    def backward(self, dout, cache): raise NotImplementedError('write me')\n"
BROKEN = NP + "def sig(x):\n    return x + nothing\n"
FORWARD = AFFINE.split("def affine_backward")[0]

Files = dict[str, str | list[str]]
HAND_INS: dict[str, tuple[Files, str]] = {
    "plain": ({"ex.ipynb": [NP, SIGMOID, RELU, AFFINE]}, ""),
    "cells that write their file": (
        {"ex.ipynb": [f"%%writefile layers.py\n{NP}{LAYERS}", f"%%file affine.py\n{NP}{AFFINE}"]},
        "",
    ),
    "numpy never imported": ({"ex.ipynb": [LAYERS, AFFINE]}, "np was taken for numpy"),
    "another numpy": (
        {"ex.ipynb": ["import autograd.numpy as np\nfrom autograd import grad\n", LAYERS, AFFINE]},
        "autograd.numpy is not there when it is graded; np was taken for numpy",
    ),
    "a numpy of graphics cards": (
        {"ex.ipynb": [f"{NP}import cupy as cp\n", LAYERS.replace("np.", "cp."), AFFINE]},
        "cp was taken for numpy",
    ),
    "pylab": ({"ex.ipynb": ["%pylab inline\n", LAYERS, AFFINE]}, ""),
    "names of numpy without np": ({"ex.ipynb": ["from numpy import exp, maximum\n", BARE]}, ""),
    "a package that is missing, beside numpy": ({"ex.ipynb": [f"import torch, {NP[7:]}{LAYERS}{AFFINE}"]}, ""),
    "hints from a package that is missing": ({"ex.ipynb": ["from nowhere.typing import NDArray\n", HINTED]}, ""),
    "all under a main guard": ({"ex.py": GUARDED}, ""),
    "a main guard that tries it out": ({"ex.py": TRIED}, ""),
    "Python 2": ({"ex.ipynb": [PYTHON_2, "print 'done'"]}, "it was read as range"),
    "Python 2 that shows much": ({"ex.ipynb": [PYTHON_2_SHOWS]}, "Python 2's method of a dict"),
    "Python 2 in a file that is imported": ({"ex.ipynb": ["from own import *"], "own.py": PYTHON_2}, "read as range"),
    "a package for both Pythons that is missing": ({"ex.py": FOR_BOTH}, "read as range"),
    "a class made by exec": ({"ex.ipynb": [NP, EXECUTED, RELU, AFFINE]}, ""),
    "magics about it": ({"ex.ipynb": ["%%time\n" + ALL, "%timeit Sigmoid().forward(np.ones(3))", "!ls"]}, ""),
    "static methods": (
        {"ex.ipynb": [ALL.replace("    def backward(self, ", "    @staticmethod\n    def backward(")]},
        "",
    ),
    "methods as lambdas": (
        {
            "ex.ipynb": [
                NP,
                SIGMOID,
                "Relu = type('Relu', (), {'forward': lambda self, x: (x.clip(0), x),\n"
                "                         'backward': lambda self, dout, cache: dout * (cache > 0)})\n",
                AFFINE,
            ]
        },
        "",
    ),
    "inherited": ({"ex.ipynb": [LAYER, INHERITED, RELU + AFFINE]}, ""),
    "a cache on self": ({"ex.ipynb": [ON_SELF]}, ""),
    "a class that its own object replaced": ({"ex.ipynb": [ALL, "Sigmoid = Sigmoid()\nRelu = Relu()"]}, ""),
    "a cell of code turned raw": ({"ex.ipynb": [NP + LAYERS, f"raw:{AFFINE}"]}, "Cell 2 is raw text, not code."),
    "a cell of code turned text": ({"ex.ipynb": [NP + LAYERS, f"markdown:{AFFINE}"]}, "Cell 2 is markdown, not code."),
    "Colab": ({"ex.ipynb": [COLAB, ALL]}, ""),
    "cells that end it all": ({"ex.ipynb": [ENDS, ALL, ENDS]}, ""),
    "plots and bars left in functions": (
        {"ex.ipynb": [f"import matplotlib.pyplot as plt\nfrom tqdm import tqdm\n{ALL}".replace(OUT, SHOWN)]},
        "",
    ),
    "a newer Python": (
        {"ex.ipynb": [NEWER, ALL.replace("def affine_forward(", "def affine_forward[T](")]},
        "newer Python than the grader's" if sys.version_info < (3, 12) else "",
    ),
    "a base class and a decorator from elsewhere": ({"ex.ipynb": [ELSEWHERE, BASED, RELU + AFFINE]}, "without that"),
    "methods a missing decorator adds": ({"ex.ipynb": [D2L, LAYERS_BY_D2L, *BY_D2L, RELU + AFFINE]}, "without that"),
    "methods that a hint is for": ({"ex.ipynb": [D2L, *BY_PATCH, SIGMOID, BY_FLAT]}, "without that"),
    "a table that a loop fills": ({"ex.ipynb": [FILLED, LOOKED_UP]}, ""),
    "cells that stand further in": ({"ex.ipynb": [NP, indent(LAYERS, "    "), indent(AFFINE, "\t")]}, ""),
    "pasted with its prompts": ({"ex.ipynb": [NP + LAYERS, PROMPTED]}, ""),
    "methods under headings": ({"ex.ipynb": [NP, *SHEET, BARE_BACKWARD, "markdown:## The rest", RELU, AFFINE]}, ""),
    "a method under a heading, and an abstract base": ({"ex.ipynb": [OPEN, UNDER_A_BASE, *SHEET_OF_BASE]}, ""),
    "names given away": ({"ex.ipynb": [NP + LAYERS, *AWAY]}, "Cell 5, line 2 gives flat to something else"),
    "builtins given away, nobody knows to what": ({"ex.ipynb": [NP + SIGMOID, BY_BUILTINS, LOOPED, BEST]}, ""),
    "set up by calls": ({"ex.ipynb": [NP, *SET_UP, RELU + AFFINE]}, ""),
    "a list filled under another name": (
        {"ex.ipynb": [TABLE, READS_TABLE, "fs = FS\nfs.append(sig)\nadd = fs.append\nadd(slope)", RELU, AFFINE]},
        ALL_CELLS,
    ),
    "a list filled by a map": (
        {"ex.ipynb": [TABLE, "list(map(FS.append, (sig, slope)))", READS_TABLE, RELU, AFFINE]},
        ALL_CELLS,
    ),
    "functions registered by a call": (
        {"ex.ipynb": [TABLE.replace("[]", "{}"), REGISTERED, READS_TABLE, RELU, AFFINE]},
        ALL_CELLS,
    ),
    "arguments of a program": (
        {"ex.ipynb": [PARSED + NP, "args = parser.parse_args([])", READS_PARSED, RELU, AFFINE]},
        ALL_CELLS,
    ),
    "a function told apart by types": (
        {
            "ex.ipynb": [
                TABLE + DISPATCHED,
                SIGMOID.replace("1 / (1 + np.exp(-x))", "act(self, x)"),
                "act.register(Sigmoid, lambda kind, x: sig(x))",
                RELU + AFFINE,
            ]
        },
        ALL_CELLS,
    ),
    "a constructor that wants arguments": (
        {"ex.ipynb": [NP, WANTS.replace("1 / (", "self.one / ("), RELU + AFFINE, "s = Sigmoid(1.0)\nprint(s.one)"]},
        ALL_CELLS,
    ),
    "an abstract method too many": (
        {"ex.ipynb": [ABSTRACT, SIGMOID.replace("class Sigmoid", "class Sigmoid(Layer)"), RELU + AFFINE]},
        "",
    ),
    "tabs": ({"ex.ipynb": [ALL.replace("    ", "\t")]}, ""),
    "loops": ({"ex.ipynb": [NP + LAYERS + LOOPED]}, ""),
    "random numbers and plots": (
        {"ex.ipynb": [f"import matplotlib.pyplot as plt\n{ALL}", "w = np.random.randn(3, 2)\nplt.plot(w)\nplt.show()"]},
        "",
    ),
    "files of a package that import the graded one": (
        {"lib/layers.py": f"{NP}{LAYERS}", "lib/affine.py": FROM_LAYERS},
        "affine_forward, affine_backward are not in",
    ),
    "files of a package that import what it gives": (
        {"lib/__init__.py": "from .layers import *\nfrom .affine import *", "lib/layers.py": f"{NP}{LAYERS}",
         "lib/affine.py": FROM_PACKAGE},
        "lib/__init__.py was graded",
    ),
    "packages that say what they give": (
        {"lib/nn/__init__.py": "from .layers import *", "lib/nn/layers.py": f"{NP}{LAYERS}",
         "lib/fc/__init__.py": "from .affine import *", "lib/fc/affine.py": f"{NP}{AFFINE}"},
        "affine_forward, affine_backward are not in",
    ),
    "files of one folder that mean another by dots": (
        {"lib/nn/layers.py": f"{NP}{LAYERS}", "lib/fc/affine.py": FROM_LAYERS.replace("lib.layers", "..nn.layers")},
        "affine_forward, affine_backward are not in",
    ),
    "a helper beside it": (
        {"ex.ipynb": [f"{NP}from helper import sig\n{USES_HELPERS}{AFFINE}"], "helper.py": HELPER},
        "with what it imports: ",
    ),
    "a helper by its own name": (
        {"ex.ipynb": [f"import helper as h\n{NP}", BY_MODULE, AFFINE], "helper.py": HELPER},
        "helper.py",
    ),
    "half of it in a module": (
        {"ex.ipynb": ["from layers import *\n", NP + AFFINE], "layers.py": NP + LAYERS},
        "layers.py",
    ),
    "all of it in modules": (
        {
            "ex.ipynb": [IMPORTS],
            "layers/__init__.py": "from .affine import affine_forward, affine_backward\n",
            "layers/sigmoid.py": "from helper import sig\n" + NP + USES_HELPERS.split("class Relu")[0],
            "layers/relu.py": NP + RELU.replace("class Relu", "class MyRelu"),
            "layers/affine.py": NP + AFFINE,
            "helper.py": HELPER,
        },
        "layers/relu.py",
    ),
    "a module in a folder that sys.path names": (
        {"ex.ipynb": [ON_PATH, NP + AFFINE], "src/layers.py": NP + LAYERS},
        "src/layers.py",
    ),
    "a module that is run": ({"ex.ipynb": ["%run ./layers.py\n", NP + AFFINE], "layers.py": NP + LAYERS}, "layers.py"),
    "work in two notebooks": (
        {"a.ipynb": [NP + LAYERS, "rows = len"], "b.ipynb": [NP, ROWS, BY_ROWS]},
        "they were taken from work-in-two-notebooks/b.ipynb",
    ),
    "a module by its bare name": ({"ex.ipynb": ["%run layers", NP + AFFINE], "layers.py": NP + LAYERS}, "layers.py"),
    "a notebook that is run": (
        {"ex.ipynb": ["%run layers.ipynb", SIGMOID, NP + AFFINE], "layers.ipynb": [NP, "%matplotlib inline", RELU]},
        "layers.ipynb",
    ),
    "a module that a cell writes": (
        {"ex.ipynb": [f"%%writefile helper.py\n{HELPER}", f"import helper as h\n{NP}", BY_MODULE, AFFINE]},
        "with what it imports: helper.py",
    ),
    "modules that import each other": (
        {
            "ex.ipynb": [f"import helper as h\n{NP}", BY_MODULE, AFFINE],
            "helper.py": HELPER.replace("np.exp(-x)", "other.down(x)") + "import other\n",
            "other.py": NP + "import helper\ndef down(x):\n    return helper.np.exp(-x)\n",
        },
        "helper.py",
    ),
    "a module that is imported as in a package": (
        {"ex.py": f"from .layers import *\n{NP}{AFFINE}", "layers.py": NP + LAYERS},
        "layers.py",
    ),
    "names taken over one by one": (
        {"ex.ipynb": [TAKEN, NP + AFFINE], "layers.py": NP + LAYERS},
        "layers.py",
    ),
    "a module as Canvas names it": (
        {"doe_12_345_ex.ipynb": ["from layers import *\n", NP + AFFINE], "doe_12_346_layers-1.py": NP + LAYERS},
        "layers-1.py",
    ),
}  # fmt: skip


def cell(source: str) -> dict[str, object]:
    kind = next((kind for kind in ("raw", "markdown") if source.startswith(f"{kind}:")), "code")
    made: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": source.removeprefix(f"{kind}:")}
    return made | {"outputs": [], "execution_count": None} if kind == "code" else made


def write(folder: Path, files: Files) -> None:
    """Write a hand-in; a list is the cells of a notebook."""
    for name, held in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(held, list):
            cells = [cell(source) for source in held]
            held = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
        path.write_text(held, encoding="utf-8")


def folder_of(name: str) -> str:
    return name.replace(" ", "-")


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, grade_folder: Callable[..., Graded]) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("odd")
    for name, (files, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), files)
    write(hand_ins / WRONG, {"ex.ipynb": [NP + "from helper import sig", USES_HELPERS, FORWARD], "helper.py": BROKEN})
    misspelt = SIGMOID.replace("class Sigmoid", "class Sigmoid(Layer)").replace("def backward", "def backwards")
    write(hand_ins / MISSPELT, {"ex.ipynb": [STUBS, misspelt, RELU, AFFINE]})
    unread = misspelt.replace("def backwards(self, dout, cache):\n        ", "def backward(self, dout, cache):\n    ")
    write(hand_ins / UNREAD, {"ex.ipynb": [STUBS, unread, RELU, AFFINE]})
    slips = {"layers/activation.py": NP + SIGMOID.replace("class Sigmoid", "class Sigmiod"),
             "affine.py": NP + AFFINE.replace("def affine_backward", "def affine_bakward")}  # fmt: skip
    for name, top in IN_ANOTHER_FILE.items():
        write(hand_ins / name, {"ex.py": NP + top, "old.py": NP + RELU.replace("class Relu", "class Relus"), **slips})
    write(hand_ins / ALONE, {"ex.ipynb": [NP, *IMPORTING]})
    write(hand_ins / UNTOUCHED, {"layer.py": NP + LAYER_PY})
    return grade_folder(hand_ins, EXERCISE, "odd")


@pytest.mark.parametrize("name", HAND_INS)
def test_what_is_right_gets_every_point_in_any_dress(odd: Graded, name: str) -> None:
    """Nothing about how it is written costs a point, and what was unusual is told."""
    row = odd[folder_of(name)]
    failed = {c["name"]: (c["verdict"], c["points"]) for c in row["criteria"] if c["points"] != c["max_points"]}
    assert failed == {}, row["page"]
    assert HAND_INS[name][1] in row["page"]


def test_a_line_in_a_helper_is_told_by_its_file(odd: Graded) -> None:
    """The sentence, the excerpt and the list of cells name the helper; a number of a cell would lead nowhere."""
    page = odd[WRONG]["page"]
    assert f"name 'nothing' is not defined (line 3 of {WRONG}/helper.py)" in page
    assert f"sig, which it calls {WRONG}/helper.py, lines 2 to 3" in page
    assert f"{WRONG}/helper.py code import numpy as np def sig(x): return x + nothing" in page


def test_a_method_that_a_base_class_leaves_open_is_told_as_missing(odd: Graded) -> None:
    """What raised NotImplementedError is the base class's, and nothing is to be mended there."""
    page = odd[MISSPELT]["page"]
    assert "Write def backward(self, dout, cache) in class Sigmoid : it has none" in page.replace("`", "")
    assert "The file has Sigmoid.backwards : is that it?" in page.replace("`", "")


def test_a_method_that_cannot_be_read_is_told_by_its_line_though_a_base_class_has_one(odd: Graded) -> None:
    """Its margin is what is to be mended, and not the line of the base class that raises NotImplementedError."""
    told = {c["name"]: c for c in odd[UNREAD]["criteria"]}["Sigmoid.backward"]
    assert told["verdict"] == "missing"
    assert "Sigmoid.backward could not be read: IndentationError: expected an indented block" in told["headline"]


@pytest.mark.parametrize("name", IN_ANOTHER_FILE)
def test_what_is_misspelt_in_another_file_is_named_as_within_one(odd: Graded, name: str) -> None:
    """Whether that is imported under its right name or not at all: who looks at a missing class looks for its file."""
    told = {c["name"]: c["headline"] for c in odd[name]["criteria"] if c["verdict"] == "missing"}
    told = {name: text.replace("`", "").rpartition("/")[2] for name, text in told.items()}
    assert told == {
        "Sigmoid.forward": "activation.py has Sigmiod.forward.",
        "Sigmoid.backward": "activation.py has Sigmiod.backward.",
        "affine_backward": "affine.py has affine_bakward.",
    }  # fmt: skip
    page = odd[name]["page"].replace("`", "")
    assert "See whether Sigmiod.forward is it, and write def forward(self, x) in class Sigmoid , spelt just so." in page
    assert "Relus" not in " ".join(told.values()), "a class that is there is taken from no other file"


def test_a_graded_function_is_never_taken_for_another(odd: Graded) -> None:
    """affine_backward is missing, and affine_forward, which reads nearly the same, is not offered in its place."""
    page = odd[WRONG]["page"]
    assert "Nothing named affine_backward was found" in page
    assert "is that it" not in page


def test_what_a_notebook_imports_and_nobody_handed_in_is_asked_for(odd: Graded) -> None:
    """To define what stands in a file at home is no help, nor is the question whether it is another exercise."""
    page = odd[ALONE]["page"].replace("`", "")
    assert page.count("course , imported here, was not there when it was graded") >= 6
    assert "Hand course in beside this file" in page
    assert "spelt just so" not in page
    assert "another exercise" not in page


def test_a_layer_file_as_students_get_it_is_not_attempted(odd: Graded) -> None:
    """It begins otherwise than the hand-out does, and nothing in it is anybody's work."""
    assert {c["verdict"] for c in odd[UNTOUCHED]["criteria"]} == {"not attempted"}
