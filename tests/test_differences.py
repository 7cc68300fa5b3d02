"""How a wrong result differs: said only where it holds in every case in which the result is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from small_key import Exam, rule

from grader.judge import Difference, Verdict

RNG = np.random.default_rng(3)
Function = Callable[..., Any]


def layer(student: Any, x: np.ndarray, w: np.ndarray) -> Iterator[tuple[str, dict[str, Any]]]:
    out, cost = student.layer(x, w)
    yield "layer", {"out": out, "cost": cost}


def reference(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.where(x < 0, 0.1 * x, x) * w, (x * w).sum(1)


def exam(*shapes: tuple[int, int]) -> Exam:
    made = Exam([rule("layer", ["out", "cost"], "right", sizes={"N": ("x", 0), "D": ("x", 1)})], {"layer": reference})
    for shape in shapes:
        x = np.sign(RNG.normal(size=shape)) * RNG.uniform(0.5, 1, shape)
        x.flat[0], x.flat[1] = -0.5, 0.5
        seen = "hidden" if len(shapes) > 1 else "public"
        made.add(layer, {"x": x, "w": RNG.uniform(1, 2, shape)}, {"layer": "right"}, seen)
    return made


EXAM = exam((3, 4), (2, 3), (4, 4))


def judged(change: Function, cost: Function = lambda cost: cost, of: Exam = EXAM) -> Verdict:
    """The verdict on a layer whose results are changed: `change` gets the output and the inputs."""

    def layer(x: np.ndarray, w: np.ndarray) -> tuple[Any, Any]:
        out, right = reference(x, w)
        return change(out, x, w), cost(right)

    return of.judge({"layer": layer})["layer"][0]


CHANGES: dict[str, tuple[Function, str, dict[str, str]]] = {
    "zeros": (lambda out, x, w: 0 * out, "zero", {}),
    "one number everywhere": (lambda out, x, w: 0 * out + 7.0, "constant", {}),
    "an input": (lambda out, x, w: x, "echo", {"name": "x"}),
    "a sign": (lambda out, x, w: -out, "sign", {}),
    "twice": (lambda out, x, w: 2 * out, "factor", {"factor": "2"}),
    "N times": (lambda out, x, w: len(x) * out, "factor", {"factor": "N"}),
    "divided by D": (lambda out, x, w: out / x.shape[1], "factor", {"factor": "1/D"}),
    "another factor": (lambda out, x, w: 1.7 * out, "", {}),
    "transposed": (lambda out, x, w: out.T, "transposed", {}),
    "flat": (lambda out, x, w: out.ravel(), "reshaped", {}),
    "summed": (lambda out, x, w: out.sum(0), "summed", {"axis": "axis 0"}),
    "summed, axis kept": (lambda out, x, w: out.sum(1, keepdims=True), "summed", {"axis": "axis 1"}),
    "all in one": (lambda out, x, w: out.sum(), "summed", {"axis": "all axes"}),
    "averaged": (lambda out, x, w: out.mean(1), "averaged", {"axis": "axis 1"}),
    "not leaky": (lambda out, x, w: np.maximum(out, 0), "only_where", {"name": "x", "sign": "negative"}),
    "rounded": (lambda out, x, w: np.round(out, 2), "nearly", {}),
    "noise": (lambda out, x, w: out + np.cos(np.arange(out.size)).reshape(out.shape), "", {}),
}


@pytest.mark.parametrize(("change", "name", "facts"), CHANGES.values(), ids=CHANGES)
def test_each_difference_is_read(change: Function, name: str, facts: dict[str, str]) -> None:
    """In sizes that the author names, in inputs by name; nothing is said where nothing fits."""
    expected = (Difference(name, "out", facts),) if name else ()
    assert judged(change).differences == expected


def test_each_wrong_result_has_its_own() -> None:
    """Two results that are off in two ways; results in the place of each other."""
    both = judged(lambda out, x, w: -out, lambda cost: 2 * cost)
    assert [(one.result, one.name) for one in both.differences] == [("out", "sign"), ("cost", "factor")]

    def swapped(x: np.ndarray, w: np.ndarray) -> tuple[Any, Any]:
        return reference(x, w)[::-1]

    found = EXAM.judge({"layer": swapped})["layer"][0].differences
    assert [(one.result, one.name, one.facts) for one in found] == [
        ("out", "swapped", {"name": "cost"}), ("cost", "swapped", {"name": "out"}),
    ]  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_is_said_that_one_case_contradicts(name: str) -> None:
    """A hidden case that is wrong in another way silences it, and so does one that raises, or is right."""
    change = CHANGES[name][0]
    other = judged(lambda out, x, w: change(out, x, w) if len(x) != 4 else out + np.tri(*out.shape) + x)
    assert other.differences == ()
    raising = judged(lambda out, x, w: change(out, x, w) if len(x) != 4 else 1 // 0)
    assert raising.differences == ()
    right = judged(lambda out, x, w: change(out, x, w) if len(x) != 4 else out)
    # These say that a part is right, so a case that is right is no exception.
    assert {one.name for one in right.differences} <= {"reshaped", "only_where", "nearly"}


def test_a_size_that_is_two_is_not_named_where_two_says_it() -> None:
    """What is true of all cases by its plain number is said so."""
    assert judged(lambda out, x, w: len(x) * out, of=exam((2, 5))).differences == (
        Difference("factor", "out", {"factor": "2"}),
    )


def test_the_parts_of_a_dict_are_read_one_by_one() -> None:
    """Only the part that is wrong, by its path."""

    def steps(student: Any, x: np.ndarray) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "steps", {"grads": student.steps(x)}

    made = Exam([rule("steps", ["grads"], "right")], {"steps": lambda x: {"dW": x.sum(0), "db": x * 3}})
    made.add(steps, {"x": RNG.normal(size=(3, 4))}, {"steps": "right"})
    verdict = made.judge({"steps": lambda x: {"dW": x.sum(0), "db": x * -3}})["steps"][0]
    assert verdict.differences == (Difference("sign", "grads['db']"),)
