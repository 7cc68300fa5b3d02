"""What a program finds around it: stand-ins for packages, older numpy, `scipy.special`, random numbers that repeat."""

from __future__ import annotations

import builtins
import dis
import getpass
import importlib
import math
import random
import sys
from collections.abc import Iterator
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

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function or class that it decorates, or a stand-in."""
        is_decorator = len(args) == 1 and not kwargs and isinstance(args[0], (FunctionType, type))
        return args[0] if is_decorator else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # numpy and pickle ask for these, and must hear that they are not there
            raise AttributeError(name)
        return _LOOPS.get(name) or StandIn(self._package)

    def __getitem__(self, index: Any) -> StandIn:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        return

    def __iter__(self) -> Iterator[Any]:
        """As many as are unpacked here (`fig, ax = plt.subplots()`), else none."""
        frame = sys._getframe(1)
        code, at = frame.f_code.co_code, frame.f_lasti
        return iter([self] * code[at + 1] if code[at] == _UNPACK else [])

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        first = next(base for base in bases if isinstance(base, StandIn))
        return (Base,) if first is self else ()

    def __instancecheck__(self, instance: object) -> bool:
        return False


class Loop(StandIn):
    """A loop behind a progress bar, as tqdm has it; `with tqdm(total=5) as bar` has no loop."""

    def __init__(self, items: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__("tqdm")
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


_LOOPS: dict[str, Any] = {"tqdm": Loop, "tqdm_notebook": Loop, "trange": lambda *args, **kwargs: Loop(range(*args))}


class StandInModule(ModuleType):
    """A module of a package that is not here."""

    def __getattr__(self, name: str) -> Any:
        return getattr(StandIn(self.__name__.partition(".")[0]), name)


# ---- names that newer numpy dropped, and functions of scipy.special ----------------------------------------------

_PYTHONS: dict[str, Any] = {kind.__name__: kind for kind in (float, int, bool, object, complex, str)}
_PYTHONS |= {"long": int, "unicode": str, "math": math}
_RENAMED = {
    "float_": "float64", "complex_": "complex128", "string_": "bytes_", "unicode_": "str_", "bool8": "bool_",
    "int0": "intp", "Inf": "inf", "Infinity": "inf", "infty": "inf", "PINF": "inf", "NaN": "nan", "NAN": "nan",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all", "row_stack": "vstack",
    "round_": "round", "mat": "asmatrix", "in1d": "isin", "trapz": "trapezoid", "rank": "ndim",
}  # fmt: skip
_PARTS = ("function_base", "shape_base", "index_tricks", "arraysetops", "twodim_base")  # which editors import from
_MADE: dict[str, Any] = {
    "NINF": -np.inf,
    "asscalar": lambda a: a.item(),
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype if np.issubdtype(dtype, np.inexact) else np.float64),
    "msort": lambda a: np.sort(a, axis=0),
}


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


_SPECIAL: dict[str, Any] = {
    "expit": _expit,
    "logit": lambda x: np.log(_floats(x) / (1 - _floats(x))),
    "softmax": lambda x, axis=None: np.exp(_log_softmax(x, axis)),
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "xlogy": lambda x, y: np.where(np.equal(x, 0) & ~np.isnan(y), 0.0, x * np.log(np.where(np.equal(x, 0), 1.0, y)))[
        ()
    ],
    "erf": lambda x: np.vectorize(math.erf, otypes=[float])(x).astype(_floats(x).dtype)[()],
}
