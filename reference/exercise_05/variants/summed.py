"""The same mistakes of the affine layer beside the other convention: dw and db summed over the batch.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each wrong in one way.
must not know: what is said about them; anything of the grader. They go through the wall as
source, with the files that they import.
"""

import numpy as np

from .affine_backward import (
    affine_backward_db_not_reduced,
    affine_backward_db_total,
    affine_backward_dw_no_dout,
    affine_backward_dw_no_flatten,
    affine_backward_dw_transposed,
    affine_backward_dx_fortran,
    affine_backward_dx_no_w,
    affine_backward_dx_untransposed,
    affine_backward_flat_dx,
    affine_backward_keepdims,
    affine_backward_minus,
)
from .right import affine_backward_sums


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


def sums_dx_last(dout, cache):
    """dw, db, dx."""
    dx, dw, db = affine_backward_sums(dout, cache)
    return dw, db, dx


def averages_dx_last(dout, cache):
    """The same, averaged."""
    dw, db, dx = sums_dx_last(dout, cache)
    return dw / len(dout), db / len(dout), dx


def sums_db_first(dout, cache):
    """db, dx, dw."""
    dx, dw, db = affine_backward_sums(dout, cache)
    return db, dx, dw


def averages_db_first(dout, cache):
    """The same, averaged."""
    db, dx, dw = sums_db_first(dout, cache)
    return db / len(dout), dx, dw / len(dout)


def sums_turned_round(dout, cache):
    """db, dw, dx."""
    return affine_backward_sums(dout, cache)[::-1]


def averages_turned_round(dout, cache):
    """The same, averaged."""
    db, dw, dx = sums_turned_round(dout, cache)
    return db / len(dout), dw / len(dout), dx


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
