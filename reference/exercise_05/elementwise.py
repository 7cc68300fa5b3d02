"""What both non-linearities are tried on, forward and backward.

takes: the calls of one.
gives: its cases.
must not know: which of the two it is.
"""

import numpy as np

from grader.assignment import HIDDEN, PUBLIC, Call, Case

from . import inputs
from .behaviours import (
    AGAIN,
    CUT_AT,
    EQUAL,
    EXTREMES,
    FIRST,
    NOTHING,
    NOTHING_GOES_ON,
    NUMBERS,
    ORDERED,
    SHAPES,
    SHOWN,
    STEADY,
    VALUES,
)
from .calls import other
from .inputs import POSITIVE, only_x, unary

BATCH = {"N": ("x", 0)}


def forward_cases(forward: Call) -> tuple[Case, ...]:
    """What every forward pass of a non-linearity is tried on."""
    twice = (other(forward), forward)
    return (
        Case("a small batch", only_x(unary(3, 4)), VALUES, feedback=FIRST),
        Case("one row", only_x(unary(1, 6, first=POSITIVE)), SHAPES, HIDDEN),
        Case("one column", only_x(unary(17, 1)), SHAPES, HIDDEN),
        Case("a square", only_x(unary(6, 6, low=0.01, high=1.0, first=POSITIVE)), VALUES, HIDDEN),
        Case("exact zeros", only_x(unary(4, 3, change=inputs.with_zeros)), EXTREMES, HIDDEN),
        Case("tiny values", only_x(inputs.tiny(3, 5)), EXTREMES, HIDDEN),
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
        Case("one column", unary(17, 1), SHAPES, HIDDEN),
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
    tiny = inputs.dout_changed(inputs.tiny(1, 6), inputs.with_zeros)
    return (
        Case("a small batch", unary(3, 4), VALUES),
        Case("one column, dout from 700 to 2800", inputs.dout_sized(unary(5, 1), 1400.0), EXTREMES, HIDDEN),
        Case("one row of tiny values, zeros in dout", tiny, EXTREMES, HIDDEN),
        # It begins above zero: what cuts all to whole numbers is not what takes the type of its first entry.
        Case("a batch of images", unary(2, 3, 4, first=POSITIVE), SHAPES, feedback=SHOWN),
        Case("four dimensions", unary(2, 3, 2, 4), SHAPES, HIDDEN),
        Case("images in column order", inputs.transposed(unary(2, 4, 3)), ORDERED, HIDDEN),
        numbers,
        *more,
        Case("another square", unary(4, 4), AGAIN, HIDDEN),  # of a shape that was asked before
    )
