"""Exercise 5 as one value: what is graded, on what, and what it is worth.

takes: the reference's functions, the inputs and the known mistakes beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.

A behaviour is one thing a right function does; each has a name a student understands. Points: 10, 15, 10, 15,
20, 30.
"""

from fractions import Fraction

from grader.assignment import (
    HIDDEN,
    PUBLIC,
    Alternative,
    Assignment,
    Behaviour,
    Call,
    Case,
    Criterion,
    FollowThrough,
    own,
)

from . import inputs, mistakes, passes
from .inputs import affine, layer_only, only_x, unary

VALUES = "right values"
SHAPES = "any number of dimensions"
FAR = "far from zero"
NUMBERS = "float32, integers and views"
AGAIN = "no memory of other calls"
BATCH = {"N": ("x", 0)}
ZERO = "zero where x is negative"


def unary_calls(name: str) -> tuple[Call, Call]:
    """Forward and backward of a non-linearity."""
    forward = Call(f"{name}.forward", ("x",), gives=("out", own("cache")))
    backward = Call(f"{name}.backward", ("dout", own("cache")), gives=("dx",))
    return forward, backward


def in_between(forward: Call, instance: str) -> Call:
    """A forward call with other inputs, whose cache nobody asks for."""
    takes = ("other",) if "." in forward.function else ("other_x", "other_w", "other_b")
    return Call(forward.function, takes, gives=("out", own("other cache")), instance=instance)


SIGMOID_FORWARD, SIGMOID_BACKWARD = unary_calls("Sigmoid")
RELU_FORWARD, RELU_BACKWARD = unary_calls("Relu")
AFFINE_FORWARD = Call("affine_forward", ("x", "w", "b"), gives=("out", own("cache")))
AFFINE_BACKWARD = Call("affine_backward", ("dout", own("cache")), gives=("dx", "dw", "db"))


def forward_cases(forward: Call) -> tuple[Case, ...]:
    """What every forward pass of a non-linearity is tried on."""
    twice = (in_between(forward, "first"), forward)
    return (
        Case("a small batch", only_x(unary(3, 4)), VALUES),
        Case("other numbers", only_x(unary(5, 7)), VALUES, HIDDEN),
        Case("one row", only_x(unary(1, 6)), VALUES, HIDDEN),
        Case("a square", only_x(unary(4, 4, low=0.01, high=1.0)), VALUES, HIDDEN),
        Case("exact zeros", only_x(unary(4, 3, change=inputs.with_zeros)), VALUES, HIDDEN),
        Case("tiny values", only_x(unary(3, 5, low=1e-6, high=1e-3)), VALUES, HIDDEN),
        Case("a batch of images", only_x(unary(2, 3, 4)), SHAPES),
        Case("four dimensions", only_x(unary(2, 3, 2, 4)), SHAPES, HIDDEN),
        Case("one dimension", only_x(unary(6)), SHAPES, HIDDEN),
        Case("float32", inputs.float32(only_x(unary(4, 5))), NUMBERS),
        Case("integers", only_x(unary(4, 4, change=inputs.whole)), NUMBERS, HIDDEN),
        Case("column order", inputs.transposed(only_x(unary(3, 6))), NUMBERS, HIDDEN),
        Case("a view with gaps", inputs.strided(only_x(unary(3, 4))), NUMBERS, HIDDEN),
        Case("two calls in a row", inputs.with_other_x(only_x(unary(3, 3))), AGAIN, PUBLIC, twice),
        Case(
            "after a call of a second object",
            inputs.with_other_x(only_x(unary(2, 5))),
            AGAIN,
            HIDDEN,
            (in_between(forward, "second"), forward),
        ),
        Case("the same call twice", only_x(unary(4, 2)), AGAIN, HIDDEN, (forward, forward)),
    )


