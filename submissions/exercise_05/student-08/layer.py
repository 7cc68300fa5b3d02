"""Layers of a small network."""

import numpy as np


class Sigmoid:
    def forward(self, x):
        out = 1.0 / (1.0 + np.exp(-x))
        return out, out

    def backward(self, dout, cache):
        return dout * cache * (1.0 - cache)


class Relu:
    def forward(self, x):
        return np.maximum(x, 0), x

    def backward(self, dout, cache):
        dx = np.array(dout, copy=True)
        dx[cache <= 0] = 0
        return dx


def affine_forward(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    return rows.dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    n = x.shape[0]
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(n, -1).T.dot(dout) / n
    db = dout.mean(axis=0)
    return dx, dw, db


if __name__ == "__main__":
    out, _ = Sigmoid().forward(np.zeros(3))
    print(out)
