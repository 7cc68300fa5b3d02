"""What stands for a cache that a function has not kept, as it fails, or as it keeps none.

takes: the name of the function.
gives: an object to be handed on: what is lent to who takes it is found by it.
must not know: what is lent, what is asked.

Who looks into it, for a size say, cannot be tried, and is told why: not of which type that object is.
"""

from __future__ import annotations

from typing import Any

from grader.wire import KEEPS_NOTHING


class Unkept:
    """Hands on by itself, and by the call that it stands for; whatever else is asked of it raises."""

    def __init__(self, function: str) -> None:
        self._function = function

    def _raise(self, *given: Any, **named: Any) -> Any:
        raise TypeError(f"{self._function}{KEEPS_NOTHING}")

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        self._raise()

    __getitem__ = __iter__ = __len__ = __call__ = __neg__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _raise
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __lt__ = __gt__ = __le__ = __ge__ = _raise


def is_nothing(result: object) -> bool:
    """Whether a function kept nothing: none, or what stands for a part that none of its lines has made."""
    return result is None or type(result) is object
