"""Exercise 5 as one value: what is graded, on what, and what it is worth.

takes: the reference's functions, the inputs and the known mistakes beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.

A behaviour is one thing a right function does; each has a name a student understands. Points: 10, 15, 10, 15,
20, 30.
"""

from fractions import Fraction

import numpy as np

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
    Own,
    own,
)

from . import inputs, mistakes, passes, wrong
from .inputs import POSITIVE, affine, layer_only, only_x, unary

VALUES = "right values"
SHAPES = "any number of dimensions"
ORDERED = "images in any order of memory"  # its own point, like ONE_IMAGE below
EXTREMES = "large, small and zero values"
NUMBERS = "float32, integers and views"
AGAIN = "no memory of other calls"
FIRST = "the first case that students see"
STEADY = "tells a student whose function answers equal calls differently"
EQUAL = "code that confuses dout and x must not be right by chance anywhere else"
THRESHOLD = "a threshold a little above zero is a wrong one"
CUT_AT = "tells a student at which size x or dout is cut off"
CUT = "x may be cut off or rounded where dout is not"
SHOWN = "shown to students; a hidden case catches the same"
NOTHING = "behind a ReLU most of dout is zero: code that divides by it, or mends it, is wrong there"
NOTHING_GOES_ON = "where nothing comes from above, nothing goes on"
AT_ZERO = "at a zero of x, 0/0 is nan, and more than dout is wrong"
MANY = "a loop or a slice may end at a number that all other cases stay below"
BATCH = {"N": ("x", 0)}
ZERO = "zero where x is negative"
LARGE_DOUT = 1400.0  # in the check of backward against its own forward: code that cuts dout off is no gradient


def unary_calls(name: str) -> tuple[Call, Call]:
    """Forward and backward of a non-linearity."""
    forward = Call(f"{name}.forward", ("x",), gives=("out", own("cache")))
    backward = Call(f"{name}.backward", ("dout", own("cache")), gives=("dx",))
    return forward, backward


def other(call: Call, instance: str = "first") -> Call:
    """The same call with other inputs, whose results nobody asks for."""
    takes = tuple(own(f"other {name.name}") if isinstance(name, Own) else f"other_{name}" for name in call.takes)
    gives = tuple(own(f"other {name.name if isinstance(name, Own) else name}") for name in call.gives)
    return Call(call.function, takes, gives, instance)


SIGMOID_FORWARD, SIGMOID_BACKWARD = unary_calls("Sigmoid")
RELU_FORWARD, RELU_BACKWARD = unary_calls("Relu")
AFFINE_FORWARD = Call("affine_forward", ("x", "w", "b"), gives=("out", own("cache")))
AFFINE_BACKWARD = Call("affine_backward", ("dout", own("cache")), gives=("dx", "dw", "db"))


def forward_cases(forward: Call) -> tuple[Case, ...]:
    """What every forward pass of a non-linearity is tried on."""
    twice = (other(forward), forward)
    return (
        Case("a small batch", only_x(unary(3, 4)), VALUES, feedback=FIRST),
        Case("one row", only_x(unary(1, 6, first=POSITIVE)), SHAPES, HIDDEN),
        Case("one column", only_x(unary(5, 1)), SHAPES, HIDDEN),
        Case("a square", only_x(unary(6, 6, low=0.01, high=1.0, first=POSITIVE)), VALUES, HIDDEN),
        Case("exact zeros", only_x(unary(4, 3, change=inputs.with_zeros)), EXTREMES, HIDDEN),
        Case("tiny values", only_x(unary(3, 5, low=1e-6, high=1e-4)), EXTREMES, HIDDEN),
        Case("a batch of images", only_x(unary(2, 3, 4, first=POSITIVE)), SHAPES, feedback=SHOWN),
        Case("four dimensions", only_x(unary(2, 3, 2, 4)), SHAPES, HIDDEN),
        Case("one dimension", only_x(unary(6)), SHAPES, HIDDEN),
        Case("one image", only_x(unary(1, 2, 3)), SHAPES, HIDDEN),
        Case("a cube", only_x(unary(3, 3, 3)), SHAPES, HIDDEN),
        Case("images in column order", inputs.transposed(only_x(unary(2, 4, 3))), ORDERED, HIDDEN),
        Case("float32", inputs.float32(only_x(unary(4, 5))), NUMBERS),
        Case("integers", only_x(unary(4, 4, change=inputs.whole)), NUMBERS, HIDDEN),
        Case("column order", inputs.transposed(only_x(unary(3, 6))), NUMBERS, HIDDEN),
        Case("a view with gaps", inputs.strided(only_x(unary(3, 4))), NUMBERS, HIDDEN),
        Case("two calls in a row", inputs.with_others(only_x(unary(3, 3))), AGAIN, PUBLIC, twice),
        Case(
            "after a call of a second object",
            inputs.with_others(only_x(unary(2, 5))),
            AGAIN,
            HIDDEN,
            (other(forward, "second"), forward),
        ),
        Case("the same call twice", only_x(unary(4, 2)), AGAIN, HIDDEN, (forward, forward)),
    )


