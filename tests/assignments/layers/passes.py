"""The reference: layers of a base class, which keep what they give on themselves, and a chain of them.

takes: numpy arrays.
gives: what the assignment asks for.
must not know: the grader. This file is run in the sandbox as source, so it stands alone with numpy.
"""

import numpy as np


class Layer:
    """What all layers have in common: students are given it."""

    def __init__(self):
        self.out = None
        self.dx = None
        self.training = True

    def forward(self, x):
        return self.compute(x)

    def backward(self, x, dout):
        return self.pull_back(x, dout)


class Softmax(Layer):
    """Each row of a table is made a distribution."""

    def compute(self, x):
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        self.out = powers / powers.sum(axis=1, keepdims=True)
        return self.out

    def pull_back(self, x, dout):
        weighted = (dout * self.out).sum(axis=1, keepdims=True)
        self.dx = self.out * (dout - weighted)
        return self.dx


class Noise(Layer):
    """Each entry is dropped with probability p while training; what is left is scaled up."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def compute(self, x):
        self.mask = (np.random.random(x.shape) >= self.p) / (1 - self.p) if self.training else 1.0
        self.out = x * self.mask
        return self.out

    def pull_back(self, x, dout):
        self.dx = dout * self.mask
        return self.dx


class Chain(Layer):
    """Layers one behind the other."""

    def __init__(self):
        super().__init__()
        self.layers = []

    def compute(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        self.out = x
        return self.out

    def backward(self, x, dout):
        for n in range(len(self.layers) - 1, 0, -1):
            dout = self.layers[n].backward(self.layers[n - 1].out, dout)
        self.dx = self.layers[0].backward(x, dout)
        return self.dx
