"""Wrong functions that students are known to write, and the other right ones, with what to say about them.

takes: numpy arrays, like the functions that these stand in for.
gives: `MISTAKES`, and the functions of the accepted alternatives.
must not know: anything of the grader but `grader.assignment`. The functions go through the wall as source, so
they stand alone with numpy.

A sentence says what was done and why it is wrong; the next step is one thing to do. `grader compile` refuses a
mistake that no case tells from a right answer or from another mistake.
"""

from fractions import Fraction

import numpy as np

from grader.assignment import Mistake

# ---- accepted alternatives -----------------------------------------------------------------------------------


def affine_backward_sums(dout, cache):
    """The sums over the batch: right where the loss takes the average."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)


def relu_backward_zero_at_zero(self, dout, cache):
    """The other end of what ReLU's derivative may be at zero."""
    return np.where(cache > 0, dout, 0)


# ---- Sigmoid.forward ------------------------------------------------------------------------------------------


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


# ---- Sigmoid.backward -----------------------------------------------------------------------------------------


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


# ---- Relu.forward ---------------------------------------------------------------------------------------------


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


# ---- Relu.backward --------------------------------------------------------------------------------------------


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


# ---- affine_forward -------------------------------------------------------------------------------------------


def affine_no_bias(x, w, b):
    """x w, without b."""
    return x.reshape(x.shape[0], -1) @ w, (x, w, b)


def affine_minus_bias(x, w, b):
    """x w - b."""
    return x.reshape(x.shape[0], -1) @ w - b, (x, w, b)


def affine_bias_twice(x, w, b):
    """x w + 2 b."""
    return x.reshape(x.shape[0], -1) @ w + b + b, (x, w, b)


def affine_total_bias(x, w, b):
    """x w plus the sum of b."""
    return x.reshape(x.shape[0], -1) @ w + b.sum(), (x, w, b)


def affine_w_transposed(x, w, b):
    """x w^T."""
    return x.reshape(x.shape[0], -1) @ w.T + b, (x, w, b)


def affine_no_flatten(x, w, b):
    """x w, without reading examples as rows."""
    return x @ w + b, (x, w, b)


def affine_flatten_columns(x, w, b):
    """Examples read as columns."""
    return x.reshape(-1, x.shape[0]).T @ w + b, (x, w, b)


def affine_flatten_fortran(x, w, b):
    """Examples read in column order."""
    return x.reshape(x.shape[0], -1, order="F") @ w + b, (x, w, b)


def affine_averaged(x, w, b):
    """Divided by N."""
    return x.reshape(x.shape[0], -1) @ w / x.shape[0] + b, (x, w, b)


def affine_scaled(x, w, b):
    """Divided by D."""
    return x.reshape(x.shape[0], -1) @ w / w.shape[0] + b, (x, w, b)


def affine_with_relu(x, w, b):
    """A ReLU behind the layer."""
    return np.maximum(x.reshape(x.shape[0], -1) @ w + b, 0), (x, w, b)


def affine_bias_inside(x, w, b):
    """(x + mean of b) w."""
    rows = x.reshape(x.shape[0], -1)
    return (rows + b.mean()) @ w, (x, w, b)


def affine_product_of_bias(x, w, b):
    """x w times b."""
    return (x.reshape(x.shape[0], -1) @ w) * b, (x, w, b)


# ---- affine_backward ------------------------------------------------------------------------------------------


def affine_backward_averages_dx(dout, cache):
    """1/N on dx too."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape) / count
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_sums_dw(dout, cache):
    """dw summed, db averaged."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_sums_db(dout, cache):
    """dw averaged, db summed."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.sum(axis=0)
    return dx, dw, db


def affine_backward_flat_dx(dout, cache):
    """dx left in rows."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = dout @ w.T
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_dw_transposed(dout, cache):
    """dw as (M, D)."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = dout.T @ rows / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_keepdims(dout, cache):
    """db as (1, M)."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean(axis=0, keepdims=True)
    return dx, dw, db


def affine_backward_db_other_axis(dout, cache):
    """db over the outputs."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean(axis=1)
    return dx, dw, db


def affine_backward_db_total(dout, cache):
    """db as one number."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean()
    return dx, dw, db


