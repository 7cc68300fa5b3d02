"""The other right ones: functions that are accepted beside those of the reference.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each right in another way.
must not know: what is said about them; anything of the grader. They go through the wall as source, so they
stand alone with numpy.
"""

import numpy as np


def affine_backward_sums(dout, cache):
    """The sums over the batch: right where the loss takes the average."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)


def relu_backward_zero_at_zero(self, dout, cache):
    """The other end of what ReLU's derivative may be at zero."""
    return np.where(cache > 0, dout, 0)
