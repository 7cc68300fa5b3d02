"""Wrong functions that students are known to write, and the other right ones.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each wrong in one way, or right in another.
must not know: what is said about them; anything of the grader. They go through the wall as source, so they stand
alone with numpy.
"""

import numpy as np

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


def sums_last_example(dout, cache):
    """Of dw and db the last example's share alone, as where a loop writes = for +=."""
    dx, dw, db = affine_backward_sums(dout, cache)
    dw[:] = np.outer(cache[0][-1], dout[-1])
    db[:] = dout[-1]
    return dx, dw, db


def averages_last_example(dout, cache):
    """The same, divided by N."""
    dx, dw, db = sums_last_example(dout, cache)
    return dx, dw / len(dout), db / len(dout)


def sums_last_example_dw(dout, cache):
    """Of dw alone the last example's share."""
    return *sums_last_example(dout, cache)[:2], dout.sum(axis=0)


def averages_last_example_dw(dout, cache):
    """The same, divided by N."""
    return *averages_last_example(dout, cache)[:2], dout.mean(axis=0)


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
