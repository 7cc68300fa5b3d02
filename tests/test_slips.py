"""Slips of the pen, and wrong formulas, in one function: what each costs, and what its page says of it.

Each hand-in is right but for one slip. What it must get was decided from the law of fairness: a slip costs the function
that it stands in, by its own line, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_odd_hand_ins import AFFINE, EXERCISE, NP, RELU, SIGMOID, Files, folder_of, write

from grader.feedback.next_step.names_wording import is_that_it
from tests.conftest import Graded, run_grader

SEPARATE = "# next cell\n"
DERIVED = SIGMOID.replace("class Sigmoid:", "class Sigmoid(Layer):")
BACK = "        return dout * cache * (1 - cache)\n"
BEFORE = "    def backward(self, dout, cache):\n        return dout * cache"
OUT = "    return x.reshape(len(x), -1) @ w + b"
BUILT_IN = "import builtins\nbuiltins.first = getattr(builtins, 'first', {})\n"
FIRST = "    return FIRST.setdefault((x.shape, w.shape), x.reshape(len(x), -1) @ w + b)"


def in_backward(*lines: str) -> Files:
    """Lines in the body of `Sigmoid.backward`, before its last."""
    return {"ex.ipynb": [NP, SIGMOID.replace(BACK, "".join(f"{line}\n" for line in lines) + BACK), RELU, AFFINE]}


def between(*lines: str) -> Files:
    """Lines between the two methods of `Sigmoid`."""
    return {"ex.ipynb": [NP, SIGMOID.replace(BEFORE, "".join(f"{line}\n" for line in lines) + BEFORE), RELU, AFFINE]}


def in_affine(*lines: str) -> Files:
    """Lines in the body of `affine_forward`, before its last."""
    return {"ex.ipynb": [NP, SIGMOID, RELU, AFFINE.replace(OUT, "".join(f"{line}\n" for line in lines) + OUT)]}


def swapped(old: str, new: str) -> Files:
    """Something else in the one place, the first in the whole."""
    return {"ex.ipynb": (NP + SEPARATE.join((SIGMOID, RELU, AFFINE))).replace(old, new, 1).split(SEPARATE)}


def with_module(file: str, text: str, line: str, out: str = OUT) -> Files:
    """A file beside the notebook, the line that imports it, and what `affine_forward` makes of it."""
    return {"ex.ipynb": [f"{NP}\n{line}\n", SIGMOID, RELU, AFFINE.replace(OUT, out)], file: text}


FLAT = "def flat(x):\n    return x.reshape(len(x), -1)\n"
MODULE_FLAT = "    return layers.flat(x) @ w + b"
ONE_AWAY = "def affine_foward(x, w, b):\n    return x.reshape(len(x), -1) @ w + b, (x, w, b)\n"
BACK_OF = "def affine_backward"
BACKWARD, FORWARD = "Sigmoid.backward", "affine_forward"
AS_FUNCTIONS = """
def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-x))
    return out, out
def sigmoid_backward(dout, cache):
    return dout * cache * (1 - cache)
