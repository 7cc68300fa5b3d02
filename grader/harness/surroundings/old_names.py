"""Names that newer numpy dropped, given back, so that a notebook written for an older one still runs.

takes: the numpy module; the modules that are loaded.
gives: the same, with the `wire.OLD_NAMES` that it lacks, and numpy's parts under their old names too; what it has is
left alone.
must not know: who uses them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, MutableMapping
from types import ModuleType
from typing import Any

import numpy as np

_VALUES: dict[str, Any] = {
    "float": float,
    "int": int,
    "bool": bool,
    "object": object,
    "complex": complex,
    "str": str,
    "long": int,
    "unicode": str,
    "unicode_": np.str_,
    "string_": np.bytes_,
    "float_": np.float64,
    "complex_": np.complex128,
    "singlecomplex": np.complex64,
    "cfloat": np.complex128,
    "longfloat": np.longdouble,
    "Inf": np.inf,
    "Infinity": np.inf,
    "infty": np.inf,
    "PINF": np.inf,
    "NINF": -np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
    "PZERO": 0.0,
    "NZERO": -0.0,
    "bool8": np.bool_,
    "int0": np.intp,
    "uint0": np.uintp,
    "object0": np.object_,
    "str0": np.str_,
    "bytes0": np.bytes_,
    "void0": np.void,
    "longcomplex": np.clongdouble,
    "clongfloat": np.clongdouble,
    "math": math,
}
_FUNCTIONS = {
    "product": "prod",
    "cumproduct": "cumprod",
    "sometrue": "any",
    "alltrue": "all",
    "row_stack": "vstack",
    "round_": "round",
    "mat": "asmatrix",
    "in1d": "isin",
    "trapz": "trapezoid",
    "rank": "ndim",
}


def _asscalar(a: np.ndarray) -> object:
    return a.item()


def _asfarray(a: object, dtype: type = np.float64) -> np.ndarray:
    kind = dtype if np.issubdtype(dtype, np.inexact) else np.float64
    return np.asarray(a, dtype=kind)


def _alen(a: object) -> int:
    return len(np.array(a, ndmin=1))


def _msort(a: object) -> np.ndarray:
    return np.sort(a, axis=0)  # type: ignore[call-overload, no-any-return]


class _Cast:
    """`np.cast["float32"](a)`."""

    def __getitem__(self, kind: Any) -> Any:
        return lambda a: np.asarray(a).astype(kind)


def _disp(mesg: object, device: Any = None, linefeed: bool = True) -> None:
    print(mesg, end="\n" if linefeed else "", file=device)


_MADE_HERE = {
    "cast": _Cast(),
    "disp": _disp,
    "asscalar": _asscalar,
    "asfarray": _asfarray,
    "alen": _alen,
    "msort": _msort,
}


_NEVER_STARRED = {"float", "int", "bool", "object", "complex", "str", "long", "unicode", "math"}  # `import *` gave none


def serve_old_names(numpy: ModuleType) -> None:
    """Set what is missing, for `from numpy import *` as well."""
    newer = {old: vars(numpy).get(new) for old, new in _FUNCTIONS.items()}
    known = {name: value for name, value in newer.items() if value is not None}
    offered = {**_VALUES, **_MADE_HERE, **known}
    starred = [name for name in offered if name not in vars(numpy) and name not in _NEVER_STARRED]
    if "__all__" in vars(numpy):
        vars(numpy)["__all__"] = [*vars(numpy)["__all__"], *starred]
    _add(numpy, offered)


# An editor that completes `average` writes such an import above it.
_PARTS = {
    "numpy.lib": (
        "arraypad", "arraysetops", "function_base", "histograms", "index_tricks", "nanfunctions", "polynomial",
        "shape_base", "twodim_base", "type_check", "ufunclike", "utils",
    ),
    "numpy.linalg": ("linalg",),
}  # fmt: skip


def serve_old_modules(modules: MutableMapping[str, ModuleType]) -> None:
    """Let `numpy.lib.function_base` and its like be imported where numpy 2 has put a `_` before their names.

    What such a part offers stood in its package as well: `np.lib.pad` is `np.pad`.
    """
    for package, parts in _PARTS.items():
        for part in parts:
            found = modules.get(f"{package}._{part}_impl") or modules.get(f"{package}._{part}")
            if found is None:
                continue
            _add(modules[package], {name: vars(found)[name] for name in vars(found).get("__all__", ())})
            if f"{package}.{part}" not in modules:
                modules[f"{package}.{part}"] = found
                setattr(modules[package], part, found)


def _add(package: ModuleType, offered: Mapping[str, Any]) -> None:
    """Set what is missing; vars, not hasattr, as numpy answers for what it dropped with an error of its own."""
    for name, value in offered.items():
        if name not in vars(package):
            setattr(package, name, value)
