"""Wrong ways to write the sigmoid, forward and backward.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each wrong in one way.
must not know: what is said about them; anything of the grader. They go through the wall as source, so they
stand alone with numpy.
"""

import numpy as np


def sigmoid_sign_of_exponent(self, x):
    """1 / (1 + e^x)."""
    out = 1.0 / (1.0 + np.exp(x))
    return out, out


def sigmoid_no_reciprocal(self, x):
    """1 + e^-x."""
    out = 1.0 + np.exp(-x)
    return out, out


def sigmoid_minus(self, x):
    """1 / (1 - e^-x)."""
    out = 1.0 / (1.0 - np.exp(-x))
    return out, out


def sigmoid_tanh(self, x):
    """tanh(x)."""
    out = np.tanh(x)
    return out, out


def sigmoid_centred(self, x):
    """2 s - 1."""
    out = 2.0 / (1.0 + np.exp(-x)) - 1.0
    return out, out


def sigmoid_exponential(self, x):
    """e^-x."""
    out = np.exp(-x)
    return out, out


def sigmoid_softmax(self, x):
    """softmax over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    out = e / e.sum(axis=-1, keepdims=True)
    return out, out


def sigmoid_softmax_of_all(self, x):
    """softmax over all entries."""
    e = np.exp(x)
    out = e / e.sum()
    return out, out


def sigmoid_softmax_of_columns(self, x):
    """softmax over axis 0."""
    e = np.exp(x)
    out = e / e.sum(axis=0)
    return out, out


def sigmoid_softmax_of_all_shifted(self, x):
    """The same, which stands large x."""
    e = np.exp(x - x.max())
    out = e / e.sum()
    return out, out


def sigmoid_softmax_of_columns_shifted(self, x):
    """The same, which stands large x."""
    e = np.exp(x - x.max(axis=0))
    out = e / e.sum(axis=0)
    return out, out


def sigmoid_softmax_plain(self, x):
    """softmax over the last axis, which is nan for a large x."""
    e = np.exp(x)
    out = e / e.sum(axis=-1, keepdims=True)
    return out, out


def sigmoid_overflow(self, x):
    """e^x / (1 + e^x), which is inf / inf for a large x."""
    out = np.exp(x) / (1.0 + np.exp(x))
    return out, out


def sigmoid_absolute(self, x):
    """The half for positive x, used everywhere."""
    out = 1.0 / (1.0 + np.exp(-abs(x)))
    return out, out


def sigmoid_derivative(self, x):
    """s (1 - s)."""
    s = 1.0 / (1.0 + np.exp(-x))
    out = s * (1.0 - s)
    return out, out


def sigmoid_complement(self, x):
    """1 + s."""
    out = 1.0 + 1.0 / (1.0 + np.exp(-x))
    return out, out


def sigmoid_integer_cast(self, x):
    """Results written into an array of x's own dtype."""
    out = np.zeros_like(x)
    out[...] = 1.0 / (1.0 + np.exp(-x))
    return out, out


def sigmoid_flattened(self, x):
    """The right numbers in one long row."""
    out = (1.0 / (1.0 + np.exp(-x))).reshape(-1)
    return out, out


def sigmoid_swapped(self, x):
    """x first, the value second."""
    out = 1.0 / (1.0 + np.exp(-x))
    return x, out


def sigmoid_backward_no_dout(self, dout, cache):
    """s (1 - s), without what comes from above."""
    return cache * (1.0 - cache)


def sigmoid_backward_sum(self, dout, cache):
    """A sum where the chain rule has a product."""
    return dout + cache * (1.0 - cache)


def sigmoid_keeping_x(self, x):
    """The value, and x as the cache."""
    return 1.0 / (1.0 + np.exp(-x)), x


def sigmoid_backward_from_x(self, dout, cache):
    """x (1 - x), x being what forward kept."""
    return dout * cache * (1.0 - cache)


def sigmoid_backward_only_s(self, dout, cache):
    """dout s."""
    return dout * cache


def sigmoid_backward_only_rest(self, dout, cache):
    """dout (1 - s)."""
    return dout * (1.0 - cache)


def sigmoid_backward_sign(self, dout, cache):
    """dout s (s - 1)."""
    return dout * cache * (cache - 1.0)


def sigmoid_backward_plus(self, dout, cache):
    """dout s (1 + s)."""
    return dout * cache * (1.0 + cache)


def sigmoid_backward_tanh(self, dout, cache):
    """dout (1 - s^2)."""
    return dout * (1.0 - cache**2)


def sigmoid_backward_twice(self, dout, cache):
    """The sigmoid taken once more, of the output."""
    s = 1.0 / (1.0 + np.exp(-cache))
    return dout * s * (1.0 - s)


def sigmoid_backward_one_minus_dout(self, dout, cache):
    """dout s (1 - dout)."""
    return dout * cache * (1.0 - dout)


def sigmoid_backward_averaged(self, dout, cache):
    """Divided by N."""
    return dout * cache * (1.0 - cache) / cache.shape[0]


def sigmoid_backward_total(self, dout, cache):
    """All entries added up."""
    return np.sum(dout * cache * (1.0 - cache))


def sigmoid_backward_matrix_product(self, dout, cache):
    """A matrix product of dout and the derivative."""
    return dout @ (cache * (1.0 - cache))


def sigmoid_backward_no_brackets(self, dout, cache):
    """dout s 1 - s."""
    return dout * cache * 1.0 - cache


def sigmoid_backward_overflow(self, dout, cache):
    """From x, by a form that is inf / inf for a large negative x."""
    e = np.exp(-cache)
    return dout * e / (1.0 + e) ** 2


def sigmoid_backward_is_dout(self, dout, cache):
    """dout, unchanged."""
    return dout


def sigmoid_backward_dot(self, dout, cache):
    """The matrix product by np.dot, which goes another way in three dimensions."""
    return np.dot(dout, cache * (1.0 - cache))


def sigmoid_backward_inner(self, dout, cache):
    """The same with dout turned."""
    return np.dot(dout.T, cache * (1.0 - cache))


def sigmoid_backward_outer(self, dout, cache):
    """The same with the derivative turned."""
    return np.dot(dout, (cache * (1.0 - cache)).T)