def other_douts() -> tuple[tuple[str, inputs.Draw], ...]:
    """Gradients from above of every size: to cut them off is no part of backward."""
    return (
        ("dout from 6 to 30", inputs.dout_sized(unary(3, 4), 12.0)),
        ("dout from 700 to 2800", inputs.dout_sized(unary(4, 3, first=POSITIVE), 1400.0)),
        ("tiny dout", inputs.dout_sized(unary(2, 6), 1e-3)),
        ("large negative dout", inputs.dout_changed(inputs.dout_sized(unary(2, 4), 200.0), inputs.negative)),
    )


def backward_cases(forward: Call, backward: Call) -> tuple[Case, ...]:
    """What every backward pass of a non-linearity is tried on."""
    # The call in between is of a second object: keeping the cache on `self` is right too.
    interrupted = (forward, other(forward, "second"), backward)
    return (
        Case("a small batch", unary(3, 4), VALUES, feedback=FIRST),
        Case("one row", unary(1, 6, first=POSITIVE), SHAPES, HIDDEN),
        Case("one column", unary(5, 1), SHAPES, HIDDEN),
        Case("zeros in dout", inputs.dout_changed(unary(4, 3), inputs.with_zeros), EXTREMES, HIDDEN, feedback=NOTHING),
        Case(
            "dout of zeros",
            inputs.dout_changed(unary(3, 2), np.zeros_like),
            EXTREMES,
            HIDDEN,
            echo=NOTHING_GOES_ON,
            feedback=NOTHING,
        ),
        *(Case(name, draw, EXTREMES, HIDDEN, feedback=CUT_AT) for name, draw in other_douts()),
        Case("dout equal to x", inputs.dout_is_x(unary(6, 6)), VALUES, HIDDEN, feedback=EQUAL),
        Case("a batch of images", unary(2, 3, 4, first=POSITIVE), SHAPES, feedback=SHOWN),
        Case("four dimensions", unary(2, 3, 2, 4), SHAPES, HIDDEN),
        Case("one dimension", unary(6), SHAPES, HIDDEN),
        Case("one image", unary(1, 2, 3), SHAPES, HIDDEN),
        Case("a cube", unary(3, 3, 3), SHAPES, HIDDEN),
        Case("images in column order", inputs.transposed(unary(2, 4, 3)), ORDERED, HIDDEN),
        Case("float32", inputs.float32(unary(4, 5)), NUMBERS),
        Case("integers", unary(4, 4, change=inputs.whole), NUMBERS, HIDDEN),
        Case("column order", inputs.transposed(unary(3, 6)), NUMBERS, HIDDEN),
        Case("a view with gaps", inputs.strided(unary(3, 4)), NUMBERS, HIDDEN),
        Case("another forward in between", inputs.with_others(unary(3, 3)), AGAIN, PUBLIC, interrupted),
        Case(
            "the same backward twice",
            unary(3, 5),
            AGAIN,
            HIDDEN,
            (forward, backward, forward, backward),
            feedback=STEADY,
        ),
        Case(
            "another backward before",
            inputs.with_others(unary(2, 4)),
            AGAIN,
            HIDDEN,
            (other(forward), other(backward), forward, backward),
        ),
    )


