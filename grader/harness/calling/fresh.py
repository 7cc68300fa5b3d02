"""An input as a call is given it: its own, and lying in memory as the question asks for.

takes: an array, and how it is to lie.
gives: a copy.
must not know: what is asked.
"""

from __future__ import annotations

import numpy as np


def fresh(array: np.ndarray, layout: str) -> np.ndarray:
    """Copy an input, writable, in the memory layout that the question asks for."""
    if layout == "strided" and array.ndim:
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        view = wide[..., ::2]
        view[...] = array
        return view
    return np.array(array, order="F" if layout == "F" else "C")
