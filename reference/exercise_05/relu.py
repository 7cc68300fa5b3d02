"""What is graded of ReLU, on what, and what it is worth.

takes: the cases that both non-linearities share.
gives: `RELU`.
must not know: the other layers.
"""

from grader.assignment import HIDDEN, PUBLIC, Behaviour, Case, Criterion, FollowThrough

from . import inputs
from .behaviours import AGAIN, AT_ZERO, CUT_AT, EXTREMES, NUMBERS, ORDERED, SHAPES, THRESHOLD, VALUES, ZERO
from .calls import RELU_BACKWARD, RELU_FORWARD
from .elementwise import BATCH, backward_cases, forward_cases, handed
from .inputs import only_x, unary


def large_x() -> tuple[tuple[str, inputs.Draw, str], ...]:
    """x far from zero on both sides: ReLU has no upper end."""
    return (
        ("|x| from 6 to 40", unary(3, 4, low=6, high=40), PUBLIC),
        ("|x| from 60 to 500", unary(2, 6, low=60, high=500), HIDDEN),
        ("|x| from 700 to 1,000,000", unary(4, 3, low=700, high=1e6), HIDDEN),
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
            Case("tiny values", inputs.tiny(3, 5), EXTREMES, HIDDEN, feedback=THRESHOLD),
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
                inputs.dout_sized(inputs.near_and_far(unary(2, 3, 2, low=0.01, high=0.1), 6, 9), inputs.LARGE_DOUT),
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
