"""What a program finds around it: stand-ins for packages, older numpy, `scipy.special`, random numbers that repeat."""

from __future__ import annotations

import builtins
import ctypes
import dis
import getpass
import importlib
import math
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numpy.random import bit_generator

_SEED = 20240501  # any constant
_UNSEEDED = random.Random()  # noqa: S311 - nothing is kept secret by it
_UNPACK = dis.opmap["UNPACK_SEQUENCE"]
for _name in ("numpy.fft", "numpy.ma", "copy", "dataclasses", "inspect", "json", "string", "time", "traceback"):
    importlib.import_module(_name)  # here, before the fork, and not in each process


def furnish() -> None:
    """Make numpy, builtins and modules as a program expects them; once, best before processes are forked."""
    if isinstance(sys.modules.get("pdb"), StandInModule):
        return
    # `from numpy import *` never gave the names of Python's own types.
    starred = {**{old: vars(np)[new] for old, new in _RENAMED.items() if new in vars(np)}, **_MADE}
    vars(np)["__all__"] = [*np.__all__, *(name for name in starred if name not in vars(np))]
    vars(np).update({**_PYTHONS, **starred, **vars(np)})
    vars(np.lib).update({**vars(np), **vars(np.lib)})
    for part in _PARTS:
        sys.modules[f"numpy.lib.{part}"] = vars(np.lib)[part] = np
    sys.modules["numpy.linalg.linalg"] = vars(np.linalg)["linalg"] = np.linalg
    vars(np).update({name: _lenient(vars(np)[name], changed) for name, changed in _FUNCTIONS.items()})
    _add_methods()
    quiet, scipy, special = StandIn("IPython"), StandInModule("scipy"), StandInModule("scipy.special")
    vars(builtins).update(input=lambda *_: "", display=lambda *_, **__: None, get_ipython=quiet)
    getpass.getpass = lambda *_, **__: ""
    vars(sys.modules["grader"])["check"] = quiet  # a check of one's own work may be left in a notebook
    vars(special).update(_SPECIAL)
    vars(scipy).update(special=special, __path__=[])
    sys.modules.update({"scipy": scipy, "scipy.special": special, "pdb": StandInModule("pdb")})


def seed_all() -> None:
    """Let all that is random begin again; a generator without a seed draws what the first one drew."""
    random.seed(_SEED)
    np.random.seed(_SEED)
    _UNSEEDED.seed(_SEED)
    vars(bit_generator)["randbits"] = _UNSEEDED.getrandbits  # what numpy asks for where a program names no seed


# ---- stand-ins for packages that are not here ------------------------------------------------------------------------


class Base:
    """The base of a class whose own base is not here: its constructor takes anything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


class StandIn:
    """Anything of a package that is not here: it can be called, looked into, entered, unpacked, and inherited from.

    A plot, a progress bar or a decorator is no part of an answer, so it does silently whatever is asked of it. It is no
    number: what is computed from one raises, or is a stand-in.
    """

    def __init__(self, package: str, items: Any = ()) -> None:
        self._package, self._items = package, items

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function or class that it decorates, a loop behind a progress bar, or a stand-in."""
        if self._package == "tqdm" and args:
            return StandIn("tqdm", range(*args) if isinstance(args[0], int) else args[0])
        is_decorator = len(args) == 1 and not kwargs and isinstance(args[0], (FunctionType, type))
        return args[0] if is_decorator else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # numpy and pickle ask for these, and must hear that they are not there
            raise AttributeError(name)
        return StandIn(self._package)

    def __getitem__(self, index: Any) -> StandIn:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        return

    def __iter__(self) -> Iterator[Any]:
        """What is behind a progress bar, or as many as are unpacked here (`fig, ax = plt.subplots()`)."""
        frame = sys._getframe(1)
        code, at = frame.f_code.co_code, frame.f_lasti
        return iter([self] * code[at + 1] if code[at] == _UNPACK else self._items)

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        first = next(base for base in bases if isinstance(base, StandIn))
        return (Base,) if first is self else ()

    def __instancecheck__(self, instance: object) -> bool:
        return False


