"""A backward whose forward comes to nothing is tried with what the lines of that forward keep, in its own layout.

Each hand-in of the class is right but for what is said of it: what it must get follows from the law of fairness, by
which one error costs once, and a right function never costs anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import test_odd_hand_ins as odd
from test_odd_hand_ins import EXERCISE, NP, folder_of, write

from grader.extract import Cell, by_lines, last_put_first, put_in_number
from grader.feedback.evidence import Evidence
from grader.wire import Piece
from tests.conftest import Graded

FORWARD, BACK = "out = np.maximum(x, 0)", "return dout * cache"
RELU = f"""class Relu:
    def forward(self, x):
        out, cache = None, None
        {FORWARD}
        cache = x > 0
        return out, cache

    def backward(self, dout, cache):
        {BACK}
"""
ON_SELF = RELU.replace("cache = x > 0", "self.mask = x > 0").replace("dout * cache", "dout * self.mask")
AFFINE = """def affine_forward(x, w, b):
    flat = x.reshape(len(x), -1)
    out = flat @ w + b
    return out, {'flat': flat, 'w': w, 'shape': x.shape}

def affine_backward(dout, cache):
    flat, w = cache['flat'], cache['w']
    return (dout @ w.T).reshape(cache['shape']), flat.T @ dout / len(flat), dout.sum(axis=0) / len(flat)
"""


def relu(old: str, new: str, of: str = RELU) -> list[str]:
    """A hand-in with this Relu, in which one line is another."""
    assert old in of
    return [NP, odd.SIGMOID, of.replace(old, new, 1), odd.AFFINE]


def affine(old: str, new: str) -> list[str]:
    """A hand-in whose affine layer keeps a dict, with another line in it."""
    assert old in AFFINE
    return [NP, odd.SIGMOID, odd.RELU, AFFINE.replace(old, new, 1)]


AHEAD_OF_IT, BEHIND_IT = AFFINE.split("\n\n")
AHEAD, BOTH, LAYER = ("Relu.forward",), ("Relu.forward", "Relu.backward"), ("affine_forward",)
RETURN = "        return out, cache\n"
LOOPS = """for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = 1 / (1 + math.exp(-x[i, j]))"""
SIGMOID = f"""import math
class Sigmoid:
    def forward(self, x):
        out = np.zeros(x.shape)
        {LOOPS}
        return out, {{'s': out}}

    def backward(self, dout, cache):
        return dout * cache['s'] * (1 - cache['s'])
"""
SLOPE = """class Sigmoid:
    def forward(self, x):
        out = np.zeros(x.shape)
        cache = np.zeros(x.shape)
        out = 1 / (1 + np.exp(-X))
        cache = out * (1 - out)
        return out, cache

    def backward(self, dout, cache):
        return dout * cache
