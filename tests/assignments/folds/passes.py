"""The reference: how well a number is learnt, tried on parts of the data; a descent, damped slopes and steeper ones.

takes: functions that learn a number, or give a slope; arrays.
gives: what each function of the exam is to give.
must not know: the grader.
"""

import numpy as np


def miss(learn, train, test):
    """How far the test data are on average from what is learnt of the others."""
    return np.abs(test - learn(train)).mean()


def folds(learn, data, k):
    """The mean of that over k parts, each of which is the test data once."""
    parts = np.array_split(data, k)
    return np.mean([miss(learn, np.concatenate(parts[:n] + parts[n + 1 :]), parts[n]) for n in range(k)])


def descend(slope, x, steps):
    """So many steps down."""
    for _ in range(steps):
        x = x - 0.25 * slope(x)
    return x


def damped(slope, x, steps):
    """The same with half of each slope."""
    return descend(lambda at: slope(at) / 2, x, steps)


def steeper(slope, by):
    """A slope that is so many times as steep."""

    def steep(x):
        return by * slope(x)

    return steep
