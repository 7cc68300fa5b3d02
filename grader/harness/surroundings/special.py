"""The functions of scipy that networks are made of, where it is not installed: some of its own, and those of numpy.

takes: nothing.
gives: an importer that comes last, so that a scipy that is installed is itself.
must not know: who uses them.

Elsewhere scipy comes with numpy, as in a hosted notebook: a sigmoid that is `expit(x)` is right there, and here too.
Older ones handed numpy's functions on (`scipy.zeros`, `import scipy as np`), and what was written then runs here.
All else of scipy is not there, and says so as any missing package does.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np

from grader.wire.showing import COMPUTING

PACKAGE, MODULE = COMPUTING


def _floats(x: Any) -> np.ndarray:
    """As an array of floats; float32 stays what it is."""
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _expit(x: Any) -> Any:
    """`1 / (1 + exp(-x))`, without overflow."""
    x = _floats(x)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)[()]


def _logit(x: Any) -> Any:
    x = _floats(x)
    with np.errstate(all="ignore"):
        return np.log(x / (1 - x))


def _log_softmax(x: Any, axis: Any = None) -> Any:
    x = _floats(x)
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _softmax(x: Any, axis: Any = None) -> Any:
    return np.exp(_log_softmax(x, axis))


def _logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    a = _floats(a)
    largest = np.max(a, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):
        weighted = np.exp(a - largest) if b is None else b * np.exp(a - largest)
        total = np.log(weighted.sum(axis=axis, keepdims=True)) + largest
    return total if keepdims else np.squeeze(total, axis=axis)[()]


def _xlogy(x: Any, y: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(np.equal(x, 0) & ~np.isnan(y), 0.0, x * np.log(y))[()]


def _entrywise(function: Callable[[float], float]) -> Callable[[Any], Any]:
    each = np.vectorize(function, otypes=[np.float64])
    return lambda x: each(x).astype(_floats(x).dtype)[()]


FUNCTIONS: dict[str, Any] = {
    "expit": _expit,
    "logit": _logit,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "xlogy": _xlogy,
    "erf": _entrywise(math.erf),
    "erfc": _entrywise(math.erfc),
}


_COMPLEX = ("sqrt", "log", "log2", "logn", "log10", "power", "arccos", "arcsin", "arctanh")  # of -1 they give a number
_ABSENT = object()  # None is `newaxis`
_DRAWING = {"rand": np.random.rand, "randn": np.random.randn, "random": np.random}


def _of_numpy(name: str) -> Any:
    """What scipy took from numpy and had under its own name; a part such as `linalg` was its own."""
    found = getattr(np.emath, name) if name in _COMPLEX else vars(np).get(name, _ABSENT)
    return _DRAWING.get(name, _ABSENT if isinstance(found, ModuleType) else found)


class _Package(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if (self.__name__, name) == (PACKAGE, "special"):
            return import_module(MODULE)
        found = FUNCTIONS.get(name, _ABSENT) if self.__name__ == MODULE else _of_numpy(name)
        if found is _ABSENT:
            raise ModuleNotFoundError(f"No module named '{PACKAGE}'", name=PACKAGE)
        return found


class SpecialImporter:
    """Finds and makes the package, and the module within it."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Find it, if it is one of the two; another part of the package is as missing as all of it."""
        if name in (PACKAGE, MODULE):
            return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        if name.partition(".")[0] == PACKAGE:
            raise ModuleNotFoundError(f"No module named '{PACKAGE}'", name=PACKAGE)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make it."""
        return _Package(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """What is in it is found when it is asked for."""
        handed_on = [
            name for name in {*np.__all__, *_COMPLEX, *_DRAWING} if name[0] != "_" and _of_numpy(name) is not _ABSENT
        ]
        vars(module)["__all__"] = [*FUNCTIONS] if module.__name__ == MODULE else ["special", *handed_on]


def serve_special() -> None:
    """Serve them where scipy is not found."""
    sys.meta_path.append(SpecialImporter())
