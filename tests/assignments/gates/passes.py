"""The reference: one step of a GRU, whose backward needs what forward works out on the way.

takes: numpy arrays.
gives: what the assignment asks for.
must not know: the grader.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step_forward(x, prev_h, Wz, Wr, Wn):
    """What is kept beside what is given: two gates, and what is new."""
    both = np.concatenate([x, prev_h], axis=1)
    z, r = sigmoid(both @ Wz), sigmoid(both @ Wr)
    n = np.tanh(np.concatenate([x, r * prev_h], axis=1) @ Wn)
    return (1 - z) * n + z * prev_h, (x, prev_h, Wz, Wr, Wn, z, r, n)


def gru_step_backward(dnext_h, cache):
    """The same way back."""
    x, prev_h, Wz, Wr, Wn, z, r, n = cache
    D = x.shape[1]
    dan = dnext_h * (1 - z) * (1 - n * n)
    daz = dnext_h * (prev_h - n) * z * (1 - z)
    down = dan @ Wn.T
    dar = down[:, D:] * prev_h * r * (1 - r)
    dboth = daz @ Wz.T + dar @ Wr.T
    both = np.concatenate([x, prev_h], axis=1)
    dx = down[:, :D] + dboth[:, :D]
    dprev_h = dnext_h * z + down[:, D:] * r + dboth[:, D:]
    return dx, dprev_h, both.T @ daz, both.T @ dar, np.concatenate([x, r * prev_h], axis=1).T @ dan
