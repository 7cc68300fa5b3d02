"""A moving average and a softmax, as one value.

takes: the reference and the known variants beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion

from . import mistakes, passes


def series(length, width):
    """A series of numbers and the width of the window."""
    return lambda rng: {"x": rng.uniform(-2.0, 2.0, length), "width": np.array(width)}


def table(rows, columns, size=1.0):
    """Scores of some size."""
    return lambda rng: {"scores": size * rng.uniform(-1.0, 1.0, (rows, columns))}


MOVING_AVERAGE = Criterion(
    "moving_average",
    (Call("moving_average", ("x", "width"), gives=("averages",)),),
    grade=("averages",),
    behaviours=(Behaviour("right averages", 4), Behaviour("one window over all", 2, needs=("right averages",))),
    cases=(
        Case("ten numbers, width 3", series(10, 3), "right averages"),
        Case("twenty numbers, width 4", series(20, 4), "right averages", HIDDEN),
        Case("width as long as the series", series(6, 6), "one window over all", HIDDEN),
    ),
)

SOFTMAX = Criterion(
    "softmax",
    (Call("softmax", ("scores",), gives=("shares",)),),
    grade=("shares",),
    behaviours=(Behaviour("rows that sum to one", 3), Behaviour("large scores", 1, needs=("rows that sum to one",))),
    cases=(
        Case("two rows", table(2, 3), "rows that sum to one"),
        Case("four rows", table(4, 4), "rows that sum to one", HIDDEN),
        Case("scores up to 2000", table(3, 5, 2000.0), "large scores", HIDDEN),
    ),
)

ASSIGNMENT = Assignment(
    name="moving_average",
    title="Moving average and softmax",
    handout="moving_average.ipynb",
    seed=11,
    solution=passes,
    criteria=(MOVING_AVERAGE, SOFTMAX),
    alternatives=mistakes.ALTERNATIVES,
    mistakes=mistakes.MISTAKES,
)
