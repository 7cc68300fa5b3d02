"""The reference: a step of a recurrent network and what is made of it, layers by a word, a cell that keeps a state.

takes: sequences (N, T, D), states (N, H), weights and biases.
gives: what each function of the exam is to give.
must not know: the grader.
"""

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """One step, of shape (N, H): the hyperbolic tangent of the weighted sum."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    """Gradients of what one step took: x, prev_h, Wx, Wh, b."""
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)


def rnn_forward(x, h0, Wx, Wh, b):
    """All states, of shape (N, T, H)."""
    states, caches, state = [], [], h0
    for step in range(x.shape[1]):
        state, cache = rnn_step_forward(x[:, step], state, Wx, Wh, b)
        states.append(state)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def rnn_backward(dh, cache):
    """Gradients of what all steps took, those of the weights summed over the steps."""
    dx, dWx, dWh, db, dprev_h = [], 0.0, 0.0, 0.0, 0.0
    for step in reversed(range(dh.shape[1])):
        dx_step, dprev_h, *of_weights = rnn_step_backward(dh[:, step] + dprev_h, cache[step])
        dx.append(dx_step)
        dWx, dWh, db = dWx + of_weights[0], dWh + of_weights[1], db + of_weights[2]
    return np.stack(dx[::-1], axis=1), dprev_h, dWx, dWh, db


def activate(z, kind):
    """Of any shape: `relu` cuts off what is negative, `cube` cubes."""
    return np.maximum(z, 0) if kind == "relu" else z**3


def two_layers(x, W1, W2):
    """A hidden layer that cubes, and one that cuts off."""
    return activate(activate(x @ W1, "cube") @ W2, "relu")


class Ramp:
    """A layer that keeps nothing on itself."""

    def forward(self, z):
        """Of any shape, three times what is positive, and nothing of the rest."""
        return 3 * np.maximum(z, 0)


def deep(x, W):
    """The layer twice, with the same weights of shape (D, D)."""
    ramp = Ramp()
    return ramp.forward(ramp.forward(x @ W) @ W)


class Cell:
    """A state of shape (H,), which moves a part of the way to each x."""

    def __init__(self, rate):
        self.rate = rate
        self.state = 0.0

    def move(self, x):
        """The state after one x."""
        self.state = self.state + self.rate * (x - self.state)
        return self.state

    def run(self, xs):
        """The states after each x, of shape (T, H)."""
        return np.stack([self.move(x) for x in xs])


class Dense:
    """A layer that keeps what it was given, and leaves a gradient."""

    def __init__(self, W):
        self.W = W

    def forward(self, x):
        """The product, of shape (N, M)."""
        self.x = x
        return x @ self.W

    def backward(self, dout):
        """The gradient of x; that of W is left in dW."""
        self.dW = self.x.T @ dout
        return dout @ self.W.T


def gradients(x, V, W, dout):
    """Of two such layers: those of x and of both weights."""
    first, second = Dense(V), Dense(W)
    second.forward(first.forward(x))
    dx = first.backward(second.backward(dout))
    return dx, first.dW, second.dW


def by_name(x, W):
    """The gradients of the sum of all entries of x @ W, in a dict: `dx` and `dW`."""
    dx, dW = np.ones_like(x) * W.sum(axis=1), np.ones_like(W) * x.sum(axis=0)[:, None]
    return {"dx": dx, "dW": dW}


def totals(x, W):
    """The sum of either gradient."""
    found = by_name(x, W)
    return np.array([found["dx"].sum(), found["dW"].sum()])
