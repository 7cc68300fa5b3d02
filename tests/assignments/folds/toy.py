"""Ways to learn a number, and functions to go down: students get this file."""

import numpy as np


def middle(numbers):
    """The mean."""
    return numbers.mean()


def least(numbers):
    """The least of all."""
    return numbers.min()


def slope(x):
    """Of a bowl whose lowest place is at one."""
    return 2 * (np.asarray(x) - 1)
