"""Sigmoid.forward on one public and one hidden case, a point each.

takes: the reference beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, own

from . import passes


def six_points(rng):
    """Six points from -1 to 1."""
    return {"x": np.linspace(-1.0, 1.0, 6)}


def far_points(rng):
    """Zero, and far from it on both sides."""
    return {"x": np.array([-1000.0, 0.0, 1000.0])}


ASSIGNMENT = Assignment(
    name="trial",
    title="Trial: one sigmoid",
    handout="trial.ipynb",
    seed=1,
    solution=passes,
    criteria=(
        Criterion(
            "Sigmoid.forward",
            (Call("Sigmoid.forward", ("x",), gives=("out", own("cache"))),),
            grade=("out",),
            behaviours=(Behaviour("near zero", 1), Behaviour("far from zero", 1)),
            cases=(
                Case("six points in [-1, 1]", six_points, "near zero"),
                Case("-1000, 0 and 1000", far_points, "far from zero", HIDDEN),
            ),
        ),
    ),
)
