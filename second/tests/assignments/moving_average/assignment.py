"""A moving average and a softmax, as one value.

takes: the reference and the known variants beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion

from . import mistakes, passes


def series(length, width, size=1.0, change=lambda x: x):
    """A series of numbers and the width of the window."""
    return lambda rng: {"x": change(size * rng.uniform(-2.0, 2.0, length)), "width": np.array(width)}


def table(rows, columns, size=1.0, change=lambda x: x):
    """Scores of some size."""
    return lambda rng: {"scores": change(size * rng.uniform(-1.0, 1.0, (rows, columns)))}


def with_zeros(x):
    """Every third entry is an exact zero."""
    x.reshape(-1)[::3] = 0.0
    return x


def with_gaps(x):
    """The same numbers lying in memory with gaps."""
    return np.repeat(x, 2, axis=-1)[..., ::2]


def whole(x):
    """Integers, with zeros among them."""
    return np.rint(5 * x).astype(np.int64)


FIRST = "the first case that students see"

MOVING_AVERAGE = Criterion(
    "moving_average",
    (Call("moving_average", ("x", "width"), gives=("averages",)),),
    grade=("averages",),
    behaviours=(
        Behaviour("right averages", 3),
        Behaviour("one window over all", 2, needs=("right averages",)),
        Behaviour("numbers of any kind and size", 1, needs=("right averages",)),
    ),
    cases=(
        Case("ten numbers, width 3", series(10, 3), "right averages", feedback=FIRST),
        Case("twenty numbers, width 4", series(20, 4), "right averages", HIDDEN),
        Case("width as long as the series", series(6, 6), "one window over all", HIDDEN),
        Case("float32", series(9, 2, change=np.float32), "numbers of any kind and size", HIDDEN),
        Case("with gaps", series(8, 3, change=with_gaps), "numbers of any kind and size", HIDDEN),
        Case("with zeros", series(12, 5, change=with_zeros), "numbers of any kind and size", HIDDEN),
        Case("tiny", series(7, 2, 1e-3), "numbers of any kind and size", HIDDEN),
        Case("up to 40", series(11, 3, 20.0), "numbers of any kind and size", HIDDEN),
        Case("up to 2000", series(10, 6, 1000.0), "numbers of any kind and size", HIDDEN),
        Case("large negatives", series(8, 2, 100.0, lambda x: -abs(x) - 60.0), "numbers of any kind and size", HIDDEN),
    ),
)

SOFTMAX = Criterion(
    "softmax",
    (Call("softmax", ("scores",), gives=("shares",)),),
    grade=("shares",),
    behaviours=(
        Behaviour("rows that sum to one", 2),
        Behaviour("large scores", 1, needs=("rows that sum to one",)),
        Behaviour("tables of any kind", 1, needs=("rows that sum to one",)),
    ),
    cases=(
        Case("two rows", table(2, 3), "rows that sum to one"),
        Case("four rows", table(4, 4), "rows that sum to one", HIDDEN),
        Case("scores up to 2000", table(3, 5, 2000.0), "large scores", HIDDEN),
        Case("scores up to 20", table(3, 4, 20.0), "large scores", HIDDEN),
        Case("negative scores", table(2, 4, 100.0, lambda x: -abs(x) - 60.0), "large scores", HIDDEN),
        Case("one row", table(1, 4), "tables of any kind", HIDDEN),
        Case("many rows", table(7, 3), "tables of any kind", HIDDEN),
        Case("float32", table(3, 4, change=np.float32), "tables of any kind", HIDDEN),
        Case("integers", table(3, 5, change=whole), "tables of any kind", HIDDEN),
        Case("column order", table(2, 5, change=np.asfortranarray), "tables of any kind", HIDDEN),
        Case("with gaps", table(3, 4, change=with_gaps), "tables of any kind", HIDDEN),
        Case("with zeros", table(3, 4, change=with_zeros), "tables of any kind", HIDDEN),
        Case("tiny scores", table(2, 6, 1e-3), "tables of any kind", HIDDEN),
    ),
)

FLAT = "a series has one dimension, and the width none"
SHIFT = "a softmax does not change when all scores of a row move by the same amount"
EQUIVALENTS = {
    "moving_average: wrong for * dimensions": FLAT,
    "moving_average: wrong for * axis of one": FLAT,
    "moving_average: wrong for a batch of one*": FLAT,
    "moving_average: wrong for *square*": FLAT,
    "moving_average: wrong for more * than *": FLAT,
    "moving_average: wrong for *column order": FLAT,
    "moving_average: wrong for two equal arrays": "a width is no series",
    "moving_average: *width* -> *": "numpy takes a whole number of either kind for an index",
    "moving_average: * -> *.T*": "a vector is its own transpose",
    "moving_average: np.concatenate(([[]0.0], np.cumsum(x))) -> *": "a constant drops out of the difference",
    "softmax: wrong for * dimension*": "scores are a table",
    "softmax: wrong for square images": "scores are a table",
    "softmax: wrong for images in column order": "scores are a table",
    "softmax: wrong for a batch of one and more than two dimensions": "scores are a table",
    "softmax: wrong for a last axis of one": "with one class the share is always one: there is nothing to get wrong",
    "softmax: np.exp(*) -> *": "a factor of all entries drops out of the share",
    "softmax: scores* -> * + 1*": SHIFT,
    "softmax: 1 -> -1*": "the last of two axes is axis 1",
}

ASSIGNMENT = Assignment(
    name="moving_average",
    title="Moving average and softmax",
    handout="moving_average.ipynb",
    seed=11,
    solution=passes,
    criteria=(MOVING_AVERAGE, SOFTMAX),
    alternatives=mistakes.ALTERNATIVES,
    mistakes=mistakes.MISTAKES,
    equivalents=EQUIVALENTS,
)
