"""What a function of the reference takes, as its first line says.

takes: the module with the reference, a function's name.
gives: the function, its parameters.
must not know: calls, hand-outs.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import suppress
from typing import Any


def found_in(solution: object, function: str) -> Any:
    """What stands there under a name such as `relu` or `Relu.forward`, or None."""
    found: Any = solution
    for name in function.split("."):
        found = getattr(found, name, None)
    return found


def parameters_of(solution: object, function: str) -> Sequence[inspect.Parameter]:
    """What a function of the reference takes; nothing where nobody can tell."""
    with suppress(TypeError, ValueError):
        return list(inspect.signature(found_in(solution, function), follow_wrapped=False).parameters.values())
    return []


def head_of(solution: object, function: str) -> tuple[str, ...]:
    """The names of its parameters, without the object of a method."""
    names = [
        one.name for one in parameters_of(solution, function) if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    return tuple(names[1:] if "." in function and names[:1] == ["self"] else names)
