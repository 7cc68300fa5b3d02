"""A function that returns fewer results than are due earns what belongs to those that it returns.

takes: a small assignment made here, of a backward, a loss and its gradients in a dict, gates, and a pair; hand-ins.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from conftest import changed
from nbformat import v4
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox

RIGHT = """
import numpy as np

def pull(dy, x, w):
    dx = dy @ w.T
    dw = x.T @ dy
    return dx, dw, dy.sum(axis=0)

def loss(x, w):
    grads = {"w": x.T @ x @ w}
    return ((x @ w) ** 2).sum() / 2, grads

def gates(dy, x):
    return dy * x[:, :2], dy * x[:, 1:], dy * 2

def with_steps(x, w):
    return 2 * x @ w, [x]

def forth(x, w):
    return x @ w, (x, w)

def forth_back(dy, cache):
    x, w = cache
    return dy @ w.T

def square(x, state):
    state["mean"] = 0.9 * state["mean"] + 0.1 * x.mean(axis=0)
    return x**2, (x, 2)

def square_back(dy, cache):
    x, power = cache
    return power * x * dy

def twice(x, state):
    y, cache = square(x, state)
    return x + 2 * y - state["mean"], cache
"""
OF_OWN = {"x, power = cache": "x, power = cache['x'], cache['power']"}
TURNED = {**OF_OWN, "return x**2, (x, 2)": "y, cache = x**2, {'x': x, 'power': 2}\n    return cache, y"}
CALLS = """
def drawn(rng):
    return {"dy": rng.uniform(-1, 1, (4, 2)), "x": rng.uniform(1, 2, (4, 3)), "w": rng.uniform(1, 2, (3, 2))}

def of(name, takes, gives, names, leaves={}):
    cases = tuple(Case(f"{n}, {seen}", drawn, n, seen, grade=(n,)) for n in names for seen in (PUBLIC, HIDDEN))
    call = Call(name, takes, gives, leaves=leaves)
    return Criterion(name, (call,), names, tuple(Behaviour(n, 1) for n in names), cases)

FORTH = Call("forth", ("x", "w"), ("y", own("cache")))
ONE = (Behaviour("values", 1),)
TWO = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))
PAIR = (
    Criterion("forth", (FORTH,), ("y",), ONE, TWO),
    Criterion("forth_back", (FORTH, Call("forth_back", ("dy", own("cache")), ("dx",))), ("dx",), ONE, TWO,
        FollowThrough("forth", "y", "dy", {}, (), TWO)),
)

def moved(rng):
    return {"dy": rng.uniform(-1, 1, (4, 3)), "x": rng.uniform(1, 2, (4, 3)), "state": {"mean": rng.uniform(1, 2, 3)}}

