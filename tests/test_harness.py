"""Inside the wall: what an honest program sees, and how its results are told."""

from __future__ import annotations

import builtins
import collections
import errno
import re
import signal
import struct
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import grader
from grader.harness.calling.kept import bytes_kept
from grader.harness.calling.results import describe_value
from grader.harness.calling.steps import Asking
from grader.harness.finding import find_function
from grader.harness.hearing import Hearing, Strictness
from grader.harness.loading.program import MODULE, Loader
from grader.harness.shut_in import seccomp
from grader.harness.surroundings.old_names import serve_old_modules, serve_old_names
from grader.harness.surroundings.quiet import fall_quiet
from grader.harness.texts import describe_trouble, name_type, show
from grader.wire import (
    NOT_MADE,
    OLD_NAMES,
    RAISES,
    Loaded,
    Outcome,
    Piece,
    Question,
    Status,
    Step,
    Value,
    build,
    decode,
    decode_outcome,
    encode_outcome,
)

X = np.arange(6.0).reshape(2, 3)


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    before, modules = signal.getsignal(signal.SIGALRM), dict(sys.modules)
    numpy = np.geterr()  # a program that is loaded here, and not in a process of its own, sets it for us too
    yield
    np.seterr(**numpy)
    signal.signal(signal.SIGALRM, before)
    for name in [name for name in sys.modules if name not in modules]:
        del sys.modules[name]
    sys.modules[MODULE] = modules[MODULE]


def load(*pieces: Piece | str, wanted: tuple[str, ...] = (), seconds: float = 5.0) -> tuple[Loader, Loaded]:
    made = [Piece(n, 1, p) if isinstance(p, str) else p for n, p in enumerate(pieces, 1)]
    loader = Loader(seconds, None)
    return loader, loader.load(made, wanted)


def call(source: str, *steps: Step, inputs: dict[str, np.ndarray] | None = None, **layouts: str) -> list[Outcome]:
    loader, loaded = load(source)
    assert loaded.troubles == ()
    question = Question(inputs or {"x": X}, steps or (Step("f", ("x",), ("y",)),), layouts)
    with Hearing(loader.strictness) as hearing:
        asking = Asking(loader.namespace, question, hearing)
        # Over the wire and back, as our side sees it.
        return [decode_outcome(decode(encode_outcome(asking.answer(step)))) for step in question.steps]


def one(source: str, *steps: Step, **layouts: str) -> Outcome:
    return call("import numpy as np\n" + source, *steps, **layouts)[0]


class Sub(np.ndarray):
    """A subclass that lies about its arithmetic."""

    def view(self, *args: Any) -> Any:
        raise AssertionError("a subclass's own view must not be used")


