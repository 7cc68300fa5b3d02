"""A moving average and a softmax: plain functions, without a backward pass."""

from grader.assignment import PUBLIC, Assignment, Behaviour, Case, Criterion, Question, Settings
from grader.assignment.cases import arrays, negatives, plus, scaled, tiny, zeros

from . import questions, reference
from .mistakes import ALTERNATIVES, MISTAKES

AVERAGES, WHOLE, SIZES = "right averages", "one window over all", "numbers of any size"
ROWS, LARGE, TABLES = "rows that sum to one", "large scores", "tables of any size"


def series(length, width, factor=1.0):
    """A series of numbers and the width of the window."""
    return plus(scaled(arrays(x=length, low=0.1), factor), width=width)


def table(rows, columns, factor=1.0):
    """A table of scores."""
    return scaled(arrays(scores=(rows, columns), low=0.1, high=1.0), factor)


MOVING_AVERAGE = (
    Case("ten numbers, width 3", series(10, 3), AVERAGES, PUBLIC, because="the first case that students see"),
    Case("twenty numbers, width 4", series(20, 4), AVERAGES),
    Case("width as long as the series", series(6, 6), WHOLE),
    Case("with zeros", zeros(series(12, 5), "x"), SIZES),
    Case("tiny", tiny(series(7, 2), "x"), SIZES),
    Case("up to 40", series(11, 3, 20.0), SIZES),
    Case("up to 2000", series(10, 6, 1000.0), SIZES, because="large numbers of both signs in one window"),
    Case("large negatives", negatives(series(8, 2, 600.0), "x"), SIZES),
)
SOFTMAX = (
    Case("two rows", table(2, 3), ROWS, PUBLIC, because="the first case that students see"),
    Case("four rows", table(4, 4), ROWS),
    Case("scores up to 2000", table(3, 5, 2000.0), LARGE),
    Case("scores up to 20", table(3, 4, 20.0), LARGE),
    Case("negative scores", negatives(table(2, 4, 600.0)), LARGE),
    Case("one row", table(1, 4), TABLES),
    Case("many rows", table(7, 3), TABLES),
    Case("with zeros", zeros(table(3, 4)), TABLES),
    Case("tiny scores", tiny(table(2, 6)), TABLES),
)

FLAT = "a series has one dimension"
SHIFT = "a softmax does not change when all scores of a row move by the same amount"
EQUIVALENTS = {
    "moving_average: * -> *.T*": "a vector is its own transpose",
    "moving_average: np.concatenate(([[]0.0], np.cumsum(x))) -> *": "a constant drops out of the difference",
    "moving_average: wrong for * dimensions": FLAT,
    "softmax: wrong for * dimension*": "scores are a table",
    "softmax: wrong for a last axis of one": "with one class the share is always one: there is nothing to get wrong",
    "softmax: np.exp(*) -> *": "a factor of all entries drops out of the share",
    "softmax: scores* -> * + 1*": SHIFT,
    "softmax: 1 -> -1*": "the last of two axes is axis 1",
}

ASSIGNMENT = Assignment(
    name="moving_average",
    title="Moving average and softmax",
    handout="moving_average.ipynb",
    reference=reference,
    criteria=(
        Criterion(
            "moving_average",
            6,
            ("averages",),
            {AVERAGES: 3, WHOLE: Behaviour(2, needs=(AVERAGES,)), SIZES: Behaviour(1, needs=(AVERAGES,))},
        ),
        Criterion(
            "softmax",
            4,
            ("shares",),
            {ROWS: 2, LARGE: Behaviour(1, needs=(ROWS,)), TABLES: Behaviour(1, needs=(ROWS,))},
        ),
    ),
    questions=(Question(questions.averages, MOVING_AVERAGE), Question(questions.shares, SOFTMAX)),
    alternatives=ALTERNATIVES,
    mistakes=MISTAKES,
    settings=Settings(seed=11, equivalents=EQUIVALENTS),
)
