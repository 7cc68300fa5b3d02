"""The reference: descent on any function, an optimizer with a state, and batches of a dataset.

takes: arrays, functions that give a gradient, objects.
gives: what the assignment asks for.
must not know: the grader. This file is run in the sandbox as source, so it stands alone with numpy.
"""

import numpy as np


def descend(gradient, x, rate, steps):
    """Go so many steps against the gradient."""
    for _ in range(steps):
        x = x - rate * gradient(x)
    return x


class Momentum:
    """An optimizer that keeps a velocity for each of its parameters."""

    def __init__(self, params, rate):
        self.params, self.rate = params, rate
        self.velocity = {}

    def step(self, grads):
        """Change the parameters in the dict that the optimizer was made with."""
        for name, grad in grads.items():
            self.velocity[name] = 0.9 * self.velocity.get(name, 0.0) - self.rate * grad
            self.params[name] = self.params[name] + self.velocity[name]


class Batches:
    """A dataset in batches of a size; the last one may be smaller."""

    def __init__(self, dataset, size):
        self.dataset, self.size = dataset, size

    def __iter__(self):
        """Give one batch after the other, each a dict of arrays."""
        for start in range(0, len(self.dataset), self.size):
            items = [self.dataset[n] for n in range(start, min(start + self.size, len(self.dataset)))]
            yield {"x": np.array([item["x"] for item in items]), "y": np.array([item["y"] for item in items])}
