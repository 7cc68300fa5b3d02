"""Wrong ways to write ReLU, forward and backward.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each wrong in one way.
must not know: what is said about them; anything of the grader. They go through the wall as source, so they
stand alone with numpy.
"""

import numpy as np


def relu_absolute(self, x):
    """|x|."""
    return abs(x), x


def relu_minimum(self, x):
    """min(x, 0)."""
    return np.minimum(x, 0), x


def relu_max_over_axis(self, x):
    """np.max, which takes 0 for an axis."""
    return np.max(x, 0), x


def relu_leaky(self, x):
    """0.01 x for negative x."""
    return np.where(x > 0, x, 0.01 * x), x


def relu_mask(self, x):
    """1 where x is positive."""
    return (x > 0).astype(float), x


def relu_mirrored(self, x):
    """max(-x, 0)."""
    return np.maximum(-x, 0), x


def relu_softplus(self, x):
    """log(1 + e^x)."""
    return np.log1p(np.exp(np.minimum(x, 500.0))), x


def relu_identity(self, x):
    """x."""
    return x * 1, x


def relu_picked(self, x):
    """Only the positive entries, in one row."""
    return x[x > 0], x


def relu_clipped(self, x):
    """Cut off at 1 as well."""
    return np.clip(x, 0, 1), x


def relu_first_entry(self, x):
    """np.vectorize, which takes the type of all results from the first."""
    return np.vectorize(lambda entry: max(0, entry))(x), x


def relu_backward_no_dout(self, dout, cache):
    """The mask alone."""
    return (cache > 0) * 1.0


def relu_backward_mask_on_dout(self, dout, cache):
    """Cut where dout is negative."""
    return np.where(dout >= 0, dout, 0)


def relu_backward_wrong_side(self, dout, cache):
    """Passes where x is negative."""
    return np.where(cache < 0, dout, 0)


def relu_backward_is_dout(self, dout, cache):
    """dout, unchanged."""
    return dout * 1.0


def relu_backward_returns_x(self, dout, cache):
    """x where it is positive."""
    return np.maximum(cache, 0)


def relu_backward_times_x(self, dout, cache):
    """dout times the output."""
    return dout * np.maximum(cache, 0)


def relu_backward_sign(self, dout, cache):
    """dout times the sign of x."""
    return dout * np.sign(cache)


def relu_backward_leaky(self, dout, cache):
    """0.01 dout for negative x."""
    return np.where(cache > 0, dout, 0.01 * dout)


def relu_backward_averaged(self, dout, cache):
    """Divided by N."""
    return np.where(cache > 0, dout, 0) / dout.shape[0]


def relu_backward_masks_twice(self, dout, cache):
    """Cut where x or dout is negative."""
    return np.where((cache > 0) & (dout > 0), dout, 0)


def relu_backward_picked(self, dout, cache):
    """Only the entries that pass, in one row."""
    return dout[cache > 0]


def relu_backward_picked_with_zeros(self, dout, cache):
    """The same, where what passes at zero is picked too."""
    return dout[cache >= 0]


def relu_backward_matrix_product(self, dout, cache):
    """A matrix product of dout and the mask."""
    return dout @ (cache > 0)


def relu_backward_first_entry(self, dout, cache):
    """np.vectorize, which takes the type of all results from the first."""
    return np.vectorize(lambda above, entry: above if entry > 0 else 0)(dout, cache)


def relu_backward_like_x(self, dout, cache):
    """Written into an array that holds integers where x does."""
    dx = np.zeros_like(cache)
    dx[cache > 0] = dout[cache > 0]
    return dx


def relu_backward_times_like_x(self, dout, cache):
    """The same, where dout cannot be multiplied into integers."""
    dx = np.zeros_like(cache)
    dx[cache > 0] = 1
    dx *= dout
    return dx


def relu_backward_dot(self, dout, cache):
    """The same for ReLU."""
    return np.dot(dout, cache > 0)


def relu_backward_inner(self, dout, cache):
    """The same with dout turned."""
    return np.dot(dout.T, cache > 0)


def relu_backward_outer(self, dout, cache):
    """The same with the mask turned."""
    return np.dot(dout, (cache > 0).T)
