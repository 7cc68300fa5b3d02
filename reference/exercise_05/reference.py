"""The right functions, written as a textbook would. They run inside the sandbox, so they need nothing but numpy.

A batch holds N examples. The affine layer reads each one as a vector of length D and returns M outputs for it.
"""

import numpy as np


class Sigmoid:
    """Squashes every entry into (0, 1)."""

    def forward(self, x):
        """1 / (1 + e^-x), in the shape of x. Backward needs nothing but this result, so it is the cache."""
        out = 1.0 / (1.0 + np.exp(-x))
        return out, out

    def backward(self, dout, cache):
        """The derivative is s (1 - s) for a result s; times dout, in the shape of x."""
        return dout * cache * (1.0 - cache)


class Relu:
    """Keeps positive entries and makes the others zero."""

    def forward(self, x):
        """max(x, 0), in the shape of x. Backward needs the sign of x, so x is the cache."""
        return np.maximum(x, 0), x

    def backward(self, dout, cache):
        """dout where x was not negative, else 0; in the shape of x."""
        return np.where(cache >= 0, dout, 0)


def affine_forward(x, w, b):
    """x (N, d1, ..., dk) read as rows of length D = d1 ... dk, times w (D, M), plus b (M,): (N, M)."""
    rows = x.reshape(x.shape[0], -1)
    return rows @ w + b, (x, w, b)


def affine_backward(dout, cache):
    """From dout (N, M): dx in the shape of x; dw (D, M) and db (M,), both averaged over the N examples."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(count, -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.sum(axis=0) / count
    return dx, dw, db
