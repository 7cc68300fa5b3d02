"""A known mistake of one step, which what builds on it repeats.

takes: the reference.
gives: `MISTAKES`.
must not know: the cases of the exam.
"""

import numpy as np

from grader.assignment import Mistake


def forgets_bias(x, prev_h, Wx, Wh, b):
    """Without b."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh)
    return next_h, (x, prev_h, Wx, Wh, next_h)


MISTAKES = (
    Mistake(
        "bias forgotten",
        "rnn_step_forward",
        {"rnn_step_forward": forgets_bias},
        "The step is tanh(x @ Wx + prev_h @ Wh), and b is not in it.",
        "Add b before the hyperbolic tangent.",
    ),
)