def backward_cases(forward: Call, backward: Call) -> tuple[Case, ...]:
    """What every backward pass of a non-linearity is tried on."""
    # The call in between is of a second object: keeping the cache on `self` is right too.
    interrupted = (forward, in_between(forward, "second"), backward)
    return (
        Case("a small batch", unary(3, 4), VALUES),
        Case("other numbers", unary(5, 7), VALUES, HIDDEN),
        Case("one row", unary(1, 6), VALUES, HIDDEN),
        Case("a square", unary(4, 4, low=0.01, high=1.0), VALUES, HIDDEN),
        Case("dout equal to x", inputs.dout_is_x(unary(4, 3)), VALUES, HIDDEN),
        Case("a batch of images", unary(2, 3, 4), SHAPES),
        Case("four dimensions", unary(2, 3, 2, 4), SHAPES, HIDDEN),
        Case("one dimension", unary(6), SHAPES, HIDDEN),
        Case("float32", inputs.float32(unary(4, 5)), NUMBERS),
        Case("integers", unary(4, 4, change=inputs.whole), NUMBERS, HIDDEN),
        Case("column order", inputs.transposed(unary(3, 6)), NUMBERS, HIDDEN),
        Case("a view with gaps", inputs.strided(unary(3, 4)), NUMBERS, HIDDEN),
        Case("another forward in between", inputs.with_other_x(unary(3, 3)), AGAIN, PUBLIC, interrupted),
        Case(
            "the same backward twice",
            unary(3, 5),
            AGAIN,
            HIDDEN,
            (forward, backward, forward, backward),
        ),
    )


SIGMOID = (
    Criterion(
        "Sigmoid.forward",
        (SIGMOID_FORWARD,),
        grade=("out",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 5),
            Behaviour(SHAPES, 2, needs=(VALUES,)),
            Behaviour(FAR, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 1, needs=(VALUES,)),
        ),
        cases=(
            *forward_cases(SIGMOID_FORWARD),
            Case("|x| from 20 to 500", only_x(unary(3, 4, low=20, high=500)), FAR),
            Case("|x| from 700 to 1000", only_x(unary(4, 5, low=700, high=1000)), FAR, HIDDEN),
        ),
    ),
    Criterion(
        "Sigmoid.backward",
        (SIGMOID_FORWARD, SIGMOID_BACKWARD),
        grade=("dx",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 8),
            Behaviour(SHAPES, 3, needs=(VALUES,)),
            Behaviour(FAR, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 2, needs=(VALUES,)),
        ),
        cases=(
            *backward_cases(SIGMOID_FORWARD, SIGMOID_BACKWARD),
            Case("some |x| from 10 to 30", inputs.near_and_far(unary(3, 4), 10, 30), FAR),
            Case("some |x| from 700 to 1000", inputs.near_and_far(unary(4, 5), 710, 1000), FAR, HIDDEN),
        ),
        follow_through=FollowThrough(
            "Sigmoid.forward",
            output="out",
            upstream="dout",
            gradients={"dx": "x"},
            inputs=(unary(3, 4), unary(2, 3, 2)),
        ),
    ),
)

RELU = (
    Criterion(
        "Relu.forward",
        (RELU_FORWARD,),
        grade=("out",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 5),
            Behaviour(SHAPES, 2, needs=(VALUES,)),
            Behaviour(ZERO, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 1, needs=(VALUES,)),
        ),
        cases=(
            *forward_cases(RELU_FORWARD),
            Case("negatives only", only_x(unary(3, 4, change=inputs.negative)), ZERO),
            Case("large negatives", only_x(unary(2, 5, low=100, high=1000, change=inputs.negative)), ZERO, HIDDEN),
        ),
    ),
    Criterion(
        "Relu.backward",
        (RELU_FORWARD, RELU_BACKWARD),
        grade=("dx",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 8),
            Behaviour(SHAPES, 3, needs=(VALUES,)),
            Behaviour(ZERO, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 2, needs=(VALUES,)),
        ),
        cases=(
            *backward_cases(RELU_FORWARD, RELU_BACKWARD),
            Case("exact zeros among x", unary(4, 3, change=inputs.with_zeros), VALUES, HIDDEN),
            Case("negatives only", unary(3, 4, change=inputs.negative), ZERO),
            Case("large negatives", unary(2, 5, low=100, high=1000, change=inputs.negative), ZERO, HIDDEN),
        ),
        follow_through=FollowThrough(
            "Relu.forward",
            output="out",
            upstream="dout",
            gradients={"dx": "x"},
            inputs=(unary(3, 4, low=inputs.KINK_DISTANCE), unary(2, 3, 2, low=inputs.KINK_DISTANCE)),
        ),
    ),
)

