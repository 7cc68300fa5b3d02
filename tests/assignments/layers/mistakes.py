"""Wrong answers that students are known to write, each with what to say about it.

takes: what the methods that these stand in for take.
gives: `MISTAKES`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import Mistake


class Wrong:
    def over_all(self, x):
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        self.out = powers / powers.sum()
        return self.out

    def diagonal(self, x, dout):
        self.dx = dout * self.out * (1 - self.out)
        return self.dx

    def p_is_kept(self, x):
        self.mask = (np.random.random(x.shape) < self.p) / (1 - self.p) if self.training else 1.0
        self.out = x * self.mask
        return self.out

    def first_input(self, x, dout):
        for layer in self.layers[::-1]:
            dout = layer.backward(x, dout)
        self.dx = dout
        return self.dx


MISTAKES = (
    Mistake(
        "over the whole batch",
        "Softmax.compute",
        {"Softmax.compute": Wrong.over_all},
        "The sum is taken over the whole table; each row is a distribution of its own.",
        "Sum over axis=1, and keep that axis.",
    ),
    Mistake(
        "only the diagonal",
        "Softmax.pull_back",
        {"Softmax.pull_back": Wrong.diagonal},
        "Here each output depends on its own input alone; in a softmax it depends on all inputs of its row.",
        "Subtract from dout the sum of dout * out over the row, and multiply by out.",
    ),
    Mistake(
        "p is kept",
        "Noise.compute",
        {"Noise.compute": Wrong.p_is_kept},
        "p is the probability that an entry is dropped, and here that it is kept.",
        "Keep an entry with probability 1 - p.",
    ),
    Mistake(
        "the first input for all",
        "Chain.backward",
        {"Chain.backward": Wrong.first_input},
        "Every layer is handed the input of the chain; each needs the one that it had itself.",
        "That is what the layer before it gave.",
    ),
)