def affine_backward_db_not_reduced(dout, cache):
    """dout for db."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout
    return dx, dw, db


def affine_backward_dw_by_outputs(dout, cache):
    """dw divided by M."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / dout.shape[1]
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_dw_by_inputs(dout, cache):
    """dw divided by D."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / w.shape[0]
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_by_size(dout, cache):
    """dw and db divided by N M."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / dout.size
    db = dout.sum(axis=0) / dout.size
    return dx, dw, db


def affine_backward_twice(dout, cache):
    """dw and db averaged twice."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count**2
    db = dout.mean(axis=0) / count
    return dx, dw, db


def affine_backward_dx_untransposed(dout, cache):
    """dx by w instead of w^T."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_swapped(dout, cache):
    """dw before dx."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dw, dx, db


def affine_backward_swapped_db(dout, cache):
    """db before dw."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dx, db, dw


def affine_backward_dw_no_dout(dout, cache):
    """dw without dout."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ np.ones_like(dout) / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_dw_no_flatten(dout, cache):
    """dw from x as it is."""
    x, w, _ = cache
    count = x.shape[0]
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.T @ dout / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_db_is_b(dout, cache):
    """b for db."""
    x, w, b = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout / count
    db = b * 1.0
    return dx, dw, db


def affine_backward_dx_no_w(dout, cache):
    """dx from the wrong product."""
    x, _, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout.sum(axis=1, keepdims=True) * np.ones_like(rows)).reshape(x.shape)
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_minus(dout, cache):
    """All signs turned."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = -(dout @ w.T).reshape(x.shape)
    dw = -(rows.T @ dout) / count
    db = -dout.mean(axis=0)
    return dx, dw, db


def affine_backward_dx_fortran(dout, cache):
    """dx put back in column order."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape, order="F")
    dw = rows.T @ dout / count
    db = dout.mean(axis=0)
    return dx, dw, db


def affine_backward_averages_all_sums(dout, cache):
    """dx averaged, dw and db summed."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape) / count
    dw = rows.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


# ---- the same beside the other convention: dw and db summed over the batch -------------------------------------


def _summed(mistake, dout, cache):
    """A mistake's dx, and its dw and db times N."""
    dx, dw, db = mistake(dout, cache)
    return dx, dw * len(dout), db * len(dout)


def sums_flat_dx(dout, cache):
    """dx left in rows."""
    return _summed(affine_backward_flat_dx, dout, cache)


def sums_dw_transposed(dout, cache):
    """dw as (M, D)."""
    return _summed(affine_backward_dw_transposed, dout, cache)


def sums_keepdims(dout, cache):
    """db as (1, M)."""
    return _summed(affine_backward_keepdims, dout, cache)


def sums_db_other_axis(dout, cache):
    """db over the outputs."""
    dx, dw, _ = affine_backward_sums(dout, cache)
    return dx, dw, dout.sum(axis=1)


def sums_db_total(dout, cache):
    """db as one number."""
    dx, dw, _ = affine_backward_sums(dout, cache)
    return dx, dw, dout.sum()


def averages_db_total_by_count(dout, cache):
    """db as one number, divided by N."""
    dx, dw, _ = affine_backward_db_total(dout, cache)
    return dx, dw, dout.sum() / len(dout)


def averages_db_total_sum(dout, cache):
    """db as one number, not divided at all."""
    dx, dw, _ = affine_backward_db_total(dout, cache)
    return dx, dw, dout.sum()


def sums_db_mean(dout, cache):
    """db as one number, the mean, beside a dw that is summed."""
    dx, dw, _ = affine_backward_sums(dout, cache)
    return dx, dw, dout.mean()


def sums_db_not_reduced(dout, cache):
    """dout for db."""
    dx, dw, _ = affine_backward_sums(dout, cache)
    return dx, dw, dout


def averages_db_rows(dout, cache):
    """dout / N for db."""
    dx, dw, _ = affine_backward_db_not_reduced(dout, cache)
    return dx, dw, dout / len(dout)


def sums_dx_untransposed(dout, cache):
    """dx by w instead of w^T."""
    return _summed(affine_backward_dx_untransposed, dout, cache)


def sums_swapped(dout, cache):
    """dw before dx."""
    dx, dw, db = affine_backward_sums(dout, cache)
    return dw, dx, db


def sums_swapped_db(dout, cache):
    """db before dw."""
    dx, dw, db = affine_backward_sums(dout, cache)
    return dx, db, dw


