"""The reference: six functions, textbook-plain.

takes: numpy arrays.
gives: what the assignment asks for.
must not know: the grader. This file goes through the wall as source, so it stands alone with numpy.

Shapes: a batch holds N examples; an affine layer reads each as a vector of length D and gives M outputs.
"""

import numpy as np


class Sigmoid:
    """Squashes every entry into (0, 1), by itself."""

    def forward(self, x):
        """1 / (1 + e^-x), in the shape of x. Its own value is all that backward needs, so that is the cache."""
        out = 1.0 / (1.0 + np.exp(-x))
        return out, out

    def backward(self, dout, cache):
        """The derivative is s (1 - s) where s is the value, times what comes from above; in the shape of x."""
        return dout * cache * (1.0 - cache)


class Relu:
    """Keeps what is positive, and makes the rest zero."""

    def forward(self, x):
        """max(x, 0), in the shape of x. Backward must know where x was negative, so x is the cache."""
        return np.maximum(x, 0), x

    def backward(self, dout, cache):
        """The gradient passes where x was not negative, and stops elsewhere; in the shape of x."""
        return np.where(cache >= 0, dout, 0)


def affine_forward(x, w, b):
    """x (N, d1, ..., dk) read as rows of length D = d1 ... dk, times w (D, M), plus b (M,): (N, M)."""
    rows = x.reshape(x.shape[0], -1)
    return rows @ w + b, (x, w, b)


def affine_backward(dout, cache):
    """From dout (N, M): dx in the shape of x, and dw (D, M) and db (M,) averaged over the N examples."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(count, -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.sum(axis=0) / count
    return dx, dw, db
