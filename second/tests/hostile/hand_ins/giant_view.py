"""Eight bytes that claim to be eighty gigabytes."""
import numpy as np


def good(x):
    return np.broadcast_to(0.0, (10**5, 10**5))