def sums_dw_no_dout(dout, cache):
    """dw without dout."""
    return _summed(affine_backward_dw_no_dout, dout, cache)


def sums_dw_no_flatten(dout, cache):
    """dw from x as it is."""
    return _summed(affine_backward_dw_no_flatten, dout, cache)


def sums_db_is_b(dout, cache):
    """b for db."""
    dx, dw, _ = affine_backward_sums(dout, cache)
    return dx, dw, cache[2] * 1.0


def sums_dx_no_w(dout, cache):
    """dx from the wrong product."""
    return _summed(affine_backward_dx_no_w, dout, cache)


def sums_minus(dout, cache):
    """All signs turned."""
    return _summed(affine_backward_minus, dout, cache)


def sums_dx_fortran(dout, cache):
    """dx put back in column order."""
    return _summed(affine_backward_dx_fortran, dout, cache)


# ---- other spellings -------------------------------------------------------------------------------------------


def sigmoid_backward_dot(self, dout, cache):
    """The matrix product by np.dot, which goes another way in three dimensions."""
    return np.dot(dout, cache * (1.0 - cache))


def sigmoid_backward_inner(self, dout, cache):
    """The same with dout turned."""
    return np.dot(dout.T, cache * (1.0 - cache))


def sigmoid_backward_outer(self, dout, cache):
    """The same with the derivative turned."""
    return np.dot(dout, (cache * (1.0 - cache)).T)


def relu_backward_dot(self, dout, cache):
    """The same for ReLU."""
    return np.dot(dout, cache > 0)


def relu_backward_inner(self, dout, cache):
    """The same with dout turned."""
    return np.dot(dout.T, cache > 0)


def relu_backward_outer(self, dout, cache):
    """The same with the mask turned."""
    return np.dot(dout, (cache > 0).T)


