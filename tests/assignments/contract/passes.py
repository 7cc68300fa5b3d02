"""The reference: functions that take arguments by name.

takes: what the hand-out says.
gives: what the assignment asks for.
must not know: the grader. This file is run in the sandbox as source, so it stands alone with numpy.
"""

import numpy as np


def sgd(w, g, *, rate=0.5, decay=0.0):
    """One step of descent, with weight decay."""
    return w - rate * (g + decay * w)


def descend(w, target, steps, *, rate):
    """Steps towards a target."""
    for _ in range(steps):
        w = sgd(w, w - target, rate=rate)
    return w


def project(x, W, axis=0):
    """A linear map along an axis."""
    out = np.moveaxis(np.tensordot(x, W, axes=(axis, 0)), -1, axis)
    return out, (x, W, axis)


def project_backward(dout, *, cache):
    """Its gradient with respect to x."""
    _, W, axis = cache
    return np.moveaxis(np.tensordot(dout, W, axes=(axis, 1)), -1, axis)


class Scale:
    """Multiplies by what it was made with."""

    def __init__(self, size, *, by):
        self.size, self.by = size, by

    def forward(self, x):
        """As many entries as its size says, scaled."""
        return self.by * x[: self.size]