class StandInModule(ModuleType):
    """A module of a package that is not here."""

    def __getattr__(self, name: str) -> Any:
        return getattr(StandIn(self.__name__.partition(".")[0]), name)


# ---- names and ways to call that newer numpy dropped ---------------------------------------------------------------

_PYTHONS: dict[str, Any] = {kind.__name__: kind for kind in (float, int, bool, object, complex, str)}
_PYTHONS |= {"long": int, "unicode": str, "math": math}
_RENAMED = {
    "float_": "float64", "complex_": "complex128", "string_": "bytes_", "unicode_": "str_", "bool8": "bool_",
    "int0": "intp", "Inf": "inf", "Infinity": "inf", "infty": "inf", "PINF": "inf", "NaN": "nan", "NAN": "nan",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "row_stack": "vstack",
    "round_": "round", "mat": "asmatrix", "in1d": "isin", "trapz": "trapezoid", "rank": "ndim",
}  # fmt: skip
_PARTS = ("function_base", "shape_base", "index_tricks", "arraysetops", "twodim_base", "type_check")  # of numpy.lib
_MADE: dict[str, Any] = {
    "NINF": -np.inf,
    "asscalar": lambda a: a.item(),
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype if np.issubdtype(dtype, np.inexact) else np.float64),
    "msort": lambda a: np.sort(a, axis=0),
}
_FUNCTIONS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "sum": lambda generator: (([*generator],), {"axis": 0}),
    "reshape": lambda *given, newshape, **named: (given, {**named, "shape": newshape}),
    "array": lambda *given, copy, **named: (given, {**named, "copy": copy or None}),
}
"""Arguments as newer numpy takes them: of `np.sum(x for ...)`, `reshape(x, newshape=...)`, `array(x, copy=False)`."""
_METHODS: dict[str, Any] = {
    "itemset": lambda a, at, value: a.__setitem__(at if type(at) is tuple else np.unravel_index(at, a.shape), value),
    "ptp": np.ptp,
}
_CLOSED = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE
_FIELDS_BEFORE = 19  # of the size of a pointer, between what every object begins with and `tp_flags`


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


def _of_one_element(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`float(a)` where `a` has axes and one element; Python asks for it in `math.exp(a)` and `out[0] = a` as well."""
    return lambda a: convert(np.asarray(a).reshape(()) if a.size == 1 else a)


def _add_methods() -> None:
    """Set methods of numpy's arrays, which only CPython can be made to allow."""
    numbers = {name: _of_one_element(vars(np.ndarray)[name]) for name in ("__float__", "__int__", "__complex__")}
    at = id(np.ndarray) + object.__basicsize__ + _FIELDS_BEFORE * ctypes.sizeof(ctypes.c_void_p)
    flags = ctypes.c_ulong.from_address(at) if sys.implementation.name == "cpython" else ctypes.c_ulong()
    if flags.value & _CLOSED and flags.value == np.ndarray.__flags__:
        flags.value ^= _CLOSED
        for name, method in {**_METHODS, **numbers}.items():
            setattr(np.ndarray, name, method)
        flags.value ^= _CLOSED


# ---- functions of scipy.special; float32 stays what it is -----------------------------------------------------------


def _floats(x: Any) -> np.ndarray:
    return np.asarray(x) + 0.0


def _logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: Any = False) -> Any:
    weights = 0.0 if b is None else np.log(b)
    return np.logaddexp.reduce(_floats(a) + weights, axis=axis, keepdims=keepdims)


_SPECIAL: dict[str, Any] = {
    "expit": lambda x: np.exp(-np.logaddexp(0, -_floats(x))),  # never overflows
    "logit": lambda x: np.log(_floats(x) / (1 - _floats(x))),
    "softmax": lambda x, axis=None: np.exp(_floats(x) - _logsumexp(x, axis, keepdims=True)),
    "log_softmax": lambda x, axis=None: _floats(x) - _logsumexp(x, axis, keepdims=True),
    "logsumexp": _logsumexp,
    "xlogy": lambda x, y: x * np.log(np.where(np.equal(x, 0) & ~np.isnan(y), 1.0, y)),
    "erf": lambda x: np.vectorize(math.erf, otypes=[float])(x).astype(_floats(x).dtype)[()],
}
