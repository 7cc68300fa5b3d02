"""What a program finds around it: older numpy, quiet input and output, random numbers that are reproducible."""

from __future__ import annotations

import builtins
import ctypes
import getpass
import importlib
import math
import random
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.random import bit_generator

from grader.harness.imports import StandIn, StandInModule
from grader.harness.special import FUNCTIONS

_SEED = 20240501  # any constant
_UNSEEDED = random.Random()  # noqa: S311 - nothing is kept secret by it
for _name in ("numpy.fft", "numpy.ma", "copy", "dataclasses", "inspect", "json", "string", "time", "traceback"):
    importlib.import_module(_name)  # here, before the fork, and not in each process


def furnish() -> None:
    """Make numpy, builtins and modules as a program expects them; once, best before processes are forked."""
    if isinstance(sys.modules.get("pdb"), StandInModule):
        return
    _give_old_names()
    _give_old_ways()
    quiet, scipy, special = StandIn("IPython"), StandInModule("scipy"), StandInModule("scipy.special")
    vars(builtins).update(input=lambda *_: "", display=lambda *_, **__: None, get_ipython=quiet)
    getpass.getpass = lambda *_, **__: ""
    vars(sys.modules["grader"])["check"] = quiet  # a check of one's own work may be left in a notebook
    vars(special).update(FUNCTIONS)
    vars(scipy).update(special=special, __path__=[])
    sys.modules.update({"scipy": scipy, "scipy.special": special, "pdb": StandInModule("pdb")})


def seed_all() -> None:
    """Let all that is random begin again; a generator without a seed draws what the first one drew."""
    random.seed(_SEED)
    np.random.seed(_SEED)
    _UNSEEDED.seed(_SEED)
    vars(bit_generator)["randbits"] = _UNSEEDED.getrandbits  # what numpy asks for where a program names no seed


# ---- names ---------------------------------------------------------------------------------------------------------

_PYTHONS: dict[str, Any] = {kind.__name__: kind for kind in (float, int, bool, object, complex, str)}
_PYTHONS |= {"long": int, "unicode": str, "math": math}
_RENAMED = {
    "float_": "float64", "complex_": "complex128", "string_": "bytes_", "unicode_": "str_", "bool8": "bool_",
    "int0": "intp", "Inf": "inf", "Infinity": "inf", "infty": "inf", "PINF": "inf", "NaN": "nan", "NAN": "nan",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "row_stack": "vstack",
    "round_": "round", "mat": "asmatrix", "in1d": "isin", "trapz": "trapezoid", "rank": "ndim",
}  # fmt: skip
_MADE: dict[str, Any] = {
    "NINF": -np.inf,
    "asscalar": lambda a: a.item(),
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype if np.issubdtype(dtype, np.inexact) else np.float64),
    "msort": lambda a: np.sort(a, axis=0),
}
_MOVED = re.compile(r"(numpy\.(?:lib|linalg))\._(\w+?)(?:_impl)?")  # numpy.lib.function_base, which editors import


def _give_old_names() -> None:
    """Set what is missing. `from numpy import *` never gave the names of Python's own types."""
    starred = {**{old: vars(np)[new] for old, new in _RENAMED.items() if new in vars(np)}, **_MADE}
    vars(np)["__all__"] = [*np.__all__, *(name for name in starred if name not in vars(np))]
    vars(np).update({**_PYTHONS, **starred, **vars(np)})
    for full, module in list(sys.modules.items()):
        if moved := _MOVED.fullmatch(full):
            package, part = vars(sys.modules[moved[1]]), moved[2]
            offered = {name: vars(module)[name] for name in getattr(module, "__all__", ())}
            package.update({**offered, part: module, **package})
            sys.modules.setdefault(f"{moved[1]}.{part}", module)


# ---- ways ----------------------------------------------------------------------------------------------------------

_FUNCTIONS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "sum": lambda generator: (([*generator],), {"axis": 0}),
    "reshape": lambda *given, newshape, **named: (given, {**named, "shape": newshape}),
    "array": lambda *given, copy, **named: (given, {**named, "copy": copy or None}),
}
"""Arguments as newer numpy takes them: of `np.sum(x for ...)`, `reshape(x, newshape=...)`, `array(x, copy=False)`."""
_METHODS: dict[str, Any] = {
    "itemset": lambda self, *given: self.__setitem__(_index(self, *given[:-1]), given[-1]),
    "ptp": lambda self, axis=None, out=None, keepdims=False: np.ptp(self, axis, out, keepdims),
    "tostring": lambda self, order="C": self.tobytes(order),
}


def _lenient(numpys: Callable[..., Any], changed: Callable[..., tuple[Any, Any]]) -> Callable[..., Any]:
    """A function that is called again with changed arguments where numpy refuses those that it was given."""

    def lenient(*given: Any, **named: Any) -> Any:
        try:
            return numpys(*given, **named)
        except (TypeError, ValueError):
            with suppress(TypeError):  # it is not called in the old way
                given, named = changed(*given, **named)
                return numpys(*given, **named)
            raise

    return lenient


def _index(array: np.ndarray, *index: Any) -> Any:
    first = index[0] if len(index) == 1 else index
    return first if isinstance(first, tuple) else np.unravel_index(first, array.shape)


def _of_one_element(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`float(a)` where `a` has axes and one element; Python asks for it in `math.exp(a)` and `out[0] = a` as well."""
    return lambda self: convert(np.ndarray.view(self, np.ndarray).reshape(()) if self.size == 1 else self)


def _give_old_ways() -> None:
    for name, changed in _FUNCTIONS.items():
        setattr(np, name, _lenient(vars(np)[name], changed))
    methods = {name: method for name, method in _METHODS.items() if not hasattr(np.ones(1), name)}
    numbers = {name: _of_one_element(vars(np.ndarray)[name]) for name in ("__float__", "__int__", "__complex__")}
    with _opened(np.ndarray) as is_open:
        for name, method in {**methods, **numbers}.items() if is_open else ():
            setattr(np.ndarray, name, method)


_CLOSED = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE
_FIELDS_BEFORE = 19  # of the size of a pointer, between what every object begins with and `tp_flags`


@contextmanager
def _opened(kind: type) -> Iterator[bool]:
    """Let attributes of a built-in type be set; yields whether they can be (only in CPython)."""
    at = id(kind) + object.__basicsize__ + _FIELDS_BEFORE * ctypes.sizeof(ctypes.c_void_p)
    flags = ctypes.c_ulong.from_address(at) if sys.implementation.name == "cpython" else ctypes.c_ulong()
    is_found = bool(flags.value & _CLOSED) and flags.value == kind.__flags__
    flags.value ^= _CLOSED * is_found
    yield is_found
    flags.value ^= _CLOSED * is_found