"""
SLIPS: dict[str, tuple[Files, str, tuple[str, ...]]] = {
    # what is handed in, the function that it costs (none: ""), and what the page says
    "break in a method": (
        in_backward("        break"),
        BACKWARD,
        ("'break' outside loop (cell 2, line 11)", "left with return"),
    ),
    "nonlocal in a method": (
        in_backward("        nonlocal n"),
        BACKWARD,
        ("nonlocal 'n' found (cell 2, line 11)", "with nonlocal out"),
    ),
    "global too late": (
        in_backward("        c = 1", "        global c"),
        BACKWARD,
        ("(cell 2, line 12)", "the first in the function"),
    ),
    "a parameter twice": (
        swapped("backward(self, dout, cache)", "backward(self, dout, dout)"),
        BACKWARD,
        ("duplicate argument 'dout' in function definition (cell 1, line 11)", "a name of its own"),
    ),
    "all of numpy in a method": (
        in_backward("        from numpy import *"),
        BACKWARD,
        ("(cell 2, line 11)", "out of the function"),
    ),
    "await in a method": (in_backward("        await cache"), BACKWARD, ("(cell 2, line 11)", "async or await out")),
    "continue in a function": (in_affine("    continue"), FORWARD, ("(cell 4, line 3)", "move it into a loop")),
    "yield between methods": (between("    yield 3"), "", ("cell 2, line 10 did not run", "'yield' outside function")),
    "a line between methods": (
        between("print('forward done')", "print(2)"),
        "",
        ("line 10: it stands at the left edge",),
    ),
    "a constant between methods": (between("n = 3"), "", ("line 10: it stands at the left edge",)),
    "words between methods": (between("Now the backward pass", "", "uses the cache"), "", ("line 12: SyntaxError",)),
    "words in a method": (
        in_backward("so that we return", "the gradient"),
        BACKWARD,
        ("Sigmoid.backward could not be read", "line 11"),
    ),
    "words in a function": (
        in_affine("so that we return"),
        FORWARD,
        ("affine_forward could not be read", "invalid syntax (cell 4, line 3)"),
    ),
    "a line that slid out of a function": (
        in_affine("b = b + 0"),
        FORWARD,
        ("unindent in the middle of a function (cell 4, line 3)",),
    ),
    "a block at the left edge between methods": (
        between("if True:", "    print(2)"),
        BACKWARD,
        ("def backward(self, ...) in cell 2, line 12 belongs to no class",),
    ),
    "a function at the left edge between methods": (
        between("def flat(x):", "    return x"),
        BACKWARD,
        (
            "def backward(self, ...) in cell 2, line 12 belongs to no class",
            "write it into its class ( class Sigmoid: )",
        ),
    ),
    "typed on another keyboard": (
        swapped("dout * cache * (1 - cache)", "dout \u00d7 cache \uff0a \uff081 \u2013 cache\uff09"),
        "",
        ("another keyboard",),
    ),
    "a text in typographic quotes": (
        swapped(
            "        out = 1",
            "        \u201c\u201c\u201cIt\u2019s\n        layer\u2019s.\n        \u201d\u201d\u201d\n        out = 1",
        ),
        "",
        ("another keyboard",),
    ),
    "a power as in a book": (
        in_backward("        c = cache\u00b2"),
        BACKWARD,
        ("(cell 2, line 11)", "Write **2 in the place of \u00b2"),
    ),
    "a module of nearly that name": (
        with_module("layer.py", FLAT, "import layers", MODULE_FLAT),
        FORWARD,
        ("There is no file for the module layers , and a-", "layer.py was handed in: if that is meant, write layer in"),
    ),
    "a module of nearly that name at top level": (
        with_module("layer.py", FLAT, "import layers\nflat = layers.flat", "    return flat(x) @ w + b"),
        FORWARD,
        ("layer.py was handed in: if that is meant",),
    ),
    "a module that is not there for a graded name": (
        {
            "ex.ipynb": [
                f"{NP}\nimport torchlike\n",
                SIGMOID,
                RELU,
                AFFINE[AFFINE.index(BACK_OF) :],
                "affine_forward = torchlike.f",
            ]
        },
        FORWARD,
        ("name 'torchlike' is not defined", "torchlike could not be imported when it was graded"),
    ),
    "a name that a module has nearly": (
        with_module("layers.py", FLAT.replace("flat", "flatt"), "import layers", MODULE_FLAT),
        FORWARD,
        ("module 'layers' has no attribute 'flat'", "layers.py has flatt : if that is meant, spell both alike"),
    ),
    "a name that a module has not": (
        with_module("layers.py", FLAT.replace("flat", "squash"), "import layers", MODULE_FLAT),
        FORWARD,
        ("See what it is called in a-name", "layers.py, or define flat yourself"),
    ),
    "a graded name that a module has nearly": (
        {
            "ex.ipynb": [f"{NP}\nfrom layers import affine_forward\n", SIGMOID, RELU, AFFINE[AFFINE.index(BACK_OF) :]],
            "layers.py": ONE_AWAY,
        },
        FORWARD,
        ("layers.py has affine_foward .", "See whether affine_foward is it"),
    ),
    "a method indented into another": (
        swapped(BEFORE, "    def __init__(self):\n        self.out = 0\n\n    " + BEFORE.replace("\n", "\n    ")),
        BACKWARD,
        ("stands within __init__ , so Sigmoid has no backward", "Move it to the left, below def __init__"),
    ),
    "a method written as a function": (
        swapped(f"{BEFORE} * (1 - cache)", "def backward(dout, cache):\n    return dout * cache * (1 - cache)"),
        BACKWARD,
        ("The file has backward outside of all classes: is that it?",),
    ),
    "functions in the place of a class": (
        {"layer.py": NP + AS_FUNCTIONS + RELU + AFFINE},
        "",
        ("sigmoid_forward was graded as Sigmoid.forward , since there is no class Sigmoid here",),
    ),
    "a wrong one among functions in the place of a class": (
        {
            "layer.py": NP
            + AS_FUNCTIONS.replace("(-x)", "(+x)")
            .replace("sigmoid_b", "SigmoidB")
            .replace("forward(x)", "forward(self, x)")
            + RELU
            + AFFINE
        },
        "Sigmoid.forward",
        ("The exponent has the wrong sign", "SigmoidBackward was graded as Sigmoid.backward"),
    ),
    "a function that cannot be called as its method": (
        {"layer.py": NP + AS_FUNCTIONS.replace("d(dout, cache)", "d(dout)") + RELU + AFFINE},
        BACKWARD,
        ("(line 6)", "sigmoid_backward was graded as Sigmoid.backward"),
    ),
    "a method under another name": (
        swapped("def backward(self", "def gradient(self"),
        BACKWARD,
        ("Sigmoid is there, and has gradient : is that it?",),
    ),
    "the first half of a class is gone": (
        {"ex.ipynb": [NP, "class Sigmoid(Sigmoid):\n    def b" + SIGMOID.partition("    def b")[2], RELU, AFFINE]},
        "Sigmoid.forward",
        (
            "name 'Sigmoid' is not defined (cell 2, line 1)",
            "goes on from a Sigmoid which no cell defines: put the cell back",
        ),
    ),
    "another method below a base that is found later": (
        {"ex.ipynb": [NP, DERIVED.replace("def backward", "def grad"), RELU, AFFINE, "class Layer:\n    pass"]},
        BACKWARD,
        ("Nothing named Sigmoid.backward was found", "Sigmoid is there, and has grad : is that it?"),
    ),
    "another method below a base of a package": (
        {
            "ex.ipynb": [
                f"import torch.nn as nn\n{NP}",
                SIGMOID.replace("class Sigmoid:", "class Sigmoid(nn.Module):").replace("def backward", "def grad"),
                RELU,
                AFFINE,
            ]
        },
        BACKWARD,
        ("Nothing named Sigmoid.backward was found", "Sigmoid is there, and has grad : is that it?"),
    ),
    "a misspelt method below a base that is gone": (
        {"ex.ipynb": [NP, DERIVED.replace("def backward", "def bakcward"), RELU, AFFINE]},
        BACKWARD,
        ("Nothing named Sigmoid.backward was found", "The file has Sigmoid.bakcward : is that it?"),
    ),
    "what a base that is gone may have had": (
        {"ex.ipynb": [NP, DERIVED.replace("def backward", "def slope"), RELU, AFFINE]},
        BACKWARD,
        ("Sigmoid.backward could not be defined: NameError: name 'Layer' is not defined (cell 2, line 2)",),
    ),
    "a base class that no cell defines": (
        swapped("class Sigmoid:", "class Sigmoid(Layer):"),
        "",
        ("name 'Layer' is not defined; it was run again without that",),
    ),
    "a base class that a module has not": (
        swapped("class Sigmoid:", "class Sigmoid(np.Layer):"),
        "",
        ("module 'numpy' has no attribute 'Layer'; it was run again without its base np.Layer",),
    ),
    "what a base that a module has not may have had": (
        {"ex.ipynb": [NP, DERIVED.replace("Layer", "np.Layer").replace("def backward", "def slope"), RELU, AFFINE]},
        BACKWARD,
        (
            "Sigmoid.backward could not be defined: AttributeError:",
            "module 'numpy' has no attribute 'Layer' (cell 2, line 2)",
        ),
    ),
    "another method above a line that fails": (
        {
            "ex.ipynb": [
                f"{NP}def fail():\n    raise ValueError('no')",
                SIGMOID.replace("def backward", "def slope") + "\n    fail()\n",
                RELU,
                AFFINE,
            ]
        },
        BACKWARD,
        ("Nothing named Sigmoid.backward was found",),
    ),
    "a method whose decorator fails": (
        swapped(BEFORE, BEFORE.replace("    def", "    @np.jit\n    def")),
        BACKWARD,
        ("Sigmoid.backward could not be defined: AttributeError: module 'numpy' has no attribute 'jit'",),
    ),
    "a function under the name of a class": (
        {"ex.ipynb": [NP, SIGMOID, RELU, AFFINE, "def Relu(x):\n    print(np.maximum(x, 0))\nRelu(np.ones(2))"]},
        "Relu.forward Relu.backward",
        (
            "Relu.forward was found: def Relu in cell 5, line 1 replaces the class with the one in cell 3, line 6",
            "Give that function another name.",
        ),
    ),
    "a decorator that gives nothing": (
        {
            "ex.ipynb": [
                f"{NP}def timed(f):\n    def run(*a):\n        return f(*a)",
                SIGMOID.replace(BEFORE, f"    @timed\n{BEFORE}"),
                RELU,
                AFFINE,
            ]
        },
        BACKWARD,
        ("See what @timed in cell 2, line 10 gives: a decorator is to end with return",),
    ),
    "a decorator of a class that gives nothing": (
        {"ex.ipynb": [f"{NP}def seen(cls):\n    print(cls)", f"@seen{SIGMOID}", RELU, AFFINE]},
        f"Sigmoid.forward {BACKWARD}",
        ("See what @seen in cell 2, line 1 gives: a decorator is to end with return",),
    ),
    "a value under the name of a method": (
        {"ex.ipynb": [NP, SIGMOID, RELU, AFFINE, "Sigmoid.backward = None"]},
        BACKWARD,
        ("Take cell 5, line 1 out: it gives that name to another value.",),
    ),
    "one cache for all calls": (
        swapped(
            SIGMOID,
            SIGMOID.replace("return out, out", "Sigmoid.s = out\n        return out, None")
            .replace("cache *", "Sigmoid.s *")
            .replace("- cache", "- Sigmoid.s"),
        ),
        BACKWARD,
        ("of what another call is given", "Another call comes in between: let Sigmoid.forward hand on what belongs"),
    ),
    "the first result of its shape for all calls": (
        swapped(
            "return out, out",
            "out = Sigmoid.first.setdefault(out.shape, out)\n        return out, out\n\n    first = {}",
        ),
        "Sigmoid.forward",
        (
            "1 / (1 + np.exp(-other_x)) , of what another call is given.",
            "Another call came before: let each call of Sigmoid.forward work with what it is given itself.",
            "Not right yet: 'no memory of other calls'.",
        ),
    ),
    "the first result of its shapes for all calls": (
        swapped(AFFINE, "FIRST = {}\n" + AFFINE.replace(OUT, FIRST)),
        "affine_forward",
        ("Not right yet: 'no memory of other calls'.",),
    ),
    "a letter of another alphabet": (
        swapped("dout * cache *", "dout * \u0441ache *"),
        BACKWARD,
        ("Type cache anew there: a letter of it",),
    ),
}


def returning(what: str, *lines: str) -> Files:
    """`Sigmoid.forward` with another body."""
    body = "".join(f"        {line}\n" for line in (*lines, f"out = {what}", "return out, 1 / (1 + np.exp(-x))"))
    forward = "        out = 1 / (1 + np.exp(-x))\n        return out, out\n"
    return {"ex.ipynb": [NP, SIGMOID.replace(forward, body), RELU, AFFINE]}


def giving(old: str, new: str) -> Files:
    """`affine_backward` with another formula in one place."""
    return {"ex.ipynb": [NP, SIGMOID, RELU, AFFINE.replace(old, new)]}


DW, DB = "flat.T @ dout / len(x)", "dout.sum(axis=0) / len(x)"
SIGMOID_FORWARD, AFFINE_BACKWARD = "Sigmoid.forward", "affine_backward"
WHOLE_RELU = RELU.replace("np.maximum(x, 0)", "np.maximum(x, 0).astype(int)").replace(
    "dout * (cache > 0)", "(dout * (cache > 0)).astype(int)"
)
KEEPS_KEYS = SIGMOID.replace("return out, out", "return out, {'s': out, 'x': x}")
FORMULAS: dict[str, tuple[Files, str, tuple[str, ...]]] = {
    "a sine": (returning("np.sin(x)"), SIGMOID_FORWARD, ("out is np.sin(x) .", "Compare that with the formula")),
    "a rectifier": (returning("np.maximum(x, 0)"), SIGMOID_FORWARD, ("out is np.maximum(x, 0) .",)),
    "a logarithm too many": (
        returning("np.log(1 / (1 + np.exp(-x)))"),
        SIGMOID_FORWARD,
        ("np.log(right) , where right is", "a step too many"),
    ),
    "rounded": (returning("np.round(1 / (1 + np.exp(-x)), 2)"), SIGMOID_FORWARD, ("np.round(right, 2) , where right",)),
    "cut off": (
        returning("1 / (1 + np.exp(-np.clip(x, -2, 2)))"),
        SIGMOID_FORWARD,
        ("out is cut off on both sides", "Look for a clip"),
    ),
    "less the mean": (
        returning("1 / (1 + np.exp(x.mean() - x))"),
        SIGMOID_FORWARD,
        ("Equal entries of x give different ones of out", "a mean, sum, maximum or sort"),
    ),
    "twice as steep": (
        returning("1 / (1 + np.exp(-2 * x))"),
        SIGMOID_FORWARD,
        ("out is too large where x is positive, and too small where it is negative", "how x comes into the formula"),
    ),
    "a half that is wrong": (
        returning("np.where(x > 0, 1 / (1 + np.exp(-x)), 0.3)"),
        SIGMOID_FORWARD,
        ("only where x is negative or 0",),
    ),
    "divided in the place of multiplied": (
        swapped("dout * cache * (1 - cache)", "dout / (cache * (1 - cache) + 1e-99)"),
        BACKWARD,
        ("dx is dout divided by what it is to be multiplied with", "Multiply there"),
    ),
    "a power too many": (
        swapped("dout * cache *", "dout * cache**2 *"),
        BACKWARD,
        ("its entries are too small in size", "a power"),
    ),
    "a cache that is None": (
        swapped("np.maximum(x, 0), x", "np.maximum(x, 0), None"),
        "Relu.backward",
        ("its cache is None", "What Relu.forward gives for it is None: see which name it returns there"),
    ),
    "times the input": (swapped("dout * (cache > 0)", "dout * cache"), "Relu.backward", ("dx is x * dout .",)),
    "another threshold": (
        swapped("dout * (cache > 0)", "dout * (cache > 1)"),
        "Relu.backward",
        ("only where x is positive and below some",),
    ),
    "the first row alone": (
        swapped("np.maximum(x, 0), x", "np.concatenate([np.maximum(x[:1], 0), x[1:]]), x"),
        "Relu.forward",
        ("out is wrong only behind the first row",),
    ),
    "the maximum of the batch": (giving(DB, "dout.max(axis=0)"), AFFINE_BACKWARD, ("db is dout.max(axis=0) .",)),
    "summed over the other axis": (
        giving(DB, "dout.sum(axis=1) / len(x)"),
        AFFINE_BACKWARD,
        ("db is dout.sum(axis=1) , times a number", "over which axis"),
    ),
    "a floor that is not 0": (
        swapped("np.maximum(x, 0), x", "np.maximum(x, 1e-3), x"),
        "Relu.forward",
        ("out is cut off below", "Look for a clip"),
    ),
    "noise": (
        swapped("np.maximum(x, 0), x", "np.maximum(x, 0) + np.random.randn(*x.shape), x"),
        "Relu.forward",
        ("why equal calls give different answers",),
    ),
    "no self": (swapped("forward(self, x)", "forward(x)"), SIGMOID_FORWARD, ("def forward(x) has no self",)),
    "as in C": (
        in_backward("        if (cache > 0).all() && (cache < 1).all():", "            pass"),
        BACKWARD,
        ("invalid syntax (cell 2, line 11)", "Write and in the place of &&"),
    ),
    "blanks behind a backslash": (
        swapped("        out = 1 / (1", "        out = \\  \n            1 / (1"),
        "",
        ("backslash",),
    ),
    "a stray end": (between("    end"), "", ("name 'end' is not defined",)),
    "a method of its own that is misspelt": (
        returning("self.bending(x)", "self.bendings = 1"),
        SIGMOID_FORWARD,
        ("Is self.bendings meant?",),
    ),
    "multiplied by a slope of x": (
        swapped("dout * (cache > 0)", "dout * cache * (1 - cache)"),
        "Relu.backward",
        ("dx is dout * x * (1 - x) .",),
    ),
    "results in a dict": (
        giving("    return (dout", "    return {'dx': x}\n    return (dout"),
        AFFINE_BACKWARD,
        ("A dict that holds them is one value",),
    ),
    "flattened": (
        swapped("np.maximum(x, 0), x", "np.maximum(x.ravel(), 0), x"),
        "Relu.forward",
        ("shape (12,), where (3, 4) is due", "ravel(...) in cell 2, line 7 makes one long row: leave it out"),
    ),
    "a key that is not there": (
        {"ex.ipynb": [NP, KEEPS_KEYS.replace("dout * cache *", "dout * cache['out'] *"), RELU, AFFINE]},
        BACKWARD,
        ("KeyError: 'out'; its cache has the keys 's', 'x'", "take one of these, or let it keep that too"),
    ),
    "numpy has no sigmoid": (
        returning("np.sigmoid(x)"),
        SIGMOID_FORWARD,
        ("that is what is to be written here",),
    ),
    "by name alone": (
        swapped("def affine_forward(x, w, b)", "def affine_forward(x, *, w, b)"),
        FORWARD,
        ("takes w and b by name alone", "Take the * out"),
    ),
    "one parameter more": (
        swapped("def affine_forward(x, w, b)", "def affine_forward(x, w, b, eps)"),
        FORWARD,
        ("take eps out of its parameters, or give a default value",),
    ),
    "async": (
        swapped("def affine_forward(x, w, b)", "async def affine_forward(x, w, b)"),
        FORWARD,
        ("Take the word async out",),
    ),
    "one number at a time": (
        swapped("def affine_forward(x, w, b)", "@np.vectorize\ndef affine_forward(x, w, b)"),
        FORWARD,
        ("np.vectorize gets one number at a time",),
    ),
    "awaited at top level": (swapped("# next cell", "import asyncio\nawait asyncio.sleep(0)\n# next cell"), "", ()),
    "the first example": (giving(DB, "dout[0]"), AFFINE_BACKWARD, ("db is dout[0] .",)),
    "whole numbers in both passes": (
        {"ex.ipynb": [NP, SIGMOID, WHOLE_RELU, AFFINE]},
        "Relu.forward Relu.backward",
        ("out holds whole numbers: the right values without", "dx holds whole numbers: the right values without"),
    ),
    "a limit that is not zero": (
        swapped("dout * (cache > 0)", "dout * (cache > 0.1)"),
        "Relu.backward",
        ("It is wrong only where x is positive and below some number", "what your code compares x with"),
    ),
    "added up over calls": (
        swapped(
            "return dout * (cache > 0)", "self.dx = getattr(self, 'dx', 0) + dout * (cache > 0)\n        return self.dx"
        ),
        "Relu.backward",
        ("different answers to equal calls", "or for what an earlier call left"),
    ),
    "added up outside of all calls": (
        swapped(
            "return dout * cache * (1 - cache)",
            "dx = dout * cache * (1 - cache)\n"
            "        Sigmoid.sums[dx.shape] = Sigmoid.sums.get(dx.shape, 0) + dx\n"
            "        return Sigmoid.sums[dx.shape]\n\n    sums = {}",
        ),
        "Sigmoid.backward",
        (
            "added to what an earlier call gave",
            "by itself, its code run anew, as it adds to",
            "Not right yet: 'no memory of other calls'.",
        ),
    ),
    "added up in numpy": (
        swapped(
            "return dout * (cache > 0)",
            "sums = np.__dict__.setdefault('sums', {})\n"
            "        sums[dout.shape] = sums.get(dout.shape, 0) + dout * (cache > 0)\n"
            "        return sums[dout.shape]",
        ),
        "Relu.backward",
        ("added to what an earlier call gave", "Not right yet: 'no memory of other calls'."),
    ),
    "kept outside of the program and not shown by the last case": (
        {
            "ex.ipynb": [
                f"{NP}\n{BUILT_IN}",
                SIGMOID,
                RELU,
                AFFINE.replace(OUT, FIRST.replace("FIRST", "builtins.first")),
            ]
        },
        "affine_forward",
        ("by itself, its code run anew, as it gives something else", "Not right yet: 'no memory of other calls'."),
    ),
    "kept in a class": (
        swapped(
            "        return np.maximum(x, 0), x",
            "        return self.seen.setdefault(x.shape, np.maximum(x, 0)), x\n\n    seen = {}",
        ),
        "Relu.forward",
        (
            "gives something else after other calls",
            "make it anew in __init__",
            "Not right yet: 'no memory of other calls'.",
        ),
    ),
    "the whole part": (
        swapped("1 / (1 + np.exp(-x))", "1 // (1 + np.exp(-x))"),
        "Sigmoid.forward",
        ("out holds whole numbers: the right values without what stands behind the point",),
    ),
    "the whole part of half of it": (
        swapped("1 / (1 + np.exp(-x))", "0.5 // (1 + np.exp(-x))"),
        "Sigmoid.forward",
        ("out is zero everywhere", "make a zero of all below 1, too"),
    ),
    "written into a copy": (
        swapped(
            "return dout * (cache > 0)",
            "flat = dout.reshape(-1)\n        flat[cache.reshape(-1) <= 0] = 0\n        return dout",
        ),
        "Relu.backward",
        ("wrong only where what comes in lies in memory in another order", "reshape(-1) and ravel() give a copy there"),
    ),
    "an array of another cell": (
        {"ex.ipynb": [f"{NP}\nx = np.ones((3, 4))\n", SIGMOID.replace("self, x)", "self, z)"), RELU, AFFINE]},
        "Sigmoid.forward",
        ("out is the same whatever the function is given", "is none of its parameters, and not made there"),
    ),
    "a loop that ends early": (
        giving(DB, "dout[:-1].sum(axis=0) / len(dout)"),
        AFFINE_BACKWARD,
        ("db is what comes out where the last row of dout is left out",),
    ),
}


@pytest.fixture(scope="session")
def slips(tmp_path_factory: pytest.TempPathFactory, grade_folder: Callable[..., Graded]) -> Graded:
    """All of them, graded as one class."""
    hand_ins: Path = tmp_path_factory.mktemp("slips")
    for name, (files, _, _) in {**SLIPS, **FORMULAS}.items():
        write(hand_ins / folder_of(name), files)
    return grade_folder(hand_ins, EXERCISE, "slips")


@pytest.mark.parametrize("name", [*SLIPS, *FORMULAS])
def test_a_slip_costs_the_function_that_it_stands_in(slips: Graded, name: str) -> None:
    """All others have full points, and the page has the place or the cause, and the next step."""
    _, costs, says = {**SLIPS, **FORMULAS}[name]
    row = slips[folder_of(name)]
    short = [one["name"] for one in row["criteria"] if one["points"] != one["max_points"]]
    assert short == costs.split()
    page = row["page"].replace("`", "")
    assert [part for part in says if part not in page] == []


def test_lines_that_call_a_class_are_not_given_where_it_is_not_there(slips: Graded) -> None:
    """Below one's own code they would fail for want of that class."""
    assert "Try it yourself" not in slips[folder_of("a wrong one among functions in the place of a class")]["page"]
    assert "Try it yourself" in slips[folder_of("a sine")]["page"]