def handed(numbers: Case, *more: Case) -> tuple[Case, ...]:
    """What backward alone is tried on: few cases, each of which meets several ways in which it can be narrow."""
    tiny = inputs.dout_changed(unary(1, 6, low=1e-6, high=1e-4), inputs.with_zeros)
    return (
        Case("a small batch", unary(3, 4), VALUES),
        Case("one column, dout from 700 to 2800", inputs.dout_sized(unary(5, 1), 1400.0), EXTREMES, HIDDEN),
        Case("one row of tiny values, zeros in dout", tiny, EXTREMES, HIDDEN),
        Case("a batch of images", unary(2, 3, 4), SHAPES, feedback=SHOWN),
        Case("four dimensions", unary(2, 3, 2, 4), SHAPES, HIDDEN),
        Case("images in column order", inputs.transposed(unary(2, 4, 3)), ORDERED, HIDDEN),
        numbers,
        *more,
        Case("another square", unary(4, 4), AGAIN, HIDDEN),  # of a shape that was asked before
    )


SIGMOID = (
    Criterion(
        "Sigmoid.forward",
        (SIGMOID_FORWARD,),
        grade=("out",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 5),
            Behaviour(SHAPES, 1, needs=(VALUES,)),
            Behaviour(ORDERED, 1, needs=(VALUES,)),
            Behaviour(EXTREMES, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 1, needs=(VALUES,)),
        ),
        cases=(
            *forward_cases(SIGMOID_FORWARD),
            Case("|x| from 20 to 500", only_x(unary(3, 4, low=20, high=500)), EXTREMES),
            Case("|x| from 700 to 1000", only_x(unary(4, 5, low=700, high=1000)), EXTREMES, HIDDEN),
            Case("negatives only", only_x(unary(3, 4, change=inputs.negative)), VALUES, HIDDEN),
            Case("large negatives", only_x(unary(3, 3, low=60, high=300, change=inputs.negative)), EXTREMES, HIDDEN),
        ),
    ),
    Criterion(
        "Sigmoid.backward",
        (SIGMOID_FORWARD, SIGMOID_BACKWARD),
        grade=("dx",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 8),
            Behaviour(SHAPES, 2, needs=(VALUES,)),
            Behaviour(ORDERED, 1, needs=(VALUES,)),
            Behaviour(EXTREMES, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 2, needs=(VALUES,)),
        ),
        cases=(
            *backward_cases(SIGMOID_FORWARD, SIGMOID_BACKWARD),
            Case("some |x| from 10 to 30", inputs.near_and_far(unary(3, 4), 10, 30), EXTREMES, feedback=SHOWN),
            Case("some |x| from 700 to 1000", inputs.near_and_far(unary(4, 5), 710, 1000), EXTREMES, HIDDEN),
        ),
        follow_through=FollowThrough(
            "Sigmoid.forward",
            output="out",
            upstream="dout",
            gradients={"dx": "x"},
            mended=True,
            inputs=(unary(3, 4), inputs.dout_sized(inputs.near_and_far(unary(2, 3, 2), 10, 30), LARGE_DOUT)),
            handed=handed(
                Case("float32", inputs.float32(unary(4, 5)), NUMBERS, HIDDEN),
                Case("a square, some |x| from 10 to 30", inputs.near_and_far(unary(4, 4), 10, 30), EXTREMES, HIDDEN),
            ),
        ),
    ),
)


def large_x() -> tuple[tuple[str, inputs.Draw, str], ...]:
    """x far from zero on both sides: ReLU has no upper end."""
    return (
        ("|x| from 6 to 40", unary(3, 4, low=6, high=40), PUBLIC),
        ("|x| from 60 to 500", unary(2, 6, low=60, high=500), HIDDEN),
        ("|x| from 700 to 1000", unary(4, 3, low=700, high=1000), HIDDEN),
    )


