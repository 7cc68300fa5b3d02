"""Folds: functions that are given functions and hand them on to other graded ones, and one that gives a function.

takes: the reference, and what students are given to try it with, beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion

from . import passes, toy

RIGHT = "right values"


def split(learn, size):
    """Data in two parts."""
    return lambda rng: {"learn": learn, "train": rng.uniform(-1, 1, size), "test": rng.uniform(-1, 1, 4)}


def whole(learn, size, k):
    """Data that are to be split."""
    return lambda rng: {"learn": learn, "data": rng.uniform(-1, 1, size), "k": k}


def start(size, steps):
    """Somewhere to go down from."""
    return lambda rng: {"slope": toy.slope, "x": rng.uniform(-1, 0, size), "steps": steps}


def steep(size, by):
    """A slope that is to be steeper, and where."""
    return lambda rng: {"slope": toy.slope, "by": by, "x": rng.uniform(-1, 0, size)}


def graded(name, takes, first, second, *builds_on, then=()):
    """A criterion of two cases, the second of which is hidden."""
    cases = (Case("first", first, RIGHT), Case("second", second, RIGHT, HIDDEN))
    call = Call(name, takes, ("found",), then=then)
    return Criterion(name, (call,), ("found",), (Behaviour(RIGHT, 10),), cases, builds_on=builds_on)


DESCENT = ("slope", "x", "steps")
ASSIGNMENT = Assignment(
    "folds",
    "Folds: functions that are handed on",
    "folds.ipynb",
    5,
    passes,
    (
        graded("miss", ("learn", "train", "test"), split(toy.middle, 5), split(toy.least, 6)),
        graded("folds", ("learn", "data", "k"), whole(toy.middle, 7, 3), whole(toy.least, 9, 2), "miss"),
        graded("descend", DESCENT, start(3, 2), start(4, 3)),
        graded("damped", DESCENT, start(3, 2), start(4, 3), "descend"),
        graded("steeper", ("slope", "by"), steep(3, 2), steep(4, 5), then=("x",)),
    ),
    files=("toy.py",),
)
