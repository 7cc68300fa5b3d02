"""Forks, so that two processes answer on one pipe."""
import os

import numpy as np


def good(x):
    os.fork()
    return np.zeros((3, 4))