RELU = (
    Criterion(
        "Relu.forward",
        (RELU_FORWARD,),
        grade=("out",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 4),
            Behaviour(SHAPES, 1, needs=(VALUES,)),
            Behaviour(ORDERED, 1, needs=(VALUES,)),
            Behaviour(ZERO, 1, needs=(VALUES,)),
            Behaviour(EXTREMES, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 1, needs=(VALUES,)),
        ),
        cases=(
            *forward_cases(RELU_FORWARD),
            Case("negatives only", only_x(unary(3, 4, change=inputs.negative)), ZERO),
            Case("large negatives", only_x(unary(2, 5, low=100, high=1000, change=inputs.negative)), ZERO, HIDDEN),
            *(Case(name, only_x(draw), EXTREMES, visibility) for name, draw, visibility in large_x()),
        ),
    ),
    Criterion(
        "Relu.backward",
        (RELU_FORWARD, RELU_BACKWARD),
        grade=("dx",),
        sizes=BATCH,
        behaviours=(
            Behaviour(VALUES, 7),
            Behaviour(SHAPES, 2, needs=(VALUES,)),
            Behaviour(ORDERED, 1, needs=(VALUES,)),
            Behaviour(ZERO, 1, needs=(VALUES,)),
            Behaviour(EXTREMES, 1, needs=(VALUES,)),
            Behaviour(NUMBERS, 1, needs=(VALUES,)),
            Behaviour(AGAIN, 2, needs=(VALUES,)),
        ),
        cases=(
            *backward_cases(RELU_FORWARD, RELU_BACKWARD),
            Case("exact zeros among x", unary(4, 3, change=inputs.with_zeros), EXTREMES, HIDDEN, feedback=AT_ZERO),
            Case("negatives only", unary(3, 4, change=inputs.negative), ZERO),
            Case("large negatives", unary(2, 5, low=100, high=1000, change=inputs.negative), ZERO, HIDDEN),
            Case("tiny values", unary(3, 5, low=1e-6, high=1e-4), EXTREMES, HIDDEN, feedback=THRESHOLD),
            *(Case(name, draw, EXTREMES, visibility, feedback=CUT_AT) for name, draw, visibility in large_x()),
        ),
        follow_through=FollowThrough(
            "Relu.forward",
            output="out",
            upstream="dout",
            gradients={"dx": "x"},
            mended=True,
            inputs=(
                unary(3, 4, low=inputs.KINK_DISTANCE),
                # Some just above zero, and some beyond 6. The output of those is not so large that float32, in which
                # a hand-in may work, would lose the nudge.
                inputs.dout_sized(inputs.near_and_far(unary(2, 3, 2, low=0.01, high=0.1), 6, 9), LARGE_DOUT),
            ),
            handed=handed(
                Case("integers", unary(3, 4, change=inputs.whole), NUMBERS, HIDDEN),
                Case("a square with exact zeros", unary(4, 4, change=inputs.with_zeros), EXTREMES, HIDDEN),
                Case("negatives only", unary(3, 4, change=inputs.negative), ZERO, HIDDEN),
                Case("|x| from 6 to 900", unary(2, 6, low=6, high=900), EXTREMES, HIDDEN),
            ),
        ),
    ),
)

ROWS = "rows of a matrix"
IMAGES = "inputs of any shape"
ONES = "sizes of one"
ONE_IMAGE = "one example of any shape"  # its own point: an error in either of the two above costs it, and only it, too

SIZES = {"N": ("x", 0), "D": ("w", 0), "M": ("w", 1)}


