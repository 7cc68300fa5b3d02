"""Exercise 5 as one value: what is graded, on what, and what it is worth.

takes: the criteria of each layer, the reference, the known mistakes and other variants.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.

Points: 10, 15, 10, 15, 20, 30.
"""

from grader.assignment import Alternative, Assignment

from . import mistakes, passes
from .affine import AFFINE
from .equivalents import EQUIVALENTS
from .relu import RELU
from .sigmoid import SIGMOID
from .variants import right

ALTERNATIVES = (
    Alternative(
        "summed over the batch",
        "affine_backward",
        {"affine_backward": right.affine_backward_sums},
        note="dw and db are summed over the batch: right too, if the loss takes the average.",
    ),
    Alternative(
        "zero at zero",
        "Relu.backward",
        {"Relu.backward": right.relu_backward_zero_at_zero},
        note="At an exact zero ReLU has no derivative; any value from 0 to 1 is right there.",
        between=True,
    ),
)

ASSIGNMENT = Assignment(
    name="exercise_05",
    title="Exercise 5: non-linearities and the affine layer",
    handout="exercise_05.ipynb",
    templates=("headings.ipynb", "layers.ipynb"),
    seed=5,
    solution=passes,
    criteria=(*SIGMOID, *RELU, *AFFINE),
    alternatives=ALTERNATIVES,
    mistakes=mistakes.MISTAKES,
    equivalents=EQUIVALENTS,
)
