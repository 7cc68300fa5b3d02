"""A function that each object of a class is given when it is made (`self.f = lambda x: ...`), as a method for a while.

takes: its name, and what is to stand in its place.
gives: what a class holds under that name meanwhile.
must not know: what is lent, questions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

_CODE = (FunctionType, MethodType, BuiltinFunctionType, np.ufunc)


class OnObjects:
    """Under the name of that function in its class: of what an object has there something else is given, which calls
    that where it has to.
    """

    def __init__(self, name: str, instead: Callable[[FunctionType], FunctionType]) -> None:
        self._name, self._instead = name, instead

    def __set__(self, thing: Any, value: object) -> None:
        vars(thing)[self._name] = value

    def __get__(self, thing: Any, owner: type | None = None) -> Any:
        if thing is None or self._name not in vars(thing):
            raise AttributeError(self._name)
        own = vars(thing)[self._name]
        if not isinstance(own, _CODE):
            return own

        def as_a_method(_: object, *given: Any, **named: Any) -> Any:
            return own(*given, **named)

        return partial(self._instead(as_a_method), thing)  # type: ignore[arg-type]