"""
WHOLE = [NP, SLOPE.replace("1 / (1 + np.exp(-X))", "(1 / (1 + np.exp(-x))).astype(int)"), odd.RELU, odd.AFFINE]
AGAIN = "* self.forward(cache)[0] * (1 - self.forward(cache)[0])"
TABLES_ALONE = [NP, SIGMOID, odd.RELU, odd.AFFINE]
NOTED = "Relu.backward was tried with what those lines of its forward keep that can be run"
HAND_INS: dict[str, tuple[list[str] | dict[str, str], tuple[str, ...], str]] = {
    # what is handed in, the functions that lose points, and what the page says
    "whole": (relu(FORWARD, FORWARD), (), ""),
    "a bracket too few": (relu(FORWARD, FORWARD[:-1]), AHEAD, NOTED),
    "a name that is not there": (relu(FORWARD, "out = np.maximum(X, 0)"), AHEAD, NOTED),
    "without return": (relu(RETURN, ""), AHEAD, NOTED),
    "return of the result alone": (relu(RETURN, "        return out\n"), AHEAD, NOTED),
    "raises at its end": (relu(RETURN, "        raise ValueError\n"), AHEAD, NOTED),
    "a line at the edge of the class": (relu(f"        {FORWARD}", f"    {FORWARD}"), AHEAD, NOTED),
    "raises on the line of its return": (
        relu(RETURN, "        return np.maxx(x, 0), cache\n"),
        AHEAD,
        NOTED,
    ),
    "a mask of a result that is not there": (
        relu(FORWARD, "out = np.maxx(x, 0)", RELU.replace("x > 0", "(out > 0) * 1.0")),
        AHEAD,
        NOTED,
    ),
    "and a backward that is wrong for it": (
        relu(FORWARD, "out = np.maxx(x, 0)", RELU.replace("x > 0", "out > 0").replace("* cache", "* (1 - cache)")),
        BOTH,
        "",
    ),
    "a slope of a result that is not there": (
        [NP, SLOPE, odd.RELU, odd.AFFINE],
        ("Sigmoid.forward",),
        "Sigmoid.backward was tried with what",
    ),
    "a wrong slope of it": (
        [NP, SLOPE.replace("1 - out", "1 + out"), odd.RELU, odd.AFFINE],
        ("Sigmoid.forward", "Sigmoid.backward"),
        "",
    ),
    "on self and broken": (relu(FORWARD, FORWARD[:-1], ON_SELF), AHEAD, NOTED),
    "on self and by a name on one line": (
        [
            NP,
            SLOPE.replace("        cache = out * (1 - out)\n", "")
            .replace("out = 1 /", "self.s = out = 1 /")
            .replace("dout * cache", "dout * self.s * (1 - self.s)"),
            odd.RELU,
            odd.AFFINE,
        ],
        ("Sigmoid.forward",),
        "Sigmoid.backward was tried with what",
    ),
    "on self without return": (relu(RETURN, "", ON_SELF), AHEAD, ""),
    "the first line broken": (relu("forward(self, x):", "forward(self, x)"), AHEAD, NOTED),
    "under a misspelt name": (relu("def forward", "def foward"), AHEAD, NOTED),
    "backward wrong as well": (relu(FORWARD, FORWARD[:-1], RELU.replace("dout * cache", "dout + cache")), BOTH, ""),
    "backward wrong for what is kept": (relu(FORWARD, FORWARD[:-1], RELU.replace("x > 0", "x")), BOTH, ""),
    "what is kept is broken too": (relu(FORWARD, FORWARD[:-1], RELU.replace("x > 0", "x >")), BOTH, ""),
    "a dict and a bracket too many": (affine("@ w + b", "@ w + b)"), LAYER, "affine_backward was tried with what"),
    "whole numbers and a slope of these": (WHOLE, ("Sigmoid.forward",), "Sigmoid.backward was tried with what"),
    "whole numbers that are worked out again": (
        [NP, WHOLE[1].replace("cache = out * (1 - out)", "cache = x").replace("* cache", AGAIN), odd.RELU, odd.AFFINE],
        ("Sigmoid.forward",),
        "Sigmoid.backward was tried with what",
    ),
    "whole numbers and a backward that is wrong for them": (
        [NP, WHOLE[1].replace("dout * cache", "dout + cache"), odd.RELU, odd.AFFINE],
        ("Sigmoid.forward", "Sigmoid.backward"),
        "",
    ),
    "raises for more than two dimensions": (TABLES_ALONE, ("Sigmoid.forward",), "Sigmoid.backward was tried with what"),
    "a dict without W of a file that is imported": (
        {
            "ahead.py": f"{NP}\n{AHEAD_OF_IT.replace('flat @ w + b', 'flat @ W + b')}",
            "ex.py": "\n".join(["from ahead import *", NP, odd.SIGMOID, odd.RELU, BEHIND_IT]),
        },
        LAYER,
        "affine_backward was tried with what",
    ),
    "a dict and raises for images": (affine("flat @ w + b", "x @ w + b"), LAYER, "affine_backward was tried with what"),
    "a dict and a name that is not there": (
        affine("flat @ w + b", "flat @ W + b"),
        LAYER,
        "affine_backward was tried",
    ),
}


def sigmoid_gives(what: str) -> list[str]:
    """All right but for the sigmoid, whose forward returns this."""
    return [NP, odd.SIGMOID.replace("return out, out", f"return {what}"), odd.RELU, odd.AFFINE]


FLIPPED, IN_ORDER = "return cache, out", "put into the order and number that are due"
ANOTHER = "comes one place too late: (out, cache) is due, in this order."
DICT = "{'flat': flat, 'w': w, 'shape': x.shape}"
X_FIRST = odd.RELU.replace("return np.maximum(x, 0), x", "return x, np.maximum(x, 0)")
ALL_IN_A_DICT = RELU.replace(BACK, f"{BACK}['mask']")
FOUR = AFFINE.replace("flat, w = cache['flat'], cache['w']", "flat, w, shape = cache").replace(
    "cache['shape']", "shape"
)
OTHERS: dict[str, tuple[list[str], tuple[str, ...], tuple[str, ...]]] = {
    # what is handed in, the functions that lose points, and what the page says
    "the mask first": (relu("return out, cache", FLIPPED), AHEAD, (IN_ORDER, ANOTHER, "Return out, cache, in this")),
    "the dict first": (affine(f"out, {DICT}", f"{DICT}, out"), LAYER, (IN_ORDER, ANOTHER)),
    "the dict first and no b": (affine(f"out, {DICT}", f"{DICT}, out - b"), LAYER, (IN_ORDER,)),
    "x first which backward can do with": ([NP, odd.SIGMOID, X_FIRST, odd.AFFINE], AHEAD, (ANOTHER,)),
    "the mask first and a backward that is wrong": (
        relu("return out, cache", FLIPPED, RELU.replace("dout * cache", "1.0 * cache")),
        BOTH,
        (IN_ORDER, ANOTHER, "dout, is not in it"),
    ),
    "a dict of all": (relu("out, cache\n", "{'y': out, 'mask': cache}\n", ALL_IN_A_DICT), AHEAD, (IN_ORDER,)),
    "four results": (
        [NP, odd.SIGMOID, odd.RELU, FOUR.replace(DICT, "flat, w, x.shape")],
        LAYER,
        (IN_ORDER,),
    ),
    "twice what stands behind it": (
        sigmoid_gives("2 * out, out"),
        ("Sigmoid.forward",),
        (),
    ),
    "objects in the right order": (sigmoid_gives("out.astype(object), out"), ("Sigmoid.forward",), ("Python objects",)),
    "complex numbers in the right order": (sigmoid_gives("out + 0j, out"), ("Sigmoid.forward",), ("complex128",)),
    "a wrong result in the right order": (relu("return out, cache", "return -out, cache"), AHEAD, ()),
}


MISTAKEN = {
    # forward raises, and backward, which reads a cache of its own, makes a known mistake
    "no dout, by a mask": (
        relu(FORWARD, "out = np.maxx(x, 0)", RELU.replace("dout * cache", "1.0 * cache")),
        "Relu.backward",
        "the gradient from above, dout, is not in it",
    ),
    "no dout, by a slope": (
        [NP, SLOPE.replace("np.exp", "np.expp").replace("dout * ", "1.0 * "), odd.RELU, odd.AFFINE],
        "Sigmoid.backward",
        "dout is not used",
    ),
    "no dout, by a slope of whole numbers": (
        [NP, WHOLE[1].replace("dout * cache", "1.0 * cache"), odd.RELU, odd.AFFINE],
        "Sigmoid.backward",
        "dout is not used",
    ),
    "the wrong sign, by a name": (
        [
            NP,
            odd.SIGMOID.replace("return out, out", "return out, {'y': out}")
            .replace("np.exp(-x)", "np.expp(-x)")
            .replace("dout * cache * (1 - cache)", "-dout * cache['y'] * (1 - cache['y'])"),
            odd.RELU,
            odd.AFFINE,
        ],
        "Sigmoid.backward",
        "Every entry has the wrong sign",
    ),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins: Path = tmp_path_factory.mktemp("by_lines")
    for name, (cells, *_) in HAND_INS.items():
        write(hand_ins / folder_of(name), cells if isinstance(cells, dict) else {"ex.ipynb": cells})
    for name, (cells, *_) in MISTAKEN.items():
        write(hand_ins / folder_of(name), {"ex.ipynb": cells})
    for name, (cells, *_) in OTHERS.items():
        write(hand_ins / folder_of(name), {"ex.ipynb": cells})
    return grade_folder(hand_ins, EXERCISE, "by_lines")


@pytest.mark.parametrize("name", HAND_INS)
def test_what_is_broken_in_a_forward_costs_that_alone(graded: Graded, name: str) -> None:
    """All else has full points; a backward that is wrong for its own layout stays wrong."""
    _, short, says = HAND_INS[name]
    row = graded[folder_of(name)]
    assert tuple(one["name"] for one in row["criteria"] if one["points"] != one["max_points"]) == short
    assert says in row["page"].replace("`", "")
    assert bool(says) == ("was tried with what those lines" in row["page"])


@pytest.mark.parametrize("name", MISTAKEN)
def test_a_backward_behind_a_forward_that_raises_is_told_its_own_mistake(graded: Graded, name: str) -> None:
    """And not what became of it with a cache that is laid out otherwise."""
    _, function, says = MISTAKEN[name]
    told = next(one for one in graded[folder_of(name)]["criteria"] if one["name"] == function)
    assert (told["verdict"], told["points"]) == ("known mistake", 0)
    assert says in told["headline"]


@pytest.mark.parametrize("name", OTHERS)
def test_results_in_another_order_or_number_cost_the_forward_alone(graded: Graded, name: str) -> None:
    """Its backward has what is its cache; where nothing else is wrong, that is what is told of the forward."""
    _, short, says = OTHERS[name]
    row = graded[folder_of(name)]
    assert tuple(one["name"] for one in row["criteria"] if one["points"] != one["max_points"]) == short
    assert [part for part in says if part not in row["page"]] == []
    assert {part for part in (IN_ORDER, ANOTHER) if part in row["page"]} <= {*says}


def made(source: str, gives: str = "(out, cache)") -> object:
    """What the function gives for 2, made by its lines; nothing where it is not made."""
    piece = by_lines([Cell(3, "code", source)], "f", (3, source.count("\n") + 1), "(x)", gives)
    if piece is None:
        return None
    namespace: dict[str, object] = {"np": np}
    exec(piece.source, namespace)
    function = namespace["f"]
    assert callable(function)
    return tuple(None if type(one) is object else one for one in function(2))


LINES = {
    "a line that raises": ("def f(x):\n    out = x\n    y = 1 / 0\n    cache = x + 1\n    return out, cache", (2, 3)),
    "one that cannot be read": ("def f(x):\n    out = (x\n    cache = x + 1\n    return 4, cache", (4, 3)),
    "two brackets that are not closed": (
        "def f(x):\n    out = x\n    cache = (x, [x\n    return out, cache",
        (2, (2, [2])),
    ),
    "a bracket that is not closed": ("def f(x):\n    out = x\n    cache = (x, out\n    return out, cache", (2, (2, 2))),
    "a quote too many": ("def f(x):\n    out = x\n    cache = out'\n    return out, cache", (2, 2)),
    "a quote behind others": ("def f(x):\n    out = x\n    cache = {'a': out}'\n    return out, cache", (2, {"a": 2})),
    "further in than all": ("def f(x):\n    for n in [x]:\n        out = n\n      cache = out", (2, 2)),
    "its own names": ("def f(x):\n    o = x\n    return o, (x, o)\n    1 +", (2, (2, 2))),
    "an early return": ("def f(x):\n    return x\n    out = x\n    cache = out * 2", (2, 4)),
    "further in": ("class A:\n    def f(x):\n        out = x\n    cache = 5\n        )", (2, 5)),
    "a loop without a body": ("def f(x):\n    for n in x:\n    out = cache = 7", (7, 7)),
    "too far in": ("def f(x):\n    out = x\n      cache = 1", (2, 1)),
    "a part of its return": ("def f(x):\n    return x / 0, (x, 3)", (None, (2, 3))),
    "a part and a star": ("def f(x):\n    return (x, *[3])", (2, 3)),
    "two side by side": ("def f(x):\n    out, cache = 1 / 0, x + 1\n    return out, cache", (None, 3)),
    "two that change places": ("def f(x):\n    a, out = x, 5\n    a, out = out, a\n    return out, a", (2, 5)),
    "a text about it": ('def f(x):\n    """What it does."""\n    out = cache = x', (2, 2)),
    "a default that cannot be read": ("def f(x, y=):\n    out = cache = x", (2, 2)),
    "the next one is another's": ("def f(x):\n    out = (1\ndef g(x):\n    cache = 2", None),
    "nothing is kept": ("def f(x):\n    out = x", None),
    "another function": ("def g(x):\n    out = cache = x", None),
    "broken throughout": ("def f(x):\n" + "    1 +\n" * 20 + "    out = cache = x", None),
    "a sum of a thousand": ("def f(x):\n    cache = out = x" + " + 1" * 1_000, None),
    "without end": ("def f(x):\n" + "    y = 1\n" * 500 + "    out = cache = x", None),
}


@pytest.mark.parametrize(("source", "gives"), LINES.values(), ids=LINES.keys())
def test_a_function_is_made_of_its_lines_that_can_be_run(source: str, gives: object) -> None:
    """Those that fail are passed over; where it is not plain what it keeps there is none."""
    assert made(source) == gives


def test_what_is_due_alone_has_no_cache() -> None:
    """A function of one result keeps nothing by its return."""
    assert made("def f(x):\n    out = x", gives="out") is None
    assert made("def f(x):\n    out = x", gives="") is None


KEEPING = {
    "self.x = x": True,
    "self.cache['x'] = x": True,
    "self.caches[-1]['x'] = x": True,
    "cache['x'] = x": False,
    "y = self.cache['x']": False,
}


@pytest.mark.parametrize(("line", "keeps"), KEEPING.items(), ids=KEEPING.keys())
def test_one_result_alone_is_made_by_lines_where_an_object_keeps_something(line: str, keeps: bool) -> None:
    """As it is, or as an entry of a dict that it holds."""
    source = f"def f(self, x):\n    {line}\n    out = x\n    return out"
    assert (by_lines([Cell(3, "code", source)], "f", (3, 1), "(self, x)", "out") is not None) is keeps


FAILING = {
    "under a name": "out = np.expp(x)\n    self.k = out.shape[1]\n    return out",
    "on the object": "self.out = np.expp(x)\n    self.k = self.out.shape[1]\n    return self.out",
    "under a key": "c = {}\n    c['y'] = np.expp(x)\n    self.k = c['y'].shape[1]\n    return c['y']",
    "beside another": "self.x, out = x, np.expp(x)\n    self.k = out.shape[1]\n    return out",
    "both on one line": "self.out = out = np.expp(x)\n    self.k = self.out.shape[1]\n    return out",
}


@pytest.mark.parametrize("body", FAILING.values(), ids=FAILING.keys())
def test_what_is_read_off_one_result_is_kept_where_its_line_fails(body: str) -> None:
    """Numbers stand in its place, as for one of several: how many columns it has is known so."""
    piece = by_lines([Cell(3, "code", f"def f(self, x):\n    {body}")], "f", (3, 1), "(self, x)", "out")
    assert piece is not None
    namespace: dict[str, Callable[[object, object], object]] = {}
    exec(f"import numpy as np\n{piece.source}", namespace)
    layer = SimpleNamespace()
    given = namespace["f"](layer, np.ones((2, 3)))
    assert layer.k == 3
    assert np.shape(given) == (2, 3)


def given_back(returned: str, piece: Callable[[list[Cell]], Piece | None]) -> object:
    """What the function gives that is made of one with this return line; nothing where none is made."""
    source = f"def f(x):\n    out, cache = x, x + 1\n    return {returned}"
    if (made := piece([Cell(3, "code", source)])) is None:
        return None
    namespace: dict[str, Callable[[int], object]] = {}
    exec(f"{source}\n{made.source}", namespace)
    return namespace["f"](2)


def turned(cells: list[Cell]) -> Piece | None:
    return last_put_first(cells, "f", (3, 1), "(x)", "(out, cache)")


def counted(_: list[Cell]) -> Piece | None:
    return put_in_number("f", "(x)", "(out, cache)")


PUT = {
    "cache, out": (turned, (2, 3)),
    "(cache, out)  # as it was": (turned, (2, 3)),
    "x + 1, out": (turned, (2, 3)),
    "x + 1, x": (turned, None),
    "out + 0, (x, 3)": (turned, None),
    "out + 0, {}": (turned, None),
    "out, cache": (turned, None),
    "[out, x + 1]": (turned, None),
    "x, cache": (turned, None),
    "(out, cache),": (counted, (2, 3)),
    "out, x, x": (counted, (2, (2, 2))),
    "{'out': out, 'cache': cache}": (counted, [2, 3]),
    "{'out': out, 'mask': 4}": (counted, (2, {"out": 2, "mask": 4})),
    "{'mask': 4}": (counted, (None, {"mask": 4})),
    "out": (counted, (2, 2)),
}


@pytest.mark.parametrize(("returned", "due"), PUT.items(), ids=PUT.keys())
def test_results_are_put_as_they_are_due(
    returned: str, due: tuple[Callable[[list[Cell]], Piece | None], object]
) -> None:
    """Where a return line has the names that are due in their places, nothing is."""
    assert given_back(returned, due[0]) == due[1]


@pytest.mark.parametrize("head", ["def f(self, x)", "@staticmethod\n    def f(x)", "@classmethod\n    def f(cls, x)"])
@pytest.mark.parametrize("below", ["", "class B(A): pass\nA = B"])
def test_what_a_method_gives_is_put_so_whatever_it_is_handed_first(head: str, below: str) -> None:
    """A static one has no object, and a method may stand in a base."""
    namespace: dict[str, Any] = {}
    exec(f"class A:\n    {head}: return x + 1\n{below}", namespace)
    exec(put_in_number("A.f", "(self, x)", "(out, cache)").source, namespace)
    namespace["A"].f = namespace["f"]
    assert namespace["A"]().f(2) == (3, 3)


def test_a_forward_in_another_order_is_known_to_be_when_it_is_judged_again() -> None:
    """It is kept with all else that is known of a hand-in."""
    kept = Evidence.from_json(json.loads(json.dumps(Evidence(False, turned=("Relu.forward",)).to_json())))
    assert kept.turned == ("Relu.forward",)
