"""One more right answer, and two wrong ones that are known."""

import numpy as np

from grader.assignment import Alternative, Mistake


def averages_of_shorter_windows_too(x, width):
    """One number for every entry of x; the first windows begin with x."""
    return np.array([x[max(0, i + 1 - width) : i + 1].mean() for i in range(len(x))])


def moving_sum(x, width):
    """The sums of the windows."""
    return np.convolve(x, np.ones(width), "valid")


def softmax_of_the_whole_table(scores):
    """All entries together have sum one."""
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


ALTERNATIVES = (
    Alternative(
        "shorter windows at the start",
        "moving_average",
        {"moving_average": averages_of_shorter_windows_too},
        note="The first entries are averages of the shorter windows there: as long as x, and right too.",
    ),
)

MISTAKES = (
    Mistake(
        "sum, not mean",
        "moving_average",
        {"moving_average": moving_sum},
        "These are the sums of the windows; a mean is the sum divided by the width.",
        "Divide by width.",
    ),
    Mistake(
        "one sum for all rows",
        "softmax",
        {"softmax": softmax_of_the_whole_table},
        "All entries of the table together have sum one; each row should.",
        "Sum along axis 1, with keepdims=True.",
    ),
)
