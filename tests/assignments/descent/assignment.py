"""Descent: functions, classes and objects that are handed to a call, as one value.

takes: the reference, the known mistakes, and what students are given to try it with, beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from dataclasses import replace

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, made, own

from . import mistakes, passes, toy

RIGHT, ANY, LAST, AGAIN = "right values", "numbers of any kind", "the last batch", "several steps"
FIRST = "the first case that students see"


def start(gradient, steps, *shape, change=lambda x: x):
    """Somewhere to start from, and a function that says where it goes down."""
    return lambda rng: {
        "gradient": gradient,
        "x": change(some(rng, shape)),
        "other gradient": toy.bowl if gradient is toy.valley else toy.valley,
        "rate": 0.25,
        "steps": steps,
    }


def some(rng, shape):
    """Numbers with few digits, of both signs."""
    return np.round(
        rng.permutation(np.resize([1, -1], int(np.prod(shape)))) * rng.uniform(0.5, 2, shape).ravel(), 2
    ).reshape(shape)


def parameters(*shape, change=lambda x: x):
    """Two parameters by name, and gradients for two steps."""

    def draw(rng):
        params = {"w": some(rng, shape), "b": some(rng, (3,))}
        steps = {f"grads{n}": {"w": change(some(rng, shape)), "b": change(some(rng, (3,)))} for n in (1, 2)}
        return {"params": params, "rate": 0.1, **steps}

    return draw


def sized(size):
    """The same numbers, so much larger."""
    return lambda x: x * size


FORMS = (
    ("a column", (5, 1), lambda x: x),
    ("a square", (3, 3), lambda x: x),
    ("a vector", (4,), lambda x: x),
    ("images", (2, 3, 4), np.asfortranarray),
    ("a cube", (3, 3, 3), lambda x: x),
    ("one image", (1, 2, 3), lambda x: x),
    ("four dimensions", (2, 3, 2, 2), lambda x: x),
    ("gaps in memory", (3, 2), lambda x: np.repeat(x, 2, axis=-1)[..., ::2]),
    ("float32", (2, 3), np.float32),
    ("integers", (4, 2), lambda x: np.rint(4 * x).astype(np.int64)),
    ("zeros", (3, 2), lambda x: x * (abs(x) > 1)),
    ("tiny", (2, 3), sized(1e-3)),
    ("up to 40", (2, 3), sized(20.0)),
    ("up to 2000", (2, 3), sized(1000.0)),
    ("large negatives", (3, 2), lambda x: -abs(x) * 200.0),
)
"""What a fair exam of a function of one array looks at: its shape, how it lies in memory, and its numbers."""


def points(number, size, *shape):
    """A dataset of some points, made anew for each case."""
    return lambda rng: {"dataset": made(toy.Points, np.round(rng.uniform(0.5, 2.0, (number, *shape)), 2)), "size": size}


DESCEND = Call("descend", ("gradient", "x", "rate", "steps"), gives=("end",))
OTHER = Call("descend", ("other gradient", "x", "rate", "steps"), gives=(own("other end"),))
LEFT = {"w": "params['w']", "b": "params['b']"}
STEPS = tuple(
    Call("Momentum.step", (f"grads{n}",), (own("nothing"),), new=("params", "rate"), leaves=LEFT) for n in (1, 2)
)
BATCHES = Call(
    "Batches.__iter__",
    (),
    gives=(own("batches"),),
    new=("dataset", "size"),
    leaves={"x": "batches[0]['x']", "y": "batches[-1]['y']", "many": "len(batches)"},  # an iterator is gone through
)
MIDDLE = replace(BATCHES, leaves={**BATCHES.leaves, "x": "batches[1]['x']"})
BEFORE = replace(BATCHES, gives=(own("before"),), leaves={"many before": "len(before)"})
PART = "a batch is a part of what was given"

CRITERIA = (
    Criterion(
        "descend",
        (DESCEND,),
        grade=("end",),
        behaviours=(Behaviour(RIGHT, 4), Behaviour(ANY, 1, needs=(RIGHT,))),
        cases=(
            Case("two steps in a bowl", start(toy.bowl, 2, 3), RIGHT, feedback=FIRST),
            Case("three steps in a valley", start(toy.valley, 3, 4), RIGHT, HIDDEN, feedback="another function"),
            Case("another function before", start(toy.valley, 2, 3), RIGHT, HIDDEN, (OTHER, DESCEND)),
            *(Case(name, start(toy.valley, 2, *shape, change=change), ANY, HIDDEN) for name, shape, change in FORMS),
        ),
    ),
    Criterion(
        "Momentum.step",
        STEPS[:1],
        grade=("w", "b"),
        behaviours=(Behaviour(RIGHT, 2), Behaviour(AGAIN, 2), Behaviour(ANY, 1, needs=(RIGHT,))),
        cases=(
            Case("one step", parameters(2, 3), RIGHT, feedback=FIRST),
            Case("two steps", parameters(3, 2), AGAIN, HIDDEN, STEPS),
            *(Case(name, parameters(*shape, change=change), ANY, HIDDEN) for name, shape, change in FORMS),
        ),
    ),
    Criterion(
        "Batches.__iter__",
        (BATCHES,),
        grade=("x", "y", "many"),
        behaviours=(Behaviour(RIGHT, 3), Behaviour(LAST, 2)),
        cases=(
            Case("six points by two", points(6, 2), RIGHT, calls=(MIDDLE,), echo=PART, feedback=FIRST),
            Case("another time through", points(6, 2), RIGHT, HIDDEN, (BEFORE, BATCHES), echo=PART),
            Case("seven points by three", points(7, 3), LAST, HIDDEN, echo=PART),
            Case("fewer than a batch", points(2, 5), LAST, HIDDEN, echo=PART),
        ),
    ),
)

ASSIGNMENT = Assignment(
    "descent",
    "Descent",
    "descent.ipynb",
    11,
    passes,
    CRITERIA,
    mistakes=mistakes.MISTAKES,
    files=("toy.py",),
    equivalents={
        "Batches.__iter__: np.array([[]item*": "a list where an array is due costs nothing",
        "Batches.__iter__: min(start + self.size, len(self.dataset)) -> *": "the lesser of two, in any order",
    },
)
