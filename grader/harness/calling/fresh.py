"""Inputs as a call is given them: its own, and lying in memory as the question asks for.

takes: an array, and how it is to lie; a question, and names of its inputs.
gives: copies.
must not know: what is called.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.wire import Question


def fresh(array: np.ndarray, layout: str) -> np.ndarray:
    """Copy an input, writable, in the memory layout that the question asks for."""
    if layout == "strided" and array.ndim:
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        view = wide[..., ::2]
        view[...] = array
        return view
    return np.array(array, order="F" if layout == "F" else "C")


def fresh_inputs(names: Sequence[str], question: Question) -> dict[str, np.ndarray]:
    """Copy these inputs of a question."""
    given, layouts = question.inputs, question.layouts
    inputs = {}
    for name in names:
        inputs[name] = fresh(given[name], layouts.get(name, "C")) if layouts else given[name].copy()
    return inputs
