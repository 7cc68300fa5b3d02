"""What the four passes give, worked out a second time and by itself: a program on standard input, and what holds of it.

takes: on standard input JSON, a list of [criterion, cells]; numpy, and nothing of the grader or its reference.
gives: on standard output a list, for each: is it right on ordinary inputs, and is it right on inputs of every kind.
must not know: cases, tolerances and verdicts of the exam.

Each program is run in a process of its own, which ends where it takes too long, and tells nothing then.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

SECONDS, BYTES = 10, 4 << 30
ORDINARY = ("plain", "plain", "zeros")
EVERY_KIND = (
    *ORDINARY, "integers", "float32", "column order", "gaps", "huge", "tiny", "negative", "twice", "in between",
)  # fmt: skip
SHAPES = ((3,), (4, 3), (1, 5), (6, 1), (4, 4), (2, 2, 3), (3, 2, 2, 2), (1, 1), (1, 2, 2))
SIZES = (
    ((3, 4), 2), ((5, 3), 6), ((4, 4), 4), ((1, 3), 1), ((3, 1), 3), ((2, 2, 3), 1), ((3, 2, 2, 2), 5), ((3, 3, 3), 3),
    ((17, 6), 2), ((1, 2, 2), 4), ((1, 1), 1),
)  # fmt: skip
"""Of x, and how many outputs."""
Array = np.ndarray[Any, Any]
Program = Mapping[str, Any]


def sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def drawn(by: np.random.Generator, shape: Sequence[int], kind: str) -> Array:
    """An input of a kind: no number of it is one that a float32 could not tell from its neighbours."""
    x = by.normal(size=shape) * 3
    if kind == "huge":
        return np.sign(x) * by.uniform(700, 1000, x.shape)
    if kind == "tiny":
        return x * 1e-8
    if kind == "negative":
        return -np.abs(x)
    if kind == "zeros":
        return np.where(by.random(x.shape) < 0.4, 0.0, x)
    return np.rint(x).astype(int) if kind == "integers" else x


def laid_out(x: Array, kind: str) -> Array:
    """A copy of it, to be given away."""
    if kind == "gaps":
        wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]))
        wide[..., ::2] = x
        return wide[..., ::2]
    return np.array(x, np.float32 if kind == "float32" else x.dtype, order="F" if kind == "column order" else "C")


def is_near(got: object, want: Array, size: Array, kind: str) -> bool:
    """Whether it is the same but for rounding; `size` is what the sum's own parts come to."""
    array = np.asarray(got)
    if array.shape != want.shape or array.dtype.kind not in "fiu":
        return False
    room = (1e-4 if kind == "float32" else 1e-8) * (1 + size)
    return bool((np.abs(array.astype(float) - want) <= room).all())


def called(function: Callable[..., Any], kind: str, *given: Array) -> Any:
    """What it gives for copies; what is asked `twice` counts the second time."""
    for _ in range(1 + (kind == "twice")):
        result = function(*(laid_out(array, kind) for array in given))
    return result


def elementwise(program: Program, owner: str, method: str, by: np.random.Generator) -> Callable[[str, int], bool]:
    """Of Sigmoid and Relu."""

    def is_right(kind: str, at: int) -> bool:
        x = drawn(by, SHAPES[at], kind)
        dout = by.normal(size=x.shape) * 5
        layer = program[owner]()
        out, cache = called(layer.forward, kind, x)
        due = sigmoid(x) if owner == "Sigmoid" else np.maximum(x, 0)
        if method == "forward":
            return is_near(out, due, np.abs(due), kind)
        if kind == "in between":
            program[owner]().forward(by.normal(size=(5, 2)))
        dx = called(lambda given: layer.backward(given, cache), kind, dout)
        if owner == "Sigmoid":
            return is_near(dx, dout * due * (1 - due), np.abs(dout), kind)
        # At an exact zero any slope from 0 to 1 is ReLU's.
        lowest, highest = (np.minimum(0, dout), np.maximum(0, dout))
        at_zero = np.clip(np.asarray(dx, float), lowest, highest) if np.shape(dx) == x.shape else dout
        return is_near(dx, np.where(x == 0, at_zero, dout * (x > 0)), np.abs(dout), kind)

    return is_right


def affine(program: Program, is_forward: bool, over: str, by: np.random.Generator) -> Callable[[str, int], bool]:
    """Of the layer's two functions; gradients of the parameters are means or sums `over` the examples."""

    def is_right(kind: str, at: int) -> bool:
        shape, many = SIZES[at]
        x = drawn(by, shape, kind)
        w, b = by.normal(size=(int(np.prod(shape[1:])), many)), by.normal(size=many)
        flat = x.reshape(len(x), -1).astype(float)
        out, cache = called(program["affine_forward"], kind, x, w, b)
        if is_forward:
            return is_near(out, flat @ w + b, np.abs(flat) @ np.abs(w) + np.abs(b), kind)
        if kind == "in between":
            program["affine_forward"](by.normal(size=(2, 3)), by.normal(size=(3, 2)), by.normal(size=2))
        dout = by.normal(size=(len(x), many))
        given = called(lambda dout: program["affine_backward"](dout, cache), kind, dout)
        each = dout / (len(x) if over == "mean" else 1)
        due = ((dout @ w.T).reshape(shape), flat.T @ each, each.sum(axis=0))
        sizes = ((np.abs(dout) @ np.abs(w.T)).reshape(shape), np.abs(flat.T) @ np.abs(each), np.abs(each).sum(axis=0))
        return len(given) == len(due) and all(is_near(*of, kind) for of in zip(given, due, sizes, strict=True))

    return is_right


def ways(program: Program, criterion: str) -> Iterator[Callable[[str, int], bool]]:
    """All that a criterion takes for right."""
    owner, _, method = criterion.rpartition(".")
    if owner:
        yield elementwise(program, owner, method, np.random.default_rng(5))
        return
    for over in ("mean", "sum"):
        yield affine(program, criterion == "affine_forward", over, np.random.default_rng(5))


def holds(is_right: Callable[[str, int], bool], kinds: Sequence[str], count: int) -> bool:
    try:
        return all(is_right(kind, at) for kind in kinds for at in range(count))
    except BaseException:  # whatever a program raises, it is not right there
        return False


def judged(criterion: str, cells: Sequence[str]) -> list[bool]:
    program: dict[str, Any] = {"__name__": "student"}
    for cell in cells:
        exec(compile(cell, "cell", "exec"), program)
    count = len(SHAPES if "." in criterion else SIZES)
    return [any(holds(way, kinds, count) for way in ways(program, criterion)) for kinds in (ORDINARY, EVERY_KIND)]


def apart(criterion: str, cells: Sequence[str]) -> list[bool] | None:
    """The same in a process of its own; None where it did not come to an end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silence, stream)
        try:
            os.write(writing, json.dumps(judged(criterion, cells)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    json.dump([apart(*one) for one in json.load(sys.stdin)], sys.stdout)
