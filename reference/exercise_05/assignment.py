"""Exercise 5 as a teacher reads and changes it: the points, what they are given for, and on which inputs.

A right submission is asked 94 calls: two a case, six or four where other calls come before or in between.
"""

from grader.assignment import (
    PUBLIC,
    Alternative,
    Assignment,
    Behaviour,
    Case,
    Criterion,
    Given,
    Gradient,
    Question,
    Settings,
    Tolerance,
)
from grader.assignment.cases import and_others, integers, negatives, scaled, tiny, zeros

from . import questions, reference, variants
from .inputs import batch, entries, given, up_to_thousands
from .mistakes import MISTAKES

VALUES, SHAPES, SIZES = "right values", "any number of dimensions", "large, small and zero values"
ONES, AGAIN = "sizes of one", "no memory of other calls"
SHOWN = "shows students what a hidden case asks as well"
NO_DOUT = "what divides by dout, or asks whether it is 0, goes wrong here only"


def after_values(points: int, *results: str) -> Behaviour:
    """Points that count only where ordinary values are right: constants earn no side points."""
    return Behaviour(points, needs=(VALUES,), results=results)


def elementwise(name: str, result: str, values: int, shapes: int, again: int) -> Criterion:
    """A pass of Sigmoid or Relu. A result may be off by what 1e-6 in the denominator of a sigmoid makes of it."""
    sides = {SHAPES: shapes, SIZES: 1, AGAIN: again}
    parts = {VALUES: Behaviour(values)} | {side: after_values(worth) for side, worth in sides.items()}
    points, other = values + sum(sides.values()), (name.replace(".", "_").lower(),)
    tolerance, sizes = Tolerance(scale=1e-5), {"N": ("dout", 0)}
    return Criterion(name, points, (result,), parts, other, tolerance, sizes, elementwise=True)


GRADIENTS, LAYER_SIZES = ("dx", "dw", "db"), {"N": ("dout", 0), "M": ("dout", 1)}
CRITERIA = (
    elementwise("Sigmoid.forward", "out", values=6, shapes=2, again=1),
    elementwise("Sigmoid.backward", "dx", values=9, shapes=3, again=2),
    elementwise("Relu.forward", "out", values=6, shapes=2, again=1),
    elementwise("Relu.backward", "dx", values=9, shapes=3, again=2),
    Criterion(
        "affine_forward", 20, ("out",), sizes=LAYER_SIZES,
        behaviours={VALUES: 12, SHAPES: after_values(5), **{one: after_values(1) for one in (ONES, SIZES, AGAIN)}},
    ),
    Criterion(
        "affine_backward", 30, GRADIENTS, sizes=LAYER_SIZES,
        behaviours={
            VALUES: Behaviour(15, results=GRADIENTS),  # an error in one gradient costs its share
            SHAPES: after_values(6, "dx", "dw"),  # db knows dout alone
            **{name: after_values(3, *GRADIENTS) for name in (ONES, SIZES, AGAIN)},
        },
    ),
)  # fmt: skip

LARGE = up_to_thousands(entries(3, 6), "x")
NON_LINEARITY = (  # other numbers of dimensions come last: a function that hangs in one case is asked no further
    Case("a small batch", entries(3, 4), VALUES, PUBLIC, because="the first case that students see"),
    Case("a square", entries(6, 6, first=1), VALUES),
    Case("large values", scaled(up_to_thousands(entries(5, 4, low=0.5, high=2.0), "x"), 400, "dout"), SIZES, PUBLIC),
    Case("tiny values and zeros", zeros(tiny(scaled(entries(4, 6, first=1), 1e-3, "dout"), "x"), "x"), SIZES),
    Case("large values, and a dout of zeros", scaled(LARGE, 0.0, "dout"), SIZES, because=NO_DOUT),
    Case("negatives only", negatives(scaled(scaled(entries(2, 4, low=0.5), 200, "x"), 20, "dout")), SIZES),
    Case("a batch of images", entries(2, 3, 4, first=1), SHAPES, PUBLIC),
    Case("one dimension", entries(6), SHAPES),
    Case("four dimensions, two of them 1", entries(1, 2, 3, 1), SHAPES),
    Case("integers", integers(entries(4, 4), "x"), "", because="np.zeros_like(x) of integers holds integers only"),
)
TWO_CALLS = (
    Case("other calls before and in between", and_others(entries(2, 3)), AGAIN, PUBLIC, because=SHOWN),
    Case("other calls of other sizes", and_others(entries(2, 5)), AGAIN),
)


