"""What programs draw at random: the same each time one is graded, also of generators that are made without a seed.

takes: nothing.
gives: `seed_all`.
must not know: programs, questions.
"""

from __future__ import annotations

import random

import numpy as np
from numpy.random import bit_generator

_SEED = 20240501  # any constant
_NUMBERS = random.Random()  # noqa: S311 - nothing is kept secret by it


def seed_all() -> None:
    """Let all that draws begin anew; a generator without a seed, `default_rng()`, draws what the first one drew."""
    random.seed(_SEED)
    np.random.seed(_SEED)
    _NUMBERS.seed(_SEED)  # what numpy's generators ask the machine for, where a program names no seed
    vars(bit_generator)["randbits"] = _NUMBERS.getrandbits
