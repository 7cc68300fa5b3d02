"""The graded functions of a program: what a driver knows as `student`, the calls it makes, and stubs.

Each graded function is wrapped right after the statement that defines it, so whoever uses it later uses the wrapper. It
notes what the driver's calls return. Where a case names it as a stub, it first asks the outside for the result that the
reference has recorded, and runs the program's own function only if there is none.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import numpy as np

from grader.harness.loading import ABSENT, MAIN, Loaded
from grader.harness.surroundings import Base
from grader.wire.codec import name_type
from grader.wire.messages import Answer, CallOut, CallParts, CallResult, Report
from grader.wire.program import QUESTIONS, Ask, Tree

_CALLS = 200  # noted in one stage
_OF_FUNCTIONS = ("builtins", "functools", "numpy")  # modules that types of functions are from
_NOT_ASKED = Answer(found=False)


class Student:
    """What a driver is given: the functions and classes of a program by their graded names."""

    def __init__(self, graded: Graded) -> None:
        self._graded = graded

    def __getattr__(self, name: str) -> Any:
        value = self._graded.find(name)
        if value is ABSENT:
            raise AttributeError(f"{name} is not defined", name=name, obj=self)
        return value


class Graded:
    """The graded functions of one program, which `loaded` runs with `wrap`; `send` and `hear` are the way outside."""

    def __init__(
        self, loaded: Loaded, names: Collection[str], send: Callable[[Report], None], hear: Callable[[], Answer]
    ) -> None:
        self._loaded, self._names, self._send, self._hear = loaded, names, send, hear
        self._classes: dict[str, Any] = {}
        self._wrappers: dict[tuple[str, int], Any] = {}  # by graded name and their own id
        self._calls: list[CallParts] = []
        self._ask = Ask(0, "", {})

    def begin(self, ask: Ask) -> None:
        """Use the stubs that this `Ask` names, and no others; note its calls."""
        self._ask, self._calls = ask, []
        for name in (one for one in ask.stubs if self._loaded.find(one) is ABSENT):
            self._define(name)

    def take_calls(self) -> tuple[CallParts, ...]:
        """The driver's calls since this was last asked."""
        taken, self._calls = tuple(self._calls), []
        return taken

    def find(self, name: str) -> Any:
        """What a driver finds under a name, or `ABSENT`; a class with graded methods is always there."""
        methods = [one for one in self._names if one.startswith(f"{name}.")]
        if methods and name not in self._classes:
            self._classes[name] = self._class_of(name, methods)
        value = self._classes.get(name) or self._loaded.find(name)
        return value if callable(value) or name not in self._names else ABSENT

    def missing_in(self, error: BaseException) -> str:
        """The graded function or method that is not there, if a driver asked for it and that is the error; or ""."""
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        if not isinstance(error, AttributeError) or last is None:
            return ""
        if type(error.obj) is Student:
            return str(error.name)
        kinds = type(error.obj).__mro__ if last.tb_frame.f_code.co_filename == QUESTIONS else ()
        of = {*map(id, (error.obj, *kinds))}  # by identity: arrays raise where they are compared
        names = {f"{owner}.{error.name}" for owner, one in self._classes.items() if id(one) in of}
        return next(iter(names.intersection(self._names)), "")

    def _class_of(self, owner: str, methods: Collection[str]) -> Any:
        """The program's own class; if methods have other names, a class with these and the rest of its own."""
        bound = {name: self._loaded.bound[name] for name in methods if name in self._loaded.bound}
        own = self._loaded.find(owner)
        if callable(own) and not bound:
            return own
        owners = [*(self._loaded.find(other.partition(".")[0]) for other in bound.values()), own]
        base = next((one for one in owners if isinstance(one, type)), Base)
        found = [(name, one) for name in bound if (one := self._loaded.find(name)) is not ABSENT]
        made = {name.partition(".")[2]: one if takes_self(one) else staticmethod(one) for name, one in found}
        return type(owner, (base,), {**made, "__module__": MAIN})

    # ---- wrappers

    def wrap(self, namespace: dict[str, Any]) -> None:
        """Wrap the graded functions in a namespace of the program that are not wrapped yet."""
        for name in self._names:
            owner, _, method = self._loaded.bound.get(name, name).partition(".")
            with suppress(BaseException):  # a metaclass of the program's own may raise anything
                if not method and owner in namespace:
                    namespace[owner] = self._wrapped(name, namespace[owner])
                elif method and method in vars(namespace[owner]):
                    setattr(namespace[owner], method, self._wrapped(name, vars(namespace[owner])[method]))

    def _wrapped(self, name: str, own: Any) -> Any:
        """The wrapper of a function; what is none, as an object that may have a state, stays what it is."""
        if isinstance(own, staticmethod):
            return staticmethod(self._wrapped(name, own.__func__))
        is_function = callable(own) and not isinstance(own, type) and type(own).__module__ in _OF_FUNCTIONS
        is_new = is_function and (name, id(own)) not in self._wrappers
        return self._wrapper(name, own, takes_self(own)) if is_new else own

    def _wrapper(self, name: str, own: Callable[..., Any], is_method: bool) -> Callable[..., Any]:
        @functools.wraps(own)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            is_stub = name in self._ask.stubs and self._loaded.find(name) is wrapper
            answer = self._ask_outside(name, args[is_method:], kwargs) if is_stub else _NOT_ASKED
            result = answer.value if answer.found else own(*args, **kwargs)
            if is_stub and not answer.found and self._ask.record:
                self._send(CallResult(self._ask.number, result))
            if sys._getframe(1).f_code.co_filename == QUESTIONS and len(self._calls) < _CALLS:
                self._calls.append((name, name_type(result), _length(result)))
            return result

        self._wrappers[name, id(wrapper)] = wrapper
        return wrapper

    def _ask_outside(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answer:
        self._send(CallOut(self._ask.number, name, args, kwargs))
        answer = self._hear()
        # A function rarely returns an array of no dimensions, and often a number.
        return Answer(answer.found, copied(answer.value, lambda array: array.copy()[()]))

    def _define(self, name: str) -> None:
        """Put a stub where the program has no such function."""
        owner, _, method = name.partition(".")

        def absent(*args: Any, **kwargs: Any) -> Any:
            raise NameError(f"name {name!r} is not defined", name=name)

        value: Any = self._wrapper(name, absent, bool(method))
        if method:
            stub, value = value, self.find(owner)
            setattr(value, method, stub)
        for module in self._loaded.modules:
            vars(module).setdefault(owner, value)


def takes_self(function: Any) -> bool:
    """Whether the signature of a function begins with `self`."""
    try:
        return next(iter(inspect.signature(function).parameters), "") == "self"
    except (TypeError, ValueError):
        return False


def _length(value: Any) -> int:
    for kind in (tuple, list, dict, str):
        if issubclass(type(value), kind):
            return kind.__len__(value)  # a class of the program's own may answer anything
    return len(value) if type(value) is np.ndarray and value.ndim else -1


def copied(tree: Tree, copy: Callable[[np.ndarray], Any] = np.ndarray.copy) -> Tree:
    """A tree with arrays of its own, which can be written to."""
    kind = type(tree)
    if kind is np.ndarray:
        return copy(tree)
    if kind is list or kind is tuple:
        return kind(copied(part, copy) for part in tree)
    if kind is dict:
        return {key: copied(part, copy) for key, part in tree.items()}
    return sys.intern(tree) if kind is str else tree  # `mode is "train"` holds in a notebook
