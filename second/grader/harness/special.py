"""The functions of `scipy.special` that networks are made of, by numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def _floats(x: Any) -> np.ndarray:
    """As an array of floats; float32 stays what it is."""
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _expit(x: Any) -> Any:
    x = _floats(x)
    small = np.exp(-np.abs(x))  # never overflows
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)[()]


def _logsumexp(a: Any, axis: Any = None, b: Any = 1, keepdims: bool = False) -> Any:
    a = _floats(a)
    largest = np.max(a, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    total = np.log((np.exp(a - largest) * b).sum(axis=axis, keepdims=True)) + largest
    return total if keepdims else np.squeeze(total, axis=axis)[()]


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return _floats(x) - _logsumexp(x, axis, keepdims=True)


def _xlogy(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(np.equal(x, 0) & ~np.isnan(y), 0.0, x * np.log(y))[()]


FUNCTIONS: dict[str, Any] = {
    "expit": _expit,
    "logit": lambda x: np.log(_floats(x) / (1 - _floats(x))),
    "softmax": lambda x, axis=None: np.exp(_log_softmax(x, axis)),
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "xlogy": _xlogy,
    "erf": lambda x: np.vectorize(math.erf, otypes=[float])(x).astype(_floats(x).dtype)[()],
}