AFFINE = (
    Case("N = 3, D = 4, M = 2", batch(3, (4,), 2), VALUES, PUBLIC),
    Case("N = 5, D = 3, M = 2", batch(5, (3,), 2), VALUES, PUBLIC, because=SHOWN),
    Case("all sizes 3", scaled(batch(3, (3,), 3), 10, "x", "w"), VALUES),
    Case("N = 17, D = 2, M = 6, zeros in dout", zeros(batch(17, (2,), 6), "dout"), VALUES),
    Case("one example", batch(1, (4,), 3), ONES),
    Case("one input and one output", batch(4, (1,), 1), ONES),
    Case("large negatives in x", scaled(negatives(up_to_thousands(batch(3, (4,), 3), "x"), "x"), 400, "dout"), SIZES),
    Case("tiny values and zeros", zeros(tiny(scaled(batch(3, (2,), 4), 1e-3, "dout"), "x"), "x"), SIZES),
    Case("images of 2 x 3", batch(4, (2, 3), 5), SHAPES, PUBLIC, because=SHOWN),
    Case("17 images of 3 x 11", batch(17, (3, 11), 18), SHAPES),
    Case("images of 2 x 3 x 2", batch(2, (2, 3, 2), 3), SHAPES),
)
TWO_LAYERS = (
    Case("two layers", and_others(batch(2, (3,), 3)), AGAIN, PUBLIC, because=SHOWN),
    Case("two layers of other sizes", and_others(batch(3, (2,), 4)), AGAIN),
)

OF_INPUTS = {"dx": "x", "dw": "w", "db": "b"}
SIGMOID_FORWARD, RELU_FORWARD = reference.Sigmoid().forward, reference.Relu().forward
AFFINE_FORWARD, TWICE = reference.affine_forward, ("", "other_")
QUESTIONS = (
    Question(questions.sigmoid, NON_LINEARITY),
    Question(questions.sigmoid_again, TWO_CALLS),
    Question(questions.relu, NON_LINEARITY),
    Question(questions.relu_again, TWO_CALLS),
    Question(questions.affine, AFFINE),
    Question(questions.affine_again, TWO_LAYERS),
    Given(questions.sigmoid_backward, given(NON_LINEARITY, SIGMOID_FORWARD, "x")),
    Given(questions.sigmoid_backward_again, given(TWO_CALLS, SIGMOID_FORWARD, "x", prefixes=TWICE)),
    Given(questions.relu_backward, given(NON_LINEARITY, RELU_FORWARD, "x")),
    Given(questions.relu_backward_again, given(TWO_CALLS, RELU_FORWARD, "x", prefixes=TWICE)),
    Given(questions.affine_backward, given(AFFINE, AFFINE_FORWARD, "x", "w", "b")),
    Given(questions.affine_backward_again, given(TWO_LAYERS, AFFINE_FORWARD, "x", "w", "b", prefixes=TWICE)),
    Gradient(questions.sigmoid, "Sigmoid.backward", "out", "dout", {"dx": "x"}, entries(3, 4)),
    Gradient(questions.relu, "Relu.backward", "out", "dout", {"dx": "x"}, entries(3, 4)),
    Gradient(questions.affine, "affine_backward", "out", "dout", OF_INPUTS, batch(3, (4,), 2), ("dw", "db"), batch="x"),
)

ALTERNATIVES = (
    Alternative(
        "summed over the batch",
        "affine_backward",
        {"affine_backward": variants.sums},
        note="dw and db are summed over the batch: right too, if the loss takes the average.",
    ),
    Alternative(
        "zero at zero",
        "Relu.backward",
        {"Relu.backward": variants.zero_at_zero},
        note="At an exact zero ReLU has no derivative; any value from 0 to 1 is right there.",
        between=True,
    ),
)

SIGN, NO_B = "backward needs the sign of x only", "backward does not need b"
EQUIVALENTS = {
    "Relu.forward: x -> x [*] 2": SIGN,
    "Relu.backward: cache -> cache [*] 2": SIGN,
    "Relu.backward: cache >= 0 -> cache > 0": "at an exact zero any value from 0 to 1 is right",
    "affine_*: 1 -> 2": "numpy reads -2 in a reshape as it reads -1",
    "affine_forward: (x, w, b) -> (x, w, ?)": NO_B,
    "affine_forward: b -> * (2)": NO_B,
    "affine_forward: b -> b.T": "a vector is its own transpose",
    "affine_backward: db -> db.T": "a vector is its own transpose",
    "affine_backward: x -> dout": "dout has as many rows as x",
    "affine_*: wrong for one dimension*": "x has an axis of examples and one or more of each example",
    "affine_backward: wrong for * dimensions, db": "db knows dout alone",
}

ASSIGNMENT = Assignment(
    name="exercise_05",
    title="Exercise 5: non-linearities and the affine layer",
    handout="exercise_05.ipynb",
    reference=reference,
    criteria=CRITERIA,
    questions=QUESTIONS,
    alternatives=ALTERNATIVES,
    mistakes=MISTAKES,
    settings=Settings(seed=5, templates=("headings.ipynb", "layers.ipynb"), equivalents=EQUIVALENTS),
)
