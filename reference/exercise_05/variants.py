"""Other ways to write the six functions: two more right ones, and wrong ones that students hand in.

They run inside the sandbox, so they need nothing but numpy.
"""

import numpy as np


def zero_at_zero(self, dout, cache):
    """0 where x is an exact zero: the other end of what ReLU's derivative may be there."""
    return np.where(cache > 0, dout, 0)


def sums(dout, cache):
    """The sums over the batch: right where the loss takes the average."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)


def means(dout, cache):
    """The means over the batch, as the reference has them."""
    dx, dw, db = sums(dout, cache)
    return dx, dw / len(dout), db / len(dout)


def sigmoid_rising_exponent(self, x):
    """1 / (1 + e^x)."""
    out = 1.0 / (1.0 + np.exp(x))
    return out, out


def sigmoid_no_reciprocal(self, x):
    """1 + e^-x."""
    out = 1.0 + np.exp(-x)
    return out, out


def sigmoid_tanh(self, x):
    """tanh(x)."""
    out = np.tanh(x)
    return out, out


def softmax(self, x, axis=-1):
    """Softmax over the last axis."""
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    out = powers / powers.sum(axis=axis, keepdims=True)
    return out, out


def softmax_of_all(self, x):
    """Softmax over all entries."""
    return softmax(self, x, None)


def sigmoid_overflow(self, x):
    """e^x / (1 + e^x), which is inf / inf for a large x."""
    out = np.exp(x) / (1.0 + np.exp(x))
    return out, out


def sigmoid_keeping_x(self, x):
    """The right value, and x as the cache."""
    return 1.0 / (1.0 + np.exp(-x)), x


def sigmoid_backward_no_dout(self, dout, cache):
    """s (1 - s); with x as the cache, x (1 - x)."""
    return cache * (1.0 - cache)


def sigmoid_backward_same_formula(self, dout, cache):
    """The reference's formula, for a cache that holds x."""
    return dout * cache * (1.0 - cache)


def sigmoid_backward_only_s(self, dout, cache):
    """dout s."""
    return dout * cache


def sigmoid_backward_plus(self, dout, cache):
    """dout s (1 + s)."""
    return dout * cache * (1.0 + cache)


def sigmoid_backward_tanh(self, dout, cache):
    """dout (1 - s^2)."""
    return dout * (1.0 - cache**2)


def relu_absolute(self, x):
    """|x|."""
    return abs(x), x


def relu_minimum(self, x):
    """min(x, 0)."""
    return np.minimum(x, 0), x


def relu_max_over_axis(self, x):
    """np.max, which reads 0 as an axis."""
    return np.max(x, 0), x


def relu_leaky(self, x):
    """0.01 x for a negative x."""
    return np.where(x > 0, x, 0.01 * x), x


def relu_identity(self, x):
    """x."""
    return x * 1, x


def relu_first_entry(self, x):
    """np.vectorize, which takes the type of all results from the first one."""
    return np.vectorize(lambda entry: max(0, entry))(x), x


def relu_backward_no_dout(self, dout, cache):
    """The mask alone."""
    return (cache > 0) * 1.0


def relu_backward_mask_on_dout(self, dout, cache):
    """0 where dout is negative."""
    return np.where(dout >= 0, dout, 0)


def relu_backward_is_dout(self, dout, cache):
    """dout, unchanged."""
    return dout * 1.0


def relu_backward_sign(self, dout, cache):
    """dout times the sign of x."""
    return dout * np.sign(cache)


def relu_backward_picked(self, dout, cache):
    """The entries that pass, in one row."""
    return dout[cache > 0]


def relu_backward_first_entry(self, dout, cache):
    """np.vectorize, which takes the type of all results from the first one."""
    return np.vectorize(lambda above, entry: above if entry > 0 else 0)(dout, cache)


def affine_no_bias(x, w, b):
    """x w, without b."""
    return x.reshape(x.shape[0], -1) @ w, (x, w, b)


def affine_no_flatten(x, w, b):
    """x w + b with x as it is."""
    return x @ w + b, (x, w, b)


def averages_dx(dout, cache):
    """dx divided by N as well."""
    dx, dw, db = means(dout, cache)
    return dx / len(dout), dw, db


def sums_dw(dout, cache):
    """dw summed, db averaged."""
    dx, dw, db = sums(dout, cache)
    return dx, dw, db / len(dout)


def sums_db(dout, cache):
    """dw averaged, db summed."""
    dx, dw, db = sums(dout, cache)
    return dx, dw / len(dout), db


def flat_dx(dout, cache, of=means):
    """dx left as rows."""
    dx, dw, db = of(dout, cache)
    return dx.reshape(len(dx), -1), dw, db


def flat_dx_and_sums(dout, cache):
    """The same with sums."""
    return flat_dx(dout, cache, sums)


def dw_transposed(dout, cache):
    """dw as (M, D)."""
    dx, dw, db = means(dout, cache)
    return dx, dw.T, db


def db_keeps_axis(dout, cache, of=means):
    """db as (1, M)."""
    dx, dw, db = of(dout, cache)
    return dx, dw, db[np.newaxis]


def db_keeps_axis_and_sums(dout, cache):
    """The same with sums."""
    return db_keeps_axis(dout, cache, sums)


def db_mean_of_all(dout, cache):
    """db as one number, the mean of dout."""
    dx, dw, _ = means(dout, cache)
    return dx, dw, dout.mean()


def db_sum_of_all(dout, cache):
    """db as one number, the sum of dout."""
    dx, dw, _ = sums(dout, cache)
    return dx, dw, dout.sum()


def db_sum_of_all_by_count(dout, cache):
    """db as one number, the sum of dout divided by N."""
    dx, dw, _ = means(dout, cache)
    return dx, dw, dout.sum() / len(dout)


def dw_first(dout, cache, of=means):
    """dw, dx, db."""
    dx, dw, db = of(dout, cache)
    return dw, dx, db


def dw_first_and_sums(dout, cache):
    """The same with sums."""
    return dw_first(dout, cache, sums)


def dw_of_images(dout, cache):
    """dw from x as it is."""
    dx, _, db = means(dout, cache)
    return dx, cache[0].T @ dout / len(dout), db


def last_example(dout, cache):
    """What the last example contributes to dw and db."""
    dx, _, _ = sums(dout, cache)
    return dx, np.outer(cache[0][-1], dout[-1]), dout[-1]


def last_example_by_count(dout, cache):
    """The same divided by N."""
    dx, dw, db = last_example(dout, cache)
    return dx, dw / len(dout), db / len(dout)


def last_example_in_dw(dout, cache):
    """The same for dw alone, divided by N."""
    _, dw, _ = last_example_by_count(dout, cache)
    dx, _, db = means(dout, cache)
    return dx, dw, db
