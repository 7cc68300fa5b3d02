"""Wrong ways to write the affine layer's backward pass, with the averages of dw and db over the batch.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each wrong in one way.
must not know: what is said about them; anything of the grader. They go through the wall as source, so they
stand alone with numpy.
"""

import numpy as np


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
