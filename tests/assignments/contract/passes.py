"""The reference: functions that take arguments by name, and functions that refuse what does not fit.

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


def affine(x, W, b):
    """A linear map of rows; ValueError where the shapes do not fit, whether or not numpy could add them."""
    if x.ndim != 2 or x.shape[1] != W.shape[0]:
        raise ValueError("x and W do not fit")
    if b.shape != (W.shape[1],):
        raise ValueError("b and W do not fit")
    return x @ W + b, (x, W)


def affine_backward(dout, cache):
    """Its gradients; ValueError where dout has not the shape of the result."""
    x, W = cache
    if dout.shape != (x.shape[0], W.shape[1]):
        raise ValueError("dout has another shape than the result")
    return dout @ W.T, x.T @ dout


class Stack:
    """Numbers, of which the last one is taken first."""

    def __init__(self, values):
        self.values = [float(value) for value in values]

    def take(self, count):
        """The last ones, the very last first; IndexError where fewer are left."""
        if count > len(self.values):
            raise IndexError("there are not as many")
        return np.array([self.values.pop() for _ in range(count)])
