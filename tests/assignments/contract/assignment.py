"""Contract: what a hand-out says of how its functions are called, by name, and of what they refuse.

takes: the reference beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, own

from . import passes

RIGHT, BY_DEFAULT, DECAY = "right values", "its own rate", "weight decay"
REFUSES, REFUSES_BIAS = "refuses what does not fit", "refuses another bias"
TOO_MANY = "refuses to give more than there is"


def step(size, rate=0.25):
    """Weights, a gradient, and numbers by name."""
    return lambda rng: {
        "w": np.round(rng.uniform(1, 2, size), 2), "g": np.round(rng.uniform(-1, 1, size), 2),
        "rate": rate, "decay": 0.125,
    }  # fmt: skip


def path(size, steps):
    """Where to begin, and where to go."""
    return lambda rng: {"w": rng.uniform(1, 2, size), "target": rng.uniform(3, 4, size), "steps": steps, "rate": 0.25}


def table(rows, columns, axis):
    """A table, and a map of its rows or columns."""
    return lambda rng: {
        "x": np.round(rng.uniform(-1, 1, (rows, columns)), 2),
        "W": np.round(rng.uniform(-1, 1, ((rows, columns)[axis], 3)), 2), "axis": axis,
        "dout": np.round(rng.uniform(1, 2, (3, columns) if axis == 0 else (rows, 3)), 2),
    }  # fmt: skip


def scaled(size, by):
    """More numbers than are taken."""
    return lambda rng: {"x": np.round(rng.uniform(1, 2, size + 2), 2), "size": size, "by": by}


def rows(n, d, m, given=None, bias=None, above=None):
    """Rows, weights and a bias, of which some may not fit."""
    return lambda rng: {
        "x": np.round(rng.uniform(1, 2, (n, given or d)), 2), "W": np.round(rng.uniform(-1, 1, (d, m)), 2),
        "b": np.round(rng.uniform(3, 4, bias or m), 2), "dout": np.round(rng.uniform(1, 2, above or (n, m)), 2),
    }  # fmt: skip


def values(size, count, more=1):
    """Numbers for a stack, and how many to take."""
    return lambda rng: {"values": np.round(rng.uniform(1, 2, size), 2), "count": count, "more": more}


SGD = Call("sgd", ("w", "g", "rate="), ("new",))
PLAIN = Call("sgd", ("w", "g"), ("new",))
DECAYED = Call("sgd", ("w", "g", "decay=", "rate="), ("new",))
PROJECT = Call("project", ("x", "W=", "axis="), ("out", own("cache")))
BACKWARD = Call("project_backward", ("dout", own("cache=")), ("dx",))
AFFINE = Call("affine", ("x", "W", "b"), ("out", own("cache")))
AFFINE_BACKWARD = Call("affine_backward", ("dout", own("cache")), ("dx", "dW"))
TAKE = Call("Stack.take", ("count",), ("taken",), new=("values",))
MORE = Call("Stack.take", ("more",), ("taken",), new=("values",))
SCALE = Call("Scale.forward", ("x",), ("out",), new=("size", "by="))

CRITERIA = (
    Criterion(
        "sgd",
        (SGD,),
        ("new",),
        (Behaviour(RIGHT, 4), Behaviour(BY_DEFAULT, 2), Behaviour(DECAY, 2)),
        (
            Case("three weights", step(3), RIGHT),
            Case("four weights", step(4, 0.75), RIGHT, HIDDEN),
            Case("no rate", step(2), BY_DEFAULT, calls=(PLAIN,)),
            Case("with decay", step(2), DECAY, HIDDEN, calls=(DECAYED,)),
        ),
    ),
    Criterion(
        "descend",
        (Call("descend", ("w", "target", "steps", "rate="), ("w",)),),
        ("w",),
        (Behaviour(RIGHT, 4),),
        (Case("two steps", path(2, 2), RIGHT), Case("three steps", path(3, 3), RIGHT, HIDDEN)),
        builds_on=("sgd",),
    ),
    Criterion(
        "project",
        (PROJECT,),
        ("out",),
        (Behaviour(RIGHT, 4),),
        (Case("rows", table(2, 4, 0), RIGHT), Case("columns", table(3, 2, 1), RIGHT, HIDDEN)),
    ),
    Criterion(
        "project_backward",
        (PROJECT, BACKWARD),
        ("dx",),
        (Behaviour(RIGHT, 4),),
        (Case("rows", table(2, 4, 0), RIGHT), Case("columns", table(3, 2, 1), RIGHT, HIDDEN)),
        FollowThrough(
            "project", "out", "dout", {"dx": "x"}, (table(2, 3, 1), table(3, 2, 0)),
            handed=(Case("rows", table(4, 2, 0), RIGHT), Case("columns", table(2, 4, 1), RIGHT, HIDDEN)), mended=True,
        ),
    ),
    Criterion(
        "Scale.forward",
        (SCALE,),
        ("out",),
        (Behaviour(RIGHT, 4),),
        (Case("three", scaled(3, 2.5), RIGHT), Case("two", scaled(2, 0.5), RIGHT, HIDDEN)),
    ),
    Criterion(
        "affine",
        (AFFINE,),
        ("out",),
        (Behaviour(RIGHT, 4), Behaviour(REFUSES, 2), Behaviour(REFUSES_BIAS, 2)),
        (
            Case("two rows", rows(2, 3, 4), RIGHT),
            Case("three rows", rows(3, 2, 5), RIGHT, HIDDEN),
            Case("x is too wide", rows(2, 3, 4, given=5), REFUSES, raises="ValueError"),
            Case("x is too narrow", rows(2, 4, 3, given=2), REFUSES, HIDDEN, raises="ValueError"),
            Case("a bias of one", rows(2, 3, 4, bias=1), REFUSES_BIAS, raises="ValueError"),
            Case("a bias of each row", rows(3, 2, 4, bias=(3, 1)), REFUSES_BIAS, HIDDEN, raises="ValueError"),
        ),
    ),
    Criterion(
        "affine_backward",
        (AFFINE, AFFINE_BACKWARD),
        ("dx", "dW"),
        (Behaviour(RIGHT, 4), Behaviour(REFUSES, 2)),
        (
            Case("two rows", rows(2, 3, 4), RIGHT),
            Case("three rows", rows(3, 2, 5), RIGHT, HIDDEN),
            Case("dout of one row", rows(2, 3, 4, above=(1, 4)), REFUSES, raises="ValueError"),
        ),
        FollowThrough(
            "affine", "out", "dout", {"dx": "x", "dW": "W"}, (rows(2, 2, 3), rows(3, 4, 2)),
            handed=(
                Case("two rows", rows(2, 3, 4), RIGHT), Case("four rows", rows(4, 2, 3), RIGHT, HIDDEN),
                Case("dout of one row", rows(2, 4, 2, above=(1, 2)), REFUSES, HIDDEN, raises="ValueError"),
            ), mended=True,
        ),
    ),
    Criterion(
        "Stack.take",
        (TAKE,),
        ("taken",),
        (Behaviour(RIGHT, 2), Behaviour(TOO_MANY, 2)),
        (
            Case("two of three", values(3, 2), RIGHT),
            Case("and two more", values(4, 2, 2), RIGHT, HIDDEN, calls=(TAKE, MORE)),
            Case("one of none", values(0, 1), TOO_MANY, raises="IndexError"),
            Case("two of one", values(3, 2, 2), TOO_MANY, HIDDEN, calls=(TAKE, MORE), raises="IndexError"),
        ),
    ),
)  # fmt: skip

ASSIGNMENT = Assignment("contract", "Contract", "contract.ipynb", 5, passes, CRITERIA)