def sizes_of_x() -> tuple[tuple[str, inputs.Draw, str], ...]:
    """x of other sizes than one: a layer that cuts off or rounds is no affine layer."""
    return (
        ("some zeros in x", inputs.changed(affine(4, (3,), 2), inputs.with_zeros), PUBLIC),
        ("x from 5 to 50", inputs.scaled(affine(3, (4,), 3), 25.0), HIDDEN),
        ("x from 700 to 7000", inputs.scaled(affine(3, (2,), 3), 3500.0), HIDDEN),
        ("tiny x", inputs.scaled(affine(2, (5,), 2), 1e-3), HIDDEN),
        ("large negative x", inputs.changed(inputs.scaled(affine(2, (4,), 3), 400.0), inputs.negative), HIDDEN),
    )


def handed_layer() -> tuple[Case, ...]:
    """What backward alone is tried on."""
    large = inputs.scaled(inputs.dout_sized(affine(3, (2,), 3), 1400.0), 3500.0)
    rows = (
        *(("N = 3, D = 4, M = 2", affine(3, (4,), 2), name, PUBLIC) for name in ("dx", "dw", "db")),
        *(("all sizes 4", affine(4, (4,), 4), name, HIDDEN) for name in ("dx", "dw")),
    )
    return (
        *(Case(f"{size}: {name}", draw, f"{name} is right", seen, grade=(name,)) for size, draw, name, seen in rows),
        Case("images of 2 x 3", affine(4, (2, 3), 5), IMAGES, feedback=SHOWN),
        Case("images of 2 x 2 x 2, D = M", affine(3, (2, 2, 2), 8), IMAGES, HIDDEN),
        Case("one example, N = 1", affine(1, (5,), 3), ONES, HIDDEN, echo=ONE_ROW),
        Case("one output, M = 1", affine(4, (3,), 1), ONES, HIDDEN),
        Case("one example of an image", affine(1, (2, 2), 3), ONE_IMAGE, HIDDEN, echo=ONE_ROW),
        Case("zeros in dout, all else large", inputs.dout_changed(large, inputs.with_zeros), EXTREMES, HIDDEN),
        Case("integers in x", inputs.whole_layer(affine(3, (4,), 5)), NUMBERS, HIDDEN),
        Case("another of the same sizes", affine(3, (4,), 5), AGAIN, HIDDEN),
    )


ONE_ROW = "with one example the mean over the batch is that example's row"

