"""The right functions."""

import numpy as np


def moving_average(x, width):
    """The mean of every window of `width` neighbours that lies wholly in x: len(x) - width + 1 numbers."""
    total = np.concatenate(([0.0], np.cumsum(x)))
    return (total[width:] - total[:-width]) / width


def softmax(scores):
    """Each row made positive with sum one; the largest score is subtracted first, so that nothing overflows."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
