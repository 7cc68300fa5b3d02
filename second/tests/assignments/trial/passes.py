"""The reference: a sigmoid.

takes: numpy arrays.
gives: what the assignment asks for.
must not know: the grader. This file goes through the wall as source, so it stands alone with numpy.
"""

import numpy as np


class Sigmoid:
    """Squashes every entry into (0, 1), by itself."""

    def forward(self, x):
        """1 / (1 + e^-x), safe for any x: np.logaddexp(0, -x) is the logarithm of 1 + e^-x."""
        out = np.exp(-np.logaddexp(0.0, -x))
        return out, out
