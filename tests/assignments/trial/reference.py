"""The right function."""

import numpy as np


class Sigmoid:
    """Squashes every entry into (0, 1)."""

    def forward(self, x):
        """1 / (1 + e^-x), safe for any x: np.logaddexp(0, -x) is the logarithm of 1 + e^-x."""
        out = np.exp(-np.logaddexp(0.0, -x))
        return out, out
