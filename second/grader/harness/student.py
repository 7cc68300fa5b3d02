"""The `student` of a driver: the functions and classes of a program by their graded names."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from grader.harness.loading import ABSENT, MAIN, Loaded
from grader.wire.messages import CallParts
from grader.wire.trees import name_type

_CALLS = 200  # noted in one stage
_PLAIN = (np.ndarray, np.generic, tuple, list, dict, set, str, int, float, BaseException)


class Missing(AttributeError):  # noqa: N818 - it is the word for an outcome
    """A graded name that the program does not define."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.missing = name


class Student:
    """The namespace that a driver is given; `calls` are those that it made since they were last taken."""

    def __init__(self, loaded: Loaded, names: Collection[str]) -> None:
        self._loaded, self._names = loaded, names
        self._own = {module.__name__ for module in loaded.modules}
        self._calls: list[CallParts] = []
        owners = dict.fromkeys(name.partition(".")[0] for name in loaded.bound if "." in name)
        self._classes = {owner: _class_of(owner, loaded) for owner in owners}

    def __getattr__(self, name: str) -> Any:
        value = self._classes.get(name) or self._loaded.find(name)
        if value is ABSENT:
            raise Missing(name)
        return Proxy(value, name, self) if callable(value) else self._wrapped(value)

    def _wrapped(self, value: Any, name: str = "") -> Any:
        """An object of one of the program's own classes becomes a proxy."""
        kind = type(value)
        if kind.__module__ not in self._own or issubclass(kind, _PLAIN):
            return value
        return Proxy(value, name or name_type(value), self)

    def _call(self, function: Callable[..., Any], name: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        result = function(*map(unwrap, args), **{key: unwrap(value) for key, value in kwargs.items()})
        if len(self._calls) < _CALLS:
            self._calls.append((name, name_type(result), _length(result)))
        return self._wrapped(result, name if isinstance(function, type) else "")

    def _take_calls(self) -> tuple[CallParts, ...]:
        taken = tuple(self._calls)
        self._calls.clear()
        return taken

    def _missing(self, name: str) -> bool:
        return name in self._names


class Proxy:
    """A function, a class or an object of the program, whose calls are noted; otherwise it is as that."""

    __slots__ = ("_name", "_real", "_student")
    _real: Any
    _name: str
    _student: Student

    def __init__(self, real: Any, name: str, student: Student) -> None:
        for slot, value in (("_real", real), ("_name", name), ("_student", student)):
            object.__setattr__(self, slot, value)

    @property
    def __wrapped__(self) -> Any:
        """What it stands for; `inspect.signature` asks for it."""
        return self._real

    def __getattr__(self, name: str) -> Any:
        full = f"{self._name}.{name}"
        try:
            value = getattr(self._real, name)
        except AttributeError as error:
            if full in self._student._names and error.__traceback__ and error.__traceback__.tb_next is None:
                raise Missing(full) from None
            raise
        return Proxy(value, full, self._student) if callable(value) else self._student._wrapped(value)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._real, name, unwrap(value))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and note what came back."""
        return self._student._call(self._real, self._name, args, kwargs)


def _operator(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def applied(self: Proxy, *others: Any) -> Any:
        return self._student._call(function, f"{self._name}.{name}", (self, *others), {})

    return applied


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lt", "le", "gt", "ge", "eq", "ne")
_OTHERS = ("neg", "pos", "abs", "getitem", "setitem", "delitem", "contains", "iadd", "isub", "imul", "itruediv")
for _short in (*_BINARY, *_OTHERS):
    setattr(Proxy, f"__{_short}__", _operator(f"__{_short}__", getattr(operator, f"__{_short}__")))
for _short in _BINARY[:8]:
    _swapped = eval("lambda a, b: f(b, a)", {"f": getattr(operator, _short)})  # noqa: S307
    setattr(Proxy, f"__r{_short}__", _operator(f"__r{_short}__", _swapped))
for _function in (len, iter, next, bool, float, int, str, repr, hash):
    setattr(Proxy, f"__{_function.__name__}__", _operator(f"__{_function.__name__}__", _function))


def unwrap(value: Any) -> Any:
    """What a proxy stands for, also in a list, tuple or dict; anything else as it is."""
    if type(value) is Proxy:
        return value._real
    if type(value) in (list, tuple) and any(type(one) is Proxy for one in value):
        return type(value)(map(unwrap, value))
    if type(value) is dict and any(type(one) is Proxy for one in value.values()):
        return {key: unwrap(one) for key, one in value.items()}
    return value


def _length(value: object) -> int:
    for kind in (tuple, list, dict, str):
        if issubclass(type(value), kind):
            return kind.__len__(value)  # type: ignore[arg-type] # a class of the program's own may answer anything
    return len(value) if type(value) is np.ndarray and value.ndim else -1


def _class_of(owner: str, loaded: Loaded) -> type:
    """A class whose methods are functions of the program; the others come from its own class of that name."""
    bound = {
        name.partition(".")[2]: function for name, function in loaded.bound.items() if name.startswith(f"{owner}.")
    }
    base = loaded.find(owner)
    bases = (base,) if isinstance(base, type) else ()
    methods = {method: _as_method(function) for method, function in bound.items()}
    return type(owner, bases, {**methods, "__module__": MAIN})


def _as_method(function: Any) -> Any:
    """A function as a method of a class; `self` is passed only if its signature begins with it."""
    try:
        takes_self = next(iter(inspect.signature(function).parameters), "") == "self"
    except (TypeError, ValueError):
        takes_self = False
    return function if takes_self else staticmethod(function)