AFFINE = (
    Criterion(
        "affine_forward",
        (AFFINE_FORWARD,),
        grade=("out",),
        sizes=SIZES,
        behaviours=(
            Behaviour(ROWS, 10),
            Behaviour(IMAGES, 5, needs=(ROWS,)),
            Behaviour(ONES, 1, needs=(ROWS,)),
            Behaviour(ONE_IMAGE, 1, needs=(ROWS,)),
            Behaviour(EXTREMES, 1, needs=(ROWS,)),
            Behaviour(NUMBERS, 1, needs=(ROWS,)),
            Behaviour(AGAIN, 1, needs=(ROWS,)),
        ),
        cases=(
            Case("N = 3, D = 4, M = 2", layer_only(affine(3, (4,), 2)), ROWS),
            Case("N = 5, D = 3, M = 6", layer_only(affine(5, (3,), 6)), ROWS, HIDDEN),
            Case("all sizes 4", layer_only(affine(4, (4,), 4)), ROWS, HIDDEN),
            Case("images of 2 x 3", layer_only(affine(4, (2, 3), 5)), IMAGES, feedback=SHOWN),
            Case("images of 2 x 3 x 2", layer_only(affine(2, (2, 3, 2), 3)), IMAGES, HIDDEN),
            Case("images of 3 x 3, N = 3", layer_only(affine(3, (3, 3), 9)), IMAGES, HIDDEN),
            Case("images in column order", inputs.transposed(layer_only(affine(3, (2, 4), 3))), IMAGES, HIDDEN),
            Case("N = 17, D = 33, M = 2", layer_only(affine(17, (33,), 2)), IMAGES, HIDDEN, feedback=MANY),
            Case("one example, N = 1", layer_only(affine(1, (5,), 3)), ONES),
            Case("one output, M = 1", layer_only(affine(4, (3,), 1)), ONES, HIDDEN),
            Case("one input, D = 1", layer_only(affine(4, (1,), 3)), ONES, HIDDEN),
            Case("one example of an image", layer_only(affine(1, (2, 2), 3)), ONE_IMAGE, HIDDEN),
            Case("float32", inputs.float32(layer_only(affine(4, (5,), 3))), NUMBERS),
            Case("integers in x", inputs.whole_layer(layer_only(affine(3, (4,), 5))), NUMBERS, HIDDEN),
            Case("column order", inputs.transposed(layer_only(affine(3, (8,), 3))), NUMBERS, HIDDEN),
            Case("views with gaps", inputs.strided(layer_only(affine(3, (4,), 2))), NUMBERS, HIDDEN),
            *(Case(name, layer_only(draw), EXTREMES, visibility) for name, draw, visibility in sizes_of_x()),
            Case(
                "two calls in a row",
                inputs.with_others(layer_only(affine(3, (2,), 4))),
                AGAIN,
                HIDDEN,
                (other(AFFINE_FORWARD), AFFINE_FORWARD),
            ),
            Case(
                "the same call twice",
                layer_only(affine(3, (5,), 2)),
                AGAIN,
                HIDDEN,
                (AFFINE_FORWARD, AFFINE_FORWARD),
                feedback=STEADY,
            ),
            Case(
                "two layers",
                inputs.with_others(layer_only(affine(2, (3,), 3))),
                AGAIN,
                PUBLIC,
                (other(AFFINE_FORWARD), AFFINE_FORWARD),
                feedback=SHOWN,
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
            Behaviour(IMAGES, 4),
            Behaviour(ONES, 2),
            Behaviour(ONE_IMAGE, 1),
            Behaviour(EXTREMES, 1),
            Behaviour(NUMBERS, 1),
            Behaviour(AGAIN, 1),
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
            Case("images of 2 x 3", affine(4, (2, 3), 5), IMAGES, feedback=SHOWN),
            Case("images of 2 x 3 x 2", affine(2, (2, 3, 2), 3), IMAGES, HIDDEN),
            Case("images of 3 x 3, N = 3", affine(3, (3, 3), 9), IMAGES, HIDDEN),
            Case("images in column order", inputs.transposed(affine(3, (2, 4), 3)), IMAGES, HIDDEN),
            Case("17 examples", affine(17, (3,), 2), IMAGES, HIDDEN, feedback=MANY),
            Case("33 inputs", affine(3, (33,), 2), IMAGES, HIDDEN, feedback=MANY),
            Case("one example, N = 1", affine(1, (5,), 3), ONES, echo=ONE_ROW, feedback=SHOWN),
            Case("one output, M = 1", affine(4, (3,), 1), ONES, HIDDEN),
            Case("one input, D = 1", affine(4, (1,), 3), ONES, HIDDEN),
            Case("one example of an image", affine(1, (2, 2), 3), ONE_IMAGE, HIDDEN, echo=ONE_ROW),
            Case("float32", inputs.float32(affine(4, (5,), 3)), NUMBERS),
            Case("integers in x", inputs.whole_layer(affine(3, (4,), 5)), NUMBERS, HIDDEN),
            Case("column order", inputs.transposed(affine(3, (8,), 3)), NUMBERS, HIDDEN),
            Case("views with gaps", inputs.strided(affine(3, (4,), 2)), NUMBERS, HIDDEN),
            Case("dout equal to x", inputs.dout_is_x(affine(4, (3,), 3)), NUMBERS, HIDDEN),
            Case("dout from 700 to 2800", inputs.dout_sized(affine(2, (3,), 4), 1400.0), EXTREMES, HIDDEN),
            Case("tiny dout", inputs.dout_sized(affine(3, (2,), 4), 1e-3), EXTREMES, HIDDEN),
            # With M = 3 a whole column of zeros, and so a db of zero.
            Case(
                "zeros in dout",
                inputs.dout_changed(affine(4, (2,), 3), inputs.with_zeros),
                EXTREMES,
                HIDDEN,
                feedback=NOTHING,
            ),
            *(Case(name, draw, EXTREMES, visibility, feedback=CUT) for name, draw, visibility in sizes_of_x()),
            Case(
                "another forward in between",
                inputs.with_others(affine(3, (2,), 4)),
                AGAIN,
                PUBLIC,
                (AFFINE_FORWARD, other(AFFINE_FORWARD), AFFINE_BACKWARD),
            ),
            Case(
                "the same backward twice",
                affine(3, (5,), 2),
                AGAIN,
                HIDDEN,
                (AFFINE_FORWARD, AFFINE_BACKWARD, AFFINE_FORWARD, AFFINE_BACKWARD),
                feedback=STEADY,
            ),
        ),
        follow_through=FollowThrough(
            "affine_forward",
            output="out",
            upstream="dout",
            gradients={"dx": "x", "dw": "w", "db": "b"},
            inputs=(affine(3, (4,), 2), inputs.dout_sized(affine(4, (2, 3), 3), LARGE_DOUT)),
            handed=handed_layer(),
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
        {"affine_backward": wrong.affine_backward_sums},
        note="dw and db are summed over the batch: right too, if the loss takes the average.",
    ),
    Alternative(
        "zero at zero",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_zero_at_zero},
        note="At an exact zero ReLU has no derivative; any value from 0 to 1 is right there.",
        between=True,
    ),
)

ORDER = "the same sum or product in another order"
LENGTH = "only the length of its first axis is asked for"
UNUSED = "backward does not look at the b in the cache"
SIGN_KEPT = "all that backward asks of the cache is the sign of x, and that stays"

EQUIVALENTS = {
    "Sigmoid.backward: wrong for integers": "dout and the cache hold no integers; code that works in place is right",
    "Sigmoid.backward: wrong for two equal arrays": "dout equals the output of the sigmoid in no network",
    "Relu.forward: np.maximum(x, 0) -> np.maximum(0, x)": ORDER,
    "Relu.forward: x -> x [*] 2": SIGN_KEPT,
    "Relu.backward: cache -> cache [*] 2": SIGN_KEPT,
    "Relu.backward: cache >= 0 -> cache > 0": "at an exact zero any value from 0 to 1 is right",
    "affine_*: 1 -> 2": "numpy takes -2 in a reshape for the rest, as it does -1",
    "affine_forward: x -> -x (2)": LENGTH,
    "affine_forward: x -> x [*] 2 (2)": LENGTH,
    "affine_forward: x -> x + 1 (2)": LENGTH,
    "affine_forward: (x, w, b) -> (x, w, x)": UNUSED,
    "affine_forward: (x, w, b) -> (x, w, w)": UNUSED,
    "affine_forward: b -> rows (2)": UNUSED,
    "affine_forward: b -> b.T (2)": UNUSED,
    "affine_forward: b -> -b (2)": UNUSED,
    "affine_forward: b -> b [*] 2 (2)": UNUSED,
    "affine_forward: b -> b + 1 (2)": UNUSED,
    "affine_forward: b -> b.T": "a vector is its own transpose",
    "affine_forward: wrong for one dimension": "x has a batch axis and at least one more",
    "affine_forward: wrong for two equal arrays": "x equals w in no network",
    "affine_backward: x -> dout": "dout has as many rows as x",
    "affine_backward: x -> -x": LENGTH,
    "affine_backward: x -> x [*] 2": LENGTH,
    "affine_backward: x -> x + 1": LENGTH,
    "affine_backward: db -> db.T": "a vector is its own transpose",
    "affine_backward: wrong for one dimension, *": "dout has a row for each example",
}

ASSIGNMENT = Assignment(
    name="exercise_05",
    title="Exercise 5: non-linearities and the affine layer",
    handout="exercise_05.ipynb",
    templates=("headings.ipynb",),
    seed=5,
    solution=passes,
    criteria=(*SIGMOID, *RELU, *AFFINE),
    alternatives=ALTERNATIVES,
    mistakes=mistakes.MISTAKES,
    equivalents=EQUIVALENTS,
)
