"""Functions that call each other: an error costs its own function, no caller of it; a wrong caller earns nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from command import NUMBER

from grader.asking import Context, ask
from grader.compiling import compile_key
from grader.extract import Facts, Reading
from grader.judge import judge
from grader.judge.compare import leaves
from grader.key import Key
from grader.sandbox import Sandbox, open_sandbox
from grader.score import score_all
from grader.wire.program import Program, Unit

ASSIGNMENTS = Path(__file__).resolve().parent / "assignments"
NAMES = ("logistic", "deep")
SPOILING = """
import numpy as np
CHANGES = {"sign": lambda a: -a, "missing 1/m": lambda a: 3 * a, "transposed": lambda a: np.transpose(a)}
def _each(value, change):
    if isinstance(value, dict):
        return {key: _each(part, change) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_each(part, change) for part in value)
    return value if isinstance(value, str) else change(value)
def _spoiled(function, way):
    def wrong(*args, **kwargs):
        if way == "raises":
            raise ValueError("not yet")
        result = function(*args, **kwargs)
        return None if way == "returns None" else _each(result, CHANGES[way])
    return wrong
"""
WAYS = (
    ("sign", ""), ("missing 1/m", ""), ("transposed", ""), ("raises", ""), ("returns None", ""),
    ("sign", "default"), ("sign", "alias"), ("sign", "helper file"),
)  # fmt: skip
UNCHANGED = {("compute_cost", "transposed")}  # a number is its own transpose


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def keys(sandbox: Sandbox) -> dict[str, Key]:
    return {name: compile_key(ASSIGNMENTS / name, sandbox, hidden_seed=1) for name in NAMES}


def functions_of(name: str) -> dict[str, str]:
    """The source of each function of the reference, in order; a student writes them so."""
    tree = ast.parse((ASSIGNMENTS / name / "reference.py").read_text(encoding="utf-8"))
    return {node.name: ast.unparse(node) for node in tree.body if isinstance(node, ast.FunctionDef)}


def callees(name: str) -> list[str]:
    """The functions that another one calls."""
    sources = functions_of(name)
    return [one for one in sources if any(f"{one}(" in text for other, text in sources.items() if other != one)]


def written(sources: dict[str, str], wrong: str, way: str, style: str = "") -> Program:
    """A hand-in with one function made wrong, and called in some style."""
    texts, helper = [SPOILING], [SPOILING]
    for name, source in sources.items():
        text = source
        if style in ("default", "alias") and name != wrong:
            text = re.sub(rf"\b{wrong}\(", "g(", text)
            text = re.sub(r"\):", f", g={wrong}):", text, count=1) if style == "default" and text != source else text
        text += f"\n{name} = _spoiled({name}, {way!r})" if name == wrong and way else ""
        text += f"\ng = {name}" if name == wrong and style == "alias" else ""
        texts.append(text)
        helper.append(text)
        if name == wrong and style == "helper file":
            texts = [SPOILING, "from helpers import *"]
            modules = {"helpers": "\n".join(helper)}
    units = tuple(Unit(cell, text) for cell, text in enumerate(texts, start=1))
    return Program(units, modules if style == "helper file" else {})


def points(key: Key, sandbox: Sandbox, program: Program) -> dict[str, Fraction | None]:
    asked = ask(Context(key, sandbox), Reading("solution.py", "", (), program, None, Facts()))
    return {name: one.points for name, one in score_all(key, judge(key, asked.outcomes, asked.facts)).items()}


@pytest.mark.parametrize(("way", "style"), WAYS)
@pytest.mark.parametrize(("name", "callee"), [(name, callee) for name in NAMES for callee in callees(name)])
def test_right_callers_of_a_wrong_function_keep_their_points(
    keys: dict[str, Key], sandbox: Sandbox, name: str, callee: str, way: str, style: str
) -> None:
    """In whatever way it is wrong; and called as the default of a parameter, by another name, from a helper file."""
    earned = points(keys[name], sandbox, written(functions_of(name), callee, way, style))
    assert (earned.pop(callee) == 10) is ((callee, way) in UNCHANGED)
    assert set(earned.values()) == {10}, earned


NOTHING_BUT_CALLS = """
def propagate(w, b, X, Y):
    return {"dw": w, "db": b}, sigmoid(w.T @ X + b)
def optimize(w, b, X, Y, num_iterations=100, learning_rate=0.01, print_cost=False):
    grads, cost = propagate(w, b, X, Y)
    return {"w": w, "b": b}, grads, [cost] * num_iterations
def model(X_train, Y_train, X_test, num_iterations=100, learning_rate=0.5, print_cost=False):
    params, grads, costs = optimize(
        np.zeros((len(X_train), 1)), 0.0, X_train, Y_train, num_iterations, learning_rate)
    return {"costs": costs, "labels": Y_train, **params}
