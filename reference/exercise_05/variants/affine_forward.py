"""Wrong ways to write the affine layer's forward pass.

takes: numpy arrays, like the functions that these stand in for.
gives: functions, each wrong in one way.
must not know: what is said about them; anything of the grader. They go through the wall as source, so they
stand alone with numpy.
"""

import numpy as np


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