MISTAKES = (
    Mistake(
        "sign of the exponent",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_sign_of_exponent},
        "The exponent has the wrong sign: this is 1/(1 + e^x), which falls where the sigmoid rises.",
        "Use np.exp(-x): a large positive x must give a value near 1.",
    ),
    Mistake(
        "no reciprocal",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_no_reciprocal},
        "This is 1 + e^-x itself; the sigmoid is one divided by that. In `1 / 1 + e` only the first 1 is divided.",
        "Put brackets round the denominator: 1 / (1 + np.exp(-x)). All values must lie between 0 and 1.",
    ),
    Mistake(
        "minus in the denominator",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_minus},
        "The denominator is 1 - e^-x; the sigmoid has a plus there. With a minus, it has no value at x = 0.",
        "Write 1 + np.exp(-x) below the line, and check that x = 0 gives 0.5.",
    ),
    Mistake(
        "tanh instead of sigmoid",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_tanh},
        "This is tanh, which runs from -1 to 1; the sigmoid runs from 0 to 1.",
        "Use 1 / (1 + e^-x), or (1 + np.tanh(x / 2)) / 2, which is the same.",
    ),
    Mistake(
        "stretched to -1 and 1",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_centred},
        "The values run from -1 to 1: this is 2 s - 1.",
        "Leave out the factor 2 and the -1.",
    ),
    Mistake(
        "exponential alone",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_exponential},
        "This is e^-x alone; the sigmoid is 1 / (1 + e^-x).",
        "Add 1, then take the reciprocal.",
    ),
    Mistake(
        "softmax instead of sigmoid",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_softmax},
        "The entries share one sum: this is softmax. The sigmoid treats every entry by itself.",
        "Apply 1 / (1 + e^-x) to each entry, with no sum.",
        also=(
            {"Sigmoid.forward": sigmoid_softmax_of_all},
            {"Sigmoid.forward": sigmoid_softmax_of_columns},
            {"Sigmoid.forward": sigmoid_softmax_plain},
            {"Sigmoid.forward": sigmoid_softmax_of_all_shifted},
            {"Sigmoid.forward": sigmoid_softmax_of_columns_shifted},
        ),
    ),
    Mistake(
        "overflow to nan",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_overflow},
        "The formula e^x/(1 + e^x) is right on paper, but for x above 709 it is inf/inf, which is nan.",
        "Use 1 / (1 + np.exp(-x)): there a large exponent ends in 0, not in nan.",
    ),
    Mistake(
        "no half for negative x",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_absolute},
        "Negative x gives the value of |x|: all results are at least 0.5.",
        "Take the sign of x into account: s(-x) = 1 - s(x).",
    ),
    Mistake(
        "derivative instead of value",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_derivative},
        "This is the derivative s(1 - s); forward returns the value s.",
        "Return s itself, and keep the derivative for backward.",
    ),
    Mistake(
        "one too many",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_complement},
        "Every value is 1 too large.",
        "Take the 1 that stands outside the fraction away.",
    ),
    Mistake(
        "integer cast",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_integer_cast},
        "Results are written into an array made like x. Where x holds integers, so does it, and fractions are cut off.",
        "Make the array with np.zeros(x.shape), which holds floats.",
    ),
    Mistake(
        "flattened",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_flattened},
        "The numbers are right, but they come in one long row; out must have the shape of x.",
        "Leave the reshape or flatten out: np.exp works on any shape.",
    ),
    Mistake(
        "results in the wrong order",
        "Sigmoid.forward",
        {"Sigmoid.forward": sigmoid_swapped},
        "The first thing returned is x itself: either nothing is computed, or out and cache are swapped.",
        "Return out first, then cache.",
    ),
    Mistake(
        "dout forgotten",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_no_dout},
        "The derivative s(1 - s) is right, but dout is not used: the chain rule multiplies the two.",
        "Multiply by dout, entry by entry.",
    ),
    Mistake(
        "sum instead of product",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_sum},
        "dout is added to the derivative; the chain rule multiplies them.",
        "Write dout * s * (1 - s).",
    ),
    Mistake(
        "derivative from x",
        "Sigmoid.backward",
        {"Sigmoid.forward": sigmoid_keeping_x, "Sigmoid.backward": sigmoid_backward_from_x},
        "The formula s(1 - s) is used with x in the place of s: the cache holds x, not the sigmoid of x.",
        "Keep the output of forward in the cache, or compute s from x first.",
    ),
    Mistake(
        "factor 1 - s missing",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_only_s},
        "This is dout * s; the factor (1 - s) is missing.",
        "Multiply by (1 - s) too.",
    ),
    Mistake(
        "factor s missing",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_only_rest},
        "This is dout * (1 - s); the factor s is missing.",
        "Multiply by s too.",
    ),
    Mistake(
        "sign of the derivative",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_sign},
        "Every entry has the wrong sign: s(s - 1) instead of s(1 - s).",
        "Turn the bracket round. The sigmoid rises everywhere, so its derivative is positive.",
    ),
    Mistake(
        "plus instead of minus",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_plus},
        "This is dout * s * (1 + s); the derivative is s(1 - s).",
        "Use a minus in the bracket: where s is near 1, the derivative is near 0.",
    ),
    Mistake(
        "derivative of tanh",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_tanh},
        "1 - s^2 is the derivative of tanh; that of the sigmoid is s(1 - s).",
        "Use s * (1 - s).",
    ),
    Mistake(
        "sigmoid taken twice",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_twice},
        "The sigmoid is taken of what the cache holds, but that is the sigmoid's output already.",
        "Use the cache as it is, or keep x in it.",
    ),
    Mistake(
        "1 - dout instead of 1 - s",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_one_minus_dout},
        "The bracket holds 1 - dout; it must hold 1 - s.",
        "Take s from the cache in both factors.",
    ),
    Mistake(
        "averaged over the batch",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_averaged},
        "All is divided by the size of the batch. A non-linearity has no weights, so there is nothing to average.",
        "Take the division out.",
    ),
    Mistake(
        "summed to one number",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_total},
        "The entries are added up to one number; dx needs one for each entry of x.",
        "Leave np.sum out.",
    ),
    Mistake(
        "matrix product",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_matrix_product},
        "dout and the derivative are multiplied as matrices; here each entry meets its own entry only.",
        "Use * instead of @ or np.dot.",
        also=(
            {"Sigmoid.backward": sigmoid_backward_dot},
            {"Sigmoid.backward": sigmoid_backward_inner},
            {"Sigmoid.backward": sigmoid_backward_outer},
        ),
    ),
    Mistake(
        "brackets missing",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_no_brackets},
        "This is (dout * s * 1) - s: a product is taken before a difference, so s is subtracted at the end.",
        "Put brackets round 1 - s.",
    ),
    Mistake(
        "overflow to nan in backward",
        "Sigmoid.backward",
        {"Sigmoid.forward": sigmoid_keeping_x, "Sigmoid.backward": sigmoid_backward_overflow},
        "The form e^-x/(1 + e^-x)^2 is right on paper, but for x below -709 it is inf/inf, which is nan.",
        "Use s * (1 - s) with the output of forward: nothing there can overflow.",
    ),
    Mistake(
        "dout handed back",
        "Sigmoid.backward",
        {"Sigmoid.backward": sigmoid_backward_is_dout},
        "dout comes back unchanged: the derivative of the sigmoid is not in it.",
        "Multiply by s * (1 - s).",
    ),
    Mistake(
        "absolute value",
        "Relu.forward",
        {"Relu.forward": relu_absolute},
        "Negative entries are mirrored; ReLU makes them zero.",
        "Compare each entry with 0 and keep the larger: np.maximum.",
    ),
    Mistake(
        "minimum instead of maximum",
        "Relu.forward",
        {"Relu.forward": relu_minimum},
        "The negative entries are kept and the positive ones made zero: the wrong way round.",
        "Use np.maximum(x, 0).",
    ),
    Mistake(
        "np.max for np.maximum",
        "Relu.forward",
        {"Relu.forward": relu_max_over_axis},
        "np.max(x, 0) takes the largest entry along axis 0; the 0 is read as an axis.",
        "Use np.maximum(x, 0), which compares every entry with 0.",
    ),
    Mistake(
        "leaky",
        "Relu.forward",
        {"Relu.forward": relu_leaky},
        "Negative entries become 0.01 x: this is leaky ReLU. ReLU makes them exactly zero.",
        "Replace the negative branch by 0.",
    ),
    Mistake(
        "mask instead of values",
        "Relu.forward",
        {"Relu.forward": relu_mask},
        "The result is 1 where x is positive: that is the mask, which backward needs. Forward returns x there.",
        "Multiply the mask by x, or use np.maximum.",
    ),
    Mistake(
        "sign of x",
        "Relu.forward",
        {"Relu.forward": relu_mirrored},
        "This is max(-x, 0): the sign of x is turned round.",
        "Take the minus away.",
    ),
    Mistake(
        "softplus",
        "Relu.forward",
        {"Relu.forward": relu_softplus},
        "This is softplus, log(1 + e^x), a smooth relative of ReLU.",
        "Use np.maximum(x, 0).",
    ),
    Mistake(
        "nothing done",
        "Relu.forward",
        {"Relu.forward": relu_identity},
        "x comes back as it was; the negative entries must become zero.",
        "Use np.maximum(x, 0) and return that first: are out and cache swapped?",
    ),
    Mistake(
        "negative entries dropped",
        "Relu.forward",
        {"Relu.forward": relu_picked},
        "x[x > 0] picks out the positive entries, so the others are gone and the shape is lost.",
        "Keep all entries: np.where(x > 0, x, 0).",
    ),
    Mistake(
        "cut off at 1",
        "Relu.forward",
        {"Relu.forward": relu_clipped},
        "Values above 1 are cut off; ReLU has no upper end.",
        "Use np.maximum(x, 0) instead of a clip to [0, 1].",
    ),
    Mistake(
        "type of the first entry",
        "Relu.forward",
        {"Relu.forward": relu_first_entry},
        "np.vectorize takes the type of all results from the first: where x begins with a negative, that is an "
        "integer 0, and all others are cut to integers.",
        "Give it otypes=[float], or use np.maximum(x, 0), which needs no loop.",
        credit=Fraction(1, 2),
    ),
    Mistake(
        "dout forgotten in Relu.backward",
        "Relu.backward",
        {"Relu.backward": relu_backward_no_dout},
        "This gives the mask of ones and zeros; the gradient from above, dout, is not in it.",
        "Multiply dout by the mask.",
    ),
    Mistake(
        "mask on dout",
        "Relu.backward",
        {"Relu.backward": relu_backward_mask_on_dout},
        "The gradient is cut where dout is negative. What counts is where x was negative in forward.",
        "Build the mask from x, which forward must have put in the cache.",
    ),
    Mistake(
        "wrong side of the mask",
        "Relu.backward",
        {"Relu.backward": relu_backward_wrong_side},
        "The gradient passes where x was negative and stops where it was positive: the wrong way round.",
        "Turn the comparison round.",
    ),
    Mistake(
        "nothing masked",
        "Relu.backward",
        {"Relu.backward": relu_backward_is_dout},
        "dout comes back unchanged. If the mask is taken from forward's output with >= 0, it is true everywhere.",
        "Make dx zero where x was negative; with the output in the cache, use > 0.",
    ),
    Mistake(
        "forward once more",
        "Relu.backward",
        {"Relu.backward": relu_backward_returns_x},
        "This is forward's result again; dx is dout where x was positive.",
        "Put dout, not x, where the mask is true.",
    ),
    Mistake(
        "multiplied by the output",
        "Relu.backward",
        {"Relu.backward": relu_backward_times_x},
        "dout is multiplied by max(x, 0); the derivative of ReLU is 1 there, not x.",
        "Multiply by the mask (x > 0) instead.",
    ),
    Mistake(
        "sign instead of mask",
        "Relu.backward",
        {"Relu.backward": relu_backward_sign},
        "Where x is negative the result is -dout; ReLU's derivative is 0 there, not -1.",
        "Use (x > 0), which is 0 or 1, instead of np.sign.",
    ),
    Mistake(
        "leaky gradient",
        "Relu.backward",
        {"Relu.backward": relu_backward_leaky},
        "Where x is negative 0.01 dout passes: this is leaky ReLU's gradient.",
        "Let nothing pass there.",
    ),
    Mistake(
        "averaged over the batch in Relu.backward",
        "Relu.backward",
        {"Relu.backward": relu_backward_averaged},
        "All is divided by the size of the batch. A non-linearity has no weights, so there is nothing to average.",
        "Take the division out.",
    ),
    Mistake(
        "negative gradients dropped",
        "Relu.backward",
        {"Relu.backward": relu_backward_masks_twice},
        "Negative entries of dout are lost as well. Only the sign of x decides; a gradient may well be negative.",
        "Leave dout out of the condition.",
    ),
    Mistake(
        "entries dropped in Relu.backward",
        "Relu.backward",
        {"Relu.backward": relu_backward_picked},
        "dout[mask] picks out what passes, so the zeros in between are gone and the shape is lost.",
        "Keep all entries, and make those zero that do not pass: multiply by the mask, or use np.where.",
        also=({"Relu.backward": relu_backward_picked_with_zeros},),
    ),
    Mistake(
        "matrix product in Relu.backward",
        "Relu.backward",
        {"Relu.backward": relu_backward_matrix_product},
        "dout and the mask are multiplied as matrices; here each entry meets its own entry only.",
        "Use * instead of @ or np.dot.",
        also=(
            {"Relu.backward": relu_backward_dot},
            {"Relu.backward": relu_backward_inner},
            {"Relu.backward": relu_backward_outer},
        ),
    ),
    Mistake(
        "type of the first entry in Relu.backward",
        "Relu.backward",
        {"Relu.backward": relu_backward_first_entry},
        "np.vectorize takes the type of all results from the first: where x begins with a negative, that is an "
        "integer 0, and all others are cut to integers.",
        "Give it otypes=[float], or multiply dout by the mask, which needs no loop.",
        credit=Fraction(1, 2),
    ),
    Mistake(
        "bias forgotten",
        "affine_forward",
        {"affine_forward": affine_no_bias},
        "The product of x and w is right, but b is never added.",
        "Add b: it has one entry for each output, and numpy adds it to every row.",
    ),
    Mistake(
        "bias subtracted",
        "affine_forward",
        {"affine_forward": affine_minus_bias},
        "b is subtracted; it is to be added.",
        "Write + b.",
    ),
    Mistake(
        "bias added twice",
        "affine_forward",
        {"affine_forward": affine_bias_twice},
        "b is added twice.",
        "Add it once, after the product.",
    ),
    Mistake(
        "sum of the bias added",
        "affine_forward",
        {"affine_forward": affine_total_bias},
        "The sum of b is added to every entry; each output has a b of its own.",
        "Add b as it is: numpy lines it up with the columns.",
    ),
    Mistake(
        "w transposed",
        "affine_forward",
        {"affine_forward": affine_w_transposed},
        "x is multiplied by the transpose of w. That runs only where w is square, and is wrong there too.",
        "w has shape (D, M) already: x @ w.",
    ),
    Mistake(
        "flatten lost",
        "affine_forward",
        {"affine_forward": affine_no_flatten},
        "x is multiplied as it is. An example with more dimensions must be read as one row first.",
        "Reshape x to (N, D) first: x.reshape(x.shape[0], -1).",
    ),
    Mistake(
        "examples mixed up",
        "affine_forward",
        {"affine_forward": affine_flatten_columns},
        "The reshape to (D, N) and back mixes the entries of different examples.",
        "Keep the first axis: x.reshape(x.shape[0], -1) puts each example in its own row.",
    ),
    Mistake(
        "column order",
        "affine_forward",
        {"affine_forward": affine_flatten_fortran},
        "The entries of an example are read in column order (order='F'), so they meet the wrong weights.",
        "Leave the order out: numpy's default is the one that is meant.",
    ),
    Mistake(
        "averaged over the batch in affine_forward",
        "affine_forward",
        {"affine_forward": affine_averaged},
        "The product is divided by the size of the batch; in forward nothing is averaged.",
        "Take the division out.",
    ),
    Mistake(
        "divided by D",
        "affine_forward",
        {"affine_forward": affine_scaled},
        "The product is divided by D, the number of inputs: a mean where a sum is due.",
        "Use the plain product.",
    ),
    Mistake(
        "ReLU applied as well",
        "affine_forward",
        {"affine_forward": affine_with_relu},
        "Negative outputs are made zero: there is a ReLU behind the layer. The layer itself has none.",
        "Return the sum as it is.",
    ),
    Mistake(
        "bias added to x",
        "affine_forward",
        {"affine_forward": affine_bias_inside},
        "The bias is added before the product; it belongs behind it, one entry for each output.",
        "Multiply first, then add b.",
    ),
    Mistake(
        "multiplied by the bias",
        "affine_forward",
        {"affine_forward": affine_product_of_bias},
        "The product is multiplied by b; b is to be added.",
        "Write + b.",
    ),
    Mistake(
        "dx averaged too",
        "affine_backward",
        {"affine_backward": affine_backward_averages_dx},
        "dx is divided by N as well. Each example has its own row of dx, so there is nothing to average there.",
        "Divide dw and db by N, and leave dx alone.",
    ),
    Mistake(
        "dw not averaged",
        "affine_backward",
        {"affine_backward": affine_backward_sums_dw},
        "dw is summed over the batch but db is averaged. Either convention is right; mixing the two is not.",
        "Treat both alike: divide dw by N too, or leave the sum in db as well.",
    ),
    Mistake(
        "db not averaged",
        "affine_backward",
        {"affine_backward": affine_backward_sums_db},
        "db is summed over the batch but dw is averaged. Either convention is right; mixing the two is not.",
        "Treat both alike: divide db by N too, or leave the sum in dw as well.",
    ),
    Mistake(
        "no reshape back",
        "affine_backward",
        {"affine_backward": affine_backward_flat_dx},
        "dx has one row for each example; where x has more dimensions, it must get the shape of x back.",
        "End with dx.reshape(x.shape).",
        also=({"affine_backward": sums_flat_dx},),
    ),
    Mistake(
        "dw transposed",
        "affine_backward",
        {"affine_backward": affine_backward_dw_transposed},
        "dw comes transposed, as (M, D); it must have the shape of w, (D, M).",
        "Turn the product round: rows.T @ dout.",
        also=({"affine_backward": sums_dw_transposed},),
    ),
    Mistake(
        "db keeps its axis",
        "affine_backward",
        {"affine_backward": affine_backward_keepdims},
        "db has shape (1, M); it must be (M,), like b.",
        "Leave keepdims out, or what else adds the axis: a comma at the end of the line does, too.",
        also=({"affine_backward": sums_keepdims},),
    ),
    Mistake(
        "db over the wrong axis",
        "affine_backward",
        {"affine_backward": affine_backward_db_other_axis},
        "db goes over axis 1, the outputs; it must go over axis 0, the examples.",
        "Use axis=0: one number for each output is left.",
        also=({"affine_backward": sums_db_other_axis},),
    ),
    Mistake(
        "db as one number",
        "affine_backward",
        {"affine_backward": affine_backward_db_total},
        "db is one number, made of all of dout; it needs one entry for each output.",
        "Give the sum or the mean an axis: axis=0.",
        also=(
            {"affine_backward": sums_db_total},
            {"affine_backward": averages_db_total_by_count},
            {"affine_backward": averages_db_total_sum},
            {"affine_backward": sums_db_mean},
        ),
    ),
    Mistake(
        "db not reduced",
        "affine_backward",
        {"affine_backward": affine_backward_db_not_reduced},
        "db still has a row for each example, as dout has; the rows must be summed or averaged.",
        "Take the mean (or the sum) over axis 0.",
        also=({"affine_backward": sums_db_not_reduced}, {"affine_backward": averages_db_rows}),
    ),
    Mistake(
        "dw divided by M",
        "affine_backward",
        {"affine_backward": affine_backward_dw_by_outputs},
        "dw is divided by M, the number of outputs; it is averaged over the N examples.",
        "Divide by x.shape[0].",
    ),
    Mistake(
        "dw divided by D",
        "affine_backward",
        {"affine_backward": affine_backward_dw_by_inputs},
        "dw is divided by D, the number of inputs; it is averaged over the N examples.",
        "Divide by x.shape[0].",
    ),
    Mistake(
        "divided by all of dout",
        "affine_backward",
        {"affine_backward": affine_backward_by_size},
        "dw and db are divided by dout.size, which is N times M; only the N examples are averaged.",
        "Divide by dout.shape[0].",
    ),
    Mistake(
        "averaged twice",
        "affine_backward",
        {"affine_backward": affine_backward_twice},
        "dw and db are divided by N twice.",
        "Divide once: either take the mean or divide the sum, not both.",
    ),
    Mistake(
        "w not transposed in dx",
        "affine_backward",
        {"affine_backward": affine_backward_dx_untransposed},
        "dx uses w where its transpose is due. That runs only where w is square, and is wrong there too.",
        "Write dout @ w.T: (N, M) times (M, D) gives (N, D).",
        also=({"affine_backward": sums_dx_untransposed},),
    ),
    Mistake(
        "dx and dw in the wrong order",
        "affine_backward",
        {"affine_backward": affine_backward_swapped},
        "All three gradients are there, but dw comes before dx.",
        "Return dx, dw, db in this order.",
        credit=Fraction(1, 2),
        also=({"affine_backward": sums_swapped},),
    ),
    Mistake(
        "dw and db in the wrong order",
        "affine_backward",
        {"affine_backward": affine_backward_swapped_db},
        "All three gradients are there, but db comes before dw.",
        "Return dx, dw, db in this order.",
        credit=Fraction(1, 2),
        also=({"affine_backward": sums_swapped_db},),
    ),
    Mistake(
        "dout forgotten in dw",
        "affine_backward",
        {"affine_backward": affine_backward_dw_no_dout},
        "dw does not depend on dout: it is made of x alone, the same in every column.",
        "Multiply rows.T by dout.",
        also=({"affine_backward": sums_dw_no_dout},),
    ),
    Mistake(
        "flatten lost in dw",
        "affine_backward",
        {"affine_backward": affine_backward_dw_no_flatten},
        "dw is made of x as it is. An example with more dimensions must be read as one row here too, as in forward.",
        "Reshape x to (N, D) before it is transposed.",
        also=({"affine_backward": sums_dw_no_flatten},),
    ),
    Mistake(
        "b instead of its gradient",
        "affine_backward",
        {"affine_backward": affine_backward_db_is_b},
        "db is b itself, not its gradient.",
        "db is the mean (or the sum) of dout over the examples.",
        also=({"affine_backward": sums_db_is_b},),
    ),
    Mistake(
        "w forgotten in dx",
        "affine_backward",
        {"affine_backward": affine_backward_dx_no_w},
        "dx does not depend on w: every entry of a row is the same.",
        "Multiply dout by w.T.",
        also=({"affine_backward": sums_dx_no_w},),
    ),
    Mistake(
        "all signs turned",
        "affine_backward",
        {"affine_backward": affine_backward_minus},
        "All three gradients have the wrong sign. Gradient descent subtracts them later; backward does not.",
        "Take the minus away.",
        also=({"affine_backward": sums_minus},),
    ),
    Mistake(
        "column order in dx",
        "affine_backward",
        {"affine_backward": affine_backward_dx_fortran},
        "dx is put back into the shape of x in column order (order='F'), so its entries land in the wrong places.",
        "Leave the order out.",
        also=({"affine_backward": sums_dx_fortran},),
    ),
    Mistake(
        "dx averaged instead of dw and db",
        "affine_backward",
        {"affine_backward": affine_backward_averages_all_sums},
        "dx is divided by N and the others are not: the wrong way round.",
        "Divide dw and db by N, and leave dx alone.",
    ),
)
