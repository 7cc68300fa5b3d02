"""Contract: what a hand-out says of how its functions are called: by name.

takes: the reference beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, own

from . import passes

RIGHT, BY_DEFAULT, DECAY = "right values", "its own rate", "weight decay"


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


SGD = Call("sgd", ("w", "g", "rate="), ("new",))
PLAIN = Call("sgd", ("w", "g"), ("new",))
DECAYED = Call("sgd", ("w", "g", "decay=", "rate="), ("new",))
PROJECT = Call("project", ("x", "W=", "axis="), ("out", own("cache")))
BACKWARD = Call("project_backward", ("dout", own("cache=")), ("dx",))
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
)  # fmt: skip

ASSIGNMENT = Assignment("contract", "Contract", "contract.ipynb", 5, passes, CRITERIA)
