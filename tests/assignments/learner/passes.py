"""The reference: a table that learns, a step of descent, and pairs of rows.

takes: arrays, and lists of states and rewards.
gives: what the assignment asks for.
must not know: the grader. This file is run in the sandbox as source, so it stands alone with numpy.
"""

import numpy as np


class Learner:
    """Keeps for each state a mean of its rewards that moves."""

    def __init__(self, rate):
        self.rate, self.table = rate, {}

    def learn(self, rewards):
        """Take in pairs of a state and its reward, one after the other."""
        for state, reward in rewards:
            self.table[state] = self.value(state) + self.rate * (reward - self.value(state))

    def value(self, state):
        """What a state is worth; 0 where it was never seen."""
        return self.table.get(state, 0.0)

    def is_worth(self, state, limit):
        """Whether a state is worth more than that."""
        return self.value(state) > limit


def update(params, grads, rate):
    """A step of descent by the signs alone, in a dict of new parameters."""
    return {name: params[name] - rate * np.sign(grads[name]) for name in params}


def pairs(x):
    """Each row and the one behind it."""
    for n in range(len(x) - 1):
        yield x[n], x[n + 1]
