"""Generators that are made without a seed: they draw the same each time a program is graded, as numpy's own one does.

takes: a seed.
gives: numpy's generators what they ask the machine for where a program names no seed.
must not know: programs, questions.
"""

from __future__ import annotations

import random

from numpy.random import bit_generator

_NUMBERS = random.Random()  # noqa: S311 - nothing is kept secret by it


def begin_again(seed: int) -> None:
    """Let the next generator without a seed, `default_rng()`, draw what the first one drew; each one draws others."""
    _NUMBERS.seed(seed)
    vars(bit_generator)["randbits"] = _NUMBERS.getrandbits