ROWS = "rows of a matrix"
IMAGES = "inputs of any shape"
ONES = "sizes of one"

SIZES = {"N": ("x", 0), "D": ("w", 0), "M": ("w", 1)}
ONE_ROW = "with one example the mean over the batch is that example's row"

AFFINE = (
    Criterion(
        "affine_forward",
        (AFFINE_FORWARD,),
        grade=("out",),
        sizes=SIZES,
        behaviours=(
            Behaviour(ROWS, 9),
            Behaviour(IMAGES, 6, needs=(ROWS,)),
            Behaviour(ONES, 2, needs=(ROWS,)),
            Behaviour(NUMBERS, 2, needs=(ROWS,)),
            Behaviour(AGAIN, 1, needs=(ROWS,)),
        ),
        cases=(
            Case("N = 3, D = 4, M = 2", layer_only(affine(3, (4,), 2)), ROWS),
            Case("N = 5, D = 3, M = 6", layer_only(affine(5, (3,), 6)), ROWS, HIDDEN),
            Case("all sizes 4", layer_only(affine(4, (4,), 4)), ROWS, HIDDEN),
            Case("images of 2 x 3", layer_only(affine(4, (2, 3), 5)), IMAGES),
            Case("images of 2 x 3 x 2", layer_only(affine(2, (2, 3, 2), 3)), IMAGES, HIDDEN),
            Case("images of 3 x 3, N = 3", layer_only(affine(3, (3, 3), 9)), IMAGES, HIDDEN),
            Case("one example, N = 1", layer_only(affine(1, (5,), 3)), ONES),
            Case("one output, M = 1", layer_only(affine(4, (3,), 1)), ONES, HIDDEN),
            Case("one input, D = 1", layer_only(affine(4, (1,), 3)), ONES, HIDDEN),
            Case("one example of an image", layer_only(affine(1, (2, 2), 3)), ONES, HIDDEN),
            Case("float32", inputs.float32(layer_only(affine(4, (5,), 3))), NUMBERS),
            Case("integers in x", inputs.whole_layer(layer_only(affine(3, (4,), 5))), NUMBERS, HIDDEN),
            Case("column order", inputs.transposed(layer_only(affine(3, (8,), 3))), NUMBERS, HIDDEN),
            Case("views with gaps", inputs.strided(layer_only(affine(3, (4,), 2))), NUMBERS, HIDDEN),
            Case(
                "two calls in a row",
                inputs.with_other_layer(layer_only(affine(3, (2,), 4))),
                AGAIN,
                HIDDEN,
                (in_between(AFFINE_FORWARD, "first"), AFFINE_FORWARD),
            ),
            Case(
                "the same call twice",
                layer_only(affine(3, (5,), 2)),
                AGAIN,
                HIDDEN,
                (AFFINE_FORWARD, AFFINE_FORWARD),
            ),
            Case(
                "two layers",
                inputs.with_other_layer(layer_only(affine(2, (3,), 3))),
                AGAIN,
                PUBLIC,
                (in_between(AFFINE_FORWARD, "first"), AFFINE_FORWARD),
            ),
        ),
    ),
    Criterion(
        "affine_backward",
        (AFFINE_FORWARD, AFFINE_BACKWARD),
        grade=("dx", "dw", "db"),
        sizes=SIZES,
        behaviours=(
            Behaviour("dx is right", 7),
            Behaviour("dw is right", 7),
            Behaviour("db is right", 6),
            Behaviour(IMAGES, 5),
            Behaviour(ONES, 2),
            Behaviour(NUMBERS, 1),
            Behaviour(AGAIN, 2),
        ),
        cases=(
            *(
                Case(f"{size}: {name}", affine(*shape), f"{name} is right", visibility, grade=(name,))
                for size, shape, visibility in (
                    ("N = 3, D = 4, M = 2", (3, (4,), 2), PUBLIC),
                    ("N = 5, D = 3, M = 6", (5, (3,), 6), HIDDEN),
                    ("all sizes 4", (4, (4,), 4), HIDDEN),
                )
                for name in ("dx", "dw", "db")
            ),
            Case("images of 2 x 3", affine(4, (2, 3), 5), IMAGES),
            Case("images of 2 x 3 x 2", affine(2, (2, 3, 2), 3), IMAGES, HIDDEN),
            Case("images of 3 x 3, N = 3", affine(3, (3, 3), 9), IMAGES, HIDDEN),
            Case("one example, N = 1", affine(1, (5,), 3), ONES, echo=ONE_ROW),
            Case("one output, M = 1", affine(4, (3,), 1), ONES, HIDDEN),
            Case("one input, D = 1", affine(4, (1,), 3), ONES, HIDDEN),
            Case("float32", inputs.float32(affine(4, (5,), 3)), NUMBERS),
            Case("integers in x", inputs.whole_layer(affine(3, (4,), 5)), NUMBERS, HIDDEN),
            Case("column order", inputs.transposed(affine(3, (8,), 3)), NUMBERS, HIDDEN),
            Case("views with gaps", inputs.strided(affine(3, (4,), 2)), NUMBERS, HIDDEN),
            Case(
                "another forward in between",
                inputs.with_other_layer(affine(3, (2,), 4)),
                AGAIN,
                PUBLIC,
                (AFFINE_FORWARD, in_between(AFFINE_FORWARD, "first"), AFFINE_BACKWARD),
            ),
            Case(
                "two layers of other numbers",
                inputs.with_other_layer(affine(4, (3,), 2)),
                AGAIN,
                HIDDEN,
                (AFFINE_FORWARD, in_between(AFFINE_FORWARD, "first"), AFFINE_BACKWARD),
            ),
            Case(
                "the same backward twice",
                affine(3, (5,), 2),
                AGAIN,
                HIDDEN,
                (AFFINE_FORWARD, AFFINE_BACKWARD, AFFINE_FORWARD, AFFINE_BACKWARD),
            ),
        ),
        follow_through=FollowThrough(
            "affine_forward",
            output="out",
            upstream="dout",
            gradients={"dx": "x", "dw": "w", "db": "b"},
            inputs=(affine(3, (4,), 2), affine(4, (2, 3), 3)),
            credit=Fraction(1, 2),
            averaged=("dw", "db"),
            batch="x",
        ),
    ),
)

ALTERNATIVES = (
    Alternative(
        "summed over the batch",
        "affine_backward",
        {"affine_backward": mistakes.affine_backward_sums},
        note="dw and db are summed over the batch: right too, if the loss takes the average.",
    ),
    Alternative(
        "zero at zero",
        "Relu.backward",
        {"Relu.backward": mistakes.relu_backward_zero_at_zero},
        note="At an exact zero ReLU has no derivative; any value from 0 to 1 is right there.",
        between=True,
    ),
)

ASSIGNMENT = Assignment(
    name="exercise_05",
    title="Exercise 5: non-linearities and the affine layer",
    handout="exercise_05.ipynb",
    seed=5,
    solution=passes,
    criteria=(*SIGMOID, *RELU, *AFFINE),
    alternatives=ALTERNATIVES,
    mistakes=mistakes.MISTAKES,
)
