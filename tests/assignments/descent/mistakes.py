"""Wrong answers that students are known to write, each with what to say about it.

takes: what the functions that these stand in for take.
gives: `MISTAKES`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import Mistake

from . import passes


def one_step(gradient, x, rate, steps):
    return passes.descend(gradient, x, rate, 1)


def no_last(self):
    for start in range(0, len(self.dataset) - self.size + 1, self.size):
        items = [self.dataset[n] for n in range(start, start + self.size)]
        yield {"x": np.array([item["x"] for item in items]), "y": np.array([item["y"] for item in items])}


def plain(self, grads):
    for name, grad in grads.items():
        self.params[name] = self.params[name] - self.rate * grad


MISTAKES = (
    Mistake("one step only", "descend", {"descend": one_step}, "The result is that of one step.", "Repeat it."),
    Mistake("no velocity", "Momentum.step", {"Momentum.step": plain}, "This is plain descent.", "Keep a velocity."),
    Mistake(
        "the last batch is left out",
        "Batches.__iter__",
        {"Batches.__iter__": no_last},
        "Where the size does not divide the data, the rest of it comes in no batch.",
        "Give what is left over as a smaller batch.",
    ),
)
