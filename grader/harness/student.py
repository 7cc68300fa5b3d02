"""The `student` of a driver: the functions and classes of a program by their graded names."""

from __future__ import annotations

import copy
import inspect
import operator
from collections.abc import Callable, Collection, Mapping
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from grader.harness.loading import ABSENT, MAIN, Loaded
from grader.harness.surroundings import Base
from grader.wire.codec import name_type
from grader.wire.messages import CallParts

_CALLS = 200  # noted in one stage
_PLAIN = (np.ndarray, np.generic, tuple, list, dict, set, str, int, float, BaseException)


class Missing(AttributeError):  # noqa: N818 - it is the word for an outcome
    """A graded name that the program does not define."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not defined")
        self.missing = name


class Student:
    """The namespace that a driver is given; it notes the calls that the driver makes."""

    def __init__(self, loaded: Loaded, names: Collection[str]) -> None:
        self._loaded, self._names = loaded, names
        self._own = {module.__name__ for module in loaded.modules}
        self._calls: list[CallParts] = []
        owners = {name.partition(".")[0] for name in loaded.bound if "." in name}
        self._classes = {owner: _class_of(owner, loaded) for owner in owners}

    def __getattr__(self, name: str) -> Any:
        value = self._classes.get(name) or self._loaded.find(name)
        if not callable(value) and any(graded.startswith(f"{name}.") for graded in self._names):
            value = type(name, (Base,), {"__module__": MAIN})  # so that the method which is asked for is missing
        if value is ABSENT or (name in self._names and not callable(value)):
            raise Missing(name)
        return Proxy(value, name, self) if callable(value) else self._wrapped(value, "")

    def _wrapped(self, value: Any, name: str) -> Any:
        """An object of one of the program's own classes becomes a proxy; by default it has the name of its class."""
        is_own = type(value).__module__ in self._own and not issubclass(type(value), _PLAIN)
        return Proxy(value, name or name_type(value), self) if is_own else value

    def _call(self, function: Callable[..., Any], name: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        result = function(*map(unwrap, args), **{key: unwrap(value) for key, value in kwargs.items()})
        if len(self._calls) < _CALLS:
            self._calls.append((name, name_type(result), _length(result)))
        return self._wrapped(result, name if isinstance(function, type) else "")

    def _take_calls(self) -> tuple[CallParts, ...]:
        """The calls since this was last asked."""
        taken, self._calls = tuple(self._calls), []
        return taken


class Proxy:
    """A function, a class or an object of the program, whose calls are noted; otherwise it is as that."""

    __array_ufunc__ = None  # `array * proxy` asks the object, as it would without a proxy

    def __init__(self, real: Any, name: str, student: Student) -> None:
        vars(self).update(_real=real, _name=name, _student=student)

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
        wrapped = self._student._wrapped(value, "")
        return Proxy(value, full, self._student) if wrapped is value and callable(value) else wrapped

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._real, name, unwrap(value))


def _noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *others: self._student._call(function, f"{self._name}.{name}", (self, *others), {})


for _name, _function in vars(operator).items():
    if _name.startswith("__") and isinstance(_function, BuiltinFunctionType):
        setattr(Proxy, _name, _noted(_name, _function))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    _swapped = (lambda of: lambda a, b: of(b, a))(getattr(operator, _name))
    setattr(Proxy, f"__r{_name}__", _noted(f"__r{_name}__", _swapped))
for _function in (len, iter, next, bool, float, int, str, repr, hash, copy.copy, copy.deepcopy):
    setattr(Proxy, f"__{_function.__name__}__", _noted(f"__{_function.__name__}__", _function))
Proxy.__call__ = lambda self, *args, **kwargs: self._student._call(self._real, self._name, args, kwargs)  # type: ignore[method-assign]


def unwrap(value: Any) -> Any:
    """What a proxy stands for, also in a list, tuple or dict; anything else as it is."""
    kind = type(value)
    if kind is Proxy:
        return value._real
    if kind in (list, tuple) and any(type(one) is Proxy for one in value):
        return kind(map(unwrap, value))
    if kind is dict and any(type(one) is Proxy for one in value.values()):
        return {key: unwrap(one) for key, one in value.items()}
    return value


def _length(value: Any) -> int:
    for kind in (tuple, list, dict, str):
        if issubclass(type(value), kind):
            return kind.__len__(value)  # a class of the program's own may answer anything
    return len(value) if type(value) is np.ndarray and value.ndim else -1


def _class_of(owner: str, loaded: Loaded) -> type:
    """A class with the methods that are bound to other names; the rest comes from the program's own class."""
    bound = {name: other for name, other in loaded.bound.items() if name.startswith(f"{owner}.")}
    found = {name.partition(".")[2]: loaded.find(name) for name in bound}
    owners = [loaded.find(other.partition(".")[0]) for other in (*bound.values(), owner)]
    base = next((one for one in owners if isinstance(one, type)), Base)
    found = {name: one if takes_self(one) else staticmethod(one) for name, one in found.items() if one is not ABSENT}
    return type(owner, (base,), {**found, "__module__": MAIN})


def takes_self(function: Any) -> bool:
    """Whether the signature of a function begins with `self`."""
    try:
        return next(iter(inspect.signature(function).parameters), "") == "self"
    except (TypeError, ValueError):
        return False
