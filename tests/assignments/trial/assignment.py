"""Sigmoid.forward near zero and far from it, one point each."""

import numpy as np

from grader.assignment import PUBLIC, Assignment, Case, Criterion, Limits, Question, Settings
from grader.assignment.cases import arrays

from . import questions, reference


def six_points(rng):
    """Six points from -1 to 1."""
    return {"x": np.linspace(-1.0, 1.0, 6)}


def far_points(rng):
    """Zero, and two points far from it."""
    return {"x": np.array([-1000.0, 0.0, 1000.0])}


ASSIGNMENT = Assignment(
    name="trial",
    title="Trial: one sigmoid",
    handout="trial.ipynb",
    reference=reference,
    criteria=(Criterion("Sigmoid.forward", 2, ("out",), {"near zero": 1, "far from zero": 1}),),
    questions=(
        Question(
            questions.sigmoid,
            (
                Case("six points in [-1, 1]", six_points, "near zero", PUBLIC),
                Case("five points near zero", arrays(x=5, low=0.1, high=1.0), "near zero"),
                Case("-1000, 0 and 1000", far_points, "far from zero"),
            ),
        ),
    ),
    settings=Settings(seed=1, limits=Limits(load_seconds=2, notebook_seconds=2)),
)