Pair = collections.namedtuple("Pair", ["a", "b"])
VALUES: dict[str, tuple[object, str, str]] = {
    "array": (X, "array", "ndarray"),
    "integers": (np.arange(3), "array", "ndarray"),
    "other byte order": (X.astype(">f8"), "array", "ndarray"),
    "not contiguous": (X.T[::-1], "array", "ndarray"),
    "empty": (np.zeros((0, 3)), "array", "ndarray"),
    "half precision": (X.astype(np.float16), "array", "ndarray"),
    "complex": (X * 1j, "array", "ndarray"),
    "subclass": (X.view(Sub), "array", "Sub"),
    "matrix": (X.view(np.matrix), "array", "matrix"),
    "numpy scalar": (np.float32(1), "array", "float32"),
    "float": (1.5, "array", "float"),
    "int": (2, "array", "int"),
    "bool": (True, "array", "bool"),
    "list": ([[1, 2], [3, 4]], "array", "list"),
    "tuple": ((1.0, 2.0), "array", "tuple"),
    "deque": (collections.deque([X[0], X[1]]), "array", "deque"),
    "range": (range(3), "array", "range"),
    "list of deques": ([collections.deque([1.0, 2.0])], "array", "list"),
    "deque of texts": (collections.deque(["a"]), "other", "deque"),
    "ragged deque": (collections.deque([[1], [1, 2]]), "other", "deque"),
    "iterator": (reversed([1.0, 2.0]), "other", "list_reverseiterator"),
    "none": (None, "none", "NoneType"),
    "masked": (np.ma.masked_array(X, X.min() < X), "other", "MaskedArray"),
    "masked nowhere": (np.ma.masked_array(X), "array", "MaskedArray"),
    "objects": (np.array([None, 1]), "other", "ndarray of object"),
    "list of fractions": ([Fraction(1, 4), 2], "other", "list"),
    "fraction": (Fraction(1, 4), "array", "Fraction"),
    "decimal": (Decimal("0.25"), "array", "Decimal"),
    "texts": (np.array(["a"]), "other", "ndarray of str32"),
    "structure": (np.zeros(2, [("a", float)]), "other", "ndarray of void64"),
    "ragged list": ([[1], [1, 2]], "other", "list"),
    "list of texts": (["a"], "other", "list"),
    "huge integer": (10**40, "other", "int"),
    "text": ("x", "other", "str"),
    "bytes": (b"x", "other", "bytes"),
    "dictionary": ({}, "other", "dict"),
    "giant view": (np.broadcast_to(0.0, (10**5, 10**5)), "other", "ndarray of 80000000000 bytes"),
    "many dimensions": (np.zeros((1,) * 40), "other", "ndarray of 40 dimensions, 8 bytes"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_results_become_plain_values(kind: str) -> None:
    """Each kind of result is an array of plain numbers in native order, none, or named."""
    value, told, name = VALUES[kind]
    described = describe_value(value)
    assert (described.kind, described.type_name) == (told, name)
    if told == "array":
        assert described.array is not None
        assert type(described.array) is np.ndarray
        assert described.array.dtype.isnative
        assert np.array_equal(described.array, np.asarray(value))


RETURNS = {
    "one value": ("return x", ("y",), -1, ["y"]),
    "one value that is a tuple": ("return x, x", ("y",), -1, ["y"]),
    "two": ("return x, x", ("y", "z"), 2, ["y", "z"]),
    "two in a list": ("return [x, x]", ("y", "z"), 2, ["y", "z"]),
    "two, named": (
        "import collections; return collections.namedtuple('P', 'a b')(x, x)",
        ("y", "z"),
        2,
        ["y", "z"],
    ),
    "two, one of them own": ("return x, x", ("y", "=cache"), 2, ["y"]),
    "one for two": ("return x.T", ("y", "z"), -1, []),
    "an array of two for two": ("return np.zeros(2)", ("y", "z"), -1, ["y", "z"]),
    "an array with two rows for two": ("return x", ("y", "z"), -1, ["y", "z"]),
    "an array of two objects": ("return np.array([x, x.T], dtype=object)", ("y", "z"), 2, ["y", "z"]),
    "an array of three objects for two": ("return np.array([x, x.T, 1], dtype=object)", ("y", "z"), -1, []),
    "an array without axes for two": ("return np.array(1.0)", ("y", "z"), -1, []),
    "a map": ("return map(np.exp, (x, x))", ("y", "z"), 2, ["y", "z"]),
    "a generator": ("return (a for a in (x, x))", ("y", "z"), 2, ["y", "z"]),
    "a generator, one of them own": ("return (a for a in (x, x))", ("y", "=cache"), 2, ["y"]),
    "a generator of three for two": ("return (a for a in (x, x, x))", ("y", "z"), -1, []),
    "a generator that never ends": ("import itertools; return itertools.repeat(x)", ("y", "z"), -1, []),
    "a generator for one": ("return (a for a in (x, x))", ("y",), -1, ["y"]),
    "a dictionary's values": ("return {'a': x, 'b': x}.values()", ("y", "z"), 2, ["y", "z"]),
    "a dictionary": ("return {'a': x, 'b': x}", ("y", "z"), -1, []),
    "a dictionary's items": ("return {'a': x, 'b': x}.items()", ("y", "z"), -1, []),
    "a text": ("return 'ab'", ("y", "z"), -1, []),
    "bytes": ("return b'ab'", ("y", "z"), -1, []),
    "a set": ("return {1.0, 2.0}", ("y", "z"), -1, []),
    "an object that unpacks": (
        "P = type('P', (), {'__iter__': lambda self: iter((x, x))}); return P()",
        ("y", "z"),
        2,
        ["y", "z"],
    ),
    "a list that says it is empty": (
        "return type('P', (list,), {'__len__': lambda p: 0})((x, x))",
        ("y", "z"),
        2,
        ["y", "z"],
    ),
    "a list of three that never ends": (
        "import itertools; return type('P', (list,), {'__iter__': lambda p: itertools.repeat(x)})((x, x, x))",
        ("y", "z"),
        3,
        [],
    ),
    "an object that does not": ("return object()", ("y", "z"), -1, []),
    "nothing for two": ("return None", ("y", "z"), -1, ["y", "z"]),
    "three for two": ("return x, x, x", ("y", "z"), 3, []),
    "none for two": ("return ()", ("y", "z"), 0, []),
}


@pytest.mark.parametrize("what", RETURNS)
def test_the_number_of_values_is_told(what: str) -> None:
    """Values are given only where as many came back as are due, or nothing; else their count alone."""
    body, gives, count, names = RETURNS[what]
    outcome = one(f"def f(x):\n    {body}\n", Step("f", ("x",), gives))
    assert outcome.status is Status.RETURNED, outcome.trouble
    assert (outcome.count, list(outcome.values)) == (count, names)


def test_what_a_generator_raises_is_the_functions_own() -> None:
    """It runs when it is unpacked, in the student's notebook as here; what it changes is seen too."""
    outcome = one("def f(x):\n    x[0] = 9\n    yield x\n    raise KeyError\n", Step("f", ("x",), ("y", "z")))
    assert outcome.trouble is not None
    assert (outcome.trouble.type_name, outcome.trouble.line, outcome.changed) == ("KeyError", 5, ("x",))


def test_a_cache_comes_out_of_what_unpacks() -> None:
    """Backward gets what the student's notebook would give it."""
    source = "import numpy as np\ndef f(x):\n    return np.array([x, 2 * x])\ndef g(c):\n    return c"
    backward = call(source, Step("f", ("x",), ("y", "=cache")), Step("g", ("=cache",), ("z",)))[1]
    assert np.array_equal(backward.values["z"].array, 2 * X)  # type: ignore[arg-type]


def test_an_own_value_is_handed_on_as_it_is() -> None:
    """A cache is the very object that forward returned; where there is none, it is None; a handed one is a tuple."""
    source = "def g(x, c):\n    return float(c is None or type(c) is tuple)"
    given = call(source, Step("g", ("x", "=cache"), ("y",)), Step("g", ("x", ("x", "x")), ("y",)))
    assert [outcome.values["y"].array for outcome in given] == [1.0, 1.0]
    source = "def f(x):\n    return x, {'x': x}\ndef g(x, c):\n    return c['x'] + 1"
    forward, backward = call(source, Step("f", ("x",), ("y", "=cache")), Step("g", ("x", "=cache"), ("z",)))
    assert "=cache" not in forward.values
    assert np.array_equal(backward.values["z"].array, X + 1)  # type: ignore[arg-type]


def test_what_is_no_array_is_one_value_for_all_calls() -> None:
    """A number is a number; what a call writes into a dict the next call finds; arrays in it can be written to."""
    settings, arrays = build("settings", {"step": 2, "mean": X[:1]})
    source = "def f(x, c):\n    c['mean'] += c['step']; c['seen'] = c.get('seen', 0) + 1\n"
    source += "    return float(type(c['step']) is int) * c['seen'] + c['mean']"
    step = Step("f", ("x", settings), ("y",))
    first, second = call(source, step, step, inputs={"x": X, **arrays}, **dict.fromkeys(arrays, "F"))
    assert np.array_equal(first.values["y"].array, X[:1] + 2 + 1)  # type: ignore[arg-type]
    assert np.array_equal(second.values["y"].array, X[:1] + 4 + 2)  # type: ignore[arg-type]
    assert first.changed == second.changed == ()  # to write into a dict is what it is there for


def test_a_dict_is_as_it_was_where_a_call_is_made_once_more() -> None:
    """What a program sets to be raised, and does not catch, costs nothing: nor does what the first try wrote."""
    settings, _ = build("settings", {"calls": 0})
    source = "import numpy as np\nnp.seterr(over='raise')\ndef f(x, c):\n    c['calls'] += 1\n"
    source += "    return 0 / np.exp(1e3 * x) + c['calls']"
    outcome = call(source, Step("f", ("x", settings), ("y",)))[0]
    assert outcome.values["y"].array is not None
    assert outcome.values["y"].array[1, 2] == 1


LEFT = {
    "an attribute": ("def m(self, x): self.g = 2 * x", "self", ".g"),
    "a property": ("@property\n    def g(self): return 2 * self.x\n    def m(self, x): self.x = x", "self", ".g"),
    "a list": ("def m(self, x): self.all = [0, 2 * x]", "self", ".all[1]"),
    "a dict on the object": ("def m(self, x): self.all = {'g': 2 * x}", "self", ".all['g']"),
    "an object where a dict is due": ("def m(self, x): self.all = type('O', (), {'g': 2 * x})()", "self", ".all['g']"),
    "a dict that is returned": ("def m(self, x): return {'g': 2 * x}", "=out", "['g']"),
    "what is graded itself": ("def m(self, x): return [x, 2 * x]", "out", "[1]"),
    "the input itself": ("def m(self, x): x *= 2", "x", ""),
}


@pytest.mark.parametrize(("method", "root", "way"), LEFT.values(), ids=LEFT.keys())
def test_a_result_is_found_where_the_call_has_left_it(method: str, root: str, way: str) -> None:
    """On the object, in what was returned, or in an input, of which it is no fault then that it is changed."""
    step = Step("C.m", ("x",), ("out" if root == "out" else "=out",), leaves=(("g", root, way),))
    outcome = one(f"class C:\n    {method}", step)
    assert outcome.status is Status.RETURNED
    assert np.array_equal(outcome.values["g"].array, 2 * X)  # type: ignore[arg-type]
    assert outcome.changed == ()


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_results_than_are_due_is_no_fault_beside_one_that_is_left(count: int) -> None:
    """It is told as it is where nothing is left elsewhere; no result can be told from another then."""
    step = Step("C.m", ("x",), ("y", "z"), leaves=(("g", "self", ".g"),))
    outcome = one(f"class C:\n    def m(self, x):\n        self.g = x\n        return [x] * {count}", step)
    assert (outcome.status, outcome.values, outcome.count) == (Status.RETURNED, {}, count)


def test_a_result_is_found_in_an_array_that_an_object_was_made_with() -> None:
    """It is the object's own from then on: what each call does to it stays."""
    step = Step("C.m", (), ("=out",), new=("x",), leaves=(("g", "x", ""),))
    source = "class C:\n    def __init__(self, x): self.x = x\n    def m(self): self.x *= 2"
    found = [outcome.values["g"].array for outcome in call(source, step, step)]
    assert np.array_equal(found, [2 * X, 4 * X])  # type: ignore[arg-type]


@pytest.mark.parametrize("way", [".g", ".all['g']", ".all[7]", ".bad", ".all.g.g"])
def test_where_nothing_is_left_there_is_none(way: str) -> None:
    """Whatever stands in the way, or raises there."""
    source = "class C:\n    all = [1]\n    @property\n    def bad(self): 1 / 0\n    def m(self, x): return x"
    assert one(source, Step("C.m", ("x",), ("y",), leaves=(("g", "self", way),))).values["g"].kind == "none"


RAISING = {
    "a division": ("1 / 0", f"{RAISES}ZeroDivisionError"),
    "another attribute that is not there": ("self.h", f"{RAISES}AttributeError"),
    "nothing": ("None", "NoneType"),
}


@pytest.mark.parametrize(("read", "due"), RAISING.values(), ids=RAISING.keys())
def test_a_property_that_raises_is_told_from_one_that_is_not_there(read: str, due: str) -> None:
    """Whoever has written it looks in vain for what is missing; one that gives None is as one that is not there."""
    source = f"class C:\n    g = property(lambda self: {read})\n    def m(self, x): return x"
    step = Step("C.m", ("x",), ("y",), leaves=(("g", "self", ".g"), ("h", "self", ".h")))
    values = one(source, step).values
    assert (values["g"].kind, values["g"].type_name) == ("none", due)
    assert (values["h"].kind, values["h"].type_name) == ("none", "NoneType")


ODD = "type('Odd', (), {'mean': lambda self: 7.0, '__array__': lambda self, *_, **__: np.ones(3)})()"
MEASURED = {
    "a mean": ("2 * x", ".w.mean()", 5.0),
    "a spread": ("x", ".w.std()", 1.118033988749895),
    "the least": ("x", ".w.min()", 1.0),
    "the largest of a list": ("[1, 2, 7]", ".w.max()", 7.0),
    "of an object with a mean of its own": (ODD, ".w.mean()", None),
    "of nothing": ("x[:0]", ".w.max()", None),
    "of words": ("['a']", ".w.mean()", None),
}


@pytest.mark.parametrize(("value", "way", "due"), MEASURED.values(), ids=MEASURED.keys())
def test_what_is_drawn_at_random_is_measured(value: str, way: str, due: float | None) -> None:
    """By numpy, of an array or a list of numbers; an object's own idea of its mean is not asked."""
    step = Step("C.m", ("x",), ("=out",), leaves=(("g", "self", way),))
    source = f"import numpy as np\nclass C:\n    def m(self, x): self.w = {value}"
    array = call(source, step, inputs={"x": np.array([1.0, 2.0, 3.0, 4.0])})[0].values["g"].array
    assert array is None if due is None else np.allclose(array, due)


SET = {
    "an attribute": ("self.w = None", ".w", "self.w"),
    "an attribute that is new": ("pass", ".w", "self.w"),
    "a key": ("self.all = {}", ".all['w']", "self.all['w']"),
    "a place of a list": ("self.all = [0, 0]", ".all[1]", "self.all[1]"),
    "an attribute where a dict was meant": ("self.all = type('O', (), {})()", ".all['w']", "self.all.w"),
}


@pytest.mark.parametrize(("init", "way", "read"), SET.values(), ids=SET.keys())
def test_what_is_put_on_an_object_is_there_before_the_call(init: str, way: str, read: str) -> None:
    """Once for each call that says so, and then it is the object's own."""
    source = f"class C:\n    def __init__(self): {init}\n    def m(self, x):\n        {read} += x; return {read}"
    step = Step("C.m", ("x",), ("y",), sets=((way, "w"),))
    first, second = call(source, step, replace(step, sets=()), inputs={"x": X, "w": X})
    assert np.array_equal(first.values["y"].array, 2 * X)  # type: ignore[arg-type]
    assert np.array_equal(second.values["y"].array, 3 * X)  # type: ignore[arg-type]
    assert second.changed == ()


def test_what_is_put_into_what_an_object_was_made_with_is_there_before_the_call() -> None:
    """An optimizer finds other gradients in its model at a later step, whatever it calls that itself."""
    source = "class C:\n    def __init__(self, net): self.kept = net\n    def m(self): return self.kept['all']['w'] + 0"
    net, arrays = build("net", {"all": {"w": X}})
    step = Step("C.m", (), ("y",), new=(net,))
    first, second = call(source, step, replace(step, sets=(("net['all']['w']", "w"),)), inputs={**arrays, "w": 2 * X})
    assert np.array_equal(first.values["y"].array, X)  # type: ignore[arg-type]
    assert np.array_equal(second.values["y"].array, 2 * X)  # type: ignore[arg-type]


KEEPS = """
def f(x, state):
    if state["mode"] == "test": return x + state["kept"]["sum"]
    state["kept"] = {"sum": x.sum()}
    return x

def g(x): return {"mode": "train", "kept": {"sum": x}}
"""


def test_what_is_put_into_a_dict_is_there_before_the_call() -> None:
    """In what an earlier call has left in it: a state is kept in the hand-in's own form, and used in another mode."""
    state, _ = build("state", {"mode": "train"})
    mode, _ = build("mode", "test")
    step = Step("f", ("x", state), ("y",))
    _, found = call(KEEPS, step, replace(step, sets=(("state['mode']", mode),)), inputs={"x": X})
    assert np.array_equal(found.values["y"].array, X + X.sum())  # type: ignore[arg-type]
    made, own = Step("g", ("x",), ("=state",)), Step("f", ("x", "=state"), ("y",), sets=(("state['mode']", mode),))
    _, found = call(KEEPS, made, own, inputs={"x": X})
    assert np.array_equal(found.values["y"].array, 2 * X)  # type: ignore[arg-type]
    trouble = call("def f(x, state): return x", replace(step, sets=(("state['a']['b']", mode),)), inputs={"x": X})[
        0
    ].trouble
    assert trouble is not None
    assert trouble.message == "nothing is in state['a'], where the check puts numbers of its own"


def test_where_nothing_can_be_put_the_call_raises_and_says_so() -> None:
    """The object lacks what the hand-out gave it."""
    step = Step("C.m", ("x",), ("y",), sets=((".params['w']", "w"),))
    trouble = call("class C:\n    def m(self, x): return x", step, inputs={"x": X, "w": X})[0].trouble
    assert trouble is not None
    assert (trouble.type_name, trouble.message) == (
        "AttributeError",
        "nothing is in self.params, where the check puts numbers of its own",
    )


HELD = {
    "a number": ("[1.0]", ".w[0].data", "self.w[0] is of type float, which takes no .data, where the check puts"),
    "a tuple": ("(1.0,)", ".w[0]", "self.w is of type tuple, which takes no [0], where the check puts numbers"),
    "too few": ("[]", ".w[0]", "self.w is of type list, which takes no [0], where the check puts numbers of its own"),
    "its own": ("B()", ".w.data", "no (cell 1, line 3)"),
}


@pytest.mark.parametrize(("kept", "way", "message"), HELD.values(), ids=HELD.keys())
def test_what_takes_nothing_is_told_with_its_place(kept: str, way: str, message: str) -> None:
    """A list of numbers in the place of objects that hold one each; what the hand-in itself raises is told as it is."""
    source = "class B:\n    def __setattr__(self, name, x):\n        raise AttributeError('no')\n"
    source += f"class C:\n    def __init__(self): self.w = {kept}\n    def m(self, x): return x"
    trouble = call(source, Step("C.m", ("x",), ("y",), sets=((way, "w"),)), inputs={"x": X, "w": X})[0].trouble
    assert trouble is not None
    where = f" (cell {trouble.cell}, line {trouble.line})" if trouble.cell else ""
    assert f"{trouble.message}{where}".startswith(message)


def test_an_object_is_made_with_what_is_given_and_keeps_it() -> None:
    """Once for all calls, with arrays and settings; what it does to them is no change of an input."""
    built, _ = build("rate", 2)
    source = "class C:\n    def __init__(self, w, rate): self.w, self.rate = w, rate\n"
    source += "    def m(self, x):\n        self.w += self.rate * x\n        return self.w"
    step = Step("C.m", ("x",), ("y",), new=("w", built))
    first, second = call(source, step, step, inputs={"x": X, "w": X})
    assert np.array_equal(first.values["y"].array, 3 * X)  # type: ignore[arg-type]
    assert np.array_equal(second.values["y"].array, 5 * X)  # type: ignore[arg-type]
    assert second.changed == ()
    source = "class C:\n    def __init__(self): self.w = 1\n    def m(self, x): return self.v"
    trouble = call(source, step, inputs={"x": X, "w": X})[0].trouble
    assert trouble is not None
    assert trouble.message.startswith(f"C(w, rate) {NOT_MADE}.")


def test_a_constructor_is_called_by_making_the_object() -> None:
    """Once, with what its call takes; what is called behind it has that object. One that takes something else fails."""
    source = "class C:\n    made = 0\n    def __init__(self, x=0): C.made += 1; self.w = 2 * x\n"
    source += "    def m(self, x): return x + self.w * C.made"
    init = Step("C.__init__", ("x",), ("=nothing",), leaves=(("w", "self", ".w"),))
    taken = Step("f", ("=nothing",), ("w",))
    made, called, given = call(source + "\ndef f(c): return c.w", init, Step("C.m", ("x",), ("y",), new=("x",)), taken)
    assert np.array_equal(made.values["w"].array, 2 * X)  # type: ignore[arg-type]
    assert np.array_equal(called.values["y"].array, 3 * X)  # type: ignore[arg-type]
    assert np.array_equal(given.values["w"].array, 2 * X)  # type: ignore[arg-type]
    assert one("class C:\n    def __init__(self): self.w = 1", init).status is Status.RAISED
    assert one("x = 1", init).status is Status.MISSING


def test_a_lost_own_value_is_not_replaced_by_an_older_one() -> None:
    """Where a second forward raises, backward gets None, not the cache of the first."""
    source = "calls = []\ndef f(x):\n    calls.append(1)\n    if len(calls) > 1: raise ValueError\n    return x, x\n"
    source += "def g(c):\n    return 1.0 if c is None else 0.0"
    forward = Step("f", ("x",), ("y", "=cache"))
    assert call(source, forward, forward, Step("g", ("=cache",), ("z",)))[2].values["z"].array == 1.0


OBJECTS = {
    "a method": "class C:\n    def m(self, x): return x",
    "a static method": "class C:\n    @staticmethod\n    def m(x): return x",
    "a class method": "class C:\n    @classmethod\n    def m(cls, x): return x",
    "a constructor that wants arguments": "class C:\n    def __init__(self, size): pass\n    def m(self, x): return x",
    "an inherited method": "class B:\n    def m(self, x): return x\nclass C(B): pass",
    "a method of the object": "class C:\n    def __init__(self): self.m = lambda x: x",
    "a method made when asked for": "class C:\n    def __getattr__(self, name): return lambda x: x",
    "a property": "class C:\n    @property\n    def m(self): return lambda x: x",
    "a class with an argument filled in": (
        "from functools import partial\nclass B:\n    def __init__(self, k): self.k = k\n    def m(self, x): return x\n"
        "C = partial(B, k=0.0)"
    ),
    "a function that makes the object": "class B:\n    def m(self, x): return x\ndef C(): return B()",
    "a decorated class": "class B:\n    def m(self, x): return x\nmade = lambda cls: lambda: cls()\nC = made(B)",
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_methods_are_called_on_an_object(kind: str) -> None:
    """Methods of any kind are found, and an object is made even where the constructor asks for more."""
    assert load(OBJECTS[kind], wanted=("C.m",))[1].defined == ("C.m",)
    assert one(OBJECTS[kind], Step("C.m", ("x",), ("y",))).status is Status.RETURNED


def test_one_object_for_each_label() -> None:
    """Calls with the same label share an object, others do not."""
    source = "class C:\n    n = 0\n    def m(self, x):\n        self.n += 1\n        return self.n"
    steps = [Step("C.m", ("x",), ("y",), label) for label in ("first", "first", "second")]
    assert [int(o.values["y"].array) for o in call(source, *steps)] == [1, 2, 1]  # type: ignore[arg-type]


def test_a_constructor_that_fails_is_the_students_own() -> None:
    """A TypeError from inside a constructor is told, with its line."""
    outcome = one(
        "class C:\n    def __init__(self):\n        None + 1\n    def m(self, x): return x", Step("C.m", ("x",), ("y",))
    )
    assert outcome.status is Status.RAISED
    assert outcome.trouble is not None
    assert (outcome.trouble.cell, outcome.trouble.line) == (1, 4)


NOT_THERE = """
value = 3
class C: pass
class Fails:
    def __init__(self): raise KeyError
class Ends:
    def __getattr__(self, name): raise SystemExit
class Holds:
    def __init__(self): self.m = 3
class Hangs:
    def __init__(self):
        while True: pass
"""


@pytest.mark.parametrize("function", ["absent", "C.absent", "value", "absent.m", "value.m", "Fails.m", "Holds.m"])
def test_what_is_not_there_is_missing(function: str) -> None:
    """A name that is not there, or cannot be called, is missing, with a reason."""
    outcome = one(NOT_THERE, Step(function, ("x",), ("y",)))
    assert outcome.status is Status.MISSING
    assert function.split(".")[0] in outcome.reason


def test_to_look_for_a_method_on_an_object_ends_in_time() -> None:
    """Whatever a constructor does while it is asked for a method: that is missing, and all others are not."""
    source = NOT_THERE + "def f(x): return x"
    _, loaded = load(source, wanted=("Hangs.m", "Fails.m", "Ends.m", "f"), seconds=0.3)
    assert "f" in loaded.defined


def test_what_follows_from_an_object_half_made_says_so() -> None:
    """Where its constructor wants arguments, an attribute that it should have set is no slip of spelling."""
    source = "class C:\n    def __init__(self, size): self.size = size\n    def m(self, x): return x * self.size"
    trouble = one(source, Step("C.m", ("x",), ("y",))).trouble
    assert trouble is not None
    assert (trouble.type_name, trouble.cell, trouble.line) == ("TypeError", 1, 4)
    assert NOT_MADE in trouble.message
    assert "has no attribute 'size'" in trouble.message


READS = "class C:\n    def __init__(self):\n        self.a = 1\n        self.b = open('w.npy')\n        self.c = 2\n"


def test_a_file_that_a_constructor_has_not_here_costs_only_what_needs_it() -> None:
    """What was set before it is there; what fails for want of the rest is told by the file, and where it was read."""
    source = READS + "    def m(self, x): return x + self.a\n    def n(self, x): return x + self.c\n"
    assert one(source, Step("C.m", ("x",), ("y",))).status is Status.RETURNED
    trouble = one(source, Step("C.n", ("x",), ("y",))).trouble
    assert trouble is not None
    assert (trouble.type_name, trouble.cell, trouble.line) == ("FileNotFoundError", 1, 5)
    assert "What its __init__ does behind that was left out, and then: AttributeError" in trouble.message


SIZED = "class C:\n    def __init__(self, size): self.size = size\n    def m(self, x): return x * self.size\n"
MADE_BY = {
    "as the program makes one": (SIZED + "c = C(3)", 3.0),
    "the first of several": (SIZED + "a, b = C(2), C(5)", 2.0),
    "none of a derived class": (SIZED + "class D(C): pass\nd, c = D(7), C(3)", 3.0),
    "within a list": (SIZED + "layers = [len, C(6)]", 6.0),
    "within a dict": (SIZED + "layers = {'c': C(6)}", 6.0),
    "within another object": (SIZED + "class N:\n    def __init__(self): self.c = C(6)\nnet = N()", 6.0),
    "not where none is needed": (SIZED.replace("size):", "size=1):") + "c = C(3)", 1.0),
    "with what its base wants and it has not": (
        "import abc\nclass B(abc.ABC):\n    @abc.abstractmethod\n    def other(self): pass\n"
        "class C(B):\n    def __init__(self): self.size = 4\n    def m(self, x): return x * self.size",
        4.0,
    ),
}


@pytest.mark.parametrize(("source", "factor"), MADE_BY.values(), ids=MADE_BY.keys())
def test_an_object_is_made_as_well_as_can_be(source: str, factor: float) -> None:
    """By its class alone; else as the program itself made one; an abstract method that is not there costs no other."""
    made = one(source, Step("C.m", ("x",), ("y",))).values["y"].array
    assert made is not None
    np.testing.assert_array_equal(made, factor * one("def f(x): return x").values["y"].array)


def test_nothing_given_back_is_told_of_every_result() -> None:
    """None where several results are due is more than a wrong count of them."""
    steps = Step("f", ("x",), ("y", "z", "=cache"))
    assert {n: v.kind for n, v in one("def f(x): pass", steps).values.items()} == {"y": "none", "z": "none"}
    assert one("def f(x): return 1.0", steps).values == {}


@pytest.mark.parametrize(("layout", "flag"), [("C", "c_contiguous"), ("F", "f_contiguous"), ("strided", "")])
def test_inputs_lie_in_memory_as_asked(layout: str, flag: str) -> None:
    """An input has the layout that the question names, the right values, and can be written."""
    source = "def f(x):\n    flags = x.flags\n    ok = flags.writeable and x[1, 2] == 5\n"
    source += f"    return float(ok and (getattr(flags, {flag!r}) if {flag!r} else not flags.forc))"
    layouts = {} if layout == "C" else {"x": layout}
    assert one(source, **layouts).values["y"].array == 1.0


CHANGES = {
    "nothing": ("return x", ()),
    "one entry": ("x[0, 0] = 9; return x", ("x",)),
    "the same value": ("x[0, 0] = 0; return x", ()),
    "a NaN": ("x[0, 0] = np.nan; return x", ("x",)),
    "then raises": ("x += 1; raise ValueError", ("x",)),
    "a copy": ("y = x.copy(); y += 1; return y", ()),
}


@pytest.mark.parametrize("what", CHANGES)
def test_changed_inputs_are_named(what: str) -> None:
    """An input that was altered in place is named, and the next step gets a fresh one."""
    body, changed = CHANGES[what]
    step = Step("f", ("x",), ("y",))
    first, second = call(f"import numpy as np\ndef f(x):\n    {body}\n", step, step)
    assert first.changed == changed
    assert {n: v.array.tolist() for n, v in first.values.items() if v.array is not None} == {  # type: ignore[union-attr]
        n: v.array.tolist() for n, v in second.values.items() if v.array is not None
    } or what == "a NaN"


def test_all_changed_inputs_are_named() -> None:
    """Of several each, in the order in which they were handed over."""
    step = Step("f", ("x", "w", "b"), ("y",))
    for names in (("x", "b"), ("w", "b"), ("x", "w", "b")):
        body = "".join(f"    {name} += 1\n" for name in names)
        (outcome,) = call(f"def f(x, w, b):\n{body}    return x", step, inputs=dict.fromkeys(step.inputs, X))
        assert outcome.changed == names


KEPT = {
    "an array": ("x.copy()", "cache *= 0", True),
    "one of a tuple": ("(x, x + 1)", "cache[1][0] = 9", True),
    "one of a dict of lists": ("{'a': [x, x + 1]}", "cache['a'][0] += 1", True),
    "what is only read": ("(x, {'a': x})", "cache[0] * 2", False),
    "a list that grows": ("[x]", "cache.append(x + 1)", True),
    "an object, which is not looked into": ("Kept()", "cache.a += 1", False),
    "a dict of a class of one's own, which may run what it likes": ("Own(a=x)", "cache['a'] += 1", False),
}


@pytest.mark.parametrize(("kept", "line", "is_changed"), KEPT.values(), ids=KEPT.keys())
def test_a_cache_that_is_changed_in_place_is_named(kept: str, line: str, is_changed: bool) -> None:
    """As an input is; with no step that gives it again, as a state is given that is there to be changed."""
    source = f"""
import numpy as np
class Kept:
    a = np.ones(3)
class Own(dict):
    def values(self): raise SystemExit
def f(x): return x, {kept}
def g(x, cache):
    {line}
    return x
"""
    forward, backward = Step("f", ("x",), ("y", "=cache")), Step("g", ("x", "=cache"), ("z",))
    assert call(source, forward, backward)[1].changed == (("=cache",) if is_changed else ())
    assert call(source, forward, Step("g", ("x", "=cache"), ("=cache",)))[1].changed == ()


def test_to_look_at_a_cache_takes_no_time_and_no_room() -> None:
    """What is kept in many places, in itself, or in great size: a right backward was stopped for the time of a note."""
    knot: list[object] = [X]
    knot.append(knot)
    many: list[object] = [X]
    for _ in range(6):
        many = [many] * 60
    start = time.process_time()
    assert all(0 < len(bytes_kept(kept)) <= 256 for kept in ([X] * 10**6, [X + n for n in range(999)]))
    assert bytes_kept(many) == bytes_kept(knot) == [X.tobytes()]
    assert sum(map(len, bytes_kept([np.zeros(1 << 17)] * 200))) <= 1 << 22
    assert bytes_kept(np.broadcast_to(X, (10**9, *X.shape))) == []
    assert time.process_time() - start < 1


def test_a_call_that_is_never_made_names_no_cache_of_an_earlier_one() -> None:
    """An object that can be made once only, behind a backward that changed its cache: all answers were refused."""
    source = """
class Layer:
    made = 0
    def __init__(self):
        Layer.made += 1
        if Layer.made > 1: raise RuntimeError("one is enough")
    def forward(self, x): return x, x.copy()
    def backward(self, cache):
        cache += 1
        return cache
"""
    forward, backward = Step("Layer.forward", ("x",), ("y", "=cache")), Step("Layer.backward", ("=cache",), ("z",))
    outcomes = call(source, forward, backward, replace(forward, instance="second"))
    assert [one.status for one in outcomes] == [Status.RETURNED, Status.RETURNED, Status.RAISED]
    assert [one.changed for one in outcomes] == [(), ("=cache",), ()]


def test_a_cache_is_looked_at_also_where_a_call_is_made_again() -> None:
    """What a program sets to be raised is not raised in the end: the call that counts is the second."""
    source = """
import numpy as np
np.seterr(all="raise")
def f(x): return x, x.copy()
def g(cache):
    np.exp(cache + 1e9)
    cache += 1
    return cache
"""
    forward, backward = Step("f", ("x",), ("y", "=cache")), Step("g", ("=cache",), ("z",))
    assert call(source, forward, backward)[1].changed == ("=cache",)


CATCHING = """
def f(x):
    try:
        return np.exp((np.abs(x) + 1) * 1e9)
    except ({}):
        return np.zeros(3)
def undo(x):
    import warnings
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    return x
"""
STRICT = {
    "numpy": ("np.seterr(all='raise')", "FloatingPointError", 0.0),
    "numpy, given back": ("old = np.seterr(over='raise')\nnp.seterr(**old)", "FloatingPointError", np.inf),
    "numpy, only here": ("with np.errstate(all='raise'): pass", "FloatingPointError", np.inf),
    "numpy, another error": ("np.seterr(invalid='raise', over='ignore')", "FloatingPointError", np.inf),
    "numpy by a function": (
        "def stop(kind, flag): raise ValueError(kind)\nnp.seterrcall(stop)\nnp.seterr(all='call')",
        "ValueError",
        0.0,
    ),
    "warnings": ("import warnings\nwarnings.filterwarnings('error')", "RuntimeWarning", 0.0),
    "warnings, simply": ("import warnings\nwarnings.simplefilter('error', RuntimeWarning)", "RuntimeWarning", 0.0),
    "warnings of another sort": ("import warnings\nwarnings.simplefilter('error', UserWarning)", "Warning", np.inf),
    "warnings but these": (
        "import warnings\nwarnings.simplefilter('error')\nwarnings.filterwarnings('ignore', 'overflow')",
        "Warning",
        np.inf,
    ),
}


@pytest.mark.parametrize(("line", "caught", "value"), STRICT.values(), ids=STRICT.keys())
def test_what_a_program_sets_to_be_raised_is_raised_within_its_calls(line: str, caught: str, value: float) -> None:
    """In every one of them, whatever another has set.

    What is not raised is told as ever.
    """
    filters, modes = list(warnings.filters), np.geterr()
    steps = [Step(name, ("x",), ("y",)) for name in ("f", "undo", "f")]
    outcomes = call(f"import numpy as np\n{line}{CATCHING.format(caught)}", *steps)
    assert [outcome.status for outcome in outcomes] == [Status.RETURNED] * 3
    for outcome in (outcomes[0], outcomes[2]):
        assert np.all(outcome.values["y"].array == value)
        assert outcome.warnings == (("overflow encountered in exp",) if value else ())
    assert (list(warnings.filters), np.geterr()) == (filters, modes)


def test_nothing_is_raised_any_more_when_a_call_has_ended() -> None:
    """What is done with its results is not the program's; the next call is as strict again."""
    large, raising = np.array([1e300]), ("error", None, RuntimeWarning, None, 0)
    with Hearing(Strictness({"over": "raise"}, [raising])) as hearing:
        for _ in range(2):
            hearing.begin()
            with pytest.raises(FloatingPointError):
                large * large
            with pytest.raises(RuntimeWarning):
                large / 0
            hearing.end()
            assert np.isinf([large * large, large / 0]).all()


def test_warnings_of_what_will_change_are_never_raised() -> None:
    """They depend on the version of a library."""
    source = "import warnings\nwarnings.simplefilter('error')\ndef f(x):\n    try: warnings.warn('old', {})\n"
    for kind, value in (("FutureWarning", 1.0), ("DeprecationWarning", 1.0), ("UserWarning", 0.0)):
        outcome = one(f"{source.format(kind)}    except Warning: return x * 0\n    return x * 0 + 1")
        assert np.all(outcome.values["y"].array == value)


def test_warnings_are_told_once_and_cost_nothing() -> None:
    """numpy's warnings come with the outcome, each message once, five at most, whatever the program set."""
    outcome = one("np.seterr(all='raise')\ndef f(x):\n    for _ in range(3): y = np.exp(x * 1e9)\n    return y")
    assert outcome.status is Status.RETURNED
    assert outcome.warnings == ("overflow encountered in exp",)
    many = one("import warnings\ndef f(x):\n    for n in range(9): warnings.warn(str(n))\n    return x")
    assert many.warnings == ("0", "1", "2", "3", "4")


def test_what_a_program_keeps_in_a_context_is_not_looked_at() -> None:
    """What it has set of numpy stands there too, and is set back before each call; all else may do anything."""
    own = "import contextvars\nVARIABLE = contextvars.ContextVar('own')\nclass Own:\n    def __eq__(self, other):"
    source = f"{own} raise SystemExit\ndef f(x):\n    y = np.exp(x * 1e9)\n    VARIABLE.set(Own())\n"
    step = Step("f", ("x",), ("y",))
    outcomes = copy_context().run(
        call, f"import numpy as np\n{source}    np.seterr(all='ignore')\n    return y", step, step, step
    )
    assert [(outcome.status, outcome.warnings) for outcome in outcomes] == [
        (Status.RETURNED, ("overflow encountered in exp",))
    ] * 3


class _Silent(Exception):
    def __str__(self) -> str:
        raise SystemExit


class _Long(Exception):
    def __str__(self) -> str:
        return "x" * 10**6


class _Meta(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise KeyboardInterrupt


class _Named(Exception, metaclass=_Meta):
    pass


@pytest.mark.parametrize(
    ("error", "name", "message"),
    [
        (ValueError("plain"), "ValueError", "plain"),
        (_Silent(), "_Silent", "(its text cannot be shown)"),
        (_Long(), "_Long", "x" * 501),
        (_Named("a"), "_Named", "a"),
    ],
)
def test_exceptions_are_described_whatever_they_say(error: BaseException, name: str, message: str) -> None:
    """A `__str__` that raises or is huge, and a class that lies about its name, cannot hurt."""
    trouble = describe_trouble(error)
    assert (trouble.type_name, trouble.message) == (name, message)
    assert name_type(error) == name
    assert show(error) == message


@pytest.mark.parametrize("begins", [1, 2, 20])
def test_lines_are_those_of_the_cell(begins: int) -> None:
    """A trouble names the cell and the line within the cell, also where the piece begins further down."""
    piece = Piece(7, begins, "a = 1\nb = nothing\ndef f(x):\n    return x.nothing\n")
    loader, loaded = load(piece, wanted=("f",))
    assert [(t.type_name, t.cell, t.line) for t in loaded.troubles] == [("NameError", 7, begins + 1)]
    assert "f" in loaded.defined
    with Hearing() as hearing:
        outcome = Asking(loader.namespace, Question({"x": X}, ()), hearing).answer(Step("f", ("x",), ("y",)))
    assert outcome.trouble is not None
    assert (outcome.trouble.cell, outcome.trouble.line) == (7, begins + 3)


def test_a_trouble_in_a_call_names_the_innermost_line_of_a_cell() -> None:
    """The line is the student's, not numpy's or ours."""
    outcome = one("def g(x):\n    return np.linalg.inv(x)\ndef f(x):\n    return g(x)")
    assert outcome.trouble is not None
    assert (outcome.trouble.type_name, outcome.trouble.line) == ("LinAlgError", 3)


STATEMENTS = {
    "syntax": ("def f(:\n", "SyntaxError"),
    "name": ("nothing", "NameError"),
    "exit": ("raise SystemExit", "SystemExit"),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "import": ("import surely_not_there", "ModuleNotFoundError"),
    "NUL": ("a = '\0'", "SyntaxError"),
    "too slow": ("while True: pass", "TimeoutError"),
    "too slow, and catching": ("try:\n    while True: pass\nexcept Exception: pass", "TimeoutError"),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_bad_statement_costs_only_itself(what: str) -> None:
    """What stands in other statements and cells is defined all the same."""
    bad, kind = STATEMENTS[what]
    _, loaded = load("def a(): pass", bad, "def b(): pass", wanted=("a", "b", "c"), seconds=0.5)
    assert loaded.defined == ("a", "b")
    (trouble,) = loaded.troubles
    assert trouble.type_name in (kind, "ValueError" if what == "NUL" else kind)
    assert trouble.cell == 2


def test_bare_functions_become_methods() -> None:
    """`def forward` in a cell of its own is bound to its class; a broken one does not take its neighbour's."""
    pieces = [
        Piece(1, 1, "def forward(self, x):\n    return 1", "forward", "A.forward"),
        Piece(2, 1, "def forward(self, x):\n    return 2", "forward", "B.forward"),
        Piece(3, 1, "def forward(self, x:\n", "forward", "C.forward"),
        Piece(4, 1, "def forward(x):\n    return 3\nforward = staticmethod(forward)", "forward", "E.forward"),
        Piece(5, 1, "D = 3\ndef forward(self, x):\n    return 4", "forward", "D.forward"),
    ]
    loader, loaded = load(*pieces, wanted=tuple(f"{name}.forward" for name in "ABCDE"))
    assert loaded.defined == ("A.forward", "B.forward", "D.forward", "E.forward")
    assert [loader.namespace[name]().forward(0) for name in "ABED"] == [1, 2, 3, 4]
    assert loader.namespace["forward"](0, 0) == 4


CLASSES = {
    "a class": "class A:\n    def g(self, x): return 3",
    "a function that makes objects": "class _A:\n    def g(self, x): return 3\ndef A(): return _A()",
    "a class with its arguments": "class B:\n    def __init__(self, n): self.n = n\n    def g(self, x): return self.n\n"
    "import functools\nA = functools.partial(B, 3)",
    "an object": "class A:\n    def g(self, x): return 3\nA = A()",
}


@pytest.mark.parametrize("call", ["", "\n    def __call__(self, x): return self.g(x)"])
def test_an_object_under_the_name_of_its_class_gives_others_like_it(call: str) -> None:
    """`A = _A(3)`: whoever calls `A.g(x)` in the notebook has the method, and what the object was made with."""
    kind = f"class _A:\n    def __init__(self, n): self.n = n\n    def g(self, x): return self.n{call}"
    loader, loaded = load(f"{kind}\nA = _A(3)", wanted=("A.g", "A.h"))
    assert loaded.defined == ("A.g",)
    assert loader.namespace["A"]().g(0) == 3
    loader, loaded = load("import types\nA = types.SimpleNamespace(g=lambda x: 3)", wanted=("A.g", "A.h"))
    assert loaded.defined == ("A.g",)
    assert loader.namespace["A"]().g(0) == 3
    loader, loaded = load(
        "class _A:\n    def g(self, x): return 3\nclass F:\n    def __call__(self): return _A()\nA = F()",
        wanted=("A.g",),
    )
    assert loaded.defined == ("A.g",)


@pytest.mark.parametrize("source", CLASSES.values(), ids=CLASSES)
def test_a_bare_function_takes_no_method_of_its_class_away(source: str) -> None:
    """Whatever makes the objects of that name makes them still, and they have the method too."""
    bare = [Piece(n, 1, f"def {name}(self, x):\n    return {n}", name, f"A.{name}") for n, name in ((7, "f"), (8, "h"))]
    loader, loaded = load(source, *bare, wanted=("A.f", "A.g", "A.h"))
    assert loaded.defined == ("A.f", "A.g", "A.h")
    made = loader.namespace["A"]()
    assert [getattr(made, name)(0) for name in "fgh"] == [7, 3, 8]


def test_a_program_is_a_module() -> None:
    """Dataclasses work, `__main__` blocks run as in a kernel, and hints that name nothing cost nothing."""
    source = "import sys"
    later = "from dataclasses import dataclass\n@dataclass\nclass P:\n    a: Nowhere = 1\nname = __name__\n"
    later += "if __name__ == '__main__': ran = sys.modules[__name__].P\n"
    loader, loaded = load(source, later)
    assert loaded.troubles == ()
    assert loader.namespace["name"] == MODULE == "__main__"
    assert loader.namespace["ran"] is loader.namespace["P"]
    assert loader.namespace["P"]().a == 1


def test_a_missing_package_costs_only_itself() -> None:
    """`import nowhere, json` still imports json."""
    loader, loaded = load("import nowhere, json")
    assert [trouble.type_name for trouble in loaded.troubles] == ["ModuleNotFoundError"]
    assert "json" in loader.namespace


TAKEN_OUT = [
    "import nowhere.nn as nn\nclass R(nn.Module, metaclass=nn.Meta):\n    n = nn.X\n    def f(self, x): return x",
    "from nowhere import nn\nclass R:\n    @nn.jit(1)\n    def f(self, x, d=nn.D, *, k=nn.K, m=None): return x",
    "from nowhere import *\n@sealed\nclass R(Layer):\n    @override\n    def f(self, x): return x",
    "from typing import Any, no_such_thing\nclass R:\n    @no_such_thing\n    def f(self, x: Any): return x\nAny",
    "import nowhere\nclass R(nowhere.Base):\n    pass\nR.f = lambda self, x: x",
]


@pytest.mark.parametrize("source", TAKEN_OUT)
def test_a_definition_is_run_without_what_a_missing_package_has(source: str) -> None:
    """Decorators, base classes and defaults of a package that is not here do not take the definition along."""
    loader, loaded = load(source, wanted=("R.f",))
    assert loaded.defined == ("R.f",)
    assert loader.namespace["R"]().f(3) == 3
    failed_import, *taken_out = loaded.troubles
    assert {trouble.type_name for trouble in taken_out} == {"NameError"}
    assert all(trouble.message.endswith("without that") for trouble in taken_out)
    assert "(" not in failed_import.message


def test_what_is_made_of_a_missing_package_is_missing_too() -> None:
    """`profile = line_profiler.LineProfiler()`: a decorator of that name costs no more than one of the package."""
    source = "import nowhere\njit = nowhere.Jit()\n@jit.fast\ndef f(x, on=jit): return x"
    loader, loaded = load(source, wanted=("f",))
    assert loader.namespace["f"](3) == 3
    assert [trouble.type_name for trouble in loaded.troubles] == ["ModuleNotFoundError", "NameError", "NameError"]
    assert load("jit = nothing()\n@jit\ndef f(x): return x", wanted=("f",))[1].defined == ()


REFUSED = {
    "break": ("if x: break", "'break' outside loop"),
    "nonlocal": ("nonlocal n", "no binding for nonlocal 'n' found"),
    "global": ("global x", "name 'x' is parameter and global"),
    "import": ("from math import *", "import * only allowed at module level"),
    "a function within": ("lambda y, y: 1", "duplicate argument 'y' in function definition"),
}
AROUND = {
    "a method": "class A:\n  def f(self): return 1\n  def g(self, x):\n    {}\n  def h(self): return 3\n",
    "one of a class within": "class A:\n  class C:\n    def g(self, x):\n      {}\n    h = 2\n  f = h = print",
    "below a condition": "class A:\n  f = h = print\n  if f:\n    def g(self, x):\n      {}\n",
    "a class below a condition": "if 1:\n  class A:\n    f = h = print\n    def g(self, x):\n      {}\n",
    "below an except": "class A:\n  f = h = print\n  try: f\n  except E:\n    def g(self, x):\n      {}\n",
}


@pytest.mark.parametrize(("line", "message"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("source", AROUND.values(), ids=AROUND.keys())
def test_a_function_that_the_compiler_refuses_costs_only_itself(line: str, message: str, source: str) -> None:
    """Python reads it and refuses all of its class: the other methods are defined, and the line is told."""
    _, loaded = load(source.format(line), wanted=("A.f", "A.g", "A.h"))
    assert loaded.defined == ("A.f", "A.h")
    (trouble,) = loaded.troubles
    at = next(n for n, one in enumerate(source.split("\n"), start=1) if "{}" in one)
    assert (trouble.type_name, trouble.message, trouble.line) == ("SyntaxError", message, at)


OUTSIDE = {
    "a word that leaves a loop": "    break",
    "what only a function gives": "    yield 3",
    "in a block": "    if 1:\n        continue",
    "a class that is refused as such": "    class B:\n        yield 3",
}


@pytest.mark.parametrize("line", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_a_line_that_the_compiler_refuses_in_a_class_costs_no_method(line: str) -> None:
    """It stands in none of them."""
    source = f"class A:\n    def f(self): return 1\n{line}\n    def g(self): return 2"
    _, loaded = load(source, wanted=("A.f", "A.g"))
    assert loaded.defined == ("A.f", "A.g")
    assert [trouble.line for trouble in loaded.troubles] == [2 + len(line.split("\n"))]


def test_what_is_refused_as_a_whole_costs_itself_and_is_told_once() -> None:
    """A function, and a block for what stands in it beside definitions."""
    refused = ("def f(x):\n    break\n", "if 1:\n    continue\n    def g(): pass\n")
    _, loaded = load(*refused, "def h(): pass", wanted=("f", "g", "h"))
    assert loaded.defined == ("h",)
    assert [(trouble.cell, trouble.line) for trouble in loaded.troubles] == [(1, 2), (2, 2)]


TRIED = {
    "a word": ("    end", 3),
    "a call that raises": ("    print(1 / 0)", 3),
    "what raises elsewhere": ("    fail()", 3),
    "over lines": ("    fail(\n        1,\n    )", 3),
    "several": ("    end\n    begin", 3),
    "a name that no method reads": ("    n = 1 / 0", 3),
    "a body that slid out": ("    size = len(x)\n    rows = [0] * size\n    for n in rows:\n        rows[n] = x[n]", 3),
    "a file that is not there": ("    with open('no') as file:\n        text = file.read()", 3),
}


@pytest.mark.parametrize(("line", "at"), TRIED.values(), ids=TRIED.keys())
def test_what_only_tries_something_in_a_class_costs_no_method(line: str, at: int) -> None:
    """It defines nothing, and is told."""
    source = f"class A:\n    def f(self): return 1\n{line}\n    def g(self): return 2"
    _, loaded = load("def fail(*a): raise ValueError('no')", source, wanted=("A.f", "A.g"))
    assert loaded.defined == ("A.f", "A.g")
    assert "run again without that" in loaded.troubles[0].message
    assert f"(in line {at})" in loaded.troubles[0].message or "no" in loaded.troubles[0].message


NEEDED_IN_CLASS = {
    "an attribute": "    n = 1 / 0\n    def f(self): return self.n",
    "by its name as text": "    n = 1 / 0\n    def f(self): return getattr(self, 'n')",
    "a default": "    n = 1 / 0\n    def f(self, x=n): return x",
    "a decorator": "    def g(f): return f\n    n = 1 / 0\n    @g(n)\n    def f(self): return 1",
    "what goes into it": "    m = 1 / 0\n    n = m\n    def f(self): return self.n",
    "what is filled": "    n = {}\n    n['a'] = 1 / 0\n    def f(self): return self.n",
    "a method": "    if 1 / 0:\n        def f(self): return 1\n    else:\n        def f(self): return 2",
}


@pytest.mark.parametrize("body", NEEDED_IN_CLASS.values(), ids=NEEDED_IN_CLASS.keys())
def test_what_methods_may_need_in_a_class_is_not_left_out(body: str) -> None:
    """Then the class is told as what failed."""
    _, loaded = load(f"class A:\n{body}", wanted=("A.f",))
    assert loaded.defined == ()


AWAITED = {
    "a value": "async def one(): return 1.0\nf = await one()",
    "in a loop": "async def some():\n    for n in range(3): yield n\nasync for f in some(): pass",
    "with a turn of the loop": "import types\n@types.coroutine\ndef turn(): yield\nawait turn()\nf = 1",
    "below a condition": "async def one(): return 1.0\nif True:\n    f = await one()",
}


@pytest.mark.parametrize("source", AWAITED.values(), ids=AWAITED.keys())
def test_what_awaits_at_top_level_is_run_as_a_kernel_does(source: str) -> None:
    """Plain Python refuses it; in a notebook it works."""
    loader, loaded = load(source)
    assert loaded.troubles == ()
    assert loader.namespace["f"] in (1, 2)


RAISING = "def f(x):\n    while x == 'for ever': pass\n    return x[5]\n"
STOOD = {
    "in another cell": ((RAISING, "a = 1\nb = f([a])"), (2, 2), "list index out of range"),
    "in this cell": ((f"{RAISING}b = f([1])",), (1, 4), "list index out of range (in line 3)"),
    "in the statement": (("a = [\n  [][5]]",), (1, 2), "list index out of range"),
    "in a function, for ever": (
        (RAISING, "a = 1\nb = f('for ever')"),
        (2, 2),
        "this statement took too long and was stopped",
    ),
}


@pytest.mark.parametrize(("sources", "place", "message"), STOOD.values(), ids=STOOD.keys())
def test_a_statement_that_fails_is_told_at_its_own_line(
    sources: tuple[str, ...], place: tuple[int, int], message: str
) -> None:
    """Where a function that it calls raises, the line that did not run is the one that calls it: it makes the name."""
    [trouble] = load(*sources)[1].troubles
    assert ((trouble.cell, trouble.line), trouble.message) == (place, message)


def test_what_is_awaited_for_ever_costs_only_itself() -> None:
    """There is nothing outside that could come."""
    source = "import types\n@types.coroutine\ndef turn():\n    while True: yield\nf = await turn()\ndef g(): pass"
    _, loaded = load(source, wanted=("g",))
    assert loaded.defined == ("g",)
    assert [(trouble.type_name, trouble.line) for trouble in loaded.troubles] == [("TimeoutError", 5)]


@pytest.mark.parametrize(
    ("kept", "asked", "message"),
    [
        ("{'s': x, 'x': x}", "c['out']", "'out'; its cache has the keys 's', 'x'"),
        ("{0: x}", "c['out']", "'out'; its cache has the keys 0"),
        ("{}", "c['out']", "'out'"),
        ("{n: x for n in range(99)}", "c['out']", "'out'"),
        ("{'s' * 99: x}", "c['out']", "'out'"),
        ("{(1, 2): x}", "c['out']", "'out'"),
        ("type('Own', (dict,), {})(s=x)", "c['out']", "'out'"),
        ("{'s': x}", "[][1]", "list index out of range"),
        ("{'s': x}", "(lambda table: table['out'])({'a': 1})", "'out'"),
        ("{'s': x}", "TABLE['out']", "'out'"),
        ("{'s': x}", "Own().of('out')", "'out'"),
    ],
)
def test_a_key_that_a_cache_has_not_is_told_beside_those_that_it_has(kept: str, asked: str, message: str) -> None:
    """A student sees which were kept; many, long and odd ones are left out, and all where another dict may be meant."""
    own = "class Own:\n    def __init__(self): self.table = {}\n    def of(self, key): return self.table[key]"
    source = f"TABLE = {{'a': 1}}\n{own}\ndef f(x): return x, {kept}\ndef g(c): return {asked}"
    steps = (Step("f", ("x",), ("y", "=c")), Step("g", ("=c",), ("z",)))
    trouble = call(source, *steps)[1].trouble
    assert trouble is not None
    assert trouble.message == message


@pytest.mark.parametrize(
    ("returned", "named"),
    [
        ("{'dw': x, 'db': x}", "dict with the keys 'dw', 'db'"),
        ("({'dx': x}, x)", "tuple"),
        ("x", "ndarray"),
        ("None", "nothing"),
        ("{'s' * 99: x}", "dict"),
        ("type('Own', (dict,), {})(s=x)", "Own"),
        ("{'dx': None}", "dict with the keys 'dx'"),
    ],
)
def test_where_a_part_of_what_was_returned_is_not_there_what_was_is_named(returned: str, named: str) -> None:
    """A student sees the keys of a small dict, of all else the type; what is left on an object has none of it."""
    step = Step("f", ("x",), ("=grads",), leaves=(("dx", "=grads", "['dx']"),))
    found = call(f"def f(x): return {returned}", step)[0].values["dx"]
    assert (found.kind, found.type_name) == ("none", named)


@pytest.mark.parametrize(
    ("yielded", "named"),
    [
        ("{'x': x}", "dict with the keys 'x' within [1]"),
        ("(x,)", "tuple of 1 within [1]"),
        ("1.5", "float within [1]"),
        ("(x, None)", "tuple of 2 within [1]"),
        ("None", "list of 2"),
    ],
)
def test_where_a_way_ends_too_early_it_is_told_how_far_it_leads(yielded: str, named: str) -> None:
    """Of what is yielded one by one, each may be something else than what is due."""
    step = Step("f", ("x",), ("=all",), leaves=(("y", "=all", "[1][1]"),))
    found = call(f"def f(x):\n    yield x, x\n    yield {yielded}", step)[0].values["y"]
    assert (found.kind, found.type_name) == ("none", named)
    none = call("def f(x): return []", step)[0].values["y"]
    assert (none.kind, none.type_name) == ("none", "list of 0")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("assert (y.shape == x.shape)", "y has shape (1, 2, 3), x has shape (2, 3)"),
        ("assert(n.dtype == float)", "n has shape (2, 3) and dtype int64"),
        ("assert np.ones(3).shape == s.shape", "s is one number, float64"),
        ("assert (y.shape ==\n            x.shape)", "y has shape (1, 2, 3), x has shape (2, 3)"),
        ("assert y is None, 'no None'", "no None"),
        ("assert t == ()", ""),
        ("assert False", ""),
        ("raise AssertionError", ""),
        ("assert t.shape == x.shape", "x has shape (2, 3)"),
    ],
)
def test_an_assert_without_words_is_told_by_what_it_names(body: str, message: str) -> None:
    """Shapes of arrays, and numbers, that it names itself; of other values nothing, as they may say anything."""
    odd = "class T:\n        shape = 3\n    t = T()"
    made = f"y, n, s = x[None] * 1.0, x.astype(int), x.sum()\n    {odd}"
    trouble = call(f"import numpy as np\ndef f(x):\n    {made}\n    {body}\n", Step("f", ("x",), ("y",)))[0].trouble
    assert trouble is not None
    assert (trouble.type_name, trouble.message) == ("AssertionError", message)


@pytest.mark.parametrize(
    ("kept", "asked", "message"),
    [
        ("None", "x * c", "unsupported operand type(s) for *: 'float' and 'NoneType'; its cache is None"),
        ("None", "c.shape", "'NoneType' object has no attribute 'shape'; its cache is None"),
        ("None", "c[0]", "'NoneType' object is not subscriptable; its cache is None"),
        ("x", "c * None", "unsupported operand type(s) for *: 'float' and 'NoneType'"),
        ("None", "[][1]", "list index out of range"),
    ],
)
def test_a_cache_that_is_none_is_told_where_that_may_be_why(kept: str, asked: str, message: str) -> None:
    """`cache` was never filled, or another name was returned: the line that fails is not the one to mend."""
    source = f"def f(x): return x, {kept}\ndef g(x, c): return {asked}"
    steps = (Step("f", ("x",), ("y", "=c")), Step("g", ("x", "=c"), ("z",)))
    trouble = call(source, *steps)[1].trouble
    assert trouble is not None
    assert trouble.message == message


def test_what_stands_beside_an_operator_is_no_cache() -> None:
    """`a + b` on what other calls gave: that `b` is None is told by itself."""
    source = "class V:\n    def __add__(self, o): return o.x\n    def relu(self): pass\ndef new(x): return V()"
    steps = (
        Step("new", ("x",), ("=a",)),
        Step("V.relu", (), ("=b",), instance="=a"),
        Step("V.__add__", ("=b",), ("c",), instance="=a"),
    )
    trouble = call(source, *steps)[2].trouble
    assert trouble is not None
    assert trouble.message == "'NoneType' object has no attribute 'x'"


RAISING = {
    "a decorator": ("@keep\ndef f(x): pass", "no", 2),
    "one that is not there": ("@nothing\n@keep\ndef f(x): pass", "name 'nothing' is not defined (in line 1)", 3),
    "a base class": ("class f(nothing): pass", "name 'nothing' is not defined; it was run again without that", 1),
    "a line within": ("class f:\n    a = 1\n    b = nothing", "name 'nothing' is not defined (in line 3)", 1),
    "what a line within calls": ("class f:\n    a = keep(1)", "no", 1),
}


@pytest.mark.parametrize(("source", "message", "line"), RAISING.values(), ids=RAISING.keys())
def test_a_definition_that_raises_is_told_at_its_own_line(source: str, message: str, line: int) -> None:
    """There it is looked for: what raised in a decorator, cells away, is why the name is missing."""
    _, loaded = load("def keep(f):\n    raise ValueError('no')", source)
    assert [(t.message, t.cell, t.line) for t in loaded.troubles] == [(message, 2, line)]


def test_a_program_finds_its_own_text() -> None:
    """As in a kernel: a decorator may show it, or keep it."""
    pieces = [
        Piece(3, 1, "import inspect\ntexts = []"),
        Piece(4, 3, "def keep(f):\n    texts.append(inspect.getsource(f))"),
    ]
    loader, loaded = load(*pieces, "x = 1\n@keep\ndef f(x):\n    return x\n")
    assert loaded.troubles == ()
    assert loader.namespace["texts"] == ["@keep\ndef f(x):\n    return x\n"]


EARLY = {
    "a base class": [
        "class R(Layer):\n    pass",
        "class Layer(Base): pass",
        "class Base:\n    def f(self, x): return x",
    ],
    "a decorator": ["class R:\n    @kept\n    def f(self, x): return x", "def kept(f): return f"],
    "a default": ["class R:\n    def f(self, x, d=D): return x", "D = 2"],
    "a missing package": ["@jit\nclass R:\n    def f(self, x): return x", "from nowhere import jit"],
}


@pytest.mark.parametrize("pieces", EARLY.values(), ids=EARLY)
def test_a_definition_may_stand_before_what_it_needs(pieces: list[str]) -> None:
    """Cells may be run in any order, and one was: that is noted, and costs nothing. What comes twice is left alone."""
    loader, loaded = load(*pieces, wanted=("R.f",))
    assert loaded.defined == ("R.f",)
    assert loader.namespace["R"]().f(3) == 3
    told = [trouble.message for trouble in loaded.troubles if trouble.type_name == "NameError"]
    assert all("it was run again" in message for message in told)
    raising = "class R:\n    raise NameError('x', name='x')"
    assert load(raising, "x = 1", wanted=("R.f",))[1].defined == ()
    again = load(*pieces[:1], "class R:\n    def f(self, x): return 2 * x", *pieces[1:])[0]
    assert again.namespace["R"]().f(3) == 6


GONE = {
    "a base class": ["class R(Layer):\n    def f(self, x): return x"],
    "a base class that is begun": [
        "class R(Layer):\n    def __init__(self):\n        super().__init__('r', size=3)\n    def f(self, x): return x"
    ],
    "one of two": ["class Layer: pass", "class R(Layer, Mixin):\n    def f(self, x): return x"],
    "a decorator": ["@register\nclass R:\n    def f(self, x): return x"],
    "a metaclass": ["class R(metaclass=Meta):\n    def f(self, x): return x"],
    "the first half of a class": ["class R(R):\n    def f(self, x): return x"],
    "the first of three": ["class R(R):\n    def g(self): pass", "class R(R):\n    def f(self, x): return x"],
    "the base of a base": ["class R(Layer):\n    pass", "class Layer(Base):\n    def f(self, x): return x"],
    "beside a package that is missing": ["import nowhere", "class R(Layer):\n    def f(self, x): return x"],
}


@pytest.mark.parametrize("pieces", GONE.values(), ids=GONE)
def test_what_the_head_of_a_class_names_and_nobody_defines_costs_no_method(pieces: list[str]) -> None:
    """The cell of a base class may be broken, or gone: it costs what stands in it, and the class is run without it."""
    loader, loaded = load(*pieces, wanted=("R.f",))
    assert loaded.defined == ("R.f",)
    assert loader.namespace["R"]().f(3) == 3
    told = [trouble for trouble in loaded.troubles if trouble.type_name == "NameError"]
    assert any(trouble.message.endswith("; it was run again without that") for trouble in told)
    assert all("; it was run again" in trouble.message for trouble in told)


SAYS = "def fail(cls): raise ValueError('no')"
METHOD = "    def f(self, x): return x"
HEADS = {
    "a base that a module has not": [f"import math\nclass R(math.Layer):\n{METHOD}"],
    "a base that is no class": [f"Layer = None\nclass R(Layer):\n{METHOD}"],
    "one of two bases": [f"import math\nclass Layer:\n{METHOD}\nclass R(Layer, math.Layer): pass"],
    "bases in no order": [f"class A: pass\nclass B(A): pass\nclass R(A, B):\n{METHOD}"],
    "a base that refuses": [f"class L:\n    def __init_subclass__(cls): raise TypeError\nclass R(L):\n{METHOD}"],
    "a base that was to be begun": [
        f"import math\nclass R(math.Layer):\n    def __init__(self):\n        super().__init__('r', size=3)\n{METHOD}"
    ],
    "a base and a method": [f"import math\nclass R(math.Layer):\n{METHOD}\n    @math.no\n    def g(self): pass"],
    "a decorator": [SAYS, f"@fail\nclass R:\n{METHOD}"],
    "a decorator that lacks a name": [f"def put(cls): ALL.append(cls)\n@put\nclass R:\n{METHOD}"],
    "one that ends all the second time": [
        "n = []\ndef end(cls):\n    n.append(1)\n    raise (SystemExit if n[1:] else ValueError)",
        f"@end\nclass R(kind=1):\n{METHOD}",
    ],
    "a keyword": [f"class R(kind=1):\n{METHOD}"],
    "a metaclass": [f"class M(type):\n    def __new__(m, *a): raise ValueError\nclass R(metaclass=M):\n{METHOD}"],
    "all of it": [SAYS, f"import math\n@fail\nclass R(math.Layer, kind=1):\n{METHOD}"],
    "a decorator too deep to be written out": [f"import math\n@math{'.no' * 800}\nclass R:\n{METHOD}"],
    "over a stub": ["import math\nclass R:\n    def f(self, x): pass", f"class R(math.Layer):\n{METHOD}"],
    "a method beside": [f"class R:\n{METHOD}\n    @staticmethd\n    def g(x): return x"],
    "a default beside": [f"import math\nclass R:\n{METHOD}\n    def g(self, x=math.no): return x"],
    "both halves of a class": [f"class R(Layer):\n{METHOD}", "class R(R):\n    def g(self, x): return x"],
}


@pytest.mark.parametrize("pieces", HEADS.values(), ids=HEADS)
def test_a_head_that_raises_costs_no_method(pieces: list[str]) -> None:
    """A base that a module has not, a decorator that fails: no method is any worse for it. What failed is told."""
    loader, loaded = load(*pieces, wanted=("R.f",))
    assert loaded.defined == ("R.f",)
    assert loader.namespace["R"]().f(3) == 3
    assert loaded.troubles != ()


def test_as_little_of_a_head_is_left_out_as_will_do() -> None:
    """A class keeps its other base, and its metaclass; and a body that raises is no head that does."""
    kept = "import abc\nclass Layer:\n    def f(self, x): return x\n"
    loader, _ = load(f"{kept}class R(Layer, kind=1, metaclass=abc.ABCMeta): pass", wanted=("R.f",))
    assert type(loader.namespace["R"]).__name__ == "ABCMeta"
    _, loaded = load(f"{kept}class R(Layer):\n    n = {{}}['a']\n    def g(self): return self.n", wanted=("R.f",))
    assert loaded.defined == ()
    assert [trouble.type_name for trouble in loaded.troubles] == ["KeyError"]


def test_a_class_that_goes_on_stands_behind_the_one_that_it_goes_on_from() -> None:
    """That one was run late, for want of a base; what stood in a cell behind both is left alone."""
    halves = [f"class R(Layer):\n{METHOD}", "class R(R):\n    def g(self, x): return 2 * x"]
    _, loaded = load(*halves, wanted=("R.f", "R.g"))
    assert loaded.defined == ("R.f", "R.g")
    whole = "class R:\n    def f(self, x): return 5\n    def g(self, x): return 5"
    assert load(*halves, whole, wanted=("R.f",))[0].namespace["R"]().g(3) == 5


def test_a_class_goes_on_from_the_one_that_is_there() -> None:
    """A base class that a later cell defines is no name that is gone, and one that raises when it is called is."""
    later = ["class R(Layer): pass", "class Layer(Layer0): pass", "class Layer0:\n    def f(self, x): return x"]
    assert load(*later, wanted=("R.f",))[0].namespace["R"]().f(3) == 3
    raising = ["def make(): raise ValueError", "class R(make()):\n    def f(self, x): return x"]
    assert load(*raising, wanted=("R.f",))[1].defined == ()


NOT_TAKEN_OUT = [
    "@kept\ndef f(x): return x\nclass R:\n    f = f",
    "class R:\n    @kept\n    def f(self, x): return x",
    "import nowhere\nR = nowhere.make()",
    "from nowhere import *\nclass E(NameError):\n    name = property(lambda self: 1 / 0)\nclass R:\n    raise E",
]


@pytest.mark.parametrize("source", NOT_TAKEN_OUT)
def test_a_name_that_the_program_should_define_is_missing(source: str) -> None:
    """What nobody defines is an error of the function that needs it; so is what no definition can do without."""
    assert load(source, wanted=("R.f",))[1].defined == ()


IMPORTS = [
    "import own_layers\nf = own_layers.f",
    "from own_layers import f",
    "from own_layers import *",
    "from .own_layers import f",
    "from . import own_layers\nf = own_layers.f",
    "import own_lib.inner.deep as d\nf = d.f",
    "from own_lib import f",
    "from own_lib.inner.deep import f",
]


@pytest.mark.parametrize("source", IMPORTS)
def test_own_modules_are_imported_as_from_a_file(source: str) -> None:
    """Modules and packages that came with the program are found by every kind of import, relative ones too."""
    pieces = [
        Piece(2, 1, "def f(x):\n    return x / 0", module="own_layers"),
        Piece(3, 1, "from own_layers import f", module="own_lib.inner.deep"),
        Piece(4, 1, "from .inner.deep import f\nfrom . import inner", module="own_lib.__init__"),
        Piece(1, 1, source),
    ]
    loader, loaded = load(*pieces, wanted=("f",))
    assert loaded.troubles == ()
    with pytest.raises(ZeroDivisionError) as raised:
        loader.namespace["f"](1)
    told = describe_trouble(raised.value)
    assert (told.cell, told.line) == (2, 2)


@pytest.mark.parametrize("names", ["['_g', 'gone']", "('_g', 3)"])
def test_all_of_an_own_module_is_what_it_says_as_far_as_that_is_there(names: str) -> None:
    """A name that nothing made costs the others nothing."""
    theirs = Piece(2, 1, f"__all__ = {names}\ndef f(x): return 1\ndef _g(x): return x", module="own_all")
    loader, loaded = load(theirs, Piece(1, 1, "def f(x): return 2\nfrom own_all import *\ndef h(x): return _g(f(x))"))
    assert loaded.troubles == ()
    assert loader.namespace["h"](1) == 2


def test_own_modules_never_replace_pythons() -> None:
    """A stray `json.py` is imported by nobody, as what is loaded already may be numpy's or ours."""
    loader, _ = load(Piece(2, 1, "loads = None", module="json"), Piece(1, 1, "import json\nf = json.loads"))
    assert loader.namespace["f"]("1") == 1


def test_a_class_that_its_object_replaced_is_given_back() -> None:
    """`Relu = Relu()` is a leftover of trying it out; another object of that name is not touched."""
    source = "class Relu:\n    def forward(self, x): return x\nRelu = Relu()\nclass A: pass\nSigmoid = A()"
    loader, loaded = load(source, wanted=("Relu.forward", "Sigmoid.forward"))
    assert loaded.defined == ("Relu.forward",)
    assert type(loader.namespace["Sigmoid"]).__name__ == "A"


def test_random_numbers_are_the_same_each_time() -> None:
    """What a program draws does not depend on when it is graded."""
    source = "import random\nimport numpy as np\ndef f(x):\n    return np.random.rand() + random.random()"
    assert one(source).values["y"].array == one(source).values["y"].array


@pytest.mark.parametrize("made", ["default_rng()", "RandomState()", "Generator(np.random.PCG64())", "seed()"])
def test_generators_without_a_seed_draw_the_same_each_time(made: str) -> None:
    """As numpy's own one does; two of them draw other numbers."""
    draw = f"(np.random.{made} or np.random).normal()"
    source = f"import numpy as np\ndef f(x):\n    return np.array([{draw}, {draw}])"
    first, again = one(source).values["y"].array, one(source).values["y"].array
    assert first.tolist() == again.tolist()
    assert first[0] != first[1]


def test_find_function_survives_hostile_classes() -> None:
    """A metaclass that raises makes a name missing, nothing more."""
    loader, _ = load(
        "class M(type):\n    def __getattribute__(cls, name): raise SystemExit\nclass C(metaclass=M): pass"
    )
    assert find_function(loader.namespace, "C.m") is None


def test_a_metaclass_that_never_answers_costs_its_own_class_alone() -> None:
    """Looking for what was asked for ends in time, and the others are found."""
    source = (
        "class M(type):\n    def __getattribute__(cls, name):\n        while True: pass\n"
        "class Sigmoid(metaclass=M):\n    def forward(self, x): return x\n"
        "def f(x):\n    return x"
    )
    loader = Loader(1.0, None)
    loaded = loader.load([Piece(1, 1, source)], ("Sigmoid.forward", "f"))
    assert "f" in loaded.defined


def test_old_names_are_served_and_new_ones_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """What numpy dropped works again; what it has is not touched."""
    numpy = ModuleType("numpy")
    vars(numpy).update({n: v for n, v in vars(np).items() if n not in ("product", "float", "NaN", "asfarray")})
    serve_old_names(numpy)
    now: Any = numpy
    assert now.product([2, 3]) == 6
    assert now.float is float
    assert np.isnan(now.NaN)
    assert now.asfarray([1]).dtype == np.float64
    assert now.bool is np.bool_
    assert now.prod is np.prod
    assert now.in1d([1], [1]).all()
    assert now.asscalar(np.ones(1)) == 1.0
    assert (now.alen([1, 2]), now.alen(3), now.math.sqrt(4)) == (2, 1, 2)
    assert now.msort([[2, 1], [1, 3]]).tolist() == [[1, 1], [2, 3]]
    assert now.cast["float32"]([1, 2]).dtype == np.float32
    now.disp("told")
    assert capsys.readouterr().out == "told\n"


def test_old_names_come_with_a_star_as_they_did() -> None:
    """`from numpy import *` gave `mat` and `product`, and left Python's own `float` and `math` alone."""
    numpy = ModuleType("numpy")
    vars(numpy).update({name: value for name, value in vars(np).items() if name not in OLD_NAMES})
    had = numpy.__all__ = ["dot"]
    serve_old_names(numpy)
    assert had == ["dot"]
    assert {"dot", "mat", "product", "Inf", "alltrue"} <= {*numpy.__all__} <= {"dot", *OLD_NAMES}
    assert {"float", "int", "str", "long", "math"}.isdisjoint(numpy.__all__)


def test_parts_of_numpy_are_there_under_their_old_names() -> None:
    """What an editor once imported by itself still is, as a module and as an attribute; what is there stays."""
    lib, inside, mine = ModuleType("numpy.lib"), ModuleType("inside"), ModuleType("mine")
    vars(inside).update(pad=max, average=min, _helper=abs, __all__=["pad", "average"])
    vars(lib).update(average=sum)
    names = {"numpy.lib": lib, "numpy.lib._function_base_impl": inside, "numpy.lib._utils_impl": inside}
    modules = {**names, "numpy.lib.utils": mine, "numpy.linalg": lib, "numpy.linalg._linalg": inside}
    serve_old_modules(modules)
    assert modules["numpy.lib.function_base"] is modules["numpy.linalg.linalg"] is vars(lib)["function_base"] is inside
    assert modules["numpy.lib.utils"] is mine
    assert "numpy.lib.type_check" not in modules
    assert (vars(lib)["pad"], vars(lib)["average"]) == (max, sum)
    assert "_helper" not in vars(lib)


def test_what_numpy_2_took_out_of_lib_is_there() -> None:
    """`np.lib.pad`, as the padding of a convolution is often written, with numpy as it is installed."""
    old = "import grader.harness.surroundings.old_names as old"
    program = f"import numpy as np, sys\n{old}\nold.serve_old_modules(sys.modules)\n"
    asked = "print(np.lib.pad is np.pad, np.lib.average is np.average, np.lib.npyio.__name__)"
    told = subprocess.run([sys.executable, "-c", program + asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True", "numpy.lib.npyio"]


SHOWING = [
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(2, 2)\nax[0, 1].plot(x).legend()\nplt.savefig('a.png')",
    "from matplotlib import cm, pyplot\npyplot.figure(figsize=(1, 2)).gca().set_title('x')",
    "import seaborn as sns\nsns.set_theme()\nwith sns.axes_style('dark'): sns.heatmap(x)",
    "from IPython.display import display, clear_output, HTML\nclear_output()\ndisplay(HTML('x'))",
    "get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(x)",
    "from tqdm.notebook import tqdm, trange\nassert list(tqdm(x, total=2)) == x\nassert list(trange(2)) == [0, 1]",
    "import tqdm\nbar = tqdm.tqdm(x)\nassert sum(bar) == 3\nbar.set_description('x')\nassert len(bar) == 2",
    "from tqdm import tqdm\nwith tqdm(total=5) as bar: bar.update(1)\ntqdm.write('x')\ntqdm.pandas(desc='y')",
    "from matplotlib import pyplot\nfig, (a, b) = pyplot.subplots(1, 2)\nline, = a.plot(x)\nn, at, bars = a.hist(x)",
    "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, ncols=3)\nassert len([*axes.flat]) == 6",
    "from matplotlib.pyplot import subplots\nfig, ax = subplots()\nax.set_title('x')",
    "from icecream import ic\nassert ic(x) is x\nic()\nic(x, 3)",
    "import wandb\nfrom loguru import logger\nfrom rich import print\nwandb.log({'a': x})\nlogger.debug(x)\nprint(x)",
    "sh = get_ipython()\nsh.run_cell_magic('time', '', 'def f(x): return x')\nf(3)\nsh.run_cell_magic('bash', '', '')",
    "from pylab import *\nplot(x)\ntitle('x')\nassert dot(x, x) == 5 and norm(x) > 2 and rand(2).shape == (2,)",
    "import pylab\nassert pylab.exp(0) == 1 and pylab.np.pi == pylab.pi\nfig, ax = pylab.plt.subplots()",
    "from matplotlib import pylab as pl\nline, = pl.plot(x)\nassert pl.zeros(2).shape == (2,) and pl.newaxis is None",
    "import copy, matplotlib\ncopy.deepcopy(matplotlib.colors.Normalize())",
    "breakpoint()\nimport ipdb\nipdb.set_trace()\nx = 3",
    "import pdb, doctest\npdb.set_trace()\npdb.set_trace(header='here')\nx = 3\nassert doctest.pdb.Pdb.set_trace",
    "import grader\ngrader.check()\ngrader.check('Sigmoid.backward', key='k.npz')",
]


@pytest.mark.parametrize("source", SHOWING)
def test_what_only_shows_something_is_done_silently(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots, bars, displays and debuggers that are left in a program do nothing, and raise nothing."""
    before = list(sys.meta_path)
    monkeypatch.setattr(grader, "check", grader.check)  # put back at the end
    monkeypatch.setattr(sys, "breakpointhook", sys.breakpointhook)
    monkeypatch.delitem(sys.modules, "pdb", raising=False)
    monkeypatch.delitem(sys.modules, "doctest", raising=False)
    fall_quiet()
    try:
        _, loaded = load("x = [1, 2]\n" + source)
        assert loaded.troubles == ()
    finally:
        sys.meta_path[:] = before
        for name in ("display", "get_ipython"):
            vars(builtins).pop(name, None)


def test_what_is_installed_is_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing is served, and nothing that computes ever is."""
    before = list(sys.meta_path)
    monkeypatch.setattr(grader, "check", grader.check)
    monkeypatch.setattr(sys, "breakpointhook", sys.breakpointhook)
    fall_quiet()
    try:
        _, loaded = load("import json, nowhere", "from torch import nn", "import scipy.special")
        assert {trouble.type_name for trouble in loaded.troubles} == {"ModuleNotFoundError"}
        assert len(loaded.troubles) == 3
    finally:
        sys.meta_path[:] = before


def test_what_is_told_of_old_names_is_what_is_served() -> None:
    """The names of which the page says that they work here are those that do."""
    bare = ModuleType("numpy")
    vars(bare).update({name: getattr(np, name) for name in ("prod", "cumprod", "any", "all", "vstack", "round")})
    vars(bare).update({name: getattr(np, name) for name in ("asmatrix", "isin", "trapezoid", "ndim")})
    before = set(vars(bare))
    serve_old_names(bare)
    assert set(vars(bare)) - before == OLD_NAMES


def test_announcements_come_before_each_statement() -> None:
    """A cautious load says where it is before it goes there."""
    seen: list[tuple[int, int]] = []
    loader = Loader(5, lambda cell, line: seen.append((cell, line)))
    loader.load([Piece(1, 1, "a = 1\n\nb = 2"), Piece(4, 10, "def f():\n    pass")], ())
    assert seen == [(1, 1), (1, 3), (4, 10)]


HEADERS = {0: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 1: "/usr/include/asm-generic/unistd.h"}


@pytest.mark.parametrize("machine", [0, 1])
def test_system_calls_have_the_kernels_numbers(machine: int) -> None:
    """The deny list means what it says, on both machines; where the headers are not installed, order alone is seen."""
    rules = {**seccomp.DENIED, **seccomp.SIGNALS, **seccomp.OTHER_SIGNALS, "socket": seccomp.SOCKET}
    rules |= {"clone": seccomp.CLONE, "clone3": seccomp.CLONE3, "ioctl": seccomp.IOCTL, "fcntl": seccomp.FCNTL}
    rules |= {"mmap": seccomp.MMAP, "prctl": seccomp.PRCTL}
    numbers = [pair[machine] for pair in rules.values() if pair[machine] >= 0]
    assert len(set(numbers)) == len(numbers)
    header = Path(HEADERS[machine])
    if not header.exists():
        return
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()))
    wrong = {name: pair for name, pair in rules.items() if name in found and int(found[name]) != pair[machine]}
    assert wrong == {}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("pid", [0, 77])
def test_the_filter_decides_each_call_rightly(machine: str, pid: int) -> None:
    """Run by a small interpreter of our own, the program refuses what it should and lets the rest pass."""
    program = seccomp.build_filter(machine, pid)
    architecture, column = seccomp.ARCHITECTURES[machine]
    for numbers in seccomp.DENIED.values():
        if numbers[column] >= 0:
            assert _run(program, architecture, numbers[column]) == "EPERM"
    assert _run(program, 0xDEAD, 0) == "kill"
    assert _run(program, architecture, seccomp.SOCKET[column]) == "EAFNOSUPPORT"
    assert _run(program, architecture, seccomp.CLONE3[column]) == "ENOSYS"
    assert _run(program, architecture, seccomp.CLONE[column], 0x10000000 | 17) == "EPERM"
    assert _run(program, architecture, seccomp.CLONE[column], 17) == "allow"
    assert _run(program, architecture, seccomp.IOCTL[column], 0, 0x5412) == "EPERM"
    assert _run(program, architecture, seccomp.IOCTL[column], 0, 0x5401) == "allow"
    assert _run(program, architecture, seccomp.FCNTL[column], 0, 6) == "EPERM"
    assert _run(program, architecture, seccomp.FCNTL[column], 0, 1030) == "allow"
    assert _run(program, architecture, seccomp.IOCTL[column], 0, 0x8901) == "EPERM"
    assert _run(program, architecture, seccomp.PRCTL[column], 78) == "EPERM"
    assert _run(program, architecture, seccomp.PRCTL[column], 15) == "allow"
    # Private memory and files are mapped, shared memory without a file and huge pages are not.
    for flags, answer in ((0x22, "allow"), (0x01, "allow"), (0x21, "EPERM"), (0x23, "EPERM"), (0x40022, "EPERM")):
        assert _run(program, architecture, seccomp.MMAP[column], 0, 4096, 3, flags) == answer
    kill = seccomp.SIGNALS["kill"][column]
    assert _run(program, architecture, kill, 77) == "allow"
    assert _run(program, architecture, kill, 1) == ("EPERM" if pid else "allow")
    # The first process of a namespace ends itself, and its group, by this; of what is no end, the kernel decides.
    tgkill, tkill = seccomp.SIGNALS["tgkill"][column], seccomp.TKILL[column]
    for own in (0, 1):
        for number, arguments in ((kill, (own, 9)), (tgkill, (own, own, 6)), (tkill, (own, 19))):
            assert _run(program, architecture, number, *arguments) == ("EPERM" if pid else "kill")
        for number, arguments in ((kill, (own, 15)), (tgkill, (own, 9, 10)), (tkill, (own, 0))):
            assert _run(program, architecture, number, *arguments) == ("EPERM" if pid else "allow")
    if not pid:
        assert _run(program, architecture, kill, 7, 9) == "allow"  # a child of its own
    assert _run(program, architecture, 0 if machine == "x86_64" else 63) == "allow"  # read


def _run(program: bytes, architecture: int, number: int, *arguments: int) -> str:
    data = struct.pack("<IIQQQQQ", number, architecture, 0, *(*arguments, 0, 0, 0, 0)[:4])
    rules = list(struct.iter_unpack("=HBBI", program))
    at = word = 0
    while True:
        code, yes, no, value = rules[at]
        at += 1
        if code == 0x20:
            (word,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            if value == 0x7FFF0000:
                return "allow"
            return "kill" if value == 0x80000000 else errno.errorcode[value & 0xFFFF]
        else:
            holds = {0x15: word == value, 0x35: word >= value, 0x45: bool(word & value)}[code]
            at += yes if holds else no


def test_the_harness_needs_only_wire_and_numpy() -> None:
    """The rooms inside run where the rest of the package is not there."""
    code = (
        "import sys, types; sys.path[:0] = sys.argv[1:]; import grader; "
        "import grader.harness.zygote, grader.harness.runner; "
        "ours = [n.split('.')[1] for n in sys.modules if n.startswith('grader.')]; "
        "print(sorted(set(ours) - {'harness', 'wire'}))"
    )
    root = str(Path(__file__).parent.parent)
    packages = str(Path(np.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code, root, packages], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr
    assert isinstance(Value("none", "NoneType"), Value)
