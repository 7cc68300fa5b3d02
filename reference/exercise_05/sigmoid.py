"""What is graded of the sigmoid, on what, and what it is worth.

takes: the cases that both non-linearities share.
gives: `SIGMOID`.
must not know: the other layers.
"""

from grader.assignment import HIDDEN, Behaviour, Case, Criterion, FollowThrough

from . import inputs
from .behaviours import AGAIN, EXTREMES, NUMBERS, ORDERED, SHAPES, SHOWN, VALUES
from .calls import SIGMOID_BACKWARD, SIGMOID_FORWARD
from .elementwise import BATCH, backward_cases, forward_cases, handed
from .inputs import only_x, unary

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
            Case("some |x| from 700 to 1000", only_x(inputs.near_and_far(unary(4, 5), 710, 1000)), EXTREMES, HIDDEN),
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
            inputs=(unary(3, 4), inputs.dout_sized(inputs.near_and_far(unary(2, 3, 2), 10, 30), inputs.LARGE_DOUT)),
            handed=handed(
                Case("float32", inputs.float32(unary(4, 5)), NUMBERS, HIDDEN),
                Case("a square, some |x| from 10 to 30", inputs.near_and_far(unary(4, 4), 10, 30), EXTREMES, HIDDEN),
            ),
        ),
    ),
)
