"""Wrong functions that students are known to write, and the other right ones, with what to say about them.

takes: numpy arrays, like the functions that these stand in for.
gives: `MISTAKES`, and the functions of the accepted alternatives.
must not know: anything of the grader but `grader.assignment`. The functions go through the wall as source, so
they stand alone with numpy.
"""

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


# ---- Sigmoid.forward -----------------------------------------------------------------------------------------


def sigmoid_sign_of_exponent(self, x):
    """1 / (1 + e^x)."""
    out = 1.0 / (1.0 + np.exp(x))
    return out, out


def sigmoid_no_reciprocal(self, x):
    """1 + e^-x."""
    out = 1.0 + np.exp(-x)
    return out, out


# ---- Sigmoid.backward ----------------------------------------------------------------------------------------


def sigmoid_backward_no_dout(self, dout, cache):
    """s (1 - s), without what comes from above."""
    return cache * (1.0 - cache)


def sigmoid_backward_sum(self, dout, cache):
    """A sum where the chain rule has a product."""
    return dout + cache * (1.0 - cache)


# ---- Relu ----------------------------------------------------------------------------------------------------


def relu_absolute(self, x):
    """|x|."""
    return abs(x), x


def relu_backward_no_dout(self, dout, cache):
    """The mask alone."""
    return (cache > 0) * 1.0


def relu_backward_mask_on_dout(self, dout, cache):
    """Cut where dout is negative."""
    return np.where(dout >= 0, dout, 0)


# ---- affine --------------------------------------------------------------------------------------------------


def affine_no_bias(x, w, b):
    """x w, without b."""
    return x.reshape(x.shape[0], -1) @ w, (x, w, b)


def affine_backward_averages_dx(dout, cache):
    """1/N on dx too."""
    x, w, _ = cache
    count = x.shape[0]
    rows = x.reshape(count, -1)
    return (dout @ w.T).reshape(x.shape) / count, rows.T @ dout / count, dout.mean(axis=0)


def affine_backward_sums_dw(dout, cache):
    """dw summed, db averaged."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.mean(axis=0)


def affine_backward_sums_db(dout, cache):
    """dw averaged, db summed."""
    x, w, _ = cache
    rows = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout / x.shape[0], dout.sum(axis=0)


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
        "This is 1 + e^-x itself; the sigmoid is one divided by that.",
        "Divide 1 by what you have. All values must then lie between 0 and 1.",
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
        "absolute value",
        "Relu.forward",
        {"Relu.forward": relu_absolute},
        "Negative entries are mirrored; ReLU makes them zero.",
        "Compare each entry with 0 and keep the larger: np.maximum.",
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
        "bias forgotten",
        "affine_forward",
        {"affine_forward": affine_no_bias},
        "The product of x and w is right, but b is never added.",
        "Add b: it has one entry for each output, and numpy adds it to every row.",
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
        "Divide dw by N too.",
    ),
    Mistake(
        "db not averaged",
        "affine_backward",
        {"affine_backward": affine_backward_sums_db},
        "db is summed over the batch but dw is averaged. Either convention is right; mixing the two is not.",
        "Divide db by N too (or take the mean over axis 0).",
    ),
)