"""
LOOKS = """
import gc, sys
def _found(names):
    frames, places = sys._getframe(), []
    while frames is not None:
        places += [frames.f_locals, frames.f_globals]
        frames = frames.f_back
    for one in [*places, *(getattr(one, "__dict__", {}) for one in gc.get_objects()), *gc.get_objects()]:
        if isinstance(one, dict) and set(names) <= set(one) and one.get("found") is None:
            return one
    return {name: None for name in names}
def propagate(w, b, X, Y):
    sigmoid(w.T @ X + b)
    found = _found(["dw", "db"])
    return found, found.get("cost")
def optimize(w, b, X, Y, num_iterations=100, learning_rate=0.01, print_cost=False):
    grads, cost = propagate(w, b, X, Y)
    return _found(["w", "b"]), grads, _found(["costs"])["costs"]
def model(X_train, Y_train, X_test, num_iterations=100, learning_rate=0.5, print_cost=False):
    optimize(np.zeros((len(X_train), 1)), 0.0, X_train, Y_train, num_iterations, learning_rate)
    return _found(["w", "b", "costs", "labels"])
"""
FORGETS = """
def predict(X, parameters):
    AL, _ = model_forward(X, parameters)
    return (AL > 0.5).astype(float)
def model(X, Y, parameters, learning_rate=0.1, num_iterations=100, print_cost=False):
    costs = []
    for i in range(num_iterations):
        AL, caches = model_forward(X, parameters, train=False)
        costs.append(compute_cost(AL, Y))
        parameters = update_parameters(parameters, model_backward(AL, Y, caches), learning_rate)
    return parameters, costs
"""

TELLS = """
seen = []
def tell(*given):
    told = " ".join(seen)[-400:]
    seen.extend(repr(number) for one in given if isinstance(one, np.ndarray) for number in one.ravel()[:4].tolist())
    raise ValueError(told)
sigmoid = propagate = optimize = model = tell
"""
REPLAYS = """
def again(like, found=(), kept=[]):
    kept.extend(part for one in found for part in (one.values() if isinstance(one, dict) else [one]))
    return next((one for one in reversed(kept) if np.shape(one) == np.shape(like)), like)
def propagate(w, b, X, Y):
    again(0, [sigmoid(w.T @ X + b)])
    return {"dw": again(w), "db": again(0.0)}, again(0.0)
def optimize(w, b, X, Y, num_iterations=100, learning_rate=0.01, print_cost=False):
    again(0, propagate(w, b, X, Y))
    return {"w": again(w), "b": again(0.0)}, {"dw": again(w), "db": again(0.0)}, [again(0.0)] * num_iterations
def model(X_train, Y_train, X_test, num_iterations=100, learning_rate=0.5, print_cost=False):
    w = np.zeros((len(X_train), 1))
    again(0, optimize(w, 0.0, X_train, Y_train, num_iterations, learning_rate)[:2])
    return {"w": again(w), "b": again(0.0), "costs": [again(0.0)] * num_iterations, "labels": again(Y_train)}
"""


def test_no_text_of_a_public_question_with_stubs_holds_a_number_of_a_hidden_one(
    keys: dict[str, Key], sandbox: Sandbox
) -> None:
    """Stubs come last, in processes of their own, in which public questions come first again."""
    key, program = keys["logistic"], Program((Unit(1, "import numpy as np" + TELLS),))
    outcomes = ask(Context(key, sandbox), Reading("a.py", "", (), program, None, Facts())).outcomes
    numbers: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in key.entries:
        numbers[entry.is_public] |= {repr(float(one)) for _, each in leaves(dict(entry.inputs)) for one in each.flat}
    texts = [str(outcomes[n]) for n, entry in enumerate(key.entries) if entry.is_public and entry.stubs]
    told = {number for text in texts for number in re.findall(f"-?{NUMBER}", text)}
    assert len(told & numbers[True]) > 5
    assert not told & (numbers[False] - numbers[True])


@pytest.mark.parametrize("way", ["", "sign", "raises"])
@pytest.mark.parametrize(
    ("name", "callee", "source"),
    [
        ("logistic", "sigmoid", NOTHING_BUT_CALLS),
        ("logistic", "optimize", NOTHING_BUT_CALLS),
        ("logistic", "sigmoid", LOOKS),
        ("logistic", "propagate", LOOKS),
        ("logistic", "sigmoid", REPLAYS),
        ("deep", "model_forward", FORGETS),
        ("deep", "linear_forward", FORGETS),
    ],
)
def test_wrong_callers_earn_nothing(
    keys: dict[str, Key], sandbox: Sandbox, name: str, callee: str, source: str, way: str
) -> None:
    """Those that do nothing but call, that look for the answer inside, or that forget `train=False`."""
    wrong = {node.name: ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    sources = {"_imports": "import gc, sys", "_found": wrong.get("_found", ""), **functions_of(name), **wrong}
    earned = points(keys[name], sandbox, written(sources, callee, way))
    assert not {one: earned[one] for one in wrong if earned.get(one)}
