"""What is graded of the affine layer, on what, and what it is worth.

takes: the calls, the inputs.
gives: `AFFINE`.
must not know: the other layers.
"""

from fractions import Fraction

from grader.assignment import HIDDEN, PUBLIC, Behaviour, Case, Criterion, FollowThrough

from . import inputs
from .behaviours import AGAIN, CUT, EXTREMES, MANY, NOTHING, NUMBERS, ORDERED, SHOWN, STEADY
from .calls import AFFINE_BACKWARD, AFFINE_FORWARD, other
from .inputs import affine, layer_only

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
        *(
            Case(f"{size}: {name}", draw, f"{name} is right", seen, grade=(name,), numbers=size)
            for size, draw, name, seen in rows
        ),
        Case("images of 2 x 3", affine(4, (2, 3), 5), IMAGES, feedback=SHOWN),
        Case("images of 2 x 2 x 2, D = M", affine(3, (2, 2, 2), 8), IMAGES, HIDDEN),
        Case("images in column order", inputs.transposed(affine(3, (2, 4), 2)), ORDERED, HIDDEN),
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
            Behaviour(IMAGES, 4, needs=(ROWS,)),
            Behaviour(ORDERED, 1, needs=(ROWS,)),
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
            Case("images in column order", inputs.transposed(layer_only(affine(3, (2, 4), 2))), ORDERED, HIDDEN),
            Case("N = 17, D = 33, M = 18", layer_only(affine(17, (33,), 18)), IMAGES, HIDDEN, feedback=MANY),
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
            Behaviour(IMAGES, 3),
            Behaviour(ORDERED, 1),
            Behaviour(ONES, 2),
            Behaviour(ONE_IMAGE, 1),
            Behaviour(EXTREMES, 1),
            Behaviour(NUMBERS, 1),
            Behaviour(AGAIN, 1),
        ),
        cases=(
            *(
                Case(f"{size}: {name}", affine(*shape), f"{name} is right", visibility, grade=(name,), numbers=size)
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
            Case("images in column order", inputs.transposed(affine(3, (2, 4), 2)), ORDERED, HIDDEN),
            Case("17 examples", affine(17, (3,), 2), IMAGES, HIDDEN, feedback=MANY),
            Case("33 inputs, 17 outputs", affine(3, (33,), 17), IMAGES, HIDDEN, feedback=MANY),
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
            inputs=(affine(3, (4,), 2), inputs.dout_sized(affine(4, (2, 3), 3), inputs.LARGE_DOUT)),
            handed=handed_layer(),
            credit=Fraction(1, 2),
            averaged=("dw", "db"),
            batch="x",
        ),
    ),
)
