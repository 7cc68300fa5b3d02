"""Find what is to be called: a function by its name, a method by its class's name and its own.

takes: a namespace, names.
gives: what can be called, or nothing; objects of a student's classes.
must not know: questions, what is expected.

Mostly a method stands in its class. It may stand on the object alone (`self.forward = forward`, a property,
`__getattr__`), and what makes the object need not be a class (`Relu = partial(Leaky, slope=0.0)`): whatever works as
`Relu().forward(x)` is there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from grader.harness.by_name import as_taken
from grader.harness.texts import name_type
from grader.wire import NO_FUNCTION


def find_function(namespace: Mapping[str, Any], name: str) -> Any:
    """Find `name`, or `Class.method`, where it is something that can be called; else None."""
    owner, _, method = name.partition(".")
    return find_in(namespace, owner, method)


def find_in(namespace: Mapping[str, Any], owner: str, method: str) -> Any:
    """Find a function by its name, or, where `method` is not empty, in a class by the class's name and its own."""
    found = namespace.get(owner)
    try:
        if method:
            found = getattr(found, method, None) if isinstance(found, type) else None
        return found if callable(found) else None
    except BaseException:  # a metaclass or descriptor of the student's own may raise anything
        return None


def gives_method(owner: object, method: str) -> bool:
    """Whether an object that `owner` makes can be asked for the method. Runs what the student wrote for that."""
    try:
        return callable(owner) and callable(getattr(make(owner)[0], method, None))
    except BaseException:
        return False


def maker_of(value: Any, owner: str, method: str, module: str) -> Any:
    """What makes objects where `owner` is given to one, of a class of the program's own or a `SimpleNamespace`.

    That is its class, if it is called so (`Relu = Relu()`), else what makes others like it (`Relu = _Relu(0.1)`), if it
    has the method; and the value itself where it is none.
    """
    kind = type(value)
    if kind.__module__ not in (module, "types") or isinstance(value, type):
        return value
    if kind.__qualname__ == owner:
        return kind
    return partial(copy.deepcopy, value) if method and callable(getattr(value, method, None)) else value


def put_method(owner: Any, method: str, function: Callable[..., object]) -> bool:
    """Make a function a method of a class, or of that of the objects that `owner` makes, or is one of."""
    kind = owner if isinstance(owner, type) else type(make(owner)[0] if callable(owner) else owner)
    setattr(kind, method, function)
    return True


def make(
    owner: Any, given: Sequence[object] = (), names: Sequence[str] = (), head: Sequence[str] = ()
) -> tuple[Any, TypeError | OSError | None]:
    """Make an object, and tell why it was not made whole: a constructor that asks for others is gone without.

    So is what one does behind a file or a network that it has not here, for its methods may need none of it. A class
    that lacks a method which its base declares as abstract is made all the same: what it has is graded.
    """
    places, named = as_taken(owner, given, names, head)
    try:
        return owner(*places, **named), None
    except OSError as error:
        if not isinstance(owner, type):
            raise
        return _begun(owner, places, named), error
    except TypeError as error:
        # No deeper frame: the call itself failed, not something inside the constructor.
        if not isinstance(owner, type) or error.__traceback__ is None or error.__traceback__.tb_next is not None:
            raise
        if not getattr(owner, "__abstractmethods__", None):
            return owner.__new__(owner), error  # type: ignore[call-overload]
        owner.__abstractmethods__ = frozenset()  # type: ignore[attr-defined]
    return make(owner, given, names, head)


def _begun(owner: type, given: Sequence[object], named: Mapping[str, object]) -> object:
    """An object as far as its constructor gets."""
    made = owner.__new__(owner, *given, **named)
    with suppress(OSError):
        made.__init__(*given, **named)  # type: ignore[misc]
    return made


def another(made: object, namespace: Mapping[str, Any]) -> Any:
    """Give a copy of an object of the same class that the program made itself, with its own arguments; else None."""
    found = next((held for held in _held(namespace) if type(held) is type(made)), None)
    return copy.deepcopy(found)


def _held(namespace: Mapping[str, Any]) -> Iterator[object]:
    """What the names of a program stand for, and what is in that: `layers = [Sigmoid(1.0), Relu()]`, `net.act`."""
    for value in list(namespace.values()):
        yield value
        if type(value) is list or type(value) is tuple:
            yield from value
        elif type(value) is dict:
            yield from value.values()
        elif not isinstance(value, type) and type(value).__module__ == "__main__":
            yield from list(getattr(value, "__dict__", {}).values())


def and_then(function: Callable[..., object], name: str, behind: Sequence[object]) -> Callable[..., object]:
    """The same, where what it gives is a function, too: that one is called with what stands behind."""

    def called(*arguments: object, **named: object) -> object:
        inner = function(*arguments, **named)
        if not callable(inner):
            raise TypeError(f"{name} {NO_FUNCTION}{name_type(inner)}")
        return inner(*behind)

    called.__wrapped__ = function  # type: ignore[attr-defined] # so that its parameters can be told
    return called