SQUARE = Call("square", ("x", "state"), ("y", own("cache")), leaves={"mean": "state['mean']"})
EACH = tuple(Case(f"{n}, {seen}", moved, n, seen, grade=(n,)) for n in ("y", "mean") for seen in (PUBLIC, HIDDEN))
SQUARES = (Case("one", moved, "values"), Case("another", moved, "values", HIDDEN))
MOVING = (
    Criterion("square", (SQUARE,), ("y", "mean"), (Behaviour("y", 1), Behaviour("mean", 1)), EACH),
    Criterion("square_back", (SQUARE, Call("square_back", ("dy", own("cache")), ("dx",))), ("dx",), ONE, SQUARES,
        FollowThrough("square", "y", "dy", {}, (), SQUARES)),
    Criterion("twice", (Call("twice", ("x", "state"), ("w", own("cache"))),), ("w",), ONE, SQUARES,
        builds_on=("square",)),
)
CASE"""
CRITERIA = """
of("pull", ("dy", "x", "w"), ("dx", "dw", "db"), ("dx", "dw", "db")),
of("loss", ("x", "w"), ("loss", own("grads")), ("loss", "dw"), {"dw": "grads['w']"}),
of("gates", ("dy", "x"), ("di", "df", "do"), ("di", "df", "do")),
of("with_steps", ("x", "w"), ("y", own("steps")), ("y",)), *PAIR, *MOVING,
"""
ALL = {
    "pull": 3,
    "loss": 2,
    "gates": 3,
    "with_steps": 1,
    "forth": 1,
    "forth_back": 1,
    "square": 2,
    "square_back": 1,
    "twice": 1,
}
NOT_THERE = "`{}` is not among what was returned, where an array of numbers is due."
HAND_INS: dict[str, tuple[Mapping[str, str], Mapping[str, int], str]] = {
    # what is changed, what is earned by that where that is not all, and what is told
    "all of them": ({}, {}, ""),
    "the last is forgotten": ({"return dx, dw, dy.sum(axis=0)": "return dx, dw"}, {"pull": 2}, NOT_THERE.format("db")),
    "one between": ({"return dx, dw, ": "return dx, "}, {"pull": 2}, NOT_THERE.format("dw")),
    "the first": ({"return dx, dw, ": "return dw, "}, {"pull": 2}, NOT_THERE.format("dx")),
    "the first alone": ({"return dx, dw, dy.sum(axis=0)": "return dx"}, {"pull": 1}, NOT_THERE.format("dw")),
    "a wrong one, and the last is forgotten": (
        {"dw = x.T @ dy": "dw = 2 * x.T @ dy", "return dx, dw, dy.sum(axis=0)": "return dx, dw"}, {"pull": 1},
        NOT_THERE.format("db"),
    ),
    "in another order": (
        {"return dx, dw, dy.sum(axis=0)": "return dw, dx"}, {"pull": 1}, NOT_THERE.format("dx"),
    ),
    # of results of the same shape the numbers tell
    "the first of one shape": ({"return dy * x[:, :2], ": "return "}, {"gates": 2}, NOT_THERE.format("di")),
    "one between of one shape": ({":2], dy * x[:, 1:], ": ":2], "}, {"gates": 2}, NOT_THERE.format("df")),
    "a wrong one, and the first": (
        {"return dy * x[:, :2], dy * x[:, 1:]": "return dy * x[:, 1:] + 1"}, {"gates": 1}, "is not among",
    ),
    "one of them is None": ({"dw, dy.sum(axis=0)": "dw, None"}, {"pull": 2}, "`db` is None."),
    "no dict": ({"sum() / 2, grads": "sum() / 2"}, {"loss": 1}, "`grads` is not among what was returned"),
    "a list of some": ({"return dx, dw, dy.sum(axis=0)": "return [dx, dw]"}, {"pull": 2}, NOT_THERE.format("db")),
    "no cache, which is its own fault": ({"x @ w, (x, w)": "x @ w"}, {"forth": 0}, "where (y, cache) is due."),
    "nothing that any case asks for": ({"2 * x @ w, [x]": "2 * x @ w"}, {"with_steps": 0}, "where (y, steps) is due."),
    "an empty dict": ({'{"w": x.T @ x @ w}': "{}"}, {"loss": 1}, "Nothing is left in `grads['w']`"),
    "in another order, beside what is left elsewhere": (TURNED, {"square": 1}, "The right `y` comes one place"),
    "where only that is right": ({**TURNED, "cache, y": "cache, 3 * y"}, {"square": 1}, "`y` is a dict"),
    "where that is wrong": ({**TURNED, "0.9 *": "9 *"}, {"square": 0}, "`y` is a dict"),
    "where all is wrong": ({**TURNED, "0.9 *": "9 *", "cache, y": "cache, 3 * y"}, {"square": 0}, "`y` is a dict"),
    "nothing, beside what is left elsewhere": (
        {**OF_OWN, "return x**2, (x, 2)": "cache = {'x': x, 'power': 2}"}, {"square": 1}, "It returned nothing",
    ),
    "a moving average, but for what calls it": ({"0.9 *": "9 *"}, {"square": 1}, "are off"),
    "one that it does not leave there": ({'state["mean"] = ': "mean = "}, {"square": 1}, "as it was before"),
    "nothing, but for what calls it": ({"**2, (x, 2)": "**2 * 2, (x, 2)"}, {"square": 1}, "are off"),
    "and that is wrong by itself": (
        {"**2, (x, 2)": "**2 * 2, (x, 2)", "x + 2 * y": "x + 3 * y"}, {"square": 1, "twice": 0}, "are off",
    ),
    "nothing that is right": (
        {"return dx, dw, dy.sum(axis=0)": "return 2 * dx, 2 * dw"}, {"pull": 0},
        "It returned 2 values, where (dx, dw, db) is due.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    return compile_key(
        write(tmp_path_factory.mktemp("few"), whole=whole, passes=RIGHT, handout="dx, dw, db, grads['w'], di, df, do"),
        sandbox,
    )


@pytest.mark.parametrize("name", HAND_INS)
def test_what_is_returned_counts_where_something_is_forgotten(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Each that is right, wherever the one that is missing belongs; and the page says which that is."""
    changes, earned, told = HAND_INS[name]
    (tmp_path / "few.py").write_text(changed(RIGHT, changes), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "few.py"))
    assert {one.name: int(one.points or 0) for one in record.criteria} == {**ALL, **earned}
    assert any(told in one.headline for one in record.criteria)
    assert len([note for note in record.notes if "fewer results" in note]) == ("not among" in told)


def test_a_function_in_a_file_that_the_notebook_imports_is_asked_so_too(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """It is the one of that file; so is one that gives its results in another order."""
    few = changed(RIGHT, {"dw, dy.sum(axis=0)": "dw", "return x @ w, (x, w)": "return (x, w), x @ w"})
    cells = [v4.new_code_cell(text) for text in (f"%%writefile few.py\n{few}", "from few import pull, forth")]
    (tmp_path / "few.ipynb").write_text(nbformat.writes(v4.new_notebook(cells=cells)), encoding="utf-8")
    pull, *_, forth, _, _, _, _ = grade_one(Desk(key, sandbox), one_submission(tmp_path / "few.ipynb")).criteria
    assert "one place too late" in forth.headline
    assert (pull.points, pull.headline.startswith(NOT_THERE.format("db"))) == (2, True)


def test_two_that_forget_something_are_told_what_they_are_to_return(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """All that is due, in its order: not the one thing alone that is missing."""
    few = changed(RIGHT, {"dw, dy.sum(axis=0)": "dw", "sum() / 2, grads": "sum() / 2"})
    (tmp_path / "few.py").write_text(few, encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "few.py"))
    pull, loss = record.criteria[:2]
    assert (pull.points, loss.points) == (2, 1)
    assert pull.next_step == "Return `db` as a numpy array of numbers, and all results in the order (dx, dw, db)."
    assert loss.next_step == "Return (loss, grads), in this order."
