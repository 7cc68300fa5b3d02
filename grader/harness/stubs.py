"""Stubs: put in the place of graded functions, they ask the outside for the results that the reference has recorded.

They stay in place: a process with stubs is asked nothing else. Where no recorded call is found, the program's own
function is called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from grader.harness.asking import copied
from grader.harness.loading import ABSENT, Loaded
from grader.harness.student import Student, takes_self
from grader.harness.surroundings import Base
from grader.wire.messages import Answer, CallOut, CallResult, Report
from grader.wire.program import Ask


class Stubs:
    """The stubs of one program; `begin` says which of them are to be used for an `Ask`."""

    def __init__(
        self, loaded: Loaded, student: Student, send: Callable[[Report], None], hear: Callable[[], Answer]
    ) -> None:
        self._loaded, self._student, self._send, self._hear = loaded, student, send, hear
        self._placed: set[str] = set()
        self._ask = Ask(0, "", {})

    def begin(self, ask: Ask) -> None:
        """Use the stubs that this `Ask` names, and no others."""
        self._ask = ask
        for name in (one for one in ask.stubs if one not in self._placed):
            self._placed.add(name)
            own = self._loaded.find(name)
            stub = self._stub(name, own)
            if own is ABSENT:
                self._define(name, stub)
            else:
                self._replace(own, stub)

    def _stub(self, name: str, own: Any) -> Callable[..., Any]:
        behind_self = int(takes_self(own) if own is not ABSENT else "." in name)

        def stub(*args: Any, **kwargs: Any) -> Any:
            is_asked = name in self._ask.stubs
            if is_asked:
                self._send(CallOut(self._ask.number, name, args[behind_self:], kwargs))
                answer = self._hear()
                if answer.found:  # a function rarely returns an array of no dimensions, and often a number
                    return copied(answer.value, lambda array: array.copy()[()])
            if own is ABSENT:
                raise NameError(f"name {name!r} is not defined", name=name)
            result = own(*args, **kwargs)
            if is_asked and self._ask.record:
                self._send(CallResult(self._ask.number, result))
            return result

        return stub if own is ABSENT else functools.wraps(own)(stub)

    def _define(self, name: str, stub: Callable[..., Any]) -> None:
        """Put a stub where the program has no such function."""
        owner, _, method = name.partition(".")
        value: Any = stub
        if method:
            found = self._loaded.find(owner)
            value = found if isinstance(found, type) else type(owner, (Base,), {})
            setattr(value, method, stub)
        for module in self._loaded.modules:
            vars(module).setdefault(owner, value)

    def _replace(self, own: Any, stub: Any) -> None:
        """Put a stub wherever the program holds the function itself, under any name."""

        def changed(value: Any) -> Any:
            if isinstance(value, staticmethod) and value.__func__ is own:
                return staticmethod(stub)
            return stub if value is own else value

        for function in self._functions():
            function.__defaults__ = function.__defaults__ and tuple(map(changed, function.__defaults__))
            _change(function.__kwdefaults__ or {}, changed)
        for owner in self._classes():
            for name, value in list(vars(owner).items()):
                if changed(value) is not value:
                    setattr(owner, name, changed(value))
        for namespace in [vars(module) for module in self._loaded.modules]:
            for value in [*namespace.values(), namespace]:
                _change(value, changed)

    def _classes(self) -> Iterator[type]:
        for module in self._loaded.modules:
            yield from (value for value in vars(module).values() if isinstance(value, type))
        yield from self._student._classes.values()

    def _functions(self) -> Iterator[FunctionType]:
        values = [value for module in self._loaded.modules for value in vars(module).values()]
        values += [value for owner in self._classes() for value in vars(owner).values()]
        for value in values:
            function = getattr(value, "__func__", value)
            if isinstance(function, FunctionType):
                yield function


def _change(container: Any, changed: Callable[[Any], Any]) -> None:
    """Change the entries of a plain list or dict."""
    if type(container) in (list, dict):
        entries = enumerate(container) if type(container) is list else list(container.items())
        for place, value in entries:
            container[place] = changed(value)