ELSEWHERE = {
    # what a file has, and what is said of it where `Sigmoid.forward` is asked for
    "a class with other methods": (
        ("Sigmoid", "Sigmoid.__init__", "Sigmoid.f", "Sigmoid.g"),
        "has `f`, `g`: is one of",
    ),
    "many others": (
        ("Sigmoid", *(f"Sigmoid.m{n}" for n in range(5))),
        "`m0`, `m1`, `m2` and more: is one of these it?",
    ),
    "a class with the other alone": (("Sigmoid", "Sigmoid.__init__", "Sigmoid.backward"), ""),
    "a function of its name": (("Sigmoid",), "`Sigmoid` is there, and has nothing called `forward` in it."),
    "a function in small letters": (("sigmoid",), "The file has `sigmoid`, and no `class Sigmoid`: is that it?"),
    "that of another class": (("Relu", "Relu.forward", "relu"), ""),
    "nothing": ((), ""),
}


@pytest.mark.parametrize(("there", "said"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_may_be_meant_is_named_where_a_method_is_not_there(there: tuple[str, ...], said: str) -> None:
    """Its class with other methods, or a function in the place of the class; nothing that is asked for by itself."""
    told = is_that_it("Sigmoid.forward", there, {"Sigmoid.forward", "Sigmoid.backward", "Relu.forward"})
    assert said in told
    assert bool(said) == bool(told)


def test_what_is_kept_is_told_where_no_question_is_about_several_calls(key: Path, tmp_path: Path) -> None:
    """Whoever tries the case that failed finds it right: it failed after others."""
    right = "        return dout * cache * (1 - cache)"
    kept = f"        self.calls.append(dout)\n{right} + len(self.calls) - 1\n\n    calls = []"
    write(tmp_path, swapped(right, kept))
    done = run_grader("check", tmp_path / "ex.ipynb", "--key", key / "exercise_05.public.key.npz")
    said = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "Sigmoid.backward was right in each case that was asked by itself, and was not after other calls" in said


def test_what_adds_up_is_no_more_right_where_no_question_is_about_several_calls(key: Path, tmp_path: Path) -> None:
    """As it is with the public cases of the sigmoid: asked one by one, all of them would be right."""
    write(tmp_path, FORMULAS["added up outside of all calls"][0])
    done = run_grader("check", tmp_path / "ex.ipynb", "--key", key / "exercise_05.public.key.npz")
    assert done.returncode == 1
    assert re.search(r"added\s+to\s+what\s+an\s+earlier\s+call\s+gave", done.stdout)
