"""What older numpy took and newer refuses, taken again: a notebook runs here as it did where it was written.

takes: numpy as it is installed; the text of a program.
gives: numpy that takes what `wire.OLD_WAYS` names; in `used`, which of it was made use of.
must not know: who uses it.

Only what is refused is done otherwise, so what runs without this gives the same with it. The type of arrays is closed:
it is opened once, before any program is there, and closed again. Python itself then lets `float(a)`, `math.exp(a)` and
`out[0] = a` ask the `__float__` that is put there; whatever else is done with arrays takes no longer than before.
Functions would: those are put in the place of numpy's only for a program whose text asks for it.
"""

from __future__ import annotations

import builtins
import ctypes
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import GeneratorType, ModuleType
from typing import Any

import numpy as np

from grader.wire import OLD_WAYS

used: set[str] = set()
"""The texts of `OLD_WAYS` that were made use of since this was last emptied."""


def _use(way: str) -> None:
    used.add(OLD_WAYS[way])


# ---- an array of one element where a number is due -----------------------------------------------------------

_TO_NUMBER: dict[str, Any] = {name: vars(np.ndarray)[name] for name in ("__float__", "__int__", "__complex__")}


def _taking_one_element(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    def taken(self: Any) -> object:
        if self.ndim and self.size == 1:
            _use("one element")
            self = np.ndarray.view(self, np.ndarray).reshape(())  # a matrix has two axes, always
        return convert(self)

    return taken


def _refuses_one_element() -> bool:
    try:
        float(np.ones(1))
    except (TypeError, DeprecationWarning):
        return True
    return False


# ---- methods ---------------------------------------------------------------------------------------------------


def _itemset(self: Any, *given: Any) -> None:
    _use("itemset")
    *index, value = given
    if len(index) == 1 and isinstance(index[0], tuple):
        index = list(index[0])
    if len(index) != self.ndim and len(index) != 1 and (index or self.size != 1):
        raise ValueError("incorrect number of indices for array")
    if len(index) == self.ndim:
        self[tuple(index)] = value
    else:
        self.flat[index[0] if index else 0] = value


def _ptp(self: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    _use("ptp")
    return np.ptp(self, axis, out, keepdims)


def _tostring(self: Any, order: Any = "C") -> bytes:
    _use("tostring")
    return self.tobytes(order)  # type: ignore[no-any-return]


def _newbyteorder(self: Any, new_order: Any = "S") -> Any:
    _use("newbyteorder")
    return self.view(self.dtype.newbyteorder(new_order))


_METHODS = {"itemset": _itemset, "ptp": _ptp, "tostring": _tostring, "newbyteorder": _newbyteorder}


# ---- opening the type ------------------------------------------------------------------------------------------

_CLOSED = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE
_FIELDS_BEFORE = 19  # of the size of a pointer, between what every object begins with and `tp_flags`


@contextmanager
def _opened(kind: type) -> Iterator[bool]:
    """Let attributes of a type be set; says whether they can be. Nothing is written where its flags are not found."""
    flags = ctypes.c_ulong.from_address(
        id(kind) + object.__basicsize__ + _FIELDS_BEFORE * ctypes.sizeof(ctypes.c_void_p)
    )
    ask = ctypes.pythonapi.PyType_GetFlags
    ask.argtypes, ask.restype = [ctypes.py_object], ctypes.c_ulong
    found = flags.value == ask(kind) and bool(flags.value & _CLOSED)
    if found:
        flags.value &= ~_CLOSED
    try:
        yield found
    finally:
        if found:
            flags.value |= _CLOSED


def serve_old_ways() -> None:
    """Give arrays back what they lack; what they have is left alone."""
    if sys.implementation.name != "cpython":
        return
    one = np.ones(1)  # numpy 2.0 to 2.3 have an error of their own in the type, and nothing in an array
    lacking = {name: method for name, method in _METHODS.items() if not hasattr(one, name)}
    if _refuses_one_element():
        lacking |= {name: _taking_one_element(convert) for name, convert in _TO_NUMBER.items()}
    with suppress(TypeError), _opened(np.ndarray) as can_be_set:
        for name, method in lacking.items() if can_be_set else ():
            setattr(np.ndarray, name, method)


# ---- functions -------------------------------------------------------------------------------------------------


def _lenient_sum(numpys: Callable[..., Any]) -> Callable[..., Any]:
    def sum(a: Any, *given: Any, **named: Any) -> Any:
        if type(a) is not GeneratorType:
            return numpys(a, *given, **named)
        _use("generator")
        return builtins.sum(a)

    return sum


def _lenient_reshape(numpys: Callable[..., Any]) -> Callable[..., Any]:
    def reshape(*given: Any, **named: Any) -> Any:
        try:
            return numpys(*given, **named)
        except TypeError:
            if "newshape" not in named:
                raise
            named["shape"] = named.pop("newshape")
            made = numpys(*given, **named)
        _use("newshape")
        return made

    return reshape


def _lenient_array(numpys: Callable[..., Any]) -> Callable[..., Any]:
    def array(*given: Any, **named: Any) -> Any:
        try:
            return numpys(*given, **named)
        except ValueError:
            if named.get("copy") is not False:
                raise
            made = numpys(*given, **{**named, "copy": None})
        _use("copy=False")
        return made

    return array


# A `for` that begins no loop may be a generator's. Patterns begin with plain letters, which are looked for fast.
_INNER_FOR = re.compile(r" for\b(?:(?<=\S for)|(?=[^:\n]*$))", re.MULTILINE)
_COPY = re.compile(r"copy\s*=")
_FUNCTIONS: dict[str, tuple[Callable[[str], object], Callable[[Callable[..., Any]], Callable[..., Any]]]] = {
    "sum": (lambda text: "yield" in text or _INNER_FOR.search(text), _lenient_sum),
    "reshape": (lambda text: "newshape" in text, _lenient_reshape),
    "array": (lambda text: _COPY.search(text), _lenient_array),
}


def serve_old_calls(numpy: ModuleType, sources: Sequence[str]) -> None:
    """Put lenient functions in the place of those that the text of a program may call in an old way."""
    text = "\n".join(sources)
    for name, (may_need, lenient) in _FUNCTIONS.items():
        if may_need(text):
            setattr(numpy, name, lenient(vars(numpy)[name]))
